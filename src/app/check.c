#include "app/internal.h"
#include "base/alloc.h"

/* Verification and listing of one connector (framework §10.2). */

#define ROWS_AT_ONCE 4
#define TIMEOUT_DEFAULT_MS 30000

struct checking {
    const struct cl_call *call;
    const struct cl_connector *conn; /* with the facts of the global check */
    struct cl_resolved scope;        /* type NULL: every type of the connector */
    bool authenticated;
    int64_t timeout_ms; /* of each question to the provider */
    struct cl_resource_list *list;
    struct cl_verified *verified; /* one per row */
};

struct filling {
    struct cl_resource_row *row;
    struct cl_strs *warnings;
};

static enum cl_code add_id(void *ctx, struct cl_str canonical_id, struct cl_err *err)
{
    struct filling *filling = ctx;

    return cl_strs_add(&filling->row->ids, canonical_id, err);
}

static enum cl_code add_warning(void *ctx, struct cl_str sentence, struct cl_err *err)
{
    struct filling *filling = ctx;

    return cl_strs_add(filling->warnings, sentence, err);
}

static enum cl_code list_instances(const struct checking *checking,
                                   const struct cl_resource_type *type, struct cl_strs *warnings,
                                   struct cl_resource_row *row, struct cl_err *err)
{
    struct filling filling = {.row = row, .warnings = warnings};
    struct cl_id_sink sink = {.ctx = &filling, .add = add_id, .warn = add_warning};
    struct cl_call call = cl_call_within(checking->call, checking->timeout_ms);

    if (checking->conn->type->ops->list == NULL)
        return cl_err_set(err, CL_E_UNSUPPORTED, "%s instances cannot be listed", type->title);
    CL_TRY(checking->conn->type->ops->list(&call, checking->conn, type, &sink, err));
    row->truncated = sink.truncated;
    cl_strs_sort(&row->ids);
    return CL_OK;
}

/* The id of a type that has one instance, known at the latest after its verification. */
static enum cl_code default_id(const struct cl_connector *conn, const struct cl_verified *verified,
                               const struct cl_resource_type *type, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector informed = {.id = ""};

    if (conn->type->ops->default_id == NULL)
        return CL_OK;
    CL_TRY(cl_connector_copy(conn, &informed, err));
    CL_TRY(cl_map_patch(&informed.facts, &verified->facts, err));
    return conn->type->ops->default_id(&informed, type, ret, err);
}

static enum cl_code verify_single(const struct checking *checking,
                                  const struct cl_resource_type *type, const char *id,
                                  struct cl_verified *verified, struct cl_resource_row *row,
                                  struct cl_err *err)
{
    CL_AUTO(cl_string) char *own = NULL;
    struct cl_call call = cl_call_within(checking->call, checking->timeout_ms);
    struct cl_scope scope = {.type = type, .id = id, .authenticated = checking->authenticated};

    CL_TRY(checking->conn->type->ops->verify(&call, checking->conn, &scope, verified, err));
    if (!type->supports_instances)
        CL_TRY(default_id(checking->conn, verified, type, &own, err));
    if (own != NULL && id != NULL && strcmp(own, id) != 0) {
        return cl_err_set(err, CL_E_OUT_OF_SCOPE,
                          "the connector does not allow access to the %s '%s', only to '%s'",
                          type->title, id, own);
    }
    if (id == NULL && own == NULL)
        return CL_OK;
    return cl_strs_add(&row->ids, cl_str_of(own != NULL ? own : id), err);
}

static void check_row(void *ctx, size_t index)
{
    struct checking *checking = ctx;
    struct cl_resource_row *row = &checking->list->rows[index];
    const struct cl_resource_type *type =
        cl_type_resource(checking->conn->type, cl_str_of(row->resource_type));
    struct cl_err err = CL_ERR_NONE;
    enum cl_code code = CL_OK;

    if (type->supports_instances && checking->scope.id == NULL) {
        code = list_instances(checking, type, &checking->verified[index].warnings, row, &err);
    } else {
        code = verify_single(checking, type, checking->scope.id, &checking->verified[index], row,
                             &err);
    }
    row->listed_at = cl_world_now_s(checking->call->world);
    if (code == CL_OK) {
        row->listed = true;
    } else {
        cl_resource_list_set_error(checking->list, index, &err);
    }
}

/* Do the credentials authenticate at all. A failure is the global error. */
static enum cl_code check_global(struct checking *checking, struct cl_verified *verified,
                                 struct cl_err *err)
{
    struct cl_scope nothing = {.type = NULL};
    struct cl_call call = cl_call_within(checking->call, checking->timeout_ms);

    return checking->conn->type->ops->verify(&call, checking->conn, &nothing, verified, err);
}

static enum cl_code take_over(const struct checking *checking, const struct cl_verified *verified,
                              struct cl_map *ret_facts, struct cl_err *err)
{
    CL_TRY(cl_map_patch(ret_facts, &verified->facts, err));
    for (size_t i = 0; i < verified->warnings.count; i++) {
        CL_TRY(cl_strs_add(&checking->list->warnings, cl_str_of(verified->warnings.items[i]), err));
    }
    return CL_OK;
}

static enum cl_code merge(const struct checking *checking, struct cl_map *ret_facts,
                          struct cl_err *err)
{
    for (size_t i = 0; i < checking->list->count; i++)
        CL_TRY(take_over(checking, &checking->verified[i], ret_facts, err));
    return CL_OK;
}

static enum cl_code check_rows(struct checking *checking, struct cl_map *ret_facts,
                               struct cl_err *err)
{
    size_t count = checking->list->count;

    checking->verified = cl_array_alloc(count, sizeof(*checking->verified));
    if (checking->verified == NULL)
        return cl_err_no_memory(err);
    app_parallel(count, ROWS_AT_ONCE, check_row, checking);
    enum cl_code code = merge(checking, ret_facts, err);
    for (size_t i = 0; i < count; i++)
        cl_verified_cleanup(&checking->verified[i]);
    cl_free(checking->verified);
    return code;
}

/* The types in scope: the one that is wanted, or all of the connector's. */
static enum cl_code start(struct checking *checking, const struct app_check *check,
                          struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs types = CL_STRS_NONE;
    struct cl_want want = {.type = check->want_type, .id = check->want_id};

    CL_TRY(cl_scope_resolve(check->conn, &want, &checking->scope, err));
    if (checking->scope.type != NULL) {
        CL_TRY(cl_strs_add(&types, cl_str_of(checking->scope.type->id), err));
    } else {
        CL_TRY(cl_strs_copy(&check->conn->resource_types, &types, err));
    }
    return cl_resource_list_init(checking->list, check->conn, &types, err);
}

/* The id as it was given, held against what is known by now: it may name another account. */
static enum cl_code check_id(const struct cl_connector *informed, const struct app_check *check,
                             struct cl_err *err)
{
    CL_AUTO(cl_resolved) struct cl_resolved scope = {.type = NULL};
    bool typed = cl_connector_single_type(informed) != NULL;
    struct cl_str own = typed ? cl_str_of(informed->resource_id) : CL_STR_NONE;
    struct cl_want want = {.type = check->want_type,
                           .id = check->want_id.len > 0 ? check->want_id : own};

    return cl_scope_resolve(informed, &want, &scope, err);
}

static enum cl_code run(struct checking *checking, const struct app_check *check,
                        struct cl_map *ret_facts, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector informed = {.id = ""};
    CL_AUTO(cl_verified) struct cl_verified global = {.identity = NULL};
    bool only_authenticate = !check->list && checking->scope.id == NULL;
    bool single = checking->list->count == 1;
    bool identify = check->identify && !check->conn->type->listing_proves;
    struct cl_err failure = CL_ERR_NONE;

    if (!only_authenticate && single && !identify)
        return check_rows(checking, ret_facts, err);
    if (check_global(checking, &global, &failure) != CL_OK) {
        cl_resource_list_set_global(checking->list, &failure);
        return CL_OK;
    }
    CL_TRY(take_over(checking, &global, ret_facts, err));
    if (only_authenticate)
        return CL_OK;
    CL_TRY(cl_connector_copy(check->conn, &informed, err));
    CL_TRY(cl_map_patch(&informed.facts, &global.facts, err));
    if (check_id(&informed, check, &failure) != CL_OK) {
        cl_resource_list_set_global(checking->list, &failure);
        return CL_OK;
    }
    struct checking rows = *checking;
    rows.conn = &informed;
    rows.authenticated = true;
    return check_rows(&rows, ret_facts, err);
}

static void say_expired(const struct cl_connector *conn, struct cl_err *ret)
{
    CL_IGNORE(cl_err_set(ret, CL_E_EXPIRED, /* becomes the outcome */
                         "the connector's authentication credentials have expired"));
    if (conn->id[0] != '\0') {
        CL_IGNORE(cl_err_hint(ret, /* likewise */
                              "store new ones with 'cleat service-connector update %s'",
                              conn->name));
    } else {
        CL_IGNORE(cl_err_hint(ret, /* likewise */
                              "Take fresh ones, or say with --expires-at when these end."));
    }
}

enum cl_code app_check_connector(const struct cl_call *call, const struct app_check *check,
                                 struct cl_resource_list *ret, struct cl_map *ret_facts,
                                 struct cl_err *err)
{
    struct checking checking = {.call = call,
                                .conn = check->conn,
                                .timeout_ms =
                                    check->timeout_ms > 0 ? check->timeout_ms : TIMEOUT_DEFAULT_MS,
                                .list = ret};
    struct cl_err expired = CL_ERR_NONE;

    enum cl_code code = start(&checking, check, err);
    if (code == CL_OK && cl_connector_expired(check->conn, cl_world_now_s(call->world))) {
        say_expired(check->conn, &expired);
        cl_resource_list_set_global(ret, &expired);
    } else if (code == CL_OK) {
        code = run(&checking, check, ret_facts, err);
    }
    cl_resolved_cleanup(&checking.scope);
    return code;
}

enum cl_code app_adopt_default_id(struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_resource_type *type = cl_connector_single_type(conn);
    CL_AUTO(cl_string) char *id = NULL;

    if (type == NULL || type->supports_instances || conn->canonical_id != NULL ||
        conn->type->ops->default_id == NULL)
        return CL_OK;
    CL_TRY(conn->type->ops->default_id(conn, type, &id, err));
    if (id == NULL)
        return CL_OK;
    CL_TRY(cl_str_dup(cl_str_of(id), &conn->canonical_id, err));
    cl_free(conn->resource_id);
    conn->resource_id = CL_MOVE(id);
    return CL_OK;
}

/* Keeps outcome, time and facts with the connector; somebody else's newer version wins. */
static enum cl_code remember(struct app *app, const struct cl_call *call, struct cl_connector *conn,
                             const struct cl_map *facts, struct cl_err *err)
{
    struct cl_store *store = NULL;

    CL_TRY(cl_map_patch(&conn->facts, facts, err));
    CL_TRY(app_store(app, &store, err));
    struct cl_audit_event event = app_event(call, "connector.verify", conn, conn->last_verify_code);
    if (conn->last_verify_code == CL_E_INTERRUPTED) /* which says nothing about the connector */
        return store->ops->audit_add(store, &event, err);
    return store->ops->connector_verified(store, conn, &event, err);
}

static enum cl_code refuse_check(const struct cl_connector *conn, struct cl_str what,
                                 struct cl_err *err)
{
    if (what.len == 0 || conn->type->ops->check != NULL)
        return CL_OK;
    return cl_err_set(err, CL_E_UNSUPPORTED, "connectors of type '%s' answer no further questions",
                      conn->type->id);
}

/* The question that was asked besides, of credentials that work. */
static enum cl_code answer(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_verify_request *request, struct cl_resource_list *ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_resolved) struct cl_resolved resolved = {.id = NULL};
    struct cl_want want = {.type = request->resource_type, .id = request->resource_id};
    struct cl_err why = CL_ERR_NONE;

    if (request->check.len == 0 || cl_resource_list_code(ret) != CL_OK)
        return CL_OK;
    CL_TRY(cl_scope_resolve(conn, &want, &resolved, err));
    struct cl_scope scope = {.type = resolved.type,
                             .id = resolved.id,
                             .authenticated = true,
                             .notes = &ret->check_notes};
    enum cl_code code = conn->type->ops->check(call, conn, &scope, request->check, &why);
    if (code != CL_OK && code != CL_E_DENIED) {
        *err = why;
        return code;
    }
    ret->check_denied = why;
    return cl_str_dup(request->check, &ret->check, err);
}

enum cl_code app_verify(struct cl_api *api, const struct cl_call *call,
                        const struct cl_verify_request *request, struct cl_resource_list *ret,
                        struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    CL_AUTO(cl_map) struct cl_map facts = CL_MAP_NONE;
    struct app_check check = {.conn = &conn,
                              .want_type = request->resource_type,
                              .want_id = request->resource_id,
                              .list = request->list,
                              .identify = true};
    struct cl_err stopped = CL_ERR_NONE;

    CL_TRY(app_find_usable(app_of(api), call, &request->ref, true, &conn, err));
    CL_TRY(refuse_check(&conn, request->check, err));
    CL_TRY(app_check_connector(call, &check, ret, &facts, err));
    CL_TRY(answer(call, &conn, request, ret, err));
    if (cl_call_check(call, &stopped) == CL_E_INTERRUPTED)
        cl_resource_list_set_global(ret, &stopped);
    CL_TRY(cl_map_copy(&facts, &ret->facts, err));
    conn.last_verified_at = cl_world_now_s(call->world);
    conn.last_verify_code = cl_resource_list_code(ret);
    return remember(app_of(api), call, &conn, &facts, err);
}
