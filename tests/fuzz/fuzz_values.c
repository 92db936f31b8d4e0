/* Values and requests of cl_api as JSON: what a decoder accepts encodes to what it accepts again.
 */
#include "fuzz.h"

#include "codec/json.h"
#include "core/api_codec.h"
#include "core/request_codec.h"

/* Large enough for every request. */
union any_request {
    struct cl_register_request register_connector;
    struct cl_update_request update;
    struct cl_list_request list;
    struct cl_issue_client_request issue;
    char room[4096];
};

static void check_text(json_t **json)
{
    CL_AUTO(cl_string) char *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    FUZZ_CHECK(cl_json_dump(*json, CL_JSON_COMPACT, &text, &err) == CL_OK);
    cl_json_cleanup(json);
    *json = NULL;
    FUZZ_CHECK(cl_json_parse(cl_str_of(text), json, &err) == CL_OK);
}

static void try_request(enum cl_request_kind kind, const json_t *json)
{
    CL_AUTO(cl_json) json_t *again = NULL;
    union any_request request;
    struct cl_err err = CL_ERR_NONE;

    (void)memset(&request, 0, sizeof(request));
    if (cl_request_decode(kind, json, &request, &err) != CL_OK)
        fuzz_check_error(&err);
    else
        FUZZ_CHECK(cl_request_encode(kind, &request, &again, &err) == CL_OK);
    cl_request_cleanup(kind, &request);
}

static void try_connector(const json_t *json)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_connector) struct cl_connector again = {.name = NULL};
    CL_AUTO(cl_json) json_t *encoded = NULL;
    struct cl_err err = CL_ERR_NONE;

    if (cl_connector_decode(json, &conn, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    FUZZ_CHECK(cl_connector_encode(&conn, CL_SECRETS_SHOWN, &encoded, &err) == CL_OK);
    check_text(&encoded);
    FUZZ_CHECK(cl_connector_decode(encoded, &again, &err) == CL_OK);
    FUZZ_CHECK(again.config.count <= conn.config.count && again.generation == conn.generation);
}

static void try_issued(const json_t *json)
{
    CL_AUTO(cl_issued) struct cl_issued issued = {.issued_at = 0};
    CL_AUTO(cl_issued) struct cl_issued again = {.issued_at = 0};
    CL_AUTO(cl_json) json_t *encoded = NULL;
    struct cl_err err = CL_ERR_NONE;

    if (cl_issued_decode(json, &issued, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    FUZZ_CHECK(cl_issued_encode(&issued, &encoded, &err) == CL_OK);
    check_text(&encoded);
    FUZZ_CHECK(cl_issued_decode(encoded, &again, &err) == CL_OK);
    FUZZ_CHECK(again.expires_at == issued.expires_at && again.issued_at == issued.issued_at);
}

static void try_error(const json_t *json)
{
    struct cl_err error = CL_ERR_NONE;
    struct cl_err err = CL_ERR_NONE;

    if (cl_err_decode(json, &error, &err) != CL_OK)
        fuzz_check_error(&err);
    else if (error.text[0] != '\0' && error.code != CL_OK)
        fuzz_check_error(&error);
}

static void try_lists(const json_t *json)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_component) struct cl_component component = {.name = NULL};
    CL_AUTO(cl_json) json_t *encoded = NULL;
    CL_AUTO(cl_json) json_t *other = NULL;
    struct cl_err err = CL_ERR_NONE;

    if (cl_resource_list_decode(json, &list, &err) == CL_OK)
        FUZZ_CHECK(cl_resource_list_encode(&list, &encoded, &err) == CL_OK);
    else
        fuzz_check_error(&err);
    if (cl_component_decode(json, &component, &err) == CL_OK)
        FUZZ_CHECK(cl_component_encode(&component, &other, &err) == CL_OK);
    else
        fuzz_check_error(&err);
}

/* The first byte chooses what the rest is taken for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    if (size < 1 || cl_json_parse(fuzz_text(data + 1, size - 1), &json, &err) != CL_OK)
        return 0;
    unsigned choice = data[0] % 32U;
    if (choice < CL_REQUEST_KIND_COUNT)
        try_request((enum cl_request_kind)choice, json);
    else if (choice < 20)
        try_connector(json);
    else if (choice < 24)
        try_issued(json);
    else if (choice < 28)
        try_lists(json);
    else
        try_error(json);
    return 0;
}
