#include "test.h"

#include <stdio.h>

#include "base/alloc.h"
#include "core/type.h"
#include "fake_type.h"
#include "fault.h"

static void looks_up_by_id(void **state)
{
    const struct cl_auth_method *minted = cl_type_method(&fake_type, CL_STR("minted"));

    (void)state;
    assert_string_equal(minted->title, "Fake Minted");
    assert_null(cl_type_method(&fake_type, CL_STR("mint")));
    assert_string_equal(cl_type_resource(&fake_type, CL_STR("fake-jar"))->title, "Fake jar");
    assert_null(cl_type_resource(&fake_type, CL_STR("")));
    assert_true(cl_attr_is_secret(cl_method_attr(minted, CL_STR("session_token"))));
    assert_null(cl_method_attr(minted, CL_STR("tags")));
}

static void a_resource_type_may_name_its_methods(void **state)
{
    const struct cl_resource_type *box = cl_type_resource(&fake_type, CL_STR("fake-box"));
    const struct cl_resource_type *jar = cl_type_resource(&fake_type, CL_STR("fake-jar"));

    (void)state;
    assert_true(cl_resource_allows(box, cl_type_method(&fake_type, CL_STR("open"))));
    assert_false(cl_resource_allows(jar, cl_type_method(&fake_type, CL_STR("open"))));
    assert_true(cl_resource_allows(jar, cl_type_method(&fake_type, CL_STR("ambient"))));
}

static void names_the_kinds_as_schemas_do(void **state)
{
    static const struct {
        enum cl_attr_kind kind;
        const char *word;
        bool secret;
    } rows[] = {
        {CL_ATTR_TEXT, "string", false},  {CL_ATTR_SECRET, "string", true},
        {CL_ATTR_BOOL, "boolean", false}, {CL_ATTR_INT, "integer", false},
        {CL_ATTR_LIST, "array", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_attr attr = {.kind = rows[i].kind};
        assert_string_equal(cl_attr_type_word(&attr), rows[i].word);
        assert_int_equal(cl_attr_is_secret(&attr), rows[i].secret);
    }
}

struct ttl_case {
    int64_t min_s;
    int64_t usual_s;
    int64_t max_s;
    int64_t wanted_s;
    int64_t ttl_s; /* -1: refused */
    const char *error;
};

static const struct ttl_case ttl_cases[] = {
    {0, 0, 0, 0, 0, NULL},
    {0, 0, 0, 900, -1, "cannot choose how long credentials live, but 900s were asked for"},
    {900, 3600, 43200, 0, 3600, NULL},
    {900, 3600, 43200, 900, 900, NULL},
    {900, 3600, 43200, 899, -1, "between 900s (15m) and 43200s (12h), not for 899s"},
    {900, 3600, 43200, 43200, 43200, NULL},
    {900, 3600, 43200, 43201, -1, "between 900s (15m) and 43200s (12h), not for 43201s"},
    {900, 3600, 0, 999999, 999999, NULL},
    {900, 3600, 0, 1, -1, "for at least 900s (15m), not for 1s"},
    {0, 3600, 3600, 3601, -1, "for at most 3600s (1h), not for 3601s"},
    {900, 0, 0, 0, 0, NULL}, /* no default: no limit is recorded */
    {900, 3600, 43200, -5, -1, "-5s is negative"},
    {0, 3600, 0, 5, 5, NULL},
};

static void keeps_life_times_within_the_methods_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(ttl_cases); i++) {
        const struct ttl_case *row = &ttl_cases[i];
        struct cl_auth_method method = {
            .id = "m",
            .min_ttl_s = row->min_s,
            .max_ttl_s = row->max_s,
            .default_ttl_s = row->usual_s,
        };
        struct cl_err err = CL_ERR_NONE;
        int64_t ttl_s = -1;
        enum cl_code code = cl_method_ttl(&method, row->wanted_s, &ttl_s, &err);

        assert_int_equal(code, row->error == NULL ? CL_OK : CL_E_TTL_UNAVAILABLE);
        assert_int_equal(ttl_s, row->ttl_s);
        if (row->error != NULL && strstr(err.text, row->error) == NULL)
            fail_msg("row %zu: %s", i, err.text);
    }
}

static void any_bound_makes_a_method_temporary(void **state)
{
    (void)state;
    assert_false(cl_method_is_temporary(&(struct cl_auth_method){.id = "m"}));
    assert_true(cl_method_is_temporary(&(struct cl_auth_method){.min_ttl_s = 1}));
    assert_true(cl_method_is_temporary(&(struct cl_auth_method){.max_ttl_s = 1}));
    assert_true(cl_method_is_temporary(&(struct cl_auth_method){.default_ttl_s = 1}));
}

static void clean_up_of_empty_values_is_harmless(void **state)
{
    struct cl_verified verified = {.identity = NULL};
    struct cl_discovered discovered = {.auth_method = NULL};

    (void)state;
    cl_verified_cleanup(&verified);
    cl_discovered_cleanup(&discovered);
    cl_discovered_cleanup(&discovered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_up_by_id),
        cmocka_unit_test(a_resource_type_may_name_its_methods),
        cmocka_unit_test(names_the_kinds_as_schemas_do),
        cmocka_unit_test(keeps_life_times_within_the_methods_bounds),
        cmocka_unit_test(any_bound_makes_a_method_temporary),
        cmocka_unit_test(clean_up_of_empty_values_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
