#include "test.h"

#include "core/map.h"
#include "random_values.h"

/* A map and a plain array of the same keys are changed side by side and must agree. */
#define KEYS 12
#define STEPS 4000

struct model {
    bool present[KEYS];
    bool marked[KEYS]; /* set to NULL */
    char value[KEYS][8];
};

/* Neither alphabetical nor of one length, one a prefix of another, one empty. */
static const char *const keys[KEYS] = {"m", "",  "z", "aa", "a", "mm",
                                       "B", "~", "0", "ab", "b", "-"};

static void check_agree(const struct cl_map *map, const struct model *model)
{
    size_t count = 0;

    for (size_t i = 0; i < KEYS; i++) {
        const char *value = cl_map_get(map, keys[i]);
        bool readable = model->present[i] && !model->marked[i];
        count += model->present[i] ? 1 : 0;
        assert_int_equal(value != NULL, readable);
        if (readable)
            assert_string_equal(value, model->value[i]);
    }
    assert_int_equal(map->count, count);
    for (size_t i = 1; i < map->count; i++)
        assert_true(strcmp(map->entries[i - 1].key, map->entries[i].key) < 0);
}

static void set_value(struct cl_map *map, struct model *model, size_t key, struct dice *dice)
{
    struct cl_err err = CL_ERR_NONE;

    for (size_t i = 0; i < 3; i++)
        model->value[key][i] = (char)('a' + (char)dice_roll(dice, 26));
    model->present[key] = true;
    model->marked[key] = false;
    assert_ok(cl_map_set(map, cl_str_of(keys[key]), cl_str_of(model->value[key]), &err), &err);
}

static void any_sequence_of_changes_agrees_with_the_model(void **state)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    struct model model = {.present = {false}};
    struct dice dice = dice_of(3);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (int step = 0; step < STEPS; step++) {
        size_t key = dice_roll(&dice, KEYS);
        switch (dice_roll(&dice, 4)) {
        case 0:
            cl_map_remove(&map, keys[key]);
            model.present[key] = false;
            break;
        case 1:
            assert_ok(cl_map_set_null(&map, cl_str_of(keys[key]), &err), &err);
            model.present[key] = model.marked[key] = true;
            break;
        default: set_value(&map, &model, key, &dice); break;
        }
        check_agree(&map, &model);
    }
}

/* Patching twice with one patch is patching once, and leaves no marks behind. */
static void a_patch_is_idempotent(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
        CL_AUTO(cl_map) struct cl_map patch = CL_MAP_NONE;
        CL_AUTO(cl_map) struct cl_map once = CL_MAP_NONE;
        struct dice dice = dice_of(seed);
        struct cl_err err = CL_ERR_NONE;
        struct model model = {.present = {false}};

        for (int i = 0; i < 5; i++)
            set_value(&map, &model, dice_roll(&dice, KEYS), &dice);
        random_map(&dice, &patch);
        assert_ok(cl_map_set_null(&patch, cl_str_of(keys[dice_roll(&dice, KEYS)]), &err), &err);
        assert_ok(cl_map_patch(&map, &patch, &err), &err);
        assert_ok(cl_map_copy(&map, &once, &err), &err);
        assert_ok(cl_map_patch(&map, &patch, &err), &err);
        assert_int_equal(map.count, once.count);
        for (size_t i = 0; i < map.count; i++) {
            assert_string_equal(map.entries[i].key, once.entries[i].key);
            assert_string_equal(map.entries[i].value, once.entries[i].value);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_sequence_of_changes_agrees_with_the_model),
        cmocka_unit_test(a_patch_is_idempotent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
