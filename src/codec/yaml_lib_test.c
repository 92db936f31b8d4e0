#include "codec/yaml_lib.h"

#include <dlfcn.h>
#include <pthread.h>

#include "test.h"

struct getter {
    pthread_t thread;
    const struct cl_libyaml *lib;
    struct cl_err err;
    enum cl_code code;
};

static void *getter_main(void *ctx)
{
    struct getter *getter = ctx;

    getter->code = cl_libyaml_get(&getter->lib, &getter->err);
    return NULL;
}

/* Runs first: nothing has opened the library yet. */
static void opens_the_library_once_for_all_threads(void **state)
{
    struct getter getters[8] = {{.lib = NULL}};

    (void)state;
    assert_null(dlopen("libyaml-0.so.2", RTLD_LAZY | RTLD_NOLOAD)); /* not linked */
    for (size_t i = 0; i < CL_COUNT(getters); i++)
        assert_int_equal(pthread_create(&getters[i].thread, NULL, getter_main, &getters[i]), 0);
    for (size_t i = 0; i < CL_COUNT(getters); i++) {
        assert_int_equal(pthread_join(getters[i].thread, NULL), 0);
        assert_ok(getters[i].code, &getters[i].err);
        assert_ptr_equal(getters[i].lib, getters[0].lib);
    }
}

static void finds_every_function(void **state)
{
    const struct cl_libyaml *lib = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_libyaml_get(&lib, &err), &err);
#define EXPECT_FUNCTION(name) assert_true(lib->name != NULL);
    CL_LIBYAML_FUNCTIONS(EXPECT_FUNCTION)
#undef EXPECT_FUNCTION
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_the_library_once_for_all_threads),
        cmocka_unit_test(finds_every_function),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
