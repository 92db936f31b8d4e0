#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bridges/companion.h"
#include "bridges/environment_kinds.h"
#include "bridges/ssh_agent.h"
#include "bridges/ssh_config.h"
#include "codec/base64.h"
#include "codec/ssh_public.h"

/*
 * An agent for one child: it holds the key, which is in no file, no argument and no variable. In
 * its folder lie the socket, the host's keys and a configuration for ssh, none of them secret.
 */

#define PATH_MAX_BYTES 512
#define TEXT_MAX 65536
#define PLACE_MAX_BYTES 64

struct attendant {
    struct cl_ssh_agent agent;
    int listener; /* -1: none */
    char *folder;
    char *socket;
    char *known;
    char *config;
};

static void remove_all(const struct attendant *attendant)
{
    const char *const files[] = {attendant->socket, attendant->known, attendant->config};

    for (size_t i = 0; i < CL_COUNT(files); i++) {
        if (files[i] != NULL)
            (void)unlink(files[i]);
    }
    if (attendant->folder != NULL)
        (void)rmdir(attendant->folder);
}

static void discard(void *what)
{
    struct attendant *attendant = what;

    if (attendant->listener >= 0)
        (void)close(attendant->listener);
    remove_all(attendant);
    cl_ssh_agent_cleanup(&attendant->agent);
    cl_free(attendant->folder);
    cl_free(attendant->socket);
    cl_free(attendant->known);
    cl_free(attendant->config);
    cl_free(attendant);
}

static void serve(void *what, int ended)
{
    struct attendant *attendant = what;

    cl_ssh_agent_serve(&attendant->agent, attendant->listener, ended);
    discard(attendant);
}

/* --- the key ------------------------------------------------------------------------------- */

static enum cl_code read_key(const struct cl_issued *issued, struct cl_ssh_agent *agent,
                             struct cl_err *err)
{
    struct cl_str base64 = cl_secret_expose(cl_config_secret(&issued->config, "base64_ssh_key"));
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(TEXT_MAX);

    CL_TRY(cl_base64_decode(base64, CL_BASE64_STANDARD, &text, err));
    return cl_ssh_pair_read(cl_buf_view(&text), cl_config_secret(&issued->config, "ssh_passphrase"),
                            &agent->pair, err);
}

/* The certificate's bytes where there is one: it is what the server is shown. */
static enum cl_code read_identity(const struct cl_issued *issued, struct cl_ssh_agent *agent,
                                  struct cl_err *err)
{
    struct cl_str type = CL_STR_NONE;
    struct cl_str base64 = CL_STR_NONE;

    agent->identity = (struct cl_buf)CL_BUF(CL_SSH_AGENT_MESSAGE_MAX / 2);
    if (!cl_str_cut(cl_config_text(&issued->config, "certificate"), ' ', &type, &base64))
        return cl_ssh_pair_public(agent->pair, &agent->identity, err);
    return cl_base64_decode(base64, CL_BASE64_STANDARD, &agent->identity, err);
}

static enum cl_code fill_agent(const struct cl_call *call,
                               const struct cl_issue_client_result *client,
                               struct cl_ssh_agent *agent, struct cl_err *err)
{
    agent->world = call->world;
    agent->expires_at = client->issued.expires_at;
    CL_TRY(cl_str_dup(cl_str_of(client->connector.name), &agent->comment, err));
    CL_TRY(read_key(&client->issued, agent, err));
    return read_identity(&client->issued, agent, err);
}

/* --- its folder ---------------------------------------------------------------------------- */

/* Absolute, and short enough: the system has 107 bytes for a socket's path. */
static bool is_place(struct cl_str folder)
{
    return cl_str_starts(folder, CL_STR("/")) && folder.len <= PLACE_MAX_BYTES;
}

/* In memory where the system has such a place. */
static struct cl_str parent_of(const struct cl_world *world)
{
    struct cl_str runtime = cl_world_env(world, "XDG_RUNTIME_DIR");
    struct cl_str temporary = cl_world_env(world, "TMPDIR");

    if (is_place(runtime))
        return runtime;
    return is_place(temporary) ? temporary : CL_STR("/tmp");
}

static enum cl_code join(const char *folder, const char *name, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);

    cl_buf_addf(&path, "%s/%s", folder, name);
    return cl_buf_take(&path, ret, err);
}

/* A name that nobody can have guessed, so that nobody can have made it before. */
static enum cl_code make_folder(const struct cl_world *world, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);
    unsigned char draw[12];

    CL_TRY(world->random(world->ctx, draw, sizeof(draw), err));
    cl_buf_add(&path, parent_of(world));
    cl_buf_add_c(&path, "/cleat-ssh-");
    cl_buf_add_hex(&path, draw, sizeof(draw));
    CL_TRY(cl_buf_ok(&path, err));
    CL_TRY(world->make_dir(world->ctx, path.ptr, 0700, err));
    return cl_buf_take(&path, ret, err);
}

static enum cl_code make_files(const struct cl_world *world, const struct cl_issued *issued,
                               struct attendant *attendant, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf known = CL_BUF(TEXT_MAX);
    CL_AUTO(cl_buf) struct cl_buf config = CL_BUF(TEXT_MAX);

    CL_TRY(make_folder(world, &attendant->folder, err));
    CL_TRY(join(attendant->folder, "agent", &attendant->socket, err));
    CL_TRY(join(attendant->folder, "known_hosts", &attendant->known, err));
    CL_TRY(join(attendant->folder, "config", &attendant->config, err));
    cl_ssh_add_known_hosts(&known, issued);
    CL_TRY(cl_buf_ok(&known, err));
    CL_TRY(cl_ssh_add_config(&config, issued, attendant->socket, attendant->known, err));
    CL_TRY(world->create_file(world->ctx, attendant->known, cl_buf_view(&known), 0600, err));
    CL_TRY(world->create_file(world->ctx, attendant->config, cl_buf_view(&config), 0600, err));
    return cl_ssh_agent_listen(attendant->socket, &attendant->listener, err);
}

/* --- variables ----------------------------------------------------------------------------- */

static enum cl_code add_variables(const struct attendant *attendant, const struct cl_issued *issued,
                                  struct cl_environment *environment, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf command = CL_BUF(PATH_MAX_BYTES + 64);
    const struct {
        const char *name;
        struct cl_str value;
    } variables[] = {
        {"SSH_AUTH_SOCK", cl_str_of(attendant->socket)},
        {"CLEAT_SSH_HOST", cl_str_of(cl_ssh_host_of(issued))},
        {"CLEAT_SSH_PORT", cl_config_text(&issued->config, "port")},
        {"CLEAT_SSH_USER", cl_config_text(&issued->config, "username")},
        {"CLEAT_SSH_IDENTITY", cl_str_of(attendant->socket)},
        {"CLEAT_SSH_CONFIG", cl_str_of(attendant->config)},
    };

    for (size_t i = 0; i < CL_COUNT(variables); i++) {
        CL_TRY(cl_environment_add(environment, variables[i].name, variables[i].value, false, err));
    }
    cl_buf_addf(&command, "ssh -F '%s'", attendant->config); /* git hands it to a shell */
    CL_TRY(cl_buf_ok(&command, err));
    return cl_environment_add(environment, "GIT_SSH_COMMAND", cl_buf_view(&command), false, err);
}

static enum cl_code prepare(const struct cl_call *call, const struct cl_issue_client_result *client,
                            struct attendant *attendant, struct cl_environment *environment,
                            struct cl_err *err)
{
    CL_TRY(fill_agent(call, client, &attendant->agent, err));
    CL_TRY(make_files(call->world, &client->issued, attendant, err));
    return add_variables(attendant, &client->issued, environment, err);
}

enum cl_code cl_companion_ssh(const struct cl_call *call,
                              const struct cl_issue_client_result *client,
                              struct cl_environment *environment, struct cl_companion *ret,
                              struct cl_err *err)
{
    struct attendant *attendant = cl_alloc(sizeof(*attendant));

    if (attendant == NULL)
        return cl_err_no_memory(err);
    attendant->listener = -1;
    enum cl_code code = prepare(call, client, attendant, environment, err);
    if (code != CL_OK) {
        discard(attendant);
        return code;
    }
    *ret = (struct cl_companion){
        .what = attendant, .serve = serve, .discard = discard, .keep = attendant->listener};
    return CL_OK;
}
