#include "net/curl_transport.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "base/alloc.h"
#include "net/curl_engine.h"

#define DEFAULT_IN_FLIGHT 64
#define IDLE_CONNECTIONS 8 /* of a program that does one thing at a time */
#define SLOT_POLL_MS 50
#define NS_PER_MS 1000000L
#define NS_PER_S 1000000000L

struct curl_transport {
    struct cl_transport base; /* first: callers hold a pointer to it */
    struct cl_curl_options options;
    struct cl_engine engine; /* of the I/O thread, or of the thread that holds the only slot */
    pthread_t thread;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t slot_free;
    pthread_cond_t work;
    struct cl_transfer *submitted; /* linked by `next` */
    int in_flight;
    bool has_engine;
    bool has_thread;
    bool is_stopping;
};

/* A transfer and the caller that sleeps until the I/O thread is done with it. */
struct job {
    struct cl_transfer transfer; /* first: the engine hands back a pointer to it */
    pthread_cond_t done;
    bool is_delivered; /* under the transport's lock */
};

static int slots_of(const struct curl_transport *transport)
{
    return transport->options.threaded ? transport->options.max_in_flight : 1;
}

static void wait_for_slot(struct curl_transport *transport)
{
    struct timespec until = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += SLOT_POLL_MS * NS_PER_MS;
    if (until.tv_nsec >= NS_PER_S) {
        until.tv_nsec -= NS_PER_S;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&transport->slot_free, &transport->lock, &until);
}

static enum cl_code take_slot(struct curl_transport *transport, const struct cl_call *call,
                              struct cl_err *err)
{
    enum cl_code code = CL_OK;

    (void)pthread_mutex_lock(&transport->lock);
    while (transport->in_flight >= slots_of(transport) && code == CL_OK) {
        wait_for_slot(transport);
        code = cl_call_check(call, err);
    }
    if (code == CL_OK) {
        transport->in_flight++;
    } else { /* the signal that may have woken this thread is for the next one */
        (void)pthread_cond_signal(&transport->slot_free);
    }
    (void)pthread_mutex_unlock(&transport->lock);
    return code;
}

static void give_slot(struct curl_transport *transport)
{
    (void)pthread_mutex_lock(&transport->lock);
    transport->in_flight--;
    (void)pthread_cond_signal(&transport->slot_free);
    (void)pthread_mutex_unlock(&transport->lock);
}

/* Blocks until there is something to run; false when the transport is being freed. */
static bool take_submitted(struct curl_transport *transport, struct cl_transfer **ret)
{
    (void)pthread_mutex_lock(&transport->lock);
    while (transport->submitted == NULL && transport->engine.running == NULL &&
           !transport->is_stopping)
        (void)pthread_cond_wait(&transport->work, &transport->lock);
    *ret = CL_MOVE(transport->submitted);
    bool go_on = !transport->is_stopping;
    (void)pthread_mutex_unlock(&transport->lock);
    return go_on;
}

static void deliver(struct curl_transport *transport, struct cl_transfer *finished)
{
    if (finished == NULL)
        return;
    (void)pthread_mutex_lock(&transport->lock);
    while (finished != NULL) {
        struct job *job = (struct job *)finished;

        finished = finished->next; /* before its caller may take the job away */
        job->is_delivered = true;
        (void)pthread_cond_signal(&job->done);
    }
    (void)pthread_mutex_unlock(&transport->lock);
}

static void *io_main(void *ctx)
{
    struct curl_transport *transport = ctx;
    struct cl_transfer *fresh = NULL;

    while (take_submitted(transport, &fresh)) {
        while (fresh != NULL) {
            struct cl_transfer *next = fresh->next;

            cl_engine_add(&transport->engine, fresh);
            fresh = next;
        }
        deliver(transport, cl_engine_step(&transport->engine));
    }
    return NULL;
}

/* With all signals blocked: they are for the threads of the program. */
static enum cl_code start_thread(struct curl_transport *transport, struct cl_err *err)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int rc = pthread_create(&transport->thread, NULL, io_main, transport);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0) {
        return cl_err_set(err, CL_E_FAILED, "cannot start the network thread: %s",
                          strerrordesc_np(rc));
    }
    transport->has_thread = true;
    return CL_OK;
}

static enum cl_code start_locked(struct curl_transport *transport, const struct cl_curl *curl,
                                 struct cl_err *err)
{
    bool threaded = transport->options.threaded;
    int connections = threaded ? slots_of(transport) : IDLE_CONNECTIONS;

    if (!transport->has_engine) {
        CL_TRY(cl_engine_init(&transport->engine, curl, connections, err));
        transport->has_engine = true;
    }
    return threaded && !transport->has_thread ? start_thread(transport, err) : CL_OK;
}

static enum cl_code start(struct curl_transport *transport, const struct cl_curl *curl,
                          struct cl_err *err)
{
    (void)pthread_mutex_lock(&transport->lock);
    enum cl_code code = start_locked(transport, curl, err);
    (void)pthread_mutex_unlock(&transport->lock);
    return code;
}

static void run_on_thread(struct curl_transport *transport, struct job *job)
{
    (void)pthread_cond_init(&job->done, NULL);
    (void)pthread_mutex_lock(&transport->lock);
    job->transfer.next = transport->submitted;
    transport->submitted = &job->transfer;
    (void)pthread_cond_signal(&transport->work);
    (void)pthread_mutex_unlock(&transport->lock);
    cl_engine_wake(&transport->engine); /* it sleeps in one place or the other */

    (void)pthread_mutex_lock(&transport->lock);
    while (!job->is_delivered)
        (void)pthread_cond_wait(&job->done, &transport->lock);
    (void)pthread_mutex_unlock(&transport->lock);
    (void)pthread_cond_destroy(&job->done);
}

static void run_here(struct curl_transport *transport, struct job *job)
{
    cl_engine_add(&transport->engine, &job->transfer);
    while (cl_engine_step(&transport->engine) == NULL) {
    }
}

static enum cl_code exchange(struct curl_transport *transport, struct job *job,
                             struct cl_http_response *ret, struct cl_err *err)
{
    CL_TRY(start(transport, job->transfer.curl, err));
    CL_TRY(cl_transfer_open(&job->transfer, err));
    if (transport->options.threaded) {
        run_on_thread(transport, job);
    } else {
        run_here(transport, job);
    }
    return cl_transfer_finish(&job->transfer, ret, err);
}

static enum cl_code curl_send(struct cl_transport *self, const struct cl_call *call,
                              const struct cl_http_request *request, struct cl_http_response *ret,
                              struct cl_err *err)
{
    struct curl_transport *transport = (struct curl_transport *)self;
    struct job job = {
        .transfer = {.call = call,
                     .request = request,
                     .user_agent = transport->options.user_agent,
                     .egress = {.server_mode = call->server_mode,
                                .direct = request->direct,
                                .allow_loopback = transport->options.allow_loopback}}};

    CL_TRY(cl_curl_get(&job.transfer.curl, err));
    CL_TRY(take_slot(transport, call, err));
    enum cl_code code = exchange(transport, &job, ret, err);
    cl_transfer_cleanup(&job.transfer);
    give_slot(transport);
    return code;
}

enum cl_code cl_curl_transport_new(const struct cl_curl_options *options, struct cl_transport **ret,
                                   struct cl_err *err)
{
    struct curl_transport *transport = cl_alloc(sizeof(*transport));
    pthread_condattr_t monotonic;

    if (transport == NULL)
        return cl_err_no_memory(err);
    transport->base.send = curl_send;
    transport->options = *options;
    if (options->max_in_flight <= 0)
        transport->options.max_in_flight = DEFAULT_IN_FLIGHT;
    if (options->user_agent == NULL)
        transport->options.user_agent = "cleat";
    /* On Linux none of these can fail with these arguments. */
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&transport->lock, NULL);
    (void)pthread_cond_init(&transport->slot_free, &monotonic);
    (void)pthread_cond_init(&transport->work, NULL);
    (void)pthread_condattr_destroy(&monotonic);
    *ret = &transport->base;
    return CL_OK;
}

static void stop_thread(struct curl_transport *transport)
{
    (void)pthread_mutex_lock(&transport->lock);
    bool has_thread = transport->has_thread;
    transport->is_stopping = true;
    (void)pthread_cond_signal(&transport->work);
    (void)pthread_mutex_unlock(&transport->lock);
    if (has_thread)
        (void)pthread_join(transport->thread, NULL);
}

void cl_curl_transport_free(struct cl_transport *transport)
{
    struct curl_transport *own = (struct curl_transport *)transport;

    if (own == NULL)
        return;
    stop_thread(own);
    cl_engine_cleanup(&own->engine);
    (void)pthread_cond_destroy(&own->work);
    (void)pthread_cond_destroy(&own->slot_free);
    (void)pthread_mutex_destroy(&own->lock);
    cl_free(own);
}
