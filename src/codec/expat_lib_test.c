#include "codec/expat_lib.h"

#include <dlfcn.h>
#include <pthread.h>

#include "test.h"

struct getter {
    pthread_t thread;
    const struct cl_expat *expat;
    struct cl_err err;
    enum cl_code code;
};

static void *getter_main(void *ctx)
{
    struct getter *getter = ctx;

    getter->code = cl_expat_get(&getter->expat, &getter->err);
    return NULL;
}

/* Runs first: nothing has opened the library yet. */
static void opens_the_library_once_for_all_threads(void **state)
{
    struct getter getters[8] = {{.expat = NULL}};

    (void)state;
    assert_null(dlopen("libexpat.so.1", RTLD_LAZY | RTLD_NOLOAD)); /* not linked */
    for (size_t i = 0; i < CL_COUNT(getters); i++)
        assert_int_equal(pthread_create(&getters[i].thread, NULL, getter_main, &getters[i]), 0);
    for (size_t i = 0; i < CL_COUNT(getters); i++) {
        assert_int_equal(pthread_join(getters[i].thread, NULL), 0);
        assert_ok(getters[i].code, &getters[i].err);
        assert_ptr_equal(getters[i].expat, getters[0].expat);
    }
}

static void finds_every_function(void **state)
{
    const struct cl_expat *expat = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_expat_get(&expat, &err), &err);
#define EXPECT_FUNCTION(name) assert_true(expat->name != NULL);
    CL_EXPAT_FUNCTIONS(EXPECT_FUNCTION)
#undef EXPECT_FUNCTION
    assert_string_equal(expat->ErrorString(XML_ERROR_NO_MEMORY), "out of memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_the_library_once_for_all_threads),
        cmocka_unit_test(finds_every_function),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
