#ifndef CLEAT_TESTS_APP_FIXTURE_H
#define CLEAT_TESTS_APP_FIXTURE_H

#include "app/app.h"
#include "fake_type.h"
#include "store_fixture.h"

/*
 * The use cases over a local store in a folder of its own (store_fixture.h), with connectors of
 * the fake types. The wall clock stands still until app_advance moves it; what the store holds can
 * be looked at through the fixture's SQL functions.
 */
struct app_fixture {
    struct store_fixture *disk; /* its own store stays closed */
    struct cl_api *api;
    struct cl_call call;  /* of "tester" */
    struct cl_call other; /* of "somebody" */
    struct cl_err err;    /* of the last call */
};

/** A new folder and an api over it; fake_script is reset. */
struct app_fixture *app_fixture_new(void);
void app_fixture_free(struct app_fixture *app);

/** For cmocka_unit_test_setup_teardown: `*state` is the fixture. */
int app_fixture_setup(void **state);
int app_fixture_teardown(void **state);

/** Closes the api and opens a new one over the same folder. */
void app_reopen(struct app_fixture *app);

void app_advance(struct app_fixture *app, int64_t span_s);
int64_t app_now(const struct app_fixture *app);

/* A request under construction, with what it borrows. app_making_cleanup by the caller. */
struct app_making {
    struct cl_input input;
    struct cl_register_request request;
};

/**
 * A connector `name` of type fake and method `method`, of all resource types, with realm r1 and,
 * but for `ambient`, the password "canary-NAME". Verification is off.
 */
struct app_making app_making(const char *name, const char *method);
void app_making_cleanup(struct app_making *making);

/** Adds a resource type, or sets a configuration argument. */
void app_making_type(struct app_making *making, const char *resource_type);
void app_making_set(struct app_making *making, const char *attr, const char *value);

/** Tries it, as `call`; the result is thrown away. The error is in app->err. */
enum cl_code app_make_as(struct app_fixture *app, const struct cl_call *call,
                         const struct app_making *making);

/** Stores a connector of that scope; NULL: all types, any id. Fails the test when it cannot. */
void app_add(struct app_fixture *app, const char *name, const char *method,
             const char *resource_type, const char *resource_id);

/** Registers the artifact store `name` of path s3://NAME and links it to the connector. */
void app_add_component(struct app_fixture *app, const char *name, const char *connector);

/** The connector as it is stored; cl_connector_cleanup by the caller. */
struct cl_connector app_stored(struct app_fixture *app, const char *name);

struct cl_ref app_ref(const char *name);

/** What an SQL query over the database counts. */
int64_t app_number(const struct app_fixture *app, const char *query);

/** How many rows of the audit have that action and outcome (NULL: any). */
int64_t app_audited(const struct app_fixture *app, const char *action, const char *outcome);

/** Fails unless the code is the wanted one and the error's text holds `part` (NULL: anything). */
void app_assert_refused(const struct app_fixture *app, enum cl_code code, enum cl_code want,
                        const char *part);

#endif
