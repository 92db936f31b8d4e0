#include "cli/program/start.h"

#include <unistd.h>

#include "app/app.h"
#include "base/log.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/commands/root.h"
#include "cli/program/folders.h"
#include "codec/json.h"
#include "net/curl_transport.h"

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

static enum cl_code open_local(struct program *program, struct cl_cli *cli, struct cl_err *err)
{
    struct cl_curl_options net = {
        .threaded = true, .max_in_flight = REQUESTS_AT_ONCE, .user_agent = "cleat/" CLEAT_VERSION};
    CL_AUTO(cl_string) char *folder = NULL;

    CL_TRY(cl_state_folder(&program->world, &folder, err));
    if (program->world.transport == NULL)
        CL_TRY(cl_curl_transport_new(&net, &program->world.transport, err));
    if (cli->out->settings.debug && program->log == NULL)
        CL_TRY(start_log(program, cl_out_is_machine(cli->out) ? CL_LOG_JSON : CL_LOG_TEXT, err));
    struct cl_app_options options = {.world = &program->world, .state_folder = folder};
    return cl_app_new(&options, &program->api, err);
}

static enum cl_code open_api(struct cl_cli *cli, struct cl_api **ret, struct cl_err *err)
{
    struct program *program = cli->ctx;

    if (program->api == NULL) {
        CL_TRY(open_local(program, cli, err));
        if (program->wrap != NULL)
            program->api = program->wrap(program->api);
    }
    *ret = program->api;
    return CL_OK;
}

static void close_api(struct cl_cli *cli)
{
    struct program *program = cli->ctx;

    if (program->api != NULL)
        program->api->ops->free(program->api);
    program->api = NULL;
    cl_curl_transport_free(program->world.transport);
    program->world.transport = NULL;
    cl_process_hand_over(&program->before);
}

int cl_cli_main(int argc, char **argv, struct cl_api *(*wrap)(struct cl_api *inner))
{
    struct program program = {.world = cl_world_real(), .wrap = wrap};
    struct cl_cli cli = {.world = &program.world,
                         .root = &cl_root_command,
                         .open_api = open_api,
                         .close_api = close_api,
                         .ctx = &program};

    cl_process_harden(&program.before);
    cl_json_setup();
    cl_stream_survive_failed_writes();
    struct cl_stream out = cl_stream_of_fd(STDOUT_FILENO, &program.world);
    struct cl_stream err = cl_stream_of_fd(STDERR_FILENO, &program.world);
    int status = cl_cli_run(&cli, argc, argv, &out, &err);
    close_api(&cli);
    cl_log_free(program.log);
    return status;
}
