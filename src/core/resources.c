#include "core/resources.h"

#include "base/alloc.h"
#include "core/connector.h"
#include "core/dup.h"
#include "core/type.h"

static void row_cleanup(struct cl_resource_row *row)
{
    cl_free(row->resource_type);
    cl_strs_cleanup(&row->ids);
}

void cl_resource_list_cleanup(struct cl_resource_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        row_cleanup(&list->rows[i]);
    cl_free(list->rows);
    cl_free(list->name);
    cl_free(list->connector_type);
    cl_strs_cleanup(&list->warnings);
    cl_map_cleanup(&list->facts);
    cl_free(list->check);
    cl_strs_cleanup(&list->check_notes);
    *list = (struct cl_resource_list){.name = NULL};
}

static enum cl_code add_rows(struct cl_resource_list *list, const struct cl_strs *types,
                             struct cl_err *err)
{
    list->rows = cl_array_alloc(types->count, sizeof(*list->rows));
    if (list->rows == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < types->count; i++) {
        CL_TRY(cl_dup_text(types->items[i], &list->rows[i].resource_type, err));
        list->count++;
    }
    return CL_OK;
}

enum cl_code cl_resource_list_init(struct cl_resource_list *list, const struct cl_connector *conn,
                                   const struct cl_strs *types, struct cl_err *err)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list fresh = {.name = NULL};

    (void)memcpy(fresh.id, conn->id, sizeof(fresh.id));
    CL_TRY(cl_dup_text(conn->name, &fresh.name, err));
    CL_TRY(cl_dup_text(conn->type == NULL ? NULL : conn->type->id, &fresh.connector_type, err));
    CL_TRY(add_rows(&fresh, types, err));
    *list = fresh;
    fresh = (struct cl_resource_list){.name = NULL};
    return CL_OK;
}

static void fail_row(struct cl_resource_row *row, const struct cl_err *error)
{
    cl_strs_cleanup(&row->ids);
    row->listed = false;
    row->truncated = false;
    row->error = *error;
}

void cl_resource_list_set_error(struct cl_resource_list *list, size_t row,
                                const struct cl_err *error)
{
    fail_row(&list->rows[row], error);
    if (list->count == 1)
        list->error = *error;
}

void cl_resource_list_drop(struct cl_resource_list *list, size_t row)
{
    row_cleanup(&list->rows[row]);
    list->count--;
    for (size_t i = row; i < list->count; i++)
        list->rows[i] = list->rows[i + 1];
    list->rows[list->count] = (struct cl_resource_row){.resource_type = NULL};
}

void cl_resource_list_set_global(struct cl_resource_list *list, const struct cl_err *error)
{
    list->error = *error;
    for (size_t i = 0; i < list->count; i++)
        fail_row(&list->rows[i], error);
}

enum cl_code cl_resource_list_code(const struct cl_resource_list *list)
{
    enum cl_code code = list->error.code;

    for (size_t i = 0; i < list->count; i++) {
        enum cl_code row = list->rows[i].error.code;
        if (row == CL_OK || row == code)
            continue;
        if (code != CL_OK)
            return CL_E_VERIFICATION_FAILED;
        code = row;
    }
    return code;
}
