#include "bridges/companion.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bridges/export.h"
#include "bridges/ssh_config.h"
#include "codec/base64.h"
#include "fake_world.h"
#include "ssh_test_key.h"
#include "temp_dir.h"
#include "test.h"

#define LINE "[gpu1]:2222 ssh-ed25519 AAAA"

/* The real world but for XDG_RUNTIME_DIR, which is the test's folder. */
struct bench {
    struct cl_world world;
    struct cl_call call;
    char *dir;
    struct cl_issue_client_result client;
};

static const char *runtime_dir;

static const char *env(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "XDG_RUNTIME_DIR") == 0 ? runtime_dir : NULL;
}

static void set_text(struct cl_issued *issued, const char *attr, const char *text)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_config_set_text(&issued->config, attr, cl_str_of(text), &err), &err);
}

static void set_list(struct cl_issued *issued, const char *attr, const char *item)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_strs_add(&list, cl_str_of(item), &err), &err);
    assert_ok(cl_config_set_list(&issued->config, attr, &list, &err), &err);
}

static void set_key(struct cl_issued *issued, const char *text)
{
    CL_AUTO(cl_buf) struct cl_buf base64 = CL_BUF_SECRET(8192);
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_base64(&base64, cl_str_of(text), CL_BASE64_STANDARD);
    assert_ok(cl_secret_new(cl_buf_view(&base64), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&issued->config, "base64_ssh_key", secret, &err), &err);
}

static void bench_init(struct bench *bench)
{
    struct cl_issued *issued = &bench->client.issued;
    char *pem = ssh_test_key("ed25519", NULL);
    struct cl_err err = CL_ERR_NONE;

    *bench = (struct bench){.world = cl_world_real(), .dir = temp_dir_new()};
    runtime_dir = bench->dir;
    bench->world.env = env;
    bench->call = cl_call_new(&bench->world, "tester");
    assert_ok(cl_str_dup(CL_STR("hyperai"), &issued->connector_type, &err), &err);
    assert_ok(cl_str_dup(CL_STR("hyperai-instance"), &issued->resource_type, &err), &err);
    assert_ok(cl_str_dup(CL_STR("gpu1:2222"), &issued->resource_id, &err), &err);
    assert_ok(cl_str_dup(CL_STR("gpus"), &bench->client.connector.name, &err), &err);
    set_list(issued, "hostnames", "gpu1");
    set_list(issued, "host_keys", LINE);
    set_text(issued, "username", "ml");
    set_text(issued, "port", "2222");
    set_key(issued, pem);
    ssh_test_key_free(pem);
}

static void bench_cleanup(struct bench *bench)
{
    cl_issue_client_result_cleanup(&bench->client);
    temp_dir_remove(bench->dir);
}

static const char *value_of(const struct cl_environment *environment, const char *name)
{
    for (size_t i = 0; i < environment->count; i++) {
        if (strcmp(environment->items[i].name, name) == 0)
            return environment->items[i].value;
    }
    fail_msg("%s is not set", name);
    return NULL;
}

static unsigned mode_of(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 ? info.st_mode & 07777U : 0;
}

static void makes_a_private_place_and_takes_it_away(void **state)
{
    struct bench bench;
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_companion companion = CL_COMPANION_NONE;
    CL_AUTO(cl_buf) struct cl_buf config = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf folder = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    bench_init(&bench);
    assert_ok(cl_environment_open(&bench.call, &bench.client, &environment, &companion, &err),
              &err);
    assert_string_equal(value_of(&environment, "CLEAT_SSH_HOST"), "gpu1");
    assert_string_equal(value_of(&environment, "CLEAT_SSH_PORT"), "2222");
    assert_string_equal(value_of(&environment, "CLEAT_SSH_USER"), "ml");
    assert_string_equal(value_of(&environment, "CLEAT_CONNECTOR"), "gpus");
    const char *agent = value_of(&environment, "SSH_AUTH_SOCK");
    assert_string_equal(agent, value_of(&environment, "CLEAT_SSH_IDENTITY"));
    assert_true(cl_str_starts(cl_str_of(agent), cl_str_of(bench.dir)));
    cl_buf_add(&folder, cl_str_first(cl_str_of(agent), strlen(agent) - strlen("/agent")));
    assert_int_equal(mode_of(folder.ptr), 0700);
    assert_int_equal(mode_of(agent), 0600);
    const char *path = value_of(&environment, "CLEAT_SSH_CONFIG");
    assert_int_equal(mode_of(path), 0600);
    assert_ok(bench.world.read_file(bench.world.ctx, path, &config, &err), &err);
    assert_non_null(strstr(config.ptr, "Host gpu1:2222 gpu1\n"));
    assert_non_null(strstr(config.ptr, agent));
    assert_null(strstr(config.ptr, "PRIVATE"));
    assert_non_null(strstr(value_of(&environment, "GIT_SSH_COMMAND"), path));
    assert_true(cl_environment_removes(&environment, CL_STR("SSH_AGENT_PID")));
    cl_companion_cleanup(&companion);
    assert_int_equal(mode_of(folder.ptr), 0);
    bench_cleanup(&bench);
}

static void leaves_nothing_when_it_cannot_be_made(void **state)
{
    static const char *const wrong[] = {"key", "certificate", "user"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(wrong); i++) {
        struct bench bench;
        CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
        CL_AUTO(cl_companion) struct cl_companion companion = CL_COMPANION_NONE;
        struct cl_err err = CL_ERR_NONE;

        bench_init(&bench);
        if (i == 0) {
            set_key(&bench.client.issued, "rubbish");
        } else if (i == 1) {
            set_text(&bench.client.issued, "certificate", "type *");
        } else if (i == 2) {
            set_text(&bench.client.issued, "username", "a\"b");
        }
        assert_true(cl_environment_open(&bench.call, &bench.client, &environment, &companion,
                                        &err) != CL_OK);
        assert_null(companion.what);
        assert_int_equal(rmdir(bench.dir), 0); /* it is empty */
        bench_cleanup(&bench);
    }
}

static void needs_none_for_what_variables_can_carry(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    CL_AUTO(cl_companion) struct cl_companion companion = CL_COMPANION_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_str_dup(CL_STR("aws"), &client.issued.connector_type, &err), &err);
    assert_ok(cl_environment_open(&call, &client, &environment, &companion, &err), &err);
    assert_null(companion.what);
    assert_ok(cl_companion_start(call.world, &companion, &err), &err);
    fake_world_free(fake);
}

static void cannot_be_had_from_variables_alone(void **state)
{
    struct bench bench;
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    bench_init(&bench);
    assert_int_equal(cl_environment_make(&bench.client, &environment, &err), CL_E_UNSUPPORTED);
    assert_non_null(strstr(err.hint, "cleat exec gpus"));
    bench_cleanup(&bench);
}

static void exports_what_ssh_needs_without_secrets(void **state)
{
    static const char *const names[] = {"ssh-config", "known-hosts"};
    struct bench bench;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    bench_init(&bench);
    struct cl_export_request request = {.client = &bench.client};
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
        request.format = cl_str_of(names[i]);
        assert_false(cl_export_is_secret(request.format));
        assert_ok(cl_export(&bench.call, &request, &text, &err), &err);
        assert_non_null(strstr(text.ptr, "gpu1"));
        assert_null(strstr(text.ptr, "PRIVATE"));
    }
    CL_AUTO(cl_buf) struct cl_buf none = CL_BUF(4096);
    request.format = CL_STR("kubeconfig");
    assert_int_equal(cl_export(&bench.call, &request, &none, &err), CL_E_UNSUPPORTED);
    assert_int_equal(none.len, 0);
    bench_cleanup(&bench);
}

static void writes_a_configuration_for_ssh(void **state)
{
    struct bench bench;
    CL_AUTO(cl_buf) struct cl_buf with = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf without = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf known = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    bench_init(&bench);
    assert_ok(cl_ssh_add_config(&with, &bench.client.issued, "/run/x y/agent", "/k", &err), &err);
    assert_str(cl_buf_view(&with), "Host gpu1:2222 gpu1\n"
                                   "  HostName \"gpu1\"\n"
                                   "  Port \"2222\"\n"
                                   "  User \"ml\"\n"
                                   "  IdentityAgent \"/run/x y/agent\"\n"
                                   "  IdentityFile none\n"
                                   "  PreferredAuthentications publickey\n"
                                   "  UserKnownHostsFile \"/k\"\n"
                                   "  GlobalKnownHostsFile /dev/null\n"
                                   "  StrictHostKeyChecking yes\n"
                                   "  UpdateHostKeys no\n");
    assert_ok(cl_ssh_add_config(&without, &bench.client.issued, NULL, "/k", &err), &err);
    assert_null(strstr(without.ptr, "Identity"));
    cl_ssh_add_known_hosts(&known, &bench.client.issued);
    assert_str(cl_buf_view(&known), LINE "\n");
    bench_cleanup(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_a_private_place_and_takes_it_away),
        cmocka_unit_test(leaves_nothing_when_it_cannot_be_made),
        cmocka_unit_test(needs_none_for_what_variables_can_carry),
        cmocka_unit_test(cannot_be_had_from_variables_alone),
        cmocka_unit_test(exports_what_ssh_needs_without_secrets),
        cmocka_unit_test(writes_a_configuration_for_ssh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
