#ifndef CLEAT_CLI_COMMANDS_ROOT_H
#define CLEAT_CLI_COMMANDS_ROOT_H

#include "cli/command.h"

/** The root of the command table. */
extern const struct cl_command cl_root_command;

/* Groups. */
extern const struct cl_command cl_command_service_connector;
extern const struct cl_command cl_command_artifact_store;
extern const struct cl_command cl_command_orchestrator;
extern const struct cl_command cl_command_container_registry;
extern const struct cl_command cl_command_step_operator;
extern const struct cl_command cl_command_model_deployer;
extern const struct cl_command cl_command_deployer;
extern const struct cl_command cl_command_image_builder;

/* service-connector ... */
extern const struct cl_command cl_command_connector_register;
extern const struct cl_command cl_command_connector_list;
extern const struct cl_command cl_command_connector_describe;
extern const struct cl_command cl_command_connector_update;
extern const struct cl_command cl_command_connector_delete;
extern const struct cl_command cl_command_connector_scan_host_keys;
extern const struct cl_command cl_command_connector_verify;
extern const struct cl_command cl_command_connector_login;
extern const struct cl_command cl_command_connector_list_resources;
extern const struct cl_command cl_command_connector_list_types;
extern const struct cl_command cl_command_connector_describe_type;

/* Commands of their own. */
extern const struct cl_command cl_command_exec;
extern const struct cl_command cl_command_export;
extern const struct cl_command cl_command_env;
extern const struct cl_command cl_command_credential_process;
extern const struct cl_command cl_command_kube_credential;
extern const struct cl_command cl_command_version;

#endif
