#include "app/internal.h"

/* Looking for a resource by its id alone, where more than one type has ids of that form. */

bool app_cannot_have(enum cl_code code)
{
    return code == CL_E_OUT_OF_SCOPE || code == CL_E_ID_INVALID ||
           code == CL_E_RESOURCE_NOT_FOUND || code == CL_E_UNKNOWN_RESOURCE_TYPE;
}

/* One type's answer goes into its row; a failure of the question itself becomes the row's error. */
static enum cl_code ask(const struct cl_call *call, const struct app_check *check,
                        struct cl_resource_list *list, size_t index)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list one = {.name = NULL};
    CL_AUTO(cl_map) struct cl_map facts = CL_MAP_NONE;
    struct cl_resource_row *row = &list->rows[index];
    struct app_check narrowed = *check;
    struct cl_err failure = CL_ERR_NONE;

    narrowed.want_type = cl_str_of(row->resource_type);
    if (app_check_connector(call, &narrowed, &one, &facts, &failure) != CL_OK) {
        row->error = failure;
        return failure.code;
    }
    struct cl_resource_row swap = *row;
    *row = one.rows[0];
    one.rows[0] = swap;
    return row->error.code;
}

static bool has_any(const struct cl_resource_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->rows[i].error.code == CL_OK)
            return true;
    }
    return false;
}

/* Asks in every type; types that cannot have it have no row afterwards. */
static enum cl_code ask_all(const struct cl_call *call, const struct app_check *check,
                            struct cl_resource_list *list, struct cl_err *err)
{
    CL_TRY(cl_resource_list_init(list, check->conn, &check->conn->resource_types, err));
    for (size_t i = list->count; i > 0; i--) {
        if (app_cannot_have(ask(call, check, list, i - 1)))
            cl_resource_list_drop(list, i - 1);
    }
    return CL_OK;
}

static void drop_errors(struct cl_resource_list *list)
{
    for (size_t i = list->count; i > 0; i--) {
        if (list->rows[i - 1].error.code != CL_OK)
            cl_resource_list_drop(list, i - 1);
    }
}

enum cl_code app_check_every_type(const struct cl_call *call, const struct app_check *check,
                                  struct cl_resource_list *ret, struct cl_err *err)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};

    CL_TRY(ask_all(call, check, &list, err));
    if (list.count == 0) {
        return cl_err_set(err, CL_E_RESOURCE_NOT_FOUND, "no resource '%.*s'",
                          CL_STR_ARG(check->want_id));
    }
    if (has_any(&list)) {
        drop_errors(&list);
    } else {
        cl_resource_list_set_global(&list, &list.rows[0].error);
    }
    CL_MOVE_TO(ret, list);
    return CL_OK;
}
