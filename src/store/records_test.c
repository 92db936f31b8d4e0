#include "store/records.h"

#include "base/alloc.h"
#include "test.h"

static void add(struct cl_map *map, const char *key, const char *value)
{
    struct cl_err err;

    assert_ok(cl_map_set(map, cl_str_of(key), cl_str_of(value), &err), &err);
}

static void writes_pieces_with_their_length(void **state)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
    struct cl_err err;

    (void)state;
    add(&map, "env", "dev");
    add(&map, "empty", "");
    add(&map, "odd", "3:a\n");
    assert_ok(cl_record_map(&map, &text, &err), &err);
    assert_str(cl_buf_view(&text), "5:empty0:3:env3:dev3:odd4:3:a\n");
}

static void reads_back_the_map_it_wrote(void **state)
{
    static const char *const pairs[][2] = {
        {"env", "dev"}, {"a:1", "2:b"}, {"ü", "é\n\t\"'\\"}, {"empty", ""}, {"0", "12:"}};
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    CL_AUTO(cl_map) struct cl_map again = CL_MAP_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
    struct cl_err err;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(pairs); i++)
        add(&map, pairs[i][0], pairs[i][1]);
    assert_ok(cl_record_map(&map, &text, &err), &err);
    assert_ok(cl_record_read_map(cl_buf_view(&text), &again, &err), &err);
    assert_int_equal(again.count, CL_COUNT(pairs));
    for (size_t i = 0; i < CL_COUNT(pairs); i++)
        assert_string_equal(cl_map_get(&again, pairs[i][0]), pairs[i][1]);
}

static void reads_back_the_list_it_wrote(void **state)
{
    static const char *const items[] = {"", "one", "two, three", "4:four"};
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    CL_AUTO(cl_strs) struct cl_strs again = CL_STRS_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
    struct cl_err err;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(items); i++)
        assert_ok(cl_strs_add(&list, cl_str_of(items[i]), &err), &err);
    assert_ok(cl_record_strs(&list, &text, &err), &err);
    assert_ok(cl_record_read_strs(cl_buf_view(&text), &again, &err), &err);
    assert_int_equal(again.count, CL_COUNT(items));
    for (size_t i = 0; i < CL_COUNT(items); i++)
        assert_string_equal(again.items[i], items[i]);
}

/* One entry of each kind, and a secret. */
static void fill(struct cl_config *config)
{
    CL_AUTO(cl_strs) struct cl_strs tags = CL_STRS_NONE;
    CL_AUTO(cl_strs) struct cl_strs none = CL_STRS_NONE;
    struct cl_secret *secret = NULL;
    struct cl_err err;

    assert_ok(cl_strs_add(&tags, CL_STR("red"), &err), &err);
    assert_ok(cl_strs_add(&tags, CL_STR(""), &err), &err);
    assert_ok(cl_config_set_text(config, "region", CL_STR("us-east-1"), &err), &err);
    assert_ok(cl_config_set_list(config, "tags", &tags, &err), &err);
    assert_ok(cl_config_set_list(config, "none", &none, &err), &err);
    assert_ok(cl_config_set_int(config, "level", INT64_MIN, &err), &err);
    assert_ok(cl_config_set_bool(config, "strict", true, &err), &err);
    assert_ok(cl_config_set_bool(config, "loose", false, &err), &err);
    assert_ok(cl_secret_new(CL_STR("canary"), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(config, "password", secret, &err), &err);
}

static void reads_back_the_configuration_without_secrets(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config again = CL_CONFIG_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
    struct cl_err err;

    (void)state;
    fill(&config);
    assert_ok(cl_record_config(&config, &text, &err), &err);
    assert_false(cl_str_contains(cl_buf_view(&text), CL_STR("canary")));
    assert_false(cl_str_contains(cl_buf_view(&text), CL_STR("password")));
    assert_ok(cl_record_read_config(cl_buf_view(&text), &again, &err), &err);
    assert_int_equal(again.count, config.count - 1);
    assert_str(cl_config_text(&again, "region"), "us-east-1");
    assert_str(cl_config_text(&again, "level"), "-9223372036854775808");
    assert_int_equal(cl_config_find(&again, "level")->kind, CL_ATTR_INT);
    assert_true(cl_config_bool(&again, "strict"));
    assert_int_equal(cl_config_find(&again, "loose")->kind, CL_ATTR_BOOL);
    assert_int_equal(cl_config_list(&again, "tags")->count, 2);
    assert_string_equal(cl_config_list(&again, "tags")->items[0], "red");
    assert_int_equal(cl_config_list(&again, "none")->count, 0);
}

static void takes_nothing_for_empty(void **state)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err;

    (void)state;
    assert_ok(cl_record_read_map(CL_STR_NONE, &map, &err), &err);
    assert_ok(cl_record_read_strs(CL_STR_NONE, &list, &err), &err);
    assert_ok(cl_record_read_config(CL_STR_NONE, &config, &err), &err);
    assert_int_equal(map.count + list.count + config.count, 0);
}

static void refuses_what_it_did_not_write(void **state)
{
    static const struct cl_str texts[] = {
        CL_STR_INIT(":"),          CL_STR_INIT("3"),        CL_STR_INIT("3:ab"),
        CL_STR_INIT("x:abc"),      CL_STR_INIT("-1:a"),     CL_STR_INIT("{}"),
        CL_STR_INIT("99999999:a"), CL_STR_INIT("1:a1:"),    CL_STR_INIT("1:a2:b\n3:"),
        CL_STR_INIT("2:a\0"),      CL_STR_INIT("1:a\0"),    CL_STR_INIT("18446744073709551617:a"),
        CL_STR_INIT("\xFF\xFE"),   CL_STR_INIT("1 :a1 :b"), CL_STR_INIT("1:a1:bc"),
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
        CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
        CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
        struct cl_err err;
        assert_int_equal(cl_record_read_map(texts[i], &map, &err), CL_E_FAILED);
        assert_int_equal(cl_record_read_strs(texts[i], &list, &err), CL_E_FAILED);
        assert_int_equal(cl_record_read_config(texts[i], &config, &err), CL_E_FAILED);
        assert_string_equal(err.text, "stored value is not what Cleat wrote");
    }
}

static void refuses_values_of_unknown_kind(void **state)
{
    static const char *const texts[] = {
        "1:a4:type1:b",   /* no such kind */
        "1:a6:secret1:b", /* never stored here */
        "1:a3:int1:b",    /* no number */
        "1:a4:list1:b",   /* no list */
        "1:a4:text",      /* no value */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
        struct cl_err err;
        assert_int_equal(cl_record_read_config(cl_str_of(texts[i]), &config, &err), CL_E_FAILED);
    }
}

static enum cl_code round_trip(struct cl_err *err)
{
    CL_AUTO(cl_config) struct cl_config again = CL_CONFIG_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;

    CL_TRY(cl_config_set_text(&config, "region", CL_STR("us-east-1"), err));
    CL_TRY(cl_config_set_int(&config, "level", 3, err));
    CL_TRY(cl_record_config(&config, &text, err));
    return cl_record_read_config(cl_buf_view(&text), &again, err);
}

static void survives_want_of_memory(void **state)
{
    size_t before = cl_alloc_live_blocks();
    enum cl_code rc = CL_E_FAILED;
    struct cl_err err;

    (void)state;
    for (int64_t n = 1; rc != CL_OK; n++) {
        assert_true(n < 1000);
        (void)cl_alloc_fail_at(n);
        rc = round_trip(&err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(rc != CL_OK || made < n); /* no failure was overlooked */
        assert_int_equal(cl_alloc_live_blocks(), before);
        if (rc != CL_OK)
            assert_string_equal(err.text, "out of memory");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_pieces_with_their_length),
        cmocka_unit_test(reads_back_the_map_it_wrote),
        cmocka_unit_test(reads_back_the_list_it_wrote),
        cmocka_unit_test(reads_back_the_configuration_without_secrets),
        cmocka_unit_test(takes_nothing_for_empty),
        cmocka_unit_test(refuses_what_it_did_not_write),
        cmocka_unit_test(refuses_values_of_unknown_kind),
        cmocka_unit_test(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
