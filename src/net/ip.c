#include "net/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define V4_AT 12 /* where the four bytes stand in ::ffff:a.b.c.d */
#define V4_BITS 96

static const unsigned char mapped[V4_AT] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
static const unsigned char nat64[V4_AT] = {0, 0x64, 0xFF, 0x9B};
static const unsigned char compatible[V4_AT] = {0};

static struct cl_ip from_v4(const void *four)
{
    struct cl_ip ip;

    (void)memcpy(ip.bytes, mapped, V4_AT);
    (void)memcpy(ip.bytes + V4_AT, four, 4);
    return ip;
}

/* ::1 and :: are not compatible addresses although they begin like one. */
static bool is_compatible(const unsigned char v6[16])
{
    return memcmp(v6, compatible, V4_AT) == 0 && (v6[12] != 0 || v6[13] != 0 || v6[14] != 0);
}

static struct cl_ip from_v6(const unsigned char v6[16])
{
    struct cl_ip ip;

    if (memcmp(v6, nat64, V4_AT) == 0 || is_compatible(v6))
        return from_v4(v6 + V4_AT);
    if (v6[0] == 0x20 && v6[1] == 0x02) /* 6to4 carries the address behind its prefix */
        return from_v4(v6 + 2);
    (void)memcpy(ip.bytes, v6, sizeof(ip.bytes));
    return ip;
}

bool cl_ip_parse(struct cl_str text, struct cl_ip *ret)
{
    char copy[CL_IP_TEXT_SIZE];
    unsigned char raw[16];

    if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len) != NULL)
        return false;
    (void)memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, raw) == 1) {
        *ret = from_v4(raw);
    } else if (inet_pton(AF_INET6, copy, raw) == 1) {
        *ret = from_v6(raw);
    } else {
        return false;
    }
    return true;
}

bool cl_ip_of(const struct sockaddr *address, size_t len, struct cl_ip *ret)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    /* Copied, because the caller's buffer need not be aligned for the narrower types. */
    if (len >= sizeof(v4) && address->sa_family == AF_INET) {
        (void)memcpy(&v4, address, sizeof(v4));
        *ret = from_v4(&v4.sin_addr);
        return true;
    }
    if (len >= sizeof(v6) && address->sa_family == AF_INET6) {
        (void)memcpy(&v6, address, sizeof(v6));
        *ret = from_v6(v6.sin6_addr.s6_addr);
        return true;
    }
    return false;
}

static bool is_v4(const struct cl_ip *ip)
{
    return memcmp(ip->bytes, mapped, V4_AT) == 0;
}

void cl_ip_text(const struct cl_ip *ip, char ret[CL_IP_TEXT_SIZE])
{
    bool v4 = is_v4(ip);

    if (inet_ntop(v4 ? AF_INET : AF_INET6, ip->bytes + (v4 ? V4_AT : 0), ret, CL_IP_TEXT_SIZE) ==
        NULL)
        ret[0] = '\0';
}

bool cl_ip_in(const struct cl_ip *ip, const struct cl_ip *net, size_t bits)
{
    size_t whole = bits / 8;
    unsigned int mask = 0xFF00U >> (bits % 8);

    if (bits > 8 * sizeof(ip->bytes) || memcmp(ip->bytes, net->bytes, whole) != 0)
        return false;
    return bits % 8 == 0 ||
           ((unsigned int)(ip->bytes[whole] ^ net->bytes[whole]) & mask & 0xFFU) == 0;
}

bool cl_ip_within(const struct cl_ip *ip, const char *net, size_t bits)
{
    struct cl_ip base;

    if (!cl_ip_parse(cl_str_of(net), &base))
        return false;
    return cl_ip_in(ip, &base, is_v4(&base) ? bits + V4_BITS : bits);
}

bool cl_ip_is_loopback(const struct cl_ip *ip)
{
    return cl_ip_within(ip, "127.0.0.0", 8) || cl_ip_within(ip, "::1", 128);
}
