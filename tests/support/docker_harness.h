#ifndef CLEAT_TESTS_DOCKER_HARNESS_H
#define CLEAT_TESTS_DOCKER_HARNESS_H

#include "base/alloc.h"
#include "connectors/docker/ops.h"
#include "fake_world.h"
#include "test.h"

/* What the tests of the Docker connector need: a fake world and a connector in it. */

extern const struct cl_connector_type cl_type_docker;

struct docker_harness {
    struct fake_world *fake;
    struct cl_call call;
    struct cl_connector conn;
};

static inline void set_text(struct docker_harness *harness, const char *attr, const char *text)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_config_set_text(&harness->conn.config, attr, cl_str_of(text), &err), &err);
}

static inline void set_flag(struct docker_harness *harness, const char *attr)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_config_set_bool(&harness->conn.config, attr, true, &err), &err);
}

static inline void set_secret(struct docker_harness *harness, const char *attr, const char *text)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(text), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&harness->conn.config, attr, secret, &err), &err);
}

static inline void set_fact(struct docker_harness *harness, const char *key, const char *value)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_map_set(&harness->conn.facts, cl_str_of(key), cl_str_of(value), &err), &err);
}

/* User acme with a password; `registry` NULL: Docker Hub. */
static inline struct docker_harness docker_harness(const char *registry)
{
    struct docker_harness harness = {.fake = fake_world_new()};

    harness.call = fake_call(harness.fake);
    harness.conn = (struct cl_connector){
        .type = &cl_type_docker, .method = &cl_type_docker.methods[0], .secrets_loaded = true};
    set_secret(&harness, "username", "acme");
    set_secret(&harness, "password", "cAnArYbIrD-password");
    if (registry != NULL)
        set_text(&harness, "registry", registry);
    return harness;
}

static inline void docker_harness_cleanup(struct docker_harness *harness)
{
    cl_connector_cleanup(&harness->conn);
    fake_world_free(harness->fake);
}

static inline const struct cl_resource_type *registry_type(void)
{
    return &cl_type_docker.resources[0];
}

#endif
