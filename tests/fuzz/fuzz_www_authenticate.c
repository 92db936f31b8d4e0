/*
 * Headers of a registry's answer: whatever they say, a password goes nowhere but to the
 * registry's own site, over https.
 */
#include "fuzz.h"

#include "clouds/registry/challenge.h"
#include "clouds/registry/realm.h"
#include "codec/url.h"

#define SITE "example.com"

static void check_realm(struct cl_str realm)
{
    const struct registry_realm_rule rule = {.base = CL_STR("https://registry." SITE),
                                             .pin = CL_STR_NONE};
    struct cl_buf place = CL_BUF(300);
    struct cl_err err = CL_ERR_NONE;
    struct cl_url url;

    if (registry_realm_check(&rule, realm, &place, &err) == CL_OK) {
        FUZZ_CHECK(cl_url_parse(realm, &url, &err) == CL_OK && !url.has_userinfo);
        FUZZ_CHECK(cl_str_ieq(url.scheme, CL_STR("https")) && url.host.len >= strlen(SITE));
        FUZZ_CHECK(cl_str_ieq(cl_str_skip(url.host, url.host.len - strlen(SITE)), CL_STR(SITE)));
        FUZZ_CHECK(place.len > 0 && registry_is_pin(cl_buf_view(&place)));
    } else {
        fuzz_check_error(&err);
        FUZZ_CHECK(place.len == 0);
    }
    cl_buf_cleanup(&place);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_http_response response = {.headers = CL_BUF(65536), .body = CL_BUF(16)};
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
    struct cl_err err = CL_ERR_NONE;

    if (size > 65536)
        return 0;
    cl_buf_add(&response.headers, fuzz_text(data, size));
    if (registry_challenge_read(&response, &challenge, &err) != CL_OK)
        fuzz_check_error(&err);
    FUZZ_CHECK(challenge.scheme == REGISTRY_SCHEME_BEARER || challenge.realm[0] == '\0');
    FUZZ_CHECK(challenge.scheme != REGISTRY_SCHEME_BEARER || challenge.realm[0] != '\0');
    check_realm(cl_str_of(challenge.realm));
    check_realm(fuzz_text(data, size));
    cl_http_response_cleanup(&response);
    return 0;
}
