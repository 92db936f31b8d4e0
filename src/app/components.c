#include "app/internal.h"
#include "base/alloc.h"
#include "core/fields.h"

/* Stack components: named consumers that are linked to one resource of a connector. */

struct using
{
    const char *connector_id;
    struct cl_strs *names;
};

static enum cl_code note_user(void *ctx, struct cl_component *component, struct cl_err *err)
{
    const struct using *using = ctx;

    if (strcmp(component->connector_id, using->connector_id) != 0)
        return CL_OK;
    return cl_strs_add(using->names, cl_str_of(component->name), err);
}

enum cl_code app_components_of(struct app *app, const char *connector_id, struct cl_strs *ret,
                               struct cl_err *err)
{
    struct using using = {.connector_id = connector_id, .names = ret};
    struct cl_store *store = NULL;

    CL_TRY(app_store(app, &store, err));
    return store->ops->component_each(store, CL_STR_NONE, note_user, &using, err);
}

static enum cl_code require_kind(struct cl_str id, const struct cl_component_kind **ret,
                                 struct cl_err *err)
{
    *ret = cl_kind_find(id);
    if (*ret == NULL)
        return cl_err_set(err, CL_E_NOT_FOUND, "no component kind '%.*s'", CL_STR_ARG(id));
    return CL_OK;
}

static enum cl_code fill(const struct cl_call *call,
                         const struct cl_component_register_request *request,
                         struct cl_component *ret, struct cl_err *err)
{
    CL_TRY(require_kind(request->kind, &ret->kind, err));
    CL_TRY(cl_flavor_require(ret->kind, request->flavor, &ret->flavor, err));
    CL_TRY(cl_connector_check_name(request->name, err));
    CL_TRY(cl_str_dup(request->name, &ret->name, err));
    CL_TRY(cl_str_dup(cl_str_of(call->actor), &ret->owner, err));
    CL_TRY(cl_flavor_config(ret->flavor, NULL, request->input, &ret->config, err));
    CL_TRY(cl_labels_check(&request->labels, err));
    CL_TRY(cl_map_copy(&request->labels, &ret->labels, err));
    CL_TRY(cl_uuid_new(call->world, ret->id, err));
    ret->created_at_us = call->world->now_us(call->world->ctx);
    ret->updated_at_us = ret->created_at_us;
    return CL_OK;
}

enum cl_code app_component_register(struct cl_api *api, const struct cl_call *call,
                                    const struct cl_component_register_request *request,
                                    struct cl_component *ret, struct cl_err *err)
{
    struct cl_store *store = NULL;

    CL_TRY(fill(call, request, ret, err));
    CL_TRY(app_store(app_of(api), &store, err));
    return store->ops->component_insert(store, ret, err);
}

enum cl_code app_component_get(struct cl_api *api, const struct cl_call *call,
                               const struct cl_component_ref *ref, struct cl_component *ret,
                               struct cl_err *err)
{
    const struct cl_component_kind *kind = NULL;
    struct cl_store *store = NULL;

    (void)call;
    CL_TRY(require_kind(ref->kind, &kind, err));
    CL_TRY(app_store(app_of(api), &store, err));
    return store->ops->component_find(store, cl_str_of(kind->id), ref->ref.text,
                                      ref->ref.allow_name_prefix, ret, err);
}

struct collecting {
    struct cl_component_list_result *result;
    size_t capacity;
};

static enum cl_code collect(void *ctx, struct cl_component *component, struct cl_err *err)
{
    struct collecting *collecting = ctx;
    struct cl_component_list_result *result = collecting->result;
    void *grown = cl_array_grow(result->items, &collecting->capacity, result->count + 1,
                                sizeof(*result->items));

    if (grown == NULL)
        return cl_err_no_memory(err);
    result->items = grown;
    result->items[result->count++] = *component;
    *component = (struct cl_component){.id = ""};
    return CL_OK;
}

enum cl_code app_component_list(struct cl_api *api, const struct cl_call *call,
                                const struct cl_component_list_request *request,
                                struct cl_component_list_result *ret, struct cl_err *err)
{
    struct collecting collecting = {.result = ret};
    const struct cl_component_kind *kind = NULL;
    struct cl_store *store = NULL;

    (void)call;
    CL_TRY(require_kind(request->kind, &kind, err));
    CL_TRY(app_store(app_of(api), &store, err));
    CL_TRY(store->ops->component_each(store, cl_str_of(kind->id), collect, &collecting, err));
    const void **items = cl_array_alloc(ret->count, sizeof(*items));
    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < ret->count; i++)
        items[i] = &ret->items[i];
    struct cl_query_source source = {.fields = cl_component_fields,
                                     .field_count = cl_component_field_count,
                                     .items = items,
                                     .item_count = ret->count,
                                     .labels_of = cl_component_labels_of};
    enum cl_code code = cl_query_select(&request->query, &source, &ret->selection, err);
    cl_free(items);
    return code;
}

enum cl_code app_component_disconnect(struct cl_api *api, const struct cl_call *call,
                                      const struct cl_component_ref *ref, bool *had_connector,
                                      struct cl_component *ret, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    struct cl_store *store = NULL;

    CL_TRY(app_component_get(api, call, ref, &component, err));
    if (component.connector_id[0] == '\0') {
        *had_connector = false;
    } else {
        struct cl_audit_event event = app_event(call, "connector.unlink", NULL, CL_OK);
        event.connector_id = component.connector_id;
        event.connector_name = component.connector_name;
        event.resource_id = component.resource_id;
        CL_TRY(app_store(app_of(api), &store, err));
        CL_TRY(store->ops->component_link(store, component.id, NULL, &event, err));
        *had_connector = true;
    }
    return app_component_get(api, call, ref, ret, err);
}

enum cl_code app_component_remove(struct cl_api *api, const struct cl_call *call,
                                  const struct cl_component_ref *ref, struct cl_component *ret,
                                  struct cl_err *err)
{
    struct cl_store *store = NULL;

    CL_TRY(app_component_get(api, call, ref, ret, err));
    CL_TRY(app_store(app_of(api), &store, err));
    return store->ops->component_delete(store, ret->id, err);
}
