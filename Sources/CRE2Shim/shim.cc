#include "CRE2Shim.h"

#include <re2/re2.h>

#include <cstring>
#include <memory>

struct cre2_regex {
    RE2 re;
    cre2_regex(re2::StringPiece pattern, const RE2::Options &options) : re(pattern, options) {}
};

static void copy_message(const std::string &message, char *out, size_t size) {
    if (size == 0) return;
    size_t length = message.size() < size - 1 ? message.size() : size - 1;
    std::memcpy(out, message.data(), length);
    out[length] = 0;
}

cre2_regex *cre2_compile(const char *pattern, size_t length, int64_t max_memory, char *error,
                         size_t error_size) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    // Longest, so that a match of the whole text is found whenever there is one.
    options.set_longest_match(true);
    options.set_max_mem(max_memory);
    auto regex = std::make_unique<cre2_regex>(re2::StringPiece(pattern, length), options);
    if (!regex->re.ok()) {
        copy_message(regex->re.error(), error, error_size);
        return nullptr;
    }
    return regex.release();
}

void cre2_free(cre2_regex *regex) { delete regex; }

bool cre2_find(const cre2_regex *regex, const char *text, size_t length, size_t *start,
               size_t *end) {
    re2::StringPiece match;
    re2::StringPiece whole(text, length);
    if (!regex->re.Match(whole, 0, length, RE2::UNANCHORED, &match, 1)) return false;
    *start = static_cast<size_t>(match.data() - text);
    *end = *start + match.size();
    return true;
}

bool cre2_find_value(const cre2_regex *regex, const char *text, size_t length, size_t *start,
                     size_t *end) {
    re2::StringPiece matches[2];
    re2::StringPiece whole(text, length);
    if (!regex->re.Match(whole, 0, length, RE2::UNANCHORED, matches, 2)) return false;
    // A group that took no part has no data.
    const re2::StringPiece &value = matches[1].data() ? matches[1] : matches[0];
    *start = static_cast<size_t>(value.data() - text);
    *end = *start + value.size();
    return true;
}
