#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app_fixture.h"

/* Many callers want the same credential at once: one of them asks, all of them get it. */

#define THREADS 50
#define PROCESSES 20

static void sleep_ms(int64_t duration_ms)
{
    struct timespec pause = {.tv_nsec = duration_ms * 1000000};

    (void)nanosleep(&pause, NULL);
}

static struct cl_issue_client_request alpha(void)
{
    return (struct cl_issue_client_request){.ref = app_ref("crate"),
                                            .resource_type = CL_STR("fake-box"),
                                            .resource_id = CL_STR("alpha"),
                                            .purpose = CL_STR("herd")};
}

/* --- threads ------------------------------------------------------------------------------- */

/* One caller of a herd. */
struct caller {
    struct app_fixture *app;
    struct cl_call call;
    enum cl_code code;
    char token[64];
};

static atomic_int arrived;

static void *run_caller(void *ctx)
{
    struct caller *caller = ctx;
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    struct cl_issue_client_request request = alpha();
    struct cl_api *api = caller->app->api;
    struct cl_err err = CL_ERR_NONE;

    (void)atomic_fetch_add(&arrived, 1);
    caller->code = api->ops->issue(api, &caller->call, &request, &result, &err);
    (void)snprintf(
        caller->token, sizeof(caller->token), "%.*s",
        CL_STR_ARG(cl_secret_expose(cl_config_secret(&result.issued.config, "session_token"))));
    return NULL;
}

static void run_herd(struct app_fixture *app, struct caller *callers, size_t count)
{
    pthread_t threads[THREADS];

    assert_true(count <= THREADS);
    atomic_store(&arrived, 0);
    for (size_t i = 0; i < count; i++) {
        callers[i] = (struct caller){.app = app, .call = app->call};
        assert_int_equal(pthread_create(&threads[i], NULL, run_caller, &callers[i]), 0);
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static enum cl_code take_a_while(void *ctx, const char *operation, const struct cl_call *call,
                                 const struct cl_connector *conn, struct cl_err *err)
{
    (void)ctx;
    (void)operation;
    (void)call;
    (void)conn;
    (void)err;
    sleep_ms(30);
    return CL_OK;
}

static void asks_once_for_fifty_threads(void **state)
{
    struct app_fixture *app = *state;
    static struct caller callers[THREADS];

    app_add(app, "crate", "minted", NULL, NULL);
    fake_script.hook = take_a_while;
    run_herd(app, callers, THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(callers[i].code, CL_OK);
        assert_string_equal(callers[i].token, "canary-token-1");
    }
    assert_int_equal(atomic_load(&fake_script.issue_calls), 1);
    assert_int_equal(app_audited(app, "credential.issue", "ok"), THREADS);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE cache_hit = 1"),
                     THREADS - 1);
}

static void renews_once_for_fifty_threads(void **state)
{
    struct app_fixture *app = *state;
    static struct caller callers[THREADS];

    app_add(app, "crate", "minted", NULL, NULL);
    run_herd(app, callers, 1);
    app_advance(app, 500); /* due, but good for another 100 s */
    fake_script.hook = take_a_while;
    run_herd(app, callers, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(callers[i].code, CL_OK);
    assert_int_equal(atomic_load(&fake_script.issue_calls), 2);
}

/* Once the herd has gathered, time passes and the provider does not answer. */
static enum cl_code stay_away(void *ctx, const char *operation, const struct cl_call *call,
                              const struct cl_connector *conn, struct cl_err *err)
{
    struct app_fixture *app = ctx;

    (void)operation;
    (void)conn;
    while (atomic_load(&arrived) < PROCESSES && cl_call_remaining_ms(call, 1) > 0)
        sleep_ms(1);
    sleep_ms(60);
    app_advance(app, 30);
    return cl_err_set(err, CL_E_UNREACHABLE, "nobody answers");
}

static void shares_a_failure_with_those_who_waited_for_it(void **state)
{
    struct app_fixture *app = *state;
    static struct caller callers[PROCESSES];

    app_add(app, "crate", "minted", NULL, NULL);
    fake_script.hook = stay_away;
    fake_script.hook_ctx = app;
    run_herd(app, callers, PROCESSES);
    for (size_t i = 0; i < PROCESSES; i++)
        assert_int_equal(callers[i].code, CL_E_UNREACHABLE);
    /* Who came so late that time had passed asks for himself. */
    assert_in_range(atomic_load(&fake_script.issue_calls), 1, 5);
    fake_script.hook = NULL;
    run_herd(app, callers, 1);
    assert_int_equal(callers[0].code, CL_OK);
}

/* The first who asks is cancelled while he does. */
static enum cl_code cancel_first(void *ctx, const char *operation, const struct cl_call *call,
                                 const struct cl_connector *conn, struct cl_err *err)
{
    (void)ctx;
    (void)operation;
    (void)call;
    (void)conn;
    if (atomic_load(&fake_script.issue_calls) > 1)
        return CL_OK;
    while (atomic_load(&arrived) < 4)
        sleep_ms(1);
    return cl_err_set(err, CL_E_INTERRUPTED, "interrupted");
}

static void hands_over_when_the_first_is_cancelled(void **state)
{
    struct app_fixture *app = *state;
    struct caller callers[4];
    int good = 0;

    app_add(app, "crate", "minted", NULL, NULL);
    fake_script.hook = cancel_first;
    run_herd(app, callers, CL_COUNT(callers));
    for (size_t i = 0; i < CL_COUNT(callers); i++)
        good += callers[i].code == CL_OK ? 1 : 0;
    assert_int_equal(good, 3);
    assert_int_equal(atomic_load(&fake_script.issue_calls), 2);
}

/* --- processes ----------------------------------------------------------------------------- */

/* Between parent and children. */
struct shared {
    atomic_int asked;
    atomic_int inside;
};

static struct shared *shared_new(void)
{
    void *memory = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(memory != MAP_FAILED);
    return memory;
}

static enum cl_code count_in_all_processes(void *ctx, const char *operation,
                                           const struct cl_call *call,
                                           const struct cl_connector *conn, struct cl_err *err)
{
    struct shared *shared = ctx;

    (void)operation;
    (void)call;
    (void)conn;
    (void)err;
    (void)atomic_fetch_add(&shared->asked, 1);
    sleep_ms(50);
    return CL_OK;
}

/* What `cleat credential-process` does: open, issue, end. */
static void be_a_process(struct app_fixture *app)
{
    struct caller caller = {.app = app, .call = app->call};

    app_reopen(app);
    (void)run_caller(&caller);
    app->api->ops->free(app->api);
    _exit(caller.code == CL_OK && caller.token[0] != '\0' ? 0 : 1);
}

static pid_t start_process(struct app_fixture *app)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        be_a_process(app);
    return child;
}

/* Connections of SQLite do not survive a fork: the parent keeps none open. */
static void store_crate_and_close(struct app_fixture *app)
{
    app_add(app, "crate", "minted", NULL, NULL);
    app_reopen(app);
}

static void asks_once_for_twenty_processes(void **state)
{
    struct app_fixture *app = *state;
    struct shared *shared = shared_new();
    pid_t children[PROCESSES];

    store_crate_and_close(app);
    fake_script.hook = count_in_all_processes;
    fake_script.hook_ctx = shared;
    for (size_t i = 0; i < PROCESSES; i++)
        children[i] = start_process(app);
    for (size_t i = 0; i < PROCESSES; i++) {
        int status = -1;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_int_equal(atomic_load(&shared->asked), 1);
    assert_int_equal(app_audited(app, "credential.issue", "ok"), PROCESSES);
    (void)munmap(shared, sizeof(*shared));
}

static enum cl_code hang_in_the_first(void *ctx, const char *operation, const struct cl_call *call,
                                      const struct cl_connector *conn, struct cl_err *err)
{
    struct shared *shared = ctx;

    (void)operation;
    (void)conn;
    if (atomic_fetch_add(&shared->asked, 1) > 0)
        return CL_OK;
    atomic_store(&shared->inside, 1);
    while (true) {
        CL_TRY(cl_call_check(call, err));
        sleep_ms(1);
    }
}

static void survives_the_death_of_whoever_asks(void **state)
{
    struct app_fixture *app = *state;
    struct shared *shared = shared_new();
    struct caller caller = {.app = app};
    int status = 0;

    store_crate_and_close(app);
    fake_script.hook = hang_in_the_first;
    fake_script.hook_ctx = shared;
    pid_t first = start_process(app);
    while (atomic_load(&shared->inside) == 0)
        sleep_ms(1);
    assert_int_equal(kill(first, SIGKILL), 0);
    assert_int_equal(waitpid(first, &status, 0), first);
    caller.call = cl_call_within(&app->call, 20000);
    (void)run_caller(&caller);
    assert_int_equal(caller.code, CL_OK);
    assert_int_equal(atomic_load(&shared->asked), 2);
    (void)munmap(shared, sizeof(*shared));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_once_for_twenty_processes),
        TEST(survives_the_death_of_whoever_asks),
        TEST(asks_once_for_fifty_threads),
        TEST(renews_once_for_fifty_threads),
        TEST(shares_a_failure_with_those_who_waited_for_it),
        TEST(hands_over_when_the_first_is_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
