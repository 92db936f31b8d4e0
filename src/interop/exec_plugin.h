#ifndef CLEAT_INTEROP_EXEC_PLUGIN_H
#define CLEAT_INTEROP_EXEC_PLUGIN_H

#include "base/secret.h"
#include "base/world.h"
#include "codec/yaml.h"

/*
 * The other side of exec_credential.h: asking the credential plugin that a kubeconfig names.
 * Source: Kubernetes documentation, "client-go credential plugins".
 */

/* Zero-initialised is empty. What the plugin did not give is NULL, or 0. */
struct cl_exec_answer {
    struct cl_secret *token;
    struct cl_secret *certificate; /* PEM */
    struct cl_secret *key;         /* PEM */
    int64_t expires_at;
};
void cl_exec_answer_cleanup(struct cl_exec_answer *answer);

/**
 * Runs the plugin, without a terminal, and reads its answer.
 *
 * @param kubeconfig_path  the file that `exec` stands in: a command with a slash is relative to it
 * @param exec             {command: ..., args: [...], env: [...], apiVersion: ...}
 * @return CL_OK, CL_E_LOCAL_TOOL_MISSING (there is no such program), CL_E_LOCAL_CONFIG (it failed,
 *         answered with no credential, or `exec` is damaged), CL_E_UNSUPPORTED (it wants to know
 *         the cluster), CL_E_TIMEOUT
 */
enum cl_code cl_exec_plugin_ask(const struct cl_world *world, const char *kubeconfig_path,
                                const struct cl_yaml_node *exec, struct cl_exec_answer *ret,
                                struct cl_err *err) CL_MUST_USE;

/** Appends the command line for people; what looks like a secret is hidden. */
void cl_exec_plugin_add_command(const struct cl_yaml_node *exec, struct cl_buf *ret);

#endif
