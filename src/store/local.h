#ifndef CLEAT_STORE_LOCAL_H
#define CLEAT_STORE_LOCAL_H

#include "store/store.h"

/**
 * Gives SQLite the wiping heap. cl_store_open_local calls it; whoever uses SQLite before must call
 * it first, because the heap cannot be changed later. Thread-safe.
 */
enum cl_code cl_store_setup(struct cl_err *err) CL_MUST_USE;

/**
 * Opens (and on first use creates) the local store in `folder`: `cleat.db` and the key file `key`.
 *
 * The key file is only made when the database holds nothing sealed; a lost key is CL_E_FAILED with
 * a hint, never a new key over sealed data. The sealer is unlocked at the first secret, so that
 * commands that touch no secret initialise no cryptography.
 *
 * @param ret_store   owned by the caller, ops->free
 * @param ret_sealer  borrowed from the store, dies with it; used by app's credential cache
 */
enum cl_code cl_store_open_local(const struct cl_world *world, const char *folder,
                                 struct cl_store **ret_store, struct cl_sealer **ret_sealer,
                                 struct cl_err *err) CL_MUST_USE;

#endif
