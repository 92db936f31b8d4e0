#ifndef CLEAT_STORE_KEYFILE_H
#define CLEAT_STORE_KEYFILE_H

#include "base/secret.h"
#include "base/world.h"

/* The key file: the key that wraps the store's data keys, and its id. */

#define CL_KEYFILE_NAME "key"
#define CL_KEYFILE_MODE 0600

/* Zero-initialised is empty. */
struct cl_keyfile {
    char id[37];
    struct cl_secret *key; /* CL_AEAD_KEY_BYTES */
};

void cl_keyfile_cleanup(struct cl_keyfile *file);

/** A fresh random key. */
enum cl_code cl_keyfile_new(const struct cl_world *world, struct cl_keyfile *ret,
                            struct cl_err *err) CL_MUST_USE;

/** The file's content: three lines (format, id, key in hex) and a checksum. Pure. */
enum cl_code cl_keyfile_format(const struct cl_keyfile *file, struct cl_buf *ret,
                               struct cl_err *err) CL_MUST_USE;

/** CL_E_FAILED: cut short, changed, or of a newer format. Pure. */
enum cl_code cl_keyfile_parse(struct cl_str content, struct cl_keyfile *ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Reads the file.
 *
 * @return CL_E_NOT_FOUND; CL_E_FAILED when others may read it, or it cannot be read or understood
 */
enum cl_code cl_keyfile_read(const struct cl_world *world, const char *path, struct cl_keyfile *ret,
                             struct cl_err *err) CL_MUST_USE;

/** Writes the file, which must not exist: CL_E_CONFLICT. */
enum cl_code cl_keyfile_create(const struct cl_world *world, const char *path,
                               const struct cl_keyfile *file, struct cl_err *err) CL_MUST_USE;

#endif
