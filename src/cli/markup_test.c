#include "cli/markup.h"

#include "base/alloc.h"
#include "test.h"

#define LINK(index) (CL_SPAN_LINK * (1 + (index)))

struct parse_row {
    const char *markup;
    const char *text;
    const char
        *kinds; /* a digit or letter for each byte: 0 plain, c code, b bold, B both, l link */
};

static char kind_letter(unsigned char kind)
{
    if (kind >= CL_SPAN_LINK)
        return 'l';
    return "0cbB"[kind];
}

static void check(const struct parse_row *row, const struct cl_look *look)
{
    CL_AUTO(cl_spans) struct cl_spans spans = CL_SPANS(4096);
    CL_AUTO(cl_buf) struct cl_buf kinds = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_spans_parse(&spans, cl_str_of(row->markup), look, &err), &err);
    for (size_t i = 0; i < spans.kinds.len; i++)
        cl_buf_add_char(&kinds, kind_letter((unsigned char)spans.kinds.ptr[i]));
    assert_str(cl_buf_view(&spans.text), row->text);
    assert_str(cl_buf_view(&kinds), row->kinds);
    assert_int_equal(spans.kinds.len, spans.text.len);
}

static void gives_each_byte_its_kind(void **state)
{
    static const struct parse_row rows[] = {
        {"", "", ""},
        {"abc", "abc", "000"},
        {"a `b` c", "a b c", "00c00"},
        {"**a** b", "a b", "b00"},
        {"**a `b`**", "a b", "bbB"},
        {"`a **b`", "a **b", "ccccc"},
        {"*a*", "*a*", "000"},
        {"\\*\\*a", "**a", "000"},
        {"\\\\", "\\", "0"},
        {"`unclosed", "unclosed", "cccccccc"},
        {"[t](u)", "t", "l"},
        {"a [t](u) b", "a t b", "00l00"},
        {"`[t](u)`", "[t](u)", "cccccc"},
        {"[t] (u)", "[t] (u)", "0000000"},
        {"[t](u", "[t](u", "00000"},
        {"[](u)x", "x", "0"},
        {"\xC3\xBC `\xC3\xBC`", "\xC3\xBC \xC3\xBC", "000cc"},
    };
    const struct cl_look look = {.hyperlinks = true};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        check(&rows[i], &look);
}

static void writes_addresses_out_where_links_cannot_be_drawn(void **state)
{
    static const struct parse_row rows[] = {
        {"[t](u)", "t <u>", "00000"},
        {"**[t](u)**", "t <u>", "bbbbb"},
    };
    const struct cl_look look = {.hyperlinks = false};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        check(&rows[i], &look);
}

static void draws_pieces_with_their_sequences(void **state)
{
    CL_AUTO(cl_spans) struct cl_spans spans = CL_SPANS(4096);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
    const struct cl_look look = {.colour = true, .hyperlinks = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_spans_parse(&spans, CL_STR("one **two** [three](u)"), &look, &err), &err);
    /* "e two th": the end of one span, a whole one, the beginning of another. */
    cl_spans_draw(&spans, cl_str_make(spans.text.ptr + 2, 8), &look, CL_STR_NONE, &out);
    assert_str(cl_buf_view(&out), "e \x1b[1mtwo\x1b[0m \x1b]8;;u\x1b\\th\x1b[0m\x1b]8;;\x1b\\");
}

static void puts_the_base_style_under_everything(void **state)
{
    CL_AUTO(cl_spans) struct cl_spans spans = CL_SPANS(4096);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
    const struct cl_look look = {.colour = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_spans_parse(&spans, CL_STR("a `b`"), &look, &err), &err);
    cl_spans_draw(&spans, cl_buf_view(&spans.text), &look, CL_STR("\x1b[4m"), &out);
    assert_str(cl_buf_view(&out), "\x1b[4ma \x1b[0m\x1b[4m\x1b[36mb\x1b[0m");
}

static void draws_plainly_without_colour(void **state)
{
    CL_AUTO(cl_spans) struct cl_spans spans = CL_SPANS(4096);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
    const struct cl_look look = {.colour = false};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_spans_parse(&spans, CL_STR("a **b** `c`"), &look, &err), &err);
    cl_spans_draw(&spans, cl_buf_view(&spans.text), &look, CL_STR("\x1b[1m"), &out);
    cl_spans_draw(&spans, CL_STR_NONE, &look, CL_STR("\x1b[1m"), &out);
    assert_str(cl_buf_view(&out), "a b c");
}

static void survives_more_links_than_it_can_mark(void **state)
{
    CL_AUTO(cl_spans) struct cl_spans spans = CL_SPANS(65536);
    CL_AUTO(cl_buf) struct cl_buf markup = CL_BUF(65536);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(65536);
    const struct cl_look look = {.hyperlinks = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (int i = 0; i < 100; i++)
        cl_buf_addf(&markup, "[t%d](u%d) ", i, i);
    assert_ok(cl_spans_parse(&spans, cl_buf_view(&markup), &look, &err), &err);
    cl_spans_draw(&spans, cl_buf_view(&spans.text), &look, CL_STR_NONE, &out);
    assert_true(cl_str_contains(cl_buf_view(&out), CL_STR("\x1b]8;;u59\x1b\\t59\x1b]8;;")));
    assert_true(cl_str_contains(cl_buf_view(&out), CL_STR(" t60 <u60> ")));
    assert_true(cl_str_contains(cl_buf_view(&out), CL_STR(" t99 <u99> ")));
}

static void reports_text_beyond_its_limit(void **state)
{
    CL_AUTO(cl_spans) struct cl_spans spans = CL_SPANS(8);
    const struct cl_look look = {.hyperlinks = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_spans_parse(&spans, CL_STR("more than eight bytes"), &look, &err),
                     CL_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_byte_its_kind),
        cmocka_unit_test(writes_addresses_out_where_links_cannot_be_drawn),
        cmocka_unit_test(draws_pieces_with_their_sequences),
        cmocka_unit_test(puts_the_base_style_under_everything),
        cmocka_unit_test(draws_plainly_without_colour),
        cmocka_unit_test(survives_more_links_than_it_can_mark),
        cmocka_unit_test(reports_text_beyond_its_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
