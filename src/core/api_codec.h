#ifndef CLEAT_CORE_API_CODEC_H
#define CLEAT_CORE_API_CODEC_H

#include <jansson.h>

#include "core/api.h"

/*
 * The one JSON form of every value that crosses cl_api: machine output of the CLI, the sealed
 * cache, and later the wire. Encoders return a new reference (json_decref by the caller); decoders
 * refuse what does not fit with CL_E_INVALID_REQUEST and leave `ret` cleanable.
 */

enum cl_secrets {
    CL_SECRETS_HIDDEN, /* null, and "secrets_hidden": true */
    CL_SECRETS_SHOWN,
};

/** Of a connector only what a list of many is usually drawn from: identity, scope, expiry, labels,
 *  owner. A third of the whole. */
enum cl_code cl_connector_encode_row(const struct cl_connector *conn, json_t **ret,
                                     struct cl_err *err) CL_MUST_USE;

/* Displayed objects: the members and order of cli.md §5.4, §5.9, §5.10, §6.2. */
enum cl_code cl_connector_encode(const struct cl_connector *conn, enum cl_secrets secrets,
                                 json_t **ret, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_resource_list_encode(const struct cl_resource_list *list, json_t **ret,
                                     struct cl_err *err) CL_MUST_USE;
enum cl_code cl_component_encode(const struct cl_component *component, json_t **ret,
                                 struct cl_err *err) CL_MUST_USE;
enum cl_code cl_type_encode(const struct cl_connector_type *type, json_t **ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_flavor_encode(const struct cl_flavor *flavor, json_t **ret, struct cl_err *err)
    CL_MUST_USE;
/** The object of framework §12.2 / cli.md §1.7, without the outer {"error": ...}. */
enum cl_code cl_err_encode(const struct cl_err *error, json_t **ret, struct cl_err *err)
    CL_MUST_USE;

/** {"configuration": {open values}, "secrets": {name: text or null}, "secrets_hidden": bool} */
enum cl_code cl_config_encode(const struct cl_config *config, enum cl_secrets secrets, json_t **ret,
                              struct cl_err *err) CL_MUST_USE;
enum cl_code cl_map_encode(const struct cl_map *map, json_t **ret, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_map_decode(const json_t *json, struct cl_map *ret, struct cl_err *err) CL_MUST_USE;

/* Lossless: what goes in comes out. Used by the sealed cache and by the encoding cl_api. */
enum cl_code cl_issued_encode(const struct cl_issued *issued, json_t **ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_issued_decode(const json_t *json, struct cl_issued *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_connector_decode(const json_t *json, struct cl_connector *ret, struct cl_err *err)
    CL_MUST_USE;
/** From any object with the members that cl_config_encode writes; hidden secrets are left out. */
enum cl_code cl_config_decode(const json_t *json, struct cl_config *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_resource_list_decode(const json_t *json, struct cl_resource_list *ret,
                                     struct cl_err *err) CL_MUST_USE;
enum cl_code cl_component_decode(const json_t *json, struct cl_component *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_err_decode(const json_t *json, struct cl_err *ret, struct cl_err *err) CL_MUST_USE;

#endif
