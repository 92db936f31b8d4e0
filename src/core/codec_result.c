#include "base/alloc.h"
#include "core/codec_util.h"
#include "core/quote.h"
#include "core/registry.h"
#include "core/result_codec.h"

/* Results never carry secrets, whatever the connector was loaded with; only cl_api's get does. */
static enum cl_code add_connector(struct cl_json_build *build, const char *key,
                                  const struct cl_connector *conn, struct cl_err *err)
{
    json_t *json = NULL;

    CL_TRY(cl_connector_encode(conn, CL_SECRETS_HIDDEN, &json, err));
    cl_json_add_value(build, key, json);
    return CL_OK;
}

static enum cl_code add_resources(struct cl_json_build *build, const char *key,
                                  const struct cl_resource_list *list, struct cl_err *err)
{
    json_t *json = NULL;

    CL_TRY(cl_resource_list_encode(list, &json, err));
    cl_json_add_value(build, key, json);
    return CL_OK;
}

static enum cl_code add_component(struct cl_json_build *build, const char *key,
                                  const struct cl_component *component, struct cl_err *err)
{
    json_t *json = NULL;

    CL_TRY(cl_component_encode(component, &json, err));
    cl_json_add_value(build, key, json);
    return CL_OK;
}

enum cl_code cl_type_list_encode(const struct cl_type_list *list, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_array(&build, NULL);
    for (size_t i = 0; i < list->count; i++) {
        json_t *json = NULL;
        CL_TRY(cl_type_encode(list->items[i], &json, err));
        cl_json_add_value(&build, NULL, json);
    }
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code find_types(const json_t *json, struct cl_type_list *list, struct cl_err *err)
{
    list->items = cl_array_alloc(json_array_size(json), sizeof(void *));
    if (list->items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < json_array_size(json); i++) {
        struct cl_str id = cl_json_str(json_array_get(json, i), "connector_type");
        const struct cl_connector_type *type = cl_registry_find(id);
        if (type == NULL) {
            return cl_err_set(err, CL_E_INVALID_REQUEST, "connector type '%s' is not known here",
                              cl_quote(id).text);
        }
        list->items[list->count++] = type;
    }
    list->capacity = list->count;
    return CL_OK;
}

enum cl_code cl_type_list_decode(const json_t *json, struct cl_type_list *ret, struct cl_err *err)
{
    CL_AUTO(cl_type_list) struct cl_type_list list = {.items = NULL};

    if (!json_is_array(json))
        return cl_err_set(err, CL_E_INVALID_REQUEST, "the list of types is not a JSON array");
    CL_TRY(find_types(json, &list, err));
    cl_type_list_cleanup(ret);
    CL_MOVE_TO(ret, list);
    return CL_OK;
}

enum cl_code cl_register_result_encode(const struct cl_register_result *result, json_t **ret,
                                       struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    CL_TRY(add_connector(&build, "connector", &result->connector, err));
    cl_json_add_bool(&build, "existing", result->existing);
    cl_json_add_bool(&build, "verified", result->verified);
    CL_TRY(add_resources(&build, "resources", &result->resources, err));
    cl_json_add_strs(&build, "warnings", &result->warnings);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_register_result_decode(const json_t *json, struct cl_register_result *ret,
                                       struct cl_err *err)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    CL_TRY(cl_read_object(json, "the result", err));
    CL_TRY(cl_connector_decode(json_object_get(json, "connector"), &result.connector, err));
    CL_TRY(cl_read_bool(json, "existing", &result.existing, err));
    CL_TRY(cl_read_bool(json, "verified", &result.verified, err));
    CL_TRY(cl_resource_list_decode(json_object_get(json, "resources"), &result.resources, err));
    CL_TRY(cl_read_strs(json, "warnings", &result.warnings, err));
    cl_register_result_cleanup(ret);
    CL_MOVE_TO(ret, result);
    return CL_OK;
}

static void add_page(struct cl_json_build *build, const struct cl_selection *selection)
{
    cl_json_open_object(build, "pagination");
    cl_json_add_i64(build, "index", selection->page);
    cl_json_add_i64(build, "max_size", selection->size);
    cl_json_add_i64(build, "total_pages", selection->page_count);
    cl_json_add_i64(build, "total", selection->total);
    cl_json_close(build);
}

/* The items that came along are the page, all of it and in its order. */
static enum cl_code read_page(const json_t *json, size_t count, struct cl_selection *ret,
                              struct cl_err *err)
{
    const json_t *page = cl_json_get(json, "pagination");

    CL_TRY(cl_read_object(page, "'pagination'", err));
    CL_TRY(cl_read_i64(page, "index", 1, &ret->page, err));
    CL_TRY(cl_read_i64(page, "max_size", 0, &ret->size, err));
    CL_TRY(cl_read_i64(page, "total_pages", 1, &ret->page_count, err));
    CL_TRY(cl_read_i64(page, "total", 0, &ret->total, err));
    ret->indexes = cl_array_alloc(count, sizeof(*ret->indexes));
    if (ret->indexes == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < count; i++)
        ret->indexes[i] = i;
    ret->count = count;
    return CL_OK;
}

enum cl_code cl_list_result_encode(const struct cl_list_result *result, json_t **ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_open_array(&build, "items");
    for (size_t i = 0; i < result->selection.count; i++) {
        size_t at = result->selection.indexes[i];
        cl_json_open_object(&build, NULL);
        CL_TRY(add_connector(&build, "connector", &result->items[at], err));
        cl_json_add_strs(&build, "components", &result->components[at]);
        cl_json_close(&build);
    }
    cl_json_close(&build);
    add_page(&build, &result->selection);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_items(const json_t *items, struct cl_list_result *ret, struct cl_err *err)
{
    size_t count = json_array_size(items);

    ret->items = cl_array_alloc(count, sizeof(*ret->items));
    ret->components = cl_array_alloc(count, sizeof(*ret->components));
    if (ret->items == NULL || ret->components == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(items, i);
        ret->count++; /* counted first, so that what a bad item holds is freed */
        CL_TRY(cl_read_object(item, "an item", err));
        CL_TRY(cl_connector_decode(json_object_get(item, "connector"), &ret->items[i], err));
        CL_TRY(cl_read_strs(item, "components", &ret->components[i], err));
    }
    return CL_OK;
}

enum cl_code cl_list_result_decode(const json_t *json, struct cl_list_result *ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    const json_t *items = NULL;

    CL_TRY(cl_read_object(json, "the result", err));
    CL_TRY(cl_read_array(json, "items", &items, err));
    CL_TRY(read_items(items, &result, err));
    CL_TRY(read_page(json, result.count, &result.selection, err));
    cl_list_result_cleanup(ret);
    CL_MOVE_TO(ret, result);
    return CL_OK;
}

enum cl_code cl_delete_result_encode(const struct cl_delete_result *result, json_t **ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "name", result->name);
    cl_json_add_strs(&build, "disconnected", &result->disconnected);
    cl_json_add_strs(&build, "warnings", &result->warnings);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_delete_result_decode(const json_t *json, struct cl_delete_result *ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};

    CL_TRY(cl_read_object(json, "the result", err));
    CL_TRY(cl_read_text(json, "name", &result.name, err));
    CL_TRY(cl_read_strs(json, "disconnected", &result.disconnected, err));
    CL_TRY(cl_read_strs(json, "warnings", &result.warnings, err));
    cl_delete_result_cleanup(ret);
    CL_MOVE_TO(ret, result);
    return CL_OK;
}

enum cl_code cl_issue_client_result_encode(const struct cl_issue_client_result *result,
                                           json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    json_t *issued = NULL;

    cl_json_open_object(&build, NULL);
    CL_TRY(add_connector(&build, "connector", &result->connector, err));
    CL_TRY(cl_issued_encode(&result->issued, &issued, err));
    cl_json_add_value(&build, "client", issued);
    cl_json_add_bool(&build, "cached", result->cached);
    cl_json_add_strs(&build, "warnings", &result->warnings);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_issue_client_result_decode(const json_t *json, struct cl_issue_client_result *ret,
                                           struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    CL_TRY(cl_read_object(json, "the result", err));
    CL_TRY(cl_connector_decode(json_object_get(json, "connector"), &result.connector, err));
    CL_TRY(cl_issued_decode(json_object_get(json, "client"), &result.issued, err));
    CL_TRY(cl_read_bool(json, "cached", &result.cached, err));
    CL_TRY(cl_read_strs(json, "warnings", &result.warnings, err));
    cl_issue_client_result_cleanup(ret);
    CL_MOVE_TO(ret, result);
    return CL_OK;
}

enum cl_code cl_component_connect_result_encode(const struct cl_component_connect_result *result,
                                                json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    CL_TRY(add_component(&build, "component", &result->component, err));
    CL_TRY(add_connector(&build, "connector", &result->connector, err));
    cl_json_add_bool(&build, "verified", result->verified);
    CL_TRY(add_resources(&build, "resources", &result->resources, err));
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_component_connect_result_decode(const json_t *json,
                                                struct cl_component_connect_result *ret,
                                                struct cl_err *err)
{
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};

    CL_TRY(cl_read_object(json, "the result", err));
    CL_TRY(cl_component_decode(json_object_get(json, "component"), &result.component, err));
    CL_TRY(cl_connector_decode(json_object_get(json, "connector"), &result.connector, err));
    CL_TRY(cl_read_bool(json, "verified", &result.verified, err));
    CL_TRY(cl_resource_list_decode(json_object_get(json, "resources"), &result.resources, err));
    cl_component_connect_result_cleanup(ret);
    CL_MOVE_TO(ret, result);
    return CL_OK;
}

enum cl_code cl_component_list_result_encode(const struct cl_component_list_result *result,
                                             json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_open_array(&build, "items");
    for (size_t i = 0; i < result->selection.count; i++)
        CL_TRY(add_component(&build, NULL, &result->items[result->selection.indexes[i]], err));
    cl_json_close(&build);
    add_page(&build, &result->selection);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_component_list_result_decode(const json_t *json,
                                             struct cl_component_list_result *ret,
                                             struct cl_err *err)
{
    CL_AUTO(cl_component_list_result) struct cl_component_list_result result = {.items = NULL};
    const json_t *items = NULL;

    CL_TRY(cl_read_object(json, "the result", err));
    CL_TRY(cl_read_array(json, "items", &items, err));
    result.items = cl_array_alloc(json_array_size(items), sizeof(*result.items));
    if (result.items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < json_array_size(items); i++) {
        result.count++;
        CL_TRY(cl_component_decode(json_array_get(items, i), &result.items[i], err));
    }
    CL_TRY(read_page(json, result.count, &result.selection, err));
    cl_component_list_result_cleanup(ret);
    CL_MOVE_TO(ret, result);
    return CL_OK;
}
