#include "net/curl_error.h"

#include <errno.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "test.h"

static struct cl_curl_failure failure_of(CURLcode result)
{
    return (struct cl_curl_failure){
        .result = result,
        .target = {.https = true, .host = CL_STR("sts.example"), .port = 443},
    };
}

static void maps_each_result_to_code_and_cause(void **state)
{
    static const struct {
        CURLcode result;
        enum cl_code code;
        const char *text;
    } cases[] = {
        {CURLE_COULDNT_RESOLVE_HOST, CL_E_UNREACHABLE,
         "cannot reach sts.example:443 (dns): the host name is not known"},
        {CURLE_COULDNT_RESOLVE_PROXY, CL_E_UNREACHABLE,
         "cannot reach sts.example:443 (dns): the proxy's host name is not known"},
        {CURLE_COULDNT_CONNECT, CL_E_UNREACHABLE,
         "cannot reach sts.example:443 (connect): the connection broke"},
        {CURLE_OPERATION_TIMEDOUT, CL_E_UNREACHABLE,
         "cannot reach sts.example:443 (timeout): no answer in time"},
        {CURLE_SSL_CONNECT_ERROR, CL_E_UNREACHABLE,
         "cannot reach sts.example:443 (tls): the TLS handshake failed"},
        {CURLE_GOT_NOTHING, CL_E_UNREACHABLE,
         "cannot reach sts.example:443 (connect): the connection was closed without an answer"},
        {CURLE_PROXY, CL_E_UNREACHABLE, "cannot reach sts.example:443 (proxy): the proxy failed"},
        {CURLE_PARTIAL_FILE, CL_E_PROVIDER, "the answer of sts.example:443 was cut short"},
        {CURLE_FILESIZE_EXCEEDED, CL_E_PROVIDER, "the answer of sts.example:443 is too large"},
        {CURLE_OUT_OF_MEMORY, CL_E_PROVIDER, "the answer of sts.example:443 is too large"},
        {CURLE_UNSUPPORTED_PROTOCOL, CL_E_PROVIDER, "sts.example:443 did not answer in HTTP"},
        {CURLE_WEIRD_SERVER_REPLY, CL_E_PROVIDER, "sts.example:443 did not answer in HTTP"},
        {CURLE_URL_MALFORMAT, CL_E_INVALID, "libcurl does not accept the URL of sts.example:443"},
        {CURLE_FAILED_INIT, CL_E_FAILED, "the request to sts.example:443 failed (libcurl error 2)"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_curl_failure failure = failure_of(cases[i].result);
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(cl_curl_report(&failure, &err), cases[i].code);
        assert_int_equal(err.code, cases[i].code);
        assert_string_equal(err.text, cases[i].text);
    }
}

static void tells_alerts_about_client_certificates(void **state)
{
    static const struct {
        CURLcode result;
        const char *said;
        bool has_cert;
        enum cl_code code;
        const char *text;
    } cases[] = {
        {CURLE_RECV_ERROR, "error:0A00045C:SSL routines::tlsv13 alert certificate required", false,
         CL_E_REJECTED, "sts.example:443 wants a client certificate: one is required"},
        {CURLE_SSL_CONNECT_ERROR, "error:0A000412:SSL routines::sslv3 alert bad certificate", true,
         CL_E_REJECTED, "sts.example:443 refused the client certificate: it is not valid"},
        {CURLE_RECV_ERROR, "error:0A000415:SSL routines::sslv3 alert certificate expired", true,
         CL_E_REJECTED, "sts.example:443 refused the client certificate: it has expired"},
        {CURLE_SSL_CONNECT_ERROR, "error:0A000410:SSL routines::sslv3 alert handshake failure",
         true, CL_E_UNREACHABLE, "cannot reach sts.example:443 (tls): the TLS handshake failed"},
        {CURLE_SSL_CONNECT_ERROR, "", true, CL_E_UNREACHABLE,
         "cannot reach sts.example:443 (tls): the TLS handshake failed"},
        {CURLE_SSL_CERTPROBLEM, "could not load PEM client certificate", true, CL_E_INVALID,
         "the client certificate for sts.example:443 cannot be used, or its key is another's"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_curl_failure failure = failure_of(cases[i].result);
        struct cl_err err = CL_ERR_NONE;

        failure.said = cases[i].said;
        failure.has_client_cert = cases[i].has_cert;
        assert_int_equal(cl_curl_report(&failure, &err), cases[i].code);
        assert_string_equal(err.text, cases[i].text);
    }
}

static void shows_whose_certificate_is_not_trusted(void **state)
{
    static const struct cl_peer peer = {.is_seen = true,
                                        .verdict = X509_V_ERR_CERT_SIGNATURE_FAILURE,
                                        .issuer = "/CN=kubernetes",
                                        .sha256 = "ab12"};
    struct cl_curl_failure failure = failure_of(CURLE_SSL_CONNECT_ERROR);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    failure.peer = &peer;
    failure.verify_code = 1;
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_TLS_UNTRUSTED);
    assert_string_equal(err.text, "the certificate of sts.example:443 is not trusted: certificate "
                                  "signature failure (issuer /CN=kubernetes, SHA-256 ab12)");
    const struct cl_peer good = {.is_seen = true, .verdict = X509_V_OK};
    failure.peer = &good;
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_UNREACHABLE);
    failure.result = CURLE_PEER_FAILED_VERIFICATION;
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_TLS_UNTRUSTED);
    assert_non_null(strstr(err.text, "not valid for this host name"));
}

static void says_what_the_system_says(void **state)
{
    static const CURLcode results[] = {CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR, CURLE_RECV_ERROR};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(results); i++) {
        struct cl_curl_failure failure = failure_of(results[i]);

        failure.os_errno = ECONNRESET;
        assert_int_equal(cl_curl_report(&failure, &err), CL_E_UNREACHABLE);
        assert_string_equal(err.text, "cannot reach sts.example:443 (connect): "
                                      "Connection reset by peer");
        failure.os_errno = 99999; /* an errno that nobody knows */
        assert_int_equal(cl_curl_report(&failure, &err), CL_E_UNREACHABLE);
        assert_non_null(strstr(err.text, "the connection broke"));
    }
}

static void explains_why_a_certificate_is_not_trusted(void **state)
{
    static const struct {
        long verify_code;
        const char *cause;
    } cases[] = {
        {X509_V_OK, "it is not valid for this host name"},
        {X509_V_ERR_UNSPECIFIED, "it is not valid for this host name"},
        {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "self-signed certificate"},
        {X509_V_ERR_CERT_HAS_EXPIRED, "certificate has expired"},
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "unable to get local issuer certificate"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_curl_failure failure = failure_of(CURLE_PEER_FAILED_VERIFICATION);
        struct cl_err err = CL_ERR_NONE;

        failure.verify_code = cases[i].verify_code;
        assert_int_equal(cl_curl_report(&failure, &err), CL_E_TLS_UNTRUSTED);
        assert_non_null(strstr(err.text, "the certificate of sts.example:443 is not trusted"));
        assert_non_null(strstr(err.text, cases[i].cause));
        assert_non_null(strstr(err.hint, "CA bundle"));
    }
}

static void names_the_ca_file_that_cannot_be_loaded(void **state)
{
    struct cl_curl_failure failure = failure_of(CURLE_SSL_CACERT_BADFILE);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    failure.ca_file = "/etc/corp.pem";
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_TLS_UNTRUSTED);
    assert_non_null(strstr(err.text, "'/etc/corp.pem'"));
    failure.ca_file = NULL;
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_TLS_UNTRUSTED);
}

static void tells_proxy_from_target(void **state)
{
    struct cl_curl_failure failure = failure_of(CURLE_RECV_ERROR);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    failure.proxied = true;
    failure.proxy_status = 407;
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_UNREACHABLE);
    assert_string_equal(err.text,
                        "cannot reach sts.example:443 through the proxy (proxy): it answered 407");
    failure.proxy_status = 200; /* the tunnel stood, what broke is behind it */
    failure.os_errno = ECONNRESET;
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_UNREACHABLE);
    assert_non_null(strstr(err.text, "through the proxy (connect): Connection reset"));
}

static void reports_missing_memory_whatever_libcurl_says(void **state)
{
    static const CURLcode results[] = {CURLE_OUT_OF_MEMORY, CURLE_COULDNT_RESOLVE_HOST,
                                       CURLE_FAILED_INIT};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(results); i++) {
        struct cl_curl_failure failure = failure_of(results[i]);
        struct cl_err err = CL_ERR_NONE;

        failure.no_memory = true;
        assert_int_equal(cl_curl_report(&failure, &err), CL_E_FAILED);
        assert_string_equal(err.text, "out of memory");
    }
}

static void writes_ipv6_hosts_in_brackets_and_bears_long_names(void **state)
{
    struct cl_curl_failure failure = failure_of(CURLE_OPERATION_TIMEDOUT);
    struct cl_err err = CL_ERR_NONE;
    char host[254];

    (void)state;
    failure.target.host = CL_STR("fd00::1");
    failure.target.port = 8080;
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_UNREACHABLE);
    assert_non_null(strstr(err.text, "cannot reach [fd00::1]:8080 (timeout)"));
    (void)memset(host, 'h', sizeof(host));
    failure.target.host = cl_str_make(host, 253);
    assert_int_equal(cl_curl_report(&failure, &err), CL_E_UNREACHABLE);
    assert_non_null(strstr(err.text, "hhh:8080 (timeout)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_each_result_to_code_and_cause),
        cmocka_unit_test(tells_alerts_about_client_certificates),
        cmocka_unit_test(shows_whose_certificate_is_not_trusted),
        cmocka_unit_test(says_what_the_system_says),
        cmocka_unit_test(explains_why_a_certificate_is_not_trusted),
        cmocka_unit_test(names_the_ca_file_that_cannot_be_loaded),
        cmocka_unit_test(tells_proxy_from_target),
        cmocka_unit_test(reports_missing_memory_whatever_libcurl_says),
        cmocka_unit_test(writes_ipv6_hosts_in_brackets_and_bears_long_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
