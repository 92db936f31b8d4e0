#include "codec/yaml_edit.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "codec/yaml_patch.h"
#include "faults.h"
#include "test.h"

#define MAX ((size_t)1 << 20U)

static json_t *json_of(const char *text)
{
    struct cl_err err = CL_ERR_NONE;
    json_t *value = NULL;

    assert_ok(cl_json_parse(cl_str_of(text), &value, &err), &err);
    return value;
}

#define ITEM "{\"name\":\"n\",\"user\":{\"token\":\"123\",\"args\":[\"a\",\"b\"],\"none\":{}}}"
#define BLOCK_ITEM                                                                    \
    "- name: \"n\"\n  user:\n    token: \"123\"\n    args:\n    - a\n    - b\n    no" \
    "ne: {}"

static void add(const char *text, struct cl_buf *ret)
{
    CL_AUTO(cl_json) json_t *item = json_of(ITEM);
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_yaml_add_item(cl_str_of(text), "users", item, ret, &err), &err);
}

static size_t last_index(struct cl_str text)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_err err = CL_ERR_NONE;
    size_t count = 0;

    assert_ok(cl_yaml_parse(text, &yaml, &err), &err);
    for (const struct cl_yaml_node *at = cl_yaml_first(cl_yaml_get(cl_yaml_root(yaml), "users"));
         at != NULL; at = cl_yaml_next(at))
        count++;
    assert_true(count > 0);
    return count - 1;
}

/* --- adding and taking away ---------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *with;
} additions[] = {
    /* No such key. */
    {"kind: Config\n", "kind: Config\nusers:\n" BLOCK_ITEM "\n"},
    {"kind: Config", "kind: Config\nusers:\n" BLOCK_ITEM},
    {"kind: Config\n# the end\n", "kind: Config\nusers:\n" BLOCK_ITEM "\n# the end\n"},
    {"kind: Config # why\n\n\n", "kind: Config # why\nusers:\n" BLOCK_ITEM "\n\n\n"},
    {"a: |\n  text\n  more\n", "a: |\n  text\n  more\nusers:\n" BLOCK_ITEM "\n"},
    {"a:\n", "a:\nusers:\n" BLOCK_ITEM "\n"},
    {"---\na: 1\n...\n", "---\na: 1\nusers:\n" BLOCK_ITEM "\n...\n"},
    {"# top\n\na: 1\n", "# top\n\na: 1\nusers:\n" BLOCK_ITEM "\n"},
    /* A key without items. */
    {"users: []\nkind: Config\n", "users:\n" BLOCK_ITEM "\nkind: Config\n"},
    {"users: [ ]  # none\nkind: Config", "users:  # none\n" BLOCK_ITEM "\nkind: Config"},
    {"users:\nkind: Config\n", "users:\n" BLOCK_ITEM "\nkind: Config\n"},
    {"users: null\n", "users:\n" BLOCK_ITEM "\n"},
    {"users: ~", "users:\n" BLOCK_ITEM},
    {"users:\n  []\nz: 1\n", "users:\n" BLOCK_ITEM "\nz: 1\n"},
    {"users: [\n  # none\n]\nz: 1\n", "users:\n" BLOCK_ITEM "\nz: 1\n"},
    {"users : []\n", "users :\n" BLOCK_ITEM "\n"},
    {"\"users\": []\n", "\"users\":\n" BLOCK_ITEM "\n"},
    /* Items in block style. */
    {"users:\n- name: a\n  user: {}\nz: 1\n",
     "users:\n- name: a\n  user: {}\n" BLOCK_ITEM "\nz: 1\n"},
    {"users:\n- name: a", "users:\n- name: a\n" BLOCK_ITEM},
    {"users:\n# first\n- name: a # me\n# behind\n\nz: 1\n",
     "users:\n# first\n- name: a # me\n" BLOCK_ITEM "\n# behind\n\nz: 1\n"},
    {"users:\n-\n  name: a\n", "users:\n-\n  name: a\n" BLOCK_ITEM "\n"},
    {"users:\n- name: a\n  user:\n    x: >-\n      folded\n      text\n\nz: 1\n",
     "users:\n- name: a\n  user:\n    x: >-\n      folded\n      text\n\n" BLOCK_ITEM "\nz: 1\n"},
    {"users: # all\n- &x {name: a}\nz: *x\n",
     "users: # all\n- &x {name: a}\n" BLOCK_ITEM "\nz: *x\n"},
};

static void adds_an_item_and_takes_it_away_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(additions); i++) {
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        CL_AUTO(cl_buf) struct cl_buf back = CL_BUF(MAX);
        struct cl_yaml_source before = {.is_there = false};
        struct cl_err err = CL_ERR_NONE;
        struct cl_str text = cl_str_of(additions[i].text);
        assert_ok(cl_yaml_source(text, "users", &before, &err), &err);
        add(additions[i].text, &with);
        assert_str(cl_buf_view(&with), additions[i].with);
        assert_ok(cl_yaml_drop_item(cl_buf_view(&with), "users", last_index(cl_buf_view(&with)),
                                    &before, &back, &err),
                  &err);
        assert_str(cl_buf_view(&back), additions[i].text);
    }
}

static void follows_the_indent_of_the_text(void **state)
{
    static const struct {
        const char *text;
        const char *with;
    } rows[] = {
        {"users:\n  - name: a\nz: 1\n",
         "users:\n  - name: a\n  - name: \"n\"\n    user:\n      token: \"123\"\n      args:\n"
         "      - a\n      - b\n      none: {}\nz: 1\n"},
        {"  kind: x\n  users: []\n",
         "  kind: x\n  users:\n  - name: \"n\"\n    user:\n      token: \"123\"\n      args:\n"
         "      - a\n      - b\n      none: {}\n"},
        {"  kind: x\n",
         "  kind: x\n  users:\n  - name: \"n\"\n    user:\n      token: \"123\"\n      args:\n"
         "      - a\n      - b\n      none: {}\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        add(rows[i].text, &with);
        assert_str(cl_buf_view(&with), rows[i].with);
    }
}

/* In every kind of line end. */
static void keeps_the_line_ends_of_the_text(void **state)
{
    static const char *const breaks[] = {"\r\n", "\r", "\n"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(additions) * CL_COUNT(breaks); i++) {
        const char *text = additions[i / CL_COUNT(breaks)].text;
        CL_AUTO(cl_buf) struct cl_buf before = CL_BUF(MAX);
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        CL_AUTO(cl_buf) struct cl_buf back = CL_BUF(MAX);
        struct cl_yaml_source source = {.is_there = false};
        struct cl_err err = CL_ERR_NONE;
        for (; *text != '\0'; text++) {
            cl_buf_add(&before, *text == '\n' ? cl_str_of(breaks[i % CL_COUNT(breaks)])
                                              : cl_str_make(text, 1));
        }
        assert_ok(cl_yaml_source(cl_buf_view(&before), "users", &source, &err), &err);
        add(before.ptr, &with);
        if (strchr(before.ptr, '\r') != NULL && i % CL_COUNT(breaks) == 1)
            assert_null(strchr(with.ptr, '\n'));
        assert_ok(cl_yaml_drop_item(cl_buf_view(&with), "users", last_index(cl_buf_view(&with)),
                                    &source, &back, &err),
                  &err);
        assert_str(cl_buf_view(&back), before.ptr);
    }
}

static void adds_json_to_json(void **state)
{
    static const struct {
        const char *text;
        const char *with;
    } rows[] = {
        {"{}", "{\"users\": [" ITEM "]}"},
        {"{\"kind\": \"Config\"\n}\n", "{\"kind\": \"Config\", \"users\": [" ITEM "]\n}\n"},
        {"{\"users\": []}", "{\"users\": [" ITEM "]}"},
        {"{\"users\":null,\"z\":1}", "{\"users\": [" ITEM "],\"z\":1}"},
        {"{\"users\" : [ ]}", "{\"users\" : [" ITEM "]}"},
        {"{\n \"users\" : [\n  {\"name\": \"a\"}\n ]\n}",
         "{\n \"users\" : [\n  {\"name\": \"a\"}, " ITEM "\n ]\n}"},
        {"users: [{name: a}]\n", "users: [{name: a}, " ITEM "]\n"},
        {"{users: [{name: a}, ], z: 1}", "{users: [{name: a}, " ITEM ", ], z: 1}"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        CL_AUTO(cl_buf) struct cl_buf back = CL_BUF(MAX);
        struct cl_yaml_source before = {.is_there = false};
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_yaml_source(cl_str_of(rows[i].text), "users", &before, &err), &err);
        add(rows[i].text, &with);
        assert_str(cl_buf_view(&with), rows[i].with);
        assert_ok(cl_yaml_drop_item(cl_buf_view(&with), "users", last_index(cl_buf_view(&with)),
                                    &before, &back, &err),
                  &err);
        assert_str(cl_buf_view(&back), rows[i].text);
    }
}

/* --- one of several ------------------------------------------------------------------------ */

#define THREE "u: 0\nusers:\n# A\n- a: 1 # x\n# B\n- b:\n    - 2\n\n# C\n- c: |\n    3\nz: 1\n"
#define FLOW_THREE "{\"users\": [ {\"a\":1} , {\"b\":2},{\"c\":3} ]}"

static void takes_away_one_of_several(void **state)
{
    static const struct {
        const char *text;
        size_t index;
        const char *left;
    } rows[] = {
        {THREE, 0, "u: 0\nusers:\n# A\n# B\n- b:\n    - 2\n\n# C\n- c: |\n    3\nz: 1\n"},
        {THREE, 1, "u: 0\nusers:\n# A\n- a: 1 # x\n# B\n\n# C\n- c: |\n    3\nz: 1\n"},
        {THREE, 2, "u: 0\nusers:\n# A\n- a: 1 # x\n# B\n- b:\n    - 2\n\n# C\nz: 1\n"},
        {FLOW_THREE, 0, "{\"users\": [ {\"b\":2},{\"c\":3} ]}"},
        {FLOW_THREE, 1, "{\"users\": [ {\"a\":1},{\"c\":3} ]}"},
        {FLOW_THREE, 2, "{\"users\": [ {\"a\":1} , {\"b\":2} ]}"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf left = CL_BUF(MAX);
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_yaml_drop_item(cl_str_of(rows[i].text), "users", rows[i].index,
                                    &(struct cl_yaml_source){.is_there = false}, &left, &err),
                  &err);
        assert_str(cl_buf_view(&left), rows[i].left);
    }
}

static void replaces_one_of_several(void **state)
{
    static const struct {
        const char *text;
        size_t index;
        const char *with;
    } rows[] = {
        {THREE, 0, "u: 0\nusers:\n# A\n- k: v\n# B\n- b:\n    - 2\n\n# C\n- c: |\n    3\nz: 1\n"},
        {THREE, 1, "u: 0\nusers:\n# A\n- a: 1 # x\n# B\n- k: v\n\n# C\n- c: |\n    3\nz: 1\n"},
        {THREE, 2, "u: 0\nusers:\n# A\n- a: 1 # x\n# B\n- b:\n    - 2\n\n# C\n- k: v\nz: 1\n"},
        {FLOW_THREE, 1, "{\"users\": [ {\"a\":1} , {\"k\":\"v\"},{\"c\":3} ]}"},
    };
    CL_AUTO(cl_json) json_t *item = json_of("{\"k\":\"v\"}");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_yaml_replace_item(cl_str_of(rows[i].text), "users", rows[i].index, item, &with,
                                       &err),
                  &err);
        assert_str(cl_buf_view(&with), rows[i].with);
    }
}

/* --- keys ---------------------------------------------------------------------------------- */

static void sets_the_value_of_a_key(void **state)
{
    static const struct {
        const char *text;
        const char *source; /* NULL: drop */
        const char *with;
    } rows[] = {
        {"a: 1\n", " new", "a: 1\nk: new\n"},
        {"a: 1", " new", "a: 1\nk: new"},
        {"k: old # why\na: 1\n", " new", "k: new # why\na: 1\n"},
        {"k:\na: 1\n", " new", "k: new\na: 1\n"},
        {"k: \"old\"\n", "", "k:\n"},
        {"{\"a\": 1}", " \"new\"", "{\"a\": 1, \"k\": \"new\"}"},
        {"{\"k\": 1, \"a\": 2}", " \"new\"", "{\"k\": \"new\", \"a\": 2}"},
        {"a: 1\n", NULL, "a: 1\n"},
        {"k: 1\na: 1\n", NULL, "a: 1\n"},
        {"a: 1\nk: 1 # c\n# d\n", NULL, "a: 1\n# d\n"},
        {"a: 1\nk:\nb: 1\n", NULL, "a: 1\nb: 1\n"},
        {"a: 1\nk:\n- 1\n- 2\nb: 1\n", NULL, "a: 1\nb: 1\n"},
        {"{\"k\": 1, \"a\": 2}", NULL, "{\"a\": 2}"},
        {"{\"a\": 2, \"k\": 1}", NULL, "{\"a\": 2}"},
        {"{\"k\": 1}", NULL, "{}"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        struct cl_err err = CL_ERR_NONE;
        struct cl_yaml_source source = {.is_there = rows[i].source != NULL,
                                        .text = cl_str_of(rows[i].source)};
        assert_ok(cl_yaml_set_source(cl_str_of(rows[i].text), "k", &source, &with, &err), &err);
        assert_str(cl_buf_view(&with), rows[i].with);
    }
}

static void changes_one_scalar(void **state)
{
    static const struct {
        const char *text;
        const char *with;
    } rows[] = {
        {"a:\n- k: old # why\n  z: 1\n", "a:\n- k: \"n\\\"ew: x\" # why\n  z: 1\n"},
        {"{\"a\": [{\"k\": \"old\"}]}", "{\"a\": [{\"k\": \"n\\\"ew: x\"}]}"},
        {"a:\n- k: 'o''ld'\n", "a:\n- k: \"n\\\"ew: x\"\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_yaml_parse(cl_str_of(rows[i].text), &yaml, &err), &err);
        const struct cl_yaml_node *root = cl_yaml_root(yaml);
        const struct cl_yaml_node *scalar = cl_yaml_get(cl_yaml_first(cl_yaml_get(root, "a")), "k");
        assert_ok(cl_yaml_set_text(cl_str_of(rows[i].text), root, scalar, CL_STR("n\"ew: x"), &with,
                                   &err),
                  &err);
        assert_str(cl_buf_view(&with), rows[i].with);
    }
}

/* --- refusals ------------------------------------------------------------------------------ */

static void refuses_texts_that_it_would_have_to_guess_about(void **state)
{
    static const struct {
        const char *text;
        const char *reason;
    } rows[] = {
        {"", "the outermost value is no map"},
        {"# nothing\n", "the outermost value is no map"},
        {"- a\n", "the outermost value is no map"},
        {"text\n", "the outermost value is no map"},
        {"a: [1\n", "YAML line"},
        {"a: 1\na: 2\n", "YAML line"},
        {"a: 1\n---\nb: 1\n", "YAML line"},
        {"x: &l [1]\nusers: *l\n", "line 2: 'users' is an alias, so it cannot be changed"},
        {"users: text\n", "line 1: 'users' is no list"},
        {"users: {a: 1}\n", "line 1: 'users' is no list"},
        {"? users\n: - a\n",
         "line 1: 'users' is not followed by its colon, so it cannot be changed"},
        {"users: &l []\nz: *l\n", "line 1: 'users' cannot be changed here"},
        /* The block would get a line end that it does not have now. */
        {"a: |\n  text",
         "line 1: 'users' cannot be changed without changing the meaning of something else"},
    };
    CL_AUTO(cl_json) json_t *item = json_of(ITEM);

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_yaml_add_item(cl_str_of(rows[i].text), "users", item, &with, &err),
                         CL_E_INVALID);
        if (strncmp(err.text, rows[i].reason, strlen(rows[i].reason)) != 0)
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_int_equal(with.len, 0);
    }
}

/* Whatever the places say: what would mean something else afterwards is not handed out. */
static void hands_out_nothing_that_changes_something_else(void **state)
{
    static const struct {
        const char *text;
        const char *key;
        const char *source;
        const char *reason;
    } rows[] = {
        {"k: 1\na: 2\n", "k", " 1\nb: 2", "would be another key"},
        {"k: 1\na: 2\n", "k", " {", "would not parse"},
        {"k: &x 1\na: *x\n", "k", " 1", "the alias would have nothing to name"},
        {"k: 1 # \xe2\x80\xa8"
         "a: 2\n",
         "z", " 1", "a line separator ends a comment, too"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
        struct cl_err err = CL_ERR_NONE;
        struct cl_yaml_source source = {.is_there = true, .text = cl_str_of(rows[i].source)};
        enum cl_code code =
            cl_yaml_set_source(cl_str_of(rows[i].text), rows[i].key, &source, &with, &err);
        if (code == CL_OK && i == 3) /* fine as well: the value is where it belongs */
            continue;
        assert_int_equal(code, CL_E_INVALID);
        assert_int_equal(with.len, 0);
    }
}

/* --- lines --------------------------------------------------------------------------------- */

static void knows_where_lines_begin_and_end(void **state)
{
    struct cl_str text = CL_STR("ab\ncd\r\nef\rgh");

    (void)state;
    assert_int_equal(cl_line_start(text, 0), 0);
    assert_int_equal(cl_line_start(text, 4), 3);
    assert_int_equal(cl_line_start(text, 8), 7);
    assert_int_equal(cl_line_start(text, 12), 10);
    assert_int_equal(cl_line_end(text, 1), 2);
    assert_int_equal(cl_line_end(text, 4), 5);
    assert_int_equal(cl_line_end(text, 7), 5); /* right behind a break */
    assert_int_equal(cl_line_end(text, 8), 9);
    assert_int_equal(cl_line_end(text, 12), 12);
    assert_int_equal(cl_break_before(text, 0), 0);
    assert_int_equal(cl_break_before(text, 3), 2);
    assert_int_equal(cl_break_before(text, 7), 5);
    assert_int_equal(cl_break_before(text, 10), 9);
    assert_int_equal(cl_break_behind(text, 2), 3);
    assert_int_equal(cl_break_behind(text, 5), 7);
    assert_int_equal(cl_break_behind(text, 12), 12);
    assert_str(cl_line_break(text), "\n");
    assert_str(cl_line_break(CL_STR("a\r\nb\n")), "\r\n");
    assert_str(cl_line_break(CL_STR("a\rb\n")), "\r");
    assert_str(cl_line_break(CL_STR("a")), "\n");
}

/* --- memory -------------------------------------------------------------------------------- */

static enum cl_code add_and_drop(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(MAX);
    CL_AUTO(cl_buf) struct cl_buf other = CL_BUF(MAX);
    CL_AUTO(cl_buf) struct cl_buf back = CL_BUF(MAX);
    struct cl_yaml_source before = {.is_there = true, .text = CL_STR(" []")};

    CL_TRY(cl_yaml_add_item(CL_STR("users: []\nz: 1\n"), "users", ctx, &with, err));
    CL_TRY(cl_yaml_replace_item(cl_buf_view(&with), "users", 0, ctx, &other, err));
    return cl_yaml_drop_item(cl_buf_view(&other), "users", 0, &before, &back, err);
}

static void reports_every_failing_allocation(void **state)
{
    CL_AUTO(cl_json) json_t *item = json_of(ITEM);

    (void)state;
    assert_true(fail_each_allocation(add_and_drop, item) > 20);
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
        cmocka_unit_test(adds_an_item_and_takes_it_away_again),
        cmocka_unit_test(follows_the_indent_of_the_text),
        cmocka_unit_test(keeps_the_line_ends_of_the_text),
        cmocka_unit_test(adds_json_to_json),
        cmocka_unit_test(takes_away_one_of_several),
        cmocka_unit_test(replaces_one_of_several),
        cmocka_unit_test(sets_the_value_of_a_key),
        cmocka_unit_test(changes_one_scalar),
        cmocka_unit_test(refuses_texts_that_it_would_have_to_guess_about),
        cmocka_unit_test(hands_out_nothing_that_changes_something_else),
        cmocka_unit_test(knows_where_lines_begin_and_end),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, set_up_json, NULL);
}
