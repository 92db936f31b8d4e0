#include "test.h"

#include "core/codec_values.h"
#include "core/request_codec.h"
#include "fake_type.h"
#include "fault.h"
#include "json_text.h"

/* Enough room for any request. */
union request {
    struct cl_type_filter types;
    struct cl_auto_request auto_configure;
    struct cl_register_request register_connector;
    struct cl_update_request update;
    struct cl_get_request get;
    struct cl_list_request list;
    struct cl_delete_request remove;
    struct cl_verify_request verify;
    struct cl_discovery_request discovery;
    struct cl_issue_client_request issue;
    struct cl_component_register_request component_register;
    struct cl_component_ref component_ref;
    struct cl_component_list_request component_list;
    struct cl_component_connect_request component_connect;
};

#define REF "'ref':{'text':'aws-auto','allow_name_prefix':true}"
#define QUERY                                                                              \
    "'query':{'filters':[{'field':'name','value':'startswith:a'}],'labels':{'team':null}," \
    "'any':true,'sort_by':'name','descending':true,'page':2,'size':5,'all':false}"
#define FOUND                                                                              \
    "'discovered':{'auth_method':'minted','configuration':{'realm':'r1'},"                 \
    "'secrets':{'password':'canary'},'secrets_hidden':false,"                              \
    "'expires_at':'2024-05-14T12:34:56.000000Z','expiration_seconds':600,'source':'here'," \
    "'profile':null,'looked_at':['there'],'warnings':[]}"

/* Every member of every request, none at its default. */
static const struct {
    enum cl_request_kind kind;
    const char *json;
} full[] = {
    {CL_REQUEST_TYPES, "{'type':'aws','resource_type':'s3-bucket','auth_method':'iam-role'}"},
    {CL_REQUEST_AUTO_CONFIGURE,
     "{'type':'aws','auth_method':'m','resource_type':'r','sources':{'profile':'dev'},"
     "'configuration':{'region':'x','gone':null}}"},
    {CL_REQUEST_REGISTER,
     "{'name':'n','connector_type':'aws','auth_method':'m','description':'d',"
     "'resource_types':['a','b'],'resource_id':'i','expires_at':5,'expires_skew_tolerance':0,"
     "'expiration_seconds':900,'labels':{'k':'v'},'shared':true,'verify':'authenticate',"
     "'if_not_exists':true,'dry_run':true,'accept_new_host_keys':true,'configuration':{'password':'"
     "canary'}," FOUND "}"},
    {CL_REQUEST_UPDATE,
     "{" REF ",'name':'n','description':'d','auth_method':'m','resource_type':'t',"
     "'resource_id':'i','expires_at':5,'expires_skew_tolerance':7,'expiration_seconds':900,"
     "'shared':true,'labels':{'k':null},'configuration':{'a':null}," FOUND
     ",'verify':'off','if_generation':3}"},
    {CL_REQUEST_GET, "{" REF ",'reveal':true}"},
    {CL_REQUEST_LIST, "{" QUERY ",'only_expired':true,'expires_within_s':60,'only_unused':true}"},
    {CL_REQUEST_DELETE, "{" REF ",'force':true}"},
    {CL_REQUEST_VERIFY, "{" REF ",'resource_type':'t','resource_id':'i','list':true,"
                        "'check':'push'}"},
    {CL_REQUEST_DISCOVERY,
     "{'connector':'c','connector_type':'t','resource_type':'r','resource_id':'i',"
     "'exclude_errors':true,'parallel':64,'connector_timeout_ms':30000,"
     "'max_age_s':300}"},
    {CL_REQUEST_ISSUE,
     "{" REF ",'resource_type':'t','resource_id':'i','duration_s':900,'min_ttl_s':60,"
     "'renew_after_s':60,'for_sdk':true,'fresh':true,'allow_long_lived':true,'purpose':'exec'}"},
    {CL_REQUEST_COMPONENT_REGISTER,
     "{'kind':'artifact_store','name':'n','flavor':'s3','configuration':{'path':'s3://a'},"
     "'labels':{'k':'v'}}"},
    {CL_REQUEST_COMPONENT_REF, "{'kind':'artifact_store'," REF "}"},
    {CL_REQUEST_COMPONENT_LIST, "{'kind':'artifact_store'," QUERY "}"},
    {CL_REQUEST_COMPONENT_CONNECT,
     "{'kind':'artifact_store'," REF ",'connector':'c','resource_id':'i','verify':true}"},
};

static char *quoted(const char *literal)
{
    CL_AUTO(cl_json) json_t *json = json_of(literal);
    struct cl_err err = CL_ERR_NONE;
    char *text = NULL;

    assert_ok(cl_json_dump(json, CL_JSON_COMPACT, &text, &err), &err);
    return text;
}

/* What is decoded encodes to the same text: no member is forgotten in either direction. */
static void every_member_goes_both_ways(void **state)
{
    (void)state;
    assert_int_equal(CL_COUNT(full), CL_REQUEST_KIND_COUNT);
    for (size_t i = 0; i < CL_COUNT(full); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(full[i].json);
        CL_AUTO(cl_json) json_t *again = NULL;
        CL_AUTO(cl_string) char *want = quoted(full[i].json);
        union request request;
        struct cl_err err = CL_ERR_NONE;

        (void)memset(&request, 0, sizeof(request));
        assert_int_equal(full[i].kind, i);
        assert_ok(cl_request_decode(full[i].kind, json, &request, &err), &err);
        assert_ok(cl_request_encode(full[i].kind, &request, &again, &err), &err);
        assert_json(again, want);
        cl_request_cleanup(full[i].kind, &request);
    }
}

static void decoding_any_request_survives_lack_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(full); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(full[i].json);
        union request request;
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = CL_E_FAILED;

        for (int64_t nth = 1; code != CL_OK; nth++) {
            (void)memset(&request, 0, sizeof(request));
            (void)cl_alloc_fail_at(nth);
            code = cl_request_decode(full[i].kind, json, &request, &err);
            int64_t made = cl_alloc_fail_at(0);
            assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
            assert_true(code == CL_OK || code == CL_E_FAILED);
            cl_request_cleanup(full[i].kind, &request);
        }
    }
}

static void encoding_survives_lack_of_memory(void **state)
{
    CL_AUTO(cl_json) json_t *json = json_of(full[CL_REQUEST_REGISTER].json);
    CL_AUTO(cl_json) json_t *again = NULL;
    struct cl_register_request request = {.skew_s = 0};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_request_decode(CL_REQUEST_REGISTER, json, &request, &err), &err);
    assert_survives_faults(cl_request_encode(CL_REQUEST_REGISTER, &request, &again, &err), (void)0);
    cl_request_cleanup(CL_REQUEST_REGISTER, &request);
}

static void an_empty_request_means_the_defaults(void **state)
{
    CL_AUTO(cl_json) json_t *json = json_of("{}");
    struct cl_register_request request = {.shared = false};
    struct cl_list_request list = {.only_expired = false};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_request_decode(CL_REQUEST_REGISTER, json, &request, &err), &err);
    assert_int_equal(request.skew_s, CL_SKEW_UNSET);
    assert_int_equal(request.verify, CL_VERIFY_AND_LIST);
    assert_null(request.input);
    assert_null(request.discovered);
    assert_str(request.name, "");
    assert_ok(cl_request_decode(CL_REQUEST_LIST, json, &list, &err), &err);
    assert_int_equal(list.query.page, 1);
    assert_int_equal(list.query.size, 20);
    cl_request_cleanup(CL_REQUEST_LIST, &list);
}

static void an_update_is_a_merge_patch(void **state)
{
    CL_AUTO(cl_json)
    json_t *json =
        json_of("{" REF ",'description':null,'expires_at':null,'expires_skew_tolerance':null,"
                "'shared':false,'configuration':{}}");
    CL_AUTO(cl_json) json_t *again = NULL;
    struct cl_update_request request = {.shared = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_request_decode(CL_REQUEST_UPDATE, json, &request, &err), &err);
    assert_true(request.set_description && request.set_expires_at && request.set_skew);
    assert_true(request.set_shared && !request.shared);
    assert_false(request.set_name || request.set_auth_method || request.set_resource_type);
    assert_false(request.set_resource_id || request.set_expiration);
    assert_int_equal(request.skew_s, CL_SKEW_UNSET);
    assert_int_equal(request.expires_at, 0);
    assert_non_null(request.input);
    assert_int_equal(request.input->count, 0);
    assert_str(request.ref.text, "aws-auto");
    assert_ok(cl_request_encode(CL_REQUEST_UPDATE, &request, &again, &err), &err);
    assert_null(json_object_get(again, "name"));
    assert_true(json_is_null(json_object_get(again, "description")));
    cl_request_cleanup(CL_REQUEST_UPDATE, &request);
}

static void arguments_keep_their_order_and_their_nulls(void **state)
{
    CL_AUTO(cl_json) json_t *json = json_of("{'configuration':{'z':'1','a':null,'m':''}}");
    struct cl_component_register_request request = {.kind = CL_STR_INIT("")};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_request_decode(CL_REQUEST_COMPONENT_REGISTER, json, &request, &err), &err);
    assert_int_equal(request.input->count, 3);
    assert_string_equal(request.input->entries[0].name, "z");
    assert_null(request.input->entries[1].value);
    assert_str(cl_secret_expose(request.input->entries[2].value), "");
    assert_non_null(request.input->entries[2].value);
    cl_request_cleanup(CL_REQUEST_COMPONENT_REGISTER, &request);
}

/* Only the schema can say whether that is a fault, and whose. */
static void carries_arguments_that_are_no_text_and_where_they_came_from(void **state)
{
    static const struct {
        struct cl_str value;
        const char *origin;
        bool is_plain;
    } rows[] = {
        {CL_STR_INIT("canary"), NULL, true},      {CL_STR_INIT(""), NULL, true},
        {CL_STR_INIT("canary"), "@file", false},  {CL_STR_INIT(""), "@empty", false},
        {CL_STR_INIT("canary\xFF"), NULL, false}, {CL_STR_INIT("canary\0x"), "@-", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
        CL_AUTO(cl_input) struct cl_input again = CL_INPUT_NONE;
        CL_AUTO(cl_json) json_t *json = NULL;
        struct cl_secret *value = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(cl_secret_new(rows[i].value, &value, &err), &err);
        assert_ok(cl_input_add_take(&input, CL_STR("password"), value, &err), &err);
        if (rows[i].origin != NULL)
            assert_ok(cl_input_set_origin(&input, rows[i].origin, &err), &err);
        assert_ok(cl_input_encode(&input, &json, &err), &err);
        assert_int_equal(json_is_string(json_object_get(json, "password")), rows[i].is_plain);
        assert_ok(cl_input_decode(json, &again, &err), &err);
        assert_int_equal(again.count, 1);
        assert_true(cl_str_eq(cl_secret_expose(again.entries[0].value), rows[i].value));
        assert_int_equal(again.entries[0].origin != NULL, rows[i].origin != NULL);
        if (rows[i].origin != NULL)
            assert_string_equal(again.entries[0].origin, rows[i].origin);
    }
}

static const struct {
    enum cl_request_kind kind;
    const char *json;
} misfits[] = {
    {CL_REQUEST_TYPES, "[]"},
    {CL_REQUEST_TYPES, "{'type':1}"},
    {CL_REQUEST_GET, "{'ref':'aws-auto'}"},
    {CL_REQUEST_GET, "{'ref':{'text':5}}"},
    {CL_REQUEST_GET, "{'reveal':'yes'}"},
    {CL_REQUEST_REGISTER, "{'verify':'maybe'}"},
    {CL_REQUEST_REGISTER, "{'resource_types':'all'}"},
    {CL_REQUEST_REGISTER, "{'expires_at':'2024-05-14'}"},
    {CL_REQUEST_REGISTER, "{'configuration':['a']}"},
    {CL_REQUEST_REGISTER, "{'configuration':{'a':1}}"},
    {CL_REQUEST_REGISTER, "{'configuration':{'a':{'text':1}}}"},
    {CL_REQUEST_REGISTER, "{'configuration':{'a':{'base64':'?'}}}"},
    {CL_REQUEST_REGISTER, "{'configuration':{'a':{'text':'x','origin':1}}}"},
    {CL_REQUEST_REGISTER, "{'discovered':{'looked_at':1}}"},
    {CL_REQUEST_REGISTER, "{'labels':{'a':1}}"},
    {CL_REQUEST_LIST, "{'query':{'filters':[1]}}"},
    {CL_REQUEST_LIST, "{'query':{'page':'2'}}"},
    {CL_REQUEST_LIST, "{'query':[]}"},
    {CL_REQUEST_DISCOVERY, "{'parallel':99999999999}"},
    {CL_REQUEST_DISCOVERY, "{'parallel':'many'}"},
};

static void refuses_what_is_no_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(misfits); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(misfits[i].json);
        union request request;
        struct cl_err err = CL_ERR_NONE;

        (void)memset(&request, 0, sizeof(request));
        if (cl_request_decode(misfits[i].kind, json, &request, &err) != CL_E_INVALID_REQUEST)
            fail_msg("row %zu", i);
        cl_request_cleanup(misfits[i].kind, &request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_goes_both_ways),
        cmocka_unit_test(decoding_any_request_survives_lack_of_memory),
        cmocka_unit_test(encoding_survives_lack_of_memory),
        cmocka_unit_test(an_empty_request_means_the_defaults),
        cmocka_unit_test(an_update_is_a_merge_patch),
        cmocka_unit_test(arguments_keep_their_order_and_their_nulls),
        cmocka_unit_test(carries_arguments_that_are_no_text_and_where_they_came_from),
        cmocka_unit_test(refuses_what_is_no_request),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
