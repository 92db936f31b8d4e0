#include "clouds/ssh/key_text.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "codec/base64.h"
#include "faults.h"
#include "test.h"

/* No key, but the shape of one: what it says is not looked at here. */
#define LINE_1 "-----BEGIN OPENSSH cAnArYbIrD"
#define TEXT LINE_1 "-----\n\xfb\xef\xbe\xff\n-----END-----\n"

static struct cl_secret *secret_of(struct cl_str text)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(text, &secret, &err), &err);
    return secret;
}

static enum cl_code read_text(struct cl_str configured, struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = secret_of(configured);

    return ssh_key_text(secret, ret, err);
}

static void assert_reads(struct cl_str configured)
{
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(read_text(configured, &text, &err), &err);
    assert_str(cl_secret_expose(text), TEXT);
}

static void takes_the_file_and_its_base64(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf standard = CL_BUF(200);
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(200);
    CL_AUTO(cl_buf) struct cl_buf folded = CL_BUF(400);

    (void)state;
    cl_buf_add_base64(&standard, CL_STR(TEXT), CL_BASE64_STANDARD);
    cl_buf_add_base64(&url, CL_STR(TEXT), CL_BASE64_URL);
    for (size_t i = 0; i < standard.len; i++) {
        cl_buf_add_char(&folded, standard.ptr[i]);
        if (i % 20 == 19)
            cl_buf_add_c(&folded, "\r\n");
    }
    assert_true(cl_str_find(cl_buf_view(&url), '-') < url.len ||
                cl_str_find(cl_buf_view(&url), '_') < url.len);
    assert_reads(CL_STR(TEXT));
    assert_reads(CL_STR("\n  " TEXT "\n\n"));
    assert_reads(cl_buf_view(&standard));
    assert_reads(cl_buf_view(&url));
    assert_reads(cl_buf_view(&folded));
}

static void writes_one_line_of_base64(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *text = secret_of(CL_STR(TEXT));
    CL_AUTO(cl_secret) struct cl_secret *encoded = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(ssh_key_encode(text, &encoded, &err), &err);
    assert_true(cl_str_find(cl_secret_expose(encoded), '\n') == cl_secret_expose(encoded).len);
    assert_reads(cl_secret_expose(encoded));
}

static void refuses_anything_else_without_repeating_it(void **state)
{
    static const struct cl_str wrong[] = {
        CL_STR_INIT(""),
        CL_STR_INIT("cAnArYbIrD"),
        CL_STR_INIT("cAnArYbIrD*"),
        CL_STR_INIT("Y0FuQXJZYklyRA=="), /* base64, but of no key */
        CL_STR_INIT(LINE_1 "\0x"),
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(wrong); i++) {
        CL_AUTO(cl_secret) struct cl_secret *text = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(read_text(wrong[i], &text, &err), CL_E_INVALID);
        assert_null(text);
        assert_null(strstr(err.text, "cAnArYbIrD"));
    }
}

static void has_a_limit(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf big = CL_BUF(300000);
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&big, LINE_1);
    cl_buf_add_repeat(&big, "x", SSH_KEY_TEXT_MAX);
    assert_int_equal(read_text(cl_buf_view(&big), &text, &err), CL_E_INVALID);
    cl_buf_add_repeat(&big, "x", (size_t)2 * SSH_KEY_TEXT_MAX);
    assert_int_equal(read_text(cl_buf_view(&big), &text, &err), CL_E_INVALID);
    assert_null(text);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    CL_AUTO(cl_secret) struct cl_secret *encoded = NULL;
    CL_AUTO(cl_secret) struct cl_secret *again = NULL;

    CL_TRY(ssh_key_text(ctx, &text, err));
    CL_TRY(ssh_key_encode(text, &encoded, err));
    return ssh_key_text(encoded, &again, err);
}

static void reports_every_failing_allocation(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = secret_of(CL_STR(TEXT));

    (void)state;
    assert_true(fail_each_allocation(attempt, secret) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_file_and_its_base64),
        cmocka_unit_test(writes_one_line_of_base64),
        cmocka_unit_test(refuses_anything_else_without_repeating_it),
        cmocka_unit_test(has_a_limit),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
