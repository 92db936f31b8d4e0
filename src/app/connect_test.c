#include "test.h"

#include <stdio.h>

#include "app_fixture.h"
#include "base/alloc.h"
#include "core/registry.h"

/* Linking components to resources. The flavors take s3-bucket resources, which the type "store"
 * of this test has; what its operations answer is scripted like the fake type's. */

static enum cl_code canonical_id(const struct cl_connector *conn,
                                 const struct cl_resource_type *type, struct cl_str input,
                                 char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf id = CL_BUF(256);
    struct cl_str scheme = CL_STR("s3://");

    (void)conn;
    if (cl_str_starts(input, scheme))
        input = cl_str_skip(input, scheme.len);
    input = cl_str_first(input, cl_str_find(input, '/'));
    if (strcmp(type->id, "s3-bucket") != 0)
        return cl_str_dup(input, ret, err);
    if (!cl_str_only(input, "abcdefghijklmnopqrstuvwxyz-"))
        return cl_err_set(err, CL_E_ID_INVALID, "not the id of a bucket");
    cl_buf_add(&id, scheme);
    cl_buf_add(&id, input);
    return cl_buf_take(&id, ret, err);
}

static enum cl_code verify(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_scope *scope, struct cl_verified *ret,
                           struct cl_err *err)
{
    return fake_type.ops->verify(call, conn, scope, ret, err);
}

static const struct cl_connector_ops store_ops = {.canonical_id = canonical_id, .verify = verify};

static const struct cl_attr store_attrs[] = {
    {.name = "password", .kind = CL_ATTR_SECRET, .required = true, .help = "Password"},
};

static const struct cl_auth_method store_methods[] = {
    {.id = "key", .attrs = store_attrs, .attr_count = CL_COUNT(store_attrs)},
};

static const struct cl_resource_type store_resources[] = {
    {.id = "s3-bucket", .title = "Bucket", .id_forms = "s3://{bucket}", .supports_instances = true},
    {.id = "shelf", .title = "Shelf", .id_forms = "{shelf}", .supports_instances = true},
};

static const struct cl_connector_type store_type = {
    .id = "store",
    .rank = 30,
    .title = "Store",
    .ops = &store_ops,
    .methods = store_methods,
    .method_count = CL_COUNT(store_methods),
    .resources = store_resources,
    .resource_count = CL_COUNT(store_resources),
};

const struct cl_connector_type *const cl_connector_types[] = {&fake_type, &other_type, &store_type};
const size_t cl_connector_type_count = CL_COUNT(cl_connector_types);

/* --- helpers ------------------------------------------------------------------------------- */

static void add_connector(struct app_fixture *app, const char *name, const char *type,
                          const char *id)
{
    CL_AUTO(app_making)
    struct app_making making = {.request = {.name = cl_str_of(name),
                                            .type = CL_STR("store"),
                                            .resource_id = cl_str_of(id),
                                            .skew_s = CL_SKEW_UNSET,
                                            .verify = CL_VERIFY_OFF}};

    app_making_set(&making, "password", "canary-store");
    if (type != NULL)
        app_making_type(&making, type);
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
}

static void add_component(struct app_fixture *app, const char *name, const char *path)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    struct cl_component_register_request request = {.kind = CL_STR("artifact_store"),
                                                    .name = cl_str_of(name),
                                                    .flavor = CL_STR("s3"),
                                                    .input = &input};

    assert_ok(fake_input(&input, "path", path, &app->err), &app->err);
    assert_ok(
        app->api->ops->component_register(app->api, &app->call, &request, &component, &app->err),
        &app->err);
}

static struct cl_component_connect_request connection(const char *component, const char *connector,
                                                      const char *id)
{
    return (struct cl_component_connect_request){
        .component = {.kind = CL_STR("artifact_store"), .ref = app_ref(component)},
        .connector = cl_str_of(connector),
        .resource_id = cl_str_of(id)};
}

static enum cl_code connect_as(struct app_fixture *app, const struct cl_call *call,
                               const struct cl_component_connect_request *request,
                               struct cl_component_connect_result *result)
{
    cl_component_connect_result_cleanup(result);
    app->err = CL_ERR_NONE;
    return app->api->ops->component_connect(app->api, call, request, result, &app->err);
}

static void add_all(struct app_fixture *app)
{
    add_connector(app, "all", NULL, NULL);
    add_connector(app, "buckets", "s3-bucket", NULL);
    add_connector(app, "models-only", "s3-bucket", "models");
    add_connector(app, "shelves", "shelf", NULL);
    app_add(app, "crate", "minted", NULL, NULL);
    add_component(app, "models", "s3://models/below");
}

/* --- tests --------------------------------------------------------------------------------- */

static void links_to_the_resource_of_the_components_own_path(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request request = connection("models", "all", "");

    add_all(app);
    request.verify = true;
    assert_ok(connect_as(app, &app->call, &request, &result), &app->err);
    assert_true(result.verified);
    assert_int_equal(atomic_load(&fake_script.verify_calls), 2); /* whose, and which bucket */
    assert_int_equal(result.resources.count, 1);
    assert_string_equal(result.resources.rows[0].ids.items[0], "s3://models");
    assert_string_equal(result.component.resource_id, "s3://models");
    assert_string_equal(result.component.connector_name, "all");
    assert_string_equal(result.component.connector_id, result.connector.id);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE action = 'connector.link' "
                                     "AND connector_name = 'all' AND resource_type = 's3-bucket' "
                                     "AND resource_id = 's3://models' AND actor = 'tester'"),
                     1);
}

static void gives_back_no_secret(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request request = connection("models", "all", "");

    add_all(app);
    assert_ok(connect_as(app, &app->call, &request, &result), &app->err);
    assert_false(result.connector.secrets_loaded);
    assert_null(cl_config_secret(&result.connector.config, "password"));
    assert_true(cl_strs_has(&result.connector.secret_names, CL_STR("password")));
}

static void asks_nobody_unless_told(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request request = connection("models", "buckets", "models");

    add_all(app);
    assert_ok(connect_as(app, &app->call, &request, &result), &app->err);
    assert_false(result.verified);
    assert_int_equal(atomic_load(&fake_script.verify_calls), 0);
    assert_string_equal(result.component.resource_id, "s3://models");
}

/* A connection that is refused. */
static const struct {
    const char *component;
    const char *connector;
    const char *id;
    enum cl_code want;
    const char *part;
} refusals[] = {
    {"nothing", "all", "", CL_E_NOT_FOUND, "nothing"},
    {"models", "nobody", "", CL_E_NOT_FOUND, "'nobody'"},
    {"models", "shelves", "", CL_E_INVALID, "takes a 's3-bucket' resource, but connector"},
    {"models", "crate", "", CL_E_INVALID, "fake-realm, fake-box, fake-jar"},
    {"models", "all", "reports", CL_E_INVALID, "configured for 's3://models', not for 'reports'"},
    {"models", "all", "NOT A BUCKET", CL_E_ID_INVALID, "bucket"},
    {"reports", "models-only", "", CL_E_OUT_OF_SCOPE, "s3://models"},
};

static void refuses_what_does_not_fit(void **state)
{
    struct app_fixture *app = *state;

    add_all(app);
    add_component(app, "reports", "s3://reports");
    for (size_t i = 0; i < CL_COUNT(refusals); i++) {
        CL_AUTO(cl_component_connect_result)
        struct cl_component_connect_result result = {.verified = false};
        struct cl_component_connect_request request =
            connection(refusals[i].component, refusals[i].connector, refusals[i].id);

        request.verify = true;
        app_assert_refused(app, connect_as(app, &app->call, &request, &result), refusals[i].want,
                           refusals[i].part);
    }
    assert_int_equal(atomic_load(&fake_script.verify_calls), 0);
    assert_int_equal(app_number(app, "SELECT count(*) FROM component WHERE connector > 0"), 0);
}

static void takes_any_spelling_of_the_same_resource(void **state)
{
    struct app_fixture *app = *state;
    static const char *const ids[] = {"models", "s3://models", "s3://models/elsewhere"};

    add_all(app);
    for (size_t i = 0; i < CL_COUNT(ids); i++) {
        CL_AUTO(cl_component_connect_result)
        struct cl_component_connect_result result = {.verified = false};
        struct cl_component_connect_request request = connection("models", "models-only", ids[i]);

        assert_ok(connect_as(app, &app->call, &request, &result), &app->err);
        assert_string_equal(result.component.resource_id, "s3://models");
    }
}

static void links_nothing_that_fails_verification(void **state)
{
    struct app_fixture *app = *state;
    static const enum cl_code failures[] = {CL_E_REJECTED, CL_E_RESOURCE_NOT_FOUND, CL_E_TIMEOUT};
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request request = connection("models", "all", "");

    add_all(app);
    request.verify = true;
    for (size_t i = 0; i < CL_COUNT(failures); i++) {
        fake_script.verify_code = failures[i];
        app_assert_refused(app, connect_as(app, &app->call, &request, &result), failures[i],
                           "refused to verify");
        assert_false(result.verified);
    }
    assert_int_equal(app_number(app, "SELECT count(*) FROM component WHERE connector > 0"), 0);
    assert_int_equal(app_audited(app, "connector.link", NULL), 0);
}

static void links_nothing_with_expired_credentials(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request request = connection("models", "all", "");
    char sql[128];

    add_all(app);
    (void)snprintf(sql, sizeof(sql), "UPDATE connector SET expires_at = %lld",
                   (long long)app_now(app));
    store_fixture_sql(app->disk, sql);
    request.verify = true;
    app_assert_refused(app, connect_as(app, &app->call, &request, &result), CL_E_EXPIRED,
                       "have expired");
    assert_int_equal(atomic_load(&fake_script.verify_calls), 0);
}

static void does_not_link_to_what_is_hidden(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request request = connection("models", "all", "");

    add_all(app);
    app_assert_refused(app, connect_as(app, &app->other, &request, &result), CL_E_NOT_FOUND,
                       "'all'");
    store_fixture_sql(app->disk, "UPDATE connector SET shared = 1");
    assert_ok(connect_as(app, &app->other, &request, &result), &app->err);
}

static void replaces_the_link_it_had(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request first = connection("models", "all", "");
    struct cl_component_connect_request second = connection("models", "buckets", "");

    add_all(app);
    assert_ok(connect_as(app, &app->call, &first, &result), &app->err);
    assert_ok(connect_as(app, &app->call, &second, &result), &app->err);
    assert_string_equal(result.component.connector_name, "buckets");
    CL_AUTO(cl_delete_result) struct cl_delete_result deleted = {.name = NULL};
    struct cl_delete_request remove = {.ref = app_ref("all")};
    assert_ok(app->api->ops->remove(app->api, &app->call, &remove, &deleted, &app->err), &app->err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(links_to_the_resource_of_the_components_own_path),
        TEST(gives_back_no_secret),
        TEST(asks_nobody_unless_told),
        TEST(refuses_what_does_not_fit),
        TEST(takes_any_spelling_of_the_same_resource),
        TEST(links_nothing_that_fails_verification),
        TEST(links_nothing_with_expired_credentials),
        TEST(does_not_link_to_what_is_hidden),
        TEST(replaces_the_link_it_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
