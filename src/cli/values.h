#ifndef CLEAT_CLI_VALUES_H
#define CLEAT_CLI_VALUES_H

#include "base/secret.h"
#include "base/world.h"
#include "cli/args.h"

#define CL_ARG_FILE_MAX 65536 /* bytes of an @file, @- or @env: value */

/* Where `@` values come from. One per invocation: standard input can be read only once. */
struct cl_values {
    const struct cl_world *world;
    int stdin_fd;
    bool stdin_used;
};

/**
 * The value that an argument means: @PATH, @- and @env:NAME are read, @@rest is @rest, anything
 * else is itself. One line end behind file and standard input is dropped.
 *
 * @param name  of the argument, for errors
 * @return CL_OK, CL_E_INVALID (no such file, not a regular one, too large, NUL inside, unset
 *         variable, standard input used twice)
 */
enum cl_code cl_value_read(struct cl_values *values, const char *name, const char *raw,
                           struct cl_secret **ret, struct cl_err *err) CL_MUST_USE;

/** The same with a limit of one's own, and with NUL bytes, which the caller has to look at. */
enum cl_code cl_value_read_within(struct cl_values *values, const char *name, const char *raw,
                                  size_t max_bytes, struct cl_secret **ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * The same for attributes that are JSON documents: a path to an existing file may also stand
 * without `@`. CL_E_INVALID when it is neither JSON nor a file.
 */
enum cl_code cl_value_read_document(struct cl_values *values, const char *name, const char *raw,
                                    struct cl_secret **ret, struct cl_err *err) CL_MUST_USE;

/** True when the value itself stands in the arguments, where other users of the machine see it. */
bool cl_value_is_literal(const char *raw);

/** `~/x` and `~user/x` become absolute; anything else is copied. Owned by the caller. */
enum cl_code cl_value_expand_path(const struct cl_world *world, const char *path, char **ret,
                                  struct cl_err *err) CL_MUST_USE;

/** Options are spelled with hyphens, fields with underscores. Owned by the caller. */
enum cl_code cl_value_field_name(const char *option, char **ret, struct cl_err *err) CL_MUST_USE;

struct cl_label {
    struct cl_str key;
    struct cl_str value;
    bool has_value; /* `KEY=` has an empty one, `KEY` none */
};

/** Splits KEY=VALUE at the first `=`. CL_E_INVALID: empty key, or no `=` where a value is needed.
 */
enum cl_code cl_value_label(const char *raw, bool value_needed, struct cl_label *ret,
                            struct cl_err *err) CL_MUST_USE;

/* Typed options. When the option was not given *ret keeps its value. Errors name the option. */
enum cl_code cl_args_i64(const struct cl_args *args, const char *name, int64_t *ret,
                         struct cl_err *err) CL_MUST_USE;
enum cl_code cl_args_duration(const struct cl_args *args, const char *name, int64_t *ret_s,
                              struct cl_err *err) CL_MUST_USE;
enum cl_code cl_args_time(const struct cl_args *args, const char *name, int64_t now_at,
                          int64_t *ret_at, struct cl_err *err) CL_MUST_USE;

#endif
