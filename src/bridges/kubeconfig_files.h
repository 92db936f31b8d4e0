#ifndef CLEAT_BRIDGES_KUBECONFIG_FILES_H
#define CLEAT_BRIDGES_KUBECONFIG_FILES_H

#include "base/call.h"
#include "interop/kubeconfig_edit.h"

/*
 * The kubeconfig files of this user, locked as kubectl locks them, read, and written back. What
 * other programs find is the old file or the new one; on failure it is the old one.
 */
struct cl_kube_session;

/**
 * Finds the files (`path` alone, else those of KUBECONFIG, else ~/.kube/config), locks and reads
 * them. A missing file is an empty one.
 *
 * @param path  NULL: as the environment says
 * @param make  make the folder of the file that new entries go to
 * @param ret   owned by the caller, cl_kube_session_free(), which gives the locks back
 * @return CL_OK, CL_E_LOCAL_CONFIG (no home, a file that cannot be read or is being changed)
 */
enum cl_code cl_kube_session_open(const struct cl_call *call, const char *path, bool make,
                                  struct cl_kube_session **ret, struct cl_err *err) CL_MUST_USE;

/** What was read, to be changed by cl_kubeconfig_login and cl_kubeconfig_logout. Borrowed. */
struct cl_kube_files *cl_kube_session_files(struct cl_kube_session *config);

/**
 * Writes what was changed. A file keeps its mode, or becomes its owner's alone when it gets a
 * secret; what replaces an entry that Cleat did not write leaves FILE.cleat-backup behind, or
 * FILE.cleat-backup.2 and so on: no copy is ever replaced.
 */
enum cl_code cl_kube_session_save(struct cl_kube_session *config, bool has_secret,
                                  struct cl_err *err) CL_MUST_USE;

void cl_kube_session_free(struct cl_kube_session *config);
void cl_kube_session_cleanup(struct cl_kube_session **config);

#endif
