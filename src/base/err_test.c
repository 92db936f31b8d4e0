#include "base/err.h"

#include <string.h>

#include "base/str.h"
#include "test.h"

static void code_table_is_consistent(void **state)
{
    static const enum cl_code codes[] = {
#define CODE(name, wire, http, cls, exit, retry) name,
        CL_CODE_MAP(CODE)
#undef CODE
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(codes); i++) {
        const char *wire = cl_code_wire(codes[i]);
        assert_int_equal(cl_code_from_wire(wire), codes[i]); /* so no wire name is there twice */
        assert_true(cl_str_only(cl_str_of(wire), "abcdefghijklmnopqrstuvwxyz_"));
        assert_true(cl_code_http(codes[i]) >= 200 && cl_code_http(codes[i]) <= 599);
        assert_true(cl_code_exit(codes[i]) >= 1 && cl_code_exit(codes[i]) <= 130);
        assert_true(strlen(cl_code_class(codes[i])) > 0);
        /* Whoever may try again is told so by the exit code too, but for a stale generation. */
        if (cl_code_retryable(codes[i]) && codes[i] != CL_E_STALE)
            assert_int_equal(cl_code_exit(codes[i]), 9);
    }
}

static void success_and_unknown_codes_have_names(void **state)
{
    (void)state;
    assert_string_equal(cl_code_wire(CL_OK), "ok");
    assert_int_equal(cl_code_exit(CL_OK), 0);
    assert_string_equal(cl_code_wire((enum cl_code)9999), "internal");
    assert_int_equal(cl_code_from_wire("no_such_code"), CL_E_FAILED);
}

static void set_replaces_everything(void **state)
{
    struct cl_err err = {.code = CL_E_DENIED,
                         .upstream_status = 403,
                         .upstream_code = "AccessDenied",
                         .hint = "old",
                         .text = "old"};

    (void)state;
    assert_int_equal(cl_err_set(&err, CL_E_NOT_FOUND, "connector '%s' not found", "x"),
                     CL_E_NOT_FOUND);
    assert_int_equal(err.code, CL_E_NOT_FOUND);
    assert_string_equal(err.text, "connector 'x' not found");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.upstream_code, "");
    assert_int_equal(err.upstream_status, 0);
}

static void wrap_puts_context_first_and_keeps_the_rest(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    (void)cl_err_set(&err, CL_E_DENIED, "access denied");
    err.upstream_status = 403;
    assert_int_equal(cl_err_hint(&err, "ask for %s", "s3:ListBucket"), CL_E_DENIED);
    assert_int_equal(cl_err_wrap(&err, "cannot list %d buckets", 2), CL_E_DENIED);
    assert_string_equal(err.text, "cannot list 2 buckets: access denied");
    assert_string_equal(err.hint, "ask for s3:ListBucket");
    assert_int_equal(err.upstream_status, 403);
}

static void lack_of_memory_has_a_text(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_err_no_memory(&err), CL_E_FAILED);
    assert_string_equal(err.text, "out of memory");
}

/* What a message is made of, and what may be seen of it. */
static const struct {
    const char *given, *shown;
} dangerous[] = {
    {"a\nb", "a b"},
    {"a\r\n\tb", "a   b"},
    {"\x1b[31mred", "?[31mred"},
    {"del\x7f", "del?"},
    {"c1 \xc2\x9b", "c1 ??"},
    {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
    {"latin \xfc", "latin ?"},
    {"\xf0\x9f\x93\xa6 box", "\xf0\x9f\x93\xa6 box"},
};

static void controls_and_bad_bytes_never_reach_a_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(dangerous); i++) {
        struct cl_err err = CL_ERR_NONE;
        (void)cl_err_set(&err, CL_E_INVALID, "%s", dangerous[i].given);
        assert_string_equal(err.text, dangerous[i].shown);
        (void)cl_err_hint(&err, "%s", dangerous[i].given);
        assert_string_equal(err.hint, dangerous[i].shown);
        (void)cl_err_set(&err, CL_E_INVALID, "cause");
        (void)cl_err_wrap(&err, "%s", dangerous[i].given);
        assert_int_equal(strncmp(err.text, dangerous[i].shown, strlen(dangerous[i].shown)), 0);
    }
}

static void long_texts_are_cut_between_characters(void **state)
{
    char text[4000];

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        struct cl_err err = CL_ERR_NONE;
        (void)memset(text, 'x', sizeof(text));
        for (size_t at = shift; at + 2 < sizeof(text); at += 2)
            (void)memcpy(text + at, "\xc3\xbc", 2);
        text[sizeof(text) - 1] = '\0';
        (void)cl_err_set(&err, CL_E_INVALID, "%s", text);
        assert_true(cl_is_utf8(cl_str_of(err.text)));
        assert_true(strlen(err.text) >= sizeof(err.text) - 3);
        assert_null(strchr(err.text, '?')); /* the cut character is gone, not replaced */
        (void)cl_err_wrap(&err, "context");
        assert_true(cl_is_utf8(cl_str_of(err.text)));
        assert_int_equal(strncmp(err.text, "context: ", 9), 0);
    }
}

static void knows_whether_a_provider_spoke(void **state)
{
    static const struct cl_err spoke[] = {
        {.upstream_status = 403},         {.upstream_code = "X"},    {.upstream_service = "sts"},
        {.upstream_operation = "Assume"}, {.upstream_request = "1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(spoke); i++)
        assert_true(cl_err_has_provider(&spoke[i]));
    assert_false(cl_err_has_provider(&(struct cl_err){.text = "x", .retry_after_s = 3}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_table_is_consistent),
        cmocka_unit_test(success_and_unknown_codes_have_names),
        cmocka_unit_test(set_replaces_everything),
        cmocka_unit_test(wrap_puts_context_first_and_keeps_the_rest),
        cmocka_unit_test(lack_of_memory_has_a_text),
        cmocka_unit_test(controls_and_bad_bytes_never_reach_a_text),
        cmocka_unit_test(knows_whether_a_provider_spoke),
        cmocka_unit_test(long_texts_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
