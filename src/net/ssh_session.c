#include "net/ssh_session.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/egress.h"
#include "net/ssh_host_key.h"

#define CONNECT_MS 5000
#define EXCHANGE_MS 10000
#define LOGIN_MS 5000

/* The algorithms of a login by key; a certificate has names of its own. */
#define LOGIN_TYPES                                                                           \
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,"   \
    "rsa-sha2-256,ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com," \
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"      \
    "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"

static void close_all(struct cl_ssh_session *session)
{
    if (session->channel != NULL)
        session->lib->ssh_channel_free(session->channel);
    session->channel = NULL;
    cl_buf_cleanup(&session->output);
    if (session->session != NULL) {
        session->lib->ssh_disconnect(session->session);
        session->lib->ssh_free(session->session);
        session->session = NULL;
    }
    if (session->fd >= 0)
        (void)close(session->fd);
    session->fd = -1;
    cl_lookup_free(session->lookup);
    session->lookup = NULL;
}

static void end(struct cl_ssh_session *session)
{
    close_all(session);
    session->stage = CL_SSH_DONE;
}

static void fail(struct cl_ssh_session *session, enum cl_code code, const char *what,
                 const char *detail)
{
    const struct cl_ssh_visit *visit = session->visit;

    CL_IGNORE(cl_err_set(&session->seen->error, code, /* is the visit's outcome */
                         "%s '%.*s' port %d%s%s", what, CL_STR_ARG(cl_str_first(visit->host, 253)),
                         visit->port, detail[0] == '\0' ? "" : ": ", detail));
    end(session);
}

static void enter(struct cl_ssh_session *session, enum cl_ssh_stage stage, int64_t within_ms)
{
    const struct cl_world *world = session->call->world;

    session->stage = stage;
    session->deadline_ms = world->monotonic_ms(world->ctx) + within_ms;
}

/* --- a connection -------------------------------------------------------------------------- */

static bool check_address(struct cl_ssh_session *session, const struct addrinfo *address)
{
    const struct cl_egress rule = {.server_mode = session->call->server_mode};
    struct cl_ip ip;

    if (!cl_ip_of(address->ai_addr, address->ai_addrlen, &ip))
        return false;
    return cl_egress_check_ip(&rule, &ip, &session->seen->error) == CL_OK;
}

/* True: a connection is under way. */
static bool connect_to(struct cl_ssh_session *session, const struct addrinfo *address)
{
    session->fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (session->fd < 0)
        return false;
    if (connect(session->fd, address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS)
        return true;
    (void)close(session->fd);
    session->fd = -1;
    return false;
}

/* What is left is shared with the addresses to come: a silent one must not keep all of it. */
static void share_time(struct cl_ssh_session *session)
{
    const struct cl_world *world = session->call->world;
    int64_t now_ms = world->monotonic_ms(world->ctx);
    int64_t sharers = 1;

    for (const struct addrinfo *other = session->next; other != NULL; other = other->ai_next)
        sharers++;
    session->attempt_ms = now_ms + (session->deadline_ms - now_ms) / sharers;
}

/* The next address that may be called and does not refuse at once. */
static void connect_next(struct cl_ssh_session *session)
{
    int problem = 0;

    while (session->next != NULL) {
        const struct addrinfo *address = session->next;
        session->next = address->ai_next;
        if (!check_address(session, address))
            continue;
        if (connect_to(session, address)) {
            share_time(session);
            return;
        }
        problem = errno;
    }
    if (session->seen->error.code == CL_E_EGRESS_BLOCKED) {
        end(session);
    } else {
        char text[128] = "";
        fail(session, CL_E_UNREACHABLE, "cannot connect to",
             strerror_r(problem, text, sizeof(text)));
    }
}

static void step_resolving(struct cl_ssh_session *session)
{
    const struct addrinfo *found = NULL;
    bool done = false;

    if (cl_lookup_result(session->lookup, &done, &found, &session->seen->error) != CL_OK) {
        end(session);
    } else if (done) {
        session->next = found;
        session->stage = CL_SSH_CONNECTING; /* within the same 5 seconds */
        connect_next(session);
    }
}

/* --- the key exchange ---------------------------------------------------------------------- */

static bool set_option(struct cl_ssh_session *session, enum ssh_options_e option, const void *value)
{
    return session->lib->ssh_options_set(session->session, option, value) == SSH_OK;
}

/* No file, no agent, no method and no key but those of this visit. */
static bool set_options(struct cl_ssh_session *session)
{
    const struct cl_ssh_visit *visit = session->visit;
    unsigned int port = (unsigned int)visit->port;
    const bool no_files = false;
    const int no = 0;
    const int yes = 1;
    const long patience_s = CL_SSH_VISIT_MS / 1000;
    char label[256];
    char user[64];

    (void)snprintf(label, sizeof(label), "%.*s", CL_STR_ARG(visit->host));
    (void)snprintf(user, sizeof(user), "%.*s", CL_STR_ARG(session->user));
    return set_option(session, SSH_OPTIONS_PROCESS_CONFIG, &no_files) &&
           set_option(session, SSH_OPTIONS_SSH_DIR, "/nonexistent") &&
           set_option(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") &&
           set_option(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") &&
           set_option(session, SSH_OPTIONS_HOST, label) &&
           set_option(session, SSH_OPTIONS_PORT, &port) &&
           set_option(session, SSH_OPTIONS_USER, user[0] == '\0' ? "nobody" : user) &&
           set_option(session, SSH_OPTIONS_TIMEOUT, &patience_s) &&
           set_option(session, SSH_OPTIONS_FD, &session->fd) &&
           set_option(session, SSH_OPTIONS_PUBKEY_AUTH, &yes) &&
           set_option(session, SSH_OPTIONS_PASSWORD_AUTH, &no) &&
           set_option(session, SSH_OPTIONS_KBDINT_AUTH, &no) &&
           set_option(session, SSH_OPTIONS_GSSAPI_AUTH, &no) &&
           set_option(session, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, LOGIN_TYPES);
}

/* Otherwise the server shows the key it likes best, which need not be one that is pinned. */
static bool set_host_key_types(struct cl_ssh_session *session)
{
    CL_AUTO(cl_buf) struct cl_buf types = CL_BUF(512);

    cl_ssh_host_key_types(session->visit, &types);
    return types.failed == CL_OK &&
           (types.len == 0 || set_option(session, SSH_OPTIONS_HOSTKEYS, types.ptr));
}

static void begin_exchange(struct cl_ssh_session *session)
{
    session->seen->error = CL_ERR_NONE; /* of another address, perhaps */
    session->session = session->lib->ssh_new();
    if (session->session == NULL || !set_options(session) || !set_host_key_types(session)) {
        CL_IGNORE(cl_err_no_memory(&session->seen->error)); /* is the visit's outcome */
        end(session);
        return;
    }
    session->lib->ssh_set_blocking(session->session, 0);
    enter(session, CL_SSH_EXCHANGING, EXCHANGE_MS);
}

static void step_connecting(struct cl_ssh_session *session)
{
    struct pollfd ready = {.fd = session->fd, .events = POLLOUT};
    int problem = 0;
    socklen_t len = sizeof(problem);

    if (poll(&ready, 1, 0) <= 0)
        return;
    (void)getsockopt(session->fd, SOL_SOCKET, SO_ERROR, &problem, &len);
    if (problem == 0) {
        begin_exchange(session);
        return;
    }
    (void)close(session->fd);
    session->fd = -1;
    errno = problem;
    if (session->next != NULL) {
        connect_next(session);
    } else {
        char text[128] = "";
        fail(session, CL_E_UNREACHABLE, "cannot connect to",
             strerror_r(problem, text, sizeof(text)));
    }
}

/* What libssh says, which may repeat the server's list of algorithms. */
static void explain(struct cl_ssh_session *session, char text[400])
{
    (void)snprintf(text, 400, "%s", session->lib->ssh_get_error(session->session));
}

/*
 * A server that has none of the pinned types of host keys cannot have a pinned key either; another
 * algorithm that both lack is a matter of versions.
 */
static void fail_exchange(struct cl_ssh_session *session)
{
    char text[400];

    explain(session, text);
    bool host_key = strstr(text, "server host key algo") != NULL;
    if (host_key && session->visit->host_key_type != NULL) {
        end(session); /* a scan: it has no key of this type */
    } else if (host_key) {
        fail(session, CL_E_HOST_KEY_CHANGED,
             "no host key of a type that is pinned is offered any more by", "");
    } else {
        fail(session, CL_E_PROVIDER, "cannot speak SSH with", text);
    }
}

static bool keep_host_key(struct cl_ssh_session *session)
{
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_HOST_BLOB_MAX);
    struct cl_ssh_seen *seen = session->seen;
    ssh_key key = NULL;

    if (session->lib->ssh_get_server_publickey(session->session, &key) != SSH_OK)
        return false;
    enum cl_code code = cl_ssh_host_key_blob(session->lib, key, &blob, &seen->error);
    session->lib->ssh_key_free(key);
    if (code != CL_OK)
        return false;
    seen->host_key_bytes = blob.len;
    return cl_buf_take(&blob, &seen->host_key, &seen->error) == CL_OK;
}

static void judge_host(struct cl_ssh_session *session)
{
    const struct cl_ssh_seen *seen = session->seen;

    if (!keep_host_key(session)) {
        if (seen->error.code == CL_OK)
            fail(session, CL_E_PROVIDER, "no host key was shown by", "");
        end(session);
        return;
    }
    struct cl_str blob = cl_str_make(seen->host_key, seen->host_key_bytes);
    if (session->key == NULL ||
        cl_ssh_host_key_check(session->visit, blob, &session->seen->error) != CL_OK) {
        end(session);
        return;
    }
    enter(session, CL_SSH_LOGGING_IN, LOGIN_MS);
}

static void step_exchanging(struct cl_ssh_session *session)
{
    int result = session->lib->ssh_connect(session->session);

    if (result == SSH_ERROR) {
        fail_exchange(session);
    } else if (result == SSH_OK) {
        judge_host(session);
    }
}

/* --- the login ----------------------------------------------------------------------------- */

static void refuse_login(struct cl_ssh_session *session)
{
    static const struct {
        unsigned int bit;
        const char *name;
    } methods[] = {{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
                   {SSH_AUTH_METHOD_PASSWORD, "password"},
                   {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
                   {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
                   {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(200);
    unsigned int left = (unsigned int)session->lib->ssh_userauth_list(session->session, NULL);

    cl_buf_add_c(&text, "the server still offers:");
    for (size_t i = 0; i < CL_COUNT(methods); i++) {
        if ((left & methods[i].bit) != 0)
            cl_buf_addf(&text, " %s", methods[i].name);
    }
    fail(session, CL_E_REJECTED, "the key is not accepted for this user by", text.ptr);
}

/* Nobody has judged the key, unless the server ended the visit for too many refusals. */
static void fail_login(struct cl_ssh_session *session)
{
    char text[400];

    explain(session, text);
    if (strstr(text, "Too many authentication failures") != NULL) {
        fail(session, CL_E_REJECTED, "the login failed at", text);
    } else if (session->lib->ssh_is_connected(session->session) == 0) {
        fail(session, CL_E_UNREACHABLE, "the connection was lost during the login at", text);
    } else {
        fail(session, CL_E_PROVIDER, "the login failed at", text);
    }
}

/* --- commands ------------------------------------------------------------------------------ */

static void begin_commands(struct cl_ssh_session *session)
{
    if (session->command_count == 0 ||
        cl_ssh_run_prepare(session, &session->seen->error) != CL_OK) {
        end(session);
        return;
    }
    enter(session, CL_SSH_RUNNING, CL_SSH_COMMAND_MS);
}

static void step_running(struct cl_ssh_session *session)
{
    size_t before = session->command;

    if (cl_ssh_run_step(session)) {
        end(session);
    } else if (session->command != before) {
        enter(session, CL_SSH_RUNNING, CL_SSH_COMMAND_MS);
    }
}

/* One that hangs says nothing about those behind it. */
static void run_out_of_command(struct cl_ssh_session *session)
{
    cl_ssh_run_skip(session);
    if (session->command == session->command_count) {
        end(session);
    } else {
        enter(session, CL_SSH_RUNNING, CL_SSH_COMMAND_MS);
    }
}

static void step_logging_in(struct cl_ssh_session *session)
{
    switch (session->lib->ssh_userauth_publickey(session->session, NULL, session->key)) {
    case SSH_AUTH_AGAIN: return;
    case SSH_AUTH_SUCCESS: begin_commands(session); return;
    case SSH_AUTH_DENIED: refuse_login(session); return;
    case SSH_AUTH_PARTIAL:
        fail(session, CL_E_REJECTED, "an additional factor is required by the server at", "");
        return;
    default: break;
    }
    fail_login(session);
}

/* --- all of it ----------------------------------------------------------------------------- */

void cl_ssh_session_start(struct cl_ssh_session *session)
{
    enter(session, CL_SSH_RESOLVING, CONNECT_MS);
    if (session->call->upstream_requests != NULL)
        (void)atomic_fetch_add(session->call->upstream_requests, 1);
    if (cl_lookup_start(session->visit->host, session->visit->port, &session->lookup,
                        &session->seen->error) != CL_OK)
        end(session);
}

static void run_out(struct cl_ssh_session *session)
{
    switch (session->stage) {
    case CL_SSH_RESOLVING:
        fail(session, CL_E_UNREACHABLE, "the name server does not answer in time about", "");
        break;
    case CL_SSH_CONNECTING: fail(session, CL_E_UNREACHABLE, "no answer in time from", ""); break;
    case CL_SSH_EXCHANGING:
        fail(session, CL_E_UNREACHABLE, "no SSH key exchange in time with", "");
        break;
    case CL_SSH_LOGGING_IN:
        fail(session, CL_E_UNREACHABLE, "no answer to the login in time from", "");
        break;
    case CL_SSH_RUNNING: run_out_of_command(session); break;
    case CL_SSH_WAITING:
    case CL_SSH_DONE: break;
    }
}

static void step_once(struct cl_ssh_session *session)
{
    switch (session->stage) {
    case CL_SSH_RESOLVING: step_resolving(session); break;
    case CL_SSH_CONNECTING: step_connecting(session); break;
    case CL_SSH_EXCHANGING: step_exchanging(session); break;
    case CL_SSH_LOGGING_IN: step_logging_in(session); break;
    case CL_SSH_RUNNING: step_running(session); break;
    case CL_SSH_WAITING:
    case CL_SSH_DONE: break;
    }
}

/* On to the next address, if there is one and this one has had its time. */
static void move_on(struct cl_ssh_session *session, int64_t now_ms)
{
    if (session->stage != CL_SSH_CONNECTING || session->next == NULL ||
        now_ms < session->attempt_ms)
        return;
    if (session->fd >= 0)
        (void)close(session->fd);
    session->fd = -1;
    connect_next(session);
}

void cl_ssh_session_step(struct cl_ssh_session *session)
{
    const struct cl_world *world = session->call->world;
    enum cl_ssh_stage before = CL_SSH_WAITING;

    while (before != session->stage) {
        before = session->stage;
        step_once(session);
    }
    if (session->stage == CL_SSH_DONE)
        return;
    int64_t now_ms = world->monotonic_ms(world->ctx);
    if (now_ms >= session->deadline_ms) {
        run_out(session);
    } else {
        move_on(session, now_ms);
    }
}

bool cl_ssh_session_wants(const struct cl_ssh_session *session, int *ret_fd, short *ret_events)
{
    switch (session->stage) {
    case CL_SSH_RESOLVING:
        *ret_fd = cl_lookup_fd(session->lookup);
        *ret_events = POLLIN;
        return true;
    case CL_SSH_CONNECTING:
        *ret_fd = session->fd;
        *ret_events = POLLOUT;
        return true;
    case CL_SSH_EXCHANGING:
    case CL_SSH_LOGGING_IN:
    case CL_SSH_RUNNING: break;
    case CL_SSH_WAITING:
    case CL_SSH_DONE: return false;
    }
    bool writes = (session->lib->ssh_get_poll_flags(session->session) & SSH_WRITE_PENDING) != 0;
    *ret_fd = session->fd;
    *ret_events = (short)(POLLIN | (writes ? POLLOUT : 0));
    return true;
}

void cl_ssh_session_cleanup(struct cl_ssh_session *session)
{
    close_all(session);
}
