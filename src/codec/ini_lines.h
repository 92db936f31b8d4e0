#ifndef CLEAT_CODEC_INI_LINES_H
#define CLEAT_CODEC_INI_LINES_H

#include "base/str.h"

/* The lines of an INI file and what stands on one; not for use outside of ini.c. */

enum cl_ini_line_kind { CL_INI_LINE_BLANK, CL_INI_LINE_COMMENT, CL_INI_LINE_CONTENT };

struct cl_ini_line {
    enum cl_ini_line_kind kind;
    struct cl_str text; /* trimmed */
    size_t number;      /* from 1 */
    size_t indent;      /* blanks before the text */
    size_t start;       /* bytes of the file */
    size_t end;         /* behind the line's end */
};

/** The line behind `line->end`; false when there is none. Lines end with LF, CRLF or CR. */
bool cl_ini_next_line(struct cl_str text, struct cl_ini_line *line);

bool cl_ini_is_blank(char c);
struct cl_str cl_ini_trim(struct cl_str text);

/** `[name] anything`: the name goes up to the last bracket. */
bool cl_ini_split_header(struct cl_str text, struct cl_str *name);

/** `key = value` or `key : value`, both trimmed; the first delimiter counts. */
bool cl_ini_split_key(struct cl_str text, struct cl_str *key, struct cl_str *value);

/** True for keys whose values are a name or a truth value: no # or ; can be part of one. */
bool cl_ini_is_simple_key(struct cl_str key);

#endif
