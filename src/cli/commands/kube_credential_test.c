#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat kube-credential"
#define V1 "client.authentication.k8s.io/v1"
#define SCOPE " -r kubernetes-cluster -ri zenit-cluster"
#define ASKED(more)                                                                    \
    "issue {\"ref\":{\"text\":\"aws-auto\"},\"resource_type\":\"kubernetes-cluster\"," \
    "\"resource_id\":\"zenit-cluster\"" more                                           \
    ",\"for_sdk\":true,\"purpose\":\"kube-credential\"}\n"
#define DOCUMENT(version)                                                     \
    "{\"apiVersion\":\"" version "\",\"kind\":\"ExecCredential\",\"status\":" \
    "{\"token\":\"" CLUSTER_TOKEN "\",\"expirationTimestamp\":\"2024-05-14T12:48:56Z\"}}\n"

static void prepare(struct command_run *run)
{
    command_run_reset(run);
    fake_api_answer(run->api, "issue", CLUSTER_ISSUED);
}

static void answers_with_one_document(void **state)
{
    prepare(*state);
    assert_status(*state, LINE " aws-auto" SCOPE, 0);
    assert_out(*state, DOCUMENT(V1));
    assert_err(*state, "");
    assert_calls(*state, ASKED(""));
}

static void answers_in_the_version_of_the_client(void **state)
{
    struct command_run *run = *state;

    fake_set_env(run->world, "KUBERNETES_EXEC_INFO",
                 "{\"apiVersion\":\"" V1 "beta1\",\"kind\":\"ExecCredential\",\"spec\":{}}\n");
    prepare(run);
    assert_status(run, LINE " aws-auto" SCOPE, 0);
    assert_out(run, DOCUMENT(V1 "beta1"));
}

/* Nothing is issued for a client that could not read it. */
static void refuses_a_version_before_anything_is_asked(void **state)
{
    struct command_run *run = *state;

    fake_set_env(run->world, "KUBERNETES_EXEC_INFO", "{\"apiVersion\":\"" V1 "alpha1\"}");
    prepare(run);
    assert_status(run, LINE " aws-auto" SCOPE, 2);
    assert_out(run, "");
    assert_err(run, "Error: KUBERNETES_EXEC_INFO asks for version '" V1 "alpha1'; use " V1
                    " or v1beta1 in the kubeconfig\n");
    assert_calls(run, "");
}

static void prints_the_document_in_any_format(void **state)
{
    static const char *const words[] = {"-o json", "-o yaml", "--quiet", "--width 20"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        prepare(*state);
        cl_buf_addf(&line, LINE " aws-auto" SCOPE " %s", words[i]);
        assert_status(*state, line.ptr, 0);
        assert_out(*state, DOCUMENT(V1));
    }
}

/* kubectl runs it for every command: what a provider said once is not said again and again. */
static void repeats_no_warning_of_a_kept_credential(void **state)
{
    static const struct {
        const char *cached;
        const char *err;
    } rows[] = {
        {"false", "warning: The life time was raised.\nwarning: The cluster cut it.\n"},
        {"true", "warning: The life time was raised.\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf answer = CL_BUF(4096);
        cl_buf_addf(
            &answer,
            "{'connector':" AUTO ",'client':" CLUSTER_CLIENT_WITH(
                ",'warnings':['The cluster cut it.']") ",'cached':%s,"
                                                       "'warnings':['The life time was raised.']}",
            rows[i].cached);
        command_run_reset(*state);
        fake_api_answer(((struct command_run *)*state)->api, "issue", answer.ptr);
        assert_status(*state, LINE " aws-auto" SCOPE, 0);
        assert_out(*state, DOCUMENT(V1));
        assert_err(*state, rows[i].err);
    }
}

/* kubectl asks twice for one command, so the use case decides whether a minute has passed. */
static void doubts_what_a_client_asks_for_again(void **state)
{
    static const struct {
        const char *info;
        const char *more; /* of the second question */
    } rows[] = {
        {"{\"apiVersion\":\"" V1 "\"}", ",\"renew_after_s\":60"}, {"", ""}, /* a person */
    };
    struct command_run *run = *state;

    fake_set_file(run->world, "/run/user/7/x", "");
    fake_set_env(run->world, "XDG_RUNTIME_DIR", "/run/user/7");
    fake_set_file(run->world, "/proc/self/stat", "2 (cleat) S 1 0");
    fake_set_file(run->world, "/proc/1/stat",
                  "1 (kubectl) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 0 0 1 0 9 1");
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        fake_set_env(run->world, "KUBERNETES_EXEC_INFO", rows[i].info);
        for (int k = 0; k < 2; k++) {
            CL_AUTO(cl_buf) struct cl_buf calls = CL_BUF(1024);
            prepare(run);
            assert_status(run, LINE " aws-auto" SCOPE, 0);
            assert_out(run, DOCUMENT(V1));
            cl_buf_addf(&calls, ASKED("%s"), k == 0 ? "" : rows[i].more);
            assert_calls(run, calls.ptr);
        }
    }
}

static void reports_failures_in_one_line(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_refuse(run->api, "issue", CL_E_DENIED, "cluster 'x' is not ready", "Wait.");
    assert_status(run, LINE " aws-auto" SCOPE, 7);
    assert_out(run, "");
    assert_err(run, "Error: cluster 'x' is not ready; Wait.\n");
}

static void refuses_what_is_no_kubernetes_credential(void **state)
{
    command_run_reset(*state);
    fake_api_answer(((struct command_run *)*state)->api, "issue", ISSUED);
    assert_status(*state, LINE " aws-auto -r s3-bucket -ri zenfiles", 2);
    assert_out(*state, "");
    assert_err(*state, "Error: a 'aws' credential is no Kubernetes credential\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_with_one_document),
        TEST(answers_in_the_version_of_the_client),
        TEST(refuses_a_version_before_anything_is_asked),
        TEST(prints_the_document_in_any_format),
        TEST(repeats_no_warning_of_a_kept_credential),
        TEST(doubts_what_a_client_asks_for_again),
        TEST(reports_failures_in_one_line),
        TEST(refuses_what_is_no_kubernetes_credential),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
