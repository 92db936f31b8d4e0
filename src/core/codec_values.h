#ifndef CLEAT_CORE_CODEC_VALUES_H
#define CLEAT_CORE_CODEC_VALUES_H

#include "core/codec_util.h"
#include "core/result_codec.h"

/* Parts that requests and results are made of. */

/**
 * An object with a member for each argument: its text, null, or an object with `text` or, of bytes
 * that are no text, `base64`, and with the `origin` where one is known.
 */
enum cl_code cl_input_encode(const struct cl_input *input, json_t **ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_input_decode(const json_t *json, struct cl_input *ret, struct cl_err *err)
    CL_MUST_USE;

enum cl_code cl_query_encode(const struct cl_query *query, json_t **ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_query_decode(const json_t *json, struct cl_query *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
