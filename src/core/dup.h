#ifndef CLEAT_CORE_DUP_H
#define CLEAT_CORE_DUP_H

#include "base/str.h"

/** Copy of an optional text: NULL gives NULL. */
enum cl_code cl_dup_text(const char *text, char **ret, struct cl_err *err) CL_MUST_USE;

/** Puts a copy of `text` where an owned text (or NULL) was, which is freed. */
enum cl_code cl_replace_text(char **place, struct cl_str text, struct cl_err *err) CL_MUST_USE;

#endif
