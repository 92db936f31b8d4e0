#ifndef CLEAT_CORE_API_H
#define CLEAT_CORE_API_H

#include "base/call.h"
#include "core/component.h"
#include "core/connector.h"
#include "core/issued.h"
#include "core/query.h"
#include "core/resources.h"
#include "core/type.h"

/*
 * The only door to the product's use cases. Implementations: app (in this process, on the local
 * store), later client (REST), and in tests one that encodes and decodes every value around app.
 *
 * Every function takes a call (who, until when) and plain values and fills plain values. Requests
 * are borrowed; results are zero-initialised by the caller and cleaned up by it, also after a
 * failure. All of these values have one JSON codec (core/api_codec.h).
 */

/* A connector by id, exact name, unique id prefix, or, where allowed, unique name prefix. */
struct cl_ref {
    struct cl_str text;
    bool allow_name_prefix; /* only for what neither changes nor uses credentials */
};

struct cl_type_filter {
    struct cl_str type;          /* empty: all */
    struct cl_str resource_type; /* empty: all */
    struct cl_str auth_method;   /* empty: all */
};

/* Types in rank order; the tables are const, the array is owned. */
struct cl_type_list {
    const struct cl_connector_type **items;
    size_t count;
    size_t capacity;
};
void cl_type_list_cleanup(struct cl_type_list *list);

enum cl_verify_mode {
    CL_VERIFY_AND_LIST, /* the default */
    CL_VERIFY_ONLY,     /* authenticate, list nothing */
    CL_VERIFY_OFF,
};

struct cl_register_request {
    struct cl_str name;
    struct cl_str type;
    struct cl_str auth_method; /* empty: the type's only one */
    struct cl_str description;
    struct cl_strs resource_types;
    struct cl_str resource_id;  /* empty: none */
    int64_t expires_at;         /* 0: none */
    int64_t skew_s;             /* CL_SKEW_UNSET */
    int64_t expiration_seconds; /* 0: unset */
    struct cl_map labels;
    bool shared;
    enum cl_verify_mode verify;
    bool if_not_exists;
    bool dry_run;
    bool accept_new_host_keys;              /* pin what hosts without pins show just now; audited */
    const struct cl_input *input;           /* configuration arguments */
    const struct cl_discovered *discovered; /* laid under `input`; NULL: none */
};

struct cl_register_result {
    struct cl_connector connector; /* secrets not loaded; empty id after a dry run */
    bool existing;                 /* if_not_exists found it */
    bool verified;                 /* resources is filled */
    struct cl_resource_list resources;
    struct cl_strs warnings;
};
void cl_register_result_cleanup(struct cl_register_result *result);

/* Merge patch: a flag says that the field is given; given and empty (or 0) clears it. */
struct cl_update_request {
    struct cl_ref ref;
    bool set_name, set_description, set_auth_method, set_resource_type, set_resource_id;
    bool set_expires_at, set_skew, set_expiration, set_shared;
    struct cl_str name;
    struct cl_str description;
    struct cl_str auth_method;
    struct cl_str resource_type; /* empty: all of the type's */
    struct cl_str resource_id;
    int64_t expires_at;
    int64_t skew_s;
    int64_t expiration_seconds;
    bool shared;
    struct cl_map labels;         /* patch: value NULL removes */
    const struct cl_input *input; /* value NULL removes the attribute; NULL: keep all */
    /* Re-lifted: replaces the stored secrets and whatever else was found. NULL: none. */
    const struct cl_discovered *discovered;
    enum cl_verify_mode verify;
    int64_t if_generation; /* 0: whatever it is */
};
/* Its result is a cl_register_result. */

struct cl_get_request {
    struct cl_ref ref;
    bool reveal; /* load the secrets; audited */
};

struct cl_list_result {
    struct cl_connector *items; /* what the selection chooses from; secrets not loaded */
    struct cl_strs *components; /* per item: names of the components that use it */
    size_t count;
    struct cl_selection selection;
};
void cl_list_result_cleanup(struct cl_list_result *result);

struct cl_list_request {
    struct cl_query query;
    bool only_expired;
    int64_t expires_within_s; /* 0: any */
    bool only_unused;
};

struct cl_delete_request {
    struct cl_ref ref;
    bool force; /* disconnects components first */
};

struct cl_delete_result {
    char *name;
    struct cl_strs disconnected; /* names of components */
    struct cl_strs warnings;     /* sentences */
};
void cl_delete_result_cleanup(struct cl_delete_result *result);

struct cl_verify_request {
    struct cl_ref ref;
    struct cl_str resource_type; /* empty: the connector's */
    struct cl_str resource_id;
    bool list;           /* false: authenticate only */
    struct cl_str check; /* one question more, see cl_connector_ops; empty: none */
};

struct cl_discovery_request {
    struct cl_str connector;      /* reference text; empty: all */
    struct cl_str connector_type; /* filters; empty: all */
    struct cl_str resource_type;
    struct cl_str resource_id;
    bool exclude_errors;
    int parallel; /* 1..1000 */
    int64_t connector_timeout_ms;
    int64_t max_age_s; /* answer from discoveries that are not older; 0: ask the providers */
};

/*
 * Results of a discovery, in the order in which connectors answer. Each connector that is
 * selected yields exactly one; `order` gives its place by creation.
 */
struct cl_discovery {
    struct cl_discovery_ops const *ops;
};
struct cl_discovery_ops {
    /** Blocks for the next; *ret_order -1 and CL_OK behind the last. CL_E_INTERRUPTED: cancelled.
     */
    enum cl_code (*next)(struct cl_discovery *self, struct cl_resource_list *ret,
                         int64_t *ret_order, struct cl_err *err);
    size_t (*total)(const struct cl_discovery *self); /* connectors asked */
    void (*free)(struct cl_discovery *self);          /* cancels and joins what still runs */
};

struct cl_issue_client_request {
    struct cl_ref ref;
    struct cl_str resource_type;
    struct cl_str resource_id;
    int64_t duration_s;    /* 0: the connector's */
    int64_t min_ttl_s;     /* 0: 60 */
    int64_t renew_after_s; /* renew a kept one that was issued earlier than that; 0: any will do */
    bool for_sdk;          /* SDKs ask again at every request near the end: renew at a third */
    bool fresh;            /* bypass the cache */
    bool allow_long_lived; /* else a method that cannot issue is CL_E_UNSUPPORTED */
    struct cl_str purpose; /* "describe", "exec", ...: audit */
};

struct cl_issue_client_result {
    struct cl_connector connector; /* the main one, without secrets */
    struct cl_issued issued;
    bool cached;
    struct cl_strs warnings;
};
void cl_issue_client_result_cleanup(struct cl_issue_client_result *result);

struct cl_auto_request {
    struct cl_str type;
    struct cl_str auth_method; /* empty: the type decides */
    struct cl_str resource_type;
    struct cl_map sources;
    const struct cl_input *input;
};

struct cl_component_register_request {
    struct cl_str kind; /* cl_component_kind.id */
    struct cl_str name;
    struct cl_str flavor;
    const struct cl_input *input;
    struct cl_map labels;
};

struct cl_component_ref {
    struct cl_str kind;
    struct cl_ref ref;
};

struct cl_component_connect_request {
    struct cl_component_ref component;
    struct cl_str connector; /* reference text */
    struct cl_str resource_id;
    bool verify;
};

struct cl_component_connect_result {
    struct cl_component component;
    struct cl_connector connector;
    bool verified;
    struct cl_resource_list resources;
};
void cl_component_connect_result_cleanup(struct cl_component_connect_result *result);

struct cl_component_list_request {
    struct cl_str kind;
    struct cl_query query;
};

struct cl_component_list_result {
    struct cl_component *items;
    size_t count;
    struct cl_selection selection;
};
void cl_component_list_result_cleanup(struct cl_component_list_result *result);

struct cl_api; /* begins with its ops; implementations embed it */

struct cl_api_ops {
    enum cl_code (*types)(struct cl_api *api, const struct cl_call *call,
                          const struct cl_type_filter *filter, struct cl_type_list *ret,
                          struct cl_err *err);
    /** Auto-configuration; always runs in the caller's process. */
    enum cl_code (*auto_configure)(struct cl_api *api, const struct cl_call *call,
                                   const struct cl_auto_request *request, struct cl_discovered *ret,
                                   struct cl_err *err);
    /** cl_connector_ops.scan; always runs in the caller's process, whose user confirms. */
    enum cl_code (*scan)(struct cl_api *api, const struct cl_call *call,
                         const struct cl_auto_request *request, struct cl_discovered *ret,
                         struct cl_err *err);
    enum cl_code (*register_connector)(struct cl_api *api, const struct cl_call *call,
                                       const struct cl_register_request *request,
                                       struct cl_register_result *ret, struct cl_err *err);
    enum cl_code (*update)(struct cl_api *api, const struct cl_call *call,
                           const struct cl_update_request *request, struct cl_register_result *ret,
                           struct cl_err *err);
    enum cl_code (*get)(struct cl_api *api, const struct cl_call *call,
                        const struct cl_get_request *request, struct cl_connector *ret,
                        struct cl_err *err);
    enum cl_code (*list)(struct cl_api *api, const struct cl_call *call,
                         const struct cl_list_request *request, struct cl_list_result *ret,
                         struct cl_err *err);
    enum cl_code (*remove)(struct cl_api *api, const struct cl_call *call,
                           const struct cl_delete_request *request, struct cl_delete_result *ret,
                           struct cl_err *err);
    /** CL_OK also when rows carry errors: see cl_resource_list_code. */
    enum cl_code (*verify)(struct cl_api *api, const struct cl_call *call,
                           const struct cl_verify_request *request, struct cl_resource_list *ret,
                           struct cl_err *err);
    /** *ret is freed through its ops. The call must outlive it. */
    enum cl_code (*discover)(struct cl_api *api, const struct cl_call *call,
                             const struct cl_discovery_request *request, struct cl_discovery **ret,
                             struct cl_err *err);
    enum cl_code (*issue)(struct cl_api *api, const struct cl_call *call,
                          const struct cl_issue_client_request *request,
                          struct cl_issue_client_result *ret, struct cl_err *err);

    enum cl_code (*component_register)(struct cl_api *api, const struct cl_call *call,
                                       const struct cl_component_register_request *request,
                                       struct cl_component *ret, struct cl_err *err);
    enum cl_code (*component_get)(struct cl_api *api, const struct cl_call *call,
                                  const struct cl_component_ref *ref, struct cl_component *ret,
                                  struct cl_err *err);
    enum cl_code (*component_list)(struct cl_api *api, const struct cl_call *call,
                                   const struct cl_component_list_request *request,
                                   struct cl_component_list_result *ret, struct cl_err *err);
    enum cl_code (*component_connect)(struct cl_api *api, const struct cl_call *call,
                                      const struct cl_component_connect_request *request,
                                      struct cl_component_connect_result *ret, struct cl_err *err);
    /** *ret: as it is now; `had_connector` tells whether anything changed. */
    enum cl_code (*component_disconnect)(struct cl_api *api, const struct cl_call *call,
                                         const struct cl_component_ref *ref, bool *had_connector,
                                         struct cl_component *ret, struct cl_err *err);
    enum cl_code (*component_remove)(struct cl_api *api, const struct cl_call *call,
                                     const struct cl_component_ref *ref, struct cl_component *ret,
                                     struct cl_err *err);
    void (*free)(struct cl_api *api);
};

struct cl_api {
    const struct cl_api_ops *ops;
};

#endif
