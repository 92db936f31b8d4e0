#include "clouds/aws/canonical.h"

#include "base/alloc.h"
#include "test.h"

static void splits_addresses(void **state)
{
    static const struct {
        const char *url, *scheme, *authority, *path, *query;
    } cases[] = {
        {"https://sts.us-east-1.amazonaws.com/", "https", "sts.us-east-1.amazonaws.com", "/", ""},
        {"https://host", "https", "host", "", ""},
        {"http://127.0.0.1:9000/a/b?c=d&e", "http", "127.0.0.1:9000", "/a/b", "c=d&e"},
        {"https://host?x=/y", "https", "host", "", "x=/y"},
        {"https://[::1]:8443/", "https", "[::1]:8443", "/", ""},
        {"https://host/?", "https", "host", "/", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = CL_ERR_NONE;
        struct aws_url url;

        assert_ok(aws_url_split(cl_str_of(cases[i].url), &url, &err), &err);
        assert_str(url.scheme, cases[i].scheme);
        assert_str(url.authority, cases[i].authority);
        assert_str(url.path, cases[i].path);
        assert_str(url.query, cases[i].query);
    }
}

static void refuses_addresses_that_cannot_be_signed(void **state)
{
    static const char *const urls[] = {
        "",
        "ftp://host/",
        "host/path",
        "https://",
        "https:///path",
        "https://user@host/",
        "https://user:password@host/",
        "https://host/#fragment",
        "https://?x",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(urls); i++) {
        struct cl_err err = CL_ERR_NONE;
        struct aws_url url;

        assert_int_equal(aws_url_split(cl_str_of(urls[i]), &url, &err), CL_E_INVALID);
        assert_false(cl_str_contains(cl_str_of(err.text), CL_STR("password")));
    }
}

static void names_the_host_as_servers_see_it(void **state)
{
    static const struct {
        const char *url, *host;
    } cases[] = {
        {"https://STS.Example.COM/", "sts.example.com"},
        {"https://host:443/", "host"},
        {"https://host:80/", "host:80"},
        {"http://host:80/", "host"},
        {"http://host:443/", "host:443"},
        {"http://127.0.0.1:9000/x", "127.0.0.1:9000"},
        {"http://[::1]:80/", "[::1]"},
        {"http://[FE80::1]:9000/", "[fe80::1]:9000"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf host = CL_BUF(256);
        struct cl_err err = CL_ERR_NONE;
        struct aws_url url;

        assert_ok(aws_url_split(cl_str_of(cases[i].url), &url, &err), &err);
        aws_add_host(&host, &url);
        assert_str(cl_buf_view(&host), cases[i].host);
    }
}

static void normalizes_and_encodes_paths_once_more(void **state)
{
    static const struct {
        const char *path, *normalized;
    } cases[] = {
        {"", "/"},
        {"/", "/"},
        {"//", "/"},
        {"/a/b", "/a/b"},
        {"/a//b/", "/a/b/"},
        {"/./a/./b", "/a/b"},
        {"/a/../b", "/b"},
        {"/a/b/..", "/a"},
        {"/a/b/../", "/a/"},
        {"/..", "/"},
        {"/../../a", "/a"},
        {"/a/../..", "/"},
        {"/.", "/"},
        {"/a/.", "/a"},
        {"/...", "/..."},
        {"/a%3Ab", "/a%253Ab"},
        {"/a~b-c_d.e", "/a~b-c_d.e"},
        {"/\xe1\x88\xb4", "/%E1%88%B4"},
        {"/a b+c", "/a%20b%2Bc"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(256);

        cl_buf_add_c(&out, "GET\n");
        aws_add_canonical_path(&out, cl_str_of(cases[i].path), false);
        assert_str(cl_str_skip(cl_buf_view(&out), 4), cases[i].normalized);
    }
}

static void leaves_s3_paths_alone(void **state)
{
    static const char *const paths[] = {"/a//b/", "/./a/../b", "/a%20b", "//", "/bucket/.."};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(paths); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(256);

        aws_add_canonical_path(&out, cl_str_of(paths[i]), true);
        assert_str(cl_buf_view(&out), paths[i]);
    }
}

static void an_empty_s3_path_is_a_slash(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(256);

    (void)state;
    aws_add_canonical_path(&out, CL_STR_NONE, true);
    assert_str(cl_buf_view(&out), "/");
}

static void sorts_queries_by_name_then_value(void **state)
{
    static const struct {
        const char *query, *sorted;
    } cases[] = {
        {"", ""},
        {"a", "a="},
        {"uploads", "uploads="},
        {"b=&a=2&a=1&A=3", "A=3&a=1&a=2&b="},
        {"a=b=c", "a=b=c"},
        {"a-=1&a=2", "a=2&a-=1"},
        {"x=%2F&x=%2B", "x=%2B&x=%2F"},
        {"a=1&&b", "=&a=1&b="},
        {"aa=1&a=1&ab=1", "a=1&aa=1&ab=1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(256);
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_add_canonical_query(&out, cl_str_of(cases[i].query), &err), &err);
        assert_str(cl_buf_view(&out), cases[i].sorted);
    }
}

static void reports_that_there_is_no_memory_for_a_query(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(256);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    (void)cl_alloc_fail_at(1);
    assert_int_equal(aws_add_canonical_query(&out, CL_STR("a=1"), &err), CL_E_FAILED);
    (void)cl_alloc_fail_at(0);
}

static void add(struct aws_header_set *set, const char *name, const char *value)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(aws_header_set_add(set, cl_str_of(name), cl_str_of(value), &err), &err);
}

static void sorts_folds_and_joins_headers(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf lines = CL_BUF(1024);
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(1024);
    struct aws_header_set set = {.count = 0};

    (void)state;
    add(&set, "X-Amz-Meta", "  two \t spaces ");
    add(&set, "Host", "example.com");
    add(&set, "x-amz-meta", "second");
    add(&set, "Content-Type", "text/plain");
    add(&set, "x-amz-date", "");
    aws_add_canonical_headers(&lines, &set);
    aws_add_signed_names(&names, &set);
    assert_str(cl_buf_view(&lines), "content-type:text/plain\n"
                                    "host:example.com\n"
                                    "x-amz-date:\n"
                                    "x-amz-meta:two spaces,second\n");
    assert_str(cl_buf_view(&names), "content-type;host;x-amz-date;x-amz-meta");
}

static void folds_names_longer_than_its_chunk(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(1024);
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(1024);
    CL_AUTO(cl_buf) struct cl_buf got = CL_BUF(1024);
    struct aws_header_set set = {.count = 0};

    (void)state;
    cl_buf_add_repeat(&name, "X", 130);
    cl_buf_add_repeat(&want, "x", 130);
    add(&set, name.ptr, "v");
    aws_add_signed_names(&got, &set);
    assert_str(cl_buf_view(&got), want.ptr);
}

static void leaves_out_what_changes_on_the_way(void **state)
{
    static const char *const names[] = {
        "Connection",
        "expect",
        "Keep-Alive",
        "Proxy-Authenticate",
        "proxy-authorization",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "User-Agent",
        "X-Amzn-Trace-Id",
        "Authorization",
        "Content-Length",
    };
    struct aws_header_set set = {.count = 0};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++)
        add(&set, names[i], "x");
    assert_int_equal(set.count, 0);
}

static void refuses_more_headers_than_fit(void **state)
{
    struct aws_header_set set = {.count = 0};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(set.items); i++)
        add(&set, "x-amz-meta", "v");
    assert_int_equal(aws_header_set_add(&set, CL_STR("x"), CL_STR("v"), &err), CL_E_INVALID);
    assert_int_equal(set.count, CL_COUNT(set.items));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_addresses),
        cmocka_unit_test(refuses_addresses_that_cannot_be_signed),
        cmocka_unit_test(names_the_host_as_servers_see_it),
        cmocka_unit_test(normalizes_and_encodes_paths_once_more),
        cmocka_unit_test(leaves_s3_paths_alone),
        cmocka_unit_test(an_empty_s3_path_is_a_slash),
        cmocka_unit_test(sorts_queries_by_name_then_value),
        cmocka_unit_test(reports_that_there_is_no_memory_for_a_query),
        cmocka_unit_test(sorts_folds_and_joins_headers),
        cmocka_unit_test(folds_names_longer_than_its_chunk),
        cmocka_unit_test(leaves_out_what_changes_on_the_way),
        cmocka_unit_test(refuses_more_headers_than_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
