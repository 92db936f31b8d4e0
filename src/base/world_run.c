#include "base/world_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/files_util.h"

#define SLICE_MS 5
#define CHUNK_BYTES 4096

/* A program that runs. Its standard input is a socket, so that one which does not read ends the
 * writing with an error instead of a signal. */
struct running {
    const struct cl_child *child;
    pid_t pid; /* 0: not started, or waited for */
    int in;
    int out;
    size_t fed;
};

static void close_now(int *fd)
{
    cl_fd_cleanup(fd);
    *fd = -1;
}

static void running_cleanup(struct running *running)
{
    cl_fd_cleanup(&running->in);
    cl_fd_cleanup(&running->out);
    if (running->pid == 0)
        return;
    (void)kill(running->pid, SIGKILL);
    while (waitpid(running->pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

static int64_t left_ms(const struct running *running)
{
    struct timespec now = {0};

    if (running->child->deadline_ms == 0)
        return INT32_MAX;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left =
        running->child->deadline_ms - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return left < 0 ? 0 : left;
}

static enum cl_code timed_out(const struct running *running, struct cl_err *err)
{
    return cl_err_set(err, CL_E_TIMEOUT, "'%.200s' has not answered in time",
                      running->child->argv[0]);
}

/* --- starting ------------------------------------------------------------------------------- */

static int spawn(struct running *running, int in, int out)
{
    posix_spawn_file_actions_t actions;
    int cause = posix_spawn_file_actions_init(&actions);

    if (cause != 0)
        return cause;
    cause = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (cause == 0)
        cause = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (cause == 0) {
        cause = posix_spawnp(&running->pid, running->child->argv[0], &actions, NULL,
                             running->child->argv,
                             running->child->envp == NULL ? environ : running->child->envp);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    if (cause != 0)
        running->pid = 0;
    return cause;
}

static enum cl_code start(struct running *running, struct cl_err *err)
{
    CL_AUTO(cl_fd) int theirs_in = -1;
    CL_AUTO(cl_fd) int theirs_out = -1;
    int in[2];
    int out[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
        return cl_err_set(err, CL_E_FAILED, "cannot make a socket: %s", strerrordesc_np(errno));
    running->in = in[0];
    theirs_in = in[1];
    if (pipe2(out, O_CLOEXEC) != 0)
        return cl_err_set(err, CL_E_FAILED, "cannot make a pipe: %s", strerrordesc_np(errno));
    running->out = out[0];
    theirs_out = out[1];
    int cause = spawn(running, theirs_in, theirs_out);
    if (cause == 0)
        return CL_OK;
    bool absent = cause == ENOENT || cause == ENOTDIR;
    return cl_err_set(err, absent ? CL_E_NOT_FOUND : CL_E_FAILED, "cannot run '%.200s': %s",
                      running->child->argv[0],
                      absent ? "command not found" : strerrordesc_np(cause));
}

/* --- talking -------------------------------------------------------------------------------- */

/* One that has read enough may end without the rest. */
static void feed(struct running *running)
{
    struct cl_str rest = cl_str_skip(running->child->input, running->fed);
    ssize_t put = send(running->in, rest.ptr, rest.len, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (put > 0)
        running->fed += (size_t)put;
    if (put < 0 && errno != EINTR && errno != EAGAIN)
        running->fed = running->child->input.len;
    if (running->fed == running->child->input.len)
        close_now(&running->in);
}

/* *ret_more is false at the end of its output. */
static enum cl_code hear(struct running *running, struct cl_buf *ret, bool *ret_more,
                         struct cl_err *err)
{
    char chunk[CHUNK_BYTES];
    ssize_t got = read(running->out, chunk, sizeof(chunk));

    if (got < 0 && errno == EINTR)
        return CL_OK;
    *ret_more = got > 0;
    if (got <= 0)
        return CL_OK;
    cl_buf_add(ret, cl_str_make(chunk, (size_t)got));
    explicit_bzero(chunk, (size_t)got);
    if (ret->failed != CL_E_INVALID)
        return cl_buf_ok(ret, err);
    return cl_err_set(err, CL_E_INVALID, "'%.200s' prints more than %zu bytes",
                      running->child->argv[0], ret->max);
}

static enum cl_code talk(struct running *running, struct cl_buf *ret, struct cl_err *err)
{
    bool more = true;

    if (running->child->input.len == 0)
        close_now(&running->in);
    while (more) {
        struct pollfd ends[] = {{.fd = running->out, .events = POLLIN},
                                {.fd = running->in, .events = POLLOUT}}; /* -1: not looked at */
        int ready = poll(ends, 2, (int)left_ms(running));
        if (ready == 0)
            return timed_out(running, err);
        if (ready < 0 && errno != EINTR)
            return cl_err_set(err, CL_E_FAILED, "cannot wait: %s", strerrordesc_np(errno));
        if (ready > 0 && ends[1].revents != 0)
            feed(running);
        if (ready > 0 && ends[0].revents != 0)
            CL_TRY(hear(running, ret, &more, err));
    }
    return CL_OK;
}

/* It may go on after it has closed its output. */
static enum cl_code wait_for_end(struct running *running, int *ret_status, struct cl_err *err)
{
    const struct timespec slice = {.tv_nsec = (long)SLICE_MS * 1000000};
    int status = 0;

    for (;;) {
        pid_t ended = waitpid(running->pid, &status, WNOHANG);
        if (ended == running->pid)
            break;
        if (ended < 0 && errno != EINTR) {
            return cl_err_set(err, CL_E_FAILED, "cannot wait for '%.200s': %s",
                              running->child->argv[0], strerrordesc_np(errno));
        }
        if (left_ms(running) == 0)
            return timed_out(running, err);
        (void)nanosleep(&slice, NULL);
    }
    running->pid = 0;
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return CL_OK;
}

enum cl_code cl_world_run(void *ctx, const struct cl_child *child, struct cl_buf *ret,
                          int *ret_status, struct cl_err *err)
{
    CL_AUTO(running) struct running running = {.child = child, .in = -1, .out = -1};

    (void)ctx;
    CL_TRY(start(&running, err));
    CL_TRY(talk(&running, ret, err));
    return wait_for_end(&running, ret_status, err);
}
