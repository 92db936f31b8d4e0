#include "cli/settings.h"

#include "fake_world.h"
#include "test.h"
#include "words.h"

static enum cl_code run_nothing(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    (void)cli;
    (void)args;
    (void)err;
    return CL_OK;
}

static const struct cl_command list_command = {.name = "list", .run = run_nothing};
static const struct cl_command serve_command = {
    .name = "serve", .no_deadline = true, .run = run_nothing};
static const struct cl_command config_command = {
    .name = "register", .takes_config = true, .run = run_nothing};
static const struct cl_command *const commands[] = {&list_command, &serve_command, &config_command};
static const struct cl_command root = {
    .name = "cleat", .subcommands = commands, .subcommand_count = CL_COUNT(commands)};

struct fixture {
    struct fake_world *fake;
    struct cl_args args;
    struct cl_settings settings;
    struct cl_err err;
};

#define MOST_TOKENS 10

/* Reads settings from "env1=value env2=value" and "cleat list --option". */
static enum cl_code read_settings(struct fixture *fix, const char *env, const char *line)
{
    static char copy[2][512];
    char *words[2][MOST_TOKENS];

    *fix = (struct fixture){.fake = fake_world_new()};
    (void)memcpy(copy[0], env, strlen(env) + 1);
    (void)memcpy(copy[1], line, strlen(line) + 1);
    int variables = split_words(copy[0], words[0], MOST_TOKENS);
    for (int i = 0; i < variables; i++) {
        char *value = strchr(words[0][i], '=');
        *value++ = '\0';
        fake_set_env(fix->fake, words[0][i], value);
    }
    int argc = split_words(copy[1], words[1], MOST_TOKENS);
    char **argv = words[1];
    assert_ok(cl_args_parse(&root, &cl_global_options, argc, argv, &fix->args, &fix->err),
              &fix->err);
    return cl_settings_read(&fix->args, fake_world(fix->fake), &fix->settings, &fix->err);
}

static void done(struct fixture *fix)
{
    cl_args_cleanup(&fix->args);
    fake_world_free(fix->fake);
}

static void starts_from_the_built_in_defaults(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(read_settings(&fix, "", "cleat list"), &fix.err);
    assert_int_equal(fix.settings.format, CL_FORMAT_TABLE);
    assert_int_equal(fix.settings.colour, CL_WHEN_AUTO);
    assert_int_equal(fix.settings.timeout_s, 120);
    assert_false(fix.settings.width_given);
    assert_false(fix.settings.quiet);
    assert_null(fix.settings.columns);
    done(&fix);
    assert_ok(read_settings(&fix, "", "cleat serve"), &fix.err);
    assert_int_equal(fix.settings.timeout_s, 0);
    done(&fix);
}

struct format_row {
    const char *env;
    const char *line;
    enum cl_format format;
};

static void options_win_over_the_environment(void **state)
{
    static const struct format_row rows[] = {
        {"CLEAT_DEFAULT_OUTPUT=json", "cleat list", CL_FORMAT_JSON},
        {"CLEAT_DEFAULT_OUTPUT=json", "cleat list -o yaml", CL_FORMAT_YAML},
        {"CLEAT_DEFAULT_OUTPUT=", "cleat list", CL_FORMAT_TABLE},
        {"", "cleat -o csv list", CL_FORMAT_CSV},
        {"", "cleat list --output=tsv", CL_FORMAT_TSV},
        {"", "cleat list --output=ndjson", CL_FORMAT_NDJSON},
        {"", "cleat list --output=name", CL_FORMAT_NAME},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_ok(read_settings(&fix, rows[i].env, rows[i].line), &fix.err);
        assert_int_equal(fix.settings.format, rows[i].format);
        done(&fix);
    }
}

static void reads_flags_from_options_and_environment(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(read_settings(&fix, "CLEAT_QUIET=1 CLEAT_DEBUG=yes CLEAT_ASCII=true CLEAT_YES=1",
                            "cleat list --no-headers --verbose --local"),
              &fix.err);
    assert_true(fix.settings.quiet && fix.settings.debug && fix.settings.ascii && fix.settings.yes);
    assert_true(fix.settings.no_headers && fix.settings.verbose && fix.settings.local);
    assert_false(fix.settings.no_input);
    done(&fix);
    assert_ok(read_settings(&fix, "CLEAT_QUIET=0 CI=true", "cleat list"), &fix.err);
    assert_false(fix.settings.quiet);
    assert_true(fix.settings.no_input);
    done(&fix);
    assert_ok(read_settings(&fix, "CI=woodpecker", "cleat list -y"), &fix.err);
    assert_false(fix.settings.no_input);
    assert_true(fix.settings.yes);
    done(&fix);
}

static void reads_widths_wrapping_colour_and_times(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(read_settings(&fix, "CLEAT_WIDTH=100 CLEAT_WRAP=fold CLEAT_TIMEOUT=2m",
                            "cleat list --color=always"),
              &fix.err);
    assert_int_equal(fix.settings.width, 100);
    assert_true(fix.settings.wrap_given);
    assert_int_equal(fix.settings.wrap, CL_WRAP_FOLD);
    assert_int_equal(fix.settings.timeout_s, 120);
    assert_int_equal(fix.settings.colour, CL_WHEN_ALWAYS);
    done(&fix);
    assert_ok(read_settings(&fix, "CLEAT_WIDTH=100 CLEAT_WRAP=smart",
                            "cleat list --width 0 --no-color --timeout 5"),
              &fix.err);
    assert_int_equal(fix.settings.width, 0);
    assert_true(fix.settings.width_given);
    assert_int_equal(fix.settings.wrap, CL_WRAP_SMART);
    assert_int_equal(fix.settings.timeout_s, 5);
    assert_int_equal(fix.settings.colour, CL_WHEN_NEVER);
    done(&fix);
}

struct error_row {
    const char *env;
    const char *line;
    enum cl_code code;
    const char *text;
};

static void names_the_setting_that_is_wrong(void **state)
{
    static const struct error_row rows[] = {
        {"CLEAT_DEFAULT_OUTPUT=xml", "cleat list", CL_E_INVALID,
         "CLEAT_DEFAULT_OUTPUT: 'xml' is not one of: table, json, yaml, csv, tsv, ndjson, name"},
        {"", "cleat list --width wide", CL_E_INVALID,
         "--width: 'wide' is not a number of columns (0 for unlimited)"},
        {"", "cleat list --width=-1", CL_E_INVALID,
         "--width: '-1' is not a number of columns (0 for unlimited)"},
        {"CLEAT_WIDTH=x", "cleat list", CL_E_INVALID,
         "CLEAT_WIDTH: 'x' is not a number of columns (0 for unlimited)"},
        {"CLEAT_WRAP=none", "cleat list", CL_E_INVALID,
         "CLEAT_WRAP: 'none' is not one of: smart, fold"},
        {"CLEAT_QUIET=perhaps", "cleat list", CL_E_INVALID,
         "CLEAT_QUIET: 'perhaps' is not a truth value such as 1 or 0"},
        {"", "cleat list --timeout soon", CL_E_INVALID,
         "--timeout: 'soon' is not a duration such as 90 or 2m"},
        {"CLEAT_SERVER_URL=https://x", "cleat list", CL_E_UNSUPPORTED,
         "CLEAT_SERVER_URL: this version works with the local store only"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_int_equal(read_settings(&fix, rows[i].env, rows[i].line), rows[i].code);
        assert_string_equal(fix.err.text, rows[i].text);
        done(&fix);
    }
}

static void local_excuses_a_server_in_the_environment(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(read_settings(&fix, "CLEAT_SERVER_URL=https://x", "cleat list --local"), &fix.err);
    done(&fix);
}

static void keeps_the_format_when_something_else_is_wrong(void **state)
{
    struct fixture fix;

    (void)state;
    assert_int_equal(read_settings(&fix, "", "cleat list -o json --width x"), CL_E_INVALID);
    assert_int_equal(fix.settings.format, CL_FORMAT_JSON);
    done(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_from_the_built_in_defaults),
        cmocka_unit_test(options_win_over_the_environment),
        cmocka_unit_test(reads_flags_from_options_and_environment),
        cmocka_unit_test(reads_widths_wrapping_colour_and_times),
        cmocka_unit_test(names_the_setting_that_is_wrong),
        cmocka_unit_test(local_excuses_a_server_in_the_environment),
        cmocka_unit_test(keeps_the_format_when_something_else_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
