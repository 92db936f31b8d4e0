#include "cli/output.h"

#include "base/alloc.h"
#include "capture.h"
#include "codec/json.h"
#include "fake_world.h"
#include "test.h"

#define ERR_JSON(code, message, hint, details, exit)                               \
    "{\"error\":{\"code\":\"" code "\",\"message\":\"" message "\",\"hint\":" hint \
    ",\"details\":" details ",\"request_id\":null,\"exit_code\":" exit "}}\n"

struct fixture {
    struct fake_world *fake;
    struct cl_buf text; /* of both streams, in the order of writing */
    struct cl_stream out_stream;
    struct cl_stream err_stream;
    struct cl_settings settings;
    struct cl_out out;
    struct cl_err err;
};

static void set_up(struct fixture *fix, size_t columns)
{
    *fix = (struct fixture){.fake = fake_world_new(), .text = CL_BUF(1UL << 20U)};
    fake_set_env(fix->fake, "LANG", "C.UTF-8");
    fix->out_stream =
        columns > 0 ? capture_terminal(&fix->text, columns) : capture_stream(&fix->text);
    fix->err_stream = fix->out_stream;
}

static void start(struct fixture *fix)
{
    cl_out_init(&fix->out, fake_world(fix->fake), &fix->settings, &fix->out_stream,
                &fix->err_stream);
    fix->out.command = "cleat service-connector list";
}

static void tear_down(struct fixture *fix)
{
    cl_buf_cleanup(&fix->text);
    fake_world_free(fix->fake);
}

struct colour_row {
    const char *name;
    const char *value;
    enum cl_when when;
    bool terminal;
    bool colour;
};

static void decides_about_colour_in_the_documented_order(void **state)
{
    static const struct colour_row rows[] = {
        {"X", "", CL_WHEN_AUTO, false, false},
        {"X", "", CL_WHEN_AUTO, true, true},
        {"NO_COLOR", "1", CL_WHEN_AUTO, true, false},
        {"NO_COLOR", "", CL_WHEN_AUTO, true, true},
        {"NO_COLOR", "1", CL_WHEN_ALWAYS, false, true},
        {"CLICOLOR_FORCE", "1", CL_WHEN_AUTO, false, true},
        {"CLICOLOR_FORCE", "0", CL_WHEN_AUTO, false, false},
        {"CLICOLOR_FORCE", "1", CL_WHEN_NEVER, true, false},
        {"CLICOLOR", "0", CL_WHEN_AUTO, true, false},
        {"CLICOLOR", "1", CL_WHEN_AUTO, false, false},
        {"TERM", "dumb", CL_WHEN_AUTO, true, false},
        {"TERM", "dumb", CL_WHEN_ALWAYS, true, true},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        set_up(&fix, rows[i].terminal ? 80 : 0);
        fake_set_env(fix.fake, rows[i].name, rows[i].value);
        fix.settings.colour = rows[i].when;
        start(&fix);
        if (fix.out.look.colour != rows[i].colour)
            fail_msg("row %zu", i);
        tear_down(&fix);
    }
}

static void no_color_wins_over_forced_colour(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, 80);
    fake_set_env(fix.fake, "NO_COLOR", "1");
    fake_set_env(fix.fake, "CLICOLOR_FORCE", "1");
    start(&fix);
    assert_false(fix.out.look.colour);
    tear_down(&fix);
}

static void takes_the_width_from_option_or_terminal(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, 0);
    start(&fix);
    assert_int_equal(fix.out.look.width, 0);
    assert_int_equal(fix.out.look.wrap, CL_WRAP_FOLD);
    tear_down(&fix);
    set_up(&fix, 93);
    start(&fix);
    assert_int_equal(fix.out.look.width, 93);
    assert_int_equal(fix.out.look.wrap, CL_WRAP_SMART);
    fix.settings.width_given = true;
    fix.settings.width = 60;
    fix.settings.wrap_given = true;
    start(&fix);
    assert_int_equal(fix.out.look.width, 60);
    assert_int_equal(fix.out.look.wrap, CL_WRAP_FOLD);
    tear_down(&fix);
}

static void draws_plainly_without_a_utf8_locale(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, 0);
    fake_set_env(fix.fake, "LANG", "C");
    start(&fix);
    assert_true(fix.out.look.ascii);
    assert_ok(cl_out_say(&fix.out, &fix.err, "%s 'a'", "\xF0\x9F\x94\xB6 aws"), &fix.err);
    assert_str(cl_buf_view(&fix.text), "aws 'a'\n");
    tear_down(&fix);
}

static void says_sentences_only_to_people(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, 0);
    start(&fix);
    assert_ok(cl_out_say(&fix.out, &fix.err, "Deleted `%s`.", "a\x1b[2Jb\nc"), &fix.err);
    assert_str(cl_buf_view(&fix.text), "Deleted `a\\x1b[2Jb\\x0ac`.\n");
    cl_buf_truncate(&fix.text, 0);
    fix.settings.format = CL_FORMAT_JSON;
    start(&fix);
    assert_ok(cl_out_say(&fix.out, &fix.err, "nothing of this"), &fix.err);
    assert_int_equal(fix.text.len, 0);
    fix.settings = (struct cl_settings){.field = "id"};
    start(&fix);
    assert_true(cl_out_is_machine(&fix.out));
    tear_down(&fix);
}

static void quiet_drops_notices_but_not_warnings(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, 0);
    start(&fix);
    cl_out_notice(&fix.out, "a notice");
    cl_out_warn(&fix.out, "a %s", "warning");
    cl_out_verbose(&fix.out, "unheard");
    assert_str(cl_buf_view(&fix.text), "a notice\nwarning: a warning\n");
    cl_buf_truncate(&fix.text, 0);
    fix.settings.quiet = true;
    fix.settings.verbose = true;
    start(&fix);
    cl_out_notice(&fix.out, "a notice");
    cl_out_warn(&fix.out, "a warning");
    cl_out_verbose(&fix.out, "heard");
    assert_str(cl_buf_view(&fix.text), "warning: a warning\nheard\n");
    tear_down(&fix);
}

static void wraps_notices_at_the_terminal(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, 24);
    fix.settings.colour = CL_WHEN_NEVER;
    start(&fix);
    cl_out_notice(&fix.out, "Fetching all resources can take a long time.");
    assert_str(cl_buf_view(&fix.text), "Fetching all resources\ncan take a long time.\n");
    tear_down(&fix);
}

static void reports_errors_for_people(void **state)
{
    struct fixture fix;
    struct cl_err failure = CL_ERR_NONE;

    (void)state;
    set_up(&fix, 0);
    start(&fix);
    (void)cl_err_set(&failure, CL_E_NOT_FOUND, "connector 'aws-prdo' not found");
    (void)cl_err_hint(&failure, "Did you mean 'aws-prod'?");
    assert_int_equal(cl_out_error(&fix.out, &failure, 0), 3);
    assert_str(cl_buf_view(&fix.text),
               "Error: connector 'aws-prdo' not found\n  Did you mean 'aws-prod'?\n");
    tear_down(&fix);
}

static void shows_the_way_to_the_help_after_usage_errors(void **state)
{
    struct fixture fix;
    struct cl_err failure = CL_ERR_NONE;

    (void)state;
    set_up(&fix, 0);
    start(&fix);
    (void)cl_err_set(&failure, CL_E_UNKNOWN_ATTRIBUTE, "unknown attribute 'regoin'");
    assert_int_equal(cl_out_error(&fix.out, &failure, 0), 2);
    assert_str(cl_buf_view(&fix.text), "Error: unknown attribute 'regoin'\n"
                                       "Run 'cleat service-connector list --help' for usage.\n");
    cl_buf_truncate(&fix.text, 0);
    (void)cl_err_set(&failure, CL_E_UNSUPPORTED, "no");
    assert_int_equal(cl_out_error(&fix.out, &failure, 0), 2);
    assert_str(cl_buf_view(&fix.text), "Error: no\n");
    cl_buf_truncate(&fix.text, 0);
    (void)cl_err_set(&failure, CL_E_INVALID, "the policy is too large");
    (void)snprintf(failure.upstream_code, sizeof(failure.upstream_code), "PackedPolicyTooLarge");
    assert_int_equal(cl_out_error(&fix.out, &failure, 0), 2);
    assert_str(cl_buf_view(&fix.text), "Error: the policy is too large\n");
    tear_down(&fix);
}

static void indents_further_lines_of_a_message(void **state)
{
    struct fixture fix;
    struct cl_err failure = {.code = CL_E_DENIED, .text = "refused\nReason: \x1b[2J\nmore"};

    (void)state;
    set_up(&fix, 0);
    start(&fix);
    assert_int_equal(cl_out_error(&fix.out, &failure, 0), 7);
    assert_str(cl_buf_view(&fix.text), "Error: refused\n  Reason: \\x1b[2J\n  more\n");
    tear_down(&fix);
}

static void an_interruption_is_no_error(void **state)
{
    struct fixture fix;
    struct cl_err failure = CL_ERR_NONE;

    (void)state;
    set_up(&fix, 0);
    start(&fix);
    (void)cl_err_set(&failure, CL_E_INTERRUPTED, "Aborted.");
    assert_int_equal(cl_out_error(&fix.out, &failure, 0), 130);
    assert_str(cl_buf_view(&fix.text), "Aborted.\n");
    tear_down(&fix);
}

static void colours_errors_on_a_terminal(void **state)
{
    struct fixture fix;
    struct cl_err failure = CL_ERR_NONE;

    (void)state;
    set_up(&fix, 80);
    start(&fix);
    (void)cl_err_set(&failure, CL_E_NOT_FOUND, "gone");
    (void)cl_err_hint(&failure, "Look again.");
    (void)cl_out_error(&fix.out, &failure, 0);
    assert_str(cl_buf_view(&fix.text), "\x1b[1;31mError:\x1b[0m \x1b[31mgone\x1b[0m\n"
                                       "  \x1b[2mLook again.\x1b[0m\n");
    tear_down(&fix);
}

static void reports_errors_for_machines(void **state)
{
    struct fixture fix;
    struct cl_err failure = CL_ERR_NONE;

    (void)state;
    set_up(&fix, 0);
    fix.settings.format = CL_FORMAT_JSON;
    start(&fix);
    (void)cl_err_set(&failure, CL_E_NOT_FOUND, "connector 'aws-prdo' not found");
    (void)cl_err_hint(&failure, "Did you mean 'aws-prod'?");
    assert_int_equal(cl_out_error(&fix.out, &failure, 0), 3);
    assert_str(cl_buf_view(&fix.text), ERR_JSON("not_found", "connector 'aws-prdo' not found",
                                                "\"Did you mean 'aws-prod'?\"", "null", "3"));
    tear_down(&fix);
}

/* The child's code space is not ours: what the process exits with is what is told. */
static void tells_the_exit_code_of_the_process(void **state)
{
    struct fixture fix;
    struct cl_err failure = CL_ERR_NONE;

    (void)state;
    set_up(&fix, 0);
    fix.settings.format = CL_FORMAT_JSON;
    start(&fix);
    (void)cl_err_set(&failure, CL_E_NOT_FOUND, "no such program");
    assert_int_equal(cl_out_error(&fix.out, &failure, 127), 127);
    assert_str(cl_buf_view(&fix.text),
               ERR_JSON("not_found", "no such program", "null", "null", "127"));
    tear_down(&fix);
}

/* With no memory for the object, what a program acts on is still told. */
static void tells_machines_at_least_the_codes(void **state)
{
    int64_t made = 1;

    (void)state;
    for (int64_t nth = 1; made >= nth; nth++) {
        struct fixture fix;
        struct cl_err failure = CL_ERR_NONE;
        set_up(&fix, 0);
        fix.settings.format = CL_FORMAT_JSON;
        start(&fix);
        (void)cl_err_set(&failure, CL_E_NOT_FOUND, "gone");
        cl_buf_add_repeat(&fix.text, " ", 4096); /* room of its own */
        cl_buf_truncate(&fix.text, 0);
        (void)cl_alloc_fail_at(nth);
        int status = cl_out_error(&fix.out, &failure, 0);
        made = cl_alloc_fail_at(0);
        assert_int_equal(status, 3);
        if (fix.text.len > 0) { /* the text itself may have had no room */
            assert_non_null(strstr(fix.text.ptr, "{\"error\":{\"code\":\"not_found\""));
            assert_non_null(strstr(fix.text.ptr, "\"exit_code\":3}}\n"));
        }
        tear_down(&fix);
    }
}

static void gives_the_providers_words_as_details(void **state)
{
    struct fixture fix;
    struct cl_err failure = {.code = CL_E_THROTTLED,
                             .upstream_status = 503,
                             .retry_after_s = 7,
                             .upstream_code = "SlowDown",
                             .upstream_service = "s3",
                             .text = "slow \"down\""};

    (void)state;
    set_up(&fix, 0);
    fix.settings.field = "id";
    start(&fix);
    assert_int_equal(cl_out_error(&fix.out, &failure, 0), 9);
    assert_str(cl_buf_view(&fix.text),
               ERR_JSON("provider_throttled", "slow \\\"down\\\"", "null",
                        "{\"retryable\":true,\"retry_after_s\":7,\"provider\":{\"service\":\"s3\","
                        "\"operation\":null,\"http_status\":503,\"code\":\"SlowDown\","
                        "\"request_id\":null}}",
                        "9"));
    tear_down(&fix);
}

static void every_code_has_its_exit_code_and_machine_form(void **state)
{
    (void)state;
    for (int code = CL_E_FAILED; code <= CL_E_INTERRUPTED; code++) {
        struct fixture fix;
        struct cl_err failure = CL_ERR_NONE;
        struct cl_err err = CL_ERR_NONE;
        CL_AUTO(cl_json) json_t *json = NULL;
        set_up(&fix, 0);
        fix.settings.format = CL_FORMAT_YAML;
        start(&fix);
        (void)cl_err_set(&failure, (enum cl_code)code, "text");
        int status = cl_out_error(&fix.out, &failure, 0);
        assert_true(status >= 1 && (status <= 10 || status == 130));
        assert_ok(cl_json_parse(cl_buf_view(&fix.text), &json, &err), &err);
        const json_t *error = cl_json_get(json, "error");
        assert_str(cl_json_str(error, "code"), cl_code_wire((enum cl_code)code));
        assert_int_equal(cl_json_i64(error, "exit_code", 0), status);
        tear_down(&fix);
    }
}

static int broken_pipe(void *ctx, const char *ptr, size_t len)
{
    (void)ptr;
    (void)len;
    return *(int *)ctx;
}

static void a_closed_pipe_ends_output_silently(void **state)
{
    struct fixture fix;
    int error = EPIPE;

    (void)state;
    set_up(&fix, 0);
    fix.out_stream = (struct cl_stream){.write = broken_pipe, .ctx = &error, .fd = -1};
    start(&fix);
    assert_ok(cl_out_say(&fix.out, &fix.err, "one"), &fix.err);
    assert_true(fix.out_stream.closed);
    error = ENOSPC;
    assert_ok(cl_out_say(&fix.out, &fix.err, "two"), &fix.err);
    tear_down(&fix);
}

static void a_full_disk_is_an_error(void **state)
{
    struct fixture fix;
    int error = ENOSPC;

    (void)state;
    set_up(&fix, 0);
    fix.out_stream = (struct cl_stream){.write = broken_pipe, .ctx = &error, .fd = -1};
    start(&fix);
    assert_int_equal(cl_out_say(&fix.out, &fix.err, "one"), CL_E_FAILED);
    assert_string_equal(fix.err.text, "cannot write the output: No space left on device");
    tear_down(&fix);
}

struct object_row {
    enum cl_format format;
    const char *columns;
    const char *field;
    const char *text;
};

static void prints_a_single_object_in_every_format(void **state)
{
    static const struct object_row rows[] = {
        {CL_FORMAT_JSON, NULL, NULL,
         "{\n  \"name\": \"a,b\",\n  \"tags\": [\n    \"x\",\n    \"y\"\n  ],\n  \"deep\": {\n    "
         "\"er\": 1\n  },\n  \"no\": null\n}\n"},
        {CL_FORMAT_NDJSON, NULL, NULL,
         "{\"name\":\"a,b\",\"tags\":[\"x\",\"y\"],\"deep\":{\"er\":1},\"no\":null}\n"},
        {CL_FORMAT_YAML, NULL, NULL,
         "name: a,b\ntags:\n- x\n- \"y\"\ndeep:\n  er: 1\n\"no\": null\n"},
        {CL_FORMAT_CSV, NULL, NULL, "name,tags,deep,no\n\"a,b\",x;y,\"{\"\"er\"\":1}\",\n"},
        {CL_FORMAT_TSV, NULL, NULL, "name\ttags\tdeep\tno\na,b\tx;y\t{\"er\":1}\t\n"},
        {CL_FORMAT_NAME, NULL, NULL, "thing/a,b\n"},
        {CL_FORMAT_NDJSON, "no,name", NULL, "{\"no\":null,\"name\":\"a,b\"}\n"},
        {CL_FORMAT_NDJSON, "all", NULL,
         "{\"name\":\"a,b\",\"tags\":[\"x\",\"y\"],\"deep\":{\"er\":1},\"no\":null}\n"},
        {CL_FORMAT_TABLE, NULL, "name", "a,b\n"},
        {CL_FORMAT_TABLE, NULL, "deep.er", "1\n"},
        {CL_FORMAT_TABLE, NULL, "tags", "x;y\n"},
        {CL_FORMAT_TABLE, NULL, "no", "\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        CL_AUTO(cl_json)
        json_t *object = json_pack("{s:s, s:[s,s], s:{s:i}, s:n}", "name", "a,b", "tags", "x", "y",
                                   "deep", "er", 1, "no");
        set_up(&fix, 0);
        fix.settings.format = rows[i].format;
        fix.settings.columns = rows[i].columns;
        fix.settings.field = rows[i].field;
        start(&fix);
        assert_ok(cl_out_object(&fix.out, "thing", object, &fix.err), &fix.err);
        assert_str(cl_buf_view(&fix.text), rows[i].text);
        tear_down(&fix);
    }
}

/* A name is untrusted: on a terminal even a field is shown, in a pipe it is what it is. */
static void sends_no_raw_control_to_a_terminal(void **state)
{
    static const struct {
        enum cl_format format;
        const char *field;
        const char *raw;
        const char *shown;
    } rows[] = {
        {CL_FORMAT_TABLE, "name",
         "x\x1b[2J\xC2\x9B"
         "1m\n",
         "x\\x1b[2J\\xc2\\x9b1m\n"},
        {CL_FORMAT_NAME, NULL,
         "thing/x\x1b[2J\xC2\x9B"
         "1m\n",
         "thing/x\\x1b[2J\\xc2\\x9b1m\n"},
        {CL_FORMAT_CSV, NULL,
         "name\nx\x1b[2J\xC2\x9B"
         "1m\n",
         "name\nx\\x1b[2J\\xc2\\x9b1m\n"},
        {CL_FORMAT_NDJSON, NULL, "{\"name\":\"x\\u001B[2J\\u009B1m\"}\n",
         "{\"name\":\"x\\u001B[2J\\u009B1m\"}\n"},
    };

    (void)state;
    for (size_t i = 0; i < 2 * CL_COUNT(rows); i++) {
        struct fixture fix;
        CL_AUTO(cl_json)
        json_t *object = json_pack("{s:s}", "name",
                                   "x\x1b[2J\xC2\x9B"
                                   "1m");
        bool terminal = i % 2 == 1;
        set_up(&fix, terminal ? 80 : 0);
        fix.settings.format = rows[i / 2].format;
        fix.settings.field = rows[i / 2].field;
        start(&fix);
        assert_ok(cl_out_object(&fix.out, "thing", object, &fix.err), &fix.err);
        assert_str(cl_buf_view(&fix.text), terminal ? rows[i / 2].shown : rows[i / 2].raw);
        tear_down(&fix);
    }
}

static void names_the_members_when_one_is_unknown(void **state)
{
    struct fixture fix;
    CL_AUTO(cl_json) json_t *object = json_pack("{s:s, s:s}", "name", "x", "region", "y");

    (void)state;
    set_up(&fix, 0);
    fix.settings.field = "regoin";
    start(&fix);
    assert_int_equal(cl_out_object(&fix.out, "thing", object, &fix.err), CL_E_INVALID);
    assert_string_equal(fix.err.text, "field 'regoin' does not exist; there are: name, region");
    assert_string_equal(fix.err.hint, "Did you mean 'region'?");
    fix.settings = (struct cl_settings){.format = CL_FORMAT_JSON, .columns = "name,foo"};
    start(&fix);
    assert_int_equal(cl_out_object(&fix.out, "thing", object, &fix.err), CL_E_INVALID);
    assert_string_equal(fix.err.text, "column 'foo' does not exist; there are: name, region");
    assert_int_equal(fix.text.len, 0);
    tear_down(&fix);
}

static void says_which_columns_had_no_room(void **state)
{
    static const struct cl_column columns[] = {{"name", "NAME", CL_COLUMN_FIXED},
                                               {"labels", "LABELS", CL_COLUMN_FIXED}};
    struct fixture fix;
    CL_AUTO(cl_table) struct cl_table *table = NULL;

    (void)state;
    set_up(&fix, 60);
    fix.settings.colour = CL_WHEN_NEVER;
    start(&fix);
    assert_ok(cl_table_new(CL_TABLE_LIST, NULL, columns, 2, &table, &fix.err), &fix.err);
    cl_table_row(table);
    cl_table_cell_c(table, "a");
    cl_table_cell_c(table, "123456789012345678901234567890123456789012345678901234567890");
    assert_ok(cl_out_table(&fix.out, table, &fix.err), &fix.err);
    assert_true(cl_str_ends(cl_buf_view(&fix.text),
                            CL_STR("\n1 column hidden, terminal too narrow: LABELS (see\n"
                                   "--columns, --output json)\n")));
    tear_down(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_about_colour_in_the_documented_order),
        cmocka_unit_test(no_color_wins_over_forced_colour),
        cmocka_unit_test(takes_the_width_from_option_or_terminal),
        cmocka_unit_test(draws_plainly_without_a_utf8_locale),
        cmocka_unit_test(says_sentences_only_to_people),
        cmocka_unit_test(quiet_drops_notices_but_not_warnings),
        cmocka_unit_test(wraps_notices_at_the_terminal),
        cmocka_unit_test(reports_errors_for_people),
        cmocka_unit_test(shows_the_way_to_the_help_after_usage_errors),
        cmocka_unit_test(indents_further_lines_of_a_message),
        cmocka_unit_test(an_interruption_is_no_error),
        cmocka_unit_test(colours_errors_on_a_terminal),
        cmocka_unit_test(reports_errors_for_machines),
        cmocka_unit_test(tells_the_exit_code_of_the_process),
        cmocka_unit_test(tells_machines_at_least_the_codes),
        cmocka_unit_test(gives_the_providers_words_as_details),
        cmocka_unit_test(every_code_has_its_exit_code_and_machine_form),
        cmocka_unit_test(a_closed_pipe_ends_output_silently),
        cmocka_unit_test(a_full_disk_is_an_error),
        cmocka_unit_test(prints_a_single_object_in_every_format),
        cmocka_unit_test(sends_no_raw_control_to_a_terminal),
        cmocka_unit_test(names_the_members_when_one_is_unknown),
        cmocka_unit_test(says_which_columns_had_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
