#include "core/request_fields.h"

#define FIELD(type, member, field_kind)                                                \
    {                                                                                  \
        .name = #member, .kind = (field_kind), .offset = offsetof(struct type, member) \
    }
#define NAMED(type, member, field_kind, json_name)                                         \
    {                                                                                      \
        .name = (json_name), .kind = (field_kind), .offset = offsetof(struct type, member) \
    }
#define PATCH(member, field_kind, flag_member, json_name)           \
    {                                                               \
        .name = (json_name), .kind = (field_kind),                  \
        .offset = offsetof(struct cl_update_request, member),       \
        .flag = offsetof(struct cl_update_request, flag_member) + 1 \
    }

static const struct cl_request_field types_fields[] = {
    FIELD(cl_type_filter, type, CL_RF_STR),
    FIELD(cl_type_filter, resource_type, CL_RF_STR),
    FIELD(cl_type_filter, auth_method, CL_RF_STR),
};

static const struct cl_request_field auto_fields[] = {
    FIELD(cl_auto_request, type, CL_RF_STR),
    FIELD(cl_auto_request, auth_method, CL_RF_STR),
    FIELD(cl_auto_request, resource_type, CL_RF_STR),
    FIELD(cl_auto_request, sources, CL_RF_MAP),
    NAMED(cl_auto_request, input, CL_RF_INPUT, "configuration"),
};

static const struct cl_request_field register_fields[] = {
    FIELD(cl_register_request, name, CL_RF_STR),
    NAMED(cl_register_request, type, CL_RF_STR, "connector_type"),
    FIELD(cl_register_request, auth_method, CL_RF_STR),
    FIELD(cl_register_request, description, CL_RF_STR),
    FIELD(cl_register_request, resource_types, CL_RF_STRS),
    FIELD(cl_register_request, resource_id, CL_RF_STR),
    FIELD(cl_register_request, expires_at, CL_RF_I64),
    NAMED(cl_register_request, skew_s, CL_RF_SKEW, "expires_skew_tolerance"),
    FIELD(cl_register_request, expiration_seconds, CL_RF_I64),
    FIELD(cl_register_request, labels, CL_RF_MAP),
    FIELD(cl_register_request, shared, CL_RF_BOOL),
    FIELD(cl_register_request, verify, CL_RF_MODE),
    FIELD(cl_register_request, if_not_exists, CL_RF_BOOL),
    FIELD(cl_register_request, dry_run, CL_RF_BOOL),
    FIELD(cl_register_request, accept_new_host_keys, CL_RF_BOOL),
    NAMED(cl_register_request, input, CL_RF_INPUT, "configuration"),
    FIELD(cl_register_request, discovered, CL_RF_DISCOVERED),
};

static const struct cl_request_field update_fields[] = {
    FIELD(cl_update_request, ref, CL_RF_REF),
    PATCH(name, CL_RF_STR, set_name, "name"),
    PATCH(description, CL_RF_STR, set_description, "description"),
    PATCH(auth_method, CL_RF_STR, set_auth_method, "auth_method"),
    PATCH(resource_type, CL_RF_STR, set_resource_type, "resource_type"),
    PATCH(resource_id, CL_RF_STR, set_resource_id, "resource_id"),
    PATCH(expires_at, CL_RF_I64, set_expires_at, "expires_at"),
    PATCH(skew_s, CL_RF_SKEW, set_skew, "expires_skew_tolerance"),
    PATCH(expiration_seconds, CL_RF_I64, set_expiration, "expiration_seconds"),
    PATCH(shared, CL_RF_BOOL, set_shared, "shared"),
    FIELD(cl_update_request, labels, CL_RF_MAP),
    NAMED(cl_update_request, input, CL_RF_INPUT, "configuration"),
    FIELD(cl_update_request, discovered, CL_RF_DISCOVERED),
    FIELD(cl_update_request, verify, CL_RF_MODE),
    FIELD(cl_update_request, if_generation, CL_RF_I64),
};

static const struct cl_request_field get_fields[] = {
    FIELD(cl_get_request, ref, CL_RF_REF),
    FIELD(cl_get_request, reveal, CL_RF_BOOL),
};

static const struct cl_request_field list_fields[] = {
    FIELD(cl_list_request, query, CL_RF_QUERY),
    FIELD(cl_list_request, only_expired, CL_RF_BOOL),
    FIELD(cl_list_request, expires_within_s, CL_RF_I64),
    FIELD(cl_list_request, only_unused, CL_RF_BOOL),
};

static const struct cl_request_field delete_fields[] = {
    FIELD(cl_delete_request, ref, CL_RF_REF),
    FIELD(cl_delete_request, force, CL_RF_BOOL),
};

static const struct cl_request_field verify_fields[] = {
    FIELD(cl_verify_request, ref, CL_RF_REF),
    FIELD(cl_verify_request, resource_type, CL_RF_STR),
    FIELD(cl_verify_request, resource_id, CL_RF_STR),
    FIELD(cl_verify_request, list, CL_RF_BOOL),
    FIELD(cl_verify_request, check, CL_RF_STR),
};

static const struct cl_request_field discovery_fields[] = {
    FIELD(cl_discovery_request, connector, CL_RF_STR),
    FIELD(cl_discovery_request, connector_type, CL_RF_STR),
    FIELD(cl_discovery_request, resource_type, CL_RF_STR),
    FIELD(cl_discovery_request, resource_id, CL_RF_STR),
    FIELD(cl_discovery_request, exclude_errors, CL_RF_BOOL),
    FIELD(cl_discovery_request, parallel, CL_RF_INT),
    FIELD(cl_discovery_request, connector_timeout_ms, CL_RF_I64),
    FIELD(cl_discovery_request, max_age_s, CL_RF_I64),
};

static const struct cl_request_field issue_fields[] = {
    FIELD(cl_issue_client_request, ref, CL_RF_REF),
    FIELD(cl_issue_client_request, resource_type, CL_RF_STR),
    FIELD(cl_issue_client_request, resource_id, CL_RF_STR),
    FIELD(cl_issue_client_request, duration_s, CL_RF_I64),
    FIELD(cl_issue_client_request, min_ttl_s, CL_RF_I64),
    FIELD(cl_issue_client_request, renew_after_s, CL_RF_I64),
    FIELD(cl_issue_client_request, for_sdk, CL_RF_BOOL),
    FIELD(cl_issue_client_request, fresh, CL_RF_BOOL),
    FIELD(cl_issue_client_request, allow_long_lived, CL_RF_BOOL),
    FIELD(cl_issue_client_request, purpose, CL_RF_STR),
};

static const struct cl_request_field component_register_fields[] = {
    FIELD(cl_component_register_request, kind, CL_RF_STR),
    FIELD(cl_component_register_request, name, CL_RF_STR),
    FIELD(cl_component_register_request, flavor, CL_RF_STR),
    NAMED(cl_component_register_request, input, CL_RF_INPUT, "configuration"),
    FIELD(cl_component_register_request, labels, CL_RF_MAP),
};

static const struct cl_request_field component_ref_fields[] = {
    FIELD(cl_component_ref, kind, CL_RF_STR),
    FIELD(cl_component_ref, ref, CL_RF_REF),
};

static const struct cl_request_field component_list_fields[] = {
    FIELD(cl_component_list_request, kind, CL_RF_STR),
    FIELD(cl_component_list_request, query, CL_RF_QUERY),
};

static const struct cl_request_field component_connect_fields[] = {
    NAMED(cl_component_connect_request, component.kind, CL_RF_STR, "kind"),
    NAMED(cl_component_connect_request, component.ref, CL_RF_REF, "ref"),
    FIELD(cl_component_connect_request, connector, CL_RF_STR),
    FIELD(cl_component_connect_request, resource_id, CL_RF_STR),
    FIELD(cl_component_connect_request, verify, CL_RF_BOOL),
};

#define TABLE(fields_of)                                    \
    {                                                       \
        .fields = (fields_of), .count = CL_COUNT(fields_of) \
    }

static const struct cl_request_table tables[] = {
    [CL_REQUEST_TYPES] = TABLE(types_fields),
    [CL_REQUEST_AUTO_CONFIGURE] = TABLE(auto_fields),
    [CL_REQUEST_REGISTER] = TABLE(register_fields),
    [CL_REQUEST_UPDATE] = TABLE(update_fields),
    [CL_REQUEST_GET] = TABLE(get_fields),
    [CL_REQUEST_LIST] = TABLE(list_fields),
    [CL_REQUEST_DELETE] = TABLE(delete_fields),
    [CL_REQUEST_VERIFY] = TABLE(verify_fields),
    [CL_REQUEST_DISCOVERY] = TABLE(discovery_fields),
    [CL_REQUEST_ISSUE] = TABLE(issue_fields),
    [CL_REQUEST_COMPONENT_REGISTER] = TABLE(component_register_fields),
    [CL_REQUEST_COMPONENT_REF] = TABLE(component_ref_fields),
    [CL_REQUEST_COMPONENT_LIST] = TABLE(component_list_fields),
    [CL_REQUEST_COMPONENT_CONNECT] = TABLE(component_connect_fields),
};

const struct cl_request_table *cl_request_table(enum cl_request_kind kind)
{
    return &tables[kind];
}
