#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "faults.h"
#include "memory_scan.h"
#include "test.h"

static struct cl_secret *secret_of(struct cl_str bytes)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(bytes, &secret, &err), &err);
    return secret;
}

static void a_secret_is_what_was_put_in(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = secret_of(CL_STR("s3\0cret"));
    CL_AUTO(cl_secret) struct cl_secret *empty = secret_of(CL_STR(""));

    (void)state;
    assert_true(cl_str_eq(cl_secret_expose(secret), CL_STR("s3\0cret")));
    assert_int_equal(cl_secret_expose(secret).ptr[7], '\0');
    assert_str(cl_secret_expose(empty), "");
    assert_str(cl_secret_expose(NULL), "");
    cl_secret_free(NULL);
}

static void a_copy_lives_on_its_own(void **state)
{
    struct cl_secret *first = secret_of(CL_STR("value"));
    CL_AUTO(cl_secret) struct cl_secret *copy = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_secret_copy(first, &copy, &err), &err);
    assert_true(cl_secret_eq(first, copy));
    cl_secret_free(first);
    assert_str(cl_secret_expose(copy), "value");
}

static void secrets_are_equal_by_content(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *a = secret_of(CL_STR("value"));
    CL_AUTO(cl_secret) struct cl_secret *b = secret_of(CL_STR("value"));
    CL_AUTO(cl_secret) struct cl_secret *other = secret_of(CL_STR("valuf"));
    CL_AUTO(cl_secret) struct cl_secret *longer = secret_of(CL_STR("value1"));
    CL_AUTO(cl_secret) struct cl_secret *empty = secret_of(CL_STR(""));

    (void)state;
    assert_true(cl_secret_eq(a, b));
    assert_false(cl_secret_eq(a, other));
    assert_false(cl_secret_eq(a, longer));
    assert_true(cl_secret_eq(NULL, NULL));
    assert_false(cl_secret_eq(a, NULL));
    assert_false(cl_secret_eq(NULL, empty));
}

static void an_oversized_secret_is_refused(void **state)
{
    size_t size = ((size_t)4 << 20U) + 1;
    char *bytes = cl_alloc(size);
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_secret_new(cl_str_make(bytes, size), &secret, &err), CL_E_INVALID);
    assert_null(secret);
    assert_ok(cl_secret_new(cl_str_make(bytes, size - 1), &secret, &err), &err);
    cl_secret_free(secret);
    cl_free(bytes);
}

/* True if the mapping that holds `address` is marked not to be dumped. */
static bool mapping_is_undumped(const void *address)
{
    CL_AUTO(cl_buf) struct cl_buf wanted = CL_BUF(64);
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[512];
    bool inside = false;
    bool undumped = false;

    assert_non_null(maps);
    cl_buf_addf(&wanted, "%lx-", (unsigned long)(uintptr_t)address);
    while (fgets(line, sizeof(line), maps) != NULL) {
        bool header = strchr(line, '-') != NULL && strstr(line, "kB") == NULL &&
                      strncmp(line, "VmFlags", 7) != 0;
        if (header)
            inside = cl_str_starts(cl_str_of(line), cl_buf_view(&wanted));
        if (inside && strncmp(line, "VmFlags", 7) == 0)
            undumped = strstr(line, " dd") != NULL;
    }
    (void)fclose(maps);
    return undumped;
}

/* Valgrind answers madvise and prctl itself, and forgets what was asked. */
static void skip_under_valgrind(void)
{
    if (getenv("CLEAT_TEST_VALGRIND") != NULL)
        skip();
}

static void a_secret_has_a_mapping_that_no_core_file_shows(void **state)
{
    (void)state;
    skip_under_valgrind();
    CL_AUTO(cl_secret) struct cl_secret *secret = secret_of(CL_STR("value"));
    const char *address = cl_secret_expose(secret).ptr;

    assert_int_equal((uintptr_t)address % (uintptr_t)sysconf(_SC_PAGESIZE), 0);
    assert_true(mapping_is_undumped(address));
}

static const char marker[] =
    "\x39\x3b\x34\x3b\x28\x23\x77\x6d\x3c\x69\x3b\x77\x37\x3b\x28\x31\x3f\x28";

/* Puts the marker where a value goes on its way into a secret. */
static struct cl_secret *marked_secret(void)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF_SECRET(4096);

    cl_buf_add_repeat(&buf, "growing leaves nothing behind; ", 3);
    memory_marker(marker, &buf);
    cl_buf_add_repeat(&buf, "growing leaves nothing behind; ", 30);
    return secret_of(cl_buf_view(&buf));
}

static void a_freed_secret_is_nowhere_in_memory(void **state)
{
    struct cl_secret *secret = marked_secret();

    (void)state;
    assert_int_equal(memory_count(marker), 1); /* in the secret, and no longer in the buffer */
    cl_secret_free(secret);
    assert_int_equal(memory_count(marker), 0);
}

static enum cl_code make_and_copy(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = NULL;
    CL_AUTO(cl_secret) struct cl_secret *copy = NULL;

    (void)ctx;
    CL_TRY(cl_secret_new(CL_STR("value"), &secret, err));
    return cl_secret_copy(secret, &copy, err);
}

static void secrets_survive_lack_of_memory(void **state)
{
    (void)state;
    assert_int_equal(fail_each_allocation(make_and_copy, NULL), 2);
}

/* In a child, because it cannot be undone. */
static void hardening_forbids_core_files_and_tracing(void **state)
{
    (void)state;
    skip_under_valgrind();
    int status = -1;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct cl_process_before before = {.known = false};
        struct rlimit limit = {.rlim_cur = 1, .rlim_max = 1};
        cl_process_harden(&before);
        (void)getrlimit(RLIMIT_CORE, &limit);
        _exit(limit.rlim_cur == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && umask(0) == 077
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void hardening_is_not_left_to_the_next_program(void **state)
{
    (void)state;
    skip_under_valgrind();
    int status = -1;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct cl_process_before before = {.known = false};
        struct rlimit was = {.rlim_cur = 1, .rlim_max = 1};
        struct rlimit is = {.rlim_cur = 2, .rlim_max = 2};
        (void)umask(0027);
        (void)getrlimit(RLIMIT_CORE, &was);
        cl_process_harden(&before);
        cl_process_hand_over(&before);
        (void)getrlimit(RLIMIT_CORE, &is);
        _exit(umask(0) == 0027 && is.rlim_cur == was.rlim_cur && is.rlim_max == was.rlim_max ? 0
                                                                                             : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_what_was_put_in),
        cmocka_unit_test(a_copy_lives_on_its_own),
        cmocka_unit_test(secrets_are_equal_by_content),
        cmocka_unit_test(an_oversized_secret_is_refused),
        cmocka_unit_test(a_secret_has_a_mapping_that_no_core_file_shows),
        cmocka_unit_test(a_freed_secret_is_nowhere_in_memory),
        cmocka_unit_test(secrets_survive_lack_of_memory),
        cmocka_unit_test(hardening_forbids_core_files_and_tracing),
        cmocka_unit_test(hardening_is_not_left_to_the_next_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
