#include "base/alloc.h"
#include "connectors/hyperai/ops.h"
#include "connectors/hyperai/visiting.h"

/* Verifying and listing are the same: logging in. */

static enum cl_code warn_about(const struct hyperai_visiting *visiting, size_t index,
                               struct cl_buf *text, struct cl_err *err)
{
    const struct cl_err *error = &visiting->seen[index].error;
    char host[SSH_HOST_TEXT_MAX];

    ssh_host_text(&visiting->hosts.items[index].host, host);
    cl_buf_addf(text, "host '%s' cannot be used (%s): %s", host, cl_code_wire(error->code),
                error->text);
    return cl_buf_ok(text, err);
}

/* --- the operations ------------------------------------------------------------------------ */

static enum cl_code warn_verified(const struct hyperai_visiting *visiting, struct cl_verified *ret,
                                  struct cl_err *err)
{
    for (size_t i = 0; i < visiting->hosts.count; i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2048);
        if (visiting->seen[i].error.code == CL_OK)
            continue;
        CL_TRY(warn_about(visiting, i, &text, err));
        CL_TRY(cl_strs_add(&ret->warnings, cl_buf_view(&text), err));
    }
    return CL_OK;
}

enum cl_code hyperai_verify(const struct cl_call *call, const struct cl_connector *conn,
                            const struct cl_scope *scope, struct cl_verified *ret,
                            struct cl_err *err)
{
    CL_AUTO(hyperai_visiting) struct hyperai_visiting visiting = {.seen = NULL};

    CL_TRY(hyperai_visit(call, conn, scope->id, &visiting, err));
    if (hyperai_count_failures(&visiting) == visiting.hosts.count)
        return hyperai_fail_all(&visiting, err);
    return warn_verified(&visiting, ret, err);
}

static enum cl_code report(const struct hyperai_visiting *visiting, size_t index,
                           struct cl_id_sink *sink, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2048);
    char host[SSH_HOST_TEXT_MAX];

    if (visiting->seen[index].error.code == CL_OK) {
        ssh_host_text(&visiting->hosts.items[index].host, host);
        return sink->add(sink->ctx, cl_str_of(host), err);
    }
    if (sink->warn == NULL)
        return CL_OK;
    CL_TRY(warn_about(visiting, index, &text, err));
    return sink->warn(sink->ctx, cl_buf_view(&text), err);
}

enum cl_code hyperai_list(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_resource_type *type, struct cl_id_sink *sink,
                          struct cl_err *err)
{
    CL_AUTO(hyperai_visiting) struct hyperai_visiting visiting = {.seen = NULL};

    (void)type;
    CL_TRY(hyperai_visit(call, conn, NULL, &visiting, err));
    if (hyperai_count_failures(&visiting) == visiting.hosts.count)
        return hyperai_fail_all(&visiting, err);
    for (size_t i = 0; i < visiting.hosts.count; i++)
        CL_TRY(report(&visiting, i, sink, err));
    return CL_OK;
}
