#ifndef CLEAT_CLOUDS_SSH_KEY_TEXT_H
#define CLEAT_CLOUDS_SSH_KEY_TEXT_H

#include "base/secret.h"

#define SSH_KEY_TEXT_MAX 65536

/**
 * A private key as it is configured, the file itself or its base64, as the file's text.
 *
 * Base64 in either alphabet, with or without padding, broken into lines or not. What the key says
 * is not looked at.
 *
 * @return CL_OK, CL_E_INVALID (neither; the text never repeats it), CL_E_FAILED
 */
enum cl_code ssh_key_text(const struct cl_secret *configured, struct cl_secret **ret,
                          struct cl_err *err) CL_MUST_USE;

/** The base64, in one line, of a key's text. */
enum cl_code ssh_key_encode(const struct cl_secret *text, struct cl_secret **ret,
                            struct cl_err *err) CL_MUST_USE;

#endif
