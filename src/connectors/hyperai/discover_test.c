#include <stdio.h>

#include "faults.h"
#include "hyperai_harness.h"

/* Auto-configuration out of the files in ~/.ssh. */

#define HOME "/home/me"

struct lookup {
    struct hyperai_harness harness;
    struct cl_map sources;
    struct cl_input input;
    struct cl_discovered found;
    struct cl_err err;
};

static void put(struct lookup *lookup, const char *name, const char *content)
{
    char path[256];

    (void)snprintf(path, sizeof(path), HOME "/.ssh/%s", name);
    fake_set_file(lookup->harness.fake, path, content);
}

/* The host "gpu" is 10.0.0.7 port 2222, user ml, with the harness' key. */
static void lookup_init(struct lookup *lookup)
{
    *lookup = (struct lookup){.sources = CL_MAP_NONE};
    hyperai_harness_init(&lookup->harness);
    fake_set_env(lookup->harness.fake, "HOME", HOME);
    fake_set_env(lookup->harness.fake, "USER", "me");
    put(lookup, "config",
        "Host gpu\n HostName 10.0.0.7\n Port 2222\n User ml\n IdentityFile ~/.ssh/no\n"
        " IdentityFile %d/.ssh/gpu_key\n");
    put(lookup, "gpu_key", lookup->harness.key);
    put(lookup, "known_hosts",
        "other " HARNESS_KEY_B "\nbroken\n[10.0.0.7]:2222 " HARNESS_KEY_A "\n");
    assert_ok(cl_map_set(&lookup->sources, CL_STR("host"), CL_STR("gpu"), &lookup->err),
              &lookup->err);
}

static void lookup_cleanup(struct lookup *lookup)
{
    hyperai_harness_cleanup(&lookup->harness);
    cl_map_cleanup(&lookup->sources);
    cl_input_cleanup(&lookup->input);
    cl_discovered_cleanup(&lookup->found);
}

static enum cl_code look(struct lookup *lookup, const char *method)
{
    struct cl_discover_request request = {.sources = &lookup->sources, .input = &lookup->input};

    if (method != NULL)
        request.method = cl_type_method(&cl_type_hyperai, cl_str_of(method));
    lookup->err = CL_ERR_NONE;
    return hyperai_discover(&lookup->harness.call, &request, &lookup->found, &lookup->err);
}

static void give(struct lookup *lookup, const char *name, const char *text)
{
    struct cl_secret *value = NULL;

    assert_ok(cl_secret_new(cl_str_of(text), &value, &lookup->err), &lookup->err);
    assert_ok(cl_input_add_take(&lookup->input, cl_str_of(name), value, &lookup->err),
              &lookup->err);
}

static const char *first_of(const struct lookup *lookup, const char *attr)
{
    const struct cl_strs *list = cl_config_list(&lookup->found.config, attr);

    return list == NULL || list->count != 1 ? "" : list->items[0];
}

static void takes_over_what_ssh_would_use(void **state)
{
    struct lookup lookup;

    (void)state;
    lookup_init(&lookup);
    assert_ok(look(&lookup, NULL), &lookup.err);
    assert_string_equal(lookup.found.auth_method, HYPERAI_ED25519);
    assert_string_equal(first_of(&lookup, "hostnames"), "10.0.0.7:2222");
    assert_str(cl_config_text(&lookup.found.config, "username"), "ml");
    assert_string_equal(first_of(&lookup, "host_keys"), "[10.0.0.7]:2222 " HARNESS_KEY_A);
    assert_non_null(cl_config_secret(&lookup.found.config, "base64_ssh_key"));
    assert_non_null(strstr(lookup.found.source, "/.ssh/gpu_key for host 10.0.0.7"));
    assert_string_equal(lookup.found.looked_at.items[1], HOME "/.ssh/no: not there");
    assert_int_equal(lookup.found.warnings.count, 0);
    lookup_cleanup(&lookup);
}

static void does_without_a_configuration(void **state)
{
    struct lookup lookup;

    (void)state;
    lookup_init(&lookup);
    put(&lookup, "config", NULL);
    put(&lookup, "known_hosts", NULL);
    put(&lookup, "id_ed25519", lookup.harness.key);
    assert_ok(look(&lookup, HYPERAI_ANY_KEY), &lookup.err);
    assert_string_equal(lookup.found.auth_method, HYPERAI_ANY_KEY);
    assert_string_equal(first_of(&lookup, "hostnames"), "gpu");
    assert_str(cl_config_text(&lookup.found.config, "username"), "me");
    assert_null(cl_config_list(&lookup.found.config, "host_keys"));
    lookup_cleanup(&lookup);
}

static void leaves_a_locked_key_to_the_checks(void **state)
{
    char *locked = ssh_test_key("ec-256", "open sesame");
    struct lookup lookup;
    struct lookup opened;

    (void)state;
    lookup_init(&lookup);
    put(&lookup, "gpu_key", locked);
    assert_ok(look(&lookup, NULL), &lookup.err);
    assert_string_equal(lookup.found.auth_method, HYPERAI_ANY_KEY);
    lookup_cleanup(&lookup);

    lookup_init(&opened);
    put(&opened, "gpu_key", locked);
    give(&opened, "ssh_passphrase", "open sesame");
    assert_ok(look(&opened, NULL), &opened.err);
    assert_string_equal(opened.found.auth_method, HYPERAI_ECDSA);
    lookup_cleanup(&opened);
    ssh_test_key_free(locked);
}

static void leaves_to_arguments_what_they_say(void **state)
{
    struct lookup lookup;

    (void)state;
    lookup_init(&lookup);
    put(&lookup, "gpu_key", NULL);
    give(&lookup, "base64_ssh_key", lookup.harness.key);
    give(&lookup, "host_keys", "10.0.0.7 " HARNESS_KEY_B);
    assert_ok(look(&lookup, NULL), &lookup.err);
    assert_null(cl_config_secret(&lookup.found.config, "base64_ssh_key"));
    assert_null(cl_config_list(&lookup.found.config, "host_keys"));
    lookup_cleanup(&lookup);
}

static void says_what_is_missing(void **state)
{
    static const struct {
        const char *file; /* that is different */
        const char *content;
        const char *host; /* NULL: none is named */
        const char *method;
        enum cl_code code;
        const char *word;
    } cases[] = {
        {"gpu_key", NULL, "gpu", NULL, CL_E_LOCAL_CONFIG, "/.ssh/gpu_key: not there"},
        {"config", "IdentityFile %l/x\n", "gpu", NULL, CL_E_LOCAL_CONFIG, "not understood"},
        {"config", "Port many\n", "gpu", NULL, CL_E_LOCAL_CONFIG, "port"},
        {"config", "HostName %l\n", "gpu", NULL, CL_E_INVALID, "'%l' in the SSH"},
        {"known_hosts", "other\n[10.0.0.7]:2222 ssh-rsa\n", "gpu", NULL, CL_E_INVALID_ATTRIBUTE,
         "known_hosts: attribute 'host_keys', line 2"},
        {"config", NULL, NULL, NULL, CL_E_INVALID, "--host"},
        {"config", NULL, "gpu", HYPERAI_CERTIFICATE, CL_E_UNSUPPORTED, "authority"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct lookup lookup;

        lookup_init(&lookup);
        put(&lookup, cases[i].file, cases[i].content);
        if (cases[i].host == NULL)
            cl_map_cleanup(&lookup.sources);
        assert_int_equal(look(&lookup, cases[i].method), cases[i].code);
        if (strstr(lookup.err.text, cases[i].word) == NULL)
            fail_msg("case %zu: %s", i, lookup.err.text);
        lookup_cleanup(&lookup);
    }
}

static void tells_what_it_does_not_understand(void **state)
{
    struct lookup lookup;

    (void)state;
    lookup_init(&lookup);
    put(&lookup, "config", "Include more\nIdentityFile ~/.ssh/gpu_key\n");
    assert_ok(look(&lookup, NULL), &lookup.err);
    assert_int_equal(lookup.found.warnings.count, 1);
    assert_non_null(strstr(lookup.found.warnings.items[0], "Match or Include"));
    lookup_cleanup(&lookup);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    struct lookup *lookup = ctx;

    enum cl_code code = look(lookup, NULL);
    cl_discovered_cleanup(&lookup->found);
    *err = lookup->err;
    return code;
}

static void reports_every_failing_allocation(void **state)
{
    struct lookup lookup;

    (void)state;
    lookup_init(&lookup);
    assert_ok(look(&lookup, NULL), &lookup.err); /* opens the libraries */
    cl_discovered_cleanup(&lookup.found);
    assert_true(fail_each_allocation(attempt, &lookup) > 0);
    lookup_cleanup(&lookup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_over_what_ssh_would_use),
        cmocka_unit_test(does_without_a_configuration),
        cmocka_unit_test(leaves_a_locked_key_to_the_checks),
        cmocka_unit_test(leaves_to_arguments_what_they_say),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(tells_what_it_does_not_understand),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
