#ifndef CLEAT_CONNECTORS_KUBERNETES_POD_H
#define CLEAT_CONNECTORS_KUBERNETES_POD_H

#include "connectors/kubernetes/access.h"

/* What a pod finds around it: its cluster's address and its own service account. */

/** True when this process runs in a pod that has a service account. */
bool kubernetes_is_in_pod(const struct cl_world *world);

/**
 * Fills server, authority and token. The token is read anew each time: the cluster renews it.
 *
 * @return CL_OK, CL_E_LOCAL_CONFIG (not in a pod, or its files cannot be read)
 * Source: Kubernetes documentation, "Accessing the Kubernetes API from a Pod".
 */
enum cl_code kubernetes_pod_open(const struct cl_world *world, struct kubernetes_access *access,
                                 struct cl_err *err) CL_MUST_USE;

/** Appends what tells this pod's cluster and account from others, none of it secret. */
enum cl_code kubernetes_pod_describe(const struct cl_world *world, struct cl_buf *ret,
                                     struct cl_err *err) CL_MUST_USE;

/** Appends the pod's namespace. */
enum cl_code kubernetes_pod_namespace(const struct cl_world *world, struct cl_buf *ret,
                                      struct cl_err *err) CL_MUST_USE;

#endif
