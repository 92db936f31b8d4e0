#include "app/issue_cache.h"

#include <inttypes.h>

#include "codec/json.h"
#include "core/api_codec.h"

#define KEPT_MAX_BYTES ((size_t)256 * 1024)
#define REFUSED_FIRST_S 5
#define REFUSED_LAST_S 60
#define LOCK_COUNT 4096

enum cl_code app_cache_key(const struct cl_connector *conn, const struct cl_resolved *scope,
                           int64_t ttl_s, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(8192);

    cl_buf_addf(&key, "%s|%" PRId64 "|%s|%s|%" PRId64 "|%s", conn->id, conn->generation,
                conn->method->id, scope->type->id, ttl_s, scope->id == NULL ? "" : scope->id);
    return cl_buf_take(&key, ret, err);
}

static enum cl_code open_kept(struct app *app, const char *key, struct cl_str sealed,
                              struct cl_issued *ret, struct cl_err *err)
{
    CL_AUTO(cl_secret) struct cl_secret *plain = NULL;
    CL_AUTO(cl_json) json_t *json = NULL;

    CL_TRY(app->sealer->ops->open(app->sealer, cl_str_of(key), sealed, &plain, err));
    CL_TRY(cl_json_parse(cl_secret_expose(plain), &json, err));
    return cl_issued_decode(json, ret, err);
}

enum cl_code app_cache_get(struct app *app, const char *key, struct cl_issued *ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf sealed = CL_BUF(KEPT_MAX_BYTES);
    struct cl_store *store = NULL;
    struct cl_err unreadable = CL_ERR_NONE;

    CL_TRY(app_store(app, &store, err));
    CL_TRY(store->ops->cache_get(store, cl_str_of(key), &sealed, err));
    if (open_kept(app, key, cl_buf_view(&sealed), ret, &unreadable) == CL_OK)
        return CL_OK;
    cl_issued_cleanup(ret);
    return cl_err_set(err, CL_E_NOT_FOUND, "the kept credential cannot be read: %s",
                      unreadable.text);
}

static enum cl_code seal(struct app *app, const char *key, const struct cl_issued *issued,
                         struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF_SECRET(KEPT_MAX_BYTES);
    CL_AUTO(cl_json) json_t *json = NULL;

    CL_TRY(cl_issued_encode(issued, &json, err));
    cl_buf_add_json(&plain, json, CL_JSON_COMPACT);
    CL_TRY(cl_buf_ok(&plain, err));
    return app->sealer->ops->seal(app->sealer, cl_str_of(key), cl_buf_view(&plain), ret, err);
}

enum cl_code app_cache_put(struct app *app, const struct cl_connector *conn, const char *key,
                           const struct cl_issued *issued, const struct cl_audit_event *event,
                           struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf sealed = CL_BUF(KEPT_MAX_BYTES);
    struct cl_store *store = NULL;

    CL_TRY(app_store(app, &store, err));
    CL_TRY(seal(app, key, issued, &sealed, err));
    struct cl_cache_entry entry = {.key = cl_str_of(key),
                                   .connector_id = conn->id,
                                   .generation = conn->generation,
                                   .expires_at = issued->expires_at,
                                   .sealed = cl_buf_view(&sealed)};
    return store->ops->cache_put(store, &entry, event, err);
}

/* FNV-1a. Two keys in one place only wait for each other. */
static unsigned lock_number(const char *key)
{
    uint32_t hash = 2166136261U;

    for (; *key != '\0'; key++)
        hash = (hash ^ (unsigned char)*key) * 16777619U;
    return hash % LOCK_COUNT;
}

enum cl_code app_cache_lock(struct app *app, const struct cl_call *call, const char *key, bool wait,
                            int *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(4096);
    const struct cl_world *world = call->world;
    int64_t now_ms = world->monotonic_ms(world->ctx);

    cl_buf_addf(&path, "%s/locks", app->folder);
    CL_TRY(cl_buf_ok(&path, err));
    CL_TRY(world->make_dir(world->ctx, path.ptr, 0700, err));
    cl_buf_addf(&path, "/issue-%03x", lock_number(key));
    CL_TRY(cl_buf_ok(&path, err));
    return world->lock_file(world->ctx, path.ptr, wait ? call->deadline_ms : now_ms, ret, err);
}

static enum cl_code refusal_key(const struct cl_connector *conn, struct cl_buf *ret,
                                struct cl_err *err)
{
    cl_buf_addf(ret, "refused|%s|%" PRId64, conn->id, conn->generation);
    return cl_buf_ok(ret, err);
}

/* The kept refusal {"error": …, "until": …, "wait": …}; *ret NULL when there is none. */
static enum cl_code kept_refusal(struct app *app, const struct cl_connector *conn, json_t **ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(256);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(KEPT_MAX_BYTES);
    struct cl_store *store = NULL;
    struct cl_err missing = CL_ERR_NONE;

    CL_TRY(app_store(app, &store, err));
    CL_TRY(refusal_key(conn, &key, err));
    if (store->ops->cache_get(store, cl_buf_view(&key), &text, &missing) != CL_OK)
        return CL_OK;
    /* Unreadable is as good as absent: the provider will say it again. */
    CL_IGNORE(cl_json_parse(cl_buf_view(&text), ret, &missing));
    return CL_OK;
}

static bool is_refusal(enum cl_code code)
{
    return code == CL_E_REJECTED || code == CL_E_DENIED;
}

static enum cl_code encode_refusal(const struct cl_err *failure, int64_t until_at, int64_t wait_s,
                                   struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *error = NULL;
    CL_AUTO(cl_json) json_t *kept = NULL;

    CL_TRY(cl_err_encode(failure, &error, err));
    kept = json_pack("{s:O,s:I,s:I}", "error", error, "until", (json_int_t)until_at, "wait",
                     (json_int_t)wait_s);
    if (kept == NULL)
        return cl_err_no_memory(err);
    cl_buf_add_json(ret, kept, CL_JSON_COMPACT);
    return cl_buf_ok(ret, err);
}

enum cl_code app_cache_put_refusal(struct app *app, const struct cl_call *call,
                                   const struct cl_connector *conn, const struct cl_err *failure,
                                   const struct cl_audit_event *event, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(256);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(KEPT_MAX_BYTES);
    CL_AUTO(cl_json) json_t *before = NULL;
    struct cl_store *store = NULL;

    CL_TRY(app_store(app, &store, err));
    if (!is_refusal(failure->code))
        return store->ops->audit_add(store, event, err);
    CL_TRY(kept_refusal(app, conn, &before, err));
    int64_t wait_s = before == NULL ? REFUSED_FIRST_S : 2 * cl_json_i64(before, "wait", 0);
    wait_s = wait_s < REFUSED_FIRST_S ? REFUSED_FIRST_S : wait_s;
    wait_s = wait_s > REFUSED_LAST_S ? REFUSED_LAST_S : wait_s;
    int64_t until_at = cl_world_now_s(call->world) + wait_s;
    CL_TRY(refusal_key(conn, &key, err));
    CL_TRY(encode_refusal(failure, until_at, wait_s, &text, err));
    struct cl_cache_entry entry = {.key = cl_buf_view(&key),
                                   .connector_id = conn->id,
                                   .generation = conn->generation,
                                   .expires_at = until_at + REFUSED_LAST_S,
                                   .sealed = cl_buf_view(&text)};
    return store->ops->cache_put(store, &entry, event, err);
}

enum cl_code app_cache_check_refusal(struct app *app, const struct cl_call *call,
                                     const struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *kept = NULL;
    struct cl_err refusal = CL_ERR_NONE;

    CL_TRY(kept_refusal(app, conn, &kept, err));
    if (kept == NULL || cl_json_i64(kept, "until", 0) <= cl_world_now_s(call->world))
        return CL_OK;
    CL_TRY(cl_err_decode(json_object_get(kept, "error"), &refusal, err));
    *err = refusal;
    return refusal.code;
}
