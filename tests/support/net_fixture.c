#include "net_fixture.h"

#include <assert.h>
#include <stdio.h>

static const char *fixture_env(void *ctx, const char *name)
{
    const struct net_fixture *net = ctx;

    for (size_t i = 0; i < net->variable_count; i++) {
        if (strcmp(net->variables[i].name, name) == 0)
            return net->variables[i].value;
    }
    return NULL;
}

void net_fixture_init(struct net_fixture *net, const struct cl_curl_options *options)
{
    struct cl_err err = CL_ERR_NONE;

    *net = (struct net_fixture){.world = cl_world_real()};
    net->world.ctx = net; /* the real functions do not look at it */
    net->world.env = fixture_env;
    net->call = cl_call_new(&net->world, "tester");
    enum cl_code code = cl_curl_transport_new(options, &net->world.transport, &err);
    assert(code == CL_OK);
    (void)code;
}

void net_fixture_cleanup(struct net_fixture *net)
{
    cl_curl_transport_free(net->world.transport);
    net->world.transport = NULL;
}

void net_fixture_set_env(struct net_fixture *net, const char *name, const char *value)
{
    assert(net->variable_count < NET_FIXTURE_VARIABLES);
    net->variables[net->variable_count].name = name;
    net->variables[net->variable_count].value = value;
    net->variable_count++;
}

enum cl_code net_fixture_get(const struct net_fixture *net, const char *url, const char *path,
                             struct cl_http_response *ret, struct cl_err *err)
{
    char text[512];
    struct cl_http_request request = {.method = "GET"};
    int len = snprintf(text, sizeof(text), "%s%s", url, path);

    assert(len > 0 && (size_t)len < sizeof(text));
    request.url = cl_str_make(text, (size_t)len);
    return cl_http_send(&net->call, &request, ret, err);
}

int64_t net_fixture_now_ms(const struct net_fixture *net)
{
    return net->world.monotonic_ms(net->world.ctx);
}
