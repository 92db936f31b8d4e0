#include "interop/exec_plugin.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "fake_world.h"
#include "test.h"

#define V1 "client.authentication.k8s.io/v1"
#define ENTRY(members) "apiVersion: " V1 "beta1\ncommand: tool\n" members
#define ANSWER(status) \
    "{\"apiVersion\":\"" V1 "beta1\",\"kind\":\"ExecCredential\",\"status\":{" status "}}\n"
#define TOKEN "\"token\":\"cAnArYbIrD-token\""
#define INFO                                                                            \
    "KUBERNETES_EXEC_INFO={\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "beta1\"," \
    "\"spec\":{\"interactive\":false}}\n"

/* One question. */
struct asked {
    struct fake_world *fake;
    struct cl_yaml *entry;
    struct cl_exec_answer answer;
    struct cl_err err;
    enum cl_code code;
};

static struct asked prepare(const char *entry)
{
    struct asked asked = {.fake = fake_world_new()};

    cl_json_setup();
    assert_ok(cl_yaml_parse(cl_str_of(entry), &asked.entry, &asked.err), &asked.err);
    return asked;
}

static void ask(struct asked *asked)
{
    asked->code = cl_exec_plugin_ask(fake_world(asked->fake), "/home/me/.kube/config",
                                     cl_yaml_root(asked->entry), &asked->answer, &asked->err);
}

static struct asked ask_tool(const char *entry, int status, const char *answer)
{
    struct asked asked = prepare(entry);

    fake_run_answer(asked.fake, "tool", status, answer);
    ask(&asked);
    return asked;
}

static void asked_cleanup(struct asked *asked)
{
    cl_exec_answer_cleanup(&asked->answer);
    cl_yaml_free(asked->entry);
    fake_world_free(asked->fake);
}

static void takes_a_token_and_its_end(void **state)
{
    struct asked asked = ask_tool(
        ENTRY(""), 0, ANSWER(TOKEN ",\"expirationTimestamp\":\"2024-05-14T13:34:56+00:00\""));

    (void)state;
    assert_ok(asked.code, &asked.err);
    assert_str(cl_secret_expose(asked.answer.token), "cAnArYbIrD-token");
    assert_null(asked.answer.certificate);
    assert_int_equal(asked.answer.expires_at, FAKE_START_AT + 3600);
    asked_cleanup(&asked);
}

static void takes_a_certificate_and_its_key(void **state)
{
    struct asked asked = ask_tool(
        ENTRY(""), 0, ANSWER("\"clientCertificateData\":\"c\\nd\",\"clientKeyData\":\"k\""));

    (void)state;
    assert_ok(asked.code, &asked.err);
    assert_null(asked.answer.token);
    assert_str(cl_secret_expose(asked.answer.certificate), "c\nd");
    assert_str(cl_secret_expose(asked.answer.key), "k");
    assert_int_equal(asked.answer.expires_at, 0);
    asked_cleanup(&asked);
}

static void starts_it_as_the_entry_says(void **state)
{
    static const struct {
        const char *entry;
        const char *program;
        const char *ran; /* before the information that each plugin gets */
    } rows[] = {
        {ENTRY("args: [get-token, --name, a b]\n"), "tool", "tool\nget-token\n--name\na b\n\n"},
        {"apiVersion: " V1 "beta1\ncommand: ../bin/tool\nargs: null\nenv: null\n",
         "/home/me/.kube/../bin/tool", "/home/me/.kube/../bin/tool\n\n"},
        {"apiVersion: " V1 "beta1\ncommand: /opt/tool\n", "/opt/tool", "/opt/tool\n\n"},
        {ENTRY("env:\n- {name: A, value: x}\n- {name: B, value: ''}\n"), "tool",
         "tool\n\nA=x\nB=\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct asked asked = prepare(rows[i].entry);
        fake_run_answer(asked.fake, rows[i].program, 0, ANSWER(TOKEN));
        ask(&asked);
        assert_ok(asked.code, &asked.err);
        const char *ran = fake_ran(asked.fake);
        assert_int_equal(strncmp(ran, rows[i].ran, strlen(rows[i].ran)), 0);
        ran += strlen(rows[i].ran);
        assert_int_equal(strncmp(ran, INFO, strlen(INFO)), 0);
        asked_cleanup(&asked);
    }
}

static void hands_our_environment_on_but_for_what_the_entry_sets(void **state)
{
    struct asked asked = prepare(ENTRY("env: [{name: HOME, value: /other}]\n"));

    (void)state;
    fake_set_env(asked.fake, "HOME", "/home/me");
    fake_set_env(asked.fake, "HOMELY", "yes");
    fake_set_env(asked.fake, "KUBERNETES_EXEC_INFO", "of somebody else");
    fake_run_answer(asked.fake, "tool", 0, ANSWER(TOKEN));
    ask(&asked);
    assert_ok(asked.code, &asked.err);
    assert_string_equal(fake_ran(asked.fake), "tool\n\nHOME=/other\n" INFO "HOMELY=yes\n");
    asked_cleanup(&asked);
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *entry;
        int status;
        const char *answer;
        enum cl_code code;
        const char *part;
    } rows[] = {
        {"apiVersion: v1\n", 0, "", CL_E_LOCAL_CONFIG, "names no command"},
        {"command: tool\n", 0, "", CL_E_LOCAL_CONFIG, "no apiVersion"},
        {ENTRY("provideClusterInfo: true\n"), 0, "", CL_E_UNSUPPORTED, "told the cluster"},
        {ENTRY("env: [{value: x}]\n"), 0, "", CL_E_LOCAL_CONFIG, "without a name"},
        {ENTRY("env: [{name: a=b, value: x}]\n"), 0, "", CL_E_LOCAL_CONFIG, "without a name"},
        {ENTRY(""), 7, "cAnArYbIrD", CL_E_LOCAL_CONFIG, "'tool' ended with 7"},
        {ENTRY(""), 0, "", CL_E_LOCAL_CONFIG, "answer of 'tool' cannot be used"},
        {ENTRY(""), 0, "cAnArYbIrD", CL_E_LOCAL_CONFIG, "answer of 'tool' cannot be used"},
        {ENTRY(""), 0, "[]", CL_E_LOCAL_CONFIG, "another apiVersion"},
        {ENTRY(""), 0, "{\"apiVersion\":\"" V1 "\",\"status\":{" TOKEN "}}", CL_E_LOCAL_CONFIG,
         "another apiVersion"},
        {ENTRY(""), 0, ANSWER(""), CL_E_LOCAL_CONFIG, "no credential"},
        {ENTRY(""), 0, ANSWER("\"clientCertificateData\":\"c\""), CL_E_LOCAL_CONFIG,
         "no credential"},
        {ENTRY(""), 0, ANSWER(TOKEN ",\"expirationTimestamp\":\"soon\""), CL_E_LOCAL_CONFIG,
         "cannot be used"},
        {"apiVersion: v1\ncommand: gone\n", 0, "", CL_E_LOCAL_TOOL_MISSING, "command not found"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct asked asked = ask_tool(rows[i].entry, rows[i].status, rows[i].answer);
        if (asked.code != rows[i].code || strstr(asked.err.text, rows[i].part) == NULL)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(asked.code), asked.err.text);
        assert_null(strstr(asked.err.text, "cAnArYbIrD"));
        assert_null(asked.answer.token);
        asked_cleanup(&asked);
    }
}

static void shows_the_command_without_secrets(void **state)
{
    struct asked asked =
        prepare(ENTRY("args: [get, '--client-secret=cAnArYbIrD0123456789', \"a\\eb\"]\n"));
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(1024);

    (void)state;
    cl_exec_plugin_add_command(cl_yaml_root(asked.entry), &shown);
    assert_true(cl_str_starts(cl_buf_view(&shown), CL_STR("tool get ")));
    assert_null(strstr(shown.ptr, "cAnArYbIrD"));
    assert_null(strchr(shown.ptr, '\033'));
    asked_cleanup(&asked);
}

static void survives_the_lack_of_memory(void **state)
{
    (void)state;
    for (int64_t nth = 1;; nth++) {
        struct asked asked = prepare(ENTRY("args: [a, b]\nenv: [{name: A, value: x}]\n"));
        fake_run_answer(asked.fake, "tool", 0,
                        ANSWER(TOKEN ",\"expirationTimestamp\":\"2024-05-14T13:34:56Z\""));
        (void)cl_alloc_fail_at(nth);
        ask(&asked);
        int64_t made = cl_alloc_fail_at(0);
        bool done = made < nth;
        assert_int_equal(asked.code, done ? CL_OK : CL_E_FAILED);
        asked_cleanup(&asked);
        assert_true(nth < 200);
        if (done)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_token_and_its_end),
        cmocka_unit_test(takes_a_certificate_and_its_key),
        cmocka_unit_test(starts_it_as_the_entry_says),
        cmocka_unit_test(hands_our_environment_on_but_for_what_the_entry_sets),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(shows_the_command_without_secrets),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
