#ifndef CLEAT_CORE_REQUEST_CODEC_H
#define CLEAT_CORE_REQUEST_CODEC_H

#include <jansson.h>

#include "core/api.h"

/*
 * The JSON form of what is asked of cl_api, one object per operation. It may carry secrets: keep
 * it in memory only.
 */
enum cl_request_kind {
    CL_REQUEST_TYPES,              /* struct cl_type_filter */
    CL_REQUEST_AUTO_CONFIGURE,     /* struct cl_auto_request */
    CL_REQUEST_REGISTER,           /* struct cl_register_request */
    CL_REQUEST_UPDATE,             /* struct cl_update_request: a merge patch */
    CL_REQUEST_GET,                /* struct cl_get_request */
    CL_REQUEST_LIST,               /* struct cl_list_request */
    CL_REQUEST_DELETE,             /* struct cl_delete_request */
    CL_REQUEST_VERIFY,             /* struct cl_verify_request */
    CL_REQUEST_DISCOVERY,          /* struct cl_discovery_request */
    CL_REQUEST_ISSUE,              /* struct cl_issue_client_request */
    CL_REQUEST_COMPONENT_REGISTER, /* struct cl_component_register_request */
    CL_REQUEST_COMPONENT_REF,      /* struct cl_component_ref */
    CL_REQUEST_COMPONENT_LIST,     /* struct cl_component_list_request */
    CL_REQUEST_COMPONENT_CONNECT,  /* struct cl_component_connect_request */
    CL_REQUEST_KIND_COUNT,
};

/**
 * @param request  the struct that belongs to `kind`
 * @return CL_OK, CL_E_FAILED, CL_E_INVALID (text that is not UTF-8), CL_E_INVALID_ATTRIBUTE (a
 *         configuration argument that is no text)
 */
enum cl_code cl_request_encode(enum cl_request_kind kind, const void *request, json_t **ret,
                               struct cl_err *err) CL_MUST_USE;

/**
 * Absent members are as in a zero-initialised request, but for those that have a default.
 *
 * @param ret  the struct that belongs to `kind`, zero-initialised; its views borrow from `json`,
 *             all else is freed by cl_request_cleanup, also after a failure
 * @return CL_OK, CL_E_FAILED, CL_E_INVALID_REQUEST
 */
enum cl_code cl_request_decode(enum cl_request_kind kind, const json_t *json, void *ret,
                               struct cl_err *err) CL_MUST_USE;

/** Frees what a decoded request owns. */
void cl_request_cleanup(enum cl_request_kind kind, void *request);

#endif
