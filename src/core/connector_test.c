#include "test.h"

#include "base/alloc.h"
#include "core/connector.h"
#include "fake_type.h"
#include "fault.h"

struct name_case {
    const char *name;
    const char *error; /* NULL: accepted */
};

#define A50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct name_case name_cases[] = {
    {"aws-auto", NULL},
    {"a", NULL},
    {"7 of 9", NULL},
    {"team/prod._:@+-", NULL},
    {A50 A50 A50 A50 A50 "12345", NULL},
    {A50 A50 A50 A50 A50 "123456", "256 bytes is longer than 255"},
    {"", "must not be empty"},
    {" lead", "begin with a letter or digit"},
    {"-dash", "begin with a letter or digit, not '-'"},
    {"trail ", "must not end with a blank"},
    {"a,b", "must not contain ','"},
    {"a\tb", "the byte 0x09 (position 2)"},
    {"caf\xC3\xA9", "the byte 0xc3 (position 4)"},
    {"c732c768-3992-4cbd-8738-d02cd7b6b340", "look like an id"},
    {"C732C76839924CBD8738D02CD7B6B340", "look like an id"},
    {"c732c768", NULL},
};

static void checks_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(name_cases); i++) {
        const struct name_case *row = &name_cases[i];
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = cl_connector_check_name(cl_str_of(row->name), &err);

        assert_int_equal(code, row->error == NULL ? CL_OK : CL_E_INVALID);
        if (row->error != NULL && strstr(err.text, row->error) == NULL)
            fail_msg("row %zu: %s", i, err.text);
    }
}

static void check_fold(const char *a, const char *b)
{
    CL_AUTO(cl_string) char *left = NULL;
    CL_AUTO(cl_string) char *right = NULL;
    CL_AUTO(cl_string) char *again = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_connector_fold_name(cl_str_of(a), &left, &err), &err);
    assert_ok(cl_connector_fold_name(cl_str_of(b), &right, &err), &err);
    assert_string_equal(left, right);
    assert_ok(cl_connector_fold_name(cl_str_of(left), &again, &err), &err);
    assert_string_equal(left, again);
}

static void folds_case_and_composition(void **state)
{
    (void)state;
    check_fold("", "");
    check_fold("AWS-Auto", "aws-auto");
    check_fold("Caf\xC3\xA9", "CAFE\xCC\x81"); /* composed and decomposed */
    check_fold("stra\xC3\x9F"
               "e",
               "STRASSE");                              /* full folding */
    check_fold("\xCE\xA3\xCE\xA3", "\xCF\x83\xCF\x82"); /* final sigma */
}

static void refuses_to_fold_what_is_not_text(void **state)
{
    char *folded = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_connector_fold_name(CL_STR("a\xFF"), &folded, &err), CL_E_INVALID);
    assert_int_equal(cl_connector_fold_name(CL_STR("a\0b"), &folded, &err), CL_E_INVALID);
    assert_null(folded);
}

static void folding_survives_lack_of_memory(void **state)
{
    char *folded = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(cl_connector_fold_name(CL_STR("Name"), &folded, &err), (void)0);
    assert_string_equal(folded, "name");
    cl_free(folded);
}

static void a_copy_stands_alone(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_connector) struct cl_connector copy = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_connector("open", &conn, &err), &err);
    assert_ok(cl_map_set(&conn.labels, CL_STR("team"), CL_STR("ml"), &err), &err);
    assert_ok(cl_map_set(&conn.facts, CL_STR("account"), CL_STR("1"), &err), &err);
    assert_survives_faults(cl_connector_copy(&conn, &copy, &err), (void)0);
    cl_connector_cleanup(&conn);
    assert_string_equal(copy.name, "crate");
    assert_string_equal(copy.id, "11111111-2222-4333-8444-555555555555");
    assert_ptr_equal(copy.type, &fake_type);
    assert_int_equal(copy.resource_types.count, 2);
    assert_string_equal(cl_map_get(&copy.labels, "team"), "ml");
    assert_string_equal(cl_map_get(&copy.facts, "account"), "1");
    assert_str(cl_secret_expose(cl_config_secret(&copy.config, "password")), "canary-pass");
}

static void has_a_single_type_only_with_one(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_null(cl_connector_single_type(&conn));
    assert_ok(fake_connector("open", &conn, &err), &err);
    assert_null(cl_connector_single_type(&conn));
    cl_strs_cleanup(&conn.resource_types);
    assert_ok(cl_strs_add(&conn.resource_types, CL_STR("fake-box"), &err), &err);
    assert_string_equal(cl_connector_single_type(&conn)->id, "fake-box");
}

static void tolerates_300_seconds_unless_told(void **state)
{
    struct cl_connector conn = {.skew_s = CL_SKEW_UNSET};

    (void)state;
    assert_false(cl_connector_expired(&conn, INT64_MAX));
    conn.expires_at = 10000;
    assert_false(cl_connector_expired(&conn, 9699));
    assert_true(cl_connector_expired(&conn, 9700));
    conn.skew_s = 0;
    assert_false(cl_connector_expired(&conn, 9999));
    assert_true(cl_connector_expired(&conn, 10000));
}

static void dropping_secrets_keeps_their_names(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_connector("minted", &conn, &err), &err);
    cl_strs_cleanup(&conn.secret_names);
    assert_ok(cl_connector_note_secrets(&conn, &err), &err);
    cl_connector_drop_secrets(&conn);
    assert_int_equal(conn.secret_names.count, 1);
    assert_string_equal(conn.secret_names.items[0], "password");
    assert_null(cl_config_find(&conn.config, "password"));
    assert_str(cl_config_text(&conn.config, "realm"), "r1");
    assert_false(conn.secrets_loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_names),
        cmocka_unit_test(folds_case_and_composition),
        cmocka_unit_test(refuses_to_fold_what_is_not_text),
        cmocka_unit_test(folding_survives_lack_of_memory),
        cmocka_unit_test(a_copy_stands_alone),
        cmocka_unit_test(has_a_single_type_only_with_one),
        cmocka_unit_test(tolerates_300_seconds_unless_told),
        cmocka_unit_test(dropping_secrets_keeps_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
