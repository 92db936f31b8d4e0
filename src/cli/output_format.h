#ifndef CLEAT_CLI_OUTPUT_FORMAT_H
#define CLEAT_CLI_OUTPUT_FORMAT_H

#include "codec/json.h"

#include "cli/settings.h"

/* JSON values as the machine formats write them, into buffers that remember their failure. */

/** One line of csv or tsv from cells that are raw text. */
void cl_format_row(enum cl_format format, const struct cl_strs *cells, struct cl_buf *out);

/** What a csv cell and --field show: text as it is, lists joined by ";", objects as JSON. */
void cl_format_raw(const json_t *value, struct cl_buf *out);

/** "kind/name" and a line feed. */
void cl_format_name_line(const char *kind, struct cl_str name, struct cl_buf *out);

/** A member by its name, with dots for nested ones. NULL: there is none; a null is a value. */
const json_t *cl_format_member(const json_t *object, const char *path);

/** The raw value of --field and a line feed. CL_E_INVALID names the members that there are. */
enum cl_code cl_format_field(const json_t *object, const char *path, struct cl_buf *out,
                             struct cl_err *err) CL_MUST_USE;

/** A new reference to the object, or to one with only the members that `columns` names. */
enum cl_code cl_format_choose(const json_t *object, const char *columns, json_t **ret,
                              struct cl_err *err) CL_MUST_USE;

/**
 * CL_E_INVALID when --field or --columns asks an object for a member that is none of `members`, the
 * names that it will have, separated by blanks.
 */
enum cl_code cl_format_check(const struct cl_settings *settings, const char *members,
                             struct cl_err *err) CL_MUST_USE;

/** A whole object in json, yaml, ndjson, csv or tsv. */
void cl_format_object(const struct cl_settings *settings, const json_t *object, struct cl_buf *out);

/** CL_E_INVALID: `what` 'given' is none of the names; lists them. */
enum cl_code cl_format_unknown(const char *what, const char *given, const struct cl_strs *names,
                               struct cl_err *err);

#endif
