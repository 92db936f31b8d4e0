#include "net/resolve.h"

#include <poll.h>

#include "net/ip.h"
#include "test.h"

#define PATIENCE_MS 20000

/* Waits as its users do. */
static const struct addrinfo *result_of(struct cl_lookup *lookup)
{
    struct pollfd ready = {.fd = cl_lookup_fd(lookup), .events = POLLIN};
    const struct addrinfo *found = NULL;
    struct cl_err err = CL_ERR_NONE;
    bool done = false;

    assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
    assert_ok(cl_lookup_result(lookup, &done, &found, &err), &err);
    assert_true(done);
    return found;
}

static void finds_addresses_and_names(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "::1", "localhost"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(hosts); i++) {
        struct cl_lookup *lookup = NULL;
        struct cl_err err = CL_ERR_NONE;
        struct cl_ip ip;

        assert_ok(cl_lookup_start(cl_str_of(hosts[i]), 2222, &lookup, &err), &err);
        const struct addrinfo *found = result_of(lookup);
        assert_true(cl_ip_of(found->ai_addr, found->ai_addrlen, &ip));
        assert_true(cl_ip_is_loopback(&ip));
        cl_lookup_free(lookup);
    }
}

/* The thread goes on alone and cleans up behind itself. */
static void may_be_left_before_the_answer(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct cl_lookup *lookup = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(cl_lookup_start(CL_STR("localhost"), 22, &lookup, &err), &err);
        cl_lookup_free(lookup);
    }
    cl_lookup_free(NULL);
}

static void refuses_a_name_without_end(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(1000);
    struct cl_lookup *lookup = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_repeat(&name, "a", 256);
    assert_int_equal(cl_lookup_start(cl_buf_view(&name), 22, &lookup, &err), CL_E_INVALID);
    assert_null(lookup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_addresses_and_names),
        cmocka_unit_test(may_be_left_before_the_answer),
        cmocka_unit_test(refuses_a_name_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
