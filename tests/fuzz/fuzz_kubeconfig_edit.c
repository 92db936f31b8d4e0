/*
 * Somebody's kubeconfig files, before and after a NUL byte: two logins and two logouts, whatever
 * stands in them, give the bytes back, or are refused, and every text in between parses.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "interop/kubeconfig_edit.h"

struct set {
    struct cl_kube_files files;
    struct cl_kube_file items[2];
};

static void set_init(struct set *set, struct cl_str first, struct cl_str second)
{
    *set = (struct set){.files = {.count = 2, .target = first.len % 2}};
    set->files.items = set->items;
    set->items[0] = (struct cl_kube_file){.path = "a", .text = CL_BUF(CL_KUBECONFIG_MAX_BYTES)};
    set->items[1] = (struct cl_kube_file){.path = "b", .text = CL_BUF(CL_KUBECONFIG_MAX_BYTES)};
    set->items[0].existed = first.len > 0;
    set->items[1].existed = second.len > 0;
    cl_buf_add(&set->items[0].text, first);
    cl_buf_add(&set->items[1].text, second);
}

static void set_cleanup(struct set *set)
{
    cl_kube_file_cleanup(&set->items[0]);
    cl_kube_file_cleanup(&set->items[1]);
}

/* Cleat's own marks may stand in the input, too: then what comes back is another matter. */
static bool has_marks(const struct set *set)
{
    return cl_str_contains(cl_buf_view(&set->items[0].text), CL_STR("cleat")) ||
           cl_str_contains(cl_buf_view(&set->items[1].text), CL_STR("cleat"));
}

static void check_parses(const struct set *set)
{
    for (size_t i = 0; i < 2; i++) {
        struct cl_yaml *yaml = NULL;
        struct cl_err err = CL_ERR_NONE;
        FUZZ_CHECK(cl_yaml_parse(cl_buf_view(&set->items[i].text), &yaml, &err) == CL_OK);
        cl_yaml_free(yaml);
    }
}

static bool log_in(struct set *set, const char *name)
{
    CL_AUTO(cl_string) char *context = NULL;
    CL_AUTO(cl_json) json_t *cluster = json_pack("{s:s}", "server", "https://cluster.example");
    CL_AUTO(cl_json) json_t *user = json_pack("{s:{s:s,s:n}}", "exec", "command", "x", "env");
    struct cl_err err = CL_ERR_NONE;
    struct cl_kube_login login = {
        .owner = {.connector = cl_str_of(name), .resource_id = CL_STR("r")},
        .cluster_name = cl_str_of(name),
        .user_name = cl_str_of(name),
        .cluster = cluster,
        .user = user,
        .mode = CL_STR("exec"),
        .written = CL_STR("2024-05-14T12:34:56Z")};

    if (cl_kubeconfig_login(&set->files, &login, &context, &err) != CL_OK) {
        fuzz_check_error(&err);
        return false;
    }
    FUZZ_CHECK(context != NULL);
    check_parses(set);
    return true;
}

static void log_out(struct set *set, const char *name)
{
    CL_AUTO(cl_string) char *context = NULL;
    struct cl_err err = CL_ERR_NONE;
    struct cl_kube_owner owner = {.connector = cl_str_of(name), .resource_id = CL_STR("r")};

    FUZZ_CHECK(cl_kubeconfig_logout(&set->files, &owner, CL_STR_NONE, &context, &err) == CL_OK);
    check_parses(set);
}

static void log_out_of_anything(struct set *set)
{
    CL_AUTO(cl_string) char *context = NULL;
    struct cl_err err = CL_ERR_NONE;
    struct cl_kube_owner owner = {.connector = CL_STR("c")};

    if (cl_kubeconfig_logout(&set->files, &owner, CL_STR_NONE, &context, &err) != CL_OK)
        fuzz_check_error(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_str first;
    struct cl_str second;
    CL_AUTO(set) struct set set;

    (void)cl_str_cut(fuzz_text(data, size), '\0', &first, &second);
    set_init(&set, first, second);
    if (has_marks(&set)) {
        (void)log_in(&set, "x-one");
        log_out_of_anything(&set);
        return 0;
    }
    if (!log_in(&set, "x-one") || !log_in(&set, "x-two"))
        return 0;
    log_out(&set, size % 2 == 0 ? "x-one" : "x-two");
    log_out(&set, size % 2 == 0 ? "x-two" : "x-one");
    FUZZ_CHECK(cl_str_eq(cl_buf_view(&set.items[0].text), first));
    FUZZ_CHECK(cl_str_eq(cl_buf_view(&set.items[1].text), second));
    return 0;
}
