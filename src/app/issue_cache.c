#include "app/issue_cache.h"

#include <inttypes.h>

#include "codec/json.h"
#include "core/api_codec.h"
#include "crypto/digest.h"

#define KEPT_MAX_BYTES ((size_t)256 * 1024)
#define REFUSED_FIRST_S 5
#define REFUSED_LAST_S 60
#define FAILED_LAST_S 60
#define LOCK_COUNT 4096
#define LOCK_SLICE_MS 200

static enum cl_code add_surroundings(const struct cl_call *call, const struct cl_connector *conn,
                                     struct cl_buf *key, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf found = CL_BUF_SECRET(KEPT_MAX_BYTES);
    char hex[CL_SHA256_HEX_SIZE];

    if (!conn->method->implicit || conn->type->ops->surroundings == NULL)
        return CL_OK;
    CL_TRY(conn->type->ops->surroundings(call, conn, &found, err));
    CL_TRY(cl_sha256_hex(cl_buf_view(&found), hex, err));
    cl_buf_addf(key, "%s|", hex);
    return CL_OK;
}

enum cl_code app_cache_key(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_resolved *scope, int64_t ttl_s, char **ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(8192);

    cl_buf_addf(&key, "%s|%" PRId64 "|%s|", conn->id, conn->generation, conn->method->id);
    CL_TRY(add_surroundings(call, conn, &key, err));
    cl_buf_addf(&key, "%s|%" PRId64 "|%s", scope->type->id, ttl_s,
                scope->id == NULL ? "" : scope->id);
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

static enum cl_code lock_path(struct app *app, const struct cl_world *world, const char *key,
                              struct cl_buf *ret, struct cl_err *err)
{
    cl_buf_addf(ret, "%s/locks", app->folder);
    CL_TRY(cl_buf_ok(ret, err));
    CL_TRY(world->make_dir(world->ctx, ret->ptr, 0700, err));
    cl_buf_addf(ret, "/issue-%03x", lock_number(key));
    return cl_buf_ok(ret, err);
}

/* The locks are a part of the store: where they cannot be made nothing can be kept or audited. */
static enum cl_code as_store_error(struct cl_err *err)
{
    if (err->code != CL_E_LOCAL_CONFIG && err->code != CL_E_NOT_FOUND)
        return err->code;
    err->code = CL_E_SECRET_STORE;
    return cl_err_hint(err, "Check the owner and the permissions of the folder.");
}

enum cl_code app_cache_lock(struct app *app, const struct cl_call *call, const char *key, bool wait,
                            int *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(4096);
    const struct cl_world *world = call->world;
    struct cl_err taken = CL_ERR_NONE;
    enum cl_code code = CL_E_TIMEOUT;

    if (lock_path(app, world, key, &path, err) != CL_OK)
        return as_store_error(err);
    /* In slices, so that whoever waits can be interrupted. */
    while (code == CL_E_TIMEOUT) {
        int64_t until_ms = world->monotonic_ms(world->ctx) + (wait ? LOCK_SLICE_MS : 0);
        code = world->lock_file(world->ctx, path.ptr, until_ms, ret, &taken);
        if (code == CL_E_TIMEOUT && wait) {
            CL_TRY(cl_call_check(call, err));
        } else if (code != CL_OK) {
            *err = taken;
        }
        if (!wait)
            break;
    }
    return code == CL_OK || code == CL_E_TIMEOUT ? code : as_store_error(err);
}

/* --- failures ------------------------------------------------------------------------------ */

/* Whose credentials were refused: with an implicit method, those that the surroundings have. */
static enum cl_code refusal_key(const struct cl_call *call, const struct cl_connector *conn,
                                struct cl_buf *ret, struct cl_err *err)
{
    cl_buf_addf(ret, "refused|%s|%" PRId64 "|", conn->id, conn->generation);
    CL_TRY(add_surroundings(call, conn, ret, err));
    return cl_buf_ok(ret, err);
}

static enum cl_code failure_key(const char *key, struct cl_buf *ret, struct cl_err *err)
{
    cl_buf_addf(ret, "failed|%s", key);
    return cl_buf_ok(ret, err);
}

/* The kept {"error": …, "at_us": …, "until": …, "wait": …}; *ret NULL when there is none. */
static enum cl_code kept_note(struct app *app, struct cl_str key, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(KEPT_MAX_BYTES);
    struct cl_store *store = NULL;
    struct cl_err missing = CL_ERR_NONE;

    CL_TRY(app_store(app, &store, err));
    if (store->ops->cache_get(store, key, &text, &missing) != CL_OK)
        return CL_OK;
    /* Unreadable is as good as absent: the provider will say it again. */
    CL_IGNORE(cl_json_parse(cl_buf_view(&text), ret, &missing));
    return CL_OK;
}

/* What is remembered of a failure, and where. */
struct note {
    struct cl_str key;
    int64_t wait_s;
    int64_t until_at;
    int64_t expires_at;
};

static enum cl_code encode_note(const struct cl_call *call, const struct cl_err *failure,
                                const struct note *note, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *error = NULL;
    CL_AUTO(cl_json) json_t *kept = NULL;
    json_int_t at_us = call->world->now_us(call->world->ctx);

    CL_TRY(cl_err_encode(failure, &error, err));
    kept = json_pack("{s:O,s:I,s:I,s:I}", "error", error, "at_us", at_us, "until",
                     (json_int_t)note->until_at, "wait", (json_int_t)note->wait_s);
    if (kept == NULL)
        return cl_err_no_memory(err);
    cl_buf_add_json(ret, kept, CL_JSON_COMPACT);
    return cl_buf_ok(ret, err);
}

static enum cl_code next_wait(struct app *app, struct cl_str key, int64_t *ret_s,
                              struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *before = NULL;

    CL_TRY(kept_note(app, key, &before, err));
    int64_t wait_s = before == NULL ? REFUSED_FIRST_S : 2 * cl_json_i64(before, "wait", 0);
    wait_s = wait_s < REFUSED_FIRST_S ? REFUSED_FIRST_S : wait_s;
    *ret_s = wait_s > REFUSED_LAST_S ? REFUSED_LAST_S : wait_s;
    return CL_OK;
}

static bool is_refusal(enum cl_code code)
{
    return code == CL_E_REJECTED || code == CL_E_DENIED;
}

/* Failures of the provider, not of this machine, that a later try may not meet. */
static bool is_passing(enum cl_code code)
{
    return cl_code_retryable(code) && code != CL_E_STALE && code != CL_E_SECRET_STORE;
}

/* Keeps the note and writes the audit row in one transaction. */
static enum cl_code put_note(struct app *app, const struct cl_call *call,
                             const struct app_failure *failure, const struct note *note,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(KEPT_MAX_BYTES);
    struct cl_store *store = NULL;

    CL_TRY(app_store(app, &store, err));
    CL_TRY(encode_note(call, failure->what, note, &text, err));
    struct cl_cache_entry entry = {.key = note->key,
                                   .connector_id = failure->conn->id,
                                   .generation = failure->conn->generation,
                                   .expires_at = note->expires_at,
                                   .sealed = cl_buf_view(&text)};
    return store->ops->cache_put(store, &entry, failure->event, err);
}

static enum cl_code put_refusal(struct app *app, const struct cl_call *call,
                                const struct app_failure *failure, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(256);
    struct note note = {.wait_s = 0};

    CL_TRY(refusal_key(call, failure->conn, &key, err));
    note.key = cl_buf_view(&key);
    CL_TRY(next_wait(app, note.key, &note.wait_s, err));
    note.until_at = cl_world_now_s(call->world) + note.wait_s;
    note.expires_at = note.until_at + REFUSED_LAST_S;
    return put_note(app, call, failure, &note, err);
}

static enum cl_code put_passing(struct app *app, const struct cl_call *call,
                                const struct app_failure *failure, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(8300);
    struct note note = {.expires_at = cl_world_now_s(call->world) + FAILED_LAST_S};

    CL_TRY(failure_key(failure->key, &key, err));
    note.key = cl_buf_view(&key);
    return put_note(app, call, failure, &note, err);
}

enum cl_code app_cache_put_failure(struct app *app, const struct cl_call *call,
                                   const struct app_failure *failure, struct cl_err *err)
{
    struct cl_store *store = NULL;

    if (is_refusal(failure->what->code))
        return put_refusal(app, call, failure, err);
    if (is_passing(failure->what->code))
        return put_passing(app, call, failure, err);
    CL_TRY(app_store(app, &store, err));
    return store->ops->audit_add(store, failure->event, err);
}

/* The kept failure as this call's error; one that cannot be read is as good as none. */
static enum cl_code repeat(const json_t *kept, struct cl_err *err)
{
    struct cl_err failure = CL_ERR_NONE;
    struct cl_err unreadable = CL_ERR_NONE;

    if (cl_err_decode(json_object_get(kept, "error"), &failure, &unreadable) != CL_OK)
        return CL_OK;
    *err = failure;
    return failure.code;
}

enum cl_code app_cache_check_refusal(struct app *app, const struct cl_call *call,
                                     const struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(256);
    CL_AUTO(cl_json) json_t *kept = NULL;

    CL_TRY(refusal_key(call, conn, &key, err));
    CL_TRY(kept_note(app, cl_buf_view(&key), &kept, err));
    if (kept == NULL || cl_json_i64(kept, "until", 0) <= cl_world_now_s(call->world))
        return CL_OK;
    return repeat(kept, err);
}

enum cl_code app_cache_check_failure(struct app *app, const char *key, int64_t since_us,
                                     struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(8300);
    CL_AUTO(cl_json) json_t *kept = NULL;

    CL_TRY(failure_key(key, &text, err));
    CL_TRY(kept_note(app, cl_buf_view(&text), &kept, err));
    if (kept == NULL || cl_json_i64(kept, "at_us", 0) <= since_us)
        return CL_OK;
    return repeat(kept, err);
}
