#ifndef CLEAT_BRIDGES_COMPANION_H
#define CLEAT_BRIDGES_COMPANION_H

#include "bridges/environment.h"

/*
 * What must live as long as the child that receives a credential, such as an agent with its
 * socket. Made before the child, served beside it, gone with it. Zero-initialised is none.
 */
struct cl_companion {
    void *what;
    void (*serve)(void *what, int ended); /* until `ended` is readable; leaves nothing behind */
    void (*discard)(void *what);          /* instead: nothing was started */
    int keep;                             /* the file it serves, -1: none */
};

#define CL_COMPANION_NONE ((struct cl_companion){.keep = -1})

void cl_companion_cleanup(struct cl_companion *companion);

/**
 * The variables and the file of cl_environment_make_with_file, and for credentials that neither may
 * carry the companion that has them.
 */
enum cl_code cl_environment_open(const struct cl_call *call,
                                 const struct cl_issue_client_result *client,
                                 struct cl_environment *ret, struct cl_companion *ret_companion,
                                 struct cl_err *err) CL_MUST_USE;

/** Starts it beside this process, which is about to become the child. */
enum cl_code cl_companion_start(const struct cl_world *world, struct cl_companion *companion,
                                struct cl_err *err) CL_MUST_USE;

/* Rows of the table of kinds. */
enum cl_code cl_companion_ssh(const struct cl_call *call,
                              const struct cl_issue_client_result *client,
                              struct cl_environment *environment, struct cl_companion *ret,
                              struct cl_err *err) CL_MUST_USE;

#endif
