#ifndef CLEAT_BASE_BUF_H
#define CLEAT_BASE_BUF_H

#include "base/str.h"

/*
 * Bytes that grow up to a limit. Always NUL-terminated behind `len`. Remembers its first failure,
 * so a chain of appends is checked once, by cl_buf_ok or cl_buf_take. The heap wipes what it
 * frees, so a buffer may carry a secret; `secret` says so to the reader.
 */
struct cl_buf {
    char *ptr; /* NULL while empty */
    size_t len;
    size_t capacity;
    size_t max; /* bytes */
    bool secret;
    enum cl_code failed;
};

#define CL_BUF(max_bytes)  \
    {                      \
        .max = (max_bytes) \
    }
#define CL_BUF_SECRET(max_bytes)           \
    {                                      \
        .max = (max_bytes), .secret = true \
    }

void cl_buf_add(struct cl_buf *buf, struct cl_str bytes);
void cl_buf_add_c(struct cl_buf *buf, const char *text);
void cl_buf_add_char(struct cl_buf *buf, char c);
void cl_buf_add_repeat(struct cl_buf *buf, const char *text, size_t times);
void cl_buf_add_i64(struct cl_buf *buf, int64_t value);
void cl_buf_addf(struct cl_buf *buf, const char *format, ...) CL_PRINTF(2, 3);

/** Lower-case hex of the bytes. */
void cl_buf_add_hex(struct cl_buf *buf, const void *bytes, size_t len);

/** RFC 3986: everything but A-Z a-z 0-9 - _ . ~ becomes %XX, upper-case. */
void cl_buf_add_urlencoded(struct cl_buf *buf, struct cl_str bytes);

/** The text between quotes as an error message shows it: cut at `max` bytes, controls escaped. */
void cl_buf_add_quoted(struct cl_buf *buf, struct cl_str untrusted, size_t max);

/** Makes room for `more` bytes at once, where growing step by step would cost too much. */
void cl_buf_reserve(struct cl_buf *buf, size_t more);

/** Drops everything behind `len`, wiping it. */
void cl_buf_truncate(struct cl_buf *buf, size_t len);

struct cl_str cl_buf_view(const struct cl_buf *buf);

/** CL_OK, or what went wrong first: CL_E_FAILED (memory), CL_E_INVALID (limit exceeded). */
enum cl_code cl_buf_ok(const struct cl_buf *buf, struct cl_err *err) CL_MUST_USE;

/** Moves the bytes out, NUL-terminated; the buffer is empty afterwards. */
enum cl_code cl_buf_take(struct cl_buf *buf, char **ret, struct cl_err *err) CL_MUST_USE;

void cl_buf_cleanup(struct cl_buf *buf);

#endif
