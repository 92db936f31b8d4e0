#ifndef CLEAT_INTEROP_DOCKER_MAP_H
#define CLEAT_INTEROP_DOCKER_MAP_H

#include "base/world.h"

/*
 * docker.json in Cleat's configuration folder: which connector answers for which registry when
 * Docker's credential helper is asked, and what was written into whose file, so that all of it can
 * be taken back. No secret and no user name stands in it.
 */

/* What a file was before Cleat's first entry for the registry. */
enum cl_docker_was { CL_DOCKER_ABSENT, CL_DOCKER_BLANK, CL_DOCKER_THERE };

/* A file with an entry for the registry. */
struct cl_docker_place {
    char *path;
    char *key; /* what this file calls the registry */
    enum cl_docker_was was;
    bool has_auth; /* Cleat wrote the credential itself, or a mark for it */
    char *helper;  /* that Cleat had keep the credential; NULL: none */
};

/* One registry. Zero-initialised is empty; owns all. */
struct cl_docker_mapping {
    char *id;        /* canonical: "ghcr.io" */
    char *connector; /* the connector's id */
    char *name;      /* and its name when the mapping was made; NULL: not noted */
    char *resource_type;
    char *resource_id; /* as the connector names it; NULL: its only one */
    bool allow_long_lived;
    struct cl_docker_place *places;
    size_t count;
    size_t capacity;
};
void cl_docker_mapping_cleanup(struct cl_docker_mapping *mapping);

struct cl_docker_map {
    struct cl_docker_mapping *items;
    size_t count;
    size_t capacity;
};
#define CL_DOCKER_MAP_NONE ((struct cl_docker_map){.items = NULL})
#define CL_DOCKER_MAP_MAX_BYTES ((size_t)1 << 20U)
void cl_docker_map_cleanup(struct cl_docker_map *map);

/** $CLEAT_CONFIG_PATH/docker.json, or in $XDG_CONFIG_HOME/cleat, or ~/.config/cleat. */
enum cl_code cl_docker_map_path(const struct cl_world *world, char **ret, struct cl_err *err)
    CL_MUST_USE;

/** @param text  nothing but blanks is an empty map
 *  @return CL_OK, CL_E_INVALID (line and reason) */
enum cl_code cl_docker_map_parse(struct cl_str text, struct cl_docker_map *ret, struct cl_err *err)
    CL_MUST_USE;

/** The file; a missing one is an empty map. CL_E_LOCAL_CONFIG names it. */
enum cl_code cl_docker_map_load(const struct cl_world *world, struct cl_docker_map *ret,
                                struct cl_err *err) CL_MUST_USE;

enum cl_code cl_docker_map_format(const struct cl_docker_map *map, struct cl_buf *ret,
                                  struct cl_err *err) CL_MUST_USE;

/** NULL when there is none. Borrowed from the map. */
struct cl_docker_mapping *cl_docker_map_find(const struct cl_docker_map *map, struct cl_str id);

/** Replaces the registry's mapping, which is empty afterwards. */
enum cl_code cl_docker_map_put(struct cl_docker_map *map, struct cl_docker_mapping *mapping,
                               struct cl_err *err) CL_MUST_USE;

void cl_docker_map_remove(struct cl_docker_map *map, struct cl_str id);

/** The place with that path; NULL when there is none. */
struct cl_docker_place *cl_docker_place_find(const struct cl_docker_mapping *mapping,
                                             const char *path);

/** Adds a place, of which all is copied. */
enum cl_code cl_docker_place_add(struct cl_docker_mapping *mapping,
                                 const struct cl_docker_place *place, struct cl_err *err)
    CL_MUST_USE;

#endif
