#ifndef CLEAT_TESTS_HYPERAI_HARNESS_H
#define CLEAT_TESTS_HYPERAI_HARNESS_H

#include "base/alloc.h"
#include "codec/ssh_public.h"
#include "connectors/hyperai/ops.h"
#include "fake_world.h"
#include "net/ssh.h"
#include "ssh_test_key.h"
#include "test.h"

/* What the tests of the HyperAI connector need: a fake world with scripted SSH, and a connector. */

extern const struct cl_connector_type cl_type_hyperai;

#define HARNESS_HOSTS_MAX 8

/* Public keys made for the tests; nobody has their other halves. */
#define HARNESS_KEY_A \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEEHwvpHO8yDU+jNm/Ix/DNZBv0x2WDfeQoA9yp4mreh"
#define HARNESS_KEY_B \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEEHwvpHO8yDU+jNm/Ix/DNZBv0x2WDfeQoA9yp4mrei"

struct hyperai_harness {
    struct fake_world *fake;
    struct cl_world world;
    struct cl_ssh ssh;
    struct cl_call call;
    struct cl_connector conn;
    char *key; /* PEM of an Ed25519 key */

    enum cl_code outcomes[HARNESS_HOSTS_MAX]; /* of the visits to come, by place */
    enum cl_code whole;                       /* of the next call */
    const char *said[HARNESS_HOSTS_MAX][4];   /* what each command prints there; NULL: it fails */
    size_t visits;                            /* made so far */
    struct cl_buf seen; /* a line for each: HOST PORT USER pinned=N[ revoked=N] */
};

/* Every host shows key A when it is asked for its type; the outcome is that of the host. */
static inline enum cl_code harness_scan(struct hyperai_harness *harness,
                                        const struct cl_ssh_visit *visits, size_t count,
                                        struct cl_ssh_seen *seen, struct cl_err *err)
{
    size_t host = 0;

    for (size_t i = 0; i < count; i++) {
        CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(4096);
        if (i > 0 && !cl_str_eq(visits[i].host, visits[i - 1].host))
            host++;
        if (harness->outcomes[host] != CL_OK)
            (void)cl_err_set(&seen[i].error, harness->outcomes[host], "host %zu failed", host + 1);
        else if (strcmp(visits[i].host_key_type, "ssh-ed25519") == 0) {
            CL_TRY(cl_ssh_public_decode(CL_STR("ssh-ed25519"),
                                        cl_str_skip(CL_STR(HARNESS_KEY_A), 12), &blob, err));
            seen[i].host_key_bytes = blob.len;
            CL_TRY(cl_buf_take(&blob, &seen[i].host_key, err));
        }
    }
    return CL_OK;
}

/* Every command that prints something succeeds. */
static inline enum cl_code harness_run(const struct hyperai_harness *harness, size_t host,
                                       const struct cl_ssh_round *round, struct cl_ssh_seen *seen,
                                       struct cl_err *err)
{
    seen->ran = cl_array_alloc(round->command_count, sizeof(*seen->ran));
    if (seen->ran == NULL)
        return cl_err_no_memory(err);
    seen->ran_count = round->command_count;
    for (size_t i = 0; i < round->command_count; i++) {
        const char *said = harness->said[host][i];
        seen->ran[i].status = said == NULL ? 127 : 0;
        CL_TRY(cl_str_dup(cl_str_of(said), &seen->ran[i].output, err));
    }
    return CL_OK;
}

static inline enum cl_code harness_visit(void *ctx, const struct cl_call *call,
                                         const struct cl_ssh_round *round, struct cl_ssh_seen *seen,
                                         struct cl_err *err)
{
    const struct cl_ssh_visit *visits = round->visits;
    const struct cl_ssh_login *login = round->login;
    size_t count = round->count;
    struct hyperai_harness *harness = ctx;

    (void)call;
    if (login == NULL)
        return harness_scan(harness, visits, count, seen, err);
    if (harness->whole != CL_OK)
        return cl_err_set(err, harness->whole, "the call failed");
    for (size_t i = 0; i < count; i++) {
        size_t revoked = 0;
        for (size_t j = 0; j < visits[i].host_key_count; j++)
            revoked += visits[i].host_keys[j].revoked;
        cl_buf_addf(&harness->seen, "%.*s %d %.*s pinned=%zu revoked=%zu\n",
                    CL_STR_ARG(visits[i].host), visits[i].port, CL_STR_ARG(login->user),
                    visits[i].host_key_count, revoked);
        if (harness->outcomes[i] != CL_OK)
            (void)cl_err_set(&seen[i].error, harness->outcomes[i], "host %zu failed", i + 1);
        else if (round->command_count > 0)
            CL_TRY(harness_run(harness, i, round, &seen[i], err));
        harness->visits++;
    }
    return CL_OK;
}

static inline void set_text(struct hyperai_harness *harness, const char *attr, const char *text)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_config_set_text(&harness->conn.config, attr, cl_str_of(text), &err), &err);
}

static inline void set_secret(struct hyperai_harness *harness, const char *attr, const char *text)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(text), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&harness->conn.config, attr, secret, &err), &err);
}

/* Items end with a line break. */
static inline void set_list(struct hyperai_harness *harness, const char *attr, const char *items)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    struct cl_str rest = cl_str_of(items);
    struct cl_str item = CL_STR_NONE;
    struct cl_err err = CL_ERR_NONE;

    while (rest.len > 0) {
        (void)cl_str_cut(rest, '\n', &item, &rest);
        assert_ok(cl_strs_add(&list, item, &err), &err);
    }
    assert_ok(cl_config_set_list(&harness->conn.config, attr, &list, &err), &err);
}

static inline void set_method(struct hyperai_harness *harness, const char *method)
{
    harness->conn.method = cl_type_method(&cl_type_hyperai, cl_str_of(method));
    assert_non_null(harness->conn.method);
}

/* User ml at host gpu1, whose key A is pinned, with a fresh Ed25519 key. */
static inline void hyperai_harness_init(struct hyperai_harness *harness)
{
    *harness = (struct hyperai_harness){
        .fake = fake_world_new(), .seen = CL_BUF(4096), .key = ssh_test_key("ed25519", NULL)};
    harness->ssh = (struct cl_ssh){.ctx = harness, .visit = harness_visit};
    harness->world = *fake_world(harness->fake);
    harness->world.ssh = &harness->ssh;
    harness->call = fake_call(harness->fake);
    harness->call.world = &harness->world;
    harness->conn = (struct cl_connector){.type = &cl_type_hyperai, .secrets_loaded = true};
    set_method(harness, HYPERAI_ANY_KEY);
    set_secret(harness, "base64_ssh_key", harness->key);
    set_text(harness, "username", "ml");
    set_list(harness, "hostnames", "gpu1\n");
    set_list(harness, "host_keys", "gpu1 " HARNESS_KEY_A "\n");
}

static inline void hyperai_harness_cleanup(struct hyperai_harness *harness)
{
    cl_connector_cleanup(&harness->conn);
    cl_buf_cleanup(&harness->seen);
    ssh_test_key_free(harness->key);
    fake_world_free(harness->fake);
}

static inline const struct cl_resource_type *instance_type(void)
{
    return &cl_type_hyperai.resources[0];
}

#endif
