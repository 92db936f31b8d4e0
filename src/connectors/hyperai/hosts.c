#include "connectors/hyperai/hosts.h"

#include "base/alloc.h"
#include "clouds/ssh/known_hosts.h"
#include "codec/ssh_public.h"

void hyperai_hosts_cleanup(struct hyperai_hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++) {
        cl_buf_cleanup(&hosts->items[i].blobs);
        cl_free(hosts->items[i].pins);
    }
    cl_free(hosts->items);
    *hosts = (struct hyperai_hosts){.items = NULL};
}

enum cl_code hyperai_port(const struct cl_config *config, int *ret, struct cl_err *err)
{
    struct cl_str text = cl_config_text(config, "port");
    int64_t port = SSH_PORT;

    if (text.len > 0)
        CL_TRY(cl_parse_i64(text, &port, err));
    if (port < 1 || port > 65535) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                          "attribute 'port' must be a number from 1 to 65535");
    }
    *ret = (int)port;
    return CL_OK;
}

/* --- hosts --------------------------------------------------------------------------------- */

static enum cl_code parse_host(const struct cl_strs *names, size_t index, int port,
                               struct ssh_host *ret, struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    if (ssh_host_parse(cl_str_of(names->items[index]), port, ret, &why) == CL_OK)
        return CL_OK;
    (void)cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute 'hostnames', entry %zu: %s", index + 1,
                     why.text);
    return cl_err_hint(err, "%s", why.hint);
}

static enum cl_code parse_hosts(const struct cl_config *config, struct hyperai_hosts *hosts,
                                struct cl_err *err)
{
    const struct cl_strs *names = cl_config_list(config, "hostnames");
    int port = SSH_PORT;

    if (names == NULL || names->count == 0 || names->count > HYPERAI_HOSTS_MAX) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                          "attribute 'hostnames' must name from 1 to %d hosts", HYPERAI_HOSTS_MAX);
    }
    hosts->items = cl_array_alloc(names->count, sizeof(*hosts->items));
    if (hosts->items == NULL)
        return cl_err_no_memory(err);
    CL_TRY(hyperai_port(config, &port, err));
    for (size_t i = 0; i < names->count; i++) {
        struct ssh_host host = {.port = 0};
        CL_TRY(parse_host(names, i, port, &host, err));
        for (size_t j = 0; j < hosts->count; j++) {
            if (ssh_host_eq(&hosts->items[j].host, &host)) {
                return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                                  "attribute 'hostnames': entries %zu and %zu are the same host",
                                  j + 1, i + 1);
            }
        }
        hosts->items[hosts->count++].host = host;
    }
    return CL_OK;
}

/* --- pinned keys --------------------------------------------------------------------------- */

static enum cl_code add_pin(struct hyperai_host *host, const struct ssh_known_line *line,
                            struct cl_err *err)
{
    size_t before = host->blobs.len;

    if (host->pin_count == HYPERAI_PINS_MAX) { /* one left out could be one that is revoked */
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "more than %d keys are pinned for '%.260s'",
                          HYPERAI_PINS_MAX, host->host.name);
    }
    if (host->pins == NULL) {
        host->blobs = (struct cl_buf)CL_BUF((size_t)HYPERAI_PINS_MAX * CL_SSH_BLOB_MAX);
        host->pins = cl_array_alloc(HYPERAI_PINS_MAX, sizeof(*host->pins));
        if (host->pins == NULL)
            return cl_err_no_memory(err);
    }
    CL_TRY(ssh_known_blob(line, &host->blobs, err));
    host->pins[host->pin_count].revoked = line->revoked;
    host->pins[host->pin_count++].blob = cl_str_make("", host->blobs.len - before);
    return CL_OK;
}

static enum cl_code apply_line(struct cl_str text, struct hyperai_hosts *hosts, bool *ret_ours,
                               struct cl_err *err)
{
    struct ssh_known_line line;

    *ret_ours = false;
    ssh_known_parse(text, &line);
    for (size_t i = 0; i < hosts->count; i++) {
        bool matches = false;
        CL_TRY(ssh_known_matches(&line, &hosts->items[i].host, &matches, err));
        if (matches)
            CL_TRY(add_pin(&hosts->items[i], &line, err));
        *ret_ours = *ret_ours || matches;
    }
    return CL_OK;
}

/* A line is judged only if it is about one of the hosts: files hold all sorts. */
static enum cl_code apply_lines(const struct cl_strs *lines, struct hyperai_hosts *hosts,
                                struct cl_strs *kept, struct cl_err *err)
{
    for (size_t i = 0; lines != NULL && i < lines->count; i++) {
        struct cl_err why = CL_ERR_NONE;
        bool ours = false;
        enum cl_code code = apply_line(cl_str_of(lines->items[i]), hosts, &ours, &why);
        if (code == CL_OK && ours && kept != NULL)
            code = cl_strs_add(kept, cl_str_of(lines->items[i]), &why);
        if (code == CL_E_FAILED)
            return cl_err_no_memory(err);
        if (code == CL_OK)
            continue;
        (void)cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute 'host_keys', line %zu: %s", i + 1,
                         why.text);
        return cl_err_hint(err, "%s", why.hint);
    }
    return CL_OK;
}

/* Only now: the buffers have moved while they grew. */
static void point_into_blobs(struct hyperai_hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++) {
        struct hyperai_host *host = &hosts->items[i];
        size_t at = 0;
        for (size_t j = 0; j < host->pin_count; j++) {
            host->pins[j].blob.ptr = host->blobs.ptr + at;
            at += host->pins[j].blob.len;
        }
    }
}

/* --- both ---------------------------------------------------------------------------------- */

/* Keeps the one that is wanted. */
static enum cl_code narrow(const char *only, struct hyperai_hosts *hosts, struct cl_err *err)
{
    struct hyperai_host *found = NULL;

    for (size_t i = 0; i < hosts->count; i++) {
        char text[SSH_HOST_TEXT_MAX];
        ssh_host_text(&hosts->items[i].host, text);
        if (strcmp(text, only) == 0)
            found = &hosts->items[i];
    }
    if (found == NULL) {
        (void)cl_err_set(err, CL_E_OUT_OF_SCOPE, "'%.260s' is not one of the connector's hosts",
                         only);
        return cl_err_hint(err, "Add it to the attribute 'hostnames'.");
    }
    hosts->items[0] = *found;
    hosts->count = 1;
    return CL_OK;
}

static enum cl_code fill(const struct cl_config *config, const char *only,
                         struct hyperai_hosts *hosts, struct cl_err *err)
{
    CL_TRY(parse_hosts(config, hosts, err));
    if (only != NULL)
        CL_TRY(narrow(only, hosts, err));
    CL_TRY(apply_lines(cl_config_list(config, "host_keys"), hosts, NULL, err));
    point_into_blobs(hosts);
    return CL_OK;
}

enum cl_code hyperai_hosts_of(const struct cl_connector *conn, const char *only,
                              struct hyperai_hosts *ret, struct cl_err *err)
{
    CL_AUTO(hyperai_hosts) struct hyperai_hosts hosts = {.items = NULL};

    CL_TRY(fill(&conn->config, only, &hosts, err));
    CL_MOVE_TO(ret, hosts);
    return CL_OK;
}

enum cl_code hyperai_keep_lines(const struct cl_config *config, const struct cl_strs *given,
                                struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(hyperai_hosts) struct hyperai_hosts hosts = {.items = NULL};

    CL_TRY(parse_hosts(config, &hosts, err));
    return apply_lines(given, &hosts, ret, err);
}
