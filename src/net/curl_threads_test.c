#include "net/curl_transport.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "http_server.h"
#include "net_fixture.h"
#include "test.h"

#define MANY 100
#define DELAY_MS 200

/* One caller on a thread of its own; it asserts nothing, the test's thread looks afterwards. */
struct caller {
    const struct net_fixture *net;
    const char *url;
    int64_t deadline_ms;
    int times;
    pthread_t thread;
    struct cl_err err;
    int answered;
};

static void *caller_main(void *ctx)
{
    struct caller *caller = ctx;
    struct net_fixture own = {.call = caller->net->call}; /* the world stays the shared one */

    own.call.deadline_ms = caller->deadline_ms;
    for (int i = 0; i < caller->times; i++) {
        CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;

        if (net_fixture_get(&own, caller->url, "/", &response, &caller->err) == CL_OK)
            caller->answered++;
    }
    return NULL;
}

static void start_callers(struct caller *callers, size_t count, const struct caller *like)
{
    for (size_t i = 0; i < count; i++) {
        callers[i] = *like;
        assert_int_equal(pthread_create(&callers[i].thread, NULL, caller_main, &callers[i]), 0);
    }
}

static void join_callers(struct caller *callers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
}

static int answered(const struct caller *callers, size_t count)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += callers[i].answered;
    return sum;
}

static struct http_server *slow_server(int delay_ms)
{
    const struct http_reply reply = {.raw = HTTP_OK_RAW, .delay_ms = delay_ms};

    return http_server_new(&(struct http_server_options){.replies = &reply, .reply_count = 1});
}

/* Under valgrind and the sanitizers a hundred threads do not start in time; the rest holds. */
static bool is_slowed_down(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    struct cl_world real = cl_world_real();

    return cl_str_contains(cl_world_env(&real, "LD_PRELOAD"), CL_STR("vgpreload"));
#endif
}

static void waits_for_many_answers_at_once(void **state)
{
    struct http_server *server = slow_server(DELAY_MS);
    struct cl_curl_options options = {.threaded = true, .max_in_flight = 128};
    struct net_fixture net;
    struct caller callers[MANY];

    (void)state;
    net_fixture_init(&net, &options);
    struct caller like = {.net = &net, .url = http_server_url(server), .times = 1};
    int64_t begun_ms = net_fixture_now_ms(&net);
    start_callers(callers, MANY, &like);
    join_callers(callers, MANY);
    int64_t took_ms = net_fixture_now_ms(&net) - begun_ms;
    print_message("%d answers after %d ms each took %lld ms\n", MANY, DELAY_MS, (long long)took_ms);
    assert_int_equal(answered(callers, MANY), MANY);
    assert_in_range(took_ms, DELAY_MS, is_slowed_down() ? 20000 : 399);
    net_fixture_cleanup(&net);
    http_server_free(server);
}

static void keeps_within_its_bound(void **state)
{
    struct http_server *server = slow_server(50);
    struct cl_curl_options options = {.threaded = true, .max_in_flight = 2};
    struct net_fixture net;
    struct caller callers[8];

    (void)state;
    net_fixture_init(&net, &options);
    struct caller like = {.net = &net, .url = http_server_url(server), .times = 1};
    int64_t begun_ms = net_fixture_now_ms(&net);
    start_callers(callers, CL_COUNT(callers), &like);
    join_callers(callers, CL_COUNT(callers));
    assert_int_equal(answered(callers, CL_COUNT(callers)), 8);
    assert_in_range(net_fixture_now_ms(&net) - begun_ms, 200, 20000); /* four rounds */
    assert_in_range(http_server_connections(server), 1, 2);
    net_fixture_cleanup(&net);
    http_server_free(server);
}

static void takes_turns_without_a_thread_of_its_own(void **state)
{
    struct http_server *server = slow_server(10);
    struct cl_curl_options options = {.threaded = false};
    struct net_fixture net;
    struct caller callers[4];

    (void)state;
    net_fixture_init(&net, &options);
    struct caller like = {.net = &net, .url = http_server_url(server), .times = 5};
    start_callers(callers, CL_COUNT(callers), &like);
    join_callers(callers, CL_COUNT(callers));
    assert_int_equal(answered(callers, CL_COUNT(callers)), 20);
    assert_int_equal(http_server_connections(server), 1);
    net_fixture_cleanup(&net);
    http_server_free(server);
}

/* The first caller keeps the only slot for ever; the second has a deadline. */
static void honours_the_deadline_of_a_caller_that_waits_its_turn(void **state)
{
    static const bool modes[] = {false, true};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(modes); i++) {
        const struct http_reply reply = {.end = HTTP_HANG};
        struct http_server *server =
            http_server_new(&(struct http_server_options){.replies = &reply, .reply_count = 1});
        struct cl_curl_options options = {.threaded = modes[i], .max_in_flight = 1};
        struct net_fixture net;
        struct caller first;
        struct caller second;

        net_fixture_init(&net, &options);
        net.call.cancelled = &net.cancelled;
        struct caller like = {.net = &net, .url = http_server_url(server), .times = 1};
        start_callers(&first, 1, &like);
        while (http_server_requests(server) == 0)
            net.world.sleep_ms(NULL, 1);
        like.deadline_ms = net_fixture_now_ms(&net) + 100;
        start_callers(&second, 1, &like);
        join_callers(&second, 1);
        assert_int_equal(second.err.code, CL_E_TIMEOUT);
        assert_int_equal(http_server_requests(server), 1);
        atomic_store(&net.cancelled, true);
        join_callers(&first, 1);
        assert_int_equal(first.err.code, CL_E_INTERRUPTED);
        net_fixture_cleanup(&net);
        http_server_free(server);
    }
}

/* Nor does the wait for them keep a new request from being started at once. */
static void one_hanging_server_does_not_delay_the_others(void **state)
{
    const struct http_reply reply = {.end = HTTP_HANG};
    struct http_server *hanging =
        http_server_new(&(struct http_server_options){.replies = &reply, .reply_count = 1});
    struct http_server *quick = http_server_simple(HTTP_OK_RAW);
    struct cl_curl_options options = {.threaded = true};
    struct net_fixture net;
    struct caller stuck[4];
    struct caller caller;

    (void)state;
    net_fixture_init(&net, &options);
    struct caller like = {.net = &net, .url = http_server_url(hanging), .times = 1};
    like.deadline_ms = net_fixture_now_ms(&net) + 1800;
    start_callers(stuck, CL_COUNT(stuck), &like);
    while (http_server_requests(hanging) < CL_COUNT(stuck))
        net.world.sleep_ms(NULL, 1);
    net.world.sleep_ms(NULL, 300); /* until libcurl's own first timers have run out */
    like.url = http_server_url(quick);
    like.times = 25;
    int64_t begun_ms = net_fixture_now_ms(&net);
    start_callers(&caller, 1, &like);
    join_callers(&caller, 1);
    assert_int_equal(caller.answered, 25);
    assert_in_range(net_fixture_now_ms(&net) - begun_ms, 0, is_slowed_down() ? 1400 : 500);
    join_callers(stuck, CL_COUNT(stuck));
    assert_int_equal(answered(stuck, CL_COUNT(stuck)), 0);
    assert_int_equal(stuck[0].err.code, CL_E_TIMEOUT);
    net_fixture_cleanup(&net);
    http_server_free(hanging);
    http_server_free(quick);
}

static void goes_idle_and_starts_again(void **state)
{
    struct http_server *server = http_server_simple(HTTP_OK_RAW);
    struct cl_curl_options options = {.threaded = true};
    struct timespec before = {0};
    struct timespec after = {0};
    struct net_fixture net;
    struct caller caller;

    (void)state;
    net_fixture_init(&net, &options);
    struct caller like = {.net = &net, .url = http_server_url(server), .times = 1};
    start_callers(&caller, 1, &like);
    join_callers(&caller, 1);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    net.world.sleep_ms(NULL, 100);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    int64_t busy_us =
        (after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000;
    assert_in_range(busy_us, 0, 20000); /* the I/O thread sleeps */
    start_callers(&caller, 1, &like);
    join_callers(&caller, 1);
    assert_int_equal(caller.answered, 1);
    assert_int_equal(http_server_connections(server), 1);
    net_fixture_cleanup(&net);
    http_server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_many_answers_at_once),
        cmocka_unit_test(keeps_within_its_bound),
        cmocka_unit_test(takes_turns_without_a_thread_of_its_own),
        cmocka_unit_test(honours_the_deadline_of_a_caller_that_waits_its_turn),
        cmocka_unit_test(one_hanging_server_does_not_delay_the_others),
        cmocka_unit_test(goes_idle_and_starts_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
