#ifndef CLEAT_CODEC_INI_H
#define CLEAT_CODEC_INI_H

#include "base/strs.h"

/*
 * The shared files of the AWS tools (~/.aws/config, ~/.aws/credentials), read the way their SDKs
 * read them: no quoting, no escapes, no interpolation, values may continue on indented lines, a
 * comment needs a line of its own. What some SDKs refuse and others accept (byte order mark,
 * duplicate keys and sections, comments behind certain values) is accepted with a warning.
 *
 * Values are copies, because continuation lines are joined; ranges count bytes of the input, so
 * that a patcher can replace one section and leave every other byte alone.
 */
struct cl_ini; /* owner of everything below */

#define CL_INI_MAX_BYTES ((size_t)1 << 20U)

/* One header and what follows it. A name may come twice. */
struct cl_ini_section {
    struct cl_str name; /* what stands between the brackets, blanks included */
    size_t line;        /* of the header, from 1 */
    size_t lead;        /* start of the comment lines right above the header, else of the header */
    size_t start;       /* first byte of the header line */
    size_t body_end;    /* behind the last line that is not blank or a comment */
    size_t end;         /* start of the next header line, or the length of the input */
    bool ignored;       /* [DEFAULT]: lookups pass it by */
};

struct cl_ini_entry {
    struct cl_str key;   /* lower case */
    struct cl_str value; /* lines joined by \n; empty for "key =" */
    size_t section;      /* index */
    size_t line;
};

struct cl_ini_warning {
    size_t line;
    const char *text; /* a literal: never quotes the file */
};

/**
 * Parses a whole file.
 *
 * @param ret  owned by the caller, cl_ini_free(); does not refer to `text`
 * @return CL_OK, CL_E_INVALID ("line N: reason", without the line's text), CL_E_FAILED
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
 */
enum cl_code cl_ini_parse(struct cl_str text, struct cl_ini **ret, struct cl_err *err) CL_MUST_USE;

void cl_ini_free(struct cl_ini *ini);
void cl_ini_cleanup(struct cl_ini **ini); /* for CL_AUTO(cl_ini) */

/* In the order of the file. */
size_t cl_ini_section_count(const struct cl_ini *ini);
const struct cl_ini_section *cl_ini_section(const struct cl_ini *ini, size_t index);
size_t cl_ini_entry_count(const struct cl_ini *ini);
const struct cl_ini_entry *cl_ini_entry(const struct cl_ini *ini, size_t index);
size_t cl_ini_warning_count(const struct cl_ini *ini);
const struct cl_ini_warning *cl_ini_warning(const struct cl_ini *ini, size_t index);

/** The last section of that name, or NULL. */
const struct cl_ini_section *cl_ini_find(const struct cl_ini *ini, struct cl_str section);

/**
 * The entry that counts: sections of one name are one, and what comes last wins. NULL when absent.
 *
 * @param key  lower case
 */
const struct cl_ini_entry *cl_ini_lookup(const struct cl_ini *ini, struct cl_str section,
                                         const char *key);

/** Its value; the empty view also when it is absent. */
struct cl_str cl_ini_get(const struct cl_ini *ini, struct cl_str section, const char *key);

/** The value of `name` in a map written as "key =" and indented "name = value" lines below. */
struct cl_str cl_ini_nested(const struct cl_ini *ini, struct cl_str section, const char *key,
                            const char *name);

/**
 * The second word of a header of exactly two shell-style words of which the first is `kind`:
 * `profile "my prof"` gives "my prof".
 *
 * @param ret  owned by the caller (cl_free)
 * @return CL_OK, CL_E_NOT_FOUND when the header is of another form, CL_E_FAILED
 */
enum cl_code cl_ini_header_name(struct cl_str header, const char *kind, char **ret,
                                struct cl_err *err) CL_MUST_USE;

#endif
