#ifndef CLEAT_TESTS_KUBERNETES_HARNESS_H
#define CLEAT_TESTS_KUBERNETES_HARNESS_H

#include "base/alloc.h"
#include "codec/json.h"
#include "connectors/kubernetes/ops.h"
#include "fake_world.h"
#include "test.h"

/* What the tests of the Kubernetes connector need: a fake world and a connector in it. */

extern const struct cl_connector_type cl_type_kubernetes;

#define KUBE_CANARY "cAnArYbIrD-token"
#define KUBE_CONNECTOR_ID "11111111-2222-4333-8444-555555555555"
#define KUBE_USER(name) "{\"status\":{\"userInfo\":{\"username\":\"" name "\",\"groups\":[\"g\"]}}}"
#define KUBE_VERSION "{\"gitVersion\":\"v1.31.4\",\"platform\":\"linux/amd64\"}"
#define KUBE_TOKEN(token)                   \
    "{\"status\":{\"token\":\"" token "\"," \
    "\"expirationTimestamp\":\"2024-05-14T13:34:56Z\"}}"
#define KUBE_NO_SECRET "{\"kind\":\"Status\",\"details\":{\"kind\":\"secrets\"}}"

struct kubernetes_harness {
    struct fake_world *fake;
    struct cl_call call;
    struct cl_connector conn;
};

static inline void set_text(struct kubernetes_harness *harness, const char *attr, const char *text)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_config_set_text(&harness->conn.config, attr, cl_str_of(text), &err), &err);
}

static inline void set_flag(struct kubernetes_harness *harness, const char *attr)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_config_set_bool(&harness->conn.config, attr, true, &err), &err);
}

static inline void set_secret(struct kubernetes_harness *harness, const char *attr,
                              const char *text)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(text), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&harness->conn.config, attr, secret, &err), &err);
}

/* A cluster "kind" at https://k8s:6443, no credential; accounts are of namespace ci. */
static inline struct kubernetes_harness kubernetes_harness(const char *method)
{
    struct kubernetes_harness harness = {.fake = fake_world_new()};

    cl_json_setup();
    harness.call = fake_call(harness.fake);
    harness.conn = (struct cl_connector){
        .id = KUBE_CONNECTOR_ID,
        .type = &cl_type_kubernetes,
        .method = cl_type_method(&cl_type_kubernetes, cl_str_of(method)),
        .secrets_loaded = true,
        .generation = 3,
    };
    assert_non_null(harness.conn.method);
    set_text(&harness, "cluster_name", "kind");
    if (!harness.conn.method->implicit)
        set_text(&harness, "server", "https://k8s:6443");
    if (cl_method_is_temporary(harness.conn.method)) {
        set_text(&harness, "service_account", "runner");
        set_text(&harness, "service_account_namespace", "ci");
    }
    return harness;
}

/* The same with the token KUBE_CANARY. */
static inline struct kubernetes_harness kubernetes_with_token(const char *method)
{
    struct kubernetes_harness harness = kubernetes_harness(method);

    set_secret(&harness, "token", KUBE_CANARY);
    return harness;
}

static inline void kubernetes_harness_cleanup(struct kubernetes_harness *harness)
{
    cl_connector_cleanup(&harness->conn);
    fake_world_free(harness->fake);
}

/* A pod that has a service account. */
static inline void kubernetes_put_into_pod(struct kubernetes_harness *harness)
{
#define KUBE_POD "/var/run/secrets/kubernetes.io/serviceaccount/"
    fake_set_env(harness->fake, "KUBERNETES_SERVICE_HOST", "10.0.0.1");
    fake_set_env(harness->fake, "KUBERNETES_SERVICE_PORT", "443");
    fake_set_file(harness->fake, KUBE_POD "token", KUBE_CANARY "\n");
    fake_set_file(harness->fake, KUBE_POD "ca.crt", "the pod's authority");
    fake_set_file(harness->fake, KUBE_POD "namespace", "pods-own\n");
}

static inline const struct cl_resource_type *cluster_type(void)
{
    return &cl_type_kubernetes.resources[0];
}

#endif
