#include "app/internal.h"
#include "app/listing_cache.h"
#include "base/alloc.h"
#include "base/time.h"
#include "core/quote.h"

/*
 * Discovery over many connectors: workers verify, finished rows wait in a queue, the caller pulls
 * them through the cursor. One connector that hangs costs its own row, not the others.
 */

#define POLL_MS 50
#define KEPT_FOR_S 86400

struct task {
    struct cl_connector conn; /* with secrets only while it is asked */
    struct cl_resource_list list;
    struct app_listing kept; /* for the next discovery that is content with it */
    bool dropped;            /* cannot have the resource that was asked for */
};

struct discovery {
    struct cl_discovery cursor; /* first */
    struct cl_call call;        /* with this discovery's own cancellation */
    const struct cl_call *caller;
    struct app *app;
    int64_t oldest_at; /* kept lists that are younger will do; 0: none */
    char *resource_type;
    char *resource_id;
    bool exclude_errors;
    int64_t timeout_ms;
    struct task *tasks;
    size_t count;
    size_t capacity;
    pthread_t *threads;
    size_t thread_count;
    atomic_bool cancelled;
    pthread_mutex_t lock; /* guards the fields below */
    pthread_cond_t done_one;
    size_t next_task;
    size_t *finished; /* indexes in the order of completion */
    size_t finished_count;
    size_t pulled;
};

/* --- workers ------------------------------------------------------------------------------- */

static void say_no_answer(struct cl_err *error, int64_t timeout_ms)
{
    CL_AUTO(cl_buf) struct cl_buf human = CL_BUF(64);

    cl_buf_add_duration(&human, timeout_ms / 1000);
    if (human.failed == CL_OK)
        CL_IGNORE(cl_err_set(error, CL_E_TIMEOUT, "no answer after %s", human.ptr)); /* is a row */
}

/* The deadline that struck is the connector's: say so in words. */
static void explain_timeouts(struct cl_resource_list *list, int64_t timeout_ms)
{
    if (list->error.code == CL_E_TIMEOUT)
        say_no_answer(&list->error, timeout_ms);
    for (size_t i = 0; i < list->count; i++) {
        if (list->rows[i].error.code == CL_E_TIMEOUT)
            say_no_answer(&list->rows[i].error, timeout_ms);
    }
}

static void fail_whole(struct task *task, const struct cl_err *failure)
{
    struct cl_err ignored = CL_ERR_NONE;

    if (task->list.count == 0) { /* without memory for the rows the name and the error remain */
        CL_IGNORE(
            cl_resource_list_init(&task->list, &task->conn, &task->conn.resource_types, &ignored));
    }
    cl_resource_list_set_global(&task->list, failure);
}

/* An earlier discovery's list, where the caller is content with it. */
static bool find_kept(struct discovery *self, struct task *task)
{
    struct cl_err missing = CL_ERR_NONE;

    return self->oldest_at > 0 && self->resource_id == NULL &&
           app_listing_get(self->app, &task->conn, cl_str_of(self->resource_type), self->oldest_at,
                           &task->list, &missing) == CL_OK;
}

/* Made here, on the worker's time; written all at once when the last one is in. */
static void make_kept(struct discovery *self, struct task *task)
{
    struct cl_err ignored = CL_ERR_NONE;

    if (self->resource_id ==
        NULL) { /* without memory nothing is kept, which costs a live listing */
        CL_IGNORE(app_listing_make(&task->conn, cl_str_of(self->resource_type), &task->list,
                                   &task->kept, &ignored));
    }
}

/* The connector with its secrets; one that cannot be opened is that connector's error alone. */
static enum cl_code arm(struct discovery *self, const struct cl_call *call, struct task *task,
                        struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector armed = {.id = ""};
    struct cl_ref by_id = {.text = cl_str_of(task->conn.id)};

    CL_TRY(app_find_usable(self->app, call, &by_id, true, &armed, err));
    cl_connector_cleanup(&task->conn);
    CL_MOVE_TO(&task->conn, armed);
    return CL_OK;
}

static enum cl_code ask(struct discovery *self, struct task *task, struct cl_err *err)
{
    CL_AUTO(cl_map) struct cl_map facts = CL_MAP_NONE;
    struct cl_call call = cl_call_within(&self->call, self->timeout_ms);
    struct app_check check = {.conn = &task->conn,
                              .want_type = cl_str_of(self->resource_type),
                              .want_id = cl_str_of(self->resource_id),
                              .list = true,
                              .timeout_ms = self->timeout_ms};

    CL_TRY(arm(self, &call, task, err));
    enum cl_code code = app_check_connector(&call, &check, &task->list, &facts, err);
    if (code == CL_E_AMBIGUOUS)
        code = app_check_every_type(&call, &check, &task->list, err);
    cl_connector_drop_secrets(&task->conn);
    return code;
}

static void run_task(struct discovery *self, struct task *task)
{
    struct cl_err err = CL_ERR_NONE;

    if (find_kept(self, task))
        return;
    enum cl_code code = ask(self, task, &err);
    if (code != CL_OK) {
        fail_whole(task, &err);
    } else {
        code = cl_resource_list_code(&task->list);
    }
    /* Asked for one resource: a connector that cannot have it has no row. */
    task->dropped = self->resource_id != NULL && app_cannot_have(code);
    explain_timeouts(&task->list, self->timeout_ms);
    make_kept(self, task);
}

static bool take(struct discovery *self, size_t *ret)
{
    (void)pthread_mutex_lock(&self->lock);
    bool any = self->next_task < self->count && !atomic_load(&self->cancelled);
    if (any)
        *ret = self->next_task++;
    (void)pthread_mutex_unlock(&self->lock);
    return any;
}

static void *work(void *ctx)
{
    struct discovery *self = ctx;
    size_t index = 0;

    while (take(self, &index)) {
        run_task(self, &self->tasks[index]);
        (void)pthread_mutex_lock(&self->lock);
        self->finished[self->finished_count++] = index;
        (void)pthread_cond_signal(&self->done_one);
        (void)pthread_mutex_unlock(&self->lock);
    }
    return NULL;
}

/* --- cursor -------------------------------------------------------------------------------- */

static void wait_a_little(struct discovery *self)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += POLL_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    (void)pthread_cond_timedwait(&self->done_one, &self->lock, &until);
}

/* The next finished task, NULL when all have been pulled; wakes to look at the cancellation. */
static enum cl_code pull(struct discovery *self, struct task **ret, size_t *ret_index,
                         struct cl_err *err)
{
    enum cl_code code = CL_OK;

    *ret = NULL;
    (void)pthread_mutex_lock(&self->lock);
    while (code == CL_OK && self->pulled < self->count && self->pulled == self->finished_count) {
        wait_a_little(self);
        code = cl_call_check(self->caller, err);
    }
    if (code == CL_OK && self->pulled < self->finished_count) {
        *ret_index = self->finished[self->pulled++];
        *ret = &self->tasks[*ret_index];
    }
    (void)pthread_mutex_unlock(&self->lock);
    return code;
}

/* One commit for all lists. Failing costs the next caller a live listing, nothing else. */
static void keep_all(struct discovery *self)
{
    struct cl_cache_entry *entries = cl_array_alloc(self->count, sizeof(*entries));
    struct cl_err ignored = CL_ERR_NONE;
    struct cl_store *store = NULL;
    size_t used = 0;

    for (size_t i = 0; entries != NULL && i < self->count; i++) {
        const struct task *task = &self->tasks[i];
        if (task->kept.text == NULL)
            continue;
        entries[used++] =
            (struct cl_cache_entry){.key = cl_str_of(task->kept.key),
                                    .connector_id = task->conn.id,
                                    .generation = task->conn.generation,
                                    .expires_at = cl_world_now_s(self->call.world) + KEPT_FOR_S,
                                    .sealed = cl_str_of(task->kept.text)};
    }
    if (used > 0 && app_store(self->app, &store, &ignored) == CL_OK)
        CL_IGNORE(store->ops->cache_put_all(store, entries, used, &ignored)); /* see above */
    cl_free(entries);
}

static enum cl_code next(struct cl_discovery *cursor, struct cl_resource_list *ret,
                         int64_t *ret_order, struct cl_err *err)
{
    struct discovery *self = (struct discovery *)cursor;
    struct task *task = NULL;
    size_t index = 0;

    do {
        CL_TRY(pull(self, &task, &index, err));
    } while (task != NULL &&
             (task->dropped || (self->exclude_errors && task->list.error.code != CL_OK)));
    if (task == NULL) {
        keep_all(self);
        *ret_order = -1;
        return CL_OK;
    }
    *ret = task->list;
    task->list = (struct cl_resource_list){.id = ""};
    *ret_order = (int64_t)index;
    return CL_OK;
}

static size_t total(const struct cl_discovery *cursor)
{
    return ((const struct discovery *)cursor)->count;
}

static void discovery_free(struct cl_discovery *cursor)
{
    struct discovery *self = (struct discovery *)cursor;

    atomic_store(&self->cancelled, true);
    for (size_t i = 0; i < self->thread_count; i++)
        (void)pthread_join(self->threads[i], NULL);
    for (size_t i = 0; i < self->count; i++) {
        cl_connector_cleanup(&self->tasks[i].conn);
        cl_resource_list_cleanup(&self->tasks[i].list);
        app_listing_cleanup(&self->tasks[i].kept);
    }
    (void)pthread_cond_destroy(&self->done_one);
    (void)pthread_mutex_destroy(&self->lock);
    cl_free(self->tasks);
    cl_free(self->threads);
    cl_free(self->finished);
    cl_free(self->resource_type);
    cl_free(self->resource_id);
    cl_free(self);
}

static const struct cl_discovery_ops cursor_ops = {
    .next = next, .total = total, .free = discovery_free};

/* --- start --------------------------------------------------------------------------------- */

struct selecting {
    struct discovery *self;
    const struct cl_discovery_request *request;
};

static bool is_selected(const struct selecting *selecting, const struct cl_connector *conn)
{
    const struct cl_discovery_request *request = selecting->request;

    if (!app_may_see(&selecting->self->call, conn))
        return false;
    if (request->connector_type.len > 0 && !cl_str_eq_c(request->connector_type, conn->type->id))
        return false;
    return request->resource_type.len == 0 ||
           cl_strs_has(&conn->resource_types, request->resource_type);
}

static enum cl_code keep(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    const struct selecting *selecting = ctx;
    struct discovery *self = selecting->self;

    if (!is_selected(selecting, conn))
        return CL_OK;
    void *grown =
        cl_array_grow(self->tasks, &self->capacity, self->count + 1, sizeof(*self->tasks));
    if (grown == NULL)
        return cl_err_no_memory(err);
    self->tasks = grown;
    self->tasks[self->count++] = (struct task){.conn = *conn};
    *conn = (struct cl_connector){.id = ""};
    return CL_OK;
}

static enum cl_code select_connectors(struct app *app, struct selecting *selecting,
                                      struct cl_err *err)
{
    const struct cl_discovery_request *request = selecting->request;
    CL_AUTO(cl_connector) struct cl_connector one = {.id = ""};
    struct cl_ref ref = {.text = request->connector};
    struct cl_store *store = NULL;

    CL_TRY(app_store(app, &store, err));
    if (request->connector.len == 0)
        return store->ops->connector_each(store, keep, selecting, err);
    CL_TRY(app_find(app, &selecting->self->call, &ref, false, &one, err));
    return keep(selecting, &one, err);
}

/* Several types may have resources of one kind, clusters for instance: each is named once. */
static enum cl_code add_resource_types(const struct cl_connector_type *type, struct cl_strs *names,
                                       struct cl_err *err)
{
    for (size_t i = 0; i < type->resource_count; i++) {
        struct cl_str id = cl_str_of(type->resources[i].id);
        if (!cl_strs_has(names, id))
            CL_TRY(cl_strs_add(names, id, err));
    }
    return CL_OK;
}

/* A filter that nothing can ever match is a slip of the pen. */
static enum cl_code check_filters(const struct cl_discovery_request *request, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    const struct cl_connector_type *type = NULL;
    struct cl_str wanted = request->resource_type;

    if (request->connector_type.len > 0)
        CL_TRY(cl_registry_require(request->connector_type, &type, err));
    if (wanted.len == 0)
        return CL_OK;
    for (size_t i = 0; (type = cl_registry_at(i)) != NULL; i++) {
        if (cl_type_resource(type, wanted) != NULL)
            return CL_OK;
        CL_TRY(add_resource_types(type, &names, err));
    }
    return cl_unknown(err, CL_E_UNKNOWN_RESOURCE_TYPE, wanted, &names,
                      "there is no resource type '%s'", cl_quote(wanted).text);
}

static enum cl_code copy_wants(struct discovery *self, const struct cl_discovery_request *request,
                               struct cl_err *err)
{
    if (request->resource_type.len > 0)
        CL_TRY(cl_str_dup(request->resource_type, &self->resource_type, err));
    if (request->resource_id.len > 0)
        CL_TRY(cl_str_dup(request->resource_id, &self->resource_id, err));
    self->exclude_errors = request->exclude_errors;
    self->timeout_ms = request->connector_timeout_ms;
    if (request->max_age_s > 0)
        self->oldest_at = cl_world_now_s(self->call.world) - request->max_age_s;
    return CL_OK;
}

static enum cl_code start_workers(struct discovery *self, int parallel, struct cl_err *err)
{
    size_t wanted = self->count < (size_t)parallel ? self->count : (size_t)parallel;

    self->finished = cl_array_alloc(self->count, sizeof(*self->finished));
    self->threads = cl_array_alloc(wanted, sizeof(*self->threads));
    if (self->finished == NULL || self->threads == NULL)
        return cl_err_no_memory(err);
    while (self->thread_count < wanted &&
           pthread_create(&self->threads[self->thread_count], NULL, work, self) == 0)
        self->thread_count++;
    if (wanted > 0 && self->thread_count == 0)
        return cl_err_set(err, CL_E_FAILED, "cannot start a thread");
    return CL_OK;
}

static enum cl_code prepare(struct app *app, struct discovery *self,
                            const struct cl_discovery_request *request, struct cl_err *err)
{
    struct selecting selecting = {.self = self, .request = request};
    struct cl_store *store = NULL;

    CL_TRY(check_filters(request, err));
    CL_TRY(copy_wants(self, request, err));
    CL_TRY(select_connectors(app, &selecting, err));
    CL_TRY(app_store(app, &store, err));
    struct cl_audit_event event = app_event(&self->call, "connector.verify", NULL, CL_OK);
    event.agent = "list-resources";
    event.resource_type = self->resource_type;
    event.resource_id = self->resource_id;
    CL_TRY(store->ops->audit_add(store, &event, err));
    return start_workers(self, request->parallel, err);
}

enum cl_code app_discover(struct cl_api *api, const struct cl_call *call,
                          const struct cl_discovery_request *request, struct cl_discovery **ret,
                          struct cl_err *err)
{
    struct discovery *self = cl_alloc(sizeof(*self));
    pthread_condattr_t monotonic;

    if (self == NULL)
        return cl_err_no_memory(err);
    self->cursor.ops = &cursor_ops;
    self->app = app_of(api);
    self->caller = call;
    self->call = *call;
    self->call.cancelled = &self->cancelled;
    (void)pthread_mutex_init(&self->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&self->done_one, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    enum cl_code code = prepare(app_of(api), self, request, err);
    if (code != CL_OK) {
        discovery_free(&self->cursor);
    } else {
        *ret = &self->cursor;
    }
    return code;
}
