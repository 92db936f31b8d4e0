#include "base/alloc.h"
#include "clouds/ssh/key_text.h"
#include "clouds/ssh/user_config.h"
#include "codec/ssh_public.h"
#include "connectors/hyperai/hosts.h"
#include "connectors/hyperai/ops.h"
#include "interop/home.h"
#include "net/ssh.h"

/*
 * Auto-configuration: what `ssh HOST` would use on this machine, the key, the user and the known
 * host keys. Files only: an agent does not give its keys away, and no program is run.
 */

#define PATH_MAX_BYTES 4096
#define KNOWN_HOSTS_MAX ((size_t)4 << 20U)

struct discovering {
    const struct cl_call *call;
    const struct cl_discover_request *request;
    struct cl_discovered *ret;
    char *home;
    struct ssh_user_config config;
    struct cl_str alias;
    struct ssh_host host;
    char *user;       /* NULL: nobody says */
    char *key_path;   /* the identity that was taken */
    const char *kind; /* its auth method */
};

static void discovering_cleanup(struct discovering *discovering)
{
    ssh_user_config_cleanup(&discovering->config);
    cl_free(discovering->home);
    cl_free(discovering->user);
    cl_free(discovering->key_path);
}

static const struct cl_secret *argument(const struct discovering *discovering, const char *name)
{
    const struct cl_input *input = discovering->request->input;

    for (size_t i = 0; input != NULL && i < input->count; i++) {
        if (strcmp(input->entries[i].name, name) == 0)
            return input->entries[i].value;
    }
    return NULL;
}

static enum cl_code note(struct discovering *discovering, const char *path, const char *why,
                         struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(PATH_MAX_BYTES + 512);

    cl_buf_addf(&text, "%s: %s", path, why);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(&discovering->ret->looked_at, cl_buf_view(&text), err);
}

/* --- files --------------------------------------------------------------------------------- */

static enum cl_code read_file(const struct discovering *discovering, const char *path,
                              struct cl_buf *ret, struct cl_err *err)
{
    const struct cl_world *world = discovering->call->world;

    if (world->read_file(world->ctx, path, ret, err) != CL_OK && err->code != CL_E_FAILED)
        err->code = CL_E_LOCAL_CONFIG;
    return err->code;
}

/* A file below ~/.ssh. An absent one is empty, and `*ret_path` says where it would be. */
static enum cl_code read_own(struct discovering *discovering, const char *name, struct cl_buf *ret,
                             char **ret_path, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);
    const struct cl_world *world = discovering->call->world;
    struct cl_file_info info = {.exists = false};

    cl_buf_addf(&path, "%s/.ssh/%s", discovering->home, name);
    CL_TRY(cl_buf_take(&path, ret_path, err));
    CL_TRY(world->stat_file(world->ctx, *ret_path, &info, err));
    if (!info.exists)
        return note(discovering, *ret_path, "not there", err);
    CL_TRY(note(discovering, *ret_path, "read", err));
    return read_file(discovering, *ret_path, ret, err);
}

static enum cl_code warn_partly(struct discovering *discovering, const char *path,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(PATH_MAX_BYTES + 256);

    if (!discovering->config.partly)
        return CL_OK;
    cl_buf_addf(&text, "%s has Match or Include lines, which were passed over", path);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(&discovering->ret->warnings, cl_buf_view(&text), err);
}

static enum cl_code read_config(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(SSH_USER_CONFIG_MAX);
    CL_AUTO(cl_string) char *path = NULL;

    CL_TRY(read_own(discovering, "config", &text, &path, err));
    CL_TRY(ssh_user_config_read(cl_buf_view(&text), discovering->alias, &discovering->config, err));
    return warn_partly(discovering, path, err);
}

/* --- host and user ------------------------------------------------------------------------- */

static enum cl_code find_port(const struct discovering *discovering, int *ret, struct cl_err *err)
{
    struct cl_str text = cl_str_of(discovering->config.port);
    struct cl_err ignored = CL_ERR_NONE;
    int64_t port = SSH_PORT;

    if (text.len > 0 && (cl_parse_i64(text, &port, &ignored) != CL_OK || port < 1 || port > 65535))
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "the SSH configuration names no usable port");
    *ret = (int)port;
    return CL_OK;
}

static enum cl_code find_host(struct discovering *discovering, struct cl_err *err)
{
    const char *written = discovering->config.host_name;
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(1024);
    CL_AUTO(cl_string) char *alias = NULL;
    int port = SSH_PORT;

    CL_TRY(find_port(discovering, &port, err));
    CL_TRY(cl_str_dup(discovering->alias, &alias, err));
    CL_TRY(ssh_identity_path(written == NULL ? "%h" : written, discovering->home, alias, "", &name,
                             err));
    return ssh_host_parse(cl_buf_view(&name), port, &discovering->host, err);
}

static enum cl_code find_user(struct discovering *discovering, struct cl_err *err)
{
    const struct cl_world *world = discovering->call->world;
    const struct cl_secret *given = argument(discovering, "username");
    struct cl_str user = cl_str_of(discovering->config.user);

    if (given != NULL)
        user = cl_secret_expose(given);
    if (user.len == 0)
        user = cl_world_env(world, "USER");
    if (user.len == 0)
        user = cl_world_env(world, "LOGNAME");
    return user.len == 0 ? CL_OK : cl_str_dup(user, &discovering->user, err);
}

/* --- the key ------------------------------------------------------------------------------- */

static const char *method_for(const struct cl_ssh_key_facts *facts)
{
    struct cl_ssh_public key = {.bits = 0};
    struct cl_err ignored = CL_ERR_NONE;

    if (facts->fault != CL_SSH_KEY_GOOD ||
        cl_ssh_public_parse(cl_str_make(facts->public_blob, facts->public_bytes), &key, &ignored) !=
            CL_OK)
        return HYPERAI_ANY_KEY; /* the checks of a registration say what is wrong with it */
    switch (key.kind) {
    case CL_SSH_RSA: return HYPERAI_RSA;
    case CL_SSH_ECDSA: return HYPERAI_ECDSA;
    case CL_SSH_ED25519: return HYPERAI_ED25519;
    case CL_SSH_DSA: break;
    }
    return HYPERAI_ANY_KEY;
}

static enum cl_code take_key(struct discovering *discovering, const char *path, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf file = CL_BUF_SECRET(SSH_KEY_TEXT_MAX);
    CL_AUTO(cl_ssh_key_facts) struct cl_ssh_key_facts facts = {.encrypted = false};
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    CL_AUTO(cl_secret) struct cl_secret *encoded = NULL;

    CL_TRY(read_file(discovering, path, &file, err));
    CL_TRY(cl_secret_new(cl_buf_view(&file), &text, err));
    CL_TRY(cl_ssh_key_inspect(cl_secret_expose(text), argument(discovering, "ssh_passphrase"),
                              &facts, err));
    discovering->kind = method_for(&facts);
    CL_TRY(ssh_key_encode(text, &encoded, err));
    return cl_config_set_secret_take(&discovering->ret->config, "base64_ssh_key", CL_MOVE(encoded),
                                     err);
}

/* One place where the key may be; true in `*ret_found` when it is there. */
static enum cl_code try_identity(struct discovering *discovering, const char *written,
                                 bool *ret_found, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);
    const struct cl_world *world = discovering->call->world;
    struct cl_file_info info = {.exists = false};
    struct cl_err why = CL_ERR_NONE;
    const char *user = discovering->user == NULL ? "" : discovering->user;

    enum cl_code code =
        ssh_identity_path(written, discovering->home, discovering->host.name, user, &path, &why);
    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (code != CL_OK)
        return note(discovering, written, why.text, err);
    CL_TRY(world->stat_file(world->ctx, path.ptr, &info, err));
    if (!info.exists)
        return note(discovering, path.ptr, "not there", err);
    CL_TRY(note(discovering, path.ptr, "taken", err));
    CL_TRY(take_key(discovering, path.ptr, err));
    *ret_found = true;
    return cl_buf_take(&path, &discovering->key_path, err);
}

static enum cl_code refuse_none(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_string) char *places = NULL;

    CL_TRY(cl_strs_join(&discovering->ret->looked_at, "; ", &places, err));
    (void)cl_err_set(err, CL_E_LOCAL_CONFIG,
                     "no private key for the SSH host '%.*s' was found (%s)",
                     CL_STR_ARG(cl_str_first(discovering->alias, 253)), places);
    return cl_err_hint(err, "Give it with --base64_ssh_key=@FILE, or name it as the host's "
                            "IdentityFile in ~/.ssh/config.");
}

static enum cl_code find_key(struct discovering *discovering, struct cl_err *err)
{
    static const char *const usual[] = {"~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"};
    const struct cl_strs *named = &discovering->config.identities;
    bool found = false;

    if (argument(discovering, "base64_ssh_key") != NULL)
        return CL_OK; /* lies over whatever would be found */
    for (size_t i = 0; !found && i < named->count; i++)
        CL_TRY(try_identity(discovering, named->items[i], &found, err));
    for (size_t i = 0; !found && named->count == 0 && i < CL_COUNT(usual); i++)
        CL_TRY(try_identity(discovering, usual[i], &found, err));
    return found ? CL_OK : refuse_none(discovering, err);
}

/* --- known hosts --------------------------------------------------------------------------- */

static enum cl_code split_lines(struct cl_str text, struct cl_strs *ret, struct cl_err *err)
{
    for (bool more = true; more;) {
        struct cl_str line;
        more = cl_str_cut(text, '\n', &line, &text);
        CL_TRY(cl_strs_add_marked(ret, line, err));
    }
    return CL_OK;
}

static enum cl_code find_host_keys(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(KNOWN_HOSTS_MAX);
    CL_AUTO(cl_string) char *path = NULL;
    CL_AUTO(cl_strs) struct cl_strs lines = CL_STRS_NONE;
    CL_AUTO(cl_strs) struct cl_strs kept = CL_STRS_NONE;
    struct cl_config *config = &discovering->ret->config;

    if (argument(discovering, "host_keys") != NULL)
        return CL_OK;
    CL_TRY(read_own(discovering, "known_hosts", &text, &path, err));
    CL_TRY(split_lines(cl_buf_view(&text), &lines, err));
    if (hyperai_keep_lines(config, &lines, &kept, err) != CL_OK)
        return cl_err_wrap(err, "%s", path);
    return kept.count == 0 ? CL_OK : cl_config_set_list(config, "host_keys", &kept, err);
}

/* --- all of it ----------------------------------------------------------------------------- */

static enum cl_code fill_names(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs hosts = CL_STRS_NONE;
    struct cl_config *config = &discovering->ret->config;
    char text[SSH_HOST_TEXT_MAX];

    ssh_host_text(&discovering->host, text);
    CL_TRY(cl_strs_add(&hosts, cl_str_of(text), err));
    CL_TRY(cl_config_set_list(config, "hostnames", &hosts, err));
    if (discovering->user == NULL)
        return CL_OK;
    return cl_config_set_text(config, "username", cl_str_of(discovering->user), err);
}

static enum cl_code describe(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(PATH_MAX_BYTES + 512);
    const struct cl_auth_method *method = discovering->request->method;
    const char *id = discovering->kind == NULL ? HYPERAI_ANY_KEY : discovering->kind;

    if (discovering->key_path != NULL) {
        cl_buf_addf(&text, "SSH key %s", discovering->key_path);
    } else {
        cl_buf_add_c(&text, "SSH configuration");
    }
    cl_buf_addf(&text, " for host %s", discovering->host.name);
    CL_TRY(cl_buf_take(&text, &discovering->ret->source, err));
    return cl_str_dup(cl_str_of(method == NULL ? id : method->id), &discovering->ret->auth_method,
                      err);
}

static enum cl_code discover(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf home = CL_BUF(PATH_MAX_BYTES);

    CL_TRY(cl_add_home(discovering->call->world, "the SSH configuration", &home, err));
    CL_TRY(cl_buf_take(&home, &discovering->home, err));
    CL_TRY(read_config(discovering, err));
    CL_TRY(find_host(discovering, err));
    CL_TRY(find_user(discovering, err));
    CL_TRY(find_key(discovering, err));
    CL_TRY(fill_names(discovering, err));
    CL_TRY(find_host_keys(discovering, err));
    return describe(discovering, err);
}

enum cl_code hyperai_discover(const struct cl_call *call, const struct cl_discover_request *request,
                              struct cl_discovered *ret, struct cl_err *err)
{
    CL_AUTO(discovering)
    struct discovering discovering = {
        .call = call,
        .request = request,
        .ret = ret,
        .alias = cl_str_trim(cl_str_of(cl_map_get(request->sources, "host")))};

    if (request->method != NULL && strcmp(request->method->id, HYPERAI_CERTIFICATE) == 0) {
        return cl_err_set(err, CL_E_UNSUPPORTED,
                          "auto-configuration finds keys of users, not those of an authority");
    }
    if (discovering.alias.len == 0) {
        return cl_err_set(err, CL_E_INVALID,
                          "auto-configuration needs --host HOST, a host as you give it to ssh");
    }
    return discover(&discovering, err);
}
