#include <assert.h>

#include "base/alloc.h"
#include "connectors/hyperai/visiting.h"

/* Logging in to the hosts, all at once. There is no account behind them: each is its own proof. */

void hyperai_visiting_cleanup(struct hyperai_visiting *visiting)
{
    for (size_t i = 0; visiting->seen != NULL && i < visiting->hosts.count; i++)
        cl_ssh_seen_cleanup(&visiting->seen[i]);
    cl_free(visiting->seen);
    cl_free(visiting->visits);
    hyperai_login_cleanup(&visiting->login);
    hyperai_hosts_cleanup(&visiting->hosts);
}

static enum cl_code make_visits(struct hyperai_visiting *visiting, struct cl_err *err)
{
    size_t count = visiting->hosts.count;

    visiting->visits = cl_array_alloc(count, sizeof(*visiting->visits));
    visiting->seen = cl_array_alloc(count, sizeof(*visiting->seen));
    if (visiting->visits == NULL || visiting->seen == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        const struct hyperai_host *host = &visiting->hosts.items[i];
        visiting->visits[i] = (struct cl_ssh_visit){.host = cl_str_of(host->host.name),
                                                    .port = host->host.port,
                                                    .host_keys = host->pins,
                                                    .host_key_count = host->pin_count};
    }
    return CL_OK;
}

/* What to do about a host that is not known, or no longer. */
static void advise(const struct cl_connector *conn, struct cl_err *error)
{
    const char *name = conn->name == NULL ? "NAME" : conn->name;

    if (error->code == CL_E_HOST_KEY_UNKNOWN && conn->id[0] != '\0') {
        CL_IGNORE(cl_err_hint(error, /* keeps its code */
                              "If it is the right key, pin it: cleat service-connector "
                              "scan-host-keys %s",
                              name));
    } else if (error->code == CL_E_HOST_KEY_UNKNOWN) {
        CL_IGNORE(cl_err_hint(error, /* likewise */
                              "If it is the right key, give it with --host_keys=@known_hosts, or "
                              "pin what is shown with --accept-new-host-keys, or register with "
                              "--no-verify and run: cleat service-connector scan-host-keys %s",
                              name));
    } else if (error->code == CL_E_HOST_KEY_CHANGED) {
        CL_IGNORE(cl_err_hint(error, /* likewise */
                              "Ask whoever runs the host; if the new key is genuine, pin it with "
                              "scan-host-keys."));
    }
}

enum cl_code hyperai_visit(const struct cl_call *call, const struct cl_connector *conn,
                           const char *only, struct hyperai_visiting *visiting, struct cl_err *err)
{
    const struct cl_ssh *ssh = call->world->ssh;

    if (ssh == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "there is no network to reach SSH hosts by");
    CL_TRY(hyperai_hosts_of(conn, only, &visiting->hosts, err));
    CL_TRY(hyperai_login_open(call, conn, &visiting->login, err));
    CL_TRY(make_visits(visiting, err));
    const struct cl_ssh_round round = {.login = &visiting->login.login,
                                       .visits = visiting->visits,
                                       .commands = visiting->commands,
                                       .command_count = visiting->command_count,
                                       .count = visiting->hosts.count};
    CL_TRY(ssh->visit(ssh->ctx, call, &round, visiting->seen, err));
    for (size_t i = 0; i < visiting->hosts.count; i++)
        advise(conn, &visiting->seen[i].error);
    return CL_OK;
}

size_t hyperai_count_failures(const struct hyperai_visiting *visiting)
{
    size_t failures = 0;

    for (size_t i = 0; i < visiting->hosts.count; i++)
        failures += visiting->seen[i].error.code != CL_OK;
    return failures;
}

/* The first one's error stands for all, with the number of those that fared no better. */
enum cl_code hyperai_fail_all(const struct hyperai_visiting *visiting, struct cl_err *err)
{
    assert(visiting->seen != NULL); /* there is no connector without hosts */
    *err = visiting->seen[0].error;
    if (visiting->hosts.count == 1)
        return err->code;
    return cl_err_wrap(err, "none of the %zu hosts can be used; the first", visiting->hosts.count);
}
