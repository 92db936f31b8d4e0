#include "bridges/environment.h"

#include "base/alloc.h"
#include "base/time.h"
#include "bridges/environment_kinds.h"
#include "core/client_kind.h"

/* What cl_environment_add_own() sets. */
static const char *const own_names[] = {"CLEAT_CONNECTOR", "CLEAT_RESOURCE_TYPE",
                                        "CLEAT_RESOURCE_ID", "CLEAT_CREDENTIAL_EXPIRATION"};

static void free_variable(struct cl_variable *variable)
{
    cl_free(variable->name);
    cl_free(variable->value);
}

void cl_environment_cleanup(struct cl_environment *environment)
{
    for (size_t i = 0; i < environment->count; i++)
        free_variable(&environment->items[i]);
    cl_free(environment->items);
    cl_free(environment->file.content);
    cl_private_folder_cleanup(&environment->folder);
    *environment = (struct cl_environment){.items = NULL};
}

static enum cl_code append(struct cl_environment *environment, const char *name,
                           struct cl_str value, bool secret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *copy = NULL;
    CL_AUTO(cl_string) char *own_name = NULL;

    CL_TRY(cl_str_dup(value, &copy, err));
    CL_TRY(cl_str_dup(cl_str_of(name), &own_name, err));
    void *grown = cl_array_grow(environment->items, &environment->capacity, environment->count + 1,
                                sizeof(*environment->items));
    if (grown == NULL)
        return cl_err_no_memory(err);
    environment->items = grown;
    environment->items[environment->count++] =
        (struct cl_variable){.name = CL_MOVE(own_name), .value = CL_MOVE(copy), .secret = secret};
    return CL_OK;
}

enum cl_code cl_environment_add(struct cl_environment *environment, const char *name,
                                struct cl_str value, bool secret, struct cl_err *err)
{
    if (value.len == 0)
        return CL_OK;
    if (cl_str_find(value, '\n') < value.len || cl_str_find(value, '\r') < value.len)
        return cl_err_set(err, CL_E_INVALID, "the value for %s contains a line break", name);
    return append(environment, name, value, secret, err);
}

enum cl_code cl_environment_add_time(struct cl_environment *environment, const char *name,
                                     int64_t at, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(64);

    if (at == 0)
        return CL_OK;
    cl_buf_add_rfc3339(&text, at);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_environment_add(environment, name, cl_buf_view(&text), false, err);
}

/* What every child can read about where its credentials come from. */
enum cl_code cl_environment_add_own(struct cl_environment *environment,
                                    const struct cl_issue_client_result *client, struct cl_err *err)
{
    const struct cl_issued *issued = &client->issued;

    CL_TRY(cl_environment_add(environment, "CLEAT_CONNECTOR", cl_str_of(client->connector.name),
                              false, err));
    CL_TRY(cl_environment_add(environment, "CLEAT_RESOURCE_TYPE", cl_str_of(issued->resource_type),
                              false, err));
    CL_TRY(cl_environment_add(environment, "CLEAT_RESOURCE_ID", cl_str_of(issued->resource_id),
                              false, err));
    return cl_environment_add_time(environment, "CLEAT_CREDENTIAL_EXPIRATION", issued->expires_at,
                                   err);
}

static enum cl_code refuse(const char *connector_type, struct cl_err *err)
{
    return cl_err_set(err, CL_E_UNSUPPORTED,
                      "a '%s' credential cannot be handed over in environment variables",
                      connector_type);
}

/* The kind whose credentials are nothing but variables; NULL and the reason when it is none. */
static const struct cl_environment_kind *find_plain(const char *connector_type,
                                                    const char *connector_name, struct cl_err *err)
{
    const struct cl_environment_kind *kind = cl_environment_kind_find(cl_str_of(connector_type));

    bool wants_files = kind != NULL && (kind->add_file != NULL || kind->add_folder != NULL);

    if (kind != NULL && !wants_files && kind->attend == NULL)
        return kind;
    (void)refuse(connector_type, err);
    if (wants_files) {
        (void)cl_err_hint(err, "use cleat exec, which makes the files that the tools want");
    } else if (kind != NULL) {
        (void)cl_err_hint(err, "let the program run under: cleat exec %s -- CMD", connector_name);
    }
    return NULL;
}

static enum cl_code add_row(const struct cl_environment_row *row, const struct cl_issued *issued,
                            struct cl_environment *ret, struct cl_err *err)
{
    if (row->attr == NULL)
        return cl_environment_add_time(ret, row->variable, issued->expires_at, err);
    if (row->secret) {
        return cl_environment_add(ret, row->variable,
                                  cl_secret_expose(cl_config_secret(&issued->config, row->attr)),
                                  true, err);
    }
    return cl_environment_add(ret, row->variable, cl_config_text(&issued->config, row->attr), false,
                              err);
}

static enum cl_code make(const struct cl_environment_kind *kind,
                         const struct cl_issue_client_result *client, struct cl_environment *ret,
                         struct cl_err *err)
{
    ret->removed = kind->removed;
    for (size_t i = 0; i < kind->row_count; i++)
        CL_TRY(add_row(&kind->rows[i], &client->issued, ret, err));
    return cl_environment_add_own(ret, client, err);
}

enum cl_code cl_environment_make(const struct cl_issue_client_result *client,
                                 struct cl_environment *ret, struct cl_err *err)
{
    const struct cl_environment_kind *kind =
        find_plain(client->issued.connector_type, client->connector.name, err);

    return kind != NULL ? make(kind, client, ret, err) : err->code;
}

enum cl_code cl_environment_names(const struct cl_connector *conn, struct cl_str resource_type,
                                  struct cl_environment *ret, struct cl_err *err)
{
    const struct cl_resource_type *only = cl_connector_single_type(conn);

    if (resource_type.len == 0 && only != NULL)
        resource_type = cl_str_of(only->id);
    const struct cl_client_kind *issued =
        cl_client_kind_issued(cl_str_of(conn->type->id), resource_type);
    const struct cl_environment_kind *kind =
        find_plain(issued != NULL ? issued->connector_type : conn->type->id, conn->name, err);
    if (kind == NULL)
        return err->code;
    for (size_t i = 0; i < kind->row_count; i++) {
        const struct cl_environment_row *row = &kind->rows[i];
        if (!row->if_stored || cl_config_text(&conn->config, row->attr).len > 0)
            CL_TRY(append(ret, row->variable, CL_STR_NONE, row->secret, err));
    }
    for (size_t i = 0; i < CL_COUNT(own_names); i++)
        CL_TRY(append(ret, own_names[i], CL_STR_NONE, false, err));
    return CL_OK;
}

enum cl_code cl_environment_make_with_file(const struct cl_call *call,
                                           const struct cl_issue_client_result *client,
                                           struct cl_environment *ret, struct cl_err *err)
{
    const struct cl_environment_kind *kind =
        cl_environment_kind_find(cl_str_of(client->issued.connector_type));

    if (kind == NULL)
        return refuse(client->issued.connector_type, err);
    if (kind->add_file != NULL)
        CL_TRY(kind->add_file(call, client, &ret->file, err));
    if (kind->add_folder != NULL)
        CL_TRY(kind->add_folder(call, client, &ret->folder, err));
    return make(kind, client, ret, err);
}

enum cl_code cl_environment_add_path(struct cl_environment *environment, const char *path,
                                     struct cl_err *err)
{
    return cl_environment_add(environment, environment->file.variable, cl_str_of(path), false, err);
}

enum cl_code cl_environment_add_folder(struct cl_environment *environment, const char *path,
                                       struct cl_err *err)
{
    const struct cl_private_folder *folder = &environment->folder;

    CL_TRY(cl_environment_add(environment, folder->variable, cl_str_of(path), false, err));
    for (size_t i = 0; i < folder->count; i++) {
        CL_AUTO(cl_buf) struct cl_buf inside = CL_BUF(4096);
        if (folder->items[i].variable == NULL)
            continue;
        cl_buf_addf(&inside, "%s/%s", path, folder->items[i].name);
        CL_TRY(cl_buf_ok(&inside, err));
        CL_TRY(cl_environment_add(environment, folder->items[i].variable, cl_buf_view(&inside),
                                  false, err));
    }
    return CL_OK;
}

void cl_environment_only(struct cl_environment *environment, const struct cl_strs *names)
{
    size_t kept = 0;

    for (size_t i = 0; i < environment->count; i++) {
        if (cl_strs_has(names, cl_str_of(environment->items[i].name))) {
            environment->items[kept++] = environment->items[i];
        } else {
            free_variable(&environment->items[i]);
        }
    }
    environment->count = kept;
}

enum cl_code cl_environment_prefix(struct cl_environment *environment, struct cl_str prefix,
                                   struct cl_err *err)
{
    for (size_t i = 0; i < environment->count; i++) {
        CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(4096);
        char *longer = NULL;

        cl_buf_add(&name, prefix);
        cl_buf_add_c(&name, environment->items[i].name);
        CL_TRY(cl_buf_take(&name, &longer, err));
        cl_free(environment->items[i].name);
        environment->items[i].name = longer;
    }
    return CL_OK;
}

bool cl_environment_removes(const struct cl_environment *environment, struct cl_str name)
{
    for (const char *const *at = environment->removed; at != NULL && *at != NULL; at++) {
        struct cl_str pattern = cl_str_of(*at);
        bool prefix = cl_str_ends(pattern, CL_STR("*"));
        if (prefix && cl_str_starts(name, cl_str_first(pattern, pattern.len - 1)))
            return true;
        if (!prefix && cl_str_eq(name, pattern))
            return true;
    }
    return false;
}

/* CLEAT_ variables of an outer run must not survive in an inner one. */
static bool is_replaced(const struct cl_environment *environment, struct cl_str name)
{
    for (size_t i = 0; i < environment->count; i++) {
        if (cl_str_eq_c(name, environment->items[i].name))
            return true;
    }
    for (size_t i = 0; i < CL_COUNT(own_names); i++) {
        if (cl_str_eq_c(name, own_names[i]))
            return true;
    }
    return false;
}

static size_t count_of(char *const *block)
{
    size_t count = 0;

    while (block[count] != NULL)
        count++;
    return count;
}

static enum cl_code keep_inherited(const struct cl_environment *environment, const char *line,
                                   char **slot, struct cl_err *err)
{
    struct cl_str name = CL_STR_NONE;
    struct cl_str value = CL_STR_NONE;

    (void)cl_str_cut(cl_str_of(line), '=', &name, &value);
    if (cl_environment_removes(environment, name) || is_replaced(environment, name))
        return CL_OK;
    return cl_str_dup(cl_str_of(line), slot, err);
}

static enum cl_code add_new(const struct cl_variable *variable, char **slot, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF_SECRET((size_t)1 << 20U);

    cl_buf_add_c(&line, variable->name);
    cl_buf_add_char(&line, '=');
    cl_buf_add_c(&line, variable->value);
    return cl_buf_take(&line, slot, err);
}

static enum cl_code fill(const struct cl_environment *environment, char *const *inherited,
                         char **block, struct cl_err *err)
{
    size_t used = 0;

    for (; *inherited != NULL; inherited++) {
        CL_TRY(keep_inherited(environment, *inherited, &block[used], err));
        used += block[used] != NULL;
    }
    for (size_t i = 0; i < environment->count; i++)
        CL_TRY(add_new(&environment->items[i], &block[used++], err));
    return CL_OK;
}

enum cl_code cl_environment_block(const struct cl_environment *environment, char *const *inherited,
                                  char ***ret, struct cl_err *err)
{
    char **block = cl_array_alloc(count_of(inherited) + environment->count + 1, sizeof(*block));

    if (block == NULL)
        return cl_err_no_memory(err);
    enum cl_code code = fill(environment, inherited, block, err);
    if (code != CL_OK) {
        cl_environment_free_block(block);
        return code;
    }
    *ret = block;
    return CL_OK;
}

void cl_environment_free_block(char **block)
{
    for (size_t i = 0; block != NULL && block[i] != NULL; i++)
        cl_free(block[i]);
    cl_free(block);
}
