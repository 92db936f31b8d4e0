#ifndef CLEAT_TESTS_PASSAGE_H
#define CLEAT_TESTS_PASSAGE_H

#include "core/request_codec.h"

/* One operation of cl_api, for the one function that passes them all through text. */
struct operation {
    enum cl_request_kind kind;
    /* Calls the inner api with the request that came through, fills a result that is all zero. */
    enum cl_code (*run)(struct cl_api *inner, const struct cl_call *call, const void *request,
                        void *result, struct cl_err *err);
    enum cl_code (*encode)(const void *result, json_t **ret, struct cl_err *err);
    enum cl_code (*decode)(const json_t *json, void *ret, struct cl_err *err);
    void (*cleanup)(void *result);
};

/** Request -> text -> request, run, and the same with the result or the error. */
enum cl_code pass_through(const struct operation *operation, struct cl_api *inner,
                          const struct cl_call *call, const void *request, void *ret,
                          struct cl_err *err) CL_MUST_USE;

/** The value as it is after a trip through text. Takes `json`. */
enum cl_code pass_text(json_t *json, json_t **ret, struct cl_err *err) CL_MUST_USE;

/** Puts the error into `err` as it is after a trip through text; returns its code. */
enum cl_code pass_error(const struct cl_err *why, struct cl_err *err) CL_MUST_USE;

#endif
