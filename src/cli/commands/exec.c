#include "base/alloc.h"
#include "bridges/companion.h"
#include "bridges/private_file.h"
#include "bridges/shell.h"
#include "cli/commands/issue_args.h"
#include "cli/commands/root.h"

/* Exit codes that a child cannot be confused with (cli.md §1.6). */
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND 127

/* What is started: words for it, its environment, and what lives as long as it does. */
struct program {
    char **argv;
    size_t count;
    char **environment;
    char *file;   /* NULL: there is none */
    char *folder; /* likewise */
    struct cl_companion companion;
};

static void program_cleanup(struct program *program)
{
    for (size_t i = 0; program->argv != NULL && i < program->count; i++)
        cl_free(program->argv[i]);
    cl_free(program->argv);
    cl_environment_free_block(program->environment);
    cl_free(program->file);
    cl_free(program->folder);
    cl_companion_cleanup(&program->companion);
}

static enum cl_code set_words(struct program *program, const char *const *words, size_t count,
                              struct cl_err *err)
{
    program->argv = cl_array_alloc(count + 1, sizeof(*program->argv));
    if (program->argv == NULL)
        return cl_err_no_memory(err);
    program->count = count;
    for (size_t i = 0; i < count; i++)
        CL_TRY(cl_str_dup(cl_str_of(words[i]), &program->argv[i], err));
    return CL_OK;
}

/* What was made for the program. The program may have done so itself; its end is what is told. */
static void remove_files(struct cl_cli *cli, const struct program *program)
{
    struct cl_err left_behind = CL_ERR_NONE;

    if (program->file != NULL)
        CL_IGNORE(cli->world->remove_file(cli->world->ctx, program->file, &left_behind)); /* told */
    if (program->folder != NULL)
        CL_IGNORE(cl_private_folder_remove(cli->world, program->folder, &left_behind)); /* told */
}

/* Becomes the program, unless something has to be cleaned up behind it. */
static enum cl_code run_program(struct cl_cli *cli, struct program *program, struct cl_err *err)
{
    const struct cl_world *world = cli->world;
    enum cl_code code = CL_OK;
    int status = 0;

    CL_TRY(cl_companion_start(world, &program->companion, err));
    if (program->file == NULL && program->folder == NULL) {
        code = world->exec(world->ctx, program->argv[0], program->argv, program->environment, err);
    } else {
        code = world->accompany(world->ctx, program->argv, program->environment, &status, err);
        remove_files(cli, program);
    }
    cli->exit_status = code == CL_OK            ? status
                       : code == CL_E_NOT_FOUND ? EXIT_NOT_FOUND
                                                : EXIT_CANNOT_RUN;
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

/* The names of --only; none when it is not given. An empty list is a mistake: taken for "all" it
 * would hand over what somebody meant to hold back. */
static enum cl_code read_only(const struct cl_args *args, struct cl_strs *ret, struct cl_err *err)
{
    struct cl_str rest = cl_str_of(cl_args_value(args, "only"));
    struct cl_str name = CL_STR_NONE;

    if (!cl_args_has(args, "only"))
        return CL_OK;
    while (rest.len > 0) {
        (void)cl_str_cut(rest, ',', &name, &rest);
        name = cl_str_trim(name);
        if (name.len > 0)
            CL_TRY(cl_strs_add(ret, name, err));
    }
    if (ret->count > 0)
        return CL_OK;
    (void)cl_err_set(err, CL_E_INVALID, "--only names no variable");
    return cl_err_hint(err, "Give names separated by commas, such as AWS_REGION, or leave --only "
                            "out to set all of them.");
}

/* --only and --prefix shape what is set; what is removed stays as it is. */
static enum cl_code shape(const struct cl_args *args, const struct cl_strs *only,
                          struct cl_environment *environment, struct cl_err *err)
{
    if (cl_args_has(args, "only"))
        cl_environment_only(environment, only);
    return cl_environment_prefix(environment, cl_str_of(cl_args_value(args, "prefix")), err);
}

/* The variables go into a file of the caller's instead; the child finds none of them. */
static enum cl_code write_file(struct cl_cli *cli, const char *path,
                               struct cl_environment *environment, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET((size_t)1 << 20U);
    CL_AUTO(cl_strs) struct cl_strs none = CL_STRS_NONE;

    CL_TRY(cl_shell_add_plain(environment, &text, err));
    CL_TRY(cli->world->replace_file(cli->world->ctx, path, cl_buf_view(&text), 0600, err));
    cl_environment_only(environment, &none);
    return CL_OK;
}

static bool is_basic(const char *line)
{
    static const char *const basic[] = {"PATH=", "HOME=", "TERM=", "LANG=", "USER=", "SHELL="};

    for (size_t i = 0; i < CL_COUNT(basic); i++) {
        if (cl_str_starts(cl_str_of(line), cl_str_of(basic[i])))
            return true;
    }
    return false;
}

#define BASIC_MAX 16

/* What the child inherits: everything, or with --clean-env the basics. */
static char *const *inherited(struct cl_cli *cli, const struct cl_args *args, char **room)
{
    char *const *all = cli->world->environment(cli->world->ctx);
    size_t used = 0;

    if (!cl_args_flag(args, "clean-env", false))
        return all;
    for (; *all != NULL && used < BASIC_MAX; all++) {
        if (is_basic(*all))
            room[used++] = *all;
    }
    room[used] = NULL;
    return room;
}

/* The file that the tools want, and the variable that tells them where it is. */
static enum cl_code add_file(struct cl_cli *cli, struct cl_environment *environment, char **ret,
                             struct cl_err *err)
{
    const struct cl_environment_file *file = &environment->file;

    if (file->content == NULL)
        return CL_OK;
    CL_TRY(cl_private_file_write(cli->world, file->variable, cl_str_of(file->content), ret, err));
    return cl_environment_add_path(environment, *ret, err);
}

/* The same for a folder. */
static enum cl_code add_folder(struct cl_cli *cli, struct cl_environment *environment, char **ret,
                               struct cl_err *err)
{
    if (environment->folder.variable == NULL)
        return CL_OK;
    CL_TRY(cl_private_folder_write(cli->world, &environment->folder, ret, err));
    return cl_environment_add_folder(environment, *ret, err);
}

static enum cl_code set_environment(struct cl_cli *cli, const struct cl_args *args,
                                    const struct cl_strs *only, struct cl_environment *environment,
                                    struct program *ret, struct cl_err *err)
{
    const char *path = cl_args_value(args, "env-file");
    char *room[BASIC_MAX + 1] = {NULL};

    CL_TRY(add_file(cli, environment, &ret->file, err));
    CL_TRY(add_folder(cli, environment, &ret->folder, err));
    CL_TRY(shape(args, only, environment, err));
    if (path != NULL)
        CL_TRY(write_file(cli, path, environment, err));
    return cl_environment_block(environment, inherited(cli, args, room), &ret->environment, err);
}

static enum cl_code make_environment(struct cl_cli *cli, const struct cl_args *args,
                                     struct program *ret, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    CL_AUTO(cl_strs) struct cl_strs only = CL_STRS_NONE;

    CL_TRY(read_only(args, &only, err));
    CL_TRY(cl_issue_from_args(cli, args, CL_STR("exec"), &client, err));
    CL_TRY(cl_environment_open(&cli->call, &client, &environment, &ret->companion, err));
    enum cl_code code = set_environment(cli, args, &only, &environment, ret, err);
    if (code != CL_OK)
        remove_files(cli, ret);
    return code;
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(program) struct program program = {.argv = NULL};
    const char *const *words = NULL;
    const char *shell = NULL;
    size_t count = 0;

    CL_TRY(choose_command(cli, args, &words, &count, &shell, err));
    cli->exit_status = CL_EXIT_EXEC_FAILED; /* whatever goes wrong before the child runs */
    CL_TRY(set_words(&program, words, count, err));
    CL_TRY(make_environment(cli, args, &program, err));
    if (cli->close_api != NULL)
        cli->close_api(cli);
    return run_program(cli, &program, err);
}

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "shell", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Start $SHELL when no command is given."},
    {.name = "clean-env", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Let the program inherit only PATH, HOME, TERM, LANG, USER and SHELL."},
    {.name = "only", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "NAMES",
     .help = "Set only these variables, separated by commas."},
    {.name = "prefix", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "PREFIX",
     .help = "Put this before the name of every variable."},
    {.name = "env-file", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "FILE",
     .help = "Write the variables to this file (mode 0600) instead of setting them."},
};
/* clang-format on */
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
