#include "kubernetes_harness.h"

#define HEAD                                                         \
    "contexts:\n"                                                    \
    "- {name: c, context: {cluster: k, user: u, namespace: team}}\n" \
    "current-context: c\n"
#define CLUSTER "clusters:\n- {name: k, cluster: {server: 'https://k8s.example:6443'}}\n"
/* base64 of "-----BEGIN X" */
#define PEM "LS0tLS1CRUdJTiBY"
#define USER(members) HEAD CLUSTER "users:\n- {name: u, user: {" members "}}\n"

/* What auto-configuration makes of this kubeconfig. */
struct found {
    struct fake_world *fake;
    struct cl_discovered discovered;
    struct cl_err err;
    enum cl_code code;
};

static struct found discover_from(struct fake_world *fake, const char *kubeconfig,
                                  const char *method, const struct cl_map *sources)
{
    struct found found = {.fake = fake};
    struct cl_call call = fake_call(fake);
    const struct cl_discover_request request = {
        .method = method == NULL ? NULL : cl_type_method(&cl_type_kubernetes, cl_str_of(method)),
        .sources = sources,
    };

    cl_json_setup();
    fake_set_env(fake, "HOME", "/home/me");
    fake_set_file(fake, "/home/me/.kube/config", kubeconfig);
    fake_set_file(fake, "/home/me/.kube/bad.pem", "no key");
    found.code = kubernetes_discover(&call, &request, &found.discovered, &found.err);
    return found;
}

static struct found discover_in(struct fake_world *fake, const char *kubeconfig, const char *method)
{
    const struct cl_map sources = CL_MAP_NONE;

    return discover_from(fake, kubeconfig, method, &sources);
}

static struct found discover(const char *kubeconfig, const char *method)
{
    return discover_in(fake_world_new(), kubeconfig, method);
}

static void found_cleanup(struct found *found)
{
    cl_discovered_cleanup(&found->discovered);
    fake_world_free(found->fake);
}

static const struct {
    const char *kubeconfig;
    const char *method; /* asked for; NULL: any */
    enum cl_code code;
    const char *want; /* method; or part of the error or its hint */
} users[] = {
    {USER("token: t"), NULL, CL_OK, "token"},
    {USER("token: t"), "service-account", CL_OK, "service-account"},
    {USER("token: t"), "client-certificate", CL_E_UNSUPPORTED, "has a token, which cannot"},
    {USER("token: t"), "password", CL_E_UNSUPPORTED, "auth method 'password'"},
    {USER("client-certificate-data: " PEM ", client-key-data: " PEM ""), NULL, CL_OK, "token"},
    {USER("client-certificate-data: " PEM ", client-key-data: " PEM ""), "client-certificate",
     CL_OK, "client-certificate"},
    {USER("username: a, password: b"), NULL, CL_OK, "password"},
    {USER("username: a, password: b"), "token", CL_E_UNSUPPORTED, "user name and password"},
    {USER("token: t, username: a, password: b"), NULL, CL_OK, "token"},
    {USER(""), NULL, CL_OK, "token"}, /* the checks of the connector refuse it */
    {USER("tokenFile: gone"), NULL, CL_E_LOCAL_CONFIG, "/home/me/.kube/gone"},
    {USER("tokenFile: gone"), NULL, CL_E_LOCAL_CONFIG,
     "'/home/me/.kube/config', line 7: tokenFile"},
    {USER(""), "service-account", CL_E_UNSUPPORTED, "has no credential, which cannot"},
    {USER("token: t, as: jane, as-uid: x"), NULL, CL_E_UNSUPPORTED, "'as-uid'"},
    {USER("token: t, as: jane, as-user-extra: {a: [b]}"), NULL, CL_E_UNSUPPORTED,
     "'as-user-extra'"},
    {USER("client-certificate: gone"), NULL, CL_E_LOCAL_CONFIG, "/home/me/.kube/gone"},
    {USER("client-certificate-data: nonsense"), NULL, CL_E_LOCAL_CONFIG,
     "line 7: client-certificate-data is neither PEM"},
    {USER("client-key: bad.pem"), NULL, CL_E_LOCAL_CONFIG,
     "line 7: the file that client-key names is neither PEM"},
    {USER("exec: {command: /usr/local/bin/aws}"), NULL, CL_E_UNSUPPORTED, "type 'aws'"},
    {USER("exec: {command: aws-iam-authenticator}"), NULL, CL_E_UNSUPPORTED, "type 'aws'"},
    {USER("exec: {command: gke-gcloud-auth-plugin}"), NULL, CL_E_UNSUPPORTED, "type 'gcp'"},
    {USER("exec: {command: kubelogin}"), NULL, CL_E_UNSUPPORTED, "type 'azure'"},
    {USER("exec: {command: cleat}"), NULL, CL_E_UNSUPPORTED, "exists already"},
    {USER("exec: {}"), NULL, CL_E_UNSUPPORTED, "service account"},
    {USER("auth-provider: {name: oidc}"), NULL, CL_E_UNSUPPORTED, "auth provider 'oidc'"},
    {USER("auth-provider: {name: azure}"), NULL, CL_E_UNSUPPORTED, "type 'azure'"},
    {HEAD CLUSTER, NULL, CL_E_LOCAL_CONFIG, "names the user 'u'"},
    {HEAD "clusters: [{name: k, cluster: {server: nonsense}}]\nusers: [{name: u, user: {}}]\n",
     NULL, CL_E_LOCAL_CONFIG, "server of cluster 'k'"},
};

static void the_user_entry_decides_about_the_method(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(users); i++) {
        struct found found = discover(users[i].kubeconfig, users[i].method);
        if (found.code != users[i].code)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(found.code), found.err.text);
        if (found.code == CL_OK) {
            assert_string_equal(found.discovered.auth_method, users[i].want);
        } else if (strstr(found.err.text, users[i].want) == NULL &&
                   strstr(found.err.hint, users[i].want) == NULL) {
            fail_msg("row %zu: %s; %s", i, found.err.text, found.err.hint);
        }
        found_cleanup(&found);
    }
}

#define EXEC(command) USER("exec: {apiVersion: v1, command: " command ", args: [get, --name, k]}")
#define ANSWER(status) "{\"apiVersion\":\"v1\",\"status\":{" status "}}"
#define UNTIL ",\"expirationTimestamp\":\"2024-05-14T13:34:56Z\""
#define OIDC(config) USER("auth-provider: {name: oidc, config: {" config "}}")
/* Claims {"exp":1715693696}. */
#define JWT "e30.eyJleHAiOjE3MTU2OTM2OTZ9.c2ln"

static struct found discover_short_lived(const char *kubeconfig, const char *answer)
{
    CL_AUTO(cl_map) struct cl_map sources = CL_MAP_NONE;
    struct fake_world *fake = fake_world_new();
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_map_set(&sources, CL_STR("allow_short_lived"), CL_STR("true"), &err), &err);
    fake_run_answer(fake, "tool", 0, answer);
    return discover_from(fake, kubeconfig, NULL, &sources);
}

static void what_a_tool_gives_is_taken_when_that_is_wanted(void **state)
{
    static const struct {
        const char *kubeconfig;
        const char *answer;
        const char *attr;
        const char *value;
        int64_t expires_at;
    } rows[] = {
        {EXEC("tool"), ANSWER("\"token\":\"t\"" UNTIL), "token", "t", FAKE_START_AT + 3600},
        {EXEC("tool"), ANSWER("\"token\":\"t\""), "token", "t", 0},
        {EXEC("tool"), ANSWER("\"token\":\"" JWT "\""), "token", JWT, FAKE_START_AT + 3600},
        {EXEC("tool"), ANSWER("\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\"" UNTIL),
         "client_key", "k", FAKE_START_AT + 3600},
        {OIDC("id-token: " JWT ", refresh-token: r"), "", "token", JWT, FAKE_START_AT + 3600},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct found found = discover_short_lived(rows[i].kubeconfig, rows[i].answer);
        const struct cl_config *config = &found.discovered.config;
        assert_ok(found.code, &found.err);
        assert_string_equal(found.discovered.auth_method, "token");
        assert_str(cl_secret_expose(cl_config_secret(config, rows[i].attr)), rows[i].value);
        assert_int_equal(found.discovered.expires_at, rows[i].expires_at);
        found_cleanup(&found);
    }
}

/* Who runs a command has to learn which. */
static void the_command_that_was_run_is_told(void **state)
{
    struct found found = discover_short_lived(EXEC("tool"), ANSWER("\"token\":\"t\"" UNTIL));

    (void)state;
    assert_ok(found.code, &found.err);
    assert_int_equal(found.discovered.warnings.count, 1);
    assert_string_equal(found.discovered.warnings.items[0],
                        "the credential was got by running 'tool get --name k', which ends at "
                        "2024-05-14T13:34:56Z");
    found_cleanup(&found);
}

static void what_a_tool_gives_is_refused_where_it_is_no_use(void **state)
{
    static const struct {
        const char *kubeconfig;
        const char *answer;
        enum cl_code code;
        const char *part;
    } rows[] = {
        {EXEC("/usr/bin/cleat"), "", CL_E_UNSUPPORTED, "'cleat'"},
        {EXEC("gone"), "", CL_E_LOCAL_TOOL_MISSING, "'/home/me/.kube/config', line 7: cannot run"},
        {EXEC("tool"), "{}", CL_E_LOCAL_CONFIG, "line 7: the answer of 'tool'"},
        {OIDC("refresh-token: r"), "", CL_E_UNSUPPORTED, "auth provider 'oidc'"},
        {USER("auth-provider: {name: gcp, config: {access-token: a}}"), "", CL_E_UNSUPPORTED,
         "auth provider 'gcp'"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct found found = discover_short_lived(rows[i].kubeconfig, rows[i].answer);
        if (found.code != rows[i].code || strstr(found.err.text, rows[i].part) == NULL)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(found.code), found.err.text);
        found_cleanup(&found);
    }
}

static void a_file_that_others_read_is_told(void **state)
{
    static const struct {
        unsigned mode;
        size_t warnings;
    } rows[] = {{0600, 0}, {0400, 0}, {0640, 1}, {0604, 1}, {0620, 1}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        struct found found = discover_in(fake, USER("token: t"), NULL);
        cl_discovered_cleanup(&found.discovered);
        fake_set_file_mode(fake, "/home/me/.kube/config", rows[i].mode);
        struct cl_call call = fake_call(fake);
        const struct cl_map sources = CL_MAP_NONE;
        const struct cl_discover_request request = {.sources = &sources};
        assert_ok(kubernetes_discover(&call, &request, &found.discovered, &found.err), &found.err);
        assert_int_equal(found.discovered.warnings.count, rows[i].warnings);
        if (rows[i].warnings > 0)
            assert_non_null(strstr(found.discovered.warnings.items[0], "chmod 600"));
        found_cleanup(&found);
    }
}

static void the_cluster_is_taken_over_whole(void **state)
{
    static const char text[] =
        HEAD "clusters:\n- name: k\n  cluster: {server: 'https://10.1.2.3:6443/p', "
             "insecure-skip-tls-verify: true, tls-server-name: k8s.internal, "
             "proxy-url: 'socks5://p:1'}\n"
             "users: [{name: u, user: {token: t, as: jane, as-groups: [dev, ops]}}]\n";
    struct found found = discover(text, NULL);
    const struct cl_config *config = &found.discovered.config;

    (void)state;
    assert_ok(found.code, &found.err);
    assert_str(cl_config_text(config, "server"), "https://10.1.2.3:6443/p");
    assert_str(cl_config_text(config, "cluster_name"), "10.1.2.3");
    assert_str(cl_config_text(config, "tls_server_name"), "k8s.internal");
    assert_str(cl_config_text(config, "proxy_url"), "socks5://p:1");
    assert_str(cl_config_text(config, "namespace"), "team");
    assert_true(cl_config_bool(config, "insecure"));
    assert_str(cl_config_text(config, "as_user"), "jane");
    assert_int_equal(cl_config_list(config, "as_groups")->count, 2);
    assert_int_equal(found.discovered.warnings.count, 0);
    assert_string_equal(found.discovered.source,
                        "token of user 'u' (context 'c', /home/me/.kube/config)");
    found_cleanup(&found);
}

/* The host's name as it is, where a character set was once stripped off its ends. */
static void clusters_are_called_after_their_host(void **state)
{
    static const struct {
        const char *server, *name;
        size_t warnings;
    } rows[] = {
        {"https://staging.example", "staging.example", 0},
        {"https://https.example:443/", "https.example", 0},
        {"https://[2001:db8::1]:6443", "2001:db8::1", 0},
        {"https://127.0.0.1:6443", "127.0.0.1", 1},
        {"https://0.0.0.0:6443", "0.0.0.0", 1},
        {"https://localhost", "localhost", 1},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
        cl_buf_addf(&text,
                    HEAD "clusters: [{name: k, cluster: {server: '%s'}}]\n"
                         "users: [{name: u, user: {token: t}}]\n",
                    rows[i].server);
        struct found found = discover(text.ptr, NULL);
        assert_ok(found.code, &found.err);
        assert_str(cl_config_text(&found.discovered.config, "cluster_name"), rows[i].name);
        assert_int_equal(found.discovered.warnings.count, rows[i].warnings);
        found_cleanup(&found);
    }
}

static void the_file_of_a_token_wins_over_its_text(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_file(fake, "/home/me/.kube/sub/token", "from-file\n");
    struct found found = discover_in(fake, USER("token: text, tokenFile: sub/token"), NULL);
    assert_ok(found.code, &found.err);
    assert_str(cl_secret_expose(cl_config_secret(&found.discovered.config, "token")), "from-file");
    found_cleanup(&found);
}

static void a_pod_is_told_what_fits_it(void **state)
{
    struct kubernetes_harness harness = kubernetes_harness("in-cluster");
    struct cl_discovered discovered = {.auth_method = NULL};
    const struct cl_map sources = CL_MAP_NONE;
    struct cl_discover_request request = {.sources = &sources};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_set_env(harness.fake, "HOME", "/home/me");
    kubernetes_put_into_pod(&harness);
    assert_int_equal(kubernetes_discover(&harness.call, &request, &discovered, &err),
                     CL_E_NOT_FOUND);
    assert_non_null(strstr(err.hint, "--auth-method in-cluster"));
    request.method = harness.conn.method;
    assert_ok(kubernetes_discover(&harness.call, &request, &discovered, &err), &err);
    assert_string_equal(discovered.auth_method, "in-cluster");
    cl_discovered_cleanup(&discovered);
    kubernetes_harness_cleanup(&harness);
}

static enum cl_code discover_with_fault(int64_t nth)
{
    struct fake_world *fake = fake_world_new();

    fake_set_file(fake, "/home/me/.kube/ca", "-----BEGIN X");
    (void)cl_alloc_fail_at(nth);
    struct found found = discover_in(
        fake,
        HEAD "clusters: [{name: k, cluster: {server: 'https://localhost', certificate-authority: "
             "ca}}]\nusers: [{name: u, user: {token: t, as: a, as-groups: [b]}}]\n",
        NULL);
    (void)cl_alloc_fail_at(0);
    enum cl_code code = found.code;
    found_cleanup(&found);
    return code;
}

static void survives_the_lack_of_memory(void **state)
{
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    while (code != CL_OK && nth < 2000) {
        code = discover_with_fault(++nth);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 10 && nth < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_user_entry_decides_about_the_method),
        cmocka_unit_test(what_a_tool_gives_is_taken_when_that_is_wanted),
        cmocka_unit_test(the_command_that_was_run_is_told),
        cmocka_unit_test(what_a_tool_gives_is_refused_where_it_is_no_use),
        cmocka_unit_test(a_file_that_others_read_is_told),
        cmocka_unit_test(the_cluster_is_taken_over_whole),
        cmocka_unit_test(clusters_are_called_after_their_host),
        cmocka_unit_test(the_file_of_a_token_wins_over_its_text),
        cmocka_unit_test(a_pod_is_told_what_fits_it),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
