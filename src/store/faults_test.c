#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "base/alloc.h"
#include "crypto/digest.h"
#include "faulty_vfs.h"
#include "store/local.h"
#include "store_fixture.h"
#include "test.h"

/*
 * Every operation, with the n-th allocation or file operation failing, for all n: the store opens
 * afterwards and holds what was there before or what was meant to be there, and nothing else.
 */

static struct store_fixture
    *template; /* closed: connector "one" with a component and a credential */

/* What a store holds, as text: connectors with their secrets, components, credentials, audit. */
static enum cl_code add_connector(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str password = store_secret(conn, "password");

    (void)err;
    cl_buf_addf(ctx, "%s %s %lld %.*s %s\n", conn->id, conn->name, (long long)conn->generation,
                CL_STR_ARG(password), cl_map_get(&conn->facts, "account"));
    return CL_OK;
}

static enum cl_code add_component(void *ctx, struct cl_component *component, struct cl_err *err)
{
    (void)err;
    cl_buf_addf(ctx, "%s -> %s %s\n", component->name, component->connector_id,
                component->resource_id == NULL ? "-" : component->resource_id);
    return CL_OK;
}

static struct cl_buf content_of(struct store_fixture *at)
{
    struct cl_buf text = CL_BUF(65536);
    struct cl_store *store = at->store;
    struct cl_err err;

    assert_ok(store_each_open(store, add_connector, &text, &err), &err);
    assert_ok(store->ops->component_each(store, CL_STR_NONE, add_component, &text, &err), &err);
    enum cl_code cached = store->ops->cache_get(store, CL_STR("k1"), &text, &err);
    assert_true(cached == CL_OK || cached == CL_E_NOT_FOUND);
    CL_AUTO(cl_buf) struct cl_buf actions = store_actions(at);
    cl_buf_addf(&text, "\n%s", actions.ptr);
    assert_ok(cl_buf_ok(&text, &err), &err);
    return text;
}

/* Valgrind is slow enough to see a sample only. */
static int64_t stride = 1;

/* One use of the store; the n-th thing it needs fails. */
typedef enum cl_code (*operation_fn)(struct cl_store *store, struct cl_err *err);

/* Values that the operations take, made before the faults are armed. */
static struct cl_connector inserted;
static struct cl_connector updated;

static enum cl_code insert_two(struct cl_store *store, struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.create");

    return store->ops->connector_insert(store, &inserted, &event, err);
}

static enum cl_code update_one(struct cl_store *store, struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.update");

    return store->ops->connector_update(store, &updated, false, &event, err);
}

static enum cl_code delete_one(struct cl_store *store, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs users = CL_STRS_NONE;
    struct cl_audit_event event = store_event("connector.delete");

    return store->ops->connector_delete(store, store_id(1), true, &event, &users, err);
}

static enum cl_code verify_one(struct cl_store *store, struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.verify");
    struct cl_connector verified = updated;

    verified.generation = 1;
    return store->ops->connector_verified(store, &verified, &event, err);
}

static enum cl_code put_credential(struct cl_store *store, struct cl_err *err)
{
    struct cl_audit_event event = store_event("credential.issue");
    struct cl_cache_entry entry = {.key = CL_STR("k1"),
                                   .connector_id = store_id(1),
                                   .generation = 1,
                                   .expires_at = STORE_NOW_AT + 100,
                                   .sealed = CL_STR("newer")};

    return store->ops->cache_put(store, &entry, &event, err);
}

static enum cl_code disconnect(struct cl_store *store, struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.unlink");

    return store->ops->component_link(store, store_id(11), NULL, &event, err);
}

static enum cl_code delete_component(struct cl_store *store, struct cl_err *err)
{
    return store->ops->component_delete(store, store_id(11), err);
}

static enum cl_code add_audit_row(struct cl_store *store, struct cl_err *err)
{
    struct cl_audit_event event = store_event("credential.issue");

    return store->ops->audit_add(store, &event, err);
}

static enum cl_code ignore_connector(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    (void)ctx;
    (void)conn;
    (void)err;
    return CL_OK;
}

static enum cl_code ignore_event(void *ctx, const struct cl_audit_event *event, struct cl_err *err)
{
    (void)ctx;
    (void)event;
    (void)err;
    return CL_OK;
}

static enum cl_code read_everything(struct cl_store *store, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    CL_AUTO(cl_buf) struct cl_buf sealed = CL_BUF(1024);

    CL_TRY(store_each_open(store, ignore_connector, NULL, err));
    CL_TRY(store->ops->connector_find(store, CL_STR("on"), true, true, &conn, err));
    CL_TRY(store->ops->component_find(store, cl_str_of(cl_kind_at(0)->id), CL_STR("data"), false,
                                      &component, err));
    CL_TRY(store->ops->cache_get(store, CL_STR("k1"), &sealed, err));
    return store->ops->audit_each(store, ignore_event, NULL, err);
}

static enum cl_code look_for_nothing(struct cl_store *store, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    enum cl_code rc = store->ops->connector_find(store, CL_STR("oen"), true, true, &conn, err);

    return rc == CL_E_NOT_FOUND && strcmp(err->hint, "Did you mean 'one'?") == 0 ? CL_OK : rc;
}

static const struct {
    const char *name;
    operation_fn run;
} operations[] = {
    {"insert", insert_two},
    {"update", update_one},
    {"delete", delete_one},
    {"verified", verify_one},
    {"cache_put", put_credential},
    {"disconnect", disconnect},
    {"component_delete", delete_component},
    {"audit_add", add_audit_row},
    {"read", read_everything},
    {"look for nothing", look_for_nothing},
};

static void fill_template(void)
{
    struct cl_store *store = template->store;
    CL_AUTO(cl_component) struct cl_component component = store_component(11, "data");
    struct cl_err err;

    store_insert(template, 1, "one");
    assert_ok(store->ops->component_insert(store, &component, &err), &err);
    struct cl_component_link link = {
        .connector_id = store_id(1), .generation = 1, .resource_id = "s3://a"};
    assert_ok(store->ops->component_link(store, store_id(11), &link, NULL, &err), &err);
    assert_ok(put_credential(store, &err), &err);
}

static int group_setup(void **state)
{
    struct cl_err err;

    (void)state;
    stride = getenv("CLEAT_TEST_SHORT") == NULL ? 1 : 5;
    /* Cold OpenSSL does not survive want of memory. */
    assert_ok(cl_crypto_init(&err), &err);
    assert_ok(cl_store_setup(&err), &err);
    assert_true(faulty_vfs_install());
    template = store_fixture_new();
    fill_template();
    store_fixture_close(template);
    inserted = store_connector(2, "two");
    updated = store_connector(1, "renamed");
    updated.generation = 2;
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    cl_connector_cleanup(&inserted);
    cl_connector_cleanup(&updated);
    store_fixture_free(template);
    return 0;
}

/* How faults are made: what fails, with which code, once or from then on. */
struct fault {
    const char *name;
    bool memory;
    int sqlite_code;
    bool lasting;
    int64_t step; /* every so many; 1: each */
};

static void arm(const struct fault *fault, int64_t nth)
{
    if (fault->memory) {
        (void)cl_alloc_fail_at(nth);
    } else {
        (void)faulty_vfs_fail_at(nth, fault->sqlite_code, fault->lasting);
    }
}

static void disarm(void)
{
    (void)cl_alloc_fail_at(0);
    (void)faulty_vfs_fail_at(0, SQLITE_OK, false);
}

static struct cl_buf reopened_content(struct store_fixture *at)
{
    store_fixture_close(at);
    store_fixture_open(at);
    return content_of(at);
}

/* Opens the store, and runs the operation with the n-th fault from the start of `armed_open`. */
static enum cl_code run_with_fault(struct store_fixture *at, operation_fn run,
                                   const struct fault *fault, int64_t nth, bool armed_open)
{
    struct cl_err err = CL_ERR_NONE;

    store_fixture_copy(at, template);
    if (!armed_open)
        store_fixture_open(at);
    arm(fault, nth);
    enum cl_code rc = armed_open ? store_fixture_try_open(at, &err) : CL_OK;
    if (rc == CL_OK)
        rc = run(at->store, &err);
    store_fixture_close(at);
    disarm();
    if (rc != CL_OK) {
        assert_string_not_equal(err.text, "");
        assert_int_equal(err.code, rc);
        assert_null(strstr(err.text, STORE_CANARY));
    }
    return rc;
}

/* The content before the operation, and after it. */
struct contents {
    struct cl_buf before;
    struct cl_buf after;
};

static struct contents expected(struct store_fixture *at, operation_fn run)
{
    static const struct fault none = {.name = "none"};
    struct contents ret;

    store_fixture_copy(at, template);
    store_fixture_open(at);
    ret.before = content_of(at);
    store_fixture_close(at);
    assert_int_equal(run_with_fault(at, run, &none, 0, false), CL_OK);
    ret.after = reopened_content(at);
    store_fixture_close(at);
    return ret;
}

static void assert_one_of_both(struct store_fixture *at, const struct contents *want,
                               enum cl_code rc, const char *what, int64_t nth)
{
    CL_AUTO(cl_buf) struct cl_buf now = reopened_content(at);
    bool is_old = cl_str_eq(cl_buf_view(&now), cl_buf_view(&want->before));
    bool is_new = cl_str_eq(cl_buf_view(&now), cl_buf_view(&want->after));

    store_fixture_close(at);
    if (rc == CL_OK ? !is_new : !is_old && !is_new) {
        fail_msg("%s, fault %lld, %s: the store holds\n%s", what, (long long)nth, cl_code_wire(rc),
                 now.ptr);
    }
}

static void loop(operation_fn run, const char *name, const struct fault *fault, bool armed_open)
{
    struct store_fixture *at = store_fixture_closed();
    struct contents want = expected(at, run);
    enum cl_code rc = CL_E_FAILED;
    char what[64];

    (void)snprintf(what, sizeof(what), "%s, %s", name, fault->name);
    for (int64_t nth = 1; rc != CL_OK; nth += fault->step * stride) {
        assert_true(nth < 20000);
        size_t blocks = cl_alloc_live_blocks();
        rc = run_with_fault(at, run, fault, nth, armed_open);
        assert_int_equal(cl_alloc_live_blocks(), blocks);
        assert_one_of_both(at, &want, rc, what, nth);
    }
    cl_buf_cleanup(&want.before);
    cl_buf_cleanup(&want.after);
    store_fixture_free(at);
}

/* Every single fault for the operations that change most, a sample of them for the others. */
static void loop_all(const struct fault *fault)
{
    for (size_t i = 0; i < CL_COUNT(operations); i++) {
        struct fault sampled = *fault;
        sampled.step = fault->memory && i >= 3 ? 4 : 1;
        loop(operations[i].run, operations[i].name, &sampled, false);
    }
}

static void survives_want_of_memory(void **state)
{
    const struct fault fault = {.name = "memory", .memory = true, .step = 1};

    (void)state;
    loop_all(&fault);
}

static void survives_a_disk_that_fills_up(void **state)
{
    const struct fault fault = {
        .name = "disk full", .sqlite_code = SQLITE_FULL, .lasting = true, .step = 1};

    (void)state;
    loop_all(&fault);
}

static void survives_single_failing_writes(void **state)
{
    const struct fault fault = {.name = "disk error", .sqlite_code = SQLITE_IOERR, .step = 1};

    (void)state;
    loop_all(&fault);
}

static void survives_a_disk_that_breaks(void **state)
{
    const struct fault fault = {
        .name = "broken disk", .sqlite_code = SQLITE_IOERR, .lasting = true, .step = 1};

    (void)state;
    loop_all(&fault);
}

static void survives_faults_while_opening(void **state)
{
    static const struct fault faults[] = {
        {.name = "memory at open", .memory = true, .step = 3},
        {.name = "disk error at open", .sqlite_code = SQLITE_IOERR, .step = 1},
        {.name = "broken disk at open", .sqlite_code = SQLITE_IOERR, .lasting = true, .step = 1},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(faults); i++)
        loop(insert_two, "insert", &faults[i], true);
}

/* A store that is being made is made later, or not at all. */
static void first_use(const struct fault *fault)
{
    enum cl_code rc = CL_E_FAILED;

    for (int64_t nth = 1; rc != CL_OK; nth += fault->step * stride) {
        struct store_fixture *at = store_fixture_closed();
        struct cl_err err = CL_ERR_NONE;
        assert_true(nth < 20000);
        arm(fault, nth);
        rc = store_fixture_try_open(at, &err);
        if (rc == CL_OK)
            rc = insert_two(at->store, &err);
        store_fixture_close(at);
        disarm();
        store_fixture_open(at);
        enum cl_code again = insert_two(at->store, &err);
        if (again != CL_OK && again != CL_E_NAME_EXISTS && again != CL_E_INTERNAL)
            fail_msg("%s, fault %lld: %s", fault->name, (long long)nth, err.text);
        CL_AUTO(cl_connector) struct cl_connector conn = store_get(at, 2);
        assert_str(store_secret(&conn, "password"), STORE_CANARY "-two");
        store_fixture_free(at);
    }
}

static void survives_faults_while_a_store_is_made(void **state)
{
    static const struct fault faults[] = {
        {.name = "memory", .memory = true, .step = 7},
        {.name = "disk error", .sqlite_code = SQLITE_IOERR, .step = 1},
        {.name = "disk full", .sqlite_code = SQLITE_FULL, .lasting = true, .step = 1},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(faults); i++)
        first_use(&faults[i]);
}

/* The connection goes on after a failure: later operations are not affected. */
static void works_again_once_the_fault_is_gone(void **state)
{
    static const struct fault faults[] = {
        {.name = "memory", .memory = true, .step = 5},
        {.name = "disk full", .sqlite_code = SQLITE_FULL, .lasting = true, .step = 1},
    };
    enum cl_code rc;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(faults); i++) {
        rc = CL_E_FAILED;
        for (int64_t nth = 1; rc != CL_OK; nth += faults[i].step * stride) {
            struct store_fixture *at = store_fixture_closed();
            struct cl_err err = CL_ERR_NONE;
            store_fixture_copy(at, template);
            store_fixture_open(at);
            arm(&faults[i], nth);
            rc = insert_two(at->store, &err);
            disarm();
            if (rc != CL_OK)
                assert_ok(insert_two(at->store, &err), &err);
            assert_ok(update_one(at->store, &err), &err);
            CL_AUTO(cl_buf) struct cl_buf actions = store_actions(at);
            assert_true(
                cl_str_ends(cl_buf_view(&actions), CL_STR("connector.create\nconnector.update\n")));
            store_fixture_free(at);
        }
    }
}

static int teardown(void **state)
{
    (void)state;
    disarm();
    return 0;
}

#define CASE(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(survives_want_of_memory),
        CASE(survives_a_disk_that_fills_up),
        CASE(survives_single_failing_writes),
        CASE(survives_a_disk_that_breaks),
        CASE(survives_faults_while_opening),
        CASE(survives_faults_while_a_store_is_made),
        CASE(works_again_once_the_fault_is_gone),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
