#include "connectors/aws/chain.h"

#include <stdio.h>

#include "aws_keys.h"
#include "base/alloc.h"
#include "fake_world.h"

/* The credential chain over variables and shared files: what is found, in which order, and what
 * is said when nothing usable is. Nobody is asked. */

#define KEYS "aws_access_key_id = " EXAMPLE_KEY_ID "\naws_secret_access_key = " EXAMPLE_SECRET "\n"
#define TOKEN "aws_session_token = " EXAMPLE_TOKEN "\n"

struct search {
    struct fake_world *fake;
    struct aws_found found;
    struct cl_err err;
};

static struct search search_in(const char *config, const char *credentials)
{
    struct search search = {.fake = fake_world_new()};

    fake_set_env(search.fake, "HOME", "/home/u");
    if (config != NULL)
        fake_set_file(search.fake, "/home/u/.aws/config", config);
    if (credentials != NULL)
        fake_set_file(search.fake, "/home/u/.aws/credentials", credentials);
    return search;
}

static void search_cleanup(struct search *search)
{
    aws_found_cleanup(&search->found);
    fake_world_free(search->fake);
}

static enum cl_code find(struct search *search, const char *profile)
{
    aws_found_cleanup(&search->found);
    search->err = CL_ERR_NONE;
    return aws_chain_find(fake_world(search->fake), cl_str_of(profile), &search->found,
                          &search->err);
}

static void set_env_keys(struct search *search, const char *token)
{
    fake_set_env(search->fake, "AWS_ACCESS_KEY_ID", "ENVKEY0123456789");
    fake_set_env(search->fake, "AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET);
    fake_set_env(search->fake, "AWS_SESSION_TOKEN", token);
}

static void assert_refused(const struct search *search, enum cl_code code, enum cl_code want,
                           const char *part)
{
    if (code != want || strstr(search->err.text, part) == NULL)
        fail_msg("%s \"%s\", not \"%s\"", cl_code_wire(code), search->err.text, part);
    assert_null(strstr(search->err.text, EXAMPLE_SECRET));
}

static const char *key_of(const struct search *search)
{
    return cl_secret_expose(search->found.access_key_id).ptr;
}

/* --- the environment ----------------------------------------------------------------------- */

static void takes_keys_from_the_environment(void **state)
{
    CL_AUTO(search) struct search search = search_in(NULL, NULL);

    (void)state;
    set_env_keys(&search, NULL);
    assert_ok(find(&search, ""), &search.err);
    assert_int_equal(search.found.provider, AWS_FOUND_ENVIRONMENT);
    assert_string_equal(key_of(&search), "ENVKEY0123456789");
    assert_null(search.found.session_token);
    assert_int_equal(search.found.expires_at, 0);
    assert_false(search.found.profile_given);
    assert_string_equal(search.found.looked_at.items[0], "environment variables: a key");
}

static void takes_token_and_expiry_from_the_environment(void **state)
{
    static const struct {
        const char *current;
        const char *legacy;
        const char *token;
        size_t warnings;
    } cases[] = {{"tok-1", NULL, "tok-1", 0},
                 {NULL, "tok-2", "tok-2", 0},
                 {"tok-1", "tok-1", "tok-1", 0},
                 {"tok-1", "tok-2", "tok-1", 1}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(search) struct search search = search_in(NULL, NULL);

        set_env_keys(&search, cases[i].current);
        fake_set_env(search.fake, "AWS_SECURITY_TOKEN", cases[i].legacy);
        fake_set_env(search.fake, "AWS_CREDENTIAL_EXPIRATION", "2024-05-14T13:34:56+00:00");
        assert_ok(find(&search, ""), &search.err);
        assert_str(cl_secret_expose(search.found.session_token), cases[i].token);
        assert_int_equal(search.found.expires_at, FAKE_START_AT + 3600);
        assert_int_equal(search.found.warnings.count, cases[i].warnings);
    }
}

static void refuses_half_a_key_in_the_environment(void **state)
{
    CL_AUTO(search) struct search search = search_in(NULL, "[default]\n" KEYS);

    (void)state;
    fake_set_env(search.fake, "AWS_ACCESS_KEY_ID", EXAMPLE_KEY_ID);
    assert_refused(&search, find(&search, ""), CL_E_LOCAL_CONFIG,
                   "AWS_SECRET_ACCESS_KEY is missing");
    fake_set_env(search.fake, "AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET);
    fake_set_env(search.fake, "AWS_SESSION_TOKEN", "tok");
    fake_set_env(search.fake, "AWS_CREDENTIAL_EXPIRATION", "soon");
    assert_refused(&search, find(&search, ""), CL_E_LOCAL_CONFIG, "AWS_CREDENTIAL_EXPIRATION");
}

/* --- which profile ------------------------------------------------------------------------- */

static void chooses_the_profile(void **state)
{
    static const struct {
        const char *given;
        const char *variable;
        const char *second;
        bool env_keys;
        const char *profile; /* NULL: the environment's keys win */
        bool named;
    } cases[] = {
        {"", NULL, NULL, false, "default", false}, {"one", NULL, NULL, false, "one", true},
        {"", "one", NULL, false, "one", true},     {"", NULL, "two", false, "two", true},
        {"", "one", "two", false, "one", true},    {"two", "one", NULL, false, "two", true},
        {"one", NULL, NULL, true, "one", true}, /* named: the environment does not count */
        {"", "one", NULL, true, NULL, false},   /* not needed */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(search)
        struct search search = search_in(NULL, "[default]\n" KEYS "[one]\n" KEYS "[two]\n" KEYS);

        if (cases[i].env_keys)
            set_env_keys(&search, NULL);
        fake_set_env(search.fake, "AWS_PROFILE", cases[i].variable);
        fake_set_env(search.fake, "AWS_DEFAULT_PROFILE", cases[i].second);
        assert_ok(find(&search, cases[i].given), &search.err);
        assert_int_equal(search.found.profile_given, cases[i].named);
        assert_int_equal(search.found.provider, cases[i].profile == NULL
                                                    ? AWS_FOUND_ENVIRONMENT
                                                    : AWS_FOUND_CREDENTIALS_FILE);
        if (cases[i].profile != NULL)
            assert_string_equal(search.found.profile, cases[i].profile);
    }
}

static void says_where_it_looked_for_a_profile(void **state)
{
    CL_AUTO(search)
    struct search search =
        search_in("[default]\nregion=eu-west-1\n[profile work]\n" KEYS, "[home]\n" KEYS);

    (void)state;
    assert_refused(&search, find(&search, "wrk"), CL_E_INVALID,
                   "there is no AWS profile 'wrk' in /home/u/.aws/config and "
                   "/home/u/.aws/credentials; profiles found: default, work, home");
    assert_string_equal(search.err.hint, "Did you mean 'work'?");
    assert_refused(&search, find(&search, "entirely-else"), CL_E_INVALID, "entirely-else");
    assert_string_equal(search.err.hint, "");
    fake_set_env(search.fake, "AWS_PROFILE", "gone"); /* named by a variable it is named as well */
    assert_refused(&search, find(&search, ""), CL_E_INVALID, "'gone'");
}

static void says_where_it_looked_for_anything(void **state)
{
    CL_AUTO(search) struct search search = search_in(NULL, NULL);
    CL_AUTO(search) struct search elsewhere = search_in("[profile other]\n" KEYS, NULL);

    (void)state;
    assert_refused(&search, find(&search, ""), CL_E_LOCAL_CONFIG, "no AWS credentials found");
    assert_non_null(strstr(search.err.text, "/home/u/.aws/credentials"));
    assert_non_null(strstr(search.err.hint, "--profile"));
    assert_refused(&elsewhere, find(&elsewhere, ""), CL_E_LOCAL_CONFIG, "(profile 'default')");
    assert_refused(&search, find(&search, "work"), CL_E_INVALID, "profiles found: none");
}

/* --- keys in files ------------------------------------------------------------------------- */

static void takes_keys_from_a_file(void **state)
{
    static const struct {
        const char *config;
        const char *credentials;
        enum aws_provider provider;
        bool token;
    } cases[] = {
        {NULL, "[default]\n" KEYS, AWS_FOUND_CREDENTIALS_FILE, false},
        {NULL, "[default]\n" KEYS TOKEN, AWS_FOUND_CREDENTIALS_FILE, true},
        {"[default]\n" KEYS, NULL, AWS_FOUND_CONFIG_FILE, false},
        {"[profile default]\n" KEYS TOKEN, NULL, AWS_FOUND_CONFIG_FILE, true},
        {"[default]\naws_access_key_id=CONFIGKEY0123456\naws_secret_access_key=x\n",
         "[default]\n" KEYS, AWS_FOUND_CREDENTIALS_FILE, false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(search) struct search search = search_in(cases[i].config, cases[i].credentials);

        assert_ok(find(&search, ""), &search.err);
        assert_int_equal(search.found.provider, cases[i].provider);
        assert_string_equal(key_of(&search), EXAMPLE_KEY_ID);
        assert_int_equal(search.found.session_token != NULL, cases[i].token);
        assert_int_equal(search.found.looked_at.count, 2); /* variables, then the file */
    }
}

static void never_mixes_keys_of_two_files(void **state)
{
    CL_AUTO(search)
    struct search search = search_in("[default]\naws_secret_access_key=x\naws_session_token=y\n",
                                     "[default]\naws_access_key_id=" EXAMPLE_KEY_ID "\n");
    CL_AUTO(search)
    struct search token = search_in("[default]\naws_session_token=y\n", "[default]\n" KEYS);

    (void)state;
    assert_refused(&search, find(&search, ""), CL_E_LOCAL_CONFIG,
                   "has aws_access_key_id, but aws_secret_access_key is missing");
    assert_ok(find(&token, ""), &token.err);
    assert_null(token.found.session_token);
}

static void passes_on_what_the_files_are_warned_of(void **state)
{
    CL_AUTO(search)
    struct search search =
        search_in("[default]\nregion=eu-west-1\nregion=eu-west-2\n", "[default]\n" KEYS);

    (void)state;
    assert_ok(find(&search, ""), &search.err);
    assert_true(search.found.warnings.count > 0);
    assert_string_equal(search.found.region, "eu-west-2");
}

static void refuses_files_that_do_not_parse(void **state)
{
    CL_AUTO(search) struct search search = search_in("[default\nregion=x\n", "[default]\n" KEYS);

    (void)state;
    assert_refused(&search, find(&search, ""), CL_E_LOCAL_CONFIG, "/home/u/.aws/config");
}

/* --- what is left to the AWS CLI ----------------------------------------------------------- */

static void says_which_provider_it_does_not_take_over(void **state)
{
    static const struct {
        const char *config;
        const char *credentials;
        const char *part;
    } cases[] = {
        {"[default]\nsso_session=s\nsso_account_id=1\n", NULL, "SSO"},
        {"[default]\nsso_account_id=1\n", NULL, "SSO"},
        {"[default]\nsso_role_name=r\n", NULL, "SSO"},
        {"[default]\nweb_identity_token_file=/t\nrole_arn=arn:aws:iam::1:role/r\n", NULL,
         "a web identity"},
        {"[default]\nlogin_session=l\n", NULL, "a login session"},
        {"[default]\ncredential_process=/bin/x\n", NULL, "a credential process"},
        /* Before the keys of the config file, but not before those of the credentials file. */
        {"[default]\ncredential_process=/bin/x\n" KEYS, NULL, "a credential process"},
        {"[default]\ncredential_process=/bin/x\n", "[default]\n" KEYS, NULL},
        {"[default]\nlogin_session=l\n", "[default]\n" KEYS, NULL},
        /* Before either. */
        {"[default]\nsso_account_id=1\nsso_role_name=r\n", "[default]\n" KEYS, "SSO"},
        {"[default]\nweb_identity_token_file=/t\nrole_arn=arn:aws:iam::1:role/r\n",
         "[default]\n" KEYS, "a web identity"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(search) struct search search = search_in(cases[i].config, cases[i].credentials);
        enum cl_code code = find(&search, "");

        if (cases[i].part == NULL) {
            assert_ok(code, &search.err);
            continue;
        }
        assert_refused(&search, code, CL_E_LOCAL_CONFIG, cases[i].part);
        assert_non_null(strstr(search.err.hint, "export-credentials --profile default"));
    }
}

/* --- roles --------------------------------------------------------------------------------- */

#define BASE "[profile base]\n" KEYS
#define ROLE(profile, number, source) \
    "[profile " profile "]\nrole_arn = arn:aws:iam::" number ":role/" profile "\n" source "\n"

static void collects_roles_from_the_inside_out(void **state)
{
    CL_AUTO(search)
    struct search search =
        search_in(ROLE("outer", "3",
                       "source_profile = middle\nexternal_id = ext\n"
                       "role_session_name = me\nduration_seconds = 1234")
                      ROLE("middle", "2", "source_profile = inner\nduration_seconds = soon")
                          ROLE("inner", "1", "source_profile = base") BASE,
                  NULL);

    (void)state;
    assert_ok(find(&search, "outer"), &search.err);
    assert_int_equal(search.found.role_count, 3);
    assert_string_equal(search.found.roles[0].role_arn, "arn:aws:iam::1:role/inner");
    assert_string_equal(search.found.roles[1].profile, "middle");
    assert_int_equal(search.found.roles[1].duration_s, 0); /* no number: as if it were not there */
    assert_string_equal(search.found.roles[2].external_id, "ext");
    assert_string_equal(search.found.roles[2].role_session_name, "me");
    assert_int_equal(search.found.roles[2].duration_s, 1234);
    assert_null(search.found.roles[0].external_id);
    assert_string_equal(key_of(&search), EXAMPLE_KEY_ID);
    assert_string_equal(search.found.profile, "outer");
}

static void prefers_the_role_to_keys_beside_it(void **state)
{
    CL_AUTO(search)
    struct search search =
        search_in(ROLE("work", "1", "source_profile = base") BASE, "[work]\n" KEYS);
    CL_AUTO(search)
    struct search itself = search_in(ROLE("work", "1", "source_profile = work"), "[work]\n" KEYS);

    (void)state;
    assert_ok(find(&search, "work"), &search.err);
    assert_int_equal(search.found.role_count, 1);
    assert_int_equal(search.found.provider, AWS_FOUND_CONFIG_FILE);
    assert_ok(find(&itself, "work"), &itself.err); /* its own keys, for its own role */
    assert_int_equal(itself.found.role_count, 1);
    assert_int_equal(itself.found.provider, AWS_FOUND_CREDENTIALS_FILE);
}

static void stops_at_a_source_that_has_keys(void **state)
{
    CL_AUTO(search)
    struct search search = search_in(ROLE("outer", "2", "source_profile = inner")
                                         ROLE("inner", "1", "source_profile = base") BASE,
                                     "[inner]\n" KEYS);

    (void)state;
    assert_ok(find(&search, "outer"), &search.err);
    assert_int_equal(search.found.role_count, 1);
}

static void takes_the_environment_as_a_source(void **state)
{
    CL_AUTO(search)
    struct search search = search_in(ROLE("work", "1", "credential_source = Environment"), NULL);

    (void)state;
    assert_refused(&search, find(&search, "work"), CL_E_LOCAL_CONFIG, "which has none");
    set_env_keys(&search, "tok");
    assert_ok(find(&search, "work"), &search.err);
    assert_int_equal(search.found.provider, AWS_FOUND_ENVIRONMENT);
    assert_string_equal(key_of(&search), "ENVKEY0123456789");
    assert_int_equal(search.found.role_count, 1);
}

static void refuses_roles_it_cannot_assume(void **state)
{
    static const struct {
        const char *config;
        const char *part;
    } cases[] = {
        {ROLE("work", "1", ""), "neither source_profile nor credential_source"},
        {ROLE("work", "1", "source_profile = gone"), "source_profile 'gone', which does not exist"},
        {ROLE("work", "1", "source_profile = base\ncredential_source = Environment") BASE,
         "both source_profile and credential_source"},
        {ROLE("work", "1", "credential_source = Ec2InstanceMetadata"), "'Ec2InstanceMetadata'"},
        {ROLE("work", "1", "credential_source = EcsContainer"), "'EcsContainer'"},
        {ROLE("work", "1", "credential_source = environment"), "'environment'"},
        {ROLE("work", "1", "source_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me") BASE,
         "needs an MFA code"},
        {ROLE("work", "1", "source_profile = empty") "[profile empty]\nregion = us-east-1\n",
         "profile 'empty' has no credentials"},
        {ROLE("work", "1", "source_profile = a") ROLE("a", "2", "source_profile = b")
             ROLE("b", "3", "source_profile = a"),
         "in a loop: work -> a -> b -> a"},
        {ROLE("work", "1", "source_profile = work"), "in a loop: work -> work"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(search) struct search search = search_in(cases[i].config, NULL);

        assert_refused(&search, find(&search, "work"), CL_E_LOCAL_CONFIG, cases[i].part);
    }
}

static void refuses_profiles_that_are_too_deep(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf config = CL_BUF(65536);

    (void)state;
    for (int i = 0; i <= AWS_ROLES_MAX; i++)
        cl_buf_addf(&config, "[profile p%d]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=p%d\n",
                    i, i + 1);
    cl_buf_addf(&config, "[profile p%d]\n" KEYS, AWS_ROLES_MAX + 1);
    CL_AUTO(search) struct search search = search_in(config.ptr, NULL);
    assert_refused(&search, find(&search, "p0"), CL_E_LOCAL_CONFIG, "more than 8 deep");
    assert_ok(find(&search, "p1"), &search.err);
    assert_int_equal(search.found.role_count, AWS_ROLES_MAX);
}

/* --- region and endpoints ------------------------------------------------------------------ */

static void finds_the_region(void **state)
{
    static const struct {
        const char *first;
        const char *second;
        const char *config;
        const char *region; /* NULL: none */
    } cases[] = {
        {"eu-west-1", "eu-west-2", "[default]\nregion=eu-west-3\n", "eu-west-1"},
        {NULL, "eu-west-2", "[default]\nregion=eu-west-3\n", "eu-west-2"},
        {NULL, NULL, "[default]\nregion=eu-west-3\n", "eu-west-3"},
        {NULL, NULL, "[profile other]\nregion=eu-west-3\n", NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(search) struct search search = search_in(cases[i].config, "[default]\n" KEYS);

        fake_set_env(search.fake, "AWS_REGION", cases[i].first);
        fake_set_env(search.fake, "AWS_DEFAULT_REGION", cases[i].second);
        assert_ok(find(&search, ""), &search.err);
        if (cases[i].region == NULL)
            assert_null(search.found.region);
        else
            assert_string_equal(search.found.region, cases[i].region);
    }
}

/* "attr=url attr=url" */
static void assert_endpoints(struct search *search, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);

    assert_ok(find(search, ""), &search->err);
    for (size_t i = 0; i < search->found.endpoints.count; i++)
        cl_buf_addf(&text, "%s%s=%s", i > 0 ? " " : "", search->found.endpoints.entries[i].key,
                    search->found.endpoints.entries[i].value);
    assert_str(cl_buf_view(&text), want);
}

#define SERVICES                                                                      \
    "[default]\nendpoint_url=http://all.file\nservices=mine\n[services mine]\ns3 =\n" \
    "  endpoint_url = http://s3.file\n"

static void finds_endpoints(void **state)
{
    static const struct {
        const char *config;
        const char *all;
        const char *s3;
        const char *ignore;
        const char *endpoints;
    } cases[] = {
        {NULL, NULL, NULL, NULL, ""},
        {NULL, "http://all.env", NULL, NULL, "endpoint_url=http://all.env"},
        {NULL, NULL, "http://s3.env", NULL, "s3_endpoint_url=http://s3.env"},
        {NULL, "http://all.env", "http://s3.env", NULL,
         "endpoint_url=http://all.env s3_endpoint_url=http://s3.env"},
        {"[default]\nendpoint_url=http://all.file\n", NULL, NULL, NULL,
         "endpoint_url=http://all.file"},
        {SERVICES, NULL, NULL, NULL, "endpoint_url=http://all.file s3_endpoint_url=http://s3.file"},
        {SERVICES, NULL, "http://s3.env", NULL,
         "endpoint_url=http://all.file s3_endpoint_url=http://s3.env"},
        /* A variable for all is stronger than the file's for one. */
        {SERVICES, "http://all.env", NULL, NULL, "endpoint_url=http://all.env"},
        {SERVICES, "http://all.env", "http://s3.env", "true", ""},
        {SERVICES "[default]\nignore_configured_endpoint_urls=true\n", NULL, NULL, NULL, ""},
        {SERVICES, NULL, NULL, "false",
         "endpoint_url=http://all.file s3_endpoint_url=http://s3.file"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(search) struct search search = search_in(cases[i].config, "[default]\n" KEYS);

        fake_set_env(search.fake, "AWS_ENDPOINT_URL", cases[i].all);
        fake_set_env(search.fake, "AWS_ENDPOINT_URL_S3", cases[i].s3);
        fake_set_env(search.fake, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", cases[i].ignore);
        assert_endpoints(&search, cases[i].endpoints);
    }
}

static void finds_an_endpoint_for_each_service(void **state)
{
    CL_AUTO(search) struct search search = search_in(NULL, "[default]\n" KEYS);
    static const char *const services[] = {"STS", "S3", "EKS", "ECR", "LAMBDA"};
    char name[64];

    (void)state;
    for (size_t i = 0; i < CL_COUNT(services); i++) {
        (void)snprintf(name, sizeof(name), "AWS_ENDPOINT_URL_%s", services[i]);
        fake_set_env(search.fake, name, "http://one.env");
    }
    assert_endpoints(&search, "ecr_endpoint_url=http://one.env eks_endpoint_url=http://one.env "
                              "s3_endpoint_url=http://one.env sts_endpoint_url=http://one.env");
}

/* --- faults -------------------------------------------------------------------------------- */

static void reports_the_loss_of_memory_and_leaks_nothing(void **state)
{
    CL_AUTO(search)
    struct search search =
        search_in(ROLE("outer", "2", "source_profile = base\nexternal_id = ext") BASE, NULL);
    enum cl_code code = CL_E_FAILED;

    (void)state;
    size_t live = cl_alloc_live_blocks();
    for (int64_t nth = 1; code != CL_OK; nth++) {
        assert_true(nth < 2000);
        (void)cl_alloc_fail_at(nth);
        code = find(&search, "outer");
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        aws_found_cleanup(&search.found);
        assert_int_equal(cl_alloc_live_blocks(), live);
    }
}

static void reports_files_that_cannot_be_read(void **state)
{
    CL_AUTO(search) struct search search = search_in("[default]\nregion=x\n", "[default]\n" KEYS);

    (void)state;
    for (int64_t nth = 1; nth <= 2; nth++) {
        fake_fail_at(search.fake, nth);
        assert_int_not_equal(find(&search, ""), CL_OK);
    }
    fake_fail_at(search.fake, 0);
    assert_ok(find(&search, ""), &search.err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_keys_from_the_environment),
        cmocka_unit_test(takes_token_and_expiry_from_the_environment),
        cmocka_unit_test(refuses_half_a_key_in_the_environment),
        cmocka_unit_test(chooses_the_profile),
        cmocka_unit_test(says_where_it_looked_for_a_profile),
        cmocka_unit_test(says_where_it_looked_for_anything),
        cmocka_unit_test(takes_keys_from_a_file),
        cmocka_unit_test(never_mixes_keys_of_two_files),
        cmocka_unit_test(passes_on_what_the_files_are_warned_of),
        cmocka_unit_test(refuses_files_that_do_not_parse),
        cmocka_unit_test(says_which_provider_it_does_not_take_over),
        cmocka_unit_test(collects_roles_from_the_inside_out),
        cmocka_unit_test(prefers_the_role_to_keys_beside_it),
        cmocka_unit_test(stops_at_a_source_that_has_keys),
        cmocka_unit_test(takes_the_environment_as_a_source),
        cmocka_unit_test(refuses_roles_it_cannot_assume),
        cmocka_unit_test(refuses_profiles_that_are_too_deep),
        cmocka_unit_test(finds_the_region),
        cmocka_unit_test(finds_endpoints),
        cmocka_unit_test(finds_an_endpoint_for_each_service),
        cmocka_unit_test(reports_the_loss_of_memory_and_leaks_nothing),
        cmocka_unit_test(reports_files_that_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
