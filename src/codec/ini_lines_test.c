#include "codec/ini_lines.h"

#include "test.h"

/* Each line as number:start-end:indent:kind:text. */
static const struct {
    const char *text, *lines;
} texts[] = {
    {"", ""},
    {"a", "1:0-1:0:content:a|"},
    {"a\n", "1:0-2:0:content:a|"},
    {"a\nb", "1:0-2:0:content:a|2:2-3:0:content:b|"},
    {"a\r\nb", "1:0-3:0:content:a|2:3-4:0:content:b|"},
    {"a\rb", "1:0-2:0:content:a|2:2-3:0:content:b|"},
    {"\r\r\n\n", "1:0-1:0:blank:|2:1-3:0:blank:|3:3-4:0:blank:|"},
    {" \t a b \n", "1:0-8:3:content:a b|"},
    {"  # c\n; d\n", "1:0-6:2:comment:# c|2:6-10:0:comment:; d|"},
    {"\v\f\n", "1:0-3:2:blank:|"},
    {"a # b\n", "1:0-6:0:content:a # b|"},
};

static void lines_end_in_three_ways(void **state)
{
    static const char *const kinds[] = {"blank", "comment", "content"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(500);
        struct cl_ini_line line = {.number = 0};
        while (cl_ini_next_line(cl_str_of(texts[i].text), &line)) {
            cl_buf_addf(&shown, "%zu:%zu-%zu:%zu:%s:%.*s|", line.number, line.start, line.end,
                        line.indent, kinds[line.kind], CL_STR_ARG(line.text));
        }
        assert_str(cl_buf_view(&shown), texts[i].lines);
    }
}

static const struct {
    const char *text, *name;
} headers[] = {
    {"[a]", "a"},     {"[a] x", "a"}, {"[a]]", "a]"},  {"[a] [b]", "a] [b"},
    {"[ a ]", " a "}, {"[]]", "]"},   {"[]", NULL},    {"[a", NULL},
    {"a]", NULL},     {"", NULL},     {"a [b]", NULL},
};

static void a_header_goes_up_to_its_last_bracket(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(headers); i++) {
        struct cl_str name = CL_STR_NONE;
        assert_int_equal(cl_ini_split_header(cl_str_of(headers[i].text), &name),
                         headers[i].name != NULL);
        assert_str(name, headers[i].name);
    }
}

static const struct {
    const char *text, *key, *value;
} pairs[] = {
    {"a=b", "a", "b"},     {"a = b ", "a", "b"}, {"a:b", "a", "b"}, {"a:b=c", "a", "b=c"},
    {"a=b:c", "a", "b:c"}, {"a =", "a", ""},     {"= b", "", "b"},  {"a b = c d", "a b", "c d"},
    {"a", NULL, NULL},     {"", NULL, NULL},
};

static void a_key_ends_at_the_first_delimiter(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(pairs); i++) {
        struct cl_str key = CL_STR_NONE;
        struct cl_str value = CL_STR_NONE;
        assert_int_equal(cl_ini_split_key(cl_str_of(pairs[i].text), &key, &value),
                         pairs[i].key != NULL);
        assert_str(key, pairs[i].key);
        assert_str(value, pairs[i].value);
    }
}

static void simple_keys_are_a_closed_list(void **state)
{
    (void)state;
    assert_true(cl_ini_is_simple_key(CL_STR("region")));
    assert_true(cl_ini_is_simple_key(CL_STR("output")));
    assert_true(cl_ini_is_simple_key(CL_STR("use_fips_endpoint")));
    assert_false(cl_ini_is_simple_key(CL_STR("aws_secret_access_key")));
    assert_false(cl_ini_is_simple_key(CL_STR("credential_process")));
    assert_false(cl_ini_is_simple_key(CL_STR("regio")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_in_three_ways),
        cmocka_unit_test(a_header_goes_up_to_its_last_bracket),
        cmocka_unit_test(a_key_ends_at_the_first_delimiter),
        cmocka_unit_test(simple_keys_are_a_closed_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
