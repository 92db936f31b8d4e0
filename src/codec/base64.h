#ifndef CLEAT_CODEC_BASE64_H
#define CLEAT_CODEC_BASE64_H

#include "base/buf.h"

/* RFC 4648. */
enum cl_base64_alphabet {
    CL_BASE64_STANDARD, /* + and /, padded with = */
    CL_BASE64_URL,      /* - and _, without padding */
};

/** Appends the encoded bytes. */
void cl_buf_add_base64(struct cl_buf *buf, struct cl_str bytes, enum cl_base64_alphabet alphabet);

/**
 * Appends the decoded bytes to `ret`. Padding may be there or not. Other characters, blanks and
 * line ends among them, and leftover bits are refused, so that a value has one spelling.
 *
 * @return CL_OK, CL_E_INVALID (`ret` keeps what it had; also when its limit is exceeded),
 * CL_E_FAILED
 */
enum cl_code cl_base64_decode(struct cl_str text, enum cl_base64_alphabet alphabet,
                              struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

#endif
