#include "base/str.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

static void views_of_nothing_are_empty(void **state)
{
    (void)state;
    assert_str(cl_str_of(NULL), "");
    assert_str(cl_str_make(NULL, 5), "");
    assert_str(CL_STR_NONE, "");
    assert_str(CL_STR("abc"), "abc");
    assert_non_null(cl_str_of(NULL).ptr);
}

static void comparing_goes_by_bytes_and_length(void **state)
{
    (void)state;
    assert_true(cl_str_eq(CL_STR("abc"), cl_str_of("abc")));
    assert_false(cl_str_eq(CL_STR("abc"), CL_STR("abd")));
    assert_false(cl_str_eq(CL_STR("abc"), CL_STR("ab")));
    assert_true(cl_str_eq(CL_STR("a\0b"), CL_STR("a\0b")));
    assert_false(cl_str_eq(CL_STR("a\0b"), CL_STR("a\0c")));
    assert_true(cl_str_eq_c(CL_STR(""), ""));
    assert_true(cl_str_ieq(CL_STR("HTTP"), CL_STR("http")));
    assert_false(cl_str_ieq(CL_STR("HTTP"), CL_STR("https")));
    assert_false(cl_str_ieq(CL_STR("@"), CL_STR("`"))); /* 32 apart like letters, but none */
}

static void ordering_is_that_of_strcmp(void **state)
{
    static const char *const sorted[] = {"", "a", "aa", "ab", "b", "\xc3\xbc"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(sorted); i++) {
        for (size_t j = 0; j < CL_COUNT(sorted); j++) {
            int order = cl_str_cmp(cl_str_of(sorted[i]), cl_str_of(sorted[j]));
            assert_int_equal(order < 0, i < j);
            assert_int_equal(order > 0, i > j);
        }
    }
}

static void parts_are_found(void **state)
{
    (void)state;
    assert_true(cl_str_starts(CL_STR("arn:aws"), CL_STR("arn:")));
    assert_true(cl_str_starts(CL_STR("arn"), CL_STR("")));
    assert_false(cl_str_starts(CL_STR("ar"), CL_STR("arn")));
    assert_true(cl_str_ends(CL_STR("a.txt"), CL_STR(".txt")));
    assert_false(cl_str_ends(CL_STR("txt"), CL_STR(".txt")));
    assert_true(cl_str_contains(CL_STR("needle in hay"), CL_STR("in")));
    assert_true(cl_str_contains(CL_STR(""), CL_STR("")));
    assert_false(cl_str_contains(CL_STR(""), CL_STR("x")));
    assert_int_equal(cl_str_find(CL_STR("a=b=c"), '='), 1);
    assert_int_equal(cl_str_find(CL_STR("abc"), '='), 3);
    assert_int_equal(cl_str_find(CL_STR(""), '='), 0);
    assert_true(cl_str_only(CL_STR("0123"), "0123456789"));
    assert_true(cl_str_only(CL_STR(""), "x"));
    assert_false(cl_str_only(CL_STR("01a"), "0123456789"));
    assert_false(cl_str_only(CL_STR("0\0"), "0"));
    assert_int_equal(cl_str_span(CL_STR("0120x1"), "012"), 4);
    assert_int_equal(cl_str_span(CL_STR("x0"), "012"), 0);
    assert_int_equal(cl_str_span(CL_STR(""), "012"), 0);
    assert_int_equal(cl_str_span(CL_STR("0\0"
                                        "0"),
                                 "0"),
                     1);
}

static void cutting_stays_inside(void **state)
{
    (void)state;
    assert_str(cl_str_skip(CL_STR("abc"), 1), "bc");
    assert_str(cl_str_skip(CL_STR("abc"), 9), "");
    assert_str(cl_str_first(CL_STR("abc"), 2), "ab");
    assert_str(cl_str_first(CL_STR("abc"), 9), "abc");
    assert_str(cl_str_trim(CL_STR(" \t a b\r\n")), "a b");
    assert_str(cl_str_trim(CL_STR(" \n")), "");
}

static void cut_splits_at_the_first_separator(void **state)
{
    struct cl_str text = CL_STR("a:b:c");
    struct cl_str head;
    struct cl_str tail;

    (void)state;
    assert_true(cl_str_cut(text, ':', &head, &tail));
    assert_str(head, "a");
    assert_str(tail, "b:c");
    assert_false(cl_str_cut(CL_STR("abc"), ':', &head, &tail));
    assert_str(head, "abc");
    assert_str(tail, "");
    assert_true(cl_str_cut(CL_STR("abc:"), ':', &head, &tail));
    assert_str(tail, "");
    assert_true(cl_str_cut(text, ':', &head, &text)); /* may write to what it reads */
    assert_str(text, "b:c");
}

static void copies_are_terminated_and_refuse_nul(void **state)
{
    CL_AUTO(cl_string) char *copy = NULL;
    char *untouched = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_str_dup(cl_str_make("abcdef", 3), &copy, &err), &err);
    assert_string_equal(copy, "abc");
    assert_int_equal(cl_str_dup(CL_STR("a\0b"), &untouched, &err), CL_E_INVALID);
    assert_null(untouched);
}

static enum cl_code copy_once(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_string) char *copy = NULL;

    return cl_str_dup(cl_str_of(ctx), &copy, err);
}

static void copying_survives_lack_of_memory(void **state)
{
    char text[] = "text";

    (void)state;
    assert_int_equal(fail_each_allocation(copy_once, text), 1);
}

static const struct {
    const char *text;
    bool valid;
    int64_t value;
} numbers[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"+7", true, 7},
    {"007", true, 7},
    {"9223372036854775807", true, INT64_MAX},
    {"-9223372036854775808", true, INT64_MIN},
    {"9223372036854775808", false, 0},
    {"-9223372036854775809", false, 0},
    {"99999999999999999999999", false, 0},
    {"", false, 0},
    {"-", false, 0},
    {"+-1", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"1.0", false, 0},
    {"0x10", false, 0},
    {"1e3", false, 0},
};

static void numbers_are_whole_and_in_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(numbers); i++) {
        int64_t value = 42;
        struct cl_err err = CL_ERR_NONE;
        enum cl_code rc = cl_parse_i64(cl_str_of(numbers[i].text), &value, &err);
        assert_int_equal(rc, numbers[i].valid ? CL_OK : CL_E_INVALID);
        assert_int_equal(value, numbers[i].valid ? numbers[i].value : 42);
    }
}

static void truth_values_have_many_spellings(void **state)
{
    static const char *const yes[] = {"true", "TRUE", "Yes", "on", "1", "t", "Y"};
    static const char *const no[] = {"false", "False", "NO", "off", "0", "F", "n"};
    static const char *const neither[] = {"", "2", "tru", "yess", " true", "null"};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(yes); i++) {
        bool value = false;
        assert_ok(cl_parse_bool(cl_str_of(yes[i]), &value, &err), &err);
        assert_true(value);
        assert_ok(cl_parse_bool(cl_str_of(no[i]), &value, &err), &err);
        assert_false(value);
    }
    for (size_t i = 0; i < CL_COUNT(neither); i++) {
        bool value = true;
        assert_int_equal(cl_parse_bool(cl_str_of(neither[i]), &value, &err), CL_E_INVALID);
        assert_true(value);
    }
}

static const struct {
    const char *text;
    bool valid;
} encodings[] = {
    {"", true},
    {"plain", true},
    {"\xc3\xbc", true},
    {"\xe2\x82\xac", true},
    {"\xf0\x9f\x93\xa6", true},
    {"\xf4\x8f\xbf\xbf", true},
    {"\xed\x9f\xbf", true},
    {"\x80", false},             /* continuation alone */
    {"\xc3", false},             /* cut */
    {"\xc0\xaf", false},         /* overlong / */
    {"\xe0\x80\xaf", false},     /* overlong */
    {"\xf0\x80\x80\xaf", false}, /* overlong */
    {"\xed\xa0\x80", false},     /* surrogate */
    {"\xf4\x90\x80\x80", false}, /* above U+10FFFF */
    {"\xf5\x80\x80\x80", false},
    {"\xff", false},
    {"a\xe2\x82", false},
    {"\xe2\x82\x41", false},
};

static void utf8_is_checked_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(encodings); i++) {
        if (cl_is_utf8(cl_str_of(encodings[i].text)) != encodings[i].valid)
            fail_msg("case %zu", i);
    }
}

static const struct {
    const char *a, *b;
    size_t distance;
} distances[] = {
    {"", "", 0},       {"abc", "abc", 0}, {"abc", "abd", 1},           {"abc", "ab", 1},
    {"abc", "acb", 1}, {"ca", "abc", 3},  {"describe", "decsribe", 1}, {"kitten", "sitting", 3},
    {"", "abc", 3},
};

static void distance_counts_edits_and_swaps(void **state)
{
    char long_text[66];

    (void)state;
    for (size_t i = 0; i < CL_COUNT(distances); i++) {
        struct cl_str a = cl_str_of(distances[i].a);
        struct cl_str b = cl_str_of(distances[i].b);
        assert_int_equal(cl_str_distance(a, b, 9), distances[i].distance);
        assert_int_equal(cl_str_distance(b, a, 9), distances[i].distance);
    }
    assert_int_equal(cl_str_distance(CL_STR("kitten"), CL_STR("sitting"), 1), 2);
    (void)memset(long_text, 'x', sizeof(long_text));
    assert_int_equal(cl_str_distance(cl_str_make(long_text, 65), CL_STR("x"), 2), 3);
    assert_int_equal(cl_str_distance(CL_STR("x"), cl_str_make(long_text, 65), 2), 3);
    assert_int_equal(cl_str_distance(cl_str_make(long_text, 65), cl_str_make(long_text, 65), 2), 3);
    assert_int_equal(cl_str_distance(cl_str_make(long_text, 64), cl_str_make(long_text, 63), 2), 1);
}

static void knows_characters_that_deceive(void **state)
{
    static const struct {
        const char *text;
        size_t len; /* of the first character, if it is one */
        int32_t c;
    } rows[] = {
        {"", 0, 0},
        {"a", 0, 0},
        {"\x1b[m", 1, 0x1B},
        {"\n", 1, 0x0A},
        {"\x7f", 1, 0x7F},
        {"\xC2\x80", 2, 0x80},
        {"\xC2\x9F!", 2, 0x9F},
        {"\xC2\xA0", 0, 0},
        {"\x9B", 0, 0}, /* inside a character */
        {"\xD8\x9C", 2, 0x61C},
        {"\xE2\x80\x8D", 0, 0}, /* a joiner: emoji need it */
        {"\xE2\x80\x8E", 3, 0x200E},
        {"\xE2\x80\xA8", 3, 0x2028},
        {"\xE2\x80\xAE", 3, 0x202E},
        {"\xE2\x80\xAF", 0, 0},
        {"\xE2\x81\xA9", 3, 0x2069},
        {"\xEF\xBB\xBF", 3, 0xFEFF},
        {"\xEF\xBC\x81", 0, 0},
        {"\xF0\x9F\x94\xB6", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        int32_t c = 0;
        assert_int_equal(cl_str_unsafe_char(cl_str_of(rows[i].text), &c), rows[i].len);
        assert_int_equal(c, rows[i].c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_of_nothing_are_empty),
        cmocka_unit_test(comparing_goes_by_bytes_and_length),
        cmocka_unit_test(ordering_is_that_of_strcmp),
        cmocka_unit_test(parts_are_found),
        cmocka_unit_test(cutting_stays_inside),
        cmocka_unit_test(cut_splits_at_the_first_separator),
        cmocka_unit_test(copies_are_terminated_and_refuse_nul),
        cmocka_unit_test(copying_survives_lack_of_memory),
        cmocka_unit_test(numbers_are_whole_and_in_range),
        cmocka_unit_test(truth_values_have_many_spellings),
        cmocka_unit_test(utf8_is_checked_strictly),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(knows_characters_that_deceive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
