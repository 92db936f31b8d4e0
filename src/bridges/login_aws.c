#include "bridges/login.h"

#include "base/time.h"
#include "codec/ini.h"
#include "codec/shellwords.h"
#include "interop/aws_profiles.h"
#include "interop/ini_edit.h"

/*
 * A profile of the AWS CLI and SDKs. By default it stands in the config file and names Cleat as
 * its credential_process; a static copy stands in the credentials file.
 */

#define SHORT_ID 8
#define LOCK_WAIT_MS 10000

/* --- names --------------------------------------------------------------------------------- */

static enum cl_code check_name(struct cl_str name, struct cl_err *err)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c < 0x20 || c == 0x7F || c == ']' || c == '[' || c == '"' || c == '\'') {
            return cl_err_set(
                err, CL_E_INVALID,
                "a profile name cannot contain brackets, quotes or control characters");
        }
    }
    if (name.len == 0 || cl_str_trim(name).len != name.len)
        return cl_err_set(err, CL_E_INVALID, "a profile name cannot be empty or end with a blank");
    return CL_OK;
}

/* cleat-{8} for the generic resource, cleat-{8}-{bucket} for a bucket. */
static enum cl_code profile_name(const struct cl_login_request *request, char **ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(512);
    const struct cl_issued *issued = &request->client->issued;
    struct cl_str id = cl_str_of(issued->resource_id);

    if (request->profile != NULL) {
        cl_buf_add_c(&name, request->profile);
    } else {
        cl_buf_addf(&name, "cleat-%.*s", SHORT_ID, request->client->connector.id);
        if (cl_str_starts(id, CL_STR("s3://")))
            cl_buf_addf(&name, "-%.*s", CL_STR_ARG(cl_str_skip(id, 5)));
    }
    CL_TRY(cl_buf_ok(&name, err));
    CL_TRY(check_name(cl_buf_view(&name), err));
    return cl_buf_take(&name, ret, err);
}

/* [profile NAME] in the config file, quoted when it has blanks; [NAME] in the other one. */
static void add_header(struct cl_buf *header, const struct cl_login_request *request,
                       const char *name)
{
    bool blanks = strchr(name, ' ') != NULL;

    if (!request->static_copy && strcmp(name, "default") != 0) {
        cl_buf_addf(header, blanks ? "profile \"%s\"" : "profile %s", name);
    } else {
        cl_buf_add_c(header, name);
    }
}

/* --- section ------------------------------------------------------------------------------- */

static void add_setting(struct cl_buf *section, const char *key, struct cl_str value)
{
    if (value.len > 0)
        cl_buf_addf(section, "%s = %.*s\n", key, CL_STR_ARG(value));
}

/* `cleat credential-process ID -r TYPE -ri RESOURCE`, split again by the SDK without a shell. */
static enum cl_code add_process(const struct cl_call *call, const struct cl_login_request *request,
                                struct cl_buf *section, struct cl_err *err)
{
    CL_AUTO(cl_string) char *program = NULL;
    const struct cl_issued *issued = &request->client->issued;
    const struct cl_resource_type *type =
        cl_type_resource(request->client->connector.type, cl_str_of(issued->resource_type));

    CL_TRY(call->world->program_path(call->world->ctx, &program, err));
    cl_buf_add_c(section, "credential_process = ");
    cl_buf_add_shell_word(section, cl_str_of(program));
    cl_buf_addf(section, " credential-process %s -r %s", request->client->connector.id,
                issued->resource_type);
    if (type != NULL && type->supports_instances) {
        cl_buf_add_c(section, " -ri ");
        cl_buf_add_shell_word(section, cl_str_of(issued->resource_id));
    }
    if (issued->long_lived)
        cl_buf_add_c(section, " --allow-long-lived");
    cl_buf_add_c(section, "\n");
    return CL_OK;
}

static void add_endpoint(const struct cl_config *config, struct cl_buf *section)
{
    struct cl_str endpoint = cl_config_text(config, "endpoint_url");

    add_setting(section, "endpoint_url", endpoint);
    if (endpoint.len > 0)
        cl_buf_add_c(section, "s3 =\n  addressing_style = path\n");
}

static void add_keys(const struct cl_issued *issued, struct cl_buf *section)
{
    const struct cl_config *config = &issued->config;

    add_setting(section, "aws_access_key_id",
                cl_secret_expose(cl_config_secret(config, "aws_access_key_id")));
    add_setting(section, "aws_secret_access_key",
                cl_secret_expose(cl_config_secret(config, "aws_secret_access_key")));
    add_setting(section, "aws_session_token",
                cl_secret_expose(cl_config_secret(config, "aws_session_token")));
}

static enum cl_code add_section(const struct cl_call *call, const struct cl_login_request *request,
                                struct cl_str header, struct cl_buf *section, struct cl_err *err)
{
    const struct cl_issued *issued = &request->client->issued;

    cl_buf_add_c(section, CL_INI_MARKER "\n");
    if (request->static_copy && issued->expires_at != 0) {
        cl_buf_add_c(section, "# expires ");
        cl_buf_add_rfc3339(section, issued->expires_at);
        cl_buf_add_c(section, "\n");
    }
    cl_buf_addf(section, "[%.*s]\n", CL_STR_ARG(header));
    add_setting(section, "region", cl_config_text(&issued->config, "region"));
    if (request->static_copy) {
        add_keys(issued, section);
    } else {
        CL_TRY(add_process(call, request, section, err));
    }
    add_endpoint(&issued->config, section);
    return cl_buf_ok(section, err);
}

/* --- file ---------------------------------------------------------------------------------- */

static enum cl_code parent_of(const char *path, struct cl_buf *ret, struct cl_err *err)
{
    const char *slash = strrchr(path, '/');

    cl_buf_add(ret, slash == NULL || slash == path ? CL_STR(".")
                                                   : cl_str_make(path, (size_t)(slash - path)));
    return cl_buf_ok(ret, err);
}

static enum cl_code as_config_error(const char *path, struct cl_err *err)
{
    if (err->code != CL_E_CONFLICT && err->code != CL_E_NOT_FOUND)
        err->code = CL_E_LOCAL_CONFIG;
    if (err->code == CL_E_CONFLICT)
        (void)cl_err_hint(err, "pass --overwrite to replace it, or --profile NAME for another one");
    return cl_err_wrap(err, "%s", path);
}

/* Reads, edits and replaces, while nobody else who locks does. */
static enum cl_code edit_file(const struct cl_world *world, const char *path,
                              const struct cl_ini_edit *wanted, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf before = CL_BUF_SECRET(CL_INI_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf after = CL_BUF_SECRET(2 * CL_INI_MAX_BYTES);
    struct cl_ini_edit edit = *wanted;
    struct cl_err absent = CL_ERR_NONE;

    if (world->read_file(world->ctx, path, &before, &absent) != CL_OK &&
        absent.code != CL_E_NOT_FOUND) {
        *err = absent;
        return absent.code;
    }
    edit.text = cl_buf_view(&before);
    CL_TRY(cl_ini_edit(&edit, &after, err));
    return world->replace_file(world->ctx, path, cl_buf_view(&after), 0600, err);
}

static enum cl_code edit_locked(const struct cl_call *call, const char *path,
                                const struct cl_ini_edit *edit, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf folder = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf lock_path = CL_BUF(4096);
    const struct cl_world *world = call->world;
    struct cl_call patience = cl_call_within(call, LOCK_WAIT_MS);
    int lock = -1;

    CL_TRY(parent_of(path, &folder, err));
    CL_TRY(world->make_dir(world->ctx, folder.ptr, 0700, err));
    cl_buf_addf(&lock_path, "%s.lock", path);
    CL_TRY(cl_buf_ok(&lock_path, err));
    CL_TRY(world->lock_file(world->ctx, lock_path.ptr, patience.deadline_ms, &lock, err));
    enum cl_code code = edit_file(world, path, edit, err);
    world->unlock_file(world->ctx, lock);
    return code;
}

static enum cl_code write_entry(const struct cl_call *call, const struct cl_login_request *request,
                                struct cl_login_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf header = CL_BUF(1024);
    CL_AUTO(cl_buf) struct cl_buf section = CL_BUF_SECRET((size_t)64 * 1024);

    add_header(&header, request, ret->entry);
    CL_TRY(cl_buf_ok(&header, err));
    if (!request->logout)
        CL_TRY(add_section(call, request, cl_buf_view(&header), &section, err));
    struct cl_ini_edit edit = {.header = cl_buf_view(&header),
                               .section = cl_buf_view(&section),
                               .overwrite = request->overwrite};
    if (edit_locked(call, ret->path, &edit, err) != CL_OK)
        return as_config_error(ret->path, err);
    return CL_OK;
}

enum cl_code cl_login_aws(const struct cl_call *call, const struct cl_login_request *request,
                          struct cl_login_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf notice = CL_BUF(1024);

    CL_TRY(profile_name(request, &ret->entry, err));
    if (request->static_copy) {
        CL_TRY(cl_aws_credentials_path(call->world, &ret->path, err));
    } else {
        CL_TRY(cl_aws_config_path(call->world, &ret->path, err));
    }
    CL_TRY(write_entry(call, request, ret, err));
    cl_buf_addf(&notice,
                request->logout ? "Removed local AWS profile '%s'."
                                : "Configured local AWS profile '%s'.",
                ret->entry);
    return cl_buf_take(&notice, &ret->notice, err);
}
