#include "codec/base64.h"

static const char alphabets[][65] = {
    [CL_BASE64_STANDARD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    [CL_BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

/* The bytes of one group at the top of 24 bits, missing ones zero. */
static uint32_t group_bits(struct cl_str group)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 3; i++)
        bits = bits << 8U | (i < group.len ? (unsigned char)group.ptr[i] : 0U);
    return bits;
}

void cl_buf_add_base64(struct cl_buf *buf, struct cl_str bytes, enum cl_base64_alphabet alphabet)
{
    const char *digits = alphabets[alphabet];

    for (; bytes.len > 0; bytes = cl_str_skip(bytes, 3)) {
        struct cl_str group = cl_str_first(bytes, 3);
        uint32_t bits = group_bits(group);
        char out[4] = {digits[bits >> 18U & 63U], digits[bits >> 12U & 63U],
                       digits[bits >> 6U & 63U], digits[bits & 63U]};

        cl_buf_add(buf, cl_str_make(out, group.len + 1));
        if (alphabet == CL_BASE64_STANDARD)
            cl_buf_add_repeat(buf, "=", 3 - group.len);
    }
}

/* 0..63, or 64 for a character that is not in the alphabet. */
static uint32_t digit_value(const char *digits, char c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 52;
    return c == digits[62] ? 62 : c == digits[63] ? 63 : 64;
}

/* Decodes up to four digits; false when one is foreign or bits are left over. */
static bool decode_group(const char *digits, struct cl_str group, char out[3])
{
    uint32_t bits = 0;

    if (group.len == 1)
        return false;
    for (size_t i = 0; i < 4; i++) {
        uint32_t value = i < group.len ? digit_value(digits, group.ptr[i]) : 0;
        if (value > 63)
            return false;
        bits = bits << 6U | value;
    }
    for (size_t i = 0; i < 3; i++)
        out[i] = (char)(unsigned char)(bits >> (16U - 8U * i) & 255U);
    return group.len == 4 || (bits & (group.len == 3 ? 0xFFU : 0xFFFFU)) == 0;
}

/* Padding only where it completes a group, and then all of it. */
static struct cl_str without_padding(struct cl_str text)
{
    struct cl_str bare = text;

    if (text.len % 4 != 0)
        return text;
    for (int i = 0; i < 2 && cl_str_ends(bare, CL_STR("=")); i++)
        bare.len--;
    return bare;
}

enum cl_code cl_base64_decode(struct cl_str text, enum cl_base64_alphabet alphabet,
                              struct cl_buf *ret, struct cl_err *err)
{
    size_t before = ret->len;

    for (struct cl_str rest = without_padding(text); rest.len > 0; rest = cl_str_skip(rest, 4)) {
        struct cl_str group = cl_str_first(rest, 4);
        char out[3];
        if (!decode_group(alphabets[alphabet], group, out)) {
            cl_buf_truncate(ret, before);
            return cl_err_set(err, CL_E_INVALID, "not valid base64");
        }
        cl_buf_add(ret, cl_str_make(out, group.len - 1));
    }
    enum cl_code rc = cl_buf_ok(ret, err);
    if (rc != CL_OK)
        cl_buf_truncate(ret, before);
    return rc;
}
