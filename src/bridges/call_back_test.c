#include "bridges/call_back.h"

#include "aws_client.h"
#include "base/alloc.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

static int set_up(void **state)
{
    struct fake_world *fake = fake_world_new();

    fake_set_env(fake, "HOME", "/home/u");
    *state = fake;
    return 0;
}

static int tear_down(void **state)
{
    fake_world_free(*state);
    return 0;
}

static enum cl_code make(struct fake_world *fake, const struct cl_issue_client_result *client,
                         struct cl_call_back *ret, struct cl_err *err)
{
    struct cl_call call = fake_call(fake);

    return cl_call_back_make(&call, client, "some-command", ret, err);
}

static void assert_words(const struct cl_call_back *back, const char *want)
{
    CL_AUTO(cl_string) char *words = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_strs_join(&back->words, " ", &words, &err), &err);
    assert_string_equal(words, want);
}

static void names_program_connector_and_resource(void **state)
{
    struct cl_issue_client_result clients[] = {aws_client_bucket(), aws_client_generic(),
                                               aws_client_stored()};
    static const char *const wanted[] = {
        "some-command " AWS_CLIENT_CONNECTOR_ID " -r s3-bucket -ri s3://zenfiles",
        "some-command " AWS_CLIENT_CONNECTOR_ID " -r aws-generic",
        "some-command " AWS_CLIENT_CONNECTOR_ID " -r aws-generic --allow-long-lived",
    };

    for (size_t i = 0; i < CL_COUNT(clients); i++) {
        CL_AUTO(cl_call_back) struct cl_call_back back = {.program = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_ok(make(*state, &clients[i], &back, &err), &err);
        assert_string_equal(back.program, "/usr/bin/cleat");
        assert_words(&back, wanted[i]);
        assert_int_equal(back.environment.count, 0);
        cl_issue_client_result_cleanup(&clients[i]);
    }
}

/* Whoever calls back does not have the variables of this run. */
static void carries_what_decides_about_the_store(void **state)
{
    static const struct {
        const char *own;
        const char *xdg;
        const char *name; /* NULL: nothing is carried */
        const char *value;
    } rows[] = {
        {NULL, NULL, NULL, NULL},
        {"/srv/cleat", NULL, "CLEAT_CONFIG_PATH", "/srv/cleat"},
        {"/srv/cleat", "/state", "CLEAT_CONFIG_PATH", "/srv/cleat"},
        {NULL, "/state", "XDG_STATE_HOME", "/state"},
        {"", "/state", "XDG_STATE_HOME", "/state"},
        {NULL, "/home/u/.local/state", NULL, NULL},
        {NULL, "/home/u/.local/state2", "XDG_STATE_HOME", "/home/u/.local/state2"},
        {NULL, "relative", NULL, NULL}, /* the store ignores it, too */
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_call_back) struct cl_call_back back = {.program = NULL};
        struct cl_issue_client_result client = aws_client_bucket();
        struct cl_err err = CL_ERR_NONE;
        fake_set_env(*state, "CLEAT_CONFIG_PATH", rows[i].own);
        fake_set_env(*state, "XDG_STATE_HOME", rows[i].xdg);
        assert_ok(make(*state, &client, &back, &err), &err);
        assert_int_equal(back.environment.count, rows[i].name != NULL ? 1 : 0);
        if (rows[i].name != NULL)
            assert_string_equal(cl_map_get(&back.environment, rows[i].name), rows[i].value);
        cl_issue_client_result_cleanup(&client);
    }
}

static void refuses_a_store_that_moves_with_the_folder(void **state)
{
    CL_AUTO(cl_call_back) struct cl_call_back back = {.program = NULL};
    struct cl_issue_client_result client = aws_client_bucket();
    struct cl_err err = CL_ERR_NONE;

    fake_set_env(*state, "CLEAT_CONFIG_PATH", "state");
    assert_int_equal(make(*state, &client, &back, &err), CL_E_LOCAL_CONFIG);
    assert_string_equal(err.text, "CLEAT_CONFIG_PATH is a relative path, which other tools would "
                                  "look for elsewhere");
    cl_issue_client_result_cleanup(&client);
}

struct round {
    struct fake_world *fake;
    struct cl_issue_client_result client;
};

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    const struct round *round = ctx;
    CL_AUTO(cl_call_back) struct cl_call_back back = {.program = NULL};

    return make(round->fake, &round->client, &back, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct round round = {.fake = *state, .client = aws_client_bucket()};

    fake_set_env(*state, "CLEAT_CONFIG_PATH", "/srv/cleat");
    assert_true(fail_each_allocation(attempt, &round) > 5);
    cl_issue_client_result_cleanup(&round.client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_program_connector_and_resource),
        TEST(carries_what_decides_about_the_store),
        TEST(refuses_a_store_that_moves_with_the_folder),
        TEST(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
