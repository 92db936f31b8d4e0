#ifndef CLEAT_CORE_CLIENT_KIND_H
#define CLEAT_CORE_CLIENT_KIND_H

#include "base/str.h"

/*
 * What can be issued, apart from the types that are compiled in: a client of type "kubernetes" is
 * a value of core, whether or not a kubernetes connector type exists in this build.
 */
struct cl_client_kind {
    const char *connector_type; /* "kubernetes" */
    const char *title;          /* "Kubernetes Service Connector" */
    const char *emoji;
    const char *resource_type;  /* its own resource type: "kubernetes-cluster"; NULL: as asked */
    const char *resource_title; /* "Kubernetes cluster"; NULL: as asked */
    const char *const *attrs;   /* display order, NULL-terminated */
};

/** NULL when no such kind is known. */
const struct cl_client_kind *cl_client_kind_find(struct cl_str connector_type);

/**
 * What a connector issues for a resource type: the kind whose own resource type it is, else the
 * connector's. NULL when neither is known.
 */
const struct cl_client_kind *cl_client_kind_issued(struct cl_str connector_type,
                                                   struct cl_str resource_type);

#endif
