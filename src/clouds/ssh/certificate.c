#include "clouds/ssh/certificate.h"

#include <arpa/inet.h>

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"
#include "net/ip.h"

#define USER_CERTIFICATE 1
#define BYTES_MAX 16384
#define CERT_SUFFIX "-cert-v01@openssh.com"

bool ssh_is_extension(struct cl_str name)
{
    static const char *const known[] = {
        "no-touch-required",
        "permit-X11-forwarding",
        "permit-agent-forwarding",
        "permit-port-forwarding",
        "permit-pty",
        "permit-user-rc",
    };

    for (size_t i = 0; i < CL_COUNT(known); i++) {
        if (cl_str_eq_c(name, known[i]))
            return true;
    }
    return false;
}

/* As it is written, not in the one form of struct cl_ip: bits count from where sshd counts them. */
static bool ends_in_zeros(struct cl_str address, size_t bits)
{
    char copy[CL_IP_TEXT_SIZE] = "";
    unsigned char raw[16] = {0};

    if (address.len >= sizeof(copy))
        return false;
    (void)memcpy(copy, address.ptr, address.len);
    int family = strchr(copy, ':') == NULL ? AF_INET : AF_INET6;
    if (inet_pton(family, copy, raw) != 1)
        return false;
    for (size_t i = bits; i < 8 * sizeof(raw); i++) {
        if ((raw[i / 8] & (0x80U >> (i % 8))) != 0)
            return false;
    }
    return true;
}

bool ssh_is_cidr(struct cl_str text)
{
    struct cl_str address = CL_STR_NONE;
    struct cl_str bits = CL_STR_NONE;
    struct cl_err ignored = CL_ERR_NONE;
    struct cl_ip ip;
    int64_t count = 0;

    bool has_bits = cl_str_cut(text, '/', &address, &bits);
    if (!cl_ip_parse(address, &ip))
        return false;
    if (!has_bits)
        return true;
    int64_t max = cl_str_find(address, ':') < address.len ? 128 : 32;
    return cl_str_only(bits, "0123456789") && cl_parse_i64(bits, &count, &ignored) == CL_OK &&
           count >= 0 && count <= max && ends_in_zeros(address, (size_t)count);
}

/* --- parts --------------------------------------------------------------------------------- */

static void add_list(struct cl_buf *buf, const struct cl_strs *items)
{
    CL_AUTO(cl_buf) struct cl_buf packed = CL_BUF(BYTES_MAX);

    for (size_t i = 0; items != NULL && i < items->count; i++)
        cl_buf_add_ssh_string(&packed, cl_str_of(items->items[i]));
    if (packed.failed != CL_OK)
        buf->failed = packed.failed;
    cl_buf_add_ssh_string(buf, cl_buf_view(&packed));
}

/* A critical option's data is a string that holds a string. */
static void add_option(struct cl_buf *options, const char *name, struct cl_str value)
{
    if (value.len == 0)
        return;
    cl_buf_add_ssh_string(options, cl_str_of(name));
    cl_buf_add_ssh_u32(options, (uint32_t)value.len + 4);
    cl_buf_add_ssh_string(options, value);
}

/* In the order of their names, as the format demands. */
static void add_options(struct cl_buf *buf, const struct ssh_certificate *certificate)
{
    CL_AUTO(cl_buf) struct cl_buf options = CL_BUF(BYTES_MAX);

    add_option(&options, "force-command", certificate->force_command);
    add_option(&options, "source-address", certificate->source_address);
    if (options.failed != CL_OK)
        buf->failed = options.failed;
    cl_buf_add_ssh_string(buf, cl_buf_view(&options));
}

static enum cl_code add_extensions(struct cl_buf *buf, const struct cl_strs *names,
                                   struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf packed = CL_BUF(BYTES_MAX);
    CL_AUTO(cl_strs) struct cl_strs sorted = CL_STRS_NONE;

    if (names != NULL)
        CL_TRY(cl_strs_copy(names, &sorted, err));
    cl_strs_sort(&sorted);
    for (size_t i = 0; i < sorted.count; i++) {
        if (i > 0 && strcmp(sorted.items[i], sorted.items[i - 1]) == 0)
            continue;
        cl_buf_add_ssh_string(&packed, cl_str_of(sorted.items[i]));
        cl_buf_add_ssh_string(&packed, CL_STR_NONE);
    }
    CL_TRY(cl_buf_ok(&packed, err));
    cl_buf_add_ssh_string(buf, cl_buf_view(&packed));
    return cl_buf_ok(buf, err);
}

/* --- the whole ----------------------------------------------------------------------------- */

static enum cl_code add_head(const struct ssh_certificate *certificate, struct cl_buf *buf,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf type = CL_BUF(100);
    struct cl_ssh_reader subject = CL_SSH_READER(certificate->subject);
    struct cl_ssh_public key = {.bits = 0};

    CL_TRY(cl_ssh_public_parse(certificate->subject, &key, err));
    (void)cl_ssh_read_string(&subject);
    cl_buf_addf(&type, "%s" CERT_SUFFIX, key.type);
    CL_TRY(cl_buf_ok(&type, err));
    cl_buf_add_ssh_string(buf, cl_buf_view(&type));
    cl_buf_add_ssh_string(buf, cl_str_make((const char *)certificate->nonce, SSH_NONCE_BYTES));
    cl_buf_add(buf, subject.rest);
    return cl_buf_ok(buf, err);
}

static enum cl_code add_body(const struct ssh_certificate *certificate, struct cl_buf *buf,
                             struct cl_err *err)
{
    cl_buf_add_ssh_u64(buf, certificate->serial);
    cl_buf_add_ssh_u32(buf, USER_CERTIFICATE);
    cl_buf_add_ssh_string(buf, certificate->key_id);
    add_list(buf, certificate->principals);
    cl_buf_add_ssh_u64(buf, (uint64_t)certificate->valid_after_at);
    cl_buf_add_ssh_u64(buf, (uint64_t)certificate->valid_before_at);
    add_options(buf, certificate);
    CL_TRY(add_extensions(buf, certificate->extensions, err));
    cl_buf_add_ssh_string(buf, CL_STR_NONE); /* reserved */
    return cl_buf_ok(buf, err);
}

static enum cl_code check(const struct ssh_certificate *certificate, struct cl_err *err)
{
    if (certificate->principals == NULL || certificate->principals->count == 0)
        return cl_err_set(err, CL_E_INVALID, "a certificate without principals would be anybody's");
    if (certificate->valid_after_at < 0 ||
        certificate->valid_before_at <= certificate->valid_after_at)
        return cl_err_set(err, CL_E_INVALID, "the certificate would end before it begins");
    return CL_OK;
}

static enum cl_code add_signature(const struct cl_ssh_pair *authority, struct cl_buf *bytes,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    CL_AUTO(cl_buf) struct cl_buf signature = CL_BUF(CL_SSH_BLOB_MAX);

    CL_TRY(cl_ssh_pair_public(authority, &blob, err));
    cl_buf_add_ssh_string(bytes, cl_buf_view(&blob));
    CL_TRY(cl_buf_ok(bytes, err));
    CL_TRY(cl_ssh_pair_sign(authority, cl_buf_view(bytes), false, &signature, err));
    cl_buf_add_ssh_string(bytes, cl_buf_view(&signature));
    return cl_buf_ok(bytes, err);
}

enum cl_code ssh_certificate_sign(const struct ssh_certificate *certificate,
                                  const struct cl_ssh_pair *authority, char **ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(BYTES_MAX);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(SSH_CERTIFICATE_MAX);

    CL_TRY(check(certificate, err));
    CL_TRY(add_head(certificate, &bytes, err));
    CL_TRY(add_body(certificate, &bytes, err));
    CL_TRY(add_signature(authority, &bytes, err));
    cl_buf_add_ssh_public(&text, cl_buf_view(&bytes));
    return cl_buf_take(&text, ret, err);
}
