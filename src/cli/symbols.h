#ifndef CLEAT_CLI_SYMBOLS_H
#define CLEAT_CLI_SYMBOLS_H

#include "base/buf.h"
#include "cli/style.h"

/* The signs of the product's output and what stands for them in plain text. */

#define CL_SIGN_YES "\xE2\x9C\x85"         /* U+2705 */
#define CL_SIGN_NO "\xE2\x9E\x96"          /* U+2796 */
#define CL_SIGN_ACTIVE "\xF0\x9F\x91\x89"  /* U+1F449 */
#define CL_SIGN_EXPIRED "\xF0\x9F\x93\x9B" /* U+1F4DB */
#define CL_SIGN_ERROR "\xF0\x9F\x92\xA5"   /* U+1F4A5 */
#define CL_SIGN_NOTHING "\xF0\x9F\xA4\xB7" /* U+1F937 */
#define CL_SIGN_METHOD "\xF0\x9F\x94\x92"  /* U+1F512 */
#define CL_SIGN_BULLET "\xE2\x80\xA2"      /* U+2022 */

/** Appends shown text without emoji: known signs become words, others vanish with one blank. */
void cl_symbols_add_ascii(struct cl_buf *out, struct cl_str shown);

/** How a cell that begins with one of the signs is coloured. */
enum cl_style cl_symbols_style(struct cl_str shown);

#endif
