#ifndef CLEAT_INTEROP_KUBECONFIG_EDIT_H
#define CLEAT_INTEROP_KUBECONFIG_EDIT_H

#include <jansson.h>

#include "base/buf.h"

/*
 * Puts a cluster, a user and a context into the kubeconfig files of somebody, and takes them out
 * again. Pure: from texts to texts; who reads, locks and writes files is bridges/.
 *
 * Every entry that Cleat writes carries a mark, an extension called "cleat" that survives other
 * tools, and only marked entries are ever changed or removed without being told to. Every other
 * byte of the files stays, and taking out what was put in gives the old texts back.
 *
 * Source: Kubernetes documentation, "Organizing Cluster Access Using kubeconfig Files"; client-go,
 * tools/clientcmd (which file a change belongs into).
 */

#define CL_KUBECONFIG_MAX_BYTES ((size_t)8 << 20U)

/* One file of the list that a client merges. Zero-initialised is a file that is not there. */
struct cl_kube_file {
    const char *path;   /* what errors call it; borrowed */
    bool existed;       /* before the first edit */
    struct cl_buf text; /* what it holds; owned, replaced by edits */
    bool changed;       /* by an edit */
    bool needs_copy;    /* an edit has replaced what Cleat did not write */
    bool remove;        /* Cleat has made the file, and nothing is left in it */
};
void cl_kube_file_cleanup(struct cl_kube_file *file);

struct cl_kube_files {
    struct cl_kube_file *items; /* in the order in which clients read them */
    size_t count;
    size_t target; /* index of the one that new entries go to */
};

/* Whose entries, as their marks tell it. */
struct cl_kube_owner {
    struct cl_str connector;   /* id; empty, for a logout: whoever had the name */
    struct cl_str name;        /* of the connector when the entry was written */
    struct cl_str resource_id; /* empty: the connector has one resource only */
};

struct cl_kube_login {
    struct cl_kube_owner owner;
    struct cl_str cluster_name; /* of the cluster, and of the context if it has no other name */
    struct cl_str user_name;
    struct cl_str context;        /* empty: the cluster's name */
    struct cl_str kube_namespace; /* empty: none */
    const json_t *cluster;        /* its members: server, ... */
    const json_t *user;           /* its members: exec, or a credential */
    struct cl_str mode;           /* "exec", "static": for the mark */
    struct cl_str written;        /* RFC 3339 */
    struct cl_str expires;        /* empty: does not */
    bool no_switch;               /* leave current-context alone */
    bool overwrite;               /* also what Cleat did not write */
};

/**
 * A cluster of that name which Cleat did not write is used as it is when it is the same one. One
 * that Cleat wrote for another owner, or that contexts of others name, is never led to another
 * server unasked. A context of that name which Cleat did not write, or wrote for another owner and
 * cluster, stays, too: the new one is then called NAME-cleat, unless its name was asked for.
 *
 * @param ret_context  owned by the caller: what the context is called
 * @return CL_OK, CL_E_CONFLICT (somebody else's entry; with a hint), CL_E_LOCAL_CONFIG (a file that
 *         does not parse, or is written in a way that cannot be changed; with its path). The files
 *         are to be thrown away then.
 */
enum cl_code cl_kubeconfig_login(struct cl_kube_files *files, const struct cl_kube_login *login,
                                 char **ret_context, struct cl_err *err) CL_MUST_USE;

/**
 * Takes the owner's contexts out, and users and clusters of Cleat's that no context names any
 * more. Where one of them was the current context, the one before it becomes current again.
 *
 * @param context      empty: all of the owner's contexts, whatever they are called; else that one,
 *                     for whichever resource of the connector it is
 * @param ret_context  owned by the caller: the (last) context that was taken out; untouched when
 *                     only a user or a cluster was left
 * @return CL_OK, CL_E_NOT_FOUND, CL_E_CONFLICT (the context was not written by Cleat for this
 *         connector), CL_E_LOCAL_CONFIG
 */
enum cl_code cl_kubeconfig_logout(struct cl_kube_files *files, const struct cl_kube_owner *owner,
                                  struct cl_str context, char **ret_context, struct cl_err *err)
    CL_MUST_USE;

#endif
