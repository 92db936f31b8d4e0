#include "test.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/time.h"
#include "codec/json.h"
#include "core/query.h"
#include "random_values.h"

/*
 * Random items and filters, and a second opinion on which item a filter selects: written for one
 * item and one operator at a time, from the definition of the operators.
 */
#define ITEMS 40
#define ROUNDS 3000

struct item {
    const char *name; /* NULL: none */
    const char *tags[3];
    int64_t size; /* negative: none */
    int64_t at_s; /* 0: none */
    bool flag;
};

static bool field_name(const void *item, size_t index, struct cl_field_value *ret)
{
    const char *name = ((const struct item *)item)->name;

    *ret = (struct cl_field_value){.present = name != NULL, .text = cl_str_of(name)};
    return index == 0;
}

static bool field_tag(const void *item, size_t index, struct cl_field_value *ret)
{
    const struct item *it = item;

    if (index >= CL_COUNT(it->tags) || it->tags[index] == NULL)
        return false;
    *ret = (struct cl_field_value){.present = true, .text = cl_str_of(it->tags[index])};
    return true;
}

static bool field_size(const void *item, size_t index, struct cl_field_value *ret)
{
    int64_t size = ((const struct item *)item)->size;

    *ret = (struct cl_field_value){.present = size >= 0, .number = size};
    return index == 0;
}

static bool field_at(const void *item, size_t index, struct cl_field_value *ret)
{
    int64_t at_s = ((const struct item *)item)->at_s;

    *ret = (struct cl_field_value){.present = at_s != 0, .number = at_s * 1000000 + 999999};
    return index == 0;
}

static bool field_flag(const void *item, size_t index, struct cl_field_value *ret)
{
    *ret = (struct cl_field_value){.present = true, .number = ((const struct item *)item)->flag};
    return index == 0;
}

static const struct cl_field fields[] = {
    {"name", CL_FIELD_TEXT, field_name},   {"tag", CL_FIELD_TEXT, field_tag},
    {"size", CL_FIELD_NUMBER, field_size}, {"at", CL_FIELD_TIME, field_at},
    {"flag", CL_FIELD_BOOL, field_flag},
};

static const char *const words[] = {"a", "ab", "b", "ba", "abc", "7", "12", "-3", ""};

static const char *word(struct dice *dice)
{
    return words[dice_roll(dice, CL_COUNT(words))];
}

static struct item random_item(struct dice *dice)
{
    struct item item = {
        .name = dice_roll(dice, 5) == 0 ? NULL : word(dice),
        .size = (int64_t)dice_roll(dice, 6) - 1,
        .at_s = (int64_t)dice_roll(dice, 4) * 3600,
        .flag = dice_maybe(dice),
    };
    size_t tags = dice_roll(dice, 4);

    for (size_t i = 0; i < tags; i++)
        item.tags[i] = word(dice);
    return item;
}

struct chosen {
    const char *field;
    const char *op;
    char operand[128];
    const char *text; /* operand of text comparisons */
    int64_t number;   /* of the others; lower bound */
    int64_t high;     /* upper bound */
};

static const char *const text_ops[] = {"equals",     "notequals",  "contains", "notcontains",
                                       "startswith", "endswith",   "oneof",    "notoneof",
                                       "isempty",    "isnotempty", "gt",       "lte"};
static const char *const number_ops[] = {"equals", "notequals", "gt",      "gte",
                                         "lt",     "lte",       "isempty", "isnotempty"};

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void put_time(char *out, size_t size, int64_t at_s)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(64);

    cl_buf_add_rfc3339(&text, at_s);
    assert_true(snprintf(out, size, "%.*s", CL_STR_ARG(cl_buf_view(&text))) > 0);
}

static void choose_text(struct dice *dice, struct chosen *chosen)
{
    chosen->field = dice_maybe(dice) ? "name" : "tag";
    chosen->op = text_ops[dice_roll(dice, CL_COUNT(text_ops))];
    chosen->text = word(dice);
    chosen->number = (int64_t)dice_roll(dice, 14);
    if (is(chosen->op, "isempty") || is(chosen->op, "isnotempty"))
        return;
    bool list = is(chosen->op, "oneof") || is(chosen->op, "notoneof");
    if (is(chosen->op, "gt") || is(chosen->op, "lte"))
        assert_true(snprintf(chosen->operand, 128, "%d", (int)chosen->number) > 0);
    else if (list)
        assert_true(snprintf(chosen->operand, 128, "[\"%s\",\"q\"]", chosen->text) > 0);
    else
        assert_true(snprintf(chosen->operand, 128, "%s", chosen->text) >= 0);
}

static void choose_number(struct dice *dice, struct chosen *chosen)
{
    bool time = dice_maybe(dice);

    chosen->field = time ? "at" : "size";
    chosen->op = number_ops[dice_roll(dice, CL_COUNT(number_ops))];
    chosen->number = time ? (int64_t)dice_roll(dice, 4) * 3600 : (int64_t)dice_roll(dice, 6);
    if (is(chosen->op, "isempty") || is(chosen->op, "isnotempty"))
        return;
    if (time)
        put_time(chosen->operand, sizeof(chosen->operand), chosen->number);
    else
        assert_true(snprintf(chosen->operand, 128, "%d", (int)chosen->number) > 0);
}

static void choose_other(struct dice *dice, struct chosen *chosen)
{
    char from[64];
    char to[64];

    if (dice_maybe(dice)) {
        chosen->field = "flag";
        chosen->op = dice_maybe(dice) ? "equals" : "notequals";
        chosen->number = dice_maybe(dice) ? 1 : 0;
        assert_true(snprintf(chosen->operand, 128, "%s", chosen->number == 1 ? "yes" : "no") > 0);
        return;
    }
    chosen->field = "at";
    chosen->op = "in";
    chosen->number = (int64_t)dice_roll(dice, 4) * 3600;
    chosen->high = (int64_t)dice_roll(dice, 4) * 3600;
    put_time(from, sizeof(from), chosen->number);
    put_time(to, sizeof(to), chosen->high);
    assert_true(snprintf(chosen->operand, 128, "%s,%s", from, to) > 0);
}

static struct chosen choose(struct dice *dice)
{
    struct chosen chosen = {.operand = ""};

    switch (dice_roll(dice, 3)) {
    case 0: choose_text(dice, &chosen); break;
    case 1: choose_number(dice, &chosen); break;
    default: choose_other(dice, &chosen); break;
    }
    return chosen;
}

static bool text_is(const struct chosen *chosen, const char *value)
{
    size_t len = strlen(value);
    size_t operand = strlen(chosen->text);

    if (is(chosen->op, "contains") || is(chosen->op, "notcontains"))
        return strstr(value, chosen->text) != NULL;
    if (is(chosen->op, "startswith"))
        return strncmp(value, chosen->text, operand) == 0;
    if (is(chosen->op, "endswith"))
        return len >= operand && is(value + len - operand, chosen->text);
    if (is(chosen->op, "oneof") || is(chosen->op, "notoneof"))
        return is(value, chosen->text) || is(value, "q");
    return is(value, chosen->text);
}

/* A text that is a number: here only the three of the words. */
static bool text_compares(const struct chosen *chosen, const char *value)
{
    int64_t number = is(value, "7") ? 7 : is(value, "12") ? 12 : -3;

    if (!is(value, "7") && !is(value, "12") && !is(value, "-3"))
        return false;
    return is(chosen->op, "gt") ? number > chosen->number : number <= chosen->number;
}

static bool any_text(const struct chosen *chosen, const char *const *values, size_t count)
{
    bool filled = false;
    bool fits = false;

    for (size_t i = 0; i < count; i++) {
        if (values[i] == NULL)
            continue;
        filled = filled || values[i][0] != '\0';
        fits = fits ||
               (is(chosen->op, "gt") || is(chosen->op, "lte") ? text_compares(chosen, values[i])
                                                              : text_is(chosen, values[i]));
    }
    if (is(chosen->op, "isempty"))
        return !filled;
    if (is(chosen->op, "isnotempty"))
        return filled;
    return strncmp(chosen->op, "not", 3) == 0 ? !fits : fits;
}

static bool number_is(const struct chosen *chosen, bool present, int64_t value)
{
    if (is(chosen->op, "isempty") || is(chosen->op, "isnotempty"))
        return present == is(chosen->op, "isnotempty");
    if (is(chosen->op, "notequals"))
        return !present || value != chosen->number;
    if (!present)
        return false;
    if (is(chosen->op, "in"))
        return value >= chosen->number && value <= chosen->high;
    if (is(chosen->op, "gt"))
        return value > chosen->number;
    if (is(chosen->op, "gte"))
        return value >= chosen->number;
    if (is(chosen->op, "lt"))
        return value < chosen->number;
    if (is(chosen->op, "lte"))
        return value <= chosen->number;
    return value == chosen->number;
}

static bool should_match(const struct chosen *chosen, const struct item *item)
{
    if (is(chosen->field, "name"))
        return any_text(chosen, &item->name, 1);
    if (is(chosen->field, "tag"))
        return any_text(chosen, item->tags, CL_COUNT(item->tags));
    if (is(chosen->field, "size"))
        return number_is(chosen, item->size >= 0, item->size);
    if (is(chosen->field, "at"))
        return number_is(chosen, item->at_s != 0, item->at_s);
    return number_is(chosen, true, item->flag ? 1 : 0);
}

static void add(struct cl_query *query, const struct chosen *chosen)
{
    CL_AUTO(cl_buf) struct cl_buf value = CL_BUF(256);
    struct cl_err err = CL_ERR_NONE;

    cl_buf_addf(&value, "%s:%s", chosen->op, chosen->operand);
    assert_ok(cl_query_add_filter(query, cl_str_of(chosen->field), cl_buf_view(&value), &err),
              &err);
}

static bool selected(const struct cl_selection *selection, size_t index)
{
    for (size_t i = 0; i < selection->count; i++) {
        if (selection->indexes[i] == index)
            return true;
    }
    return false;
}

static void selects_what_the_definition_says(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        CL_AUTO(cl_query) struct cl_query query = cl_query_default();
        CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
        struct dice dice = dice_of(round);
        struct chosen first = choose(&dice);
        struct chosen second = choose(&dice);
        struct item item_array[ITEMS];
        const void *items[ITEMS];
        struct cl_err err = CL_ERR_NONE;
        struct cl_query_source source = {
            .fields = fields, .field_count = CL_COUNT(fields), .items = items, .item_count = ITEMS};

        query.all = true;
        query.any = dice_maybe(&dice);
        for (size_t i = 0; i < ITEMS; i++) {
            item_array[i] = random_item(&dice);
            items[i] = &item_array[i];
        }
        add(&query, &first);
        add(&query, &second);
        assert_ok(cl_query_select(&query, &source, &selection, &err), &err);
        for (size_t i = 0; i < ITEMS; i++) {
            bool a = should_match(&first, &item_array[i]);
            bool b = should_match(&second, &item_array[i]);
            if (selected(&selection, i) != (query.any ? a || b : a && b))
                fail_msg("round %d: item %zu, %s=%s:%s, %s=%s:%s", (int)round, i, first.field,
                         first.op, first.operand, second.field, second.op, second.operand);
        }
    }
}

static int64_t key_of(const struct item *item)
{
    return item->size;
}

/* Every selected item once, ordered by size either way, equal ones in the order they came. */
static void sorting_is_a_stable_permutation(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 300; round++) {
        CL_AUTO(cl_query) struct cl_query query = cl_query_default();
        CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
        struct dice dice = dice_of(round);
        struct item item_array[ITEMS];
        const void *items[ITEMS];
        bool seen[ITEMS] = {false};
        struct cl_err err = CL_ERR_NONE;
        struct cl_query_source source = {
            .fields = fields, .field_count = CL_COUNT(fields), .items = items, .item_count = ITEMS};

        for (size_t i = 0; i < ITEMS; i++) {
            item_array[i] = random_item(&dice);
            items[i] = &item_array[i];
        }
        query.all = true;
        query.descending = dice_maybe(&dice);
        assert_ok(cl_str_dup(CL_STR("size"), &query.sort_by, &err), &err);
        assert_ok(cl_query_select(&query, &source, &selection, &err), &err);
        assert_int_equal(selection.count, ITEMS);
        for (size_t i = 0; i < ITEMS; i++) {
            size_t at = selection.indexes[i];
            assert_false(seen[at]);
            seen[at] = true;
            if (i == 0)
                continue;
            size_t before = selection.indexes[i - 1];
            int64_t step = key_of(&item_array[at]) - key_of(&item_array[before]);
            assert_true(query.descending ? step <= 0 : step >= 0);
            if (step == 0)
                assert_true(before < at);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selects_what_the_definition_says),
        cmocka_unit_test(sorting_is_a_stable_permutation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
