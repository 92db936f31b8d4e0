#include "store/lookup.h"

#include "test.h"

/* The rules themselves are in conformance_test.c; this is what counts as an id. */
static void takes_ids_with_and_without_dashes_in_any_case(void **state)
{
    static const struct {
        const char *ref;
        const char *id; /* NULL: no id */
    } cases[] = {
        {"11112222-3333-4444-8555-666677778888", "11112222-3333-4444-8555-666677778888"},
        {"11112222333344448555666677778888", "11112222-3333-4444-8555-666677778888"},
        {"ABCDef", "abcdef"},
        {"abcd", "abcd"},
        {"12345678", "12345678"},
        {"12345678-", "12345678-"},
        {"123456789", "12345678-9"},
        {"12345678-9", "12345678-9"},
        {"12345678-9abc-d", "12345678-9abc-d"},
        {"123456789abcd", "12345678-9abc-d"},
        {"abc", NULL},
        {"", NULL},
        {"----", NULL},
        {"-1234", NULL},
        {"1234-5678", NULL},
        {"12345678--9", NULL},
        {"12345-", NULL},
        {"wxyz", NULL},
        {"1234 ", NULL},
        {"11112222-3333-4444-8555-6666777788889", NULL},
        {"111122223333444485556666777788889", NULL},
        {"11112222-3333-4444-8555-666677778888-", NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        char id[37];
        bool is_id = cl_lookup_id_text(cl_str_of(cases[i].ref), id);
        if (is_id != (cases[i].id != NULL))
            fail_msg("'%s' is %san id", cases[i].ref, is_id ? "" : "not ");
        if (is_id)
            assert_string_equal(id, cases[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_ids_with_and_without_dashes_in_any_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
