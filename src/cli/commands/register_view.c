#include "cli/commands/register_view.h"

#include "codec/json.h"
#include "core/api_codec.h"

static enum cl_code print_object(struct cl_cli *cli, const struct cl_register_result *result,
                                 bool dry_run, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = json_object();
    CL_AUTO(cl_json) json_t *connector = NULL;
    json_t *resources = NULL;

    if (object == NULL)
        return cl_err_no_memory(err);
    CL_TRY(cl_connector_encode(&result->connector, CL_SECRETS_HIDDEN, &connector, err));
    if (cli->out->settings.format == CL_FORMAT_NAME && cli->out->settings.field == NULL)
        return cl_out_object(cli->out, "service_connector", connector, err);
    CL_TRY(cl_json_put(object, "connector", json_incref(connector), err));
    if (result->verified)
        CL_TRY(cl_resource_list_encode(&result->resources, &resources, err));
    CL_TRY(cl_json_put(object, "resources", result->verified ? resources : json_null(), err));
    if (dry_run)
        CL_TRY(cl_json_put(object, "dry_run", json_true(), err));
    return cl_out_object(cli->out, "service_connector", object, err);
}

/* `sentence` takes the name; the table follows when something was verified. */
static enum cl_code print_table(struct cl_cli *cli, const struct cl_register_result *result,
                                struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;

    CL_TRY(cl_view_resources(&result->resources, &table, err));
    return cl_out_table(cli->out, table, err);
}

/* Some of several resource types may have failed although the connector works. */
static bool lists_something(const struct cl_register_result *result)
{
    for (size_t i = 0; i < result->resources.count; i++) {
        if (result->resources.rows[i].listed || result->resources.rows[i].error.code != CL_OK)
            return true;
    }
    return false;
}

static void warn_all(struct cl_cli *cli, const struct cl_register_result *result)
{
    cl_view_warn(cli, &result->warnings);
    cl_view_warn(cli, &result->resources.warnings);
}

enum cl_code cl_register_print(struct cl_cli *cli, const struct cl_register_result *result,
                               bool dry_run, struct cl_err *err)
{
    const char *name = result->connector.name;
    const char *done = dry_run ? "Nothing was stored: service connector"
                               : "Successfully registered service connector";

    warn_all(cli, result);
    if (cl_out_is_machine(cli->out))
        return print_object(cli, result, dry_run, err);
    if (result->existing)
        return cl_out_say(cli->out, err, "Service connector `%s` exists already.", name);
    if (!result->verified || !lists_something(result))
        return cl_out_say(cli->out, err, "%s `%s`%s.", done, name, dry_run ? " is valid" : "");
    CL_TRY(cl_out_say(cli->out, err, "%s `%s` %s access to the following resources:", done, name,
                      dry_run ? "is valid and has" : "with"));
    return print_table(cli, result, err);
}

enum cl_code cl_update_print(struct cl_cli *cli, const struct cl_register_result *result,
                             struct cl_err *err)
{
    const char *name = result->connector.name;

    warn_all(cli, result);
    if (cl_out_is_machine(cli->out))
        return print_object(cli, result, false, err);
    if (!result->verified || !lists_something(result))
        return cl_out_say(cli->out, err, "Updated service connector `%s`.", name);
    CL_TRY(cl_out_say(
        cli->out, err,
        "Updated service connector `%s`; it has access to the following resources:", name));
    return print_table(cli, result, err);
}
