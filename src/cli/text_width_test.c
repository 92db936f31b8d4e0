#include "cli/text_width.h"

#include "test.h"

struct width_row {
    const char *text;
    size_t width;
};

static void measures_characters_as_terminals_show_them(void **state)
{
    static const struct width_row rows[] = {
        {"", 0},
        {"s3://zenfiles", 13},
        {"z\xC3\xBCrich", 6},
        {"e\xCC\x81", 1}, /* combining acute */
        {"a\xE2\x80\x8B\xE2\x80\x8D"
         "b",
         2},                             /* zero width space and joiner */
        {"\xE6\x97\xA5\xE6\x9C\xAC", 4}, /* wide ideographs */
        {"\xEF\xBC\xA1", 2},             /* fullwidth A */
        {"\xF0\x9F\x94\xB6 aws", 6},     /* orange diamond */
        {"\xF0\x9F\x87\xA6 azure", 8},   /* one regional indicator is two columns */
        {"\xE2\x9C\x85", 2},             /* check mark */
        {"\xE2\x9E\x96", 2},             /* heavy minus */
        {"\xE2\x9A\xA0\xEF\xB8\x8F", 1}, /* text presentation by default, selector is 0 */
        {"\xE2\x94\x80", 1},             /* box drawing */
        {"\xE2\x80\xA2", 1},             /* bullet */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        if (cl_text_width(cl_str_of(rows[i].text)) != rows[i].width)
            fail_msg("row %zu: \"%s\" is %zu wide", i, rows[i].text,
                     cl_text_width(cl_str_of(rows[i].text)));
    }
}

struct shown_row {
    struct cl_str raw;
    const char *shown;
};

static void never_sends_control_bytes_to_a_terminal(void **state)
{
    static const struct shown_row rows[] = {
        {CL_STR_INIT("plain text"), "plain text"},
        {CL_STR_INIT("\x1b[31mred"), "\\x1b[31mred"},
        {CL_STR_INIT("a\0b"), "a\\x00b"},
        {CL_STR_INIT("bell\x07\x7f"), "bell\\x07\\x7f"},
        {CL_STR_INIT("c1 \xC2\x9B"
                     "31m"),
         "c1 \\xc2\\x9b31m"},
        {CL_STR_INIT("bad \xFF\xC3"), "bad \\xff\\xc3"},
        {CL_STR_INIT("overlong \xC0\xAF"), "overlong \\xc0\\xaf"},
        {CL_STR_INIT("surrogate \xED\xA0\x80"), "surrogate \\xed\\xa0\\x80"},
        {CL_STR_INIT("turn\xE2\x80\xAE"
                     "ed"),
         "turn\\xe2\\x80\\xaeed"},
        {CL_STR_INIT("arabic mark \xD8\x9C"), "arabic mark \\xd8\\x9c"},
        {CL_STR_INIT("one\r\ntwo\nthree"), "one\ntwo\nthree"},
        {CL_STR_INIT("carriage\rreturn"), "carriage\\x0dreturn"},
        {CL_STR_INIT("a\tb"), "a       b"},
        {CL_STR_INIT("\xF0\x9F\x94\xB6\tb"), "\xF0\x9F\x94\xB6      b"},
        {CL_STR_INIT("12345678\tb"), "12345678        b"},
        {CL_STR_INIT("x\n\ty"), "x\n        y"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        cl_text_add_shown(&out, rows[i].raw);
        assert_str(cl_buf_view(&out), rows[i].shown);
    }
}

static void keeps_one_line_on_one_line(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    (void)state;
    cl_text_add_shown_line(&out, CL_STR("name\nError: forged"));
    assert_str(cl_buf_view(&out), "name\\x0aError: forged");
}

static void showing_shown_text_changes_nothing(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf once = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf twice = CL_BUF(4096);

    (void)state;
    cl_text_add_shown(&once, CL_STR("\x1b]0;title\x07\t\xFF\xE6\x97\xA5\n"));
    cl_text_add_shown(&twice, cl_buf_view(&once));
    assert_str(cl_buf_view(&twice), once.ptr);
}

static void takes_words_with_the_blanks_around_them(void **state)
{
    struct cl_str rest = CL_STR("  one two   three  ");
    struct cl_str word = CL_STR_NONE;

    (void)state;
    assert_true(cl_text_word(&rest, &word));
    assert_str(word, "  one ");
    assert_true(cl_text_word(&rest, &word));
    assert_str(word, "two   ");
    assert_true(cl_text_word(&rest, &word));
    assert_str(word, "three  ");
    assert_false(cl_text_word(&rest, &word));
}

static void finds_no_word_in_blanks(void **state)
{
    struct cl_str blanks = CL_STR("   ");
    struct cl_str nothing = CL_STR_NONE;
    struct cl_str word = CL_STR_NONE;

    (void)state;
    assert_false(cl_text_word(&blanks, &word));
    assert_false(cl_text_word(&nothing, &word));
}

static void strips_blanks_at_the_end_only(void **state)
{
    (void)state;
    assert_str(cl_text_rstrip(CL_STR("  a b  ")), "  a b");
    assert_str(cl_text_rstrip(CL_STR("   ")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_characters_as_terminals_show_them),
        cmocka_unit_test(never_sends_control_bytes_to_a_terminal),
        cmocka_unit_test(keeps_one_line_on_one_line),
        cmocka_unit_test(showing_shown_text_changes_nothing),
        cmocka_unit_test(takes_words_with_the_blanks_around_them),
        cmocka_unit_test(finds_no_word_in_blanks),
        cmocka_unit_test(strips_blanks_at_the_end_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
