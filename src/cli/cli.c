#include "cli/cli.h"

#include <unistd.h>

#include "base/alloc.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/listing.h"

#define HELP_MAX (256UL * 1024UL) /* bytes */

/* One run, from the command line to the exit code. */
struct run {
    struct cl_cli *cli;
    char **words; /* an argv of our own, or NULL; what was parsed points into it */
    struct cl_args args;
    struct cl_settings settings;
    struct cl_out out;
};

static enum cl_code print_help(struct run *run, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(HELP_MAX);

    CL_TRY(cl_help_render(&run->args, &run->out.look, &text, err));
    return cl_out_text(&run->out, cl_buf_view(&text), err);
}

static enum cl_code print_version(struct run *run, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);

    cl_buf_addf(&line, "%s\n", cl_cli_version());
    CL_TRY(cl_buf_ok(&line, err));
    return cl_out_text(&run->out, cl_buf_view(&line), err);
}

static enum cl_code run_command(struct run *run, struct cl_err *err)
{
    struct cl_cli *cli = run->cli;
    const struct cl_command *command = cl_args_command(&run->args);
    struct cl_call call = cl_call_new(cli->world, CL_LOCAL_ACTOR);

    CL_TRY(cl_out_check(&run->out, command, err));
    cl_interrupt_install();
    call.cancelled = cl_interrupt_flag();
    cli->call =
        run->settings.timeout_s > 0 ? cl_call_within(&call, run->settings.timeout_s * 1000) : call;
    return command->run(cli, &run->args, err);
}

/* "cleat help GROUP COMMAND" is "cleat GROUP COMMAND --help". */
static enum cl_code parse(struct run *run, int argc, char *const argv[], struct cl_err *err)
{
    static char help[] = "--help";
    const struct cl_command *root = run->cli->root;

    if (argc < 2 || strcmp(argv[1], "help") != 0)
        return cl_args_parse(root, &cl_global_options, argc, argv, &run->args, err);
    run->words = cl_array_alloc((size_t)argc + 1, sizeof(*run->words));
    if (run->words == NULL)
        return cl_err_no_memory(err);
    run->words[0] = argv[0];
    run->words[1] = help;
    for (int i = 2; i < argc; i++)
        run->words[i] = argv[i];
    return cl_args_parse(root, &cl_global_options, argc, run->words, &run->args, err);
}

/* `settings_code` counts only for what needs the settings: help is given in any environment. */
static enum cl_code act(struct run *run, enum cl_code settings_code,
                        const struct cl_err *settings_err, struct cl_err *err)
{
    if (cl_args_flag(&run->args, "version", false))
        return print_version(run, err);
    if (cl_args_flag(&run->args, "help", false) || cl_args_command(&run->args)->run == NULL)
        return print_help(run, err);
    if (settings_code != CL_OK) {
        *err = *settings_err;
        return settings_code;
    }
    return run_command(run, err);
}

static enum cl_code start(struct run *run, int argc, char *const argv[], struct cl_stream *out,
                          struct cl_stream *err_stream, struct cl_err *err)
{
    const struct cl_world *world = run->cli->world;
    struct cl_err settings_err = CL_ERR_NONE;
    enum cl_code settings_code = CL_OK;

    enum cl_code code = parse(run, argc, argv, err);
    if (run->args.state != NULL)
        settings_code = cl_settings_read(&run->args, world, &run->settings, &settings_err);
    cl_out_init(&run->out, world, &run->settings, out, err_stream);
    if (code != CL_OK)
        return code;
    return act(run, settings_code, &settings_err, err);
}

int cl_cli_run(struct cl_cli *cli, int argc, char *const argv[], struct cl_stream *out,
               struct cl_stream *err)
{
    struct run run = {.cli = cli, .args = CL_ARGS_NONE};
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(1024);
    struct cl_err failure = CL_ERR_NONE;
    int status = 0;

    cli->out = &run.out;
    cli->values = (struct cl_values){.world = cli->world, .stdin_fd = STDIN_FILENO};
    enum cl_code code = start(&run, argc, argv, out, err, &failure);
    if (code == CL_OK) {
        status = cli->exit_status;
    } else {
        cl_args_add_path(&run.args, &path);
        if (path.ptr != NULL)
            run.out.command = path.ptr;
        if (failure.code != code) /* a command forgot to say what went wrong */
            (void)cl_err_set(&failure, code, "%s", cl_code_wire(code));
        status = cl_out_error(&run.out, &failure, cli->exit_status);
    }
    cl_args_cleanup(&run.args);
    cl_free(run.words);
    cli->out = NULL;
    return status;
}
