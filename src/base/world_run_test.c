#include "base/world_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "test.h"

static int64_t in_ms(int64_t span_ms)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + span_ms;
}

/* Runs a line of shell. */
static enum cl_code run_shell(const char *line, struct cl_str input, int64_t deadline_ms,
                              struct cl_buf *out, int *status, struct cl_err *err)
{
    char copy[256];
    char sh[] = "sh";
    char c[] = "-c";
    char *argv[] = {sh, c, copy, NULL};
    struct cl_child child = {.argv = argv, .input = input, .deadline_ms = deadline_ms};

    (void)snprintf(copy, sizeof(copy), "%s", line);
    return cl_world_run(NULL, &child, out, status, err);
}

static void hands_input_in_and_output_out(void **state)
{
    static const struct {
        const char *line;
        const char *input;
        const char *out;
        int status;
    } rows[] = {
        {"cat", "ghcr.io\n", "ghcr.io\n", 0},     {"cat", "", "", 0},
        {"echo no; exit 7", "unread", "no\n", 7}, {"kill -TERM $$", "", "", 143},
        {"exec >&-; exit 3", "", "", 3}, /* goes on without its output */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        struct cl_err err = CL_ERR_NONE;
        int status = -1;
        assert_ok(run_shell(rows[i].line, cl_str_of(rows[i].input), 0, &out, &status, &err), &err);
        assert_str(cl_buf_view(&out), rows[i].out);
        assert_int_equal(status, rows[i].status);
    }
}

static void gives_the_environment_that_is_wanted(void **state)
{
    char sh[] = "sh";
    char c[] = "-c";
    char line[] = "echo $A $HOME";
    char a[] = "A=b c";
    char *argv[] = {sh, c, line, NULL};
    char *envp[] = {a, NULL};
    struct cl_child child = {.argv = argv, .envp = envp};
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;
    int status = -1;

    (void)state;
    assert_ok(cl_world_run(NULL, &child, &out, &status, &err), &err);
    assert_str(cl_buf_view(&out), "b c\n");
}

/* More than any pipe holds, in both directions at once. */
static void moves_much(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf input = CL_BUF((size_t)4 << 20U);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF((size_t)4 << 20U);
    struct cl_err err = CL_ERR_NONE;
    int status = -1;

    (void)state;
    cl_buf_add_repeat(&input, "0123456789abcdef", 100000);
    assert_ok(run_shell("cat", cl_buf_view(&input), in_ms(60000), &out, &status, &err), &err);
    assert_int_equal(out.len, input.len);
    assert_memory_equal(out.ptr, input.ptr, input.len);
    /* nobody reads */
    cl_buf_truncate(&out, 0);
    assert_ok(run_shell("exec <&-; echo x", cl_buf_view(&input), 0, &out, &status, &err), &err);
    assert_str(cl_buf_view(&out), "x\n");
}

static void kills_what_takes_too_long_or_says_too_much(void **state)
{
    static const struct {
        const char *line;
        enum cl_code code;
        const char *why;
    } rows[] = {
        {"exec sleep 60", CL_E_TIMEOUT, "'sh' has not answered in time"},
        {"exec >&-; exec sleep 60", CL_E_TIMEOUT, "not answered in time"},
        {"exec yes", CL_E_INVALID, "'sh' prints more than 4096 bytes"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        struct cl_err err = CL_ERR_NONE;
        int status = -1;
        int64_t patience = rows[i].code == CL_E_TIMEOUT ? 100 : 60000;
        assert_int_equal(run_shell(rows[i].line, CL_STR_NONE, in_ms(patience), &out, &status, &err),
                         rows[i].code);
        assert_non_null(strstr(err.text, rows[i].why));
        assert_int_equal(status, -1);
    }
}

static void says_that_there_is_no_such_program(void **state)
{
    static const struct {
        const char *program;
        enum cl_code code;
    } rows[] = {
        {"docker-credential-nobody-has", CL_E_NOT_FOUND},
        {"/nowhere/program", CL_E_NOT_FOUND},
        {"/dev/null/program", CL_E_NOT_FOUND},
        {"/dev/null", CL_E_FAILED},
    };

    (void)state;
    if (getenv("CLEAT_TEST_VALGRIND") != NULL) /* whose child does not tell its parent */
        skip();
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(64);
        char copy[64];
        char *argv[] = {copy, NULL};
        struct cl_child child = {.argv = argv};
        struct cl_err err = CL_ERR_NONE;
        int status = -1;
        (void)snprintf(copy, sizeof(copy), "%s", rows[i].program);
        assert_int_equal(cl_world_run(NULL, &child, &out, &status, &err), rows[i].code);
        assert_non_null(strstr(err.text, rows[i].program));
    }
}

static void reports_that_memory_ran_out(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;
    int status = -1;

    (void)state;
    (void)cl_alloc_fail_at(1);
    assert_int_equal(run_shell("echo x", CL_STR_NONE, 0, &out, &status, &err), CL_E_FAILED);
    (void)cl_alloc_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_input_in_and_output_out),
        cmocka_unit_test(gives_the_environment_that_is_wanted),
        cmocka_unit_test(moves_much),
        cmocka_unit_test(kills_what_takes_too_long_or_says_too_much),
        cmocka_unit_test(says_that_there_is_no_such_program),
        cmocka_unit_test(reports_that_memory_ran_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
