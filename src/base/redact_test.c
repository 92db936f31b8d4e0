#include "base/redact.h"

#include "test.h"

#define TEN "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN
#define SECRET "hush/hush+hush"

static const struct {
    const char *said, *shown;
} cases[] = {
    {"", ""},
    {"Rate exceeded", "Rate exceeded"},
    {"User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_"
     "0123456789abcdef/cleat-connector-9f3139fd-12d9-4bd3-9df0-9d0fd0e8d2ad is not authorized",
     "User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_"
     "0123456789abcdef/cleat-connector-9f3139fd-12d9-4bd3-9df0-9d0fd0e8d2ad is not authorized"},
    {"the key " SECRET " is bad", "the key [hidden] is bad"},
    {SECRET SECRET, "[hidden][hidden]"},
    {"x" SECRET "y", "x[hidden]y"},
    {"id TINY is too short to look for", "id TINY is too short to look for"},
    {"message " FIFTY FIFTY " end", "message [hidden] end"},
    {"message:" FIFTY FIFTY ".", "message:[hidden]"},
    {"path " FIFTY "/" TEN " stays", "path " FIFTY "/" TEN " stays"},
    {"path " FIFTY "/" FIFTY "/" FIFTY "/" FIFTY " goes", "path [hidden] goes"},
    {"GET /?X-Amz-Signature=abc123&x=1", "GET /?X-Amz-Signature=[hidden]&x=1"},
    {"x-amz-security-token:IQoJ\nnext", "x-amz-security-token:[hidden]\\x0anext"},
    {"Authorization: AWS4 Credential=AK/2024, Signature=00 end", "Authorization:[hidden]"},
    {"Credential=AK/2024, Signature=00 end", "Credential=[hidden], Signature=[hidden] end"},
    {"Authorization: Basic dXNlcjpwYXNz\nnext", "Authorization:[hidden]\\x0anext"},
    {"<b>authorization:Bearer abc.def</b>", "<b>authorization:[hidden]</b>"},
    {"{\"access_token\":\"abc\",\"x\":1}", "{\"access_token\":\"[hidden]\",\"x\":1}"},
    {"{\"password\": \"abc\"}", "{\"password\": \"[hidden]\"}"},
    {"the \"password\" is wrong", "the \"password\" is wrong"},
    {"csi \xc2\x9b"
     "31m",
     "csi \\xc2\\x9b"
     "31m"},
    {"\"password=\"", "\"password=\""},
    {"Bearer eyJ.x and more", "Bearer [hidden] and more"},
    {"line\nbreak\x1b[31m", "line\\x0abreak\\x1b[31m"},
};

static void hides_what_must_not_be_shown(void **state)
{
    const struct cl_str secrets[] = {CL_STR(SECRET), CL_STR("TINY"), CL_STR_NONE};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(4096);

        cl_buf_add_redacted(&shown, cl_str_of(cases[i].said), secrets, CL_COUNT(secrets), 1000);
        assert_str(cl_buf_view(&shown), cases[i].shown);
    }
}

static void cuts_after_hiding(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(4096);
    const struct cl_str secret = CL_STR(SECRET);

    (void)state;
    cl_buf_add_redacted(&shown, CL_STR("0123456 " SECRET " rest"), &secret, 1, 12);
    assert_str(cl_buf_view(&shown), "0123456 [hid...");
}

static void the_longest_of_two_overlapping_secrets_counts(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(4096);
    const struct cl_str secrets[] = {CL_STR("secret-one"), CL_STR("secret-one-and-more")};

    (void)state;
    cl_buf_add_redacted(&shown, CL_STR("a secret-one-and-more b"), secrets, 2, 100);
    assert_str(cl_buf_view(&shown), "a [hidden] b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hides_what_must_not_be_shown),
        cmocka_unit_test(cuts_after_hiding),
        cmocka_unit_test(the_longest_of_two_overlapping_secrets_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
