#ifndef CLEAT_CORE_COMPONENT_H
#define CLEAT_CORE_COMPONENT_H

#include "core/config.h"
#include "core/map.h"

/* Stack components: named consumers of resources. Kinds and flavors are rows of tables. */

struct cl_flavor_stand_in;

struct cl_component_kind {
    const char *id;             /* "artifact_store": API and one message */
    const char *command;        /* "artifact-store" */
    const char *const *aliases; /* NULL-terminated: "as" */
    const char *title;          /* "artifact store" */
    const char *plural;         /* "artifact stores" */
    const char *description;
};

struct cl_flavor {
    const char *kind;         /* cl_component_kind.id */
    const char *id;           /* "s3" */
    const char *title;        /* "S3 Artifact Store" */
    const char *config_class; /* "S3ArtifactStoreConfig" */
    const char *integration;  /* "s3" */
    const char *source;       /* "cleat.artifact_store.s3" */
    const struct cl_attr *attrs;
    size_t attr_count;
    const char *connector_type;   /* requirement; NULL: any */
    const char *resource_type;    /* requirement; NULL: takes no connector */
    const char *resource_id_attr; /* attribute that holds the resource id; NULL: none */
    const char *name_alias;       /* "bucket": --bucket NAME stands for ... */
    const char *name_prefix;      /* ... resource_id_attr = "s3://" + NAME */
};

const struct cl_component_kind *cl_kind_at(size_t index); /* NULL behind the last */
const struct cl_component_kind *cl_kind_find(struct cl_str id_or_command);
const struct cl_flavor *cl_flavor_at(size_t index);
const struct cl_flavor *cl_flavor_find(struct cl_str kind, struct cl_str id);

/** As cl_flavor_find, but CL_E_NOT_FOUND with the kind's flavors and the nearest match. */
enum cl_code cl_flavor_require(const struct cl_component_kind *kind, struct cl_str id,
                               const struct cl_flavor **ret, struct cl_err *err) CL_MUST_USE;

/** cl_config_build for a flavor's attributes, name aliases included. */
enum cl_code cl_flavor_config(const struct cl_flavor *flavor, const struct cl_config *base,
                              const struct cl_input *input, struct cl_config *ret,
                              struct cl_err *err) CL_MUST_USE;

/* Zero-initialised is empty; owns all. */
struct cl_component {
    char id[37];
    char *name;
    const struct cl_component_kind *kind;
    const struct cl_flavor *flavor;
    struct cl_flavor_stand_in *stand_in; /* owns a flavor that this program lacks; or NULL */
    char *owner;
    struct cl_config config; /* flavors here have no secret attributes */
    struct cl_map labels;
    char connector_id[37]; /* empty: not connected */
    char *connector_name;  /* filled when read; NULL: not connected */
    char *connector_type;  /* id; likewise */
    char *resource_id;     /* canonical id it is connected to; NULL: not connected */
    int64_t created_at_us;
    int64_t updated_at_us;
};

void cl_component_cleanup(struct cl_component *component);

#endif
