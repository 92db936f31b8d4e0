#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/args.h"
#include "cli/commands/root.h"
#include "cli/example.h"
#include "cli/settings.h"
#include "codec/json.h"
#include "command_run.h"
#include "fake_answers.h"
#include "faults.h"

/* What holds for every row of the command table. */

#define PATH_MAX_BYTES 256
#define HELP_COLUMNS 100

struct walk {
    struct command_run *run;
    const struct cl_command *command;
    const char *path; /* "cleat service-connector list" */
    const char *parent;
    const struct cl_command *commands[4]; /* those of the path */
    size_t depth;
};

typedef void (*visit_fn)(const struct walk *walk);

static void walk_down(const struct walk *walk, visit_fn visit)
{
    visit(walk);
    for (size_t i = 0; i < walk->command->subcommand_count; i++) {
        char path[PATH_MAX_BYTES];
        const struct cl_command *command = walk->command->subcommands[i];
        struct walk below = *walk;
        below.command = command;
        below.path = path;
        below.parent = walk->path;
        assert_true(walk->depth < CL_COUNT(below.commands));
        below.commands[below.depth++] = command;
        assert_true(snprintf(path, sizeof(path), "%s %s", walk->path, command->name) <
                    (int)sizeof(path));
        walk_down(&below, visit);
    }
}

static void for_each_command(void **state, visit_fn visit)
{
    struct walk top = {.run = *state,
                       .command = &cl_root_command,
                       .path = "cleat",
                       .parent = "",
                       .commands = {&cl_root_command},
                       .depth = 1};

    walk_down(&top, visit);
}

static void complain(const struct walk *walk, const char *what, const char *detail)
{
    fail_msg("%s: %s%s%s", walk->path, what, detail == NULL ? "" : ": ",
             detail == NULL ? "" : detail);
}

/* An example as the help shows it; valid until the next call. */
static const char *example_at(const struct walk *walk, size_t index)
{
    static char shown[1024];
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(sizeof(shown) - 1);

    cl_example_add(walk->commands, walk->depth, walk->command->examples[index].line, &line);
    assert_int_equal(line.failed, CL_OK);
    (void)snprintf(shown, sizeof(shown), "%s", line.ptr);
    return shown;
}

/* --- rows ---------------------------------------------------------------------------------- */

static void check_row(const struct walk *walk)
{
    const struct cl_command *command = walk->command;

    if (!cl_str_only(cl_str_of(command->name), "abcdefghijklmnopqrstuvwxyz-"))
        complain(walk, "the name is not in kebab case", NULL);
    if (command->summary == NULL || command->summary[0] == '\0')
        complain(walk, "no summary", NULL);
    if (cl_str_ends(cl_str_of(command->summary), CL_STR(".")))
        complain(walk, "the summary ends with a full stop", NULL);
    if (!(command->summary[0] >= 'A' && command->summary[0] <= 'Z'))
        complain(walk, "the summary begins with a small letter", NULL);
    if ((command->run == NULL) != (command->subcommand_count > 0))
        complain(walk, "neither a group nor a command", NULL);
}

static void rows_are_complete(void **state)
{
    for_each_command(state, check_row);
}

static void check_positionals(const struct walk *walk)
{
    bool optional = false;

    for (size_t i = 0; i < CL_COMMAND_POSITIONALS; i++) {
        const struct cl_positional *positional = &walk->command->positionals[i];
        if (positional->name == NULL)
            return;
        if (positional->help == NULL || !cl_str_ends(cl_str_of(positional->help), CL_STR(".")))
            complain(walk, "an argument without a sentence", positional->name);
        if (optional && positional->required)
            complain(walk, "a required argument behind an optional one", positional->name);
        optional = !positional->required;
    }
}

static void positionals_are_explained(void **state)
{
    for_each_command(state, check_positionals);
}

/* --- options ------------------------------------------------------------------------------- */

static void check_option(const struct walk *walk, const struct cl_option *option)
{
    bool takes = option->kind == CL_OPTION_VALUE || option->kind == CL_OPTION_LIST;

    if (!cl_str_only(cl_str_of(option->name), "abcdefghijklmnopqrstuvwxyz-"))
        complain(walk, "an option that is not in kebab case", option->name);
    if (option->help == NULL || !cl_str_ends(cl_str_of(option->help), CL_STR(".")))
        complain(walk, "an option without a sentence", option->name);
    if (takes != (option->value != NULL) && option->kind != CL_OPTION_MAYBE)
        complain(walk, "an option whose placeholder does not fit", option->name);
}

/* One spelling means one option; the command's own may hide a global one. */
static void check_spelling(const struct walk *walk, const struct cl_option *option,
                           struct cl_strs *seen)
{
    const char *const spellings[] = {option->name, option->aka, option->brief, option->brief_too};

    for (size_t i = 0; i < CL_COUNT(spellings); i++) {
        char key[64];
        struct cl_err err = CL_ERR_NONE;
        if (spellings[i] == NULL)
            continue;
        (void)snprintf(key, sizeof(key), "%s%s", i >= 2 ? "-" : "--", spellings[i]);
        if (cl_strs_has(seen, cl_str_of(key)))
            complain(walk, "two options of one name", key);
        assert_ok(cl_strs_add(seen, cl_str_of(key), &err), &err);
    }
}

static void check_options(const struct walk *walk)
{
    CL_AUTO(cl_strs) struct cl_strs seen = CL_STRS_NONE;

    for (size_t set = 0; set < CL_COMMAND_SETS && walk->command->options[set] != NULL; set++) {
        for (size_t i = 0; i < walk->command->options[set]->count; i++) {
            check_option(walk, &walk->command->options[set]->rows[i]);
            check_spelling(walk, &walk->command->options[set]->rows[i], &seen);
        }
    }
}

static void options_are_explained_and_spelled_once(void **state)
{
    for_each_command(state, check_options);
}

/* cli.md: -r is a resource type and -ri a resource id, wherever there are both. */
static const struct cl_option *option_of(const struct cl_command *command, const char *brief)
{
    for (size_t set = 0; set < CL_COMMAND_SETS && command->options[set] != NULL; set++) {
        for (size_t i = 0; i < command->options[set]->count; i++) {
            const struct cl_option *option = &command->options[set]->rows[i];
            const char *const both[] = {option->brief, option->brief_too};
            for (size_t k = 0; k < CL_COUNT(both); k++) {
                if (both[k] != NULL && strcmp(both[k], brief) == 0)
                    return option;
            }
        }
    }
    return NULL;
}

static void check_brief(const struct walk *walk)
{
    static const struct {
        const char *brief;
        const char *name;
    } rows[] = {{"ri", "resource-id"}, {"l", "label"}, {"a", "auth-method"}, {"x", "show-secrets"}};
    bool is_component =
        walk->command->data != NULL || walk->commands[walk->depth > 1 ? 1 : 0]->data != NULL;

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        const struct cl_option *option = option_of(walk->command, rows[i].brief);
        if (option != NULL && strcmp(option->name, rows[i].name) != 0)
            complain(walk, "a short option that means something else here", rows[i].brief);
    }
    const struct cl_option *r = option_of(walk->command, "r");
    if (r != NULL && !is_component && strcmp(r->name, "resource-type") != 0)
        complain(walk, "-r is not the resource type", NULL);
}

static void short_options_mean_the_same_everywhere(void **state)
{
    for_each_command(state, check_brief);
}

/* --- help ---------------------------------------------------------------------------------- */

static bool is_example(const struct walk *walk, struct cl_str line)
{
    for (size_t i = 0; i < walk->command->example_count; i++) {
        if (cl_str_eq_c(cl_str_trim(line), example_at(walk, i)))
            return true;
    }
    return false;
}

/* "-c, --columns LIST  Columns to print": each option stands there once. */
static void check_help_option(const struct walk *walk, struct cl_str line, struct cl_strs *seen)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_str name = line;
    struct cl_str rest = CL_STR_NONE;

    while (cl_str_starts(name, CL_STR("-")) && !cl_str_starts(name, CL_STR("--")))
        (void)cl_str_cut(cl_str_skip(name, cl_str_find(name, ' ')), ' ', &rest, &name);
    if (!cl_str_starts(name, CL_STR("--")))
        return;
    (void)cl_str_cut(name, ' ', &name, &rest);
    if (cl_strs_has(seen, name))
        fail_msg("%s: the help explains %.*s twice", walk->path, CL_STR_ARG(name));
    assert_ok(cl_strs_add(seen, name, &err), &err);
}

static void check_help(const struct walk *walk)
{
    char line[PATH_MAX_BYTES];
    struct cl_str rest;
    struct cl_str at = CL_STR_NONE;
    CL_AUTO(cl_strs) struct cl_strs seen = CL_STRS_NONE;

    command_run_reset(walk->run);
    (void)snprintf(line, sizeof(line), "%s --help", walk->path);
    assert_status(walk->run, line, 0);
    assert_err(walk->run, "");
    assert_calls(walk->run, "");
    rest = cl_buf_view(&walk->run->out);
    if (!cl_str_starts(rest, cl_str_of(walk->command->summary)))
        complain(walk, "the help does not begin with the summary", NULL);
    for (size_t i = 0; i < walk->command->example_count; i++) {
        if (strstr(walk->run->out.ptr, example_at(walk, i)) == NULL)
            complain(walk, "the help misses an example", example_at(walk, i));
    }
    while (cl_str_cut(rest, '\n', &at, &rest)) {
        check_help_option(walk, cl_str_trim(at), &seen);
        if (at.len > HELP_COLUMNS && !is_example(walk, at))
            complain(walk, "a line of the help is too long", NULL);
        if (cl_str_ends(at, CL_STR(" ")))
            complain(walk, "a line of the help ends in a blank", NULL);
    }
}

static void every_command_explains_itself(void **state)
{
    for_each_command(state, check_help);
}

/* A group alone is a question for help too. */
static void check_group(const struct walk *walk)
{
    CL_AUTO(cl_string) char *help = NULL;
    char line[PATH_MAX_BYTES];
    struct cl_err err = CL_ERR_NONE;

    if (walk->command->run != NULL)
        return;
    command_run_reset(walk->run);
    (void)snprintf(line, sizeof(line), "%s --help", walk->path);
    assert_status(walk->run, line, 0);
    assert_ok(cl_str_dup(cl_buf_view(&walk->run->out), &help, &err), &err);
    command_run_reset(walk->run);
    assert_status(walk->run, walk->path, 0);
    assert_out(walk->run, help);
    for (size_t i = 0; i < walk->command->subcommand_count; i++) {
        char row[PATH_MAX_BYTES];
        (void)snprintf(row, sizeof(row), "\n  %s ", walk->command->subcommands[i]->name);
        if (strstr(help, row) == NULL)
            complain(walk, "the help misses a command", row);
    }
}

static void groups_answer_with_their_commands(void **state)
{
    for_each_command(state, check_group);
}

/* --- examples ------------------------------------------------------------------------------ */

static void check_example_count(const struct walk *walk)
{
    if (walk->command->example_count < 2 || walk->command->example_count > 5)
        complain(walk, "not two to five examples", NULL);
}

static void every_command_has_two_to_five_examples(void **state)
{
    for_each_command(state, check_example_count);
}

/* In words of its own each: a cluster, a registry, a host, or what most commands ask for. */
static const char *issued_for(const char *line)
{
    if (strstr(line, "kubernetes-cluster") != NULL)
        return CLUSTER_ISSUED;
    if (strstr(line, "docker-registry") != NULL)
        return REGISTRY_ISSUED;
    return strstr(line, " gpus ") != NULL ? HOST_ISSUED : ISSUED;
}

/* What the use cases answer to a command line that asks for the usual things. */
static void prepare(struct command_run *run, const char *line)
{
    static const struct {
        const char *operation;
        const char *json;
    } rows[] = {
        {"auto_configure",
         "{'auth_method':'session-token','configuration':{'region':'us-east-1'}}"},
        {"scan", "{'looked_at':[],'configuration':{'host_keys':[]}}"},
        {"register", REGISTERED},
        {"update", REGISTERED},
        {"get", AUTO},
        {"get", BUCKET},
        {"list", LISTED},
        {"delete", DELETED},
        {"delete", DELETED},
        {"verify", AUTO_REACHES},
        {"verify", BUCKET_REACHES},
        {"discover", "[" AUTO_REACHES "," BUCKET_REACHES "]"},
        {"component_register", STORE},
        {"component_get", STORE_CONNECTED},
        {"component_list", STORES},
        {"component_connect", CONNECTED},
        {"component_disconnect", "{'had':true,'component':" STORE "}"},
        {"component_delete", STORE},
    };

    fake_api_free(run->api);
    run->api = fake_api_new();
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        fake_api_answer(run->api, rows[i].operation, rows[i].json);
    fake_api_answer(run->api, "issue", issued_for(line));
    fake_set_file(run->world, "key-id", AWS_CLIENT_KEY_ID "\n");
    fake_set_file(run->world, "secret-key", AWS_CLIENT_SECRET "\n");
    fake_set_file(run->world, "token", "canary-token\n");
    fake_set_file(run->world, "id_ed25519", "canary-key\n");
    fake_set_file(run->world, "/home/u/.aws/config", "[default]\n");
}

/* What stands between $( and ), or the line itself. */
static char *command_in(const char *line)
{
    const char *start = strstr(line, "$(");
    struct cl_str text = cl_str_of(line);
    struct cl_err err = CL_ERR_NONE;
    char *copy = NULL;

    if (start != NULL) {
        const char *end = strchr(start, ')');
        assert_non_null(end);
        text = cl_str_make(start + 2, (size_t)(end - start) - 2);
    }
    assert_ok(cl_str_dup(text, &copy, &err), &err);
    return copy;
}

/* AC-96: runs as it stands, and is about this command. */
static void check_examples(const struct walk *walk)
{
    for (size_t i = 0; i < walk->command->example_count; i++) {
        const char *line = example_at(walk, i);
        CL_AUTO(cl_string) char *command = command_in(line);

        prepare(walk->run, command);
        command_run_reset(walk->run);
        if (!cl_str_starts(cl_str_of(command), cl_str_of(walk->path)))
            complain(walk, "an example of another command", line);
        assert_status(walk->run, command, 0);
        if (strstr(fake_api_calls(walk->run->api), "free") != NULL)
            complain(walk, "an example that frees the api", line);
    }
}

static void every_example_runs(void **state)
{
    for_each_command(state, check_examples);
}

/* --- the table as a whole ------------------------------------------------------------------ */

static void aliases_lead_to_the_same_commands(void **state)
{
    static const char *const lines[] = {"cleat sc list --help", "cleat as list --help"};
    static const char *const usages[] = {"cleat service-connector list [OPTIONS]",
                                         "cleat artifact-store list [OPTIONS]"};

    for (size_t i = 0; i < CL_COUNT(lines); i++) {
        struct command_run *run = *state;
        command_run_reset(run);
        assert_status(run, lines[i], 0);
        assert_non_null(strstr(run->out.ptr, usages[i]));
    }
}

static void mistakes_are_answered_with_a_suggestion(void **state)
{
    static const struct {
        const char *line;
        const char *err;
    } rows[] = {
        {"cleat service-conector",
         "Error: unknown command 'service-conector'\n  Did you mean 'service-connector'?\n"
         "Run 'cleat --help' for usage.\n"},
        {"cleat sc lst", "Error: unknown command 'lst'\n  Did you mean 'list'?\n"
                         "Run 'cleat service-connector --help' for usage.\n"},
        {"cleat sc verify x --resource-tpye y",
         "Error: unknown option '--resource-tpye'\n  Did you mean '--resource-type'?\n"
         "Run 'cleat service-connector verify --help' for usage.\n"},
        {"cleat artifact-store flavour list",
         "Error: unknown command 'flavour'\n  Did you mean 'flavor'?\n"
         "Run 'cleat artifact-store --help' for usage.\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        command_run_reset(run);
        assert_status(run, rows[i].line, 2);
        assert_err(run, rows[i].err);
        assert_out(run, "");
        assert_calls(run, "");
    }
}

/* Every command that needs the store says why it has none, and prints nothing else. */
static void check_closed_store(const struct walk *walk)
{
    for (size_t i = 0; i < walk->command->example_count && walk->command->run != NULL; i++) {
        CL_AUTO(cl_string) char *command = command_in(example_at(walk, i));
        struct command_run *run = walk->run;

        prepare(run, command);
        command_run_reset(run);
        run->open_code = CL_E_LOCAL_CONFIG;
        int status = run_line(run, command);
        run->open_code = CL_OK;
        if (status == 0) { /* needs no store at all: version, flavors */
            assert_calls(run, "");
            continue;
        }
        assert_int_equal(run->out.len, 0);
        assert_non_null(strstr(run->err.ptr, "the store cannot be opened"));
    }
}

static void a_closed_store_fails_every_command_cleanly(void **state)
{
    for_each_command(state, check_closed_store);
}

/* --- --columns ----------------------------------------------------------------------------- */

/* Nothing is made, changed, handed out or asked of a provider for an output that cannot be. */
static void check_unknown_column(const struct walk *walk)
{
    static const char *const work[] = {
        "register ",
        "update ",
        "delete ",
        "verify ",
        "discover ",
        "issue ",
        "component_register ",
        "component_connect ",
        "component_disconnect ",
        "component_delete ",
    };

    for (size_t i = 0; i < walk->command->example_count && walk->command->run != NULL; i++) {
        CL_AUTO(cl_string) char *example = command_in(example_at(walk, i));
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(4096);
        struct command_run *run = walk->run;

        prepare(run, example);
        command_run_reset(run);
        cl_buf_addf(&line, "cleat --columns no-such -o json%s", example + strlen("cleat"));
        int status = run_line(run, line.ptr);
        if (status == 0) /* hands its output to another program: no columns */
            continue;
        if (status != 2 && strstr(run->err.ptr, "there are: ") == NULL)
            fail_msg("%s: exits %d: %s", line.ptr, status, run->err.ptr);
        for (size_t k = 0; k < CL_COUNT(work); k++) {
            if (strstr(fake_api_calls(run->api), work[k]) != NULL)
                complain(walk, "worked before it looked at --columns", work[k]);
        }
    }
}

static void refuses_unknown_columns_before_any_work(void **state)
{
    for_each_command(state, check_unknown_column);
}

static bool is_member(const char *members, const char *name)
{
    struct cl_str rest = cl_str_of(members);
    struct cl_str word = CL_STR_NONE;
    bool more = true;

    while (more) {
        more = cl_str_cut(rest, ' ', &word, &rest);
        if (cl_str_eq_c(word, name))
            return true;
    }
    return false;
}

/* What a command may be asked for is what it prints. */
static void check_members(const struct walk *walk)
{
    for (size_t i = 0; walk->command->members != NULL && i < walk->command->example_count; i++) {
        CL_AUTO(cl_string) char *example = command_in(example_at(walk, i));
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(4096);
        CL_AUTO(cl_json) json_t *object = NULL;
        struct cl_err err = CL_ERR_NONE;
        const char *key = NULL;
        json_t *value = NULL;

        if (strstr(example, "--field") != NULL || strstr(example, "--logout") != NULL)
            continue;
        prepare(walk->run, example);
        command_run_reset(walk->run);
        cl_buf_addf(&line, "cleat -o json%s", example + strlen("cleat"));
        assert_status(walk->run, line.ptr, 0);
        assert_ok(cl_json_parse(cl_buf_view(&walk->run->out), &object, &err), &err);
        json_object_foreach(object, key, value)
        {
            if (!is_member(walk->command->members, key))
                complain(walk, "prints a member that it does not know of", key);
        }
    }
}

static void commands_know_what_they_print(void **state)
{
    for_each_command(state, check_members);
}

/* --- memory -------------------------------------------------------------------------------- */

/* Whichever allocation fails: exit code 1 and a complaint, or success; never a crash or a leak. */
static void check_memory(const struct walk *walk)
{
    if (walk->command->run == NULL)
        return;
    const int64_t stride = getenv("CLEAT_TEST_SHORT") == NULL ? 8 : 2;
    for (int64_t nth = 1, made = INT64_MAX; made >= nth; nth += 1 + nth / stride) {
        CL_AUTO(cl_string) char *command = command_in(example_at(walk, 0));
        struct command_run *run = walk->run;
        prepare(run, command);
        command_run_reset(run);
        (void)cl_alloc_fail_at(0);
        size_t live = cl_alloc_live_blocks();
        int status = run_line_failing(run, command, nth, &made);
        assert_true(cl_alloc_live_blocks() <= live + 2); /* the texts of the run */
        if (status != 0 && status != 1 && status != 125 && status != 126)
            fail_msg("%s, allocation %ld: exit code %d\n%s", command, (long)nth, status,
                     run->err.ptr);
    }
}

static void every_command_survives_a_lack_of_memory(void **state)
{
    for_each_command(state, check_memory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_are_complete),
        TEST(positionals_are_explained),
        TEST(options_are_explained_and_spelled_once),
        TEST(short_options_mean_the_same_everywhere),
        TEST(every_command_explains_itself),
        TEST(groups_answer_with_their_commands),
        TEST(every_command_has_two_to_five_examples),
        TEST(every_example_runs),
        TEST(aliases_lead_to_the_same_commands),
        TEST(mistakes_are_answered_with_a_suggestion),
        TEST(refuses_unknown_columns_before_any_work),
        TEST(commands_know_what_they_print),
        TEST(a_closed_store_fails_every_command_cleanly),
        TEST(every_command_survives_a_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
