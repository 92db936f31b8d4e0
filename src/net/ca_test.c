#include "net/ca.h"

#include "test.h"

#define BUNDLE "/etc/ssl/certs/ca-certificates.crt"

/* A machine: two variables, and which files it has. */
struct machine {
    const char *env_dir;
    const char *env_file;
    const char *files[3];
};

static const char *machine_env(void *ctx, const char *name)
{
    const struct machine *machine = ctx;

    if (strcmp(name, "SSL_CERT_DIR") == 0)
        return machine->env_dir;
    return strcmp(name, "SSL_CERT_FILE") == 0 ? machine->env_file : NULL;
}

static enum cl_code machine_stat(void *ctx, const char *path, struct cl_file_info *ret,
                                 struct cl_err *err)
{
    const struct machine *machine = ctx;

    if (strstr(path, "ce5e74ef") != NULL && machine->files[0] == NULL)
        return cl_err_set(err, CL_E_FAILED, "not readable");
    for (size_t i = 0; i < CL_COUNT(machine->files) && machine->files[i] != NULL; i++)
        ret->exists |= strcmp(machine->files[i], path) == 0;
    return CL_OK;
}

static void expect_path(const char *got, const char *want)
{
    if (got == NULL || want == NULL)
        assert_ptr_equal(got, want);
    else
        assert_string_equal(got, want);
}

static void chooses_directory_and_bundles(void **state)
{
    static const struct {
        struct machine machine;
        const char *file;
        struct cl_ca want;
    } cases[] = {
        /* Debian as installed. */
        {{.files = {BUNDLE, "/etc/ssl/certs/4042bcee.0"}}, NULL, {"/etc/ssl/certs", NULL, NULL}},
        {{.files = {BUNDLE, "/etc/ssl/certs/ce5e74ef.0"}}, NULL, {"/etc/ssl/certs", NULL, NULL}},
        {{.files = {BUNDLE, "/etc/ssl/certs/4042bcee.0"}},
         "/corp.pem",
         {"/etc/ssl/certs", "/corp.pem", NULL}},
        /* The variable names what the directory holds already. */
        {{.env_file = BUNDLE, .files = {BUNDLE, "/etc/ssl/certs/4042bcee.0"}},
         NULL,
         {"/etc/ssl/certs", NULL, NULL}},
        {{.env_dir = "/etc/ssl/certs",
          .env_file = BUNDLE,
          .files = {BUNDLE, "/etc/ssl/certs/4042bcee.0"}},
         "/corp.pem",
         {"/etc/ssl/certs", "/corp.pem", NULL}},
        /* A container with nothing but the bundle, or nothing at all. */
        {{.files = {BUNDLE}}, NULL, {"/etc/ssl/certs", BUNDLE, NULL}},
        {{.files = {BUNDLE}}, "/corp.pem", {"/etc/ssl/certs", "/corp.pem", BUNDLE}},
        {{.env_file = BUNDLE, .files = {BUNDLE}}, NULL, {"/etc/ssl/certs", BUNDLE, NULL}},
        {{.files = {NULL}}, NULL, {"/etc/ssl/certs", NULL, NULL}},
        {{.env_file = BUNDLE, .files = {NULL}}, NULL, {"/etc/ssl/certs", BUNDLE, NULL}},
        /* Variables of the user's own; empty ones are none. */
        {{.env_file = "/my.pem", .files = {BUNDLE, "/etc/ssl/certs/4042bcee.0"}},
         NULL,
         {"/etc/ssl/certs", "/my.pem", NULL}},
        {{.env_file = "/my.pem"}, "/corp.pem", {"/etc/ssl/certs", "/corp.pem", "/my.pem"}},
        {{.env_dir = "/my", .files = {BUNDLE}}, NULL, {"/my", NULL, NULL}},
        {{.env_dir = "/my", .env_file = BUNDLE, .files = {BUNDLE, "/etc/ssl/certs/4042bcee.0"}},
         NULL,
         {"/my", BUNDLE, NULL}},
        {{.env_dir = "", .env_file = "", .files = {BUNDLE, "/etc/ssl/certs/4042bcee.0"}},
         "",
         {"/etc/ssl/certs", NULL, NULL}},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct machine machine = cases[i].machine;
        struct cl_world world = {.ctx = &machine, .env = machine_env, .stat_file = machine_stat};
        struct cl_ca ca = cl_ca_choose(&world, cases[i].file);

        expect_path(ca.directory, cases[i].want.directory);
        expect_path(ca.file, cases[i].want.file);
        expect_path(ca.second, cases[i].want.second);
    }
}

static void takes_nothing_of_the_systems_where_told_to(void **state)
{
    static const struct {
        const char *file, *want;
    } cases[] = {{NULL, NULL}, {"", NULL}, {"/corp.pem", "/corp.pem"}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_ca ca = cl_ca_only(cases[i].file);

        assert_null(ca.directory);
        expect_path(ca.file, cases[i].want);
        assert_null(ca.second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_directory_and_bundles),
        cmocka_unit_test(takes_nothing_of_the_systems_where_told_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
