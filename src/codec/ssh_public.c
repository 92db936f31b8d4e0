#include "codec/ssh_public.h"

#include "codec/base64.h"
#include "codec/ssh_wire.h"

#define RSA_BITS_MAX 16384
#define ED25519_BYTES 32

struct kind_row {
    const char *type;
    const char *curve; /* NULL: none */
    enum cl_ssh_kind kind;
    int bits;
};

static const struct kind_row kinds[] = {
    {"ssh-ed25519", NULL, CL_SSH_ED25519, 256},
    {"ecdsa-sha2-nistp256", "nistp256", CL_SSH_ECDSA, 256},
    {"ecdsa-sha2-nistp384", "nistp384", CL_SSH_ECDSA, 384},
    {"ecdsa-sha2-nistp521", "nistp521", CL_SSH_ECDSA, 521},
    {"ssh-rsa", NULL, CL_SSH_RSA, 0},
    {"ssh-dss", NULL, CL_SSH_DSA, 0},
};

static const struct kind_row *kind_of(struct cl_str type)
{
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        if (cl_str_eq_c(type, kinds[i].type))
            return &kinds[i];
    }
    return NULL;
}

static int bits_of(struct cl_str magnitude)
{
    int bits = (int)magnitude.len * 8;

    for (unsigned int top = (unsigned char)magnitude.ptr[0]; top < 0x80U; top <<= 1U)
        bits--;
    return bits;
}

static void read_rsa(struct cl_ssh_reader *reader, struct cl_ssh_public *ret)
{
    ret->exponent = cl_ssh_read_mpint(reader);
    ret->modulus = cl_ssh_read_mpint(reader);
    if (reader->bad)
        return;
    ret->bits = bits_of(ret->modulus);
    reader->bad = ret->bits > RSA_BITS_MAX;
}

/* An uncompressed point: 4, then both coordinates. */
static void read_ecdsa(struct cl_ssh_reader *reader, struct cl_ssh_public *ret)
{
    struct cl_str curve = cl_ssh_read_string(reader);
    size_t coordinate = ((size_t)ret->bits + 7) / 8;

    ret->point = cl_ssh_read_string(reader);
    if (!cl_str_eq_c(curve, ret->curve) || ret->point.len != 1 + 2 * coordinate ||
        ret->point.ptr[0] != 4)
        reader->bad = true;
}

static void read_ed25519(struct cl_ssh_reader *reader, struct cl_ssh_public *ret)
{
    ret->point = cl_ssh_read_string(reader);
    if (ret->point.len != ED25519_BYTES)
        reader->bad = true;
}

static void read_dsa(struct cl_ssh_reader *reader, struct cl_ssh_public *ret)
{
    struct cl_str prime = cl_ssh_read_mpint(reader);

    for (int i = 0; i < 3; i++)
        (void)cl_ssh_read_mpint(reader);
    if (!reader->bad)
        ret->bits = bits_of(prime);
}

static void read_kind(struct cl_ssh_reader *reader, struct cl_ssh_public *ret)
{
    switch (ret->kind) {
    case CL_SSH_RSA: read_rsa(reader, ret); break;
    case CL_SSH_DSA: read_dsa(reader, ret); break;
    case CL_SSH_ECDSA: read_ecdsa(reader, ret); break;
    case CL_SSH_ED25519: read_ed25519(reader, ret); break;
    }
}

enum cl_code cl_ssh_public_parse(struct cl_str blob, struct cl_ssh_public *ret, struct cl_err *err)
{
    struct cl_ssh_reader reader = CL_SSH_READER(blob);
    struct cl_str type = cl_ssh_read_string(&reader);
    const struct kind_row *row = kind_of(type);

    if (reader.bad || blob.len > CL_SSH_BLOB_MAX)
        return cl_err_set(err, CL_E_INVALID, "the data is no SSH public key");
    if (row == NULL)
        return cl_err_set(err, CL_E_UNSUPPORTED, "SSH public keys of this type cannot be used");
    struct cl_ssh_public found = {
        .kind = row->kind, .type = row->type, .curve = row->curve, .bits = row->bits};
    read_kind(&reader, &found);
    if (!cl_ssh_read_all(&reader))
        return cl_err_set(err, CL_E_INVALID, "the data is no %s public key", row->type);
    *ret = found;
    return CL_OK;
}

static enum cl_code check_decoded(struct cl_str type, struct cl_str blob, struct cl_err *err)
{
    struct cl_ssh_public key = {.bits = 0};

    CL_TRY(cl_ssh_public_parse(blob, &key, err));
    if (!cl_str_eq_c(type, key.type)) {
        return cl_err_set(err, CL_E_INVALID,
                          "the key is of type %s, not of the one that stands "
                          "before it",
                          key.type);
    }
    return CL_OK;
}

enum cl_code cl_ssh_public_decode(struct cl_str type, struct cl_str base64, struct cl_buf *ret_blob,
                                  struct cl_err *err)
{
    size_t before = ret_blob->len;

    CL_TRY(cl_base64_decode(base64, CL_BASE64_STANDARD, ret_blob, err));
    enum cl_code code = check_decoded(type, cl_str_skip(cl_buf_view(ret_blob), before), err);
    if (code != CL_OK)
        cl_buf_truncate(ret_blob, before);
    return code;
}

void cl_buf_add_ssh_public(struct cl_buf *buf, struct cl_str blob)
{
    struct cl_ssh_reader reader = CL_SSH_READER(blob);

    cl_buf_add(buf, cl_ssh_read_string(&reader));
    cl_buf_add_char(buf, ' ');
    cl_buf_add_base64(buf, blob, CL_BASE64_STANDARD);
}
