#include "clouds/ssh/known_hosts.h"

#include <openssl/crypto.h>

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/ssh_public.h"
#include "crypto/hmac_sha1.h"

#define HASH_MAGIC "|1|"
#define PATTERNS_MAX 256
#define PATTERN_MAX_BYTES 256

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct cl_str next_word(struct cl_str *rest)
{
    size_t len = 0;

    while (rest->len > 0 && is_blank(rest->ptr[0]))
        *rest = cl_str_skip(*rest, 1);
    while (len < rest->len && !is_blank(rest->ptr[len]))
        len++;
    struct cl_str word = cl_str_first(*rest, len);
    *rest = cl_str_skip(*rest, len);
    return word;
}

/* --- parsing ------------------------------------------------------------------------------- */

/* A damaged one is nobody's: *ret_good is false then. */
static enum cl_code read_hash(struct cl_str hashed, unsigned char salt[CL_SHA1_BYTES],
                              unsigned char hash[CL_SHA1_BYTES], bool *ret_good, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF((size_t)2 * CL_SHA1_BYTES);
    struct cl_str first = CL_STR_NONE;
    struct cl_str second = CL_STR_NONE;
    struct cl_err why = CL_ERR_NONE;

    *ret_good = false;
    if (!cl_str_starts(hashed, CL_STR(HASH_MAGIC)))
        return CL_OK;
    (void)cl_str_cut(cl_str_skip(hashed, sizeof(HASH_MAGIC) - 1), '|', &first, &second);
    enum cl_code code = cl_base64_decode(first, CL_BASE64_STANDARD, &bytes, &why);
    size_t half = bytes.len;
    if (code == CL_OK)
        code = cl_base64_decode(second, CL_BASE64_STANDARD, &bytes, &why);
    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (code != CL_OK || half != CL_SHA1_BYTES || bytes.len != (size_t)2 * CL_SHA1_BYTES)
        return CL_OK;
    (void)memcpy(salt, bytes.ptr, CL_SHA1_BYTES);
    (void)memcpy(hash, bytes.ptr + CL_SHA1_BYTES, CL_SHA1_BYTES);
    *ret_good = true;
    return CL_OK;
}

static bool is_list(struct cl_str hosts)
{
    size_t count = 0;

    for (bool more = true; more; count++) {
        struct cl_str pattern;
        more = cl_str_cut(hosts, ',', &pattern, &hosts);
        if (pattern.len == 0 || pattern.len > PATTERN_MAX_BYTES || count == PATTERNS_MAX)
            return false;
    }
    return true;
}

static void read_marker(struct cl_str *rest, struct ssh_known_line *line)
{
    struct cl_str marker = next_word(rest);

    line->revoked = cl_str_eq_c(marker, "@revoked");
    line->cert_authority = cl_str_eq_c(marker, "@cert-authority");
    if (!line->revoked && !line->cert_authority)
        line->fault = "the marker is neither @revoked nor @cert-authority";
}

void ssh_known_parse(struct cl_str line, struct ssh_known_line *ret)
{
    struct cl_str rest = cl_str_trim(line);

    *ret = (struct ssh_known_line){.fault = NULL};
    if (rest.len == 0 || rest.ptr[0] == '#')
        return;
    if (rest.ptr[0] == '@')
        read_marker(&rest, ret);
    ret->hosts = next_word(&rest);
    ret->type = next_word(&rest);
    ret->key = next_word(&rest);
    if (ret->fault == NULL && ret->key.len == 0)
        ret->fault = "the line has no host, key type and key";
    if (ret->fault == NULL && !cl_str_starts(ret->hosts, CL_STR("|")) && !is_list(ret->hosts))
        ret->fault = "the list of hosts is damaged";
}

enum cl_code ssh_known_blob(const struct ssh_known_line *line, struct cl_buf *ret,
                            struct cl_err *err)
{
    if (line->fault != NULL) {
        (void)cl_err_set(err, CL_E_INVALID, "%s", line->fault);
        return cl_err_hint(err, "A line reads HOST TYPE KEY, as in known_hosts files.");
    }
    if (!line->cert_authority)
        return cl_ssh_public_decode(line->type, line->key, ret, err);
    (void)cl_err_set(err, CL_E_UNSUPPORTED,
                     "host certificates (@cert-authority) cannot be checked");
    return cl_err_hint(err, "Pin the host's own keys; ssh-keyscan HOST lists them.");
}

/* --- matching ------------------------------------------------------------------------------ */

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    return c;
}

/* Remembers the last star only, which is enough: no backtracking. */
bool ssh_pattern_fits(struct cl_str pattern, struct cl_str text)
{
    size_t at = 0;
    size_t star = SIZE_MAX;
    size_t star_text = 0;
    size_t i = 0;

    while (i < text.len) {
        if (at < pattern.len && pattern.ptr[at] == '*') {
            star = at++;
            star_text = i;
        } else if (at < pattern.len &&
                   (pattern.ptr[at] == '?' || lower(pattern.ptr[at]) == lower(text.ptr[i]))) {
            at++;
            i++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            i = ++star_text;
        } else {
            return false;
        }
    }
    while (at < pattern.len && pattern.ptr[at] == '*')
        at++;
    return at == pattern.len;
}

/* One negated pattern that fits takes the host out, whatever else fits. */
static bool fits_list(struct cl_str patterns, struct cl_str name)
{
    bool found = false;

    for (bool more = true; more;) {
        struct cl_str pattern;
        more = cl_str_cut(patterns, ',', &pattern, &patterns);
        if (pattern.len > PATTERN_MAX_BYTES)
            continue; /* longer than any name */
        bool negated = pattern.len > 0 && pattern.ptr[0] == '!';
        if (!ssh_pattern_fits(negated ? cl_str_skip(pattern, 1) : pattern, name))
            continue;
        if (negated)
            return false;
        found = true;
    }
    return found;
}

static enum cl_code fits_hash(struct cl_str hashed, struct cl_str name, bool *ret,
                              struct cl_err *err)
{
    unsigned char salt[CL_SHA1_BYTES];
    unsigned char want[CL_SHA1_BYTES];
    unsigned char got[CL_SHA1_BYTES];
    bool good = false;

    *ret = false;
    CL_TRY(read_hash(hashed, salt, want, &good, err));
    if (!good)
        return CL_OK;
    CL_TRY(cl_hmac_sha1(cl_str_make((const char *)salt, sizeof(salt)), name, got, err));
    *ret = CRYPTO_memcmp(want, got, sizeof(got)) == 0;
    return CL_OK;
}

enum cl_code ssh_known_matches(const struct ssh_known_line *line, const struct ssh_host *host,
                               bool *ret, struct cl_err *err)
{
    char text[SSH_HOST_TEXT_MAX];

    if (line->hosts.len == 0) {
        *ret = false;
        return CL_OK;
    }
    ssh_host_known_text(host, text);
    if (cl_str_starts(line->hosts, CL_STR("|")))
        return fits_hash(line->hosts, cl_str_of(text), ret, err);
    *ret = fits_list(line->hosts, cl_str_of(text));
    return CL_OK;
}

void ssh_known_add_line(struct cl_buf *buf, const struct ssh_host *host, struct cl_str blob)
{
    char text[SSH_HOST_TEXT_MAX];

    ssh_host_known_text(host, text);
    cl_buf_add_c(buf, text);
    cl_buf_add_char(buf, ' ');
    cl_buf_add_ssh_public(buf, blob);
}
