#include "base/world_accompany.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

/* What a program is told from outside. A stop (SIGTSTP) stops the two of us together. */
static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};

/* Blocked rather than handled: they are taken one by one, with who sent them. */
static void block(sigset_t *ret_watched, sigset_t *ret_before)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};

    (void)sigemptyset(ret_watched);
    (void)sigaddset(ret_watched, SIGCHLD);
    for (size_t i = 0; i < CL_COUNT(passed_on); i++)
        (void)sigaddset(ret_watched, passed_on[i]);
    (void)sigaction(SIGCHLD, &usual,
                    NULL); /* a caller that ignores it would make us wait forever */
    (void)pthread_sigmask(SIG_BLOCK, ret_watched, ret_before);
}

static int spawn(const char *program, char *const argv[], char *const envp[], const sigset_t *mask,
                 pid_t *ret)
{
    posix_spawnattr_t attrs;
    int cause = posix_spawnattr_init(&attrs);

    if (cause != 0)
        return cause;
    cause = posix_spawnattr_setsigmask(&attrs, mask);
    if (cause == 0)
        cause = posix_spawnattr_setflags(&attrs, POSIX_SPAWN_SETSIGMASK);
    if (cause == 0)
        cause = posix_spawnp(ret, program, NULL, &attrs, argv, envp);
    (void)posix_spawnattr_destroy(&attrs);
    return cause;
}

/* What a terminal sends it sends to both of us; only what was sent to us alone is passed on. */
static void pass_on(pid_t pid, const siginfo_t *info)
{
    if (info->si_code <= 0)
        (void)kill(pid, info->si_signo);
}

static int wait_for_end(pid_t pid, const sigset_t *watched)
{
    int status = 0;

    for (;;) {
        siginfo_t info = {.si_signo = 0};
        int signal_number = sigwaitinfo(watched, &info);
        if (signal_number == SIGCHLD && waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (signal_number > 0 && signal_number != SIGCHLD)
            pass_on(pid, &info);
    }
}

enum cl_code cl_world_accompany(void *ctx, char *const argv[], char *const envp[], int *ret_status,
                                struct cl_err *err)
{
    sigset_t watched;
    sigset_t before;
    pid_t pid = 0;

    (void)ctx;
    block(&watched, &before);
    int cause = spawn(argv[0], argv, envp, &before, &pid);
    if (cause == 0)
        *ret_status = wait_for_end(pid, &watched);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (cause == 0)
        return CL_OK;
    bool absent = cause == ENOENT || cause == ENOTDIR;
    return cl_err_set(err, absent ? CL_E_NOT_FOUND : CL_E_FAILED, "cannot run '%.200s': %s",
                      argv[0], absent ? "command not found" : strerrordesc_np(cause));
}
