#include "clouds/ssh/known_hosts.h"

#include "base/alloc.h"
#include "codec/ssh_public.h"
#include "faults.h"
#include "test.h"

/* A public key made for this file; nobody has its other half. */
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEEHwvpHO8yDU+jNm/Ix/DNZBv0x2WDfeQoA9yp4mreh"
#define HASHED_22 \
    "|1|Q/XNdwaZ47/8LHuWlHqB/NwZGlw=|61ZfrAtvyzQoYGxUf3EXcIq6cI8=" /* gpu.example.com */
#define HASHED_2222 "|1|Rlbcco7mD17tLx8DSC7nRyzLsKM=|2+5bF3T47xXRCFCEVKepPGWSVqg=" /* port 2222 */

static bool matches(const char *text, const char *name)
{
    struct ssh_known_line line;
    struct ssh_host host = {.port = 0};
    struct cl_err err = CL_ERR_NONE;
    bool found = false;

    assert_ok(ssh_host_parse(cl_str_of(name), SSH_PORT, &host, &err), &err);
    ssh_known_parse(cl_str_of(text), &line);
    assert_ok(ssh_known_matches(&line, &host, &found, &err), &err);
    return found;
}

static void finds_the_hosts_of_a_line(void **state)
{
    static const struct {
        const char *line;
        const char *host;
        bool match;
    } cases[] = {
        {"gpu.example.com " KEY, "gpu.example.com", true},
        {"GPU.example.com " KEY " a comment", "gpu.example.com", true},
        {"gpu.example.com " KEY, "gpu.example.com:2222", false},
        {"[gpu.example.com]:2222 " KEY, "gpu.example.com:2222", true},
        {"[gpu.example.com]:2222 " KEY, "gpu.example.com", false},
        {"other,gpu.example.com,10.0.0.1 " KEY, "10.0.0.1", true},
        {"*.example.com " KEY, "gpu.example.com", true},
        {"*.example.com " KEY, "example.com", false},
        {"*.example.com " KEY, "gpu.example.com:2222", false},
        {"[*.example.com]:* " KEY, "gpu.example.com:2222", true},
        {"gpu? " KEY, "gpu1", true},
        {"gpu? " KEY, "gpu12", false},
        {"*,!gpu1 " KEY, "gpu1", false},
        {"!gpu1,* " KEY, "gpu2", true},
        {"!gpu1 " KEY, "gpu2", false},
        {"*a*b*c " KEY, "xxaxxbxxbxc", true},
        {"*a*b*c " KEY, "xxaxxbxxbx", false},
        {HASHED_22 " " KEY, "gpu.example.com", true},
        {HASHED_22 " " KEY, "gpu.example.com:2222", false},
        {HASHED_2222 " " KEY, "gpu.example.com:2222", true},
        {HASHED_2222 " " KEY, "gpu.example.com", false},
        {"@revoked gpu1 " KEY, "gpu1", true},
        {"@cert-authority * " KEY, "gpu1", true},
        {"\t gpu1\t" KEY " ", "gpu1", true},
        {"# gpu1 " KEY, "gpu1", false},
        {"", "gpu1", false},
        {"   \r\n", "gpu1", false},
        {"::1,[::1]:2222 " KEY, "[::1]:2222", true},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        if (matches(cases[i].line, cases[i].host) != cases[i].match)
            fail_msg("'%s' and '%s'", cases[i].line, cases[i].host);
    }
}

/* Only whom a damaged line is about says whether it matters. */
static void tells_whom_a_damaged_line_is_about(void **state)
{
    static const struct {
        const char *line;
        bool about_gpu1;
    } wrong[] = {
        {"gpu1", true},
        {"gpu1 ssh-ed25519", true},
        {"@trusted gpu1 " KEY, true},
        {"@trusted gpu2 " KEY, false},
        {"@revoked", false},
        {"gpu1,,gpu2 " KEY, true},
        {"gpu0,,gpu2 " KEY, false},
        {", " KEY, false},
        {"|1|AAAA|AAAA " KEY, false},
        {"|1|Q/XNdwaZ47/8LHuWlHqB/NwZGlw= " KEY, false},
        {"|2|x|y " KEY, false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(wrong); i++) {
        CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
        struct ssh_known_line line;
        struct cl_err err = CL_ERR_NONE;

        if (matches(wrong[i].line, "gpu1") != wrong[i].about_gpu1)
            fail_msg("'%s' was taken for another host's", wrong[i].line);
        ssh_known_parse(cl_str_of(wrong[i].line), &line);
        if (wrong[i].about_gpu1)
            assert_int_equal(ssh_known_blob(&line, &blob, &err), CL_E_INVALID);
    }
}

static void gives_the_key_and_what_is_said_about_it(void **state)
{
    static const struct {
        const char *line;
        enum cl_code code;
        bool revoked;
    } cases[] = {
        {"gpu1 " KEY, CL_OK, false},
        {"@revoked gpu1 " KEY, CL_OK, true},
        {"@cert-authority gpu1 " KEY, CL_E_UNSUPPORTED, false},
        {"gpu1 ssh-rsa AAAAC3NzaC1lZDI1NTE5", CL_E_INVALID, false},
        {"gpu1 ssh-ed25519 *", CL_E_INVALID, false},
        {"gpu1 sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t",
         CL_E_UNSUPPORTED, false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
        struct ssh_known_line line;
        struct cl_err err = CL_ERR_NONE;

        ssh_known_parse(cl_str_of(cases[i].line), &line);
        assert_int_equal(ssh_known_blob(&line, &blob, &err), cases[i].code);
        assert_int_equal(line.revoked, cases[i].revoked);
        assert_int_equal(blob.len > 0, cases[i].code == CL_OK);
    }
}

static void writes_lines_that_it_reads(void **state)
{
    static const char *const hosts[] = {"gpu1", "gpu1:2222", "[::1]:2222", "10.0.0.7"};
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    struct ssh_known_line line;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    ssh_known_parse(CL_STR("gpu1 " KEY), &line);
    assert_ok(ssh_known_blob(&line, &blob, &err), &err);
    for (size_t i = 0; i < CL_COUNT(hosts); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1000);
        struct ssh_host host = {.port = 0};

        assert_ok(ssh_host_parse(cl_str_of(hosts[i]), SSH_PORT, &host, &err), &err);
        ssh_known_add_line(&text, &host, cl_buf_view(&blob));
        assert_true(matches(text.ptr, hosts[i]));
        assert_false(matches(text.ptr, "other"));
        assert_true(cl_str_ends(cl_buf_view(&text), CL_STR(" " KEY)));
    }
}

/* A pattern of stars must not take time that grows with their number. */
static void matches_stars_in_one_pass(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(1000);
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(300);

    (void)state;
    cl_buf_add_repeat(&line, "*a", 100);
    cl_buf_add_c(&line, "*b " KEY);
    for (int i = 0; i < 4; i++)
        cl_buf_addf(&name, "%saaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i == 0 ? "" : ".");
    assert_false(matches(line.ptr, name.ptr));
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    struct ssh_host host = {.name = "gpu.example.com", .port = SSH_PORT};
    struct ssh_known_line line;
    bool match = false;

    (void)ctx;
    ssh_known_parse(CL_STR(HASHED_22 " " KEY), &line);
    CL_TRY(ssh_known_matches(&line, &host, &match, err));
    assert_true(match);
    return ssh_known_blob(&line, &blob, err);
}

static void reports_every_failing_allocation(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(attempt, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_hosts_of_a_line),
        cmocka_unit_test(tells_whom_a_damaged_line_is_about),
        cmocka_unit_test(gives_the_key_and_what_is_said_about_it),
        cmocka_unit_test(writes_lines_that_it_reads),
        cmocka_unit_test(matches_stars_in_one_pass),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
