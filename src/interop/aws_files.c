#include "interop/aws_profiles.h"

#include <pwd.h>

#include "interop/home.h"

/* Finding and reading the two files. */

#define PATH_MAX_BYTES 4096

static bool is_name(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* $NAME and ${NAME}; what is not set stays as it is, as in the SDKs. */
static struct cl_str add_variable(const struct cl_world *world, struct cl_str rest,
                                  struct cl_buf *out)
{
    bool braced = rest.len > 1 && rest.ptr[1] == '{';
    size_t start = braced ? 2 : 1;
    size_t end = start;
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(256);

    while (end < rest.len && is_name(rest.ptr[end]))
        end++;
    bool closed = !braced || (end < rest.len && rest.ptr[end] == '}');
    cl_buf_add(&name, cl_str_make(rest.ptr + start, end - start));
    struct cl_str value = name.len > 0 ? cl_world_env(world, name.ptr) : CL_STR_NONE;
    size_t used = braced && closed ? end + 1 : end;
    if (closed && value.len > 0) {
        cl_buf_add(out, value);
    } else {
        cl_buf_add(out, cl_str_first(rest, used));
    }
    return cl_str_skip(rest, used);
}

/* A user that is not known stays as it is, like a variable. */
static enum cl_code add_home_of(struct cl_str user, struct cl_buf *out, struct cl_err *err)
{
    CL_AUTO(cl_string) char *name = NULL;
    char buffer[4096];
    struct passwd entry;
    struct passwd *found = NULL;

    CL_TRY(cl_str_dup(user, &name, err));
    (void)getpwnam_r(name, &entry, buffer, sizeof(buffer), &found);
    if (found == NULL) {
        cl_buf_addf(out, "~%s", name);
    } else {
        cl_buf_add_c(out, found->pw_dir);
    }
    return CL_OK;
}

static enum cl_code expand(const struct cl_world *world, struct cl_str path, char **ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(PATH_MAX_BYTES);

    if (cl_str_starts(path, CL_STR("~"))) {
        struct cl_str user = cl_str_skip(cl_str_first(path, cl_str_find(path, '/')), 1);
        CL_TRY(user.len == 0 ? cl_add_home(world, "the AWS configuration", &out, err)
                             : add_home_of(user, &out, err));
        path = cl_str_skip(path, user.len + 1);
    }
    while (path.len > 0) {
        size_t plain = cl_str_find(path, '$');
        cl_buf_add(&out, cl_str_first(path, plain));
        path = cl_str_skip(path, plain);
        if (path.len > 0)
            path = add_variable(world, path, &out);
    }
    return cl_buf_take(&out, ret, err);
}

static enum cl_code find(const struct cl_world *world, const char *variable, const char *usual,
                         char **ret, struct cl_err *err)
{
    struct cl_str given = cl_world_env(world, variable);

    return expand(world, given.len > 0 ? given : cl_str_of(usual), ret, err);
}

enum cl_code cl_aws_config_path(const struct cl_world *world, char **ret, struct cl_err *err)
{
    return find(world, "AWS_CONFIG_FILE", "~/.aws/config", ret, err);
}

enum cl_code cl_aws_credentials_path(const struct cl_world *world, char **ret, struct cl_err *err)
{
    return find(world, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", ret, err);
}

static enum cl_code read_if_there(const struct cl_world *world, const char *path,
                                  struct cl_buf *ret, struct cl_err *err)
{
    struct cl_err failure = CL_ERR_NONE;

    if (world->read_file(world->ctx, path, ret, &failure) == CL_OK ||
        failure.code == CL_E_NOT_FOUND)
        return CL_OK;
    *err = failure;
    if (failure.code == CL_E_INVALID) /* too large, or no file */
        err->code = CL_E_LOCAL_CONFIG;
    return err->code;
}

enum cl_code cl_aws_profiles_load(const struct cl_world *world, struct cl_aws_profiles **ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_string) char *config_path = NULL;
    CL_AUTO(cl_string) char *credentials_path = NULL;
    CL_AUTO(cl_buf) struct cl_buf config = CL_BUF_SECRET(CL_INI_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf credentials = CL_BUF_SECRET(CL_INI_MAX_BYTES);

    CL_TRY(cl_aws_config_path(world, &config_path, err));
    CL_TRY(cl_aws_credentials_path(world, &credentials_path, err));
    CL_TRY(read_if_there(world, config_path, &config, err));
    CL_TRY(read_if_there(world, credentials_path, &credentials, err));
    struct cl_aws_profile_texts texts = {.config = cl_buf_view(&config),
                                         .config_path = config_path,
                                         .credentials = cl_buf_view(&credentials),
                                         .credentials_path = credentials_path};
    return cl_aws_profiles_parse(&texts, ret, err);
}
