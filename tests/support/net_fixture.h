#ifndef CLEAT_TESTS_NET_FIXTURE_H
#define CLEAT_TESTS_NET_FIXTURE_H

#include "net/curl_transport.h"

#define NET_FIXTURE_VARIABLES 8

/* The real transport in the real world, but with the environment variables of a test. */
struct net_fixture {
    struct cl_world world;
    struct cl_call call;
    atomic_bool cancelled; /* the call's, once call.cancelled points to it */
    struct {
        const char *name;
        const char *value;
    } variables[NET_FIXTURE_VARIABLES];
    size_t variable_count;
};

/** Not to be moved afterwards: world and call point into it. Fails the test when it cannot. */
void net_fixture_init(struct net_fixture *net, const struct cl_curl_options *options);
void net_fixture_cleanup(struct net_fixture *net);

/** Both borrowed. */
void net_fixture_set_env(struct net_fixture *net, const char *name, const char *value);

/** A GET of `url` with `path` behind it. */
enum cl_code net_fixture_get(const struct net_fixture *net, const char *url, const char *path,
                             struct cl_http_response *ret, struct cl_err *err) CL_MUST_USE;

/** Milliseconds of the monotonic clock. */
int64_t net_fixture_now_ms(const struct net_fixture *net);

#endif
