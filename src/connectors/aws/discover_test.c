#include "aws_connector.h"

/* Auto-configuration: what was found and what was asked for decide what is stored. */

#define KEYS "aws_access_key_id = " EXAMPLE_KEY_ID "\naws_secret_access_key = " EXAMPLE_SECRET "\n"
#define TOKEN "aws_session_token = " EXAMPLE_TOKEN "\n"
#define REGION "[default]\nregion = us-east-1\n"
#define LONG_LIVED REGION KEYS
#define TEMPORARY REGION KEYS TOKEN
#define ROLE                                                                      \
    REGION "role_arn = " CASE_ROLE "\nsource_profile = base\nexternal_id = ext\n" \
           "role_session_name = me\n[profile base]\n"

/* A search with what it was given. */
struct lookup {
    struct aws_case at; /* for its world and its record of questions */
    struct cl_input input;
    struct cl_map sources;
    struct cl_discovered found;
};

static struct lookup lookup_in(const char *config)
{
    struct lookup lookup = {.at = aws_case("implicit")};

    fake_set_env(lookup.at.fake, "HOME", "/home/u");
    if (config != NULL)
        fake_set_file(lookup.at.fake, "/home/u/.aws/config", config);
    return lookup;
}

static void lookup_cleanup(struct lookup *lookup)
{
    cl_discovered_cleanup(&lookup->found);
    cl_map_cleanup(&lookup->sources);
    cl_input_cleanup(&lookup->input);
    aws_case_cleanup(&lookup->at);
}

static void lookup_set(struct lookup *lookup, const char *name, const char *value)
{
    struct cl_secret *secret = NULL;

    assert_ok(cl_secret_new(cl_str_of(value), &secret, &lookup->at.err), &lookup->at.err);
    assert_ok(cl_input_add_take(&lookup->input, cl_str_of(name), secret, &lookup->at.err),
              &lookup->at.err);
}

static enum cl_code run(struct lookup *lookup, const char *method)
{
    struct cl_discover_request request = {.method = cl_type_method(&cl_type_aws, cl_str_of(method)),
                                          .sources = &lookup->sources,
                                          .input = &lookup->input};

    lookup->at.err = CL_ERR_NONE;
    return aws_discover(&lookup->at.call, &request, &lookup->found, &lookup->at.err);
}

static struct cl_str text_of(const struct lookup *lookup, const char *attr)
{
    return cl_config_text(&lookup->found.config, attr);
}

static struct cl_str secret_of(const struct lookup *lookup, const char *attr)
{
    return cl_secret_expose(cl_config_secret(&lookup->found.config, attr));
}

/* --- the decision table -------------------------------------------------------------------- */

/* What the local configuration is, which method is wanted ("": none), and what comes of it. */
static const struct decision {
    const char *config;
    const char *method;
    const char *role_arn; /* an argument; NULL: not given */
    enum cl_code want;
    const char *stored; /* the method, or a part of the error */
    const char *asked;  /* of STS */
    int64_t expiration_s;
    int64_t expires_in_s; /* from now; 0: never or not known */
    const char *key;      /* the key that is stored */
} decisions[] = {
    {LONG_LIVED, "", NULL, CL_OK, "session-token", "", 43200, 0, EXAMPLE_KEY_ID},
    {LONG_LIVED, "", CASE_ROLE, CL_OK, "iam-role", "", 3600, 0, EXAMPLE_KEY_ID},
    {LONG_LIVED, "secret-key", NULL, CL_OK, "secret-key", "", 0, 0, EXAMPLE_KEY_ID},
    {LONG_LIVED, "session-token", NULL, CL_OK, "session-token", "", 43200, 0, EXAMPLE_KEY_ID},
    {LONG_LIVED, "federation-token", NULL, CL_OK, "federation-token", "", 43200, 0, EXAMPLE_KEY_ID},
    {LONG_LIVED, "iam-role", CASE_ROLE, CL_OK, "iam-role", "", 3600, 0, EXAMPLE_KEY_ID},
    {LONG_LIVED, "iam-role", NULL, CL_E_MISSING_ATTRIBUTE, "--role_arn", "", 0, 0, NULL},
    {LONG_LIVED, "sts-token", NULL, CL_OK, "sts-token", "GetSessionToken", 0, 3600, SESSION_KEY_ID},
    {LONG_LIVED, "implicit", NULL, CL_OK, "implicit", "", 0, 0, NULL},

    {TEMPORARY, "", NULL, CL_OK, "sts-token", "", 0, 3600, EXAMPLE_KEY_ID},
    {TEMPORARY, "sts-token", NULL, CL_OK, "sts-token", "", 0, 3600, EXAMPLE_KEY_ID},
    {TEMPORARY, "iam-role", CASE_ROLE, CL_E_UNSUPPORTED, "temporary credentials", "", 0, 0, NULL},
    {TEMPORARY, "secret-key", NULL, CL_E_UNSUPPORTED, "'secret-key'", "", 0, 0, NULL},
    {TEMPORARY, "session-token", NULL, CL_E_UNSUPPORTED, "'session-token'", "", 0, 0, NULL},
    {TEMPORARY, "federation-token", NULL, CL_E_UNSUPPORTED, "'federation-token'", "", 0, 0, NULL},
    {TEMPORARY, "implicit", NULL, CL_OK, "implicit", "", 0, 0, NULL},

    {ROLE KEYS, "", NULL, CL_OK, "iam-role", "", 3600, 0, EXAMPLE_KEY_ID},
    {ROLE KEYS, "iam-role", NULL, CL_OK, "iam-role", "", 3600, 0, EXAMPLE_KEY_ID},
    {ROLE KEYS, "sts-token", NULL, CL_OK, "sts-token", "AssumeRole", 0, 3600, SESSION_KEY_ID},
    {ROLE KEYS, "secret-key", NULL, CL_E_UNSUPPORTED, "credentials of an IAM role", "", 0, 0, NULL},
    {ROLE KEYS, "session-token", NULL, CL_E_UNSUPPORTED, "IAM role", "", 0, 0, NULL},
    {ROLE KEYS, "federation-token", NULL, CL_E_UNSUPPORTED, "IAM role", "", 0, 0, NULL},
    {ROLE KEYS, "implicit", NULL, CL_OK, "implicit", "", 0, 0, NULL},

    /* A role above temporary keys cannot be kept: its token is. */
    {ROLE KEYS TOKEN, "", NULL, CL_OK, "sts-token", "AssumeRole", 0, 3600, SESSION_KEY_ID},
    {ROLE KEYS TOKEN, "iam-role", NULL, CL_E_UNSUPPORTED, "source credentials are temporary", "", 0,
     0, NULL},
};

static void check_decision(struct lookup *lookup, const struct decision *row)
{
    const struct cl_discovered *found = &lookup->found;

    assert_string_equal(found->auth_method, row->stored);
    assert_int_equal(found->expiration_seconds, row->expiration_s);
    assert_int_equal(found->expires_at,
                     row->expires_in_s == 0 ? 0 : FAKE_START_AT + row->expires_in_s);
    assert_str(secret_of(lookup, "aws_access_key_id"), row->key == NULL ? "" : row->key);
    assert_str(text_of(lookup, "region"), "us-east-1");
}

static void decides_by_what_was_found_and_wanted(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(decisions); i++) {
        const struct decision *row = &decisions[i];
        CL_AUTO(lookup) struct lookup lookup = lookup_in(row->config);

        if (row->role_arn != NULL)
            lookup_set(&lookup, "role_arn", row->role_arn);
        if (row->asked[0] != '\0')
            answer_sts(&lookup.at, row->asked);
        assert_code(&lookup.at.err, run(&lookup, row->method), row->want, row->stored);
        assert_asked(&lookup.at, row->asked);
        if (row->want == CL_OK)
            check_decision(&lookup, row);
    }
}

/* --- what is carried along ----------------------------------------------------------------- */

static void carries_the_profiles_role_along(void **state)
{
    CL_AUTO(lookup) struct lookup lookup = lookup_in(ROLE KEYS);
    CL_AUTO(lookup)
    struct lookup timed =
        lookup_in(REGION "role_arn=" CASE_ROLE "\nsource_profile=base\nduration_seconds=7200\n"
                         "[profile base]\n" KEYS);

    (void)state;
    assert_ok(run(&lookup, ""), &lookup.at.err);
    assert_str(text_of(&lookup, "role_arn"), CASE_ROLE);
    assert_str(text_of(&lookup, "external_id"), "ext");
    assert_str(text_of(&lookup, "role_session_name"), "me");
    assert_str(secret_of(&lookup, "aws_secret_access_key"), EXAMPLE_SECRET);
    assert_null(cl_config_secret(&lookup.found.config, "aws_session_token"));
    assert_ok(run(&timed, ""), &timed.at.err);
    assert_int_equal(timed.found.expiration_seconds, 7200);
}

static void keeps_the_real_end_of_a_token(void **state)
{
    CL_AUTO(lookup) struct lookup told = lookup_in(REGION);
    CL_AUTO(lookup) struct lookup assumed = lookup_in(TEMPORARY);

    (void)state;
    fake_set_env(told.at.fake, "AWS_ACCESS_KEY_ID", EXAMPLE_KEY_ID);
    fake_set_env(told.at.fake, "AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET);
    fake_set_env(told.at.fake, "AWS_SESSION_TOKEN", EXAMPLE_TOKEN);
    fake_set_env(told.at.fake, "AWS_CREDENTIAL_EXPIRATION", "2024-05-14T20:34:56Z");
    assert_ok(run(&told, ""), &told.at.err);
    assert_int_equal(told.found.expires_at, FAKE_START_AT + 28800);
    assert_int_equal(told.found.warnings.count, 0);
    assert_str(secret_of(&told, "aws_session_token"), EXAMPLE_TOKEN);
    assert_ok(run(&assumed, ""), &assumed.at.err);
    assert_int_equal(assumed.found.warnings.count, 1);
    assert_non_null(strstr(assumed.found.warnings.items[0], "one hour is assumed"));
}

static void says_why_only_a_token_is_kept(void **state)
{
    static const struct {
        const char *config;
        const char *method;
        size_t roles;
        size_t warnings;
    } cases[] = {
        {ROLE KEYS TOKEN, "", 1, 1},
        {REGION "role_arn=" CASE_ROLE "\nsource_profile=mid\n[profile mid]\nrole_arn="
                "arn:aws:iam::1:role/x\nsource_profile=base\n[profile base]\n" KEYS,
         "", 2, 1},
        {ROLE KEYS, "sts-token", 1, 0}, /* it was asked for */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(lookup) struct lookup lookup = lookup_in(cases[i].config);

        for (size_t k = 0; k < cases[i].roles; k++)
            answer_sts(&lookup.at, "AssumeRole");
        assert_ok(run(&lookup, cases[i].method), &lookup.at.err);
        assert_string_equal(lookup.found.auth_method, "sts-token");
        assert_int_equal(lookup.found.warnings.count, cases[i].warnings);
        assert_int_equal(fake_request_count(lookup.at.fake), cases[i].roles);
        assert_str(secret_of(&lookup, "aws_session_token"), SESSION_TOKEN);
        assert_int_equal(lookup.found.expires_at, STS_EXPIRES_AT);
    }
}

static void lifts_nothing_for_an_implicit_connector(void **state)
{
    CL_AUTO(lookup) struct lookup lookup = lookup_in("[profile work]\nregion=eu-west-1\n" KEYS);

    (void)state;
    assert_ok(cl_map_set(&lookup.sources, CL_STR("profile"), CL_STR("work"), &lookup.at.err),
              &lookup.at.err);
    assert_ok(run(&lookup, "implicit"), &lookup.at.err);
    assert_str(text_of(&lookup, "profile_name"), "work");
    assert_str(text_of(&lookup, "region"), "eu-west-1");
    assert_int_equal(lookup.found.config.count, 2);
    assert_string_equal(lookup.found.profile, "work");
}

static void names_a_profile_only_when_it_was_named(void **state)
{
    CL_AUTO(lookup) struct lookup lookup = lookup_in(LONG_LIVED);
    CL_AUTO(lookup) struct lookup implicit = lookup_in(LONG_LIVED);

    (void)state;
    assert_ok(run(&lookup, ""), &lookup.at.err);
    assert_null(lookup.found.profile);
    assert_ok(run(&implicit, "implicit"), &implicit.at.err);
    assert_str(text_of(&implicit, "profile_name"), "");
}

/* --- region and endpoints ------------------------------------------------------------------ */

static void needs_a_region_from_somewhere(void **state)
{
    CL_AUTO(lookup) struct lookup none = lookup_in("[default]\n" KEYS);
    CL_AUTO(lookup) struct lookup given = lookup_in("[default]\n" KEYS);
    CL_AUTO(lookup) struct lookup variable = lookup_in("[default]\n" KEYS);

    (void)state;
    assert_code(&none.at.err, run(&none, ""), CL_E_INVALID, "region was not given");
    assert_non_null(strstr(none.at.err.hint, "--region"));
    lookup_set(&given, "region", "eu-west-1");
    assert_ok(run(&given, ""), &given.at.err);
    assert_str(text_of(&given, "region"), ""); /* the argument is laid over it */
    fake_set_env(variable.at.fake, "AWS_REGION", "eu-west-2");
    assert_ok(run(&variable, ""), &variable.at.err);
    assert_str(text_of(&variable, "region"), "eu-west-2");
}

static void keeps_the_endpoints_that_were_found(void **state)
{
    CL_AUTO(lookup) struct lookup lookup = lookup_in(LONG_LIVED);

    (void)state;
    fake_set_env(lookup.at.fake, "AWS_ENDPOINT_URL", "http://localhost:1");
    fake_set_env(lookup.at.fake, "AWS_ENDPOINT_URL_S3", "http://localhost:2");
    assert_ok(run(&lookup, ""), &lookup.at.err);
    assert_str(text_of(&lookup, "endpoint_url"), "http://localhost:1");
    assert_str(text_of(&lookup, "s3_endpoint_url"), "http://localhost:2");
}

/* STS is asked where the connector will ask it: arguments go before what was found. */
static void asks_sts_where_the_connector_will(void **state)
{
    static const struct {
        const char *variable;
        const char *attr;
        const char *url;
        const char *sent;
    } cases[] = {
        {NULL, NULL, NULL, "POST https://sts.us-east-1.amazonaws.com"},
        {NULL, "region", "eu-west-1", "POST https://sts.eu-west-1.amazonaws.com"},
        {"http://localhost:1", NULL, NULL, "POST http://localhost:1"},
        {NULL, "endpoint_url", "http://localhost:2", "POST http://localhost:2"},
        {"http://localhost:1", "endpoint_url", "http://localhost:2", "POST http://localhost:2"},
        {"http://localhost:1", "sts_endpoint_url", "http://localhost:3", "POST http://localhost:3"},
        {"http://localhost:1", "s3_endpoint_url", "http://localhost:4", "POST http://localhost:1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(lookup) struct lookup lookup = lookup_in(LONG_LIVED);

        fake_set_env(lookup.at.fake, "AWS_ENDPOINT_URL", cases[i].variable);
        if (cases[i].attr != NULL)
            lookup_set(&lookup, cases[i].attr, cases[i].url);
        answer_sts(&lookup.at, "GetSessionToken");
        assert_ok(run(&lookup, "sts-token"), &lookup.at.err);
        if (!sent(&lookup.at, 0, cases[i].sent))
            fail_msg("%s, not %s", fake_request(lookup.at.fake, 0), cases[i].sent);
    }
}

/* --- what it says -------------------------------------------------------------------------- */

static void says_what_was_found_without_giving_it_away(void **state)
{
    static const struct {
        const char *config;
        const char *source;
    } cases[] = {
        {LONG_LIVED, "long-lived key AKIA…MPLE (config file, profile default)"},
        {TEMPORARY, "temporary key AKIA…MPLE (config file, profile default)"},
        {ROLE KEYS, "long-lived key AKIA…MPLE (config file, profile default, role " CASE_ROLE ")"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(lookup) struct lookup lookup = lookup_in(cases[i].config);

        assert_ok(run(&lookup, ""), &lookup.at.err);
        assert_string_equal(lookup.found.source, cases[i].source);
        assert_true(lookup.found.looked_at.count >= 2);
        for (size_t k = 0; k < lookup.found.looked_at.count; k++)
            assert_null(strstr(lookup.found.looked_at.items[k], EXAMPLE_KEY_ID));
    }
    CL_AUTO(lookup) struct lookup around = lookup_in(REGION);
    fake_set_env(around.at.fake, "AWS_ACCESS_KEY_ID", "shortkey");
    fake_set_env(around.at.fake, "AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET);
    assert_ok(run(&around, ""), &around.at.err);
    assert_string_equal(around.found.source, "long-lived key  (environment variables)");
}

static void passes_on_why_nothing_was_found(void **state)
{
    CL_AUTO(lookup) struct lookup nothing = lookup_in(NULL);
    CL_AUTO(lookup) struct lookup refused = lookup_in(ROLE KEYS);
    CL_AUTO(lookup) struct lookup unminted = lookup_in(LONG_LIVED);

    (void)state;
    assert_code(&nothing.at.err, run(&nothing, ""), CL_E_LOCAL_CONFIG, "no AWS credentials found");
    answer_error(&refused.at, NULL, 403, "AccessDenied");
    assert_code(&refused.at.err, run(&refused, "sts-token"), CL_E_DENIED,
                "cannot assume role " CASE_ROLE " of profile 'default'");
    answer_error(&unminted.at, NULL, 403, "InvalidClientTokenId");
    assert_code(&unminted.at.err, run(&unminted, "sts-token"), CL_E_REJECTED,
                "cannot get a session token");
}

static void does_not_ask_the_gate(void **state)
{
    CL_AUTO(lookup) struct lookup lookup = lookup_in(LONG_LIVED);

    (void)state;
    fake_set_env(lookup.at.fake, "CLEAT_ENABLE_IMPLICIT_AUTH_METHODS", "false");
    assert_ok(run(&lookup, "implicit"), &lookup.at.err);
}

static void reports_the_loss_of_memory_and_leaks_nothing(void **state)
{
    CL_AUTO(lookup) struct lookup lookup = lookup_in(ROLE KEYS);
    enum cl_code code = CL_E_FAILED;

    (void)state;
    size_t live = cl_alloc_live_blocks();
    for (int64_t nth = 1; code != CL_OK; nth++) {
        assert_true(nth < 2000);
        (void)cl_alloc_fail_at(nth);
        code = run(&lookup, "");
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        cl_discovered_cleanup(&lookup.found);
        assert_int_equal(cl_alloc_live_blocks(), live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_by_what_was_found_and_wanted),
        cmocka_unit_test(carries_the_profiles_role_along),
        cmocka_unit_test(keeps_the_real_end_of_a_token),
        cmocka_unit_test(says_why_only_a_token_is_kept),
        cmocka_unit_test(lifts_nothing_for_an_implicit_connector),
        cmocka_unit_test(names_a_profile_only_when_it_was_named),
        cmocka_unit_test(needs_a_region_from_somewhere),
        cmocka_unit_test(keeps_the_endpoints_that_were_found),
        cmocka_unit_test(asks_sts_where_the_connector_will),
        cmocka_unit_test(says_what_was_found_without_giving_it_away),
        cmocka_unit_test(passes_on_why_nothing_was_found),
        cmocka_unit_test(does_not_ask_the_gate),
        cmocka_unit_test(reports_the_loss_of_memory_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
