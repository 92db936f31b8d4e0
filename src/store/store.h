#ifndef CLEAT_STORE_STORE_H
#define CLEAT_STORE_STORE_H

#include "base/call.h"
#include "core/component.h"
#include "core/connector.h"
#include "store/sealer.h"

/*
 * Where connectors, components, issued credentials and the audit live. A table of operations, one
 * transaction per use case; SQL stays inside the SQLite files. Whatever else implements it must
 * pass store/conformance_test.c. A store may be used by several threads; each operation is atomic
 * and, once it has returned CL_OK, durable.
 *
 * Secrets go in and come out as cl_secret inside cl_connector.config; the store seals each value
 * with the sealer it was given, for the row, the connector and the attribute it belongs to.
 *
 * Visitors run while nothing is locked, and may use the store; audit_each comes to rows that they
 * add, the others show what was there when the call began. An `event` is written in the same
 * transaction; NULL writes none.
 *
 * Errors of all operations: CL_E_SECRET_STORE (locked, full, read-only: retry or hint), CL_E_FAILED
 * (damaged, newer than the program, key lost: hint), CL_E_NOT_FOUND, CL_E_NAME_EXISTS,
 * CL_E_STALE, CL_E_IN_USE. A row whose type this program lacks has a stand-in (core/stand_in.h).
 */
struct cl_store;

/* One line of the audit (framework §19.5). Texts are borrowed, NULL means unknown; never secret. */
struct cl_audit_event {
    int64_t at_us;
    const char *actor;
    const char *action; /* "credential.issue" */
    const char *source; /* address or "local" */
    const char *agent;  /* program: "cleat exec" */
    const char *connector_id;
    const char *connector_name;
    int64_t generation;
    const char *resource_type;
    const char *resource_id;
    const char *auth_method;
    int64_t wanted_ttl_s;
    int64_t granted_ttl_s;
    bool cache_hit;
    const char *outcome; /* cl_code_wire */
    const char *provider_request_id;
    const char *fingerprint;
    const char *request_id;
};

/* An issued credential as kept: sealed by the caller. */
struct cl_cache_entry {
    struct cl_str key; /* digest of everything the credential depends on, hex */
    const char *connector_id;
    int64_t generation;
    int64_t expires_at;
    struct cl_str sealed;
};

/* What a component is connected to. Texts are borrowed. */
struct cl_component_link {
    const char *connector_id;
    int64_t generation; /* of the connector that was found fit for it */
    const char *resource_id;
};

/* A part of the connectors that are shared or that `viewer` owns. */
struct cl_connector_page {
    const char *viewer;
    int64_t first; /* how many to pass over */
    int64_t count;
};

typedef enum cl_code (*cl_connector_fn)(void *ctx, struct cl_connector *conn, struct cl_err *err);
typedef enum cl_code (*cl_component_fn)(void *ctx, struct cl_component *component,
                                        struct cl_err *err);
typedef enum cl_code (*cl_audit_fn)(void *ctx, const struct cl_audit_event *event,
                                    struct cl_err *err);

struct cl_store_ops {
    /** Inserts; sets nothing in `conn`, whose id, times and generation 1 the caller has filled. */
    enum cl_code (*connector_insert)(struct cl_store *self, const struct cl_connector *conn,
                                     const struct cl_audit_event *event, struct cl_err *err);
    /**
     * Replaces everything; CL_E_STALE unless the stored generation is conn->generation - 1. While
     * secrets_loaded is false, secrets that are only named in secret_names stay as they are.
     * With `unused_only` CL_E_IN_USE, naming them, when components are linked to it.
     */
    enum cl_code (*connector_update)(struct cl_store *self, const struct cl_connector *conn,
                                     bool unused_only, const struct cl_audit_event *event,
                                     struct cl_err *err);
    /** Removes row, secrets and cached credentials. CL_E_IN_USE unless `force`, which disconnects
     *  the components; their names are added to `ret_components` in both cases. */
    enum cl_code (*connector_delete)(struct cl_store *self, const char *id, bool force,
                                     const struct cl_audit_event *event,
                                     struct cl_strs *ret_components, struct cl_err *err);
    /**
     * By id, exact name, unique id prefix (>= 4 hex digits), or unique name prefix.
     * CL_E_AMBIGUOUS lists at most 10 candidates; CL_E_NOT_FOUND names the nearest.
     */
    enum cl_code (*connector_find)(struct cl_store *self, struct cl_str ref, bool name_prefix,
                                   bool with_secrets, struct cl_connector *ret, struct cl_err *err);
    /** The connector whose name is the same but for case, without secrets; CL_E_NOT_FOUND. */
    enum cl_code (*connector_named)(struct cl_store *self, struct cl_str name,
                                    struct cl_connector *ret, struct cl_err *err);
    /** Every connector, without secrets, in order of creation, no page size; `visit` may move out
     *  of its argument. */
    enum cl_code (*connector_each)(struct cl_store *self, cl_connector_fn visit, void *ctx,
                                   struct cl_err *err);
    /** The same for one page of those that `page->viewer` may see, oldest first. `ret_total`: how
     *  many these are on all pages, also when there is nothing to visit. */
    enum cl_code (*connector_page)(struct cl_store *self, const struct cl_connector_page *page,
                                   cl_connector_fn visit, void *ctx, int64_t *ret_total,
                                   struct cl_err *err);
    /** Facts, last_verified_at, last_verify_code. If the generation is another one by now, or the
     *  connector is gone, only the audit row is written. */
    enum cl_code (*connector_verified)(struct cl_store *self, const struct cl_connector *conn,
                                       const struct cl_audit_event *event, struct cl_err *err);

    enum cl_code (*component_insert)(struct cl_store *self, const struct cl_component *component,
                                     struct cl_err *err);
    enum cl_code (*component_find)(struct cl_store *self, struct cl_str kind, struct cl_str ref,
                                   bool name_prefix, struct cl_component *ret, struct cl_err *err);
    enum cl_code (*component_each)(struct cl_store *self, struct cl_str kind, /* empty: all */
                                   cl_component_fn visit, void *ctx, struct cl_err *err);
    /** NULL: disconnect. CL_E_STALE when the connector has another generation by now. */
    enum cl_code (*component_link)(struct cl_store *self, const char *id,
                                   const struct cl_component_link *link,
                                   const struct cl_audit_event *event, struct cl_err *err);
    enum cl_code (*component_delete)(struct cl_store *self, const char *id, struct cl_err *err);

    /** The sealed bytes, or CL_E_NOT_FOUND; what has expired is not found. */
    enum cl_code (*cache_get)(struct cl_store *self, struct cl_str key, struct cl_buf *ret,
                              struct cl_err *err);
    /** Puts the credential and its audit row in one transaction; only the row, if the connector
     *  has another generation by now. Drops what has expired. */
    enum cl_code (*cache_put)(struct cl_store *self, const struct cl_cache_entry *entry,
                              const struct cl_audit_event *event, struct cl_err *err);
    /** Puts several entries without audit, in one transaction. */
    enum cl_code (*cache_put_all)(struct cl_store *self, const struct cl_cache_entry *entries,
                                  size_t count, struct cl_err *err);

    enum cl_code (*audit_add)(struct cl_store *self, const struct cl_audit_event *event,
                              struct cl_err *err);
    /** Oldest first; checks the hash chain on the way, CL_E_FAILED names the broken row. */
    enum cl_code (*audit_each)(struct cl_store *self, cl_audit_fn visit, void *ctx,
                               struct cl_err *err);
    void (*free)(struct cl_store *self);
};

struct cl_store {
    const struct cl_store_ops *ops;
};

#endif
