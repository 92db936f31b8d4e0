#include "cli/cli.h"

#include "capture.h"
#include "codec/json.h"
#include "fake_world.h"
#include "golden.h"
#include "test.h"
#include "words.h"

/* clang-format off */
static const struct cl_option show_rows[] = {
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE, .value = "ID", .help = "Only this resource."},
    {.name = "label", .brief = "l", .kind = CL_OPTION_LIST, .value = "KEY=VALUE", .help = "A label; may be repeated."},
    {.name = "share", .kind = CL_OPTION_SWITCH, .help = "Let others see it, or not any more. This explanation is long enough to need a second line in the help."},
    {.name = "cached", .kind = CL_OPTION_MAYBE, .value = "AGE", .help = "Rows of the last discovery."},
    {.name = "owner", .brief = "o", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER, .value = "USER", .help = "Owned by USER."},
    {.name = "a-name-that-needs-the-whole-left-side", .kind = CL_OPTION_FLAG, .help = "Explained below."},
};
/* clang-format on */
static const struct cl_option_set show_set = CL_OPTION_SET(show_rows);

static enum cl_code run_show(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    const char *name = cl_args_positional(args, 0);

    if (strcmp(name, "missing") == 0) {
        (void)cl_err_set(err, CL_E_NOT_FOUND, "connector 'missing' not found");
        return cl_err_hint(err, "Did you mean 'mission'?");
    }
    if (strcmp(name, "careless") == 0)
        return CL_E_TIMEOUT;
    if (strcmp(name, "deadline") == 0)
        return cl_out_say(cli->out, err, "%lld %s", (long long)cli->call.deadline_ms,
                          cli->call.actor);
    return cl_out_say(cli->out, err, "Showing %s.", name);
}

static enum cl_code run_exec(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    (void)args;
    cli->exit_status = CL_EXIT_EXEC_FAILED;
    return cl_err_set(err, CL_E_NOT_FOUND, "no such program");
}

static const struct cl_example show_examples[] = {
    {.what = "Show one", .line = "cleat thing show aws-auto"},
    {.line = "cleat thing show aws-auto --output json"},
};
static const struct cl_command show_command = {
    .name = "show",
    .aliases = "s",
    .summary = "Show a thing",
    .text = "Shows what is known about the thing, which may be nothing at all, in as many words as "
            "it takes to get to the end of this line and beyond.",
    .options = {&show_set},
    .positionals = {{.name = "NAME_OR_ID", .help = "The thing.", .required = true}},
    .takes_config = false,
    .examples = show_examples,
    .example_count = CL_COUNT(show_examples),
    .see_also = "cleat thing list",
    .run = run_show,
};
static const struct cl_command exec_command = {
    .name = "exec",
    .summary = "Run a program",
    .heading = "Use credentials",
    .positionals = {{.name = "CONNECTOR", .required = true}, {.name = "MORE", .many = true}},
    .rest = "CMD [ARGS...]",
    .takes_config = false,
    .no_deadline = true,
    .run = run_exec,
};
static const struct cl_command hidden_command = {
    .name = "__complete", .hidden = true, .run = run_exec};
static const struct cl_command *const thing_commands[] = {&show_command, &hidden_command};
static const struct cl_command thing_group = {
    .name = "thing",
    .summary = "Work with things",
    .heading = "Things",
    .subcommands = thing_commands,
    .subcommand_count = CL_COUNT(thing_commands),
};
static const struct cl_command *const root_commands[] = {&thing_group, &exec_command};
static const struct cl_command root = {
    .name = "cleat",
    .summary = "Hold credentials once, hand out only short-lived ones",
    .subcommands = root_commands,
    .subcommand_count = CL_COUNT(root_commands),
};

struct fixture {
    struct fake_world *fake;
    struct cl_buf out_text;
    struct cl_buf err_text;
};

#define MOST_TOKENS 12

static int run(struct fixture *fix, const char *env, const char *value, const char *line)
{
    char copy[512];
    char *argv[MOST_TOKENS];

    *fix = (struct fixture){
        .fake = fake_world_new(), .out_text = CL_BUF(1UL << 20U), .err_text = CL_BUF(1UL << 20U)};
    fake_set_env(fix->fake, "LANG", "C.UTF-8");
    fake_set_env(fix->fake, env, value);
    struct cl_stream out = capture_stream(&fix->out_text);
    struct cl_stream err = capture_stream(&fix->err_text);
    struct cl_cli cli = {.world = fake_world(fix->fake), .root = &root};
    (void)memcpy(copy, line, strlen(line) + 1);
    int argc = split_words(copy, argv, MOST_TOKENS);
    return cl_cli_run(&cli, argc, argv, &out, &err);
}

static void done(struct fixture *fix)
{
    cl_buf_cleanup(&fix->out_text);
    cl_buf_cleanup(&fix->err_text);
    fake_world_free(fix->fake);
}

struct run_row {
    const char *line;
    int status;
    const char *out;
    const char *err;
};

static void runs_commands_and_reports_failures(void **state)
{
    static const struct run_row rows[] = {
        {"cleat thing show a", 0, "Showing a.\n", ""},
        {"cleat thing s a -o me", 0, "Showing a.\n", ""},
        {"cleat thing show a --output json", 0, "", ""},
        {"cleat thing show missing", 3, "",
         "Error: connector 'missing' not found\n  Did you mean 'mission'?\n"},
        {"cleat thing show missing --output yaml", 3, "",
         "{\"error\":{\"code\":\"not_found\",\"message\":\"connector 'missing' not "
         "found\",\"hint\":"
         "\"Did you mean 'mission'?\",\"details\":null,\"request_id\":null,\"exit_code\":3}}\n"},
        {"cleat thing show careless", 9, "", "Error: timeout\n"},
        {"cleat thing show", 2, "",
         "Error: NAME_OR_ID is missing\nRun 'cleat thing show --help' for usage.\n"},
        {"cleat thnig", 2, "",
         "Error: unknown command 'thnig'\n  Did you mean 'thing'?\nRun 'cleat --help' for "
         "usage.\n"},
        {"cleat thing show a --width x", 2, "",
         "Error: --width: 'x' is not a number of columns (0 for unlimited)\n"
         "Run 'cleat thing show --help' for usage.\n"},
        {"cleat thing sho -o json", 2, "",
         "{\"error\":{\"code\":\"usage\",\"message\":\"unknown command 'sho'\",\"hint\":\"Did you "
         "mean 'show'?\",\"details\":null,\"request_id\":null,\"exit_code\":2}}\n"},
        {"cleat exec c x", 125, "", "Error: no such program\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_int_equal(run(&fix, "X", "", rows[i].line), rows[i].status);
        assert_str(cl_buf_view(&fix.out_text), rows[i].out);
        assert_str(cl_buf_view(&fix.err_text), rows[i].err);
        done(&fix);
    }
}

static void gives_each_call_its_deadline(void **state)
{
    struct fixture fix;

    (void)state;
    assert_int_equal(run(&fix, "X", "", "cleat thing show deadline --timeout 5"), 0);
    int64_t start_ms = fake_world(fix.fake)->monotonic_ms(fake_world(fix.fake)->ctx);
    CL_AUTO(cl_buf) struct cl_buf wanted = CL_BUF(128);
    cl_buf_addf(&wanted, "%lld default\n", (long long)start_ms + 5000);
    assert_str(cl_buf_view(&fix.out_text), wanted.ptr);
    done(&fix);
}

static void prints_help_where_it_is_asked_for(void **state)
{
    static const struct {
        const char *line;
        const char *golden;
    } rows[] = {
        {"cleat", "cli/help_root.txt"},
        {"cleat --help", "cli/help_root.txt"},
        {"cleat thing", "cli/help_group.txt"},
        {"cleat thing -h", "cli/help_group.txt"},
        {"cleat help", "cli/help_root.txt"},
        {"cleat help thing", "cli/help_group.txt"},
        {"cleat help thing show", "cli/help_command.txt"},
        {"cleat thing show --help", "cli/help_command.txt"},
        {"cleat -h thing show", "cli/help_command.txt"},
        {"cleat exec --help", "cli/help_exec.txt"},
        {"cleat thing show -h --width 60", "cli/help_command_60.txt"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_int_equal(run(&fix, "X", "", rows[i].line), 0);
        assert_golden(rows[i].golden, cl_buf_view(&fix.out_text));
        assert_int_equal(fix.err_text.len, 0);
        done(&fix);
    }
}

static void helps_even_in_a_broken_environment(void **state)
{
    struct fixture fix;

    (void)state;
    assert_int_equal(run(&fix, "CLEAT_DEFAULT_OUTPUT", "xml", "cleat thing show --help"), 0);
    assert_true(fix.out_text.len > 0);
    done(&fix);
    assert_int_equal(run(&fix, "CLEAT_DEFAULT_OUTPUT", "xml", "cleat thing show a"), 2);
    assert_int_equal(fix.out_text.len, 0);
    done(&fix);
}

static void says_its_version(void **state)
{
    struct fixture fix;

    (void)state;
    assert_int_equal(run(&fix, "X", "", "cleat -V"), 0);
    assert_true(cl_str_starts(cl_buf_view(&fix.out_text), CL_STR("cleat ")));
    assert_true(cl_str_ends(cl_buf_view(&fix.out_text), CL_STR(")\n")));
    assert_true(cl_str_starts(cl_str_of(cl_cli_version() + 6), cl_str_of(cl_version.version)));
    done(&fix);
}

static int set_up_json(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_commands_and_reports_failures),
        cmocka_unit_test(gives_each_call_its_deadline),
        cmocka_unit_test(prints_help_where_it_is_asked_for),
        cmocka_unit_test(helps_even_in_a_broken_environment),
        cmocka_unit_test(says_its_version),
    };

    return cmocka_run_group_tests(tests, set_up_json, NULL);
}
