#include "cli/commands/component.h"
#include "cli/commands/root.h"

const struct cl_command *const cl_component_commands[CL_COMPONENT_COMMANDS] = {
    &cl_command_component_register,   &cl_command_component_list,
    &cl_command_component_describe,   &cl_command_component_connect,
    &cl_command_component_disconnect, &cl_command_component_delete,
    &cl_command_component_flavor,
};

static const struct cl_example artifact_store_examples[] = {
    {.line = "cleat artifact-store register s3-zenfiles --flavor s3 --path=s3://zenfiles"},
    {.line = "cleat artifact-store connect s3-zenfiles --connector aws-auto"},
};

const struct cl_command cl_command_artifact_store = {
    .name = "artifact-store",
    .aliases = "as",
    .summary = "Where pipelines keep their artifacts, connected to storage",
    .heading = "Stack components",
    .examples = artifact_store_examples,
    .example_count = CL_COUNT(artifact_store_examples),
    .subcommands = cl_component_commands,
    .subcommand_count = CL_COMPONENT_COMMANDS,
    .data = "artifact_store",
};
