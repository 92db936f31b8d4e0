#ifndef CLEAT_CORE_RESULT_CODEC_H
#define CLEAT_CORE_RESULT_CODEC_H

#include <jansson.h>

#include "core/api_codec.h"

/*
 * The JSON form of what cl_api answers, where that is more than one of the values of api_codec.h.
 * Lossless, but for what the caller cannot use: a page's items come alone, without those that were
 * not selected. Decoders replace *ret, which must be cleanable, and leave it alone on failure.
 */
enum cl_code cl_type_list_encode(const struct cl_type_list *list, json_t **ret, struct cl_err *err)
    CL_MUST_USE;
/** Types are found by id among those of this process. */
enum cl_code cl_type_list_decode(const json_t *json, struct cl_type_list *ret, struct cl_err *err)
    CL_MUST_USE;

enum cl_code cl_register_result_encode(const struct cl_register_result *result, json_t **ret,
                                       struct cl_err *err) CL_MUST_USE;
enum cl_code cl_register_result_decode(const json_t *json, struct cl_register_result *ret,
                                       struct cl_err *err) CL_MUST_USE;

enum cl_code cl_list_result_encode(const struct cl_list_result *result, json_t **ret,
                                   struct cl_err *err) CL_MUST_USE;
enum cl_code cl_list_result_decode(const json_t *json, struct cl_list_result *ret,
                                   struct cl_err *err) CL_MUST_USE;

enum cl_code cl_delete_result_encode(const struct cl_delete_result *result, json_t **ret,
                                     struct cl_err *err) CL_MUST_USE;
enum cl_code cl_delete_result_decode(const json_t *json, struct cl_delete_result *ret,
                                     struct cl_err *err) CL_MUST_USE;

enum cl_code cl_issue_client_result_encode(const struct cl_issue_client_result *result,
                                           json_t **ret, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_issue_client_result_decode(const json_t *json, struct cl_issue_client_result *ret,
                                           struct cl_err *err) CL_MUST_USE;

enum cl_code cl_component_connect_result_encode(const struct cl_component_connect_result *result,
                                                json_t **ret, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_component_connect_result_decode(const json_t *json,
                                                struct cl_component_connect_result *ret,
                                                struct cl_err *err) CL_MUST_USE;

enum cl_code cl_component_list_result_encode(const struct cl_component_list_result *result,
                                             json_t **ret, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_component_list_result_decode(const json_t *json,
                                             struct cl_component_list_result *ret,
                                             struct cl_err *err) CL_MUST_USE;

/* What auto-configuration found. */
enum cl_code cl_discovered_encode(const struct cl_discovered *discovered, json_t **ret,
                                  struct cl_err *err) CL_MUST_USE;
enum cl_code cl_discovered_decode(const json_t *json, struct cl_discovered *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
