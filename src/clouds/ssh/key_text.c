#include "clouds/ssh/key_text.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "codec/base64.h"

#define ENCODED_MAX (2 * (size_t)SSH_KEY_TEXT_MAX)

/* Public keys have no such line: theirs are told apart later, by whoever reads the key. */
static bool is_key_file(struct cl_str text)
{
    static const char *const beginnings[] = {"-----BEGIN ", "---- BEGIN ", "ssh-", "ecdsa-sha2-",
                                             "sk-"};

    for (size_t i = 0; i < CL_COUNT(beginnings); i++) {
        if (cl_str_starts(text, cl_str_of(beginnings[i])))
            return true;
    }
    return false;
}

/* One alphabet, no padding, no blanks. */
static enum cl_code normalise(struct cl_str text, struct cl_buf *ret, struct cl_err *err)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c == '-' || c == '_')
            c = c == '-' ? '+' : '/';
        cl_buf_add_char(ret, c);
    }
    return cl_buf_ok(ret, err);
}

static enum cl_code decode(struct cl_str text, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF_SECRET(ENCODED_MAX);
    struct cl_err why = CL_ERR_NONE;

    CL_TRY(normalise(text, &plain, err));
    enum cl_code code = cl_base64_decode(cl_buf_view(&plain), CL_BASE64_STANDARD, ret, &why);
    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (code != CL_OK || !is_key_file(cl_str_trim(cl_buf_view(ret))))
        return cl_err_set(err, CL_E_INVALID, "it is neither a key file nor the base64 of one");
    return CL_OK;
}

enum cl_code ssh_key_text(const struct cl_secret *configured, struct cl_secret **ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF_SECRET(SSH_KEY_TEXT_MAX + 1);
    struct cl_str text = cl_str_trim(cl_secret_expose(configured));

    if (text.len > ENCODED_MAX)
        return cl_err_set(err, CL_E_INVALID, "it is too long for a key");
    if (is_key_file(text)) {
        cl_buf_add(&bytes, text);
    } else {
        CL_TRY(decode(text, &bytes, err));
    }
    CL_TRY(cl_buf_ok(&bytes, err));
    struct cl_str found = cl_str_trim(cl_buf_view(&bytes));
    if (cl_str_find(found, '\0') < found.len)
        return cl_err_set(err, CL_E_INVALID, "it contains a NUL byte");
    size_t end = (size_t)(found.ptr - bytes.ptr) + found.len;
    cl_buf_truncate(&bytes, end);
    cl_buf_add_char(&bytes, '\n'); /* which some readers want behind the last line */
    CL_TRY(cl_buf_ok(&bytes, err));
    return cl_secret_new(
        cl_str_make(found.ptr == NULL ? "" : bytes.ptr + (end - found.len), found.len + 1), ret,
        err);
}

enum cl_code ssh_key_encode(const struct cl_secret *text, struct cl_secret **ret,
                            struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf encoded = CL_BUF_SECRET(ENCODED_MAX);

    cl_buf_add_base64(&encoded, cl_secret_expose(text), CL_BASE64_STANDARD);
    CL_TRY(cl_buf_ok(&encoded, err));
    return cl_secret_new(cl_buf_view(&encoded), ret, err);
}
