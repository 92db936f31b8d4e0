#ifndef CLEAT_CONNECTORS_KUBERNETES_DISCOVER_H
#define CLEAT_CONNECTORS_KUBERNETES_DISCOVER_H

#include "connectors/kubernetes/ops.h"
#include "interop/kubeconfig.h"

/* What the files of auto-configuration share. */

struct discovering {
    const struct cl_call *call;
    const struct cl_discover_request *request;
    struct cl_kube_context context;
    struct cl_discovered *ret;
};

/* What was found of the user's credential. */
struct kubernetes_user_parts {
    bool token;
    bool certificate;
    bool key;
    bool password;
};

/** Puts a secret into what was found; nothing when it is empty. */
enum cl_code kubernetes_found_secret(struct discovering *discovering, const char *attr,
                                     struct cl_str value, struct cl_err *err);

/**
 * A user that another tool has credentials for: asks the tool when source option allow_short_lived
 * was given, else refuses with what to do instead. Nothing for a user with credentials of its own.
 */
enum cl_code kubernetes_take_tool(struct discovering *discovering,
                                  struct kubernetes_user_parts *parts, struct cl_err *err);

#endif
