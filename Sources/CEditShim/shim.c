#include "CEditShim.h"

#include <editline/readline.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static char **words;
static size_t word_count;
static struct termios before;
static int is_started;

void edit_shim_offer(const char *word) {
    char **longer = realloc(words, (word_count + 1) * sizeof *words);
    if (longer == NULL) return;
    words = longer;
    char *copy = strdup(word);
    if (copy != NULL) words[word_count++] = copy;
}

/// The next word that begins with `text`; `state` is 0 for the first.
static char *next_word(const char *text, int state) {
    static size_t next;
    if (state == 0) next = 0;
    while (next < word_count) {
        const char *word = words[next++];
        if (strncmp(word, text, strlen(text)) == 0) return strdup(word);
    }
    return NULL;
}

static char **complete(const char *text, int start, int end) {
    (void)start;
    (void)end;
    // No file names when nothing fits.
    rl_attempted_completion_over = 1;
    return rl_completion_matches(text, next_word);
}

static void start(void) {
    is_started = 1;
    // Chinese has to be edited a character at a time, whatever the locale says.
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
    tcgetattr(STDIN_FILENO, &before);
    rl_readline_name = "switchboard";
    rl_catch_signals = 0;
    rl_attempted_completion_function = complete;
    rl_basic_word_break_characters = " ";
    using_history();
    stifle_history(500);
}

char *edit_shim_line(const char *prompt) {
    if (!is_started) start();
    char *line = readline(prompt);
    if (line != NULL && *line != '\0') add_history(line);
    return line;
}

void edit_shim_restore(void) {
    if (is_started) tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
