#include "base/alloc.h"
#include "bridges/environment.h"
#include "cli/commands/issue_args.h"
#include "cli/commands/root.h"

/* Exit codes that a child cannot be confused with (cli.md §1.6). */
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND 127

static enum cl_code replace_process(struct cl_cli *cli, const char *const *words, size_t count,
                                    char *const *environment, struct cl_err *err)
{
    char **argv = cl_array_alloc(count + 1, sizeof(*argv));

    if (argv == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (cl_str_dup(cl_str_of(words[i]), &argv[i], err) != CL_OK)
            break;
    }
    enum cl_code code = err->code;
    if (code == CL_OK)
        code = cli->world->exec(cli->world->ctx, argv[0], argv, environment, err);
    for (size_t i = 0; i < count; i++)
        cl_free(argv[i]);
    cl_free(argv);
    cli->exit_status = code == CL_E_NOT_FOUND ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
    return code;
}

/* $SHELL, for those who asked for one. */
static enum cl_code choose_command(struct cl_cli *cli, const struct cl_args *args,
                                   const char *const **ret_words, size_t *ret_count,
                                   const char **shell, struct cl_err *err)
{
    *ret_words = args->rest;
    *ret_count = args->rest_count;
    if (args->rest_count > 0)
        return CL_OK;
    if (!cl_args_flag(args, "shell", false))
        return cl_err_set(err, CL_E_USAGE, "CMD is missing; pass --shell to start a shell");
    *shell = cli->world->env(cli->world->ctx, "SHELL");
    if (*shell == NULL || (*shell)[0] == '\0')
        *shell = "/bin/sh";
    *ret_words = shell;
    *ret_count = 1;
    return CL_OK;
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    const char *const *words = NULL;
    const char *shell = NULL;
    char **block = NULL;
    size_t count = 0;

    CL_TRY(choose_command(cli, args, &words, &count, &shell, err));
    cli->exit_status = CL_EXIT_EXEC_FAILED; /* whatever goes wrong before the child runs */
    CL_TRY(cl_issue_from_args(cli, args, CL_STR("exec"), &client, err));
    CL_TRY(cl_environment_make(&client, &environment, err));
    CL_TRY(
        cl_environment_block(&environment, cli->world->environment(cli->world->ctx), &block, err));
    enum cl_code code = replace_process(cli, words, count, block, err);
    cl_environment_free_block(block);
    return code;
}

static const struct cl_option options[] = {
    {.name = "shell",
     .kind = CL_OPTION_FLAG,
     .group = CL_GROUP_COMMON,
     .help = "Start $SHELL when no command is given."},
};
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat exec aws-auto -r s3-bucket -ri s3://zenfiles -- aws s3 ls s3://zenfiles"},
    {.what = "A shell with credentials for an hour",
     .line = "cleat exec aws-auto -r aws-generic --duration 1h --shell"},
};

const struct cl_command cl_command_exec = {
    .name = "exec",
    .summary = "Run a program with short-lived credentials in its environment",
    .heading = "Use credentials",
    .options = {&cl_issue_options, &option_set},
    .positionals = {{.name = "CONNECTOR", .help = "Connector name or id.", .required = true}},
    .rest = "CMD [ARGS...]",
    .no_deadline = true,
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat env",
    .run = run,
};
