#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bridges/ssh_agent.h"
#include "codec/ssh_wire.h"

#define CLIENTS_MAX 16
#define LENGTH_BYTES 4
#define CHUNK_BYTES 4096

struct client {
    int fd; /* -1: the place is free */
    struct cl_buf pending;
};

enum cl_code cl_ssh_agent_listen(const char *path, int *ret, struct cl_err *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int len = snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);

    if (len < 0 || (size_t)len >= sizeof(at.sun_path)) {
        (void)cl_err_set(err, CL_E_LOCAL_CONFIG, "the path of the agent's socket is too long");
        return cl_err_hint(err, "Set XDG_RUNTIME_DIR to a shorter folder.");
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
        chmod(path, 0600) == 0 && listen(fd, CLIENTS_MAX) == 0) {
        *ret = fd;
        return CL_OK;
    }
    int cause = errno;
    if (fd >= 0)
        (void)close(fd);
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "cannot make the agent's socket: %s",
                      strerrordesc_np(cause));
}

static void drop(struct client *client)
{
    if (client->fd >= 0)
        (void)close(client->fd);
    client->fd = -1;
    cl_buf_cleanup(&client->pending);
}

static bool is_own_user(int fd)
{
    struct ucred peer = {.pid = 0};
    socklen_t len = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == getuid();
}

static void take_in(struct client *clients, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return;
    for (size_t i = 0; i < CLIENTS_MAX && is_own_user(fd); i++) {
        if (clients[i].fd >= 0)
            continue;
        clients[i] =
            (struct client){.fd = fd, .pending = CL_BUF(CL_SSH_AGENT_MESSAGE_MAX + CHUNK_BYTES)};
        return;
    }
    (void)close(fd);
}

/* Small answers into an empty socket: what does not take one whole is not served. */
static bool answer(const struct cl_ssh_agent *agent, int fd, struct cl_str request)
{
    CL_AUTO(cl_buf) struct cl_buf reply = CL_BUF(CL_SSH_AGENT_MESSAGE_MAX + LENGTH_BYTES);

    cl_ssh_agent_answer(agent, request, &reply);
    return reply.failed == CL_OK &&
           send(fd, reply.ptr, reply.len, MSG_NOSIGNAL) == (ssize_t)reply.len;
}

/* Every message that has come whole. False: the client is none. */
static bool answer_all(const struct cl_ssh_agent *agent, struct client *client)
{
    for (;;) {
        struct cl_ssh_reader reader = CL_SSH_READER(cl_buf_view(&client->pending));
        uint32_t len = cl_ssh_read_u32(&reader);
        if (reader.bad)
            return true;
        if (len == 0 || len > CL_SSH_AGENT_MESSAGE_MAX)
            return false;
        if (reader.rest.len < len)
            return true;
        if (!answer(agent, client->fd, cl_str_first(reader.rest, len)))
            return false;
        CL_AUTO(cl_buf) struct cl_buf behind = CL_BUF(CL_SSH_AGENT_MESSAGE_MAX + CHUNK_BYTES);
        cl_buf_add(&behind, cl_str_skip(reader.rest, len));
        cl_buf_truncate(&client->pending, 0);
        cl_buf_add(&client->pending, cl_buf_view(&behind));
    }
}

static void hear(const struct cl_ssh_agent *agent, struct client *client)
{
    char chunk[CHUNK_BYTES];
    ssize_t got = recv(client->fd, chunk, sizeof(chunk), 0);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0)
        cl_buf_add(&client->pending, cl_str_make(chunk, (size_t)got));
    if (got <= 0 || client->pending.failed != CL_OK || !answer_all(agent, client))
        drop(client);
}

/* `ended` first, the listener second, then a place for each client. */
static void watch(const struct client *clients, int listener, int ended, struct pollfd *fds)
{
    fds[0] = (struct pollfd){.fd = ended, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        fds[i + 2] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
}

void cl_ssh_agent_serve(const struct cl_ssh_agent *agent, int listener, int ended)
{
    struct client clients[CLIENTS_MAX];
    struct pollfd fds[CLIENTS_MAX + 2];

    for (size_t i = 0; i < CLIENTS_MAX; i++)
        clients[i] = (struct client){.fd = -1};
    for (;;) {
        watch(clients, listener, ended, fds);
        if (poll(fds, CL_COUNT(fds), -1) < 0 && errno != EINTR)
            break;
        if (fds[0].revents != 0)
            break;
        for (size_t i = 0; i < CLIENTS_MAX; i++) {
            if (clients[i].fd >= 0 && fds[i + 2].revents != 0)
                hear(agent, &clients[i]);
        }
        if ((fds[1].revents & POLLIN) != 0)
            take_in(clients, listener);
    }
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        drop(&clients[i]);
}
