#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat export gpus -ri gpu1"

static void prepare(struct command_run *run, const char *issued)
{
    command_run_reset(run);
    fake_api_answer(run->api, "issue", issued);
}

static void prints_what_ssh_reads(void **state)
{
    struct command_run *run = *state;

    prepare(run, HOST_ISSUED);
    assert_status(run, LINE " --format known-hosts", 0);
    assert_out(run, "gpu1 ssh-ed25519 AAAA\n");
    prepare(run, HOST_ISSUED);
    assert_status(run, LINE " --format ssh-config", 0);
    assert_non_null(strstr(run->out.ptr, "Host gpu1\n"));
    assert_non_null(strstr(run->out.ptr, "StrictHostKeyChecking yes\n"));
    assert_null(strstr(run->out.ptr, "PRIVATE"));
    assert_err(run, "");
}

/* Where the key is not printed a stored one will do. */
static void asks_for_long_lived_keys_only_where_they_stay_inside(void **state)
{
    static const struct {
        const char *words;
        bool allowed;
    } rows[] = {
        {" --format ssh-config", true},
        {" --format known-hosts", true},
        {" --format json", false},
        {" --format json --allow-long-lived", true},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);

        prepare(run, HOST_ISSUED);
        cl_buf_addf(&line, LINE "%s", rows[i].words);
        assert_status(run, line.ptr, 0);
        const char *calls = fake_api_calls(run->api);
        assert_non_null(strstr(calls, "issue {\"ref\":{\"text\":\"gpus\"},"));
        assert_non_null(strstr(calls, "\"resource_id\":\"gpu1\""));
        assert_non_null(strstr(calls, "\"purpose\":\"export\""));
        assert_int_equal(strstr(calls, "\"allow_long_lived\":true") != NULL, rows[i].allowed);
    }
}

static void prints_what_kubernetes_clients_read(void **state)
{
    static const struct {
        const char *format;
        const char *part;
    } rows[] = {
        {"kubeconfig", "current-context:"},
        {"exec-credential", "\"kind\":\"ExecCredential\""},
        {"json", "\"resource_type\": \"kubernetes-cluster\""},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);

        prepare(run, CLUSTER_ISSUED);
        cl_buf_addf(&line, "cleat export aws-auto -r kubernetes-cluster -ri c --format %s",
                    rows[i].format);
        assert_status(run, line.ptr, 0);
        if (strstr(run->out.ptr, rows[i].part) == NULL)
            fail_msg("%s: %s", rows[i].format, run->out.ptr);
    }
}

static void refuses_before_it_asks(void **state)
{
    static const struct {
        const char *line;
        int status;
        const char *part;
    } rows[] = {
        {LINE, 2, "--format is missing"},
        {LINE " --format ini", 2, "ini"},
        {"cleat export --format json", 2, "CONNECTOR"},
        {LINE " --format json --duration soon", 2, "--duration"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;

        prepare(run, HOST_ISSUED);
        assert_status(run, rows[i].line, rows[i].status);
        assert_non_null(strstr(run->err.ptr, rows[i].part));
        assert_calls(run, "");
        assert_out(run, "");
    }
}

static void refuses_a_format_that_the_credential_has_not(void **state)
{
    struct command_run *run = *state;

    prepare(run, HOST_ISSUED);
    assert_status(run, LINE " --format kubeconfig", 2);
    assert_non_null(strstr(run->err.ptr, "a 'hyperai' credential has no format 'kubeconfig'"));
    assert_out(run, "");
    command_run_reset(run);
    fake_api_refuse(run->api, "issue", CL_E_NOT_FOUND, "there is no connector 'gpus'", NULL);
    assert_status(run, LINE " --format json", 3);
    assert_out(run, "");
}

static void survives_lack_of_memory(void **state)
{
    struct command_run *run = *state;
    int64_t made = 1;

    for (int64_t nth = 1; made >= nth; nth++) {
        prepare(run, HOST_ISSUED);
        int status = run_line_failing(run, LINE " --format known-hosts", nth, &made);
        if (made < nth)
            assert_int_equal(status, 0);
        fake_api_free(run->api);
        run->api = fake_api_new();
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(prints_what_ssh_reads),
        TEST(asks_for_long_lived_keys_only_where_they_stay_inside),
        TEST(prints_what_kubernetes_clients_read),
        TEST(refuses_before_it_asks),
        TEST(refuses_a_format_that_the_credential_has_not),
        TEST(survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
