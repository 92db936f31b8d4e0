#include "test.h"

#include <stdio.h>
#include <time.h>

#include "app_fixture.h"

/* Discovery over many connectors: every one is asked, none waits for another's provider. */

#define PATIENCE_MS 20000 /* for what must happen, but not at once */

static struct cl_discovery_request request_all(void)
{
    return (struct cl_discovery_request){.parallel = 64, .connector_timeout_ms = 30000};
}

static struct cl_discovery *start(struct app_fixture *app, const struct cl_call *call,
                                  const struct cl_discovery_request *request)
{
    struct cl_discovery *cursor = NULL;

    assert_ok(app->api->ops->discover(app->api, call, request, &cursor, &app->err), &app->err);
    return cursor;
}

static int64_t pull(struct app_fixture *app, struct cl_discovery *cursor,
                    struct cl_resource_list *list)
{
    int64_t order = 0;

    assert_ok(cursor->ops->next(cursor, list, &order, &app->err), &app->err);
    return order;
}

/* "name!code" or "name:id,id" for each, in order of creation. */
static void render(const struct cl_resource_list *list, struct cl_buf *text)
{
    cl_buf_addf(text, "%s%s", text->len > 0 ? " " : "", list->name);
    if (list->error.code != CL_OK) {
        cl_buf_addf(text, "!%s", cl_code_wire(list->error.code));
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct cl_resource_row *row = &list->rows[i];

        cl_buf_add_char(text, i == 0 ? ':' : ';');
        if (row->error.code != CL_OK)
            cl_buf_addf(text, "!%s", cl_code_wire(row->error.code));
        for (size_t k = 0; k < row->ids.count; k++)
            cl_buf_addf(text, "%s%s", k > 0 ? "," : "", row->ids.items[k]);
    }
}

#define MANY 40

static void assert_found(struct app_fixture *app, const struct cl_call *call,
                         const struct cl_discovery_request *request, const char *want)
{
    struct cl_resource_list lists[MANY] = {{.name = NULL}};
    struct cl_resource_list none = {.name = NULL};
    struct cl_discovery *cursor = start(app, call, request);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(65536);
    int64_t order = 0;

    while (order >= 0) {
        struct cl_resource_list list = {.name = NULL};

        order = pull(app, cursor, &list);
        if (order < 0)
            break;
        assert_true(order < MANY && lists[order].name == NULL); /* each place once */
        lists[order] = list;
    }
    assert_int_equal(pull(app, cursor, &none), -1); /* and again */
    cursor->ops->free(cursor);
    for (size_t i = 0; i < MANY; i++) {
        if (lists[i].name != NULL)
            render(&lists[i], &text);
        cl_resource_list_cleanup(&lists[i]);
    }
    assert_str(cl_buf_view(&text), want);
}

static void add_boxes(struct app_fixture *app, int count)
{
    char name[16];

    for (int i = 0; i < count; i++) {
        (void)snprintf(name, sizeof(name), "c-%d", i);
        app_add(app, name, "minted", "fake-box", NULL);
    }
}

static void a_secret_that_cannot_be_opened_costs_one_row(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();

    add_boxes(app, 3);
    store_fixture_sql(app->disk,
                      "UPDATE connector_secret SET sealed = zeroblob(60) WHERE connector "
                      "= (SELECT seq FROM connector WHERE name = 'c-1')");
    assert_found(app, &app->call, &request,
                 "c-0:box://alpha,box://beta c-1!failed c-2:box://alpha,box://beta");
}

static void wait_a_moment(void)
{
    struct timespec moment = {.tv_nsec = 1000000};

    (void)nanosleep(&moment, NULL);
}

/* --- who is asked -------------------------------------------------------------------------- */

static void asks_every_connector(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(65536);

    add_boxes(app, 27); /* more than a page */
    for (int i = 0; i < 27; i++)
        cl_buf_addf(&want, "%sc-%d:box://alpha,box://beta", i > 0 ? " " : "", i);
    assert_found(app, &app->call, &request, want.ptr);
    assert_int_equal(atomic_load(&fake_script.list_calls), 27);
    request.parallel = 1;
    assert_found(app, &app->call, &request, want.ptr);
    request.parallel = 1000;
    assert_found(app, &app->call, &request, want.ptr);
    struct cl_discovery *cursor = start(app, &app->call, &request);
    assert_int_equal(cursor->ops->total(cursor), 27);
    cursor->ops->free(cursor);
}

static void finds_nothing_without_connectors(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    struct cl_discovery *cursor = start(app, &app->call, &request);

    assert_int_equal(cursor->ops->total(cursor), 0);
    cursor->ops->free(cursor);
    assert_found(app, &app->call, &request, "");
}

/* One of each scope. */
static void add_scopes(struct app_fixture *app)
{
    app_add(app, "multi", "minted", NULL, NULL);
    app_add(app, "boxes", "minted", "fake-box", NULL);
    app_add(app, "alpha", "minted", "fake-box", "alpha");
    app_add(app, "jars", "minted", "fake-jar", NULL);
    app_add(app, "realm", "open", "fake-realm", NULL);
}

static void add_other(struct app_fixture *app)
{
    CL_AUTO(app_making)
    struct app_making making = {.request = {.name = CL_STR("thing"),
                                            .type = CL_STR("other"),
                                            .skew_s = CL_SKEW_UNSET,
                                            .verify = CL_VERIFY_OFF}};

    app_making_set(&making, "api_key", "canary-key");
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
}

#define BOXES "box://alpha,box://beta"

static void filters_connectors(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        const char *connector;
        const char *connector_type;
        const char *resource_type;
        const char *resource_id;
        const char *found;
    } cases[] = {
        {"", "", "", "",
         "multi:r1;" BOXES ";jar:plum boxes:" BOXES " alpha:box://alpha jars:jar:plum realm:r1 "
         "thing!unsupported"},
        {"", "fake", "fake-box", "", "multi:" BOXES " boxes:" BOXES " alpha:box://alpha"},
        {"", "other", "", "", "thing!unsupported"},
        {"", "other", "fake-box", "", ""},
        {"", "", "fake-jar", "", "multi:jar:plum jars:jar:plum"},
        {"boxes", "", "", "", "boxes:" BOXES},
        {"boxes", "", "fake-jar", "", ""},
        {"multi", "", "fake-realm", "", "multi:r1"},
        /* Any spelling of the id; whoever cannot have it is left out. */
        {"", "", "fake-box", "beta", "multi:box://beta boxes:box://beta"},
        {"", "", "fake-box", "box://alpha",
         "multi:box://alpha boxes:box://alpha alpha:box://alpha"},
        {"", "", "", "jar:plum", "multi:jar:plum jars:jar:plum thing:jar:plum"},
        {"", "fake", "", "r1", "multi:r1;box://r1;jar:r1 realm:r1"}, /* whatever has that name */
        {"", "", "fake-realm", "r2", ""},
    };

    add_scopes(app);
    add_other(app);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_discovery_request request = request_all();

        request.connector = cl_str_of(cases[i].connector);
        request.connector_type = cl_str_of(cases[i].connector_type);
        request.resource_type = cl_str_of(cases[i].resource_type);
        request.resource_id = cl_str_of(cases[i].resource_id);
        if (i == 11) /* boxes and jars named r1 would be found too */
            store_fixture_sql(app->disk, "DELETE FROM connector WHERE name IN ('boxes', 'jars')");
        assert_found(app, &app->call, &request, cases[i].found);
    }
}

static void refuses_filters_that_nothing_can_match(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        const char *connector;
        const char *connector_type;
        const char *resource_type;
        enum cl_code want;
        const char *hint;
    } cases[] = {
        {"", "fak", "", CL_E_UNKNOWN_TYPE, "fake"},
        {"", "", "fake-bx", CL_E_UNKNOWN_RESOURCE_TYPE, "fake-box"},
        {"", "", "nothing-like-it", CL_E_UNKNOWN_RESOURCE_TYPE, ""},
        {"nobody", "", "", CL_E_NOT_FOUND, ""},
    };

    add_scopes(app);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_discovery_request request = request_all();
        struct cl_discovery *cursor = NULL;

        request.connector = cl_str_of(cases[i].connector);
        request.connector_type = cl_str_of(cases[i].connector_type);
        request.resource_type = cl_str_of(cases[i].resource_type);
        app->err = CL_ERR_NONE;
        app_assert_refused(
            app, app->api->ops->discover(app->api, &app->call, &request, &cursor, &app->err),
            cases[i].want, NULL);
        assert_null(cursor);
        assert_non_null(strstr(app->err.hint, cases[i].hint));
    }
}

static void finds_only_what_the_actor_may_see(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    struct cl_discovery *cursor = NULL;

    add_scopes(app);
    store_fixture_sql(app->disk, "UPDATE connector SET shared = 1 WHERE name = 'alpha'");
    assert_found(app, &app->other, &request, "alpha:box://alpha");
    request.connector = CL_STR("boxes");
    app_assert_refused(app,
                       app->api->ops->discover(app->api, &app->other, &request, &cursor, &app->err),
                       CL_E_NOT_FOUND, "'boxes'");
}

static void writes_one_row_into_the_audit(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();

    add_boxes(app, 3);
    request.resource_type = CL_STR("fake-box");
    assert_found(app, &app->call, &request, "c-0:" BOXES " c-1:" BOXES " c-2:" BOXES);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE action = "
                                     "'connector.verify' AND agent = 'list-resources' AND "
                                     "resource_type = 'fake-box' AND actor = 'tester'"),
                     1);
}

static void asks_nobody_when_it_cannot_be_audited(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    struct cl_discovery *cursor = NULL;

    add_boxes(app, 3);
    store_fixture_sql(app->disk, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN "
                                 "SELECT RAISE(ABORT, 'no room'); END");
    assert_int_not_equal(
        app->api->ops->discover(app->api, &app->call, &request, &cursor, &app->err), CL_OK);
    assert_int_equal(atomic_load(&fake_script.list_calls), 0);
}

/* --- errors are rows ----------------------------------------------------------------------- */

static enum cl_code fail_some(void *ctx, const char *operation, const struct cl_call *call,
                              const struct cl_connector *conn, struct cl_err *err)
{
    const enum cl_code *code = ctx;

    (void)operation;
    (void)call;
    if (strcmp(conn->name, "boxes") != 0)
        return CL_OK;
    return cl_err_set(err, *code, "not from %s", conn->name);
}

static void shows_a_failure_as_a_row(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    enum cl_code code = CL_E_DENIED;

    add_scopes(app);
    fake_script.hook = fail_some;
    fake_script.hook_ctx = &code;
    assert_found(app, &app->call, &request,
                 "multi:r1;" BOXES ";jar:plum boxes!permission_denied alpha:box://alpha "
                 "jars:jar:plum realm:r1");
    request.exclude_errors = true;
    assert_found(app, &app->call, &request,
                 "multi:r1;" BOXES ";jar:plum alpha:box://alpha jars:jar:plum realm:r1");
}

static void keeps_connectors_of_which_only_one_type_fails(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();

    app_add(app, "multi", "minted", NULL, NULL);
    fake_script.list_code = CL_E_DENIED;
    fake_script.list_fails_for = "fake-box";
    request.exclude_errors = true;
    assert_found(app, &app->call, &request, "multi:r1;!permission_denied;jar:plum");
}

static void leaves_out_only_who_does_not_know_the_resource(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    enum cl_code code = CL_E_RESOURCE_NOT_FOUND;

    add_scopes(app);
    request.resource_type = CL_STR("fake-box");
    request.resource_id = CL_STR("alpha");
    fake_script.hook = fail_some;
    fake_script.hook_ctx = &code;
    assert_found(app, &app->call, &request, "multi:box://alpha alpha:box://alpha");
    code = CL_E_DENIED; /* it may well be there */
    assert_found(app, &app->call, &request,
                 "multi:box://alpha boxes!permission_denied alpha:box://alpha");
    code = CL_E_RESOURCE_NOT_FOUND; /* without an id it is an error like others */
    request.resource_id = CL_STR_NONE;
    assert_found(app, &app->call, &request,
                 "multi:" BOXES " boxes!resource_not_found alpha:box://alpha");
}

struct refusing {
    enum cl_code code;
    int asked; /* fails that many questions, the last type's first */
};

static enum cl_code refuse_first(void *ctx, const char *operation, const struct cl_call *call,
                                 const struct cl_connector *conn, struct cl_err *err)
{
    struct refusing *refusing = ctx;

    (void)operation;
    (void)call;
    if (refusing->asked-- <= 0)
        return CL_OK;
    return cl_err_set(err, refusing->code, "not from %s", conn->name);
}

/* An id alone may be a realm's, a box's or a jar's. */
static void asks_each_type_that_has_ids_of_that_form(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        struct refusing refusing;
        const char *found;
    } cases[] = {
        {{CL_E_RESOURCE_NOT_FOUND, 1}, "multi:r1;box://r1"},
        {{CL_E_RESOURCE_NOT_FOUND, 2}, "multi:r1"},
        {{CL_E_RESOURCE_NOT_FOUND, 3}, ""},
        {{CL_E_DENIED, 2}, "multi:r1"}, /* found is found */
        {{CL_E_DENIED, 3}, "multi!permission_denied"},
    };

    app_add(app, "multi", "minted", NULL, NULL);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_discovery_request request = request_all();
        struct refusing refusing = cases[i].refusing;

        request.resource_id = CL_STR("r1");
        fake_script.hook = refuse_first;
        fake_script.hook_ctx = &refusing;
        assert_found(app, &app->call, &request, cases[i].found);
    }
}

static void kills_all_rows_of_a_connector_with_wrong_credentials(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();

    app_add(app, "multi", "minted", NULL, NULL);
    fake_script.verify_code = CL_E_REJECTED;
    assert_found(app, &app->call, &request, "multi!credentials_rejected");
    assert_int_equal(atomic_load(&fake_script.list_calls), 0);
}

static void calls_nobody_with_expired_credentials(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("old", "open");
    struct cl_discovery_request request = request_all();

    making.request.expires_at = app_now(app) + 10;
    app_making_type(&making, "fake-box");
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    add_boxes(app, 1);
    assert_found(app, &app->call, &request, "old!credentials_expired c-0:" BOXES);
    assert_int_equal(atomic_load(&fake_script.list_calls), 1);
}

/* --- time ---------------------------------------------------------------------------------- */

/* Connectors named so hang until they are told to stop. */
static enum cl_code hang(void *ctx, const char *operation, const struct cl_call *call,
                         const struct cl_connector *conn, struct cl_err *err)
{
    const char *name = ctx;

    (void)operation;
    while (name == NULL || strcmp(conn->name, name) == 0) {
        CL_TRY(cl_call_check(call, err));
        wait_a_moment();
    }
    return CL_OK;
}

static void turns_a_hanging_provider_into_a_row(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    struct cl_resource_list list = {.name = NULL};
    char name[] = "c-1";
    int64_t order = -1;

    add_boxes(app, 4);
    fake_script.hook = hang;
    fake_script.hook_ctx = name;
    request.connector_timeout_ms = 1000;
    struct cl_discovery *cursor = start(app, &app->call, &request);
    for (int i = 0; i < 4; i++) {
        cl_resource_list_cleanup(&list);
        order = pull(app, cursor, &list);
        assert_int_equal(list.error.code, i == 3 ? CL_E_TIMEOUT : CL_OK);
    }
    assert_int_equal(order, 1); /* the others did not wait for it */
    assert_string_equal(list.error.text, "no answer after 1s");
    assert_string_equal(list.rows[0].error.text, "no answer after 1s");
    cl_resource_list_cleanup(&list);
    cursor->ops->free(cursor);
}

static enum cl_code time_out(void *ctx, const char *operation, const struct cl_call *call,
                             const struct cl_connector *conn, struct cl_err *err)
{
    int64_t *left_ms = ctx;

    (void)conn;
    *left_ms = cl_call_remaining_ms(call, INT64_MAX);
    if (strcmp(operation, "list") != 0)
        return CL_OK;
    return cl_err_set(err, CL_E_TIMEOUT, "deadline of the transport");
}

static void says_in_words_how_long_it_waited(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    struct cl_resource_list list = {.name = NULL};
    int64_t left_ms = 0;

    app_add(app, "boxes", "minted", "fake-box", NULL);
    fake_script.hook = time_out;
    fake_script.hook_ctx = &left_ms;
    request.connector_timeout_ms = 90000;
    struct cl_discovery *cursor = start(app, &app->call, &request);
    (void)pull(app, cursor, &list);
    assert_string_equal(list.rows[0].error.text, "no answer after 1m30s");
    /* And it would have waited as long. */
    assert_in_range(left_ms, 60000, 90000);
    cl_resource_list_cleanup(&list);
    cursor->ops->free(cursor);
}

static void stops_when_its_caller_does(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    struct cl_resource_list list = {.name = NULL};
    struct cl_call call = app->call;
    atomic_bool cancelled = false;
    int64_t order = 7;

    add_boxes(app, 5);
    fake_script.hook = hang;
    call.cancelled = &cancelled;
    struct cl_discovery *cursor = start(app, &call, &request);
    atomic_store(&cancelled, true);
    assert_int_equal(cursor->ops->next(cursor, &list, &order, &app->err), CL_E_INTERRUPTED);
    assert_int_equal(order, 7);
    assert_null(list.name);
    cursor->ops->free(cursor);
}

static void stops_at_its_callers_deadline(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    struct cl_resource_list list = {.name = NULL};
    int64_t order = 0;

    add_boxes(app, 5);
    fake_script.hook = hang;
    request.parallel = 1; /* the others do not even begin */
    struct cl_call call = cl_call_within(&app->call, 100);
    struct cl_discovery *cursor = start(app, &call, &request);
    enum cl_code code = CL_OK;
    for (int i = 0; code == CL_OK && i < 5; i++) {
        cl_resource_list_cleanup(&list);
        code = cursor->ops->next(cursor, &list, &order, &app->err);
        if (code == CL_OK)
            assert_int_equal(list.error.code, CL_E_TIMEOUT);
    }
    cl_resource_list_cleanup(&list);
    cursor->ops->free(cursor);
}

/* --- order and threads --------------------------------------------------------------------- */

/* c-0 answers only after all the others have. */
static enum cl_code be_last(void *ctx, const char *operation, const struct cl_call *call,
                            const struct cl_connector *conn, struct cl_err *err)
{
    atomic_int *answered = ctx;

    (void)operation;
    while (strcmp(conn->name, "c-0") == 0 && atomic_load(answered) < 4) {
        CL_TRY(cl_call_check(call, err));
        wait_a_moment();
    }
    return CL_OK;
}

static void hands_out_rows_as_they_come(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    atomic_int pulled = 0;
    bool seen[5] = {false};

    add_boxes(app, 5);
    fake_script.hook = be_last;
    fake_script.hook_ctx = &pulled;
    struct cl_discovery *cursor = start(app, &app->call, &request);
    for (int i = 0; i < 5; i++) {
        CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
        int64_t order = pull(app, cursor, &list);

        assert_in_range(order, 0, 4);
        assert_false(seen[order]);
        seen[order] = true;
        assert_int_equal(order == 0, i == 4);
        (void)atomic_fetch_add(&pulled, 1);
    }
    cursor->ops->free(cursor);
}

struct crowd {
    atomic_int inside;
    atomic_int most;
    int wanted; /* nobody leaves before so many are inside, or time is up */
};

static enum cl_code crowd(void *ctx, const char *operation, const struct cl_call *call,
                          const struct cl_connector *conn, struct cl_err *err)
{
    struct crowd *self = ctx;
    int inside = atomic_fetch_add(&self->inside, 1) + 1;
    int most = atomic_load(&self->most);

    (void)operation;
    (void)conn;
    (void)err;
    while (inside > most && !atomic_compare_exchange_weak(&self->most, &most, inside)) {
    }
    while (atomic_load(&self->most) < self->wanted && cl_call_remaining_ms(call, 1000) > 0)
        wait_a_moment();
    (void)atomic_fetch_sub(&self->inside, 1);
    return CL_OK;
}

static void asks_as_many_at_once_as_it_may(void **state)
{
    struct app_fixture *app = *state;
    static const int parallels[] = {1, 3, 8};

    add_boxes(app, 12);
    for (size_t i = 0; i < CL_COUNT(parallels); i++) {
        struct cl_discovery_request request = request_all();
        struct crowd inside = {.wanted = parallels[i]};
        struct cl_resource_list list = {.name = NULL};

        fake_script.hook = crowd;
        fake_script.hook_ctx = &inside;
        request.parallel = parallels[i];
        request.connector_timeout_ms = PATIENCE_MS;
        struct cl_discovery *cursor = start(app, &app->call, &request);
        while (pull(app, cursor, &list) >= 0)
            cl_resource_list_cleanup(&list);
        cursor->ops->free(cursor);
        assert_int_equal(atomic_load(&inside.most), parallels[i]);
    }
}

static void leaves_nothing_running_when_freed_early(void **state)
{
    struct app_fixture *app = *state;
    struct cl_discovery_request request = request_all();
    struct cl_resource_list list = {.name = NULL};
    char name[] = "c-7";

    add_boxes(app, 20);
    fake_script.hook = hang;
    fake_script.hook_ctx = name;
    request.parallel = 2;
    struct cl_discovery *cursor = start(app, &app->call, &request);
    (void)pull(app, cursor, &list);
    cl_resource_list_cleanup(&list);
    cursor->ops->free(cursor);
    int asked = atomic_load(&fake_script.list_calls);
    for (int i = 0; i < 20; i++)
        wait_a_moment();
    assert_int_equal(atomic_load(&fake_script.list_calls), asked);
    cursor = start(app, &app->call, &request); /* freed before anything was pulled */
    cursor->ops->free(cursor);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_every_connector),
        TEST(a_secret_that_cannot_be_opened_costs_one_row),
        TEST(finds_nothing_without_connectors),
        TEST(filters_connectors),
        TEST(refuses_filters_that_nothing_can_match),
        TEST(finds_only_what_the_actor_may_see),
        TEST(writes_one_row_into_the_audit),
        TEST(asks_nobody_when_it_cannot_be_audited),
        TEST(shows_a_failure_as_a_row),
        TEST(keeps_connectors_of_which_only_one_type_fails),
        TEST(leaves_out_only_who_does_not_know_the_resource),
        TEST(asks_each_type_that_has_ids_of_that_form),
        TEST(kills_all_rows_of_a_connector_with_wrong_credentials),
        TEST(calls_nobody_with_expired_credentials),
        TEST(turns_a_hanging_provider_into_a_row),
        TEST(says_in_words_how_long_it_waited),
        TEST(stops_when_its_caller_does),
        TEST(stops_at_its_callers_deadline),
        TEST(hands_out_rows_as_they_come),
        TEST(asks_as_many_at_once_as_it_may),
        TEST(leaves_nothing_running_when_freed_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
