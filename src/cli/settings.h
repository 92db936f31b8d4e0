#ifndef CLEAT_CLI_SETTINGS_H
#define CLEAT_CLI_SETTINGS_H

#include "base/world.h"
#include "cli/args.h"
#include "cli/look.h"

enum cl_format {
    CL_FORMAT_TABLE,
    CL_FORMAT_JSON,
    CL_FORMAT_YAML,
    CL_FORMAT_CSV,
    CL_FORMAT_TSV,
    CL_FORMAT_NDJSON,
    CL_FORMAT_NAME,
};

enum cl_when { CL_WHEN_AUTO, CL_WHEN_ALWAYS, CL_WHEN_NEVER };

/* What the global options and their environment variables ask for. Texts are borrowed. */
struct cl_settings {
    enum cl_format format;
    const char *columns; /* --columns as given; NULL: the default ones */
    const char *field;   /* --field; NULL: none */
    bool no_headers;
    bool quiet;
    bool verbose;
    bool debug;
    bool ascii;
    bool no_input;
    bool yes;
    bool local;
    enum cl_when colour;
    bool width_given;
    size_t width; /* 0: unlimited */
    bool wrap_given;
    enum cl_wrap wrap;
    int64_t timeout_s; /* 0: none */
};

/** The global options of every command. */
extern const struct cl_option_set cl_global_options;

/**
 * Options win over the environment, the environment over what is built in.
 *
 * On failure `ret` holds what could be read, so that the error is reported in the right form.
 *
 * @return CL_OK, CL_E_INVALID (names the option or the variable), CL_E_UNSUPPORTED
 * (CLEAT_SERVER_URL)
 */
enum cl_code cl_settings_read(const struct cl_args *args, const struct cl_world *world,
                              struct cl_settings *ret, struct cl_err *err) CL_MUST_USE;

/** "json" */
const char *cl_format_name(enum cl_format format);

#endif
