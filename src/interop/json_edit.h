#ifndef CLEAT_INTEROP_JSON_EDIT_H
#define CLEAT_INTEROP_JSON_EDIT_H

#include "base/buf.h"

/*
 * Changes one member of one object of a JSON file of another tool, `{"OBJECT": {"KEY": VALUE}}`,
 * and leaves every other byte as it is: order, blanks, line ends, unknown members. Pure.
 *
 * Taking out what was put in gives the file that was there before. What has to be remembered for
 * that stands in the file as a blank: an object that was made for its member has one behind its
 * brace and goes with its last member; one that was there before has none and stays; one in place
 * of a null has one before its colon.
 */
struct cl_json_edit {
    struct cl_str text;  /* the file as it is; nothing but blanks is an empty file */
    const char *object;  /* "credHelpers"; plain ASCII */
    struct cl_str key;   /* "ghcr.io"; UTF-8 */
    struct cl_str value; /* JSON text; empty: take the member out */
};

#define CL_JSON_EDIT_MAX_BYTES ((size_t)4 << 20U)

/**
 * @param ret          the new file
 * @param ret_emptied  taking out: nothing is left that was there before, and `ret` has no value any
 *                     more; may be NULL
 * @return CL_OK (also when there is nothing to take out), CL_E_INVALID (not a JSON object, or its
 *         member is neither an object nor null: line, column, reason)
 */
enum cl_code cl_json_edit(const struct cl_json_edit *edit, struct cl_buf *ret, bool *ret_emptied,
                          struct cl_err *err) CL_MUST_USE;

#endif
