#include "net/curl_error.h"

#include <stdio.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#define PLACE_SIZE 288 /* a host name, brackets and a port */

/* The stages at which the other side can be out of reach, as the text names them. */
static const struct stage {
    CURLcode result;
    const char *name;
    const char *cause; /* NULL: the system's own word for errno */
} stages[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "dns", "the host name is not known"},
    {CURLE_COULDNT_RESOLVE_PROXY, "dns", "the proxy's host name is not known"},
    {CURLE_COULDNT_CONNECT, "connect", NULL},
    {CURLE_OPERATION_TIMEDOUT, "timeout", "no answer in time"},
    {CURLE_SSL_CONNECT_ERROR, "tls", "the TLS handshake failed"},
    {CURLE_SSL_SHUTDOWN_FAILED, "tls", "the TLS connection broke"},
    {CURLE_GOT_NOTHING, "connect", "the connection was closed without an answer"},
    {CURLE_SEND_ERROR, "connect", NULL},
    {CURLE_RECV_ERROR, "connect", NULL},
    {CURLE_PROXY, "proxy", "the proxy failed"},
};

static const struct stage *stage_of(CURLcode result)
{
    for (size_t i = 0; i < CL_COUNT(stages); i++) {
        if (stages[i].result == result)
            return &stages[i];
    }
    return NULL;
}

/* On the stack: an error must be told when there is no memory, too. */
static void describe_place(const struct cl_target *target, char ret[PLACE_SIZE])
{
    bool is_v6 = cl_str_contains(target->host, CL_STR(":"));

    if (snprintf(ret, PLACE_SIZE, "%s%.*s%s:%d", is_v6 ? "[" : "", CL_STR_ARG(target->host),
                 is_v6 ? "]" : "", target->port) < 0)
        ret[0] = '\0';
}

static enum cl_code unreachable(const struct cl_curl_failure *failure, const struct stage *stage,
                                const char *place, struct cl_err *err)
{
    const char *through = failure->proxied ? " through the proxy" : "";
    const char *cause = stage->cause;

    if (failure->proxy_status != 0 && failure->proxy_status / 100 != 2) {
        return cl_err_set(err, CL_E_UNREACHABLE, "cannot reach %s%s (proxy): it answered %ld",
                          place, through, failure->proxy_status);
    }
    if (cause == NULL)
        cause = failure->os_errno != 0 ? strerrordesc_np(failure->os_errno) : NULL;
    return cl_err_set(err, CL_E_UNREACHABLE, "cannot reach %s%s (%s): %s", place, through,
                      stage->name, cause == NULL ? "the connection broke" : cause);
}

/* libcurl compares the name before it notes OpenSSL's verdict, and says 1 until then. */
static bool is_wrong_name(long verify_code)
{
    return verify_code == X509_V_OK || verify_code == X509_V_ERR_UNSPECIFIED;
}

/* OpenSSL's verdict; where it was never asked, or found nothing, the name is what is wrong. */
static const char *distrust_cause(const struct cl_curl_failure *failure)
{
    long code = failure->verify_code;

    if (failure->peer != NULL && failure->peer->is_seen)
        code = failure->peer->verdict;
    return is_wrong_name(code) ? "it is not valid for this host name"
                               : X509_verify_cert_error_string(code);
}

static enum cl_code untrusted(const struct cl_curl_failure *failure, const char *place,
                              struct cl_err *err)
{
    const struct cl_peer *peer = failure->peer;
    const char *cause = distrust_cause(failure);

    if (peer != NULL && peer->is_seen) {
        (void)cl_err_set(err, CL_E_TLS_UNTRUSTED,
                         "the certificate of %s is not trusted: %s (issuer %s, SHA-256 %s)", place,
                         cause, peer->issuer, peer->sha256);
    } else {
        (void)cl_err_set(err, CL_E_TLS_UNTRUSTED, "the certificate of %s is not trusted: %s", place,
                         cause);
    }
    return cl_err_hint(err, "If the endpoint has a private certificate authority, give its "
                            "certificate as CA bundle, or name it in SSL_CERT_FILE.");
}

/* libcurl does not see that the certificate is the reason when it breaks OpenSSL's arithmetic. */
static bool is_distrust(const struct cl_curl_failure *failure)
{
    if (failure->result == CURLE_PEER_FAILED_VERIFICATION ||
        failure->result == CURLE_SSL_ISSUER_ERROR)
        return true;
    return failure->result == CURLE_SSL_CONNECT_ERROR && failure->peer != NULL &&
           failure->peer->is_seen && failure->peer->verdict != X509_V_OK;
}

/*
 * OpenSSL's words for the alerts by which a server turns a client certificate down (RFC 8446, 6.2).
 * With TLS 1.3 they come when the handshake is over for us, as an error of reading.
 */
static const struct {
    const char *said;
    const char *cause;
} alerts[] = {
    {"alert bad certificate", "it is not valid"},
    {"alert unsupported certificate", "it is of a kind that is not supported"},
    {"alert certificate revoked", "it has been revoked"},
    {"alert certificate expired", "it has expired"},
    {"alert certificate unknown", "it is not accepted"},
    {"alert unknown ca", "it is signed by an authority that the server does not know"},
    {"alert access denied", "it gives no access"},
    {"alert certificate required", "one is required"},
    {"alert decrypt error", "it is not signed by the authority that it names"},
};

static const char *alert_cause(const struct cl_curl_failure *failure)
{
    for (size_t i = 0; failure->said != NULL && i < CL_COUNT(alerts); i++) {
        if (strstr(failure->said, alerts[i].said) != NULL)
            return alerts[i].cause;
    }
    return NULL;
}

static enum cl_code turned_down(const struct cl_curl_failure *failure, const char *cause,
                                const char *place, struct cl_err *err)
{
    if (!failure->has_client_cert) {
        (void)cl_err_set(err, CL_E_REJECTED, "%s wants a client certificate: %s", place, cause);
        return cl_err_hint(err, "Give a client certificate and its key.");
    }
    return cl_err_set(err, CL_E_REJECTED, "%s refused the client certificate: %s", place, cause);
}

static enum cl_code bad_ca_file(const struct cl_curl_failure *failure, const char *place,
                                struct cl_err *err)
{
    if (failure->ca_file == NULL) {
        (void)cl_err_set(err, CL_E_TLS_UNTRUSTED,
                         "cannot load the given CA certificates to trust %s", place);
        return cl_err_hint(err, "They must be whole certificates in PEM form.");
    }
    (void)cl_err_set(err, CL_E_TLS_UNTRUSTED,
                     "cannot load the CA certificates from '%.200s' to trust %s", failure->ca_file,
                     place);
    return cl_err_hint(err, "The file must hold certificates in PEM form and be readable.");
}

enum cl_code cl_curl_report(const struct cl_curl_failure *failure, struct cl_err *err)
{
    const struct stage *stage = stage_of(failure->result);
    char place[PLACE_SIZE];

    if (failure->no_memory)
        return cl_err_no_memory(err);
    describe_place(&failure->target, place);
    /* Not an enumeration of ours: most of libcurl's codes belong to other protocols. */
    if (is_distrust(failure))
        return untrusted(failure, place, err);
    if (alert_cause(failure) != NULL)
        return turned_down(failure, alert_cause(failure), place, err);
    if (stage != NULL)
        return unreachable(failure, stage, place, err);
    if (failure->result == CURLE_SSL_CERTPROBLEM) {
        return cl_err_set(err, CL_E_INVALID,
                          "the client certificate for %s cannot be used, or its key is another's",
                          place);
    }
    if (failure->result == CURLE_SSL_CACERT_BADFILE)
        return bad_ca_file(failure, place, err);
    /* "Out of memory" without a lack of it is a header line above libcurl's limit of 100 KiB. */
    if (failure->result == CURLE_FILESIZE_EXCEEDED || failure->result == CURLE_OUT_OF_MEMORY)
        return cl_err_set(err, CL_E_PROVIDER, "the answer of %s is too large", place);
    if (failure->result == CURLE_PARTIAL_FILE)
        return cl_err_set(err, CL_E_PROVIDER, "the answer of %s was cut short", place);
    if (failure->result == CURLE_UNSUPPORTED_PROTOCOL ||
        failure->result == CURLE_WEIRD_SERVER_REPLY ||
        failure->result == CURLE_BAD_CONTENT_ENCODING)
        return cl_err_set(err, CL_E_PROVIDER, "%s did not answer in HTTP", place);
    if (failure->result == CURLE_URL_MALFORMAT)
        return cl_err_set(err, CL_E_INVALID, "libcurl does not accept the URL of %s", place);
    return cl_err_set(err, CL_E_FAILED, "the request to %s failed (libcurl error %d)", place,
                      (int)failure->result);
}
