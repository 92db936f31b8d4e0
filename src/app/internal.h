#ifndef CLEAT_APP_INTERNAL_H
#define CLEAT_APP_INTERNAL_H

#include <pthread.h>

#include "app/app.h"
#include "core/registry.h"
#include "core/scope.h"

/* What the use cases of this folder share. */

struct app {
    struct cl_api api; /* first: a cl_api pointer is an app pointer */
    const struct cl_world *world;
    char *folder;
    pthread_mutex_t opening;  /* guards the first opening of store and sealer */
    struct cl_store *store;   /* NULL until first needed */
    struct cl_sealer *sealer; /* borrowed from the store */
};

static inline struct app *app_of(struct cl_api *api)
{
    return (struct app *)api;
}

/** Opens the store at first use. */
enum cl_code app_store(struct app *app, struct cl_store **ret, struct cl_err *err) CL_MUST_USE;

/** A private connector does not exist for anybody but its owner. */
bool app_may_see(const struct cl_call *call, const struct cl_connector *conn);

/** A connector that the actor may see. */
enum cl_code app_find(struct app *app, const struct cl_call *call, const struct cl_ref *ref,
                      bool with_secrets, struct cl_connector *ret, struct cl_err *err) CL_MUST_USE;

/** The same for one that is to be used: CL_E_TYPE_UNAVAILABLE where this program lacks its type. */
enum cl_code app_find_usable(struct app *app, const struct cl_call *call, const struct cl_ref *ref,
                             bool with_secrets, struct cl_connector *ret, struct cl_err *err)
    CL_MUST_USE;

/** An event about `conn` (NULL: none) with time, actor, request id and outcome filled in. */
struct cl_audit_event app_event(const struct cl_call *call, const char *action,
                                const struct cl_connector *conn, enum cl_code outcome);

/** Notes what hands nothing out, such as credentials that were refused: best effort. */
void app_audit(struct app *app, const struct cl_call *call, const char *action,
               const struct cl_connector *conn, enum cl_code outcome);

/* What is to be verified. */
struct app_check {
    const struct cl_connector *conn; /* with secrets */
    struct cl_str want_type;         /* empty: the connector's */
    struct cl_str want_id;
    bool list;          /* false and no id: authenticate only */
    bool identify;      /* also prove whose credentials these are, before anything else */
    int64_t timeout_ms; /* of each question to the provider; 0: 30 s */
};

/**
 * Verifies and lists as framework §10.2 says. Provider failures are rows of `ret`, not errors.
 *
 * @param ret_facts  what was learned about the account; patch it into the connector
 * @return CL_OK, or why nothing was tried (scope, id form, memory)
 */
enum cl_code app_check_connector(const struct cl_call *call, const struct app_check *check,
                                 struct cl_resource_list *ret, struct cl_map *ret_facts,
                                 struct cl_err *err) CL_MUST_USE;

/** Is this a connector's way to say that it cannot have the resource? */
bool app_cannot_have(enum cl_code code);

/**
 * Asks for an id that belongs to several types (CL_E_AMBIGUOUS) in each of them. Types that cannot
 * have it have no row; one that failed has none either when another has the resource.
 *
 * @return CL_OK, CL_E_RESOURCE_NOT_FOUND when no type has it, or no memory
 */
enum cl_code app_check_every_type(const struct cl_call *call, const struct app_check *check,
                                  struct cl_resource_list *ret, struct cl_err *err) CL_MUST_USE;

/** Fills resource_id of a typed connector whose type has one instance, once it is known. */
enum cl_code app_adopt_default_id(struct cl_connector *conn, struct cl_err *err) CL_MUST_USE;

/**
 * Verifies a connector that is about to be stored, and takes over what was learned. A global
 * error is the call's error; errors of single types are rows.
 */
enum cl_code app_verify_new(const struct cl_call *call, struct cl_register_result *result,
                            enum cl_verify_mode mode, struct cl_err *err) CL_MUST_USE;

/** CL_E_UNSUPPORTED when hosts of such connectors show nothing that could be pinned. */
enum cl_code app_need_scan(const struct cl_connector_type *type, struct cl_err *err) CL_MUST_USE;

/**
 * Adds to a connector that is about to be stored what its hosts show just now, and says so in the
 * result's warnings.
 *
 * @param ret_accepted  descriptions, for the audit; untouched when there is nothing new
 */
enum cl_code app_accept_host_keys(const struct cl_call *call, struct cl_register_result *result,
                                  char **ret_accepted, struct cl_err *err) CL_MUST_USE;

/** Has the connector anything that its provider can take back? Needs no secrets. */
bool app_can_revoke(const struct cl_connector *conn);

/**
 * Takes back all that the connector has issued in this form, which is no longer the stored one.
 * Whether the provider does is audited; that it does not is a warning.
 *
 * @param conn  with secrets
 */
void app_revoke(struct app *app, const struct cl_call *call, const struct cl_connector *conn,
                struct cl_strs *warnings);

/** Names of its secret attributes, and the id under which they are kept. */
enum cl_code app_stamp_secret_id(const struct cl_call *call, struct cl_connector *conn,
                                 struct cl_err *err) CL_MUST_USE;

/** Names of the components that use the connector, in order of creation. */
enum cl_code app_components_of(struct app *app, const char *connector_id, struct cl_strs *ret,
                               struct cl_err *err) CL_MUST_USE;

/** Runs task(ctx, 0) … task(ctx, count-1), at most `limit` at once, and waits for all. */
void app_parallel(size_t count, size_t limit, void (*task)(void *ctx, size_t index), void *ctx);

/* The operations, one file each. */
enum cl_code app_types(struct cl_api *api, const struct cl_call *call,
                       const struct cl_type_filter *filter, struct cl_type_list *ret,
                       struct cl_err *err);
enum cl_code app_auto_configure(struct cl_api *api, const struct cl_call *call,
                                const struct cl_auto_request *request, struct cl_discovered *ret,
                                struct cl_err *err);
enum cl_code app_scan(struct cl_api *api, const struct cl_call *call,
                      const struct cl_auto_request *request, struct cl_discovered *ret,
                      struct cl_err *err);
enum cl_code app_register(struct cl_api *api, const struct cl_call *call,
                          const struct cl_register_request *request, struct cl_register_result *ret,
                          struct cl_err *err);
enum cl_code app_update(struct cl_api *api, const struct cl_call *call,
                        const struct cl_update_request *request, struct cl_register_result *ret,
                        struct cl_err *err);
enum cl_code app_get(struct cl_api *api, const struct cl_call *call,
                     const struct cl_get_request *request, struct cl_connector *ret,
                     struct cl_err *err);
enum cl_code app_list(struct cl_api *api, const struct cl_call *call,
                      const struct cl_list_request *request, struct cl_list_result *ret,
                      struct cl_err *err);
enum cl_code app_remove(struct cl_api *api, const struct cl_call *call,
                        const struct cl_delete_request *request, struct cl_delete_result *ret,
                        struct cl_err *err);
enum cl_code app_verify(struct cl_api *api, const struct cl_call *call,
                        const struct cl_verify_request *request, struct cl_resource_list *ret,
                        struct cl_err *err);
enum cl_code app_discover(struct cl_api *api, const struct cl_call *call,
                          const struct cl_discovery_request *request, struct cl_discovery **ret,
                          struct cl_err *err);
enum cl_code app_issue(struct cl_api *api, const struct cl_call *call,
                       const struct cl_issue_client_request *request,
                       struct cl_issue_client_result *ret, struct cl_err *err);
enum cl_code app_component_register(struct cl_api *api, const struct cl_call *call,
                                    const struct cl_component_register_request *request,
                                    struct cl_component *ret, struct cl_err *err);
enum cl_code app_component_get(struct cl_api *api, const struct cl_call *call,
                               const struct cl_component_ref *ref, struct cl_component *ret,
                               struct cl_err *err);
enum cl_code app_component_list(struct cl_api *api, const struct cl_call *call,
                                const struct cl_component_list_request *request,
                                struct cl_component_list_result *ret, struct cl_err *err);
enum cl_code app_component_connect(struct cl_api *api, const struct cl_call *call,
                                   const struct cl_component_connect_request *request,
                                   struct cl_component_connect_result *ret, struct cl_err *err);
enum cl_code app_component_disconnect(struct cl_api *api, const struct cl_call *call,
                                      const struct cl_component_ref *ref, bool *had_connector,
                                      struct cl_component *ret, struct cl_err *err);
enum cl_code app_component_remove(struct cl_api *api, const struct cl_call *call,
                                  const struct cl_component_ref *ref, struct cl_component *ret,
                                  struct cl_err *err);

#endif
