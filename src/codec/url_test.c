#include "codec/url.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

/* Parts in the order scheme|userinfo|host|port|path|query|fragment; - where there is none. */
static const struct {
    const char *text, *parts;
} urls[] = {
    {"https://s3.amazonaws.com", "https|-|s3.amazonaws.com|0||-|-"},
    {"https://s3.amazonaws.com/", "https|-|s3.amazonaws.com|0|/|-|-"},
    {"HTTP://Host:8080/a/b%20c?x=1&y=2#top", "HTTP|-|Host|8080|/a/b%20c|x=1&y=2|top"},
    {"http://127.0.0.1:9000/zenfiles", "http|-|127.0.0.1|9000|/zenfiles|-|-"},
    {"http://[::1]:5000/x", "http|-|::1|5000|/x|-|-"},
    {"https://[fd00:ec2::254]/", "https|-|fd00:ec2::254|0|/|-|-"},
    {"https://user:pass@host/", "https|user:pass|host|0|/|-|-"},
    {"https://@host/", "https||host|0|/|-|-"},
    {"https://host?", "https|-|host|0|||-"},
    {"https://host?a#b", "https|-|host|0||a|b"},
    {"https://host#b?a", "https|-|host|0||-|b?a"},
    {"https://host/#", "https|-|host|0|/|-|"},
    {"https://host/a?b?c/d", "https|-|host|0|/a|b?c/d|-"},
    {"https://host/a:b@c", "https|-|host|0|/a:b@c|-|-"},
    {"https://host//a//", "https|-|host|0|//a//|-|-"},
    {"https://my_bucket.s3.local:65535", "https|-|my_bucket.s3.local|65535||-|-"},
    {"s3://zenfiles/path", "s3|-|zenfiles|0|/path|-|-"},
    {"git+ssh://host", "git+ssh|-|host|0||-|-"},
};

static void add_part(struct cl_buf *buf, bool there, struct cl_str part)
{
    cl_buf_add_c(buf, "|");
    if (there) {
        cl_buf_add(buf, part);
    } else {
        cl_buf_add_c(buf, "-");
    }
}

static void takes_urls_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(urls); i++) {
        CL_AUTO(cl_buf) struct cl_buf parts = CL_BUF(500);
        struct cl_url url;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(cl_url_parse(cl_str_of(urls[i].text), &url, &err), &err);
        cl_buf_add(&parts, url.scheme);
        add_part(&parts, url.has_userinfo, url.userinfo);
        add_part(&parts, true, url.host);
        cl_buf_addf(&parts, "|%d", url.port);
        add_part(&parts, true, url.path);
        add_part(&parts, url.has_query, url.query);
        add_part(&parts, url.has_fragment, url.fragment);
        assert_str(cl_buf_view(&parts), urls[i].parts);
    }
}

static const struct cl_str refused[] = {
    CL_STR_INIT(""),
    CL_STR_INIT("host"),
    CL_STR_INIT("/path"),
    CL_STR_INIT("//host/path"),
    CL_STR_INIT("https:"),
    CL_STR_INIT("https:/host"),
    CL_STR_INIT("https:host"),
    CL_STR_INIT("https://"),
    CL_STR_INIT("https:///path"),
    CL_STR_INIT("https://?x"),
    CL_STR_INIT("https://:80"),
    CL_STR_INIT("://host"),
    CL_STR_INIT("1http://host"),
    CL_STR_INIT("ht tp://host"),
    CL_STR_INIT("ht_tp://host"),
    CL_STR_INIT("https://host:"),
    CL_STR_INIT("https://host:0"),
    CL_STR_INIT("https://host:65536"),
    CL_STR_INIT("https://host:080"),
    CL_STR_INIT("https://host:000080"),
    CL_STR_INIT("https://host:+80"),
    CL_STR_INIT("https://host:80a"),
    CL_STR_INIT("https://host:80:80"),
    CL_STR_INIT("https://a@b@host"),
    CL_STR_INIT("https://ho%73t/"),
    CL_STR_INIT("https://host,evil/"),
    CL_STR_INIT("https://ho$t/"),
    CL_STR_INIT("https://::1/"),
    CL_STR_INIT("https://[::1/"),
    CL_STR_INIT("https://[::1]x/"),
    CL_STR_INIT("https://[::1]80/"),
    CL_STR_INIT("https://[::1]:/"),
    CL_STR_INIT("https://[]/"),
    CL_STR_INIT("https://[127.0.0.1]/"),
    CL_STR_INIT("https://[fe80::1%25eth0]/"),
    CL_STR_INIT("https://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0001]/"),
    CL_STR_INIT("https://host/a b"),
    CL_STR_INIT("https://host/a\tb"),
    CL_STR_INIT("https://host/a\r\nHost: evil"),
    CL_STR_INIT("https://host/\0"),
    CL_STR_INIT("https://host\0.evil/"),
    CL_STR_INIT("https://host\\@evil/"),
    CL_STR_INIT("https://host/\x7f"),
    CL_STR_INIT("https://h\xc3\xb6st/"),
    CL_STR_INIT("https://host/<x>"),
    CL_STR_INIT("https://host/\"x\""),
    CL_STR_INIT("https://host/{id}"),
    CL_STR_INIT("https://host/%"),
    CL_STR_INIT("https://host/%2"),
    CL_STR_INIT("https://host/%zz"),
    CL_STR_INIT(" https://host/"),
    CL_STR_INIT("https://host/ "),
};

static void refuses_what_clients_read_differently(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(refused); i++) {
        struct cl_url url = {.port = 42};
        struct cl_err err = CL_ERR_NONE;
        if (cl_url_parse(refused[i], &url, &err) != CL_E_INVALID)
            fail_msg("accepts %.*s", CL_STR_ARG(refused[i]));
        assert_int_equal(url.port, 42);
    }
}

static void length_is_limited_and_errors_never_quote(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2 * CL_URL_MAX_BYTES);
    struct cl_url url;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&text, "https://h/");
    cl_buf_add_repeat(&text, "x", CL_URL_MAX_BYTES - text.len);
    assert_ok(cl_url_parse(cl_buf_view(&text), &url, &err), &err);
    cl_buf_add_char(&text, 'x');
    assert_int_equal(cl_url_parse(cl_buf_view(&text), &url, &err), CL_E_INVALID);
    assert_int_equal(cl_url_parse(CL_STR("https://user:canary@ho st/"), &url, &err), CL_E_INVALID);
    assert_null(strstr(err.text, "canary"));
}

static const struct {
    const char *text;
    int port;
    const char *host_port;
} endpoints[] = {
    {"http://Host/x", 80, "Host"},
    {"https://host", 443, "host"},
    {"HTTPS://host:443", 443, "host"},
    {"http://host:80/", 80, "host"},
    {"http://host:443/", 443, "host:443"},
    {"https://host:8443/", 8443, "host:8443"},
    {"s3://bucket", 0, "bucket"},
    {"http://[::1]/", 80, "[::1]"},
    {"http://[::1]:5000/", 5000, "[::1]:5000"},
    {"http://user:pass@host:81/", 81, "host:81"},
};

static void endpoints_have_a_port_and_a_host_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(endpoints); i++) {
        CL_AUTO(cl_buf) struct cl_buf host = CL_BUF(100);
        struct cl_url url;
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_url_parse(cl_str_of(endpoints[i].text), &url, &err), &err);
        cl_url_host_port(&url, &host);
        assert_str(cl_buf_view(&host), endpoints[i].host_port);
        assert_int_equal(cl_url_port(&url), endpoints[i].port);
    }
}

static const struct {
    struct cl_str host;
    bool loopback;
} hosts[] = {
    {CL_STR_INIT("localhost"), true},
    {CL_STR_INIT("LocalHost"), true},
    {CL_STR_INIT("127.0.0.1"), true},
    {CL_STR_INIT("127.255.255.254"), true},
    {CL_STR_INIT("::1"), true},
    {CL_STR_INIT("0:0:0:0:0:0:0:1"), true},
    {CL_STR_INIT("128.0.0.1"), false},
    {CL_STR_INIT("0.0.0.0"), false},
    {CL_STR_INIT("127.1"), false},
    {CL_STR_INIT("2130706433"), false},
    {CL_STR_INIT("0177.0.0.1"), false},
    {CL_STR_INIT("127.0.0.1.evil.example"), false},
    {CL_STR_INIT("localhost.evil.example"), false},
    {CL_STR_INIT("127.0.0.1\0.evil.example"), false},
    {CL_STR_INIT("::ffff:127.0.0.1"), false},
    {CL_STR_INIT("::2"), false},
    {CL_STR_INIT(""), false},
    {CL_STR_INIT("a name of more than forty-five characters in all"), false},
};

static void loopback_is_known_without_a_lookup(void **state)
{
    struct cl_url url;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(hosts); i++) {
        if (cl_host_is_loopback(hosts[i].host) != hosts[i].loopback)
            fail_msg("%.*s", CL_STR_ARG(hosts[i].host));
    }
    assert_ok(cl_url_parse(CL_STR("http://[::1]:1/"), &url, &err), &err);
    assert_true(cl_url_is_loopback(&url));
    assert_ok(cl_url_parse(CL_STR("http://localhost@example.com/"), &url, &err), &err);
    assert_false(cl_url_is_loopback(&url));
}

static const struct {
    const char *text;
    bool plus;
    const char *decoded; /* NULL: refused */
} encoded[] = {
    {"plain", false, "plain"},
    {"a%20b%2Fc%2fd", false, "a b/c/d"},
    {"a+b", false, "a+b"},
    {"a+b%2B", true, "a b+"},
    {"%C3%BC", false, "\xc3\xbc"},
    {"", false, ""},
    {"%", false, NULL},
    {"%2", false, NULL},
    {"%zz", false, NULL},
    {"ok%2", false, NULL},
    {"%25", false, "%"},
    {"%252F", false, "%2F"},
};

static void decodes_percent_escapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(encoded); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(100);
        struct cl_err err = CL_ERR_NONE;
        cl_buf_add_c(&out, "kept:");
        enum cl_code rc = cl_url_decode(cl_str_of(encoded[i].text), encoded[i].plus, &out, &err);
        assert_int_equal(rc, encoded[i].decoded == NULL ? CL_E_INVALID : CL_OK);
        assert_str(cl_str_skip(cl_buf_view(&out), 5),
                   encoded[i].decoded == NULL ? "" : encoded[i].decoded);
    }
}

static const struct {
    const char *query, *pairs;
} queries[] = {
    {"", ""},
    {"a=1&b=2", "a>1;b>2;"},
    {"a", "a>;"},
    {"a=", "a>;"},
    {"=1", ">1;"},
    {"&&a=1&&", "a>1;"},
    {"a=b=c&a=%26", "a>b=c;a>%26;"},
};

static void queries_are_walked_pair_by_pair(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(queries); i++) {
        CL_AUTO(cl_buf) struct cl_buf pairs = CL_BUF(100);
        struct cl_str rest = cl_str_of(queries[i].query);
        struct cl_str name;
        struct cl_str value;
        while (cl_url_query_next(&rest, &name, &value))
            cl_buf_addf(&pairs, "%.*s>%.*s;", CL_STR_ARG(name), CL_STR_ARG(value));
        assert_str(cl_buf_view(&pairs), queries[i].pairs);
    }
}

static enum cl_code decode_once(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1000);

    return cl_url_decode(cl_str_of(ctx), false, &out, err);
}

static void decoding_survives_lack_of_memory(void **state)
{
    char text[300]; /* long enough for several blocks */

    (void)state;
    (void)memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_true(fail_each_allocation(decode_once, text) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_urls_apart),
        cmocka_unit_test(refuses_what_clients_read_differently),
        cmocka_unit_test(length_is_limited_and_errors_never_quote),
        cmocka_unit_test(endpoints_have_a_port_and_a_host_header),
        cmocka_unit_test(loopback_is_known_without_a_lookup),
        cmocka_unit_test(decodes_percent_escapes),
        cmocka_unit_test(queries_are_walked_pair_by_pair),
        cmocka_unit_test(decoding_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
