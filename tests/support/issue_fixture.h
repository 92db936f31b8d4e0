#ifndef CLEAT_TESTS_ISSUE_FIXTURE_H
#define CLEAT_TESTS_ISSUE_FIXTURE_H

#include "app_fixture.h"
#include "test.h"

/* What the tests of issuing share. */

static inline struct cl_issue_client_request request_for(const char *connector, const char *type,
                                                         const char *id)
{
    return (struct cl_issue_client_request){.ref = app_ref(connector),
                                            .resource_type = cl_str_of(type),
                                            .resource_id = cl_str_of(id),
                                            .purpose = CL_STR("describe")};
}

static inline struct cl_issue_client_request alpha(void)
{
    return request_for("crate", "fake-box", "alpha");
}

static inline enum cl_code issue(struct app_fixture *app,
                                 const struct cl_issue_client_request *request,
                                 struct cl_issue_client_result *result)
{
    cl_issue_client_result_cleanup(result);
    app->err = CL_ERR_NONE;
    return app->api->ops->issue(app->api, &app->call, request, result, &app->err);
}

static inline void issue_ok(struct app_fixture *app, const struct cl_issue_client_request *request,
                            struct cl_issue_client_result *result)
{
    assert_ok(issue(app, request, result), &app->err);
}

static inline int issued(void)
{
    return atomic_load(&fake_script.issue_calls);
}

static inline int64_t kept(const struct app_fixture *app)
{
    return app_number(app, "SELECT count(*) FROM issued WHERE key NOT LIKE 'refused%' AND key NOT "
                           "LIKE 'failed%'");
}

static inline struct cl_str token_of(const struct cl_issue_client_result *result)
{
    return cl_secret_expose(cl_config_secret(&result->issued.config, "session_token"));
}

/* A connector of method `minted`, whose credentials live 3600 s. */
static inline void add_crate(struct app_fixture *app)
{
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

    making.request.expiration_seconds = 3600;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
}

#endif
