#include "net/ssh_host_key.h"

#include "base/alloc.h"
#include "codec/ssh_wire.h"
#include "test.h"

#define BLOB_MAX 200

/* Blobs that differ in type and content; nothing here looks further. */
static struct cl_buf blob_of(const char *type, const char *content)
{
    struct cl_buf blob = CL_BUF(BLOB_MAX);

    cl_buf_add_ssh_string(&blob, cl_str_of(type));
    cl_buf_add_ssh_string(&blob, cl_str_of(content));
    return blob;
}

#define PINS_MAX 3

struct pin {
    const char *type; /* NULL: no more */
    const char *content;
    bool revoked;
};

static void judges_a_host_by_its_pins(void **state)
{
    static const struct {
        struct pin pins[PINS_MAX];
        enum cl_code code;
        const char *word; /* of the error */
    } cases[] = {
        {{{NULL, NULL, false}}, CL_E_HOST_KEY_UNKNOWN, "no key is pinned"},
        {{{"ssh-ed25519", "one", false}}, CL_OK, NULL},
        {{{"ssh-ed25519", "two", false}}, CL_E_HOST_KEY_CHANGED, "none of those"},
        {{{"ssh-rsa", "one", false}}, CL_E_HOST_KEY_CHANGED, "none of those"},
        {{{"ssh-rsa", "x", false}, {"ssh-ed25519", "one", false}}, CL_OK, NULL},
        {{{"ssh-ed25519", "one", true}}, CL_E_HOST_KEY_CHANGED, "revoked"},
        {{{"ssh-ed25519", "one", false}, {"ssh-ed25519", "one", true}},
         CL_E_HOST_KEY_CHANGED,
         "revoked"},
        {{{"ssh-ed25519", "two", true}}, CL_E_HOST_KEY_UNKNOWN, "no key is pinned"},
        {{{"ssh-ed25519", "two", true}, {"ssh-ed25519", "one", false}}, CL_OK, NULL},
    };
    struct cl_buf shown = blob_of("ssh-ed25519", "one");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_ssh_host_key keys[PINS_MAX];
        struct cl_buf blobs[PINS_MAX] = {{.max = 0}};
        size_t count = 0;
        struct cl_err err = CL_ERR_NONE;

        for (; count < PINS_MAX && cases[i].pins[count].type != NULL; count++) {
            const struct pin *pin = &cases[i].pins[count];
            blobs[count] = blob_of(pin->type, pin->content);
            keys[count] = (struct cl_ssh_host_key){.blob = cl_buf_view(&blobs[count]),
                                                   .revoked = pin->revoked};
        }
        struct cl_ssh_visit visit = {
            .host = CL_STR("gpu1"), .port = 2222, .host_keys = keys, .host_key_count = count};
        assert_int_equal(cl_ssh_host_key_check(&visit, cl_buf_view(&shown), &err), cases[i].code);
        if (cases[i].code != CL_OK) {
            assert_non_null(strstr(err.text, cases[i].word));
            assert_non_null(strstr(err.text, "ssh-ed25519 SHA256:"));
            assert_non_null(strstr(err.text, "'gpu1' port 2222"));
        }
        for (size_t j = 0; j < count; j++)
            cl_buf_cleanup(&blobs[j]);
    }
    cl_buf_cleanup(&shown);
}

static void asks_for_keys_of_the_pinned_types(void **state)
{
    struct cl_buf blobs[] = {blob_of("ssh-rsa", "a"), blob_of("ssh-ed25519", "b"),
                             blob_of("ssh-rsa", "c"), blob_of("ecdsa-sha2-nistp256", "d")};
    struct cl_ssh_host_key keys[CL_COUNT(blobs)];
    CL_AUTO(cl_buf) struct cl_buf types = CL_BUF(200);
    CL_AUTO(cl_buf) struct cl_buf one = CL_BUF(200);
    CL_AUTO(cl_buf) struct cl_buf none = CL_BUF(200);

    (void)state;
    for (size_t i = 0; i < CL_COUNT(blobs); i++)
        keys[i] = (struct cl_ssh_host_key){.blob = cl_buf_view(&blobs[i]), .revoked = i == 3};
    struct cl_ssh_visit visit = {.host_keys = keys, .host_key_count = CL_COUNT(keys)};
    cl_ssh_host_key_types(&visit, &types);
    assert_str(cl_buf_view(&types), "rsa-sha2-512,rsa-sha2-256,ssh-ed25519");
    visit.host_key_type = "ecdsa-sha2-nistp256";
    cl_ssh_host_key_types(&visit, &one);
    assert_str(cl_buf_view(&one), "ecdsa-sha2-nistp256");
    cl_ssh_host_key_types(&(struct cl_ssh_visit){.port = 22}, &none);
    assert_int_equal(none.len, 0);
    for (size_t i = 0; i < CL_COUNT(blobs); i++)
        cl_buf_cleanup(&blobs[i]);
}

static void prints_fingerprints_like_ssh_keygen(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    char print[CL_SSH_PRINT_SIZE];

    (void)state;
    /* printf '' | openssl dgst -sha256 -binary | base64 */
    assert_ok(cl_ssh_fingerprint(CL_STR(""), print, &err), &err);
    assert_string_equal(print, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_a_host_by_its_pins),
        cmocka_unit_test(asks_for_keys_of_the_pinned_types),
        cmocka_unit_test(prints_fingerprints_like_ssh_keygen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
