#include "test.h"

#include <stdio.h>

#include "app_fixture.h"

/* Components: registering, finding, listing, disconnecting, removing. */

static struct cl_component_register_request request_of(const char *name)
{
    return (struct cl_component_register_request){
        .kind = CL_STR("artifact_store"), .name = cl_str_of(name), .flavor = CL_STR("s3")};
}

static enum cl_code add(struct app_fixture *app,
                        const struct cl_component_register_request *request, const char *attr,
                        const char *value, struct cl_component *component)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_component_register_request full = *request;

    if (attr != NULL)
        assert_ok(fake_input(&input, attr, value, &app->err), &app->err);
    full.input = &input;
    app->err = CL_ERR_NONE;
    return app->api->ops->component_register(app->api, &app->call, &full, component, &app->err);
}

static struct cl_component_ref ref_of(const char *name)
{
    return (struct cl_component_ref){.kind = CL_STR("artifact_store"), .ref = app_ref(name)};
}

static enum cl_code get(struct app_fixture *app, const struct cl_component_ref *ref,
                        struct cl_component *component)
{
    app->err = CL_ERR_NONE;
    return app->api->ops->component_get(app->api, &app->call, ref, component, &app->err);
}

static void registers_a_component(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component) struct cl_component made = {.id = ""};
    CL_AUTO(cl_component) struct cl_component found = {.id = ""};
    struct cl_component_register_request request = request_of("models");
    struct cl_component_ref ref = ref_of("models");

    assert_ok(cl_map_set(&request.labels, CL_STR("env"), CL_STR("dev"), &app->err), &app->err);
    assert_ok(add(app, &request, "path", "s3://zenfiles/a", &made), &app->err);
    cl_map_cleanup(&request.labels);
    assert_ok(get(app, &ref, &found), &app->err);
    assert_string_equal(found.id, made.id);
    assert_string_equal(found.name, "models");
    assert_string_equal(found.owner, "tester");
    assert_string_equal(found.flavor->id, "s3");
    assert_string_equal(found.kind->command, "artifact-store");
    assert_str(cl_config_text(&found.config, "path"), "s3://zenfiles/a");
    assert_string_equal(cl_map_get(&found.labels, "env"), "dev");
    assert_int_equal(found.created_at_us, app->disk->now_us);
    assert_string_equal(found.connector_id, "");
    assert_null(found.resource_id);
}

static void names_a_bucket_by_its_alias(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component) struct cl_component made = {.id = ""};
    struct cl_component_register_request request = request_of("models");

    assert_ok(add(app, &request, "bucket", "zenfiles", &made), &app->err);
    assert_str(cl_config_text(&made.config, "path"), "s3://zenfiles");
}

static void refuses_what_is_wrong(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        const char *kind;
        const char *name;
        const char *flavor;
        const char *attr;
        const char *value;
        const char *label;
        enum cl_code want;
        const char *part;
    } cases[] = {
        {"orchestrator", "-x", "s4", "paht", "v", "cleat:x", CL_E_NOT_FOUND, "orchestrator"},
        {"artifact_store", "-x", "s4", "paht", "v", "cleat:x", CL_E_NOT_FOUND, "s4"},
        {"artifact_store", "-x", "s3", "paht", "v", "cleat:x", CL_E_INVALID, "begin with"},
        {"artifact_store", "x", "s3", "paht", "v", "cleat:x", CL_E_UNKNOWN_ATTRIBUTE, "paht"},
        {"artifact_store", "x", "s3", NULL, NULL, "cleat:x", CL_E_MISSING_ATTRIBUTE, "path"},
        {"artifact_store", "x", "s3", "path", "gs://b", "cleat:x", CL_E_INVALID_ATTRIBUTE, "path"},
        {"artifact_store", "x", "s3", "path", "s3://b", "cleat:x", CL_E_INVALID, "cleat:"},
    };

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_component) struct cl_component made = {.id = ""};
        struct cl_component_register_request request = request_of(cases[i].name);

        request.kind = cl_str_of(cases[i].kind);
        request.flavor = cl_str_of(cases[i].flavor);
        assert_ok(cl_map_set(&request.labels, cl_str_of(cases[i].label), CL_STR("v"), &app->err),
                  &app->err);
        app_assert_refused(app, add(app, &request, cases[i].attr, cases[i].value, &made),
                           cases[i].want, cases[i].part);
        cl_map_cleanup(&request.labels);
    }
}

static void refuses_a_taken_name_whatever_its_case(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component) struct cl_component first = {.id = ""};
    CL_AUTO(cl_component) struct cl_component second = {.id = ""};
    struct cl_component_register_request request = request_of("models");
    struct cl_component_register_request again = request_of("Models");

    assert_ok(add(app, &request, "bucket", "zenfiles", &first), &app->err);
    app_assert_refused(app, add(app, &again, "bucket", "zenfiles", &second), CL_E_NAME_EXISTS,
                       "'models'");
}

static void finds_by_command_word_id_and_prefix(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component) struct cl_component made = {.id = ""};
    struct cl_component_register_request request = request_of("models");

    assert_ok(add(app, &request, "bucket", "zenfiles", &made), &app->err);
    struct cl_component_ref refs[] = {ref_of("models"), ref_of(made.id), ref_of("mod")};
    refs[0].kind = CL_STR("artifact-store");
    refs[2].ref.allow_name_prefix = true;
    for (size_t i = 0; i < CL_COUNT(refs); i++) {
        CL_AUTO(cl_component) struct cl_component found = {.id = ""};

        assert_ok(get(app, &refs[i], &found), &app->err);
        assert_string_equal(found.id, made.id);
    }
    CL_AUTO(cl_component) struct cl_component none = {.id = ""};
    refs[2].ref.allow_name_prefix = false;
    app_assert_refused(app, get(app, &refs[2], &none), CL_E_NOT_FOUND, "'mod'");
    refs[0].kind = CL_STR("stack");
    app_assert_refused(app, get(app, &refs[0], &none), CL_E_NOT_FOUND, "stack");
}

static void lists_components(void **state)
{
    struct app_fixture *app = *state;
    struct cl_component_list_request request = {.kind = CL_STR("artifact_store"),
                                                .query = cl_query_default()};
    CL_AUTO(cl_component_list_result) struct cl_component_list_result all = {.items = NULL};
    CL_AUTO(cl_component_list_result) struct cl_component_list_result some = {.items = NULL};
    CL_AUTO(cl_component_list_result) struct cl_component_list_result none = {.items = NULL};
    const struct cl_api_ops *ops = app->api->ops;

    assert_ok(ops->component_list(app->api, &app->call, &request, &none, &app->err), &app->err);
    assert_int_equal(none.count, 0);
    app_add(app, "crate", "minted", NULL, NULL);
    app_add_component(app, "models", "crate");
    app_add_component(app, "reports", "crate");
    assert_ok(ops->component_list(app->api, &app->call, &request, &all, &app->err), &app->err);
    assert_int_equal(all.selection.count, 2);
    assert_string_equal(all.items[0].name, "models");
    assert_string_equal(all.items[0].connector_name, "crate");
    assert_string_equal(all.items[0].connector_type, "fake");
    assert_ok(cl_query_add_filter(&request.query, CL_STR("name"), CL_STR("reports"), &app->err),
              &app->err);
    assert_ok(ops->component_list(app->api, &app->call, &request, &some, &app->err), &app->err);
    assert_int_equal(some.selection.count, 1);
    assert_string_equal(some.items[some.selection.indexes[0]].name, "reports");
    cl_query_cleanup(&request.query);
}

static void disconnects(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component) struct cl_component first = {.id = ""};
    CL_AUTO(cl_component) struct cl_component second = {.id = ""};
    struct cl_component_ref ref = ref_of("models");
    bool had = false;

    app_add(app, "crate", "minted", "fake-box", NULL);
    app_add_component(app, "models", "crate");
    assert_ok(
        app->api->ops->component_disconnect(app->api, &app->call, &ref, &had, &first, &app->err),
        &app->err);
    assert_true(had);
    assert_string_equal(first.connector_id, "");
    assert_null(first.resource_id);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE action = "
                                     "'connector.unlink' AND connector_name = 'crate' AND "
                                     "resource_id = 'box://alpha'"),
                     1);
    assert_ok(
        app->api->ops->component_disconnect(app->api, &app->call, &ref, &had, &second, &app->err),
        &app->err);
    assert_false(had);
    assert_int_equal(app_audited(app, "connector.unlink", NULL), 1);
}

static void removes(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_component) struct cl_component removed = {.id = ""};
    CL_AUTO(cl_component) struct cl_component again = {.id = ""};
    struct cl_component_ref ref = ref_of("models");

    app_add(app, "crate", "minted", "fake-box", NULL);
    app_add_component(app, "models", "crate");
    assert_ok(app->api->ops->component_remove(app->api, &app->call, &ref, &removed, &app->err),
              &app->err);
    assert_string_equal(removed.name, "models");
    app->err = CL_ERR_NONE;
    app_assert_refused(
        app, app->api->ops->component_remove(app->api, &app->call, &ref, &again, &app->err),
        CL_E_NOT_FOUND, "models");
    /* The connector is not in use any more. */
    CL_AUTO(cl_delete_result) struct cl_delete_result deleted = {.name = NULL};
    struct cl_delete_request request = {.ref = app_ref("crate")};
    assert_ok(app->api->ops->remove(app->api, &app->call, &request, &deleted, &app->err),
              &app->err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registers_a_component),
        TEST(names_a_bucket_by_its_alias),
        TEST(refuses_what_is_wrong),
        TEST(refuses_a_taken_name_whatever_its_case),
        TEST(finds_by_command_word_id_and_prefix),
        TEST(lists_components),
        TEST(disconnects),
        TEST(removes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
