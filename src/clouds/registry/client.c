#include "clouds/registry/client.h"

#include <stdio.h>

#include "clouds/registry/error.h"
#include "clouds/registry/names.h"
#include "clouds/registry/realm.h"
#include "clouds/registry/token.h"
#include "codec/base64.h"
#include "net/retry.h"

#define TIMEOUT_MS 15000
#define MAX_BODY_BYTES ((size_t)1 << 20U)
#define URL_MAX_BYTES 8192
#define HEADER_MAX_BYTES 65536

/* A request that is repeated, and where its answer goes. */
struct asking {
    const struct cl_call *call;
    const struct registry_config *config;
    struct cl_str url;
    enum registry_step step;
    struct cl_http_response *response;
};

void registry_login_cleanup(struct registry_login *login)
{
    cl_secret_free(login->token);
    *login = REGISTRY_LOGIN_NONE;
}

/* --- sending ------------------------------------------------------------------------------- */

static enum cl_code explain(const struct registry_config *config, struct cl_err *err)
{
    if (err->code == CL_E_TLS_UNTRUSTED && config->ca_pem.len == 0) {
        return cl_err_hint(err, "If the registry has a private certificate authority, give its "
                                "certificate as ca_bundle.");
    }
    if (err->code == CL_E_UNREACHABLE && !config->plain_http &&
        cl_str_contains(cl_str_of(err->text), CL_STR("(tls)"))) {
        return cl_err_hint(err, "If the registry speaks plain http, write http:// before its name "
                                "or set plain_http.");
    }
    return err->code;
}

/* What is sent. */
struct message {
    const char *method;
    struct cl_str url;
    struct cl_str authorization; /* empty: without credentials */
    struct cl_str form;          /* empty: none */
};

/* Redirects are not followed, by anybody. */
static enum cl_code send_message(const struct cl_call *call, const struct registry_config *config,
                                 const struct message *message, struct cl_http_response *ret,
                                 struct cl_err *err)
{
    struct cl_http_header headers[3] = {
        {.name = CL_STR_INIT("accept"), .value = CL_STR_INIT("application/json")},
    };
    size_t count = 1;

    if (message->authorization.len > 0) {
        headers[count++] = (struct cl_http_header){.name = CL_STR("authorization"),
                                                   .value = message->authorization};
    }
    if (message->form.len > 0) {
        headers[count++] = (struct cl_http_header){
            .name = CL_STR("content-type"), .value = CL_STR("application/x-www-form-urlencoded")};
    }
    const struct cl_http_request request = {
        .method = message->method,
        .url = message->url,
        .headers = headers,
        .header_count = count,
        .body = message->form,
        .ca_pem = config->ca_pem,
        .client_cert_pem = cl_secret_expose(config->client_cert),
        .client_key_pem = cl_secret_expose(config->client_key),
        .insecure = config->insecure,
        .timeout_ms = TIMEOUT_MS,
        .max_body_bytes = MAX_BODY_BYTES,
    };

    if (cl_http_send(call, &request, ret, err) != CL_OK)
        return explain(config, err);
    return CL_OK;
}

static void add_path(struct cl_buf *url, const struct registry_config *config,
                     struct cl_str repository)
{
    registry_add_base(url, config->host, config->plain_http);
    cl_buf_add_c(url, "/v2/");
    if (repository.len == 0)
        return;
    cl_buf_add(url, repository);
    cl_buf_add_c(url, "/tags/list?n=1");
}

static void add_basic(struct cl_buf *header, const struct registry_config *config)
{
    CL_AUTO(cl_buf) struct cl_buf pair = CL_BUF_SECRET(HEADER_MAX_BYTES / 2);

    cl_buf_add(&pair, cl_secret_expose(config->username));
    cl_buf_add_char(&pair, ':');
    cl_buf_add(&pair, cl_secret_expose(config->password));
    cl_buf_add_c(header, "Basic ");
    cl_buf_add_base64(header, cl_buf_view(&pair), CL_BASE64_STANDARD);
    if (pair.failed != CL_OK)
        header->failed = pair.failed;
}

static void add_bearer(struct cl_buf *header, const struct cl_secret *token)
{
    cl_buf_add_c(header, "Bearer ");
    cl_buf_add(header, cl_secret_expose(token));
}

/* What went wrong, without anything that was sent. */
static enum cl_code report(const struct registry_config *config, const struct registry_login *login,
                           const struct cl_http_response *response, enum registry_step step,
                           struct cl_err *err)
{
    const struct cl_str secrets[] = {
        cl_secret_expose(config->password),
        cl_secret_expose(config->username),
        cl_secret_expose(login->token),
    };
    struct cl_str place = config->host;

    if (step == REGISTRY_STEP_TOKEN)
        place = cl_str_of(login->token_server);
    return registry_report(response, step, place, secrets, CL_COUNT(secrets), err);
}

/* --- asking without credentials ------------------------------------------------------------ */

/* Only what may pass by itself is an error here; the rest is judged once, behind the retries. */
static enum cl_code ask_once(void *ctx, struct cl_err *err)
{
    struct asking *asking = ctx;
    struct cl_http_response *response = asking->response;

    cl_http_response_cleanup(response);
    const struct message message = {
        .method = "GET", .url = asking->url, .authorization = CL_STR_NONE, .form = CL_STR_NONE};
    CL_TRY(send_message(asking->call, asking->config, &message, response, err));
    if (response->status == 429 || response->status >= 500)
        return report(asking->config, &REGISTRY_LOGIN_NONE, response, asking->step, err);
    return CL_OK;
}

static enum cl_code judge_challenge(const struct registry_challenge *challenge, struct cl_err *err)
{
    if (challenge->scheme != REGISTRY_SCHEME_NONE)
        return CL_OK;
    if (challenge->other[0] != '\0') {
        return cl_err_set(err, CL_E_PROVIDER,
                          "the registry wants the authentication scheme '%s', which is not "
                          "supported",
                          challenge->other);
    }
    return cl_err_set(err, CL_E_PROVIDER,
                      "the registry refuses the request and does not say what it wants");
}

static enum cl_code judge_asking(const struct asking *asking, struct registry_challenge *ret,
                                 struct cl_err *err)
{
    const struct cl_http_response *response = asking->response;
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};

    if (response->status == 401) {
        CL_TRY(registry_challenge_read(response, &challenge, err));
        CL_TRY(judge_challenge(&challenge, err));
    } else if (response->status != 200 &&
               !(asking->step == REGISTRY_STEP_REPOSITORY && registry_is_name_unknown(response))) {
        return report(asking->config, &REGISTRY_LOGIN_NONE, response, asking->step, err);
    }
    *ret = challenge;
    return CL_OK;
}

enum cl_code registry_ask(const struct cl_call *call, const struct registry_config *config,
                          struct cl_str repository, struct registry_challenge *ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(URL_MAX_BYTES);

    add_path(&url, config, repository);
    CL_TRY(cl_buf_ok(&url, err));
    struct asking asking = {
        .call = call,
        .config = config,
        .url = cl_buf_view(&url),
        .step = repository.len > 0 ? REGISTRY_STEP_REPOSITORY : REGISTRY_STEP_PING,
        .response = &response,
    };
    CL_TRY(cl_retry(call, ask_once, &asking, err));
    return judge_asking(&asking, ret, err);
}

/* --- with credentials ---------------------------------------------------------------------- */

static enum cl_code check_realm(const struct registry_config *config,
                                const struct registry_challenge *challenge,
                                struct registry_login *login, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf base = CL_BUF(512);
    CL_AUTO(cl_buf) struct cl_buf place = CL_BUF(sizeof(login->token_server) - 1);

    registry_add_base(&base, config->host, config->plain_http);
    CL_TRY(cl_buf_ok(&base, err));
    const struct registry_realm_rule rule = {.base = cl_buf_view(&base), .pin = config->realm_pin};
    CL_TRY(registry_realm_check(&rule, cl_str_of(challenge->realm), &place, err));
    CL_TRY(cl_buf_ok(&place, err));
    (void)snprintf(login->token_server, sizeof(login->token_server), "%s", place.ptr);
    return CL_OK;
}

static bool is_refresh_token(const struct registry_config *config)
{
    return cl_str_eq_c(cl_secret_expose(config->username), REGISTRY_TOKEN_USER);
}

/* Whatever the way to ask, its texts. */
struct question {
    struct cl_buf url;
    struct cl_buf authorization;
    struct cl_buf form;
};

static void question_cleanup(struct question *question)
{
    cl_buf_cleanup(&question->url);
    cl_buf_cleanup(&question->authorization);
    cl_buf_cleanup(&question->form);
}

static enum cl_code ask_for_token(const struct registry_config *config,
                                  const struct registry_challenge *challenge, struct cl_str scope,
                                  struct question *question, struct cl_err *err)
{
    if (is_refresh_token(config)) {
        cl_buf_add_c(&question->url, challenge->realm);
        registry_add_token_form(&question->form, challenge, cl_secret_expose(config->password),
                                scope);
    } else {
        registry_add_token_url(&question->url, challenge, cl_secret_expose(config->username),
                               scope);
        add_basic(&question->authorization, config);
    }
    CL_TRY(cl_buf_ok(&question->url, err));
    CL_TRY(cl_buf_ok(&question->authorization, err));
    return cl_buf_ok(&question->form, err);
}

/* The client certificate is the registry's business. */
static struct registry_config for_token_server(const struct registry_config *config,
                                               const struct registry_login *login)
{
    struct registry_config ret = *config;

    if (!cl_str_eq_c(config->host, login->token_server)) {
        ret.client_cert = NULL;
        ret.client_key = NULL;
    }
    return ret;
}

static enum cl_code fetch_token(const struct cl_call *call, const struct registry_config *config,
                                const struct registry_challenge *challenge, struct cl_str scope,
                                struct registry_login *login, struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(question)
    struct question question = {.url = CL_BUF_SECRET(URL_MAX_BYTES),
                                .authorization = CL_BUF_SECRET(HEADER_MAX_BYTES),
                                .form = CL_BUF_SECRET(HEADER_MAX_BYTES)};
    struct registry_config to = for_token_server(config, login);

    CL_TRY(ask_for_token(config, challenge, scope, &question, err));
    const struct message message = {.method = question.form.len > 0 ? "POST" : "GET",
                                    .url = cl_buf_view(&question.url),
                                    .authorization = cl_buf_view(&question.authorization),
                                    .form = cl_buf_view(&question.form)};
    CL_TRY(send_message(call, &to, &message, &response, err));
    if (response.status != 200)
        return report(config, login, &response, REGISTRY_STEP_TOKEN, err);
    return registry_parse_token(cl_buf_view(&response.body), &login->token, err);
}

enum cl_code registry_log_in(const struct cl_call *call, const struct registry_config *config,
                             const struct registry_challenge *challenge, struct cl_str scope,
                             struct registry_login *ret, struct cl_err *err)
{
    struct registry_login login = {.scheme = challenge->scheme};

    if (challenge->scheme == REGISTRY_SCHEME_BASIC && is_refresh_token(config)) {
        return cl_err_set(err, CL_E_REJECTED,
                          "the registry wants a user name and password, and the connector has a "
                          "refresh token");
    }
    if (challenge->scheme == REGISTRY_SCHEME_BEARER) {
        CL_TRY(check_realm(config, challenge, &login, err));
        CL_TRY(fetch_token(call, config, challenge, scope, &login, err));
    }
    *ret = login;
    return CL_OK;
}

/* With a token if there is one, else with the password, which `message` lacks. */
static enum cl_code send_as(const struct cl_call *call, const struct registry_config *config,
                            const struct registry_login *login, struct message message,
                            struct cl_http_response *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf header = CL_BUF_SECRET(HEADER_MAX_BYTES);

    if (login->token != NULL) {
        add_bearer(&header, login->token);
    } else {
        add_basic(&header, config);
    }
    CL_TRY(cl_buf_ok(&header, err));
    message.authorization = cl_buf_view(&header);
    return send_message(call, config, &message, ret, err);
}

static enum cl_code get_as(const struct cl_call *call, const struct registry_config *config,
                           struct cl_str repository, const struct registry_login *login,
                           struct cl_http_response *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(URL_MAX_BYTES);

    add_path(&url, config, repository);
    CL_TRY(cl_buf_ok(&url, err));
    const struct message message = {.method = "GET", .url = cl_buf_view(&url)};
    return send_as(call, config, login, message, ret, err);
}

enum cl_code registry_prove(const struct cl_call *call, const struct registry_config *config,
                            const struct registry_login *login, struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;

    CL_TRY(get_as(call, config, CL_STR_NONE, login, &response, err));
    if (response.status == 200)
        return CL_OK;
    return report(config, login, &response, REGISTRY_STEP_LOGIN, err);
}

enum cl_code registry_check_pull(const struct cl_call *call, const struct registry_config *config,
                                 struct cl_str repository, const struct registry_login *login,
                                 struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;

    CL_TRY(get_as(call, config, repository, login, &response, err));
    if (response.status == 200 || registry_is_name_unknown(&response))
        return CL_OK;
    (void)report(config, login, &response, REGISTRY_STEP_REPOSITORY, err);
    if (err->code == CL_E_DENIED) {
        return cl_err_wrap(err, "no permission to pull from '%.*s'",
                           CL_STR_ARG(cl_str_first(repository, 200)));
    }
    return err->code;
}

/* The upload that was begun is given up, if it is where the credentials may go. Left alone it ends
 * by itself. */
static void give_up(const struct cl_call *call, const struct registry_config *config,
                    struct cl_str location, const struct registry_login *login)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(URL_MAX_BYTES);
    struct cl_err ignored = CL_ERR_NONE;

    registry_add_base(&url, config->host, config->plain_http);
    struct cl_str base = cl_buf_view(&url);
    if (cl_str_starts(location, base))
        location = cl_str_skip(location, base.len);
    if (!cl_str_starts(location, CL_STR("/")))
        return;
    cl_buf_add(&url, location);
    const struct message message = {.method = "DELETE", .url = cl_buf_view(&url)};
    if (cl_buf_ok(&url, &ignored) == CL_OK) {
        /* the question has been answered */
        CL_IGNORE(send_as(call, config, login, message, &response, &ignored));
    }
}

enum cl_code registry_check_push(const struct cl_call *call, const struct registry_config *config,
                                 struct cl_str repository, const struct registry_login *login,
                                 struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(URL_MAX_BYTES);

    registry_add_base(&url, config->host, config->plain_http);
    cl_buf_addf(&url, "/v2/%.*s/blobs/uploads/", CL_STR_ARG(repository));
    CL_TRY(cl_buf_ok(&url, err));
    const struct message message = {.method = "POST", .url = cl_buf_view(&url)};
    CL_TRY(send_as(call, config, login, message, &response, err));
    if (response.status == 202) {
        give_up(call, config, cl_http_header(&response, "location"), login);
        return CL_OK;
    }
    (void)report(config, login, &response, REGISTRY_STEP_REPOSITORY, err);
    if (err->code == CL_E_DENIED) {
        return cl_err_wrap(err, "no permission to push to '%.*s'",
                           CL_STR_ARG(cl_str_first(repository, 200)));
    }
    return err->code;
}
