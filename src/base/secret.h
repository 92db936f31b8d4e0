#ifndef CLEAT_BASE_SECRET_H
#define CLEAT_BASE_SECRET_H

#include <sys/resource.h>
#include <sys/types.h>

#include "base/str.h"

/*
 * A secret value in locked memory of its own that is not dumped, and wiped when freed. It is not
 * a char *, so it cannot slip into a format, a log field or JSON.
 */
struct cl_secret;

/** Copies `bytes` (at most 1 MiB). Wipe the source yourself if it is not on the cl_alloc heap. */
enum cl_code cl_secret_new(struct cl_str bytes, struct cl_secret **ret, struct cl_err *err)
    CL_MUST_USE;

enum cl_code cl_secret_copy(const struct cl_secret *from, struct cl_secret **ret,
                            struct cl_err *err) CL_MUST_USE;

/** Constant time for secrets of equal length; NULL equals only NULL. */
bool cl_secret_eq(const struct cl_secret *a, const struct cl_secret *b);

/**
 * The bytes, NUL-terminated; the view dies with the secret. The only way out: lint lists its call
 * sites, and none stands in a statement that logs or reports an error. NULL gives the empty view.
 */
struct cl_str cl_secret_expose(const struct cl_secret *secret);

void cl_secret_free(struct cl_secret *secret);
void cl_secret_cleanup(struct cl_secret **secret); /* for CL_AUTO(cl_secret) */

/* What the process came with, for the program that takes its place. Zero-initialised is nothing. */
struct cl_process_before {
    mode_t file_mask;
    struct rlimit core;
    bool known;
};

/** No core files, no ptrace by others, files for this user only. Called once, by main. */
void cl_process_harden(struct cl_process_before *ret);

/** Gives file mask and core limit back; tracing and core files stay off until exec. */
void cl_process_hand_over(const struct cl_process_before *before);

#endif
