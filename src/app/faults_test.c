#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "app_fixture.h"
#include "base/alloc.h"
#include "faulty_vfs.h"
#include "store/local.h"

/*
 * Every use case with its n-th allocation, disk operation or outside call failing, for all n.
 * After each failure nothing is leaked, the store holds what was there before or what was meant to
 * be there, and the same call succeeds.
 */

#define ROUNDS_MAX 20000
#define LOOK_EACH 8

/* Valgrind is slow enough to see a sample only. */
static int64_t stride = 1;

static struct app_fixture *before; /* closed: connector "crate" with an issued credential */
static struct app_fixture *work;

/* --- the use cases ------------------------------------------------------------------------- */

static enum cl_code register_one(struct app_fixture *app)
{
    CL_AUTO(app_making) struct app_making making = {.input = CL_INPUT_NONE};
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    struct cl_err err = CL_ERR_NONE;

    making.request = (struct cl_register_request){.name = CL_STR("second"),
                                                  .type = CL_STR("fake"),
                                                  .auth_method = CL_STR("minted"),
                                                  .skew_s = CL_SKEW_UNSET,
                                                  .input = &making.input};
    CL_TRY(fake_input(&making.input, "realm", "r1", &err));
    CL_TRY(fake_input(&making.input, "password", "canary-second", &err));
    return app->api->ops->register_connector(app->api, &app->call, &making.request, &result,
                                             &app->err);
}

static enum cl_code update_one(struct app_fixture *app)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    struct cl_update_request request = {
        .ref = app_ref("crate"), .skew_s = CL_SKEW_UNSET, .input = &input};

    CL_TRY(fake_input(&input, "password", "canary-fresh", &app->err));
    return app->api->ops->update(app->api, &app->call, &request, &result, &app->err);
}

static enum cl_code delete_one(struct app_fixture *app)
{
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};
    struct cl_delete_request request = {.ref = app_ref("crate")};

    return app->api->ops->remove(app->api, &app->call, &request, &result, &app->err);
}

static enum cl_code issue_as(struct app_fixture *app, const char *id, bool fresh)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    struct cl_issue_client_request request = {.ref = app_ref("crate"),
                                              .resource_type = CL_STR("fake-box"),
                                              .resource_id = cl_str_of(id),
                                              .fresh = fresh,
                                              .purpose = CL_STR("test")};

    enum cl_code code = app->api->ops->issue(app->api, &app->call, &request, &result, &app->err);
    bool has_token = cl_config_secret(&result.issued.config, "session_token") != NULL;
    assert_int_equal(has_token, code == CL_OK); /* nothing half-made, nothing unaudited */
    return code;
}

static enum cl_code issue_cold(struct app_fixture *app)
{
    return issue_as(app, "beta", false);
}

static enum cl_code issue_warm(struct app_fixture *app)
{
    return issue_as(app, "alpha", false);
}

static enum cl_code issue_afresh(struct app_fixture *app)
{
    return issue_as(app, "alpha", true);
}

/* A failure inside a row is that row's. */
static enum cl_code verify_one(struct app_fixture *app)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_verify_request request = {.ref = app_ref("crate"), .list = true};

    CL_TRY(app->api->ops->verify(app->api, &app->call, &request, &list, &app->err));
    enum cl_code code = cl_resource_list_code(&list);
    if (code == CL_E_VERIFICATION_FAILED)
        code = CL_E_FAILED;
    return code;
}

static enum cl_code list_all(struct app_fixture *app)
{
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    struct cl_list_request request = {.query = cl_query_default()};

    CL_TRY(app->api->ops->list(app->api, &app->call, &request, &result, &app->err));
    assert_int_equal(result.selection.total, result.count);
    return CL_OK;
}

static enum cl_code reveal_one(struct app_fixture *app)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_get_request request = {.ref = app_ref("crate"), .reveal = true};

    enum cl_code code = app->api->ops->get(app->api, &app->call, &request, &conn, &app->err);
    assert_int_equal(conn.name != NULL, code == CL_OK);
    return code;
}

static enum cl_code pull_all(struct app_fixture *app, struct cl_discovery *cursor)
{
    enum cl_code worst = CL_OK;
    int64_t order = 0;

    while (true) {
        CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

        CL_TRY(cursor->ops->next(cursor, &list, &order, &app->err));
        if (order < 0)
            return worst;
        if (cl_resource_list_code(&list) != CL_OK)
            worst = CL_E_FAILED;
    }
}

static enum cl_code discover_all(struct app_fixture *app)
{
    struct cl_discovery_request request = {.parallel = 4, .connector_timeout_ms = 30000};
    struct cl_discovery *cursor = NULL;

    CL_TRY(app->api->ops->discover(app->api, &app->call, &request, &cursor, &app->err));
    enum cl_code code = pull_all(app, cursor);
    cursor->ops->free(cursor);
    return code;
}

static enum cl_code add_component(struct app_fixture *app)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    struct cl_component_register_request request = {.kind = CL_STR("artifact_store"),
                                                    .name = CL_STR("models"),
                                                    .flavor = CL_STR("s3"),
                                                    .input = &input};

    CL_TRY(fake_input(&input, "bucket", "zenfiles", &app->err));
    return app->api->ops->component_register(app->api, &app->call, &request, &component, &app->err);
}

struct operation {
    const char *name;
    enum cl_code (*run)(struct app_fixture *app);
    enum cl_code again; /* what a repetition gives when the first one was done after all */
    bool heap;          /* also with each allocation failing, which takes long */
};

static const struct operation operations[] = {
    {"register", register_one, CL_E_NAME_EXISTS, true},
    {"update", update_one, CL_OK, true},
    {"delete", delete_one, CL_E_NOT_FOUND, false},
    {"issue cold", issue_cold, CL_OK, true},
    {"issue warm", issue_warm, CL_OK, false},
    {"issue afresh", issue_afresh, CL_OK, false},
    {"verify", verify_one, CL_OK, true},
    {"list", list_all, CL_OK, true},
    {"reveal", reveal_one, CL_OK, false},
    {"discover", discover_all, CL_OK, false},
    {"add component", add_component, CL_E_NAME_EXISTS, false},
};

/* --- what the store holds ------------------------------------------------------------------ */

static enum cl_code add_connector(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str password = store_secret(conn, "password");

    (void)err;
    cl_buf_addf(ctx, "%s %lld %.*s\n", conn->name, (long long)conn->generation,
                CL_STR_ARG(password));
    return CL_OK;
}

/* Connectors with their secrets, components, and that the audit's chain is whole. */
static struct cl_buf content_of(struct app_fixture *app)
{
    struct cl_buf text = CL_BUF(65536);

    store_fixture_open(app->disk);
    struct cl_store *store = app->disk->store;
    assert_ok(store_each_open(store, add_connector, &text, &app->err), &app->err);
    CL_AUTO(cl_buf) struct cl_buf actions = store_actions(app->disk);
    store_fixture_close(app->disk);
    cl_buf_addf(&text, "%lld components",
                (long long)app_number(app, "SELECT count(*) FROM component"));
    assert_int_equal(app_number(app, "SELECT count(*) FROM connector_secret WHERE connector NOT IN "
                                     "(SELECT seq FROM connector)"),
                     0);
    return text;
}

/* The copy of `before` that the operation works on, its store open. */
static void begin(void)
{
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    struct cl_list_request request = {.query = cl_query_default()};

    app_reopen(work);
    store_fixture_copy(work->disk, before->disk);
    work->disk->now_us = before->disk->now_us;
    fake_script_reset();
    assert_ok(work->api->ops->list(work->api, &work->call, &request, &result, &work->err),
              &work->err);
}

static void repeat(const struct operation *operation, bool was_done)
{
    enum cl_code code = operation->run(work);

    if (code != CL_OK && !(was_done && code == operation->again))
        fail_msg("%s, again: %s", operation->name, work->err.text);
}

/* What the operation makes of `before` when nothing fails. */
static struct cl_buf meant(const struct operation *operation)
{
    begin();
    if (operation->run(work) != CL_OK)
        fail_msg("%s: %s", operation->name, work->err.text);
    app_reopen(work);
    return content_of(work);
}

/* Changes whenever something is stored; the thorough look is for when it has, and now and then. */
static int64_t version_of(const struct app_fixture *app)
{
    return app_number(app, "SELECT (SELECT count(*) FROM component) + 10 * "
                           "(SELECT count(*) || sum(generation) FROM connector)");
}

static void check(const struct operation *operation, enum cl_code code, struct cl_str old,
                  struct cl_str fresh)
{
    CL_AUTO(cl_buf) struct cl_buf content = content_of(work);
    bool is_old = cl_str_eq(cl_buf_view(&content), old);
    bool is_fresh = cl_str_eq(cl_buf_view(&content), fresh);

    if (!is_fresh && (code == CL_OK || !is_old))
        fail_msg("%s (%s) left:\n%s", operation->name, cl_code_wire(code), content.ptr);
    repeat(operation, is_fresh);
    CL_AUTO(cl_buf) struct cl_buf after = content_of(work);
    if (strcmp(operation->name, "update") != 0 || is_old)
        assert_true(cl_str_eq(cl_buf_view(&after), fresh));
}

/* Makes the n-th thing fail and gives how many there were. */
struct fault {
    void (*arm)(int64_t nth);
    int64_t (*disarm)(void);
};

static void run_all(const struct fault *fault, const struct operation *operation)
{
    CL_AUTO(cl_buf) struct cl_buf fresh = meant(operation);
    CL_AUTO(cl_buf) struct cl_buf old = CL_BUF(65536);

    begin();
    old = content_of(work);
    int64_t version = version_of(work);
    for (int64_t nth = 1;; nth += stride) {
        assert_true(nth < ROUNDS_MAX);
        begin();
        fault->arm(nth);
        enum cl_code code = operation->run(work);
        int64_t made = fault->disarm();
        if (code == CL_OK || nth % LOOK_EACH == 1 || version_of(work) != version)
            check(operation, code, cl_buf_view(&old), cl_buf_view(&fresh));
        if (made < nth)
            break;
    }
}

/* --- faults -------------------------------------------------------------------------------- */

static void arm_heap(int64_t nth)
{
    (void)cl_alloc_fail_at(nth);
}

static int64_t disarm_heap(void)
{
    return cl_alloc_fail_at(0);
}

static void arm_world(int64_t nth)
{
    work->disk->made = 0;
    work->disk->fail_at = nth;
}

static int64_t disarm_world(void)
{
    work->disk->fail_at = 0;
    return work->disk->made;
}

static int disk_code;
static bool disk_lasting;

static void arm_disk(int64_t nth)
{
    (void)faulty_vfs_fail_at(nth, disk_code, disk_lasting);
}

static int64_t disarm_disk(void)
{
    return faulty_vfs_fail_at(0, SQLITE_OK, false);
}

static void survives_without_memory(void **state)
{
    static const struct fault fault = {arm_heap, disarm_heap};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(operations); i++) {
        if (operations[i].heap)
            run_all(&fault, &operations[i]);
    }
}

static void survives_when_the_outside_world_fails(void **state)
{
    static const struct fault fault = {arm_world, disarm_world};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(operations); i++)
        run_all(&fault, &operations[i]);
}

static void survives_a_failing_disk(void **state)
{
    static const struct fault fault = {arm_disk, disarm_disk};
    static const struct {
        int code;
        bool lasting;
    } cases[] = {{SQLITE_IOERR, false}, {SQLITE_FULL, true}};

    (void)state;
    for (size_t k = 0; k < CL_COUNT(cases); k++) {
        disk_code = cases[k].code;
        disk_lasting = cases[k].lasting;
        for (size_t i = 0; i < CL_COUNT(operations); i++)
            run_all(&fault, &operations[i]);
    }
}

/* --- leaks --------------------------------------------------------------------------------- */

static void leaks_nothing_in_any_of_these(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(operations); i++) {
        begin();
        app_reopen(work);
        size_t live = cl_alloc_live_blocks();
        for (int64_t nth = 1; nth < 400; nth += 7 * stride) {
            begin();
            (void)cl_alloc_fail_at(nth);
            (void)operations[i].run(work);
            (void)cl_alloc_fail_at(0);
            app_reopen(work);
            assert_int_equal(cl_alloc_live_blocks(), live);
        }
    }
}

static int open_all(void **state)
{
    struct cl_err err;

    (void)state;
    assert_ok(cl_store_setup(&err), &err);
    assert_true(faulty_vfs_install());
    if (getenv("CLEAT_TEST_VALGRIND") != NULL)
        stride = 40;
    before = app_fixture_new();
    work = app_fixture_new();
    app_add(before, "crate", "minted", NULL, NULL);
    assert_int_equal(issue_warm(before), CL_OK);
    app_reopen(before);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    app_fixture_free(before);
    app_fixture_free(work);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_when_the_outside_world_fails),
        cmocka_unit_test(survives_a_failing_disk),
        cmocka_unit_test(leaks_nothing_in_any_of_these),
        cmocka_unit_test(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
