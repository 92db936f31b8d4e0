#include "cli/args.h"

#include "base/alloc.h"
#include "test.h"
#include "words.h"

/* clang-format off */
static const char *const colours[] = {"auto", "always", "never", NULL};

static const struct cl_option global_rows[] = {
    {.name = "help", .brief = "h", .kind = CL_OPTION_FLAG},
    {.name = "output", .brief = "o", .kind = CL_OPTION_VALUE, .value = "FMT"},
    {.name = "color", .kind = CL_OPTION_VALUE, .value = "WHEN", .choices = colours},
    {.name = "no-color", .kind = CL_OPTION_FLAG},
    {.name = "yes", .brief = "y", .kind = CL_OPTION_FLAG},
};
static const struct cl_option register_rows[] = {
    {.name = "type", .brief = "t", .kind = CL_OPTION_VALUE, .value = "TYPE"},
    {.name = "auth-method", .brief = "a", .kind = CL_OPTION_VALUE},
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_VALUE},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE},
    {.name = "label", .brief = "l", .kind = CL_OPTION_LIST},
    {.name = "share", .kind = CL_OPTION_SWITCH},
    {.name = "no-verify", .kind = CL_OPTION_FLAG},
    {.name = "no-docs", .brief = "n", .kind = CL_OPTION_FLAG},
    {.name = "interactive", .brief = "i", .kind = CL_OPTION_FLAG},
    {.name = "show-secrets", .brief = "x", .kind = CL_OPTION_FLAG},
};
static const struct cl_option list_rows[] = {
    {.name = "columns", .brief = "c", .kind = CL_OPTION_VALUE},
    {.name = "cached", .kind = CL_OPTION_MAYBE, .value = "AGE"},
    {.name = "sort-by", .aka = "order", .kind = CL_OPTION_VALUE},
};
static const struct cl_option stack_rows[] = {
    {.name = "orchestrator", .brief = "o", .kind = CL_OPTION_VALUE},
};
/* clang-format on */

static const struct cl_option_set globals = CL_OPTION_SET(global_rows);
static const struct cl_option_set register_set = CL_OPTION_SET(register_rows);
static const struct cl_option_set list_set = CL_OPTION_SET(list_rows);
static const struct cl_option_set stack_set = CL_OPTION_SET(stack_rows);

static enum cl_code run_nothing(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    (void)cli;
    (void)args;
    (void)err;
    return CL_OK;
}

static const struct cl_command register_command = {
    .name = "register",
    .options = {&register_set},
    .positionals = {{.name = "NAME", .required = true}},
    .takes_config = true,
    .run = run_nothing,
};
static const struct cl_command list_command = {
    .name = "list", .options = {&list_set, &register_set}, .run = run_nothing};
static const struct cl_command delete_command = {
    .name = "delete",
    .positionals = {{.name = "NAME_OR_ID", .required = true, .many = true}},
    .run = run_nothing,
};
static const struct cl_command hidden_command = {
    .name = "lisp", .hidden = true, .run = run_nothing};
static const struct cl_command *const connector_commands[] = {&register_command, &list_command,
                                                              &delete_command, &hidden_command};
static const struct cl_command connector_group = {
    .name = "service-connector",
    .aliases = "sc conn",
    .subcommands = connector_commands,
    .subcommand_count = CL_COUNT(connector_commands),
};
static const struct cl_command stack_command = {
    .name = "stack", .options = {&stack_set}, .run = run_nothing};
static const struct cl_command exec_command = {
    .name = "exec",
    .options = {&register_set},
    .positionals = {{.name = "CONNECTOR", .required = true}},
    .rest = "CMD [ARGS...]",
    .run = run_nothing,
};
static const struct cl_command *const root_commands[] = {&connector_group, &stack_command,
                                                         &exec_command};
static const struct cl_command root = {
    .name = "cleat", .subcommands = root_commands, .subcommand_count = CL_COUNT(root_commands)};

#define MOST_TOKENS 24

struct fixture {
    char line[512];
    char *argv[MOST_TOKENS];
    struct cl_args args;
    struct cl_err err;
};

static enum cl_code parse(struct fixture *fix, const char *line)
{
    *fix = (struct fixture){.args = CL_ARGS_NONE};
    (void)memcpy(fix->line, line, strlen(line) + 1);
    int argc = split_words(fix->line, fix->argv, MOST_TOKENS);
    return cl_args_parse(&root, &globals, argc, fix->argv, &fix->args, &fix->err);
}

static void assert_text(const char *got, const char *wanted)
{
    if (got == NULL || wanted == NULL)
        assert_ptr_equal(got, wanted);
    else
        assert_string_equal(got, wanted);
}

struct option_row {
    const char *line;
    const char *name;
    const char *value;
};

static void reads_option_values_in_every_spelling(void **state)
{
    static const struct option_row rows[] = {
        {"cleat sc list --type aws", "type", "aws"},
        {"cleat sc list --type=aws", "type", "aws"},
        {"cleat sc list --type=", "type", ""},
        {"cleat sc list --type=a=b", "type", "a=b"},
        {"cleat sc list -t aws", "type", "aws"},
        {"cleat sc list -t=aws", "type", "aws"},
        {"cleat sc list -taws", "type", "aws"},
        {"cleat sc list --resource_type s3-bucket", "resource-type", "s3-bucket"},
        {"cleat sc list --resource-type s3-bucket", "resource-type", "s3-bucket"},
        {"cleat sc list -r s3-bucket", "resource-type", "s3-bucket"},
        {"cleat sc list -rs3-bucket", "resource-type", "s3-bucket"},
        {"cleat sc list -ri zen", "resource-id", "zen"},
        {"cleat sc list -ri=zen", "resource-id", "zen"},
        {"cleat sc list -ri zen", "resource-type", NULL},
        {"cleat sc list -nir s3-bucket", "resource-type", "s3-bucket"},
        {"cleat sc list -t -5", "type", "-5"},
        {"cleat sc list -t a -t b", "type", "b"},
        {"cleat sc list --order name", "sort-by", "name"},
        {"cleat sc list -o json", "output", "json"},
        {"cleat -o json sc list", "output", "json"},
        {"cleat sc -o json list", "output", "json"},
        {"cleat stack -o kubeflow", "output", NULL},
        {"cleat stack -o kubeflow", "orchestrator", "kubeflow"},
        {"cleat stack --output json", "output", "json"},
        {"cleat sc list -c name", "columns", "name"},
        {"cleat sc list --cached", "cached", NULL},
        {"cleat sc list --cached=5m", "cached", "5m"},
        {"cleat sc list --color=never", "color", "never"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        if (parse(&fix, rows[i].line) != CL_OK)
            fail_msg("%s: %s", rows[i].line, fix.err.text);
        assert_text(cl_args_value(&fix.args, rows[i].name), rows[i].value);
        cl_args_cleanup(&fix.args);
    }
}

struct flag_row {
    const char *line;
    const char *name;
    bool on;
};

static void reads_flags_clusters_and_switches(void **state)
{
    static const struct flag_row rows[] = {
        {"cleat sc list -ni", "no-docs", true},
        {"cleat sc list -ni", "interactive", true},
        {"cleat sc list -ni", "show-secrets", false},
        {"cleat sc list --share", "share", true},
        {"cleat sc list --no-share", "share", false},
        {"cleat sc list --no-share --share", "share", true},
        {"cleat sc list --share --no_share", "share", false},
        {"cleat sc list --no-verify", "no-verify", true},
        {"cleat sc list --no_verify", "no-verify", true},
        {"cleat -y sc list", "yes", true},
        {"cleat sc list --cached", "cached", true},
        {"cleat --no-color sc list", "no-color", true},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        if (parse(&fix, rows[i].line) != CL_OK)
            fail_msg("%s: %s", rows[i].line, fix.err.text);
        if (cl_args_flag(&fix.args, rows[i].name, false) != rows[i].on)
            fail_msg("%s: --%s", rows[i].line, rows[i].name);
        cl_args_cleanup(&fix.args);
    }
}

static void collects_repeated_options(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(parse(&fix, "cleat sc list -l a=1 --label b=2 -lc=3"), &fix.err);
    assert_string_equal(cl_args_item(&fix.args, "label", 0), "a=1");
    assert_string_equal(cl_args_item(&fix.args, "label", 1), "b=2");
    assert_string_equal(cl_args_item(&fix.args, "label", 2), "c=3");
    assert_null(cl_args_item(&fix.args, "label", 3));
    cl_args_cleanup(&fix.args);
}

struct error_row {
    const char *line;
    enum cl_code code;
    const char *text;
    const char *hint;
};

static void explains_mistakes_with_the_nearest_match(void **state)
{
    static const struct error_row rows[] = {
        {"cleat sc lst", CL_E_USAGE, "unknown command 'lst'", "Did you mean 'list'?"},
        {"cleat sc reg", CL_E_USAGE, "unknown command 'reg'", "Did you mean 'register'?"},
        {"cleat nonsense", CL_E_USAGE, "unknown command 'nonsense'", ""},
        {"cleat service-conector list", CL_E_USAGE, "unknown command 'service-conector'",
         "Did you mean 'service-connector'?"},
        {"cleat deploy", CL_E_USAGE,
         "'deploy' belongs to pipeline tooling and is not part of Cleat", ""},
        {"cleat sc up", CL_E_USAGE, "'up' belongs to pipeline tooling and is not part of Cleat",
         ""},
        {"cleat sc list --resource-tpye x", CL_E_USAGE, "unknown option '--resource-tpye'",
         "Did you mean '--resource-type'?"},
        {"cleat sc list --resource x", CL_E_USAGE, "unknown option '--resource'", ""},
        {"cleat sc list --colum=x", CL_E_USAGE, "unknown option '--colum'",
         "Did you mean '--columns'?"},
        {"cleat sc list --no-verfy", CL_E_USAGE, "unknown option '--no-verfy'",
         "Did you mean '--no-verify'?"},
        {"cleat sc list --no-type", CL_E_USAGE, "unknown option '--no-type'", ""},
        {"cleat sc list -z", CL_E_USAGE, "unknown option '-z'", ""},
        {"cleat sc list -u", CL_E_USAGE, "unknown option '-u'", ""}, /* not "--user" */
        {"cleat sc list -nz", CL_E_USAGE, "unknown option '-nz'", ""},
        {"cleat sc list --type", CL_E_USAGE, "option '--type' needs a value: --type=TYPE", ""},
        {"cleat sc list --type --share", CL_E_USAGE, "option '--type' needs a value: --type=TYPE",
         ""},
        {"cleat sc list -nr", CL_E_USAGE,
         "option '--resource-type' needs a value: --resource-type=VALUE", ""},
        {"cleat sc list --share=yes", CL_E_USAGE, "option '--share' takes no value", ""},
        {"cleat --color=alway sc list", CL_E_INVALID,
         "--color: 'alway' is not one of: auto, always, never", "Did you mean 'always'?"},
        {"cleat sc list stray", CL_E_USAGE, "unexpected argument 'stray'", ""},
        {"cleat sc delete", CL_E_USAGE, "NAME_OR_ID is missing", ""},
        {"cleat sc list --\x1b[31m", CL_E_USAGE, "unknown option '--\\x1b[31m'", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_int_equal(parse(&fix, rows[i].line), rows[i].code);
        assert_string_equal(fix.err.text, rows[i].text);
        assert_string_equal(fix.err.hint, rows[i].hint);
        cl_args_cleanup(&fix.args);
    }
}

static void finds_commands_by_name_and_alias(void **state)
{
    struct fixture fix;
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(256);

    (void)state;
    assert_ok(parse(&fix, "cleat conn list"), &fix.err);
    assert_ptr_equal(cl_args_command(&fix.args), &list_command);
    cl_args_add_path(&fix.args, &path);
    assert_str(cl_buf_view(&path), "cleat service-connector list");
    cl_args_cleanup(&fix.args);
}

static void a_group_without_a_command_is_no_mistake(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(parse(&fix, "cleat sc"), &fix.err);
    assert_ptr_equal(cl_args_command(&fix.args), &connector_group);
    cl_args_cleanup(&fix.args);
    assert_ok(parse(&fix, "cleat"), &fix.err);
    assert_ptr_equal(cl_args_command(&fix.args), &root);
    cl_args_cleanup(&fix.args);
}

static void interleaves_options_and_positionals(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(parse(&fix, "cleat sc delete one -y two -- -three"), &fix.err);
    assert_int_equal(fix.args.positional_count, 3);
    assert_string_equal(cl_args_positional(&fix.args, 0), "one");
    assert_string_equal(cl_args_positional(&fix.args, 1), "two");
    assert_string_equal(cl_args_positional(&fix.args, 2), "-three");
    assert_null(cl_args_positional(&fix.args, 3));
    assert_true(cl_args_flag(&fix.args, "yes", false));
    cl_args_cleanup(&fix.args);
}

static void help_excuses_missing_positionals(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(parse(&fix, "cleat sc delete --help"), &fix.err);
    assert_true(cl_args_has(&fix.args, "help"));
    cl_args_cleanup(&fix.args);
}

struct rest_row {
    const char *line;
    size_t count;
    const char *first;
    const char *resource_type;
};

static void leaves_the_child_command_alone(void **state)
{
    static const struct rest_row rows[] = {
        {"cleat exec conn -- aws s3 ls -r x", 5, "aws", NULL},
        {"cleat exec conn -r s3-bucket -- aws -y", 2, "aws", "s3-bucket"},
        {"cleat exec conn -r s3-bucket aws s3 ls --recursive", 4, "aws", "s3-bucket"},
        {"cleat exec -r s3-bucket conn aws -- x", 3, "aws", "s3-bucket"},
        {"cleat exec conn --", 0, NULL, NULL},
        {"cleat exec conn", 0, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_ok(parse(&fix, rows[i].line), &fix.err);
        assert_int_equal(fix.args.rest_count, rows[i].count);
        if (rows[i].count > 0)
            assert_string_equal(fix.args.rest[0], rows[i].first);
        assert_text(cl_args_value(&fix.args, "resource-type"), rows[i].resource_type);
        assert_string_equal(cl_args_positional(&fix.args, 0), "conn");
        cl_args_cleanup(&fix.args);
    }
}

static void learns_the_output_format_behind_a_mistake(void **state)
{
    struct fixture fix;

    (void)state;
    assert_int_equal(parse(&fix, "cleat sc lst -o json"), CL_E_USAGE);
    assert_string_equal(cl_args_value(&fix.args, "output"), "json");
    cl_args_cleanup(&fix.args);
    assert_int_equal(parse(&fix, "cleat sc list --bogus x -z --output=yaml --more"), CL_E_USAGE);
    assert_string_equal(fix.err.text, "unknown option '--bogus'");
    assert_string_equal(cl_args_value(&fix.args, "output"), "yaml");
    assert_ptr_equal(cl_args_command(&fix.args), &list_command);
    cl_args_cleanup(&fix.args);
}

static bool find_attribute(void *ctx, const char *name, bool *is_boolean)
{
    static const char *const names[] = {"region", "aws_access_key_id", "bucket"};

    (void)ctx;
    *is_boolean = strcmp(name, "insecure") == 0;
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return *is_boolean;
}

static enum cl_code name_attributes(void *ctx, struct cl_strs *ret, struct cl_err *err)
{
    (void)ctx;
    CL_TRY(cl_strs_add(ret, CL_STR("region"), err));
    CL_TRY(cl_strs_add(ret, CL_STR("aws_access_key_id"), err));
    return cl_strs_add(ret, CL_STR("insecure"), err);
}

static const struct cl_config_schema schema = {
    .find = find_attribute, .names = name_attributes, .what = "connector type 'aws'"};

struct config_row {
    const char *line;
    const char *config; /* name=value, separated by blanks */
    const char *name;   /* the positional */
};

static void check_config(const struct config_row *row)
{
    struct fixture fix;
    CL_AUTO(cl_buf) struct cl_buf got = CL_BUF(1024);

    assert_ok(parse(&fix, row->line), &fix.err);
    if (cl_args_resolve_config(&fix.args, &schema, &fix.err) != CL_OK)
        fail_msg("%s: %s", row->line, fix.err.text);
    for (size_t i = 0; i < fix.args.config_count; i++)
        cl_buf_addf(&got, "%s%s=%s", i > 0 ? " " : "", fix.args.config[i].name,
                    fix.args.config[i].value);
    assert_str(cl_buf_view(&got), row->config);
    assert_text(cl_args_positional(&fix.args, 0), row->name);
    cl_args_cleanup(&fix.args);
}

static void resolves_configuration_arguments(void **state)
{
    static const struct config_row rows[] = {
        {"cleat sc register n --region=us-east-1", "region=us-east-1", "n"},
        {"cleat sc register --region us-east-1 n", "region=us-east-1", "n"},
        {"cleat sc register n --region us-east-1", "region=us-east-1", "n"},
        {"cleat sc register n --region=", "region=", "n"},
        {"cleat sc register n --region=a=b=c", "region=a=b=c", "n"},
        {"cleat sc register n --aws-access-key-id=K", "aws_access_key_id=K", "n"},
        {"cleat sc register n --aws_access-key_id K --bucket b", "aws_access_key_id=K bucket=b",
         "n"},
        {"cleat sc register --insecure n", "insecure=true", "n"},
        {"cleat sc register --insecure yes n", "insecure=yes", "n"},
        {"cleat sc register --insecure=0 n", "insecure=0", "n"},
        {"cleat sc register n --insecure", "insecure=true", "n"},
        {"cleat sc register n --insecure --region r", "insecure=true region=r", "n"},
        {"cleat sc register n --insecure -t aws", "insecure=true", "n"},
        {"cleat sc register --region r -t aws n --bucket b", "region=r bucket=b", "n"},
        {"cleat sc register n --region -5", "region=-5", "n"},
        {"cleat sc register n --region -", "region=-", "n"},
        {"cleat sc register n --bucket @file", "bucket=@file", "n"},
        {"cleat sc register n -t aws", "", "n"},
        {"cleat sc register n --bucket b --", "bucket=b", "n"},
        {"cleat sc register --bucket b -- -n", "bucket=b", "-n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        check_config(&rows[i]);
}

static void refuses_wrong_configuration_arguments(void **state)
{
    static const struct error_row rows[] = {
        {"cleat sc register n --regoin=x", CL_E_UNKNOWN_ATTRIBUTE,
         "unknown attribute 'regoin' of connector type 'aws'; it has: region, aws_access_key_id, "
         "insecure",
         "Did you mean '--region'?"},
        {"cleat sc register n --resource-tpye=x", CL_E_UNKNOWN_ATTRIBUTE,
         "unknown attribute 'resource_tpye' of connector type 'aws'; it has: region, "
         "aws_access_key_id, insecure",
         "Did you mean '--resource-type'?"},
        {"cleat sc register --foo bar", CL_E_UNKNOWN_ATTRIBUTE,
         "unknown attribute 'foo' of connector type 'aws'; it has: region, aws_access_key_id, "
         "insecure",
         ""},
        {"cleat sc register n --region a --region b", CL_E_INVALID,
         "attribute 'region' is given twice", ""},
        {"cleat sc register n --aws-access-key-id=a --aws_access_key_id=b", CL_E_INVALID,
         "attribute 'aws_access_key_id' is given twice", ""},
        {"cleat sc register n --region", CL_E_INVALID,
         "attribute 'region' needs a value: --region=VALUE", ""},
        {"cleat sc register n --region --bucket=b", CL_E_INVALID,
         "attribute 'region' needs a value: --region=VALUE", ""},
        {"cleat sc register n --region -t aws", CL_E_INVALID,
         "attribute 'region' needs a value: --region=VALUE", ""},
        {"cleat sc register --region r", CL_E_USAGE, "NAME is missing", ""},
        {"cleat sc register a b", CL_E_USAGE, "unexpected argument 'b'", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_ok(parse(&fix, rows[i].line), &fix.err);
        assert_int_equal(cl_args_resolve_config(&fix.args, &schema, &fix.err), rows[i].code);
        assert_string_equal(fix.err.text, rows[i].text);
        assert_string_equal(fix.err.hint, rows[i].hint);
        cl_args_cleanup(&fix.args);
    }
}

static void refuses_names_that_no_attribute_can_have(void **state)
{
    static const char *const lines[] = {"cleat sc register n --1st=x", "cleat sc register n --=x",
                                        "cleat sc register n --a.b=x", "cleat sc register n ---a"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(lines); i++) {
        struct fixture fix;
        assert_int_equal(parse(&fix, lines[i]), CL_E_USAGE);
        cl_args_cleanup(&fix.args);
    }
}

static void knows_which_positional_cannot_be_a_value(void **state)
{
    static const struct config_row rows[] = {
        {"cleat sc register --region r name", NULL, "name"},
        {"cleat sc register name --region r", NULL, "name"},
        {"cleat sc register --region r", NULL, NULL},
        {"cleat sc register --region=r name", NULL, "name"},
        {"cleat sc register --region --bucket b", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_ok(parse(&fix, rows[i].line), &fix.err);
        assert_text(cl_args_sure_positional(&fix.args), rows[i].name);
        cl_args_cleanup(&fix.args);
    }
}

static void takes_any_attribute_without_a_schema(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(parse(&fix, "cleat sc register n --anything goes --more=x"), &fix.err);
    assert_ok(cl_args_resolve_config(&fix.args, NULL, &fix.err), &fix.err);
    assert_int_equal(fix.args.config_count, 2);
    assert_string_equal(fix.args.config[0].value, "goes");
    cl_args_cleanup(&fix.args);
}

static enum cl_code parse_all(struct fixture *fix)
{
    CL_TRY(parse(fix, "cleat sc register n -l a=1 -l b=2 -t aws --region=r --bucket b -o json"));
    return cl_args_resolve_config(&fix->args, &schema, &fix->err);
}

static void reports_every_failing_allocation(void **state)
{
    size_t blocks = cl_alloc_live_blocks();
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; code != CL_OK && nth < 500; nth++) {
        struct fixture fix;
        (void)cl_alloc_fail_at(nth);
        code = parse_all(&fix);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        assert_int_equal(code, fix.err.code);
        cl_args_cleanup(&fix.args);
        assert_int_equal(cl_alloc_live_blocks(), blocks);
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_option_values_in_every_spelling),
        cmocka_unit_test(reads_flags_clusters_and_switches),
        cmocka_unit_test(collects_repeated_options),
        cmocka_unit_test(explains_mistakes_with_the_nearest_match),
        cmocka_unit_test(finds_commands_by_name_and_alias),
        cmocka_unit_test(a_group_without_a_command_is_no_mistake),
        cmocka_unit_test(interleaves_options_and_positionals),
        cmocka_unit_test(help_excuses_missing_positionals),
        cmocka_unit_test(leaves_the_child_command_alone),
        cmocka_unit_test(learns_the_output_format_behind_a_mistake),
        cmocka_unit_test(resolves_configuration_arguments),
        cmocka_unit_test(refuses_wrong_configuration_arguments),
        cmocka_unit_test(refuses_names_that_no_attribute_can_have),
        cmocka_unit_test(knows_which_positional_cannot_be_a_value),
        cmocka_unit_test(takes_any_attribute_without_a_schema),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
