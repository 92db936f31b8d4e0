#include "core/stand_in.h"

#include "base/alloc.h"
#include "core/quote.h"
#include "core/type.h"

#define HINT "it can be deleted; to use it, take the version of Cleat that stored it"

struct cl_stand_in {
    struct cl_connector_type type;
    struct cl_auth_method method;
    char *type_id;
    char *method_id;
};

enum cl_code cl_connector_require_type(const struct cl_connector *conn, struct cl_err *err)
{
    if (conn->stand_in == NULL)
        return CL_OK;
    (void)cl_err_set(
        err, CL_E_TYPE_UNAVAILABLE,
        "connector '%s' is of type '%s' with method '%s', which this program does not have",
        cl_quote(cl_str_of(conn->name)).text, cl_quote(cl_str_of(conn->stand_in->type_id)).text,
        cl_quote(cl_str_of(conn->stand_in->method_id)).text);
    return cl_err_hint(err, HINT);
}

/* Whoever asks before cl_connector_require_type() is refused all the same. */
static enum cl_code verify(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_scope *scope, struct cl_verified *ret,
                           struct cl_err *err)
{
    (void)call;
    (void)scope;
    (void)ret;
    return cl_connector_require_type(conn, err);
}

static enum cl_code issue(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_issue_request *request, struct cl_issued *ret,
                          struct cl_err *err)
{
    (void)call;
    (void)request;
    (void)ret;
    return cl_connector_require_type(conn, err);
}

static const struct cl_connector_ops ops = {.verify = verify, .issue = issue};

void cl_stand_in_free(struct cl_stand_in *stand_in)
{
    if (stand_in == NULL)
        return;
    cl_free(stand_in->type_id);
    cl_free(stand_in->method_id);
    cl_free(stand_in);
}

enum cl_code cl_connector_stand_in(struct cl_connector *conn, struct cl_str type,
                                   struct cl_str method, struct cl_err *err)
{
    struct cl_stand_in *stand_in = cl_alloc(sizeof(*stand_in));

    if (stand_in == NULL)
        return cl_err_no_memory(err);
    conn->stand_in = stand_in; /* which frees it, also when the next steps fail */
    CL_TRY(cl_str_dup(type, &stand_in->type_id, err));
    CL_TRY(cl_str_dup(method, &stand_in->method_id, err));
    stand_in->type = (struct cl_connector_type){
        .id = stand_in->type_id, .title = stand_in->type_id, .emoji = "", .ops = &ops};
    stand_in->method =
        (struct cl_auth_method){.id = stand_in->method_id, .title = stand_in->method_id};
    conn->type = &stand_in->type;
    conn->method = &stand_in->method;
    return CL_OK;
}

enum cl_code cl_stand_in_copy(const struct cl_connector *from, struct cl_connector *ret,
                              struct cl_err *err)
{
    if (from->stand_in == NULL)
        return CL_OK;
    return cl_connector_stand_in(ret, cl_str_of(from->stand_in->type_id),
                                 cl_str_of(from->stand_in->method_id), err);
}

/* --- flavors ------------------------------------------------------------------------------- */

struct cl_flavor_stand_in {
    struct cl_flavor flavor;
    char *id;
};

enum cl_code cl_component_require_flavor(const struct cl_component *component, struct cl_err *err)
{
    if (component->stand_in == NULL)
        return CL_OK;
    (void)cl_err_set(err, CL_E_TYPE_UNAVAILABLE,
                     "component '%s' is of flavor '%s', which this program does not have",
                     cl_quote(cl_str_of(component->name)).text,
                     cl_quote(cl_str_of(component->stand_in->id)).text);
    return cl_err_hint(err, HINT);
}

void cl_flavor_stand_in_free(struct cl_flavor_stand_in *stand_in)
{
    if (stand_in == NULL)
        return;
    cl_free(stand_in->id);
    cl_free(stand_in);
}

enum cl_code cl_component_stand_in(struct cl_component *component, struct cl_str flavor,
                                   struct cl_err *err)
{
    struct cl_flavor_stand_in *stand_in = cl_alloc(sizeof(*stand_in));

    if (stand_in == NULL)
        return cl_err_no_memory(err);
    component->stand_in = stand_in;
    CL_TRY(cl_str_dup(flavor, &stand_in->id, err));
    stand_in->flavor = (struct cl_flavor){
        .kind = component->kind == NULL ? NULL : component->kind->id,
        .id = stand_in->id,
        .title = stand_in->id,
    };
    component->flavor = &stand_in->flavor;
    return CL_OK;
}
