#include "interop/credential_process.h"

#include "cli/commands/issue_args.h"
#include "cli/commands/root.h"

/* Another program reads standard output: the document, and nothing else, ever. */
static enum cl_code answer(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_buf) struct cl_buf document = CL_BUF_SECRET((size_t)256 * 1024);
    struct cl_issue_client_request request = {.fresh = false};

    CL_TRY(cl_issue_request_read(args, CL_STR("credential-process"), &request, err));
    request.for_sdk = true;
    CL_TRY(cl_issue_ask(cli, &request, &client, err));
    CL_TRY(cl_credential_process_add(&document, &client.issued,
                                     cl_str_of(cl_map_get(&client.connector.facts, "account_id")),
                                     err));
    cl_buf_add_char(&document, '\n');
    CL_TRY(cl_buf_ok(&document, err));
    return cl_out_text(cli->out, cl_buf_view(&document), err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    return cl_issue_one_line(answer(cli, args, err), err);
}

static const struct cl_example examples[] = {
    {.what = "What an AWS profile made by login calls",
     .line = "cleat credential-process aws-auto -r s3-bucket -ri s3://zenfiles"},
    {.what = "With at least half an hour left",
     .line = "cleat credential-process aws-auto -r aws-generic --min-ttl 30m"},
};

const struct cl_command cl_command_credential_process = {
    .name = "credential-process",
    .summary = "Answer the AWS SDKs: one JSON document with a credential",
    .heading = "Use credentials",
    .options = {&cl_issue_options},
    .positionals = {{.name = "CONNECTOR", .help = "Connector name or id.", .required = true}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat service-connector login",
    .run = run,
};
