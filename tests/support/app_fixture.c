#include "app_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "test.h"

#define US_PER_S 1000000

static void open_api(struct app_fixture *app)
{
    struct cl_app_options options = {.world = &app->disk->world, .state_folder = app->disk->folder};

    assert_ok(cl_app_new(&options, &app->api, &app->err), &app->err);
}

struct app_fixture *app_fixture_new(void)
{
    struct app_fixture *app = calloc(1, sizeof(*app));

    assert_non_null(app);
    fake_script_reset();
    app->disk = store_fixture_closed();
    open_api(app);
    app->call = cl_call_new(&app->disk->world, "tester");
    app->other = cl_call_new(&app->disk->world, "somebody");
    return app;
}

static void remove_locks(const struct app_fixture *app)
{
    char folder[128];

    (void)snprintf(folder, sizeof(folder), "%s/locks", app->disk->folder);
    DIR *locks = opendir(folder);
    for (struct dirent *entry = locks == NULL ? NULL : readdir(locks); entry != NULL;
         entry = readdir(locks)) {
        char path[512];

        (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            (void)unlink(path);
    }
    if (locks != NULL)
        (void)closedir(locks);
    (void)rmdir(folder);
}

void app_fixture_free(struct app_fixture *app)
{
    app->api->ops->free(app->api);
    remove_locks(app);
    store_fixture_free(app->disk);
    free(app);
}

int app_fixture_setup(void **state)
{
    *state = app_fixture_new();
    return 0;
}

int app_fixture_teardown(void **state)
{
    app_fixture_free(*state);
    return 0;
}

void app_reopen(struct app_fixture *app)
{
    app->api->ops->free(app->api);
    open_api(app);
}

void app_advance(struct app_fixture *app, int64_t span_s)
{
    (void)__atomic_add_fetch(&app->disk->now_us, span_s * US_PER_S, __ATOMIC_RELAXED);
}

int64_t app_now(const struct app_fixture *app)
{
    return app->disk->now_us / US_PER_S;
}

struct app_making app_making(const char *name, const char *method)
{
    struct app_making making = {.request = {.name = cl_str_of(name),
                                            .type = CL_STR("fake"),
                                            .auth_method = cl_str_of(method),
                                            .skew_s = CL_SKEW_UNSET,
                                            .verify = CL_VERIFY_OFF}};
    char password[128];

    (void)snprintf(password, sizeof(password), "canary-%s", name);
    app_making_set(&making, "realm", "r1");
    if (strcmp(method, "ambient") != 0)
        app_making_set(&making, "password", password);
    return making;
}

void app_making_cleanup(struct app_making *making)
{
    cl_input_cleanup(&making->input);
    cl_strs_cleanup(&making->request.resource_types);
    cl_map_cleanup(&making->request.labels);
}

void app_making_type(struct app_making *making, const char *resource_type)
{
    struct cl_err err;

    assert_ok(cl_strs_add(&making->request.resource_types, cl_str_of(resource_type), &err), &err);
}

void app_making_set(struct app_making *making, const char *attr, const char *value)
{
    struct cl_err err;

    assert_ok(fake_input(&making->input, attr, value, &err), &err);
}

enum cl_code app_make_as(struct app_fixture *app, const struct cl_call *call,
                         const struct app_making *making)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    struct cl_register_request request = making->request;

    request.input = &making->input;
    app->err = CL_ERR_NONE;
    return app->api->ops->register_connector(app->api, call, &request, &result, &app->err);
}

void app_add(struct app_fixture *app, const char *name, const char *method,
             const char *resource_type, const char *resource_id)
{
    CL_AUTO(app_making) struct app_making making = app_making(name, method);

    if (resource_type != NULL)
        app_making_type(&making, resource_type);
    making.request.resource_id = cl_str_of(resource_id);
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
}

static void register_component(struct app_fixture *app, const char *name)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_component_register_request request = {.kind = CL_STR("artifact_store"),
                                                    .name = cl_str_of(name),
                                                    .flavor = CL_STR("s3"),
                                                    .input = &input};
    char path[128];

    (void)snprintf(path, sizeof(path), "s3://%s", name);
    assert_ok(fake_input(&input, "path", path, &app->err), &app->err);
    assert_ok(
        app->api->ops->component_register(app->api, &app->call, &request, &component, &app->err),
        &app->err);
}

/* No flavor takes a fake resource, so the link is put straight into the store. */
void app_add_component(struct app_fixture *app, const char *name, const char *connector)
{
    char sql[512];

    register_component(app, name);
    (void)snprintf(sql, sizeof(sql),
                   "UPDATE component SET resource_id = 'box://alpha', connector = "
                   "(SELECT seq FROM connector WHERE name = '%s') WHERE name = '%s'",
                   connector, name);
    store_fixture_sql(app->disk, sql);
}

struct cl_ref app_ref(const char *name)
{
    return (struct cl_ref){.text = cl_str_of(name)};
}

struct cl_connector app_stored(struct app_fixture *app, const char *name)
{
    struct cl_connector conn = {.id = ""};
    struct cl_get_request get = {.ref = app_ref(name), .reveal = true};

    assert_ok(app->api->ops->get(app->api, &app->call, &get, &conn, &app->err), &app->err);
    return conn;
}

int64_t app_number(const struct app_fixture *app, const char *query)
{
    return store_fixture_number(app->disk, query);
}

int64_t app_audited(const struct app_fixture *app, const char *action, const char *outcome)
{
    char query[256];

    (void)snprintf(query, sizeof(query),
                   "SELECT count(*) FROM audit WHERE action = '%s' AND outcome LIKE '%s'", action,
                   outcome == NULL ? "%" : outcome);
    return app_number(app, query);
}

void app_assert_refused(const struct app_fixture *app, enum cl_code code, enum cl_code want,
                        const char *part)
{
    if (code != want)
        fail_msg("%s (%s), not %s", cl_code_wire(code), app->err.text, cl_code_wire(want));
    assert_int_equal(app->err.code, want);
    if (part != NULL && strstr(app->err.text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", app->err.text, part);
}
