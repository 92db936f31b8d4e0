#ifndef CLEAT_BRIDGES_SSH_AGENT_H
#define CLEAT_BRIDGES_SSH_AGENT_H

#include "base/world.h"
#include "net/ssh_pair.h"

/*
 * An agent that holds one key, or one certificate, for one child: it lists it and signs with it,
 * and refuses everything else, also once the credential has ended.
 * Source: draft-miller-ssh-agent, sections 3.5 and 3.6.
 */
struct cl_ssh_agent {
    const struct cl_world *world;
    struct cl_ssh_pair *pair;
    struct cl_buf identity; /* blob of the public key, or of its certificate */
    char *comment;
    int64_t expires_at; /* 0: never */
};

#define CL_SSH_AGENT_MESSAGE_MAX 65536 /* bytes behind the length, either way */

void cl_ssh_agent_cleanup(struct cl_ssh_agent *agent);

/**
 * Answers one message. Pure but for the clock.
 *
 * @param request  without its length
 * @param ret      appended to, with the length
 */
void cl_ssh_agent_answer(const struct cl_ssh_agent *agent, struct cl_str request,
                         struct cl_buf *ret);

/**
 * Listens on a Unix socket in a folder that nobody else may enter.
 *
 * @param ret  the listening socket
 * @return CL_OK, CL_E_LOCAL_CONFIG (the path is too long, the system refuses)
 */
enum cl_code cl_ssh_agent_listen(const char *path, int *ret, struct cl_err *err) CL_MUST_USE;

/** Answers whoever connects until `ended` becomes readable. Clients of other users are turned away.
 */
void cl_ssh_agent_serve(const struct cl_ssh_agent *agent, int listener, int ended);

#endif
