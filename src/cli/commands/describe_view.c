#include "cli/commands/describe_view.h"

#include "base/time.h"
#include "cli/commands/view.h"
#include "codec/json.h"
#include "core/client_kind.h"
#include "core/registry.h"

#define CELL_MAX_BYTES ((size_t)1 << 20U)

/* What both forms show. Texts are borrowed. */
struct shown {
    struct cl_str id;
    struct cl_str name;
    struct cl_str type;
    struct cl_str method;
    const struct cl_strs *resource_types;
    struct cl_str resource_name; /* empty: several */
    struct cl_str secret_id;
    int64_t session_s; /* 0: N/A */
    int64_t expires_at;
    int64_t skew_s;
    bool skew_set;
    struct cl_str owner;
    bool shared;
    int64_t created_at_us;
    int64_t updated_at_us;
    const struct cl_config *config;
    const struct cl_strs *hidden; /* names of secrets whose values were not loaded; NULL: none */
    const struct cl_map *facts;   /* NULL: none */
    const struct cl_map *labels;
    bool reveal;
};

static enum cl_code say_who(struct cl_cli *cli, const struct shown *shown, struct cl_err *err)
{
    struct cl_str owner = shown->owner.len > 0 ? shown->owner : CL_STR("-");

    return cl_out_say(cli->out, err,
                      "Service connector '%.*s' of type '%.*s' with id '%.*s' is owned by user "
                      "'%.*s' and is '%s'.",
                      CL_STR_ARG(shown->name), CL_STR_ARG(shown->type), CL_STR_ARG(shown->id),
                      CL_STR_ARG(owner), shown->shared ? "shared" : "private");
}

/* --- details ------------------------------------------------------------------------------- */

static void add_session(struct cl_buf *cell, const struct shown *shown)
{
    if (shown->session_s > 0) {
        cl_buf_addf(cell, "%llds", (long long)shown->session_s);
    } else {
        cl_buf_add_c(cell, "N/A");
    }
}

/* One property whose value has to be put together; `cell` is used up. */
static void add_property(struct cl_table *table, const char *name, struct cl_buf *cell)
{
    cl_table_property(table, name, cl_buf_view(cell));
    cl_buf_truncate(cell, 0);
}

static void add_what(struct cl_table *table, const struct shown *shown, struct cl_buf *cell)
{
    cl_table_property(table, "ID", shown->id);
    cl_table_property(table, "NAME", shown->name);
    cl_view_add_type(cell, shown->type);
    add_property(table, "TYPE", cell);
    cl_table_property(table, "AUTH METHOD", shown->method);
    cl_view_add_resources(cell, shown->type, shown->resource_types, ", ");
    add_property(table, "RESOURCE TYPES", cell);
    cl_table_property(table, "RESOURCE NAME",
                      shown->resource_name.len > 0 ? shown->resource_name : CL_STR("<multiple>"));
    cl_table_property(table, "SECRET ID", shown->secret_id);
}

static void add_when(struct cl_table *table, const struct shown *shown, int64_t now_at,
                     struct cl_buf *cell)
{
    add_session(cell, shown);
    add_property(table, "SESSION DURATION", cell);
    cl_view_add_expires_in(cell, shown->expires_at, shown->skew_s, now_at, "N/A");
    add_property(table, "EXPIRES IN", cell);
    if (shown->skew_set) {
        cl_buf_add_i64(cell, shown->skew_s);
        add_property(table, "EXPIRES_SKEW_TOLERANCE", cell);
    }
}

static void add_who(struct cl_table *table, const struct shown *shown, struct cl_buf *cell)
{
    cl_table_property(table, "OWNER", shown->owner.len > 0 ? shown->owner : CL_STR("-"));
    cl_table_property(table, "WORKSPACE", CL_STR("default"));
    cl_view_add_bool(cell, shown->shared);
    add_property(table, "SHARED", cell);
    cl_buf_add_timestamp(cell, shown->created_at_us);
    add_property(table, "CREATED_AT", cell);
    cl_buf_add_timestamp(cell, shown->updated_at_us);
    add_property(table, "UPDATED_AT", cell);
}

static enum cl_code print_details(struct cl_cli *cli, const struct shown *shown, struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    CL_AUTO(cl_buf) struct cl_buf title = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(CELL_MAX_BYTES);

    cl_buf_addf(&title, "'%.*s' %.*s Service Connector Details", CL_STR_ARG(shown->name),
                CL_STR_ARG(shown->type));
    CL_TRY(cl_buf_ok(&title, err));
    CL_TRY(cl_table_new_properties(title.ptr, &table, err));
    add_what(table, shown, &cell);
    add_when(table, shown, cl_world_now_s(cli->world), &cell);
    add_who(table, shown, &cell);
    CL_TRY(cl_buf_ok(&cell, err));
    return cl_out_table(cli->out, table, err);
}

/* --- configuration ------------------------------------------------------------------------- */

static void add_secret_value(struct cl_table *table, const struct cl_config_entry *entry,
                             bool reveal)
{
    if (reveal) {
        cl_table_property(table, entry->name, cl_secret_expose(entry->secret));
    } else {
        cl_table_property(table, entry->name, CL_STR("[HIDDEN]"));
    }
}

static enum cl_code add_plain_value(struct cl_table *table, const struct cl_config_entry *entry,
                                    struct cl_err *err)
{
    CL_AUTO(cl_string) char *joined = NULL;

    if (entry->kind != CL_ATTR_LIST) {
        cl_table_property(table, entry->name, cl_str_of(entry->text));
        return CL_OK;
    }
    CL_TRY(cl_strs_join(&entry->list, "\n", &joined, err));
    cl_table_property(table, entry->name, cl_str_of(joined));
    return CL_OK;
}

/* Names in display order: the method's schema, or the kind's list for other tools' values. */
static enum cl_code ordered_names(const struct shown *shown, struct cl_strs *ret,
                                  struct cl_err *err)
{
    const struct cl_client_kind *kind = cl_client_kind_find(shown->type);
    const struct cl_connector_type *type = cl_registry_find(shown->type);
    const struct cl_auth_method *method = type == NULL ? NULL : cl_type_method(type, shown->method);

    for (size_t i = 0; method != NULL && i < method->attr_count; i++)
        CL_TRY(cl_strs_add(ret, cl_str_of(method->attrs[i].name), err));
    for (size_t i = 0; method == NULL && kind != NULL && kind->attrs[i] != NULL; i++)
        CL_TRY(cl_strs_add(ret, cl_str_of(kind->attrs[i]), err));
    for (size_t i = 0; i < shown->config->count; i++) {
        if (!cl_strs_has(ret, cl_str_of(shown->config->entries[i].name)))
            CL_TRY(cl_strs_add(ret, cl_str_of(shown->config->entries[i].name), err));
    }
    for (size_t i = 0; shown->hidden != NULL && i < shown->hidden->count; i++) {
        if (!cl_strs_has(ret, cl_str_of(shown->hidden->items[i])))
            CL_TRY(cl_strs_add(ret, cl_str_of(shown->hidden->items[i]), err));
    }
    return CL_OK;
}

static enum cl_code add_configuration(struct cl_table *table, const struct shown *shown,
                                      struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;

    CL_TRY(ordered_names(shown, &names, err));
    for (size_t i = 0; i < names.count; i++) {
        const struct cl_config_entry *entry = cl_config_find(shown->config, names.items[i]);
        if (entry != NULL && entry->kind != CL_ATTR_SECRET)
            CL_TRY(add_plain_value(table, entry, err));
    }
    for (size_t i = 0; i < names.count; i++) { /* secrets last */
        const struct cl_config_entry *entry = cl_config_find(shown->config, names.items[i]);
        if (entry != NULL && entry->kind == CL_ATTR_SECRET) {
            add_secret_value(table, entry, shown->reveal);
        } else if (entry == NULL && shown->hidden != NULL &&
                   cl_strs_has(shown->hidden, cl_str_of(names.items[i]))) {
            cl_table_property(table, names.items[i], CL_STR("[HIDDEN]"));
        }
    }
    return CL_OK;
}

static enum cl_code print_configuration(struct cl_cli *cli, const struct shown *shown,
                                        struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;

    CL_TRY(cl_table_new_properties("Configuration", &table, err));
    CL_TRY(add_configuration(table, shown, err));
    if (cl_table_rows(table) == 0)
        return cl_out_say(cli->out, err, "No configuration options are set.");
    return cl_out_table(cli->out, table, err);
}

static enum cl_code print(struct cl_cli *cli, const struct shown *shown, struct cl_err *err)
{
    CL_TRY(say_who(cli, shown, err));
    CL_TRY(print_details(cli, shown, err));
    CL_TRY(print_configuration(cli, shown, err));
    if (shown->facts != NULL)
        CL_TRY(cl_view_facts(cli, shown->type, shown->facts, err));
    return cl_view_labels(cli, "service connector", shown->labels, err);
}

/* --- the two forms ------------------------------------------------------------------------- */

enum cl_code cl_describe_connector(struct cl_cli *cli, const struct cl_connector *conn, bool reveal,
                                   struct cl_err *err)
{
    struct shown shown = {
        .id = cl_str_of(conn->id),
        .name = cl_str_of(conn->name),
        .type = cl_str_of(conn->type->id),
        .method = cl_str_of(conn->method->id),
        .resource_types = &conn->resource_types,
        .resource_name = cl_str_of(conn->canonical_id),
        .secret_id = cl_str_of(conn->secret_id),
        .session_s = conn->expiration_seconds,
        .expires_at = conn->expires_at,
        .skew_s = conn->skew_s == CL_SKEW_UNSET ? CL_SKEW_DEFAULT_S : conn->skew_s,
        .skew_set = conn->skew_s != CL_SKEW_UNSET,
        .owner = cl_str_of(conn->owner),
        .shared = conn->shared,
        .created_at_us = conn->created_at_us,
        .updated_at_us = conn->updated_at_us,
        .config = &conn->config,
        .hidden = &conn->secret_names,
        .facts = &conn->facts,
        .labels = &conn->labels,
        .reveal = reveal,
    };

    return print(cli, &shown, err);
}

/* "aws-auto (s3-bucket | s3://zenfiles client)", without an id for types that have one instance. */
static enum cl_code client_name(const struct cl_issue_client_result *result, char **ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(4096);
    const struct cl_issued *issued = &result->issued;
    const struct cl_resource_type *type =
        cl_type_resource(result->connector.type, cl_str_of(issued->resource_type));

    cl_buf_addf(&name, "%s (%s", result->connector.name, issued->resource_type);
    if (type != NULL && type->supports_instances && issued->resource_id != NULL)
        cl_buf_addf(&name, " | %s", issued->resource_id);
    cl_buf_add_c(&name, " client)");
    return cl_buf_take(&name, ret, err);
}

/* The client's own resource type: that of its kind, or what was asked for. */
static const char *client_resource_type(const struct cl_issued *issued)
{
    const struct cl_client_kind *kind = cl_client_kind_find(cl_str_of(issued->connector_type));

    return kind != NULL && kind->resource_type != NULL ? kind->resource_type
                                                       : issued->resource_type;
}

static const char *client_resource_id(const struct cl_issued *issued)
{
    return issued->client_id != NULL ? issued->client_id : issued->resource_id;
}

enum cl_code cl_describe_client(struct cl_cli *cli, const struct cl_issue_client_result *result,
                                bool reveal, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs types = CL_STRS_NONE;
    CL_AUTO(cl_string) char *name = NULL;
    const struct cl_issued *issued = &result->issued;
    int64_t now_us = cli->world->now_us(cli->world->ctx);

    CL_TRY(client_name(result, &name, err));
    CL_TRY(cl_strs_add(&types, cl_str_of(client_resource_type(issued)), err));
    struct shown shown = {
        .id = cl_str_of(result->connector.id),
        .name = cl_str_of(name),
        .type = cl_str_of(issued->connector_type),
        .method = cl_str_of(issued->auth_method),
        .resource_types = &types,
        .resource_name = cl_str_of(client_resource_id(issued)),
        .expires_at = issued->expires_at,
        .owner = cl_str_of(result->connector.owner),
        .shared = result->connector.shared,
        .created_at_us = now_us,
        .updated_at_us = now_us,
        .config = &issued->config,
        .labels = &result->connector.labels,
        .reveal = reveal,
    };
    return print(cli, &shown, err);
}

static enum cl_code put_times(json_t *object, const struct cl_issued *issued, struct cl_err *err)
{
    const struct {
        const char *key;
        int64_t at;
    } times[] = {{"issued_at", issued->issued_at},
                 {"expires_at", issued->expires_at},
                 {"refresh_after", issued->refresh_after}};

    for (size_t i = 0; i < CL_COUNT(times); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(64);
        if (times[i].at == 0) {
            CL_TRY(cl_json_put(object, times[i].key, json_null(), err));
            continue;
        }
        cl_buf_add_rfc3339_us(&text, times[i].at * 1000000);
        CL_TRY(cl_buf_ok(&text, err));
        CL_TRY(cl_json_put(object, times[i].key, json_string(text.ptr), err));
    }
    return CL_OK;
}

static enum cl_code put_identity(json_t *object, const struct cl_issue_client_result *result,
                                 struct cl_err *err)
{
    CL_AUTO(cl_string) char *name = NULL;
    const struct cl_issued *issued = &result->issued;
    const char *resource_id = client_resource_id(issued);

    CL_TRY(client_name(result, &name, err));
    CL_TRY(cl_json_put(object, "id", json_string(result->connector.id), err));
    CL_TRY(cl_json_put(object, "name", json_string(name), err));
    CL_TRY(cl_json_put(object, "connector_type", json_string(issued->connector_type), err));
    CL_TRY(cl_json_put(object, "auth_method", json_string(issued->auth_method), err));
    CL_TRY(
        cl_json_put(object, "resource_types", json_pack("[s]", client_resource_type(issued)), err));
    CL_TRY(cl_json_put(object, "resource_id",
                       resource_id == NULL ? json_null() : json_string(resource_id), err));
    CL_TRY(put_times(object, issued, err));
    return cl_json_put(object, "scope_enforced_by",
                       json_string(issued->provider_scoped ? "provider" : "cleat"), err);
}

enum cl_code cl_client_encode(const struct cl_issue_client_result *result, enum cl_secrets secrets,
                              json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = json_object();
    CL_AUTO(cl_json) json_t *config = NULL;

    if (object == NULL)
        return cl_err_no_memory(err);
    CL_TRY(put_identity(object, result, err));
    CL_TRY(cl_config_encode(&result->issued.config, secrets, &config, err));
    /* configuration, secrets, secrets_hidden: as members of the connector itself */
    if (json_object_update(object, config) != 0)
        return cl_err_no_memory(err);
    CL_TRY(cl_json_put(object, "cached", json_boolean(result->cached), err));
    *ret = CL_MOVE(object);
    return CL_OK;
}
