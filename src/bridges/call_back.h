#ifndef CLEAT_BRIDGES_CALL_BACK_H
#define CLEAT_BRIDGES_CALL_BACK_H

#include "core/api.h"

/* How another tool starts this program to ask for the credential again. */

/* Zero-initialised is empty. */
struct cl_call_back {
    char *program;             /* absolute path */
    struct cl_strs words;      /* arguments: the command, the connector's id, the resource */
    struct cl_map environment; /* without these the program would open another store */
};
void cl_call_back_cleanup(struct cl_call_back *back);

/**
 * @param command  "credential-process"
 * @return CL_OK, CL_E_LOCAL_CONFIG (CLEAT_CONFIG_PATH is relative, which means something else to
 *         whoever starts in another folder)
 */
enum cl_code cl_call_back_make(const struct cl_call *call,
                               const struct cl_issue_client_result *client, const char *command,
                               struct cl_call_back *ret, struct cl_err *err) CL_MUST_USE;

#endif
