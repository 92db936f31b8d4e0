#include "core/codec_values.h"

#include "codec/base64.h"
#include "core/dup.h"

/* The most that an argument may have is a file of 4 MiB. */
#define BYTES_MAX ((size_t)8 << 20U)

static bool is_text(struct cl_str value)
{
    return cl_str_find(value, '\0') == value.len && cl_is_utf8(value);
}

/* What is no text is carried as it is: only the schema can say whether that is a fault. */
static enum cl_code add_value(struct cl_json_build *build, struct cl_str value, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf base64 = CL_BUF_SECRET(BYTES_MAX);

    if (is_text(value)) {
        cl_json_add_str(build, "text", value);
        return CL_OK;
    }
    cl_buf_add_base64(&base64, value, CL_BASE64_STANDARD);
    CL_TRY(cl_buf_ok(&base64, err));
    cl_json_add_str(build, "base64", cl_buf_view(&base64));
    return CL_OK;
}

/* A text, or null; an object when there is more to say. */
static enum cl_code add_argument(struct cl_json_build *build, const struct cl_input_entry *entry,
                                 struct cl_err *err)
{
    struct cl_str value = cl_secret_expose(entry->value);

    if (entry->value == NULL) {
        cl_json_add_null(build, entry->name);
    } else if (entry->origin == NULL && is_text(value)) {
        cl_json_add_str(build, entry->name, value);
    } else {
        cl_json_open_object(build, entry->name);
        CL_TRY(add_value(build, value, err));
        cl_json_add_c(build, "origin", entry->origin);
        cl_json_close(build);
    }
    return CL_OK;
}

enum cl_code cl_input_encode(const struct cl_input *input, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    for (size_t i = 0; i < input->count; i++)
        CL_TRY(add_argument(&build, &input->entries[i], err));
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_bytes(const json_t *value, struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF_SECRET(BYTES_MAX);
    struct cl_str base64 = CL_STR_NONE;
    struct cl_str text = CL_STR_NONE;

    CL_TRY(cl_read_str(value, "base64", &base64, err));
    CL_TRY(cl_read_str(value, "text", &text, err));
    if (base64.len == 0)
        return cl_secret_new(text, ret, err);
    enum cl_code code = cl_base64_decode(base64, CL_BASE64_STANDARD, &bytes, err);
    if (code == CL_E_INVALID)
        return cl_bad_member("base64", "base64", err);
    CL_TRY(code);
    return cl_secret_new(cl_buf_view(&bytes), ret, err);
}

static enum cl_code read_argument(struct cl_input *input, const char *name, const json_t *value,
                                  struct cl_err *err)
{
    CL_AUTO(cl_string) char *origin = NULL;
    CL_AUTO(cl_secret) struct cl_secret *secret = NULL;

    if (json_is_object(value)) {
        CL_TRY(cl_read_text(value, "origin", &origin, err));
        CL_TRY(read_bytes(value, &secret, err));
    } else if (json_is_string(value)) {
        CL_TRY(cl_secret_new(cl_json_text(value), &secret, err));
    } else if (!json_is_null(value)) {
        return cl_bad_member(name, "text", err);
    }
    CL_TRY(cl_input_add_take(input, cl_str_of(name), CL_MOVE(secret), err));
    return origin == NULL ? CL_OK : cl_input_set_origin(input, origin, err);
}

enum cl_code cl_input_decode(const json_t *json, struct cl_input *ret, struct cl_err *err)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;

    CL_TRY(cl_read_object(json, "the configuration", err));
    for (void *at = cl_first_member(json); at != NULL; at = cl_next_member(json, at))
        CL_TRY(read_argument(&input, json_object_iter_key(at), json_object_iter_value(at), err));
    cl_input_cleanup(ret);
    CL_MOVE_TO(ret, input);
    return CL_OK;
}

enum cl_code cl_discovered_encode(const struct cl_discovered *discovered, json_t **ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "auth_method", discovered->auth_method);
    cl_member_add_config(&build, &discovered->config);
    cl_member_add_secrets(&build, &discovered->config, NULL, true);
    cl_member_add_time(&build, "expires_at", discovered->expires_at);
    cl_member_add_count(&build, "expiration_seconds", discovered->expiration_seconds);
    cl_json_add_c(&build, "source", discovered->source);
    cl_json_add_c(&build, "profile", discovered->profile);
    cl_json_add_strs(&build, "looked_at", &discovered->looked_at);
    cl_json_add_strs(&build, "warnings", &discovered->warnings);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_discovered_decode(const json_t *json, struct cl_discovered *ret, struct cl_err *err)
{
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};

    CL_TRY(cl_read_object(json, "what was discovered", err));
    CL_TRY(cl_read_text(json, "auth_method", &found.auth_method, err));
    CL_TRY(cl_config_decode(json, &found.config, err));
    CL_TRY(cl_read_time(json, "expires_at", &found.expires_at, err));
    CL_TRY(cl_read_i64(json, "expiration_seconds", 0, &found.expiration_seconds, err));
    CL_TRY(cl_read_text(json, "source", &found.source, err));
    CL_TRY(cl_read_text(json, "profile", &found.profile, err));
    CL_TRY(cl_read_strs(json, "looked_at", &found.looked_at, err));
    CL_TRY(cl_read_strs(json, "warnings", &found.warnings, err));
    cl_discovered_cleanup(ret);
    CL_MOVE_TO(ret, found);
    return CL_OK;
}

static void add_filters(struct cl_json_build *build, const struct cl_query *query)
{
    cl_json_open_array(build, "filters");
    for (size_t i = 0; i < query->filter_count; i++) {
        cl_json_open_object(build, NULL);
        cl_json_add_c(build, "field", query->filters[i].field);
        cl_json_add_c(build, "value", query->filters[i].value);
        cl_json_close(build);
    }
    cl_json_close(build);
}

enum cl_code cl_query_encode(const struct cl_query *query, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    add_filters(&build, query);
    cl_member_add_map(&build, "labels", &query->labels);
    cl_json_add_bool(&build, "any", query->any);
    cl_json_add_c(&build, "sort_by", query->sort_by);
    cl_json_add_bool(&build, "descending", query->descending);
    cl_json_add_i64(&build, "page", query->page);
    cl_json_add_i64(&build, "size", query->size);
    cl_json_add_bool(&build, "all", query->all);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_filters(const json_t *json, struct cl_query *query, struct cl_err *err)
{
    const json_t *filters = NULL;

    CL_TRY(cl_read_array(json, "filters", &filters, err));
    for (size_t i = 0; i < json_array_size(filters); i++) {
        const json_t *filter = json_array_get(filters, i);
        struct cl_str field = CL_STR_NONE;
        struct cl_str value = CL_STR_NONE;

        CL_TRY(cl_read_object(filter, "a filter", err));
        CL_TRY(cl_read_str(filter, "field", &field, err));
        CL_TRY(cl_read_str(filter, "value", &value, err));
        CL_TRY(cl_query_add_filter(query, field, value, err));
    }
    return CL_OK;
}

enum cl_code cl_query_decode(const json_t *json, struct cl_query *ret, struct cl_err *err)
{
    CL_AUTO(cl_query) struct cl_query query = cl_query_default();

    CL_TRY(cl_read_object(json, "the query", err));
    CL_TRY(read_filters(json, &query, err));
    CL_TRY(cl_read_map(json, "labels", &query.labels, err));
    CL_TRY(cl_read_bool(json, "any", &query.any, err));
    CL_TRY(cl_read_text(json, "sort_by", &query.sort_by, err));
    CL_TRY(cl_read_bool(json, "descending", &query.descending, err));
    CL_TRY(cl_read_i64(json, "page", query.page, &query.page, err));
    CL_TRY(cl_read_i64(json, "size", query.size, &query.size, err));
    CL_TRY(cl_read_bool(json, "all", &query.all, err));
    cl_query_cleanup(ret);
    CL_MOVE_TO(ret, query);
    return CL_OK;
}
