/* Docker configurations: what is put in comes out again, byte for byte, and the rest stays JSON. */
#include "fuzz.h"

#include "codec/json.h"
#include "interop/docker_config.h"

#define KEY "reg.example.com"
#define FILE_MAX ((size_t)1 << 20U)

/* Whether the file says anything about the registry already, in whatever form. */
static bool is_named(struct cl_str text)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_json) json_t *file = NULL;

    if (cl_json_parse(text, &file, &err) != CL_OK)
        return false;
    return json_object_get(json_object_get(file, "credHelpers"), KEY) != NULL ||
           json_object_get(json_object_get(file, "auths"), KEY) != NULL;
}

static void check_json(const struct cl_buf *text, enum cl_docker_put put)
{
    CL_AUTO(cl_docker_entry) struct cl_docker_entry entry = {.helper = NULL};
    struct cl_err err = CL_ERR_NONE;

    FUZZ_CHECK(cl_docker_entry_read(cl_buf_view(text), KEY, &entry, &err) == CL_OK);
    FUZZ_CHECK(entry.has_auth == (put == CL_DOCKER_WRITE));
    if (put == CL_DOCKER_HELP)
        FUZZ_CHECK(!entry.helper_is_all && strcmp(entry.helper, CL_DOCKER_HELPER) == 0);
}

static void check_back(struct cl_str text, const struct cl_buf *after, enum cl_docker_put put)
{
    CL_AUTO(cl_buf) struct cl_buf back = CL_BUF(FILE_MAX);
    struct cl_docker_edit edit = {.text = cl_buf_view(after),
                                  .key = KEY,
                                  .put = CL_DOCKER_CLEAR,
                                  .own_auth = put == CL_DOCKER_WRITE};
    struct cl_err err = CL_ERR_NONE;
    bool emptied = false;

    FUZZ_CHECK(cl_docker_edit(&edit, &back, &emptied, &err) == CL_OK);
    FUZZ_CHECK(cl_str_eq(cl_buf_view(&back), text));
    FUZZ_CHECK(emptied == (cl_str_trim(text).len == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum cl_docker_put puts[] = {CL_DOCKER_HELP, CL_DOCKER_WRITE, CL_DOCKER_CLEAR};
    struct cl_str text = cl_str_skip(fuzz_text(data, size), 1);
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf after = CL_BUF(FILE_MAX);
    bool emptied = false;

    if (size == 0 || size > FILE_MAX / 4)
        return 0;
    struct cl_docker_edit edit = {.text = text,
                                  .key = KEY,
                                  .put = puts[data[0] % 3U],
                                  .auth = CL_STR("dTpw"),
                                  .own_auth = (data[0] & 4U) != 0,
                                  .overwrite = (data[0] & 8U) != 0};
    if (cl_docker_edit(&edit, &after, &emptied, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    if (edit.put == CL_DOCKER_CLEAR)
        return 0;
    check_json(&after, edit.put);
    if (!is_named(text))
        check_back(text, &after, edit.put);
    return 0;
}
