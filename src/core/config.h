#ifndef CLEAT_CORE_CONFIG_H
#define CLEAT_CORE_CONFIG_H

#include "base/secret.h"
#include "base/strs.h"
#include "core/attr.h"

/* A connector's configuration: checked values by attribute name. Zero-initialised is empty. */

struct cl_config_entry {
    char *name;
    enum cl_attr_kind kind;
    char *text;               /* TEXT; BOOL as true/false, INT in decimal; NULL for the others */
    struct cl_secret *secret; /* SECRET */
    struct cl_strs list;      /* LIST */
};

struct cl_config {
    struct cl_config_entry *entries;
    size_t count;
    size_t capacity;
};

#define CL_CONFIG_NONE ((struct cl_config){.entries = NULL})

const struct cl_config_entry *cl_config_find(const struct cl_config *config, const char *name);

/* Empty view, NULL, false or 0 when the attribute is not set. Borrowed. */
struct cl_str cl_config_text(const struct cl_config *config, const char *name);
const struct cl_secret *cl_config_secret(const struct cl_config *config, const char *name);
const struct cl_strs *cl_config_list(const struct cl_config *config, const char *name);
bool cl_config_bool(const struct cl_config *config, const char *name);

/* Set or replace. */
enum cl_code cl_config_set_text(struct cl_config *config, const char *name, struct cl_str value,
                                struct cl_err *err) CL_MUST_USE;
/** Takes `value` also on failure. */
enum cl_code cl_config_set_secret_take(struct cl_config *config, const char *name,
                                       struct cl_secret *value, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_config_set_list(struct cl_config *config, const char *name,
                                const struct cl_strs *value, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_config_set_bool(struct cl_config *config, const char *name, bool value,
                                struct cl_err *err) CL_MUST_USE;
enum cl_code cl_config_set_int(struct cl_config *config, const char *name, int64_t value,
                               struct cl_err *err) CL_MUST_USE;
void cl_config_remove(struct cl_config *config, const char *name);

/** Sets one attribute as it is in another configuration. */
enum cl_code cl_config_copy_entry(const struct cl_config_entry *from, struct cl_config *to,
                                  struct cl_err *err) CL_MUST_USE;
enum cl_code cl_config_copy(const struct cl_config *from, struct cl_config *ret, struct cl_err *err)
    CL_MUST_USE;
void cl_config_cleanup(struct cl_config *config);

/* What a caller gives, before the schema has been applied: every value may be a secret. */
struct cl_input_entry {
    char *name;
    struct cl_secret *value; /* NULL: clear the attribute (update) */
    char *origin;            /* where it came from, for errors: "@known_hosts"; NULL: unknown */
};

struct cl_input {
    struct cl_input_entry *entries;
    size_t count;
    size_t capacity;
};

#define CL_INPUT_NONE ((struct cl_input){.entries = NULL})

/** Adds a value; a name given twice is CL_E_INVALID. NULL clears. Takes `value` also on failure. */
enum cl_code cl_input_add_take(struct cl_input *input, struct cl_str name, struct cl_secret *value,
                               struct cl_err *err) CL_MUST_USE;
/** Says where the value that was added last came from. */
enum cl_code cl_input_set_origin(struct cl_input *input, const char *origin, struct cl_err *err)
    CL_MUST_USE;
bool cl_input_has(const struct cl_input *input, struct cl_str name);
void cl_input_cleanup(struct cl_input *input);

/** A configuration as arguments, to be built again: lists as JSON, and no secrets. Appends. */
enum cl_code cl_config_to_input(const struct cl_config *config, struct cl_input *ret,
                                struct cl_err *err) CL_MUST_USE;
enum cl_code cl_input_add_list(struct cl_input *input, const char *name, const struct cl_strs *list,
                               struct cl_err *err) CL_MUST_USE;

struct cl_auth_method;

/**
 * Applies `input` on top of `base` (NULL: nothing) and checks the result against the schema of
 * `method`: unknown names (with the nearest match and the list of valid ones), kinds, choices,
 * sizes, and all missing required attributes at once.
 *
 * Lists: a JSON array, or comma-separated with blanks trimmed and empty items dropped. Attributes
 * of `base` that the method does not know are dropped.
 *
 * @return CL_E_UNKNOWN_ATTRIBUTE, CL_E_MISSING_ATTRIBUTE, CL_E_INVALID_ATTRIBUTE
 */
enum cl_code cl_config_build(const struct cl_auth_method *method, const struct cl_config *base,
                             const struct cl_input *input, struct cl_config *ret,
                             struct cl_err *err) CL_MUST_USE;

/* Attributes of something that is configured, and how an error calls it. */
struct cl_schema {
    const char *owner; /* "auth method" */
    const char *id;    /* "iam-role" */
    const struct cl_attr *attrs;
    size_t attr_count;
};

/** The same for any table of attributes. */
enum cl_code cl_config_build_schema(const struct cl_schema *schema, const struct cl_config *base,
                                    const struct cl_input *input, struct cl_config *ret,
                                    struct cl_err *err) CL_MUST_USE;

#endif
