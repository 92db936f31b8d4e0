#ifndef CLEAT_CODEC_SHELLWORDS_H
#define CLEAT_CODEC_SHELLWORDS_H

#include "base/buf.h"
#include "base/strs.h"

/*
 * Words of a POSIX shell command line without any expansion: blanks separate, '…' is literal,
 * "…" too but for a backslash before $ ` " \ and newline, and elsewhere a backslash protects the
 * next character. Source: POSIX.1-2017, Shell Command Language, 2.2 Quoting.
 */

/**
 * Appends the words to `ret`.
 *
 * @return CL_OK, CL_E_INVALID (a quote that is not closed, a backslash at the end, a NUL byte),
 *         CL_E_FAILED; `ret` may then hold the words before
 */
enum cl_code cl_shellwords_split(struct cl_str text, struct cl_strs *ret, struct cl_err *err)
    CL_MUST_USE;

/** Appends `word` so that a shell reads it back as exactly that one word. */
void cl_buf_add_shell_word(struct cl_buf *buf, struct cl_str word);

#endif
