#include "cli/values.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/settings.h"
#include "fake_world.h"
#include "test.h"

struct fixture {
    struct fake_world *fake;
    struct cl_values values;
    struct cl_err err;
};

static void set_up(struct fixture *fix)
{
    *fix = (struct fixture){.fake = fake_world_new()};
    fix->values = (struct cl_values){.world = fake_world(fix->fake), .stdin_fd = -1};
    fake_set_env(fix->fake, "HOME", "/home/me");
    fake_set_env(fix->fake, "TOKEN", "from-env\n");
    fake_set_env(fix->fake, "EMPTY", "");
    fake_set_file(fix->fake, "/home/me/key", "from-home\n");
    fake_set_file(fix->fake, "/f/plain", "content");
    fake_set_file(fix->fake, "/f/crlf", "content\r\n");
    fake_set_file(fix->fake, "/f/two", "content\n\n");
    fake_set_file(fix->fake, "/f/empty", "");
    fake_set_file(fix->fake, "relative", "near");
    fake_set_file(fix->fake, "/f/doc.json", "{\"a\":1}\n");
}

static void tear_down(struct fixture *fix)
{
    fake_world_free(fix->fake);
}

struct value_row {
    const char *raw;
    const char *value;
};

static void reads_values_from_where_they_say(void **state)
{
    static const struct value_row rows[] = {
        {"plain", "plain"},       {"", ""},
        {"@@rest", "@rest"},      {"@@", "@"},
        {"@/f/plain", "content"}, {"@/f/crlf", "content"},
        {"@/f/two", "content\n"}, /* exactly one line end */
        {"@/f/empty", ""},        {"@~/key", "from-home"},
        {"@relative", "near"},    {"@env:TOKEN", "from-env\n"}, /* a variable is taken as it is */
        {"@env:EMPTY", ""},       {"a@b", "a@b"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        CL_AUTO(cl_secret) struct cl_secret *value = NULL;
        set_up(&fix);
        assert_ok(cl_value_read(&fix.values, "token", rows[i].raw, &value, &fix.err), &fix.err);
        assert_str(cl_secret_expose(value), rows[i].value);
        tear_down(&fix);
    }
}

static void refuses_what_cannot_be_read(void **state)
{
    static const struct value_row rows[] = {
        {"@/f/none", "token: '/f/none' does not exist"},
        {"@/f", "token: '/f' is not a regular file"},
        {"@env:UNSET", "token: '@env:UNSET' names a variable that is not set"},
        {"@env:", "token: '@env:' names a variable that is not set"},
        {"@~nobody-of-that-name/x", "no home folder is known for '~nobody-of-that-name'"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        CL_AUTO(cl_secret) struct cl_secret *value = NULL;
        set_up(&fix);
        assert_int_equal(cl_value_read(&fix.values, "token", rows[i].raw, &value, &fix.err),
                         CL_E_INVALID);
        assert_string_equal(fix.err.text, rows[i].value);
        assert_null(value);
        tear_down(&fix);
    }
}

static void keeps_the_size_limit_of_files(void **state)
{
    struct fixture fix;
    static char content[CL_ARG_FILE_MAX + 2];
    CL_AUTO(cl_secret) struct cl_secret *value = NULL;

    (void)state;
    set_up(&fix);
    (void)memset(content, 'x', sizeof(content) - 1);
    fake_set_file(fix.fake, "/f/large", content);
    assert_int_equal(cl_value_read(&fix.values, "token", "@/f/large", &value, &fix.err),
                     CL_E_INVALID);
    assert_string_equal(fix.err.text, "token: '/f/large' is larger than 65536 bytes");
    content[CL_ARG_FILE_MAX] = '\0';
    fake_set_file(fix.fake, "/f/large", content);
    assert_ok(cl_value_read(&fix.values, "token", "@/f/large", &value, &fix.err), &fix.err);
    assert_int_equal(cl_secret_expose(value).len, CL_ARG_FILE_MAX);
    tear_down(&fix);
}

static int pipe_with(const char *bytes, size_t len)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, len), len);
    (void)close(ends[1]);
    return ends[0];
}

static void reads_standard_input_once(void **state)
{
    struct fixture fix;
    CL_AUTO(cl_secret) struct cl_secret *value = NULL;
    CL_AUTO(cl_secret) struct cl_secret *again = NULL;

    (void)state;
    set_up(&fix);
    fix.values.stdin_fd = pipe_with("typed\n", 6);
    assert_ok(cl_value_read(&fix.values, "token", "@-", &value, &fix.err), &fix.err);
    assert_str(cl_secret_expose(value), "typed");
    assert_true(fix.values.stdin_used);
    assert_int_equal(cl_value_read(&fix.values, "other", "@-", &again, &fix.err), CL_E_INVALID);
    assert_string_equal(fix.err.text, "other: '@-' can be used only once");
    (void)close(fix.values.stdin_fd);
    tear_down(&fix);
}

static void refuses_nul_bytes_and_floods_on_standard_input(void **state)
{
    struct fixture fix;
    CL_AUTO(cl_secret) struct cl_secret *value = NULL;

    (void)state;
    set_up(&fix);
    fix.values.stdin_fd = pipe_with("a\0b", 3);
    assert_int_equal(cl_value_read(&fix.values, "token", "@-", &value, &fix.err), CL_E_INVALID);
    assert_string_equal(fix.err.text, "token: '@-' contains a NUL byte");
    (void)close(fix.values.stdin_fd);
    fix.values = (struct cl_values){.world = fake_world(fix.fake),
                                    .stdin_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC)};
    assert_int_equal(cl_value_read(&fix.values, "token", "@-", &value, &fix.err), CL_E_INVALID);
    assert_string_equal(fix.err.text, "token: '@-' is larger than 65536 bytes");
    (void)close(fix.values.stdin_fd);
    tear_down(&fix);
}

static void loads_documents_also_from_a_bare_path(void **state)
{
    static const struct value_row rows[] = {
        {"{\"b\":2}", "{\"b\":2}"},    {"  {\"b\":2}", "  {\"b\":2}"}, {"/f/doc.json", "{\"a\":1}"},
        {"@/f/doc.json", "{\"a\":1}"}, {"~/key", "from-home"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        CL_AUTO(cl_secret) struct cl_secret *value = NULL;
        set_up(&fix);
        assert_ok(cl_value_read_document(&fix.values, "doc", rows[i].raw, &value, &fix.err),
                  &fix.err);
        assert_str(cl_secret_expose(value), rows[i].value);
        tear_down(&fix);
    }
}

static void refuses_a_document_that_is_neither_without_showing_it(void **state)
{
    struct fixture fix;
    CL_AUTO(cl_secret) struct cl_secret *value = NULL;

    (void)state;
    set_up(&fix);
    assert_int_equal(cl_value_read_document(&fix.values, "doc", "hush-hush", &value, &fix.err),
                     CL_E_INVALID);
    assert_string_equal(fix.err.text, "doc: the value is neither JSON nor an existing file");
    tear_down(&fix);
}

static void knows_which_values_stand_on_the_command_line(void **state)
{
    (void)state;
    assert_true(cl_value_is_literal("secret"));
    assert_true(cl_value_is_literal("@@secret"));
    assert_false(cl_value_is_literal("@file"));
    assert_false(cl_value_is_literal("@-"));
    assert_false(cl_value_is_literal("@env:X"));
}

struct label_row {
    const char *raw;
    bool value_needed;
    enum cl_code code;
    const char *key;
    const char *value;
};

static void splits_labels_at_the_first_equals_sign(void **state)
{
    static const struct label_row rows[] = {
        {"a=b", true, CL_OK, "a", "b"},    {"a=b=c", true, CL_OK, "a", "b=c"},
        {"a=", true, CL_OK, "a", ""},      {"a", false, CL_OK, "a", ""},
        {"a", true, CL_E_INVALID, "", ""}, {"=b", true, CL_E_INVALID, "", ""},
        {"", false, CL_E_INVALID, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_label label = {.has_value = false};
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_value_label(rows[i].raw, rows[i].value_needed, &label, &err),
                         rows[i].code);
        if (rows[i].code != CL_OK)
            continue;
        assert_str(label.key, rows[i].key);
        assert_str(label.value, rows[i].value);
        assert_int_equal(label.has_value, strchr(rows[i].raw, '=') != NULL);
    }
}

static const struct cl_option rows[] = {
    {.name = "parallel", .kind = CL_OPTION_VALUE},
    {.name = "duration", .kind = CL_OPTION_VALUE},
    {.name = "expires-at", .kind = CL_OPTION_VALUE},
};
static const struct cl_option_set options = CL_OPTION_SET(rows);
static const struct cl_command root = {.name = "cleat"};

static void parse(struct cl_args *args, const char *option)
{
    static char copy[128];
    char program[] = "cleat";
    char *argv[] = {program, copy, NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)memcpy(copy, option, strlen(option) + 1);
    assert_ok(cl_args_parse(&root, &options, 2, argv, args, &err), &err);
}

static void reads_typed_options(void **state)
{
    struct cl_args args = CL_ARGS_NONE;
    struct cl_err err = CL_ERR_NONE;
    int64_t value = -1;

    (void)state;
    parse(&args, "--parallel=64");
    assert_ok(cl_args_i64(&args, "parallel", &value, &err), &err);
    assert_int_equal(value, 64);
    assert_ok(cl_args_duration(&args, "duration", &value, &err), &err);
    assert_int_equal(value, 64); /* not given: untouched */
    cl_args_cleanup(&args);
    parse(&args, "--duration=1h30m");
    assert_ok(cl_args_duration(&args, "duration", &value, &err), &err);
    assert_int_equal(value, 5400);
    cl_args_cleanup(&args);
    parse(&args, "--expires-at=+1h");
    assert_ok(cl_args_time(&args, "expires-at", 1000, &value, &err), &err);
    assert_int_equal(value, 4600);
    cl_args_cleanup(&args);
}

static void names_the_option_whose_value_is_wrong(void **state)
{
    struct cl_args args = CL_ARGS_NONE;
    struct cl_err err = CL_ERR_NONE;
    int64_t value = -1;

    (void)state;
    parse(&args, "--parallel=many");
    assert_int_equal(cl_args_i64(&args, "parallel", &value, &err), CL_E_INVALID);
    assert_string_equal(err.text, "--parallel: 'many' is not a whole number");
    cl_args_cleanup(&args);
    parse(&args, "--duration=soon");
    assert_int_equal(cl_args_duration(&args, "duration", &value, &err), CL_E_INVALID);
    assert_string_equal(err.text, "--duration: 'soon' is not a duration such as 3600 or 1h30m");
    cl_args_cleanup(&args);
    parse(&args, "--expires-at=then");
    assert_int_equal(cl_args_time(&args, "expires-at", 0, &value, &err), CL_E_INVALID);
    assert_string_equal(
        err.text,
        "--expires-at: 'then' is not a date and time like '2023-12-31 23:59:59' or +1h30m");
    cl_args_cleanup(&args);
    parse(&args, "--expires-at=1970-01-01"); /* in seconds that is none */
    assert_int_equal(cl_args_time(&args, "expires-at", 0, &value, &err), CL_E_INVALID);
    assert_string_equal(err.text, "--expires-at: '1970-01-01' is not a time after 1970-01-01");
    cl_args_cleanup(&args);
    assert_int_equal(value, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values_from_where_they_say),
        cmocka_unit_test(refuses_what_cannot_be_read),
        cmocka_unit_test(keeps_the_size_limit_of_files),
        cmocka_unit_test(reads_standard_input_once),
        cmocka_unit_test(refuses_nul_bytes_and_floods_on_standard_input),
        cmocka_unit_test(loads_documents_also_from_a_bare_path),
        cmocka_unit_test(refuses_a_document_that_is_neither_without_showing_it),
        cmocka_unit_test(knows_which_values_stand_on_the_command_line),
        cmocka_unit_test(splits_labels_at_the_first_equals_sign),
        cmocka_unit_test(reads_typed_options),
        cmocka_unit_test(names_the_option_whose_value_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
