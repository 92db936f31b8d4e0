#include "base/alloc.h"
#include "clouds/ssh/key_text.h"
#include "clouds/ssh/known_hosts.h"
#include "connectors/hyperai/hosts.h"
#include "connectors/hyperai/login.h"
#include "connectors/hyperai/ops.h"

/* What a client receives for one host. Asks nobody. */

#define LINE_MAX_BYTES 8192

static enum cl_code add_line(const struct hyperai_host *host, const struct cl_ssh_host_key *pin,
                             struct cl_strs *lines, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(LINE_MAX_BYTES);

    if (pin->revoked)
        cl_buf_add_c(&line, "@revoked ");
    ssh_known_add_line(&line, &host->host, pin->blob);
    CL_TRY(cl_buf_ok(&line, err));
    return cl_strs_add(lines, cl_buf_view(&line), err);
}

/* Of this host only, and not hashed: whoever may log in knows its name. */
static enum cl_code set_host_keys(const struct hyperai_host *host, struct cl_config *config,
                                  struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs lines = CL_STRS_NONE;

    for (size_t i = 0; i < host->pin_count; i++)
        CL_TRY(add_line(host, &host->pins[i], &lines, err));
    return lines.count == 0 ? CL_OK : cl_config_set_list(config, "host_keys", &lines, err);
}

static enum cl_code set_host(const struct cl_connector *conn, const char *id,
                             struct cl_config *config, struct cl_err *err)
{
    CL_AUTO(hyperai_hosts) struct hyperai_hosts hosts = {.items = NULL};
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;

    CL_TRY(hyperai_hosts_of(conn, id, &hosts, err));
    CL_TRY(cl_strs_add(&names, cl_str_of(hosts.items[0].host.name), err));
    CL_TRY(cl_config_set_list(config, "hostnames", &names, err));
    CL_TRY(cl_config_set_text(config, "username", cl_config_text(&conn->config, "username"), err));
    CL_TRY(cl_config_set_int(config, "port", hosts.items[0].host.port, err));
    return set_host_keys(&hosts.items[0], config, err);
}

static enum cl_code set_key(const struct cl_connector *conn, struct cl_config *config,
                            struct cl_err *err)
{
    CL_AUTO(hyperai_login) struct hyperai_login login = {.key = NULL};
    CL_AUTO(cl_secret) struct cl_secret *encoded = NULL;
    const struct cl_config_entry *phrase = cl_config_find(&conn->config, "ssh_passphrase");

    CL_TRY(hyperai_login_open_key(conn, "base64_ssh_key", &login, err));
    CL_TRY(ssh_key_encode(login.key, &encoded, err));
    CL_TRY(cl_config_set_secret_take(config, "base64_ssh_key", CL_MOVE(encoded), err));
    return phrase == NULL ? CL_OK : cl_config_copy_entry(phrase, config, err);
}

/* A pair made now: its private half has been nowhere before. */
static enum cl_code set_certified(const struct cl_call *call, const struct cl_connector *conn,
                                  int64_t ttl_s, struct cl_issued *ret, struct cl_err *err)
{
    CL_AUTO(hyperai_certified) struct hyperai_certified certified = {.key = NULL};
    CL_AUTO(cl_secret) struct cl_secret *encoded = NULL;
    CL_AUTO(cl_buf) struct cl_buf serial = CL_BUF(64);

    CL_TRY(hyperai_certify(call, conn, ttl_s, HYPERAI_FOR_CLIENTS, &certified, err));
    CL_TRY(ssh_key_encode(certified.key, &encoded, err));
    CL_TRY(cl_config_set_secret_take(&ret->config, "base64_ssh_key", CL_MOVE(encoded), err));
    CL_TRY(cl_config_set_text(&ret->config, "certificate", cl_str_of(certified.certificate), err));
    cl_buf_addf(&serial, "serial %llu", (unsigned long long)certified.serial);
    CL_TRY(cl_buf_take(&serial, &ret->fingerprint, err));
    ret->expires_at = certified.expires_at;
    ret->long_lived = false;
    return CL_OK;
}

static enum cl_code set_header(const struct cl_call *call, const struct cl_connector *conn,
                               const char *id, struct cl_issued *ret, struct cl_err *err)
{
    CL_TRY(cl_str_dup(CL_STR("hyperai"), &ret->connector_type, err));
    CL_TRY(cl_str_dup(cl_str_of(conn->method->id), &ret->auth_method, err));
    CL_TRY(cl_str_dup(CL_STR(HYPERAI_INSTANCE), &ret->resource_type, err));
    CL_TRY(cl_str_dup(cl_str_of(id), &ret->resource_id, err));
    ret->issued_at = cl_world_now_s(call->world);
    ret->expires_at = conn->expires_at;
    ret->long_lived = true;
    return CL_OK;
}

enum cl_code hyperai_issue(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_issue_request *request, struct cl_issued *ret,
                           struct cl_err *err)
{
    CL_TRY(set_header(call, conn, request->id, ret, err));
    CL_TRY(set_host(conn, request->id, &ret->config, err));
    if (strcmp(conn->method->id, HYPERAI_CERTIFICATE) == 0)
        return set_certified(call, conn, request->ttl_s, ret, err);
    return set_key(conn, &ret->config, err);
}
