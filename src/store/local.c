#include "store/local.h"

#include "store/keyfile_sealer.h"
#include "store/sqlite_store.h"

enum cl_code cl_store_open_local(const struct cl_world *world, const char *folder,
                                 struct cl_store **ret_store, struct cl_sealer **ret_sealer,
                                 struct cl_err *err)
{
    struct cl_sqlite_store *self = NULL;

    CL_TRY(cl_sqlite_store_new(world, folder, &self, err));
    struct cl_key_table table = cl_sqlite_key_table(self);
    enum cl_code rc = cl_keyfile_sealer_new(world, folder, &table, &self->sealer, err);
    if (rc != CL_OK) {
        self->store.ops->free(&self->store);
        return rc;
    }
    *ret_store = &self->store;
    *ret_sealer = self->sealer;
    return CL_OK;
}
