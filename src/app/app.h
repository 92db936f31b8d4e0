#ifndef CLEAT_APP_APP_H
#define CLEAT_APP_APP_H

#include "core/api.h"
#include "store/store.h"

/* cl_api in this process. */
struct cl_app_options {
    const struct cl_world *world;
    const char *state_folder; /* database, key, lock files; created on first need, mode 0700.
                                 NULL: none is known, and whatever needs the store fails */
};

/**
 * Opens lazily: nothing touches the disk before a use case needs the store.
 * @param ret  owned by the caller, ops->free
 */
enum cl_code cl_app_new(const struct cl_app_options *options, struct cl_api **ret,
                        struct cl_err *err) CL_MUST_USE;

#endif
