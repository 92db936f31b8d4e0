#ifndef CLEAT_STORE_KEYFILE_SEALER_H
#define CLEAT_STORE_KEYFILE_SEALER_H

#include "base/world.h"
#include "store/key_table.h"
#include "store/sealer.h"

/**
 * A sealer whose data keys are wrapped by a key file. Thread-safe.
 *
 * Nothing is read before the first value is sealed or opened. Key file and first data key are made
 * then, unless there are secrets already: then the key file was lost, which is an error.
 *
 * A sealed value is: format version (1 byte), id of its data key (16 hex digits), nonce,
 * ciphertext, tag (crypto/aead.h); version, id and context are authenticated with it.
 *
 * @param folder  of the key file, `key`, and of the lock that is held while it is made; copied
 * @param table   copied; what its ctx points to must outlive the sealer
 * @param ret     owned by the caller, ops->free
 */
enum cl_code cl_keyfile_sealer_new(const struct cl_world *world, const char *folder,
                                   const struct cl_key_table *table, struct cl_sealer **ret,
                                   struct cl_err *err) CL_MUST_USE;

#endif
