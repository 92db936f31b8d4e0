#include "core/scope.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "core/dup.h"
#include "core/quote.h"

void cl_resolved_cleanup(struct cl_resolved *resolved)
{
    cl_free(resolved->id);
    *resolved = (struct cl_resolved){.type = NULL};
}

static const char *name_of(const struct cl_connector *conn)
{
    return conn->name == NULL ? "" : conn->name;
}

/* "'s3-bucket' resource 's3://zenfiles'", "any 's3-bucket' resource", "resources of the types a,
 * b".
 */
static enum cl_code describe_scope(const struct cl_connector *conn, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(8192);
    CL_AUTO(cl_string) char *types = NULL;
    const char *only = conn->resource_types.count == 1 ? conn->resource_types.items[0] : NULL;

    CL_TRY(cl_strs_join(&conn->resource_types, ", ", &types, err));
    if (only != NULL && conn->canonical_id != NULL) {
        cl_buf_addf(&text, "the '%s' resource '%s'", only, conn->canonical_id);
    } else if (only != NULL) {
        cl_buf_addf(&text, "resources of type '%s'", only);
    } else {
        cl_buf_addf(&text, "resources of the types %s", types);
    }
    return cl_buf_take(&text, ret, err);
}

static enum cl_code out_of_scope(const struct cl_connector *conn, const char *what,
                                 struct cl_str asked, struct cl_err *err)
{
    CL_AUTO(cl_string) char *scope = NULL;

    CL_TRY(describe_scope(conn, &scope, err));
    return cl_err_set(err, CL_E_OUT_OF_SCOPE,
                      "connector '%s' gives access to %s, but %s '%s' was asked for", name_of(conn),
                      scope, what, cl_quote(asked).text);
}

static enum cl_code need(const struct cl_connector *conn, enum cl_code code, const char *what,
                         const char *hint, struct cl_err *err)
{
    CL_AUTO(cl_string) char *scope = NULL;

    CL_TRY(describe_scope(conn, &scope, err));
    (void)cl_err_set(err, code, "connector '%s' gives access to %s: say which %s", name_of(conn),
                     scope, what);
    return cl_err_hint(err, "%s", hint);
}

enum cl_code cl_scope_canonical(const struct cl_connector *conn,
                                const struct cl_resource_type *type, struct cl_str input,
                                char **ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *id = NULL;

    if (input.len == 0 || cl_str_find(input, '\0') < input.len || !cl_is_utf8(input)) {
        return cl_err_set(err, CL_E_ID_INVALID, "'%s' cannot be the id of a %s; valid: %s",
                          cl_quote(input).text, type->title, type->id_forms);
    }
    if (conn->type->ops->canonical_id == NULL) {
        CL_TRY(cl_str_dup(input, &id, err));
    } else {
        CL_TRY(conn->type->ops->canonical_id(conn, type, input, &id, err));
    }
    if (strlen(id) > CL_RESOURCE_ID_MAX) {
        return cl_err_set(err, CL_E_ID_INVALID, "a resource id of %zu bytes is longer than %d",
                          strlen(id), CL_RESOURCE_ID_MAX);
    }
    *ret = CL_MOVE(id);
    return CL_OK;
}

static enum cl_code default_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                               char **ret, struct cl_err *err)
{
    *ret = NULL;
    if (type->supports_instances || conn->type->ops->default_id == NULL)
        return CL_OK;
    return conn->type->ops->default_id(conn, type, ret, err);
}

static enum cl_code not_the_only(const struct cl_connector *conn,
                                 const struct cl_resource_type *type, const char *only,
                                 struct cl_str asked, struct cl_err *err)
{
    return cl_err_set(err, CL_E_OUT_OF_SCOPE,
                      "connector '%s' reaches one %s only, '%s', but '%s' was asked for",
                      name_of(conn), type->title, only, cl_quote(asked).text);
}

/*
 * The one canonical id that `given` (empty: none) means for this resource type: framework §9. A
 * type without instances has its own answer, unless it is not known before a verification.
 */
static enum cl_code normalise(const struct cl_connector *conn, const struct cl_resource_type *type,
                              struct cl_str given, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *only = NULL;
    CL_AUTO(cl_string) char *id = NULL;

    CL_TRY(default_id(conn, type, &only, err));
    if (given.len == 0) {
        *ret = CL_MOVE(only);
        return CL_OK;
    }
    CL_TRY(cl_scope_canonical(conn, type, given, &id, err));
    assert(id != NULL);
    if (only != NULL && strcmp(only, id) != 0)
        return not_the_only(conn, type, only, given, err);
    *ret = CL_MOVE(id);
    return CL_OK;
}

/* The resource type that is asked for, which must exist and lie within the connector's scope. */
static enum cl_code wanted_type(const struct cl_connector *conn, struct cl_str want,
                                const struct cl_resource_type **ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    *ret = cl_type_resource(conn->type, want);
    if (*ret == NULL) {
        for (size_t i = 0; i < conn->type->resource_count; i++)
            CL_TRY(cl_strs_add(&valid, cl_str_of(conn->type->resources[i].id), err));
        return cl_unknown(err, CL_E_UNKNOWN_RESOURCE_TYPE, want, &valid,
                          "connector type '%s' has no resource type '%s'", conn->type->id,
                          cl_quote(want).text);
    }
    if (!cl_strs_has(&conn->resource_types, want))
        return out_of_scope(conn, "resource type", want, err);
    return CL_OK;
}

/* Whether the id is one of this type's; other errors than "no" end the search. */
static enum cl_code fits(const struct cl_connector *conn, const struct cl_resource_type *type,
                         struct cl_str id, bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *canonical = NULL;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = normalise(conn, type, id, &canonical, &why);

    *ret = code == CL_OK;
    if (code == CL_OK || code == CL_E_ID_INVALID || code == CL_E_OUT_OF_SCOPE)
        return CL_OK;
    *err = why;
    return code;
}

static enum cl_code no_type_fits(const struct cl_connector *conn, struct cl_str id,
                                 struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf forms = CL_BUF(8192);

    for (size_t i = 0; i < conn->resource_types.count; i++) {
        const struct cl_resource_type *type =
            cl_type_resource(conn->type, cl_str_of(conn->resource_types.items[i]));
        if (type != NULL)
            cl_buf_addf(&forms, "%s%s %s", forms.len == 0 ? "" : "; ", type->id, type->id_forms);
    }
    CL_TRY(cl_buf_ok(&forms, err));
    return cl_err_set(err, CL_E_ID_INVALID, "'%s' is no resource of connector '%s'; valid: %.*s",
                      cl_quote(id).text, name_of(conn), CL_STR_ARG(cl_buf_view(&forms)));
}

static enum cl_code several_types_fit(const struct cl_strs *found, struct cl_str id,
                                      struct cl_err *err)
{
    CL_AUTO(cl_string) char *types = NULL;

    CL_TRY(cl_strs_join(found, ", ", &types, err));
    (void)cl_err_set(err, CL_E_AMBIGUOUS, "'%s' can be a resource of several types: %s",
                     cl_quote(id).text, types);
    return cl_err_hint(err, "Say which one with --resource-type.");
}

/* An id alone names its type when exactly one of the connector's types accepts it. */
static enum cl_code type_by_id(const struct cl_connector *conn, struct cl_str id,
                               const struct cl_resource_type **ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs found = CL_STRS_NONE;

    for (size_t i = 0; i < conn->resource_types.count; i++) {
        struct cl_str type_id = cl_str_of(conn->resource_types.items[i]);
        const struct cl_resource_type *type = cl_type_resource(conn->type, type_id);
        bool yes = false;

        if (type == NULL || !cl_resource_allows(type, conn->method))
            continue;
        CL_TRY(fits(conn, type, id, &yes, err));
        if (!yes)
            continue;
        CL_TRY(cl_strs_add(&found, type_id, err));
        *ret = type;
    }
    if (found.count == 0)
        return no_type_fits(conn, id, err);
    return found.count == 1 ? CL_OK : several_types_fit(&found, id, err);
}

static enum cl_code choose_type(const struct cl_connector *conn, struct cl_str want_type,
                                struct cl_str want_id, const struct cl_resource_type **ret,
                                struct cl_err *err)
{
    if (want_type.len > 0)
        return wanted_type(conn, want_type, ret, err);
    *ret = cl_connector_single_type(conn);
    if (*ret == NULL && want_id.len > 0)
        return type_by_id(conn, want_id, ret, err);
    return CL_OK;
}

static enum cl_code method_must_serve(const struct cl_connector *conn,
                                      const struct cl_resource_type *type, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    if (cl_resource_allows(type, conn->method))
        return CL_OK;
    for (const char *const *id = type->methods; *id != NULL; id++)
        CL_TRY(cl_strs_add(&valid, cl_str_of(*id), err));
    return cl_unknown(err, CL_E_METHOD_UNSUPPORTED, CL_STR_NONE, &valid,
                      "auth method '%s' does not serve resource type '%s'", conn->method->id,
                      type->id);
}

/* The connector's own id limits what may be asked; it belongs to its only type. */
static enum cl_code resolve_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                               struct cl_str want_id, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *id = NULL;
    struct cl_str own =
        conn->resource_types.count == 1 ? cl_str_of(conn->canonical_id) : CL_STR_NONE;

    CL_TRY(normalise(conn, type, want_id.len > 0 ? want_id : own, &id, err));
    if (own.len > 0 && !cl_str_eq(own, cl_str_of(id)))
        return out_of_scope(conn, "resource", want_id, err);
    *ret = CL_MOVE(id);
    return CL_OK;
}

static enum cl_code id_required(const struct cl_connector *conn,
                                const struct cl_resource_type *type, struct cl_err *err)
{
    if (type->supports_instances) {
        return need(conn, CL_E_ID_REQUIRED, "resource",
                    "Pass --resource-id; `cleat service-connector list-resources` lists them.",
                    err);
    }
    (void)cl_err_set(err, CL_E_ID_REQUIRED,
                     "which %s connector '%s' reaches is not known before it has been verified",
                     type->title, name_of(conn));
    return cl_err_hint(err, "Run `cleat service-connector verify %s`.", name_of(conn));
}

enum cl_code cl_scope_resolve(const struct cl_connector *conn, const struct cl_want *want,
                              struct cl_resolved *ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *id = NULL;
    const struct cl_resource_type *type = NULL;

    CL_TRY(choose_type(conn, want->type, want->id, &type, err));
    if (type == NULL && (want->need_type || want->need_id))
        return need(conn, CL_E_TYPE_REQUIRED, "resource type", "Pass --resource-type.", err);
    if (type != NULL) {
        CL_TRY(method_must_serve(conn, type, err));
        CL_TRY(resolve_id(conn, type, want->id, &id, err));
    }
    if (want->need_id && id == NULL)
        return id_required(conn, type, err);
    ret->type = type;
    ret->id = CL_MOVE(id);
    return CL_OK;
}
