#include "cli/commands/issue_args.h"

#include <stdio.h>

#include "cli/commands/view.h"

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "TYPE", .help = "Resource type; not needed when the connector has only one."},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "ID", .help = "The one resource that the credential is for."},
    {.name = "duration", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "DURATION",
     .help = "Life time of the credential, such as 1h30m, within what the auth method gives."},
    {.name = "min-ttl", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "DURATION",
     .help = "Do not accept a credential that ends sooner than this; 60s by default."},
    {.name = "no-cache", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Ask the provider even when a good credential is kept."},
    {.name = "allow-long-lived", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Also hand out stored credentials that cannot be made temporary."},
};
/* clang-format on */

const struct cl_option_set cl_issue_options = CL_OPTION_SET(options);

struct cl_issue_client_request cl_issue_request_of(const struct cl_args *args,
                                                   struct cl_str purpose)
{
    return (struct cl_issue_client_request){
        .ref = {.text = cl_str_of(cl_args_positional(args, 0))},
        .resource_type = cl_str_of(cl_args_value(args, "resource-type")),
        .resource_id = cl_str_of(cl_args_value(args, "resource-id")),
        .purpose = purpose,
    };
}

enum cl_code cl_issue_request_read(const struct cl_args *args, struct cl_str purpose,
                                   struct cl_issue_client_request *ret, struct cl_err *err)
{
    *ret = cl_issue_request_of(args, purpose);
    ret->fresh = cl_args_flag(args, "no-cache", false);
    ret->allow_long_lived = cl_args_flag(args, "allow-long-lived", false);
    CL_TRY(cl_args_duration(args, "duration", &ret->duration_s, err));
    return cl_args_duration(args, "min-ttl", &ret->min_ttl_s, err);
}

enum cl_code cl_issue_ask(struct cl_cli *cli, const struct cl_issue_client_request *request,
                          struct cl_issue_client_result *ret, struct cl_err *err)
{
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->issue(api, &cli->call, request, ret, err));
    cl_view_warn(cli, &ret->warnings);
    /* Programs ask again and again: what the provider said of a kept credential was shown when it
     * was issued. */
    if (!ret->cached || !request->for_sdk)
        cl_view_warn(cli, &ret->issued.warnings);
    return CL_OK;
}

enum cl_code cl_issue_from_args(struct cl_cli *cli, const struct cl_args *args,
                                struct cl_str purpose, struct cl_issue_client_result *ret,
                                struct cl_err *err)
{
    struct cl_issue_client_request request = {.fresh = false};

    CL_TRY(cl_issue_request_read(args, purpose, &request, err));
    return cl_issue_ask(cli, &request, ret, err);
}

enum cl_code cl_issue_one_line(enum cl_code code, struct cl_err *err)
{
    if (code == CL_OK || err->hint[0] == '\0')
        return code;
    struct cl_err one_line = *err;
    one_line.hint[0] = '\0';
    if (snprintf(one_line.text, sizeof(one_line.text), "%s; %s", err->text, err->hint) > 0)
        *err = one_line;
    return code;
}
