#ifndef CLEAT_CORE_REQUEST_FIELDS_H
#define CLEAT_CORE_REQUEST_FIELDS_H

#include "core/request_codec.h"

/* Each request as a table: one description of its members for both directions. */

enum cl_request_field_kind {
    CL_RF_STR,       /* struct cl_str */
    CL_RF_BOOL,      /* bool */
    CL_RF_I64,       /* int64_t; 0 is null */
    CL_RF_SKEW,      /* int64_t; CL_SKEW_UNSET is null */
    CL_RF_INT,       /* int */
    CL_RF_REF,       /* struct cl_ref */
    CL_RF_STRS,      /* struct cl_strs */
    CL_RF_MAP,       /* struct cl_map */
    CL_RF_QUERY,     /* struct cl_query */
    CL_RF_MODE,      /* enum cl_verify_mode */
    CL_RF_INPUT,     /* const struct cl_input * */
    CL_RF_DISCOVERED /* const struct cl_discovered * */
};

struct cl_request_field {
    const char *name;
    enum cl_request_field_kind kind;
    size_t offset;
    size_t flag; /* offset + 1 of the bool that says whether the member is given; 0: none */
};

struct cl_request_table {
    const struct cl_request_field *fields;
    size_t count;
};

const struct cl_request_table *cl_request_table(enum cl_request_kind kind);

#endif
