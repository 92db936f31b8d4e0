#ifndef CLEAT_CODEC_YAML_LIB_H
#define CLEAT_CODEC_YAML_LIB_H

#include <yaml.h>

#include "base/err.h"

/* For yaml.c only: libyaml, opened at first use; few commands read a file of this format. */
#define CL_LIBYAML_FUNCTIONS(X) \
    X(event_delete)             \
    X(parser_delete)            \
    X(parser_initialize)        \
    X(parser_parse)             \
    X(parser_set_encoding)      \
    X(parser_set_input_string)

struct cl_libyaml {
#define CL_LIBYAML_MEMBER(name) __typeof__(yaml_##name) *(name);
    CL_LIBYAML_FUNCTIONS(CL_LIBYAML_MEMBER)
#undef CL_LIBYAML_MEMBER
};

/**
 * Opens libyaml the first time. Thread-safe.
 *
 * @param ret  lives as long as the process
 * @return CL_OK, CL_E_LOCAL_TOOL_MISSING
 */
enum cl_code cl_libyaml_get(const struct cl_libyaml **ret, struct cl_err *err) CL_MUST_USE;

#endif
