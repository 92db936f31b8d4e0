#include "cli/example.h"

#include "test.h"

static const char *const fruit[] = {"apple", "pear", NULL};
static const char *const trees[] = {"oak", NULL};
static const struct cl_command root = {.name = "root"};
static const struct cl_command outer = {.name = "outer", .words = trees};
static const struct cl_command inner = {.name = "inner", .words = fruit};
static const struct cl_command leaf = {.name = "leaf"};

static void puts_in_the_words_of_the_innermost_group(void **state)
{
    static const struct {
        const struct cl_command *path[4];
        size_t depth;
        const char *line;
        const char *want;
    } rows[] = {
        {{&root, &inner, &leaf}, 3, "eat %1 and %2", "eat apple and pear"},
        {{&root, &inner, &leaf}, 3, "%2%1", "pearapple"},
        {{&root, &outer, &inner, &leaf}, 4, "%1", "apple"},
        {{&root, &outer, &leaf}, 3, "%1", "oak"},
        {{&root, &outer}, 2, "%1", "oak"},
        {{&root, &leaf}, 2, "%1", "%1"},
        {{&root, &inner}, 2, "%3 %9 %0 %x %% %", "%3 %9 %0 %x %% %"},
        {{&root, &inner}, 2, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);

        cl_example_add(rows[i].path, rows[i].depth, rows[i].line, &line);
        assert_str(cl_buf_view(&line), rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_in_the_words_of_the_innermost_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
