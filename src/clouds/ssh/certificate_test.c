#include "clouds/ssh/certificate.h"

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"
#include "fake_world.h"
#include "ssh_test_key.h"
#include "test.h"

/* tests/e2e/test_hyperai.py shows the certificates to OpenSSH itself. */

struct bench {
    struct fake_world *fake;
    struct cl_ssh_pair *authority;
    struct cl_ssh_pair *subject;
    struct cl_buf blob; /* of the subject */
    struct cl_strs principals;
    struct cl_strs extensions;
    struct ssh_certificate certificate;
};

static void bench_init(struct bench *bench)
{
    struct cl_err err = CL_ERR_NONE;

    *bench = (struct bench){.fake = fake_world_new(), .blob = CL_BUF(CL_SSH_BLOB_MAX)};
    assert_ok(cl_ssh_pair_new(fake_world(bench->fake), &bench->authority, &err), &err);
    assert_ok(cl_ssh_pair_new(fake_world(bench->fake), &bench->subject, &err), &err);
    assert_ok(cl_ssh_pair_public(bench->subject, &bench->blob, &err), &err);
    assert_ok(cl_strs_add(&bench->principals, CL_STR("ml"), &err), &err);
    assert_ok(cl_strs_add(&bench->principals, CL_STR("ops"), &err), &err);
    assert_ok(cl_strs_add(&bench->extensions, CL_STR("permit-user-rc"), &err), &err);
    assert_ok(cl_strs_add(&bench->extensions, CL_STR("permit-pty"), &err), &err);
    assert_ok(cl_strs_add(&bench->extensions, CL_STR("permit-pty"), &err), &err);
    bench->certificate = (struct ssh_certificate){.subject = cl_buf_view(&bench->blob),
                                                  .serial = 7,
                                                  .key_id = CL_STR("cleat:x"),
                                                  .principals = &bench->principals,
                                                  .valid_after_at = 1000,
                                                  .valid_before_at = 2000,
                                                  .force_command = CL_STR("uptime"),
                                                  .source_address = CL_STR("10.0.0.0/8"),
                                                  .extensions = &bench->extensions};
    (void)memset(bench->certificate.nonce, 'n', SSH_NONCE_BYTES);
}

static void bench_cleanup(struct bench *bench)
{
    cl_strs_cleanup(&bench->principals);
    cl_strs_cleanup(&bench->extensions);
    cl_buf_cleanup(&bench->blob);
    cl_ssh_pair_free(bench->subject);
    cl_ssh_pair_free(bench->authority);
    fake_world_free(bench->fake);
}

static void decode(const char *text, struct cl_buf *bytes)
{
    struct cl_str type = CL_STR_NONE;
    struct cl_str base64 = CL_STR_NONE;
    struct cl_err err = CL_ERR_NONE;

    assert_true(cl_str_cut(cl_str_of(text), ' ', &type, &base64));
    assert_str(type, "ssh-ed25519-cert-v01@openssh.com");
    assert_ok(cl_base64_decode(base64, CL_BASE64_STANDARD, bytes, &err), &err);
}

static void check_names(struct cl_str list, const char *const *names, bool pairs)
{
    struct cl_ssh_reader reader = CL_SSH_READER(list);

    for (; *names != NULL; names++) {
        assert_str(cl_ssh_read_string(&reader), *names);
        if (pairs)
            assert_int_equal(cl_ssh_read_string(&reader).len, 0);
    }
    assert_true(cl_ssh_read_all(&reader));
}

static void check_options(struct cl_str list)
{
    static const char *const options[][2] = {{"force-command", "uptime"},
                                             {"source-address", "10.0.0.0/8"}};
    struct cl_ssh_reader reader = CL_SSH_READER(list);

    for (size_t i = 0; i < CL_COUNT(options); i++) {
        assert_str(cl_ssh_read_string(&reader), options[i][0]);
        struct cl_ssh_reader data = CL_SSH_READER(cl_ssh_read_string(&reader));
        assert_str(cl_ssh_read_string(&data), options[i][1]);
        assert_true(cl_ssh_read_all(&data));
    }
    assert_true(cl_ssh_read_all(&reader));
}

static void writes_every_field_in_its_place(void **state)
{
    static const char *const principals[] = {"ml", "ops", NULL};
    static const char *const extensions[] = {"permit-pty", "permit-user-rc", NULL};
    struct bench bench;
    CL_AUTO(cl_string) char *text = NULL;
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf authority = CL_BUF(CL_SSH_BLOB_MAX);
    struct cl_ssh_public subject = {.bits = 0};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    bench_init(&bench);
    assert_ok(ssh_certificate_sign(&bench.certificate, bench.authority, &text, &err), &err);
    decode(text, &bytes);
    assert_ok(cl_ssh_pair_public(bench.authority, &authority, &err), &err);
    assert_ok(cl_ssh_public_parse(bench.certificate.subject, &subject, &err), &err);
    struct cl_ssh_reader reader = CL_SSH_READER(cl_buf_view(&bytes));
    assert_str(cl_ssh_read_string(&reader), "ssh-ed25519-cert-v01@openssh.com");
    assert_int_equal(cl_ssh_read_string(&reader).len, SSH_NONCE_BYTES);
    assert_true(cl_str_eq(cl_ssh_read_string(&reader), subject.point));
    assert_int_equal(cl_ssh_read_u64(&reader), 7);
    assert_int_equal(cl_ssh_read_u32(&reader), 1);
    assert_str(cl_ssh_read_string(&reader), "cleat:x");
    check_names(cl_ssh_read_string(&reader), principals, false);
    assert_int_equal(cl_ssh_read_u64(&reader), 1000);
    assert_int_equal(cl_ssh_read_u64(&reader), 2000);
    check_options(cl_ssh_read_string(&reader));
    check_names(cl_ssh_read_string(&reader), extensions, true);
    assert_int_equal(cl_ssh_read_string(&reader).len, 0);
    assert_true(cl_str_eq(cl_ssh_read_string(&reader), cl_buf_view(&authority)));
    assert_int_equal(cl_ssh_read_string(&reader).len, 4 + 11 + 4 + 64);
    assert_true(cl_ssh_read_all(&reader));
    bench_cleanup(&bench);
}

static void signs_all_that_stands_before_the_signature(void **state)
{
    struct bench bench;
    CL_AUTO(cl_string) char *text = NULL;
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf again = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;
    size_t tail = 4 + (4 + 11 + 4 + 64); /* string signature of Ed25519, which is deterministic */

    (void)state;
    bench_init(&bench);
    assert_ok(ssh_certificate_sign(&bench.certificate, bench.authority, &text, &err), &err);
    decode(text, &bytes);
    struct cl_str body = cl_str_first(cl_buf_view(&bytes), bytes.len - tail);
    assert_ok(cl_ssh_pair_sign(bench.authority, body, false, &again, &err), &err);
    assert_true(cl_str_ends(cl_buf_view(&bytes), cl_buf_view(&again)));
    bench_cleanup(&bench);
}

static void certifies_every_type_of_key(void **state)
{
    static const struct {
        const char *kind;
        const char *type;
    } cases[] = {
        {"rsa-2048", "ssh-rsa-cert-v01@openssh.com "},
        {"ec-256", "ecdsa-sha2-nistp256-cert-v01@openssh.com "},
        {"ec-521", "ecdsa-sha2-nistp521-cert-v01@openssh.com "},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct bench bench;
        CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *subject = NULL;
        CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
        CL_AUTO(cl_string) char *text = NULL;
        struct cl_err err = CL_ERR_NONE;
        char *pem = ssh_test_key(cases[i].kind, NULL);

        bench_init(&bench);
        assert_ok(cl_ssh_pair_read(cl_str_of(pem), NULL, &subject, &err), &err);
        assert_ok(cl_ssh_pair_public(subject, &blob, &err), &err);
        bench.certificate.subject = cl_buf_view(&blob);
        assert_ok(ssh_certificate_sign(&bench.certificate, subject, &text, &err), &err);
        assert_true(cl_str_starts(cl_str_of(text), cl_str_of(cases[i].type)));
        bench_cleanup(&bench);
        ssh_test_key_free(pem);
    }
}

static void refuses_to_certify_anybody_or_never(void **state)
{
    struct cl_strs nobody = CL_STRS_NONE;

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct bench bench;
        CL_AUTO(cl_string) char *text = NULL;
        struct cl_err err = CL_ERR_NONE;

        bench_init(&bench);
        if (i == 0) {
            bench.certificate.principals = &nobody;
        } else if (i == 1) {
            bench.certificate.principals = NULL;
        } else if (i == 2) {
            bench.certificate.valid_before_at = bench.certificate.valid_after_at;
        } else {
            bench.certificate.subject = CL_STR("rubbish");
        }
        assert_int_equal(ssh_certificate_sign(&bench.certificate, bench.authority, &text, &err),
                         CL_E_INVALID);
        assert_null(text);
        bench_cleanup(&bench);
    }
}

static void knows_addresses_and_extensions(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"10.0.0.0/8", true},
        {"10.0.0.1", true},
        {"10.0.0.0/33", false},
        {"::/0", true},
        {"fd00::/8", true},
        {"fd00::/129", false},
        {"10.0.0.0/", false},
        {"/8", false},
        {"10.0.0.0/-1", false},
        {"example.com", false},
        {"", false},
        {"10.0.0.0/8 ", false},
        /* bits behind those that count, for which sshd refuses the whole certificate */
        {"127.0.0.1/8", false},
        {"10.0.0.1/32", true},
        {"10.128.0.0/9", true},
        {"10.64.0.0/9", false},
        {"1.0.0.0/0", false},
        {"0.0.0.0/0", true},
        {"fd00::1/8", false},
        {"fd00::1/128", true},
        {"2002:a00::/24", true},
        {"2002:a00::/16", false},
        {"64:ff9b::/96", true},
        {"::ffff:10.0.0.1/120", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++)
        assert_int_equal(ssh_is_cidr(cl_str_of(cases[i].text)), cases[i].good);
    assert_true(ssh_is_extension(CL_STR("permit-pty")));
    assert_false(ssh_is_extension(CL_STR("permit")));
    assert_false(ssh_is_extension(CL_STR("")));
}

static void survives_the_lack_of_memory(void **state)
{
    struct bench bench;
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    bench_init(&bench);
    while (code != CL_OK && nth < 300) {
        CL_AUTO(cl_string) char *text = NULL;
        struct cl_err err = CL_ERR_NONE;
        (void)cl_alloc_fail_at(++nth);
        code = ssh_certificate_sign(&bench.certificate, bench.authority, &text, &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 5 && nth < 300);
    bench_cleanup(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_every_field_in_its_place),
        cmocka_unit_test(signs_all_that_stands_before_the_signature),
        cmocka_unit_test(certifies_every_type_of_key),
        cmocka_unit_test(refuses_to_certify_anybody_or_never),
        cmocka_unit_test(knows_addresses_and_extensions),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
