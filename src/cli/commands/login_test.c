#include "command_run.h"
#include "fake_answers.h"
#include "interop/ini_edit.h"

#define LINE "cleat service-connector login"
#define KUBECONFIG "/home/u/.kube/config"
#define CONFIG "/home/u/.aws/config"
#define CREDENTIALS "/home/u/.aws/credentials"
#define GET "get {\"ref\":{\"text\":\"aws-auto\"}}\n"
#define MAP                                                                             \
    "{\"ghcr.io\":{\"connector\":\"" AUTO_ID                                            \
    "\",\"name\":\"ghcr\",\"resource_type\":\"docker-registry\","                       \
    "\"resource_id\":\"ghcr.io\",\"files\":[{\"path\":\"/home/u/.docker/config.json\"," \
    "\"key\":\"ghcr.io\",\"was\":\"absent\"}]}}"
#define ENTRY                                                                                \
    CL_INI_MARKER "\n# connector " AUTO_ID " aws-auto\n# resource s3-bucket s3://zenfiles\n" \
                  "[profile cleat-c0f8e857-zenfiles]\nregion = us-east-1\n"                  \
                  "credential_process = /usr/bin/cleat credential-process " AUTO_ID          \
                  " -r s3-bucket -ri s3://zenfiles\n"

static void prepare(struct command_run *run, const char *result)
{
    command_run_reset(run);
    fake_api_answer(run->api, "issue", result);
}

#define NO_FILE "(none)"

static void assert_file(const struct command_run *run, const char *path, const char *want)
{
    const char *got = fake_file(run->world, path);

    assert_string_equal(got == NULL ? NO_FILE : got, want);
}

/* --- login --------------------------------------------------------------------------------- */

static void writes_the_entry_and_says_so(void **state)
{
    struct command_run *run = *state;

    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket -ri zenfiles", 0);
    assert_out(run, "Configured local AWS profile 'cleat-c0f8e857-zenfiles'.\n"
                    "The 'aws-auto' AWS Service Connector connector was used to successfully "
                    "configure the local AWS S3 bucket client/SDK.\n");
    assert_err(run, "");
    assert_file(run, CONFIG, ENTRY);
    assert_calls(run, "issue {\"ref\":{\"text\":\"aws-auto\"},\"resource_type\":\"s3-bucket\","
                      "\"resource_id\":\"zenfiles\",\"allow_long_lived\":true,"
                      "\"purpose\":\"login\"}\n");
}

static void prints_where_the_entry_is(void **state)
{
    struct command_run *run = *state;

    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket -o json", 0);
    assert_out(run, "{\n  \"name\": \"cleat-c0f8e857-zenfiles\",\n  \"path\": \"" CONFIG "\"\n}\n");
    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket --static --profile mine --field path", 0);
    assert_out(run, CREDENTIALS "\n");
}

static void says_when_a_static_copy_ends(void **state)
{
    struct command_run *run = *state;

    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket --static --profile mine", 0);
    assert_out(run, "Configured local AWS profile 'mine'.\nThese credentials expire in 1h.\n"
                    "The 'aws-auto' AWS Service Connector connector was used to successfully "
                    "configure the local AWS S3 bucket client/SDK.\n");
    assert_non_null(strstr(fake_file(run->world, CREDENTIALS), "[mine]\n"));
    assert_null(strstr(run->out.ptr, AWS_CLIENT_SECRET));
}

static void warns_of_stored_credentials(void **state)
{
    struct command_run *run = *state;

    prepare(run, "{'connector':" AUTO ",'client':{'connector_type':'aws','auth_method':"
                 "'secret-key','resource_type':'aws-generic','resource_id':'us-east-1',"
                 "'configuration':{'region':'us-east-1'}," SESSION_SECRETS ",'long_lived':true},"
                 "'cached':false,'warnings':['It is old.']}");
    assert_status(run, LINE " aws-auto -r aws-generic", 0);
    assert_err(run, "warning: It is old.\nwarning: auth method 'session-token' cannot issue "
                    "temporary credentials: the local client receives the stored ones\n");
    assert_non_null(strstr(fake_file(run->world, CONFIG), " --allow-long-lived\n"));
}

static void refuses_an_entry_of_somebody_else(void **state)
{
    struct command_run *run = *state;

    fake_set_file(run->world, CONFIG, "[profile mine]\nregion = x\n");
    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket --profile mine", 6);
    assert_out(run, "");
    assert_err(run, "Error: " CONFIG ": section [profile mine] was not written by cleat\n"
                    "  pass --overwrite to replace it, or --profile NAME for another profile\n");
    assert_file(run, CONFIG, "[profile mine]\nregion = x\n");
    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket --profile mine --overwrite", 0);
    assert_non_null(strstr(fake_file(run->world, CONFIG), "s3://zenfiles\n[profile mine]\n"));
}

static void writes_nothing_when_nothing_is_issued(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_refuse(run->api, "issue", CL_E_ID_REQUIRED,
                    "'aws-auto' can access several resources; pass --resource-type and "
                    "--resource-id",
                    NULL);
    assert_status(run, LINE " aws-auto", 2);
    assert_out(run, "");
    assert_file(run, CONFIG, NO_FILE);
    prepare(run, "{'connector':" AUTO ",'client':{'connector_type':'hyperai','auth_method':"
                 "'rsa-key','resource_type':'hyperai-instance','resource_id':'h'},"
                 "'cached':false,'warnings':[]}");
    assert_status(run, LINE " aws-auto", 2);
    assert_err(run, "Error: there is no local client for 'hyperai-instance' resources\n");
    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket --profile 'a]b'", 2);
    assert_file(run, CONFIG, NO_FILE);
}

static void reports_files_that_cannot_be_written(void **state)
{
    struct command_run *run = *state;

    fake_set_file(run->world, CONFIG, "broken\n");
    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket", 1);
    assert_err(run, "Error: " CONFIG ": line 1: text before the first [section]\n");
    assert_file(run, CONFIG, "broken\n");
}

/* --- logout -------------------------------------------------------------------------------- */

static void log_out(struct command_run *run, const char *words, int status)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);

    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    cl_buf_addf(&line, LINE " aws-auto --logout %s", words);
    assert_status(run, line.ptr, status);
}

/* The provider may be gone for good by then. */
static void takes_the_entry_away_without_asking_the_provider(void **state)
{
    static const char *const words[] = {"-r s3-bucket -ri s3://zenfiles",
                                        "-r s3-bucket -ri zenfiles", "-ri arn:aws:s3:::zenfiles",
                                        "--profile cleat-c0f8e857-zenfiles"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        struct command_run *run = *state;
        fake_set_file(run->world, CONFIG, "[default]\n\n" ENTRY);
        log_out(run, words[i], 0);
        assert_out(run, "Removed local AWS profile 'cleat-c0f8e857-zenfiles'.\n");
        assert_calls(run, GET);
        assert_file(run, CONFIG, "[default]\n");
    }
}

/* The names that a user sees are those of the client: a Kubernetes cluster. */
static void sets_up_kubectl_for_a_cluster(void **state)
{
    struct command_run *run = *state;

    prepare(run, CLUSTER_ISSUED);
    assert_status(run, LINE " aws-auto -r kubernetes-cluster -ri zenit-cluster", 0);
    assert_out(run,
               "Updated local kubeconfig with the cluster details. The current kubectl context "
               "was set to '" CLUSTER_ARN "'.\n"
               "The 'aws-auto' Kubernetes Service Connector connector was used to "
               "successfully configure the local Kubernetes cluster client/SDK.\n");
    log_out(run, "-r kubernetes-cluster -ri zenit-cluster", 0);
    assert_out(run, "Removed kubectl context '" CLUSTER_ARN "' from the local kubeconfig.\n");
    assert_file(run, KUBECONFIG, NO_FILE);
}

static void follows_the_options_for_kubectl(void **state)
{
    struct command_run *run = *state;

    prepare(run, CLUSTER_ISSUED);
    assert_status(run,
                  LINE " aws-auto --kubeconfig /k --context mine --namespace team --no-switch "
                       "-o json",
                  0);
    assert_out(run, "{\n  \"name\": \"mine\",\n  \"path\": \"/k\"\n}\n");
    assert_non_null(strstr(fake_file(run->world, "/k"), "namespace: team\n"));
    assert_null(strstr(fake_file(run->world, "/k"), "current-context"));
    log_out(run, "--kubeconfig /k --context mine", 0);
    assert_file(run, "/k", NO_FILE);
}

static void takes_the_generic_entry_away(void **state)
{
    struct command_run *run = *state;

    fake_set_file(run->world, CONFIG, CL_INI_MARKER "\n[profile cleat-c0f8e857]\nregion = x\n");
    log_out(run, "-r aws-generic -o json", 0);
    assert_out(run, "{\n  \"name\": \"cleat-c0f8e857\",\n  \"path\": \"" CONFIG "\"\n}\n");
    assert_file(run, CONFIG, "");
}

static void tells_what_it_cannot_take_away(void **state)
{
    struct command_run *run = *state;

    log_out(run, "-r s3-bucket -ri zenfiles", 3);
    assert_non_null(strstr(run->err.ptr, "there is no section [cleat-c0f8e857-zenfiles]"));
    log_out(run, "", 2);
    assert_non_null(strstr(run->err.ptr, "--resource-type"));
    log_out(run, "-r s3-bucket", 2);
    assert_err(run, "Error: 'aws-auto' can access several resources; pass --resource-type and "
                    "--resource-id\nRun '" LINE " --help' for usage.\n");
    log_out(run, "-r kubernetes-cluster -ri zenit-cluster", 3);
    assert_err(run, "Error: " KUBECONFIG ": there is no context of this connector\n");
    log_out(run, "--context mine", 3);
    assert_err(run, "Error: " KUBECONFIG ": there is no context 'mine'\n");
    log_out(run, "-r docker-registry", 3);
    assert_non_null(strstr(run->err.ptr, "no registry was configured"));
    log_out(run, "-r s3-bucket -ri NOT/A/BUCKET", 2);
}

static void log_out_gone(struct command_run *run, const char *words, int status)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);

    command_run_reset(run);
    fake_api_refuse(run->api, "get", CL_E_NOT_FOUND, "connector 'x' not found", NULL);
    cl_buf_addf(&line, LINE " %s --logout", words);
    assert_status(run, line.ptr, status);
}

/* Its id and its name are all that the entries know of it. */
static void takes_away_what_a_deleted_connector_left(void **state)
{
    static const char *const words[] = {AUTO_ID,
                                        AUTO_ID " -r kubernetes-cluster -ri zenit-cluster",
                                        AUTO_ID " --context " CLUSTER_ARN,
                                        "C0F8E857AAAA4BBB8CCC0123456789AB",
                                        "aws-auto",
                                        "aws-auto -r kubernetes-cluster"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        struct command_run *run = *state;
        prepare(run, CLUSTER_ISSUED);
        assert_status(run, LINE " aws-auto -r kubernetes-cluster -ri zenit-cluster", 0);
        log_out_gone(run, words[i], 0);
        assert_out(run, "Removed kubectl context '" CLUSTER_ARN "' from the local kubeconfig.\n");
        assert_file(run, KUBECONFIG, NO_FILE);
    }
}

static void takes_away_registries_of_a_deleted_connector(void **state)
{
    struct command_run *run = *state;

    fake_set_file(run->world, "/home/u/.docker/config.json",
                  "{\"credHelpers\":{\"ghcr.io\":\"cleat\"}}");
    fake_set_file(run->world, "/home/u/.config/cleat/docker.json", MAP);
    log_out_gone(run, "another", 3);
    log_out_gone(run, AUTO_ID, 0);
    assert_out(run, "Removed registry 'ghcr.io' from /home/u/.docker/config.json.\n");
    log_out_gone(run, AUTO_ID, 3);
    fake_set_file(run->world, "/home/u/.docker/config.json",
                  "{\"credHelpers\":{\"ghcr.io\":\"cleat\"}}");
    fake_set_file(run->world, "/home/u/.config/cleat/docker.json", MAP);
    log_out_gone(run, "ghcr", 0);
    assert_file(run, "/home/u/.config/cleat/docker.json", NO_FILE);
}

static void takes_away_profiles_of_a_deleted_connector(void **state)
{
    static const struct {
        const char *words;
        int status;
    } rows[] = {
        {AUTO_ID, 0},
        {"aws-auto", 0},
        {"aws-auto -r s3-bucket", 0},
        {"aws-auto -r s3-bucket -ri zenfiles", 0},
        {"aws-auto -ri s3://zenfiles", 0},
        {"aws-auto --profile cleat-c0f8e857-zenfiles", 0},
        {"aws-auto --profile mine", 3},
        {"aws-auto -r aws-generic", 3},
        {"aws-auto -ri zenit", 3},
        {"aws-auto -r docker-registry", 3},
        {"aws-auto --tool docker", 3},
        {"aws", 3},
        {"c0f8e857-aaaa-4bbb-8ccc-0123456789ac", 3},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        fake_set_file(run->world, CONFIG, "[profile x]\nregion = y\n");
        prepare(run, ISSUED);
        assert_status(run, LINE " aws-auto -r s3-bucket -ri zenfiles", 0);
        log_out_gone(run, rows[i].words, rows[i].status);
        if (rows[i].status == 0) {
            assert_out(run, "Removed local AWS profile 'cleat-c0f8e857-zenfiles'.\n");
            assert_file(run, CONFIG, "[profile x]\nregion = y\n");
        }
    }
}

/* All that there is of it goes at once, the first one is the document's. */
static void takes_away_all_that_a_deleted_connector_left(void **state)
{
    struct command_run *run = *state;

    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket -ri zenfiles", 0);
    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket -ri zenfiles --static --profile work", 0);
    prepare(run, CLUSTER_ISSUED);
    assert_status(run, LINE " aws-auto -r kubernetes-cluster -ri zenit-cluster", 0);
    log_out_gone(run, "aws-auto", 0);
    assert_out(run, "Removed kubectl context '" CLUSTER_ARN "' from the local kubeconfig.\n"
                    "Removed local AWS profile 'cleat-c0f8e857-zenfiles'.\n"
                    "Removed local AWS profile 'work'.\n");
    assert_file(run, KUBECONFIG, NO_FILE);
    assert_file(run, CONFIG, "");
    assert_file(run, CREDENTIALS, "");
}

static void clears_the_other_files_when_one_cannot_be_changed(void **state)
{
    struct command_run *run = *state;

    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto -r s3-bucket -ri zenfiles", 0);
    fake_set_file(run->world, KUBECONFIG, "users: [\n");
    log_out_gone(run, "aws-auto", 1);
    assert_non_null(strstr(run->err.ptr, KUBECONFIG));
    assert_file(run, CONFIG, "");
    fake_set_file(run->world, KUBECONFIG, NULL);
}

static void says_how_to_name_a_deleted_connector(void **state)
{
    static const char *const words[] = {"aws-auto", "c0f8e857", AUTO_ID, AUTO_ID " -r s3-bucket",
                                        AUTO_ID " --profile mine"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        log_out_gone(*state, words[i], 3);
        assert_err(*state,
                   "Error: connector 'x' not found\n  what login wrote for a deleted connector is "
                   "found by its name at that time or by its whole id; there is nothing of this "
                   "one\n");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_the_entry_and_says_so),
        TEST(prints_where_the_entry_is),
        TEST(says_when_a_static_copy_ends),
        TEST(warns_of_stored_credentials),
        TEST(refuses_an_entry_of_somebody_else),
        TEST(writes_nothing_when_nothing_is_issued),
        TEST(reports_files_that_cannot_be_written),
        TEST(takes_the_entry_away_without_asking_the_provider),
        TEST(sets_up_kubectl_for_a_cluster),
        TEST(follows_the_options_for_kubectl),
        TEST(takes_the_generic_entry_away),
        TEST(tells_what_it_cannot_take_away),
        TEST(takes_away_what_a_deleted_connector_left),
        TEST(takes_away_registries_of_a_deleted_connector),
        TEST(takes_away_profiles_of_a_deleted_connector),
        TEST(takes_away_all_that_a_deleted_connector_left),
        TEST(clears_the_other_files_when_one_cannot_be_changed),
        TEST(says_how_to_name_a_deleted_connector),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
