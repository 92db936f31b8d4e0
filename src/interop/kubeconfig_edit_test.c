#include "interop/kubeconfig_edit.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "faults.h"
#include "test.h"

#define PATH "/home/u/.kube/config"
#define FILES_MAX 3

/* Files as a test has them; the texts are what they hold now. NULL: a file that is not there. */
struct set {
    struct cl_kube_files files;
    struct cl_kube_file items[FILES_MAX];
};

static void put(struct cl_kube_file *file, const char *text)
{
    cl_buf_truncate(&file->text, 0);
    cl_buf_add_c(&file->text, text == NULL ? "" : text);
    file->existed = text != NULL;
    file->remove = false;
    file->changed = false;
    file->needs_copy = false;
}

static void set_init(struct set *set, const char *const *texts, size_t count)
{
    static const char *const paths[] = {PATH, "/second", "/third"};

    *set = (struct set){.files = {.count = count}};
    set->files.items = set->items;
    for (size_t i = 0; i < count; i++) {
        set->items[i] =
            (struct cl_kube_file){.path = paths[i], .text = CL_BUF_SECRET(CL_KUBECONFIG_MAX_BYTES)};
        put(&set->items[i], texts[i]);
    }
}

static void set_cleanup(struct set *set)
{
    for (size_t i = 0; i < set->files.count; i++)
        cl_kube_file_cleanup(&set->items[i]);
}

static struct set one_file(const char *text)
{
    struct set set;

    set_init(&set, &text, 1);
    set.files.items = NULL;
    return set;
}

/* The set lies where it will stay. */
static struct cl_kube_files *files_of(struct set *set)
{
    set->files.items = set->items;
    return &set->files;
}

/* --- logins -------------------------------------------------------------------------------- */

struct who {
    const char *connector;
    const char *cluster;
    const char *server;
    const char *context; /* NULL: the cluster's name */
    bool no_switch;
    bool overwrite;
};

static const struct who alpha = {.connector = "c1", .cluster = "alpha", .server = "https://a"};
static const struct who beta = {.connector = "c2", .cluster = "beta", .server = "https://b"};

static enum cl_code log_in(struct set *set, const struct who *who, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json)
    json_t *cluster =
        json_pack("{s:s,s:s}", "server", who->server, "certificate-authority-data", "Y2E=");
    CL_AUTO(cl_json) json_t *user = json_pack("{s:{s:s,s:n}}", "exec", "command", "cleat", "env");
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(256);

    if (cluster == NULL || user == NULL)
        return cl_err_no_memory(err);
    cl_buf_addf(&name, "cleat:%s:%s", who->connector, who->cluster);
    CL_TRY(cl_buf_ok(&name, err));
    struct cl_kube_login login = {
        .owner = {.connector = cl_str_of(who->connector), .resource_id = cl_str_of(who->cluster)},
        .cluster_name = cl_str_of(who->cluster),
        .user_name = cl_buf_view(&name),
        .context = cl_str_of(who->context),
        .cluster = cluster,
        .user = user,
        .mode = CL_STR("exec"),
        .written = CL_STR("2024-05-14T12:34:56Z"),
        .no_switch = who->no_switch,
        .overwrite = who->overwrite};
    return cl_kubeconfig_login(files_of(set), &login, ret, err);
}

static void in(struct set *set, const struct who *who, const char *context)
{
    CL_AUTO(cl_string) char *got = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(log_in(set, who, &got, &err), &err);
    assert_string_equal(got, context);
}

static enum cl_code log_out(struct set *set, const struct who *who, char **ret, struct cl_err *err)
{
    struct cl_kube_owner owner = {.connector = cl_str_of(who->connector),
                                  .resource_id = cl_str_of(who->cluster)};

    return cl_kubeconfig_logout(files_of(set), &owner, cl_str_of(who->context), ret, err);
}

static void out(struct set *set, const struct who *who)
{
    CL_AUTO(cl_string) char *got = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(log_out(set, who, &got, &err), &err);
}

static void assert_text(const struct set *set, size_t index, const char *want)
{
    assert_str(cl_buf_view(&set->items[index].text), want);
}

/* --- what is written ----------------------------------------------------------------------- */

#define MARK(indent, more)                                                         \
    indent "extensions:\n" indent "- name: cleat\n" indent "  extension:\n" indent \
           "    apiVersion: cleat/v1\n" indent "    connector: c1\n" indent        \
           "    resource-id: alpha\n" indent "    mode: exec\n" indent             \
           "    written: \"2024-05-14T12:34:56Z\"\n" more

static void writes_a_whole_file_where_there_was_none(void **state)
{
    CL_AUTO(set) struct set set = one_file(NULL);

    (void)state;
    in(&set, &alpha, "alpha");
    assert_text(
        &set, 0,
        "# made by cleat\napiVersion: v1\nkind: Config\nclusters:\n- name: alpha\n"
        "  cluster:\n    server: https://a\n    certificate-authority-data: Y2E=\n" MARK(
            "    ",
            "        list-before: \"-\"\n") "users:\n- name: cleat:c1:alpha\n  user:\n    exec:\n  "
                                            "    command: cleat\n"
                                            "      env: null\n" MARK(
                                                "    ",
                                                "        list-before: \"-\"\n") "contexts:\n- "
                                                                                "name: alpha\n  "
                                                                                "context:\n    "
                                                                                "cluster: alpha\n"
                                                                                "    user: "
                                                                                "cleat:c1:"
                                                                                "alpha\n" MARK(
                                                                                    "    ",
                                                                                    "        "
                                                                                    "previous-"
                                                                                    "context: "
                                                                                    "\"-\"\n       "
                                                                                    " list-before: "
                                                                                    "\"-\"\n") "cur"
                                                                                               "ren"
                                                                                               "t-"
                                                                                               "con"
                                                                                               "tex"
                                                                                               "t: "
                                                                                               "alp"
                                                                                               "ha"
                                                                                               "\n");
    assert_true(set.items[0].changed && !set.items[0].needs_copy);
    out(&set, &alpha);
    assert_text(&set, 0, "");
    assert_true(set.items[0].remove);
}

static void follows_json(void **state)
{
    CL_AUTO(set)
    struct set set = one_file(
        "{\"apiVersion\":\"v1\",\"kind\":\"Config\",\"users\":[],\"current-context\":\"x\"}");

    (void)state;
    in(&set, &alpha, "alpha");
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;
    assert_ok(cl_json_parse(cl_buf_view(&set.items[0].text), &json, &err), &err);
    assert_str(cl_json_str(json, "current-context"), "alpha");
    out(&set, &alpha);
    assert_text(
        &set, 0,
        "{\"apiVersion\":\"v1\",\"kind\":\"Config\",\"users\":[],\"current-context\":\"x\"}");
}

/* --- there and back ------------------------------------------------------------------------ */

/* What stood there before Cleat came, in every way of writing it. */
static const char *const befores[] = {
    "",
    "\n",
    "# nothing yet",
    "# nothing yet\n\n",
    "---\n",
    "apiVersion: v1\nkind: Config\n",
    "apiVersion: v1\nclusters: []\ncontexts: []\ncurrent-context: \"\"\nkind: Config\n"
    "preferences: {}\nusers: []\n",
    "apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ''\nusers: ~",
    "clusters:\ncontexts:\nusers:\ncurrent-context:\n",
    "clusters:\r\ncontexts: [ ] # none\r\nusers:\r\n  []\r\ncurrent-context: k # mine\r\n",
    "clusters:\n  - name: k\n    cluster:\n      server: https://k\n      "
    "certificate-authority-data: "
    "|\n        Zm9v\n        YmFy\n# behind\ncontexts:\n- context: {cluster: k, user: k}\n"
    "  name: k # k\n\ncurrent-context: k\nusers:\n-   name: k\n    user: {token: \"tab\\there\"}\n"
    "unknown: &x {a: [1, 2]}\nother: *x",
    "{}",
    "{\"kind\": \"Config\"}\n",
    "{\n    \"clusters\": [\n        {\n            \"name\": \"k\",\n            \"cluster\": {}\n"
    "        }\n    ],\n    \"users\": null,\n    \"current-context\": \"k\"\n}\n",
};

static void gives_back_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(befores); i++) {
        CL_AUTO(set) struct set set = one_file(befores[i]);
        in(&set, &alpha, "alpha");
        in(&set, &alpha, "alpha"); /* again, as people do */
        out(&set, &alpha);
        assert_text(&set, 0, befores[i]);
        assert_false(set.items[0].remove);
    }
}

/* What is there now, after the first login into a file that was not there. */
static void reread(struct set *set)
{
    set->items[0].existed = true;
}

/* Each login and logout is a run of its own, which finds the file as the last one left it. */
static void removes_a_file_that_it_made_with_its_last_entry(void **state)
{
    static const struct who *const orders[][2] = {{&alpha, &beta}, {&beta, &alpha}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(orders); i++) {
        CL_AUTO(set) struct set set = one_file(NULL);
        in(&set, &alpha, "alpha");
        reread(&set);
        in(&set, &beta, "beta");
        in(&set, &alpha, "alpha");
        out(&set, orders[i][0]);
        assert_false(set.items[0].remove);
        out(&set, orders[i][1]);
        assert_true(set.items[0].remove);
    }
}

static void keeps_a_file_in_which_something_foreign_is_left(void **state)
{
    static const char *const foreign[] = {"# mine\n", "preferences: {}\n", "\n"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(foreign); i++) {
        CL_AUTO(set) struct set set = one_file(NULL);
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
        in(&set, &alpha, "alpha");
        reread(&set);
        cl_buf_add(&text, cl_buf_view(&set.items[0].text));
        cl_buf_add_c(&text, foreign[i]);
        put(&set.items[0], text.ptr);
        out(&set, &alpha);
        assert_false(set.items[0].remove);
        assert_true(cl_str_ends(cl_buf_view(&set.items[0].text), cl_str_of(foreign[i])));
    }
}

static void gives_back_every_byte_after_two_in_any_order(void **state)
{
    static const struct who *const orders[][4] = {
        {&alpha, &beta, &beta, &alpha},
        {&alpha, &beta, &alpha, &beta},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(befores) * 2; i++) {
        CL_AUTO(set) struct set set = one_file(befores[i / 2]);
        const struct who *const *order = orders[i % 2];
        in(&set, order[0], order[0]->cluster);
        in(&set, order[1], order[1]->cluster);
        in(&set, order[0], order[0]->cluster);
        out(&set, order[2]);
        out(&set, order[3]);
        assert_text(&set, 0, befores[i / 2]);
    }
}

/* --- the current context ------------------------------------------------------------------- */

static void assert_current(const struct set *set, size_t index, const char *want)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_yaml_parse(cl_buf_view(&set->items[index].text), &yaml, &err), &err);
    assert_str(cl_yaml_get_text(cl_yaml_root(yaml), "current-context"), want);
}

static void leaves_a_choice_of_the_user_alone(void **state)
{
    CL_AUTO(set) struct set set = one_file("current-context: k\n");
    struct who quiet = beta;

    (void)state;
    quiet.no_switch = true;
    in(&set, &quiet, "beta");
    assert_current(&set, 0, "k");
    in(&set, &alpha, "alpha");
    assert_current(&set, 0, "alpha");
    in(&set, &beta, "beta");
    out(&set, &alpha); /* not the current one */
    assert_current(&set, 0, "beta");
    out(&set, &beta);
    assert_text(&set, 0, "current-context: k\n");
}

static void forgets_a_context_that_never_was_current(void **state)
{
    CL_AUTO(set) struct set set = one_file("a: 1\n");
    struct who quiet = alpha;

    (void)state;
    quiet.no_switch = true;
    in(&set, &quiet, "alpha");
    cl_buf_add_c(&set.items[0].text, "current-context: alpha\n"); /* by hand */
    out(&set, &alpha);
    assert_text(&set, 0, "a: 1\ncurrent-context: \"\"\n");
}

/* --- ownership ----------------------------------------------------------------------------- */

static void assert_refused(struct set *set, const struct who *who, const char *text,
                           const char *hint)
{
    CL_AUTO(cl_string) char *got = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(log_in(set, who, &got, &err), CL_E_CONFLICT);
    assert_string_equal(err.text, text);
    assert_string_equal(err.hint, hint);
    assert_null(got);
}

#define CLUSTER(server)                                                                \
    "clusters:\n- cluster:\n    certificate-authority-data: Y2E=\n    server: " server \
    "\n  name: alpha\n"
#define CLUSTER_HINT                                                                             \
    "pass --overwrite to replace it (a copy is kept beside the file), or --kubeconfig FILE for " \
    "another file"

static void uses_the_same_cluster_as_it_is(void **state)
{
    CL_AUTO(set) struct set set = one_file(CLUSTER("https://a"));

    (void)state;
    in(&set, &alpha, "alpha");
    assert_true(cl_str_starts(cl_buf_view(&set.items[0].text), CL_STR(CLUSTER("https://a"))));
    out(&set, &alpha);
    assert_text(&set, 0, CLUSTER("https://a"));
}

static void refuses_another_cluster_of_that_name(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {CLUSTER("https://other"), " and is at 'https://other' instead of 'https://a'"},
        {"clusters:\n- name: alpha\n  cluster: {server: 'https://a'}\n",
         " and is verified in another way"},
        {"clusters:\n- name: alpha\n  cluster: {server: 'https://a', insecure-skip-tls-verify: "
         "true, "
         "certificate-authority-data: Y2E=}\n",
         " and is verified in another way"},
        {"clusters:\n- name: alpha\n  cluster: {server: 'https://a', certificate-authority: "
         "ca.pem}\n",
         " and is verified in another way"},
        {"clusters:\n- name: alpha\n", " and is at '' instead of 'https://a'"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(set) struct set set = one_file(rows[i].text);
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
        struct who hard = alpha;
        cl_buf_addf(&text, PATH ": cluster 'alpha' was not written by cleat%s", rows[i].why);
        assert_refused(&set, &alpha, text.ptr, CLUSTER_HINT);
        hard.overwrite = true;
        put(&set.items[0], rows[i].text);
        in(&set, &hard, "alpha");
        assert_true(set.items[0].needs_copy);
    }
}

static void calls_its_context_otherwise_when_the_name_is_taken(void **state)
{
#define TAKEN "contexts:\n- {name: alpha, context: {cluster: x, user: y}}\n"
    CL_AUTO(set) struct set set = one_file(TAKEN);
    struct who hard = alpha;
    struct who named = alpha;

    (void)state;
    in(&set, &alpha, "alpha-cleat");
    assert_current(&set, 0, "alpha-cleat");
    assert_false(set.items[0].needs_copy);
    out(&set, &alpha);
    assert_text(&set, 0, TAKEN);
    named.context = "alpha";
    assert_refused(&set, &named, PATH ": context 'alpha' was not written by cleat",
                   "pass --overwrite to replace it, or --context NAME for another name");
    named.context = "mine";
    put(&set.items[0], TAKEN);
    in(&set, &named, "mine");
    hard.overwrite = true;
    put(&set.items[0], TAKEN);
    in(&set, &hard, "alpha");
    assert_true(set.items[0].needs_copy);
}

static void refuses_when_both_names_are_taken(void **state)
{
    CL_AUTO(set) struct set set = one_file("contexts: [{name: alpha}, {name: alpha-cleat}]\n");

    (void)state;
    assert_refused(&set, &alpha, PATH ": context 'alpha-cleat' was not written by cleat",
                   "pass --overwrite to replace it, or --context NAME for another name");
}

static void refuses_a_user_of_somebody_else(void **state)
{
    CL_AUTO(set) struct set set = one_file("users: [{name: 'cleat:c1:alpha', user: {}}]\n");

    (void)state;
    assert_refused(&set, &alpha, PATH ": user 'cleat:c1:alpha' was not written by cleat",
                   "pass --overwrite to replace it, or --kubeconfig FILE for another file");
}

static void leaves_no_stale_member_behind(void **state)
{
    CL_AUTO(set) struct set set = one_file("");
    struct who moved = alpha;

    (void)state;
    in(&set, &alpha, "alpha");
    char *at = strstr(set.items[0].text.ptr, "command: cleat");
    assert_non_null(at);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(CL_KUBECONFIG_MAX_BYTES);
    cl_buf_add(&text, cl_str_make(set.items[0].text.ptr, (size_t)(at - set.items[0].text.ptr)));
    cl_buf_add_c(&text, "stale: 1\n      ");
    cl_buf_add_c(&text, at);
    put(&set.items[0], text.ptr);
    moved.server = "https://moved";
    in(&set, &moved, "alpha");
    assert_null(strstr(set.items[0].text.ptr, "stale"));
    assert_null(strstr(set.items[0].text.ptr, "https://a\n"));
    assert_non_null(strstr(set.items[0].text.ptr, "https://moved"));
}

/* Two connectors for one cluster: the context is the last one's; nothing is left behind. */
static void hands_a_context_over_to_another_connector(void **state)
{
    CL_AUTO(set) struct set set = one_file("kind: Config\n");
    CL_AUTO(cl_string) char *context = NULL;
    struct who second = alpha;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    second.connector = "c9";
    in(&set, &alpha, "alpha");
    in(&set, &second, "alpha");
    assert_ok(log_out(&set, &alpha, &context, &err), &err);
    assert_null(context);
    assert_null(strstr(set.items[0].text.ptr, "cleat:c1:alpha"));
    assert_non_null(strstr(set.items[0].text.ptr, "cleat:c9:alpha"));
    out(&set, &second);
    assert_text(&set, 0, "kind: Config\n");
}

/* Whoever changes a cluster changes where the credentials of all its contexts are sent. */
static void never_leads_the_contexts_of_others_to_another_server(void **state)
{
#define LEADS " and is at 'https://a' instead of 'https://evil'"
    static const struct {
        struct who second; /* after alpha logged in as the context "one" */
        const char *why;
    } rows[] = {
        {{.connector = "c9", .cluster = "alpha", .server = "https://evil", .context = "two"},
         "written by cleat for another connector or resource" LEADS},
        {{.connector = "c9", .cluster = "alpha", .server = "https://evil"},
         "written by cleat for another connector or resource" LEADS},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(set) struct set set = one_file("");
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
        struct who first = alpha;
        struct who hard = rows[i].second;
        first.context = "one";
        hard.overwrite = true;
        in(&set, &first, "one");
        cl_buf_addf(&text, PATH ": cluster 'alpha' was %s", rows[i].why);
        assert_refused(&set, &rows[i].second, text.ptr, CLUSTER_HINT);
        in(&set, &hard, hard.context == NULL ? "alpha" : hard.context);
        assert_true(set.items[0].needs_copy);
    }
}

static void never_moves_a_cluster_that_it_shares(void **state)
{
    CL_AUTO(set) struct set set = one_file("");
    struct who first = alpha;
    struct who moved = alpha;

    (void)state;
    first.context = "one";
    moved.connector = "c9";
    moved.context = "two";
    in(&set, &first, "one");
    in(&set, &moved, "two");
    moved.server = "https://evil";
    assert_refused(&set, &moved,
                   PATH ": cluster 'alpha' was given to contexts of others, too" LEADS,
                   CLUSTER_HINT);
}

static void keeps_a_context_of_another_cluster_that_has_its_name(void **state)
{
    CL_AUTO(set) struct set set = one_file("");
    struct who first = beta;
    struct who third = alpha;

    (void)state;
    first.context = "alpha";
    in(&set, &first, "alpha");
    in(&set, &alpha, "alpha-cleat");
    in(&set, &alpha, "alpha-cleat"); /* again */
    out(&set, &alpha);
    assert_current(&set, 0, "alpha");
    first.context = "alpha-cleat";
    in(&set, &first, "alpha-cleat");
    assert_refused(&set, &third,
                   PATH ": context 'alpha-cleat' was written by cleat for another connector or "
                        "resource",
                   "pass --overwrite to replace it, or --context NAME for another name");
}

static void keeps_a_cluster_that_somebody_uses(void **state)
{
    CL_AUTO(set) struct set set = one_file("contexts: [{name: k, context: {cluster: alpha}}]\n");

    (void)state;
    in(&set, &alpha, "alpha");
    out(&set, &alpha);
    assert_non_null(strstr(set.items[0].text.ptr, "server: https://a"));
    assert_null(strstr(set.items[0].text.ptr, "users"));
}

/* --- several files ------------------------------------------------------------------------- */

static void changes_an_entry_where_it_is_and_adds_to_the_target(void **state)
{
    static const char *const texts[] = {"current-context: k\n", "users: []\n", "kind: Config\n"};
    CL_AUTO(set) struct set set;
    struct who hidden = alpha;

    (void)state;
    set_init(&set, texts, 3);
    set.files.target = 1;
    in(&set, &alpha, "alpha");
    assert_text(&set, 0, texts[0]);
    assert_text(&set, 2, texts[2]);
    set.files.target = 0;
    hidden.server = "https://moved";
    in(&set, &hidden, "alpha"); /* the entries stay where they are */
    assert_text(&set, 2, texts[2]);
    assert_non_null(strstr(set.items[1].text.ptr, "https://moved"));
    assert_current(&set, 0, "alpha");
    out(&set, &alpha);
    for (size_t i = 0; i < 3; i++)
        put(&set.items[i], texts[i]);
}

static void gives_several_files_back(void **state)
{
    static const char *const texts[] = {"", "users: []\n", "{\"clusters\":[]}"};

    (void)state;
    for (size_t target = 0; target < 3; target++) {
        CL_AUTO(set) struct set set;
        set_init(&set, texts, 3);
        set.files.target = target;
        in(&set, &alpha, "alpha");
        in(&set, &beta, "beta");
        out(&set, &alpha);
        out(&set, &beta);
        for (size_t i = 0; i < 3; i++)
            assert_text(&set, i, texts[i]);
    }
}

/* --- what there is nothing to do about ----------------------------------------------------- */

static void says_that_there_is_nothing_to_take_out(void **state)
{
    static const struct {
        const char *text;
        const char *context;
        enum cl_code code;
        const char *why;
    } rows[] = {
        {"", NULL, CL_E_NOT_FOUND, PATH ": there is no context of this connector"},
        {"kind: Config\n", NULL, CL_E_NOT_FOUND, PATH ": there is no context of this connector"},
        {"kind: Config\n", "x", CL_E_NOT_FOUND, PATH ": there is no context 'x'"},
        {"contexts: [{name: x}]\n", "x", CL_E_CONFLICT,
         PATH ": context 'x' was not written by cleat for this connector"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(set) struct set set = one_file(rows[i].text);
        CL_AUTO(cl_string) char *context = NULL;
        struct who who = alpha;
        struct cl_err err = CL_ERR_NONE;
        who.context = rows[i].context;
        assert_int_equal(log_out(&set, &who, &context, &err), rows[i].code);
        assert_string_equal(err.text, rows[i].why);
        assert_text(&set, 0, rows[i].text);
        assert_false(set.items[0].changed);
    }
}

static void refuses_files_that_it_cannot_read(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"a: [\n", PATH ": YAML line 2, column 1: "},
        {"a: 1\n---\nb: 2\n", PATH ": YAML line"},
        {"\ta: 1\n", PATH ": YAML line 1, column 1: "},
        {"- a\n", PATH ": this is no kubeconfig"},
        {"text\n", PATH ": this is no kubeconfig"},
        {"users: text\n", PATH ": line 1: 'users' is no list"},
        {"contexts: {a: 1}\n", PATH ": line 1: 'contexts' is no list"},
        {"users:\n- text\n", PATH ": line 2: an entry of 'users' has no name"},
        {"users:\n- {user: {}}\n", PATH ": line 2: an entry of 'users' has no name"},
        {"users:\n- name: a\n- name: a\n",
         PATH ": line 3: a name of 'users' is there for the second time"},
        {"x: &u []\nusers: *u\n", PATH ": line 2: 'users' is an alias, so it cannot be changed"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(set) struct set set = one_file(rows[i].text);
        CL_AUTO(cl_string) char *context = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(log_in(&set, &alpha, &context, &err), CL_E_LOCAL_CONFIG);
        if (strncmp(err.text, rows[i].why, strlen(rows[i].why)) != 0)
            fail_msg("%s", err.text);
    }
}

static void takes_no_mark_that_is_shaped_otherwise(void **state)
{
    static const char *const extensions[] = {"cleat",           "{name: cleat}",
                                             "[cleat]",         "[[cleat]]",
                                             "[{name: cleat}]", "[{name: other, extension: {}}]"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(extensions); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
        cl_buf_addf(&text, "contexts: [{name: alpha, context: {extensions: %s}}]\n", extensions[i]);
        CL_AUTO(set) struct set set = one_file(text.ptr);
        in(&set, &alpha, "alpha-cleat");
    }
}

/* --- memory -------------------------------------------------------------------------------- */

static enum cl_code there_and_back(void *ctx, struct cl_err *err)
{
    CL_AUTO(set) struct set set = one_file(ctx);
    CL_AUTO(cl_string) char *in_context = NULL;
    CL_AUTO(cl_string) char *out_context = NULL;

    if (set.items[0].text.failed != CL_OK)
        return cl_err_no_memory(err);
    CL_TRY(log_in(&set, &alpha, &in_context, err));
    return log_out(&set, &alpha, &out_context, err);
}

static void reports_every_failing_allocation(void **state)
{
    char text[] = "clusters: []\ncurrent-context: k\n";

    (void)state;
    assert_true(fail_each_allocation(there_and_back, text) > 100);
}

static int set_up_json(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_whole_file_where_there_was_none),
        cmocka_unit_test(follows_json),
        cmocka_unit_test(gives_back_every_byte),
        cmocka_unit_test(removes_a_file_that_it_made_with_its_last_entry),
        cmocka_unit_test(keeps_a_file_in_which_something_foreign_is_left),
        cmocka_unit_test(gives_back_every_byte_after_two_in_any_order),
        cmocka_unit_test(leaves_a_choice_of_the_user_alone),
        cmocka_unit_test(forgets_a_context_that_never_was_current),
        cmocka_unit_test(uses_the_same_cluster_as_it_is),
        cmocka_unit_test(refuses_another_cluster_of_that_name),
        cmocka_unit_test(calls_its_context_otherwise_when_the_name_is_taken),
        cmocka_unit_test(refuses_when_both_names_are_taken),
        cmocka_unit_test(refuses_a_user_of_somebody_else),
        cmocka_unit_test(leaves_no_stale_member_behind),
        cmocka_unit_test(hands_a_context_over_to_another_connector),
        cmocka_unit_test(never_leads_the_contexts_of_others_to_another_server),
        cmocka_unit_test(never_moves_a_cluster_that_it_shares),
        cmocka_unit_test(keeps_a_context_of_another_cluster_that_has_its_name),
        cmocka_unit_test(keeps_a_cluster_that_somebody_uses),
        cmocka_unit_test(changes_an_entry_where_it_is_and_adds_to_the_target),
        cmocka_unit_test(gives_several_files_back),
        cmocka_unit_test(says_that_there_is_nothing_to_take_out),
        cmocka_unit_test(refuses_files_that_it_cannot_read),
        cmocka_unit_test(takes_no_mark_that_is_shaped_otherwise),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, set_up_json, NULL);
}
