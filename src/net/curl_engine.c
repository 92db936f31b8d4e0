#include "net/curl_engine.h"

#define CANCEL_POLL_MS 50
#define IDLE_POLL_MS 1000

enum cl_code cl_engine_init(struct cl_engine *engine, const struct cl_curl *curl,
                            int max_connections, struct cl_err *err)
{
    CURLM *multi = curl->multi_init();

    if (multi == NULL)
        return cl_err_no_memory(err);
    if (curl->multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)max_connections) != CURLM_OK) {
        (void)curl->multi_cleanup(multi);
        return cl_err_set(err, CL_E_INTERNAL, "libcurl does not keep connections");
    }
    *engine = (struct cl_engine){.curl = curl, .multi = multi};
    return CL_OK;
}

void cl_engine_cleanup(struct cl_engine *engine)
{
    if (engine->multi != NULL)
        (void)engine->curl->multi_cleanup(engine->multi);
    engine->multi = NULL;
}

static CURLcode code_of(CURLMcode rc)
{
    if (rc == CURLM_OK)
        return CURLE_OK;
    return rc == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT;
}

void cl_engine_add(struct cl_engine *engine, struct cl_transfer *transfer)
{
    transfer->result = code_of(engine->curl->multi_add_handle(engine->multi, transfer->easy));
    transfer->is_done = transfer->result != CURLE_OK;
    transfer->next = engine->running;
    engine->running = transfer;
}

/* libcurl's messages name the handle; the transfer stands in its private pointer. */
static void collect_results(struct cl_engine *engine)
{
    int left = 0;

    for (;;) {
        const CURLMsg *message = engine->curl->multi_info_read(engine->multi, &left);
        struct cl_transfer *transfer = NULL;

        if (message == NULL)
            return;
        CURLcode result = message->data.result; /* gone once the handle is taken off */
        CURL *easy = message->easy_handle;
        if (message->msg != CURLMSG_DONE ||
            engine->curl->easy_getinfo(easy, CURLINFO_PRIVATE, &transfer) != CURLE_OK)
            continue;
        transfer->result = result;
        transfer->is_done = true;
    }
}

static bool is_finished(struct cl_transfer *transfer)
{
    return transfer->is_done || cl_call_check(transfer->call, &transfer->stopped) != CL_OK;
}

static struct cl_transfer *take_finished(struct cl_engine *engine)
{
    struct cl_transfer *finished = NULL;
    struct cl_transfer **at = &engine->running;

    while (*at != NULL) {
        struct cl_transfer *transfer = *at;

        if (!is_finished(transfer)) {
            at = &transfer->next;
            continue;
        }
        *at = transfer->next;
        (void)engine->curl->multi_remove_handle(engine->multi, transfer->easy);
        transfer->next = finished;
        finished = transfer;
    }
    return finished;
}

/* Without a working multi handle nothing moves any more: everybody learns it at once. */
static void fail_all(struct cl_engine *engine, CURLcode result)
{
    for (struct cl_transfer *at = engine->running; at != NULL && result != CURLE_OK;
         at = at->next) {
        if (at->is_done)
            continue;
        at->result = result;
        at->is_done = true;
    }
}

static int wait_ms(const struct cl_engine *engine)
{
    int64_t wait = IDLE_POLL_MS;

    for (const struct cl_transfer *at = engine->running; at != NULL; at = at->next) {
        int64_t most_ms = at->call->cancelled == NULL ? IDLE_POLL_MS : CANCEL_POLL_MS;
        int64_t left_ms = cl_call_remaining_ms(at->call, most_ms);
        if (left_ms < wait)
            wait = left_ms;
        if (at->is_done)
            return 0;
    }
    return (int)wait;
}

struct cl_transfer *cl_engine_step(struct cl_engine *engine)
{
    const struct cl_curl *curl = engine->curl;
    int running = 0;

    fail_all(engine, code_of(curl->multi_perform(engine->multi, &running)));
    collect_results(engine);
    struct cl_transfer *finished = take_finished(engine);
    if (finished != NULL || engine->running == NULL)
        return finished;
    fail_all(engine, code_of(curl->multi_poll(engine->multi, NULL, 0, wait_ms(engine), NULL)));
    return NULL;
}

void cl_engine_wake(struct cl_engine *engine)
{
    (void)engine->curl->multi_wakeup(engine->multi);
}
