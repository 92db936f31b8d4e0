#ifndef CLEAT_CLI_ARGS_STATE_H
#define CLEAT_CLI_ARGS_STATE_H

#include "cli/args.h"

/* The inside of a parse: what the first pass saw, in order. */

struct cl_given {
    const struct cl_option *option;
    const char *value; /* NULL for flags and switches */
    bool on;           /* false: --no-NAME */
};

/* A positional, or a configuration argument: only the schema tells which words are its values. */
struct cl_word {
    const char *text;  /* the token; of a configuration argument its value behind "=", or NULL */
    char *config_name; /* NULL: not a configuration argument; owned */
    bool may_be_value; /* stands directly behind a configuration argument without "=" */
};

struct cl_args_state {
    const struct cl_option_set *globals;
    struct cl_given *given;
    size_t given_count;
    size_t given_capacity;
    struct cl_word *words;
    size_t word_count;
    size_t word_capacity;
    size_t positional_capacity;
    size_t config_capacity;
};

/** The option of that long name (folded, without dashes) that is valid here; NULL: none. */
const struct cl_option *cl_args_find(const struct cl_args *args, const char *name);

enum cl_code cl_args_add_positional(struct cl_args *args, const char *word, struct cl_err *err)
    CL_MUST_USE;

/** CL_E_USAGE when positionals are missing or too many. */
enum cl_code cl_args_check_positionals(const struct cl_args *args, struct cl_err *err) CL_MUST_USE;

/** Calls `visit` for each option that is valid here, own ones first; global ones that they hide are
 *  left out. */
typedef enum cl_code (*cl_option_visit_fn)(void *ctx, const struct cl_option *option,
                                           struct cl_err *err);
enum cl_code cl_args_each_option(const struct cl_args *args, cl_option_visit_fn visit, void *ctx,
                                 struct cl_err *err) CL_MUST_USE;

#endif
