#include "app/internal.h"

#include "core/stand_in.h"

/* Linking a component to one resource of a connector (framework §14, cli.md §6.1). */

struct connecting {
    struct app *app;
    const struct cl_call *call;
    const struct cl_component_connect_request *request;
    struct cl_component *component;
    struct cl_connector *conn; /* with secrets if it is to be verified */
};

static enum cl_code check_requirement(const struct connecting *connecting, struct cl_err *err)
{
    const struct cl_flavor *flavor = connecting->component->flavor;
    const struct cl_connector *conn = connecting->conn;
    CL_AUTO(cl_string) char *types = NULL;

    CL_TRY(cl_strs_join(&conn->resource_types, ", ", &types, err));
    if (flavor->connector_type != NULL && strcmp(flavor->connector_type, conn->type->id) != 0) {
        return cl_err_set(err, CL_E_INVALID,
                          "flavor '%s' takes a connector of type '%s', but '%s' is of type '%s'",
                          flavor->id, flavor->connector_type, conn->name, conn->type->id);
    }
    if (!cl_strs_has(&conn->resource_types, cl_str_of(flavor->resource_type))) {
        return cl_err_set(err, CL_E_INVALID,
                          "flavor '%s' takes a '%s' resource, but connector '%s' gives: %s",
                          flavor->id, flavor->resource_type, conn->name, types);
    }
    return CL_OK;
}

static enum cl_code check_equivalent(const struct connecting *connecting,
                                     const struct cl_resource_type *type, struct cl_str own,
                                     struct cl_err *err)
{
    CL_AUTO(cl_string) char *a = NULL;
    CL_AUTO(cl_string) char *b = NULL;
    struct cl_str given = connecting->request->resource_id;

    CL_TRY(cl_scope_canonical(connecting->conn, type, own, &a, err));
    CL_TRY(cl_scope_canonical(connecting->conn, type, given, &b, err));
    if (strcmp(a, b) == 0)
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID, "component '%s' is configured for '%s', not for '%.*s'",
                      connecting->component->name, a, CL_STR_ARG(given));
}

/* The component's own attribute, else what was asked for; empty: the connector's. */
static enum cl_code wanted_id(const struct connecting *connecting,
                              const struct cl_resource_type *type, struct cl_str *ret,
                              struct cl_err *err)
{
    const struct cl_component *component = connecting->component;
    const char *attr = component->flavor->resource_id_attr;

    *ret = connecting->request->resource_id;
    if (attr == NULL)
        return CL_OK;
    struct cl_str own = cl_config_text(&component->config, attr);
    if (own.len == 0) {
        return cl_err_set(err, CL_E_INVALID, "attribute '%s' of component '%s' is not set", attr,
                          component->name);
    }
    if (ret->len > 0)
        CL_TRY(check_equivalent(connecting, type, own, err));
    *ret = own;
    return CL_OK;
}

static enum cl_code need_id(const struct connecting *connecting, const struct cl_resolved *scope,
                            struct cl_err *err)
{
    if (scope->id != NULL || !scope->type->supports_instances)
        return CL_OK;
    return cl_err_set(err, CL_E_ID_REQUIRED,
                      "connector '%s' reaches several %s resources; pass --resource-id",
                      connecting->conn->name, scope->type->title);
}

static enum cl_code verify(const struct connecting *connecting, const struct cl_resolved *scope,
                           struct cl_component_connect_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_map) struct cl_map facts = CL_MAP_NONE;
    struct app_check check = {.conn = connecting->conn,
                              .want_type = cl_str_of(scope->type->id),
                              .want_id = cl_str_of(scope->id),
                              .list = true,
                              .identify = true};

    CL_TRY(app_check_connector(connecting->call, &check, &ret->resources, &facts, err));
    if (ret->resources.error.code != CL_OK) {
        *err = ret->resources.error;
        return err->code;
    }
    ret->verified = true;
    return CL_OK;
}

static enum cl_code link(const struct connecting *connecting, const struct cl_resolved *scope,
                         const struct cl_component_connect_result *ret, struct cl_err *err)
{
    const struct cl_connector *conn = connecting->conn;
    struct cl_store *store = NULL;
    const char *id = scope->id;

    if (ret->verified && ret->resources.rows[0].ids.count == 1)
        id = ret->resources.rows[0].ids.items[0];
    struct cl_audit_event event = app_event(connecting->call, "connector.link", conn, CL_OK);
    event.resource_type = scope->type->id;
    event.resource_id = id;
    CL_TRY(app_store(connecting->app, &store, err));
    struct cl_component_link made = {
        .connector_id = conn->id, .generation = conn->generation, .resource_id = id};
    return store->ops->component_link(store, connecting->component->id, &made, &event, err);
}

static enum cl_code connect_scoped(const struct connecting *connecting, struct cl_resolved *scope,
                                   struct cl_component_connect_result *ret, struct cl_err *err)
{
    const struct cl_flavor *flavor = connecting->component->flavor;
    struct cl_str type_id = cl_str_of(flavor->resource_type);
    const struct cl_resource_type *type = cl_type_resource(connecting->conn->type, type_id);
    struct cl_str id = CL_STR_NONE;

    CL_TRY(wanted_id(connecting, type, &id, err));
    struct cl_want want = {.type = type_id, .id = id, .need_type = true};
    CL_TRY(cl_scope_resolve(connecting->conn, &want, scope, err));
    CL_TRY(need_id(connecting, scope, err));
    if (connecting->request->verify)
        CL_TRY(verify(connecting, scope, ret, err));
    return link(connecting, scope, ret, err);
}

enum cl_code app_component_connect(struct cl_api *api, const struct cl_call *call,
                                   const struct cl_component_connect_request *request,
                                   struct cl_component_connect_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    CL_AUTO(cl_resolved) struct cl_resolved scope = {.type = NULL};
    struct connecting connecting = {.app = app_of(api),
                                    .call = call,
                                    .request = request,
                                    .component = &component,
                                    .conn = &ret->connector};
    struct cl_ref ref = {.text = request->connector};

    CL_TRY(app_component_get(api, call, &request->component, &component, err));
    CL_TRY(cl_component_require_flavor(&component, err));
    if (component.flavor->resource_type == NULL) {
        return cl_err_set(err, CL_E_INVALID, "'%s' does not take a service connector (flavor '%s')",
                          component.name, component.flavor->id);
    }
    CL_TRY(app_find_usable(app_of(api), call, &ref, request->verify, &ret->connector, err));
    CL_TRY(check_requirement(&connecting, err));
    enum cl_code code = connect_scoped(&connecting, &scope, ret, err);
    cl_connector_drop_secrets(&ret->connector);
    CL_TRY(code);
    return app_component_get(api, call, &request->component, &ret->component, err);
}
