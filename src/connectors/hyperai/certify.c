#include "connectors/hyperai/certify.h"

#include "base/alloc.h"
#include "clouds/ssh/certificate.h"
#include "clouds/ssh/key_text.h"
#include "codec/ssh_public.h"

#define EARLY_S 60 /* hosts' clocks may be behind */
#define PRINCIPAL_MAX 255
#define COMMAND_MAX 1024

void hyperai_certified_cleanup(struct hyperai_certified *certified)
{
    cl_secret_free(certified->key);
    cl_free(certified->certificate);
    *certified = (struct hyperai_certified){.key = NULL};
}

/* --- what it says -------------------------------------------------------------------------- */

static enum cl_code principals_of(const struct cl_connector *conn, struct cl_strs *ret,
                                  struct cl_err *err)
{
    const struct cl_strs *given = cl_config_list(&conn->config, "principals");

    if (given != NULL && given->count > 0)
        return cl_strs_copy(given, ret, err);
    return cl_strs_add(ret, cl_config_text(&conn->config, "username"), err);
}

/* A terminal unless something else is said; an empty list says: nothing. */
static enum cl_code extensions_of(const struct cl_connector *conn, struct cl_strs *ret,
                                  struct cl_err *err)
{
    const struct cl_strs *given = cl_config_list(&conn->config, "extensions");

    if (given != NULL)
        return cl_strs_copy(given, ret, err);
    return cl_strs_add(ret, CL_STR("permit-pty"), err);
}

static enum cl_code sources_of(const struct cl_connector *conn, char **ret, struct cl_err *err)
{
    const struct cl_strs *given = cl_config_list(&conn->config, "source_address");
    const struct cl_strs none = CL_STRS_NONE;

    return cl_strs_join(given == NULL ? &none : given, ",", ret, err);
}

/* Whoever reads the host's log finds the request in the audit. */
static enum cl_code key_id_of(const struct cl_call *call, const struct cl_connector *conn,
                              char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(512);

    cl_buf_addf(&text, "cleat:%s:%.200s:%s", conn->id[0] == '\0' ? "new" : conn->id, call->actor,
                call->request_id);
    return cl_buf_take(&text, ret, err);
}

static enum cl_code sign(const struct cl_call *call, const struct cl_connector *conn,
                         const struct cl_ssh_pair *authority, struct ssh_certificate certificate,
                         char **ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs principals = CL_STRS_NONE;
    CL_AUTO(cl_strs) struct cl_strs extensions = CL_STRS_NONE;
    CL_AUTO(cl_string) char *key_id = NULL;

    CL_TRY(principals_of(conn, &principals, err));
    CL_TRY(extensions_of(conn, &extensions, err));
    CL_TRY(key_id_of(call, conn, &key_id, err));
    CL_TRY(call->world->random(call->world->ctx, certificate.nonce, SSH_NONCE_BYTES, err));
    certificate.principals = &principals;
    certificate.extensions = &extensions;
    certificate.key_id = cl_str_of(key_id);
    certificate.force_command = cl_config_text(&conn->config, "force_command");
    return ssh_certificate_sign(&certificate, authority, ret, err);
}

/* --- keys ---------------------------------------------------------------------------------- */

static enum cl_code authority_of(const struct cl_connector *conn, struct cl_ssh_pair **ret,
                                 struct cl_err *err)
{
    const struct cl_secret *key = cl_config_secret(&conn->config, "ca_key");
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    struct cl_err why = CL_ERR_NONE;

    if (key == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "the connector's secrets are not loaded");
    enum cl_code code = ssh_key_text(key, &text, &why);
    if (code == CL_OK) {
        code = cl_ssh_pair_read(cl_secret_expose(text),
                                cl_config_secret(&conn->config, "ca_key_passphrase"), ret, &why);
    }
    if (code == CL_OK)
        return CL_OK;
    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    (void)cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute 'ca_key' cannot be used: %s",
                     why.text);
    return cl_err_hint(err, "%s", why.hint);
}

enum cl_code hyperai_certify(const struct cl_call *call, const struct cl_connector *conn,
                             int64_t ttl_s, enum hyperai_use use, struct hyperai_certified *ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *authority = NULL;
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *subject = NULL;
    CL_AUTO(cl_string) char *sources = NULL;
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    const struct cl_world *world = call->world;
    int64_t now_at = cl_world_now_s(world);

    CL_TRY(authority_of(conn, &authority, err));
    if (use == HYPERAI_FOR_CLIENTS)
        CL_TRY(sources_of(conn, &sources, err));
    CL_TRY(cl_ssh_pair_new(world, &subject, err));
    CL_TRY(cl_ssh_pair_public(subject, &blob, err));
    /* Serial numbers grow with time, and nobody has to keep the last one. */
    struct ssh_certificate certificate = {.subject = cl_buf_view(&blob),
                                          .serial = (uint64_t)world->now_us(world->ctx),
                                          .valid_after_at = now_at - EARLY_S,
                                          .valid_before_at = now_at + ttl_s,
                                          .source_address = cl_str_of(sources)};
    CL_TRY(sign(call, conn, authority, certificate, &ret->certificate, err));
    ret->serial = certificate.serial;
    ret->expires_at = certificate.valid_before_at;
    return cl_ssh_pair_text(subject, &ret->key, err);
}

/* --- rules --------------------------------------------------------------------------------- */

static bool is_plain(struct cl_str text, size_t max)
{
    if (text.len == 0 || text.len > max)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7F)
            return false;
    }
    return true;
}

static bool is_principal(struct cl_str text)
{
    return is_plain(text, PRINCIPAL_MAX) && cl_str_find(text, ',') == text.len &&
           cl_str_find(text, ' ') == text.len;
}

static enum cl_code check_list(const struct cl_connector *conn, const char *attr,
                               bool (*is_good)(struct cl_str), const char *what, struct cl_err *err)
{
    const struct cl_strs *list = cl_config_list(&conn->config, attr);

    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (!is_good(cl_str_of(list->items[i]))) {
            return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute '%s', entry %zu: not %s",
                              attr, i + 1, what);
        }
    }
    return CL_OK;
}

enum cl_code hyperai_check_certificate(const struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *authority = NULL;
    struct cl_str command = cl_config_text(&conn->config, "force_command");

    CL_TRY(check_list(conn, "principals", is_principal, "a login name", err));
    CL_TRY(check_list(conn, "extensions", ssh_is_extension,
                      "an extension such as permit-pty or permit-port-forwarding", err));
    CL_TRY(check_list(conn, "source_address", ssh_is_cidr,
                      "an address such as 10.0.0.0/8, with zeros behind the bits that count", err));
    if (command.len > 0 && !is_plain(command, COMMAND_MAX)) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                          "attribute 'force_command' must be one line of at most %d bytes",
                          COMMAND_MAX);
    }
    if (cl_config_secret(&conn->config, "ca_key") == NULL)
        return CL_OK;
    return authority_of(conn, &authority, err);
}
