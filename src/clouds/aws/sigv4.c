#include "clouds/aws/sigv4.h"

#include "base/time.h"
#include "clouds/aws/canonical.h"

/* Session tokens have no fixed size; this is far above any seen, and bounds a request. */
#define SIGNED_MAX_BYTES ((size_t)256 * 1024)

#define DAY_LEN 8
#define ALGORITHM "AWS4-HMAC-SHA256"
#define UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"

/* What both forms work on. */
struct signing {
    const struct aws_sign_request *request;
    struct aws_url url;
    struct aws_header_set headers;
    struct cl_buf date; /* YYYYMMDDTHHMMSSZ */
    struct cl_buf host;
    struct cl_buf scope;                   /* day/region/service/aws4_request */
    char payload_hash[CL_SHA256_HEX_SIZE]; /* or UNSIGNED-PAYLOAD */
    bool is_s3;
};

static void signing_cleanup(struct signing *signing)
{
    cl_buf_cleanup(&signing->date);
    cl_buf_cleanup(&signing->host);
    cl_buf_cleanup(&signing->scope);
}

void aws_signature_cleanup(struct aws_signature *signature)
{
    cl_buf_cleanup(&signature->text);
    cl_buf_cleanup(&signature->canonical_request);
    cl_buf_cleanup(&signature->string_to_sign);
    *signature = AWS_SIGNATURE_NONE;
}

/* Headers that signing adds; a second one from the caller would make two truths. */
static bool is_own_header(struct cl_str name)
{
    static const char *const names[] = {"host", "x-amz-date", "x-amz-security-token",
                                        "x-amz-content-sha256", "authorization"};

    for (size_t i = 0; i < CL_COUNT(names); i++) {
        if (cl_str_ieq(name, cl_str_of(names[i])))
            return true;
    }
    return false;
}

static enum cl_code add_callers_headers(struct signing *signing, struct cl_err *err)
{
    for (size_t i = 0; i < signing->request->header_count; i++) {
        const struct cl_http_header *header = &signing->request->headers[i];

        if (is_own_header(header->name)) {
            return cl_err_set(err, CL_E_INTERNAL, "header '%.*s' is added by signing",
                              CL_STR_ARG(header->name));
        }
        CL_TRY(aws_header_set_add(&signing->headers, header->name, header->value, err));
    }
    return CL_OK;
}

static void add_scope(struct signing *signing)
{
    cl_buf_add(&signing->scope, cl_str_first(cl_buf_view(&signing->date), DAY_LEN));
    cl_buf_add_char(&signing->scope, '/');
    cl_buf_add(&signing->scope, signing->request->region);
    cl_buf_add_char(&signing->scope, '/');
    cl_buf_add(&signing->scope, signing->request->service);
    cl_buf_add(&signing->scope, CL_STR("/aws4_request"));
}

static enum cl_code hash_payload(struct signing *signing, bool is_unsigned, struct cl_err *err)
{
    if (!signing->is_s3 || !is_unsigned)
        return cl_sha256_hex(signing->request->payload, signing->payload_hash, err);
    (void)memcpy(signing->payload_hash, UNSIGNED_PAYLOAD, sizeof(UNSIGNED_PAYLOAD));
    return CL_OK;
}

static enum cl_code begin(struct signing *signing, struct cl_err *err)
{
    CL_TRY(aws_url_split(signing->request->url, &signing->url, err));
    signing->is_s3 = cl_str_eq_c(signing->request->service, "s3");
    cl_buf_reserve(&signing->host, 64);
    cl_buf_reserve(&signing->scope, 64);
    cl_buf_add_amz_date(&signing->date, signing->request->at);
    aws_add_host(&signing->host, &signing->url);
    add_scope(signing);
    CL_TRY(cl_buf_ok(&signing->date, err));
    CL_TRY(cl_buf_ok(&signing->host, err));
    CL_TRY(cl_buf_ok(&signing->scope, err));
    CL_TRY(add_callers_headers(signing, err));
    return aws_header_set_add(&signing->headers, CL_STR("host"), cl_buf_view(&signing->host), err);
}

/* The names' place in the canonical request is what the Authorization header repeats. */
static enum cl_code build_canonical_request(const struct signing *signing, struct cl_buf *buf,
                                            struct cl_str *ret_names, struct cl_err *err)
{
    cl_buf_add_c(buf, signing->request->method);
    cl_buf_add_char(buf, '\n');
    aws_add_canonical_path(buf, signing->url.path, signing->is_s3);
    cl_buf_add_char(buf, '\n');
    CL_TRY(aws_add_canonical_query(buf, signing->url.query, err));
    cl_buf_add_char(buf, '\n');
    aws_add_canonical_headers(buf, &signing->headers);
    cl_buf_add_char(buf, '\n');
    size_t names_at = buf->len;
    aws_add_signed_names(buf, &signing->headers);
    size_t names_len = buf->len - names_at;
    cl_buf_add_char(buf, '\n');
    cl_buf_add_c(buf, signing->payload_hash);
    CL_TRY(cl_buf_ok(buf, err));
    *ret_names = cl_str_make(buf->ptr + names_at, names_len);
    return CL_OK;
}

static enum cl_code build_string_to_sign(const struct signing *signing, struct cl_str canonical,
                                         struct cl_buf *buf, struct cl_err *err)
{
    char hash[CL_SHA256_HEX_SIZE];

    CL_TRY(cl_sha256_hex(canonical, hash, err));
    cl_buf_add(buf, CL_STR(ALGORITHM "\n"));
    cl_buf_add(buf, cl_buf_view(&signing->date));
    cl_buf_add_char(buf, '\n');
    cl_buf_add(buf, cl_buf_view(&signing->scope));
    cl_buf_add_char(buf, '\n');
    cl_buf_add_c(buf, hash);
    return cl_buf_ok(buf, err);
}

static enum cl_code sign_string(struct aws_signer *signer, const struct signing *signing,
                                struct cl_str text, char ret[CL_SHA256_HEX_SIZE],
                                struct cl_err *err)
{
    const struct aws_key_scope scope = {
        .day = cl_str_first(cl_buf_view(&signing->date), DAY_LEN),
        .region = signing->request->region,
        .service = signing->request->service,
    };
    unsigned char key[CL_SHA256_BYTES];
    unsigned char mac[CL_SHA256_BYTES] = {0};

    CL_TRY(
        aws_signer_key(signer, signing->request->credentials.secret_access_key, &scope, key, err));
    enum cl_code code = cl_hmac_sha256(cl_str_make((const char *)key, sizeof(key)), text, mac, err);
    cl_wipe(key, sizeof(key));
    if (code == CL_OK)
        cl_digest_hex(mac, ret);
    return code;
}

/* Canonical request, string to sign, signature. */
static enum cl_code compute(struct aws_signer *signer, const struct signing *signing,
                            struct aws_signature *ret, struct cl_str *ret_names, struct cl_err *err)
{
    CL_TRY(build_canonical_request(signing, &ret->canonical_request, ret_names, err));
    CL_TRY(build_string_to_sign(signing, cl_buf_view(&ret->canonical_request), &ret->string_to_sign,
                                err));
    return sign_string(signer, signing, cl_buf_view(&ret->string_to_sign), ret->hex, err);
}

static void signature_init(struct aws_signature *ret)
{
    *ret = (struct aws_signature){
        .text = CL_BUF_SECRET(SIGNED_MAX_BYTES),
        .canonical_request = CL_BUF_SECRET(SIGNED_MAX_BYTES),
        .string_to_sign = CL_BUF(1024),
    };
    /* What a usual request takes, so that none grows. */
    cl_buf_reserve(&ret->text, 384);
    cl_buf_reserve(&ret->canonical_request, 1024);
    cl_buf_reserve(&ret->string_to_sign, 192);
}

static void add_authorization(struct cl_buf *buf, const struct signing *signing,
                              struct cl_str names, const char *hex)
{
    cl_buf_add(buf, CL_STR(ALGORITHM " Credential="));
    cl_buf_add(buf, cl_secret_expose(signing->request->credentials.access_key_id));
    cl_buf_add_char(buf, '/');
    cl_buf_add(buf, cl_buf_view(&signing->scope));
    cl_buf_add(buf, CL_STR(", SignedHeaders="));
    cl_buf_add(buf, names);
    cl_buf_add(buf, CL_STR(", Signature="));
    cl_buf_add_c(buf, hex);
}

static void put_header(struct aws_signature *ret, struct cl_str name, struct cl_str value)
{
    ret->headers[ret->header_count++] = (struct cl_http_header){.name = name, .value = value};
}

/* Date, hash and Authorization stand one behind the other in `text`, which no longer grows. */
static enum cl_code list_headers(const struct signing *signing, struct cl_str names,
                                 struct aws_signature *ret, struct cl_err *err)
{
    const struct cl_secret *token = signing->request->credentials.session_token;
    struct cl_buf *text = &ret->text;

    cl_buf_add(text, cl_buf_view(&signing->date));
    size_t hash_at = text->len;
    cl_buf_add_c(text, signing->payload_hash);
    size_t authorization_at = text->len;
    add_authorization(text, signing, names, ret->hex);
    CL_TRY(cl_buf_ok(text, err));
    struct cl_str all = cl_buf_view(text);
    put_header(ret, CL_STR("x-amz-date"), cl_str_first(all, hash_at));
    if (token != NULL)
        put_header(ret, CL_STR("x-amz-security-token"), cl_secret_expose(token));
    if (signing->is_s3) {
        put_header(ret, CL_STR("x-amz-content-sha256"),
                   cl_str_skip(cl_str_first(all, authorization_at), hash_at));
    }
    put_header(ret, CL_STR("authorization"), cl_str_skip(all, authorization_at));
    return CL_OK;
}

static struct signing signing_of(const struct aws_sign_request *request)
{
    return (struct signing){
        .request = request,
        .date = CL_BUF(64),
        .host = CL_BUF(512),
        .scope = CL_BUF(512),
    };
}

enum cl_code aws_sign_headers(struct aws_signer *signer, const struct aws_sign_request *request,
                              struct aws_signature *ret, struct cl_err *err)
{
    CL_AUTO(signing) struct signing signing = signing_of(request);
    const struct cl_secret *token = request->credentials.session_token;
    struct cl_str names = CL_STR_NONE;

    signature_init(ret);
    CL_TRY(begin(&signing, err));
    /* Over plain http nothing else protects the payload. */
    bool is_unsigned = request->unsigned_payload && cl_str_eq_c(signing.url.scheme, "https");
    CL_TRY(hash_payload(&signing, is_unsigned, err));
    CL_TRY(aws_header_set_add(&signing.headers, CL_STR("x-amz-date"), cl_buf_view(&signing.date),
                              err));
    if (token != NULL) {
        CL_TRY(aws_header_set_add(&signing.headers, CL_STR("x-amz-security-token"),
                                  cl_secret_expose(token), err));
    }
    if (signing.is_s3) {
        CL_TRY(aws_header_set_add(&signing.headers, CL_STR("x-amz-content-sha256"),
                                  cl_str_of(signing.payload_hash), err));
    }
    CL_TRY(compute(signer, &signing, ret, &names, err));
    return list_headers(&signing, names, ret, err);
}

static void add_parameter(struct cl_buf *url, const char *name, struct cl_str value)
{
    cl_buf_add_char(url, '&');
    cl_buf_add_c(url, name);
    cl_buf_add_char(url, '=');
    cl_buf_add_urlencoded(url, value);
}

static enum cl_code add_credential(struct cl_buf *url, const struct signing *signing,
                                   struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf credential = CL_BUF(1024);

    cl_buf_add(&credential, cl_secret_expose(signing->request->credentials.access_key_id));
    cl_buf_add_char(&credential, '/');
    cl_buf_add(&credential, cl_buf_view(&signing->scope));
    add_parameter(url, "X-Amz-Credential", cl_buf_view(&credential));
    return cl_buf_ok(&credential, err);
}

/* Everything but the signature, in the order in which AWS's own tools write it. */
static enum cl_code build_url(const struct signing *signing, int64_t expires_s, struct cl_buf *url,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(SIGNED_MAX_BYTES);
    const struct cl_secret *token = signing->request->credentials.session_token;

    aws_add_signed_names(&names, &signing->headers);
    cl_buf_add(url, signing->request->url);
    cl_buf_add_char(url, signing->url.query.len > 0 ? '&' : '?');
    cl_buf_add(url, CL_STR("X-Amz-Algorithm=" ALGORITHM));
    CL_TRY(add_credential(url, signing, err));
    add_parameter(url, "X-Amz-Date", cl_buf_view(&signing->date));
    cl_buf_add(url, CL_STR("&X-Amz-Expires="));
    cl_buf_add_i64(url, expires_s);
    add_parameter(url, "X-Amz-SignedHeaders", cl_buf_view(&names));
    if (token != NULL)
        add_parameter(url, "X-Amz-Security-Token", cl_secret_expose(token));
    CL_TRY(cl_buf_ok(&names, err));
    return cl_buf_ok(url, err);
}

enum cl_code aws_presign(struct aws_signer *signer, const struct aws_sign_request *request,
                         int64_t expires_s, struct aws_signature *ret, struct cl_err *err)
{
    CL_AUTO(signing) struct signing signing = signing_of(request);
    struct cl_str names = CL_STR_NONE;

    signature_init(ret);
    CL_TRY(begin(&signing, err));
    CL_TRY(hash_payload(&signing, true, err));
    CL_TRY(build_url(&signing, expires_s, &ret->text, err));
    CL_TRY(aws_url_split(cl_buf_view(&ret->text), &signing.url, err));
    CL_TRY(compute(signer, &signing, ret, &names, err));
    add_parameter(&ret->text, "X-Amz-Signature", cl_str_of(ret->hex));
    return cl_buf_ok(&ret->text, err);
}
