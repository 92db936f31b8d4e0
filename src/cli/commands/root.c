#include "cli/commands/root.h"

static const struct cl_command *const commands[] = {
    &cl_command_service_connector,
    &cl_command_artifact_store,
    &cl_command_orchestrator,
    &cl_command_container_registry,
    &cl_command_step_operator,
    &cl_command_model_deployer,
    &cl_command_deployer,
    &cl_command_image_builder,
    &cl_command_exec,
    &cl_command_env,
    &cl_command_export,
    &cl_command_credential_process,
    &cl_command_kube_credential,
    &cl_command_version,
};

static const struct cl_example examples[] = {
    {.what = "Register a connector from the local AWS configuration",
     .line = "cleat service-connector register aws-auto --type aws --auto-configure"},
    {.what = "Run a program with short-lived credentials for one bucket",
     .line = "cleat exec aws-auto -r s3-bucket -ri s3://zenfiles -- aws s3 ls s3://zenfiles"},
};

const struct cl_command cl_root_command = {
    .name = "cleat",
    .summary = "Hold credentials once, hand out only short-lived ones",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = commands,
    .subcommand_count = CL_COUNT(commands),
};
