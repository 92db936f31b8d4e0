#include "test.h"

#include <stdio.h>

#include "app_fixture.h"

/* Verification: which calls are made for which scope, and the exact rows that come of them. */

/* The connectors that every test here finds in its store. */
static void add_all(struct app_fixture *app)
{
    app_add(app, "multi", "minted", NULL, NULL);
    app_add(app, "boxes", "minted", "fake-box", NULL);
    app_add(app, "alpha", "minted", "fake-box", "alpha");
    app_add(app, "realm", "minted", "fake-realm", NULL);
}

struct wanted {
    const char *connector;
    bool list;
    const char *type; /* "": not given */
    const char *id;
};

static enum cl_code verify_as(struct app_fixture *app, const struct cl_call *call,
                              const struct wanted *wanted, struct cl_resource_list *list)
{
    struct cl_verify_request request = {.ref = app_ref(wanted->connector),
                                        .resource_type = cl_str_of(wanted->type),
                                        .resource_id = cl_str_of(wanted->id),
                                        .list = wanted->list};

    app->err = CL_ERR_NONE;
    return app->api->ops->verify(app->api, call, &request, list, &app->err);
}

/* "!global type:id,id type:- type:!code" */
static void render(const struct cl_resource_list *list, struct cl_buf *text)
{
    if (list->error.code != CL_OK)
        cl_buf_addf(text, "!%s ", cl_code_wire(list->error.code));
    for (size_t i = 0; i < list->count; i++) {
        const struct cl_resource_row *row = &list->rows[i];

        cl_buf_addf(text, "%s%s:", i > 0 ? " " : "", row->resource_type);
        if (row->error.code != CL_OK)
            cl_buf_addf(text, "!%s", cl_code_wire(row->error.code));
        else if (!row->listed)
            cl_buf_add_char(text, '-');
        for (size_t k = 0; k < row->ids.count; k++)
            cl_buf_addf(text, "%s%s", k > 0 ? "," : "", row->ids.items[k]);
    }
}

/* Every X in `want` stands for the code. */
static void assert_rows(struct app_fixture *app, const struct wanted *wanted, const char *want,
                        enum cl_code code)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf expected = CL_BUF(4096);

    assert_ok(verify_as(app, &app->call, wanted, &list), &app->err);
    render(&list, &text);
    for (; *want != '\0'; want++) {
        if (*want == 'X')
            cl_buf_add_c(&expected, cl_code_wire(code));
        else
            cl_buf_add_char(&expected, *want);
    }
    if (!cl_str_eq(cl_buf_view(&text), cl_buf_view(&expected)))
        fail_msg("%s %s '%s' '%s': %s, not %s", wanted->connector,
                 wanted->list ? "listed" : "not listed", wanted->type, wanted->id, text.ptr,
                 expected.ptr);
}

/* --- the matrix ---------------------------------------------------------------------------- */

/* What comes of a use when all is well, and when the credentials do not authenticate. */
static const struct {
    struct wanted wanted;
    const char *rows;
    const char *failed; /* X: the failure's code */
    int verify_calls;
    int list_calls;
} matrix[] = {
    {{"multi", true, "", ""},
     "fake-realm:r1 fake-box:box://alpha,box://beta fake-jar:jar:plum",
     "!X fake-realm:!X fake-box:!X fake-jar:!X",
     2,
     2},
    {{"multi", false, "", ""},
     "fake-realm:- fake-box:- fake-jar:-",
     "!X fake-realm:!X fake-box:!X fake-jar:!X",
     1,
     0},
    {{"multi", true, "fake-box", ""}, "fake-box:box://alpha,box://beta", "!X fake-box:!X", 1, 1},
    {{"multi", false, "fake-box", ""}, "fake-box:-", "!X fake-box:!X", 1, 0},
    {{"multi", true, "fake-box", "beta"}, "fake-box:box://beta", "!X fake-box:!X", 2, 0},
    {{"multi", false, "fake-box", "beta"}, "fake-box:box://beta", "!X fake-box:!X", 2, 0},
    {{"multi", true, "fake-realm", ""}, "fake-realm:r1", "!X fake-realm:!X", 2, 0},
    {{"multi", false, "fake-realm", ""}, "fake-realm:r1", "!X fake-realm:!X", 2, 0},
    {{"multi", true, "", "jar:plum"}, "fake-jar:jar:plum", "!X fake-jar:!X", 2, 0},
    {{"multi", false, "", "box://beta"}, "fake-box:box://beta", "!X fake-box:!X", 2, 0},
    {{"boxes", true, "", ""}, "fake-box:box://alpha,box://beta", "!X fake-box:!X", 1, 1},
    {{"boxes", false, "", ""}, "fake-box:-", "!X fake-box:!X", 1, 0},
    {{"boxes", true, "fake-box", ""}, "fake-box:box://alpha,box://beta", "!X fake-box:!X", 1, 1},
    {{"boxes", true, "", "gamma"}, "fake-box:box://gamma", "!X fake-box:!X", 2, 0},
    {{"boxes", false, "fake-box", "gamma"}, "fake-box:box://gamma", "!X fake-box:!X", 2, 0},
    {{"alpha", true, "", ""}, "fake-box:box://alpha", "!X fake-box:!X", 2, 0},
    {{"alpha", false, "", ""}, "fake-box:box://alpha", "!X fake-box:!X", 2, 0},
    {{"alpha", true, "fake-box", "box://alpha"}, "fake-box:box://alpha", "!X fake-box:!X", 2, 0},
    {{"realm", true, "", ""}, "fake-realm:r1", "!X fake-realm:!X", 2, 0},
    {{"realm", false, "", "r1"}, "fake-realm:r1", "!X fake-realm:!X", 2, 0},
};

static void gives_exact_rows_for_each_scope(void **state)
{
    struct app_fixture *app = *state;

    add_all(app);
    for (size_t i = 0; i < CL_COUNT(matrix); i++) {
        fake_script_reset();
        assert_rows(app, &matrix[i].wanted, matrix[i].rows, CL_OK);
        assert_int_equal(atomic_load(&fake_script.verify_calls), matrix[i].verify_calls);
        assert_int_equal(atomic_load(&fake_script.list_calls), matrix[i].list_calls);
        /* Whatever is verified behind the credentials need not prove them again. */
        assert_int_equal(atomic_load(&fake_script.trusted_calls), matrix[i].verify_calls - 1);
    }
}

static const enum cl_code failures[] = {CL_E_REJECTED, CL_E_DENIED,    CL_E_INVALID,
                                        CL_E_TIMEOUT,  CL_E_THROTTLED, CL_E_UNREACHABLE};

static void fails_every_row_when_the_credentials_do_not_authenticate(void **state)
{
    struct app_fixture *app = *state;

    add_all(app);
    for (size_t k = 0; k < CL_COUNT(failures); k++) {
        for (size_t i = 0; i < CL_COUNT(matrix); i++) {
            fake_script_reset();
            fake_script.verify_code = failures[k];
            assert_rows(app, &matrix[i].wanted, matrix[i].failed, failures[k]);
            assert_int_equal(atomic_load(&fake_script.verify_calls), 1);
            assert_int_equal(atomic_load(&fake_script.list_calls), 0);
        }
    }
}

static void fails_only_the_types_that_cannot_be_listed(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        struct wanted wanted;
        const char *fails_for;
        const char *rows;
    } cases[] = {
        {{"multi", true, "", ""}, NULL, "fake-realm:r1 fake-box:!X fake-jar:!X"},
        {{"multi", true, "", ""}, "fake-box", "fake-realm:r1 fake-box:!X fake-jar:jar:plum"},
        {{"multi", true, "", ""},
         "fake-jar",
         "fake-realm:r1 fake-box:box://alpha,box://beta fake-jar:!X"},
        {{"multi", true, "fake-box", ""}, NULL, "!X fake-box:!X"},
        {{"multi", true, "fake-box", "beta"}, NULL, "fake-box:box://beta"},
        {{"boxes", true, "", ""}, NULL, "!X fake-box:!X"},
        {{"boxes", false, "", ""}, NULL, "fake-box:-"},
        {{"alpha", true, "", ""}, NULL, "fake-box:box://alpha"},
    };

    add_all(app);
    for (size_t k = 0; k < CL_COUNT(failures); k++) {
        fake_script_reset();
        fake_script.list_code = failures[k];
        for (size_t i = 0; i < CL_COUNT(cases); i++) {
            fake_script.list_fails_for = cases[i].fails_for;
            assert_rows(app, &cases[i].wanted, cases[i].rows, failures[k]);
        }
    }
}

/* Fails the second verification: that of the resource, not of the credentials. */
static enum cl_code fail_second(void *ctx, const char *operation, const struct cl_call *call,
                                const struct cl_connector *conn, struct cl_err *err)
{
    const enum cl_code *code = ctx;

    (void)call;
    (void)conn;
    if (strcmp(operation, "verify") != 0 || atomic_load(&fake_script.verify_calls) < 2)
        return CL_OK;
    return cl_err_set(err, *code, "not this one");
}

static void fails_the_one_resource_that_cannot_be_reached(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        struct wanted wanted;
        const char *rows;
    } cases[] = {
        {{"multi", true, "", ""},
         "fake-realm:!X fake-box:box://alpha,box://beta fake-jar:jar:plum"},
        {{"multi", false, "", ""}, "fake-realm:- fake-box:- fake-jar:-"},
        {{"multi", true, "fake-box", "beta"}, "!X fake-box:!X"},
        {{"alpha", true, "", ""}, "!X fake-box:!X"},
        {{"realm", false, "", ""}, "!X fake-realm:!X"},
        {{"boxes", true, "", ""}, "fake-box:box://alpha,box://beta"},
    };

    add_all(app);
    for (size_t k = 0; k < CL_COUNT(failures); k++) {
        for (size_t i = 0; i < CL_COUNT(cases); i++) {
            enum cl_code code = failures[k];

            fake_script_reset();
            fake_script.hook = fail_second;
            fake_script.hook_ctx = &code;
            assert_rows(app, &cases[i].wanted, cases[i].rows, code);
        }
    }
}

static void refuses_what_is_out_of_scope_without_a_call(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        struct wanted wanted;
        enum cl_code want;
    } cases[] = {
        {{"multi", true, "fake-bix", ""}, CL_E_UNKNOWN_RESOURCE_TYPE},
        {{"multi", true, "fake-box", "NO"}, CL_E_ID_INVALID},
        {{"multi", true, "fake-realm", "r2"}, CL_E_OUT_OF_SCOPE},
        {{"multi", true, "", "plum"}, CL_E_AMBIGUOUS}, /* a box or a jar */
        {{"multi", true, "", "NO/WHERE"}, CL_E_ID_INVALID},
        {{"boxes", false, "fake-jar", ""}, CL_E_OUT_OF_SCOPE},
        {{"boxes", true, "", "jar:plum"}, CL_E_ID_INVALID},
        {{"alpha", false, "", "beta"}, CL_E_OUT_OF_SCOPE},
        {{"realm", true, "", "r2"}, CL_E_OUT_OF_SCOPE},
        {{"nobody", true, "", ""}, CL_E_NOT_FOUND},
    };

    add_all(app);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

        app_assert_refused(app, verify_as(app, &app->call, &cases[i].wanted, &list), cases[i].want,
                           NULL);
    }
    assert_int_equal(atomic_load(&fake_script.verify_calls), 0);
    assert_int_equal(app_audited(app, "connector.verify", NULL), 0);
}

/* --- what is in a row ---------------------------------------------------------------------- */

static void sorts_ids_and_says_when_they_were_listed(void **state)
{
    struct app_fixture *app = *state;
    static const char *const boxes[] = {"box://b", "box://a-1", "box://a", NULL};
    static const struct wanted wanted = {"boxes", true, "", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

    add_all(app);
    fake_script.boxes = boxes;
    fake_script.truncated = true;
    assert_rows(app, &wanted, "fake-box:box://a,box://a-1,box://b", CL_OK);
    assert_ok(verify_as(app, &app->call, &wanted, &list), &app->err);
    assert_true(list.rows[0].truncated);
    assert_int_equal(list.rows[0].listed_at, app_now(app));
    assert_string_equal(list.name, "boxes");
    assert_string_equal(list.connector_type, "fake");
    assert_true(cl_is_uuid(cl_str_of(list.id)));
}

static void takes_an_empty_listing_for_an_answer(void **state)
{
    struct app_fixture *app = *state;
    static const char *const none[] = {NULL};
    static const struct wanted wanted = {"boxes", true, "", ""};

    add_all(app);
    fake_script.boxes = none;
    assert_rows(app, &wanted, "fake-box:", CL_OK);
}

static void says_when_instances_cannot_be_listed(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making)
    struct app_making making = {.request = {.name = CL_STR("thing"),
                                            .type = CL_STR("other"),
                                            .skew_s = CL_SKEW_UNSET,
                                            .verify = CL_VERIFY_OFF}};
    static const struct wanted list = {"thing", true, "", ""};
    static const struct wanted one = {"thing", true, "", "any"};

    app_making_set(&making, "api_key", "canary-key");
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    assert_rows(app, &list, "!X other-thing:!X", CL_E_UNSUPPORTED);
    assert_rows(app, &one, "other-thing:any", CL_OK);
}

static void passes_on_every_warning(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {"multi", true, "", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

    add_all(app);
    fake_script.warning = "Mind the gap.";
    assert_ok(verify_as(app, &app->call, &wanted, &list), &app->err);
    assert_int_equal(list.warnings.count, 2); /* of the credentials and of the realm */
    assert_string_equal(list.warnings.items[0], "Mind the gap.");
}

/* --- what is remembered -------------------------------------------------------------------- */

static void remembers_outcome_and_facts(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {"multi", true, "", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list good = {.name = NULL};
    CL_AUTO(cl_resource_list) struct cl_resource_list bad = {.name = NULL};

    add_all(app);
    fake_script.account = "4711";
    app_advance(app, 5);
    assert_ok(verify_as(app, &app->call, &wanted, &good), &app->err);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "multi");
    assert_string_equal(cl_map_get(&conn.facts, "account"), "4711");
    assert_int_equal(conn.last_verified_at, app_now(app));
    assert_int_equal(conn.last_verify_code, CL_OK);
    assert_int_equal(conn.generation, 1);
    fake_script.verify_code = CL_E_REJECTED;
    app_advance(app, 5);
    assert_ok(verify_as(app, &app->call, &wanted, &bad), &app->err);
    assert_int_equal(cl_resource_list_code(&bad), CL_E_REJECTED);
    CL_AUTO(cl_connector) struct cl_connector again = app_stored(app, "multi");
    assert_int_equal(again.last_verify_code, CL_E_REJECTED);
    assert_int_equal(again.last_verified_at, app_now(app));
    assert_string_equal(cl_map_get(&again.facts, "account"), "4711");
    assert_int_equal(app_audited(app, "connector.verify", "ok"), 1);
    assert_int_equal(app_audited(app, "connector.verify", "credentials_rejected"), 1);
}

static enum cl_code change_meanwhile(void *ctx, const char *operation, const struct cl_call *call,
                                     const struct cl_connector *conn, struct cl_err *err)
{
    struct app_fixture *app = ctx;

    (void)operation;
    (void)call;
    (void)conn;
    (void)err;
    if (atomic_load(&fake_script.verify_calls) == 1)
        store_fixture_sql(app->disk, "UPDATE connector SET generation = generation + 1");
    return CL_OK;
}

static void leaves_a_newer_version_alone(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {"boxes", false, "", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

    add_all(app);
    fake_script.account = "4711";
    fake_script.hook = change_meanwhile;
    fake_script.hook_ctx = app;
    assert_ok(verify_as(app, &app->call, &wanted, &list), &app->err);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "boxes");
    assert_null(cl_map_get(&conn.facts, "account"));
    assert_int_equal(conn.last_verified_at, 0);
}

static void reports_an_audit_that_cannot_be_written(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {"boxes", false, "", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

    add_all(app);
    store_fixture_sql(app->disk, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN "
                                 "SELECT RAISE(ABORT, 'no room'); END");
    assert_int_not_equal(verify_as(app, &app->call, &wanted, &list), CL_OK);
}

/* --- time and cancellation ----------------------------------------------------------------- */

static void calls_nobody_with_expired_credentials(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("old", "open");
    static const struct wanted wanted = {"old", true, "", ""};
    static const struct wanted outside = {"old", true, "fake-jar", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

    making.request.expires_at = app_now(app) + 1000;
    making.request.skew_s = 100;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    app_advance(app, 899);
    assert_rows(app, &wanted, "fake-realm:r1 fake-box:box://alpha,box://beta", CL_OK);
    app_advance(app, 1);
    fake_script_reset();
    assert_rows(app, &wanted, "!X fake-realm:!X fake-box:!X", CL_E_EXPIRED);
    assert_int_equal(atomic_load(&fake_script.verify_calls), 0);
    assert_int_equal(atomic_load(&fake_script.list_calls), 0);
    assert_ok(verify_as(app, &app->call, &wanted, &list), &app->err);
    assert_string_equal(list.error.hint,
                        "store new ones with 'cleat service-connector update old'");
    assert_int_equal(app_audited(app, "connector.verify", "credentials_expired"), 2);
    cl_resource_list_cleanup(&list);
    /* The scope is judged all the same. */
    app_assert_refused(app, verify_as(app, &app->call, &outside, &list), CL_E_OUT_OF_SCOPE, NULL);
}

/* What the operations saw of the call. */
struct watched {
    int64_t longest_ms;
    int64_t shortest_ms;
};

static enum cl_code watch_deadline(void *ctx, const char *operation, const struct cl_call *call,
                                   const struct cl_connector *conn, struct cl_err *err)
{
    struct watched *watched = ctx;
    int64_t left_ms = cl_call_remaining_ms(call, INT64_MAX);

    (void)operation;
    (void)conn;
    (void)err;
    watched->longest_ms = left_ms > watched->longest_ms ? left_ms : watched->longest_ms;
    watched->shortest_ms = left_ms < watched->shortest_ms ? left_ms : watched->shortest_ms;
    return CL_OK;
}

static void gives_each_call_a_deadline(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {"boxes", true, "", ""};
    struct watched watched = {.shortest_ms = INT64_MAX};
    CL_AUTO(cl_resource_list) struct cl_resource_list own = {.name = NULL};
    CL_AUTO(cl_resource_list) struct cl_resource_list callers = {.name = NULL};

    add_all(app);
    fake_script.hook = watch_deadline;
    fake_script.hook_ctx = &watched;
    assert_ok(verify_as(app, &app->call, &wanted, &own), &app->err);
    assert_in_range(watched.longest_ms, 20000, 30000);
    watched = (struct watched){.shortest_ms = INT64_MAX};
    struct cl_call hurried = cl_call_within(&app->call, 5000);
    assert_ok(verify_as(app, &hurried, &wanted, &callers), &app->err);
    assert_in_range(watched.longest_ms, 1000, 5000);
    assert_in_range(watched.shortest_ms, 1000, 5000);
}

static enum cl_code obey(void *ctx, const char *operation, const struct cl_call *call,
                         const struct cl_connector *conn, struct cl_err *err)
{
    (void)ctx;
    (void)operation;
    (void)conn;
    return cl_call_check(call, err);
}

static void hands_on_the_cancellation(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {"boxes", true, "", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    atomic_bool cancelled = true;
    struct cl_call call = app->call;

    add_all(app);
    fake_script.hook = obey;
    call.cancelled = &cancelled;
    assert_ok(verify_as(app, &call, &wanted, &list), &app->err);
    assert_int_equal(list.error.code, CL_E_INTERRUPTED);
}

/* Ctrl-C while the second type is listed. */
static enum cl_code cancel_a_listing(void *ctx, const char *operation, const struct cl_call *call,
                                     const struct cl_connector *conn, struct cl_err *err)
{
    if (strcmp(operation, "list") == 0)
        atomic_store((atomic_bool *)ctx, true);
    return obey(NULL, operation, call, conn, err);
}

/* What only the provider can tell is known from the first verification on. */
static void tells_the_only_resource_once_it_is_known(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {"around", true, "", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_list_result) struct cl_list_result listed = {.items = NULL};
    CL_AUTO(app_making)
    struct app_making making = {.request = {.name = CL_STR("around"),
                                            .type = CL_STR("fake"),
                                            .auth_method = CL_STR("ambient"),
                                            .skew_s = CL_SKEW_UNSET,
                                            .verify = CL_VERIFY_OFF}};
    struct cl_list_request request = {.query = cl_query_default()};

    app_making_type(&making, "fake-realm");
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    CL_AUTO(cl_connector) struct cl_connector before = app_stored(app, "around");
    assert_null(before.resource_id);
    fake_script.account = "4711";
    assert_ok(verify_as(app, &app->call, &wanted, &list), &app->err);
    CL_AUTO(cl_connector) struct cl_connector after = app_stored(app, "around");
    assert_string_equal(after.resource_id, "4711");
    assert_string_equal(after.canonical_id, "4711");
    assert_ok(app->api->ops->list(app->api, &app->call, &request, &listed, &app->err), &app->err);
    assert_string_equal(listed.items[0].resource_id, "4711");
}

static void learns_nothing_from_an_interrupted_verification(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {"all", true, "", ""};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_resource_list) struct cl_resource_list whole = {.name = NULL};
    atomic_bool cancelled = false;
    struct cl_call call = app->call;

    app_add(app, "all", "minted", NULL, NULL);
    assert_ok(verify_as(app, &app->call, &wanted, &whole), &app->err);
    fake_script.hook = cancel_a_listing;
    fake_script.hook_ctx = &cancelled;
    call.cancelled = &cancelled;
    app_advance(app, 60);
    assert_ok(verify_as(app, &call, &wanted, &list), &app->err);
    assert_int_equal(cl_resource_list_code(&list), CL_E_INTERRUPTED);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "all");
    assert_int_equal(conn.last_verify_code, CL_OK);
    assert_int_equal(conn.last_verified_at, app_now(app) - 60);
    assert_int_equal(app_audited(app, "connector.verify", "interrupted"), 1);
}

static void passes_on_what_befell_single_instances(void **state)
{
    struct app_fixture *app = *state;
    static const struct wanted wanted = {.connector = "boxes", .list = true};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

    add_all(app);
    fake_script.list_warning = "one box cannot be opened";
    assert_ok(verify_as(app, &app->call, &wanted, &list), &app->err);
    assert_int_equal(list.rows[0].ids.count, 2);
    assert_int_equal(list.warnings.count, 1);
    assert_string_equal(list.warnings.items[0], fake_script.list_warning);
}

static void answers_one_question_more(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        enum cl_code verify_code;
        enum cl_code check_code;
        enum cl_code code;
        bool answered;
    } rows[] = {
        {CL_OK, CL_OK, CL_OK, true},
        {CL_OK, CL_E_DENIED, CL_OK, true},
        {CL_OK, CL_E_INVALID, CL_E_INVALID, false},
        {CL_OK, CL_E_UNREACHABLE, CL_E_UNREACHABLE, false},
        {CL_E_REJECTED, CL_OK, CL_OK, false}, /* then nothing is asked */
    };

    add_all(app);
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
        struct cl_verify_request request = {.ref = app_ref("boxes"), .check = CL_STR("push")};
        fake_script_reset();
        fake_script.verify_code = rows[i].verify_code;
        fake_script.check_code = rows[i].check_code;
        app->err = CL_ERR_NONE;
        assert_int_equal(app->api->ops->verify(app->api, &app->call, &request, &list, &app->err),
                         rows[i].code);
        assert_int_equal(list.check != NULL, rows[i].answered);
        if (rows[i].answered)
            assert_int_equal(list.check_denied.code, rows[i].check_code);
    }
}

static void refuses_questions_to_a_type_that_has_no_answers(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_verify_request request = {.ref = app_ref("mute"), .check = CL_STR("push")};

    CL_AUTO(app_making) struct app_making making = app_making("mute", "key");
    making.request.type = CL_STR("other");
    cl_input_cleanup(&making.input);
    app_making_set(&making, "api_key", "canary-key");
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    assert_int_equal(app->api->ops->verify(app->api, &app->call, &request, &list, &app->err),
                     CL_E_UNSUPPORTED);
    assert_non_null(strstr(app->err.text, "'other'"));
    assert_int_equal(atomic_load(&fake_script.verify_calls), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_exact_rows_for_each_scope),
        TEST(fails_every_row_when_the_credentials_do_not_authenticate),
        TEST(fails_only_the_types_that_cannot_be_listed),
        TEST(fails_the_one_resource_that_cannot_be_reached),
        TEST(refuses_what_is_out_of_scope_without_a_call),
        TEST(sorts_ids_and_says_when_they_were_listed),
        TEST(takes_an_empty_listing_for_an_answer),
        TEST(says_when_instances_cannot_be_listed),
        TEST(passes_on_every_warning),
        TEST(passes_on_what_befell_single_instances),
        TEST(answers_one_question_more),
        TEST(refuses_questions_to_a_type_that_has_no_answers),
        TEST(remembers_outcome_and_facts),
        TEST(leaves_a_newer_version_alone),
        TEST(reports_an_audit_that_cannot_be_written),
        TEST(calls_nobody_with_expired_credentials),
        TEST(gives_each_call_a_deadline),
        TEST(hands_on_the_cancellation),
        TEST(tells_the_only_resource_once_it_is_known),
        TEST(learns_nothing_from_an_interrupted_verification),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
