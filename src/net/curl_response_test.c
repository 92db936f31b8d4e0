#include "net/curl_response.h"

#include "test.h"

static struct cl_http_response empty_response(void)
{
    return (struct cl_http_response){.body = CL_BUF_SECRET(100), .headers = CL_BUF_SECRET(200)};
}

static size_t take_line(struct cl_http_response *response, const char *line)
{
    char copy[512];
    size_t len = strlen(line);

    assert_true(len < sizeof(copy));
    (void)memcpy(copy, line, len + 1);
    return cl_response_take_header(copy, 1, len, response);
}

static void keeps_headers_as_lines_in_lower_case(void **state)
{
    static const struct {
        const char *lines[6];
        const char *want;
    } cases[] = {
        {{"HTTP/1.1 200 OK\r\n", "X-A:  Big Value \r\n", "\r\n"}, "x-a: Big Value\n"},
        {{"HTTP/1.1 200\r\n", "A:1\r\n", "A: 2\n", "b:\r\n"}, "a: 1\na: 2\nb: \n"},
        {{"HTTP/1.1 200\r\n", "a: 1\r\n", " 2\r\n", "\t3 \r\n", "b: x\r\n"}, "a: 1 2 3\nb: x\n"},
        {{"HTTP/1.1 200\r\n", " lost\r\n", "a: 1\r\n"}, "a: 1\n"},
        {{"HTTP/1.1 100 Continue\r\n", "a: 1\r\n", "\r\n", "HTTP/1.1 200\r\n", "b: 2\r\n"},
         "b: 2\n"},
        {{"HTTP/1.1 200\r\n", "no colon\r\n", "a: b:c\r\n"}, "a: b:c\n"},
        {{"HTTP/1.1 200\r\n", "a: x\ry\x01z\x7f!\r\n"}, "a: x y z !\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_http_response response = empty_response();

        for (size_t l = 0; l < CL_COUNT(cases[i].lines) && cases[i].lines[l] != NULL; l++)
            assert_int_equal(take_line(&response, cases[i].lines[l]), strlen(cases[i].lines[l]));
        assert_str(cl_buf_view(&response.headers), cases[i].want);
        cl_http_response_cleanup(&response);
    }
}

static void stops_at_its_limits(void **state)
{
    struct cl_http_response response = empty_response();
    char block[101] = {0};

    (void)state;
    (void)memset(block, 'x', 100);
    assert_int_equal(cl_response_take_body(block, 1, 100, &response), 100);
    assert_int_equal(cl_response_take_body(block, 1, 0, &response), 0);
    assert_int_equal(cl_response_take_body(block, 1, 1, &response), 0);
    assert_int_equal(response.body.len, 100);
    assert_int_equal(cl_response_take_body(block, 1, 0, &response), 1); /* failed for good */
    assert_int_equal(take_line(&response, "HTTP/1.1 200\r\n"), 14);
    block[1] = ':';
    assert_int_equal(take_line(&response, block), 100);
    assert_int_equal(take_line(&response, block), 0);
    cl_http_response_cleanup(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_headers_as_lines_in_lower_case),
        cmocka_unit_test(stops_at_its_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
