// A C face for RE2: C++ classes that can be neither copied nor moved don't import into Swift.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled regular expression. Matching doesn't change it; any thread may match.
typedef struct cre2_regex cre2_regex;

/// Compiles `pattern` (UTF-8, case-insensitive, leftmost-longest), to be freed by the caller.
/// Returns NULL and writes a terminated message into `error` when RE2 refuses it.
cre2_regex *cre2_compile(const char *pattern, size_t length, int64_t max_memory, char *error,
                         size_t error_size);

/// Frees what `cre2_compile` returned.
void cre2_free(cre2_regex *regex);

/// Finds the first match in `text` (UTF-8); `start` and `end` are byte offsets.
bool cre2_find(const cre2_regex *regex, const char *text, size_t length, size_t *start,
               size_t *end);

/// Like `cre2_find`, but gives the first group where the pattern has one that took part.
bool cre2_find_value(const cre2_regex *regex, const char *text, size_t length, size_t *start,
                     size_t *end);

#ifdef __cplusplus
}
#endif
