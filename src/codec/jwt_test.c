#include "codec/jwt.h"

#include "base/alloc.h"
#include "codec/base64.h"
#include "faults.h"
#include "test.h"

/* head.payload.signature of these claims; the caller frees it. */
static char *token_of(const char *claims)
{
    struct cl_buf token = CL_BUF(4096);
    char *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_base64(&token, CL_STR("{\"alg\":\"RS256\"}"), CL_BASE64_URL);
    cl_buf_add_char(&token, '.');
    cl_buf_add_base64(&token, cl_str_of(claims), CL_BASE64_URL);
    cl_buf_add_c(&token, ".c2ln");
    assert_ok(cl_buf_take(&token, &text, &err), &err);
    return text;
}

static void claims_are_read(void **state)
{
    CL_AUTO(cl_string)
    char *token = token_of("{\"sub\":\"system:serviceaccount:ci:runner\","
                           "\"exp\":1715690096,\"aud\":[\"a\"]}");
    CL_AUTO(cl_json) json_t *claims = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_jwt_claims(cl_str_of(token), &claims, &err), &err);
    assert_str(cl_json_str(claims, "sub"), "system:serviceaccount:ci:runner");
    assert_int_equal(cl_jwt_expires_at(cl_str_of(token)), 1715690096);
}

static void the_end_is_known_where_there_is_one(void **state)
{
    static const struct {
        const char *claims;
        int64_t at;
    } cases[] = {
        {"{\"exp\":1.7E9}", 1700000000},
        {"{\"exp\":12.9}", 12},
        {"{\"exp\":-5}", 0},
        {"{\"exp\":\"soon\"}", 0},
        {"{\"iat\":5}", 0},
        {"[1]", 0},
        {"\"exp\"", 0},
        {"not json", 0},
        {"{\"exp\":1e300}", 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_string) char *token = token_of(cases[i].claims);
        assert_int_equal(cl_jwt_expires_at(cl_str_of(token)), cases[i].at);
    }
}

static void other_texts_are_no_tokens(void **state)
{
    static const char *const texts[] = {
        "", "a", "a.b", "..", ".e30.", "a..c", "a.e30", "a.e30.b.c", "a.e3-.c", "a.!!!.c",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        json_t *claims = NULL;
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = cl_jwt_claims(cl_str_of(texts[i]), &claims, &err);
        if (code == CL_OK)
            fail_msg("%s is taken for a token", texts[i]);
        assert_null(claims);
        assert_int_equal(cl_jwt_expires_at(cl_str_of(texts[i])), 0);
    }
}

static enum cl_code read_token(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *claims = NULL;

    return cl_jwt_claims(cl_str_of(ctx), &claims, err);
}

static void survives_the_lack_of_memory(void **state)
{
    CL_AUTO(cl_string) char *token = token_of("{\"a\":{\"b\":[1,2]}}");

    (void)state;
    assert_true(fail_each_allocation(read_token, token) > 3);
}

static int set_up(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_read),
        cmocka_unit_test(the_end_is_known_where_there_is_one),
        cmocka_unit_test(other_texts_are_no_tokens),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
