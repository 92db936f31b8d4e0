#include "clouds/kubernetes/client.h"

#include "base/redact.h"
#include "clouds/kubernetes/error.h"
#include "codec/base64.h"
#include "net/retry.h"

#define TIMEOUT_MS 15000
#define URL_MAX_BYTES 8192
#define HEADER_MAX_BYTES 65536
#define HEADERS_MAX 40
#define WARNINGS_MAX 10
#define WARNING_MAX_BYTES 300

struct sending {
    const struct cl_call *call;
    const struct kube_config *config;
    const struct kube_request *request;
    struct cl_http_request http;
    struct cl_http_response *response;
};

bool kube_has_credential(const struct kube_config *config)
{
    return config->token != NULL || config->password != NULL || config->client_cert != NULL;
}

struct cl_str kube_place(struct cl_str server)
{
    struct cl_str rest = server;

    while (rest.len > 0 && !cl_str_starts(rest, CL_STR("//")))
        rest = cl_str_skip(rest, 1);
    rest = cl_str_skip(rest, 2);
    return cl_str_first(rest, cl_str_find(rest, '/'));
}

/* --- the request --------------------------------------------------------------------------- */

/* User name and password as the header has them. */
static void add_pair(struct cl_buf *header, const struct kube_config *config)
{
    CL_AUTO(cl_buf) struct cl_buf pair = CL_BUF_SECRET(HEADER_MAX_BYTES / 2);

    cl_buf_add(&pair, cl_secret_expose(config->username));
    cl_buf_add_char(&pair, ':');
    cl_buf_add(&pair, cl_secret_expose(config->password));
    cl_buf_add_base64(header, cl_buf_view(&pair), CL_BASE64_STANDARD);
    if (pair.failed != CL_OK)
        header->failed = pair.failed;
}

static void add_authorization(struct cl_buf *header, const struct kube_config *config)
{
    if (config->token != NULL) {
        cl_buf_add_c(header, "Bearer ");
        cl_buf_add(header, cl_secret_expose(config->token));
    } else if (config->password != NULL) {
        cl_buf_add_c(header, "Basic ");
        add_pair(header, config);
    }
}

static void add_header(struct cl_http_header *headers, size_t *count, const char *name,
                       struct cl_str value)
{
    if (value.len > 0 && *count < HEADERS_MAX)
        headers[(*count)++] = (struct cl_http_header){.name = cl_str_of(name), .value = value};
}

static size_t add_headers(struct cl_http_header *headers, const struct sending *sending,
                          struct cl_str authorization)
{
    const struct kube_config *config = sending->config;
    size_t count = 0;

    add_header(headers, &count, "accept", CL_STR("application/json"));
    add_header(headers, &count, "authorization", authorization);
    if (sending->request->body.len > 0)
        add_header(headers, &count, "content-type", CL_STR("application/json"));
    add_header(headers, &count, "impersonate-user", config->as_user);
    for (size_t i = 0; config->as_groups != NULL && i < config->as_groups->count; i++)
        add_header(headers, &count, "impersonate-group", cl_str_of(config->as_groups->items[i]));
    return count;
}

static enum cl_code explain(const struct kube_config *config, struct cl_err *err)
{
    if (err->code != CL_E_TLS_UNTRUSTED)
        return err->code;
    if (cl_str_contains(cl_str_of(err->text), CL_STR("host name"))) {
        return cl_err_hint(err, "If the certificate is for another name, give that name as "
                                "tls_server_name.");
    }
    return cl_err_hint(err, config->ca_pem.len == 0
                                ? "If the cluster has its own certificate authority, give its "
                                  "certificate as certificate_authority."
                                : "Check certificate_authority: the server's certificate was "
                                  "signed by another one.");
}

/* Only what may pass by itself is an error here; the rest is judged once, behind the retries. */
static enum cl_code send_once(void *ctx, struct cl_err *err)
{
    struct sending *sending = ctx;
    struct cl_http_response *response = sending->response;

    cl_http_response_cleanup(response);
    if (cl_http_send(sending->call, &sending->http, response, err) != CL_OK)
        return explain(sending->config, err);
    if (sending->request->repeat && (response->status == 429 || response->status >= 500))
        return kube_refuse(sending->call, sending->config, sending->request, response, err);
    return CL_OK;
}

enum cl_code kube_send(const struct cl_call *call, const struct kube_config *config,
                       const struct kube_request *request, struct cl_http_response *ret,
                       struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(URL_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf authorization = CL_BUF_SECRET(HEADER_MAX_BYTES);
    struct cl_http_header headers[HEADERS_MAX];
    struct sending sending = {.call = call, .config = config, .request = request, .response = ret};

    cl_buf_add(&url, config->server);
    cl_buf_add(&url, request->path);
    add_authorization(&authorization, config);
    CL_TRY(cl_buf_ok(&url, err));
    CL_TRY(cl_buf_ok(&authorization, err));
    sending.http = (struct cl_http_request){
        .method = request->method,
        .url = cl_buf_view(&url),
        .headers = headers,
        .header_count = add_headers(headers, &sending, cl_buf_view(&authorization)),
        .body = request->body,
        .ca_pem = config->ca_pem,
        .ca_only = config->ca_pem.len > 0,
        .client_cert_pem = cl_secret_expose(config->client_cert),
        .client_key_pem = cl_secret_expose(config->client_key),
        .tls_name = config->tls_name,
        .insecure = config->insecure,
        .proxy = config->proxy,
        .timeout_ms = TIMEOUT_MS,
        .operation = request->operation,
    };
    return request->repeat ? cl_retry(call, send_once, &sending, err) : send_once(&sending, err);
}

/* --- the answer ---------------------------------------------------------------------------- */

/* What a server was shown and must not make us show to others. */
struct sent {
    struct cl_buf pair;
    struct cl_str secrets[4];
};

static void sent_cleanup(struct sent *sent)
{
    cl_buf_cleanup(&sent->pair);
}

/* The pair without its padding, which a server may leave out. */
static enum cl_code list_sent(const struct kube_config *config, struct sent *ret,
                              struct cl_err *err)
{
    *ret = (struct sent){.pair = CL_BUF_SECRET(HEADER_MAX_BYTES)};
    if (config->password != NULL)
        add_pair(&ret->pair, config);
    CL_TRY(cl_buf_ok(&ret->pair, err));
    struct cl_str pair = cl_buf_view(&ret->pair);
    while (cl_str_ends(pair, CL_STR("=")))
        pair.len--;
    ret->secrets[0] = pair;
    ret->secrets[1] = cl_secret_expose(config->token);
    ret->secrets[2] = cl_secret_expose(config->password);
    ret->secrets[3] = cl_secret_expose(config->username);
    return CL_OK;
}

enum cl_code kube_refuse(const struct cl_call *call, const struct kube_config *config,
                         const struct kube_request *request,
                         const struct cl_http_response *response, struct cl_err *err)
{
    CL_AUTO(sent) struct sent sent;

    CL_TRY(list_sent(config, &sent, err));
    const struct kube_failure failure = {
        .response = response,
        .operation = request->operation,
        .place = kube_place(config->server),
        .secrets = sent.secrets,
        .secret_count = CL_COUNT(sent.secrets),
        .has_credential = kube_has_credential(config),
        .has_ended = config->expires_at != 0 && cl_world_now_s(call->world) >= config->expires_at,
    };

    return kube_report(&failure, err);
}

/* 299 - "text"; the text may have escaped quotation marks. */
static enum cl_code add_warning(const struct sent *sent, struct cl_str value, struct cl_strs *ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf clean = CL_BUF(4096);
    struct cl_str agent = CL_STR_NONE;
    struct cl_str text = CL_STR_NONE;

    if (!cl_str_starts(value, CL_STR("299 ")) || !cl_str_cut(value, '"', &agent, &text) ||
        !cl_str_ends(text, CL_STR("\"")))
        return CL_OK;
    cl_buf_add_redacted(&clean, cl_str_first(text, text.len - 1), sent->secrets,
                        CL_COUNT(sent->secrets), WARNING_MAX_BYTES);
    CL_TRY(cl_buf_ok(&clean, err));
    return cl_strs_add(ret, cl_buf_view(&clean), err);
}

enum cl_code kube_add_warnings(const struct kube_config *config,
                               const struct cl_http_response *response, struct cl_strs *ret,
                               struct cl_err *err)
{
    CL_AUTO(sent) struct sent sent;
    struct cl_str rest = cl_buf_view(&response->headers);
    size_t count = 0;

    CL_TRY(list_sent(config, &sent, err));
    while (rest.len > 0 && count < WARNINGS_MAX) {
        struct cl_str line;
        struct cl_str name;
        struct cl_str value;

        (void)cl_str_cut(rest, '\n', &line, &rest);
        if (cl_str_cut(line, ':', &name, &value) && cl_str_eq_c(name, "warning")) {
            CL_TRY(add_warning(&sent, cl_str_trim(value), ret, err));
            count++;
        }
    }
    return CL_OK;
}
