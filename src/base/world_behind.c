#include "base/world_behind.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process of its own: adopted by init, so that the new program does not find a child it never
 * had. */

static void close_between(int from, int to)
{
    if (from <= to)
        (void)syscall(SYS_close_range, (unsigned int)from, (unsigned int)to, 0U);
}

/* Pipes of others must not stay open for us, nor a terminal be held. */
static void close_the_rest(int ended, int keep)
{
    int low = keep < 0 || ended < keep ? ended : keep;
    int high = keep < 0 || ended > keep ? ended : keep;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && nothing >= 0; fd++)
        (void)dup2(nothing, fd);
    close_between(STDERR_FILENO + 1, low - 1);
    close_between(low + 1, high - 1);
    (void)syscall(SYS_close_range, (unsigned int)high + 1, ~0U, 0U);
}

static void ignore(int signal_number)
{
    struct sigaction action = {.sa_handler = SIG_IGN};

    (void)sigaction(signal_number, &action, NULL);
}

/* Never returns: the child of a child. */
static void live_on(void (*serve)(void *what, int ended), void *what, int ended, int keep)
{
    sigset_t none;

    (void)setsid();
    if (chdir("/") != 0) { /* then it holds the folder: no reason to end */
    }
    ignore(SIGHUP);
    ignore(SIGINT);
    ignore(SIGPIPE);
    (void)sigemptyset(&none);
    (void)pthread_sigmask(SIG_SETMASK, &none, NULL);
    close_the_rest(ended, keep);
    (void)mlockall(MCL_CURRENT); /* best effort: locks do not pass to children */
    serve(what, ended);
    _exit(0);
}

static enum cl_code refused(struct cl_err *err)
{
    return cl_err_set(err, CL_E_FAILED, "cannot start a process beside this one: %s",
                      strerrordesc_np(errno));
}

enum cl_code cl_world_leave_behind(void *ctx, void (*serve)(void *what, int ended), void *what,
                                   int keep, struct cl_err *err)
{
    int ended = (int)syscall(SYS_pidfd_open, getpid(), 0U);
    int status = 0;

    (void)ctx;
    if (ended < 0)
        return refused(err);
    pid_t between = fork();
    if (between == 0) {
        pid_t last = fork();
        if (last == 0)
            live_on(serve, what, ended, keep);
        _exit(last < 0 ? 1 : 0);
    }
    (void)close(ended);
    if (between < 0)
        return refused(err);
    while (waitpid(between, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return cl_err_set(err, CL_E_FAILED, "cannot start a process beside this one");
    return CL_OK;
}
