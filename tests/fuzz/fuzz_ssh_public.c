/* Public keys of SSH: what is accepted is accounted for to the last byte. */
#include "fuzz.h"

#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"

/* The parts put together again are the blob. */
static void check_whole(struct cl_str blob, const struct cl_ssh_public *key)
{
    struct cl_buf again = CL_BUF(2 * CL_SSH_BLOB_MAX);

    cl_buf_add_ssh_string(&again, cl_str_of(key->type));
    if (key->curve != NULL)
        cl_buf_add_ssh_string(&again, cl_str_of(key->curve));
    if (key->kind == CL_SSH_RSA) {
        cl_buf_add_ssh_mpint(&again, key->exponent);
        cl_buf_add_ssh_mpint(&again, key->modulus);
    } else {
        cl_buf_add_ssh_string(&again, key->point);
    }
    FUZZ_CHECK(cl_str_eq(cl_buf_view(&again), blob));
    cl_buf_cleanup(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_str blob = fuzz_text(data, size);
    struct cl_ssh_public key = {.bits = 0};
    struct cl_err err = CL_ERR_NONE;

    if (cl_ssh_public_parse(blob, &key, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    FUZZ_CHECK(key.bits > 0 && key.bits <= 16384 * 2);
    if (key.kind != CL_SSH_DSA)
        check_whole(blob, &key);
    return 0;
}
