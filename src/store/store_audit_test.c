#include <stdio.h>

#include "base/alloc.h"
#include "crypto/digest.h"
#include "store/sqlite_store.h"
#include "store_fixture.h"
#include "test.h"

/* The hash chain. What a row holds is in conformance_test.c. */

#define ROWS 70 /* more than one batch */

static struct store_fixture *original; /* closed; five rows */

static enum cl_code add(struct store_fixture *at, const struct cl_audit_event *event,
                        struct cl_err *err)
{
    return at->store->ops->audit_add(at->store, event, err);
}

static void add_steps(struct store_fixture *at, int from, int to)
{
    struct cl_err err;
    char action[16];

    for (int i = from; i <= to; i++) {
        (void)snprintf(action, sizeof(action), "step.%d", i);
        struct cl_audit_event event = store_event(action);
        event.connector_id = store_id(1);
        event.generation = i;
        assert_ok(add(at, &event, &err), &err);
    }
}

static int group_setup(void **state)
{
    (void)state;
    original = store_fixture_new();
    add_steps(original, 1, 5);
    store_fixture_close(original);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    store_fixture_free(original);
    return 0;
}

static int setup(void **state)
{
    struct store_fixture *at = store_fixture_closed();

    store_fixture_copy(at, original);
    *state = at;
    return 0;
}

static int teardown(void **state)
{
    store_fixture_free(*state);
    return 0;
}

static enum cl_code count(void *ctx, const struct cl_audit_event *event, struct cl_err *err)
{
    (void)event;
    (void)err;
    ++*(int *)ctx;
    return CL_OK;
}

static enum cl_code verify(struct store_fixture *at, int *ret_visited, struct cl_err *err)
{
    *ret_visited = 0;
    return at->store->ops->audit_each(at->store, count, ret_visited, err);
}

static void accepts_a_chain_that_nobody_touched(void **state)
{
    struct store_fixture *at = *state;
    struct cl_err err;
    int visited = 0;

    store_fixture_open(at);
    assert_ok(verify(at, &visited, &err), &err);
    assert_int_equal(visited, 5);
    add_steps(at, 6, ROWS);
    assert_ok(verify(at, &visited, &err), &err);
    assert_int_equal(visited, ROWS);
}

static void numbers_rows_from_one_without_gaps(void **state)
{
    assert_int_equal(store_fixture_number(*state, "SELECT min(seq) = 1 AND max(seq) = 5 AND "
                                                  "count(*) = 5 FROM audit"),
                     1);
}

static void links_each_row_to_the_one_before(void **state)
{
    struct store_fixture *at = *state;

    assert_int_equal(store_fixture_number(at, "SELECT count(*) FROM audit AS a JOIN audit AS b "
                                              "ON b.seq = a.seq + 1 AND b.prev_hash = a.hash"),
                     4);
    assert_int_equal(
        store_fixture_number(at, "SELECT prev_hash = zeroblob(32) FROM audit WHERE seq = 1"), 1);
}

/* What somebody may do to the table, the row that is named, and how many stood before it. */
struct tampering {
    const char *statements;
    const char *text;
    int visited;
};

static void finds_what_was_changed_removed_or_added(void **state)
{
    static const struct tampering cases[] = {
        {"UPDATE audit SET actor = 'somebody' WHERE seq = 3", "audit row 3 is not as it was", 2},
        {"UPDATE audit SET at_us = at_us + 1 WHERE seq = 1", "audit row 1 is not as it was", 0},
        {"UPDATE audit SET agent = '' WHERE seq = 2", "audit row 2 is not as it was", 1},
        {"UPDATE audit SET source = NULL WHERE seq = 2", "audit row 2 is not as it was", 1},
        {"UPDATE audit SET cache_hit = 1 WHERE seq = 4", "audit row 4 is not as it was", 3},
        {"UPDATE audit SET generation = 9 WHERE seq = 4", "audit row 4 is not as it was", 3},
        /* The same bytes in other columns. */
        {"UPDATE audit SET actor = 'testerstep.5', action = '' WHERE seq = 5",
         "audit row 5 is not as it was", 4},
        {"UPDATE audit SET source = NULL, agent = source WHERE seq = 5",
         "audit row 5 is not as it was", 4},
        {"UPDATE audit SET hash = zeroblob(32) WHERE seq = 5", "audit row 5 is not as it was", 4},
        {"UPDATE audit SET prev_hash = zeroblob(32) WHERE seq = 2", "audit row 2 is not as", 1},
        {"DELETE FROM audit WHERE seq = 1", "audit row 1 is missing", 0},
        {"DELETE FROM audit WHERE seq = 3", "audit row 3 is missing", 2},
        {"DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; "
         "UPDATE audit SET seq = 4 WHERE seq = 5",
         "audit row 3 is not as it was", 2},
        {"UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; "
         "UPDATE audit SET seq = 3 WHERE seq = 9",
         "audit row 2 is not as it was", 1},
        {"INSERT INTO audit SELECT 6, at_us, actor, action, source, agent, connector_id, "
         "connector_name, generation, resource_type, resource_id, auth_method, wanted_ttl_s, "
         "granted_ttl_s, cache_hit, outcome, provider_request_id, fingerprint, request_id, hash, "
         "hash FROM audit WHERE seq = 5",
         "audit row 6 is not as it was", 5},
        {"UPDATE audit SET hash = x'00' WHERE seq = 2", "a hash of the audit has the wrong length",
         0},
    };
    struct store_fixture *at = *state;

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = CL_ERR_NONE;
        int visited = 0;
        store_fixture_close(at);
        store_fixture_copy(at, original);
        store_fixture_sql(at, cases[i].statements);
        store_fixture_open(at);
        assert_int_equal(verify(at, &visited, &err), CL_E_FAILED);
        if (strstr(err.text, cases[i].text) == NULL || visited != cases[i].visited)
            fail_msg("%s: '%s' after %d rows", cases[i].statements, err.text, visited);
        assert_string_not_equal(err.hint, "");
    }
}

static void every_field_counts(void **state)
{
    static const char *const columns[] = {
        "at_us",         "actor",        "action",         "source",
        "agent",         "connector_id", "connector_name", "generation",
        "resource_type", "resource_id",  "auth_method",    "wanted_ttl_s",
        "granted_ttl_s", "cache_hit",    "outcome",        "provider_request_id",
        "fingerprint",   "request_id",
    };
    struct store_fixture *at = *state;
    char statement[128];

    for (size_t i = 0; i < CL_COUNT(columns); i++) {
        struct cl_err err;
        int visited = 0;
        store_fixture_close(at);
        store_fixture_copy(at, original);
        (void)snprintf(statement, sizeof(statement), "UPDATE audit SET %s = 77 WHERE seq = 2",
                       columns[i]);
        store_fixture_sql(at, statement);
        store_fixture_open(at);
        if (verify(at, &visited, &err) != CL_E_FAILED || visited != 1)
            fail_msg("a change of %s is not found", columns[i]);
    }
}

/* The chain cannot tell that its end was cut off; it goes on from where it stands. */
static void goes_on_from_the_last_row(void **state)
{
    struct store_fixture *at = *state;
    struct cl_err err;
    int visited = 0;

    store_fixture_sql(at, "DELETE FROM audit WHERE seq = 5");
    store_fixture_open(at);
    add_steps(at, 5, 6);
    assert_ok(verify(at, &visited, &err), &err);
    assert_int_equal(visited, 6);
}

/* The encoding must not change: older rows would no longer verify. */
static void hashes_as_it_always_did(void **state)
{
    struct store_fixture *at = store_fixture_new();
    struct cl_audit_event event = {
        .at_us = 1715690096000000, .action = "credential.issue", .generation = 1, .outcome = ""};
    static const char bytes[] = "cleat audit 1"
                                "i\0\0\0\0\0\0\0\1";
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(1024);
    char query[256];
    char hex[CL_SHA256_HEX_SIZE];
    struct cl_err err;

    (void)state;
    assert_ok(add(at, &event, &err), &err);
    cl_buf_add(&want, cl_str_make(bytes, sizeof(bytes) - 1));
    cl_buf_add(&want, cl_str_make((const char[32]){0}, 32));
    cl_buf_add(&want, CL_STR("i\0\6\x18\x69\x3a\xb7\x7c\0")); /* at_us */
    cl_buf_add(&want, CL_STR("n"));                           /* actor */
    cl_buf_add(&want, CL_STR("t\0\0\0\0\0\0\0\x10"
                             "credential.issue"));
    cl_buf_add(&want, CL_STR("nnnn"));              /* source to connector_name */
    cl_buf_add(&want, CL_STR("i\0\0\0\0\0\0\0\1")); /* generation */
    cl_buf_add(&want, CL_STR("nnn"));               /* resource type, id, method */
    for (int i = 0; i < 3; i++)
        cl_buf_add(&want, CL_STR("i\0\0\0\0\0\0\0\0")); /* life times, cache_hit */
    cl_buf_add(&want, CL_STR("t\0\0\0\0\0\0\0\0"));     /* outcome */
    cl_buf_add(&want, CL_STR("nnn"));
    assert_ok(cl_sha256_hex(cl_buf_view(&want), hex, &err), &err);
    (void)snprintf(query, sizeof(query), "SELECT lower(hex(hash)) = '%s' FROM audit", hex);
    assert_int_equal(store_fixture_number(at, query), 1);
    store_fixture_free(at);
}

static void refuses_events_beyond_all_measure(void **state)
{
    struct store_fixture *at = *state;
    CL_AUTO(cl_buf) struct cl_buf large = CL_BUF((size_t)4 << 20U);
    struct cl_audit_event event = store_event("credential.issue");
    struct cl_err err;
    int visited = 0;

    cl_buf_add_repeat(&large, "x", (size_t)2 << 20U);
    event.resource_id = large.ptr;
    store_fixture_open(at);
    assert_int_equal(add(at, &event, &err), CL_E_INVALID);
    assert_ok(verify(at, &visited, &err), &err);
    assert_int_equal(visited, 5);
}

static enum cl_code add_another(void *ctx, const struct cl_audit_event *event, struct cl_err *err)
{
    struct store_fixture *at = ctx;
    struct cl_audit_event more = store_event("seen");

    if (strcmp(event->action, "seen") == 0)
        return CL_OK;
    return add(at, &more, err);
}

static void lets_a_visitor_use_the_store(void **state)
{
    struct store_fixture *at = *state;
    struct cl_err err;
    int visited = 0;

    store_fixture_open(at);
    assert_ok(at->store->ops->audit_each(at->store, add_another, at, &err), &err);
    assert_ok(verify(at, &visited, &err), &err);
    assert_int_equal(visited, 10);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(accepts_a_chain_that_nobody_touched),
        CASE(numbers_rows_from_one_without_gaps),
        CASE(links_each_row_to_the_one_before),
        CASE(finds_what_was_changed_removed_or_added),
        CASE(every_field_counts),
        CASE(goes_on_from_the_last_row),
        CASE(hashes_as_it_always_did),
        CASE(refuses_events_beyond_all_measure),
        CASE(lets_a_visitor_use_the_store),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
