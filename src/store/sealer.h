#ifndef CLEAT_STORE_SEALER_H
#define CLEAT_STORE_SEALER_H

#include "base/call.h"
#include "base/secret.h"

/*
 * Turns secrets into bytes that may be stored, and back. Not part of the store: the key may live
 * in a file, in another process or in a KMS. A sealed value carries its format version and the id
 * of its key.
 */
struct cl_sealer;

struct cl_sealer_ops {
    /** @param context  bound to the value (id of the row); needed again to open it */
    enum cl_code (*seal)(struct cl_sealer *self, struct cl_str context, struct cl_str plain,
                         struct cl_buf *ret, struct cl_err *err);
    enum cl_code (*open)(struct cl_sealer *self, struct cl_str context, struct cl_str sealed,
                         struct cl_secret **ret, struct cl_err *err);
    void (*free)(struct cl_sealer *self);
};

struct cl_sealer {
    const struct cl_sealer_ops *ops;
};

#endif
