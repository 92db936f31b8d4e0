#include "net/curl_transfer.h"

#include <sys/socket.h>

#include "base/alloc.h"
#include "net/ca.h"
#include "net/curl_error.h"
#include "net/curl_response.h"
#include "net/proxy.h"

#define CONNECT_TIMEOUT_MS 5000
#define DEFAULT_TIMEOUT_MS 30000
#define DEFAULT_BODY_BYTES ((size_t)8 << 20U)
#define MAX_CA_BYTES ((size_t)4 << 20U)
#define MAX_LINE_BYTES 70000
#define MAX_PLACE_BYTES 600 /* two host names and ports */

/* The same for each request. What libcurl would do on its own is switched off by name. */
static const struct {
    CURLoption option;
    long value;
} fixed_options[] = {
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_NOPROGRESS, 1},
    {CURLOPT_FOLLOWLOCATION, 0},                   /* credentials are meant for one origin */
    {CURLOPT_PATH_AS_IS, 1},                       /* the signed bytes are the bytes to send */
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1}, /* its HTTP/2 library has a heap of its own */
    {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_PROXY_SSL_VERIFYPEER, 1},
    {CURLOPT_PROXY_SSL_VERIFYHOST, 2},
    {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
    {CURLOPT_HTTP_CONTENT_DECODING, 0},
    {CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS},
    {CURLOPT_QUICK_EXIT, 1}, /* do not wait for a name server when the caller no longer does */
};

/* The first failure stays in `result`; one check at the end covers all of them. */
static void note(struct cl_transfer *transfer, CURLcode rc)
{
    if (transfer->result == CURLE_OK)
        transfer->result = rc;
}

static void set_long(struct cl_transfer *transfer, CURLoption option, long value)
{
    note(transfer, transfer->curl->easy_setopt(transfer->easy, option, value));
}

static void set_size(struct cl_transfer *transfer, CURLoption option, size_t value)
{
    note(transfer, transfer->curl->easy_setopt(transfer->easy, option, (curl_off_t)value));
}

/* libcurl copies the text, except for CURLOPT_POSTFIELDS. */
static void set_text(struct cl_transfer *transfer, CURLoption option, const char *text)
{
    note(transfer, transfer->curl->easy_setopt(transfer->easy, option, text));
}

static void set_view(struct cl_transfer *transfer, CURLoption option, struct cl_str text)
{
    char *copy = NULL;
    struct cl_err ignored = CL_ERR_NONE;

    /* Without NUL, as has been checked: only memory can be missing. */
    if (cl_str_dup(text, &copy, &ignored) != CL_OK) {
        note(transfer, CURLE_OUT_OF_MEMORY);
    } else {
        set_text(transfer, option, copy);
    }
    cl_string_cleanup(&copy);
}

/* Called with the address that will be connected to: no second look-up can change it. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct cl_transfer *transfer = ctx;
    struct cl_ip ip;

    (void)purpose;
    if (!cl_ip_of(&address->addr, address->addrlen, &ip))
        return CURL_SOCKET_BAD;
    /* The environment's proxy is the operator's choice, and what it connects to its own affair. */
    if ((!transfer->proxied || transfer->request->proxy.len > 0) &&
        cl_egress_check_ip(&transfer->egress, &ip, &transfer->blocked) != CL_OK)
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void add_header_line(struct cl_transfer *transfer, const char *line)
{
    struct curl_slist *longer = transfer->curl->slist_append(transfer->headers, line);

    if (longer == NULL) {
        note(transfer, CURLE_OUT_OF_MEMORY);
    } else {
        transfer->headers = longer;
    }
}

/* "name: value"; libcurl wants "name;" for an empty value and takes "name:" as a removal. */
static void add_header(struct cl_transfer *transfer, const struct cl_http_header *header)
{
    struct cl_buf line = CL_BUF_SECRET(MAX_LINE_BYTES);

    cl_buf_add(&line, header->name);
    cl_buf_add_c(&line, header->value.len == 0 ? ";" : ": ");
    cl_buf_add(&line, header->value);
    if (line.failed != CL_OK) {
        note(transfer, CURLE_OUT_OF_MEMORY);
    } else {
        add_header_line(transfer, line.ptr);
    }
    cl_buf_cleanup(&line);
}

static void add_place(struct cl_buf *buf, const struct cl_target *target)
{
    bool is_v6 = cl_str_contains(target->host, CL_STR(":"));

    cl_buf_addf(buf, "%s%.*s%s:%d", is_v6 ? "[" : "", CL_STR_ARG(target->host), is_v6 ? "]" : "",
                target->port);
}

/* libcurl would name the certificate's host. */
static void add_host(struct cl_transfer *transfer)
{
    struct cl_buf line = CL_BUF(MAX_PLACE_BYTES);

    cl_buf_add_c(&line, "Host: ");
    add_place(&line, &transfer->target);
    if (line.failed != CL_OK) {
        note(transfer, CURLE_OUT_OF_MEMORY);
    } else {
        add_header_line(transfer, line.ptr);
    }
    cl_buf_cleanup(&line);
}

static void set_headers(struct cl_transfer *transfer)
{
    const struct cl_http_request *request = transfer->request;
    bool has_type = false;

    for (size_t i = 0; i < request->header_count; i++) {
        add_header(transfer, &request->headers[i]);
        has_type |= cl_str_ieq(request->headers[i].name, CL_STR("content-type"));
    }
    if (!has_type)
        add_header_line(transfer, "Content-Type:");
    add_header_line(transfer, "Expect:");
    if (transfer->connect_to != NULL)
        add_host(transfer);
    set_text(transfer, CURLOPT_USERAGENT, transfer->user_agent);
    note(transfer,
         transfer->curl->easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers));
}

static bool has_body(const struct cl_http_request *request)
{
    return request->body.len > 0 || strcmp(request->method, "POST") == 0 ||
           strcmp(request->method, "PUT") == 0 || strcmp(request->method, "PATCH") == 0;
}

static void set_method_and_body(struct cl_transfer *transfer)
{
    const struct cl_http_request *request = transfer->request;

    if (strcmp(request->method, "HEAD") == 0) {
        set_long(transfer, CURLOPT_NOBODY, 1);
        return;
    }
    if (has_body(request)) {
        set_long(transfer, CURLOPT_POST, 1);
        set_size(transfer, CURLOPT_POSTFIELDSIZE_LARGE, request->body.len);
        set_text(transfer, CURLOPT_POSTFIELDS, request->body.len == 0 ? "" : request->body.ptr);
    }
    set_text(transfer, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_limits(struct cl_transfer *transfer)
{
    const struct cl_http_request *request = transfer->request;
    struct cl_http_response *response = &transfer->response;
    size_t max = request->max_body_bytes == 0 ? DEFAULT_BODY_BYTES : request->max_body_bytes;
    int64_t timeout_ms = request->timeout_ms == 0 ? DEFAULT_TIMEOUT_MS : request->timeout_ms;

    response->body = (struct cl_buf)CL_BUF_SECRET(max);
    response->headers = (struct cl_buf)CL_BUF_SECRET(CL_RESPONSE_HEADER_BYTES);
    set_long(transfer, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    /* The announced size of what HEAD does not send is no reason to refuse the answer. */
    if (strcmp(request->method, "HEAD") != 0)
        set_size(transfer, CURLOPT_MAXFILESIZE_LARGE, max);
}

static void read_ca_file(struct cl_transfer *transfer, const char *path, struct cl_buf *ret)
{
    const struct cl_world *world = transfer->call->world;
    struct cl_err ignored = CL_ERR_NONE;

    cl_buf_add_char(ret, '\n'); /* the file before may end without one */
    if (world->read_file(world->ctx, path, ret, &ignored) == CL_OK)
        return;
    transfer->ca_file = path;
    note(transfer, ret->failed == CL_E_FAILED ? CURLE_OUT_OF_MEMORY : CURLE_SSL_CACERT_BADFILE);
}

/* Several bundles as one block of memory: libcurl takes one file, or a block instead of it. */
static void set_ca_block(struct cl_transfer *transfer, const struct cl_ca *ca, struct cl_str text)
{
    struct cl_buf pem = CL_BUF(MAX_CA_BYTES);

    if (ca->file != NULL)
        read_ca_file(transfer, ca->file, &pem);
    if (ca->second != NULL)
        read_ca_file(transfer, ca->second, &pem);
    cl_buf_add_char(&pem, '\n');
    if (text.len > 0)
        cl_buf_add(&pem, text);
    if (transfer->result == CURLE_OK && pem.failed != CL_OK)
        note(transfer, CURLE_OUT_OF_MEMORY);
    struct curl_blob blob = {.data = pem.ptr, .len = pem.len, .flags = CURL_BLOB_COPY};
    if (transfer->result == CURLE_OK) {
        note(transfer, transfer->curl->easy_setopt(transfer->easy, CURLOPT_CAINFO_BLOB, &blob));
        note(transfer,
             transfer->curl->easy_setopt(transfer->easy, CURLOPT_PROXY_CAINFO_BLOB, &blob));
    }
    cl_buf_cleanup(&pem);
}

/*
 * OpenSSL otherwise leaves the decrypted answer in a buffer that it does not wipe. A server must
 * not begin another handshake later: the connection outlives the transfer that verifies its first.
 */
static CURLcode set_up_tls(CURL *easy, void *context, void *ctx)
{
    struct cl_transfer *transfer = ctx;
    const struct cl_curl *curl = transfer->curl;

    (void)easy;
    (void)curl->tls_set_options(context, SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_RENEGOTIATION);
    curl->tls_set_verify(context, cl_peer_verify, &transfer->peer);
    return CURLE_OK;
}

static void set_blob(struct cl_transfer *transfer, CURLoption option, struct cl_str text)
{
    /* Not written to, and copied at once; the member wants a pointer without const. */
    struct curl_blob blob = {.len = text.len, .flags = CURL_BLOB_COPY};

    (void)memcpy(&blob.data, &text.ptr, sizeof(blob.data));
    note(transfer, transfer->curl->easy_setopt(transfer->easy, option, &blob));
}

/* From memory to memory: no key is ever written to a file. */
static void set_client_cert(struct cl_transfer *transfer)
{
    const struct cl_http_request *request = transfer->request;

    if (request->client_cert_pem.len == 0)
        return;
    set_blob(transfer, CURLOPT_SSLCERT_BLOB, request->client_cert_pem);
    set_blob(transfer, CURLOPT_SSLKEY_BLOB, request->client_key_pem);
    set_text(transfer, CURLOPT_SSLCERTTYPE, "PEM");
    set_text(transfer, CURLOPT_SSLKEYTYPE, "PEM");
}

static void set_trust(struct cl_transfer *transfer)
{
    if (!transfer->target.https && !transfer->proxied)
        return;
    const struct cl_http_request *request = transfer->request;
    struct cl_str text = request->ca_pem;
    struct cl_ca ca = request->ca_only ? cl_ca_only(request->ca_file)
                                       : cl_ca_choose(transfer->call->world, request->ca_file);
    transfer->ca_file = ca.file;
    if (ca.second != NULL || text.len > 0)
        set_ca_block(transfer, &ca, text);
    /* Also NULL is set: libcurl's own places would count otherwise. */
    set_text(transfer, CURLOPT_CAPATH, ca.directory);
    set_text(transfer, CURLOPT_CAINFO, ca.file);
    set_text(transfer, CURLOPT_PROXY_CAPATH, ca.directory);
    set_text(transfer, CURLOPT_PROXY_CAINFO, ca.file);
    if (request->insecure) {
        set_long(transfer, CURLOPT_SSL_VERIFYPEER, 0);
        set_long(transfer, CURLOPT_SSL_VERIFYHOST, 0);
    }
    set_client_cert(transfer);
    note(transfer,
         transfer->curl->easy_setopt(transfer->easy, CURLOPT_SSL_CTX_FUNCTION, set_up_tls));
    note(transfer, transfer->curl->easy_setopt(transfer->easy, CURLOPT_SSL_CTX_DATA, transfer));
}

/* With socks5 the proxy looks names up, as Kubernetes and Docker clients have it. */
static void set_proxy(struct cl_transfer *transfer, struct cl_str proxy)
{
    static const struct cl_str socks = CL_STR_INIT("socks5:");
    struct cl_buf url = CL_BUF_SECRET(MAX_LINE_BYTES);

    if (cl_str_ieq(cl_str_first(proxy, socks.len), socks)) {
        cl_buf_add_c(&url, "socks5h:");
        proxy = cl_str_skip(proxy, socks.len);
    }
    cl_buf_add(&url, proxy);
    if (url.failed != CL_OK)
        note(transfer, CURLE_OUT_OF_MEMORY);
    set_view(transfer, CURLOPT_PROXY, cl_buf_view(&url));
    cl_buf_cleanup(&url);
}

/* Always said explicitly: left alone libcurl looks at the process environment itself. */
static void set_route(struct cl_transfer *transfer)
{
    struct cl_str proxy = transfer->request->proxy;

    if (proxy.len == 0 && !transfer->request->direct)
        proxy = cl_proxy_for(transfer->call->world, &transfer->target);
    transfer->proxied = proxy.len > 0;
    set_proxy(transfer, proxy);
    set_text(transfer, CURLOPT_NOPROXY, "");
    set_text(transfer, CURLOPT_PROTOCOLS_STR, "http,https");
    /* A connection that was opened under the wider rule must not serve others. */
    set_long(transfer, CURLOPT_FRESH_CONNECT, transfer->request->direct);
    set_long(transfer, CURLOPT_FORBID_REUSE, transfer->request->direct);
}

/*
 * libcurl verifies the name in the URL. Where the certificate is for another one, that one is put
 * into the URL and the connection goes where the URL said.
 */
static void add_tls_name(struct cl_transfer *transfer, struct cl_str rest)
{
    const struct cl_target *target = &transfer->target;
    struct cl_str name = transfer->request->tls_name;
    struct cl_buf url = CL_BUF_SECRET(MAX_LINE_BYTES);
    struct cl_buf route = CL_BUF(MAX_PLACE_BYTES);

    cl_buf_addf(&url, "https://%.*s:%d", CL_STR_ARG(name), target->port);
    cl_buf_add(&url, rest);
    cl_buf_addf(&route, "%.*s:%d:", CL_STR_ARG(name), target->port);
    add_place(&route, target);
    transfer->connect_to =
        route.failed == CL_OK ? transfer->curl->slist_append(NULL, route.ptr) : NULL;
    if (url.failed != CL_OK || transfer->connect_to == NULL)
        note(transfer, CURLE_OUT_OF_MEMORY);
    set_view(transfer, CURLOPT_URL, cl_buf_view(&url));
    note(transfer,
         transfer->curl->easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to));
    cl_buf_cleanup(&url);
    cl_buf_cleanup(&route);
}

static void set_address(struct cl_transfer *transfer)
{
    struct cl_str url = transfer->request->url;

    if (transfer->request->tls_name.len == 0 || !transfer->target.https) {
        set_view(transfer, CURLOPT_URL, url);
        return;
    }
    struct cl_str rest = cl_str_skip(url, strlen("https://"));
    while (rest.len > 0 && rest.ptr[0] != '/' && rest.ptr[0] != '?')
        rest = cl_str_skip(rest, 1);
    add_tls_name(transfer, rest);
}

static void set_callbacks(struct cl_transfer *transfer)
{
    const struct cl_curl *curl = transfer->curl;
    CURL *easy = transfer->easy;

    note(transfer, curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, cl_response_take_body));
    note(transfer, curl->easy_setopt(easy, CURLOPT_WRITEDATA, &transfer->response));
    note(transfer, curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, cl_response_take_header));
    note(transfer, curl->easy_setopt(easy, CURLOPT_HEADERDATA, &transfer->response));
    note(transfer, curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket));
    note(transfer, curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer));
    note(transfer, curl->easy_setopt(easy, CURLOPT_PRIVATE, transfer));
    note(transfer, curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->said));
}

static enum cl_code failure(const struct cl_transfer *transfer, struct cl_err *err)
{
    struct cl_curl_failure seen = {.result = transfer->result,
                                   .said = transfer->said,
                                   .peer = &transfer->peer,
                                   .has_client_cert = transfer->request->client_cert_pem.len > 0,
                                   .target = transfer->target,
                                   .proxied = transfer->proxied,
                                   .no_memory = transfer->refusals != cl_curl_refusals(),
                                   .ca_file = transfer->ca_file};
    long os_errno = 0;

    /* A failing look-up leaves the zero, which stands for "unknown". */
    (void)transfer->curl->easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &os_errno);
    (void)transfer->curl->easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT,
                                       &seen.verify_code);
    (void)transfer->curl->easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE,
                                       &seen.proxy_status);
    seen.os_errno = (int)os_errno;
    return cl_curl_report(&seen, err);
}

enum cl_code cl_transfer_open(struct cl_transfer *transfer, struct cl_err *err)
{
    CL_TRY(cl_target_parse(transfer->request->url, &transfer->target, err));
    CL_TRY(cl_egress_check_request(&transfer->egress, &transfer->target, transfer->request, err));
    transfer->refusals = cl_curl_refusals();
    transfer->easy = transfer->curl->easy_init();
    if (transfer->easy == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < CL_COUNT(fixed_options); i++)
        set_long(transfer, fixed_options[i].option, fixed_options[i].value);
    set_address(transfer);
    set_callbacks(transfer);
    set_headers(transfer);
    set_method_and_body(transfer);
    set_limits(transfer);
    set_route(transfer);
    set_trust(transfer);
    if (transfer->result == CURLE_OUT_OF_MEMORY) /* no answer yet that could be too large */
        return cl_err_no_memory(err);
    return transfer->result == CURLE_OK ? CL_OK : failure(transfer, err);
}

enum cl_code cl_transfer_finish(struct cl_transfer *transfer, struct cl_http_response *ret,
                                struct cl_err *err)
{
    struct cl_http_response *response = &transfer->response;
    long status = 0;

    if (transfer->stopped.code != CL_OK) {
        *err = transfer->stopped;
        return err->code;
    }
    if (response->body.failed == CL_E_FAILED || response->headers.failed == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (response->body.failed != CL_OK || response->headers.failed != CL_OK)
        transfer->result = CURLE_FILESIZE_EXCEEDED;
    if (transfer->result == CURLE_COULDNT_CONNECT && transfer->blocked.code != CL_OK) {
        *err = transfer->blocked;
        return cl_err_wrap(err, "cannot reach '%.*s'", CL_STR_ARG(transfer->target.host));
    }
    if (transfer->result != CURLE_OK)
        return failure(transfer, err);
    (void)transfer->curl->easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    response->status = (int)status;
    *ret = *response;
    *response = CL_HTTP_RESPONSE_NONE;
    return CL_OK;
}

void cl_transfer_cleanup(struct cl_transfer *transfer)
{
    if (transfer->easy != NULL)
        transfer->curl->easy_cleanup(transfer->easy);
    if (transfer->headers != NULL)
        transfer->curl->slist_free_all(transfer->headers);
    if (transfer->connect_to != NULL)
        transfer->curl->slist_free_all(transfer->connect_to);
    cl_http_response_cleanup(&transfer->response);
    transfer->easy = NULL;
    transfer->headers = NULL;
    transfer->connect_to = NULL;
}
