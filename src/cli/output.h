#ifndef CLEAT_CLI_OUTPUT_H
#define CLEAT_CLI_OUTPUT_H

#include <jansson.h>

#include "base/world.h"
#include "cli/settings.h"
#include "cli/stream.h"
#include "cli/table.h"

struct cl_progress; /* cli/progress.h */

/* The output of one invocation. Nothing in this program prints but through it. */
struct cl_out {
    const struct cl_world *world;
    struct cl_settings settings;
    struct cl_stream *out;        /* standard output */
    struct cl_stream *err;        /* standard error */
    struct cl_look look;          /* of standard output */
    struct cl_look err_look;      /* of standard error */
    const char *command;          /* "cleat service-connector list", for "Run '... --help'" */
    struct cl_progress *progress; /* the spinner that is running, NULL: none */
};

/** Decides width, characters and colour for both streams. The streams must outlive `ret`. */
void cl_out_init(struct cl_out *ret, const struct cl_world *world,
                 const struct cl_settings *settings, struct cl_stream *out, struct cl_stream *err);

/** True when standard output carries only a document: any --output but table, or --field. */
bool cl_out_is_machine(const struct cl_out *out);

/** True when only names or ids are printed, one per line: --output name, or --quiet. */
bool cl_out_prints_names(const struct cl_out *out);

/** The sentence that introduces a result: a line on standard output, dropped in machine formats. */
enum cl_code cl_out_say(struct cl_out *out, struct cl_err *err, const char *format, ...)
    CL_PRINTF(3, 4) CL_MUST_USE;

/** Drawn text (a table, a document) on standard output, as it is. */
enum cl_code cl_out_text(struct cl_out *out, struct cl_str text, struct cl_err *err) CL_MUST_USE;

/** Text for programs: as it is, but made fit to be shown where a person looks at it. */
enum cl_code cl_out_raw(struct cl_out *out, struct cl_str text, struct cl_err *err) CL_MUST_USE;

/** The table on standard output; columns that had no room are named on standard error. */
enum cl_code cl_out_table(struct cl_out *out, const struct cl_table *table, struct cl_err *err)
    CL_MUST_USE;

/** The page (cli/document.h) on standard output. */
enum cl_code cl_out_document(struct cl_out *out, struct cl_str markup, struct cl_err *err)
    CL_MUST_USE;

/* Lines on standard error, wrapped at the terminal. That they cannot be written is no failure. */
void cl_out_notice(struct cl_out *out, const char *format, ...) CL_PRINTF(2, 3);  /* not --quiet */
void cl_out_warn(struct cl_out *out, const char *format, ...) CL_PRINTF(2, 3);    /* always */
void cl_out_verbose(struct cl_out *out, const char *format, ...) CL_PRINTF(2, 3); /* --verbose */

/**
 * Reports a failure on standard error: "Error: ..." with hint and the way to the help, or one JSON
 * object in machine formats.
 *
 * @param status  exit code of the process, told in machine formats; 0: that of the error's code
 * @return the exit code
 */
int cl_out_error(struct cl_out *out, const struct cl_err *err, int status);

/**
 * A single object in a machine format. `kind` stands before the name in --output name.
 * Use: if (cl_out_is_machine(out)) return cl_out_object(...); then sentences and tables.
 */
enum cl_code cl_out_object(struct cl_out *out, const char *kind, const json_t *object,
                           struct cl_err *err) CL_MUST_USE;

#endif
