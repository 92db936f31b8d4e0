#include "core/api.h"

#include "base/alloc.h"

void cl_type_list_cleanup(struct cl_type_list *list)
{
    cl_free(list->items);
    *list = (struct cl_type_list){.items = NULL};
}

void cl_register_result_cleanup(struct cl_register_result *result)
{
    cl_connector_cleanup(&result->connector);
    cl_resource_list_cleanup(&result->resources);
    cl_strs_cleanup(&result->warnings);
    *result = (struct cl_register_result){.existing = false};
}

void cl_list_result_cleanup(struct cl_list_result *result)
{
    for (size_t i = 0; i < result->count; i++) {
        cl_connector_cleanup(&result->items[i]);
        if (result->components != NULL)
            cl_strs_cleanup(&result->components[i]);
    }
    cl_free(result->items);
    cl_free(result->components);
    cl_selection_cleanup(&result->selection);
    *result = (struct cl_list_result){.items = NULL};
}

void cl_delete_result_cleanup(struct cl_delete_result *result)
{
    cl_free(result->name);
    cl_strs_cleanup(&result->disconnected);
    cl_strs_cleanup(&result->warnings);
    *result = (struct cl_delete_result){.name = NULL};
}

void cl_issue_client_result_cleanup(struct cl_issue_client_result *result)
{
    cl_connector_cleanup(&result->connector);
    cl_issued_cleanup(&result->issued);
    cl_strs_cleanup(&result->warnings);
    *result = (struct cl_issue_client_result){.cached = false};
}

void cl_component_connect_result_cleanup(struct cl_component_connect_result *result)
{
    cl_component_cleanup(&result->component);
    cl_connector_cleanup(&result->connector);
    cl_resource_list_cleanup(&result->resources);
    *result = (struct cl_component_connect_result){.verified = false};
}

void cl_component_list_result_cleanup(struct cl_component_list_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        cl_component_cleanup(&result->items[i]);
    cl_free(result->items);
    cl_selection_cleanup(&result->selection);
    *result = (struct cl_component_list_result){.items = NULL};
}
