#include "test.h"

#include <stdio.h>

#include "codec/json.h"
#include "core/config.h"
#include "fake_type.h"
#include "fault.h"

/* Up to four arguments; a value "<clear>" clears. */
struct build_case {
    const char *method;
    const char *given[4][2];
    enum cl_code code;
    const char *expect; /* CL_OK: name=value of one attribute; else part of the error's text */
    const char *hint;
};

#define REALM         \
    {                 \
        "realm", "r1" \
    }
#define PASS                      \
    {                             \
        "password", "canary-pass" \
    }

static const struct build_case cases[] = {
    {"open", {REALM, PASS}, CL_OK, "realm=r1", NULL},
    {"open",
     {REALM, PASS, {"realm2", "x"}},
     CL_E_UNKNOWN_ATTRIBUTE,
     "auth method 'open' has no attribute 'realm2'; valid: realm, password, tags, level, strict, "
     "mode",
     "Did you mean 'realm'?"},
    {"open", {{"xyzzy", "x"}}, CL_E_UNKNOWN_ATTRIBUTE, "no attribute 'xyzzy'", ""},
    {"open", {{"xyzzy", "<clear>"}}, CL_E_UNKNOWN_ATTRIBUTE, "no attribute 'xyzzy'", ""},
    {"open",
     {{"tags", "a"}},
     CL_E_MISSING_ATTRIBUTE,
     "auth method 'open' needs the missing attributes realm, password",
     NULL},
    {"open", {PASS}, CL_E_MISSING_ATTRIBUTE, "needs the missing attribute realm", NULL},
    {"open", {REALM, PASS, {"password2", "x"}}, CL_E_UNKNOWN_ATTRIBUTE, "password2", NULL},
    {"open",
     {REALM, {"password", ""}},
     CL_E_INVALID_ATTRIBUTE,
     "'password' must not be empty",
     NULL},
    {"open", {REALM, PASS, {"mode", ""}}, CL_E_INVALID_ATTRIBUTE, "not one of its choices", NULL},
    {"open", {REALM, PASS, {"mode", "safe"}}, CL_OK, "mode=safe", NULL},
    {"open",
     {REALM, PASS, {"mode", "sfae"}},
     CL_E_INVALID_ATTRIBUTE,
     "valid: fast, safe",
     "Did you mean 'safe'?"},
    {"open",
     {REALM, PASS, {"mode", "a-value-beyond-the-limit"}},
     CL_E_INVALID_ATTRIBUTE,
     "24 bytes long; at most 16",
     NULL},
    {"open", {REALM, PASS, {"level", " 007 "}}, CL_OK, "level=7", NULL},
    {"open", {REALM, PASS, {"level", "-3"}}, CL_OK, "level=-3", NULL},
    {"open",
     {REALM, PASS, {"level", "seven"}},
     CL_E_INVALID_ATTRIBUTE,
     "'level' must be a whole number",
     NULL},
    {"open",
     {REALM, PASS, {"level", "99999999999999999999"}},
     CL_E_INVALID_ATTRIBUTE,
     "'level' must be a whole number",
     NULL},
    {"open", {REALM, PASS, {"strict", "Yes"}}, CL_OK, "strict=true", NULL},
    {"open", {REALM, PASS, {"strict", "oFF"}}, CL_OK, "strict=false", NULL},
    {"open",
     {REALM, PASS, {"strict", "maybe"}},
     CL_E_INVALID_ATTRIBUTE,
     "'strict' must be true or false",
     NULL},
    {"open", {REALM, PASS, {"tags", "a, b ,,c"}}, CL_OK, "tags=a|b|c", NULL},
    {"open", {REALM, PASS, {"tags", " [\"a,b\", \"c\"] "}}, CL_OK, "tags=a,b|c", NULL},
    {"open", {REALM, PASS, {"tags", "[\"a\","}}, CL_OK, "tags=[\"a\"", NULL},
    {"open", {REALM, PASS, {"tags", "[1, 2]"}}, CL_E_INVALID_ATTRIBUTE, "not all texts", NULL},
    {"open", {REALM, PASS, {"tags", ""}}, CL_OK, "tags=", NULL},
    {"open", {REALM, PASS, {"tags", "{\"a\":1}"}}, CL_OK, "tags={\"a\":1}", NULL},
    {"open", {{"realm", "\xC3"}, PASS}, CL_E_INVALID_ATTRIBUTE, "'realm' is not UTF-8", NULL},
    {"open", {REALM, {"password", "canary\xFF"}}, CL_E_INVALID_ATTRIBUTE, "not UTF-8", NULL},
    {"ambient", {{"realm", ""}}, CL_OK, "realm=", NULL},
    {"ambient", {{"realm", "<clear>"}}, CL_OK, NULL, NULL},
    {"open", {{"realm", "<clear>"}, PASS}, CL_E_MISSING_ATTRIBUTE, "missing attribute realm", NULL},
};

static const struct cl_auth_method *method_of(const char *id)
{
    return cl_type_method(&fake_type, cl_str_of(id));
}

static void fill_input(const struct build_case *row, struct cl_input *input)
{
    struct cl_err err = CL_ERR_NONE;

    for (size_t i = 0; i < 4 && row->given[i][0] != NULL; i++) {
        bool clear = strcmp(row->given[i][1], "<clear>") == 0;
        assert_ok(fake_input(input, row->given[i][0], clear ? NULL : row->given[i][1], &err), &err);
    }
}

static void check_value(const struct cl_config *config, const char *expect)
{
    CL_AUTO(cl_string) char *joined = NULL;
    struct cl_err err = CL_ERR_NONE;
    struct cl_str name = CL_STR_NONE;
    struct cl_str value = CL_STR_NONE;
    char key[32];

    (void)cl_str_cut(cl_str_of(expect), '=', &name, &value);
    assert_true(snprintf(key, sizeof(key), "%.*s", CL_STR_ARG(name)) > 0);
    assert_non_null(cl_config_find(config, key));
    if (cl_config_list(config, key) != NULL) {
        assert_ok(cl_strs_join(cl_config_list(config, key), "|", &joined, &err), &err);
        assert_str(value, joined);
    } else {
        assert_true(cl_str_eq(value, cl_config_text(config, key)));
    }
}

static void applies_the_schema(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
        CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
        const struct build_case *row = &cases[i];
        struct cl_err err = CL_ERR_NONE;

        fill_input(row, &input);
        enum cl_code code = cl_config_build(method_of(row->method), NULL, &input, &config, &err);
        if (code != row->code)
            fail_msg("row %zu: %s, not %s: %s", i, cl_code_wire(code), cl_code_wire(row->code),
                     err.text);
        assert_null(strstr(err.text, "canary"));
        if (code == CL_OK && row->expect != NULL)
            check_value(&config, row->expect);
        else if (row->expect != NULL && strstr(err.text, row->expect) == NULL)
            fail_msg("row %zu: %s", i, err.text);
        if (row->hint != NULL)
            assert_string_equal(err.hint, row->hint);
        if (code != CL_OK)
            assert_int_equal(config.count, 0);
    }
}

static void refuses_a_nul_byte(void **state)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_secret) struct cl_secret *value = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_secret_new(CL_STR("a\0b"), &value, &err), &err);
    assert_ok(cl_input_add_take(&input, CL_STR("realm"), CL_MOVE(value), &err), &err);
    assert_int_equal(cl_config_build(method_of("ambient"), NULL, &input, &config, &err),
                     CL_E_INVALID_ATTRIBUTE);
    assert_string_equal(err.text, "attribute 'realm' contains a NUL byte");
}

static void trims_what_has_no_white_space_around_it(void **state)
{
    static const struct cl_attr attrs[] = {
        {.name = "key", .kind = CL_ATTR_SECRET, .trim = true, .required = true},
        {.name = "name", .kind = CL_ATTR_TEXT, .trim = true},
        {.name = "as-it-is", .kind = CL_ATTR_SECRET},
    };
    static const struct cl_schema schema = {
        .owner = "test", .id = "t", .attrs = attrs, .attr_count = CL_COUNT(attrs)};
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_input) struct cl_input blank = CL_INPUT_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config none = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_input(&input, "key", " \tcanary key\r\n", &err), &err);
    assert_ok(fake_input(&input, "name", "\nname\n", &err), &err);
    assert_ok(fake_input(&input, "as-it-is", " pass\n", &err), &err);
    assert_ok(cl_config_build_schema(&schema, NULL, &input, &config, &err), &err);
    assert_str(cl_secret_expose(cl_config_secret(&config, "key")), "canary key");
    assert_str(cl_config_text(&config, "name"), "name");
    assert_str(cl_secret_expose(cl_config_secret(&config, "as-it-is")), " pass\n");
    assert_ok(fake_input(&blank, "key", " \n", &err), &err);
    assert_int_equal(cl_config_build_schema(&schema, NULL, &blank, &none, &err),
                     CL_E_INVALID_ATTRIBUTE);
    assert_string_equal(err.text, "attribute 'key' must not be empty");
}

static void lays_input_over_what_is_stored(void **state)
{
    CL_AUTO(cl_config) struct cl_config base = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_input) struct cl_input first = CL_INPUT_NONE;
    CL_AUTO(cl_input) struct cl_input second = CL_INPUT_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_input(&first, "level", "3", &err), &err);
    assert_ok(fake_input(&first, "tags", "a,b", &err), &err);
    assert_ok(fake_input(&first, "password", "canary-pass", &err), &err);
    assert_ok(fake_input(&first, "realm", "r1", &err), &err);
    assert_ok(cl_config_build(method_of("open"), NULL, &first, &base, &err), &err);
    assert_string_equal(base.entries[0].name, "realm"); /* schema order, whatever the input's */
    assert_string_equal(base.entries[1].name, "password");

    assert_ok(fake_input(&second, "tags", NULL, &err), &err);
    assert_ok(fake_input(&second, "realm", "r2", &err), &err);
    assert_ok(cl_config_build(method_of("open"), &base, &second, &config, &err), &err);
    assert_int_equal(config.count, 3);
    assert_str(cl_config_text(&config, "realm"), "r2");
    assert_str(cl_config_text(&config, "level"), "3");
    assert_str(cl_secret_expose(cl_config_secret(&config, "password")), "canary-pass");
}

static void another_method_keeps_only_what_it_knows(void **state)
{
    CL_AUTO(cl_config) struct cl_config base = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_config_set_text(&base, "realm", CL_STR("r1"), &err), &err);
    assert_ok(cl_config_set_text(&base, "level", CL_STR("1"), &err), &err);
    assert_ok(cl_config_build(method_of("ambient"), &base, NULL, &config, &err), &err);
    assert_int_equal(config.count, 1);
    assert_str(cl_config_text(&config, "realm"), "r1");
}

static void a_stored_value_of_another_kind_is_dropped(void **state)
{
    CL_AUTO(cl_config) struct cl_config base = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_config_set_text(&base, "realm", CL_STR("r1"), &err), &err);
    assert_ok(cl_config_set_text(&base, "password", CL_STR("canary-pass"), &err), &err);
    assert_int_equal(cl_config_build(method_of("minted"), &base, NULL, &config, &err),
                     CL_E_MISSING_ATTRIBUTE);
    assert_non_null(strstr(err.text, "password"));
}

/* Lines have commas of their own. */
static void a_list_of_lines_is_split_at_line_ends(void **state)
{
    static const struct cl_attr attrs[] = {
        {.name = "lines", .kind = CL_ATTR_LIST, .format = CL_ATTR_FORMAT_LINES, .help = "Lines"}};
    static const struct cl_schema schema = {
        .owner = "test", .id = "lines", .attrs = attrs, .attr_count = CL_COUNT(attrs)};
    static const struct {
        const char *text;
        const char *joined;
    } texts[] = {
        {"a,b c\nd", "a,b c|d"}, {"a\r\n\n  b\n", "a|b"}, {"[\"a,b\",\"c\"]", "a,b|c"}, {"", ""}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
        CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
        CL_AUTO(cl_string) char *joined = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(fake_input(&input, "lines", texts[i].text, &err), &err);
        assert_ok(cl_config_build_schema(&schema, NULL, &input, &config, &err), &err);
        assert_ok(cl_strs_join(cl_config_list(&config, "lines"), "|", &joined, &err), &err);
        assert_string_equal(joined, texts[i].joined);
    }
}

static void building_survives_lack_of_memory(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_input(&input, "realm", "r1", &err), &err);
    assert_ok(fake_input(&input, "password", "canary-pass", &err), &err);
    assert_ok(fake_input(&input, "tags", "[\"a\",\"b\"]", &err), &err);
    assert_ok(fake_input(&input, "level", "3", &err), &err);
    assert_ok(fake_input(&input, "strict", "on", &err), &err);
    assert_survives_faults(cl_config_build(method_of("open"), NULL, &input, &config, &err),
                           (void)0);
    assert_int_equal(cl_config_list(&config, "tags")->count, 2);
    assert_int_equal(config.count, 5);
}

/* Keeps what begins with the value of "owner"; what ends in "!" among it is damaged. */
static enum cl_code keep_own(const struct cl_config *config, const struct cl_strs *given,
                             struct cl_strs *ret, struct cl_err *err)
{
    for (size_t i = 0; i < given->count; i++) {
        struct cl_str item = cl_str_of(given->items[i]);
        if (!cl_str_starts(item, cl_config_text(config, "owner")))
            continue;
        if (cl_str_ends(item, CL_STR("!")))
            return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "line %zu is damaged", i + 1);
        CL_TRY(cl_strs_add(ret, item, err));
    }
    return CL_OK;
}

static const struct cl_attr kept_attrs[] = {
    {.name = "lines", .kind = CL_ATTR_LIST, .format = CL_ATTR_FORMAT_LINES, .keep = keep_own},
    {.name = "owner", .kind = CL_ATTR_TEXT, .required = true},
};
static const struct cl_schema kept_schema = {
    .owner = "test", .id = "t", .attrs = kept_attrs, .attr_count = CL_COUNT(kept_attrs)};

static void keeps_only_the_items_that_it_is_about(void **state)
{
    static const struct {
        const char *lines;
        enum cl_code code;
        const char *expect; /* what is kept, or the error */
    } rows[] = {
        {"me 1\n\nyou \xff\n# no\nme 2\n", CL_OK, "me 1|me 2"},
        {"you!\n", CL_OK, ""},
        {"[\"you\", \"me 3\"]", CL_OK, "me 3"},
        {"you\n\nme!\n", CL_E_INVALID_ATTRIBUTE, "@file: line 3 is damaged"},
        {"you\nme \xff\n", CL_E_INVALID_ATTRIBUTE, "@file: attribute 'lines' is not UTF-8 text"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
        CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
        CL_AUTO(cl_string) char *kept = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(fake_input(&input, "owner", "me", &err), &err);
        assert_ok(fake_input(&input, "lines", rows[i].lines, &err), &err);
        assert_ok(cl_input_set_origin(&input, "@file", &err), &err);
        assert_int_equal(cl_config_build_schema(&kept_schema, NULL, &input, &config, &err),
                         rows[i].code);
        if (rows[i].code != CL_OK) {
            assert_string_equal(err.text, rows[i].expect);
            continue;
        }
        assert_ok(cl_strs_join(cl_config_list(&config, "lines"), "|", &kept, &err), &err);
        assert_string_equal(kept, rows[i].expect);
    }
}

static void names_a_file_however_deep_it_lies(void **state)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(512);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_repeat(&path, "@/deep", 30);
    cl_buf_add_c(&path, "/known_hosts");
    assert_ok(fake_input(&input, "owner", "me", &err), &err);
    assert_ok(fake_input(&input, "lines", "me \xff\n", &err), &err);
    assert_ok(cl_input_set_origin(&input, path.ptr, &err), &err);
    assert_int_equal(cl_config_build_schema(&kept_schema, NULL, &input, &config, &err),
                     CL_E_INVALID_ATTRIBUTE);
    assert_non_null(strstr(err.text, "/known_hosts: attribute 'lines' is not UTF-8 text"));
}

/* What was kept for the one is not of the other. */
static void keeps_stored_items_only_as_long_as_they_belong(void **state)
{
    CL_AUTO(cl_input) struct cl_input first = CL_INPUT_NONE;
    CL_AUTO(cl_input) struct cl_input second = CL_INPUT_NONE;
    CL_AUTO(cl_config) struct cl_config base = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_input(&first, "owner", "me", &err), &err);
    assert_ok(fake_input(&first, "lines", "me 1\nyou 2\n", &err), &err);
    assert_ok(cl_config_build_schema(&kept_schema, NULL, &first, &base, &err), &err);
    assert_int_equal(cl_config_list(&base, "lines")->count, 1);
    assert_ok(fake_input(&second, "owner", "you", &err), &err);
    assert_ok(cl_config_build_schema(&kept_schema, &base, &second, &config, &err), &err);
    assert_int_equal(cl_config_list(&config, "lines")->count, 0);
}

static void keeping_survives_lack_of_memory(void **state)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_input(&input, "owner", "me", &err), &err);
    assert_ok(fake_input(&input, "lines", "me 1\nyou 2\n", &err), &err);
    assert_survives_faults(cl_config_build_schema(&kept_schema, NULL, &input, &config, &err),
                           (void)0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applies_the_schema),
        cmocka_unit_test(refuses_a_nul_byte),
        cmocka_unit_test(trims_what_has_no_white_space_around_it),
        cmocka_unit_test(lays_input_over_what_is_stored),
        cmocka_unit_test(another_method_keeps_only_what_it_knows),
        cmocka_unit_test(a_stored_value_of_another_kind_is_dropped),
        cmocka_unit_test(a_list_of_lines_is_split_at_line_ends),
        cmocka_unit_test(building_survives_lack_of_memory),
        cmocka_unit_test(keeps_only_the_items_that_it_is_about),
        cmocka_unit_test(names_a_file_however_deep_it_lies),
        cmocka_unit_test(keeps_stored_items_only_as_long_as_they_belong),
        cmocka_unit_test(keeping_survives_lack_of_memory),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
