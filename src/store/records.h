#ifndef CLEAT_STORE_RECORDS_H
#define CLEAT_STORE_RECORDS_H

#include "base/buf.h"
#include "core/config.h"
#include "core/map.h"

/*
 * The text form of values that have no column of their own: pieces, each its length in bytes, a
 * colon and its bytes, as in "3:env3:dev". Reading a listing's rows costs a third of what it does
 * with JSON. Pure. What comes back is what went in; secrets never go in.
 *
 *   list    its items
 *   map     key, value, key, value, ...
 *   config  name, kind (text, bool, int, list), value; the value of a list is a list
 */

#define CL_RECORD_MAX_BYTES ((size_t)4 << 20U)

enum cl_code cl_record_map(const struct cl_map *map, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_record_strs(const struct cl_strs *list, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;

/** All but the secrets. */
enum cl_code cl_record_config(const struct cl_config *config, struct cl_buf *ret,
                              struct cl_err *err) CL_MUST_USE;

/* These add to `ret` what the text holds. CL_E_FAILED: the text is none of ours. */
enum cl_code cl_record_read_map(struct cl_str text, struct cl_map *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_record_read_strs(struct cl_str text, struct cl_strs *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_record_read_config(struct cl_str text, struct cl_config *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
