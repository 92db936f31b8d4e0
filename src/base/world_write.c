#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/files_util.h"
#include "base/world_files.h"

#define LINKS_MAX 16

/* A file that is being written beside its destination; vanishes unless `path` is taken away. */
struct draft {
    char *path;
    int fd;
};

static void draft_cleanup(struct draft *draft)
{
    cl_fd_cleanup(&draft->fd);
    if (draft->path != NULL)
        (void)unlink(draft->path);
    cl_free(draft->path);
}

static enum cl_code draft_open(const char *target, struct draft *draft, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(PATH_MAX);
    CL_AUTO(cl_string) char *path = NULL;

    cl_buf_addf(&name, "%s.XXXXXX", target);
    CL_TRY(cl_buf_take(&name, &path, err));
    draft->fd = mkostemp(path, O_CLOEXEC); /* mode 0600 */
    if (draft->fd < 0)
        return cl_files_error(err, "write", target);
    draft->path = CL_MOVE(path);
    return CL_OK;
}

static enum cl_code write_all(const char *target, int fd, struct cl_str content, struct cl_err *err)
{
    while (content.len > 0) {
        ssize_t put = write(fd, content.ptr, content.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return cl_files_error(err, "write", target);
        content = cl_str_skip(content, (size_t)put);
    }
    return CL_OK;
}

/* Content and mode are on disk before the name is, so a crash never shows half a file. */
static enum cl_code draft_fill(const char *target, const struct draft *draft, struct cl_str content,
                               mode_t mode, struct cl_err *err)
{
    CL_TRY(write_all(target, draft->fd, content, err));
    if (fchmod(draft->fd, mode) != 0 || fsync(draft->fd) != 0)
        return cl_files_error(err, "write", target);
    return CL_OK;
}

/* One step along a symbolic link; `*moved` tells whether there was one. */
static enum cl_code follow_once(char **path, bool *moved, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf joined = CL_BUF(PATH_MAX);
    CL_AUTO(cl_string) char *folder = NULL;
    char target[PATH_MAX];
    ssize_t len = readlink(*path, target, sizeof(target) - 1);

    *moved = len >= 0;
    if (len < 0)
        return CL_OK;
    target[len] = '\0';
    CL_TRY(cl_path_parent(*path, &folder, err));
    if (target[0] != '/')
        cl_buf_addf(&joined, "%s/", folder);
    cl_buf_add_c(&joined, target);
    CL_TRY(cl_buf_ok(&joined, err));
    cl_free(CL_MOVE(*path));
    return cl_buf_take(&joined, path, err);
}

/* The file that a chain of links ends at, which need not exist. */
static enum cl_code real_target(const char *path, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *at = NULL;
    bool moved = true;

    CL_TRY(cl_str_dup(cl_str_of(path), &at, err));
    for (int hops = 0; moved; hops++) {
        if (hops > LINKS_MAX) {
            return cl_err_set(err, CL_E_LOCAL_CONFIG, "cannot write '%s': too many symbolic links",
                              cl_path_shown(path));
        }
        CL_TRY(follow_once(&at, &moved, err));
    }
    *ret = CL_MOVE(at);
    return CL_OK;
}

/* The owner stays, so that a run as root does not lock a user out of a file of their own. */
static mode_t keep_owner_and_mode(const char *target, int fd, mode_t mode)
{
    struct stat old;

    if (stat(target, &old) != 0)
        return mode;
    if (old.st_uid != geteuid() || old.st_gid != getegid()) {
        if (fchown(fd, old.st_uid, old.st_gid) != 0)
            errno = 0; /* only root may; the content matters more */
    }
    return mode & old.st_mode;
}

enum cl_code cl_files_replace(void *ctx, const char *path, struct cl_str content, mode_t mode,
                              struct cl_err *err)
{
    CL_AUTO(draft) struct draft draft = {.fd = -1};
    CL_AUTO(cl_string) char *target = NULL;

    (void)ctx;
    CL_TRY(real_target(path, &target, err));
    CL_TRY(draft_open(target, &draft, err));
    mode = keep_owner_and_mode(target, draft.fd, mode);
    CL_TRY(draft_fill(target, &draft, content, mode, err));
    if (rename(draft.path, target) != 0)
        return cl_files_error(err, "write", target);
    cl_free(CL_MOVE(draft.path));
    return cl_files_sync_parent(target, err);
}

enum cl_code cl_files_remove_target(void *ctx, const char *path, struct cl_err *err)
{
    CL_AUTO(cl_string) char *target = NULL;

    CL_TRY(real_target(path, &target, err));
    return cl_files_remove(ctx, target, err);
}

/* Gives the draft its name unless something has that name already. */
static int publish_new(const char *draft, const char *path)
{
    assert(draft != NULL);
    if (renameat2(AT_FDCWD, draft, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* Network file systems know no such rename, but links. */
    if (link(draft, path) != 0)
        return -1;
    return unlink(draft);
}

enum cl_code cl_files_create(void *ctx, const char *path, struct cl_str content, mode_t mode,
                             struct cl_err *err)
{
    CL_AUTO(draft) struct draft draft = {.fd = -1};

    (void)ctx;
    CL_TRY(draft_open(path, &draft, err));
    CL_TRY(draft_fill(path, &draft, content, mode, err));
    if (publish_new(draft.path, path) != 0) {
        if (errno == EEXIST)
            return cl_err_set(err, CL_E_CONFLICT, "'%s' exists already", cl_path_shown(path));
        return cl_files_error(err, "create", path);
    }
    cl_free(CL_MOVE(draft.path));
    return cl_files_sync_parent(path, err);
}
