#include "encoded_api.h"

#include <assert.h>

#include "base/alloc.h"
#include "codec/json_build.h"
#include "core/result_codec.h"
#include "encoded_discovery.h"
#include "passage.h"

struct encoded_api {
    struct cl_api api;
    struct cl_api *inner;
};

static struct cl_api *inner_of(struct cl_api *api)
{
    return ((struct encoded_api *)api)->inner;
}

/* The answer to a disconnection, which cl_api gives in two places. */
struct disconnection {
    struct cl_component component;
    bool had_connector;
};

static void disconnection_cleanup(struct disconnection *value)
{
    cl_component_cleanup(&value->component);
}

static enum cl_code disconnection_encode(const struct disconnection *value, json_t **ret,
                                         struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = json_object();
    json_t *component = NULL;

    if (object == NULL)
        return cl_err_no_memory(err);
    CL_TRY(cl_component_encode(&value->component, &component, err));
    CL_TRY(cl_json_put(object, "component", component, err));
    CL_TRY(cl_json_put(object, "had_connector", json_boolean(value->had_connector), err));
    *ret = CL_MOVE(object);
    return CL_OK;
}

static enum cl_code disconnection_decode(const json_t *json, struct disconnection *ret,
                                         struct cl_err *err)
{
    ret->had_connector = cl_json_bool(json, "had_connector", false);
    return cl_component_decode(cl_json_get(json, "component"), &ret->component, err);
}

static enum cl_code shown_connector_encode(const struct cl_connector *conn, json_t **ret,
                                           struct cl_err *err)
{
    return cl_connector_encode(conn, CL_SECRETS_SHOWN, ret, err);
}

/* Gives the typed functions of one kind of result the one type that struct operation has. */
#define RESULT(name, encoder, decoder, cleaner)                                             \
    static enum cl_code encode_##name(const void *result, json_t **ret, struct cl_err *err) \
    {                                                                                       \
        return encoder(result, ret, err);                                                   \
    }                                                                                       \
    static enum cl_code decode_##name(const json_t *json, void *ret, struct cl_err *err)    \
    {                                                                                       \
        return decoder(json, ret, err);                                                     \
    }                                                                                       \
    static void cleanup_##name(void *result)                                                \
    {                                                                                       \
        cleaner(result);                                                                    \
    }

RESULT(types, cl_type_list_encode, cl_type_list_decode, cl_type_list_cleanup)
RESULT(discovered, cl_discovered_encode, cl_discovered_decode, cl_discovered_cleanup)
RESULT(registered, cl_register_result_encode, cl_register_result_decode, cl_register_result_cleanup)
RESULT(connector, shown_connector_encode, cl_connector_decode, cl_connector_cleanup)
RESULT(list, cl_list_result_encode, cl_list_result_decode, cl_list_result_cleanup)
RESULT(deleted, cl_delete_result_encode, cl_delete_result_decode, cl_delete_result_cleanup)
RESULT(resources, cl_resource_list_encode, cl_resource_list_decode, cl_resource_list_cleanup)
RESULT(issued, cl_issue_client_result_encode, cl_issue_client_result_decode,
       cl_issue_client_result_cleanup)
RESULT(component, cl_component_encode, cl_component_decode, cl_component_cleanup)
RESULT(components, cl_component_list_result_encode, cl_component_list_result_decode,
       cl_component_list_result_cleanup)
RESULT(connected, cl_component_connect_result_encode, cl_component_connect_result_decode,
       cl_component_connect_result_cleanup)
RESULT(disconnected, disconnection_encode, disconnection_decode, disconnection_cleanup)

/* An operation of the inner api, and the one of ours that passes it through text. */
#define OPERATION(op, request_kind, request_type, result_type, result_name)                       \
    static enum cl_code run_##op(struct cl_api *inner, const struct cl_call *call,                \
                                 const void *request, void *result, struct cl_err *err)           \
    {                                                                                             \
        return inner->ops->op(inner, call, request, result, err);                                 \
    }                                                                                             \
    static enum cl_code encoded_##op(struct cl_api *api, const struct cl_call *call,              \
                                     const struct request_type *request, struct result_type *ret, \
                                     struct cl_err *err)                                          \
    {                                                                                             \
        static const struct operation operation = {.kind = (request_kind),                        \
                                                   .run = run_##op,                               \
                                                   .encode = encode_##result_name,                \
                                                   .decode = decode_##result_name,                \
                                                   .cleanup = cleanup_##result_name};             \
        return pass_through(&operation, inner_of(api), call, request, ret, err);                  \
    }

OPERATION(types, CL_REQUEST_TYPES, cl_type_filter, cl_type_list, types)
OPERATION(auto_configure, CL_REQUEST_AUTO_CONFIGURE, cl_auto_request, cl_discovered, discovered)
OPERATION(scan, CL_REQUEST_AUTO_CONFIGURE, cl_auto_request, cl_discovered, discovered)
OPERATION(register_connector, CL_REQUEST_REGISTER, cl_register_request, cl_register_result,
          registered)
OPERATION(update, CL_REQUEST_UPDATE, cl_update_request, cl_register_result, registered)
OPERATION(get, CL_REQUEST_GET, cl_get_request, cl_connector, connector)
OPERATION(list, CL_REQUEST_LIST, cl_list_request, cl_list_result, list)
OPERATION(remove, CL_REQUEST_DELETE, cl_delete_request, cl_delete_result, deleted)
OPERATION(verify, CL_REQUEST_VERIFY, cl_verify_request, cl_resource_list, resources)
OPERATION(issue, CL_REQUEST_ISSUE, cl_issue_client_request, cl_issue_client_result, issued)
OPERATION(component_register, CL_REQUEST_COMPONENT_REGISTER, cl_component_register_request,
          cl_component, component)
OPERATION(component_get, CL_REQUEST_COMPONENT_REF, cl_component_ref, cl_component, component)
OPERATION(component_list, CL_REQUEST_COMPONENT_LIST, cl_component_list_request,
          cl_component_list_result, components)
OPERATION(component_connect, CL_REQUEST_COMPONENT_CONNECT, cl_component_connect_request,
          cl_component_connect_result, connected)
OPERATION(component_remove, CL_REQUEST_COMPONENT_REF, cl_component_ref, cl_component, component)

static enum cl_code run_disconnect(struct cl_api *inner, const struct cl_call *call,
                                   const void *request, void *result, struct cl_err *err)
{
    struct disconnection *value = result;

    return inner->ops->component_disconnect(inner, call, request, &value->had_connector,
                                            &value->component, err);
}

static enum cl_code encoded_disconnect(struct cl_api *api, const struct cl_call *call,
                                       const struct cl_component_ref *ref, bool *had_connector,
                                       struct cl_component *ret, struct cl_err *err)
{
    static const struct operation operation = {.kind = CL_REQUEST_COMPONENT_REF,
                                               .run = run_disconnect,
                                               .encode = encode_disconnected,
                                               .decode = decode_disconnected,
                                               .cleanup = cleanup_disconnected};
    struct disconnection value = {.had_connector = false};

    CL_TRY(pass_through(&operation, inner_of(api), call, ref, &value, err));
    *had_connector = value.had_connector;
    cl_component_cleanup(ret);
    *ret = value.component;
    return CL_OK;
}

static enum cl_code encoded_discover(struct cl_api *api, const struct cl_call *call,
                                     const struct cl_discovery_request *request,
                                     struct cl_discovery **ret, struct cl_err *err)
{
    return encoded_discovery_start(inner_of(api), call, request, ret, err);
}

static void encoded_free(struct cl_api *api)
{
    struct cl_api *inner = inner_of(api);

    inner->ops->free(inner);
    cl_free(api);
}

static const struct cl_api_ops encoded_ops = {
    .types = encoded_types,
    .auto_configure = encoded_auto_configure,
    .scan = encoded_scan,
    .register_connector = encoded_register_connector,
    .update = encoded_update,
    .get = encoded_get,
    .list = encoded_list,
    .remove = encoded_remove,
    .verify = encoded_verify,
    .discover = encoded_discover,
    .issue = encoded_issue,
    .component_register = encoded_component_register,
    .component_get = encoded_component_get,
    .component_list = encoded_component_list,
    .component_connect = encoded_component_connect,
    .component_disconnect = encoded_disconnect,
    .component_remove = encoded_component_remove,
    .free = encoded_free,
};

struct cl_api *cl_encoded_api_wrap(struct cl_api *inner)
{
    struct encoded_api *wrapped = cl_alloc(sizeof(*wrapped));

    assert(wrapped != NULL);
    wrapped->api.ops = &encoded_ops;
    wrapped->inner = inner;
    return &wrapped->api;
}
