#ifndef CLEAT_INTEROP_INI_EDIT_H
#define CLEAT_INTEROP_INI_EDIT_H

#include "base/buf.h"
#include "base/strs.h"

/*
 * Writes, replaces or removes one section of an INI file of another tool and leaves every other
 * byte as it is. Pure. A section that Cleat wrote is preceded by CL_INI_MARKER on a line of its
 * own. Removing what was added gives the file that was there before, byte for byte: a new section
 * stands behind one blank line, or behind none where the file had no line end at its end.
 */
#define CL_INI_MARKER "# managed by cleat"

struct cl_ini_edit {
    struct cl_str text;    /* the file as it is */
    struct cl_str header;  /* "profile cleat-c0f8e857" */
    struct cl_str section; /* marker, header and lines, ending in \n; empty: remove the section */
    bool overwrite;        /* also what Cleat did not write: all sections of that name */

    /** Do two headers mean the same? NULL: they do when they are equal. */
    enum cl_code (*same)(struct cl_str a, struct cl_str b, bool *ret, struct cl_err *err);
};

/**
 * @param ret      the new file
 * @return CL_OK, CL_E_CONFLICT (a section of that name was written by somebody else),
 *         CL_E_NOT_FOUND (nothing to remove), CL_E_LOCAL_CONFIG (the file does not parse)
 */
enum cl_code cl_ini_edit(const struct cl_ini_edit *edit, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Adds the headers of the sections that Cleat wrote.
 *
 * @param wanted  is asked for each; `comments` are the lines from the marker to the header
 * @return CL_OK, CL_E_LOCAL_CONFIG (the file does not parse)
 */
enum cl_code cl_ini_find_ours(struct cl_str text,
                              bool (*wanted)(void *ctx, struct cl_str header,
                                             struct cl_str comments),
                              void *ctx, struct cl_strs *ret, struct cl_err *err) CL_MUST_USE;

#endif
