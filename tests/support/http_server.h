#ifndef CLEAT_TESTS_HTTP_SERVER_H
#define CLEAT_TESTS_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A loopback HTTP server in threads of the test process, which answers with scripted raw bytes,
 * right or wrong ones. Its memory is not from the product's heap, so that a test can let that fail.
 */
struct http_server;

enum http_end {
    HTTP_KEEP,  /* wait for the next request on the same connection */
    HTTP_CLOSE, /* close in order */
    HTTP_RESET, /* close so that the client sees a reset */
    HTTP_HANG,  /* keep the connection open and say nothing more */
};

struct http_reply {
    const char *raw;   /* NUL-terminated bytes to send; NULL: none */
    size_t fill_bytes; /* so many `x` behind them */
    int delay_ms;      /* before the first byte */
    enum http_end end;
};

struct http_server_options {
    const struct http_reply *replies; /* one per request in order of arrival; the last repeats */
    size_t reply_count;
    bool tls;              /* with a key and a self-signed certificate made now */
    const char *tls_name;  /* the name in it; NULL: localhost and 127.0.0.1 */
    const char *client_ca; /* PEM: a certificate of this one is demanded; NULL: of nobody */
};

/* 200 with two bytes of body, keeping the connection. */
#define HTTP_OK_RAW "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/** Listens when it returns. Never NULL: what it cannot do ends the test process. */
struct http_server *http_server_new(const struct http_server_options *options);

/** The same for a single reply that repeats. */
struct http_server *http_server_simple(const char *raw);

/** Ends all its threads, wherever they wait. */
void http_server_free(struct http_server *server);

const char *http_server_url(const struct http_server *server); /* http://127.0.0.1:PORT, no slash */
int http_server_port(const struct http_server *server);
const char *http_server_ca_file(const struct http_server *server); /* PEM, with tls */

/** What OpenSSL calls the certificate in a hashed directory. */
unsigned long http_server_ca_hash(const struct http_server *server);

size_t http_server_connections(struct http_server *server); /* accepted so far */
size_t http_server_requests(struct http_server *server);    /* read so far */

/** The index-th request as it came, head and body; borrowed, lives as long as the server. */
const char *http_server_request(struct http_server *server, size_t index);

#endif
