#ifndef CLEAT_CORE_CONNECTOR_H
#define CLEAT_CORE_CONNECTOR_H

#include "core/config.h"
#include "core/map.h"

struct cl_connector_type;
struct cl_auth_method;
struct cl_resource_type;
struct cl_stand_in;

#define CL_SKEW_UNSET (-1)
#define CL_SKEW_DEFAULT_S 300

/* A stored connector, or one that is being registered. Zero-initialised is empty; owns all. */
struct cl_connector {
    char id[37]; /* empty until stored */
    char *name;
    char *description;
    char *owner;
    const struct cl_connector_type *type;
    const struct cl_auth_method *method;
    struct cl_stand_in *stand_in;  /* owns the two when this program lacks one of them; or NULL */
    struct cl_strs resource_types; /* ids in the type's order; all of them: multi-type */
    char *resource_id;             /* as given; NULL: none */
    char *canonical_id;            /* what everything but the wire's echo uses; NULL: none */
    int64_t expires_at;            /* of the configured credentials; 0: never */
    int64_t skew_s;                /* CL_SKEW_UNSET: CL_SKEW_DEFAULT_S applies */
    int64_t expiration_seconds;    /* wanted life time of issued credentials; 0: default/none */
    struct cl_config config;       /* secrets may be absent (see secrets_loaded) */
    bool secrets_loaded;
    struct cl_strs secret_names; /* names of the secret attributes that are set */
    char secret_id[37];          /* empty when no secret attribute is set */
    struct cl_map labels;
    struct cl_map facts; /* what verification learned, e.g. account_id */
    bool shared;
    int64_t created_at_us;
    int64_t updated_at_us;
    int64_t generation;            /* grows with each update */
    int64_t last_verified_at;      /* 0: never */
    enum cl_code last_verify_code; /* CL_OK: it worked */
};

void cl_connector_cleanup(struct cl_connector *conn);
enum cl_code cl_connector_copy(const struct cl_connector *from, struct cl_connector *ret,
                               struct cl_err *err) CL_MUST_USE;

/** The only resource type of the connector, NULL when it has several. */
const struct cl_resource_type *cl_connector_single_type(const struct cl_connector *conn);

/** Configured credentials count as expired: now + skew >= expires_at. */
bool cl_connector_expired(const struct cl_connector *conn, int64_t now_at);

/** Fills secret_names from the configuration, whose secrets must be loaded. */
enum cl_code cl_connector_note_secrets(struct cl_connector *conn, struct cl_err *err) CL_MUST_USE;

/** Frees the secret values; their names stay. */
void cl_connector_drop_secrets(struct cl_connector *conn);

/** Name rules of framework §7; CL_E_INVALID says which character or length. */
enum cl_code cl_connector_check_name(struct cl_str name, struct cl_err *err) CL_MUST_USE;

/** NFC-normalised, case-folded form in which names are unique. Owned by the caller. */
enum cl_code cl_connector_fold_name(struct cl_str name, char **ret, struct cl_err *err) CL_MUST_USE;

#endif
