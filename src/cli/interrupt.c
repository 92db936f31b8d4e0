#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define EXIT_INTERRUPTED 130

static atomic_bool interrupted;
static int pipe_ends[2] = {-1, -1};

static void on_interrupt(int signal_number)
{
    int before = errno;

    (void)signal_number;
    if (atomic_exchange(&interrupted, true))
        _exit(EXIT_INTERRUPTED);
    if (pipe_ends[1] >= 0 && write(pipe_ends[1], "", 1) < 0)
        errno = EAGAIN; /* the flag tells it too */
    errno = before;
}

void cl_interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    struct sigaction before = {.sa_handler = SIG_DFL};

    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
        return;
    if (pipe_ends[0] < 0 && pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0)
        pipe_ends[0] = -1;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
}

const atomic_bool *cl_interrupt_flag(void)
{
    return &interrupted;
}

int cl_interrupt_fd(void)
{
    return pipe_ends[0];
}

bool cl_interrupt_wait_input(int fd)
{
    struct pollfd wanted[] = {{.fd = fd, .events = POLLIN},
                              {.fd = cl_interrupt_fd(), .events = POLLIN}};

    while (poll(wanted, sizeof(wanted) / sizeof(wanted[0]), -1) < 0 && errno == EINTR) {
    }
    return !atomic_load(cl_interrupt_flag());
}
