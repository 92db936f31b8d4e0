#include "cli/commands/component.h"
#include "cli/commands/root.h"

const struct cl_command *const cl_component_commands[CL_COMPONENT_COMMANDS] = {
    &cl_command_component_register,   &cl_command_component_list,
    &cl_command_component_describe,   &cl_command_component_connect,
    &cl_command_component_disconnect, &cl_command_component_delete,
    &cl_command_component_flavor,
};

static const struct cl_example examples[] = {
    {.line = "cleat %1 register %2 %3"},
    {.line = "cleat %1 connect %2 --connector %4"},
};

/* The words of the examples: command, component, how it is registered, connector, flavor, resource,
 * and how it is registered and connected at once. */

static const char *const artifact_store_words[] = {
    "artifact-store",
    "s3-zenfiles",
    "--flavor s3 --path=s3://zenfiles",
    "aws-auto",
    "s3",
    "zenfiles",
    "--type s3 --bucket zenfiles",
    NULL,
};

const struct cl_command cl_command_artifact_store = {
    .name = "artifact-store",
    .aliases = "as",
    .summary = "Where pipelines keep their artifacts, connected to storage",
    .heading = "Stack components",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = cl_component_commands,
    .subcommand_count = CL_COMPONENT_COMMANDS,
    .data = "artifact_store",
    .words = artifact_store_words,
};

static const char *const orchestrator_words[] = {
    "orchestrator",
    "cluster-runs",
    "--flavor kubernetes",
    "kube-prod",
    "kubernetes",
    "zenit-cluster",
    "--flavor kubernetes --kubernetes_namespace=runs",
    NULL,
};

const struct cl_command cl_command_orchestrator = {
    .name = "orchestrator",
    .summary = "What runs pipelines, connected to a cluster, a host or a cloud",
    .heading = "Stack components",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = cl_component_commands,
    .subcommand_count = CL_COMPONENT_COMMANDS,
    .data = "orchestrator",
    .words = orchestrator_words,
};

static const char *const container_registry_words[] = {
    "container-registry",
    "team-images",
    "--flavor default --uri=ghcr.io/acme",
    "ghcr",
    "default",
    "ghcr.io",
    "--flavor github --uri=ghcr.io/acme",
    NULL,
};

const struct cl_command cl_command_container_registry = {
    .name = "container-registry",
    .summary = "Where the images of pipelines are, connected to a registry",
    .heading = "Stack components",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = cl_component_commands,
    .subcommand_count = CL_COMPONENT_COMMANDS,
    .data = "container_registry",
    .words = container_registry_words,
};

static const char *const step_operator_words[] = {
    "step-operator",
    "big-steps",
    "--flavor kubernetes",
    "kube-prod",
    "kubernetes",
    "zenit-cluster",
    "--flavor kubernetes --kubernetes_namespace=gpu",
    NULL,
};

const struct cl_command cl_command_step_operator = {
    .name = "step-operator",
    .summary = "What runs single steps elsewhere, connected to a cluster or a cloud",
    .heading = "Stack components",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = cl_component_commands,
    .subcommand_count = CL_COMPONENT_COMMANDS,
    .data = "step_operator",
    .words = step_operator_words,
};

static const char *const model_deployer_words[] = {
    "model-deployer",
    "seldon-models",
    "--flavor seldon",
    "kube-prod",
    "seldon",
    "zenit-cluster",
    "--flavor seldon --kubernetes_namespace=models",
    NULL,
};

const struct cl_command cl_command_model_deployer = {
    .name = "model-deployer",
    .summary = "What serves models, connected to a cluster",
    .heading = "Stack components",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = cl_component_commands,
    .subcommand_count = CL_COMPONENT_COMMANDS,
    .data = "model_deployer",
    .words = model_deployer_words,
};

static const char *const deployer_words[] = {
    "deployer",
    "cluster-services",
    "--flavor kubernetes",
    "kube-prod",
    "kubernetes",
    "zenit-cluster",
    "--flavor kubernetes --kubernetes_namespace=services",
    NULL,
};

const struct cl_command cl_command_deployer = {
    .name = "deployer",
    .summary = "What runs pipelines as services, connected to a cluster or a cloud",
    .heading = "Stack components",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = cl_component_commands,
    .subcommand_count = CL_COMPONENT_COMMANDS,
    .data = "deployer",
    .words = deployer_words,
};

static const char *const image_builder_words[] = {
    "image-builder", "code-build", "--flavor aws --code_build_project=images", "aws-auto",
    "aws",           "us-east-1",  "--flavor aws --code_build_project=images", NULL,
};

const struct cl_command cl_command_image_builder = {
    .name = "image-builder",
    .summary = "What builds container images, connected to a cloud",
    .heading = "Stack components",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .subcommands = cl_component_commands,
    .subcommand_count = CL_COMPONENT_COMMANDS,
    .data = "image_builder",
    .words = image_builder_words,
};
