#include "base/world_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/files_util.h"

#define LOCK_POLL_MIN_MS 2
#define LOCK_POLL_MAX_MS 50
#define NAMES_MAX 10000

static enum cl_code check_readable(const char *path, int fd, const struct cl_buf *into,
                                   struct cl_err *err)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return cl_files_error(err, "read", path);
    if (!S_ISREG(info.st_mode))
        return cl_err_set(err, CL_E_INVALID, "'%s' is not a regular file", cl_path_shown(path));
    if ((uint64_t)info.st_size > into->max - into->len) {
        return cl_err_set(err, CL_E_INVALID, "'%s' is larger than %zu bytes", cl_path_shown(path),
                          into->max - into->len);
    }
    return CL_OK;
}

static enum cl_code read_all(const char *path, int fd, struct cl_buf *into, struct cl_err *err)
{
    char chunk[4096];
    ssize_t got;

    do {
        got = read(fd, chunk, sizeof(chunk));
        if (got > 0)
            cl_buf_add(into, cl_str_make(chunk, (size_t)got));
    } while (got > 0 || (got < 0 && errno == EINTR));
    int cause = errno;
    OPENSSL_cleanse(chunk, sizeof(chunk)); /* the file may hold keys */
    errno = cause;
    if (got < 0)
        return cl_files_error(err, "read", path);
    return cl_buf_ok(into, err);
}

enum cl_code cl_files_read(void *ctx, const char *path, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_fd) int fd = -1;
    size_t before = ret->len;

    (void)ctx;
    /* Without O_NONBLOCK opening a FIFO would wait for its writer. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return cl_files_error(err, "read", path);
    CL_TRY(check_readable(path, fd, ret, err));
    enum cl_code rc = read_all(path, fd, ret, err);
    if (rc != CL_OK)
        cl_buf_truncate(ret, before);
    return rc;
}

enum cl_code cl_files_stat(void *ctx, const char *path, struct cl_file_info *ret,
                           struct cl_err *err)
{
    struct stat info;

    (void)ctx;
    if (stat(path, &info) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return cl_files_error(err, "look at", path);
        *ret = (struct cl_file_info){.exists = false};
        return CL_OK;
    }
    *ret = (struct cl_file_info){.exists = true,
                                 .is_regular = S_ISREG(info.st_mode),
                                 .is_directory = S_ISDIR(info.st_mode),
                                 .mode = info.st_mode & 07777,
                                 .owner = info.st_uid,
                                 .size_bytes = info.st_size};
    return CL_OK;
}

/* Makes one folder durably; true when it is there afterwards. */
static enum cl_code make_one(const char *path, mode_t mode, struct cl_err *err)
{
    struct stat info;

    if (mkdir(path, mode) == 0)
        return cl_files_sync_parent(path, err);
    if (errno == EEXIST && stat(path, &info) == 0 && !S_ISDIR(info.st_mode)) {
        errno = ENOTDIR;
    } else if (errno == EEXIST) {
        return CL_OK;
    }
    (void)cl_files_error(err, "create folder", path);
    err->code = CL_E_LOCAL_CONFIG; /* what is missing is not what the caller asked for */
    return err->code;
}

enum cl_code cl_files_make_dir(void *ctx, const char *path, mode_t mode, struct cl_err *err)
{
    CL_AUTO(cl_string) char *prefix = NULL;
    struct cl_file_info info = {.exists = false};

    (void)ctx;
    CL_TRY(cl_files_stat(NULL, path, &info, err));
    if (info.is_directory)
        return CL_OK;
    CL_TRY(cl_str_dup(cl_str_of(path), &prefix, err));
    for (char *at = prefix + 1; prefix[0] != '\0' && *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        CL_TRY(make_one(prefix, mode, err));
        *at = '/';
    }
    return make_one(path, mode, err);
}

static void cl_dir_cleanup(DIR **folder)
{
    if (*folder != NULL)
        (void)closedir(*folder);
}

static bool is_self_or_parent(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static enum cl_code read_names(DIR *folder, const char *path, struct cl_strs *ret,
                               struct cl_err *err)
{
    const struct dirent *entry = NULL;

    errno = 0; /* the end leaves it as it is */
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else reads from this stream */
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else has this folder open */
    while ((entry = readdir(folder)) != NULL) {
        if (is_self_or_parent(entry->d_name))
            continue;
        if (ret->count == NAMES_MAX) {
            return cl_err_set(err, CL_E_INVALID, "'%s' holds more than %d files",
                              cl_path_shown(path), NAMES_MAX);
        }
        CL_TRY(cl_strs_add(ret, cl_str_of(entry->d_name), err));
        errno = 0;
    }
    return errno == 0 ? CL_OK : cl_files_error(err, "read", path);
}

enum cl_code cl_files_list_dir(void *ctx, const char *path, struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_dir) DIR *folder = opendir(path);

    (void)ctx;
    if (folder == NULL)
        return cl_files_error(err, "read", path);
    CL_TRY(read_names(folder, path, &names, err));
    cl_strs_sort(&names);
    for (size_t i = 0; i < names.count; i++)
        CL_TRY(cl_strs_add(ret, cl_str_of(names.items[i]), err));
    return CL_OK;
}

enum cl_code cl_files_remove_dir(void *ctx, const char *path, struct cl_err *err)
{
    (void)ctx;
    if (rmdir(path) != 0)
        return cl_files_error(err, "remove", path);
    return cl_files_sync_parent(path, err);
}

enum cl_code cl_files_make_link(void *ctx, const char *target, const char *path, struct cl_err *err)
{
    (void)ctx;
    if (symlink(target, path) == 0)
        return CL_OK;
    if (errno == EEXIST)
        return cl_err_set(err, CL_E_CONFLICT, "'%s' is there already", cl_path_shown(path));
    return cl_files_error(err, "link", path);
}

enum cl_code cl_files_remove(void *ctx, const char *path, struct cl_err *err)
{
    (void)ctx;
    if (unlink(path) != 0)
        return cl_files_error(err, "remove", path);
    return cl_files_sync_parent(path, err);
}

/* flock has no deadline of its own, hence the polling. */
static enum cl_code wait_for_lock(const char *path, int fd, int64_t deadline_ms, struct cl_err *err)
{
    struct cl_world world = cl_world_real();
    int64_t pause_ms = LOCK_POLL_MIN_MS;

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return cl_files_error(err, "lock", path);
        int64_t now_ms = world.monotonic_ms(world.ctx);
        if (deadline_ms != 0 && now_ms >= deadline_ms) {
            return cl_err_set(err, CL_E_TIMEOUT, "'%s' is locked by another process",
                              cl_path_shown(path));
        }
        if (deadline_ms != 0 && pause_ms > deadline_ms - now_ms)
            pause_ms = deadline_ms - now_ms;
        world.sleep_ms(world.ctx, pause_ms);
        pause_ms = pause_ms * 2 < LOCK_POLL_MAX_MS ? pause_ms * 2 : LOCK_POLL_MAX_MS;
    }
    return CL_OK;
}

enum cl_code cl_files_lock(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_fd) int fd = -1;

    (void)ctx;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0)
        return cl_files_error(err, "lock", path);
    CL_TRY(wait_for_lock(path, fd, deadline_ms, err));
    *ret = cl_fd_take(&fd);
    return CL_OK;
}

void cl_files_unlock(void *ctx, int lock)
{
    (void)ctx;
    (void)close(lock); /* the lock belongs to the description and goes with it */
}
