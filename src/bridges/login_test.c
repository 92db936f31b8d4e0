#include "bridges/login.h"

#include "aws_client.h"
#include "base/alloc.h"
#include "fake_world.h"
#include "faults.h"
#include "interop/ini_edit.h"
#include "test.h"

/* What login and logout do to the files of the AWS tools, in a world of memory. */

#define CONFIG "/home/u/.aws/config"
#define CREDENTIALS "/home/u/.aws/credentials"
#define MINE "[profile mine]\nregion = eu-west-1\n"

/* What stands above an entry: whose it is. */
#define OF(type, id) \
    CL_INI_MARKER "\n# connector " AWS_CLIENT_CONNECTOR_ID " aws-auto\n# resource " type " " id "\n"
#define OF_BUCKET OF("s3-bucket", "s3://zenfiles")
#define OF_GENERIC OF("aws-generic", "us-east-1")
#define PROCESS "credential_process = /usr/bin/cleat credential-process " AWS_CLIENT_CONNECTOR_ID
#define BUCKET_ENTRY                                                            \
    OF_BUCKET "[profile cleat-c0f8e857-zenfiles]\nregion = us-east-1\n" PROCESS \
              " -r s3-bucket -ri s3://zenfiles\n"
#define STATIC_BODY                                              \
    "region = us-east-1\naws_access_key_id = " AWS_CLIENT_KEY_ID \
    "\naws_secret_access_key = " AWS_CLIENT_SECRET "\naws_session_token = " AWS_CLIENT_TOKEN "\n"
#define STATIC_ENTRY \
    OF_BUCKET "# expires 2024-05-14T13:34:56Z\n[cleat-c0f8e857-zenfiles]\n" STATIC_BODY

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

/* Runs it with the client, which is used up. */
static enum cl_code login_with(struct fake_world *fake, struct cl_issue_client_result client,
                               struct cl_login_request request, struct cl_login_result *ret,
                               struct cl_err *err)
{
    struct cl_call call = fake_call(fake);

    request.client = &client;
    enum cl_code code = cl_login(&call, &request, ret, err);
    cl_issue_client_result_cleanup(&client);
    return code;
}

static void login(struct fake_world *fake, struct cl_login_request request)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_with(fake, aws_client_bucket(), request, &result, &err), &err);
}

static void assert_file(struct fake_world *fake, const char *path, const char *want)
{
    const char *got = fake_file(fake, path);

    assert_non_null(got);
    assert_string_equal(got, want);
}

static void assert_refused(struct fake_world *fake, struct cl_login_request request,
                           enum cl_code code, const char *text, const char *hint)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(login_with(fake, aws_client_bucket(), request, &result, &err), code);
    assert_string_equal(err.text, text);
    assert_string_equal(err.hint, hint);
}

/* --- what is written ----------------------------------------------------------------------- */

static void writes_a_profile_that_asks_cleat(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_with(*state, aws_client_bucket(), (struct cl_login_request){.profile = NULL},
                         &result, &err),
              &err);
    assert_file(*state, CONFIG, BUCKET_ENTRY);
    assert_int_equal(fake_file_mode(*state, CONFIG), 0600);
    assert_int_equal(fake_file_mode(*state, "/home/u/.aws"), 0700);
    assert_null(fake_file(*state, CREDENTIALS));
    assert_string_equal(result.entry, "cleat-c0f8e857-zenfiles");
    assert_string_equal(result.path, CONFIG);
    assert_string_equal(result.notice, "Configured local AWS profile 'cleat-c0f8e857-zenfiles'.");
}

static void names_the_generic_profile_after_the_connector(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_with(*state, aws_client_generic(), (struct cl_login_request){.profile = NULL},
                         &result, &err),
              &err);
    assert_file(*state, CONFIG,
                OF_GENERIC "[profile cleat-c0f8e857]\nregion = us-east-1\n" PROCESS
                           " -r aws-generic\n");
}

static void allows_a_stored_key_in_the_call_only(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_with(*state, aws_client_stored(), (struct cl_login_request){.profile = "p"},
                         &result, &err),
              &err);
    assert_file(*state, CONFIG,
                OF_GENERIC "[profile p]\nregion = us-east-1\n" PROCESS
                           " -r aws-generic --allow-long-lived\n");
}

static void writes_a_static_copy_with_its_end(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_with(*state, aws_client_bucket(),
                         (struct cl_login_request){.static_copy = true}, &result, &err),
              &err);
    assert_file(*state, CREDENTIALS, STATIC_ENTRY);
    assert_int_equal(fake_file_mode(*state, CREDENTIALS), 0600);
    assert_null(fake_file(*state, CONFIG));
    assert_string_equal(result.path, CREDENTIALS);
}

static void writes_a_stored_key_without_token_and_end(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_with(*state, aws_client_stored(),
                         (struct cl_login_request){.static_copy = true, .profile = "p"}, &result,
                         &err),
              &err);
    assert_file(*state, CREDENTIALS,
                OF_GENERIC "[p]\nregion = us-east-1\naws_access_key_id = " AWS_CLIENT_KEY_ID
                           "\naws_secret_access_key = " AWS_CLIENT_SECRET "\n");
}

static void carries_the_address_of_the_service(void **state)
{
    static const struct {
        const char *attr;
        const char *value;
        const char *more_attr;
        const char *more_value;
        const char *tail;
    } rows[] = {
        {"endpoint_url", "http://127.0.0.1:1", NULL, NULL,
         "endpoint_url = http://127.0.0.1:1\ns3 =\n  addressing_style = path\n"},
        {"s3_endpoint_url", "http://127.0.0.1:2", NULL, NULL,
         "endpoint_url = http://127.0.0.1:2\ns3 =\n  addressing_style = path\n"},
        {"s3_endpoint_url", "http://127.0.0.1:2", "endpoint_url", "http://127.0.0.1:1",
         "endpoint_url = http://127.0.0.1:2\ns3 =\n  addressing_style = path\n"},
        {"s3_addressing_style", "virtual", "endpoint_url", "http://127.0.0.1:1",
         "endpoint_url = http://127.0.0.1:1\ns3 =\n  addressing_style = virtual\n"},
        {"s3_addressing_style", "path", NULL, NULL, "s3 =\n  addressing_style = path\n"},
        {"sts_endpoint_url", "http://127.0.0.1:3", NULL, NULL, ""},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(4096);
        struct cl_issue_client_result client = aws_client_bucket();
        struct cl_err err = CL_ERR_NONE;
        aws_client_set(&client, rows[i].attr, rows[i].value);
        if (rows[i].more_attr != NULL)
            aws_client_set(&client, rows[i].more_attr, rows[i].more_value);
        assert_ok(
            login_with(*state, client, (struct cl_login_request){.profile = NULL}, &result, &err),
            &err);
        cl_buf_addf(&want, "%s%s", BUCKET_ENTRY, rows[i].tail);
        assert_file(*state, CONFIG, want.ptr);
    }
}

static void refuses_addresses_that_a_profile_cannot_carry(void **state)
{
    static const char *const attrs[] = {"sts_endpoint_url", "s3_endpoint_url", "eks_endpoint_url",
                                        "ecr_endpoint_url"};

    for (size_t i = 0; i < CL_COUNT(attrs); i++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_issue_client_result client = aws_client_generic();
        struct cl_err err = CL_ERR_NONE;
        aws_client_set(&client, attrs[i], "http://127.0.0.1:1");
        assert_int_equal(
            login_with(*state, client, (struct cl_login_request){.profile = NULL}, &result, &err),
            CL_E_UNSUPPORTED);
        assert_non_null(strstr(err.text, attrs[i]));
        assert_string_equal(err.hint, "use cleat exec or cleat env, or choose a bucket");
        assert_null(fake_file(*state, CONFIG));
    }
}

static void refuses_values_that_would_become_two_lines(void **state)
{
    static const struct {
        const char *attr;
        bool static_copy;
    } rows[] = {
        {"region", false},
        {"endpoint_url", false},
        {"s3_addressing_style", false},
        {"region", true},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_issue_client_result client = aws_client_bucket();
        struct cl_err err = CL_ERR_NONE;
        aws_client_set(&client, rows[i].attr, "x\naws_access_key_id = evil");
        assert_int_equal(login_with(*state, client,
                                    (struct cl_login_request){.static_copy = rows[i].static_copy},
                                    &result, &err),
                         CL_E_INVALID);
        assert_non_null(strstr(err.text, "contains a line break"));
        assert_null(fake_file(*state, CONFIG));
        assert_null(fake_file(*state, CREDENTIALS));
    }
}

/* The SDKs split the line like a shell, but start the program without one. */
static enum cl_code path_with_blanks(void *ctx, char **ret, struct cl_err *err)
{
    (void)ctx;
    return cl_str_dup(CL_STR("/opt/my tools/it's/cleat"), ret, err);
}

static enum cl_code path_with_line_break(void *ctx, char **ret, struct cl_err *err)
{
    (void)ctx;
    return cl_str_dup(CL_STR("/opt/a\nb/cleat"), ret, err);
}

static void quotes_what_the_sdks_would_split(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
    struct cl_world world = *fake_world(*state);
    struct cl_call call = fake_call(*state);
    struct cl_login_request request = {.client = &client, .profile = "p"};
    struct cl_err err = CL_ERR_NONE;

    world.program_path = path_with_blanks;
    call.world = &world;
    aws_client_set_resource(&client, "s3-bucket", "s3://a b");
    assert_ok(cl_login(&call, &request, &result, &err), &err);
    assert_file(
        *state, CONFIG,
        OF("s3-bucket",
           "s3://a b") "[profile p]\nregion = us-east-1\ncredential_process = "
                       "'/opt/my tools/it'\\''s/cleat' credential-process " AWS_CLIENT_CONNECTOR_ID
                       " -r s3-bucket -ri 's3://a b'\n");
    world.program_path = path_with_line_break;
    cl_login_result_cleanup(&result);
    assert_int_equal(cl_login(&call, &request, &result, &err), CL_E_INVALID);
}

static void refuses_a_name_that_would_become_a_line(void **state)
{
    struct cl_issue_client_result client = aws_client_bucket();
    struct cl_login_request request = {.client = &client, .profile = "p"};
    struct cl_call call = fake_call(*state);
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    aws_client_set_resource(&client, "s3-bucket", "s3://a\n[default]");
    assert_int_equal(cl_login(&call, &request, &result, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "line break"));
    assert_null(fake_file(*state, CONFIG));
    cl_issue_client_result_cleanup(&client);
}

/* --- names --------------------------------------------------------------------------------- */

static void heads_the_section_by_the_profile_name(void **state)
{
    static const struct {
        const char *name;
        const char *config;
        const char *credentials;
    } rows[] = {
        {"work", "\n[profile work]\n", "\n[work]\n"},
        {"default", "\n[default]\n", "\n[default]\n"},
        {"my prof", "\n[profile \"my prof\"]\n", "\n[my prof]\n"},
        {"a.b/c:d@e#f;g$h`i", "\n[profile a.b/c:d@e#f;g$h`i]\n", "\n[a.b/c:d@e#f;g$h`i]\n"},
        {"gr\xC3\xBCn", "\n[profile gr\xC3\xBCn]\n", "\n[gr\xC3\xBCn]\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = *state;
        login(fake, (struct cl_login_request){.profile = rows[i].name});
        assert_non_null(strstr(fake_file(fake, CONFIG), rows[i].config));
        fake_set_file(fake, CONFIG, NULL);
        login(fake, (struct cl_login_request){.profile = rows[i].name, .static_copy = true});
        assert_non_null(strstr(fake_file(fake, CREDENTIALS), rows[i].credentials));
        fake_set_file(fake, CREDENTIALS, NULL);
    }
}

static void refuses_names_that_no_header_can_hold(void **state)
{
    static const char *const names[] = {"a]b",   "[a",   "a\"b", "it's", "a\nb", "a\rb",   "a\tb",
                                        "a\x7f", "a\\b", "",     " a",   "a ",   "DEFAULT"};

    for (size_t i = 0; i < CL_COUNT(names); i++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(login_with(*state, aws_client_bucket(),
                                    (struct cl_login_request){.profile = names[i]}, &result, &err),
                         CL_E_INVALID);
        assert_non_null(strstr(err.text, "profile"));
        assert_null(fake_file(*state, CONFIG));
    }
}

/* --- what is there already ----------------------------------------------------------------- */

static void leaves_everything_else_as_it_is(void **state)
{
    fake_set_file(*state, CONFIG, "# mine\r\n" MINE);
    login(*state, (struct cl_login_request){.profile = NULL});
    assert_file(*state, CONFIG, "# mine\r\n" MINE "\n" BUCKET_ENTRY);
    login(*state, (struct cl_login_request){.profile = NULL});
    assert_file(*state, CONFIG, "# mine\r\n" MINE "\n" BUCKET_ENTRY);
    login(*state, (struct cl_login_request){.logout = true});
    assert_file(*state, CONFIG, "# mine\r\n" MINE);
}

static void follows_the_variables_that_move_the_files(void **state)
{
    fake_set_env(*state, "AWS_CONFIG_FILE", "/etc/team/aws");
    fake_set_env(*state, "AWS_SHARED_CREDENTIALS_FILE", "keys");
    login(*state, (struct cl_login_request){.profile = NULL});
    assert_file(*state, "/etc/team/aws", BUCKET_ENTRY);
    login(*state, (struct cl_login_request){.static_copy = true});
    assert_file(*state, "keys", STATIC_ENTRY);
    assert_file(*state, "/etc/team/aws", "");
}

static void refuses_an_entry_of_somebody_else(void **state)
{
    fake_set_file(*state, CONFIG, MINE);
    assert_refused(*state, (struct cl_login_request){.profile = "mine"}, CL_E_CONFLICT,
                   CONFIG ": section [profile mine] was not written by cleat",
                   "pass --overwrite to replace it, or --profile NAME for another profile");
    assert_file(*state, CONFIG, MINE);
    login(*state, (struct cl_login_request){.profile = "mine", .overwrite = true});
    assert_file(*state, CONFIG,
                OF_BUCKET "[profile mine]\nregion = us-east-1\n" PROCESS
                          " -r s3-bucket -ri s3://zenfiles\n");
}

static void sees_through_other_spellings_of_the_name(void **state)
{
    fake_set_file(*state, CONFIG, "[profile default]\nregion = x\n");
    assert_refused(*state, (struct cl_login_request){.profile = "default"}, CL_E_CONFLICT,
                   CONFIG ": section [default] was not written by cleat",
                   "pass --overwrite to replace it, or --profile NAME for another profile");
}

static void moves_its_entry_between_the_files(void **state)
{
    fake_set_file(*state, CREDENTIALS, "[mine]\nk = v\n");
    login(*state, (struct cl_login_request){.static_copy = true});
    assert_file(*state, CREDENTIALS, "[mine]\nk = v\n\n" STATIC_ENTRY);
    login(*state, (struct cl_login_request){.static_copy = false});
    assert_file(*state, CREDENTIALS, "[mine]\nk = v\n");
    assert_file(*state, CONFIG, BUCKET_ENTRY);
    login(*state, (struct cl_login_request){.static_copy = true});
    assert_file(*state, CREDENTIALS, "[mine]\nk = v\n\n" STATIC_ENTRY);
    assert_file(*state, CONFIG, "");
}

/* Keys in the credentials file win over any credential_process. */
static void refuses_a_profile_that_has_keys_already(void **state)
{
    fake_set_file(*state, CREDENTIALS, "[dev]\naws_access_key_id = x\n[bare]\nregion = x\n");
    for (int overwrite = 0; overwrite < 2; overwrite++)
        assert_refused(*state,
                       (struct cl_login_request){.profile = "dev", .overwrite = overwrite == 1},
                       CL_E_CONFLICT,
                       CREDENTIALS
                       ": profile 'dev' has keys of its own, which the AWS tools would use instead",
                       "remove them, or pass --profile NAME for another profile");
    assert_null(fake_file(*state, CONFIG));
    login(*state, (struct cl_login_request){.profile = "bare"});
    assert_non_null(fake_file(*state, CONFIG));
}

static void touches_no_file_that_does_not_parse(void **state)
{
    static const struct {
        const char *path;
        const char *text;
        bool static_copy;
        bool logout;
    } rows[] = {
        {CONFIG, CONFIG ": line 1: text before the first [section]", false, false},
        {CONFIG, CONFIG ": line 1: text before the first [section]", true, false},
        {CREDENTIALS, CREDENTIALS ": line 1: text before the first [section]", false, false},
        {CREDENTIALS, CREDENTIALS ": line 1: text before the first [section]", true, false},
        {CONFIG, CONFIG ": line 1: text before the first [section]", false, true},
        {CREDENTIALS, CREDENTIALS ": line 1: text before the first [section]", false, true},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_login_request request = {.static_copy = rows[i].static_copy,
                                           .logout = rows[i].logout};
        fake_set_file(*state, rows[i].path, "broken\n");
        assert_refused(*state, request, CL_E_LOCAL_CONFIG, rows[i].text, "");
        assert_file(*state, rows[i].path, "broken\n");
        fake_set_file(*state, rows[i].path, NULL);
        assert_null(fake_file(*state, CONFIG));
        assert_null(fake_file(*state, CREDENTIALS));
    }
}

/* --- logout -------------------------------------------------------------------------------- */

static void takes_both_entries_away(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, CONFIG, MINE "\n" BUCKET_ENTRY);
    fake_set_file(*state, CREDENTIALS, STATIC_ENTRY);
    assert_ok(login_with(*state, aws_client_bucket(), (struct cl_login_request){.logout = true},
                         &result, &err),
              &err);
    assert_file(*state, CONFIG, MINE);
    assert_file(*state, CREDENTIALS, "");
    assert_string_equal(result.path, CONFIG);
    assert_string_equal(result.notice, "Removed local AWS profile 'cleat-c0f8e857-zenfiles'.");
}

static void takes_only_the_static_copy_away_when_asked_to(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, CONFIG, BUCKET_ENTRY);
    fake_set_file(*state, CREDENTIALS, STATIC_ENTRY);
    assert_ok(login_with(*state, aws_client_bucket(),
                         (struct cl_login_request){.logout = true, .static_copy = true}, &result,
                         &err),
              &err);
    assert_file(*state, CONFIG, BUCKET_ENTRY);
    assert_file(*state, CREDENTIALS, "");
    assert_string_equal(result.path, CREDENTIALS);
}

static void needs_nothing_issued_to_log_out(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_issue_client_result client = aws_client_bucket();
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, CONFIG, BUCKET_ENTRY);
    cl_config_cleanup(&client.issued.config);
    client.issued.config = CL_CONFIG_NONE;
    assert_ok(login_with(*state, client, (struct cl_login_request){.logout = true}, &result, &err),
              &err);
    assert_file(*state, CONFIG, "");
}

static void says_that_there_is_nothing_to_take_away(void **state)
{
    struct cl_login_request logout = {.logout = true, .profile = "mine"};

    assert_refused(*state, logout, CL_E_NOT_FOUND, CREDENTIALS ": there is no section [mine]", "");
    assert_int_equal(fake_file_mode(*state, "/home/u/.aws"), 0); /* nothing was made for that */
    fake_set_file(*state, CONFIG, MINE);
    assert_refused(*state, logout, CL_E_CONFLICT,
                   CONFIG ": section [profile mine] was not written by cleat", "");
    logout.overwrite = true; /* is not about taking away */
    assert_refused(*state, logout, CL_E_CONFLICT,
                   CONFIG ": section [profile mine] was not written by cleat", "");
    assert_file(*state, CONFIG, MINE);
}

/* --- troubles ------------------------------------------------------------------------------ */

static void knows_no_tool_for_other_clients(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(login_with(*state, aws_client_of_type("hyperai"),
                                (struct cl_login_request){.profile = NULL}, &result, &err),
                     CL_E_UNSUPPORTED);
    assert_string_equal(err.text, "there is no local client for 'kubernetes-cluster' resources");
    assert_null(result.notice);
}

static void waits_for_nobody_for_ever(void **state)
{
    const struct cl_world *world = fake_world(*state);
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;

    fake_set_file(*state, CONFIG, MINE);
    assert_ok(world->lock_file(world->ctx, CONFIG ".lock", 0, &lock, &err), &err);
    assert_refused(*state, (struct cl_login_request){.profile = NULL}, CL_E_LOCAL_CONFIG,
                   "'" CONFIG ".lock' is locked by another process", "");
    assert_file(*state, CONFIG, MINE);
    world->unlock_file(world->ctx, lock);
    login(*state, (struct cl_login_request){.profile = NULL});
    login(*state, (struct cl_login_request){.logout = true}); /* the lock was given back */
}

static void needs_a_home(void **state)
{
    fake_set_env(*state, "HOME", NULL);
    assert_refused(*state, (struct cl_login_request){.profile = NULL}, CL_E_LOCAL_CONFIG,
                   "cannot find the AWS configuration: HOME is not set", "");
}

/* Whichever call fails: an error, both files whole, and no lock left behind. */
static void assert_survives(struct fake_world *fake, struct cl_login_request request,
                            const char *config, const char *credentials)
{
    for (int64_t nth = 1;; nth++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_err err = CL_ERR_NONE;

        assert_true(nth < 50);
        fake_set_file(fake, CONFIG, config);
        fake_set_file(fake, CREDENTIALS, credentials);
        fake_fail_at(fake, nth);
        enum cl_code code = login_with(fake, aws_client_bucket(), request, &result, &err);
        int64_t made = fake_calls_made(fake);
        fake_fail_at(fake, 0);
        if (code == CL_OK) {
            assert_true(made < nth && nth > 3);
            return;
        }
        assert_int_equal(code, CL_E_LOCAL_CONFIG);
        assert_non_null(strstr(err.text, "injected fault"));
        /* The first file is changed or not; the second comes only after it. */
        if (strcmp(fake_file(fake, CONFIG), config) != 0 &&
            strcmp(fake_file(fake, CREDENTIALS), credentials) != 0)
            fail_msg("both files changed before call %ld failed", (long)nth);
        login(fake, (struct cl_login_request){.profile = "probe"});
        fake_set_file(fake, CONFIG, config);
    }
}

static void survives_the_failure_of_every_call(void **state)
{
    assert_survives(*state, (struct cl_login_request){.profile = NULL}, MINE, "[a]\n");
    assert_survives(*state, (struct cl_login_request){.profile = NULL}, MINE, STATIC_ENTRY);
    assert_survives(*state, (struct cl_login_request){.static_copy = true}, BUCKET_ENTRY, "[a]\n");
    assert_survives(*state, (struct cl_login_request){.logout = true}, BUCKET_ENTRY, STATIC_ENTRY);
}

/* What an allocation loop works with. */
struct round {
    struct fake_world *fake;
    struct cl_issue_client_result client;
};

static enum cl_code log_in_and_out(void *ctx, struct cl_err *err)
{
    struct round *round = ctx;
    CL_AUTO(cl_login_result) struct cl_login_result in = {.entry = NULL};
    CL_AUTO(cl_login_result) struct cl_login_result out = {.entry = NULL};
    struct cl_call call = fake_call(round->fake);
    struct cl_login_request request = {.client = &round->client, .profile = "a b"};

    CL_TRY(cl_login(&call, &request, &in, err));
    request.logout = true;
    return cl_login(&call, &request, &out, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct round round = {.fake = *state, .client = aws_client_bucket()};

    fake_set_file(*state, CONFIG, MINE);
    assert_true(fail_each_allocation(log_in_and_out, &round) > 30);
    assert_file(*state, CONFIG, MINE);
    cl_issue_client_result_cleanup(&round.client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_a_profile_that_asks_cleat),
        TEST(names_the_generic_profile_after_the_connector),
        TEST(allows_a_stored_key_in_the_call_only),
        TEST(writes_a_static_copy_with_its_end),
        TEST(writes_a_stored_key_without_token_and_end),
        TEST(carries_the_address_of_the_service),
        TEST(refuses_addresses_that_a_profile_cannot_carry),
        TEST(refuses_values_that_would_become_two_lines),
        TEST(quotes_what_the_sdks_would_split),
        TEST(refuses_a_name_that_would_become_a_line),
        TEST(heads_the_section_by_the_profile_name),
        TEST(refuses_names_that_no_header_can_hold),
        TEST(leaves_everything_else_as_it_is),
        TEST(follows_the_variables_that_move_the_files),
        TEST(refuses_an_entry_of_somebody_else),
        TEST(sees_through_other_spellings_of_the_name),
        TEST(moves_its_entry_between_the_files),
        TEST(refuses_a_profile_that_has_keys_already),
        TEST(touches_no_file_that_does_not_parse),
        TEST(takes_both_entries_away),
        TEST(takes_only_the_static_copy_away_when_asked_to),
        TEST(needs_nothing_issued_to_log_out),
        TEST(says_that_there_is_nothing_to_take_away),
        TEST(knows_no_tool_for_other_clients),
        TEST(waits_for_nobody_for_ever),
        TEST(needs_a_home),
        TEST(survives_the_failure_of_every_call),
        TEST(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
