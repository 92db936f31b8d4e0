#include "crypto/hmac_sha1.h"

#include "base/buf.h"
#include "test.h"

/* RFC 2202, section 3: cases 1, 2, 3 and 6. */
static void computes_the_published_values(void **state)
{
    static const struct {
        const char *key_byte; /* repeated; NULL: `key` as it is */
        size_t key_len;
        const char *key;
        const char *byte;
        size_t len;
        const char *text;
        const char *hex;
    } cases[] = {
        {"\x0b", 20, NULL, NULL, 0, "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"},
        {NULL, 0, "Jefe", NULL, 0, "what do ya want for nothing?",
         "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
        {"\xaa", 20, NULL, "\xdd", 50, NULL, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
        {"\xaa", 80, NULL, NULL, 0, "Test Using Larger Than Block-Size Key - Hash Key First",
         "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(100);
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(100);
        CL_AUTO(cl_buf) struct cl_buf hex = CL_BUF(100);
        unsigned char mac[CL_SHA1_BYTES];
        struct cl_err err = CL_ERR_NONE;

        if (cases[i].key != NULL) {
            cl_buf_add_c(&key, cases[i].key);
        } else {
            cl_buf_add_repeat(&key, cases[i].key_byte, cases[i].key_len);
        }
        if (cases[i].text != NULL) {
            cl_buf_add_c(&text, cases[i].text);
        } else {
            cl_buf_add_repeat(&text, cases[i].byte, cases[i].len);
        }
        assert_ok(cl_hmac_sha1(cl_buf_view(&key), cl_buf_view(&text), mac, &err), &err);
        cl_buf_add_hex(&hex, mac, sizeof(mac));
        assert_str(cl_buf_view(&hex), cases[i].hex);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_the_published_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
