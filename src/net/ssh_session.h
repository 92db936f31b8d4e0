#ifndef CLEAT_NET_SSH_SESSION_H
#define CLEAT_NET_SSH_SESSION_H

#include "net/resolve.h"
#include "net/ssh_key.h"

/* One visit as a machine that is stepped: nothing here waits. For ssh_visits.c alone. */

enum cl_ssh_stage {
    CL_SSH_WAITING, /* not begun */
    CL_SSH_RESOLVING,
    CL_SSH_CONNECTING,
    CL_SSH_EXCHANGING,
    CL_SSH_LOGGING_IN,
    CL_SSH_RUNNING,
    CL_SSH_DONE,
};

struct cl_ssh_session {
    const struct cl_ssh_lib *lib;
    const struct cl_call *call;
    const struct cl_ssh_visit *visit;
    struct cl_str user; /* empty: no login */
    ssh_key key;        /* borrowed */
    struct cl_ssh_seen *seen;

    enum cl_ssh_stage stage;
    int64_t deadline_ms; /* of the stage, monotonic */
    int64_t attempt_ms;  /* of the address that is being connected to */
    struct cl_lookup *lookup;
    const struct addrinfo *next; /* address to try, belongs to the look-up */
    int fd;                      /* -1: none; libssh does not close it */
    ssh_session session;

    const char *const *commands; /* to be run after the login */
    size_t command_count;
    size_t command;      /* the present one */
    ssh_channel channel; /* its channel; NULL: not yet */
    bool opened;
    bool asked;
    struct cl_buf output;
};

/** Begins the visit. Errors are the visit's: they end it. */
void cl_ssh_session_start(struct cl_ssh_session *session);

/** Goes on as far as it can without waiting. */
void cl_ssh_session_step(struct cl_ssh_session *session);

/** What to wait for; false: nothing, the visit has not begun or has ended. */
bool cl_ssh_session_wants(const struct cl_ssh_session *session, int *ret_fd, short *ret_events);

/** Makes room for what the commands do. CL_E_FAILED: there is none. */
enum cl_code cl_ssh_run_prepare(struct cl_ssh_session *session, struct cl_err *err) CL_MUST_USE;

/** Goes on with the commands; true when they are through, or the server runs no more of them. */
bool cl_ssh_run_step(struct cl_ssh_session *session);

/** Gives up the present command; the next one may fare better. */
void cl_ssh_run_skip(struct cl_ssh_session *session);

void cl_ssh_session_cleanup(struct cl_ssh_session *session);

#endif
