#include "net/curl_lib.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/alloc.h"
#include "test.h"

struct getter {
    pthread_t thread;
    const struct cl_curl *curl;
    struct cl_err err;
    enum cl_code code;
};

static void *getter_main(void *ctx)
{
    struct getter *getter = ctx;

    getter->code = cl_curl_get(&getter->curl, &getter->err);
    return NULL;
}

/* Runs first: nothing has opened the library yet. */
static void opens_the_library_once_for_all_threads(void **state)
{
    struct getter getters[8] = {{.curl = NULL}};

    (void)state;
    assert_null(dlopen("libcurl.so.4", RTLD_LAZY | RTLD_NOLOAD)); /* not linked */
    for (size_t i = 0; i < CL_COUNT(getters); i++)
        assert_int_equal(pthread_create(&getters[i].thread, NULL, getter_main, &getters[i]), 0);
    for (size_t i = 0; i < CL_COUNT(getters); i++) {
        assert_int_equal(pthread_join(getters[i].thread, NULL), 0);
        assert_ok(getters[i].code, &getters[i].err);
        assert_ptr_equal(getters[i].curl, getters[0].curl);
    }
#define EXPECT_FUNCTION(name) assert_non_null(getters[0].curl->name);
    CL_CURL_FUNCTIONS(EXPECT_FUNCTION)
#undef EXPECT_FUNCTION
}

static void gives_the_library_the_wiping_heap(void **state)
{
    const struct cl_curl *curl = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_curl_get(&curl, &err), &err);
    size_t before = cl_alloc_live_blocks();
    unsigned int refusals = cl_curl_refusals();
    struct curl_slist *list = curl->slist_append(NULL, "text");
    assert_non_null(list);
    assert_int_equal(cl_alloc_live_blocks(), before + 2);
    assert_true(cl_alloc_size(list->data) >= sizeof("text"));
    (void)cl_alloc_fail_at(1);
    assert_null(curl->slist_append(list, "more"));
    (void)cl_alloc_fail_at(0);
    assert_int_equal(cl_curl_refusals(), refusals + 1);
    curl->slist_free_all(list);
    assert_int_equal(cl_alloc_live_blocks(), before);
}

/* With that file read, OpenSSL would find no algorithm at all. */
static void leaves_openssls_configuration_file_unread(void **state)
{
    const struct cl_curl *curl = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_curl_get(&curl, &err), &err);
    EVP_MD *fetched = EVP_MD_fetch(NULL, "SHA512", NULL);
    assert_non_null(fetched);
    EVP_MD_free(fetched);
}

static char config_path[] = "/tmp/cleat-test-XXXXXX";

static int write_config(void **state)
{
    static const char config[] = "openssl_conf = init\n[init]\nalg_section = algorithms\n"
                                 "[algorithms]\ndefault_properties = provider=nobody\n";
    int fd = mkstemp(config_path);

    (void)state;
    if (fd < 0 || write(fd, config, strlen(config)) != (ssize_t)strlen(config))
        return -1;
    return close(fd) != 0 || setenv("OPENSSL_CONF", config_path, 1) != 0 ? -1 : 0;
}

static int remove_config(void **state)
{
    (void)state;
    return unlink(config_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_the_library_once_for_all_threads),
        cmocka_unit_test(leaves_openssls_configuration_file_unread),
        cmocka_unit_test(gives_the_library_the_wiping_heap),
    };

    return cmocka_run_group_tests(tests, write_config, remove_config);
}
