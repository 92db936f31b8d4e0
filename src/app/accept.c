#include "app/internal.h"
#include "base/alloc.h"

/*
 * Registering may pin what hosts show of themselves at that moment, without a person who compares:
 * because the caller says so, never at use, and never for a host of which something is pinned.
 */

static enum cl_code pin(struct cl_connector *conn, const struct cl_discovered *found,
                        struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs all = CL_STRS_NONE;
    /* The attribute is the one list that the type found, whatever it calls it. */
    const struct cl_config_entry *list = &found->config.entries[0];
    const struct cl_strs *old = cl_config_list(&conn->config, list->name);

    if (old != NULL)
        CL_TRY(cl_strs_copy(old, &all, err));
    for (size_t i = 0; i < list->list.count; i++)
        CL_TRY(cl_strs_add(&all, cl_str_of(list->list.items[i]), err));
    return cl_config_set_list(&conn->config, list->name, &all, err);
}

static enum cl_code tell(const struct cl_discovered *found, struct cl_strs *warnings,
                         struct cl_err *err)
{
    for (size_t i = 0; i < found->warnings.count; i++)
        CL_TRY(cl_strs_add(warnings, cl_str_of(found->warnings.items[i]), err));
    for (size_t i = 0; i < found->looked_at.count; i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
        cl_buf_addf(&text, "pinned as it was shown, compared by nobody: %s",
                    found->looked_at.items[i]);
        CL_TRY(cl_buf_ok(&text, err));
        CL_TRY(cl_strs_add(warnings, cl_buf_view(&text), err));
    }
    return CL_OK;
}

enum cl_code app_accept_host_keys(const struct cl_call *call, struct cl_register_result *result,
                                  char **ret_accepted, struct cl_err *err)
{
    struct cl_connector *conn = &result->connector;
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    const struct cl_map no_sources = CL_MAP_NONE;
    struct cl_discover_request request = {
        .method = conn->method, .sources = &no_sources, .input = &input, .unknown_only = true};

    CL_TRY(app_need_scan(conn->type, err));
    CL_TRY(cl_config_to_input(&conn->config, &input, err));
    CL_TRY(conn->type->ops->scan(call, &request, &found, err));
    CL_TRY(tell(&found, &result->warnings, err));
    if (found.looked_at.count == 0)
        return CL_OK;
    CL_TRY(pin(conn, &found, err));
    return cl_strs_join(&found.looked_at, ", ", ret_accepted, err);
}
