#ifndef CLEAT_STORE_RECORDS_H
#define CLEAT_STORE_RECORDS_H

#include "base/buf.h"
#include "core/config.h"
#include "core/map.h"

/*
 * The text form of values that have no column of their own: JSON, so that other stores and people
 * can read it. Pure. What comes back is what went in; secrets never go in.
 */

#define CL_RECORD_MAX_BYTES ((size_t)4 << 20U)

/** Object of strings. */
enum cl_code cl_record_map(const struct cl_map *map, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_record_read_map(struct cl_str text, struct cl_map *ret, struct cl_err *err)
    CL_MUST_USE;

/** Array of strings. */
enum cl_code cl_record_strs(const struct cl_strs *list, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_record_read_strs(struct cl_str text, struct cl_strs *ret, struct cl_err *err)
    CL_MUST_USE;

/** Object: text as string, booleans and integers as such, lists as arrays; secrets left out. */
enum cl_code cl_record_config(const struct cl_config *config, struct cl_buf *ret,
                              struct cl_err *err) CL_MUST_USE;

/** Adds what `text` holds. CL_E_FAILED when it is no such object. */
enum cl_code cl_record_read_config(struct cl_str text, struct cl_config *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
