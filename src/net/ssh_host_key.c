#include "net/ssh_host_key.h"

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"
#include "crypto/digest.h"

enum cl_code cl_ssh_fingerprint(struct cl_str blob, char ret[CL_SSH_PRINT_SIZE], struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(CL_SSH_PRINT_SIZE);
    unsigned char digest[CL_SHA256_BYTES];

    CL_TRY(cl_sha256(blob, digest, err));
    cl_buf_add_c(&text, "SHA256:");
    cl_buf_add_base64(&text, cl_str_make((const char *)digest, sizeof(digest)), CL_BASE64_STANDARD);
    CL_TRY(cl_buf_ok(&text, err));
    cl_buf_truncate(&text, CL_SSH_PRINT_SIZE - 1); /* without the padding */
    (void)memcpy(ret, text.ptr, CL_SSH_PRINT_SIZE);
    return CL_OK;
}

static struct cl_str type_of(struct cl_str blob)
{
    struct cl_ssh_reader reader = CL_SSH_READER(blob);

    return cl_ssh_read_string(&reader);
}

/* The key's type names the algorithm, but for RSA, whose first algorithm nobody accepts any more.
 */
static void add_algorithm(struct cl_str type, struct cl_buf *ret)
{
    struct cl_str algorithm = type;

    if (cl_str_eq_c(type, "ssh-rsa"))
        algorithm = CL_STR("rsa-sha2-512,rsa-sha2-256");
    if (cl_str_contains(cl_buf_view(ret), algorithm))
        return;
    if (ret->len > 0)
        cl_buf_add_char(ret, ',');
    cl_buf_add(ret, algorithm);
}

void cl_ssh_host_key_types(const struct cl_ssh_visit *visit, struct cl_buf *ret)
{
    if (visit->host_key_type != NULL) {
        add_algorithm(cl_str_of(visit->host_key_type), ret);
        return;
    }
    for (size_t i = 0; i < visit->host_key_count; i++) {
        if (!visit->host_keys[i].revoked)
            add_algorithm(type_of(visit->host_keys[i].blob), ret);
    }
}

enum cl_code cl_ssh_host_key_blob(const struct cl_ssh_lib *lib, const ssh_key key,
                                  struct cl_buf *ret, struct cl_err *err)
{
    char *base64 = NULL;

    if (lib->ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return cl_err_no_memory(err);
    enum cl_code code = cl_base64_decode(cl_str_of(base64), CL_BASE64_STANDARD, ret, err);
    lib->ssh_string_free_char(base64);
    return code;
}

static enum cl_code describe(const struct cl_ssh_visit *visit, struct cl_str blob,
                             enum cl_code code, const char *what, struct cl_err *err)
{
    char print[CL_SSH_PRINT_SIZE];

    CL_TRY(cl_ssh_fingerprint(blob, print, err));
    return cl_err_set(err, code, "the host '%.*s' port %d shows the key %.*s %s, %s",
                      CL_STR_ARG(cl_str_first(visit->host, 253)), visit->port,
                      CL_STR_ARG(cl_str_first(type_of(blob), 40)), print, what);
}

enum cl_code cl_ssh_host_key_check(const struct cl_ssh_visit *visit, struct cl_str blob,
                                   struct cl_err *err)
{
    bool pinned = false;
    bool match = false;

    for (size_t i = 0; i < visit->host_key_count; i++) {
        const struct cl_ssh_host_key *known = &visit->host_keys[i];
        bool same = cl_str_eq(known->blob, blob);
        if (same && known->revoked) {
            return describe(visit, blob, CL_E_HOST_KEY_CHANGED,
                            "which is marked as revoked; nothing was sent", err);
        }
        match = match || same;
        pinned = pinned || !known->revoked;
    }
    if (match)
        return CL_OK;
    if (!pinned) {
        return describe(visit, blob, CL_E_HOST_KEY_UNKNOWN,
                        "but no key is pinned for it; nothing was sent", err);
    }
    return describe(visit, blob, CL_E_HOST_KEY_CHANGED,
                    "which is none of those that are pinned; nothing was sent", err);
}

void cl_ssh_seen_cleanup(struct cl_ssh_seen *seen)
{
    for (size_t i = 0; i < seen->ran_count; i++)
        cl_free(seen->ran[i].output);
    cl_free(seen->ran);
    cl_free(seen->host_key);
    *seen = (struct cl_ssh_seen){.host_key = NULL};
}
