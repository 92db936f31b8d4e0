#ifndef CLEAT_STORE_KEY_TABLE_H
#define CLEAT_STORE_KEY_TABLE_H

#include "base/buf.h"

/* For this folder only: where the wrapped data keys are kept, as the sealer sees it. */

#define CL_DATA_KEY_ID_CHARS 16 /* hex digits */
#define CL_DATA_KEY_WRAPPED_MAX 256

/* A key that seals values, sealed itself with the key of the key file. */
struct cl_data_key {
    char id[CL_DATA_KEY_ID_CHARS + 1];
    char wrapped_by[37]; /* id of the key file */
    struct cl_buf wrapped;
};

/* Oldest first; zero-initialised is empty; owns all. */
struct cl_data_keys {
    struct cl_data_key *items;
    size_t count;
    size_t capacity;
};

void cl_data_key_cleanup(struct cl_data_key *key);
void cl_data_keys_cleanup(struct cl_data_keys *keys);

/** Moves `key` to the end of the list. */
enum cl_code cl_data_keys_append(struct cl_data_keys *keys, struct cl_data_key *key,
                                 struct cl_err *err) CL_MUST_USE;

/* The functions are thread-safe. */
struct cl_key_table {
    void *ctx;
    enum cl_code (*load)(void *ctx, struct cl_data_keys *ret, struct cl_err *err);
    /** Is there a secret that was sealed with one of the keys? What was only issued does not count:
     *  it can be asked for again. */
    enum cl_code (*holds_secrets)(void *ctx, bool *ret, struct cl_err *err);
    /** Makes the key the only one, and drops what was issued. CL_E_CONFLICT while there is a
     * secret. */
    enum cl_code (*start)(void *ctx, const struct cl_data_key *key, struct cl_err *err);
};

struct cl_sqlite_store;

/** The table in the store's database; borrows the store. */
struct cl_key_table cl_sqlite_key_table(struct cl_sqlite_store *store);

#endif
