#include "base/str.h"

#include "base/alloc.h"

struct cl_str cl_str_of(const char *text)
{
    return text == NULL ? CL_STR_NONE : cl_str_make(text, strlen(text));
}

struct cl_str cl_str_make(const char *ptr, size_t len)
{
    return (struct cl_str){.ptr = ptr == NULL ? "" : ptr, .len = ptr == NULL ? 0 : len};
}

bool cl_str_eq(struct cl_str a, struct cl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool cl_str_eq_c(struct cl_str a, const char *b)
{
    return cl_str_eq(a, cl_str_of(b));
}

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

bool cl_str_ieq(struct cl_str a, struct cl_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (fold(a.ptr[i]) != fold(b.ptr[i]))
            return false;
    }
    return true;
}

int cl_str_cmp(struct cl_str a, struct cl_str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool cl_str_starts(struct cl_str s, struct cl_str prefix)
{
    return s.len >= prefix.len && cl_str_eq(cl_str_first(s, prefix.len), prefix);
}

bool cl_str_ends(struct cl_str s, struct cl_str suffix)
{
    return s.len >= suffix.len && cl_str_eq(cl_str_skip(s, s.len - suffix.len), suffix);
}

bool cl_str_contains(struct cl_str s, struct cl_str part)
{
    return part.len == 0 || memmem(s.ptr, s.len, part.ptr, part.len) != NULL;
}

size_t cl_str_find(struct cl_str s, char c)
{
    const char *hit = s.len == 0 ? NULL : memchr(s.ptr, c, s.len);

    return hit == NULL ? s.len : (size_t)(hit - s.ptr);
}

struct cl_str cl_str_skip(struct cl_str s, size_t n)
{
    size_t skipped = n < s.len ? n : s.len;

    return cl_str_make(s.ptr + skipped, s.len - skipped);
}

struct cl_str cl_str_first(struct cl_str s, size_t n)
{
    return cl_str_make(s.ptr, n < s.len ? n : s.len);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct cl_str cl_str_trim(struct cl_str s)
{
    while (s.len > 0 && is_blank(s.ptr[0]))
        s = cl_str_skip(s, 1);
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool cl_str_cut(struct cl_str s, char sep, struct cl_str *head, struct cl_str *tail)
{
    size_t at = cl_str_find(s, sep);
    bool found = at < s.len;

    *head = cl_str_first(s, at);
    *tail = found ? cl_str_skip(s, at + 1) : CL_STR_NONE;
    return found;
}

size_t cl_str_span(struct cl_str s, const char *set)
{
    size_t len = 0;

    while (len < s.len && s.ptr[len] != '\0' && strchr(set, s.ptr[len]) != NULL)
        len++;
    return len;
}

bool cl_str_only(struct cl_str s, const char *set)
{
    return cl_str_span(s, set) == s.len;
}

enum cl_code cl_str_dup(struct cl_str s, char **ret, struct cl_err *err)
{
    if (cl_str_find(s, '\0') < s.len)
        return cl_err_set(err, CL_E_INVALID, "text contains a NUL byte");
    char *copy = cl_alloc(s.len + 1);
    if (copy == NULL)
        return cl_err_no_memory(err);
    if (s.len > 0)
        (void)memcpy(copy, s.ptr, s.len);
    *ret = copy;
    return CL_OK;
}

enum cl_code cl_parse_i64(struct cl_str s, int64_t *ret, struct cl_err *err)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    struct cl_str digits = cl_str_skip(s, negative || (s.len > 0 && s.ptr[0] == '+') ? 1 : 0);
    int64_t value = 0;

    if (digits.len == 0 || !cl_str_only(digits, "0123456789"))
        return cl_err_set(err, CL_E_INVALID, "not a whole number");
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digits.ptr[i] - '0';
        /* Accumulating below zero reaches INT64_MIN without overflow. */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return cl_err_set(err, CL_E_INVALID, "number out of range");
    }
    if (!negative && value == INT64_MIN)
        return cl_err_set(err, CL_E_INVALID, "number out of range");
    *ret = negative ? value : -value;
    return CL_OK;
}

enum cl_code cl_parse_bool(struct cl_str s, bool *ret, struct cl_err *err)
{
    static const char *const yes[] = {"true", "yes", "on", "1", "t", "y"};
    static const char *const no[] = {"false", "no", "off", "0", "f", "n"};

    for (size_t i = 0; i < CL_COUNT(yes); i++) {
        bool is_yes = cl_str_ieq(s, cl_str_of(yes[i]));
        if (is_yes || cl_str_ieq(s, cl_str_of(no[i]))) {
            *ret = is_yes;
            return CL_OK;
        }
    }
    return cl_err_set(err, CL_E_INVALID, "not true or false");
}

/* Length of the well-formed UTF-8 sequence at the start of `s` (Unicode table 3-7), 0 if none. */
static size_t utf8_sequence(struct cl_str s)
{
    unsigned char lead = (unsigned char)s.ptr[0];
    unsigned char second = s.len > 1 ? (unsigned char)s.ptr[1] : 0;
    size_t len = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (len == 0 || lead > 0xF4 || s.len < len)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)s.ptr[i] & 0xC0U) != 0x80U)
            return 0;
    }
    bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : len;
}

bool cl_is_utf8(struct cl_str s)
{
    while (s.len > 0) {
        size_t len = utf8_sequence(s);
        if (len == 0)
            return false;
        s = cl_str_skip(s, len);
    }
    return true;
}

bool cl_char_is_unsafe(int32_t c)
{
    bool turns = c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                 (c >= 0x2066 && c <= 0x2069);

    return c < 0x20 || (c >= 0x7F && c < 0xA0) || turns || c == 0x2028 || c == 0x2029 ||
           c == 0xFEFF;
}

size_t cl_str_unsafe_char(struct cl_str s, int32_t *ret)
{
    const unsigned char *at = (const unsigned char *)s.ptr;
    size_t len = 1;
    uint32_t c = s.len > 0 ? at[0] : ' ';

    /* All of them are below U+10000; a byte inside a character begins none. */
    if (c >= 0xF0 || (c >= 0x80 && c < 0xC0))
        return 0;
    if (c >= 0xE0 && s.len >= 3) {
        c = (c & 0x0FU) << 12U | (at[1] & 0x3FU) << 6U | (at[2] & 0x3FU);
        len = 3;
    } else if (c >= 0xC0 && s.len >= 2) {
        c = (c & 0x1FU) << 6U | (at[1] & 0x3FU);
        len = 2;
    }
    if (!cl_char_is_unsafe((int32_t)c))
        return 0;
    *ret = (int32_t)c;
    return len;
}

#define DISTANCE_MAX 64

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Optimal string alignment: one row per byte of `a`, the two rows before it are kept. */
size_t cl_str_distance(struct cl_str a, struct cl_str b, size_t limit)
{
    size_t rows[3][DISTANCE_MAX + 1];

    if (a.len > DISTANCE_MAX || b.len > DISTANCE_MAX)
        return limit + 1;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *above2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t cost = a.ptr[i - 1] == b.ptr[j - 1] ? 0 : 1;
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1, row[j]);
        }
    }
    size_t distance = rows[a.len % 3][b.len];
    return distance > limit ? limit + 1 : distance;
}

void cl_string_cleanup(char **text)
{
    cl_free(*text);
}
