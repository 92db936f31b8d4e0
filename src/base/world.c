#include "base/world.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/world_accompany.h"
#include "base/world_behind.h"
#include "base/world_files.h"
#include "base/world_run.h"

#define US_PER_S 1000000
#define MS_PER_S 1000
#define NS_PER_MS 1000000
#define NS_PER_US 1000

static int64_t real_now_us(void *ctx)
{
    struct timespec now = {0};

    (void)ctx;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / NS_PER_US;
}

static int64_t real_monotonic_ms(void *ctx)
{
    struct timespec now = {0};

    (void)ctx;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

/* Ends early on a signal, so that whoever waits can look whether it was asked to stop. */
static void real_sleep_ms(void *ctx, int64_t duration_ms)
{
    (void)ctx;
    if (duration_ms <= 0)
        return;
    struct timespec span = {.tv_sec = (time_t)(duration_ms / MS_PER_S),
                            .tv_nsec = (long)(duration_ms % MS_PER_S) * NS_PER_MS};
    (void)nanosleep(&span, NULL);
}

static enum cl_code real_random(void *ctx, void *out, size_t len, struct cl_err *err)
{
    unsigned char *at = out;

    (void)ctx;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cl_err_set(err, CL_E_FAILED, "no random bytes: %s", strerrordesc_np(errno));
        at += got;
        len -= (size_t)got;
    }
    return CL_OK;
}

static const char *real_env(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name); /* NOLINT(concurrency-mt-unsafe): nobody changes it while threads run */
}

static char *const *real_environment(void *ctx)
{
    (void)ctx;
    return environ;
}

static enum cl_code real_program_path(void *ctx, char **ret, struct cl_err *err)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

    (void)ctx;
    if (len < 0 || (size_t)len == sizeof(path))
        return cl_err_set(err, CL_E_FAILED, "cannot tell where this program is");
    return cl_str_dup(cl_str_make(path, (size_t)len), ret, err);
}

static uid_t real_user_id(void *ctx)
{
    (void)ctx;
    return getuid();
}

static enum cl_code real_exec(void *ctx, const char *program, char *const argv[],
                              char *const envp[], struct cl_err *err)
{
    (void)ctx;
    (void)execvpe(program, argv, envp);
    int cause = errno;
    bool absent = cause == ENOENT || cause == ENOTDIR;
    return cl_err_set(err, absent ? CL_E_NOT_FOUND : CL_E_FAILED, "cannot run '%.200s': %s",
                      program, absent ? "command not found" : strerrordesc_np(cause));
}

struct cl_world cl_world_real(void)
{
    return (struct cl_world){
        .now_us = real_now_us,
        .monotonic_ms = real_monotonic_ms,
        .sleep_ms = real_sleep_ms,
        .random = real_random,
        .env = real_env,
        .environment = real_environment,
        .user_id = real_user_id,
        .read_file = cl_files_read,
        .stat_file = cl_files_stat,
        .replace_file = cl_files_replace,
        .create_file = cl_files_create,
        .make_link = cl_files_make_link,
        .make_dir = cl_files_make_dir,
        .list_dir = cl_files_list_dir,
        .remove_dir = cl_files_remove_dir,
        .remove_file = cl_files_remove,
        .remove_target = cl_files_remove_target,
        .lock_file = cl_files_lock,
        .unlock_file = cl_files_unlock,
        .make_marker = cl_files_make_marker,
        .drop_marker = cl_files_drop_marker,
        .program_path = real_program_path,
        .exec = real_exec,
        .leave_behind = cl_world_leave_behind,
        .run = cl_world_run,
        .accompany = cl_world_accompany,
    };
}

struct cl_str cl_world_env(const struct cl_world *world, const char *name)
{
    return cl_str_of(world->env(world->ctx, name));
}

int64_t cl_world_now_s(const struct cl_world *world)
{
    int64_t now_us = world->now_us(world->ctx);
    int64_t now_s = now_us / US_PER_S;

    return now_us % US_PER_S < 0 ? now_s - 1 : now_s;
}
