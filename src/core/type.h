#ifndef CLEAT_CORE_TYPE_H
#define CLEAT_CORE_TYPE_H

#include "base/call.h"
#include "core/attr.h"
#include "core/connector.h"
#include "core/issued.h"

/* A connector type: tables plus a few functions. Adding one means adding a folder with these. */

enum cl_issues {
    CL_ISSUES_PASS_THROUGH, /* the stored credential itself */
    CL_ISSUES_TEMPORARY,    /* life time can be chosen within the bounds */
    CL_ISSUES_FIXED,        /* life time is the provider's */
};

struct cl_auth_method {
    const char *id;              /* "iam-role" */
    const char *title;           /* "AWS IAM Role" */
    const char *description;     /* document markup, cli/document.h */
    const struct cl_attr *attrs; /* display order: required and original ones first */
    size_t attr_count;
    int64_t min_ttl_s; /* 0: unset. All three unset: no temporary credentials */
    int64_t max_ttl_s;
    int64_t default_ttl_s;
    enum cl_issues issues;
    bool implicit;   /* uses what the process finds around it: gated on a server */
    bool may_expire; /* the configured credential itself can be temporary */
};

struct cl_resource_type {
    const char *id;          /* "s3-bucket" */
    const char *title;       /* "AWS S3 bucket" */
    const char *emoji;       /* UTF-8 */
    const char *description; /* document markup: what clients get, permissions, id forms */
    const char *id_forms;    /* for errors: "s3://{bucket-name}, arn:…, {bucket-name}" */
    const char *logo_url;
    const char *const *methods; /* NULL-terminated ids; NULL: every method of the type */
    bool supports_instances;
};

/* Where auto-configuration looks: options of `register --auto-configure`, never stored. */
struct cl_source_option {
    const char *name; /* "profile" */
    const char *help;
    bool is_flag; /* a truth value; "true" when it stands alone */
};

/* What a verification learned and people want to see: a fact, and what it is called then. */
struct cl_shown_fact {
    const char *name;  /* "server_version" */
    const char *label; /* "SERVER VERSION" */
};

/* Scope of one verification: both NULL means "do the credentials authenticate". */
struct cl_scope {
    const struct cl_resource_type *type;
    const char *id;        /* canonical */
    bool authenticated;    /* this run has already proved who the credentials belong to */
    struct cl_strs *notes; /* check: takes sentences beside the answer; NULL: nobody reads them */
};

/* What a verification learned. Zero-initialised is empty. */
struct cl_verified {
    char *identity;          /* who the provider says we are, e.g. an ARN; NULL if unknown */
    struct cl_map facts;     /* kept with the connector, e.g. account_id; never secret */
    struct cl_strs warnings; /* sentences */
};
void cl_verified_cleanup(struct cl_verified *verified);

/* Takes ids as a listing finds them; CL_E_INTERRUPTED etc. end the listing. */
struct cl_id_sink {
    void *ctx;
    enum cl_code (*add)(void *ctx, struct cl_str canonical_id, struct cl_err *err);
    /* What befell single instances while others were found: one sentence each. NULL: nobody asks.
     */
    enum cl_code (*warn)(void *ctx, struct cl_str sentence, struct cl_err *err);
    bool truncated; /* set by the type when its cap cut the list */
};

struct cl_issue_request {
    const struct cl_resource_type *type;
    const char *id; /* canonical */
    int64_t ttl_s;  /* within the method's bounds; 0 when the method does not choose */
};

struct cl_discover_request {
    const struct cl_auth_method *method; /* NULL: the type decides */
    const struct cl_resource_type *type; /* NULL: any */
    const struct cl_map *sources;        /* source options that were given */
    const struct cl_input *input;        /* configuration arguments, e.g. region, role_arn */
    bool unknown_only;                   /* scan: not the hosts of which something is pinned */
};

/* Zero-initialised is empty. */
struct cl_discovered {
    char *auth_method;
    struct cl_config config;
    int64_t expires_at;         /* 0: never or unknown */
    int64_t expiration_seconds; /* 0: the method's default */
    char *source;  /* "long-lived key AKIA…MPLE (shared credentials file, profile x)" */
    char *profile; /* source profile, NULL if none */
    struct cl_strs looked_at; /* places in order, each with why it was skipped */
    struct cl_strs warnings;
};
void cl_discovered_cleanup(struct cl_discovered *discovered);

struct cl_connector_ops {
    /** Any accepted spelling to the one resource id. Pure, idempotent. NULL: identity. */
    enum cl_code (*canonical_id)(const struct cl_connector *conn,
                                 const struct cl_resource_type *type, struct cl_str input,
                                 char **ret, struct cl_err *err);
    /** Id of a type without instances, from configuration and facts. Pure. *ret NULL with CL_OK:
     *  not known before the first verification. */
    enum cl_code (*default_id)(const struct cl_connector *conn, const struct cl_resource_type *type,
                               char **ret, struct cl_err *err);
    /** Cross-attribute and per-attribute rules beyond the schema. Pure. May add to `warnings`. */
    enum cl_code (*check_config)(const struct cl_connector *conn, struct cl_strs *warnings,
                                 struct cl_err *err);
    /** When the configured credentials end, where they say so themselves: UTC seconds, 0: they do
     *  not. Pure. NULL: none does. */
    int64_t (*credentials_end)(const struct cl_connector *conn);
    enum cl_code (*verify)(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_scope *scope, struct cl_verified *ret,
                           struct cl_err *err);
    /** Every instance of one type, canonical, each once. NULL: instances cannot be listed. */
    enum cl_code (*list)(const struct cl_call *call, const struct cl_connector *conn,
                         const struct cl_resource_type *type, struct cl_id_sink *sink,
                         struct cl_err *err);
    /** One question more about credentials that have been verified, such as "push": CL_OK, it is
     *  allowed; CL_E_DENIED, it is not; CL_E_INVALID, there is no such question. NULL: none. */
    enum cl_code (*check)(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_scope *scope, struct cl_str what, struct cl_err *err);
    enum cl_code (*issue)(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_issue_request *request, struct cl_issued *ret,
                          struct cl_err *err);
    /** What an implicit method finds around it and hands on to what it issues: another key, another
     *  role. Added to `ret`; kept credentials are bound to it. Asks nobody. NULL: nothing. */
    enum cl_code (*surroundings)(const struct cl_call *call, const struct cl_connector *conn,
                                 struct cl_buf *ret, struct cl_err *err);
    /** Takes back what was issued; `issued` NULL: all that the connector has in its present form,
     *  whether that is anything or not. NULL: the provider cannot. */
    enum cl_code (*revoke)(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_issued *issued, struct cl_err *err);
    /** Whether the connector, in its present form, has anything to take back. Asks nobody, needs no
     *  secrets. NULL: whatever it issues. */
    bool (*can_revoke)(const struct cl_connector *conn);
    /** Auto-configuration from the local environment. NULL: not supported. */
    enum cl_code (*discover)(const struct cl_call *call, const struct cl_discover_request *request,
                             struct cl_discovered *ret, struct cl_err *err);
    /** What the hosts of a configuration show of themselves, for a person to confirm: sends them no
     *  credential. `ret->config` has what is not in `input` yet, one list, and `ret->looked_at` a
     *  description of each of its items. Source option "host": only these, separated by commas.
     *  NULL: they show nothing that could be pinned. */
    enum cl_code (*scan)(const struct cl_call *call, const struct cl_discover_request *request,
                         struct cl_discovered *ret, struct cl_err *err);
};

struct cl_connector_type {
    const char *id;    /* "aws" */
    int rank;          /* place in lists */
    const char *title; /* "AWS Service Connector" */
    const char *emoji;
    const char *description; /* document markup */
    const char *logo_url;
    const struct cl_connector_ops *ops;
    const struct cl_auth_method *methods;
    size_t method_count;
    const struct cl_resource_type *resources;
    size_t resource_count;
    const struct cl_source_option *sources;
    size_t source_count;
    const struct cl_shown_fact *shown_facts; /* in this order, after a verification */
    size_t shown_fact_count;
    bool listing_proves; /* there is no account: listing instances is logging in to each of them */
};

const struct cl_auth_method *cl_type_method(const struct cl_connector_type *type, struct cl_str id);
const struct cl_resource_type *cl_type_resource(const struct cl_connector_type *type,
                                                struct cl_str id);
const struct cl_attr *cl_method_attr(const struct cl_auth_method *method, struct cl_str name);
bool cl_resource_allows(const struct cl_resource_type *resource,
                        const struct cl_auth_method *method);
bool cl_method_is_temporary(const struct cl_auth_method *method); /* any of the three ttl set */

/** Life time to ask for: `wanted_s` or the default when 0. CL_E_TTL_UNAVAILABLE names the bounds.
 */
enum cl_code cl_method_ttl(const struct cl_auth_method *method, int64_t wanted_s, int64_t *ret_s,
                           struct cl_err *err) CL_MUST_USE;

/**
 * Walks the tables: ids kebab-case and unique, references resolve, ttl ranges sane, help present,
 * secret-looking names marked secret. For tests and for plug-ins.
 */
enum cl_code cl_type_check(const struct cl_connector_type *type, struct cl_err *err) CL_MUST_USE;

#endif
