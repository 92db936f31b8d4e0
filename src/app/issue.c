#include "app/internal.h"
#include "app/issue_cache.h"

/*
 * Issuing: no verification, the fewest upstream calls, none when a good credential is kept.
 * Order: scope (pure) -> kept credential -> one flight per key -> provider -> kept and audited in
 * one transaction -> answer. What cannot be audited is not handed out.
 */

#define MIN_TTL_DEFAULT_S 60
#define MIN_TTL_SDK_S 1200
#define RENEWAL_PAUSE_US INT64_C(60000000) /* after a failed early renewal */

struct issuing {
    struct app *app;
    const struct cl_call *call;
    const struct cl_issue_client_request *request;
    struct cl_issue_client_result *result;
    struct cl_resolved scope;
    int64_t ttl_s;
    int64_t min_ttl_s;
    int64_t started_us;
    char *key;
    char *agent; /* who asked, for the audit */
};

/* The wanted life time, moved into the method's bounds with a warning. */
static enum cl_code choose_ttl(struct issuing *issuing, struct cl_err *err)
{
    const struct cl_connector *conn = &issuing->result->connector;
    const struct cl_auth_method *method = conn->method;
    int64_t wanted_s = issuing->request->duration_s;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(256);

    if (!cl_method_is_temporary(method))
        return CL_OK;
    if (wanted_s == 0)
        return cl_method_ttl(method, conn->expiration_seconds, &issuing->ttl_s, err);
    issuing->ttl_s = wanted_s;
    if (method->min_ttl_s > 0 && wanted_s < method->min_ttl_s)
        issuing->ttl_s = method->min_ttl_s;
    if (method->max_ttl_s > 0 && wanted_s > method->max_ttl_s)
        issuing->ttl_s = method->max_ttl_s;
    if (issuing->ttl_s == wanted_s)
        return CL_OK;
    cl_buf_addf(&text, "auth method '%s' gives %lld to %lld seconds: using %lld", method->id,
                (long long)method->min_ttl_s, (long long)method->max_ttl_s,
                (long long)issuing->ttl_s);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(&issuing->result->warnings, cl_buf_view(&text), err);
}

/* No kept credential can outlive a wish that exceeds what the method gives. */
static enum cl_code check_min_ttl(const struct issuing *issuing, struct cl_err *err)
{
    if (issuing->ttl_s == 0 || issuing->min_ttl_s <= issuing->ttl_s)
        return CL_OK;
    return cl_err_set(err, CL_E_TTL_UNAVAILABLE,
                      "credentials that stay valid for %lld s were asked for, but this connector "
                      "issues them for %lld s",
                      (long long)issuing->min_ttl_s, (long long)issuing->ttl_s);
}

static enum cl_code prepare(struct issuing *issuing, struct cl_err *err)
{
    const struct cl_issue_client_request *request = issuing->request;
    struct cl_connector *conn = &issuing->result->connector;
    struct cl_want want = {
        .type = request->resource_type, .id = request->resource_id, .need_type = true};

    if (request->purpose.len > 0)
        CL_TRY(cl_str_dup(request->purpose, &issuing->agent, err));
    CL_TRY(app_find_usable(issuing->app, issuing->call, &request->ref, false, conn, err));
    CL_TRY(cl_scope_resolve(conn, &want, &issuing->scope, err));
    if (issuing->scope.type->supports_instances && issuing->scope.id == NULL) {
        (void)cl_err_set(err, CL_E_ID_REQUIRED,
                         "'%s' can access several resources of type '%s'; pass --resource-id",
                         conn->name, issuing->scope.type->id);
        return cl_err_hint(err, "'cleat service-connector list-resources %s -r %s' shows them.",
                           conn->name, issuing->scope.type->id);
    }
    if (cl_connector_expired(conn, cl_world_now_s(issuing->call->world))) {
        return cl_err_set(err, CL_E_EXPIRED,
                          "the authentication credentials of connector '%s' have expired",
                          conn->name);
    }
    issuing->min_ttl_s = request->min_ttl_s > 0 ? request->min_ttl_s : MIN_TTL_DEFAULT_S;
    CL_TRY(choose_ttl(issuing, err));
    CL_TRY(check_min_ttl(issuing, err));
    return app_cache_key(issuing->call, conn, &issuing->scope, issuing->ttl_s, &issuing->key, err);
}

static struct cl_audit_event issue_event(const struct issuing *issuing, bool hit,
                                         const struct cl_err *failure)
{
    const struct cl_issued *issued = &issuing->result->issued;
    enum cl_code outcome = failure == NULL ? CL_OK : failure->code;
    struct cl_audit_event event =
        app_event(issuing->call, "credential.issue", &issuing->result->connector, outcome);

    event.agent = issuing->agent;
    event.resource_type = issuing->scope.type == NULL ? NULL : issuing->scope.type->id;
    event.resource_id = issuing->scope.id;
    event.wanted_ttl_s = issuing->request->duration_s;
    event.cache_hit = hit;
    if (failure != NULL) {
        event.provider_request_id = failure->upstream_request;
        return event;
    }
    event.granted_ttl_s = issued->expires_at == 0 ? 0 : issued->expires_at - issued->issued_at;
    event.provider_request_id = issued->provider_request_id;
    event.fingerprint = issued->fingerprint;
    return event;
}

static bool lives_long_enough(const struct issuing *issuing)
{
    const struct cl_issued *issued = &issuing->result->issued;

    return issued->expires_at == 0 ||
           issued->expires_at - cl_world_now_s(issuing->call->world) >= issuing->min_ttl_s;
}

/* An SDK asks again at every request near the end, so it is given a third of the life, 20 minutes
 * at most. */
static bool lasts_for_sdk(const struct issuing *issuing)
{
    const struct cl_issued *issued = &issuing->result->issued;
    int64_t third_s = (issued->expires_at - issued->issued_at) / 3;
    int64_t left_s = issued->expires_at - cl_world_now_s(issuing->call->world);

    if (!issuing->request->for_sdk || issuing->request->min_ttl_s > 0 || issued->expires_at == 0)
        return true;
    return left_s >= (third_s < MIN_TTL_SDK_S ? third_s : MIN_TTL_SDK_S);
}

/* The caller has a reason to doubt what was issued before. */
static bool is_doubted(const struct issuing *issuing)
{
    int64_t age_s = cl_world_now_s(issuing->call->world) - issuing->result->issued.issued_at;

    return issuing->request->renew_after_s > 0 && age_s > issuing->request->renew_after_s;
}

/* Neither too old nor due for renewal. */
static bool is_fresh(const struct issuing *issuing)
{
    const struct cl_issued *issued = &issuing->result->issued;

    return lives_long_enough(issuing) && lasts_for_sdk(issuing) && !is_doubted(issuing) &&
           (issued->refresh_after == 0 ||
            cl_world_now_s(issuing->call->world) < issued->refresh_after);
}

/* Draws the moment of renewal, so that many holders do not renew at once. */
static enum cl_code stamp_refresh(const struct issuing *issuing, struct cl_err *err)
{
    const struct cl_world *world = issuing->call->world;
    struct cl_issued *issued = &issuing->result->issued;
    uint16_t draw = 0;

    if (issued->expires_at == 0)
        return CL_OK;
    CL_TRY(world->random(world->ctx, &draw, sizeof(draw), err));
    issued->refresh_after =
        cl_refresh_after(issued->issued_at, issued->expires_at, 500 + draw % 501);
    return CL_OK;
}

static enum cl_code ask_provider(struct issuing *issuing, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector armed = {.id = ""};
    struct cl_connector *conn = &issuing->result->connector;
    struct cl_issue_request request = {
        .type = issuing->scope.type, .id = issuing->scope.id, .ttl_s = issuing->ttl_s};
    struct cl_ref by_id = {.text = cl_str_of(conn->id)};

    CL_TRY(app_find_usable(issuing->app, issuing->call, &by_id, true, &armed, err));
    if (armed.generation != conn->generation)
        return cl_err_set(err, CL_E_STALE, "connector '%s' has changed meanwhile", conn->name);
    CL_TRY(conn->type->ops->issue(issuing->call, &armed, &request, &issuing->result->issued, err));
    return stamp_refresh(issuing, err);
}

static enum cl_code refuse_long_lived(const struct issuing *issuing, struct cl_err *err)
{
    const struct cl_connector *conn = &issuing->result->connector;

    if (!issuing->result->issued.long_lived || issuing->request->allow_long_lived)
        return CL_OK;
    CL_IGNORE(cl_err_set(err, CL_E_UNSUPPORTED, /* returned below, with its hint */
                         "auth method '%s' of connector '%s' cannot issue temporary credentials",
                         conn->method->id, conn->name));
    return cl_err_hint(err, "pass --allow-long-lived to hand out the stored credentials");
}

static enum cl_code audit_only(const struct issuing *issuing, bool hit, struct cl_err *err)
{
    struct cl_audit_event event = issue_event(issuing, hit, NULL);
    struct cl_store *store = NULL;

    CL_TRY(app_store(issuing->app, &store, err));
    return store->ops->audit_add(store, &event, err);
}

/* Asks the provider, and keeps the answer or the refusal. */
static enum cl_code mint(struct issuing *issuing, struct cl_err *err)
{
    struct cl_err failure = CL_ERR_NONE;

    if (ask_provider(issuing, &failure) != CL_OK) {
        struct cl_audit_event event = issue_event(issuing, false, &failure);
        struct app_failure failed = {.conn = &issuing->result->connector,
                                     .key = issuing->key,
                                     .what = &failure,
                                     .event = &event};
        struct cl_err ignored = CL_ERR_NONE;
        /* The refusal is the answer; that it could not be kept changes nothing for the caller. */
        CL_IGNORE(app_cache_put_failure(issuing->app, issuing->call, &failed, &ignored));
        *err = failure;
        return failure.code;
    }
    CL_TRY(refuse_long_lived(issuing, err));
    if (issuing->result->issued.long_lived || issuing->result->issued.expires_at == 0)
        return audit_only(issuing, false, err);
    struct cl_audit_event event = issue_event(issuing, false, NULL);
    return app_cache_put(issuing->app, &issuing->result->connector, issuing->key,
                         &issuing->result->issued, &event, err);
}

/* A kept credential in result->issued, or CL_E_NOT_FOUND. */
static enum cl_code look_up(struct issuing *issuing, struct cl_err *err)
{
    cl_issued_cleanup(&issuing->result->issued);
    return app_cache_get(issuing->app, issuing->key, &issuing->result->issued, err);
}

static enum cl_code hand_out_kept(struct issuing *issuing, struct cl_err *err)
{
    issuing->result->cached = true;
    return audit_only(issuing, true, err);
}

/* What was refused just now, or failed for this very credential, is not tried again at once. */
static enum cl_code check_recent(const struct issuing *issuing, int64_t since_us,
                                 struct cl_err *err)
{
    CL_TRY(app_cache_check_refusal(issuing->app, issuing->call, &issuing->result->connector, err));
    return app_cache_check_failure(issuing->app, issuing->key, since_us, err);
}

static enum cl_code try_renewal(struct issuing *issuing, struct cl_err *err)
{
    const struct cl_world *world = issuing->call->world;

    CL_TRY(check_recent(issuing, world->now_us(world->ctx) - RENEWAL_PAUSE_US, err));
    cl_issued_cleanup(&issuing->result->issued);
    return mint(issuing, err);
}

/* A renewal before it is needed may fail: the old credential is still good. */
static enum cl_code renew_early(struct issuing *issuing, struct cl_err *err)
{
    struct cl_err failure = CL_ERR_NONE;

    if (try_renewal(issuing, &failure) == CL_OK)
        return CL_OK;
    if (look_up(issuing, err) != CL_OK || !lives_long_enough(issuing)) {
        *err = failure;
        return failure.code;
    }
    CL_TRY(cl_strs_add(&issuing->result->warnings,
                       CL_STR("the credential could not be renewed early; the one in hand is "
                              "still good"),
                       err));
    return hand_out_kept(issuing, err);
}

/* What befell somebody else while this call waited is this call's too; but deadlines differ. */
static enum cl_code share_failure(const struct issuing *issuing, struct cl_err *err)
{
    struct cl_err failure = CL_ERR_NONE;

    enum cl_code code = check_recent(issuing, issuing->started_us, &failure);
    if (code == CL_OK || code == CL_E_TIMEOUT)
        return CL_OK;
    *err = failure;
    return code;
}

/* Under the lock: somebody may have renewed, or failed, while this call waited. */
static enum cl_code fly(struct issuing *issuing, struct cl_err *err)
{
    struct cl_err ignored = CL_ERR_NONE;

    if (issuing->request->fresh)
        return mint(issuing, err);
    if (look_up(issuing, &ignored) == CL_OK) {
        if (is_fresh(issuing))
            return hand_out_kept(issuing, err);
        if (lives_long_enough(issuing))
            return renew_early(issuing, err);
        cl_issued_cleanup(&issuing->result->issued);
    }
    CL_TRY(share_failure(issuing, err));
    return mint(issuing, err);
}

static enum cl_code issue(struct issuing *issuing, struct cl_err *err)
{
    struct cl_err ignored = CL_ERR_NONE;
    bool usable = false;
    int lock = -1;

    if (!issuing->request->fresh && look_up(issuing, &ignored) == CL_OK) {
        if (is_fresh(issuing))
            return hand_out_kept(issuing, err);
        usable = lives_long_enough(issuing) && !is_doubted(issuing);
    }
    /* With a usable credential in hand nobody waits for the one who renews it. */
    enum cl_code code =
        app_cache_lock(issuing->app, issuing->call, issuing->key, !usable, &lock, err);
    if (code == CL_E_TIMEOUT && usable) {
        *err = CL_ERR_NONE; /* it is no failure of this call */
        return hand_out_kept(issuing, err);
    }
    CL_TRY(code);
    code = fly(issuing, err);
    issuing->call->world->unlock_file(issuing->call->world->ctx, lock);
    return code;
}

static enum cl_code too_short(const struct issuing *issuing, struct cl_err *err)
{
    int64_t left_s = issuing->result->issued.expires_at - cl_world_now_s(issuing->call->world);

    return cl_err_set(err, CL_E_TTL_UNAVAILABLE,
                      "the credential that was issued stays valid for %lld s, less than the %lld s "
                      "that are needed (--min-ttl)",
                      (long long)left_s, (long long)issuing->min_ttl_s);
}

/* Who asked for what they may not have is worth a row; a slip of the pen is not. */
static void audit_refusal(const struct issuing *issuing, const struct cl_err *refusal)
{
    struct cl_audit_event event = issue_event(issuing, false, refusal);
    struct cl_err ignored = CL_ERR_NONE;
    struct cl_store *store = NULL;

    if (refusal->code != CL_E_OUT_OF_SCOPE && refusal->code != CL_E_EXPIRED &&
        refusal->code != CL_E_IMPLICIT_DISABLED)
        return;
    if (app_store(issuing->app, &store, &ignored) == CL_OK)
        CL_IGNORE(store->ops->audit_add(store, &event, &ignored)); /* nothing was handed out */
}

enum cl_code app_issue(struct cl_api *api, const struct cl_call *call,
                       const struct cl_issue_client_request *request,
                       struct cl_issue_client_result *ret, struct cl_err *err)
{
    struct issuing issuing = {.app = app_of(api),
                              .call = call,
                              .request = request,
                              .result = ret,
                              .started_us = call->world->now_us(call->world->ctx)};

    enum cl_code code = prepare(&issuing, err);
    if (code == CL_OK) {
        code = issue(&issuing, err);
    } else {
        audit_refusal(&issuing, err);
    }
    if (code == CL_OK && !lives_long_enough(&issuing))
        code = too_short(&issuing, err);
    if (code != CL_OK) /* nothing half-made reaches the caller */
        cl_issued_cleanup(&ret->issued);
    cl_resolved_cleanup(&issuing.scope);
    cl_string_cleanup(&issuing.key);
    cl_string_cleanup(&issuing.agent);
    return code;
}
