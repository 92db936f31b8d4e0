#ifndef CLEAT_CORE_ATTR_H
#define CLEAT_CORE_ATTR_H

#include "base/err.h"
#include "base/str.h"

/* Attributes: what an auth method's configuration consists of. Tables of these drive prompts,
 * validation, storage, display and documentation. */

enum cl_attr_kind {
    CL_ATTR_TEXT,
    CL_ATTR_SECRET, /* lives only as cl_secret, stored only sealed, never in a listing */
    CL_ATTR_BOOL,
    CL_ATTR_INT,
    CL_ATTR_LIST, /* of text */
};

enum cl_attr_format {
    CL_ATTR_FORMAT_NONE,
    CL_ATTR_FORMAT_URI,
    CL_ATTR_FORMAT_HOSTNAME,
    CL_ATTR_FORMAT_PEM,
    CL_ATTR_FORMAT_BASE64,
    CL_ATTR_FORMAT_JSON, /* a document: a value that names a file is read from it */
    CL_ATTR_FORMAT_ARN,
    CL_ATTR_FORMAT_REGION,
    CL_ATTR_FORMAT_LINES, /* a list of lines: their commas are their own */
};

struct cl_config;
struct cl_strs;

struct cl_attr {
    const char *name; /* snake_case */
    enum cl_attr_kind kind;
    enum cl_attr_format format;
    bool required;
    bool extra;       /* beyond the original schema: shown last */
    bool trim;        /* white space around it came from a clipboard or the end of a file */
    const char *help; /* title: "AWS Region" */
    const char *const *choices; /* NULL-terminated; NULL: anything */
    size_t max_bytes;           /* 0: CL_ATTR_VALUE_MAX */
    /* LIST: which items are kept, beside the other attributes. Pure. An empty item stays in
     * `given`, so that an error can tell an item's place. Only what is kept must be UTF-8; a NUL
     * byte has become a question mark. NULL: all. */
    enum cl_code (*keep)(const struct cl_config *config, const struct cl_strs *given,
                         struct cl_strs *ret, struct cl_err *err);
};

#define CL_ATTR_VALUE_MAX 65536

/** The most bytes that a value may have as it is given. */
size_t cl_attr_max_bytes(const struct cl_attr *attr);

/** The attribute of that name in a table; NULL: there is none. */
const struct cl_attr *cl_attr_find(const struct cl_attr *attrs, size_t count, struct cl_str name);

/** The one predicate for storage, display, prompts, logging and redaction. */
bool cl_attr_is_secret(const struct cl_attr *attr);

/** "string", "boolean", "integer", "array": the schema's word for the kind. */
const char *cl_attr_type_word(const struct cl_attr *attr);

#endif
