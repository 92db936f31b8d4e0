#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files_util.h"
#include "base/time.h"
#include "base/world_files.h"

/*
 * Locks that consist in a file being there, as kubectl and others use them. Ours is locked with
 * flock besides, and has a mode that nobody else's has: so one whose process died can be told from
 * one that is held, and from one of another program, which nobody can judge.
 */
#define OUR_MODE 0200
#define POLL_MS 50

/* The descriptor stands for what the path names now, and not for what it named a moment ago. */
static bool is_still_there(const char *path, const struct stat *held)
{
    struct stat now;

    return lstat(path, &now) == 0 && now.st_dev == held->st_dev && now.st_ino == held->st_ino;
}

/* Made just now, or left behind by one of us that died: either way whoever holds the flock of the
 * file that the path names holds the lock. 0, EEXIST when somebody else does, or another errno. */
static int claim(const char *path, int fd)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return errno;
    if (!S_ISREG(info.st_mode) || info.st_size != 0 || (info.st_mode & 07777) != OUR_MODE)
        return EEXIST;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK || errno == EINTR ? EEXIST : errno;
    return is_still_there(path, &info) ? 0 : EEXIST;
}

/* -1 with errno EEXIST while somebody holds it. */
static int try_once(const char *path)
{
    CL_AUTO(cl_fd) int fd = -1;

    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, OUR_MODE);
    bool is_new = fd >= 0;
    if (fd < 0 && errno == EEXIST) {
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (fd < 0) /* of another program, or gone again */
            errno = EEXIST;
    }
    if (fd < 0)
        return -1;
    int why = claim(path, fd);
    if (why == 0)
        return cl_fd_take(&fd);
    if (is_new && why != EEXIST) /* nobody could have locked it */
        (void)unlink(path);
    errno = why;
    return -1;
}

static enum cl_code refuse(const char *path, const struct cl_world *world, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf age = CL_BUF(64);
    struct stat info;

    if (lstat(path, &info) == 0) {
        int64_t age_s = cl_world_now_s(world) - (int64_t)info.st_mtime;
        cl_buf_add_c(&age, ", for ");
        cl_buf_add_duration(&age, age_s > 0 ? age_s : 0);
    }
    CL_TRY(cl_buf_ok(&age, err));
    (void)cl_err_set(err, CL_E_TIMEOUT, "'%s' says that another program is changing the file%s",
                     cl_path_shown(path), age.len > 0 ? age.ptr : "");
    return cl_err_hint(err, "remove it if that program is not running any more");
}

enum cl_code cl_files_make_marker(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                                  struct cl_err *err)
{
    struct cl_world world = cl_world_real();
    int lock = -1;

    (void)ctx;
    while ((lock = try_once(path)) < 0) {
        if (errno != EEXIST)
            return cl_files_error(err, "lock", path);
        int64_t left_ms = deadline_ms - world.monotonic_ms(world.ctx);
        if (deadline_ms != 0 && left_ms <= 0)
            return refuse(path, &world, err);
        world.sleep_ms(world.ctx, deadline_ms != 0 && left_ms < POLL_MS ? left_ms : POLL_MS);
    }
    *ret = lock;
    return CL_OK;
}

/* While it is still held: afterwards the name could be somebody else's. */
void cl_files_drop_marker(void *ctx, const char *path, int lock)
{
    (void)ctx;
    (void)unlink(path);
    (void)close(lock);
}
