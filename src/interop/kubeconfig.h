#ifndef CLEAT_INTEROP_KUBECONFIG_H
#define CLEAT_INTEROP_KUBECONFIG_H

#include "base/strs.h"
#include "base/world.h"
#include "codec/yaml.h"

/*
 * The kubeconfig files of somebody, read as clients read them: several files as one, where the
 * first file that has an entry of a name wins with all of it. Changing them is kubeconfig_edit.h's.
 * Source: Kubernetes documentation, "Organizing Cluster Access Using kubeconfig Files".
 */
struct cl_kube_merged;

#define CL_KUBECONFIG_FILES_MAX 64

/** The files of $KUBECONFIG, each once, else ~/.kube/config; whether they are there or not. */
enum cl_code cl_kube_merged_paths(const struct cl_world *world, struct cl_strs *ret,
                                  struct cl_err *err) CL_MUST_USE;

/**
 * Reads `file`, which must be there, or (empty) those of cl_kube_merged_paths(), of which one must.
 *
 * @param ret  owned by the caller, cl_kube_merged_free()
 * @return CL_OK, CL_E_NOT_FOUND (no file at all: which were looked for), CL_E_LOCAL_CONFIG
 *         (unreadable, or does not parse: file, line, reason, never what stands there)
 */
enum cl_code cl_kube_merged_load(const struct cl_world *world, struct cl_str file,
                                 struct cl_kube_merged **ret, struct cl_err *err) CL_MUST_USE;

/** The same from texts, in the order of the files. `path` is what errors call a file. */
struct cl_kube_merged_text {
    const char *path;
    struct cl_str text;
};
enum cl_code cl_kube_merged_parse(const struct cl_kube_merged_text *texts, size_t count,
                                  struct cl_kube_merged **ret, struct cl_err *err) CL_MUST_USE;

void cl_kube_merged_free(struct cl_kube_merged *kubeconfig);
void cl_kube_merged_cleanup(struct cl_kube_merged **kubeconfig); /* for CL_AUTO(cl_kube_merged) */

/** Empty: none is chosen. */
struct cl_str cl_kube_merged_current(const struct cl_kube_merged *kubeconfig);

#define CL_KUBE_CONTEXTS_MAX 1000

/** Names of the contexts, each once, in the order of the files; CL_KUBE_CONTEXTS_MAX at most. */
enum cl_code cl_kube_merged_contexts(const struct cl_kube_merged *kubeconfig, struct cl_strs *ret,
                                     struct cl_err *err) CL_MUST_USE;

/* What a context is made of. Views and nodes die with the kubeconfig. */
struct cl_kube_context {
    struct cl_str name;
    struct cl_str kube_namespace; /* empty: none */
    struct cl_str cluster_name;
    struct cl_str user_name;
    const struct cl_yaml_node *cluster; /* {server: ..., ...} */
    const struct cl_yaml_node *user;    /* {token: ..., ...} */
    const char *cluster_path;           /* the file that the cluster stands in */
    const char *user_path;
};

/**
 * @param context  empty: the current one
 * @return CL_OK, CL_E_NOT_FOUND (with the names that there are), CL_E_LOCAL_CONFIG (cluster, user
 * or server are missing)
 */
enum cl_code cl_kube_merged_find(const struct cl_kube_merged *kubeconfig, struct cl_str context,
                                 struct cl_kube_context *ret, struct cl_err *err) CL_MUST_USE;

/** A path in an entry: relative ones are relative to the file that the entry stands in. */
enum cl_code cl_kube_merged_resolve(const char *kubeconfig_path, struct cl_str path, char **ret,
                                    struct cl_err *err) CL_MUST_USE;

/**
 * Appends the value of `KEY-data`, else the content of the file that `KEY` names; nothing when
 * neither is there.
 */
enum cl_code cl_kube_merged_read(const struct cl_world *world, const char *kubeconfig_path,
                                 const struct cl_yaml_node *entry, const char *key,
                                 struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

#endif
