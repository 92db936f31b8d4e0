#include "cli/commands/connector_options.h"

#include "cli/commands/attr_args.h"

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "expires-at", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "DATETIME",
     .help = "When the stored credentials themselves stop working, UTC, or +12h."},
    {.name = "expires-skew-tolerance", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "SECONDS", .help = "Count them as expired this long before; 300 by default."},
    {.name = "expiration-seconds", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "SECONDS", .help = "Life time of the credentials that are issued."},
    {.name = "share", .kind = CL_OPTION_SWITCH, .group = CL_GROUP_COMMON,
     .help = "Let other users use the connector; private by default."},
    {.name = "no-verify", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Store without asking the provider."},
};
/* clang-format on */

const struct cl_option_set cl_connector_options = CL_OPTION_SET(options);

enum cl_code cl_connector_attrs_read(struct cl_cli *cli, struct cl_args *args,
                                     const struct cl_attrs_of *of, struct cl_input *ret,
                                     struct cl_map *ret_sources, struct cl_err *err)
{
    const struct cl_connector_type *type = of->type;
    const struct cl_auth_method *method = cl_type_method(type, of->method_id);
    CL_AUTO(cl_buf) struct cl_buf what = CL_BUF(512);

    if (method != NULL) {
        cl_buf_addf(&what, "auth method '%s' of connector type '%s'", method->id, type->id);
    } else {
        cl_buf_addf(&what, "connector type '%s'", type->id);
    }
    CL_TRY(cl_buf_ok(&what, err));
    struct cl_attr_schema schema = {.methods = method != NULL ? method : type->methods,
                                    .method_count = method != NULL ? 1 : type->method_count,
                                    .sources = type->sources,
                                    .source_count = type->source_count,
                                    .what = what.ptr};
    return cl_attr_args_read(cli, args, &schema, ret, ret_sources, err);
}

enum cl_code cl_connector_sources_check(const struct cl_map *sources, bool looks_up,
                                        struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf option = CL_BUF(256);

    if (sources->count == 0 || looks_up)
        return CL_OK;
    for (const char *at = sources->entries[0].key; *at != '\0'; at++) {
        if (*at == '_') {
            cl_buf_add_char(&option, '-');
        } else {
            cl_buf_add_char(&option, *at);
        }
    }
    CL_TRY(cl_buf_ok(&option, err));
    return cl_err_set(err, CL_E_INVALID, "--%s only goes with --auto-configure", option.ptr);
}
