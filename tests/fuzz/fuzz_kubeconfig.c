/* Kubeconfig files: what parses can be asked for every context, and errors may be shown. */
#include "fuzz.h"

#include "interop/kubeconfig.h"

static void ask(const struct cl_kube_merged *kubeconfig, struct cl_str context)
{
    struct cl_kube_context found = {.cluster = NULL};
    struct cl_err err = CL_ERR_NONE;

    if (cl_kube_merged_find(kubeconfig, context, &found, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    FUZZ_CHECK(found.cluster_path != NULL && found.user_path != NULL);
    FUZZ_CHECK(cl_yaml_get_text(found.cluster, "server").len > 0);
    (void)cl_yaml_get_text(found.user, "token");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_str first = fuzz_text(data, size);
    const struct cl_kube_merged_text texts[] = {
        {.path = "/first", .text = first},
        {.path = "/second", .text = CL_STR("clusters: [{name: c, cluster: {server: s}}]")},
    };
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *kubeconfig = NULL;
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    if (cl_kube_merged_parse(texts, 2, &kubeconfig, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    FUZZ_CHECK(cl_kube_merged_contexts(kubeconfig, &names, &err) == CL_OK);
    for (size_t i = 0; i < names.count && i < 100; i++)
        ask(kubeconfig, cl_str_of(names.items[i]));
    ask(kubeconfig, CL_STR_NONE);
    return 0;
}
