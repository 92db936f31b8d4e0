#include "cli/commands/root.h"

static const struct cl_command *const commands[] = {
    &cl_command_connector_register,       &cl_command_connector_list,
    &cl_command_connector_describe,       &cl_command_connector_update,
    &cl_command_connector_delete,         &cl_command_connector_verify,
    &cl_command_connector_login,          &cl_command_connector_list_resources,
    &cl_command_connector_list_types,     &cl_command_connector_describe_type,
    &cl_command_connector_scan_host_keys,
};

static const struct cl_example examples[] = {
    {.what = "Take over what the AWS CLI uses on this machine",
     .line = "cleat service-connector register aws-auto --type aws --auto-configure"},
    {.what = "See which buckets can be reached",
     .line = "cleat service-connector list-resources --resource-type s3-bucket"},
};

const struct cl_command cl_command_service_connector = {
    .name = "service-connector",
    .aliases = "sc",
    .summary = "Register, verify and use connectors to clouds and their resources",
    .heading = "Service connectors",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = commands,
    .subcommand_count = CL_COUNT(commands),
};
