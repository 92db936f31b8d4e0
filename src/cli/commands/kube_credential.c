#include "cli/commands/issue_args.h"
#include "cli/commands/root.h"
#include "interop/exec_credential.h"

/* A Kubernetes client reads standard output: the document, and nothing else, ever. */
static enum cl_code answer(struct cl_cli *cli, const struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_buf) struct cl_buf document = CL_BUF_SECRET((size_t)1 << 20U);
    struct cl_issue_client_request request = {.fresh = false};
    const char *version = NULL;

    CL_TRY(cl_exec_credential_version(cl_world_env(cli->world, "KUBERNETES_EXEC_INFO"), &version,
                                      err));
    CL_TRY(cl_issue_request_read(args, CL_STR("kube-credential"), &request, err));
    /* Clients ask again before a request that would come close to the end. */
    request.for_sdk = true;
    CL_TRY(cl_issue_ask(cli, &request, &client, err));
    CL_TRY(cl_exec_credential_add(&document, &client.issued, version, err));
    cl_buf_add_char(&document, '\n');
    CL_TRY(cl_buf_ok(&document, err));
    return cl_out_text(cli->out, cl_buf_view(&document), err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    return cl_issue_one_line(answer(cli, args, err), err);
}

static const struct cl_example examples[] = {
    {.what = "What a kubeconfig user made by login calls",
     .line = "cleat kube-credential aws-auto -r kubernetes-cluster -ri zenhacks-cluster"},
    {.what = "A token made just now, whatever is kept",
     .line = "cleat kube-credential aws-auto -r kubernetes-cluster -ri zenhacks-cluster "
             "--no-cache"},
};

const struct cl_command cl_command_kube_credential = {
    .name = "kube-credential",
    .summary = "Answer kubectl and Kubernetes clients: one ExecCredential document",
    .heading = "Use credentials",
    .options = {&cl_issue_options},
    .positionals = {{.name = "CONNECTOR", .help = "Connector name or id.", .required = true}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat service-connector login",
    .run = run,
};
