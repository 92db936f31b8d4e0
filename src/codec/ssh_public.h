#ifndef CLEAT_CODEC_SSH_PUBLIC_H
#define CLEAT_CODEC_SSH_PUBLIC_H

#include "base/buf.h"

/* Public keys of SSH: what stands in known_hosts lines, *.pub files and certificates. */

enum cl_ssh_kind {
    CL_SSH_RSA,
    CL_SSH_DSA, /* known by name only: nothing takes such keys any more */
    CL_SSH_ECDSA,
    CL_SSH_ED25519,
};

struct cl_ssh_public {
    enum cl_ssh_kind kind;
    const char *type;    /* "ecdsa-sha2-nistp256" */
    const char *curve;   /* "nistp256"; NULL: not an ECDSA key */
    int bits;            /* of the modulus or the curve */
    struct cl_str point; /* Ed25519 and ECDSA: the public key's bytes; views into the blob */
    struct cl_str exponent;
    struct cl_str modulus; /* RSA: without leading zeros */
};

#define CL_SSH_BLOB_MAX 4096 /* bytes of a public key: RSA with 16384 bits has half of that */

/**
 * Takes a public key's blob apart and checks its form, every byte of it. It does not check that a
 * point lies on its curve.
 *
 * @param ret  borrows from `blob`
 * @return CL_OK, CL_E_INVALID, CL_E_UNSUPPORTED (a certificate, a key on a security token, ...)
 * Sources: RFC 4253, section 6.6; RFC 5656, section 3.1; RFC 8709, section 4.
 */
enum cl_code cl_ssh_public_parse(struct cl_str blob, struct cl_ssh_public *ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Reads the words `TYPE BASE64` of a public key's line; both must name the same type.
 *
 * @param ret_blob  appended to; room for CL_SSH_BLOB_MAX bytes
 * @return as cl_ssh_public_parse
 */
enum cl_code cl_ssh_public_decode(struct cl_str type, struct cl_str base64, struct cl_buf *ret_blob,
                                  struct cl_err *err) CL_MUST_USE;

/** Appends `TYPE BASE64` of a blob, which must begin with its type. */
void cl_buf_add_ssh_public(struct cl_buf *buf, struct cl_str blob);

#endif
