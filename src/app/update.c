#include "app/internal.h"
#include "base/alloc.h"
#include "core/dup.h"

/* Updating: the stored connector, overlaid with the patch, goes through the same checks. */

/* Empty: no id any more. */
static enum cl_code set_resource_id(struct cl_connector *conn, struct cl_str id, struct cl_err *err)
{
    if (id.len > 0)
        return cl_replace_text(&conn->resource_id, id, err);
    cl_free(conn->resource_id);
    conn->resource_id = NULL;
    return CL_OK;
}

static enum cl_code patch_texts(struct cl_connector *conn, const struct cl_update_request *request,
                                struct cl_err *err)
{
    if (request->set_name) {
        CL_TRY(cl_connector_check_name(request->name, err));
        CL_TRY(cl_replace_text(&conn->name, request->name, err));
    }
    if (request->set_description)
        CL_TRY(cl_replace_text(&conn->description, request->description, err));
    CL_TRY(cl_map_patch(&conn->labels, &request->labels, err));
    return cl_labels_check(&conn->labels, err);
}

/* Does the connector have all that its method serves? Then it was not limited. */
static bool has_all_types(const struct cl_connector *conn)
{
    size_t count = 0;

    for (size_t i = 0; i < conn->type->resource_count; i++)
        count += cl_resource_allows(&conn->type->resources[i], conn->method) ? 1 : 0;
    return conn->resource_types.count == count && count > 1;
}

static enum cl_code patch_type(struct cl_connector *conn, const struct cl_resource_type *type,
                               struct cl_err *err)
{
    bool same = type != NULL && type == cl_connector_single_type(conn);

    cl_strs_cleanup(&conn->resource_types);
    if (type != NULL)
        CL_TRY(cl_strs_add(&conn->resource_types, cl_str_of(type->id), err));
    /* An id belongs to its type: another type starts without one. */
    return same ? CL_OK : set_resource_id(conn, CL_STR_NONE, err);
}

static enum cl_code patch_scope(struct cl_connector *conn, const struct cl_update_request *request,
                                struct cl_err *err)
{
    bool unlimited = has_all_types(conn);
    struct cl_str method =
        request->set_auth_method ? request->auth_method : cl_str_of(conn->method->id);
    const struct cl_resource_type *resource = NULL;

    if (request->discovered != NULL && request->discovered->auth_method != NULL)
        method = cl_str_of(request->discovered->auth_method);
    CL_TRY(cl_registry_find_spec(conn->type, method,
                                 request->set_resource_type ? request->resource_type : CL_STR_NONE,
                                 &conn->method, &resource, err));
    if (request->set_resource_type) {
        CL_TRY(patch_type(conn, resource, err));
    } else if (unlimited) { /* so it is not with another method either */
        cl_strs_cleanup(&conn->resource_types);
    }
    return request->set_resource_id ? set_resource_id(conn, request->resource_id, err) : CL_OK;
}

/*
 * Nobody asked by name for what a type without instances derives from its configuration: it
 * follows the configuration. What only the provider can tell stays, so that new credentials are
 * held against it.
 */
static enum cl_code follow_config(struct cl_connector *conn,
                                  const struct cl_update_request *request, struct cl_err *err)
{
    const struct cl_resource_type *type = cl_connector_single_type(conn);
    CL_AUTO(cl_string) char *id = NULL;

    if (type == NULL || type->supports_instances || request->set_resource_id ||
        conn->type->ops->default_id == NULL)
        return CL_OK;
    CL_TRY(conn->type->ops->default_id(conn, type, &id, err));
    return id == NULL ? CL_OK : set_resource_id(conn, cl_str_of(id), err);
}

/* New credentials end what was recorded for the old ones. */
static void patch_times(struct cl_connector *conn, const struct cl_update_request *request,
                        const struct cl_auth_method *old_method, bool new_credentials)
{
    const struct cl_discovered *found = request->discovered;

    if (new_credentials) {
        conn->expires_at = found == NULL ? 0 : found->expires_at;
        conn->last_verified_at = 0;
        conn->last_verify_code = CL_OK;
    }
    if (found != NULL && (conn->method != old_method || conn->expiration_seconds == 0))
        conn->expiration_seconds = found->expiration_seconds;
    if (request->set_expires_at)
        conn->expires_at = request->expires_at;
    if (request->set_skew)
        conn->skew_s = request->skew_s;
    if (request->set_expiration)
        conn->expiration_seconds = request->expiration_seconds;
    if (request->set_shared)
        conn->shared = request->shared;
}

/* Does the patch touch a secret attribute? Only that renews the stored credentials. */
static bool touches_secret(const struct cl_auth_method *method, const struct cl_input *input)
{
    for (size_t i = 0; input != NULL && i < input->count; i++) {
        const struct cl_attr *attr = cl_method_attr(method, cl_str_of(input->entries[i].name));
        if (attr != NULL && cl_attr_is_secret(attr))
            return true;
    }
    return false;
}

/* What was discovered instead of the stored secrets; other attributes stay where nothing else was
 * found: a policy that limits what is handed out must not get lost. */
static enum cl_code lay_over(const struct cl_config *found, struct cl_config *config,
                             struct cl_err *err)
{
    for (size_t i = config->count; i > 0; i--) {
        if (config->entries[i - 1].kind == CL_ATTR_SECRET)
            cl_config_remove(config, config->entries[i - 1].name);
    }
    for (size_t i = 0; i < found->count; i++)
        CL_TRY(cl_config_copy_entry(&found->entries[i], config, err));
    return CL_OK;
}

static enum cl_code patch_config(struct cl_connector *conn, const struct cl_update_request *request,
                                 struct cl_err *err)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;

    if (request->discovered != NULL)
        CL_TRY(lay_over(&request->discovered->config, &conn->config, err));
    CL_TRY(cl_config_build(conn->method, &conn->config, request->input, &config, err));
    cl_config_cleanup(&conn->config);
    conn->config = config;
    config = CL_CONFIG_NONE;
    return CL_OK;
}

static bool same_scope(const struct cl_connector *a, const struct cl_connector *b)
{
    if (a->method != b->method || a->resource_types.count != b->resource_types.count)
        return false;
    for (size_t i = 0; i < a->resource_types.count; i++) {
        if (strcmp(a->resource_types.items[i], b->resource_types.items[i]) != 0)
            return false;
    }
    return cl_str_eq(cl_str_of(a->canonical_id), cl_str_of(b->canonical_id));
}

/* Components rely on method and scope. Said before the provider is asked; the store has the last
 * word. */
static enum cl_code check_not_in_use(struct app *app, const struct cl_connector *conn,
                                     struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs users = CL_STRS_NONE;
    CL_AUTO(cl_string) char *names = NULL;

    CL_TRY(app_components_of(app, conn->id, &users, err));
    if (users.count == 0)
        return CL_OK;
    CL_TRY(cl_strs_join(&users, ", ", &names, err));
    CL_IGNORE(cl_err_set(err, CL_E_IN_USE, /* returned below, with its hint */
                         "auth method and scope of '%s' cannot change while components use it: %s",
                         conn->name, names));
    return cl_err_hint(err, "disconnect them first");
}

/* What was learned with the old credentials need not hold for the new ones. */
static enum cl_code patch_facts(struct cl_connector *conn, const struct cl_update_request *request,
                                bool new_credentials, struct cl_err *err)
{
    const struct cl_discovered *found = request->discovered;

    if (new_credentials)
        cl_map_cleanup(&conn->facts);
    if (found == NULL || found->profile == NULL)
        return CL_OK;
    return cl_map_set(&conn->facts, CL_STR("source_profile"), cl_str_of(found->profile), err);
}

static enum cl_code apply(struct cl_connector *conn, const struct cl_update_request *request,
                          const struct cl_auth_method *old_method, struct cl_strs *warnings,
                          struct cl_err *err)
{
    CL_TRY(patch_texts(conn, request, err));
    CL_TRY(patch_scope(conn, request, err));
    bool renewed = request->discovered != NULL || touches_secret(conn->method, request->input);
    CL_TRY(patch_config(conn, request, err));
    patch_times(conn, request, old_method, renewed);
    if (!cl_method_is_temporary(conn->method) && !request->set_expiration)
        conn->expiration_seconds = 0;
    CL_TRY(patch_facts(conn, request, renewed, err));
    CL_TRY(follow_config(conn, request, err));
    return cl_scope_configure(conn, warnings, err);
}

/* A new name or label is no reason to end what somebody works with. */
static bool changes_config(const struct cl_update_request *request)
{
    return request->discovered != NULL || (request->input != NULL && request->input->count > 0);
}

static enum cl_code replace(struct app *app, const struct cl_call *call, struct cl_connector *conn,
                            bool scope_changed, struct cl_err *err)
{
    struct cl_store *store = NULL;

    conn->generation++;
    conn->updated_at_us = call->world->now_us(call->world->ctx);
    CL_TRY(app_stamp_secret_id(call, conn, err));
    CL_TRY(app_store(app, &store, err));
    struct cl_audit_event event = app_event(call, "connector.update", conn, CL_OK);
    return store->ops->connector_update(store, conn, scope_changed, &event, err);
}

enum cl_code app_update(struct cl_api *api, const struct cl_call *call,
                        const struct cl_update_request *request, struct cl_register_result *ret,
                        struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector before = {.id = ""};
    struct app *app = app_of(api);
    struct cl_connector *conn = &ret->connector;

    CL_TRY(app_find_usable(app, call, &request->ref, true, conn, err));
    if (request->if_generation != 0 && request->if_generation != conn->generation)
        return cl_err_set(err, CL_E_STALE, "connector '%s' has changed meanwhile", conn->name);
    CL_TRY(cl_connector_copy(conn, &before, err));
    CL_TRY(apply(conn, request, before.method, &ret->warnings, err));
    bool scope_changed = !same_scope(&before, conn);
    if (scope_changed)
        CL_TRY(check_not_in_use(app, conn, err));
    enum cl_code code = app_verify_new(call, ret, request->verify, err);
    if (code == CL_OK)
        code = replace(app, call, conn, scope_changed, err);
    if (code != CL_OK && request->verify != CL_VERIFY_OFF)
        app_audit(app, call, "connector.update", &before, code);
    CL_TRY(code);
    if (scope_changed || changes_config(request))
        app_revoke(app, call, &before, &ret->warnings);
    cl_connector_drop_secrets(conn);
    return CL_OK;
}
