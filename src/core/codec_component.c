#include "core/codec_util.h"
#include "core/quote.h"
#include "core/stand_in.h"

static void add_connector(struct cl_json_build *build, const struct cl_component *component)
{
    if (component->connector_id[0] == '\0') {
        cl_json_add_null(build, "connector");
        return;
    }
    cl_json_open_object(build, "connector");
    cl_json_add_c(build, "id", component->connector_id);
    cl_json_add_c(build, "name", component->connector_name);
    cl_json_add_c(build, "connector_type", component->connector_type);
    cl_json_close(build);
}

enum cl_code cl_component_encode(const struct cl_component *component, json_t **ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_member_add_some(&build, "id", cl_str_of(component->id));
    cl_json_add_c(&build, "name", component->name);
    cl_json_add_c(&build, "kind", component->kind == NULL ? NULL : component->kind->id);
    cl_json_add_c(&build, "flavor", component->flavor == NULL ? NULL : component->flavor->id);
    cl_member_add_config(&build, &component->config);
    cl_member_add_map(&build, "labels", &component->labels);
    cl_json_add_c(&build, "owner", component->owner);
    cl_json_add_bool(&build, "active", false); /* there are no stacks to be active in */
    add_connector(&build, component);
    cl_json_add_c(&build, "connector_resource_id", component->resource_id);
    cl_member_add_time_us(&build, "created", component->created_at_us);
    cl_member_add_time_us(&build, "updated", component->updated_at_us);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_tables(const json_t *json, struct cl_component *component,
                                struct cl_err *err)
{
    struct cl_str kind = CL_STR_NONE;
    struct cl_str flavor = CL_STR_NONE;

    CL_TRY(cl_read_str(json, "kind", &kind, err));
    CL_TRY(cl_read_str(json, "flavor", &flavor, err));
    component->kind = cl_kind_find(kind);
    if (kind.len > 0 && component->kind == NULL) {
        return cl_err_set(err, CL_E_INVALID_REQUEST, "component kind '%s' is not known here",
                          cl_quote(kind).text);
    }
    if (flavor.len == 0)
        return CL_OK;
    if (component->kind == NULL)
        return cl_err_set(err, CL_E_INVALID_REQUEST, "a flavor belongs to a 'kind'");
    component->flavor = cl_flavor_find(kind, flavor);
    return component->flavor != NULL ? CL_OK : cl_component_stand_in(component, flavor, err);
}

static enum cl_code read_connector(const json_t *json, struct cl_component *component,
                                   struct cl_err *err)
{
    const json_t *connector = cl_json_get(json, "connector");

    if (connector == NULL)
        return CL_OK;
    CL_TRY(cl_read_object(connector, "'connector'", err));
    CL_TRY(cl_read_into(connector, "id", component->connector_id, sizeof(component->connector_id),
                        err));
    CL_TRY(cl_read_text(connector, "name", &component->connector_name, err));
    return cl_read_text(connector, "connector_type", &component->connector_type, err);
}

enum cl_code cl_component_decode(const json_t *json, struct cl_component *ret, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.name = NULL};

    CL_TRY(cl_read_object(json, "the component", err));
    CL_TRY(cl_read_into(json, "id", component.id, sizeof(component.id), err));
    CL_TRY(cl_read_text(json, "name", &component.name, err));
    CL_TRY(read_tables(json, &component, err));
    CL_TRY(cl_config_decode(json, &component.config, err));
    CL_TRY(cl_read_map(json, "labels", &component.labels, err));
    CL_TRY(cl_read_text(json, "owner", &component.owner, err));
    CL_TRY(read_connector(json, &component, err));
    CL_TRY(cl_read_text(json, "connector_resource_id", &component.resource_id, err));
    CL_TRY(cl_read_time_us(json, "created", &component.created_at_us, err));
    CL_TRY(cl_read_time_us(json, "updated", &component.updated_at_us, err));
    cl_component_cleanup(ret);
    CL_MOVE_TO(ret, component);
    return CL_OK;
}
