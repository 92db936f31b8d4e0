#ifndef CLEAT_CORE_ISSUED_H
#define CLEAT_CORE_ISSUED_H

#include "core/config.h"
#include "core/map.h"

/*
 * A credential for one resource, as a consumer receives it: the "client connector". Its type may
 * differ from the connector's: an EKS cluster is issued as kubernetes/token, an ECR registry as
 * docker/password. Zero-initialised is empty; owns all.
 */
struct cl_issued {
    char *connector_type; /* "aws", "kubernetes", "docker", ... see core/client_kind.h */
    char *auth_method;    /* "sts-token", "token", "password", ... */
    char *resource_type;  /* what was asked for */
    char *resource_id;    /* canonical id of what was asked for */
    char *client_id;      /* resource id in the client's own terms (EKS: cluster ARN); NULL: same */
    struct cl_config config;
    int64_t issued_at;
    int64_t expires_at;    /* hard; 0: the credential does not expire */
    int64_t refresh_after; /* soft, cl_refresh_after(); 0 with expires_at 0 */
    bool long_lived;       /* it is the stored credential itself */
    bool provider_scoped;  /* the provider limits it to the resource, not only Cleat */
    char *fingerprint;     /* joins provider logs to the audit, e.g. the access key id's tail */
    char *provider_request_id;
    struct cl_strs warnings;
};

void cl_issued_cleanup(struct cl_issued *issued);

/** now + skew >= at. The one place where expiry is decided; `at` 0 never expires. */
bool cl_expired(int64_t at, int64_t skew_s, int64_t now_at);

/**
 * When to renew: expires_at - min(300, lifetime/2) * fraction, with fraction in [0.5, 1].
 * @param fraction_per_mille  500..1000, drawn at random by the caller
 */
int64_t cl_refresh_after(int64_t issued_at, int64_t expires_at, int fraction_per_mille);

#endif
