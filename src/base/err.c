#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

struct code_row {
    const char *wire;
    const char *class_name;
    int http;
    int exit_status;
    bool retry;
};

/* clang-format off */
static const struct code_row rows[] = {
    {"ok", "", 200, 0, false},
#define CL_CODE_ROW(name, wire, http, cls, exit, retry) {wire, cls, http, exit, retry},
    CL_CODE_MAP(CL_CODE_ROW)
#undef CL_CODE_ROW
};
/* clang-format on */

static const struct code_row *row_of(enum cl_code code)
{
    size_t at = (size_t)code;
    return at < CL_COUNT(rows) ? &rows[at] : &rows[CL_E_INTERNAL];
}

const char *cl_code_wire(enum cl_code code)
{
    return row_of(code)->wire;
}

const char *cl_code_class(enum cl_code code)
{
    return row_of(code)->class_name;
}

int cl_code_http(enum cl_code code)
{
    return row_of(code)->http;
}

int cl_code_exit(enum cl_code code)
{
    return row_of(code)->exit_status;
}

bool cl_code_retryable(enum cl_code code)
{
    return row_of(code)->retry;
}

bool cl_err_has_provider(const struct cl_err *err)
{
    return err->upstream_status != 0 || err->upstream_code[0] != '\0' ||
           err->upstream_service[0] != '\0' || err->upstream_operation[0] != '\0' ||
           err->upstream_request[0] != '\0';
}

enum cl_code cl_code_from_wire(const char *wire)
{
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        if (strcmp(rows[i].wire, wire) == 0)
            return (enum cl_code)i;
    }
    return CL_E_FAILED;
}

/* A cut multi-byte character at the end would make the whole text invalid UTF-8. */
static void drop_cut_character(char *text, size_t size)
{
    size_t len = strlen(text);

    if (len + 1 < size)
        return;
    while (len > 0 && ((unsigned char)text[len - 1] & 0xC0U) == 0x80U)
        len--;
    if (len > 0 && ((unsigned char)text[len - 1] & 0xC0U) == 0xC0U)
        len--;
    text[len] = '\0';
}

void cl_err_make_plain(char *text)
{
    bool utf8 = cl_is_utf8(cl_str_of(text));

    for (unsigned char *at = (unsigned char *)text; *at != '\0'; at++) {
        bool c1 = at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F;
        if (*at == '\n' || *at == '\r' || *at == '\t') {
            *at = ' ';
        } else if (*at < 0x20 || *at == 0x7F || (*at >= 0x80 && !utf8)) {
            *at = '?';
        } else if (c1) {
            at[0] = at[1] = '?';
        }
    }
}

static void put(char *out, size_t size, const char *format, va_list args) CL_PRINTF(3, 0);

static void put(char *out, size_t size, const char *format, va_list args)
{
    if (vsnprintf(out, size, format, args) < 0)
        out[0] = '\0';
    drop_cut_character(out, size);
    cl_err_make_plain(out);
}

enum cl_code cl_err_set(struct cl_err *err, enum cl_code code, const char *format, ...)
{
    struct cl_err fresh = {.code = code};
    va_list args;

    va_start(args, format);
    put(fresh.text, sizeof(fresh.text), format, args);
    va_end(args);
    *err = fresh;
    return code;
}

enum cl_code cl_err_wrap(struct cl_err *err, const char *format, ...)
{
    char context[sizeof(err->text)];
    char cause[sizeof(err->text)];
    va_list args;

    va_start(args, format);
    put(context, sizeof(context), format, args);
    va_end(args);
    (void)memcpy(cause, err->text, sizeof(cause));
    if (snprintf(err->text, sizeof(err->text), "%s: %s", context, cause) < 0)
        err->text[0] = '\0';
    drop_cut_character(err->text, sizeof(err->text));
    return err->code;
}

enum cl_code cl_err_hint(struct cl_err *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put(err->hint, sizeof(err->hint), format, args);
    va_end(args);
    return err->code;
}

enum cl_code cl_err_no_memory(struct cl_err *err)
{
    return cl_err_set(err, CL_E_FAILED, "out of memory");
}
