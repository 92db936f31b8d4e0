#include "core/codec_util.h"
#include "core/quote.h"
#include "core/registry.h"
#include "core/stand_in.h"

#define UNAVAILABLE "unavailable" /* status: this program lacks the type or the method */

/* The members of a listing, and behind them what only a round trip needs. */

static bool supports_instances(const struct cl_connector *conn)
{
    const struct cl_resource_type *only = cl_connector_single_type(conn);

    return only != NULL && only->supports_instances;
}

static void add_identity(struct cl_json_build *build, const struct cl_connector *conn)
{
    cl_member_add_some(build, "id", cl_str_of(conn->id));
    cl_json_add_c(build, "name", conn->name);
    cl_json_add_c(build, "description", conn->description);
    cl_json_add_c(build, "connector_type", conn->type == NULL ? NULL : conn->type->id);
    cl_json_add_c(build, "auth_method", conn->method == NULL ? NULL : conn->method->id);
    cl_json_add_strs(build, "resource_types", &conn->resource_types);
    cl_json_add_c(build, "resource_id", conn->canonical_id);
    cl_json_add_bool(build, "supports_instances", supports_instances(conn));
}

static void add_expiry(struct cl_json_build *build, const struct cl_connector *conn)
{
    cl_member_add_time(build, "expires_at", conn->expires_at);
    if (conn->skew_s == CL_SKEW_UNSET) {
        cl_json_add_null(build, "expires_skew_tolerance");
    } else {
        cl_json_add_i64(build, "expires_skew_tolerance", conn->skew_s);
    }
    cl_member_add_count(build, "expiration_seconds", conn->expiration_seconds);
}

static void add_health(struct cl_json_build *build, const struct cl_connector *conn)
{
    bool verified = conn->last_verified_at != 0;
    bool works = conn->last_verify_code == CL_OK;

    cl_json_add_c(build, "status",
                  conn->stand_in != NULL ? UNAVAILABLE
                  : !verified            ? NULL
                  : works                ? "ok"
                                         : "failing");
    cl_member_add_time(build, "verified", conn->last_verified_at);
    cl_json_add_c(build, "last_error_code", works ? NULL : cl_code_wire(conn->last_verify_code));
}

enum cl_code cl_connector_encode_row(const struct cl_connector *conn, json_t **ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    add_identity(&build, conn);
    add_expiry(&build, conn);
    cl_member_add_map(&build, "labels", &conn->labels);
    cl_json_add_c(&build, "owner", conn->owner);
    cl_json_add_bool(&build, "shared", conn->shared);
    if (conn->stand_in != NULL)
        cl_json_add_c(&build, "status", UNAVAILABLE);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_connector_encode(const struct cl_connector *conn, enum cl_secrets secrets,
                                 json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    bool shown = secrets == CL_SECRETS_SHOWN && conn->secrets_loaded;

    cl_json_open_object(&build, NULL);
    add_identity(&build, conn);
    add_expiry(&build, conn);
    cl_member_add_config(&build, &conn->config);
    cl_member_add_secrets(&build, &conn->config, &conn->secret_names, shown);
    cl_member_add_some(&build, "secret_id", cl_str_of(conn->secret_id));
    cl_member_add_map(&build, "labels", &conn->labels);
    cl_json_add_c(&build, "owner", conn->owner);
    cl_json_add_bool(&build, "shared", conn->shared);
    cl_json_add_bool(&build, "active", false); /* there are no stacks to be active in */
    cl_member_add_time_us(&build, "created", conn->created_at_us);
    cl_member_add_time_us(&build, "updated", conn->updated_at_us);
    add_health(&build, conn);
    cl_json_add_i64(&build, "generation", conn->generation);
    cl_json_add_c(&build, "resource_id_given", conn->resource_id);
    cl_member_add_map(&build, "facts", &conn->facts);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_type(const json_t *json, struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str type = CL_STR_NONE;
    struct cl_str method = CL_STR_NONE;

    CL_TRY(cl_read_str(json, "connector_type", &type, err));
    CL_TRY(cl_read_str(json, "auth_method", &method, err));
    if (type.len == 0)
        return CL_OK;
    conn->type = cl_registry_find(type);
    if (conn->type != NULL && method.len == 0)
        return CL_OK;
    if (conn->type != NULL)
        conn->method = cl_type_method(conn->type, method);
    return conn->method != NULL ? CL_OK : cl_connector_stand_in(conn, type, method, err);
}

static enum cl_code read_identity(const json_t *json, struct cl_connector *conn, struct cl_err *err)
{
    CL_TRY(cl_read_into(json, "id", conn->id, sizeof(conn->id), err));
    CL_TRY(cl_read_text(json, "name", &conn->name, err));
    CL_TRY(cl_read_text(json, "description", &conn->description, err));
    CL_TRY(cl_read_text(json, "owner", &conn->owner, err));
    CL_TRY(read_type(json, conn, err));
    CL_TRY(cl_read_strs(json, "resource_types", &conn->resource_types, err));
    CL_TRY(cl_read_text(json, "resource_id", &conn->canonical_id, err));
    return cl_read_text(json, "resource_id_given", &conn->resource_id, err);
}

static enum cl_code read_secret_names(const json_t *json, struct cl_connector *conn,
                                      struct cl_err *err)
{
    const json_t *secrets = cl_json_get(json, "secrets");
    bool hidden = false;

    for (void *at = cl_first_member(secrets); at != NULL; at = cl_next_member(secrets, at))
        CL_TRY(cl_strs_add(&conn->secret_names, cl_str_of(json_object_iter_key(at)), err));
    CL_TRY(cl_read_bool(json, "secrets_hidden", &hidden, err));
    conn->secrets_loaded = !hidden;
    return cl_read_into(json, "secret_id", conn->secret_id, sizeof(conn->secret_id), err);
}

static enum cl_code read_times(const json_t *json, struct cl_connector *conn, struct cl_err *err)
{
    CL_TRY(cl_read_time(json, "expires_at", &conn->expires_at, err));
    CL_TRY(cl_read_i64(json, "expires_skew_tolerance", CL_SKEW_UNSET, &conn->skew_s, err));
    CL_TRY(cl_read_i64(json, "expiration_seconds", 0, &conn->expiration_seconds, err));
    CL_TRY(cl_read_time_us(json, "created", &conn->created_at_us, err));
    CL_TRY(cl_read_time_us(json, "updated", &conn->updated_at_us, err));
    CL_TRY(cl_read_i64(json, "generation", 0, &conn->generation, err));
    return cl_read_time(json, "verified", &conn->last_verified_at, err);
}

static enum cl_code read_health(const json_t *json, struct cl_connector *conn, struct cl_err *err)
{
    char wire[64] = "";

    CL_TRY(cl_read_into(json, "last_error_code", wire, sizeof(wire), err));
    if (wire[0] != '\0')
        conn->last_verify_code = cl_code_from_wire(wire);
    return CL_OK;
}

enum cl_code cl_connector_decode(const json_t *json, struct cl_connector *ret, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};

    CL_TRY(cl_read_object(json, "the connector", err));
    CL_TRY(read_identity(json, &conn, err));
    CL_TRY(cl_config_decode(json, &conn.config, err));
    CL_TRY(read_secret_names(json, &conn, err));
    CL_TRY(read_times(json, &conn, err));
    CL_TRY(read_health(json, &conn, err));
    CL_TRY(cl_read_bool(json, "shared", &conn.shared, err));
    CL_TRY(cl_read_map(json, "labels", &conn.labels, err));
    CL_TRY(cl_read_map(json, "facts", &conn.facts, err));
    cl_connector_cleanup(ret);
    CL_MOVE_TO(ret, conn);
    return CL_OK;
}
