#ifndef CLEAT_CORE_QUERY_FILTER_H
#define CLEAT_CORE_QUERY_FILTER_H

#include "core/query.h"

/* A filter that has been understood: which field, which comparison, with what. */

enum cl_filter_op {
    CL_OP_EQUALS,
    CL_OP_NOTEQUALS,
    CL_OP_CONTAINS,
    CL_OP_NOTCONTAINS,
    CL_OP_STARTSWITH,
    CL_OP_ENDSWITH,
    CL_OP_ONEOF,
    CL_OP_NOTONEOF,
    CL_OP_ISEMPTY,
    CL_OP_ISNOTEMPTY,
    CL_OP_GT,
    CL_OP_GTE,
    CL_OP_LT,
    CL_OP_LTE,
    CL_OP_IN,
};

struct cl_compiled_filter {
    const struct cl_field *field;
    enum cl_filter_op op;
    struct cl_strs texts; /* operands of text comparisons */
    int64_t low;          /* operand of comparisons by number; first bound of `in` */
    int64_t high;         /* second bound of `in` */
};
void cl_compiled_filter_cleanup(struct cl_compiled_filter *filter);

/** The field with that name, or CL_E_INVALID with the nearest and all of them. */
enum cl_code cl_query_field(const struct cl_query_source *source, struct cl_str name,
                            const struct cl_field **ret, struct cl_err *err) CL_MUST_USE;

/** @return CL_E_INVALID: unknown field, an operator its kind does not have, malformed operand */
enum cl_code cl_filter_compile(const struct cl_query_source *source, const struct cl_filter *filter,
                               struct cl_compiled_filter *ret, struct cl_err *err) CL_MUST_USE;

bool cl_filter_matches(const struct cl_compiled_filter *filter, const void *item);

/* The 32 digits of an id in lower case, without dashes; what is longer than any id is cut. */
struct cl_hex_id {
    char text[72];
};
struct cl_hex_id cl_hex_id_of(struct cl_str id);

#endif
