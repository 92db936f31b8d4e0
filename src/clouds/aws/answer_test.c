#include "clouds/aws/answer.h"

#include <dlfcn.h>

#include "aws_harness.h"
#include "base/alloc.h"
#include "clouds/aws/s3.h"
#include "clouds/aws/sts.h"

/* Stands in for libc's: a machine on which no library is installed. */
static bool no_libraries;

void *dlopen(const char *file, int mode)
{
    void *(*real)(const char *file, int mode) = NULL;
    void *found = dlsym(RTLD_NEXT, "dlopen");

    (void)memcpy(&real, &found, sizeof(real));
    return no_libraries ? NULL : real(file, mode);
}

static const struct aws_request identity_request = {
    .service = AWS_STS, .operation = "GetCallerIdentity", .method = "POST"};

/* Runs first: nothing has opened the library yet. */
static void says_which_package_is_missing_before_it_asks(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct aws_session session = AWS_SESSION_NONE;
    struct aws_listing listing = {.found = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    no_libraries = true;
    assert_int_equal(aws_sts_get_session_token(&harness.call, &harness.config, 900, &session, &err),
                     CL_E_LOCAL_TOOL_MISSING);
    assert_string_equal(err.hint, "Install the package libexpat1.");
    assert_int_equal(aws_s3_list_buckets(&harness.call, &harness.config, &listing, &err),
                     CL_E_LOCAL_TOOL_MISSING);
    assert_int_equal(fake_request_count(harness.fake), 0); /* no session is lost */
    no_libraries = false;
}

static void does_not_blame_the_provider_for_it(void **state)
{
    struct aws_identity identity = AWS_IDENTITY_NONE;
    struct aws_listing listing = {.found = NULL};
    struct cl_xml *xml = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    no_libraries = true;
    assert_int_equal(aws_parse_xml(CL_STR("<a/>"), &xml, &err), CL_E_LOCAL_TOOL_MISSING);
    assert_null(xml);
    assert_int_equal(aws_sts_parse_identity(CL_STR("<a/>"), &identity, &err),
                     CL_E_LOCAL_TOOL_MISSING);
    assert_int_equal(aws_s3_parse_page(CL_STR("<a/>"), &listing, &err), CL_E_LOCAL_TOOL_MISSING);
    assert_string_equal(err.upstream_operation, "ListBuckets");
    assert_string_equal(err.hint, "Install the package libexpat1.");
    no_libraries = false;
}

static void needs_no_parser_for_what_has_no_xml(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    char region[64] = "";
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    no_libraries = true;
    fake_answer(harness.fake, "HEAD", NULL, 200, NULL, "");
    assert_ok(aws_s3_head_bucket(&harness.call, &harness.config, CL_STR("zenfiles"), region, &err),
              &err);
    no_libraries = false;
}

static void a_malformed_answer_names_what_is_missing(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(aws_malformed(&identity_request, "account", &err), CL_E_PROVIDER);
    assert_string_equal(err.text, "sts GetCallerIdentity: the answer has no account");
    assert_string_equal(err.upstream_service, "sts");
    assert_string_equal(err.upstream_operation, "GetCallerIdentity");
    assert_string_not_equal(err.hint, "");
}

static void tells_an_unreadable_answer_from_a_lack_of_memory(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_xml *xml = NULL;
    json_t *json = NULL;

    (void)state;
    assert_int_equal(aws_parse_xml(CL_STR("{}"), &xml, &err), CL_E_PROVIDER);
    assert_string_equal(err.text, "the answer has no readable XML");
    assert_int_equal(aws_parse_json(CL_STR("<a/>"), &json, &err), CL_E_PROVIDER);
    assert_string_equal(err.text, "the answer has no readable JSON");
    (void)cl_alloc_fail_at(1);
    assert_int_equal(aws_parse_xml(CL_STR("<a/>"), &xml, &err), CL_E_FAILED);
    (void)cl_alloc_fail_at(0);
    assert_ok(aws_parse_xml(CL_STR("<a/>"), &xml, &err), &err);
    assert_ok(aws_parse_json(CL_STR("{}"), &json, &err), &err);
    cl_xml_free(xml);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_which_package_is_missing_before_it_asks),
        cmocka_unit_test(does_not_blame_the_provider_for_it),
        cmocka_unit_test(needs_no_parser_for_what_has_no_xml),
        cmocka_unit_test(a_malformed_answer_names_what_is_missing),
        cmocka_unit_test(tells_an_unreadable_answer_from_a_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
