#include "net/resolve.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"

#define HOST_MAX 256

/* Shared by the thread and who asked; whoever lets go last frees it. */
struct cl_lookup {
    atomic_int holders;
    atomic_bool done; /* written once, after `found` and `failure` */
    int event;
    int failure; /* of getaddrinfo */
    struct addrinfo *found;
    char host[HOST_MAX];
    char port[8];
};

static void let_go(struct cl_lookup *lookup)
{
    if (atomic_fetch_sub(&lookup->holders, 1) > 1)
        return;
    if (lookup->found != NULL)
        freeaddrinfo(lookup->found);
    if (lookup->event >= 0)
        (void)close(lookup->event);
    cl_free(lookup);
}

static void look_up(struct cl_lookup *lookup, int flags)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags};

    lookup->failure = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->found);
}

static void *run(void *ctx)
{
    struct cl_lookup *lookup = ctx;
    const uint64_t one = 1;

    look_up(lookup, AI_NUMERICSERV);
    atomic_store(&lookup->done, true);
    /* Adding one to an event counter cannot fail. */
    ssize_t written = write(lookup->event, &one, sizeof(one));
    (void)written;
    let_go(lookup);
    return NULL;
}

static bool start_thread(struct cl_lookup *lookup)
{
    pthread_attr_t attr;
    pthread_t thread;

    if (pthread_attr_init(&attr) != 0)
        return false;
    (void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    (void)atomic_fetch_add(&lookup->holders, 1);
    bool started = pthread_create(&thread, &attr, run, lookup) == 0;
    if (!started)
        (void)atomic_fetch_sub(&lookup->holders, 1);
    (void)pthread_attr_destroy(&attr);
    return started;
}

static enum cl_code start(struct cl_lookup *lookup, struct cl_err *err)
{
    /* An address needs no resolver. */
    look_up(lookup, AI_NUMERICSERV | AI_NUMERICHOST);
    atomic_store(&lookup->done, lookup->failure == 0);
    lookup->event = eventfd(lookup->failure == 0 ? 1 : 0, EFD_CLOEXEC);
    if (lookup->event < 0 || (lookup->failure != 0 && !start_thread(lookup)))
        return cl_err_set(err, CL_E_FAILED, "cannot look up host names: the system refuses");
    return CL_OK;
}

enum cl_code cl_lookup_start(struct cl_str host, int port, struct cl_lookup **ret,
                             struct cl_err *err)
{
    if (host.len >= HOST_MAX)
        return cl_err_set(err, CL_E_INVALID, "the host name is longer than %d bytes", HOST_MAX - 1);
    struct cl_lookup *lookup = cl_alloc(sizeof(*lookup));
    if (lookup == NULL)
        return cl_err_no_memory(err);
    atomic_init(&lookup->holders, 1);
    atomic_init(&lookup->done, false);
    (void)snprintf(lookup->host, sizeof(lookup->host), "%.*s", CL_STR_ARG(host));
    (void)snprintf(lookup->port, sizeof(lookup->port), "%d", port);
    enum cl_code code = start(lookup, err);
    if (code != CL_OK) {
        let_go(lookup);
        return code;
    }
    *ret = lookup;
    return CL_OK;
}

int cl_lookup_fd(const struct cl_lookup *lookup)
{
    return lookup->event;
}

enum cl_code cl_lookup_result(struct cl_lookup *lookup, bool *ret_done, const struct addrinfo **ret,
                              struct cl_err *err)
{
    *ret_done = atomic_load(&lookup->done);
    if (!*ret_done)
        return CL_OK;
    if (lookup->failure == EAI_MEMORY)
        return cl_err_no_memory(err);
    if (lookup->failure != 0) {
        return cl_err_set(err, CL_E_UNREACHABLE, "cannot find the host '%s': %s", lookup->host,
                          gai_strerror(lookup->failure));
    }
    *ret = lookup->found;
    return CL_OK;
}

void cl_lookup_free(struct cl_lookup *lookup)
{
    if (lookup != NULL)
        let_go(lookup);
}
