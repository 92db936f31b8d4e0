#include "cli/commands/component_view.h"

#include "cli/commands/view.h"
#include "codec/json.h"
#include "core/api_codec.h"

const struct cl_component_kind *cl_kind_of(const struct cl_args *args)
{
    for (size_t i = args->depth; i > 0; i--) {
        if (args->path[i - 1]->data != NULL)
            return cl_kind_find(cl_str_of(args->path[i - 1]->data));
    }
    return NULL;
}

void cl_notice_stack(struct cl_cli *cli)
{
    /* There is one stack until stacks can be made. */
    cl_out_notice(cli->out, "Running with active stack: 'default' (global)");
}

static enum cl_code print_object(struct cl_cli *cli,
                                 const struct cl_component_connect_result *result,
                                 struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = NULL;
    json_t *resources = NULL;

    CL_TRY(cl_component_encode(&result->component, &object, err));
    if (result->verified)
        CL_TRY(cl_resource_list_encode(&result->resources, &resources, err));
    CL_TRY(cl_json_put(object, "resources", resources == NULL ? json_null() : resources, err));
    return cl_out_object(cli->out, result->component.kind->id, object, err);
}

enum cl_code cl_connect_print(struct cl_cli *cli, const struct cl_component_connect_result *result,
                              struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    const struct cl_component *component = &result->component;

    if (cl_out_is_machine(cli->out))
        return print_object(cli, result, err);
    if (!result->verified) {
        return cl_out_say(cli->out, err, "Connected %s `%s` to %s through `%s`.",
                          component->kind->title, component->name,
                          component->resource_id == NULL ? "its resource" : component->resource_id,
                          result->connector.name);
    }
    CL_TRY(cl_out_say(cli->out, err, "Successfully connected %s `%s` to the following resources:",
                      component->kind->title, component->name));
    CL_TRY(cl_view_resources_of_many(&result->resources, 1, &table, err));
    return cl_out_table(cli->out, table, err);
}

/* --- describe ------------------------------------------------------------------------------ */

static void add_upper(struct cl_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        char c = *text;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        cl_buf_add_char(out, c);
    }
}

void cl_kind_add_title(const struct cl_component_kind *kind, struct cl_buf *out)
{
    const char first[] = {kind->title[0], '\0'};

    add_upper(out, first);
    cl_buf_add_c(out, kind->title + 1);
}

static enum cl_code say_who(struct cl_cli *cli, const struct cl_component *component,
                            struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf title = CL_BUF(256);

    cl_kind_add_title(component->kind, &title);
    CL_TRY(cl_buf_ok(&title, err));
    return cl_out_say(cli->out, err, "%s '%s': flavor '%s', id '%s', owner '%s'.", title.ptr,
                      component->name, component->flavor->id, component->id,
                      component->owner == NULL ? "-" : component->owner);
}

static enum cl_code print_configuration(struct cl_cli *cli, const struct cl_component *component,
                                        struct cl_err *err)
{
    static const struct cl_column columns[] = {
        {.key = "component_property", .header = "COMPONENT_PROPERTY", .class = CL_COLUMN_NAME},
        {.key = "value", .header = "VALUE", .class = CL_COLUMN_FREE},
    };
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    CL_AUTO(cl_buf) struct cl_buf title = CL_BUF(4096);

    if (component->config.count == 0)
        return cl_out_say(cli->out, err, "No configuration.");
    cl_buf_addf(&title, "'%s' ", component->name);
    add_upper(&title, component->kind->id);
    cl_buf_add_c(&title, " Component Configuration");
    CL_TRY(cl_buf_ok(&title, err));
    CL_TRY(cl_table_new(CL_TABLE_KEY_VALUE, title.ptr, columns, CL_COUNT(columns), &table, err));
    for (size_t i = 0; i < component->config.count; i++) {
        const struct cl_config_entry *entry = &component->config.entries[i];
        CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(512);
        add_upper(&name, entry->name);
        CL_TRY(cl_buf_ok(&name, err));
        cl_table_property(table, name.ptr, cl_str_of(entry->text));
    }
    return cl_out_table(cli->out, table, err);
}

static enum cl_code print_connector(struct cl_cli *cli, const struct cl_component *component,
                                    struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(1024);
    struct cl_str type = cl_str_of(component->connector_type);
    struct cl_str id = cl_str_of(component->resource_id);

    if (component->connector_id[0] == '\0')
        return cl_out_say(cli->out, err, "No service connector.");
    CL_TRY(cl_table_new_properties("Service Connector", &table, err));
    cl_table_property(table, "ID", cl_str_of(component->connector_id));
    cl_table_property(table, "NAME", cl_str_of(component->connector_name));
    cl_view_add_type(&cell, type);
    cl_table_property(table, "TYPE", cl_buf_view(&cell));
    cl_buf_truncate(&cell, 0);
    cl_view_add_resource(&cell, type, cl_str_of(component->flavor->resource_type));
    CL_TRY(cl_buf_ok(&cell, err));
    cl_table_property(table, "RESOURCE TYPE", cl_buf_view(&cell));
    cl_table_property(table, "RESOURCE NAME", id.len > 0 ? id : CL_STR("N/A"));
    return cl_out_table(cli->out, table, err);
}

enum cl_code cl_describe_component(struct cl_cli *cli, const struct cl_component *component,
                                   struct cl_err *err)
{
    CL_TRY(say_who(cli, component, err));
    CL_TRY(print_configuration(cli, component, err));
    CL_TRY(cl_view_labels(cli, component->kind->title, &component->labels, err));
    return print_connector(cli, component, err);
}
