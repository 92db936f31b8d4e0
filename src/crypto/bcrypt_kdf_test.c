#include "crypto/bcrypt_kdf.h"

#include "base/alloc.h"
#include "test.h"

/* Vectors of OpenBSD's regress/lib/libutil/bcrypt_pbkdf. */
static void derives_the_known_keys(void **state)
{
    const struct {
        uint32_t rounds;
        struct cl_str phrase;
        struct cl_str salt;
        unsigned char key[32];
    } cases[] = {
        {4, CL_STR("password"), CL_STR("salt"), {0x5b, 0xbf, 0x0c, 0xc2, 0x93, 0x58, 0x7f, 0x1c,
                                                 0x36, 0x35, 0x55, 0x5c, 0x27, 0x79, 0x65, 0x98,
                                                 0xd4, 0x7e, 0x57, 0x90, 0x71, 0xbf, 0x42, 0x7e,
                                                 0x9d, 0x8f, 0xbe, 0x84, 0x2a, 0xba, 0x34, 0xd9}},
        {12, CL_STR("password"), CL_STR("salt"), {0x1a, 0xe4, 0x2c, 0x05, 0xd4, 0x87, 0xbc, 0x02,
                                                  0xf6, 0x49, 0x21, 0xa4, 0xeb, 0xe4, 0xea, 0x93,
                                                  0xbc, 0xac, 0xfe, 0x13, 0x5f, 0xda, 0x99, 0x97,
                                                  0x4c, 0x06, 0xb7, 0xb0, 0x1f, 0xae, 0x14, 0x9a}},
        {3,
         CL_STR("passwordy\0PASSWORD\0"),
         CL_STR("salty\0SALT\0"),
         {0x7f, 0x31, 0x0b, 0xd3, 0xe7, 0x8c, 0x32, 0x80, 0xc5, 0x9c, 0xe4,
          0x59, 0x52, 0x11, 0xa2, 0x92, 0x8e, 0x8d, 0x4e, 0xc7, 0x44, 0xc1,
          0xed, 0x2e, 0xfc, 0x9f, 0x76, 0x4e, 0x33, 0x88, 0xe0, 0xad}},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        unsigned char key[32];
        struct cl_err err = CL_ERR_NONE;

        assert_ok(
            cl_bcrypt_kdf(cases[i].phrase, cases[i].salt, cases[i].rounds, key, sizeof(key), &err),
            &err);
        assert_memory_equal(key, cases[i].key, sizeof(key));
    }
}

/* A key is no prefix of a longer one: its bytes are spread over the blocks. */
static void spreads_its_blocks(void **state)
{
    unsigned char one[32];
    unsigned char both[48];
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_bcrypt_kdf(CL_STR("password"), CL_STR("salt"), 1, one, sizeof(one), &err), &err);
    assert_ok(cl_bcrypt_kdf(CL_STR("password"), CL_STR("salt"), 1, both, sizeof(both), &err), &err);
    for (size_t i = 0; i < 24; i++)
        assert_int_equal(both[2 * i], one[i]);
}

static void refuses_what_is_not_usual(void **state)
{
    const struct {
        struct cl_str phrase;
        struct cl_str salt;
        uint32_t rounds;
        size_t len;
    } cases[] = {
        {CL_STR(""), CL_STR("salt"), 1, 32},
        {CL_STR("p"), CL_STR(""), 1, 32},
        {CL_STR("p"), CL_STR("0123456789012345678901234567890123456789012345678901234567890123x"),
         1, 32},
        {CL_STR("p"), CL_STR("salt"), 0, 32},
        {CL_STR("p"), CL_STR("salt"), CL_BCRYPT_ROUNDS_MAX + 1, 32},
        {CL_STR("p"), CL_STR("salt"), 1, 0},
        {CL_STR("p"), CL_STR("salt"), 1, CL_BCRYPT_KEY_MAX + 1},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        unsigned char key[CL_BCRYPT_KEY_MAX + 1] = {0x55};
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(
            cl_bcrypt_kdf(cases[i].phrase, cases[i].salt, cases[i].rounds, key, cases[i].len, &err),
            CL_E_INVALID);
        assert_int_equal(key[0], 0x55);
    }
}

static void reports_the_lack_of_memory(void **state)
{
    unsigned char key[32];
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    (void)cl_alloc_fail_at(1);
    assert_int_equal(cl_bcrypt_kdf(CL_STR("p"), CL_STR("salt"), 1, key, sizeof(key), &err),
                     CL_E_FAILED);
    (void)cl_alloc_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derives_the_known_keys),
        cmocka_unit_test(spreads_its_blocks),
        cmocka_unit_test(refuses_what_is_not_usual),
        cmocka_unit_test(reports_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
