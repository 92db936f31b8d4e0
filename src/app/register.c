#include "app/internal.h"
#include "core/dup.h"

/* Registering: checks from cheap to costly, then one durable commit. */

static enum cl_code fill_scope(struct cl_connector *conn, const struct cl_register_request *request,
                               struct cl_err *err)
{
    const struct cl_discovered *found = request->discovered;
    struct cl_str method_id = found != NULL && found->auth_method != NULL
                                  ? cl_str_of(found->auth_method)
                                  : request->auth_method;
    const struct cl_resource_type *resource = NULL;
    bool typed = request->resource_types.count == 1;

    CL_TRY(cl_registry_require(request->type, &conn->type, err));
    CL_TRY(cl_registry_find_spec(conn->type, method_id,
                                 typed ? cl_str_of(request->resource_types.items[0]) : CL_STR_NONE,
                                 &conn->method, &resource, err));
    CL_TRY(cl_strs_copy(&request->resource_types, &conn->resource_types, err));
    if (request->resource_id.len > 0)
        CL_TRY(cl_replace_text(&conn->resource_id, request->resource_id, err));
    return CL_OK;
}

static enum cl_code fill_config(struct cl_connector *conn,
                                const struct cl_register_request *request, struct cl_err *err)
{
    const struct cl_discovered *found = request->discovered;

    CL_TRY(cl_config_build(conn->method, found == NULL ? NULL : &found->config, request->input,
                           &conn->config, err));
    conn->secrets_loaded = true;
    conn->expires_at = request->expires_at;
    conn->skew_s = request->skew_s;
    conn->expiration_seconds = request->expiration_seconds;
    if (found != NULL && conn->expires_at == 0)
        conn->expires_at = found->expires_at;
    if (found != NULL && conn->expiration_seconds == 0)
        conn->expiration_seconds = found->expiration_seconds;
    if (found != NULL && found->profile != NULL)
        CL_TRY(cl_map_set(&conn->facts, CL_STR("source_profile"), cl_str_of(found->profile), err));
    return CL_OK;
}

static enum cl_code fill(const struct cl_call *call, struct cl_connector *conn,
                         const struct cl_register_request *request, struct cl_strs *warnings,
                         struct cl_err *err)
{
    CL_TRY(cl_connector_check_name(request->name, err));
    CL_TRY(fill_scope(conn, request, err));
    CL_TRY(fill_config(conn, request, err));
    CL_TRY(cl_labels_check(&request->labels, err));
    CL_TRY(cl_map_copy(&request->labels, &conn->labels, err));
    CL_TRY(cl_str_dup(request->name, &conn->name, err));
    CL_TRY(cl_str_dup(request->description, &conn->description, err));
    CL_TRY(cl_str_dup(cl_str_of(call->actor), &conn->owner, err));
    conn->shared = request->shared;
    return cl_scope_configure(conn, warnings, err);
}

/* CL_OK when the name is free, or when one of that name and type exists and that is welcome. */
static enum cl_code check_name_free(struct app *app, const struct cl_call *call,
                                    const struct cl_register_request *request,
                                    struct cl_register_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector taken = {.id = ""};
    struct cl_err failure = CL_ERR_NONE;
    struct cl_store *store = NULL;

    CL_TRY(app_store(app, &store, err));
    enum cl_code code = store->ops->connector_named(store, request->name, &taken, &failure);
    if (code == CL_E_NOT_FOUND)
        return CL_OK;
    if (code != CL_OK) {
        *err = failure;
        return code;
    }
    ret->existing = request->if_not_exists && app_may_see(call, &taken) &&
                    cl_str_eq_c(request->type, taken.type->id);
    if (!ret->existing) {
        return cl_err_set(err, CL_E_NAME_EXISTS, "a service connector named '%s' already exists",
                          taken.name);
    }
    cl_connector_cleanup(&ret->connector);
    CL_MOVE_TO(&ret->connector, taken);
    return CL_OK;
}

enum cl_code app_verify_new(const struct cl_call *call, struct cl_register_result *result,
                            enum cl_verify_mode mode, struct cl_err *err)
{
    CL_AUTO(cl_map) struct cl_map facts = CL_MAP_NONE;
    struct cl_connector *conn = &result->connector;
    struct app_check check = {.conn = conn, .list = mode == CL_VERIFY_AND_LIST, .identify = true};

    if (mode == CL_VERIFY_OFF)
        return app_adopt_default_id(conn, err);
    CL_TRY(app_check_connector(call, &check, &result->resources, &facts, err));
    result->verified = true;
    if (result->resources.error.code != CL_OK) {
        *err = result->resources.error;
        return err->code;
    }
    CL_TRY(cl_call_check(call, err)); /* errors of single types may be due to that */
    CL_TRY(cl_map_patch(&conn->facts, &facts, err));
    conn->last_verified_at = cl_world_now_s(call->world);
    conn->last_verify_code = cl_resource_list_code(&result->resources);
    return app_adopt_default_id(conn, err);
}

/* One row, also when host keys were accepted: it then says which. */
static enum cl_code insert(struct app *app, const struct cl_call *call, struct cl_connector *conn,
                           const char *accepted, struct cl_err *err)
{
    struct cl_store *store = NULL;

    CL_TRY(cl_uuid_new(call->world, conn->id, err));
    conn->created_at_us = call->world->now_us(call->world->ctx);
    conn->updated_at_us = conn->created_at_us;
    conn->generation = 1;
    CL_TRY(app_stamp_secret_id(call, conn, err));
    CL_TRY(app_store(app, &store, err));
    struct cl_audit_event event = app_event(call, "connector.create", conn, CL_OK);
    event.fingerprint = accepted;
    return store->ops->connector_insert(store, conn, &event, err);
}

enum cl_code app_stamp_secret_id(const struct cl_call *call, struct cl_connector *conn,
                                 struct cl_err *err)
{
    CL_TRY(cl_connector_note_secrets(conn, err));
    if (conn->secret_names.count == 0) {
        conn->secret_id[0] = '\0';
    } else if (conn->secret_id[0] == '\0') {
        CL_TRY(cl_uuid_new(call->world, conn->secret_id, err));
    }
    return CL_OK;
}

/* Somebody else took the name while this one was verified. */
static enum cl_code lost_race(struct app *app, const struct cl_call *call,
                              const struct cl_register_request *request,
                              struct cl_register_result *ret, struct cl_err *err)
{
    struct cl_err failure = CL_ERR_NONE;

    if (!request->if_not_exists || check_name_free(app, call, request, ret, &failure) != CL_OK ||
        !ret->existing)
        return CL_E_NAME_EXISTS; /* as `err` says */
    cl_resource_list_cleanup(&ret->resources);
    ret->verified = false;
    *err = CL_ERR_NONE;
    return CL_OK;
}

static enum cl_code verify_and_insert(struct app *app, const struct cl_call *call,
                                      const struct cl_register_request *request,
                                      struct cl_register_result *ret, struct cl_err *err)
{
    struct cl_connector *conn = &ret->connector;
    CL_AUTO(cl_string) char *accepted = NULL;

    if (request->accept_new_host_keys)
        CL_TRY(app_accept_host_keys(call, ret, &accepted, err));
    CL_TRY(app_verify_new(call, ret, request->verify, err));
    CL_TRY(cl_connector_note_secrets(conn, err));
    return request->dry_run ? CL_OK : insert(app, call, conn, accepted, err);
}

enum cl_code app_register(struct cl_api *api, const struct cl_call *call,
                          const struct cl_register_request *request, struct cl_register_result *ret,
                          struct cl_err *err)
{
    bool audited = request->verify != CL_VERIFY_OFF && !request->dry_run; /* which leaves nothing */
    struct app *app = app_of(api);

    CL_TRY(fill(call, &ret->connector, request, &ret->warnings, err));
    CL_TRY(check_name_free(app, call, request, ret, err));
    if (ret->existing)
        return CL_OK;
    enum cl_code code = verify_and_insert(app, call, request, ret, err);
    if (code != CL_OK)
        ret->connector.id[0] = '\0'; /* nothing of that id was stored */
    if (code != CL_OK && audited)
        app_audit(app, call, "connector.create", &ret->connector, code);
    if (code == CL_E_NAME_EXISTS)
        return lost_race(app, call, request, ret, err);
    CL_TRY(code);
    cl_connector_drop_secrets(&ret->connector);
    (void)memcpy(ret->resources.id, ret->connector.id, sizeof(ret->resources.id));
    return CL_OK;
}
