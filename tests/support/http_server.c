#include "http_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test_cert.h"

#define MAX_CONNECTIONS 512
#define MAX_REQUESTS 4096
#define MAX_REQUEST_BYTES ((size_t)4 << 20U)
#define BACKLOG 1024 /* a short one makes clients that come at once wait for a minute */
#define STACK_BYTES (512U * 1024U)
#define FILL_BLOCK 4096

struct connection {
    struct http_server *server;
    pthread_t thread;
    int fd; /* under the server's lock; -1: closed */
    SSL *tls;
};

struct http_server {
    struct http_reply replies[32];
    size_t reply_count;
    SSL_CTX *context; /* NULL: plain */
    char folder[32];
    char ca_file[64];
    char url[64];
    int port;
    int listener;
    int stop[2]; /* closing the second end ends every wait on the first */
    pthread_t thread;

    pthread_mutex_t lock; /* guards what follows */
    struct connection connections[MAX_CONNECTIONS];
    size_t connection_count;
    char *requests[MAX_REQUESTS];
    size_t request_count;
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "http_server: %s: %s\n", what, strerrordesc_np(errno));
    abort();
}

/* False when the server ends first. */
static bool wait_unless_stopped(const struct http_server *server, int at_most_ms)
{
    struct pollfd stop = {.fd = server->stop[0], .events = POLLIN};

    return poll(&stop, 1, at_most_ms) == 0;
}

static ssize_t receive(const struct connection *connection, char *out, size_t size)
{
    if (connection->tls != NULL)
        return SSL_read(connection->tls, out, (int)size);
    return recv(connection->fd, out, size, 0);
}

static bool send_all(const struct connection *connection, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = connection->tls != NULL ? SSL_write(connection->tls, bytes, (int)len)
                                               : send(connection->fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static bool send_fill(const struct connection *connection, size_t len)
{
    char block[FILL_BLOCK];

    (void)memset(block, 'x', sizeof(block));
    while (len > 0) {
        size_t part = len < sizeof(block) ? len : sizeof(block);
        if (!send_all(connection, block, part))
            return false;
        len -= part;
    }
    return true;
}

/* How long the request is whose head is complete; 0 while it is not. */
static size_t request_length(const char *bytes)
{
    const char *end = strstr(bytes, "\r\n\r\n");
    const char *length = strcasestr(bytes, "\r\nContent-Length:");

    if (end == NULL)
        return 0;
    size_t head = (size_t)(end - bytes) + 4;
    if (length == NULL || length > end)
        return head;
    return head + (size_t)strtoull(length + strlen("\r\nContent-Length:"), NULL, 10);
}

/* One request, NUL-terminated, from malloc; NULL when the client is gone. */
static char *read_request(const struct connection *connection)
{
    char *bytes = calloc(1, MAX_REQUEST_BYTES);
    size_t len = 0;

    must(bytes != NULL, "memory");
    for (;;) {
        size_t whole = request_length(bytes);
        if (whole != 0 && len >= whole)
            return bytes;
        ssize_t got = receive(connection, bytes + len, MAX_REQUEST_BYTES - 1 - len);
        if (got <= 0) {
            free(bytes);
            return NULL;
        }
        len += (size_t)got;
    }
}

/* Keeps the request and says which reply it gets. */
static struct http_reply note_request(struct http_server *server, char *request)
{
    char *kept = realloc(request, strlen(request) + 1);

    must(kept != NULL, "memory");
    (void)pthread_mutex_lock(&server->lock);
    size_t at = server->request_count;
    must(at < MAX_REQUESTS, "too many requests");
    server->requests[at] = kept;
    server->request_count++;
    (void)pthread_mutex_unlock(&server->lock);
    return server->replies[at < server->reply_count ? at : server->reply_count - 1];
}

/* True: the connection serves another request. */
static bool answer(const struct connection *connection, const struct http_reply *reply)
{
    const struct linger abrupt = {.l_onoff = 1, .l_linger = 0};

    if (reply->delay_ms > 0 && !wait_unless_stopped(connection->server, reply->delay_ms))
        return false;
    if (reply->raw != NULL && !send_all(connection, reply->raw, strlen(reply->raw)))
        return false;
    if (!send_fill(connection, reply->fill_bytes))
        return false;
    if (reply->end == HTTP_HANG)
        (void)wait_unless_stopped(connection->server, -1);
    if (reply->end == HTTP_RESET)
        (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof(abrupt));
    return reply->end == HTTP_KEEP;
}

/* True once it is agreed on. After an alert the client's words are read, lest a reset overtake it.
 */
static bool shake_hands(const struct connection *connection)
{
    char rest[4096];

    if (connection->tls == NULL || SSL_accept(connection->tls) == 1)
        return true;
    (void)shutdown(connection->fd, SHUT_WR);
    while (recv(connection->fd, rest, sizeof(rest), 0) > 0) {
    }
    return false;
}

static void serve(const struct connection *connection)
{
    bool go_on = shake_hands(connection);

    while (go_on) {
        char *request = read_request(connection);
        if (request == NULL)
            return;
        struct http_reply reply = note_request(connection->server, request);
        go_on = answer(connection, &reply);
    }
}

static void *connection_main(void *ctx)
{
    struct connection *connection = ctx;
    struct http_server *server = connection->server;

    serve(connection);
    SSL_free(connection->tls);
    (void)pthread_mutex_lock(&server->lock);
    (void)close(connection->fd);
    connection->fd = -1;
    (void)pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void start_connection(struct http_server *server, int fd)
{
    const int on = 1;
    pthread_attr_t small;

    /* Otherwise the first answer over TLS waits 40 ms for an acknowledgement. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    (void)pthread_mutex_lock(&server->lock);
    must(server->connection_count < MAX_CONNECTIONS, "too many connections");
    struct connection *connection = &server->connections[server->connection_count++];
    *connection = (struct connection){.server = server, .fd = fd};
    if (server->context != NULL) {
        connection->tls = SSL_new(server->context);
        must(connection->tls != NULL && SSL_set_fd(connection->tls, fd), "TLS");
    }
    (void)pthread_attr_init(&small);
    (void)pthread_attr_setstacksize(&small, STACK_BYTES);
    must(pthread_create(&connection->thread, &small, connection_main, connection) == 0, "thread");
    (void)pthread_attr_destroy(&small);
    (void)pthread_mutex_unlock(&server->lock);
}

static void *accept_main(void *ctx)
{
    struct http_server *server = ctx;
    struct pollfd both[2] = {{.fd = server->listener, .events = POLLIN},
                             {.fd = server->stop[0], .events = POLLIN}};

    for (;;) {
        if (poll(both, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (both[1].revents != 0)
            return NULL;
        int fd = both[0].revents == 0 ? -1 : accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            start_connection(server, fd);
    }
}

static void open_listener(struct http_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);

    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(server->listener >= 0, "socket");
    must(bind(server->listener, (struct sockaddr *)&address, len) == 0, "bind");
    must(listen(server->listener, BACKLOG) == 0, "listen");
    must(getsockname(server->listener, (struct sockaddr *)&address, &len) == 0, "getsockname");
    server->port = ntohs(address.sin_port);
    (void)snprintf(server->url, sizeof(server->url), "%s://127.0.0.1:%d",
                   server->context == NULL ? "http" : "https", server->port);
}

static void make_context(struct http_server *server, const char *name, const char *client_ca)
{
    (void)snprintf(server->folder, sizeof(server->folder), "/tmp/cleat-test-XXXXXX");
    must(mkdtemp(server->folder) != NULL, "mkdtemp");
    (void)snprintf(server->ca_file, sizeof(server->ca_file), "%s/ca.pem", server->folder);
    server->context = test_cert_context(name, server->ca_file);
    must(server->context != NULL, "certificate");
    must(client_ca == NULL || test_cert_demand(server->context, client_ca), "client certificate");
}

/* Without SIGPIPE: OpenSSL writes to clients that are gone. The threads inherit the mask. */
static void start_accepting(struct http_server *server)
{
    sigset_t pipe_signal;
    sigset_t before;

    (void)sigemptyset(&pipe_signal);
    (void)sigaddset(&pipe_signal, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    must(pthread_create(&server->thread, NULL, accept_main, server) == 0, "thread");
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct http_server *http_server_new(const struct http_server_options *options)
{
    struct http_server *server = calloc(1, sizeof(*server));

    must(server != NULL, "memory");
    must(options->reply_count > 0 &&
             options->reply_count <= sizeof(server->replies) / sizeof(server->replies[0]),
         "number of replies");
    (void)memcpy(server->replies, options->replies,
                 options->reply_count * sizeof(server->replies[0]));
    server->reply_count = options->reply_count;
    (void)pthread_mutex_init(&server->lock, NULL);
    must(pipe2(server->stop, O_CLOEXEC) == 0, "pipe");
    if (options->tls)
        make_context(server, options->tls_name, options->client_ca);
    open_listener(server);
    start_accepting(server);
    return server;
}

struct http_server *http_server_simple(const char *raw)
{
    const struct http_reply reply = {.raw = raw};

    return http_server_new(&(struct http_server_options){.replies = &reply, .reply_count = 1});
}

static void stop_threads(struct http_server *server)
{
    (void)close(server->stop[1]);
    (void)pthread_join(server->thread, NULL); /* no new connections from here on */
    (void)pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < server->connection_count; i++) {
        if (server->connections[i].fd >= 0)
            (void)shutdown(server->connections[i].fd, SHUT_RDWR);
    }
    (void)pthread_mutex_unlock(&server->lock);
    for (size_t i = 0; i < server->connection_count; i++)
        (void)pthread_join(server->connections[i].thread, NULL);
}

void http_server_free(struct http_server *server)
{
    if (server == NULL)
        return;
    stop_threads(server);
    (void)close(server->stop[0]);
    (void)close(server->listener);
    if (server->context != NULL) {
        (void)unlink(server->ca_file);
        (void)rmdir(server->folder);
    }
    SSL_CTX_free(server->context);
    for (size_t i = 0; i < server->request_count; i++)
        free(server->requests[i]);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}

const char *http_server_url(const struct http_server *server)
{
    return server->url;
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

const char *http_server_ca_file(const struct http_server *server)
{
    return server->ca_file;
}

unsigned long http_server_ca_hash(const struct http_server *server)
{
    return X509_NAME_hash(X509_get_subject_name(SSL_CTX_get0_certificate(server->context)));
}

static size_t read_count(struct http_server *server, const size_t *count)
{
    (void)pthread_mutex_lock(&server->lock);
    size_t value = *count;
    (void)pthread_mutex_unlock(&server->lock);
    return value;
}

size_t http_server_connections(struct http_server *server)
{
    return read_count(server, &server->connection_count);
}

size_t http_server_requests(struct http_server *server)
{
    return read_count(server, &server->request_count);
}

const char *http_server_request(struct http_server *server, size_t index)
{
    (void)pthread_mutex_lock(&server->lock);
    const char *request = index < server->request_count ? server->requests[index] : "";
    (void)pthread_mutex_unlock(&server->lock);
    return request;
}
