#ifndef CLEAT_BRIDGES_EXPORT_H
#define CLEAT_BRIDGES_EXPORT_H

#include "core/api.h"

/* What a tool needs to reach a resource, as text for a file of the user's own. */

struct cl_export_request {
    const struct cl_issue_client_result *client;
    struct cl_str format;
    const char *name;           /* of an object of Kubernetes; NULL: after the resource */
    const char *kube_namespace; /* NULL: none */
};

struct cl_export_format {
    const char *connector_type; /* of the client; NULL: of every type */
    const char *name;           /* "ssh-config" */
    bool is_secret;             /* the credential stands in it */
    enum cl_code (*add)(const struct cl_call *call, const struct cl_export_request *request,
                        struct cl_buf *ret, struct cl_err *err);
};

/** Names of all formats, NULL-terminated. */
extern const char *const cl_export_names[];

/** Whether a format of that name can hold the credential, whatever the type of the client. */
bool cl_export_is_secret(struct cl_str format);

/**
 * Appends the text. For a secret format `ret` must be a secret buffer.
 *
 * @return CL_E_UNSUPPORTED when this kind of credential has no such format, or lacks what it needs
 */
enum cl_code cl_export(const struct cl_call *call, const struct cl_export_request *request,
                       struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/* Rows whose functions stand elsewhere: a kubeconfig of one context that holds the credential; what
 * the tools of registries read, a pull secret, variables, and the header of a request. */
enum cl_code cl_export_kubeconfig(const struct cl_call *call,
                                  const struct cl_export_request *request, struct cl_buf *ret,
                                  struct cl_err *err);
enum cl_code cl_export_docker_config(const struct cl_call *call,
                                     const struct cl_export_request *request, struct cl_buf *ret,
                                     struct cl_err *err);
enum cl_code cl_export_pull_json(const struct cl_call *call,
                                 const struct cl_export_request *request, struct cl_buf *ret,
                                 struct cl_err *err);
enum cl_code cl_export_pull_secret(const struct cl_call *call,
                                   const struct cl_export_request *request, struct cl_buf *ret,
                                   struct cl_err *err);
enum cl_code cl_export_registry_env(const struct cl_call *call,
                                    const struct cl_export_request *request, struct cl_buf *ret,
                                    struct cl_err *err);
enum cl_code cl_export_registry_basic(const struct cl_call *call,
                                      const struct cl_export_request *request, struct cl_buf *ret,
                                      struct cl_err *err);

#endif
