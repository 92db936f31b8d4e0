#ifndef CLEAT_STORE_SQLITE_STORE_H
#define CLEAT_STORE_SQLITE_STORE_H

#include <pthread.h>

#include "base/world.h"
#include "store/sql.h"
#include "store/store.h"

/*
 * For this folder only: the store over SQLite, and what its files share.
 *
 * One connection, guarded by one mutex, which is held for a statement or a transaction and never
 * while anything else is waited for: values are sealed before it is taken and opened after it was
 * given back, and visitors run without it.
 */
struct cl_sqlite_store {
    struct cl_store store; /* first: a cl_store pointer is a pointer to this */
    const struct cl_world *world;
    struct cl_sql sql; /* guarded by `lock` */
    pthread_mutex_t lock;
    struct cl_sealer *sealer; /* owned; thread-safe by itself */
};

static inline struct cl_sqlite_store *cl_sqlite_store_of(struct cl_store *store)
{
    return (struct cl_sqlite_store *)store;
}

/* The connection, until the scope ends: CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL}; */
struct cl_hold {
    pthread_mutex_t *lock; /* NULL: not held */
};

void cl_sqlite_hold(struct cl_sqlite_store *self, struct cl_hold *ret);
void cl_hold_cleanup(struct cl_hold *hold);

/**
 * A store over the database of `folder`, which is made if need be.
 *
 * @param ret  owned by the caller; without sealer, which the caller sets
 */
enum cl_code cl_sqlite_store_new(const struct cl_world *world, const char *folder,
                                 struct cl_sqlite_store **ret, struct cl_err *err) CL_MUST_USE;

/** The operation of each row of cl_store_ops; store.h says what they promise. */
enum cl_code cl_sqlite_connector_insert(struct cl_store *store, const struct cl_connector *conn,
                                        const struct cl_audit_event *event, struct cl_err *err);
enum cl_code cl_sqlite_connector_update(struct cl_store *store, const struct cl_connector *conn,
                                        bool unused_only, const struct cl_audit_event *event,
                                        struct cl_err *err);
enum cl_code cl_sqlite_connector_delete(struct cl_store *store, const char *id, bool force,
                                        const struct cl_audit_event *event,
                                        struct cl_strs *ret_components, struct cl_err *err);
enum cl_code cl_sqlite_connector_find(struct cl_store *store, struct cl_str ref, bool name_prefix,
                                      bool with_secrets, struct cl_connector *ret,
                                      struct cl_err *err);
enum cl_code cl_sqlite_connector_named(struct cl_store *store, struct cl_str name,
                                       struct cl_connector *ret, struct cl_err *err);
enum cl_code cl_sqlite_connector_each(struct cl_store *store, cl_connector_fn visit, void *ctx,
                                      struct cl_err *err);
enum cl_code cl_sqlite_connector_page(struct cl_store *store, const struct cl_connector_page *page,
                                      cl_connector_fn visit, void *ctx, int64_t *ret_total,
                                      struct cl_err *err) CL_MUST_USE;
enum cl_code cl_sqlite_connector_verified(struct cl_store *store, const struct cl_connector *conn,
                                          const struct cl_audit_event *event, struct cl_err *err);
enum cl_code cl_sqlite_component_insert(struct cl_store *store,
                                        const struct cl_component *component, struct cl_err *err);
enum cl_code cl_sqlite_component_find(struct cl_store *store, struct cl_str kind, struct cl_str ref,
                                      bool name_prefix, struct cl_component *ret,
                                      struct cl_err *err);
enum cl_code cl_sqlite_component_each(struct cl_store *store, struct cl_str kind,
                                      cl_component_fn visit, void *ctx, struct cl_err *err);
enum cl_code cl_sqlite_component_link(struct cl_store *store, const char *id,
                                      const struct cl_component_link *link,
                                      const struct cl_audit_event *event, struct cl_err *err);
enum cl_code cl_sqlite_component_delete(struct cl_store *store, const char *id, struct cl_err *err);
enum cl_code cl_sqlite_cache_get(struct cl_store *store, struct cl_str key, struct cl_buf *ret,
                                 struct cl_err *err);
enum cl_code cl_sqlite_cache_put(struct cl_store *store, const struct cl_cache_entry *entry,
                                 const struct cl_audit_event *event, struct cl_err *err);
enum cl_code cl_sqlite_cache_put_all(struct cl_store *store, const struct cl_cache_entry *entries,
                                     size_t count, struct cl_err *err);
enum cl_code cl_sqlite_audit_add(struct cl_store *store, const struct cl_audit_event *event,
                                 struct cl_err *err);
enum cl_code cl_sqlite_audit_each(struct cl_store *store, cl_audit_fn visit, void *ctx,
                                  struct cl_err *err);

/** Place and generation of the connector, inside the caller's transaction. CL_E_NOT_FOUND. */
enum cl_code cl_sqlite_generation(struct cl_sql *sql, const char *id, int64_t *ret_seq,
                                  int64_t *ret_generation, struct cl_err *err) CL_MUST_USE;

/** Adds a row to the chain, inside the caller's transaction. NULL: no row. */
enum cl_code cl_audit_append(struct cl_sql *sql, const struct cl_audit_event *event,
                             struct cl_err *err) CL_MUST_USE;

#endif
