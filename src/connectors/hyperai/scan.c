#include "base/alloc.h"
#include "clouds/ssh/known_hosts.h"
#include "connectors/hyperai/hosts.h"
#include "connectors/hyperai/ops.h"

/* Looking at hosts' keys without logging in, for a person to compare and confirm. */

#define LINE_MAX_BYTES 8192
#define ATTRS_MAX 16

/* A server shows one key at a time, of the type that is asked for. */
static const char *const types[] = {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                    "ecdsa-sha2-nistp521", "ssh-rsa"};
#define TYPE_COUNT CL_COUNT(types)

struct scanning {
    struct cl_connector conn; /* as far as the configuration goes */
    struct hyperai_hosts hosts;
    struct cl_ssh_visit *visits; /* TYPE_COUNT for each host */
    struct cl_ssh_seen *seen;
};

static void scanning_cleanup(struct scanning *scanning)
{
    for (size_t i = 0; scanning->seen != NULL && i < TYPE_COUNT * scanning->hosts.count; i++)
        cl_ssh_seen_cleanup(&scanning->seen[i]);
    cl_free(scanning->seen);
    cl_free(scanning->visits);
    hyperai_hosts_cleanup(&scanning->hosts);
    cl_connector_cleanup(&scanning->conn);
}

/* --- which hosts --------------------------------------------------------------------------- */

/* A host that has pins is not new, whatever it shows: also one of which a key is revoked. */
static void drop_known(struct hyperai_hosts *hosts)
{
    size_t kept = 0;

    for (size_t i = 0; i < hosts->count; i++) {
        struct hyperai_host host = hosts->items[i];
        if (host.pin_count == 0) {
            hosts->items[kept++] = host;
        } else {
            cl_buf_cleanup(&host.blobs);
            cl_free(host.pins);
        }
    }
    hosts->count = kept;
}

static enum cl_code choose_hosts(const struct cl_discover_request *request,
                                 struct scanning *scanning, struct cl_err *err)
{
    struct cl_str wanted = cl_str_of(cl_map_get(request->sources, "host"));
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    struct cl_str name = CL_STR_NONE;

    while (wanted.len > 0) {
        CL_AUTO(cl_string) char *id = NULL;
        (void)cl_str_cut(wanted, ',', &name, &wanted);
        CL_TRY(hyperai_canonical_id(&scanning->conn, NULL, name, &id, err));
        if (!cl_strs_has(&names, cl_str_of(id)))
            CL_TRY(cl_strs_add(&names, cl_str_of(id), err));
    }
    if (names.count > 0)
        CL_TRY(cl_config_set_list(&scanning->conn.config, "hostnames", &names, err));
    CL_TRY(hyperai_hosts_of(&scanning->conn, NULL, &scanning->hosts, err));
    if (request->unknown_only)
        drop_known(&scanning->hosts);
    return CL_OK;
}

/* The secrets are not among the arguments, and are not needed: nobody logs in. */
static enum cl_code read_config(const struct cl_discover_request *request,
                                struct scanning *scanning, struct cl_err *err)
{
    struct cl_attr attrs[ATTRS_MAX];
    struct cl_schema schema = {.owner = "auth method", .id = request->method->id, .attrs = attrs};

    for (size_t i = 0; i < request->method->attr_count && schema.attr_count < ATTRS_MAX; i++) {
        struct cl_attr *attr = &attrs[schema.attr_count];
        *attr = request->method->attrs[i];
        attr->required = false;
        schema.attr_count += cl_attr_is_secret(attr) ? 0 : 1;
    }
    return cl_config_build_schema(&schema, NULL, request->input, &scanning->conn.config, err);
}

/* --- the visits ---------------------------------------------------------------------------- */

static enum cl_code visit(const struct cl_call *call, struct scanning *scanning, struct cl_err *err)
{
    const struct cl_ssh *ssh = call->world->ssh;
    size_t count = TYPE_COUNT * scanning->hosts.count;

    if (ssh == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "there is no network to reach SSH hosts by");
    scanning->visits = cl_array_alloc(count, sizeof(*scanning->visits));
    scanning->seen = cl_array_alloc(count, sizeof(*scanning->seen));
    if (scanning->visits == NULL || scanning->seen == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        const struct ssh_host *host = &scanning->hosts.items[i / TYPE_COUNT].host;
        scanning->visits[i] = (struct cl_ssh_visit){.host = cl_str_of(host->name),
                                                    .port = host->port,
                                                    .host_key_type = types[i % TYPE_COUNT]};
    }
    const struct cl_ssh_round round = {.visits = scanning->visits, .count = count};
    return ssh->visit(ssh->ctx, call, &round, scanning->seen, err);
}

/* --- what they showed ---------------------------------------------------------------------- */

static struct cl_str blob_of(const struct cl_ssh_seen *seen)
{
    return cl_str_make(seen->host_key, seen->host_key_bytes);
}

/* Also a key that is marked as revoked is known: it must not be offered for pinning. */
static bool is_known(const struct hyperai_host *host, struct cl_str blob)
{
    for (size_t i = 0; i < host->pin_count; i++) {
        if (cl_str_eq(host->pins[i].blob, blob))
            return true;
    }
    return false;
}

static enum cl_code add_found(const struct hyperai_host *host, struct cl_str blob, const char *type,
                              struct cl_strs *lines, struct cl_strs *labels, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(LINE_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf label = CL_BUF(512);
    char print[CL_SSH_PRINT_SIZE];
    char name[SSH_HOST_TEXT_MAX];

    ssh_known_add_line(&line, &host->host, blob);
    CL_TRY(cl_buf_ok(&line, err));
    CL_TRY(cl_ssh_fingerprint(blob, print, err));
    ssh_host_text(&host->host, name);
    cl_buf_addf(&label, "%s %s %s%s", name, type, print,
                host->pin_count > 0 ? " (other keys of this host are pinned)" : "");
    CL_TRY(cl_buf_ok(&label, err));
    CL_TRY(cl_strs_add(lines, cl_buf_view(&line), err));
    return cl_strs_add(labels, cl_buf_view(&label), err);
}

static enum cl_code warn(const struct cl_err *error, struct cl_discovered *ret, struct cl_err *err)
{
    return cl_strs_add(&ret->warnings, cl_str_of(error->text), err);
}

/* One host's keys; how many it showed, new or not. */
static enum cl_code report_host(const struct scanning *scanning, size_t index,
                                struct cl_strs *lines, struct cl_discovered *ret, size_t *shown,
                                struct cl_err *err)
{
    const struct hyperai_host *host = &scanning->hosts.items[index];
    const struct cl_ssh_seen *seen = &scanning->seen[index * TYPE_COUNT];
    size_t before = *shown;

    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (seen[i].host_key == NULL)
            continue;
        ++*shown;
        if (!is_known(host, blob_of(&seen[i])))
            CL_TRY(add_found(host, blob_of(&seen[i]), types[i], lines, &ret->looked_at, err));
    }
    if (*shown == before && seen[0].error.code != CL_OK)
        return warn(&seen[0].error, ret, err);
    return CL_OK;
}

static enum cl_code report(const struct scanning *scanning, struct cl_discovered *ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs lines = CL_STRS_NONE;
    size_t shown = 0;

    for (size_t i = 0; i < scanning->hosts.count; i++)
        CL_TRY(report_host(scanning, i, &lines, ret, &shown, err));
    if (shown == 0 && scanning->hosts.count > 0 && scanning->seen[0].error.code != CL_OK) {
        *err = scanning->seen[0].error;
        return err->code;
    }
    return cl_config_set_list(&ret->config, "host_keys", &lines, err);
}

enum cl_code hyperai_scan(const struct cl_call *call, const struct cl_discover_request *request,
                          struct cl_discovered *ret, struct cl_err *err)
{
    CL_AUTO(scanning) struct scanning scanning = {.seen = NULL};

    CL_TRY(read_config(request, &scanning, err));
    CL_TRY(choose_hosts(request, &scanning, err));
    if (scanning.hosts.count > 0)
        CL_TRY(visit(call, &scanning, err));
    return report(&scanning, ret, err);
}
