#include "fake_api.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "core/codec_util.h"
#include "core/registry.h"
#include "core/request_codec.h"
#include "core/result_codec.h"
#include "json_text.h"

#define ANSWERS_MAX 32
#define CALLS_MAX ((size_t)1 << 20U)

struct answer {
    const char *operation; /* NULL: used up */
    json_t *json;          /* NULL: it fails */
    struct cl_err error;
};

struct fake_api {
    struct cl_api api;
    struct answer answers[ANSWERS_MAX];
    size_t answer_count;
    struct cl_buf calls;
};

static struct fake_api *fake_of(struct cl_api *api)
{
    return (struct fake_api *)api;
}

/* --- what was asked ------------------------------------------------------------------------ */

/* False, null, zero, empty texts and empty lists say nothing; in a patch they do. */
static bool is_empty(const json_t *value)
{
    return json_is_null(value) || json_is_false(value) ||
           (json_is_integer(value) && json_integer_value(value) == 0) ||
           (json_is_string(value) && json_string_length(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_object(value) && json_object_size(value) == 0);
}

static void prune(json_t *object)
{
    const char *key = NULL;
    json_t *value = NULL;
    void *next = NULL;

    json_object_foreach_safe(object, next, key, value)
    {
        if (json_is_object(value) && strcmp(key, "labels") != 0) /* there null means any value */
            prune(value);
        if (is_empty(value))
            (void)json_object_del(object, key);
    }
}

static enum cl_code note(struct fake_api *fake, const char *operation, enum cl_request_kind kind,
                         const void *request, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;

    CL_TRY(cl_request_encode(kind, request, &json, err));
    if (kind != CL_REQUEST_UPDATE)
        prune(json);
    cl_buf_addf(&fake->calls, "%s ", operation);
    cl_buf_add_json(&fake->calls, json, CL_JSON_COMPACT);
    cl_buf_add_c(&fake->calls, "\n");
    return cl_buf_ok(&fake->calls, err);
}

/* --- what is answered ---------------------------------------------------------------------- */

static struct answer *next_answer(struct fake_api *fake, const char *operation)
{
    for (size_t i = 0; i < fake->answer_count; i++) {
        struct answer *answer = &fake->answers[i];
        if (answer->operation != NULL && strcmp(answer->operation, operation) == 0)
            return answer;
    }
    return NULL;
}

/* Notes the request and takes the answer: a new reference. */
static enum cl_code ask(struct cl_api *api, const char *operation, enum cl_request_kind kind,
                        const void *request, json_t **ret, struct cl_err *err)
{
    struct fake_api *fake = fake_of(api);
    struct answer *answer = next_answer(fake, operation);

    CL_TRY(note(fake, operation, kind, request, err));
    if (answer == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "no answer was prepared for '%s'", operation);
    answer->operation = NULL;
    *ret = CL_MOVE(answer->json);
    if (answer->error.code == CL_OK)
        return CL_OK;
    *err = answer->error;
    return err->code;
}

#define ANSWER(name, operation, kind, request_type, result_type, decode)                        \
    static enum cl_code name(struct cl_api *api, const struct cl_call *call,                    \
                             const request_type *request, result_type *ret, struct cl_err *err) \
    {                                                                                           \
        CL_AUTO(cl_json) json_t *json = NULL;                                                   \
                                                                                                \
        (void)call;                                                                             \
        CL_TRY(ask(api, operation, kind, request, &json, err));                                 \
        return decode(json, ret, err);                                                          \
    }

/* clang-format off */
ANSWER(answer_auto, "auto_configure", CL_REQUEST_AUTO_CONFIGURE, struct cl_auto_request, struct cl_discovered, cl_discovered_decode)
ANSWER(answer_scan, "scan", CL_REQUEST_AUTO_CONFIGURE, struct cl_auto_request, struct cl_discovered, cl_discovered_decode)
ANSWER(answer_register, "register", CL_REQUEST_REGISTER, struct cl_register_request, struct cl_register_result, cl_register_result_decode)
ANSWER(answer_update, "update", CL_REQUEST_UPDATE, struct cl_update_request, struct cl_register_result, cl_register_result_decode)
ANSWER(answer_get, "get", CL_REQUEST_GET, struct cl_get_request, struct cl_connector, cl_connector_decode)
ANSWER(answer_list, "list", CL_REQUEST_LIST, struct cl_list_request, struct cl_list_result, cl_list_result_decode)
ANSWER(answer_remove, "delete", CL_REQUEST_DELETE, struct cl_delete_request, struct cl_delete_result, cl_delete_result_decode)
ANSWER(answer_verify, "verify", CL_REQUEST_VERIFY, struct cl_verify_request, struct cl_resource_list, cl_resource_list_decode)
ANSWER(answer_issue, "issue", CL_REQUEST_ISSUE, struct cl_issue_client_request, struct cl_issue_client_result, cl_issue_client_result_decode)
ANSWER(answer_component_register, "component_register", CL_REQUEST_COMPONENT_REGISTER, struct cl_component_register_request, struct cl_component, cl_component_decode)
ANSWER(answer_component_get, "component_get", CL_REQUEST_COMPONENT_REF, struct cl_component_ref, struct cl_component, cl_component_decode)
ANSWER(answer_component_list, "component_list", CL_REQUEST_COMPONENT_LIST, struct cl_component_list_request, struct cl_component_list_result, cl_component_list_result_decode)
ANSWER(answer_component_connect, "component_connect", CL_REQUEST_COMPONENT_CONNECT, struct cl_component_connect_request, struct cl_component_connect_result, cl_component_connect_result_decode)
ANSWER(answer_component_remove, "component_delete", CL_REQUEST_COMPONENT_REF, struct cl_component_ref, struct cl_component, cl_component_decode)
/* clang-format on */

static enum cl_code answer_component_disconnect(struct cl_api *api, const struct cl_call *call,
                                                const struct cl_component_ref *ref,
                                                bool *had_connector, struct cl_component *ret,
                                                struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;

    (void)call;
    CL_TRY(ask(api, "component_disconnect", CL_REQUEST_COMPONENT_REF, ref, &json, err));
    *had_connector = cl_json_bool(json, "had", false);
    return cl_component_decode(cl_json_get(json, "component"), ret, err);
}

/* --- types --------------------------------------------------------------------------------- */

static enum cl_code add_type(struct cl_type_list *list, const struct cl_connector_type *type,
                             struct cl_err *err)
{
    void *grown = cl_array_grow(list->items, &list->capacity, list->count + 1, sizeof(void *));

    if (grown == NULL)
        return cl_err_no_memory(err);
    list->items = grown;
    list->items[list->count++] = type;
    return CL_OK;
}

static enum cl_code check_filter(const struct cl_connector_type *type,
                                 const struct cl_type_filter *filter, struct cl_err *err)
{
    const struct cl_auth_method *method = NULL;
    const struct cl_resource_type *resource = NULL;
    struct cl_str wanted =
        filter->auth_method.len > 0 ? filter->auth_method : cl_str_of(type->methods[0].id);

    return cl_registry_find_spec(type, wanted, filter->resource_type, &method, &resource, err);
}

static enum cl_code answer_types(struct cl_api *api, const struct cl_call *call,
                                 const struct cl_type_filter *filter, struct cl_type_list *ret,
                                 struct cl_err *err)
{
    const struct cl_connector_type *type = NULL;

    (void)call;
    if (next_answer(fake_of(api), "types") != NULL) {
        CL_AUTO(cl_json) json_t *json = NULL;
        CL_TRY(ask(api, "types", CL_REQUEST_TYPES, filter, &json, err));
        return cl_type_list_decode(json, ret, err);
    }
    CL_TRY(note(fake_of(api), "types", CL_REQUEST_TYPES, filter, err));
    if (filter->type.len > 0) {
        CL_TRY(cl_registry_require(filter->type, &type, err));
        CL_TRY(check_filter(type, filter, err));
        return add_type(ret, type, err);
    }
    for (size_t i = 0; (type = cl_registry_at(i)) != NULL; i++)
        CL_TRY(add_type(ret, type, err));
    return CL_OK;
}

/* --- discovery ----------------------------------------------------------------------------- */

struct discovery {
    struct cl_discovery discovery;
    json_t *lists; /* array, owned */
    size_t at;
};

static enum cl_code discovery_next(struct cl_discovery *self, struct cl_resource_list *ret,
                                   int64_t *ret_order, struct cl_err *err)
{
    struct discovery *discovery = (struct discovery *)self;
    const json_t *list = json_array_get(discovery->lists, discovery->at);

    *ret_order = -1;
    if (list == NULL)
        return CL_OK;
    if (cl_json_get(list, "stop") != NULL)
        return cl_err_set(err, cl_code_from_wire(json_string_value(cl_json_get(list, "stop"))),
                          "the discovery was stopped");
    CL_TRY(cl_resource_list_decode(list, ret, err));
    *ret_order = cl_json_i64(list, "order", (int64_t)discovery->at);
    discovery->at++;
    return CL_OK;
}

static size_t discovery_total(const struct cl_discovery *self)
{
    return json_array_size(((const struct discovery *)self)->lists);
}

static void discovery_free(struct cl_discovery *self)
{
    struct discovery *discovery = (struct discovery *)self;

    json_decref(discovery->lists);
    cl_free(discovery);
}

static const struct cl_discovery_ops discovery_ops = {
    .next = discovery_next,
    .total = discovery_total,
    .free = discovery_free,
};

static enum cl_code answer_discover(struct cl_api *api, const struct cl_call *call,
                                    const struct cl_discovery_request *request,
                                    struct cl_discovery **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *lists = NULL;

    (void)call;
    CL_TRY(ask(api, "discover", CL_REQUEST_DISCOVERY, request, &lists, err));
    struct discovery *discovery = cl_alloc(sizeof(*discovery));
    if (discovery == NULL)
        return cl_err_no_memory(err);
    discovery->discovery.ops = &discovery_ops;
    discovery->lists = CL_MOVE(lists);
    *ret = &discovery->discovery;
    return CL_OK;
}

/* --- the api ------------------------------------------------------------------------------- */

static void answer_free(struct cl_api *api)
{
    cl_buf_add_c(&fake_of(api)->calls, "free\n");
}

static const struct cl_api_ops ops = {
    .types = answer_types,
    .auto_configure = answer_auto,
    .scan = answer_scan,
    .register_connector = answer_register,
    .update = answer_update,
    .get = answer_get,
    .list = answer_list,
    .remove = answer_remove,
    .verify = answer_verify,
    .discover = answer_discover,
    .issue = answer_issue,
    .component_register = answer_component_register,
    .component_get = answer_component_get,
    .component_list = answer_component_list,
    .component_connect = answer_component_connect,
    .component_disconnect = answer_component_disconnect,
    .component_remove = answer_component_remove,
    .free = answer_free,
};

struct fake_api *fake_api_new(void)
{
    struct fake_api *fake = calloc(1, sizeof(*fake));

    assert_non_null(fake);
    fake->api.ops = &ops;
    fake->calls = (struct cl_buf)CL_BUF(CALLS_MAX);
    return fake;
}

void fake_api_free(struct fake_api *fake)
{
    if (fake == NULL)
        return;
    for (size_t i = 0; i < fake->answer_count; i++)
        json_decref(fake->answers[i].json);
    cl_buf_cleanup(&fake->calls);
    free(fake);
}

struct cl_api *fake_api(struct fake_api *fake)
{
    return &fake->api;
}

static struct answer *add_answer(struct fake_api *fake, const char *operation)
{
    assert_true(fake->answer_count < ANSWERS_MAX);
    struct answer *answer = &fake->answers[fake->answer_count++];
    *answer = (struct answer){.operation = operation};
    return answer;
}

void fake_api_answer(struct fake_api *fake, const char *operation, const char *json)
{
    add_answer(fake, operation)->json = json_of(json);
}

void fake_api_refuse(struct fake_api *fake, const char *operation, enum cl_code code,
                     const char *text, const char *hint)
{
    struct cl_err *error = &add_answer(fake, operation)->error;

    (void)cl_err_set(error, code, "%s", text);
    if (hint != NULL)
        (void)cl_err_hint(error, "%s", hint);
}

const char *fake_api_calls(const struct fake_api *fake)
{
    return fake->calls.ptr == NULL ? "" : fake->calls.ptr;
}

void fake_api_forget(struct fake_api *fake)
{
    cl_buf_truncate(&fake->calls, 0);
}
