#include "cli/program/input.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "test.h"

/* The end of a pipe that holds the text. */
static int holding(const char *text, size_t len)
{
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], text, len), (ssize_t)len);
    assert_int_equal(close(ends[1]), 0);
    return ends[0];
}

static void reads_to_the_end(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } rows[] = {{"", 0}, {"ghcr.io\n", 8}, {"a\0b", 3}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf got = CL_BUF_SECRET(8);
        struct cl_err err = CL_ERR_NONE;
        int fd = holding(rows[i].text, rows[i].len);
        assert_ok(cl_input_read(fd, &got, &err), &err);
        assert_int_equal(got.len, rows[i].len);
        if (got.len > 0)
            assert_memory_equal(got.ptr, rows[i].text, got.len);
        assert_int_equal(close(fd), 0);
    }
}

static void stops_at_its_limit(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf got = CL_BUF_SECRET(7);
    struct cl_err err = CL_ERR_NONE;
    int fd = holding("ghcr.io\n", 8);

    (void)state;
    assert_int_equal(cl_input_read(fd, &got, &err), CL_E_INVALID);
    assert_string_equal(err.text, "standard input is larger than 7 bytes");
    assert_int_equal(close(fd), 0);
}

static void says_what_cannot_be_read(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf got = CL_BUF_SECRET(7);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_input_read(-1, &got, &err), CL_E_FAILED);
    assert_non_null(strstr(err.text, "standard input"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_to_the_end),
        cmocka_unit_test(stops_at_its_limit),
        cmocka_unit_test(says_what_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
