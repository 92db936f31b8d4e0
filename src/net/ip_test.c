#include "net/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "test.h"

static void reads_every_notation_into_one_form(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"1.2.3.4", "1.2.3.4"},
        {"::ffff:1.2.3.4", "1.2.3.4"},
        {"::FFFF:0102:0304", "1.2.3.4"},
        {"64:ff9b::169.254.169.254", "169.254.169.254"},
        {"2002:a9fe:a9fe::", "169.254.169.254"},
        {"::127.0.0.1", "127.0.0.1"},
        {"::1", "::1"},
        {"::", "::"},
        {"FD00:0EC2:0:0::254", "fd00:ec2::254"},
        {"2001:db8::1", "2001:db8::1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_ip ip;
        char shown[CL_IP_TEXT_SIZE];

        assert_true(cl_ip_parse(cl_str_of(cases[i].text), &ip));
        cl_ip_text(&ip, shown);
        assert_string_equal(shown, cases[i].shown);
    }
}

static void refuses_what_is_no_address(void **state)
{
    static const char *const texts[] = {
        "",         "localhost",
        "1.2.3",    "1.2.3.4.5",
        "01.2.3.4", "256.1.1.1",
        "0x7f.1",   "2130706433",
        "[::1]",    "fe80::1%eth0",
        ":",        "1.2.3.4 ",
        "12345::1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    struct cl_ip ip;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++)
        assert_false(cl_ip_parse(cl_str_of(texts[i]), &ip));
    assert_false(cl_ip_parse(CL_STR("1.2.3.4\0x"), &ip));
}

static void reads_socket_addresses(void **state)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr other = {.sa_family = AF_UNIX};
    struct cl_ip ip;

    (void)state;
    assert_true(cl_ip_of((const struct sockaddr *)&v4, sizeof(v4), &ip));
    assert_true(cl_ip_is_loopback(&ip));
    assert_true(cl_ip_of((const struct sockaddr *)&v6, sizeof(v6), &ip));
    assert_true(cl_ip_is_loopback(&ip));
    assert_false(cl_ip_of(&other, sizeof(other), &ip));
    assert_false(cl_ip_of((const struct sockaddr *)&v6, sizeof(v6) - 1, &ip));
}

static void compares_prefixes_bit_by_bit(void **state)
{
    static const struct {
        const char *ip;
        const char *net;
        size_t bits;
        bool want;
    } cases[] = {
        {"10.1.2.3", "10.0.0.0", 8, true},      {"11.1.2.3", "10.0.0.0", 8, false},
        {"172.31.0.1", "172.16.0.0", 12, true}, {"172.32.0.1", "172.16.0.0", 12, false},
        {"1.2.3.4", "1.2.3.4", 32, true},       {"1.2.3.5", "1.2.3.4", 32, false},
        {"1.2.3.5", "1.2.3.4", 31, true},       {"9.9.9.9", "0.0.0.0", 0, true},
        {"fe80::1", "fe80::", 10, true},        {"febf::1", "fe80::", 10, true},
        {"fec0::1", "fe80::", 10, false},       {"::1", "0.0.0.0", 0, false},
        {"1.2.3.4", "fe80::", 10, false},       {"1.2.3.4", "nonsense", 8, false},
        {"1.2.3.4", "1.2.3.4", 33, false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_ip ip;

        assert_true(cl_ip_parse(cl_str_of(cases[i].ip), &ip));
        if (cl_ip_within(&ip, cases[i].net, cases[i].bits) != cases[i].want)
            fail_msg("%s in %s/%zu", cases[i].ip, cases[i].net, cases[i].bits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_notation_into_one_form),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(reads_socket_addresses),
        cmocka_unit_test(compares_prefixes_bit_by_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
