#include "core/quote.h"

#include <stdio.h>

#include "base/alloc.h"

/* Leaves room for the dots that stand for what was cut. */
#define QUOTE_MAX_BYTES 80

static size_t whole_characters(struct cl_str text, size_t max)
{
    size_t len = text.len < max ? text.len : max;

    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0U) == 0x80U)
        len--;
    return len;
}

struct cl_quote cl_quote(struct cl_str untrusted)
{
    struct cl_quote quote = {.text = ""};
    size_t len = whole_characters(untrusted, QUOTE_MAX_BYTES);

    for (size_t i = 0; i < len; i++)
        quote.text[i] = untrusted.ptr[i];
    for (char *nul = memchr(quote.text, '\0', len); nul != NULL;
         nul = memchr(nul, '\0', len - (size_t)(nul - quote.text)))
        *nul = '?';
    if (len < untrusted.len)
        (void)memcpy(quote.text + len, "...", sizeof("..."));
    return quote;
}

enum cl_code cl_unknown(struct cl_err *err, enum cl_code code, struct cl_str given,
                        const struct cl_strs *valid, const char *format, ...)
{
    CL_AUTO(cl_string) char *list = NULL;
    char sentence[256];
    const char *nearest = cl_strs_nearest(valid, given);
    va_list args;

    va_start(args, format);
    if (vsnprintf(sentence, sizeof(sentence), format, args) < 0)
        sentence[0] = '\0';
    va_end(args);
    CL_TRY(cl_strs_join(valid, ", ", &list, err));
    (void)cl_err_set(err, code, "%s; valid: %s", sentence, list);
    if (nearest != NULL)
        (void)cl_err_hint(err, "Did you mean '%s'?", nearest);
    return code;
}
