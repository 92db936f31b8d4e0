#ifndef CLEAT_CLOUDS_KUBERNETES_IDENTITY_H
#define CLEAT_CLOUDS_KUBERNETES_IDENTITY_H

#include "clouds/kubernetes/client.h"

/* What a cluster is, and who it says we are. */

struct kube_version {
    char git_version[64]; /* "v1.31.4"; empty: the server does not tell */
    char platform[64];    /* "linux/amd64" */
};

/**
 * GET /version: is there an API server at all. That it answers proves nothing about the credential:
 * everybody may ask, and a hardened server may refuse it.
 *
 * @return CL_OK (also for 401 and 403, with empty texts), CL_E_PROVIDER (something else is there),
 *         or what the transport reports
 */
enum cl_code kube_get_version(const struct cl_call *call, const struct kube_config *config,
                              struct kube_version *ret, struct cl_err *err) CL_MUST_USE;

/* Zero-initialised is empty. */
struct kube_user {
    char *name; /* NULL: authenticated, but the server is too old to say as whom */
    struct cl_strs groups;
};

void kube_user_cleanup(struct kube_user *user);
bool kube_user_is_anonymous(const struct kube_user *user);

/**
 * Asks the server who it takes us for: SelfSubjectReview (v1, before 1.28 v1beta1); where there is
 * none, a SelfSubjectAccessReview, which only authenticated users may make.
 *
 * @param ret  zero-initialised; kube_user_cleanup() by the caller
 * @return CL_OK, CL_E_REJECTED, CL_E_EXPIRED, CL_E_DENIED, CL_E_PROVIDER, ...
 * Source: Kubernetes API reference, authentication.k8s.io/v1 and authorization.k8s.io/v1.
 */
enum cl_code kube_who_am_i(const struct cl_call *call, const struct kube_config *config,
                           struct kube_user *ret, struct cl_err *err) CL_MUST_USE;

/* An action on a resource. */
struct kube_action {
    struct cl_str verb;     /* "create" */
    struct cl_str resource; /* "secrets", "serviceaccounts/token", "deployments.apps" */
    struct cl_str ns;       /* empty: the whole cluster */
};

/** May we do this? Asked of the server, not tried. */
enum cl_code kube_may(const struct cl_call *call, const struct kube_config *config,
                      const struct kube_action *action, bool *ret, struct cl_err *err) CL_MUST_USE;

/* The pure ends, for tests. */
enum cl_code kube_parse_version(struct cl_str body, struct kube_version *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code kube_parse_user(struct cl_str body, struct kube_user *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code kube_access_body(const struct kube_action *action, char **ret, struct cl_err *err)
    CL_MUST_USE;

#endif
