#include "cli/symbols.h"

#include <utf8proc.h>

struct sign {
    struct cl_str text;
    const char *ascii; /* NULL: vanishes like any other emoji */
    enum cl_style style;
};

static const struct sign signs[] = {
    {CL_STR_INIT(CL_SIGN_YES), "yes", CL_STYLE_GREEN},
    {CL_STR_INIT(CL_SIGN_NO), "no", CL_STYLE_PLAIN},
    {CL_STR_INIT(CL_SIGN_ACTIVE), "*", CL_STYLE_PLAIN},
    {CL_STR_INIT(CL_SIGN_EXPIRED), "!", CL_STYLE_RED},
    {CL_STR_INIT(CL_SIGN_ERROR), "!", CL_STYLE_RED},
    {CL_STR_INIT(CL_SIGN_NOTHING), NULL, CL_STYLE_DIM},
    {CL_STR_INIT(CL_SIGN_BULLET), "*", CL_STYLE_PLAIN},
};

static const struct sign *sign_at(struct cl_str text)
{
    for (size_t i = 0; i < CL_COUNT(signs); i++) {
        if (cl_str_starts(text, signs[i].text))
            return &signs[i];
    }
    return NULL;
}

static size_t next_char(struct cl_str text, int32_t *ret)
{
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, ret);
    return len > 0 ? (size_t)len : 1;
}

static bool is_emoji(int32_t c)
{
    if (c >= 0x1F1E6 && c <= 0x1F1FF)
        return true;
    return utf8proc_get_property(c)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC &&
           utf8proc_charwidth(c) == 2;
}

/* Selectors, joiners and skin tones that belong to the emoji before them. */
static bool is_emoji_part(int32_t c)
{
    return c == 0x200D || c == 0xFE0E || c == 0xFE0F || (c >= 0x1F3FB && c <= 0x1F3FF);
}

/* Bytes of the emoji at the front with all its parts and one blank; 0 when there is none. */
static size_t emoji_len(struct cl_str text)
{
    int32_t c = 0;
    size_t len = next_char(text, &c);

    if (!is_emoji(c))
        return 0;
    while (len < text.len) {
        size_t more = next_char(cl_str_skip(text, len), &c);
        if (!is_emoji_part(c) && !is_emoji(c))
            break;
        len += more;
    }
    if (len < text.len && text.ptr[len] == ' ')
        len++;
    return len;
}

/* Appends what stands for the front of `text`; returns how many bytes of it that was. */
static size_t add_next(struct cl_buf *out, struct cl_str text)
{
    const struct sign *sign = sign_at(text);

    if ((unsigned char)text.ptr[0] < 0x80) {
        cl_buf_add_char(out, text.ptr[0]);
        return 1;
    }
    if (sign != NULL && sign->ascii != NULL) {
        cl_buf_add_c(out, sign->ascii);
        return sign->text.len;
    }
    size_t len = emoji_len(text);
    if (len == 0) {
        int32_t c = 0;
        len = next_char(text, &c);
        cl_buf_add(out, cl_str_first(text, len));
    }
    return len;
}

void cl_symbols_add_ascii(struct cl_buf *out, struct cl_str shown)
{
    while (shown.len > 0)
        shown = cl_str_skip(shown, add_next(out, shown));
}

enum cl_style cl_symbols_style(struct cl_str shown)
{
    const struct sign *sign = sign_at(shown);

    return sign != NULL ? sign->style : CL_STYLE_PLAIN;
}
