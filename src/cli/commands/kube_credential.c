#include "bridges/readers.h"
#include "cli/commands/issue_args.h"
#include "cli/commands/root.h"
#include "interop/exec_credential.h"

/*
 * A client asks again before the end when the server has refused what it was given, but the
 * protocol has no word for that, and kubectl asks twice for one command when nothing was refused.
 * So the second question gets a new credential only when the kept one is older than this: a revoked
 * token heals, and no client makes us issue more than one credential a minute.
 */
#define DOUBT_AFTER_S 60

/* A Kubernetes client reads standard output: the document, and nothing else, ever. */
static enum cl_code print(struct cl_cli *cli, const struct cl_issued *issued, const char *version,
                          struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf document = CL_BUF_SECRET((size_t)1 << 20U);

    CL_TRY(cl_exec_credential_add(&document, issued, version, err));
    cl_buf_add_char(&document, '\n');
    CL_TRY(cl_buf_ok(&document, err));
    return cl_out_text(cli->out, cl_buf_view(&document), err);
}

static enum cl_code answer(struct cl_cli *cli, const struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_reader) struct cl_reader reader = {.path = NULL};
    struct cl_issue_client_request request = {.fresh = false};
    struct cl_str info = cl_world_env(cli->world, "KUBERNETES_EXEC_INFO");
    const char *version = NULL;

    CL_TRY(cl_exec_credential_version(info, &version, err));
    CL_TRY(cl_issue_request_read(args, CL_STR("kube-credential"), &request, err));
    /* Clients ask again before a request that would come close to the end. */
    request.for_sdk = true;
    if (info.len > 0) /* a person's shell is no client, and may ask as often as it likes */
        cl_reader_find(cli->world, &request, &reader);
    if (reader.asks_again)
        request.renew_after_s = DOUBT_AFTER_S;
    CL_TRY(cl_issue_ask(cli, &request, &client, err));
    CL_TRY(print(cli, &client.issued, version, err));
    if (client.issued.expires_at != 0)
        cl_reader_note(cli->world, &reader, client.issued.expires_at - CL_EXEC_CREDENTIAL_MARGIN_S);
    return CL_OK;
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
