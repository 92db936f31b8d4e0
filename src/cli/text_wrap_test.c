#include "cli/text_wrap.h"

#include "test.h"

static void collect(void *ctx, struct cl_str line)
{
    struct cl_buf *out = ctx;

    cl_buf_add(out, line);
    cl_buf_add_char(out, '|');
}

struct wrap_row {
    const char *text;
    size_t width;
    const char *lines; /* each ended by | */
};

static void check_wrap(const struct wrap_row *row)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    cl_text_wrap(cl_str_of(row->text), row->width, collect, &out);
    assert_str(cl_buf_view(&out), row->lines);
}

static void wraps_words_and_folds_what_is_too_long(void **state)
{
    static const struct wrap_row rows[] = {
        {"", 10, "|"},
        {"short", 10, "short|"},
        {"exactly ten", 7, "exactly|ten|"},
        {"one two three", 8, "one two|three|"},
        {"one two three", 7, "one two|three|"},
        {"one two three", 6, "one|two|three|"},
        {"abcdefghijkl", 5, "abcde|fghij|kl|"},
        {"to abcdefghijkl", 5, "to|abcde|fghij|kl|"},
        {"abcdefgh xy", 5, "abcde|fgh|xy|"}, /* the rest of a folded word is a line begun */
        {"abcdefg x", 5, "abcde|fg x|"},
        {"  indented text", 10, "  indented|text|"},
        {"first\nsecond", 20, "first|second|"},
        {"first\n\nthird\n\n", 20, "first||third|||"},
        {"keep   inner   blanks", 40, "keep   inner   blanks|"},
        {"trailing   ", 8, "trailing|"},
        {"abcde     ", 3, "abc|de|||"}, /* blanks of a folded word are cut with it */
        {"     ", 3, "|"},
        {"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", 5, "\xE6\x97\xA5\xE6\x9C\xAC|\xE8\xAA\x9E|"},
        {"\xE6\x97\xA5\xE6\x9C\xAC", 1, "\xE6\x97\xA5|\xE6\x9C\xAC|"}, /* never hangs */
        {"\xF0\x9F\x8C\x80 kubernetes-cluster", 18, "\xF0\x9F\x8C\x80|kubernetes-cluster|"},
        {"unlimited width never wraps", 0, "unlimited width never wraps|"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        check_wrap(&rows[i]);
}

static void keeps_combining_marks_that_stand_alone(void **state)
{
    (void)state;
    check_wrap(&(struct wrap_row){"\xCC\x81 abcdefg", 5, "\xCC\x81|abcde|fg|"});
}

static const char provider_text[] =
    "\xF0\x9F\x92\xA5 error: connector 'kubernetes-auto' authorization failure: failed to verify "
    "Kubernetes cluster access: (401)\nReason: Unauthorized\nHTTP response headers: "
    "HTTPHeaderDict({'Audit-Id': '20c96e65-3e3e-4e08-bae3-bcb72c527fbf', 'Cache-Control': "
    "'no-cache, private', 'Content-Type': 'application/json', 'Date': 'Fri, 09 Jun 2023 18:52:56 "
    "GMT', 'Content-Length': '129'})\nHTTP response body: "
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":"
    "\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}\n\n";

static void wraps_a_long_provider_message_as_the_guide_shows(void **state)
{
    static const char lines[] =
        "\xF0\x9F\x92\xA5 error: connector 'kubernetes-auto' authorization failure: failed to "
        "verify "
        "Kubernetes cluster|access: (401)|Reason: Unauthorized|HTTP response headers: "
        "HTTPHeaderDict({'Audit-Id': '20c96e65-3e3e-4e08-bae3-bcb72c527fbf',|'Cache-Control': "
        "'no-cache, private', 'Content-Type': 'application/json', 'Date': 'Fri, 09 Jun "
        "2023|18:52:56 "
        "GMT', 'Content-Length': '129'})|HTTP response body:|"
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
        "\"message\":\"Unauthorized\",\"reason\":\"|Unauthorized\",\"code\":401}|||";

    (void)state;
    check_wrap(&(struct wrap_row){provider_text, 103, lines});
}

static void indents_wrapped_text(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    (void)state;
    cl_text_add_wrapped(&out, CL_STR("one two three four\n\nfive"), 12, 2);
    assert_str(cl_buf_view(&out), "  one two\n  three four\n\n  five\n");
}

static void continues_an_indented_line_at_its_indent(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    (void)state;
    cl_text_add_wrapped(&out, CL_STR("key\n  a value of several words"), 14, 0);
    assert_str(cl_buf_view(&out), "key\n  a value of\n  several\n  words\n");
}

static void gives_up_an_indent_that_leaves_no_room(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    (void)state;
    cl_text_add_wrapped(&out, CL_STR("      ab cd"), 6, 0);
    assert_str(cl_buf_view(&out), "\nab cd\n");
}

static void wraps_plain_text_for_flavors_at_70_columns(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    (void)state;
    cl_text_add_wrapped(
        &out,
        CL_STR("This flavor supports connecting to external resources with a Service "
               "Connector. It requires a 's3-bucket' resource. You can get a list of "
               "all available connectors and the compatible resources that they can "
               "access by running:"),
        70, 0);
    assert_str(cl_buf_view(&out),
               "This flavor supports connecting to external resources with a Service\n"
               "Connector. It requires a 's3-bucket' resource. You can get a list of\n"
               "all available connectors and the compatible resources that they can\n"
               "access by running:\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wraps_words_and_folds_what_is_too_long),
        cmocka_unit_test(keeps_combining_marks_that_stand_alone),
        cmocka_unit_test(wraps_a_long_provider_message_as_the_guide_shows),
        cmocka_unit_test(indents_wrapped_text),
        cmocka_unit_test(continues_an_indented_line_at_its_indent),
        cmocka_unit_test(gives_up_an_indent_that_leaves_no_room),
        cmocka_unit_test(wraps_plain_text_for_flavors_at_70_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
