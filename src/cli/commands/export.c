#include "bridges/export.h"
#include "base/alloc.h"
#include "cli/commands/issue_args.h"
#include "cli/commands/root.h"

#define TEXT_MAX_BYTES ((size_t)1 << 20U)

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(TEXT_MAX_BYTES);
    struct cl_issue_client_request request = {.fresh = false};
    const char *format = cl_args_value(args, "format");

    if (format == NULL)
        return cl_err_set(err, CL_E_USAGE, "--format is missing");
    CL_TRY(cl_issue_request_read(args, CL_STR("export"), &request, err));
    if (!cl_export_is_secret(cl_str_of(format)))
        request.allow_long_lived = true; /* nothing of it is printed */
    CL_TRY(cl_issue_ask(cli, &request, &client, err));
    struct cl_export_request wanted = {.client = &client,
                                       .format = cl_str_of(format),
                                       .name = cl_args_value(args, "name"),
                                       .kube_namespace = cl_args_value(args, "namespace")};
    CL_TRY(cl_export(&cli->call, &wanted, &text, err));
    return cl_out_text(cli->out, cl_buf_view(&text), err);
}

static const struct cl_option options[] = {
    {.name = "format",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_OUTPUT,
     .value = "FORMAT",
     .choices = cl_export_names,
     .help = "What to print; the credential stands in all but those for ssh."},
    {.name = "name",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_OUTPUT,
     .value = "NAME",
     .help = "k8s-secret: its name; the registry's by default."},
    {.name = "namespace",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_OUTPUT,
     .value = "NAME",
     .help = "k8s-secret: its namespace; that of whoever applies it by default."},
};
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.what = "A Host block for ssh, and the host's keys for the file that it names",
     .line = "cleat export gpus -ri gpu1.example.com --format ssh-config"},
    {.what = "A pull secret, to be applied with kubectl",
     .line = "cleat export aws-auto -r docker-registry --format k8s-secret --name ecr"},
    {.line = "cleat export gpus -ri gpu1.example.com --format known-hosts"},
    {.what = "A kubeconfig that holds a short-lived token, for a tool that cannot run a program",
     .line =
         "cleat export aws-auto -r kubernetes-cluster -ri zenhacks-cluster --format kubeconfig"},
};

const struct cl_command cl_command_export = {
    .name = "export",
    .summary = "Print what a tool needs to reach a resource",
    .heading = "Use credentials",
    .options = {&cl_issue_options, &option_set},
    .positionals = {{.name = "CONNECTOR", .help = "Connector name or id.", .required = true}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat exec",
    .run = run,
};
