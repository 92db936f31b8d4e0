#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/local.h"
#include "store_fixture.h"
#include "test.h"

/*
 * Several processes at once, and processes that are killed. A child never uses a connection of its
 * parent, which SQLite forbids: the parent's store is closed while there are children.
 */

#define HERD 8
#define PER_CHILD 4
#define ROUNDS 4
#define KILLS 25

static int teardown(void **state)
{
    store_fixture_free(*state);
    return 0;
}

/* Inserts connectors FIRST, FIRST+1, ... and says each number to `said` once it is stored. */
static void insert_many(struct store_fixture *at, int first, int count, int said)
{
    struct cl_err err = CL_ERR_NONE;

    if (store_fixture_try_open(at, &err) != CL_OK) {
        (void)fprintf(stderr, "in a child: %s\n", err.text);
        _exit(1);
    }
    for (int i = first; i < first + count; i++) {
        struct cl_audit_event event = store_event("connector.create");
        char name[32];
        (void)snprintf(name, sizeof(name), "conn-%d", i);
        struct cl_connector conn = store_connector(i, name);
        if (at->store->ops->connector_insert(at->store, &conn, &event, &err) != CL_OK) {
            (void)fprintf(stderr, "in a child: %s\n", err.text);
            _exit(1);
        }
        cl_connector_cleanup(&conn);
        if (said >= 0 && write(said, &i, sizeof(i)) != (ssize_t)sizeof(i))
            _exit(2);
    }
    store_fixture_close(at);
    _exit(0);
}

static enum cl_code count_readable(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    char want[64];

    (void)err;
    (void)snprintf(want, sizeof(want), "%s-%s", STORE_CANARY, conn->name);
    assert_str(store_secret(conn, "password"), want);
    ++*(int *)ctx;
    return CL_OK;
}

/* Every connector opens, and has its row in an unbroken audit. */
static int check_all(struct store_fixture *at)
{
    struct cl_err err;
    int count = 0;

    store_fixture_open(at);
    assert_ok(store_each_open(at->store, count_readable, &count, &err), &err);
    CL_AUTO(cl_buf) struct cl_buf actions = store_actions(at);
    assert_int_equal(actions.len, (size_t)count * strlen("connector.create\n"));
    store_fixture_close(at);
    return count;
}

static void start_herd(struct store_fixture *at, pid_t children[HERD])
{
    int gate[2];
    char go;

    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < HERD; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        (void)close(gate[1]);
        (void)!read(gate[0], &go, 1); /* returns when the parent opens the gate by closing it */
        insert_many(at, i * 100 + 1, PER_CHILD, -1);
    }
    (void)close(gate[0]);
    (void)close(gate[1]);
}

static void makes_one_store_and_one_key(void **state)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct store_fixture *at = store_fixture_closed();
        pid_t children[HERD];
        *state = at;
        start_herd(at, children);
        for (int i = 0; i < HERD; i++) {
            int status = 0;
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_int_equal(status, 0);
        }
        assert_int_equal(check_all(at), HERD * PER_CHILD);
        assert_int_equal(store_fixture_number(at, "SELECT count(*) FROM data_key"), 1);
        if (round + 1 < ROUNDS)
            store_fixture_free(at);
    }
}

/* Kills a writer once it has acknowledged `wait_for` inserts. Returns how many it acknowledged. */
static int kill_writer(struct store_fixture *at, int first, int wait_for)
{
    int acknowledged = 0;
    int number = 0;
    int status = 0;
    int said[2];

    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    if (child == 0)
        insert_many(at, first, 1000, said[1]);
    (void)close(said[1]);
    while (acknowledged < wait_for && read(said[0], &number, sizeof(number)) > 0)
        acknowledged++;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    while (read(said[0], &number, sizeof(number)) > 0) /* said before the signal arrived */
        acknowledged++;
    (void)close(said[0]);
    return acknowledged;
}

static void loses_nothing_that_was_acknowledged(void **state)
{
    struct store_fixture *at = store_fixture_closed();
    int least = 0;

    *state = at;
    for (int i = 0; i < KILLS; i++) {
        least += kill_writer(at, i * 1000 + 1, i % 5);
        int stored = check_all(at);
        /* At most one more: committed, but not yet acknowledged. */
        assert_in_range(stored, least, least + 1);
        least = stored;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(makes_one_store_and_one_key, teardown),
        cmocka_unit_test_teardown(loses_nothing_that_was_acknowledged, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
