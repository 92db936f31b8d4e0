#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>

#include <openssl/crypto.h>

#include "base/alloc.h"

static bool reserve(struct cl_buf *buf, size_t more)
{
    if (buf->failed != CL_OK)
        return false;
    if (more > buf->max || buf->len > buf->max - more) {
        buf->failed = CL_E_INVALID;
        return false;
    }
    char *grown = cl_array_grow(buf->ptr, &buf->capacity, buf->len + more + 1, 1);
    if (grown == NULL) {
        buf->failed = CL_E_FAILED;
        return false;
    }
    buf->ptr = grown;
    return true;
}

void cl_buf_add(struct cl_buf *buf, struct cl_str bytes)
{
    if (!reserve(buf, bytes.len) || bytes.len == 0)
        return;
    (void)memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
    buf->len += bytes.len;
    buf->ptr[buf->len] = '\0';
}

void cl_buf_add_c(struct cl_buf *buf, const char *text)
{
    cl_buf_add(buf, cl_str_of(text));
}

void cl_buf_add_char(struct cl_buf *buf, char c)
{
    cl_buf_add(buf, cl_str_make(&c, 1));
}

/* Doubles what is there: the lines of a table are thousands of characters. */
void cl_buf_add_repeat(struct cl_buf *buf, const char *text, size_t times)
{
    struct cl_str unit = cl_str_of(text);
    size_t end = 0;

    if (__builtin_mul_overflow(unit.len, times, &end))
        end = SIZE_MAX; /* more than any buffer may hold */
    if (end == 0 || !reserve(buf, end))
        return;
    char *begin = buf->ptr + buf->len;
    size_t first = unit.len == 1 ? end : unit.len;
    if (unit.len == 1) { /* blanks, mostly */
        (void)memset(begin, *unit.ptr, end);
    } else {
        (void)memcpy(begin, unit.ptr, unit.len);
    }
    for (size_t done = first, more = 0; done < end; done += more) {
        more = done < end - done ? done : end - done;
        (void)memcpy(begin + done, begin, more);
    }
    buf->len += end;
    buf->ptr[buf->len] = '\0';
}

void cl_buf_add_i64(struct cl_buf *buf, int64_t value)
{
    cl_buf_addf(buf, "%" PRId64, value);
}

/* What there is room for already is formatted in place; what is longer, a second time. */
void cl_buf_addf(struct cl_buf *buf, const char *format, ...)
{
    size_t room = buf->ptr == NULL || buf->failed != CL_OK ? 0 : buf->capacity - buf->len;
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(room > 0 ? buf->ptr + buf->len : NULL, room, format, args);
    if (len >= 0 && reserve(buf, (size_t)len)) {
        if ((size_t)len >= room)
            (void)vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    } else if (room > 0) {
        buf->ptr[buf->len] = '\0';
    }
    va_end(again);
    va_end(args);
}

static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";

void cl_buf_add_hex(struct cl_buf *buf, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < len; i++) {
        char pair[2] = {hex_lower[at[i] >> 4U], hex_lower[at[i] & 15U]};
        cl_buf_add(buf, cl_str_make(pair, 2));
    }
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

void cl_buf_add_urlencoded(struct cl_buf *buf, struct cl_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        char escape[3] = {'%', hex_upper[c >> 4U], hex_upper[c & 15U]};

        if (is_unreserved(c)) {
            cl_buf_add_char(buf, (char)c);
        } else {
            cl_buf_add(buf, cl_str_make(escape, 3));
        }
    }
}

void cl_buf_add_quoted(struct cl_buf *buf, struct cl_str untrusted, size_t max)
{
    struct cl_str shown = cl_str_first(untrusted, max);
    bool printable = cl_is_utf8(untrusted);

    if (printable) { /* a cut inside a character would break it */
        while (!cl_is_utf8(shown))
            shown.len--;
    }
    for (size_t i = 0; i < shown.len; i++) {
        unsigned char c = (unsigned char)shown.ptr[i];
        /* C1 controls are two bytes in UTF-8; a terminal obeys them like ESC. */
        bool c1 = c == 0xC2 && i + 1 < shown.len && (unsigned char)shown.ptr[i + 1] < 0xA0;
        if (printable && c1) {
            cl_buf_addf(buf, "\\xc2\\x%02x", (unsigned char)shown.ptr[++i]);
        } else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !printable)) {
            cl_buf_addf(buf, "\\x%02x", c);
        } else {
            cl_buf_add_char(buf, (char)c);
        }
    }
    if (shown.len < untrusted.len)
        cl_buf_add_c(buf, "...");
}

void cl_buf_reserve(struct cl_buf *buf, size_t more)
{
    (void)reserve(buf, more);
}

void cl_buf_truncate(struct cl_buf *buf, size_t len)
{
    if (len >= buf->len)
        return;
    OPENSSL_cleanse(buf->ptr + len, buf->len - len);
    buf->len = len;
}

struct cl_str cl_buf_view(const struct cl_buf *buf)
{
    return cl_str_make(buf->ptr, buf->len);
}

enum cl_code cl_buf_ok(const struct cl_buf *buf, struct cl_err *err)
{
    if (buf->failed == CL_E_INVALID)
        return cl_err_set(err, CL_E_INVALID, "text is longer than %zu bytes", buf->max);
    if (buf->failed != CL_OK)
        return cl_err_no_memory(err);
    return CL_OK;
}

enum cl_code cl_buf_take(struct cl_buf *buf, char **ret, struct cl_err *err)
{
    if (buf->ptr == NULL)
        (void)reserve(buf, 0);
    CL_TRY(cl_buf_ok(buf, err));
    *ret = CL_MOVE(buf->ptr);
    buf->len = 0;
    buf->capacity = 0;
    return CL_OK;
}

void cl_buf_cleanup(struct cl_buf *buf)
{
    cl_free(buf->ptr);
    buf->ptr = NULL;
    buf->len = 0;
    buf->capacity = 0;
}
