#include "store/sqlite_store.h"

#include "base/alloc.h"
#include "store/db.h"

void cl_sqlite_hold(struct cl_sqlite_store *self, struct cl_hold *ret)
{
    (void)pthread_mutex_lock(&self->lock); /* fails only for a mutex that is none */
    ret->lock = &self->lock;
}

void cl_hold_cleanup(struct cl_hold *hold)
{
    if (hold->lock != NULL)
        (void)pthread_mutex_unlock(hold->lock);
    hold->lock = NULL;
}

static void store_free(struct cl_store *store)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);

    if (self == NULL)
        return;
    if (self->sealer != NULL)
        self->sealer->ops->free(self->sealer);
    cl_db_close(&self->sql);
    (void)pthread_mutex_destroy(&self->lock);
    cl_free(self);
}

static const struct cl_store_ops ops = {
    .connector_insert = cl_sqlite_connector_insert,
    .connector_update = cl_sqlite_connector_update,
    .connector_delete = cl_sqlite_connector_delete,
    .connector_find = cl_sqlite_connector_find,
    .connector_named = cl_sqlite_connector_named,
    .connector_each = cl_sqlite_connector_each,
    .connector_page = cl_sqlite_connector_page,
    .connector_verified = cl_sqlite_connector_verified,
    .component_insert = cl_sqlite_component_insert,
    .component_find = cl_sqlite_component_find,
    .component_each = cl_sqlite_component_each,
    .component_link = cl_sqlite_component_link,
    .component_delete = cl_sqlite_component_delete,
    .cache_get = cl_sqlite_cache_get,
    .cache_put = cl_sqlite_cache_put,
    .cache_put_all = cl_sqlite_cache_put_all,
    .audit_add = cl_sqlite_audit_add,
    .audit_each = cl_sqlite_audit_each,
    .free = store_free,
};

enum cl_code cl_sqlite_store_new(const struct cl_world *world, const char *folder,
                                 struct cl_sqlite_store **ret, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_alloc(sizeof(*self));

    if (self == NULL)
        return cl_err_no_memory(err);
    self->store.ops = &ops;
    self->world = world;
    (void)pthread_mutex_init(&self->lock, NULL); /* never fails on Linux */
    enum cl_code rc = cl_db_open(world, folder, &self->sql, err);
    if (rc != CL_OK) {
        store_free(&self->store);
        return rc;
    }
    *ret = self;
    return CL_OK;
}
