#ifndef CLEAT_BRIDGES_LOGIN_H
#define CLEAT_BRIDGES_LOGIN_H

#include "core/api.h"

/* Setting up a local tool from an issued credential: by default it asks Cleat whenever it needs
 * one, so that nothing expires and no secret stands in its files. */

struct cl_login_request {
    /* For a logout nothing needs to have been issued: the connector, and the client's type and
     * resource are enough. Of a connector that is no more the id is, as it was noted when the entry
     * was written; where that is empty, its name. */
    const struct cl_issue_client_result *client;
    const char *file;           /* of the tool; NULL: where the tool looks */
    const char *profile;        /* AWS: name of the entry; NULL: from connector and resource */
    const char *tool;           /* registries: "docker", "podman" or "auto"; NULL: "auto" */
    const char *context;        /* Kubernetes: its name; NULL: the cluster's */
    const char *kube_namespace; /* NULL: the connector's, if it has one */
    bool no_switch;             /* Kubernetes: leave the current context alone */
    bool static_copy;           /* write the credential itself */
    bool overwrite;             /* also an entry that Cleat did not write */
    bool logout;                /* take away what Cleat wrote, a static copy too */
    bool gone;                  /* logout: the connector is no more */
};

/* Zero-initialised is empty. */
struct cl_login_result {
    char *entry;  /* name of what was written, "cleat-c0f8e857" */
    char *path;   /* file it stands in, or stood in */
    char *notice; /* further sentence for standard output; NULL: none */
    struct cl_strs warnings;
};
void cl_login_result_cleanup(struct cl_login_result *result);

/**
 * @return CL_E_UNSUPPORTED (no tool for this kind of credential), CL_E_CONFLICT (somebody else's
 *         entry of that name), CL_E_LOCAL_CONFIG (the file cannot be read, parsed or written; it
 *         is as it was), CL_E_LOCAL_TOOL_MISSING (what the tool is to call is not in PATH),
 *         CL_E_NOT_FOUND (logout: there is no entry)
 */
enum cl_code cl_login(const struct cl_call *call, const struct cl_login_request *request,
                      struct cl_login_result *ret, struct cl_err *err) CL_MUST_USE;

/* How one kind of credential sets up its tool: a row of a table. */
struct cl_login_kind {
    const char *connector_type; /* of the client */
    enum cl_code (*login)(const struct cl_call *call, const struct cl_login_request *request,
                          struct cl_login_result *ret, struct cl_err *err);
};

enum cl_code cl_login_docker(const struct cl_call *call, const struct cl_login_request *request,
                             struct cl_login_result *ret, struct cl_err *err);
enum cl_code cl_login_kubernetes(const struct cl_call *call, const struct cl_login_request *request,
                                 struct cl_login_result *ret, struct cl_err *err);
enum cl_code cl_login_aws(const struct cl_call *call, const struct cl_login_request *request,
                          struct cl_login_result *ret, struct cl_err *err);

#endif
