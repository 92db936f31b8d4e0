#include "interop/aws_profiles.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

/* Synthetic: long enough to look at, not shaped like a key. */
#define CONFIG "/home/u/.aws/config"
#define CREDENTIALS "/home/u/.aws/credentials"

static enum cl_code parse_both(const char *config, const char *credentials,
                               struct cl_aws_profiles **ret, struct cl_err *err)
{
    struct cl_aws_profile_texts texts = {.config = cl_str_of(config),
                                         .config_path = CONFIG,
                                         .credentials = cl_str_of(credentials),
                                         .credentials_path = CREDENTIALS};

    return cl_aws_profiles_parse(&texts, ret, err);
}

static struct cl_aws_profiles *parsed(const char *config, const char *credentials)
{
    struct cl_aws_profiles *profiles = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(parse_both(config, credentials, &profiles, &err), &err);
    return profiles;
}

static void assert_names(const char *config, const char *credentials, const char *want)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = parsed(config, credentials);
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_string) char *joined = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_aws_profiles_names(profiles, &names, &err), &err);
    assert_ok(cl_strs_join(&names, "|", &joined, &err), &err);
    assert_string_equal(joined, want);
    for (size_t i = 0; i < names.count; i++)
        assert_true(cl_aws_profiles_has(profiles, cl_str_of(names.items[i])));
    assert_false(cl_aws_profiles_has(profiles, CL_STR("absent")));
}

static void assert_value(const char *config, const char *credentials, const char *profile,
                         const char *key, const char *want)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = parsed(config, credentials);

    assert_str(cl_aws_profile_get(profiles, cl_str_of(profile), key), want);
}

/* --- which sections are profiles ----------------------------------------------------------- */

static void knows_which_sections_are_profiles(void **state)
{
    static const struct {
        const char *config;
        const char *credentials;
        const char *names;
    } rows[] = {
        {"", "", ""},
        {"[default]\n", "", "default"},
        {"[profile dev]\n", "", "dev"},
        {"[profile \"my prof\"]\n", "", "my prof"},
        {"[profile 'my prof']\n", "", "my prof"},
        {"[profile my\\ prof]\n", "", "my prof"},
        {"[profile\tdev]\n", "", "dev"},
        {"[profile dev] # x\n", "", "dev"},
        {"[default] ; x\n", "", "default"},
        /* not profiles */
        {"[dev]\n", "", ""},
        {"[ profile dev ]\n", "", ""},
        {"[profile a b]\n", "", ""},
        {"[profile]\n", "", ""},
        {"[profile \"open]\n", "", ""},
        {"[profiledev]\n", "", ""},
        {"[Profile dev]\n", "", ""},
        {"[sso-session corp]\n[services local]\n[preview]\n", "", ""},
        {"[DEFAULT]\nregion = x\n", "", ""},
        {"[Default]\n", "", ""},
        /* two spellings of one */
        {"[default]\n[profile default]\n", "", "default"},
        {"[profile x]\n[profile \"x\"]\n", "", "x"},
        {"[profile b]\n[profile a]\n[profile b]\n", "", "b|a"},
        /* the other file: the header is the name */
        {"", "[default]\n[dev]\n", "default|dev"},
        {"", "[profile x]\n", "profile x"},
        {"", "[ dev ]\n", " dev "},
        {"", "[a b]\n", "a b"},
        {"", "[DEFAULT]\nk = v\n", ""},
        /* both, each name once, the config file first */
        {"[profile dev]\n[default]\n", "[default]\n[prod]\n[dev]\n", "dev|default|prod"},
        {"[profile x]\n", "[profile x]\n", "x|profile x"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_names(rows[i].config, rows[i].credentials, rows[i].names);
}

static void tells_which_headers_mean_one_profile(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } rows[] = {
        {"default", "default", true},
        {"default", "profile default", true},
        {"profile x", "profile \"x\"", true},
        {"profile x", "profile  x", true},
        {"profile x", "profile X", false},
        {"profile x", "x", false},
        {"x", "x", true},
        {"x", "y", false},
        {"sso-session x", "profile x", false},
        {"services x", "services \"x\"", false},
        {"profile a b", "profile \"a b\"", false},
    };
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        bool same = !rows[i].same;
        struct cl_str a = cl_str_of(rows[i].a);
        struct cl_str b = cl_str_of(rows[i].b);
        assert_ok(cl_aws_config_same_profile(a, b, &same, &err), &err);
        assert_int_equal(same, rows[i].same);
        assert_ok(cl_aws_config_same_profile(b, a, &same, &err), &err);
        assert_int_equal(same, rows[i].same);
    }
}

/* --- how two files become one -------------------------------------------------------------- */

static void reads_values_as_the_sdks_do(void **state)
{
    static const struct {
        const char *config;
        const char *key;
        const char *value;
    } rows[] = {
        {"[default]\nregion = us-east-1\n", "region", "us-east-1"},
        {"[default]\nRegion: us-east-1\n", "region", "us-east-1"},
        {"[default]\r\nregion = us-east-1\r\n", "region", "us-east-1"},
        {"\xEF\xBB\xBF[default]\nregion = us-east-1\n", "region", "us-east-1"},
        {"[default]\nregion = us-east-1 # home\n", "region", "us-east-1"},
        {"[default]\nrole_arn = a=b:c # kept\n", "role_arn", "a=b:c # kept"},
        {"[default]\nk = %(x)s $HOME\n", "k", "%(x)s $HOME"},
        {"[default]\nk =\n", "k", ""},
        {"[default]\nk = v\n j = w\n", "k", "v\nj = w"},
        {"[default]\nk = 1\nk = 2\n", "k", "2"},
        {"[default]\nk = 1\n[profile a]\n[default]\nj = 2\n", "k", "1"},
        {"[default]\nk = 1\n[profile a]\n[default]\nk = 2\n", "k", "2"},
        {"[default]\nk = 1\n[profile default]\nk = 2\n", "k", "2"},
        {"[profile default]\nk = 1\n[default]\nk = 2\n", "k", "2"},
        {"[profile default]\nk = 1\n[default]\nj = 2\n", "k", "1"},
        {"[DEFAULT]\nk = 1\n[default]\nj = 2\n", "k", ""},
        {"[default]\nj = 2\n", "k", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_value(rows[i].config, "", "default", rows[i].key, rows[i].value);
}

static void lets_the_credentials_file_win_key_by_key(void **state)
{
    static const char config[] =
        "[profile dev]\nregion = us-east-1\nrole_arn = one\noutput = json\n";
    static const char credentials[] =
        "[dev]\nrole_arn = two\naws_session_token = t\n[other]\nk = v\n";

    (void)state;
    assert_value(config, credentials, "dev", "region", "us-east-1");
    assert_value(config, credentials, "dev", "role_arn", "two");
    assert_value(config, credentials, "dev", "aws_session_token", "t");
    assert_value(config, credentials, "dev", "k", "");
    assert_value(config, credentials, "other", "k", "v");
    assert_value(config, credentials, "other", "region", "");
    assert_value(config, credentials, "nobody", "region", "");
}

static void tells_in_which_file_a_value_stands(void **state)
{
    CL_AUTO(cl_aws_profiles)
    struct cl_aws_profiles *profiles = parsed("[profile dev]\nk = 1\nj = 1\n", "[dev]\nk = 2\n");
    struct cl_str dev = CL_STR("dev");

    (void)state;
    assert_str(cl_aws_profile_get_in(profiles, CL_AWS_CONFIG, dev, "k"), "1");
    assert_str(cl_aws_profile_get_in(profiles, CL_AWS_CREDENTIALS, dev, "k"), "2");
    assert_str(cl_aws_profile_get_in(profiles, CL_AWS_CREDENTIALS, dev, "j"), "");
}

/* --- endpoints ----------------------------------------------------------------------------- */

#define SERVICES                                                        \
    "[profile dev]\nservices = local\nendpoint_url = http://all\n"      \
    "[profile bare]\nendpoint_url = http://bare\n"                      \
    "[profile lost]\nservices = nowhere\n[profile plain]\nregion = x\n" \
    "[services local]\ns3 =\n  endpoint_url = http://s3\n"              \
    "sts =\n  other = 1\n[services \"two words\"]\neks =\n  endpoint_url = http://eks\n"

static void finds_the_endpoint_of_a_service(void **state)
{
    static const struct {
        const char *profile;
        const char *service;
        const char *endpoint;
    } rows[] = {
        {"dev", "s3", "http://s3"},     {"dev", "sts", "http://all"}, {"dev", "eks", "http://all"},
        {"bare", "s3", "http://bare"},  {"plain", "s3", ""},          {"nobody", "s3", ""},
        {"words", "eks", "http://eks"},
    };
    CL_AUTO(cl_aws_profiles)
    struct cl_aws_profiles *profiles =
        parsed(SERVICES "[profile words]\nservices = two words\n", "");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_str endpoint = CL_STR("untouched");
        assert_ok(cl_aws_profile_endpoint(profiles, cl_str_of(rows[i].profile), rows[i].service,
                                          &endpoint, &err),
                  &err);
        assert_str(endpoint, rows[i].endpoint);
    }
}

static void refuses_a_services_section_that_is_not_there(void **state)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = parsed(SERVICES, "");
    struct cl_str endpoint = CL_STR("untouched");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_aws_profile_endpoint(profiles, CL_STR("lost"), "s3", &endpoint, &err),
                     CL_E_LOCAL_CONFIG);
    assert_string_equal(err.text, CONFIG " has no section [services nowhere]");
    assert_str(endpoint, "untouched");
}

/* --- complaints ---------------------------------------------------------------------------- */

static void names_file_and_line_of_what_does_not_parse(void **state)
{
    static const struct {
        const char *config;
        const char *credentials;
        const char *text;
    } rows[] = {
        {"region = x\n", "", "cannot read " CONFIG ": line 1: text before the first [section]"},
        {"[default]\nregion\n", "",
         "cannot read " CONFIG ": line 2: neither a [section] nor a key with = or :"},
        {"[default]\n\n= x\n", "", "cannot read " CONFIG ": line 3: no key before the = or :"},
        {"", "[default]\nk = \xFF\n", "cannot read " CREDENTIALS ": file is not valid UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_aws_profiles *profiles = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(parse_both(rows[i].config, rows[i].credentials, &profiles, &err),
                         CL_E_LOCAL_CONFIG);
        assert_string_equal(err.text, rows[i].text);
        assert_null(profiles);
    }
}

static void never_repeats_a_line_that_may_hold_a_secret(void **state)
{
    struct cl_aws_profiles *profiles = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(parse_both("", "[default]\ncanary-secret\n", &profiles, &err),
                     CL_E_LOCAL_CONFIG);
    assert_null(strstr(err.text, "canary"));
}

static void warns_of_what_other_tools_stumble_over(void **state)
{
    static const struct {
        const char *config;
        const char *credentials;
        const char *warning;
    } rows[] = {
        {"\xEF\xBB\xBF[default]\n", "", CONFIG ", line 1: byte order mark; "},
        {"[default]\nk=1\nk=2\n", "", CONFIG ", line 3: key is there twice"},
        {"[default]\n[default]\n", "", CONFIG ", line 2: section is there twice"},
        {"", "[DEFAULT]\nk=1\n", CREDENTIALS ", line 1: [DEFAULT] is ignored"},
        {"[default]\nregion = x # y\n", "", CONFIG ", line 2: comment behind a value"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_aws_profiles)
        struct cl_aws_profiles *profiles = parsed(rows[i].config, rows[i].credentials);
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_aws_profiles_warnings(profiles, &warnings, &err), &err);
        assert_int_equal(warnings.count, 1);
        assert_int_equal(strncmp(warnings.items[0], rows[i].warning, strlen(rows[i].warning)), 0);
    }
}

static void has_nothing_to_say_about_good_files(void **state)
{
    CL_AUTO(cl_aws_profiles)
    struct cl_aws_profiles *profiles = parsed(SERVICES, "[default]\nk = v\n");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_aws_profiles_warnings(profiles, &warnings, &err), &err);
    assert_int_equal(warnings.count, 0);
}

/* --- memory -------------------------------------------------------------------------------- */

static enum cl_code use_everything(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = NULL;
    CL_AUTO(cl_strs) struct cl_strs texts = CL_STRS_NONE;
    struct cl_str endpoint = CL_STR_NONE;
    bool same = false;

    (void)ctx;
    CL_TRY(parse_both(SERVICES "[profile \"dev\"]\nk=1\nk=2\n", "[dev]\nk=1\n[x]\n[x]\n", &profiles,
                      err));
    CL_TRY(cl_aws_profiles_names(profiles, &texts, err));
    CL_TRY(cl_aws_profiles_warnings(profiles, &texts, err));
    CL_TRY(cl_aws_config_same_profile(CL_STR("profile x"), CL_STR("profile \"x\""), &same, err));
    return cl_aws_profile_endpoint(profiles, CL_STR("bare"), "s3", &endpoint, err);
}

static void reports_every_failing_allocation(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(use_everything, NULL) > 20);
    cl_aws_profiles_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_which_sections_are_profiles),
        cmocka_unit_test(tells_which_headers_mean_one_profile),
        cmocka_unit_test(reads_values_as_the_sdks_do),
        cmocka_unit_test(lets_the_credentials_file_win_key_by_key),
        cmocka_unit_test(tells_in_which_file_a_value_stands),
        cmocka_unit_test(finds_the_endpoint_of_a_service),
        cmocka_unit_test(refuses_a_services_section_that_is_not_there),
        cmocka_unit_test(names_file_and_line_of_what_does_not_parse),
        cmocka_unit_test(never_repeats_a_line_that_may_hold_a_secret),
        cmocka_unit_test(warns_of_what_other_tools_stumble_over),
        cmocka_unit_test(has_nothing_to_say_about_good_files),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
