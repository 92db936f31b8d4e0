#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat service-connector delete"
#define ASKED_GET(name) "get {\"ref\":{\"text\":\"" name "\"}}\n"
#define ASKED_DELETE "delete {\"ref\":{\"text\":\"" AUTO_ID "\"}}\n"

static void prepare(struct command_run *run, const char *deleted)
{
    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    fake_api_answer(run->api, "delete", deleted);
}

/* A person at the terminal, who types this. */
static void sit_down(struct command_run *run, const char *typed)
{
    fake_set_env(run->world, "CLEAT_FORCE_INPUT", "1");
    run->input = typed;
}

static void deletes_by_id_what_was_found_by_name(void **state)
{
    prepare(*state, DELETED);
    assert_status(*state, LINE " aws-auto", 0);
    assert_out(*state, "Deleted service connector `aws-auto`.\n");
    assert_err(*state, "");
    assert_calls(*state, ASKED_GET("aws-auto") ASKED_DELETE);
}

static void deletes_several(void **state)
{
    prepare(*state, DELETED);
    fake_api_answer(((struct command_run *)*state)->api, "get", BUCKET);
    fake_api_answer(((struct command_run *)*state)->api, "delete",
                    "{'name':'aws-zenfiles','disconnected':[]}");
    assert_status(*state, LINE " aws-auto aws-zenfiles", 0);
    assert_out(*state, "Deleted service connector `aws-auto`.\n"
                       "Deleted service connector `aws-zenfiles`.\n");
}

static void says_what_it_disconnected(void **state)
{
    prepare(*state, "{'name':'aws-auto','disconnected':['s3-zenfiles','second']}");
    assert_status(*state, LINE " aws-auto --force", 0);
    assert_out(*state, "Deleted service connector `aws-auto`.\n");
    assert_err(*state, "Disconnected component `s3-zenfiles`.\nDisconnected component `second`.\n");
    assert_calls(*state, ASKED_GET("aws-auto") "delete {\"ref\":{\"text\":\"" AUTO_ID
                                               "\"},\"force\":true}\n");
}

static void tells_what_login_has_left(void **state)
{
    struct command_run *run = *state;

    fake_set_file(run->world, "/home/u/.aws/config",
                  "# connector " AUTO_ID " aws-auto\n[profile x]\n");
    prepare(run, DELETED);
    assert_status(run, LINE " aws-auto", 0);
    assert_out(run, "Deleted service connector `aws-auto`.\n");
    assert_err(run,
               "What login wrote for it stays in /home/u/.aws/config; take it away with: cleat "
               "service-connector login aws-auto --logout\n");
}

static void asks_people(void **state)
{
    static const struct {
        const char *typed;
        const char *words;
        int status;
        bool deleted;
        const char *err;
    } rows[] = {
        {"y\n", "", 0, true, "Delete service connector `aws-auto`? [y/N]: "},
        {"YES\n", "", 0, true, "Delete service connector `aws-auto`? [y/N]: "},
        {"n\n", "", 0, false, "Delete service connector `aws-auto`? [y/N]: Nothing was deleted.\n"},
        {"\n", "", 0, false, "Delete service connector `aws-auto`? [y/N]: Nothing was deleted.\n"},
        {"what\ny\n", "", 0, true,
         "Delete service connector `aws-auto`? [y/N]: Error: please answer y or n.\n"
         "Delete service connector `aws-auto`? [y/N]: "},
        {"", "", 130, false, "Delete service connector `aws-auto`? [y/N]: \nAborted.\n"},
        {"", " --yes", 0, true, ""},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        prepare(run, DELETED);
        sit_down(run, rows[i].typed);
        cl_buf_addf(&line, LINE " aws-auto%s", rows[i].words);
        assert_status(run, line.ptr, rows[i].status);
        assert_err(run, rows[i].err);
        assert_out(run, rows[i].deleted ? "Deleted service connector `aws-auto`.\n" : "");
        assert_int_equal(strstr(fake_api_calls(run->api), "delete ") != NULL, rows[i].deleted);
        fake_api_free(run->api);
        run->api = fake_api_new();
    }
}

static void cannot_ask_when_told_not_to(void **state)
{
    prepare(*state, DELETED);
    sit_down(*state, "y\n");
    assert_status(*state, LINE " aws-auto --no-input", 10);
    assert_out(*state, "");
    assert_calls(*state, ASKED_GET("aws-auto"));
}

static void prints_one_document(void **state)
{
    struct command_run *run = *state;

    prepare(run, DELETED);
    assert_status(run, LINE " aws-auto -o json", 0);
    assert_out(run, "{\n  \"name\": \"aws-auto\"\n}\n");
    prepare(run, DELETED);
    fake_api_answer(run->api, "get", BUCKET);
    fake_api_answer(run->api, "delete", "{'name':'aws-zenfiles','disconnected':['c']}");
    assert_status(run, LINE " aws-auto aws-zenfiles -o ndjson", 0);
    assert_out(run, "{\"name\":\"aws-auto\"}\n{\"name\":\"aws-zenfiles\"}\n");
    assert_err(run, "Disconnected component `c`.\n");
    prepare(run, DELETED);
    assert_status(run, LINE " aws-auto -o name", 0);
    assert_out(run, "service_connector/aws-auto\n");
}

static void stops_at_the_first_failure(void **state)
{
    struct command_run *run = *state;

    prepare(run, DELETED);
    fake_api_answer(run->api, "get", BUCKET);
    fake_api_refuse(run->api, "delete", CL_E_IN_USE,
                    "connector 'aws-zenfiles' is used by artifact store 's3-zenfiles'",
                    "Pass --force to disconnect it first.");
    assert_status(run, LINE " aws-auto aws-zenfiles third -o ndjson", 6);
    assert_out(run, "{\"name\":\"aws-auto\"}\n");
    assert_non_null(strstr(run->err.ptr, "\"code\":\"in_use\""));
    assert_null(strstr(fake_api_calls(run->api), "third"));
}

static void passes_failures_on(void **state)
{
    struct command_run *run = *state;

    fake_api_refuse(run->api, "get", CL_E_NOT_FOUND, "connector 'aws-atuo' not found",
                    "Did you mean 'aws-auto'?");
    assert_status(run, LINE " aws-atuo", 3);
    assert_err(run, "Error: connector 'aws-atuo' not found\n  Did you mean 'aws-auto'?\n");
    command_run_reset(run);
    assert_status(run, LINE, 2);
    assert_err(run, "Error: NAME_OR_ID is missing\nRun '" LINE " --help' for usage.\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(deletes_by_id_what_was_found_by_name),
        TEST(deletes_several),
        TEST(says_what_it_disconnected),
        TEST(tells_what_login_has_left),
        TEST(asks_people),
        TEST(cannot_ask_when_told_not_to),
        TEST(prints_one_document),
        TEST(stops_at_the_first_failure),
        TEST(passes_failures_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
