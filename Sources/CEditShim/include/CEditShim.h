#ifndef CEDIT_SHIM_H
#define CEDIT_SHIM_H

// What the chat needs of libedit: Swift can't use its variables and variadic functions safely.
// For one thread at a time.

/// Offers a word to completion (Tab); it is copied.
void edit_shim_offer(const char *word);

/// Asks for a line at the terminal, with editing, history and completion. The caller frees it;
/// NULL at the end of the input. A line that isn't empty goes into the history.
char *edit_shim_line(const char *prompt);

/// Leaves the terminal as it was before the first line, also while another thread waits for one.
void edit_shim_restore(void);

#endif
