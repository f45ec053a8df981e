// libcurl's setters and getters are variadic, and Swift cannot call variadic C functions: one
// small function per type of argument. Each mirrors the libcurl call named inside it.
#pragma once
#include <curl/curl.h>

static inline CURLcode shim_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

// libcurl copies the text.
static inline CURLcode shim_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode shim_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

// Makes the next transfer a POST of these bytes, which libcurl copies. The size has to be set
// first (CURLOPT_COPYPOSTFIELDS), and without a pointer libcurl would read standard input.
static inline CURLcode shim_set_post(CURL *easy, const void *bytes, long size) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, size);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, size > 0 ? bytes : "");
    }
    return code;
}

typedef size_t (*shim_write_callback)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode shim_set_write(CURL *easy, shim_write_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callback);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    return code;
}

typedef int (*shim_prerequest_callback)(
    void *context, char *remote_ip, char *local_ip, int remote_port, int local_port);
static inline CURLcode shim_set_prerequest(
    CURL *easy, shim_prerequest_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
    return code;
}

static inline CURLcode shim_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode shim_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// CURLMsg.data is a union; this reads the member that CURLMSG_DONE fills.
static inline CURLcode shim_message_result(const CURLMsg *message) {
    return message->data.result;
}
