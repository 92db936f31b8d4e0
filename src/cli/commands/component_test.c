#include "command_run.h"
#include "fake_answers.h"

/* The commands of a kind of stack component, by the example of artifact stores. */

#define GROUP "cleat artifact-store"
#define NOTICE "Running with active stack: 'default' (global)\n"
#define OF_KIND "\"kind\":\"artifact_store\""

static void answer(struct command_run *run, const char *operation, const char *json)
{
    command_run_reset(run);
    fake_api_answer(run->api, operation, json);
}

/* --- register ------------------------------------------------------------------------------ */

#define REGISTER GROUP " register"
#define ASKED_REGISTER(more) \
    "component_register {" OF_KIND ",\"name\":\"s3-zenfiles\",\"flavor\":\"s3\"" more "}\n"

static void registers_what_the_arguments_say(void **state)
{
    static const struct {
        const char *words;
        const char *call;
    } rows[] = {
        {"s3-zenfiles --flavor s3 --path=s3://zenfiles",
         ASKED_REGISTER(",\"configuration\":{\"path\":\"s3://zenfiles\"}")},
        {"--type s3 --path s3://zenfiles s3-zenfiles",
         ASKED_REGISTER(",\"configuration\":{\"path\":\"s3://zenfiles\"}")},
        {"s3-zenfiles -f s3 --bucket zenfiles",
         ASKED_REGISTER(",\"configuration\":{\"bucket\":\"zenfiles\"}")},
        {"s3-zenfiles -f s3 --path=@path -l team=ml -l env=a=b",
         ASKED_REGISTER(",\"configuration\":{\"path\":\"s3://from-file\"},"
                        "\"labels\":{\"env\":\"a=b\",\"team\":\"ml\"}")},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        answer(run, "component_register", STORE);
        fake_set_file(run->world, "path", "s3://from-file\n");
        cl_buf_addf(&line, REGISTER " %s", rows[i].words);
        assert_status(run, line.ptr, 0);
        assert_out(run, "Successfully registered artifact_store `s3-zenfiles`.\n");
        assert_err(run, NOTICE);
        assert_calls(run, rows[i].call);
    }
}

static void prints_the_new_component(void **state)
{
    answer(*state, "component_register", STORE);
    assert_golden_run(*state, REGISTER " s3-zenfiles --flavor s3 --path=s3://zenfiles -o json",
                      "component.json");
    answer(*state, "component_register", STORE);
    assert_status(*state, REGISTER " s3-zenfiles --flavor s3 --path=s3://zenfiles -o name", 0);
    assert_out(*state, "artifact_store/s3-zenfiles\n");
}

static void connects_what_it_registered(void **state)
{
    static const char *const words[] = {"--resource-id zenfiles", "-r zenfiles", "-ri zenfiles"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        answer(run, "component_register", STORE);
        fake_api_answer(run->api, "component_connect", CONNECTED);
        cl_buf_addf(&line, REGISTER " s3-zenfiles -f s3 --path=s3://zenfiles -c aws-auto %s",
                    words[i]);
        assert_golden_run(run, line.ptr, "component_register_connected.txt");
        assert_non_null(strstr(fake_api_calls(run->api),
                               "component_connect {" OF_KIND ",\"ref\":{\"text\":\"" STORE_ID
                               "\"},\"connector\":\"aws-auto\",\"resource_id\":\"zenfiles\","
                               "\"verify\":true}\n"));
    }
}

static void prints_one_document_for_both_steps(void **state)
{
    struct command_run *run = *state;

    answer(run, "component_register", STORE);
    fake_api_answer(run->api, "component_connect", CONNECTED);
    assert_golden_run(run, REGISTER " s3-zenfiles -f s3 --path=s3://zenfiles -c aws-auto -o json",
                      "component_connected.json");
}

/* It stays, and is told how to go on. */
static void keeps_what_could_not_be_connected(void **state)
{
    struct command_run *run = *state;

    answer(run, "component_register", STORE);
    fake_api_refuse(run->api, "component_connect", CL_E_DENIED, "AccessDenied: no", NULL);
    assert_status(run, REGISTER " s3-zenfiles -f s3 --path=s3://zenfiles -c aws-auto", 7);
    assert_out(run, "Successfully registered artifact_store `s3-zenfiles`.\n");
    assert_err(run, NOTICE "Error: AccessDenied: no\n  artifact store 's3-zenfiles' is registered; "
                           "connect it with 'cleat artifact-store connect s3-zenfiles --connector "
                           "aws-auto'\n");
}

static void refuses_mistakes(void **state)
{
    static const struct {
        const char *words;
        int status;
        const char *text;
    } rows[] = {
        {"register x --path=s3://b", 2, "--flavor is missing"},
        {"register x -f s4 --path=s3://b", 3, "s3"},
        {"register -f s3 --path=s3://b", 2, "NAME is missing"},
        {"register x -f s3 --pth=s3://b", 2, "Did you mean '--path'?"},
        {"register x -f s3 --pth=s3://b", 2, ", bucket\n"}, /* the alias is an attribute too */
        {"register x -f s3 --path=a --path=b", 2, "path"},
        {"register x -f s3 --path=s3://b -l a", 2, "label 'a' is not of the form KEY=VALUE"},
        {"connect x", 2, "--connector is missing"},
        {"connect --connector aws-auto", 2, "NAME is missing"},
        {"disconnect", 2, "NAME is missing"},
        {"describe", 2, "NAME is missing"},
        {"delete", 2, "NAME is missing"},
        {"flavor describe", 2, "FLAVOR is missing"},
        {"flavor describe s4", 3, "s3"},
        {"flavor describ s3", 2, "Did you mean 'describe'?"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        command_run_reset(run);
        cl_buf_addf(&line, GROUP " %s", rows[i].words);
        assert_status(run, line.ptr, rows[i].status);
        assert_out(run, "");
        if (strstr(run->err.ptr, rows[i].text) == NULL)
            fail_msg("%s: %s", rows[i].words, run->err.ptr);
        assert_calls(run, "");
    }
}

/* --- connect, disconnect ------------------------------------------------------------------- */

#define ASKED_CONNECT(more)                                              \
    "component_connect {" OF_KIND ",\"ref\":{\"text\":\"s3-zenfiles\"}," \
    "\"connector\":\"aws-auto\"" more "}\n"

static void connects_to_what_the_options_say(void **state)
{
    static const struct {
        const char *words;
        const char *call;
    } rows[] = {
        {"--connector aws-auto", ASKED_CONNECT(",\"verify\":true")},
        {"-c aws-auto -r zenfiles", ASKED_CONNECT(",\"resource_id\":\"zenfiles\",\"verify\":true")},
        {"-c aws-auto -ri zenfiles",
         ASKED_CONNECT(",\"resource_id\":\"zenfiles\",\"verify\":true")},
        {"-c aws-auto --resource_id=zenfiles --no-verify",
         ASKED_CONNECT(",\"resource_id\":\"zenfiles\"")},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        answer(*state, "component_connect", CONNECTED);
        cl_buf_addf(&line, GROUP " connect s3-zenfiles %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_err(*state, NOTICE);
        assert_calls(*state, rows[i].call);
    }
}

static void says_what_is_connected(void **state)
{
    struct command_run *run = *state;

    answer(run, "component_connect", CONNECTED);
    assert_golden_run(run, GROUP " connect s3-zenfiles -c aws-auto", "component_connect.txt");
    answer(run, "component_connect", CONNECTED);
    assert_golden_run(run, GROUP " connect s3-zenfiles -c aws-auto -o json",
                      "component_connected.json");
    answer(run, "component_connect",
           "{'component':" STORE_CONNECTED ",'connector':" AUTO
           ",'verified':false,'resources':{'resources':[]}}");
    assert_status(run, GROUP " connect s3-zenfiles -c aws-auto --no-verify", 0);
    assert_out(run,
               "Connected artifact store `s3-zenfiles` to s3://zenfiles through `aws-auto`.\n");
    command_run_reset(run);
    fake_api_refuse(run->api, "component_connect", CL_E_OUT_OF_SCOPE, "another bucket", NULL);
    assert_status(run, GROUP " connect s3-zenfiles -c aws-auto", 2);
    assert_out(run, "");
}

static void disconnects(void **state)
{
    struct command_run *run = *state;

    answer(run, "component_disconnect", "{'had':true,'component':" STORE "}");
    assert_status(run, GROUP " disconnect s3-zenfiles", 0);
    assert_out(run, "Disconnected artifact store `s3-zenfiles` from its service connector.\n");
    assert_calls(run, "component_disconnect {" OF_KIND ",\"ref\":{\"text\":\"s3-zenfiles\"}}\n");
    answer(run, "component_disconnect", "{'had':false,'component':" STORE "}");
    assert_status(run, GROUP " disconnect s3-zenfiles", 0);
    assert_out(run, "Artifact store `s3-zenfiles` had no connector.\n");
    answer(run, "component_disconnect", "{'had':true,'component':" STORE "}");
    assert_golden_run(run, GROUP " disconnect s3-zenfiles -o json", "component.json");
}

/* --- list, describe, delete ---------------------------------------------------------------- */

#define ASKED_LIST(query) \
    "component_list {" OF_KIND ",\"query\":{" query "\"page\":1,\"size\":20}}\n"

static void lists_what_the_options_say(void **state)
{
    static const struct {
        const char *words;
        const char *call;
    } rows[] = {
        {"", ASKED_LIST("")},
        {"--name contains:s3 --flavor s3",
         ASKED_LIST("\"filters\":[{\"field\":\"name\",\"value\":\"contains:s3\"},"
                    "{\"field\":\"flavor\",\"value\":\"s3\"}],")},
        {"--connector-id 1 --user u --id 2",
         ASKED_LIST("\"filters\":[{\"field\":\"connector_id\",\"value\":\"1\"},"
                    "{\"field\":\"user\",\"value\":\"u\"},{\"field\":\"id\",\"value\":\"2\"}],")},
        {"--sort-by desc:name", ASKED_LIST("\"sort_by\":\"name\",\"descending\":true,")},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        answer(*state, "component_list", STORES);
        cl_buf_addf(&line, GROUP " list %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_calls(*state, rows[i].call);
    }
}

static void prints_every_list(void **state)
{
    static const struct {
        const char *words;
        const char *golden;
    } rows[] = {
        {"", "component_list.txt"},
        {"--columns all", "component_list_all.txt"},
        {"-o json", "component_list.json"},
        {"-o csv --columns all", "component_list.csv"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        answer(*state, "component_list", STORES);
        cl_buf_addf(&line, GROUP " list %s", rows[i].words);
        assert_golden_run(*state, line.ptr, rows[i].golden);
    }
    answer(*state, "component_list", "{'items':[]," PAGE(1, 20, 1, 0) "}");
    assert_status(*state, GROUP " list", 0);
    assert_out(*state, "");
    assert_err(*state, "No artifact stores match.\n");
    answer(*state, "component_list", STORES);
    assert_status(*state, GROUP " list -o name", 0);
    assert_out(*state, "artifact_store/s3-zenfiles\nartifact_store/s3-zenfiles\n");
}

static void describes_components(void **state)
{
    struct command_run *run = *state;

    answer(run, "component_get", STORE_CONNECTED);
    assert_golden_run(run, GROUP " describe s3-zenfiles", "component_describe.txt");
    assert_calls(run, "component_get {" OF_KIND
                      ",\"ref\":{\"text\":\"s3-zenfiles\",\"allow_name_prefix\":true}}\n");
    answer(run, "component_get", STORE);
    assert_golden_run(run, GROUP " describe s3-zenfiles", "component_describe_alone.txt");
    answer(run, "component_get",
           "{'id':'" STORE_ID "','name':'bare','kind':'artifact_store',"
           "'flavor':'s3'," TIMES "}");
    assert_status(run, GROUP " describe bare", 0);
    assert_out(run, "Artifact store 'bare': flavor 's3', id '" STORE_ID "', owner '-'.\n"
                    "No configuration.\nNo labels are set for this artifact store.\n"
                    "No service connector.\n");
    answer(run, "component_get", STORE_CONNECTED);
    assert_golden_run(run, GROUP " describe s3-zenfiles -o json", "component_describe.json");
    answer(run, "component_get", STORE_CONNECTED);
    assert_status(run, GROUP " describe s3-zenfiles --field connector.name", 0);
    assert_out(run, "aws-auto\n");
}

static void deletes_by_id_what_was_found_by_name(void **state)
{
    struct command_run *run = *state;

    answer(run, "component_get", STORE);
    fake_api_answer(run->api, "component_delete", STORE);
    assert_status(run, GROUP " delete s3-zenfiles", 0);
    assert_out(run, "Deleted artifact store `s3-zenfiles`.\n");
    assert_calls(run, "component_get {" OF_KIND ",\"ref\":{\"text\":\"s3-zenfiles\"}}\n"
                      "component_delete {" OF_KIND ",\"ref\":{\"text\":\"" STORE_ID "\"}}\n");
    answer(run, "component_get", STORE);
    fake_api_answer(run->api, "component_delete", STORE);
    assert_golden_run(run, GROUP " delete s3-zenfiles -o json", "component.json");
}

static void asks_people_before_it_deletes(void **state)
{
    struct command_run *run = *state;

    fake_set_env(run->world, "CLEAT_FORCE_INPUT", "1");
    run->input = "n\n";
    answer(run, "component_get", STORE);
    assert_status(run, GROUP " delete s3-zenfiles", 0);
    assert_out(run, "");
    assert_err(run, "Delete artifact store `s3-zenfiles`? [y/N]: Nothing was deleted.\n");
    assert_null(strstr(fake_api_calls(run->api), "component_delete"));
    run->input = "y\n";
    answer(run, "component_get", STORE);
    fake_api_answer(run->api, "component_delete", STORE);
    assert_status(run, GROUP " delete s3-zenfiles", 0);
    assert_out(run, "Deleted artifact store `s3-zenfiles`.\n");
    run->input = "";
    answer(run, "component_get", STORE);
    fake_api_answer(run->api, "component_delete", STORE);
    assert_status(run, GROUP " delete s3-zenfiles -y", 0);
    assert_err(run, "");
}

static void passes_failures_on(void **state)
{
    static const struct {
        const char *words;
        const char *operation;
    } rows[] = {
        {"register x -f s3 --path=s3://b", "component_register"},
        {"connect x -c y", "component_connect"},
        {"disconnect x", "component_disconnect"},
        {"describe x", "component_get"},
        {"delete x", "component_get"},
        {"list", "component_list"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        command_run_reset(run);
        fake_api_refuse(run->api, rows[i].operation, CL_E_NOT_FOUND, "it is not there", NULL);
        cl_buf_addf(&line, GROUP " %s", rows[i].words);
        assert_status(run, line.ptr, 3);
        assert_out(run, "");
        assert_non_null(strstr(run->err.ptr, "Error: it is not there\n"));
    }
}

/* --- flavors ------------------------------------------------------------------------------- */

static void lists_and_describes_flavors(void **state)
{
    struct command_run *run = *state;

    assert_golden_run(run, GROUP " flavor list", "flavor_list.txt");
    command_run_reset(run);
    assert_golden_run(run, GROUP " flavor list -o csv", "flavor_list.csv");
    command_run_reset(run);
    assert_golden_run(run, GROUP " flavor describe s3", "flavor_describe.txt");
    command_run_reset(run);
    assert_golden_run(run, GROUP " flavor describe s3 --width 40", "flavor_describe_40.txt");
    command_run_reset(run);
    assert_golden_run(run, GROUP " flavor describe s3 -o json", "flavor_describe.json");
    assert_calls(run, ""); /* tables of this program */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registers_what_the_arguments_say),
        TEST(prints_the_new_component),
        TEST(connects_what_it_registered),
        TEST(prints_one_document_for_both_steps),
        TEST(keeps_what_could_not_be_connected),
        TEST(refuses_mistakes),
        TEST(connects_to_what_the_options_say),
        TEST(says_what_is_connected),
        TEST(disconnects),
        TEST(lists_what_the_options_say),
        TEST(prints_every_list),
        TEST(describes_components),
        TEST(deletes_by_id_what_was_found_by_name),
        TEST(asks_people_before_it_deletes),
        TEST(passes_failures_on),
        TEST(lists_and_describes_flavors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
