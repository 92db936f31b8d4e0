#include "aws_client.h"
#include "base/alloc.h"
#include "bridges/login.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "fake_world.h"
#include "faults.h"
#include "interop/kubeconfig.h"
#include "test.h"

/* What login and logout do to the kubeconfig, in a world of memory. How entries are edited:
 * interop/kubeconfig_edit_test.c. */

#define CONFIG "/home/u/.kube/config"
#define ARN "arn:aws:eks:us-east-1:123456789012:cluster/zenit"
#define MINE "kind: Config\nusers: [] # none\n"

static int set_up(void **state)
{
    struct fake_world *fake = fake_world_new();

    cl_json_setup();
    fake_set_env(fake, "HOME", "/home/u");
    *state = fake;
    return 0;
}

static int tear_down(void **state)
{
    fake_world_free(*state);
    return 0;
}

/* A cluster with a token until 2024-05-14T13:34:56Z. */
static struct cl_issue_client_result cluster(void)
{
    struct cl_issue_client_result client = aws_client_of_type("kubernetes");

    aws_client_set_resource(&client, "kubernetes-cluster", "zenit");
    aws_client_set(&client, "cluster_name", ARN);
    aws_client_set(&client, "server", "https://cluster.example");
    aws_client_set(&client, "certificate_authority", "Y2E=");
    aws_client_set_secret(&client, "token", "canary-token");
    return client;
}

static enum cl_code run(struct fake_world *fake, struct cl_issue_client_result client,
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

    assert_ok(run(fake, cluster(), request, &result, &err), &err);
}

#define NO_OPTIONS ((struct cl_login_request){.file = NULL})

/* One member of the first entry of a list, as text: "users", "user", "token". */
static void assert_member(struct fake_world *fake, const char *path, const char *const way[3],
                          const char *want)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_non_null(fake_file(fake, path));
    assert_ok(cl_yaml_parse(cl_str_of(fake_file(fake, path)), &yaml, &err), &err);
    const struct cl_yaml_node *item = cl_yaml_first(cl_yaml_get(cl_yaml_root(yaml), way[0]));
    assert_str(cl_yaml_get_text(cl_yaml_get(item, way[1]), way[2]), want);
}

#define MEMBER(list, body, member) ((const char *const[]){list, body, member})

/* --- what is written ----------------------------------------------------------------------- */

#define USER(more)                                                                         \
    "  user:\n" more "    exec:\n      apiVersion: client.authentication.k8s.io/v1beta1\n" \
    "      command: /usr/bin/cleat\n      args:\n      - kube-credential\n"                \
    "      - " AWS_CLIENT_CONNECTOR_ID "\n      - \"-r\"\n      - kubernetes-cluster\n"    \
    "      - \"-ri\"\n      - zenit\n"

static void writes_a_user_that_asks_cleat(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(run(*state, cluster(), NO_OPTIONS, &result, &err), &err);
    assert_string_equal(result.entry, ARN);
    assert_string_equal(result.path, CONFIG);
    assert_string_equal(result.notice, "Updated local kubeconfig with the cluster details. The "
                                       "current kubectl context was set to '" ARN "'.");
    const char *text = fake_file(*state, CONFIG);
    assert_non_null(strstr(text, USER("") "      env: null\n      interactiveMode: Never\n"
                                          "      provideClusterInfo: false\n"));
    assert_non_null(strstr(text, "- name: cleat:aws-auto:" ARN "\n"));
    assert_null(strstr(text, "canary"));
    assert_int_equal(fake_file_mode(*state, CONFIG), 0600);
    assert_null(fake_file(*state, CONFIG ".lock"));
    assert_member(*state, CONFIG, MEMBER("clusters", "cluster", "server"),
                  "https://cluster.example");
    assert_member(*state, CONFIG, MEMBER("clusters", "cluster", "certificate-authority-data"),
                  "Y2E=");
}

static void carries_the_place_of_the_store(void **state)
{
    fake_set_env(*state, "CLEAT_CONFIG_PATH", "/srv/my state");
    login(*state, NO_OPTIONS);
    assert_non_null(strstr(fake_file(*state, CONFIG),
                           "      env:\n      - name: CLEAT_CONFIG_PATH\n"
                           "        value: /srv/my state\n"));
}

static void carries_how_the_cluster_is_reached(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_issue_client_result client = cluster();
    struct cl_err err = CL_ERR_NONE;

    aws_client_set(&client, "tls_server_name", "inner.example");
    aws_client_set(&client, "proxy_url", "http://proxy:3128");
    aws_client_set(&client, "namespace", "team-a");
    aws_client_set(&client, "as_user", "ana");
    assert_ok(cl_config_set_bool(&client.issued.config, "insecure", true, &err), &err);
    client.issued.long_lived = true;
    assert_ok(run(*state, client, NO_OPTIONS, &result, &err), &err);
    assert_member(*state, CONFIG, MEMBER("clusters", "cluster", "tls-server-name"),
                  "inner.example");
    assert_member(*state, CONFIG, MEMBER("clusters", "cluster", "proxy-url"), "http://proxy:3128");
    assert_member(*state, CONFIG, MEMBER("clusters", "cluster", "insecure-skip-tls-verify"),
                  "true");
    assert_member(*state, CONFIG, MEMBER("clusters", "cluster", "certificate-authority-data"), "");
    assert_member(*state, CONFIG, MEMBER("contexts", "context", "namespace"), "team-a");
    assert_member(*state, CONFIG, MEMBER("users", "user", "as"), "ana");
    assert_non_null(strstr(fake_file(*state, CONFIG), "      - \"--allow-long-lived\"\n"));
}

static void writes_every_kind_of_static_copy(void **state)
{
    static const struct {
        const char *attr;
        const char *member;
    } rows[] = {{"token", "token"},
                {"client_certificate", "client-certificate-data"},
                {"client_key", "client-key-data"},
                {"username", "username"},
                {"password", "password"}};

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_issue_client_result client = cluster();
        struct cl_err err = CL_ERR_NONE;
        cl_config_remove(&client.issued.config, "token");
        aws_client_set_secret(&client, rows[i].attr, "canary");
        assert_ok(
            run(*state, client, (struct cl_login_request){.static_copy = true}, &result, &err),
            &err);
        assert_member(*state, CONFIG, MEMBER("users", "user", rows[i].member), "canary");
        assert_null(strstr(fake_file(*state, CONFIG), "exec:"));
        assert_non_null(strstr(fake_file(*state, CONFIG), "mode: static\n"));
    }
}

/* A file that gets a secret becomes its owner's alone; any other keeps its mode. */
static void keeps_secrets_to_the_owner(void **state)
{
    for (int copies = 0; copies < 2; copies++) {
        const struct cl_world *world = fake_world(*state);
        struct cl_err err = CL_ERR_NONE;
        fake_set_file(*state, CONFIG, NULL);
        fake_set_file(*state, "/home/u/.kube/other", "");
        assert_ok(world->create_file(world->ctx, CONFIG, CL_STR(MINE), 0644, &err), &err);
        login(*state, (struct cl_login_request){.static_copy = copies == 1});
        assert_int_equal(fake_file_mode(*state, CONFIG), copies == 1 ? 0600 : 0644);
    }
}

static void says_when_the_credential_in_the_file_ends(void **state)
{
    login(*state, (struct cl_login_request){.static_copy = true});
    assert_non_null(strstr(fake_file(*state, CONFIG), "expires: \"2024-05-14T13:34:56Z\"\n"));
    login(*state, NO_OPTIONS);
    assert_null(strstr(fake_file(*state, CONFIG), "expires:"));
    assert_null(strstr(fake_file(*state, CONFIG), "canary"));
}

/* --- names and files ----------------------------------------------------------------------- */

static void follows_the_options(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;
    struct cl_login_request request = {.file = "/proj/kube/config",
                                       .context = "mine",
                                       .kube_namespace = "team-b",
                                       .no_switch = true};

    fake_set_env(*state, "KUBECONFIG", "/elsewhere");
    assert_ok(run(*state, cluster(), request, &result, &err), &err);
    assert_string_equal(result.entry, "mine");
    assert_string_equal(result.path, "/proj/kube/config");
    assert_string_equal(result.notice, "Updated local kubeconfig with the cluster details. The new "
                                       "kubectl context is 'mine'.");
    assert_null(strstr(fake_file(*state, "/proj/kube/config"), "current-context"));
    assert_member(*state, "/proj/kube/config", MEMBER("contexts", "context", "namespace"),
                  "team-b");
    assert_null(fake_file(*state, "/elsewhere"));
}

static void writes_where_kubectl_would(void **state)
{
    static const struct {
        const char *list;
        const char *there; /* a file that exists; NULL: none does */
        const char *written;
    } rows[] = {
        {NULL, NULL, CONFIG},
        {"", NULL, CONFIG},
        {"::", NULL, CONFIG},
        {"/k/one", NULL, "/k/one"},
        {"/k/one:/k/two", NULL, "/k/two"},
        {"/k/one:/k/two:/k/three", "/k/two", "/k/two"},
        {":/k/one::/k/one:", "/k/one", "/k/one"},
        {"rel/one", NULL, "rel/one"},
        {"one", NULL, "one"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        fake_set_env(fake, "HOME", "/home/u");
        fake_set_env(fake, "KUBECONFIG", rows[i].list);
        if (rows[i].there != NULL)
            fake_set_file(fake, rows[i].there, MINE);
        login(fake, NO_OPTIONS);
        assert_non_null(fake_file(fake, rows[i].written));
        assert_non_null(strstr(fake_file(fake, rows[i].written), ARN));
        login(fake, (struct cl_login_request){.logout = true});
        if (rows[i].there == NULL)
            assert_null(fake_file(fake, rows[i].written));
        else
            assert_string_equal(fake_file(fake, rows[i].written), MINE);
        fake_world_free(fake);
    }
}

static void refuses_names_that_no_entry_can_have(void **state)
{
    static const struct {
        struct cl_login_request request;
        const char *text;
    } rows[] = {
        {{.context = ""}, "the name of the context needs 1 to 255 bytes of UTF-8"},
        {{.context = "a\nb"}, "the name of the context contains a control character"},
        {{.context = "a\x7f"}, "the name of the context contains a control character"},
        {{.context = "a\xc2\x85"}, "the name of the context contains a control character"},
        {{.context = "a\xff"}, "the name of the context needs 1 to 255 bytes of UTF-8"},
        {{.kube_namespace = "Team"},
         "a namespace consists of at most 63 small letters, digits and hyphens"},
        {{.kube_namespace = "-a"},
         "a namespace consists of at most 63 small letters, digits and hyphens"},
        {{.kube_namespace = "a."},
         "a namespace consists of at most 63 small letters, digits and hyphens"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(run(*state, cluster(), rows[i].request, &result, &err), CL_E_INVALID);
        assert_string_equal(err.text, rows[i].text);
        assert_null(fake_file(*state, CONFIG));
    }
}

static void refuses_a_cluster_with_a_hostile_name(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_issue_client_result client = cluster();
    struct cl_err err = CL_ERR_NONE;

    aws_client_set(&client, "cluster_name", "a\nusers: []");
    assert_int_equal(run(*state, client, NO_OPTIONS, &result, &err), CL_E_INVALID);
    assert_null(fake_file(*state, CONFIG));
}

static void refuses_what_no_plugin_can_hand_over(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_issue_client_result client = cluster();
    struct cl_err err = CL_ERR_NONE;

    aws_client_set_secret(&client, "password", "canary");
    assert_int_equal(run(*state, client, NO_OPTIONS, &result, &err), CL_E_UNSUPPORTED);
    assert_string_equal(err.text,
                        "Kubernetes clients cannot ask cleat for a user name and password");
    assert_string_equal(err.hint, "pass --static to write them into the kubeconfig");
}

/* --- somebody else's ----------------------------------------------------------------------- */

#define THEIRS "clusters:\n- {name: '" ARN "', cluster: {server: 'https://theirs'}}\n"

static void keeps_a_copy_of_what_it_replaces(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, CONFIG, THEIRS);
    assert_int_equal(run(*state, cluster(), NO_OPTIONS, &result, &err), CL_E_CONFLICT);
    assert_string_equal(fake_file(*state, CONFIG), THEIRS);
    assert_null(fake_file(*state, CONFIG ".cleat-backup"));
    login(*state, (struct cl_login_request){.overwrite = true});
    assert_string_equal(fake_file(*state, CONFIG ".cleat-backup"), THEIRS);
    assert_int_equal(fake_file_mode(*state, CONFIG ".cleat-backup"), 0600);
}

/* The first copy is the one that its owner misses. */
static void never_replaces_a_copy(void **state)
{
    static const char *const copies[] = {CONFIG ".cleat-backup", CONFIG ".cleat-backup.2",
                                         CONFIG ".cleat-backup.3"};
    static const char *const texts[] = {THEIRS, THEIRS "kind: Config\n", "# new\n" THEIRS};

    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        fake_set_file(*state, CONFIG, texts[i]);
        login(*state, (struct cl_login_request){.overwrite = true});
    }
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        assert_string_equal(fake_file(*state, copies[i]), texts[i]);
        assert_int_equal(fake_file_mode(*state, copies[i]), 0600);
    }
}

static void makes_room_for_a_hundred_copies(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, CONFIG ".cleat-backup", "1");
    for (int i = 2; i <= 100; i++) {
        CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(256);
        cl_buf_addf(&path, CONFIG ".cleat-backup.%d", i);
        fake_set_file(*state, path.ptr, "more");
    }
    fake_set_file(*state, CONFIG, THEIRS);
    assert_int_equal(
        run(*state, cluster(), (struct cl_login_request){.overwrite = true}, &result, &err),
        CL_E_LOCAL_CONFIG);
    assert_string_equal(err.text, "there are 100 copies '" CONFIG ".cleat-backup' already");
    assert_string_equal(err.hint, "remove those that are not needed any more");
    assert_string_equal(fake_file(*state, CONFIG), THEIRS);
}

static void tells_when_a_context_of_that_name_was_there(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, CONFIG, "contexts: [{name: '" ARN "'}]\n");
    assert_ok(run(*state, cluster(), NO_OPTIONS, &result, &err), &err);
    assert_string_equal(
        result.notice, "A context called '" ARN "' was there already and stays as it is.\nUpdated "
                       "local kubeconfig with the cluster details. The current kubectl context was "
                       "set to '" ARN "-cleat'.");
}

/* --- logout -------------------------------------------------------------------------------- */

static void needs_nothing_issued_to_log_out(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_issue_client_result client = cluster();
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, CONFIG, MINE);
    login(*state, NO_OPTIONS);
    cl_config_cleanup(&client.issued.config);
    client.issued.config = CL_CONFIG_NONE;
    assert_ok(run(*state, client, (struct cl_login_request){.logout = true}, &result, &err), &err);
    assert_string_equal(result.notice,
                        "Removed kubectl context '" ARN "' from the local kubeconfig.");
    assert_string_equal(fake_file(*state, CONFIG), MINE);
}

static void removes_the_file_that_it_made(void **state)
{
    struct fake_world *fake = *state;
    struct cl_login_request logout = {.logout = true};
    static const char *const empty[] = {NULL, "", "# nothing yet\n"};

    for (size_t i = 0; i < CL_COUNT(empty); i++) {
        fake_set_file(fake, CONFIG, empty[i]);
        login(fake, NO_OPTIONS);
        assert_non_null(fake_file(fake, CONFIG));
        login(fake, logout);
        if (empty[i] == NULL)
            assert_null(fake_file(fake, CONFIG));
        else
            assert_string_equal(fake_file(fake, CONFIG), empty[i]);
        assert_null(fake_file(fake, CONFIG ".lock"));
    }
}

static void says_that_there_is_nothing_to_take_away(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;
    struct cl_login_request logout = {.logout = true};

    assert_int_equal(run(*state, cluster(), logout, &result, &err), CL_E_NOT_FOUND);
    assert_string_equal(err.text, CONFIG ": there is no context of this connector");
    assert_int_equal(fake_file_mode(*state, "/home/u/.kube"), 0); /* nothing was made for that */
    assert_null(result.entry);
}

/* --- troubles ------------------------------------------------------------------------------ */

static void waits_for_nobody_for_ever(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, CONFIG, MINE);
    fake_set_file(*state, CONFIG ".lock", "");
    assert_int_equal(run(*state, cluster(), NO_OPTIONS, &result, &err), CL_E_LOCAL_CONFIG);
    assert_string_equal(err.text,
                        "'" CONFIG ".lock' says that another program is changing the file");
    assert_string_equal(fake_file(*state, CONFIG), MINE);
    fake_set_file(*state, CONFIG ".lock", NULL);
    login(*state, NO_OPTIONS);
}

static void touches_no_file_that_does_not_parse(void **state)
{
    static const char *const texts[] = {"a: [\n", "users: x\n", "- a\n"};

    for (size_t i = 0; i < CL_COUNT(texts) * 2; i++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_err err = CL_ERR_NONE;
        fake_set_file(*state, CONFIG, texts[i / 2]);
        assert_int_equal(
            run(*state, cluster(), (struct cl_login_request){.logout = i % 2 == 1}, &result, &err),
            CL_E_LOCAL_CONFIG);
        assert_non_null(strstr(err.text, CONFIG ": "));
        assert_string_equal(fake_file(*state, CONFIG), texts[i / 2]);
        assert_null(fake_file(*state, CONFIG ".lock"));
    }
}

static void needs_a_home(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_env(*state, "HOME", NULL);
    assert_int_equal(run(*state, cluster(), NO_OPTIONS, &result, &err), CL_E_LOCAL_CONFIG);
    assert_string_equal(err.text, "cannot find the kubeconfig file: HOME is not set");
}

static void bounds_the_list_of_files(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    CL_AUTO(cl_buf) struct cl_buf list = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    for (int i = 0; i <= CL_KUBECONFIG_FILES_MAX; i++)
        cl_buf_addf(&list, "/k/%d:", i);
    fake_set_env(*state, "KUBECONFIG", list.ptr);
    assert_int_equal(run(*state, cluster(), NO_OPTIONS, &result, &err), CL_E_LOCAL_CONFIG);
    assert_string_equal(err.text, "KUBECONFIG names more than 64 files");
}

/* Whichever call fails: an error, the file whole, and no lock left behind. */
static void survives_the_failure_of_every_call(void **state)
{
    struct fake_world *fake = *state;

    for (int64_t nth = 1;; nth++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_true(nth < 50);
        fake_set_file(fake, CONFIG ".cleat-backup", NULL);
        fake_set_file(fake, CONFIG, THEIRS);
        fake_fail_at(fake, nth);
        enum cl_code code =
            run(fake, cluster(), (struct cl_login_request){.overwrite = true}, &result, &err);
        int64_t made = fake_calls_made(fake);
        fake_fail_at(fake, 0);
        assert_null(fake_file(fake, CONFIG ".lock"));
        if (code == CL_OK) {
            assert_true(made < nth && nth > 4);
            return;
        }
        assert_int_equal(code, CL_E_LOCAL_CONFIG);
        assert_non_null(strstr(err.text, "injected fault"));
        assert_string_equal(fake_file(fake, CONFIG), THEIRS);
    }
}

struct round {
    struct fake_world *fake;
    struct cl_issue_client_result client;
};

static enum cl_code log_in_and_out(void *ctx, struct cl_err *err)
{
    const struct round *round = ctx;
    CL_AUTO(cl_login_result) struct cl_login_result in = {.entry = NULL};
    CL_AUTO(cl_login_result) struct cl_login_result out = {.entry = NULL};
    struct cl_call call = fake_call(round->fake);
    struct cl_login_request request = {.client = &round->client};

    CL_TRY(cl_login(&call, &request, &in, err));
    request.logout = true;
    return cl_login(&call, &request, &out, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct round round = {.fake = *state, .client = cluster()};

    fake_set_file(*state, CONFIG, MINE);
    assert_true(fail_each_allocation(log_in_and_out, &round) > 100);
    assert_string_equal(fake_file(*state, CONFIG), MINE);
    cl_issue_client_result_cleanup(&round.client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_a_user_that_asks_cleat),
        TEST(carries_the_place_of_the_store),
        TEST(carries_how_the_cluster_is_reached),
        TEST(writes_every_kind_of_static_copy),
        TEST(keeps_secrets_to_the_owner),
        TEST(says_when_the_credential_in_the_file_ends),
        TEST(follows_the_options),
        TEST(writes_where_kubectl_would),
        TEST(refuses_names_that_no_entry_can_have),
        TEST(refuses_a_cluster_with_a_hostile_name),
        TEST(refuses_what_no_plugin_can_hand_over),
        TEST(keeps_a_copy_of_what_it_replaces),
        TEST(never_replaces_a_copy),
        TEST(makes_room_for_a_hundred_copies),
        TEST(tells_when_a_context_of_that_name_was_there),
        TEST(needs_nothing_issued_to_log_out),
        TEST(removes_the_file_that_it_made),
        TEST(says_that_there_is_nothing_to_take_away),
        TEST(waits_for_nobody_for_ever),
        TEST(touches_no_file_that_does_not_parse),
        TEST(needs_a_home),
        TEST(bounds_the_list_of_files),
        TEST(survives_the_failure_of_every_call),
        TEST(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
