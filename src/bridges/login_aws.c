#include "bridges/login.h"

#include "base/time.h"
#include "bridges/call_back.h"
#include "bridges/ini_file.h"
#include "bridges/login_aws_gone.h"
#include "codec/shellwords.h"
#include "interop/aws_profiles.h"

/*
 * A profile of the AWS CLI and SDKs. By default it stands in the config file and names Cleat as
 * its credential_process; a static copy stands in the credentials file.
 */

#define SHORT_ID 8
#define SECTION_MAX_BYTES ((size_t)64 * 1024)

/* --- names --------------------------------------------------------------------------------- */

static enum cl_code check_name(struct cl_str name, struct cl_err *err)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c < 0x20 || c == 0x7F || strchr("[]\"'\\", c) != NULL) {
            return cl_err_set(err, CL_E_INVALID,
                              "a profile name cannot contain brackets, quotes, backslashes or "
                              "control characters");
        }
    }
    if (name.len == 0 || cl_str_trim(name).len != name.len) {
        return cl_err_set(err, CL_E_INVALID,
                          "a profile name cannot be empty, or begin or end with a blank");
    }
    if (cl_str_eq_c(name, "DEFAULT")) {
        return cl_err_set(err, CL_E_INVALID,
                          "a profile cannot be called DEFAULT: other tools add its settings to "
                          "every profile");
    }
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

/* --- places -------------------------------------------------------------------------------- */

/* One of the two files, and how the profile is headed there. */
struct place {
    char *path; /* owned */
    struct cl_buf header;
    struct cl_ini_edit edit; /* borrows the header; without a section it removes */
};

static void place_cleanup(struct place *place)
{
    cl_string_cleanup(&place->path);
    cl_buf_cleanup(&place->header);
}

/* [profile NAME] in the config file, quoted when it has blanks; [NAME] in the other one. */
static void add_header(struct cl_buf *header, enum cl_aws_file file, const char *name)
{
    bool blanks = strchr(name, ' ') != NULL;

    if (file == CL_AWS_CONFIG && strcmp(name, "default") != 0) {
        cl_buf_addf(header, blanks ? "profile \"%s\"" : "profile %s", name);
    } else {
        cl_buf_add_c(header, name);
    }
}

static enum cl_code find_place(const struct cl_world *world, enum cl_aws_file file,
                               const char *name, struct place *ret, struct cl_err *err)
{
    ret->header = (struct cl_buf)CL_BUF(1024);
    add_header(&ret->header, file, name);
    CL_TRY(cl_buf_ok(&ret->header, err));
    ret->edit = (struct cl_ini_edit){.header = cl_buf_view(&ret->header)};
    if (file == CL_AWS_CREDENTIALS)
        return cl_aws_credentials_path(world, &ret->path, err);
    ret->edit.same = cl_aws_config_same_profile;
    return cl_aws_config_path(world, &ret->path, err);
}

/* --- section ------------------------------------------------------------------------------- */

static enum cl_code check_line(const char *what, struct cl_str value, struct cl_err *err)
{
    if (cl_str_find(value, '\n') < value.len || cl_str_find(value, '\r') < value.len)
        return cl_err_set(err, CL_E_INVALID, "%s contains a line break", what);
    return CL_OK;
}

static enum cl_code add_setting(struct cl_buf *section, const char *key, struct cl_str value,
                                struct cl_err *err)
{
    CL_TRY(check_line(key, value, err));
    if (value.len > 0)
        cl_buf_addf(section, "%s = %.*s\n", key, CL_STR_ARG(value));
    return CL_OK;
}

static enum cl_code add_word(struct cl_buf *section, const char *word, struct cl_err *err)
{
    CL_TRY(check_line("the call of cleat", cl_str_of(word), err));
    cl_buf_add_char(section, ' ');
    cl_buf_add_shell_word(section, cl_str_of(word));
    return CL_OK;
}

/* env(1), as the SDKs start a program and not a shell's line. */
static enum cl_code add_variables(const struct cl_map *variables, struct cl_buf *section,
                                  struct cl_err *err)
{
    if (variables->count > 0)
        CL_TRY(add_word(section, "/usr/bin/env", err));
    for (size_t i = 0; i < variables->count; i++) {
        CL_AUTO(cl_buf) struct cl_buf word = CL_BUF(SECTION_MAX_BYTES);
        cl_buf_addf(&word, "%s=%s", variables->entries[i].key, variables->entries[i].value);
        CL_TRY(cl_buf_ok(&word, err));
        CL_TRY(add_word(section, word.ptr, err));
    }
    return CL_OK;
}

/* `cleat credential-process ID -r TYPE -ri RESOURCE`, split again by the SDK without a shell. */
static enum cl_code add_process(const struct cl_call *call, const struct cl_login_request *request,
                                struct cl_buf *section, struct cl_err *err)
{
    CL_AUTO(cl_call_back) struct cl_call_back back = {.program = NULL};

    CL_TRY(cl_call_back_make(call, request->client, "credential-process", &back, err));
    cl_buf_add_c(section, "credential_process =");
    CL_TRY(add_variables(&back.environment, section, err));
    CL_TRY(add_word(section, back.program, err));
    for (size_t i = 0; i < back.words.count; i++)
        CL_TRY(add_word(section, back.words.items[i], err));
    cl_buf_add_c(section, "\n");
    return CL_OK;
}

static enum cl_code add_keys(const struct cl_issued *issued, struct cl_buf *section,
                             struct cl_err *err)
{
    static const char *const keys[] = {"aws_access_key_id", "aws_secret_access_key",
                                       "aws_session_token"};

    for (size_t i = 0; i < CL_COUNT(keys); i++) {
        CL_TRY(add_setting(section, keys[i],
                           cl_secret_expose(cl_config_secret(&issued->config, keys[i])), err));
    }
    return CL_OK;
}

/* A profile has one address for all services: that of S3 where only a bucket is at stake. */
static enum cl_code find_endpoint(const struct cl_issued *issued, struct cl_str *ret,
                                  struct cl_err *err)
{
    static const char *const others[] = {"sts_endpoint_url", "s3_endpoint_url", "eks_endpoint_url",
                                         "ecr_endpoint_url"};
    struct cl_str of_s3 = cl_config_text(&issued->config, "s3_endpoint_url");

    *ret = cl_config_text(&issued->config, "endpoint_url");
    if (strcmp(issued->resource_type, "s3-bucket") == 0) {
        *ret = of_s3.len > 0 ? of_s3 : *ret;
        return CL_OK;
    }
    for (size_t i = 0; i < CL_COUNT(others); i++) {
        if (cl_config_text(&issued->config, others[i]).len == 0)
            continue;
        (void)cl_err_set(err, CL_E_UNSUPPORTED, "a profile cannot carry the connector's %s",
                         others[i]);
        return cl_err_hint(err, "use cleat exec or cleat env, or choose a bucket");
    }
    return CL_OK;
}

static enum cl_code add_endpoint(const struct cl_issued *issued, struct cl_buf *section,
                                 struct cl_err *err)
{
    struct cl_str style = cl_config_text(&issued->config, "s3_addressing_style");
    struct cl_str endpoint = CL_STR_NONE;

    CL_TRY(find_endpoint(issued, &endpoint, err));
    CL_TRY(add_setting(section, "endpoint_url", endpoint, err));
    if (style.len == 0 && endpoint.len > 0)
        style = CL_STR("path"); /* a host of one's own rarely has names for buckets */
    if (style.len == 0)
        return CL_OK;
    cl_buf_add_c(section, "s3 =\n  ");
    return add_setting(section, "addressing_style", style, err);
}

static enum cl_code add_section(const struct cl_call *call, const struct cl_login_request *request,
                                struct cl_str header, struct cl_buf *section, struct cl_err *err)
{
    const struct cl_issued *issued = &request->client->issued;

    cl_buf_add_c(section, CL_INI_MARKER "\n");
    CL_TRY(cl_aws_add_origin(request->client, section, err));
    if (request->static_copy && issued->expires_at != 0) {
        cl_buf_add_c(section, "# expires ");
        cl_buf_add_rfc3339(section, issued->expires_at);
        cl_buf_add_c(section, "\n");
    }
    cl_buf_addf(section, "[%.*s]\n", CL_STR_ARG(header));
    CL_TRY(add_setting(section, "region", cl_config_text(&issued->config, "region"), err));
    if (request->static_copy) {
        CL_TRY(add_keys(issued, section, err));
    } else {
        CL_TRY(add_process(call, request, section, err));
    }
    CL_TRY(add_endpoint(issued, section, err));
    return cl_buf_ok(section, err);
}

/* --- login --------------------------------------------------------------------------------- */

/* The SDKs would use the keys in the credentials file and never ask. */
static enum cl_code refuse_keys(const struct cl_world *world, const struct place *place,
                                const char *name, struct cl_err *err)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = NULL;

    CL_TRY(cl_aws_profiles_load(world, &profiles, err));
    if (cl_aws_profile_get_in(profiles, CL_AWS_CREDENTIALS, cl_str_of(name), "aws_access_key_id")
            .len == 0)
        return CL_OK;
    (void)cl_err_set(err, CL_E_CONFLICT,
                     "%s: profile '%s' has keys of its own, which the AWS tools would use instead",
                     place->path, name);
    return cl_err_hint(err, "remove them, or pass --profile NAME for another profile");
}

/* A profile has one entry: ours in the other file has to go, somebody's is left alone. */
static enum cl_code look_at_other(const struct cl_world *world, const struct place *other,
                                  const struct cl_login_request *request, const char *name,
                                  bool *ret_goes, struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_ini_file_try(world, other->path, &other->edit, &why);

    *ret_goes = code == CL_OK;
    if (code == CL_E_CONFLICT && !request->static_copy)
        return refuse_keys(world, other, name, err);
    if (code == CL_OK || code == CL_E_NOT_FOUND || code == CL_E_CONFLICT)
        return CL_OK;
    *err = why;
    return code;
}

static enum cl_code write_entry(const struct cl_call *call, const struct cl_login_request *request,
                                struct cl_login_result *ret, struct cl_err *err)
{
    CL_AUTO(place) struct place own = {.path = NULL};
    CL_AUTO(place) struct place other = {.path = NULL};
    CL_AUTO(cl_buf) struct cl_buf section = CL_BUF_SECRET(SECTION_MAX_BYTES);
    bool copies = request->static_copy;
    bool other_goes = false;

    CL_TRY(find_place(call->world, copies ? CL_AWS_CREDENTIALS : CL_AWS_CONFIG, ret->entry, &own,
                      err));
    CL_TRY(find_place(call->world, copies ? CL_AWS_CONFIG : CL_AWS_CREDENTIALS, ret->entry, &other,
                      err));
    CL_TRY(add_section(call, request, own.edit.header, &section, err));
    own.edit.section = cl_buf_view(&section);
    own.edit.overwrite = request->overwrite;
    CL_TRY(look_at_other(call->world, &other, request, ret->entry, &other_goes, err));
    if (cl_ini_file_edit(call, own.path, &own.edit, err) != CL_OK) {
        if (err->code == CL_E_CONFLICT) {
            (void)cl_err_hint(
                err, "pass --overwrite to replace it, or --profile NAME for another profile");
        }
        return err->code;
    }
    if (other_goes)
        CL_TRY(cl_ini_file_edit(call, other.path, &other.edit, err));
    ret->path = CL_MOVE(own.path);
    return CL_OK;
}

/* --- logout -------------------------------------------------------------------------------- */

static bool is_absent(enum cl_code code)
{
    return code == CL_E_NOT_FOUND || code == CL_E_CONFLICT;
}

/* Takes the entry out of the file; what was not ours is remembered, should nothing be. */
static enum cl_code take_from(const struct cl_call *call, enum cl_aws_file file,
                              struct cl_login_result *ret, struct cl_err *ret_why,
                              struct cl_err *err)
{
    CL_AUTO(place) struct place place = {.path = NULL};
    struct cl_err why = CL_ERR_NONE;

    CL_TRY(find_place(call->world, file, ret->entry, &place, err));
    enum cl_code code = cl_ini_file_edit(call, place.path, &place.edit, &why);
    if (code == CL_OK && ret->path == NULL)
        ret->path = CL_MOVE(place.path);
    if (is_absent(code) && ret_why->code != CL_E_CONFLICT)
        *ret_why = why;
    if (code == CL_OK || is_absent(code))
        return CL_OK;
    *err = why;
    return code;
}

static enum cl_code take_away(const struct cl_call *call, const struct cl_login_request *request,
                              struct cl_login_result *ret, struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    if (!request->static_copy)
        CL_TRY(take_from(call, CL_AWS_CONFIG, ret, &why, err));
    CL_TRY(take_from(call, CL_AWS_CREDENTIALS, ret, &why, err));
    if (ret->path != NULL)
        return CL_OK;
    *err = why;
    return why.code;
}

enum cl_code cl_login_aws(const struct cl_call *call, const struct cl_login_request *request,
                          struct cl_login_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf notice = CL_BUF(1024);

    if (request->gone)
        return cl_log_out_gone_aws(call, request, ret, err);
    CL_TRY(profile_name(request, &ret->entry, err));
    if (request->logout) {
        CL_TRY(take_away(call, request, ret, err));
    } else {
        CL_TRY(write_entry(call, request, ret, err));
    }
    cl_buf_addf(&notice,
                request->logout ? "Removed local AWS profile '%s'."
                                : "Configured local AWS profile '%s'.",
                ret->entry);
    return cl_buf_take(&notice, &ret->notice, err);
}
