#include "clouds/registry/token.h"

#include "codec/json.h"

#define CLIENT_ID "cleat"
#define TOKEN_MAX_BYTES 32768

static void add_query(struct cl_buf *url, char *separator, const char *name, struct cl_str value)
{
    if (value.len == 0)
        return;
    cl_buf_add_char(url, *separator);
    cl_buf_add_c(url, name);
    cl_buf_add_char(url, '=');
    cl_buf_add_urlencoded(url, value);
    *separator = '&';
}

void registry_add_token_url(struct cl_buf *url, const struct registry_challenge *challenge,
                            struct cl_str account, struct cl_str scope)
{
    struct cl_str realm = cl_str_of(challenge->realm);
    char separator = cl_str_find(realm, '?') < realm.len ? '&' : '?';

    cl_buf_add(url, realm);
    add_query(url, &separator, "service", cl_str_of(challenge->service));
    add_query(url, &separator, "scope", scope);
    add_query(url, &separator, "account", account);
    add_query(url, &separator, "client_id", CL_STR(CLIENT_ID));
}

void registry_add_token_form(struct cl_buf *form, const struct registry_challenge *challenge,
                             struct cl_str refresh_token, struct cl_str scope)
{
    char separator = '&';

    cl_buf_add_c(form, "grant_type=refresh_token");
    add_query(form, &separator, "refresh_token", refresh_token);
    add_query(form, &separator, "service", cl_str_of(challenge->service));
    add_query(form, &separator, "client_id", CL_STR(CLIENT_ID));
    add_query(form, &separator, "scope", scope);
}

/* It becomes a header, so it must be one word. */
static bool is_token(struct cl_str text)
{
    if (text.len == 0 || text.len > TOKEN_MAX_BYTES)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= 0x20 || c >= 0x7F)
            return false;
    }
    return true;
}

enum cl_code registry_parse_token(struct cl_str body, struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *reply = NULL;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_json_parse(body, &reply, &why);

    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    struct cl_str token = cl_json_str(reply, "access_token");
    if (token.len == 0)
        token = cl_json_str(reply, "token");
    if (code != CL_OK || !is_token(token))
        return cl_err_set(err, CL_E_PROVIDER, "the token server's answer holds no token");
    return cl_secret_new(token, ret, err);
}
