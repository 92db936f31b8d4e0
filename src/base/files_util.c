#include "base/files_util.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PATH_SHOWN_MAX 200

void cl_fd_cleanup(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

int cl_fd_take(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

const char *cl_path_shown(const char *path)
{
    size_t len = strlen(path);

    return len > PATH_SHOWN_MAX ? path + len - PATH_SHOWN_MAX : path;
}

enum cl_code cl_files_error(struct cl_err *err, const char *verb, const char *path)
{
    int cause = errno;
    bool absent = cause == ENOENT || cause == ENOTDIR;
    const char *reason = strerrordesc_np(cause);

    return cl_err_set(err, absent ? CL_E_NOT_FOUND : CL_E_LOCAL_CONFIG, "cannot %s '%s': %s", verb,
                      cl_path_shown(path), reason == NULL ? "unknown error" : reason);
}

enum cl_code cl_path_parent(const char *path, char **ret, struct cl_err *err)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return cl_str_dup(CL_STR("."), ret, err);
    if (slash == path)
        return cl_str_dup(CL_STR("/"), ret, err);
    return cl_str_dup(cl_str_make(path, (size_t)(slash - path)), ret, err);
}

enum cl_code cl_files_sync_parent(const char *path, struct cl_err *err)
{
    CL_AUTO(cl_string) char *folder = NULL;
    CL_AUTO(cl_fd) int fd = -1;

    CL_TRY(cl_path_parent(path, &folder, err));
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some file systems cannot sync a folder (EINVAL) or forbid to open it; the file is whole. */
    if (fd < 0 && errno == EACCES)
        return CL_OK;
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        return cl_files_error(err, "write", folder);
    return CL_OK;
}
