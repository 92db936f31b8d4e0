#ifndef CLEAT_CODEC_EXPAT_LIB_H
#define CLEAT_CODEC_EXPAT_LIB_H

#include <expat.h>

#include "base/err.h"

/* For xml.c only: expat, opened at first use; most commands read no XML. */
#define CL_EXPAT_FUNCTIONS(X)     \
    X(ErrorString)                \
    X(GetCurrentColumnNumber)     \
    X(GetCurrentLineNumber)       \
    X(GetErrorCode)               \
    X(Parse)                      \
    X(ParserCreate_MM)            \
    X(ParserFree)                 \
    X(SetCharacterDataHandler)    \
    X(SetElementHandler)          \
    X(SetStartDoctypeDeclHandler) \
    X(SetUserData)                \
    X(StopParser)

struct cl_expat {
#define CL_EXPAT_MEMBER(name) __typeof__(XML_##name) *(name);
    CL_EXPAT_FUNCTIONS(CL_EXPAT_MEMBER)
#undef CL_EXPAT_MEMBER
};

/**
 * Opens expat the first time. Thread-safe.
 *
 * @param ret  lives as long as the process
 * @return CL_OK, CL_E_LOCAL_TOOL_MISSING
 */
enum cl_code cl_expat_get(const struct cl_expat **ret, struct cl_err *err) CL_MUST_USE;

#endif
