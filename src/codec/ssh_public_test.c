#include "codec/ssh_public.h"

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/ssh_wire.h"
#include "faults.h"
#include "test.h"

/* Made with ssh-keygen; the private halves were thrown away. */
/* clang-format off */
static const struct {
    const char *type;
    enum cl_ssh_kind kind;
    int bits;
    const char *base64;
} keys[] = {
    {"ssh-ed25519", CL_SSH_ED25519, 256,
     "AAAAC3NzaC1lZDI1NTE5AAAAIEEHwvpHO8yDU+jNm/Ix/DNZBv0x2WDfeQoA9yp4mreh"},
    {"ecdsa-sha2-nistp256", CL_SSH_ECDSA, 256,
     "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLzuKqr1PJrFRNmrCPQbXY8s"
     "R3VYzvbqjq1qAzbZcgum50rj4sGyDcDvST76q5w113XC5QNIqwABc4uEk1Ue8bg="},
    {"ecdsa-sha2-nistp384", CL_SSH_ECDSA, 384,
     "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBJYHssqBukzVKkKg8PMkHDLc"
     "G3I65UadgPOBnSEqotY3AIUOqtZG62GwXIZS/hj1NV89TUOHBktQIqpzvBRwuHIc7L6Hmbzy91d0"
     "Hiz78+oVi2mRhca98jVHNeklLJL9Qg=="},
    {"ecdsa-sha2-nistp521", CL_SSH_ECDSA, 521,
     "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHNlTo2LKIPmC9M/FKqJDpt"
     "y+YO0s4Yb14zciLY11u9ngsygqDr5ytaEguNXU175yd/FuEAPN+CD+yIJEKqOJlyTAHLY6klbz2B"
     "pDm9M6pJUrJzRieXGpnDrEjHc3bhbfwszAun2xCc/bG5UdXqsOWqPTLYFR3/TIQ5kUNpqDNhQ1yc"
     "TA=="},
    {"ssh-rsa", CL_SSH_RSA, 2048,
     "AAAAB3NzaC1yc2EAAAADAQABAAABAQCWO5Y3eT6VaelKg21JIlFciMCA6OaQ7esRZXxT6n9826+s"
     "vVEBInCVm9gf4xeUlX/RjxbshnBKuH1OS3yzh3JcQN0cRsJInS8Secvl3VifrJa2HB6X/ox3urGJ"
     "6fr0FbOFcxRvScUZTnbW/vIh0CiDas8dWvuNa1uhj8XM6J8l9kCwHFUmK5FOwWnYpyEfKWYawnxe"
     "zEFHccBPQ+MNN9o6pTSR7CmI1dF3lnnmT5XM+quB/VNTbWjFMS4eyBX8Z1Z+NViUj2Ghxdyg3B86"
     "ZIpukxExzrn/a7eNgEFVHv0lG3HU32YtKpYbXZ0WCgtktIjyWJlQRIhQDPHLcr+E2l6V"},
};
/* clang-format on */

static void reads_every_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(keys); i++) {
        CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF((size_t)2 * CL_SSH_BLOB_MAX);
        struct cl_ssh_public key = {.bits = 0};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(
            cl_ssh_public_decode(cl_str_of(keys[i].type), cl_str_of(keys[i].base64), &blob, &err),
            &err);
        assert_ok(cl_ssh_public_parse(cl_buf_view(&blob), &key, &err), &err);
        assert_int_equal(key.kind, keys[i].kind);
        assert_int_equal(key.bits, keys[i].bits);
        assert_string_equal(key.type, keys[i].type);
        assert_int_equal(key.curve != NULL, key.kind == CL_SSH_ECDSA);
        cl_buf_add_ssh_public(&line, cl_buf_view(&blob));
        assert_true(cl_str_starts(cl_buf_view(&line), cl_str_of(keys[i].type)));
        assert_true(cl_str_ends(cl_buf_view(&line), cl_str_of(keys[i].base64)));
    }
}

static void refuses_a_key_that_is_cut_or_longer(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(keys); i++) {
        CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
        struct cl_ssh_public key = {.bits = 0};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(cl_base64_decode(cl_str_of(keys[i].base64), CL_BASE64_STANDARD, &blob, &err),
                  &err);
        for (size_t len = 0; len < blob.len; len++) {
            struct cl_str cut = cl_str_first(cl_buf_view(&blob), len);
            assert_int_equal(cl_ssh_public_parse(cut, &key, &err), CL_E_INVALID);
        }
        cl_buf_add_char(&blob, 'x');
        assert_int_equal(cl_ssh_public_parse(cl_buf_view(&blob), &key, &err), CL_E_INVALID);
        assert_int_equal(key.bits, 0);
    }
}

static void refuses_what_does_not_fit_its_name(void **state)
{
    static const struct {
        const char *type;
        const char *first; /* string behind the type; NULL: none */
        size_t second;     /* bytes of the string behind that; 0: none */
        enum cl_code code;
    } cases[] = {
        {"ssh-ed25519", "short", 0, CL_E_INVALID},
        {"ecdsa-sha2-nistp256", "nistp384", 65, CL_E_INVALID},
        {"ecdsa-sha2-nistp256", "nistp256", 97, CL_E_INVALID},
        {"ecdsa-sha2-nistp256", "nistp256", 65, CL_E_INVALID}, /* no point: it begins with x */
        {"ssh-rsa", "\1", 2049, CL_E_INVALID},                 /* 16,392 bits */
        {"ssh-rsa", "", 256, CL_E_INVALID},
        {"ssh-rsa", "\1", 256, CL_OK},
        {"sk-ssh-ed25519@openssh.com", "x", 0, CL_E_UNSUPPORTED},
        {"ssh-ed25519-cert-v01@openssh.com", "x", 0, CL_E_UNSUPPORTED},
        {"", NULL, 0, CL_E_UNSUPPORTED},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
        struct cl_ssh_public key = {.bits = 0};
        struct cl_err err = CL_ERR_NONE;

        cl_buf_add_ssh_string(&blob, cl_str_of(cases[i].type));
        if (cases[i].first != NULL)
            cl_buf_add_ssh_string(&blob, cl_str_of(cases[i].first));
        if (cases[i].second > 0) {
            cl_buf_add_ssh_u32(&blob, (uint32_t)cases[i].second);
            cl_buf_add_repeat(&blob, "x", cases[i].second);
        }
        assert_int_equal(cl_ssh_public_parse(cl_buf_view(&blob), &key, &err), cases[i].code);
    }
}

static void knows_a_dsa_key_by_name(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    struct cl_ssh_public key = {.bits = 0};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_ssh_string(&blob, CL_STR("ssh-dss"));
    for (int i = 0; i < 4; i++)
        cl_buf_add_ssh_string(&blob, CL_STR("\x7f\x01"));
    assert_ok(cl_ssh_public_parse(cl_buf_view(&blob), &key, &err), &err);
    assert_int_equal(key.kind, CL_SSH_DSA);
    assert_int_equal(key.bits, 15);
}

static void keeps_nothing_of_a_line_that_is_wrong(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&blob, "kept");
    assert_int_equal(
        cl_ssh_public_decode(CL_STR("ssh-rsa"), cl_str_of(keys[0].base64), &blob, &err),
        CL_E_INVALID);
    assert_non_null(strstr(err.text, "ssh-ed25519"));
    assert_int_equal(cl_ssh_public_decode(CL_STR("ssh-rsa"), CL_STR("AA*A"), &blob, &err),
                     CL_E_INVALID);
    assert_str(cl_buf_view(&blob), "kept");
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);

    (void)ctx;
    return cl_ssh_public_decode(cl_str_of(keys[0].type), cl_str_of(keys[0].base64), &blob, err);
}

static void reports_every_failing_allocation(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(attempt, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(refuses_a_key_that_is_cut_or_longer),
        cmocka_unit_test(refuses_what_does_not_fit_its_name),
        cmocka_unit_test(knows_a_dsa_key_by_name),
        cmocka_unit_test(keeps_nothing_of_a_line_that_is_wrong),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
