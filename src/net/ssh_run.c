#include "base/alloc.h"
#include "net/ssh_session.h"

/* The commands of a visit, one behind the other, each in a channel of its own. */

#define READS_AT_ONCE 64

enum progress {
    PROGRESS_WAITS, /* for the server */
    PROGRESS_MADE,
    PROGRESS_OVER, /* there will be no more */
};

enum cl_code cl_ssh_run_prepare(struct cl_ssh_session *session, struct cl_err *err)
{
    struct cl_ssh_seen *seen = session->seen;

    seen->ran = cl_array_alloc(session->command_count, sizeof(*seen->ran));
    if (seen->ran == NULL)
        return cl_err_no_memory(err);
    seen->ran_count = session->command_count;
    for (size_t i = 0; i < seen->ran_count; i++)
        seen->ran[i].status = -1;
    session->output = (struct cl_buf)CL_BUF(CL_SSH_OUTPUT_MAX + 1);
    return CL_OK;
}

void cl_ssh_run_skip(struct cl_ssh_session *session)
{
    if (session->channel != NULL)
        session->lib->ssh_channel_free(session->channel);
    session->channel = NULL;
    session->opened = false;
    session->asked = false;
    cl_buf_cleanup(&session->output);
    session->output = (struct cl_buf)CL_BUF(CL_SSH_OUTPUT_MAX + 1);
    session->command++;
}

static enum progress end_command(struct cl_ssh_session *session, int status)
{
    struct cl_ssh_ran *ran = &session->seen->ran[session->command];

    if (cl_buf_take(&session->output, &ran->output, &session->seen->error) != CL_OK)
        return PROGRESS_OVER;
    ran->status = status;
    cl_ssh_run_skip(session);
    return session->command == session->command_count ? PROGRESS_OVER : PROGRESS_MADE;
}

static enum progress result_of(int result, bool *done)
{
    *done = result == SSH_OK;
    if (result == SSH_AGAIN)
        return PROGRESS_WAITS;
    return *done ? PROGRESS_MADE : PROGRESS_OVER;
}

static enum progress open_channel(struct cl_ssh_session *session)
{
    if (session->channel == NULL)
        session->channel = session->lib->ssh_channel_new(session->session);
    if (session->channel == NULL)
        return PROGRESS_OVER;
    return result_of(session->lib->ssh_channel_open_session(session->channel), &session->opened);
}

/* Both outputs have to be read, or the server would wait; what is too much is dropped. */
static bool read_some(struct cl_ssh_session *session)
{
    char chunk[1024];
    char noise[1024];
    int got = session->lib->ssh_channel_read_nonblocking(session->channel, chunk, sizeof(chunk), 0);
    int lost =
        session->lib->ssh_channel_read_nonblocking(session->channel, noise, sizeof(noise), 1);

    if (got > 0) {
        cl_buf_add(&session->output, cl_str_first(cl_str_make(chunk, (size_t)got),
                                                  CL_SSH_OUTPUT_MAX - session->output.len));
    }
    return got > 0 || lost > 0;
}

static enum progress read_output(struct cl_ssh_session *session)
{
    if (read_some(session))
        return PROGRESS_MADE;
    bool closed = session->lib->ssh_channel_is_closed(session->channel) != 0;
    if (!closed && session->lib->ssh_channel_is_eof(session->channel) == 0)
        return PROGRESS_WAITS;
    int status = session->lib->ssh_channel_get_exit_status(session->channel);
    if (status < 0 && !closed)
        return PROGRESS_WAITS;
    return end_command(session, status);
}

static enum progress go_on(struct cl_ssh_session *session)
{
    if (!session->opened)
        return open_channel(session);
    if (!session->asked) {
        return result_of(session->lib->ssh_channel_request_exec(
                             session->channel, session->commands[session->command]),
                         &session->asked);
    }
    return read_output(session);
}

bool cl_ssh_run_step(struct cl_ssh_session *session)
{
    size_t present = session->command;
    enum progress progress = PROGRESS_MADE;

    /* A server that never stops talking must not keep us from looking at the clock. */
    for (int i = 0; i < READS_AT_ONCE; i++) {
        if (progress == PROGRESS_MADE && session->command == present)
            progress = go_on(session);
    }
    return progress == PROGRESS_OVER;
}
