#include "connectors/docker/certs.h"

#include "base/alloc.h"

#define FOLDER "/etc/docker/certs.d/"
#define PATH_MAX_BYTES 4096
#define PEM_MAX_BYTES ((size_t)256 * 1024)

void docker_certs_cleanup(struct docker_certs *certs)
{
    cl_free(certs->folder);
    cl_free(certs->authorities);
    cl_secret_free(certs->client);
    cl_secret_free(certs->key);
    *certs = (struct docker_certs){.folder = NULL};
}

/* Docker would not go on without it either. */
static enum cl_code read_part(const struct cl_world *world, const char *folder, struct cl_str name,
                              const char *suffix, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);

    cl_buf_addf(&path, "%s/%.*s%s", folder, CL_STR_ARG(name), suffix);
    CL_TRY(cl_buf_ok(&path, err));
    if (world->read_file(world->ctx, path.ptr, ret, err) == CL_OK)
        return CL_OK;
    if (err->code == CL_E_NOT_FOUND || err->code == CL_E_INVALID)
        err->code = CL_E_LOCAL_CONFIG;
    return err->code;
}

static enum cl_code read_secret(const struct cl_world *world, const char *folder,
                                struct cl_str name, const char *suffix, struct cl_secret **ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(PEM_MAX_BYTES);

    CL_TRY(read_part(world, folder, name, suffix, &text, err));
    return cl_secret_new(cl_buf_view(&text), ret, err);
}

static enum cl_code add_authority(const struct cl_world *world, const char *folder,
                                  struct cl_str name, struct cl_buf *all, struct cl_err *err)
{
    CL_TRY(read_part(world, folder, name, ".crt", all, err));
    if (!cl_str_ends(cl_buf_view(all), CL_STR("\n")))
        cl_buf_add_char(all, '\n');
    return cl_buf_ok(all, err);
}

/* Docker offers all that it has; a connector has one. */
static enum cl_code add_client(const struct cl_world *world, struct cl_str name,
                               struct docker_certs *ret, struct cl_err *err)
{
    ret->client_count++;
    if (ret->client_count > 1)
        return CL_OK;
    CL_TRY(read_secret(world, ret->folder, name, ".cert", &ret->client, err));
    return read_secret(world, ret->folder, name, ".key", &ret->key, err);
}

static bool take_suffix(struct cl_str name, const char *suffix, struct cl_str *ret)
{
    struct cl_str end = cl_str_of(suffix);

    *ret = cl_str_first(name, name.len > end.len ? name.len - end.len : 0);
    return cl_str_ends(name, end) && ret->len > 0;
}

static enum cl_code read_all(const struct cl_world *world, const struct cl_strs *names,
                             struct docker_certs *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf authorities = CL_BUF(PEM_MAX_BYTES);
    struct cl_str name = CL_STR_NONE;

    for (size_t i = 0; i < names->count; i++) {
        struct cl_str file = cl_str_of(names->items[i]);
        if (take_suffix(file, ".crt", &name))
            CL_TRY(add_authority(world, ret->folder, name, &authorities, err));
        if (take_suffix(file, ".cert", &name))
            CL_TRY(add_client(world, name, ret, err));
    }
    return authorities.len == 0 ? CL_OK : cl_buf_take(&authorities, &ret->authorities, err);
}

enum cl_code docker_certs_read(const struct cl_world *world, const char *host,
                               struct docker_certs *ret, struct cl_err *err)
{
    CL_AUTO(docker_certs) struct docker_certs certs = {.folder = NULL};
    CL_AUTO(cl_buf) struct cl_buf folder = CL_BUF(PATH_MAX_BYTES);
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    struct cl_err why = CL_ERR_NONE;

    cl_buf_addf(&folder, FOLDER "%s", host);
    CL_TRY(cl_buf_take(&folder, &certs.folder, err));
    enum cl_code code = world->list_dir(world->ctx, certs.folder, &names, &why);
    if (code != CL_OK && code != CL_E_NOT_FOUND) {
        *err = why;
        return code;
    }
    certs.there = code == CL_OK;
    CL_TRY(read_all(world, &names, &certs, err));
    CL_MOVE_TO(ret, certs);
    return CL_OK;
}
