#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat service-connector scan-host-keys gpus"
#define GPUS                                                                             \
    "{'id':'" AUTO_ID "','name':'gpus','description':'','connector_type':'hyperai',"     \
    "'auth_method':'ssh-key','resource_types':['hyperai-instance'],'generation':7,"      \
    "'configuration':{'hostnames':['gpu1','gpu2:2222'],'username':'ml','port':22,"       \
    "'host_keys':['gpu1 ssh-rsa OLD, of a comment']},'secrets':{'base64_ssh_key':null}," \
    "'secrets_hidden':true,'owner':'default','shared':false," TIMES "}"
#define FOUND                                                                 \
    "{'looked_at':['gpu1 ssh-ed25519 SHA256:aaa','gpu2 ssh-rsa SHA256:bbb']," \
    "'configuration':{'host_keys':['gpu1 ssh-ed25519 A','[gpu2]:2222 ssh-rsa B']}}"
#define ASKED_GET "get {\"ref\":{\"text\":\"gpus\"}}\n"
#define OLD "gpu1 ssh-rsa OLD, of a comment"
#define UPDATED          \
    "{'connector':" GPUS \
    ",'existing':false,'verified':false,'warnings':[],'resources':" AUTO_REACHES "}"

static void prepare(struct command_run *run, const char *found)
{
    command_run_reset(run);
    fake_api_answer(run->api, "get", GPUS);
    fake_api_answer(run->api, "scan", found);
    fake_api_answer(run->api, "update", UPDATED);
}

/* A person at the terminal, who types this. */
static void sit_down(struct command_run *run, const char *typed)
{
    fake_set_env(run->world, "CLEAT_FORCE_INPUT", "1");
    run->input = typed;
}

static bool has_asked(const struct command_run *run, const char *words)
{
    return strstr(fake_api_calls(run->api), words) != NULL;
}

static void hands_over_the_configuration_and_no_secret(void **state)
{
    struct command_run *run = *state;

    prepare(run, FOUND);
    assert_status(run, LINE " --yes", 0);
    assert_true(
        has_asked(run, ASKED_GET "scan {\"type\":\"hyperai\",\"auth_method\":\"ssh-key\","));
    assert_true(has_asked(run, "\"hostnames\":\"[\\\"gpu1\\\",\\\"gpu2:2222\\\"]\""));
    assert_true(has_asked(run, "\"host_keys\":\"[\\\"" OLD "\\\"]\""));
    assert_false(has_asked(run, "base64_ssh_key"));
}

static void pins_what_is_confirmed_beside_the_old_keys(void **state)
{
    struct command_run *run = *state;

    prepare(run, FOUND);
    sit_down(run, "n\ny\n");
    assert_status(run, LINE, 0);
    assert_out(run, "gpu2 ssh-rsa SHA256:bbb\n"
                    "Pinned 1 of 2 host keys of service connector `gpus`.\n");
    assert_true(has_asked(run, "[\\\"" OLD "\\\",\\\"[gpu2]:2222 ssh-rsa B\\\"]"));
    assert_false(has_asked(run, "gpu1 ssh-ed25519 A"));
    /* Somebody else's change in between is not written over. */
    assert_true(has_asked(run, "\"if_generation\":7"));
    assert_non_null(strstr(run->err.ptr, "Pin gpu1 ssh-ed25519 SHA256:aaa? [y/N]"));
}

static void changes_nothing_when_nothing_is_confirmed(void **state)
{
    static const struct {
        const char *found;
        const char *words;
        const char *typed; /* NULL: nobody is there */
        int status;
        const char *out;
    } rows[] = {
        {FOUND, "", "n\nn\n", 0, "Pinned 0 of 2 host keys of service connector `gpus`.\n"},
        {FOUND, "", NULL, 10, ""},
        {FOUND, " --no-input", "y\ny\n", 10, ""},
        {"{'looked_at':[],'configuration':{'host_keys':[]}}", " --yes", NULL, 0,
         "The hosts of service connector `gpus` show no key that is not pinned.\n"},
        {"{'looked_at':[],'configuration':{}}", " --yes", NULL, 0,
         "The hosts of service connector `gpus` show no key that is not pinned.\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);

        prepare(run, rows[i].found);
        fake_set_env(run->world, "CLEAT_FORCE_INPUT", NULL);
        run->input = NULL;
        if (rows[i].typed != NULL)
            sit_down(run, rows[i].typed);
        cl_buf_addf(&line, LINE "%s", rows[i].words);
        assert_status(run, line.ptr, rows[i].status);
        if (rows[i].status == 0)
            assert_out(run, rows[i].out);
        assert_false(has_asked(run, "update "));
    }
}

static void asks_only_the_hosts_that_are_named(void **state)
{
    struct command_run *run = *state;

    prepare(run, FOUND);
    assert_status(run, LINE " --yes --host gpu1 --host gpu2:2222", 0);
    assert_true(has_asked(run, "\"sources\":{\"host\":\"gpu1,gpu2:2222\"}"));
}

static void prints_one_document_for_programs(void **state)
{
    struct command_run *run = *state;

    prepare(run, FOUND);
    assert_status(run, LINE " --yes -o json", 0);
    assert_out(run, "{\n  \"name\": \"gpus\",\n  \"pinned\": [\n"
                    "    \"gpu1 ssh-ed25519 SHA256:aaa\",\n    \"gpu2 ssh-rsa SHA256:bbb\"\n  ],\n"
                    "  \"declined\": []\n}\n");
}

static void shows_warnings_and_failures(void **state)
{
    struct command_run *run = *state;

    prepare(run, "{'looked_at':[],'warnings':['gpu2 does not answer'],"
                 "'configuration':{'host_keys':[]}}");
    assert_status(run, LINE " --yes", 0);
    assert_non_null(strstr(run->err.ptr, "gpu2 does not answer"));
    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    fake_api_refuse(run->api, "scan", CL_E_UNSUPPORTED, "nothing that could be pinned", NULL);
    assert_status(run, LINE " --yes", 2);
    assert_non_null(strstr(run->err.ptr, "nothing that could be pinned"));
    prepare(run, FOUND);
    fake_api_free(run->api);
    run->api = fake_api_new();
    fake_api_answer(run->api, "get", GPUS);
    fake_api_answer(run->api, "scan", FOUND);
    fake_api_refuse(run->api, "update", CL_E_STALE, "somebody changed it", NULL);
    assert_int_not_equal(run_line(run, LINE " --yes"), 0);
    assert_out(run, "");
}

static void survives_lack_of_memory(void **state)
{
    struct command_run *run = *state;
    int64_t made = 1;

    for (int64_t nth = 1; made >= nth; nth++) {
        prepare(run, FOUND);
        int status = run_line_failing(run, LINE " --yes", nth, &made);
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
        TEST(hands_over_the_configuration_and_no_secret),
        TEST(pins_what_is_confirmed_beside_the_old_keys),
        TEST(changes_nothing_when_nothing_is_confirmed),
        TEST(asks_only_the_hosts_that_are_named),
        TEST(prints_one_document_for_programs),
        TEST(shows_warnings_and_failures),
        TEST(survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
