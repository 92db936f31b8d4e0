#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat service-connector register"
#define TYPES "types {\"type\":\"aws\"}\n"
#define ASKED(members) TYPES "register {" members "}\n"
#define KEYS " --aws_access_key_id=@key-id --aws_secret_access_key=@secret-key"
#define VISIBLE                                                                                   \
    "warning: a secret on the command line is visible to other users of this machine; use --%s=@" \
    "file, @- or @env:NAME\n"

static void prepare(struct command_run *run, const char *result)
{
    command_run_reset(run);
    fake_api_answer(run->api, "register", result);
    fake_set_file(run->world, "key-id", AWS_CLIENT_KEY_ID "\n");
    fake_set_file(run->world, "secret-key", AWS_CLIENT_SECRET "\r\n");
}

static void assert_request(struct command_run *run, const char *words, const char *calls)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(4096);

    prepare(run, REGISTERED);
    cl_buf_addf(&line, LINE " %s", words);
    assert_status(run, line.ptr, 0);
    assert_calls(run, calls);
}

/* --- what is asked ------------------------------------------------------------------------- */

#define CONNECTOR "\"name\":\"new\",\"connector_type\":\"aws\""

static void builds_the_request_from_the_options(void **state)
{
    static const struct {
        const char *words;
        const char *calls;
    } rows[] = {
        {"new -t aws -a secret-key", ASKED(CONNECTOR ",\"auth_method\":\"secret-key\","
                                                     "\"verify\":\"list\"")},
        {"--type aws new --auth-method secret-key --description 'Team account' --share",
         ASKED(CONNECTOR ",\"auth_method\":\"secret-key\",\"description\":\"Team account\","
                         "\"shared\":true,\"verify\":\"list\"")},
        {"new -t aws -a secret-key --share --no-share --no-verify",
         ASKED(CONNECTOR ",\"auth_method\":\"secret-key\",\"verify\":\"off\"")},
        {"new -t aws -a secret-key --verify-only --if-not-exists --dry-run",
         ASKED(CONNECTOR ",\"auth_method\":\"secret-key\",\"verify\":\"authenticate\","
                         "\"if_not_exists\":true,\"dry_run\":true")},
        {"new -t aws -a secret-key -r s3-bucket -ri zenfiles",
         "types {\"type\":\"aws\",\"resource_type\":\"s3-bucket\"}\n"
         "register {" CONNECTOR
         ",\"auth_method\":\"secret-key\",\"resource_types\":[\"s3-bucket\"],"
         "\"resource_id\":\"zenfiles\",\"verify\":\"list\"}\n"},
        {"new -t aws -a sts-token --expires-at '2024-12-31 23:59:59' --expires-skew-tolerance 2m",
         ASKED(CONNECTOR ",\"auth_method\":\"sts-token\",\"expires_at\":1735689599,"
                         "\"expires_skew_tolerance\":120,\"verify\":\"list\"")},
        {"new -t aws -a sts-token --expires-at +1h30m --expiration-seconds 1h",
         ASKED(CONNECTOR ",\"auth_method\":\"sts-token\",\"expires_at\":1715695496,"
                         "\"expiration_seconds\":3600,\"verify\":\"list\"")},
        {"new -t aws -a secret-key -l team=ml --label env=a=b -l empty=",
         ASKED(CONNECTOR
               ",\"auth_method\":\"secret-key\",\"labels\":{\"empty\":\"\",\"env\":\"a=b\","
               "\"team\":\"ml\"},\"verify\":\"list\"")},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        assert_request(*state, rows[i].words, rows[i].calls);
    }
}

#define CONFIGURED(values) \
    ASKED(CONNECTOR        \
          ",\"auth_method\":\"secret-key\",\"verify\":\"list\",\"configuration\":{" values "}")

static void reads_configuration_arguments_in_every_form(void **state)
{
    static const struct {
        const char *words;
        const char *values;
    } rows[] = {
        {"--region=us-east-1", "\"region\":\"us-east-1\""},
        {"--region us-east-1", "\"region\":\"us-east-1\""},
        {"--endpoint-url=http://x?a=b", "\"endpoint_url\":\"http://x?a=b\""},
        {"--region=@@home", "\"region\":\"@home\""},
        {"--region=@env:MY_REGION", "\"region\":\"eu-west-1\""},
        {"--s3-compatible", "\"s3_compatible\":\"true\""},
        {"--s3_compatible no", "\"s3_compatible\":\"no\""},
        {"--aws-access-key-id @key-id", "\"aws_access_key_id\":\"" AWS_CLIENT_KEY_ID "\""},
        {"--aws_secret_access_key=@secret-key",
         "\"aws_secret_access_key\":\"" AWS_CLIENT_SECRET "\""},
        {"--aws_secret_access_key=@-", "\"aws_secret_access_key\":\"from standard input\""},
        {"--region=@~/region", "\"region\":\"at home\""},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf words = CL_BUF(1024);
        CL_AUTO(cl_buf) struct cl_buf calls = CL_BUF(4096);
        CL_AUTO(cl_buf) struct cl_buf asked = CL_BUF(4096);
        fake_set_env(run->world, "MY_REGION", "eu-west-1");
        fake_set_file(run->world, "/home/u/region", "at home\n");
        run->input = "from standard input\n";
        cl_buf_addf(&words, "new -t aws -a secret-key %s", rows[i].words);
        cl_buf_addf(&asked, "\"configuration\":{%s}", rows[i].values);
        prepare(run, REGISTERED);
        cl_buf_addf(&calls, LINE " %s", words.ptr);
        assert_status(run, calls.ptr, 0);
        assert_err(run, "");
        if (strstr(fake_api_calls(run->api), asked.ptr) == NULL)
            fail_msg("%s: %s", rows[i].words, fake_api_calls(run->api));
    }
}

static void keeps_the_order_of_arguments(void **state)
{
    assert_request(*state, "new --type aws --auth-method secret-key --region=us-east-1" KEYS,
                   CONFIGURED("\"region\":\"us-east-1\",\"aws_access_key_id\":\"" AWS_CLIENT_KEY_ID
                              "\",\"aws_secret_access_key\":\"" AWS_CLIENT_SECRET "\""));
}

static void warns_once_of_secrets_that_others_can_see(void **state)
{
    struct command_run *run = *state;
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(512);

    prepare(run, REGISTERED);
    assert_status(run,
                  LINE " new -t aws -a secret-key --region=r --aws_access_key_id=canary-a "
                       "--aws_secret_access_key=canary-b",
                  0);
    cl_buf_addf(&want, VISIBLE, "aws_access_key_id");
    assert_err(run, want.ptr);
    prepare(run, REGISTERED);
    assert_status(run, LINE " new -t aws -a secret-key --quiet --aws_access_key_id=canary-a", 0);
    assert_err(run, "");
    prepare(run, REGISTERED);
    assert_status(run, LINE " new -t aws -a secret-key --region=us-east-1", 0);
    assert_err(run, "");
}

/* --- auto-configuration -------------------------------------------------------------------- */

#define FOUND                                                                                \
    "{'auth_method':'session-token','configuration':{'region':'us-east-1'},'source':'a key " \
    "(credentials file)','looked_at':['environment: nothing','credentials file']"
#define DISCOVERED_PREFIX "\"discovered\":{\"auth_method\":\"session-token\""

static void looks_where_it_is_told(void **state)
{
    static const struct {
        const char *words;
        const char *lookup;
    } rows[] = {
        {"--auto-configure", "auto_configure {\"type\":\"aws\"}\n"},
        {"--auto-configure --profile=dev",
         "auto_configure {\"type\":\"aws\",\"sources\":{\"profile\":\"dev\"}}\n"},
        {"--auto-configure --profile dev -a iam-role --role_arn=arn:aws:iam::1:role/x",
         "auto_configure {\"type\":\"aws\",\"auth_method\":\"iam-role\",\"sources\":{\"profile\":"
         "\"dev\"},\"configuration\":{\"role_arn\":\"arn:aws:iam::1:role/x\"}}\n"},
        {"--auto-configure -r s3-bucket",
         "auto_configure {\"type\":\"aws\",\"resource_type\":\"s3-bucket\"}\n"},
        /* the name of the source as auth method */
        {"--auth-method profile --profile=dev",
         "auto_configure {\"type\":\"aws\",\"sources\":{\"profile\":\"dev\"}}\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(1024);
        prepare(run, REGISTERED);
        fake_api_answer(run->api, "auto_configure", FOUND "}");
        cl_buf_addf(&line, LINE " new -t aws %s", rows[i].words);
        assert_status(run, line.ptr, 0);
        if (strstr(fake_api_calls(run->api), rows[i].lookup) == NULL)
            fail_msg("%s: %s", rows[i].words, fake_api_calls(run->api));
        assert_non_null(strstr(fake_api_calls(run->api), DISCOVERED_PREFIX));
    }
}

static void tells_what_it_found_when_asked(void **state)
{
    struct command_run *run = *state;

    prepare(run, REGISTERED);
    fake_api_answer(run->api, "auto_configure", FOUND ",'warnings':['The key is old.']}");
    assert_status(run, LINE " new -t aws --auto-configure --verbose", 0);
    assert_err(run, "environment: nothing\ncredentials file\nfound a key (credentials file)\n"
                    "warning: The key is old.\n");
    prepare(run, REGISTERED);
    fake_api_answer(run->api, "auto_configure", FOUND "}");
    assert_status(run, LINE " new -t aws --auto-configure", 0);
    assert_err(run, "");
}

static void registers_nothing_when_nothing_is_found(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_refuse(run->api, "auto_configure", CL_E_FAILED, "no AWS credentials were found",
                    "Looked at the environment and the credentials file.");
    assert_status(run, LINE " new -t aws --auto-configure", 1);
    assert_out(run, "");
    assert_null(strstr(fake_api_calls(run->api), "register"));
}

/* --- what is said -------------------------------------------------------------------------- */

#define UNVERIFIED                                                                          \
    "{'connector':" AUTO ",'existing':false,'verified':false,'resources':{'resources':[]}," \
    "'warnings':[]}"
#define ONLY_VERIFIED                                                                \
    "{'connector':" AUTO ",'existing':false,'verified':true,'resources':" AUTO_LIST( \
        "{'resource_type':'s3-bucket'}") ",'warnings':['Key without an end.']}"
#define EXISTING                                                                           \
    "{'connector':" AUTO ",'existing':true,'verified':false,'resources':{'resources':[]}," \
    "'warnings':[]}"

static void says_what_became_of_it(void **state)
{
    static const struct {
        const char *words;
        const char *result;
        const char *out;
        const char *err;
    } rows[] = {
        {"--no-verify", UNVERIFIED, "Successfully registered service connector `aws-auto`.\n", ""},
        {"--verify-only", ONLY_VERIFIED, "Successfully registered service connector `aws-auto`.\n",
         "warning: Key without an end.\n"},
        {"--if-not-exists", EXISTING, "Service connector `aws-auto` exists already.\n", ""},
        {"--dry-run --no-verify", UNVERIFIED,
         "Nothing was stored: service connector `aws-auto` is valid.\n", ""},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        prepare(*state, rows[i].result);
        cl_buf_addf(&line, LINE " aws-auto -t aws -a secret-key %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_out(*state, rows[i].out);
        assert_err(*state, rows[i].err);
    }
}

static void prints_names_and_fields(void **state)
{
    static const struct {
        const char *words;
        const char *out;
    } rows[] = {
        {"-o name", "service_connector/aws-auto\n"},
        {"--field connector.id", AUTO_ID "\n"},
        {"--field connector.auth_method", "session-token\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        prepare(*state, REGISTERED);
        cl_buf_addf(&line, LINE " aws-auto -t aws -a secret-key %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_out(*state, rows[i].out);
    }
}

static void prints_every_form(void **state)
{
    static const char partly[] =
        "{'connector':" AUTO ",'existing':false,'verified':true,'resources':" AUTO_LIST(
            BUCKETS_ROW "," DENIED_ROW) ",'warnings':[]}";
    static const struct {
        const char *words;
        const char *result;
        const char *golden;
    } rows[] = {
        {"", REGISTERED, "register.txt"},
        {"--dry-run", REGISTERED, "register_dry_run.txt"},
        {"", partly, "register_partly.txt"},
        {"-o json", REGISTERED, "register.json"},
        {"-o json --no-verify", UNVERIFIED, "register_unverified.json"},
        {"-o json --dry-run", REGISTERED, "register_dry_run.json"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        prepare(*state, rows[i].result);
        cl_buf_addf(&line, LINE " aws-auto -t aws -a secret-key %s", rows[i].words);
        assert_golden_run(*state, line.ptr, rows[i].golden);
    }
}

/* --- mistakes ------------------------------------------------------------------------------ */

static void refuses_mistakes_before_anything_is_asked(void **state)
{
    static const struct {
        const char *words;
        int status;
        const char *text;
    } rows[] = {
        {"new", 2,
         "Error: --type is missing\n  Pass --type TYPE; 'cleat service-connector list-types' shows "
         "the types.\n"},
        {"new -t asw", 3, "Did you mean 'aws'?"},
        {"new -t aws -r s3-buket", 3, "Did you mean 's3-bucket'?"},
        {"-t aws -a secret-key", 2, "NAME is missing"},
        {"new -t aws -a secret-key --regoin=x", 2, "Did you mean '--region'?"},
        {"new -t aws -a secret-key --regoin x", 2, "Did you mean '--region'?"},
        {"new -t aws -a secret-key --region=a --region=b", 2, "region"},
        {"new -t aws -a secret-key --region", 2, "region"},
        {"new -t aws -a secret-key --region=@nowhere", 2, "'nowhere' does not exist"},
        {"new -t aws -a secret-key --region=@env:NOT_SET", 2, "not set"},
        {"new -t aws -a secret-key --aws_access_key_id=@- --aws_secret_access_key=@-", 2,
         "can be used only once"},
        {"new -t aws -a secret-key --expires-at tomorrow", 2, "'tomorrow' is not a date and time"},
        {"new -t aws -a secret-key --expiration-seconds long", 2, "'long' is not a duration"},
        {"new -t aws -a secret-key -l team", 2, "label 'team' is not of the form KEY=VALUE"},
        {"new -t aws -a secret-key --profile=dev", 2, "--profile only goes with --auto-configure"},
        {"new -t docker --docker-config=x", 2, "--docker-config only goes with --auto-configure"},
        {"new -t aws -a profile", 2, "auth method 'profile' needs --profile NAME"},
        {"new other -t aws -a secret-key", 2, "other"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        command_run_reset(run);
        run->input = "x";
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(run, line.ptr, rows[i].status);
        assert_out(run, "");
        if (strstr(run->err.ptr, rows[i].text) == NULL)
            fail_msg("%s: %s", rows[i].words, run->err.ptr);
        assert_null(strstr(fake_api_calls(run->api), "register"));
    }
}

/* The page that explains attributes is named where they are missing, and nowhere else. */
static void names_the_page_about_missing_attributes(void **state)
{
    static const struct {
        const char *words;
        enum cl_code code;
        const char *hint;
    } rows[] = {
        {"-t aws -a secret-key", CL_E_MISSING_ATTRIBUTE,
         "\n  'cleat service-connector describe-type aws --auth-method secret-key' explains "
         "them.\n"},
        {"-t docker", CL_E_MISSING_ATTRIBUTE,
         "\n  'cleat service-connector describe-type docker' explains them.\n"},
        {"-t docker", CL_E_INVALID, "Error: refused\nRun "},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        command_run_reset(run);
        fake_api_refuse(run->api, "register", rows[i].code, "refused", "");
        cl_buf_addf(&line, LINE " new %s", rows[i].words);
        assert_status(run, line.ptr, 2);
        if (strstr(run->err.ptr, rows[i].hint) == NULL)
            fail_msg("%s: %s", rows[i].words, run->err.ptr);
    }
}

static void never_repeats_a_value(void **state)
{
    static const char *const words[] = {
        "--aws_secret_access_key=canary --aws_secret_access_key=canary",
        "--aws_secret_acces_key=canary",
        "--aws_secret_access_key=canary --regoin=canary",
    };

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        command_run_reset(run);
        cl_buf_addf(&line, LINE " new -t aws -a secret-key %s", words[i]);
        assert_status(run, line.ptr, 2);
        assert_null(strstr(run->err.ptr, "canary"));
    }
}

static void passes_failures_on(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_refuse(run->api, "register", CL_E_NAME_EXISTS, "the name 'new' is taken", NULL);
    assert_status(run, LINE " new -t aws -a secret-key", 6);
    assert_out(run, "");
    assert_err(run, "Error: the name 'new' is taken\n");
    command_run_reset(run);
    fake_api_refuse(run->api, "register", CL_E_REJECTED, "SignatureDoesNotMatch: no", NULL);
    assert_status(run, LINE " new -t aws -a secret-key -o json", 7);
    assert_non_null(strstr(run->err.ptr, "\"code\":\"credentials_rejected\""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(builds_the_request_from_the_options),
        TEST(reads_configuration_arguments_in_every_form),
        TEST(keeps_the_order_of_arguments),
        TEST(warns_once_of_secrets_that_others_can_see),
        TEST(looks_where_it_is_told),
        TEST(tells_what_it_found_when_asked),
        TEST(registers_nothing_when_nothing_is_found),
        TEST(says_what_became_of_it),
        TEST(prints_names_and_fields),
        TEST(prints_every_form),
        TEST(refuses_mistakes_before_anything_is_asked),
        TEST(names_the_page_about_missing_attributes),
        TEST(never_repeats_a_value),
        TEST(passes_failures_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
