#ifndef CLEAT_STORE_LOOKUP_H
#define CLEAT_STORE_LOOKUP_H

#include "store/sql.h"

/* For this folder only: what a user's NAME, ID or prefix means (cli.md §1.4). */

/*
 * The statements of one entity. Each yields seq, id, name; the first parameter is the kind, where
 * there is one, then come the id or name, or for prefixes the bounds from (included) and to.
 */
struct cl_lookup {
    const char *by_id;
    const char *by_name;
    const char *by_id_prefix;
    const char *by_name_prefix;
    const char *all;
    const char *noun;   /* "connector" */
    struct cl_str kind; /* bound first where has_kind is set */
    bool has_kind;
};

/** A UUID or a prefix of at least 4 digits, dashes or not, any case, as ids are stored. */
bool cl_lookup_id_text(struct cl_str ref, char ret[37]);

/**
 * By id, exact name, unique id prefix, or unique name prefix where `name_prefix` allows it.
 *
 * @return CL_E_NOT_FOUND with the nearest name as hint, CL_E_AMBIGUOUS with up to 10 candidates
 */
enum cl_code cl_lookup_find(struct cl_sql *sql, const struct cl_lookup *lookup, struct cl_str ref,
                            bool name_prefix, int64_t *ret_seq, struct cl_err *err) CL_MUST_USE;

#endif
