#include "cli/terminal.h"

#include "fake_world.h"
#include "test.h"

struct locale_row {
    const char *lc_all;
    const char *lc_ctype;
    const char *lang;
    bool utf8;
};

static void looks_for_utf8_in_the_locale_variables(void **state)
{
    static const struct locale_row rows[] = {
        {NULL, NULL, NULL, false},         {NULL, NULL, "en_US.UTF-8", true},
        {NULL, NULL, "C.utf8", true},      {NULL, NULL, "de_DE.UTF-8@euro", true},
        {NULL, NULL, "de_DE@euro", false}, {NULL, NULL, "de_DE.ISO-8859-1", false},
        {NULL, NULL, "C", false},          {NULL, NULL, "UTF-8", false},
        {NULL, "C.UTF-8", "C", true},      {"C", "C.UTF-8", "C.UTF-8", false},
        {"", "C.UTF-8", "C", true},        {"C.UTF-8", "C", "C", true},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        fake_set_env(fake, "LC_ALL", rows[i].lc_all);
        fake_set_env(fake, "LC_CTYPE", rows[i].lc_ctype);
        fake_set_env(fake, "LANG", rows[i].lang);
        if (cl_terminal_is_utf8(fake_world(fake)) != rows[i].utf8)
            fail_msg("row %zu", i);
        fake_world_free(fake);
    }
}

struct columns_row {
    const char *columns;
    size_t wanted;
};

static void asks_the_environment_where_the_kernel_knows_no_width(void **state)
{
    static const struct columns_row rows[] = {
        {NULL, 80}, {"", 80}, {"132", 132}, {"0", 80}, {"-5", 80}, {"wide", 80}, {"99999999", 80},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        fake_set_env(fake, "COLUMNS", rows[i].columns);
        assert_int_equal(cl_terminal_columns(-1, fake_world(fake)), rows[i].wanted);
        fake_world_free(fake);
    }
    assert_false(cl_terminal_is(-1));
}

static void knows_terminals_that_show_links(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    assert_false(cl_terminal_has_links(fake_world(fake)));
    fake_set_env(fake, "TERM_PROGRAM", "Apple_Terminal");
    assert_false(cl_terminal_has_links(fake_world(fake)));
    fake_set_env(fake, "TERM_PROGRAM", "vscode");
    assert_true(cl_terminal_has_links(fake_world(fake)));
    fake_set_env(fake, "TERM_PROGRAM", NULL);
    fake_set_env(fake, "VTE_VERSION", "7000");
    assert_true(cl_terminal_has_links(fake_world(fake)));
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_for_utf8_in_the_locale_variables),
        cmocka_unit_test(asks_the_environment_where_the_kernel_knows_no_width),
        cmocka_unit_test(knows_terminals_that_show_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
