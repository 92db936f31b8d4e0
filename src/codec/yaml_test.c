#include "codec/yaml.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "faults.h"
#include "test.h"

static struct cl_yaml *parsed(const char *text)
{
    struct cl_yaml *yaml = NULL;
    struct cl_err err = CL_ERR_NONE;

    if (cl_yaml_parse(cl_str_of(text), &yaml, &err) != CL_OK)
        fail_msg("%s: %s", text, err.text);
    return yaml;
}

static const char config[] = "# of a test\n"
                             "apiVersion: v1\n"
                             "kind: \"Config\"\n"
                             "clusters:\n"
                             "- name: one\n"
                             "  cluster: {server: 'https://one:6443', insecure: true}\n"
                             "\n"
                             "- name: two\n"
                             "  cluster:\n"
                             "    server: https://two:6443 # where it is\n"
                             "    ca: |\n"
                             "      first\n"
                             "      second\n"
                             "users: []\n"
                             "current-context:\n"
                             "tail: end\n";

/* --- values -------------------------------------------------------------------------------- */

static void values_are_found_by_key(void **state)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = parsed(config);
    const struct cl_yaml_node *root = cl_yaml_root(yaml);
    const struct cl_yaml_node *one = cl_yaml_first(cl_yaml_get(root, "clusters"));
    const struct cl_yaml_node *two = cl_yaml_next(one);

    (void)state;
    assert_int_equal(cl_yaml_kind(root), CL_YAML_MAP);
    assert_int_equal(cl_yaml_kind(cl_yaml_get(root, "clusters")), CL_YAML_LIST);
    assert_str(cl_yaml_get_text(root, "apiVersion"), "v1");
    assert_str(cl_yaml_get_text(root, "kind"), "Config");
    assert_str(cl_yaml_get_text(one, "name"), "one");
    assert_str(cl_yaml_get_text(cl_yaml_get(one, "cluster"), "server"), "https://one:6443");
    assert_true(cl_yaml_is_true(cl_yaml_get(cl_yaml_get(one, "cluster"), "insecure")));
    assert_str(cl_yaml_get_text(cl_yaml_get(two, "cluster"), "ca"), "first\nsecond\n");
    assert_null(cl_yaml_next(two));
    assert_null(cl_yaml_first(cl_yaml_get(root, "users")));
    assert_true(cl_yaml_is_null(cl_yaml_get(root, "current-context")));
    assert_non_null(cl_yaml_get(root, "current-context"));
    assert_null(cl_yaml_get(root, "absent"));
}

static void nothing_is_found_in_nothing(void **state)
{
    CL_AUTO(cl_yaml) struct cl_yaml *empty = parsed("# nothing\n\n");

    (void)state;
    assert_null(cl_yaml_root(empty));
    assert_int_equal(cl_yaml_kind(NULL), CL_YAML_SCALAR);
    assert_true(cl_yaml_is_null(NULL));
    assert_false(cl_yaml_is_true(NULL) || cl_yaml_is_alias(NULL));
    assert_false(cl_yaml_is_flow(NULL) || cl_yaml_is_quoted(NULL));
    assert_str(cl_yaml_text(NULL), "");
    assert_null(cl_yaml_get(NULL, "a"));
    assert_null(cl_yaml_key(NULL, "a"));
    assert_null(cl_yaml_first(NULL));
    assert_null(cl_yaml_next(NULL));
    assert_null(cl_yaml_value(NULL));
}

static const struct {
    const char *text, *value; /* of the key k */
    bool is_null, is_true;
} scalars[] = {
    {"k: v", "v", false, false},
    {"k: 'it''s'", "it's", false, false},
    {"k: \"a\\tb\\u00fc\\\"\"", "a\tb\xc3\xbc\"", false, false},
    {"k: two\n  lines", "two lines", false, false},
    {"k: >\n  two\n  lines\n", "two lines\n", false, false},
    {"k: |-\n  a\n  b\n", "a\nb", false, false},
    {"k:", "", true, false},
    {"k: ~", "~", true, false},
    {"k: null", "null", true, false},
    {"k: \"\"", "", false, false},
    {"k: 'null'", "null", false, false},
    {"k: true", "true", false, true},
    {"k: Yes", "Yes", false, true},
    {"k: on", "on", false, true},
    {"k: 'true'", "true", false, false},
    {"k: no", "no", false, false},
    {"k: 0123", "0123", false, false},
    {"k: a#b", "a#b", false, false},
    {"k: a #b", "a", false, false},
    {"k: http://h:1/p", "http://h:1/p", false, false},
    {"{\"k\":\"v\\/\"}", "v/", false, false},
    {"{\n\t\"k\":\t\"v\",\n\t\"l\": [1, 2]\n}\n", "v", false, false},
    {"k: v\r\nl: w\r\n", "v", false, false},
    {"\xef\xbb\xbfk: v", "v", false, false},
    {"%YAML 1.1\n---\nk: v\n...\n", "v", false, false},
    {"k: !!str v", "v", false, false},
    {"k: &x v", "v", false, false},
    {"j: &x v\nk: *x", "v", false, false},
    {"j: &x v\ni: &x w\nk: *x", "w", false, false},
    {"j: &x ~\nk: *x", "~", true, false},
};

static void scalars_are_read_as_yaml_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(scalars); i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = parsed(scalars[i].text);
        const struct cl_yaml_node *node = cl_yaml_get(cl_yaml_root(yaml), "k");
        assert_non_null(node);
        assert_str(cl_yaml_text(node), scalars[i].value);
        assert_int_equal(cl_yaml_is_null(node), scalars[i].is_null);
        assert_int_equal(cl_yaml_is_true(node), scalars[i].is_true);
    }
}

/* --- aliases ------------------------------------------------------------------------------- */

static void aliases_stand_for_what_they_name(void **state)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = parsed("a: &m {x: 1, y: [2, 3]}\nb: *m\n");
    const struct cl_yaml_node *root = cl_yaml_root(yaml);
    const struct cl_yaml_node *b = cl_yaml_get(root, "b");

    (void)state;
    assert_true(cl_yaml_is_alias(b));
    assert_false(cl_yaml_is_alias(cl_yaml_get(root, "a")));
    assert_int_equal(cl_yaml_kind(b), CL_YAML_MAP);
    assert_str(cl_yaml_get_text(b, "x"), "1");
    assert_str(cl_yaml_text(cl_yaml_first(cl_yaml_get(b, "y"))), "2");
    assert_false(cl_yaml_is_flow(b)); /* the alias is none */
    assert_true(cl_yaml_is_flow(cl_yaml_get(root, "a")));
}

static const struct {
    const char *text, *x; /* what the map m has as x; NULL: nothing */
} merges[] = {
    {"d: &d {x: 1}\nm: {<<: *d}", "1"},
    {"d: &d {x: 1}\nm: {<<: *d, x: 2}", "2"},
    {"d: &d {y: 1}\ne: &e {x: 3}\nm: {<<: [*d, *e]}", "3"},
    {"d: &d {x: 1}\ne: &e {x: 3}\nm: {<<: [*d, *e]}", "1"},
    {"d: &d {x: 1}\ne: &e {<<: *d}\nm: {<<: *e}", "1"},
    {"m: {<<: {x: 1}}", "1"},
    {"m: {'<<': {x: 1}}", NULL},
    {"m: {<<: text}", NULL},
};

static void merged_maps_are_looked_into(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(merges); i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = parsed(merges[i].text);
        const struct cl_yaml_node *m = cl_yaml_get(cl_yaml_root(yaml), "m");
        if (merges[i].x == NULL) {
            assert_null(cl_yaml_get(m, "x"));
        } else {
            assert_str(cl_yaml_get_text(m, "x"), merges[i].x);
        }
    }
}

/* --- places -------------------------------------------------------------------------------- */

static void assert_span(const char *text, const struct cl_yaml_node *node, const char *want)
{
    struct cl_yaml_span span = cl_yaml_span(node);

    assert_true(span.start <= span.end && span.end <= strlen(text));
    assert_str(cl_str_make(text + span.start, span.end - span.start), want);
}

static void every_node_knows_its_bytes(void **state)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = parsed(config);
    const struct cl_yaml_node *root = cl_yaml_root(yaml);
    const struct cl_yaml_node *one = cl_yaml_first(cl_yaml_get(root, "clusters"));
    const struct cl_yaml_node *two = cl_yaml_get(cl_yaml_next(one), "cluster");

    (void)state;
    assert_span(config, cl_yaml_get(root, "kind"), "\"Config\"");
    assert_span(config, one, "name: one\n  cluster: {server: 'https://one:6443', insecure: true}");
    assert_span(config, cl_yaml_get(one, "cluster"),
                "{server: 'https://one:6443', insecure: true}");
    assert_span(config, cl_yaml_key(root, "users"), "users");
    assert_span(config, cl_yaml_get(root, "users"), "[]");
    assert_span(config, cl_yaml_get(root, "current-context"), "");
    assert_int_equal(config[cl_yaml_span(cl_yaml_get(root, "current-context")).start - 1], ':');
    assert_span(config, cl_yaml_get(two, "server"), "https://two:6443");
    assert_span(config, two,
                "server: https://two:6443 # where it is\n    ca: |\n      first\n      second\n");
    assert_int_equal(cl_yaml_line(two), 10);
    assert_int_equal(cl_yaml_column(two), 5);
    assert_span(config, cl_yaml_get(root, "tail"), "end");
}

static const struct {
    const char *text, *span; /* of the value of k */
} spans[] = {
    {"\xc3\xbc: \xe2\x82\xac\nk: \xf0\x9f\x93\xa6 x # y\n", "\xf0\x9f\x93\xa6 x"},
    {"\xef\xbb\xbf# \xc3\xbc\nk: v\n", "v"},
    {"\xc3\xbc: 1\r\nk: v\r\n", "v"},
    {"a: \"\xc3\xbc\xc3\xbc\"\nk: &n !!str v\n", "&n !!str v"},
    {"j: &n v\nk: *n\n", "*n"},
    {"k:\n- \xc3\xbc\n- b\n\n# c\nl: 1\n", "- \xc3\xbc\n- b"},
    {"k:\n  a: 1\n  b:\n# c\nl: 1\n", "a: 1\n  b:"},
    {"k: [a,\n  b]  \n", "[a,\n  b]"},
    {"{\"\xc3\xbc\": 1, \"k\": {\"x\": \"\xc3\xbc\"}}", "{\"x\": \"\xc3\xbc\"}"},
};

static void places_are_bytes_and_not_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(spans); i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = parsed(spans[i].text);
        assert_span(spans[i].text, cl_yaml_get(cl_yaml_root(yaml), "k"), spans[i].span);
    }
}

static void the_way_it_was_written_is_known(void **state)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = parsed("a: 'q'\nb: p\nc: |\n  t\nd: {}\ne:\n- 1\n");
    const struct cl_yaml_node *root = cl_yaml_root(yaml);

    (void)state;
    assert_true(cl_yaml_is_quoted(cl_yaml_get(root, "a")));
    assert_false(cl_yaml_is_quoted(cl_yaml_get(root, "b")));
    assert_true(cl_yaml_is_quoted(cl_yaml_get(root, "c")));
    assert_true(cl_yaml_is_flow(cl_yaml_get(root, "d")));
    assert_false(cl_yaml_is_quoted(cl_yaml_get(root, "d")));
    assert_false(cl_yaml_is_flow(cl_yaml_get(root, "e")));
}

/* --- what is refused ----------------------------------------------------------------------- */

static const struct {
    const char *text, *complaint;
} refused[] = {
    {"a: 1\nb: 2\na: 3", "line 3, column 1: a key is given twice"},
    {"{\"a\": 1, a: 2}", "line 1, column 10: a key is given twice"},
    {"x:\n  <<: {}\n  <<: {}", "line 3, column 3: a key is given twice"},
    {"? [a]\n: b", "line 1, column 3: a key must be"},
    {"a: &x 1\n*x : 2", "a key must be"},
    {"a: *x", "line 1, column 4: an alias names no anchor"},
    {"a: &x [1, *x]", "line 1, column 11: an alias stands inside"},
    {"a: &x {b: {c: *x}}", "an alias stands inside"},
    {"a: 1\n---\nb: 2", "line 2, column 1: more than one document"},
    {"a: \"x\\0y\"", "line 1, column 4: a value contains a NUL"},
    {"a: b: c", "line 1, column 5: mapping values are not allowed"},
    {"a:\n\t- b", "line 2, column 1: found character that cannot start any token"},
    {"a: [1, 2", "did not find expected ',' or ']'"},
    {"a: \"x", "unexpected end of stream"},
    {"- a\nb: c", "line 2, column 1: did not find"},
    {"a: \xff", "YAML byte 4"},
    {"a: \x01", "control characters are not allowed"},
    {"a: {", "did not find"},
    {"%YAML 2.0\n---\na: 1", "incompatible"},
    {"a: !x!y z", "undefined tag handle"},
};

static void refuses_what_is_broken_or_dangerous(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(refused); i++) {
        struct cl_yaml *yaml = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_yaml_parse(cl_str_of(refused[i].text), &yaml, &err), CL_E_INVALID);
        assert_null(yaml);
        if (strstr(err.text, refused[i].complaint) == NULL)
            fail_msg("%s: %s", refused[i].text, err.text);
    }
}

static enum cl_code parse_around(const char *open, const char *close, size_t times)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2 * CL_YAML_MAX_BYTES);
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_repeat(&text, open, times);
    cl_buf_add_repeat(&text, close, times);
    return cl_yaml_parse(cl_buf_view(&text), &yaml, &err);
}

static void size_depth_and_number_are_limited(void **state)
{
    (void)state;
    assert_int_equal(parse_around("[", "]", CL_YAML_MAX_DEPTH), CL_OK);
    assert_int_equal(parse_around("[", "]", CL_YAML_MAX_DEPTH + 1), CL_E_INVALID);
    assert_int_equal(parse_around("[", "", 100000), CL_E_INVALID);
    assert_int_equal(parse_around("{a: ", "}", CL_YAML_MAX_DEPTH + 1), CL_E_INVALID);
    assert_int_equal(parse_around("- ", "", CL_YAML_MAX_DEPTH + 1), CL_E_INVALID);
    assert_int_equal(parse_around("- a\n", "", CL_YAML_MAX_NODES - 1), CL_OK);
    assert_int_equal(parse_around("- a\n", "", CL_YAML_MAX_NODES), CL_E_INVALID);
    assert_int_equal(parse_around("\n", "", CL_YAML_MAX_BYTES), CL_OK);
    assert_int_equal(parse_around("\n", "", CL_YAML_MAX_BYTES + 1), CL_E_INVALID);
    assert_int_equal(parse_around("- &a b\n", "", 257), CL_E_INVALID);
}

/* Each level names the one before it ten times: ten thousand million values in 100 bytes. */
static void alias_bombs_are_refused(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
    struct cl_yaml *yaml = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&text, "a0: &a0 [x, x]\n");
    for (int i = 1; i <= 10; i++) {
        cl_buf_addf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            cl_buf_addf(&text, "%s*a%d", j == 0 ? "" : ",", i - 1);
        cl_buf_add_c(&text, "]\n");
    }
    assert_int_equal(cl_yaml_parse(cl_buf_view(&text), &yaml, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "too many values"));
}

/* Twins that are far apart in a large map are found, too, and not by comparing each with each. */
static void large_maps_are_checked_for_twins(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(CL_YAML_MAX_BYTES);
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (int i = 0; i < 90000; i++)
        cl_buf_addf(&text, "key%d: v\n", i);
    assert_ok(cl_yaml_parse(cl_buf_view(&text), &yaml, &err), &err);
    cl_buf_add_c(&text, "key77: again\n");
    cl_yaml_free(CL_MOVE(yaml));
    assert_int_equal(cl_yaml_parse(cl_buf_view(&text), &yaml, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "line 90001, column 1"));
}

static enum cl_code parse_config(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;

    return cl_yaml_parse(cl_str_of(ctx), &yaml, err);
}

static void survives_the_lack_of_memory(void **state)
{
    char text[] = "a: &a {b: c, d: e}\nf: [1, 2, 3, *a]\n";

    (void)state;
    assert_int_equal(parse_config(text, &(struct cl_err){.code = CL_OK}), CL_OK);
    assert_true(fail_each_allocation(parse_config, text) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_by_key),
        cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(scalars_are_read_as_yaml_says),
        cmocka_unit_test(aliases_stand_for_what_they_name),
        cmocka_unit_test(merged_maps_are_looked_into),
        cmocka_unit_test(every_node_knows_its_bytes),
        cmocka_unit_test(places_are_bytes_and_not_characters),
        cmocka_unit_test(the_way_it_was_written_is_known),
        cmocka_unit_test(refuses_what_is_broken_or_dangerous),
        cmocka_unit_test(size_depth_and_number_are_limited),
        cmocka_unit_test(alias_bombs_are_refused),
        cmocka_unit_test(large_maps_are_checked_for_twins),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
