#ifndef CLEAT_BASE_STR_H
#define CLEAT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

/* A view of bytes that somebody else owns; not NUL-terminated; passed by value. */
struct cl_str {
    const char *ptr;
    size_t len;
};

#define CL_STR(literal) ((struct cl_str){.ptr = "" literal, .len = sizeof(literal) - 1})
#define CL_STR_INIT(literal)                          \
    {                                                 \
        .ptr = "" literal, .len = sizeof(literal) - 1 \
    }
#define CL_STR_NONE ((struct cl_str){.ptr = "", .len = 0})

/* For "%.*s". */
#define CL_STR_ARG(s) (int)(s).len, (s).ptr

/** View of a C string; NULL gives the empty view. */
struct cl_str cl_str_of(const char *text);

/** View of `len` bytes from `ptr`. */
struct cl_str cl_str_make(const char *ptr, size_t len);

bool cl_str_eq(struct cl_str a, struct cl_str b);
bool cl_str_eq_c(struct cl_str a, const char *b);
bool cl_str_ieq(struct cl_str a, struct cl_str b); /* ASCII case folded */
int cl_str_cmp(struct cl_str a, struct cl_str b);  /* bytewise, like strcmp */
bool cl_str_starts(struct cl_str s, struct cl_str prefix);
bool cl_str_ends(struct cl_str s, struct cl_str suffix);
bool cl_str_contains(struct cl_str s, struct cl_str part);

/** Offset of the first `c`, or `s.len`. */
size_t cl_str_find(struct cl_str s, char c);

/** `s` without its first `n` bytes (empty when shorter), and its first `n` bytes. */
struct cl_str cl_str_skip(struct cl_str s, size_t n);
struct cl_str cl_str_first(struct cl_str s, size_t n);

/** Without leading and trailing blanks, tabs, CR and LF. */
struct cl_str cl_str_trim(struct cl_str s);

/**
 * Splits at the first `sep`. True when there was one: `*head` is what stands before, `*tail` what
 * stands behind. False: `*head` is all of `s`, `*tail` is empty. Either may point to `s` itself.
 */
bool cl_str_cut(struct cl_str s, char sep, struct cl_str *head, struct cl_str *tail);

/** How many bytes at the start are in `set`. */
size_t cl_str_span(struct cl_str s, const char *set);

/** True if every byte is in `set`. */
bool cl_str_only(struct cl_str s, const char *set);

/** NUL-terminated copy, owned by the caller (cl_free). Refuses embedded NUL (CL_E_INVALID). */
enum cl_code cl_str_dup(struct cl_str s, char **ret, struct cl_err *err) CL_MUST_USE;

/** Decimal, optional sign, no blanks, whole input. CL_E_INVALID otherwise. */
enum cl_code cl_parse_i64(struct cl_str s, int64_t *ret, struct cl_err *err) CL_MUST_USE;

/** true/false/yes/no/on/off/1/0/t/f/y/n in any case. CL_E_INVALID otherwise. */
enum cl_code cl_parse_bool(struct cl_str s, bool *ret, struct cl_err *err) CL_MUST_USE;

bool cl_is_utf8(struct cl_str s);

/**
 * True for what must not reach a terminal as it is: controls (C0, DEL, C1), line and paragraph
 * separators, byte order marks, and signs that turn the direction of the text around them, with
 * which one name can be shown as another.
 */
bool cl_char_is_unsafe(int32_t code_point);

/** Length in bytes of the first character if it is such a one, its number in *ret; 0: it is not.
 *  `s` is valid UTF-8. */
size_t cl_str_unsafe_char(struct cl_str s, int32_t *ret);

/** Damerau-Levenshtein distance over bytes, at most `limit` + 1; inputs above 64 bytes are far. */
size_t cl_str_distance(struct cl_str a, struct cl_str b, size_t limit);

/* For CL_AUTO(cl_string) char *text = NULL; */
void cl_string_cleanup(char **text);

#endif
