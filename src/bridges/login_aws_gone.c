#include "bridges/login_aws_gone.h"

#include "bridges/ini_file.h"
#include "bridges/tool_file.h"
#include "codec/ini.h"
#include "interop/aws_profiles.h"

#define NOTICE_MAX_BYTES ((size_t)64 * 1024)

/* --- comments ------------------------------------------------------------------------------ */

#define CONNECTOR_LINE "# connector "
#define RESOURCE_LINE "# resource "

static enum cl_code add_line(struct cl_buf *section, const char *start, const char *first,
                             const char *second, struct cl_err *err)
{
    size_t before = section->len;

    cl_buf_addf(section, "%s%s %s", start, first, second == NULL ? "" : second);
    CL_TRY(cl_buf_ok(section, err));
    struct cl_str line = cl_str_skip(cl_buf_view(section), before);
    if (cl_str_find(line, '\n') < line.len || cl_str_find(line, '\r') < line.len) {
        cl_buf_truncate(section, before);
        return cl_err_set(err, CL_E_INVALID, "the name of a resource contains a line break");
    }
    cl_buf_add_char(section, '\n');
    return cl_buf_ok(section, err);
}

enum cl_code cl_aws_add_origin(const struct cl_issue_client_result *client, struct cl_buf *section,
                               struct cl_err *err)
{
    CL_TRY(add_line(section, CONNECTOR_LINE, client->connector.id, client->connector.name, err));
    return add_line(section, RESOURCE_LINE, client->issued.resource_type,
                    client->issued.resource_id, err);
}

/* What stands behind `start` in the comments: a word and the rest of the line. */
static void read_line(struct cl_str comments, const char *start, struct cl_str *ret_word,
                      struct cl_str *ret_rest)
{
    struct cl_str line = CL_STR_NONE;

    *ret_word = CL_STR_NONE;
    *ret_rest = CL_STR_NONE;
    while (comments.len > 0) {
        (void)cl_str_cut(comments, '\n', &line, &comments);
        if (!cl_str_starts(line, cl_str_of(start)))
            continue;
        line = cl_str_trim(cl_str_skip(line, strlen(start)));
        (void)cl_str_cut(line, ' ', ret_word, ret_rest);
    }
}

/* --- which profiles ------------------------------------------------------------------------ */

static bool is_connectors(const struct cl_connector *conn, struct cl_str comments)
{
    struct cl_str id = CL_STR_NONE;
    struct cl_str name = CL_STR_NONE;

    read_line(comments, CONNECTOR_LINE, &id, &name);
    return conn->id[0] != '\0' ? cl_str_eq_c(id, conn->id)
                               : name.len > 0 && cl_str_eq_c(name, conn->name);
}

/* A bucket may be called by its mere name. */
static bool is_resources(const struct cl_issued *issued, struct cl_str comments)
{
    struct cl_str wanted = cl_str_of(issued->resource_id);
    struct cl_str type = CL_STR_NONE;
    struct cl_str id = CL_STR_NONE;

    read_line(comments, RESOURCE_LINE, &type, &id);
    if (issued->resource_type != NULL && !cl_str_eq_c(type, issued->resource_type))
        return false;
    return wanted.len == 0 || cl_str_eq(id, wanted) ||
           (cl_str_starts(id, CL_STR("s3://")) && cl_str_eq(cl_str_skip(id, 5), wanted));
}

/* "profile NAME", "profile \"NAME\"", "NAME" */
static struct cl_str profile_of(struct cl_str header)
{
    if (cl_str_starts(header, CL_STR("profile ")))
        header = cl_str_trim(cl_str_skip(header, strlen("profile ")));
    if (header.len > 1 && cl_str_starts(header, CL_STR("\"")) && cl_str_ends(header, CL_STR("\"")))
        header = cl_str_make(header.ptr + 1, header.len - 2);
    return header;
}

static bool is_wanted(void *ctx, struct cl_str header, struct cl_str comments)
{
    const struct cl_login_request *request = ctx;
    const struct cl_issue_client_result *client = request->client;

    if (request->profile != NULL && !cl_str_eq_c(profile_of(header), request->profile))
        return false;
    return is_connectors(&client->connector, comments) && is_resources(&client->issued, comments);
}

/* --- taking them away ---------------------------------------------------------------------- */

static enum cl_code find(const struct cl_world *world, const char *path,
                         const struct cl_login_request *request, struct cl_strs *ret,
                         struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_INI_MAX_BYTES);
    struct cl_login_request wanted = *request;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, path, &text, &why);

    if (code == CL_E_NOT_FOUND)
        return CL_OK;
    if (code == CL_OK)
        code = cl_ini_find_ours(cl_buf_view(&text), is_wanted, &wanted, ret, &why);
    return code == CL_OK ? CL_OK : cl_tool_file_refuse(path, &why, err);
}

static enum cl_code tell(const char *path, struct cl_str profile, struct cl_login_result *ret,
                         struct cl_buf *notice, struct cl_err *err)
{
    cl_buf_addf(notice, "%sRemoved local AWS profile '%.*s'.", notice->len == 0 ? "" : "\n",
                CL_STR_ARG(profile));
    CL_TRY(cl_buf_ok(notice, err));
    if (ret->entry != NULL)
        return CL_OK;
    CL_TRY(cl_str_dup(profile, &ret->entry, err));
    return cl_str_dup(cl_str_of(path), &ret->path, err);
}

static enum cl_code take_from(const struct cl_call *call, const char *path,
                              const struct cl_login_request *request, struct cl_login_result *ret,
                              struct cl_buf *notice, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs headers = CL_STRS_NONE;

    CL_TRY(find(call->world, path, request, &headers, err));
    for (size_t i = 0; i < headers.count; i++) {
        struct cl_ini_edit edit = {.header = cl_str_of(headers.items[i])};
        CL_TRY(cl_ini_file_edit(call, path, &edit, err));
        CL_TRY(tell(path, profile_of(edit.header), ret, notice, err));
    }
    return CL_OK;
}

enum cl_code cl_log_out_gone_aws(const struct cl_call *call, const struct cl_login_request *request,
                                 struct cl_login_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf notice = CL_BUF(NOTICE_MAX_BYTES);
    CL_AUTO(cl_string) char *config = NULL;
    CL_AUTO(cl_string) char *credentials = NULL;

    CL_TRY(cl_aws_config_path(call->world, &config, err));
    CL_TRY(cl_aws_credentials_path(call->world, &credentials, err));
    CL_TRY(take_from(call, config, request, ret, &notice, err));
    CL_TRY(take_from(call, credentials, request, ret, &notice, err));
    if (notice.len == 0) {
        return cl_err_set(err, CL_E_NOT_FOUND, "no AWS profile of connector '%s' is there",
                          request->client->connector.name);
    }
    return cl_buf_take(&notice, &ret->notice, err);
}
