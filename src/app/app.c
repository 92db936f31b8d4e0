#include "app/internal.h"

#include "base/alloc.h"
#include "core/fields.h"
#include "core/stand_in.h"
#include "store/local.h"

static void app_free(struct cl_api *api)
{
    struct app *app = app_of(api);

    if (app->store != NULL)
        app->store->ops->free(app->store);
    (void)pthread_mutex_destroy(&app->opening);
    cl_free(app->folder);
    cl_free(app);
}

static const struct cl_api_ops ops = {
    .types = app_types,
    .auto_configure = app_auto_configure,
    .scan = app_scan,
    .register_connector = app_register,
    .update = app_update,
    .get = app_get,
    .list = app_list,
    .remove = app_remove,
    .verify = app_verify,
    .discover = app_discover,
    .issue = app_issue,
    .component_register = app_component_register,
    .component_get = app_component_get,
    .component_list = app_component_list,
    .component_connect = app_component_connect,
    .component_disconnect = app_component_disconnect,
    .component_remove = app_component_remove,
    .free = app_free,
};

enum cl_code cl_app_new(const struct cl_app_options *options, struct cl_api **ret,
                        struct cl_err *err)
{
    struct app *app = cl_alloc(sizeof(*app));

    if (app == NULL)
        return cl_err_no_memory(err);
    if (cl_str_dup(cl_str_of(options->state_folder), &app->folder, err) != CL_OK) {
        cl_free(app);
        return err->code;
    }
    app->api.ops = &ops;
    app->world = options->world;
    (void)pthread_mutex_init(&app->opening, NULL);
    *ret = &app->api;
    return CL_OK;
}

enum cl_code app_store(struct app *app, struct cl_store **ret, struct cl_err *err)
{
    enum cl_code code = CL_OK;

    if (app->folder[0] == '\0') {
        (void)cl_err_set(err, CL_E_LOCAL_CONFIG,
                         "cannot tell where the local store is: HOME is not set");
        return CL_E_LOCAL_CONFIG; /* spelled out: the compiler looks into this function */
    }
    (void)pthread_mutex_lock(&app->opening);
    if (app->store == NULL)
        code = cl_store_open_local(app->world, app->folder, &app->store, &app->sealer, err);
    struct cl_store *store = app->store;
    (void)pthread_mutex_unlock(&app->opening);
    if (code == CL_OK)
        *ret = store;
    return code;
}

bool app_may_see(const struct cl_call *call, const struct cl_connector *conn)
{
    return conn->shared || cl_str_eq_c(cl_str_of(conn->owner), call->actor);
}

/* Whether some connectors are hidden from the actor, and whether `ref` may mean a visible one. */
struct overlook {
    const struct cl_call *call;
    struct cl_str ref;
    bool any_hidden;
    bool any_meant;
};

static enum cl_code overlook(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    struct overlook *over = ctx;

    (void)err;
    if (!app_may_see(over->call, conn)) {
        over->any_hidden = true;
    } else if (cl_str_starts(cl_str_of(conn->name), over->ref) ||
               cl_str_starts(cl_str_of(conn->id), over->ref)) {
        over->any_meant = true;
    }
    return CL_OK;
}

/* The store names candidates and near matches; nobody is told the names of hidden connectors. */
static enum cl_code refuse_ref(struct cl_store *store, const struct cl_call *call,
                               const struct cl_ref *ref, const struct cl_err *refusal,
                               struct cl_err *err)
{
    struct overlook over = {.call = call, .ref = ref->text};
    struct cl_err ignored = CL_ERR_NONE;

    *err = *refusal;
    if (refusal->code != CL_E_NOT_FOUND && refusal->code != CL_E_AMBIGUOUS)
        return refusal->code;
    if (store->ops->connector_each(store, overlook, &over, &ignored) == CL_OK && !over.any_hidden)
        return refusal->code;
    if (refusal->code == CL_E_NOT_FOUND || !over.any_meant)
        return cl_err_set(err, CL_E_NOT_FOUND, "connector '%.*s' not found", CL_STR_ARG(ref->text));
    (void)cl_err_set(err, CL_E_AMBIGUOUS, "'%.*s' stands for several connectors",
                     CL_STR_ARG(ref->text));
    return cl_err_hint(err, "Give the whole name or a longer part of the id.");
}

enum cl_code app_find(struct app *app, const struct cl_call *call, const struct cl_ref *ref,
                      bool with_secrets, struct cl_connector *ret, struct cl_err *err)
{
    struct cl_err refusal = CL_ERR_NONE;
    struct cl_store *store = NULL;

    CL_TRY(app_store(app, &store, err));
    if (store->ops->connector_find(store, ref->text, ref->allow_name_prefix, with_secrets, ret,
                                   &refusal) != CL_OK)
        return refuse_ref(store, call, ref, &refusal, err);
    if (!app_may_see(call, ret)) {
        cl_connector_cleanup(ret);
        return cl_err_set(err, CL_E_NOT_FOUND, "connector '%.*s' not found", CL_STR_ARG(ref->text));
    }
    return app_adopt_default_id(ret, err); /* a verification may have found it out since */
}

enum cl_code app_find_usable(struct app *app, const struct cl_call *call, const struct cl_ref *ref,
                             bool with_secrets, struct cl_connector *ret, struct cl_err *err)
{
    CL_TRY(app_find(app, call, ref, with_secrets, ret, err));
    return cl_connector_require_type(ret, err);
}

struct cl_audit_event app_event(const struct cl_call *call, const char *action,
                                const struct cl_connector *conn, enum cl_code outcome)
{
    struct cl_audit_event event = {
        .at_us = call->world->now_us(call->world->ctx),
        .actor = call->actor,
        .action = action,
        .source = "local",
        .outcome = cl_code_wire(outcome),
        .request_id = call->request_id,
    };

    if (conn != NULL) {
        event.connector_id = conn->id[0] == '\0' ? NULL : conn->id;
        event.connector_name = conn->name;
        event.generation = conn->generation;
        event.auth_method = conn->method == NULL ? NULL : conn->method->id;
    }
    return event;
}

void app_audit(struct app *app, const struct cl_call *call, const char *action,
               const struct cl_connector *conn, enum cl_code outcome)
{
    struct cl_audit_event event = app_event(call, action, conn, outcome);
    struct cl_store *store = NULL;
    struct cl_err ignored = CL_ERR_NONE;

    if (app_store(app, &store, &ignored) == CL_OK)
        CL_IGNORE(store->ops->audit_add(store, &event, &ignored)); /* nothing is handed out */
}

enum cl_code app_get(struct cl_api *api, const struct cl_call *call,
                     const struct cl_get_request *request, struct cl_connector *ret,
                     struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct app *app = app_of(api);
    struct cl_store *store = NULL;

    CL_TRY(app_find(app, call, &request->ref, request->reveal, &conn, err));
    if (request->reveal) { /* a secret that could not be audited is not shown */
        struct cl_audit_event event = app_event(call, "secret.read", &conn, CL_OK);
        CL_TRY(app_store(app, &store, err));
        CL_TRY(store->ops->audit_add(store, &event, err));
    }
    *ret = conn;
    conn = (struct cl_connector){.id = ""};
    return CL_OK;
}

/* Collects the connectors that the actor may see and that the request's flags keep. */
struct collecting {
    const struct cl_call *call;
    const struct cl_list_request *request;
    struct cl_list_result *result;
    size_t capacity;
};

static bool is_wanted(const struct collecting *collecting, const struct cl_connector *conn)
{
    const struct cl_list_request *request = collecting->request;
    int64_t now = cl_world_now_s(collecting->call->world);

    if (!app_may_see(collecting->call, conn))
        return false;
    if (request->only_expired && !cl_connector_expired(conn, now))
        return false;
    if (request->expires_within_s > 0)
        return cl_connector_expired(conn, now + request->expires_within_s);
    return true;
}

static enum cl_code collect(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    struct collecting *collecting = ctx;
    struct cl_list_result *result = collecting->result;

    if (!is_wanted(collecting, conn))
        return CL_OK;
    CL_TRY(app_adopt_default_id(conn, err));
    void *grown = cl_array_grow(result->items, &collecting->capacity, result->count + 1,
                                sizeof(*result->items));
    if (grown == NULL)
        return cl_err_no_memory(err);
    result->items = grown;
    result->items[result->count++] = *conn;
    *conn = (struct cl_connector){.id = ""};
    return CL_OK;
}

static enum cl_code note_user(void *ctx, struct cl_component *component, struct cl_err *err)
{
    struct cl_list_result *result = ctx;

    if (component->connector_id[0] == '\0')
        return CL_OK;
    for (size_t i = 0; i < result->count; i++) {
        if (strcmp(result->items[i].id, component->connector_id) == 0)
            return cl_strs_add(&result->components[i], cl_str_of(component->name), err);
    }
    return CL_OK;
}

static void drop_used(struct cl_list_result *result)
{
    size_t kept = 0;

    for (size_t i = 0; i < result->count; i++) {
        if (result->components[i].count > 0) {
            cl_connector_cleanup(&result->items[i]);
            cl_strs_cleanup(&result->components[i]);
        } else {
            result->items[kept] = result->items[i];
            result->components[kept++] = CL_STRS_NONE;
        }
    }
    result->count = kept;
}

static enum cl_code select_page(const struct cl_list_request *request,
                                struct cl_list_result *result, struct cl_err *err)
{
    const void **items = cl_array_alloc(result->count, sizeof(*items));
    struct cl_query_source source = {.fields = cl_connector_fields,
                                     .field_count = cl_connector_field_count,
                                     .items = items,
                                     .item_count = result->count,
                                     .labels_of = cl_connector_labels_of};

    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < result->count; i++)
        items[i] = &result->items[i];
    enum cl_code code = cl_query_select(&request->query, &source, &result->selection, err);
    cl_free(items);
    return code;
}

static enum cl_code note_users(struct cl_store *store, struct cl_list_result *ret,
                               struct cl_err *err)
{
    ret->components = cl_array_alloc(ret->count, sizeof(*ret->components));
    if (ret->components == NULL)
        return cl_err_no_memory(err);
    return store->ops->component_each(store, CL_STR_NONE, note_user, ret, err);
}

/* Filters and orders look at what only whole rows tell, such as the default resource id. */
static enum cl_code list_selected(struct cl_store *store, struct collecting *collecting,
                                  struct cl_err *err)
{
    struct cl_list_result *result = collecting->result;

    CL_TRY(store->ops->connector_each(store, collect, collecting, err));
    CL_TRY(note_users(store, result, err));
    if (collecting->request->only_unused)
        drop_used(result);
    return select_page(collecting->request, result, err);
}

static bool asks_for_a_page(const struct cl_list_request *request)
{
    return !request->only_expired && !request->only_unused && request->expires_within_s == 0 &&
           cl_query_is_plain_page(&request->query);
}

static enum cl_code list_page(struct cl_store *store, struct collecting *collecting,
                              struct cl_err *err)
{
    const struct cl_query *query = &collecting->request->query;
    struct cl_list_result *result = collecting->result;
    int64_t total = 0;

    CL_TRY(cl_query_check_page(query, err));
    struct cl_connector_page page = {
        .viewer = collecting->call->actor, .first = cl_query_first(query), .count = query->size};
    CL_TRY(store->ops->connector_page(store, &page, collect, collecting, &total, err));
    CL_TRY(note_users(store, result, err));
    return cl_query_select_page(query, result->count, total, &result->selection, err);
}

enum cl_code app_list(struct cl_api *api, const struct cl_call *call,
                      const struct cl_list_request *request, struct cl_list_result *ret,
                      struct cl_err *err)
{
    struct collecting collecting = {.call = call, .request = request, .result = ret};
    struct cl_store *store = NULL;

    CL_TRY(app_store(app_of(api), &store, err));
    return asks_for_a_page(request) ? list_page(store, &collecting, err)
                                    : list_selected(store, &collecting, err);
}

/* With its secrets where they are needed to take back what it issued; one that cannot be opened
 * any more can still be deleted. */
static enum cl_code find_to_remove(struct app *app, const struct cl_call *call,
                                   const struct cl_ref *ref, struct cl_connector *ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector armed = {.id = ""};
    struct cl_err ignored = CL_ERR_NONE;

    CL_TRY(app_find(app, call, ref, false, ret, err));
    if (!app_can_revoke(ret) || app_find(app, call, ref, true, &armed, &ignored) != CL_OK ||
        strcmp(armed.id, ret->id) != 0)
        return CL_OK;
    cl_connector_cleanup(ret);
    CL_MOVE_TO(ret, armed);
    return CL_OK;
}

enum cl_code app_remove(struct cl_api *api, const struct cl_call *call,
                        const struct cl_delete_request *request, struct cl_delete_result *ret,
                        struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct app *app = app_of(api);
    struct cl_store *store = NULL;

    CL_TRY(find_to_remove(app, call, &request->ref, &conn, err));
    CL_TRY(app_store(app, &store, err));
    CL_TRY(cl_str_dup(cl_str_of(conn.name), &ret->name, err));
    struct cl_audit_event event = app_event(call, "connector.delete", &conn, CL_OK);
    CL_TRY(store->ops->connector_delete(store, conn.id, request->force, &event, &ret->disconnected,
                                        err));
    app_revoke(app, call, &conn, &ret->warnings);
    return CL_OK;
}
