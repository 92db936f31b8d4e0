#include "cli/commands/login_gone.h"

#define NOTICE_MAX_BYTES ((size_t)1 << 20U)

/* A client whose entries tell their connector. */
struct gone_kind {
    const char *connector_type; /* of the client */
    const char *resource_type;  /* NULL: any but those of the others */
    const char *foreign[4];     /* options that speak of another client */
};

static const struct gone_kind kinds[] = {
    {"kubernetes", "kubernetes-cluster", {"profile", "tool", "docker-config"}},
    {"docker", "docker-registry", {"profile", "context", "kubeconfig"}},
    {"aws", NULL, {"tool", "docker-config", "context", "kubeconfig"}},
};

static bool is_of_another(const struct gone_kind *kind, struct cl_str resource_type)
{
    if (kind->resource_type != NULL)
        return !cl_str_eq_c(resource_type, kind->resource_type);
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        if (kinds[i].resource_type != NULL && cl_str_eq_c(resource_type, kinds[i].resource_type))
            return true;
    }
    return false;
}

/* An option speaks of another client, or the resource type does. */
static bool is_excluded(const struct cl_args *args, const struct gone_kind *kind)
{
    struct cl_str wanted = cl_str_of(cl_args_value(args, "resource-type"));

    for (size_t i = 0; i < CL_COUNT(kind->foreign) && kind->foreign[i] != NULL; i++) {
        if (cl_args_has(args, kind->foreign[i]))
            return true;
    }
    return wanted.len > 0 && is_of_another(kind, wanted);
}

static enum cl_code copy_option(const struct cl_args *args, const char *option, char **ret,
                                struct cl_err *err)
{
    return cl_args_has(args, option) ? cl_str_dup(cl_str_of(cl_args_value(args, option)), ret, err)
                                     : CL_OK;
}

/* The connector as far as it is known: an id, or a name. */
static enum cl_code name_client(const struct cl_args *args, const struct gone_kind *kind,
                                struct cl_issue_client_result *ret, struct cl_err *err)
{
    struct cl_str given = cl_str_of(cl_args_positional(args, 0));
    struct cl_issued *issued = &ret->issued;

    if (cl_is_uuid(given))
        cl_uuid_canonical(given, ret->connector.id);
    CL_TRY(cl_str_dup(given, &ret->connector.name, err));
    CL_TRY(cl_str_dup(cl_str_of(kind->connector_type), &issued->connector_type, err));
    CL_TRY(copy_option(args, "resource-id", &issued->resource_id, err));
    if (kind->resource_type == NULL)
        return copy_option(args, "resource-type", &issued->resource_type, err);
    return cl_str_dup(cl_str_of(kind->resource_type), &issued->resource_type, err);
}

/* Of several the first is the result; each has something to say. */
static enum cl_code add_result(struct cl_login_result *from, struct cl_login_result *ret,
                               struct cl_buf *notice, struct cl_err *err)
{
    cl_buf_addf(notice, "%s%s", notice->len == 0 ? "" : "\n",
                from->notice == NULL ? "" : from->notice);
    CL_TRY(cl_buf_ok(notice, err));
    if (ret->entry == NULL) {
        ret->entry = CL_MOVE(from->entry);
        ret->path = CL_MOVE(from->path);
    }
    return CL_OK;
}

static enum cl_code log_out_of(struct cl_cli *cli, const struct cl_args *args,
                               const struct gone_kind *kind, const struct cl_login_request *like,
                               struct cl_login_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    struct cl_login_request request = *like;

    CL_TRY(name_client(args, kind, &client, err));
    request.client = &client;
    request.gone = true;
    return cl_login(&cli->call, &request, ret, err);
}

/* A file that cannot be changed keeps nobody from the others; the first one is told. */
static enum cl_code log_out_of_all(struct cl_cli *cli, const struct cl_args *args,
                                   const struct cl_login_request *like, struct cl_login_result *ret,
                                   struct cl_buf *notice, struct cl_err *err)
{
    struct cl_err first = CL_ERR_NONE;

    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_err why = CL_ERR_NONE;
        if (is_excluded(args, &kinds[i]))
            continue;
        enum cl_code code = log_out_of(cli, args, &kinds[i], like, &result, &why);
        if (code == CL_OK)
            CL_TRY(add_result(&result, ret, notice, err));
        if (code != CL_OK && code != CL_E_NOT_FOUND && first.code == CL_OK)
            first = why;
    }
    if (first.code == CL_OK)
        return CL_OK;
    *err = first;
    return err->code;
}

enum cl_code cl_log_out_gone(struct cl_cli *cli, const struct cl_args *args,
                             const struct cl_login_request *like, struct cl_login_result *ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf notice = CL_BUF(NOTICE_MAX_BYTES);
    struct cl_err why = CL_ERR_NONE;

    if (log_out_of_all(cli, args, like, ret, &notice, &why) != CL_OK) {
        *err = why;
        return err->code;
    }
    if (notice.len > 0)
        return cl_buf_take(&notice, &ret->notice, err);
    return cl_err_hint(err, "what login wrote for a deleted connector is found by its name at that "
                            "time or by its whole id; there is nothing of this one");
}
