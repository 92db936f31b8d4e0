#include "interop/kubeconfig.h"

#include "base/alloc.h"
#include "fake_world.h"
#include "fault.h"
#include "test.h"

static const char first[] = "apiVersion: v1\n"
                            "kind: Config\n"
                            "clusters:\n"
                            "- {name: one, cluster: {server: 'https://one:6443'}}\n"
                            "- {name: bare, cluster: {}}\n"
                            "contexts:\n"
                            "- {name: one, context: {cluster: one, user: me, namespace: team}}\n"
                            "- {name: lost, context: {cluster: nowhere, user: me}}\n"
                            "- {name: nobody, context: {cluster: one, user: ''}}\n"
                            "- {name: bare, context: {cluster: bare, user: me}}\n"
                            "users:\n"
                            "- {name: me, user: {token: first}}\n";
static const char second[] =
    "{\"clusters\": [{\"name\": \"one\", \"cluster\": {\"server\": \"https://shadow\"}},\n"
    "              {\"name\": \"two\", \"cluster\": {\"server\": \"https://two\"}}],\n"
    " \"contexts\": [{\"name\": \"two\", \"context\": {\"cluster\": \"two\", \"user\": \"me\"}},\n"
    "              {\"name\": \"one\", \"context\": {}}],\n"
    " \"current-context\": \"two\",\n"
    " \"users\": [{\"name\": \"me\", \"user\": {\"token\": \"second\"}}]}\n";

static struct cl_kube_merged *both(void)
{
    const struct cl_kube_merged_text texts[] = {
        {"/a/config", cl_str_of(first)},
        {"/b/config", cl_str_of(second)},
    };
    struct cl_kube_merged *kubeconfig = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_kube_merged_parse(texts, CL_COUNT(texts), &kubeconfig, &err), &err);
    return kubeconfig;
}

static void the_first_file_that_has_an_entry_wins(void **state)
{
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *kubeconfig = both();
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_string) char *joined = NULL;
    struct cl_kube_context found = {.cluster = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_str(cl_kube_merged_current(kubeconfig), "two");
    assert_ok(cl_kube_merged_contexts(kubeconfig, &names, &err), &err);
    assert_ok(cl_strs_join(&names, ",", &joined, &err), &err);
    assert_string_equal(joined, "one,lost,nobody,bare,two");
    assert_ok(cl_kube_merged_find(kubeconfig, CL_STR_NONE, &found, &err), &err);
    assert_str(found.name, "two");
    assert_str(cl_yaml_get_text(found.cluster, "server"), "https://two");
    assert_str(cl_yaml_get_text(found.user, "token"), "first");
    assert_string_equal(found.cluster_path, "/b/config");
    assert_string_equal(found.user_path, "/a/config");
    assert_ok(cl_kube_merged_find(kubeconfig, CL_STR("one"), &found, &err), &err);
    assert_str(cl_yaml_get_text(found.cluster, "server"), "https://one:6443");
    assert_str(found.kube_namespace, "team");
}

/* Comparing each with each would take a hostile file's reader half a minute. */
static void very_many_contexts_are_not_all_named(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(CL_YAML_MAX_BYTES);
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *kubeconfig = NULL;
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&text, "contexts:\n");
    for (int i = 0; i < 40000; i++)
        cl_buf_addf(&text, "- name: c%d\n", i);
    const struct cl_kube_merged_text one = {.path = "/c", .text = cl_buf_view(&text)};
    assert_ok(cl_kube_merged_parse(&one, 1, &kubeconfig, &err), &err);
    assert_ok(cl_kube_merged_contexts(kubeconfig, &names, &err), &err);
    assert_int_equal(names.count, CL_KUBE_CONTEXTS_MAX);
}

static void says_what_a_context_lacks(void **state)
{
    static const struct {
        const char *context;
        enum cl_code code;
        const char *text;
    } cases[] = {
        {"three", CL_E_NOT_FOUND, "no context 'three'"},
        {"lost", CL_E_LOCAL_CONFIG, "names the cluster 'nowhere', which is not there"},
        {"nobody", CL_E_LOCAL_CONFIG, "names no user"},
        {"bare", CL_E_LOCAL_CONFIG, "cluster 'bare' of '/a/config' has no server"},
    };
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *kubeconfig = both();

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_kube_context found = {.cluster = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_kube_merged_find(kubeconfig, cl_str_of(cases[i].context), &found, &err),
                         cases[i].code);
        assert_non_null(strstr(err.text, cases[i].text));
        assert_null(found.cluster);
        if (cases[i].code == CL_E_NOT_FOUND)
            assert_non_null(strstr(err.hint, "one, lost, nobody, bare, two"));
    }
}

static enum cl_code parse_one(const char *text, struct cl_err *err)
{
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *kubeconfig = NULL;
    const struct cl_kube_merged_text one = {.path = "/c", .text = cl_str_of(text)};

    return cl_kube_merged_parse(&one, 1, &kubeconfig, err);
}

static void files_that_are_none_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *complaint; /* NULL: none */
    } cases[] = {
        {"", NULL},
        {"# nothing\n", NULL},
        {"clusters:\nusers: null\ncontexts: []\n", NULL},
        {"clusters:\r\n- name: a\r\n  cluster: {server: x}\r\n", NULL},
        {"[]", "'/c', line 1: this is no kubeconfig file"},
        {"a: b\nkind: Secret\n", "'/c', line 2: the file's kind is not Config"},
        {"clusters: text\n", "'/c', line 1: a list is wanted here"},
        {"users:\n- name: a\n- user: {}\n", "'/c', line 3: an entry without a name"},
        {"users:\n- {name: {}}\n", "an entry without a name"},
        {"users:\n- {name: a}\n- {name: b}\n- {name: a}\n", "a name is given twice"},
        {"users:\n- {name: a, name: b}\n", "'/c': YAML line 2, column 13: a key is given twice"},
        {"a: [cAnArYbIrD", "'/c': YAML line 2"},
        {"clusters:\n\t- name: a\n", "'/c': YAML line 2, column 1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = parse_one(cases[i].text, &err);
        if (cases[i].complaint == NULL) {
            assert_ok(code, &err);
            continue;
        }
        assert_int_equal(code, CL_E_LOCAL_CONFIG);
        if (strstr(err.text, cases[i].complaint) == NULL)
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_null(strstr(err.text, "cAnArYbIrD"));
    }
}

/* --- files --------------------------------------------------------------------------------- */

static char *paths_of(const char *kubeconfig, const char *home)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_strs) struct cl_strs paths = CL_STRS_NONE;
    char *joined = NULL;
    struct cl_err err = CL_ERR_NONE;

    fake_set_env(fake, "KUBECONFIG", kubeconfig);
    fake_set_env(fake, "HOME", home);
    if (cl_kube_merged_paths(fake_world(fake), &paths, &err) == CL_OK)
        assert_ok(cl_strs_join(&paths, ",", &joined, &err), &err);
    fake_world_free(fake);
    return joined;
}

static void the_list_of_files_is_read_as_kubectl_reads_it(void **state)
{
    static const struct {
        const char *kubeconfig, *home, *paths; /* NULL: an error */
    } cases[] = {
        {NULL, "/home/me", "/home/me/.kube/config"},
        {"", "/home/me", "/home/me/.kube/config"},
        {":", "/home/me", "/home/me/.kube/config"},
        {"/a", NULL, "/a"},
        {"/a::/b:/a:", NULL, "/a,/b"},
        {NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_string) char *paths = paths_of(cases[i].kubeconfig, cases[i].home);
        if (cases[i].paths == NULL) {
            assert_null(paths);
        } else {
            assert_string_equal(paths, cases[i].paths);
        }
    }
}

static enum cl_code load(struct fake_world *fake, const char *file, struct cl_err *err)
{
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *kubeconfig = NULL;

    return cl_kube_merged_load(fake_world(fake), cl_str_of(file), &kubeconfig, err);
}

static void missing_files_are_skipped_unless_all_are(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_set_env(fake, "KUBECONFIG", "/none:/b");
    assert_int_equal(load(fake, "", &err), CL_E_NOT_FOUND);
    assert_non_null(strstr(err.text, "/none, /b"));
    fake_set_file(fake, "/b", second);
    assert_ok(load(fake, "", &err), &err);
    assert_int_equal(load(fake, "/none", &err), CL_E_NOT_FOUND);
    fake_set_file(fake, "/none", "a: [");
    assert_int_equal(load(fake, "", &err), CL_E_LOCAL_CONFIG);
    assert_ok(load(fake, "/b", &err), &err);
    fake_world_free(fake);
}

static void paths_are_relative_to_their_file(void **state)
{
    static const struct {
        const char *kubeconfig, *path, *want;
    } cases[] = {
        {"/home/me/.kube/config", "ca.crt", "/home/me/.kube/ca.crt"},
        {"/home/me/.kube/config", "../ca.crt", "/home/me/.kube/../ca.crt"},
        {"/home/me/.kube/config", "/etc/ca.crt", "/etc/ca.crt"},
        {"config", "ca.crt", "ca.crt"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_string) char *path = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_ok(
            cl_kube_merged_resolve(cases[i].kubeconfig, cl_str_of(cases[i].path), &path, &err),
            &err);
        assert_string_equal(path, cases[i].want);
    }
}

static void data_wins_over_a_file(void **state)
{
    static const struct {
        const char *entry, *value;
        enum cl_code code;
    } cases[] = {
        {"{ca: f, ca-data: d}", "d", CL_OK},
        {"{ca: f}", "from file", CL_OK},
        {"{}", "", CL_OK},
        {"{ca: gone}", "", CL_E_LOCAL_CONFIG},
    };
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_file(fake, "/k/f", "from file");
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
        CL_AUTO(cl_buf) struct cl_buf value = CL_BUF(100);
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_yaml_parse(cl_str_of(cases[i].entry), &yaml, &err), &err);
        assert_int_equal(cl_kube_merged_read(fake_world(fake), "/k/config", cl_yaml_root(yaml),
                                             "ca", &value, &err),
                         cases[i].code);
        assert_str(cl_buf_view(&value), cases[i].value);
        if (cases[i].code != CL_OK)
            assert_non_null(strstr(err.text, "/k/gone"));
    }
    fake_world_free(fake);
}

static enum cl_code load_and_find(struct fake_world *fake)
{
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *kubeconfig = NULL;
    struct cl_kube_context found = {.cluster = NULL};
    struct cl_err err = CL_ERR_NONE;

    CL_TRY(cl_kube_merged_load(fake_world(fake), CL_STR_NONE, &kubeconfig, &err));
    return cl_kube_merged_find(kubeconfig, CL_STR("one"), &found, &err);
}

static void survives_the_lack_of_memory(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_env(fake, "KUBECONFIG", "/a:/b");
    fake_set_file(fake, "/a", first);
    fake_set_file(fake, "/b", second);
    assert_int_equal(load_and_find(fake), CL_OK);
    assert_survives_faults(load_and_find(fake), (void)0);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_file_that_has_an_entry_wins),
        cmocka_unit_test(very_many_contexts_are_not_all_named),
        cmocka_unit_test(says_what_a_context_lacks),
        cmocka_unit_test(files_that_are_none_are_refused_with_their_line),
        cmocka_unit_test(the_list_of_files_is_read_as_kubectl_reads_it),
        cmocka_unit_test(missing_files_are_skipped_unless_all_are),
        cmocka_unit_test(paths_are_relative_to_their_file),
        cmocka_unit_test(data_wins_over_a_file),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
