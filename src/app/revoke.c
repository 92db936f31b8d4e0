#include "app/internal.h"

/*
 * Taking back what a connector issued, when its stored form ends: at the provider, where it can.
 * The stored form has changed already; a provider that cannot be reached changes nothing about
 * that, and what is out there ends by itself.
 */

#define TIMEOUT_MS 15000

bool app_can_revoke(const struct cl_connector *conn)
{
    const struct cl_connector_ops *ops = conn->type->ops;

    return ops->revoke != NULL && cl_method_is_temporary(conn->method) &&
           (ops->can_revoke == NULL || ops->can_revoke(conn));
}

static enum cl_code say_so(const struct cl_err *failure, struct cl_strs *warnings,
                           struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2048);

    cl_buf_addf(&text,
                "what the connector has issued could not be taken back and ends by itself: %s",
                failure->text);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(warnings, cl_buf_view(&text), err);
}

void app_revoke(struct app *app, const struct cl_call *call, const struct cl_connector *conn,
                struct cl_strs *warnings)
{
    struct cl_call limited = cl_call_within(call, TIMEOUT_MS);
    struct cl_err failure = CL_ERR_NONE;
    struct cl_err ignored = CL_ERR_NONE;

    if (!app_can_revoke(conn))
        return;
    enum cl_code code = conn->type->ops->revoke(&limited, conn, NULL, &failure);
    app_audit(app, call, "credential.revoke", conn, code);
    if (code != CL_OK)
        CL_IGNORE(say_so(&failure, warnings, &ignored)); /* the change itself is done */
}
