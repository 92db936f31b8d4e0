#include "test.h"

#include <stdio.h>

#include "core/map.h"
#include "fault.h"

static enum cl_code set(struct cl_map *map, const char *key, const char *value, struct cl_err *err)
{
    return value == NULL ? cl_map_set_null(map, cl_str_of(key), err)
                         : cl_map_set(map, cl_str_of(key), cl_str_of(value), err);
}

static void keeps_keys_sorted_and_replaces_values(void **state)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    struct cl_err err = CL_ERR_NONE;
    static const char *const keys[] = {"m", "z", "a", "n", "b", "m"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(keys); i++)
        assert_ok(set(&map, keys[i], i == 5 ? "new" : "old", &err), &err);
    assert_int_equal(map.count, 5);
    for (size_t i = 1; i < map.count; i++)
        assert_true(strcmp(map.entries[i - 1].key, map.entries[i].key) < 0);
    assert_string_equal(cl_map_get(&map, "m"), "new");
    assert_string_equal(cl_map_get(&map, "z"), "old");
    assert_null(cl_map_get(&map, "x"));
}

static void removes_a_key_and_ignores_an_absent_one(void **state)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(set(&map, "a", "1", &err), &err);
    assert_ok(set(&map, "b", "2", &err), &err);
    cl_map_remove(&map, "a");
    cl_map_remove(&map, "a");
    assert_int_equal(map.count, 1);
    assert_string_equal(map.entries[0].key, "b");
}

static void a_patch_sets_and_removes(void **state)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    CL_AUTO(cl_map) struct cl_map patch = CL_MAP_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(set(&map, "keep", "1", &err), &err);
    assert_ok(set(&map, "drop", "2", &err), &err);
    assert_ok(set(&map, "change", "3", &err), &err);
    assert_ok(set(&patch, "drop", NULL, &err), &err);
    assert_ok(set(&patch, "never-there", NULL, &err), &err);
    assert_ok(set(&patch, "change", "4", &err), &err);
    assert_ok(set(&patch, "empty", "", &err), &err);
    assert_ok(cl_map_patch(&map, &patch, &err), &err);
    assert_int_equal(map.count, 3);
    assert_string_equal(cl_map_get(&map, "keep"), "1");
    assert_string_equal(cl_map_get(&map, "change"), "4");
    assert_string_equal(cl_map_get(&map, "empty"), "");
}

static void a_copy_stands_alone_and_keeps_marks(void **state)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    CL_AUTO(cl_map) struct cl_map copy = CL_MAP_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(set(&map, "a", "1", &err), &err);
    assert_ok(set(&map, "gone", NULL, &err), &err);
    assert_survives_faults(cl_map_copy(&map, &copy, &err), (void)0);
    assert_ok(set(&map, "a", "2", &err), &err);
    assert_int_equal(copy.count, 2);
    assert_string_equal(cl_map_get(&copy, "a"), "1");
    assert_null(copy.entries[1].value);
}

struct label_case {
    const char *key;
    const char *value;
    const char *error; /* part of the text; NULL: accepted */
};

#define K63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789a"
#define V51 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxy"

static const struct label_case label_cases[] = {
    {"team", "ml", NULL},
    {"a", "", NULL},
    {"k8s.io/app-name_1", "x=y=z", NULL},
    {K63, "v", NULL},
    {K63 "b", "v", "1 to 63"},
    {"", "v", "1 to 63"},
    {"-team", "v", "begins and ends"},
    {"team.", "v", "begins and ends"},
    {"te am", "v", "letters, digits"},
    {"t\xC3\xA4m", "v", "letters, digits"},
    {"cleat:source", "v", "reserved"},
    {"team", V51 V51 V51 V51 V51, NULL},
    {"team", V51 V51 V51 V51 V51 "x", "longer than 255"},
    {"team", "\xFF", "UTF-8"},
};

static void checks_the_form_of_labels(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(label_cases); i++) {
        CL_AUTO(cl_map) struct cl_map labels = CL_MAP_NONE;
        const struct label_case *row = &label_cases[i];
        struct cl_err err = CL_ERR_NONE;

        assert_ok(set(&labels, row->key, row->value, &err), &err);
        if (row->error == NULL) {
            assert_ok(cl_labels_check(&labels, &err), &err);
            continue;
        }
        assert_int_equal(cl_labels_check(&labels, &err), CL_E_INVALID);
        assert_non_null(strstr(err.text, row->error));
    }
}

static void refuses_more_than_64_labels(void **state)
{
    CL_AUTO(cl_map) struct cl_map labels = CL_MAP_NONE;
    struct cl_err err = CL_ERR_NONE;
    char key[8];

    (void)state;
    for (int i = 0; i < 65; i++) {
        assert_ok(cl_labels_check(&labels, &err), &err);
        assert_true(snprintf(key, sizeof(key), "k%d", i) > 0);
        assert_ok(set(&labels, key, "", &err), &err);
    }
    assert_int_equal(cl_labels_check(&labels, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "65 labels"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_keys_sorted_and_replaces_values),
        cmocka_unit_test(removes_a_key_and_ignores_an_absent_one),
        cmocka_unit_test(a_patch_sets_and_removes),
        cmocka_unit_test(a_copy_stands_alone_and_keeps_marks),
        cmocka_unit_test(checks_the_form_of_labels),
        cmocka_unit_test(refuses_more_than_64_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
