#ifndef CLEAT_NET_CURL_LIB_H
#define CLEAT_NET_CURL_LIB_H

/* The macros that check option types call the functions by name, which would link libcurl. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <openssl/ssl.h>

#include "base/err.h"

/*
 * libcurl, opened at first use: linking it would make every start of the program pay for its
 * thirty libraries. The headers give constants and types only, no function is called by name.
 */
#define CL_CURL_FUNCTIONS(X) \
    X(global_init_mem)       \
    X(easy_init)             \
    X(easy_cleanup)          \
    X(easy_setopt)           \
    X(easy_getinfo)          \
    X(slist_append)          \
    X(slist_free_all)        \
    X(multi_init)            \
    X(multi_cleanup)         \
    X(multi_setopt)          \
    X(multi_add_handle)      \
    X(multi_remove_handle)   \
    X(multi_perform)         \
    X(multi_poll)            \
    X(multi_wakeup)          \
    X(multi_info_read)

struct cl_curl {
#define CL_CURL_MEMBER(name) __typeof__(curl_##name) *(name);
    CL_CURL_FUNCTIONS(CL_CURL_MEMBER)
#undef CL_CURL_MEMBER
    /* Of the libssl that libcurl uses. */
    __typeof__(SSL_CTX_set_options) *tls_set_options;
    __typeof__(SSL_CTX_set_cert_verify_callback) *tls_set_verify;
};

/**
 * Opens libcurl the first time, with our wiping heap, on an OpenSSL that has not read its
 * configuration file. Thread-safe; a failure is tried again next time.
 *
 * @param ret  lives as long as the process
 * @return CL_OK, CL_E_LOCAL_TOOL_MISSING (no such library), CL_E_INTERNAL (it does not start)
 */
enum cl_code cl_curl_get(const struct cl_curl **ret, struct cl_err *err) CL_MUST_USE;

/**
 * How often libcurl was refused memory so far. Its own error codes do not tell: a missing block
 * can look like an unknown host, and "out of memory" can mean an answer beyond one of its limits.
 */
unsigned int cl_curl_refusals(void);

#endif
