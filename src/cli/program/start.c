#include "cli/program/start.h"

#include <unistd.h>

#include "app/app.h"
#include "base/log.h"
#include "base/secret.h"
#include "bridges/docker_helper.h"
#include "cli/cli.h"
#include "cli/commands/root.h"
#include "cli/program/folders.h"
#include "cli/program/input.h"
#include "codec/json.h"
#include "net/curl_transport.h"
#include "net/ssh.h"

/* `--parallel` bounds how many requests there are; the transport only must not be tighter. */
#define REQUESTS_AT_ONCE 1024

struct program {
    struct cl_world world;
    struct cl_api *(*wrap)(struct cl_api *inner);
    struct cl_api *api; /* NULL until first needed */
    struct cl_log *log; /* NULL without --debug */
    struct cl_process_before before;
};

static enum cl_code start_log(struct program *program, enum cl_log_format format,
                              struct cl_err *err)
{
    CL_TRY(cl_log_new(&program->world, STDERR_FILENO, format, CL_LOG_DEBUG, &program->log, err));
    program->world.log = program->log;
    return CL_OK;
}

static enum cl_code open_local(struct program *program, struct cl_err *err)
{
    struct cl_curl_options net = {
        .threaded = true, .max_in_flight = REQUESTS_AT_ONCE, .user_agent = "cleat/" CLEAT_VERSION};
    CL_AUTO(cl_string) char *folder = NULL;

    CL_TRY(cl_state_folder(&program->world, &folder, err));
    if (program->world.transport == NULL)
        CL_TRY(cl_curl_transport_new(&net, &program->world.transport, err));
    program->world.ssh = cl_ssh_real();
    struct cl_app_options options = {.world = &program->world, .state_folder = folder};
    return cl_app_new(&options, &program->api, err);
}

static enum cl_code open_once(struct program *program, struct cl_api **ret, struct cl_err *err)
{
    if (program->api == NULL) {
        CL_TRY(open_local(program, err));
        if (program->wrap != NULL)
            program->api = program->wrap(program->api);
    }
    *ret = program->api;
    return CL_OK;
}

static enum cl_code open_api(struct cl_cli *cli, struct cl_api **ret, struct cl_err *err)
{
    struct program *program = cli->ctx;

    if (cli->out->settings.debug && program->log == NULL)
        CL_TRY(start_log(program, cl_out_is_machine(cli->out) ? CL_LOG_JSON : CL_LOG_TEXT, err));
    return open_once(program, ret, err);
}

static void close_program(struct program *program)
{
    if (program->api != NULL)
        program->api->ops->free(program->api);
    program->api = NULL;
    cl_curl_transport_free(program->world.transport);
    program->world.transport = NULL;
    cl_process_hand_over(&program->before);
}

static void close_api(struct cl_cli *cli)
{
    close_program(cli->ctx);
}

/* --- under the name of Docker's credential helper ------------------------------------------- */

static enum cl_code open_for_helper(void *ctx, struct cl_api **ret, struct cl_err *err)
{
    return open_once(ctx, ret, err);
}

static enum cl_code read_input(void *ctx, struct cl_buf *ret, struct cl_err *err)
{
    (void)ctx;
    return cl_input_read(STDIN_FILENO, ret, err);
}

static int run_docker_helper(struct program *program, char *const words[], struct cl_stream *out)
{
    CL_AUTO(cl_buf) struct cl_buf answer = CL_BUF_SECRET((size_t)1 << 20U);
    struct cl_call ever = cl_call_new(&program->world, CL_LOCAL_ACTOR);
    struct cl_call call = cl_call_within(&ever, CL_DOCKER_HELPER_PATIENCE_MS);
    struct cl_err ignored = CL_ERR_NONE;
    struct cl_docker_helper helper = {.call = &call,
                                      .version = cl_version.version,
                                      .read_input = read_input,
                                      .open_api = open_for_helper,
                                      .ctx = program};

    int status = cl_docker_helper_run(&helper, words, &answer);
    /* Half a credential must not pass for one. */
    if (cl_buf_ok(&answer, &ignored) != CL_OK ||
        cl_stream_write(out, cl_buf_view(&answer), &ignored) != CL_OK)
        status = 1;
    return status;
}

/* ------------------------------------------------------------------------------------------- */

static int run_command(struct program *program, int argc, char **argv, struct cl_stream *out)
{
    struct cl_stream err = cl_stream_of_fd(STDERR_FILENO, &program->world);
    struct cl_cli cli = {.world = &program->world,
                         .root = &cl_root_command,
                         .open_api = open_api,
                         .close_api = close_api,
                         .ctx = program};

    return cl_cli_run(&cli, argc, argv, out, &err);
}

int cl_cli_main(int argc, char **argv, struct cl_api *(*wrap)(struct cl_api *inner))
{
    struct program program = {.world = cl_world_real(), .wrap = wrap};

    cl_process_harden(&program.before);
    cl_json_setup();
    cl_stream_survive_failed_writes();
    struct cl_stream out = cl_stream_of_fd(STDOUT_FILENO, &program.world);
    int status = argc > 0 && cl_docker_helper_is_meant(argv[0])
                     ? run_docker_helper(&program, argv + 1, &out)
                     : run_command(&program, argc, argv, &out);
    close_program(&program);
    cl_log_free(program.log);
    return status;
}
