/* Standard input of docker-credential-cleat: an exit code of 0 or 1, one line, nothing issued for
 * a registry that is not ours. The first byte chooses what is asked. */
#include "fuzz.h"

#include "bridges/docker_helper.h"
#include "core/api.h"
#include "interop/docker_helper.h"

static const char map[] = "{\"reg.example.com\": {\"connector\": \"c\", \"resource_type\": \"t\"}}";

/* Standard input, and the map in a world that holds nothing else. */
static struct cl_str input;

static const char *env(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "HOME") == 0 ? "/home/u" : NULL;
}

static enum cl_code read_file(void *ctx, const char *path, struct cl_buf *ret, struct cl_err *err)
{
    (void)ctx;
    FUZZ_CHECK(strcmp(path, "/home/u/.config/cleat/docker.json") == 0);
    cl_buf_add_c(ret, map);
    return cl_buf_ok(ret, err);
}

static enum cl_code read_input(void *ctx, struct cl_buf *ret, struct cl_err *err)
{
    (void)ctx;
    cl_buf_add(ret, input);
    return cl_buf_ok(ret, err);
}

static enum cl_code open_api(void *ctx, struct cl_api **ret, struct cl_err *err)
{
    (void)ctx;
    (void)ret;
    return cl_err_set(err, CL_E_UNAVAILABLE, "nothing is issued here");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char actions[][8] = {"get", "store", "erase", "list"};
    struct cl_world world = {.env = env, .read_file = read_file};
    struct cl_call call = {.world = &world, .actor = "tester"};
    struct cl_docker_helper helper = {
        .call = &call, .version = "1", .read_input = read_input, .open_api = open_api};
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF((size_t)1 << 20U);

    if (size == 0)
        return 0;
    input = cl_str_skip(fuzz_text(data, size), 1);
    char *words[] = {actions[data[0] % CL_COUNT(actions)], NULL};
    int status = cl_docker_helper_run(&helper, words, &out);
    struct cl_str said = cl_buf_view(&out);
    FUZZ_CHECK(out.failed == CL_OK && (status == 0 || status == 1));
    FUZZ_CHECK(said.len == 0 || cl_str_find(said, '\n') == said.len - 1);
    FUZZ_CHECK(status == 0 || (said.len > 1 && cl_is_utf8(said)));
    return 0;
}
