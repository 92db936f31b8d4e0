#include "base/alloc.h"
#include "core/codec_util.h"

static void add_row(struct cl_json_build *build, const struct cl_resource_row *row)
{
    cl_json_open_object(build, NULL);
    cl_json_add_c(build, "resource_type", row->resource_type);
    if (row->listed) {
        cl_json_add_strs(build, "resource_ids", &row->ids);
    } else {
        cl_json_add_null(build, "resource_ids");
    }
    cl_member_add_error(build, &row->error);
    cl_member_add_error_details(build, &row->error);
    cl_json_add_bool(build, "truncated", row->truncated);
    cl_member_add_time(build, "listed_at", row->listed_at);
    cl_json_add_bool(build, "cached", row->cached);
    cl_json_close(build);
}

/* Only where something was asked. */
static void add_check(struct cl_json_build *build, const struct cl_resource_list *list)
{
    if (list->check == NULL)
        return;
    cl_json_open_object(build, "check");
    cl_json_add_c(build, "what", list->check);
    cl_json_add_bool(build, "allowed", list->check_denied.code == CL_OK);
    cl_json_add_strs(build, "notes", &list->check_notes);
    cl_member_add_error(build, &list->check_denied);
    cl_member_add_error_details(build, &list->check_denied);
    cl_json_close(build);
}

/* The error stands before the rows, what else is known of it behind them. */
static void add_list(struct cl_json_build *build, const struct cl_resource_list *list)
{
    cl_member_add_some(build, "id", cl_str_of(list->id));
    cl_json_add_c(build, "name", list->name);
    cl_json_add_c(build, "connector_type", list->connector_type);
    cl_member_add_error(build, &list->error);
    cl_json_open_array(build, "resources");
    for (size_t i = 0; i < list->count; i++)
        add_row(build, &list->rows[i]);
    cl_json_close(build);
    cl_member_add_error_details(build, &list->error);
    cl_json_add_strs(build, "warnings", &list->warnings);
    if (list->facts.count > 0) /* only a verification learns any */
        cl_member_add_map(build, "facts", &list->facts);
    add_check(build, list);
}

enum cl_code cl_resource_list_encode(const struct cl_resource_list *list, json_t **ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    add_list(&build, list);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_row(const json_t *json, struct cl_resource_row *row, struct cl_err *err)
{
    CL_TRY(cl_read_object(json, "a resource row", err));
    CL_TRY(cl_read_text(json, "resource_type", &row->resource_type, err));
    CL_TRY(cl_read_strs(json, "resource_ids", &row->ids, err));
    row->listed = cl_json_get(json, "resource_ids") != NULL;
    CL_TRY(cl_read_error(json, &row->error, err));
    CL_TRY(cl_read_bool(json, "truncated", &row->truncated, err));
    CL_TRY(cl_read_bool(json, "cached", &row->cached, err));
    return cl_read_time(json, "listed_at", &row->listed_at, err);
}

static enum cl_code read_rows(const json_t *json, struct cl_resource_list *list, struct cl_err *err)
{
    const json_t *rows = NULL;

    CL_TRY(cl_read_array(json, "resources", &rows, err));
    list->rows = cl_array_alloc(json_array_size(rows), sizeof(*list->rows));
    if (list->rows == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        list->count++; /* counted first, so that what a bad row holds is freed */
        CL_TRY(read_row(json_array_get(rows, i), &list->rows[i], err));
    }
    return CL_OK;
}

static enum cl_code read_check(const json_t *json, struct cl_resource_list *list,
                               struct cl_err *err)
{
    const json_t *check = cl_json_get(json, "check");

    if (check == NULL)
        return CL_OK;
    CL_TRY(cl_read_object(check, "a check", err));
    CL_TRY(cl_read_text(check, "what", &list->check, err));
    CL_TRY(cl_read_strs(check, "notes", &list->check_notes, err));
    return cl_read_error(check, &list->check_denied, err);
}

enum cl_code cl_resource_list_decode(const json_t *json, struct cl_resource_list *ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

    CL_TRY(cl_read_object(json, "the list of resources", err));
    CL_TRY(cl_read_into(json, "id", list.id, sizeof(list.id), err));
    CL_TRY(cl_read_text(json, "name", &list.name, err));
    CL_TRY(cl_read_text(json, "connector_type", &list.connector_type, err));
    CL_TRY(cl_read_error(json, &list.error, err));
    CL_TRY(read_rows(json, &list, err));
    CL_TRY(cl_read_strs(json, "warnings", &list.warnings, err));
    CL_TRY(cl_read_map(json, "facts", &list.facts, err));
    CL_TRY(read_check(json, &list, err));
    cl_resource_list_cleanup(ret);
    CL_MOVE_TO(ret, list);
    return CL_OK;
}
