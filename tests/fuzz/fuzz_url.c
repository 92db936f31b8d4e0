/* URLs: the strict parser of targets and the general one must agree on where a request goes. */
#include "fuzz.h"

#include "base/buf.h"
#include "codec/url.h"
#include "net/target.h"

static void check_query(struct cl_str query)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_str name;
    struct cl_str value;

    while (cl_url_query_next(&query, &name, &value)) {
        CL_AUTO(cl_buf) struct cl_buf decoded = CL_BUF(4096);
        if (cl_url_decode(value, true, &decoded, &err) == CL_OK)
            FUZZ_CHECK(decoded.len <= value.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_err refused = CL_ERR_NONE;
    struct cl_str text = fuzz_text(data, size);
    struct cl_url url = {.port = 0};
    struct cl_target target = {.port = 0};
    CL_AUTO(cl_buf) struct cl_buf host = CL_BUF(4096);
    bool is_url = cl_url_parse(text, &url, &err) == CL_OK;

    if (!is_url)
        fuzz_check_error(&err);
    if (cl_target_parse(text, &target, &refused) != CL_OK) {
        fuzz_check_error(&refused);
    } else if (is_url) { /* a target's path and query are not looked at, so not every one is */
        FUZZ_CHECK(cl_str_eq(url.host, target.host) && !url.has_userinfo);
        FUZZ_CHECK(cl_url_port(&url) == target.port);
    }
    if (is_url) {
        cl_url_host_port(&url, &host);
        (void)cl_url_is_loopback(&url);
        check_query(url.query);
    }
    return 0;
}
