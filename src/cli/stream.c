#include "cli/stream.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/terminal.h"

/* A terminal or pipe that another program made non-blocking must not lose output. */
static void wait_until_writable(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};

    (void)poll(&wanted, 1, -1);
}

static int write_fd(void *ctx, const char *ptr, size_t len)
{
    const struct cl_stream *stream = ctx;

    while (len > 0) {
        ssize_t done = write(stream->fd, ptr, len);
        if (done >= 0) {
            ptr += done;
            len -= (size_t)done;
        } else if (errno == EAGAIN) {
            wait_until_writable(stream->fd);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

struct cl_stream cl_stream_of_fd(int fd, const struct cl_world *world)
{
    bool is_terminal = cl_terminal_is(fd);

    return (struct cl_stream){
        .write = write_fd,
        .fd = fd,
        .is_terminal = is_terminal,
        .columns = is_terminal ? cl_terminal_columns(fd, world) : 0,
    };
}

enum cl_code cl_stream_write(struct cl_stream *stream, struct cl_str bytes, struct cl_err *err)
{
    char reason[64];

    if (stream->closed || bytes.len == 0)
        return CL_OK;
    /* A stream of a descriptor is its own context: it may have been copied since it was made. */
    int error = stream->write(stream->ctx != NULL ? stream->ctx : stream, bytes.ptr, bytes.len);
    if (error == EPIPE) {
        stream->closed = true;
        return CL_OK;
    }
    if (error == 0)
        return CL_OK;
    return cl_err_set(err, CL_E_FAILED, "cannot write the output: %s",
                      strerror_r(error, reason, sizeof(reason)));
}

static void do_nothing(int signal_number)
{
    (void)signal_number;
}

void cl_stream_survive_failed_writes(void)
{
    /* A handler, not SIG_IGN: exec resets handlers, but children would inherit SIG_IGN. */
    struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGPIPE, &action, NULL);
    (void)sigaction(SIGXFSZ, &action, NULL);
}
