#ifndef CLEAT_CLI_TEXT_WIDTH_H
#define CLEAT_CLI_TEXT_WIDTH_H

#include "base/buf.h"

/*
 * Columns that text takes on a terminal. "Shown" text is what cl_text_add_shown makes: valid UTF-8
 * without control characters but line feeds; the other functions expect it.
 */

/** 0 for combining marks and joiners, 2 for wide and emoji characters, regional indicators too. */
size_t cl_char_width(int32_t code_point);

/** Sum over the characters of shown text without line feeds. */
size_t cl_text_width(struct cl_str shown);

/**
 * Appends untrusted text so that it may be sent to a terminal: tabs become blanks up to the next
 * multiple of 8, control characters, text direction marks and bytes that are not UTF-8 become \xNN.
 * Line feeds stay, CR LF becomes one.
 */
void cl_text_add_shown(struct cl_buf *out, struct cl_str raw);

/** The same on one line: line feeds become \x0a. */
void cl_text_add_shown_line(struct cl_buf *out, struct cl_str raw);

/** Length in bytes of the first character of shown text (0 when empty), its width in *width. */
size_t cl_text_char(struct cl_str shown, size_t *width);

/**
 * Takes the next word off the front of *rest: blanks, what is not blank, blanks. False when only
 * blanks or nothing is left.
 */
bool cl_text_word(struct cl_str *rest, struct cl_str *word);

/** Without trailing blanks. */
struct cl_str cl_text_rstrip(struct cl_str shown);

#endif
