#include "cli/text_width.h"

#include <utf8proc.h>

#define TAB_COLUMNS 8

static bool is_joiner(int32_t c)
{
    return (c >= 0x200B && c <= 0x200D) || c == 0xFE0E || c == 0xFE0F;
}

static bool is_regional_indicator(int32_t c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

static bool is_combining(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);

    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

size_t cl_char_width(int32_t code_point)
{
    if (code_point < 0x300)
        return 1;
    if (is_joiner(code_point) || is_combining(code_point))
        return 0;
    if (is_regional_indicator(code_point))
        return 2;
    return utf8proc_charwidth(code_point) == 2 ? 2 : 1;
}

/* Length of the character at the front (1 for a byte that is none) and the character, or -1. */
static size_t decode(struct cl_str text, int32_t *ret)
{
    if (text.len > 0 && (unsigned char)text.ptr[0] < 0x80) {
        *ret = (unsigned char)text.ptr[0];
        return 1;
    }
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, ret);
    if (len > 0)
        return (size_t)len;
    *ret = -1;
    return text.len > 0 ? 1 : 0;
}

size_t cl_text_char(struct cl_str shown, size_t *width)
{
    int32_t c = 0;
    size_t len = decode(shown, &c);

    *width = len > 0 ? cl_char_width(c) : 0;
    return len;
}

/* Most text is printable ASCII, where bytes, characters and columns are the same. */
static size_t ascii_run(struct cl_str text)
{
    size_t len = 0;

    while (len < text.len && text.ptr[len] >= ' ' && text.ptr[len] <= '~')
        len++;
    return len;
}

size_t cl_text_width(struct cl_str shown)
{
    size_t total = 0;

    while (shown.len > 0) {
        size_t len = ascii_run(shown);
        size_t width = len;
        if (len == 0)
            len = cl_text_char(shown, &width);
        total += width;
        shown = cl_str_skip(shown, len);
    }
    return total;
}

static size_t add_escaped(struct cl_buf *out, struct cl_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        cl_buf_addf(out, "\\x%02x", (unsigned int)(unsigned char)bytes.ptr[i]);
    return 4 * bytes.len;
}

/* Appends one character; returns the columns that it takes. */
static size_t add_char(struct cl_buf *out, struct cl_str bytes, int32_t c, size_t column)
{
    if (c == '\t') {
        size_t blanks = TAB_COLUMNS - column % TAB_COLUMNS;
        cl_buf_add_repeat(out, " ", blanks);
        return blanks;
    }
    if (c < 0 || cl_char_is_unsafe(c))
        return add_escaped(out, bytes);
    cl_buf_add(out, bytes);
    return cl_char_width(c);
}

/* Appends the character at the front, whatever it is; returns its length. */
static size_t add_next(struct cl_buf *out, struct cl_str raw, bool one_line, size_t *column)
{
    int32_t c = 0;
    size_t len = decode(raw, &c);

    if (!one_line && cl_str_starts(raw, CL_STR("\r\n"))) {
        c = '\n';
        len = 2;
    }
    if (!one_line && c == '\n') {
        cl_buf_add_char(out, '\n');
        *column = 0;
    } else {
        *column += add_char(out, cl_str_first(raw, len), c, *column);
    }
    return len;
}

static void add_shown(struct cl_buf *out, struct cl_str raw, bool one_line)
{
    size_t column = 0;

    while (raw.len > 0) {
        size_t len = ascii_run(raw);
        cl_buf_add(out, cl_str_first(raw, len));
        column += len;
        raw = cl_str_skip(raw, len);
        if (raw.len > 0)
            raw = cl_str_skip(raw, add_next(out, raw, one_line, &column));
    }
}

void cl_text_add_shown(struct cl_buf *out, struct cl_str raw)
{
    add_shown(out, raw, false);
}

void cl_text_add_shown_line(struct cl_buf *out, struct cl_str raw)
{
    add_shown(out, raw, true);
}

static size_t span(struct cl_str text, size_t from, bool blanks)
{
    while (from < text.len && (text.ptr[from] == ' ') == blanks)
        from++;
    return from;
}

bool cl_text_word(struct cl_str *rest, struct cl_str *word)
{
    size_t begin = span(*rest, 0, true);
    size_t end = span(*rest, span(*rest, begin, false), true);

    if (begin == rest->len)
        return false;
    *word = cl_str_first(*rest, end);
    *rest = cl_str_skip(*rest, end);
    return true;
}

struct cl_str cl_text_rstrip(struct cl_str shown)
{
    while (shown.len > 0 && shown.ptr[shown.len - 1] == ' ')
        shown.len--;
    return shown;
}
