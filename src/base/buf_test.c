#include "base/buf.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

static void appends_of_every_kind_add_up(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(200);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_str(cl_buf_view(&buf), "");
    cl_buf_add(&buf, CL_STR("a"));
    cl_buf_add_c(&buf, "bc");
    cl_buf_add_c(&buf, NULL);
    cl_buf_add_char(&buf, 'd');
    cl_buf_add_repeat(&buf, "-+", 2);
    cl_buf_add_i64(&buf, INT64_MIN);
    cl_buf_addf(&buf, "[%s %d]", "x", 7);
    cl_buf_add_hex(&buf, "\x00\xab\xff", 3);
    assert_ok(cl_buf_ok(&buf, &err), &err);
    assert_str(cl_buf_view(&buf), "abcd-+-+-9223372036854775808[x 7]00abff");
    assert_int_equal(buf.ptr[buf.len], '\0');
}

static void repeats_whole_units_any_number_of_times(void **state)
{
    static const char expected[] = "━━━━━━━━━━━━━━━━━━━━";

    (void)state;
    for (size_t times = 0; times <= 20; times++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(100);
        cl_buf_add_c(&buf, "|");
        cl_buf_add_repeat(&buf, "━", times);
        cl_buf_add_c(&buf, "|");
        assert_int_equal(buf.len, 2 + times * strlen("━"));
        assert_memory_equal(buf.ptr + 1, expected, times * strlen("━"));
        assert_int_equal(buf.ptr[buf.len - 1], '|');
    }
}

static void repeating_nothing_adds_nothing_and_too_much_fails(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(10);

    (void)state;
    cl_buf_add_repeat(&buf, "", SIZE_MAX);
    cl_buf_add_repeat(&buf, NULL, 3);
    cl_buf_add_repeat(&buf, "ab", 5);
    assert_int_equal(buf.failed, CL_OK);
    assert_str(cl_buf_view(&buf), "ababababab");
    cl_buf_add_repeat(&buf, "ab", SIZE_MAX / 2 + 1); /* whose product is 0 again */
    assert_int_equal(buf.failed, CL_E_INVALID);
    assert_str(cl_buf_view(&buf), "ababababab");
}

static void urlencoding_leaves_only_unreserved_characters(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(200);

    (void)state;
    cl_buf_add_urlencoded(&buf, CL_STR("aZ09-_.~ /+=&%\xc3\xbc\0"));
    assert_str(cl_buf_view(&buf), "aZ09-_.~%20%2F%2B%3D%26%25%C3%BC%00");
}

static const struct {
    struct cl_str given;
    size_t max;
    const char *shown;
} quoted[] = {
    {CL_STR_INIT("plain"), 10, "plain"},
    {CL_STR_INIT("plain"), 5, "plain"},
    {CL_STR_INIT("plain"), 4, "plai..."},
    {CL_STR_INIT("a\nb\x1b\x7f\0"), 20, "a\\x0ab\\x1b\\x7f\\x00"},
    {CL_STR_INIT("gr\xc3\xbc\xc3\x9f"), 20, "gr\xc3\xbc\xc3\x9f"},
    {CL_STR_INIT("gr\xc3\xbc\xc3\x9f"), 5, "gr\xc3\xbc..."}, /* not through a character */
    {CL_STR_INIT("latin\xfc"), 20, "latin\\xfc"},
    {CL_STR_INIT(""), 0, ""},
};

static void quoting_shows_controls_and_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(quoted); i++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(200);
        cl_buf_add_quoted(&buf, quoted[i].given, quoted[i].max);
        assert_str(cl_buf_view(&buf), quoted[i].shown);
    }
}

static void the_limit_is_exact_and_its_failure_stays(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(4);
    struct cl_err err = CL_ERR_NONE;
    char *untouched = NULL;

    (void)state;
    cl_buf_add_c(&buf, "abcd");
    assert_ok(cl_buf_ok(&buf, &err), &err);
    cl_buf_add_char(&buf, 'e');
    assert_int_equal(cl_buf_ok(&buf, &err), CL_E_INVALID);
    cl_buf_truncate(&buf, 0);
    cl_buf_add_char(&buf, 'f');
    assert_int_equal(cl_buf_ok(&buf, &err), CL_E_INVALID);
    assert_int_equal(cl_buf_take(&buf, &untouched, &err), CL_E_INVALID);
    assert_null(untouched);
}

static void the_limit_holds_for_formats_too(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(4);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_addf(&buf, "%s", "abcde");
    assert_int_equal(cl_buf_ok(&buf, &err), CL_E_INVALID);
    assert_int_equal(buf.len, 0);
}

static void taking_moves_the_bytes_out(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(10);
    CL_AUTO(cl_string) char *first = NULL;
    CL_AUTO(cl_string) char *empty = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&buf, "abc");
    assert_ok(cl_buf_take(&buf, &first, &err), &err);
    assert_string_equal(first, "abc");
    assert_int_equal(buf.len, 0);
    assert_ok(cl_buf_take(&buf, &empty, &err), &err);
    assert_string_equal(empty, "");
}

static void truncating_wipes_what_it_drops(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(100);

    (void)state;
    cl_buf_add_c(&buf, "keep-this-drop-that");
    cl_buf_truncate(&buf, 9);
    assert_str(cl_buf_view(&buf), "keep-this");
    for (size_t i = 9; i < 19; i++)
        assert_int_equal(buf.ptr[i], 0);
    cl_buf_truncate(&buf, 50);
    assert_int_equal(buf.len, 9);
}

static enum cl_code grow_twice(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF_SECRET(1000);
    CL_AUTO(cl_string) char *taken = NULL;

    (void)ctx;
    cl_buf_add_c(&buf, "short");
    cl_buf_add_repeat(&buf, "longer than the first block ", 10);
    cl_buf_addf(&buf, "%0300d", 7);
    return cl_buf_take(&buf, &taken, err);
}

static void buffers_survive_lack_of_memory(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(grow_twice, NULL) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_of_every_kind_add_up),
        cmocka_unit_test(repeats_whole_units_any_number_of_times),
        cmocka_unit_test(repeating_nothing_adds_nothing_and_too_much_fails),
        cmocka_unit_test(urlencoding_leaves_only_unreserved_characters),
        cmocka_unit_test(quoting_shows_controls_and_cuts),
        cmocka_unit_test(the_limit_is_exact_and_its_failure_stays),
        cmocka_unit_test(the_limit_holds_for_formats_too),
        cmocka_unit_test(taking_moves_the_bytes_out),
        cmocka_unit_test(truncating_wipes_what_it_drops),
        cmocka_unit_test(buffers_survive_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
