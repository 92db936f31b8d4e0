/* Names of registries: a canonical id is its own canonical id, and its address is a URL. */
#include "fuzz.h"

#include "clouds/registry/names.h"
#include "codec/url.h"

static void check_address(const struct registry_name *name)
{
    struct cl_buf base = CL_BUF(512);
    struct cl_err err = CL_ERR_NONE;
    struct cl_url url;

    registry_add_base(&base, cl_str_of(name->host), name->plain_http);
    FUZZ_CHECK(cl_url_parse(cl_buf_view(&base), &url, &err) == CL_OK);
    FUZZ_CHECK(!url.has_userinfo && !url.has_query && !url.has_fragment && url.path.len == 0);
    cl_buf_cleanup(&base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct registry_name name = {.host = ""};
    struct registry_name again = {.host = ""};
    struct cl_err err = CL_ERR_NONE;

    if (registry_name_parse(fuzz_text(data, size), &name, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    FUZZ_CHECK(registry_name_parse(cl_str_of(name.host), &again, &err) == CL_OK);
    FUZZ_CHECK(strcmp(name.host, again.host) == 0 && again.repository[0] == '\0');
    FUZZ_CHECK(name.repository[0] == '\0' || registry_is_repository(cl_str_of(name.repository)));
    check_address(&name);
    return 0;
}
