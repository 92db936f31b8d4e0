#include "core/connector.h"

#include <utf8proc.h>

#include "base/alloc.h"
#include "base/world.h"
#include "core/dup.h"
#include "core/issued.h"
#include "core/quote.h"
#include "core/stand_in.h"
#include "core/type.h"

#define NAME_MAX_BYTES 255
#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_BYTES ALNUM " ._:@/+-"

void cl_connector_cleanup(struct cl_connector *conn)
{
    cl_free(conn->name);
    cl_free(conn->description);
    cl_free(conn->owner);
    cl_stand_in_free(conn->stand_in);
    cl_strs_cleanup(&conn->resource_types);
    cl_free(conn->resource_id);
    cl_free(conn->canonical_id);
    cl_config_cleanup(&conn->config);
    cl_strs_cleanup(&conn->secret_names);
    cl_map_cleanup(&conn->labels);
    cl_map_cleanup(&conn->facts);
    *conn = (struct cl_connector){.name = NULL};
}

/* Everything of `from` that owns nothing. */
static struct cl_connector plain_part(const struct cl_connector *from)
{
    struct cl_connector plain = *from;

    plain.name = NULL;
    plain.description = NULL;
    plain.owner = NULL;
    plain.stand_in = NULL;
    plain.resource_types = CL_STRS_NONE;
    plain.resource_id = NULL;
    plain.canonical_id = NULL;
    plain.config = CL_CONFIG_NONE;
    plain.secret_names = CL_STRS_NONE;
    plain.labels = CL_MAP_NONE;
    plain.facts = CL_MAP_NONE;
    return plain;
}

enum cl_code cl_connector_copy(const struct cl_connector *from, struct cl_connector *ret,
                               struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector copy = plain_part(from);

    CL_TRY(cl_dup_text(from->name, &copy.name, err));
    CL_TRY(cl_dup_text(from->description, &copy.description, err));
    CL_TRY(cl_dup_text(from->owner, &copy.owner, err));
    CL_TRY(cl_stand_in_copy(from, &copy, err));
    CL_TRY(cl_strs_copy(&from->resource_types, &copy.resource_types, err));
    CL_TRY(cl_dup_text(from->resource_id, &copy.resource_id, err));
    CL_TRY(cl_dup_text(from->canonical_id, &copy.canonical_id, err));
    CL_TRY(cl_config_copy(&from->config, &copy.config, err));
    CL_TRY(cl_strs_copy(&from->secret_names, &copy.secret_names, err));
    CL_TRY(cl_map_copy(&from->labels, &copy.labels, err));
    CL_TRY(cl_map_copy(&from->facts, &copy.facts, err));
    CL_MOVE_TO(ret, copy);
    return CL_OK;
}

const struct cl_resource_type *cl_connector_single_type(const struct cl_connector *conn)
{
    if (conn->resource_types.count != 1 || conn->type == NULL)
        return NULL;
    return cl_type_resource(conn->type, cl_str_of(conn->resource_types.items[0]));
}

bool cl_connector_expired(const struct cl_connector *conn, int64_t now_at)
{
    int64_t skew = conn->skew_s == CL_SKEW_UNSET ? CL_SKEW_DEFAULT_S : conn->skew_s;

    return cl_expired(conn->expires_at, skew, now_at);
}

static enum cl_code name_secrets(const struct cl_config *config, struct cl_strs *ret,
                                 struct cl_err *err)
{
    for (size_t i = 0; i < config->count; i++) {
        if (config->entries[i].kind == CL_ATTR_SECRET)
            CL_TRY(cl_strs_add(ret, cl_str_of(config->entries[i].name), err));
    }
    return CL_OK;
}

enum cl_code cl_connector_note_secrets(struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;

    CL_TRY(name_secrets(&conn->config, &names, err));
    cl_strs_cleanup(&conn->secret_names);
    conn->secret_names = names;
    names = CL_STRS_NONE;
    return CL_OK;
}

void cl_connector_drop_secrets(struct cl_connector *conn)
{
    for (size_t i = conn->config.count; i > 0; i--) {
        const struct cl_config_entry *entry = &conn->config.entries[i - 1];
        if (entry->kind == CL_ATTR_SECRET)
            cl_config_remove(&conn->config, entry->name);
    }
    conn->secrets_loaded = false;
}

static enum cl_code bad_character(struct cl_str name, struct cl_err *err)
{
    for (size_t i = 0; i < name.len; i++) {
        struct cl_str byte = cl_str_make(name.ptr + i, 1);
        if (cl_str_only(byte, NAME_BYTES))
            continue;
        if ((unsigned char)name.ptr[i] < 0x21 || (unsigned char)name.ptr[i] > 0x7E) {
            return cl_err_set(err, CL_E_INVALID,
                              "a name must not contain the byte 0x%02x (position %zu)",
                              (unsigned)(unsigned char)name.ptr[i], i + 1);
        }
        return cl_err_set(err, CL_E_INVALID, "a name must not contain '%c'", name.ptr[i]);
    }
    return CL_OK;
}

enum cl_code cl_connector_check_name(struct cl_str name, struct cl_err *err)
{
    if (name.len == 0)
        return cl_err_set(err, CL_E_INVALID, "a name must not be empty");
    if (name.len > NAME_MAX_BYTES) {
        return cl_err_set(err, CL_E_INVALID, "a name of %zu bytes is longer than %d", name.len,
                          NAME_MAX_BYTES);
    }
    CL_TRY(bad_character(name, err));
    if (!cl_str_only(cl_str_first(name, 1), ALNUM)) {
        return cl_err_set(err, CL_E_INVALID, "a name must begin with a letter or digit, not '%c'",
                          name.ptr[0]);
    }
    if (name.ptr[name.len - 1] == ' ')
        return cl_err_set(err, CL_E_INVALID, "a name must not end with a blank");
    if (cl_is_uuid(name))
        return cl_err_set(err, CL_E_INVALID, "a name must not look like an id");
    return CL_OK;
}

#define FOLDING (UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD)

static enum cl_code not_foldable(struct cl_err *err)
{
    return cl_err_set(err, CL_E_INVALID, "a name must be UTF-8 text");
}

/* Decomposes into our own memory, because the library's one-step function uses malloc. */
enum cl_code cl_connector_fold_name(struct cl_str name, char **ret, struct cl_err *err)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)name.ptr;
    utf8proc_ssize_t len = (utf8proc_ssize_t)name.len;
    utf8proc_ssize_t need = utf8proc_decompose(bytes, len, NULL, 0, FOLDING);

    if (need < 0 || cl_str_find(name, '\0') < name.len)
        return not_foldable(err);
    /* One more than needed: the library re-encodes in place and adds a terminator. */
    utf8proc_int32_t *points = cl_array_alloc((size_t)need + 1, sizeof(*points));
    if (points == NULL)
        return cl_err_no_memory(err);
    need = utf8proc_decompose(bytes, len, points, need, FOLDING);
    utf8proc_ssize_t folded = need < 0 ? need : utf8proc_reencode(points, need, FOLDING);
    if (folded < 0) {
        cl_free(points);
        return not_foldable(err);
    }
    *ret = (char *)points;
    return CL_OK;
}
