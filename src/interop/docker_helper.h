#ifndef CLEAT_INTEROP_DOCKER_HELPER_H
#define CLEAT_INTEROP_DOCKER_HELPER_H

#include "core/issued.h"
#include "interop/docker_map.h"

/*
 * The documents of Docker's credential helper protocol. The sentences are compared by those who
 * ask, after trimming. Source: docker-credential-helpers, package credentials.
 */
#define CL_DOCKER_NOT_FOUND "credentials not found in native keychain"
#define CL_DOCKER_NO_SERVER "no credentials server URL"
#define CL_DOCKER_NO_USER "no credentials username"

/* What may stand on standard input. */
#define CL_DOCKER_INPUT_MAX ((size_t)256 * 1024)

/* A credential to be stored, of which only this matters to us. Zero-initialised is empty. */
struct cl_docker_store {
    char *server_url; /* NULL: none was given */
    bool has_username;
};
void cl_docker_store_cleanup(struct cl_docker_store *store);

/** CL_E_INVALID: what was read is no such document. */
enum cl_code cl_docker_store_parse(struct cl_str text, struct cl_docker_store *ret,
                                   struct cl_err *err) CL_MUST_USE;

/**
 * Appends the answer to `get`: one line.
 * @return CL_OK, CL_E_UNSUPPORTED (this is no credential for a registry)
 */
enum cl_code cl_docker_helper_answer(struct cl_str server_url, const struct cl_issued *issued,
                                     struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/** Appends the answer to `list`: one line. Nobody knows the user names without issuing, so a word
 *  stands in their place. */
enum cl_code cl_docker_helper_list(const struct cl_docker_map *map, struct cl_buf *ret,
                                   struct cl_err *err) CL_MUST_USE;

#endif
