#include "bridges/companion.h"

#include "bridges/environment_kinds.h"

void cl_companion_cleanup(struct cl_companion *companion)
{
    if (companion->what != NULL)
        companion->discard(companion->what);
    *companion = CL_COMPANION_NONE;
}

enum cl_code cl_companion_start(const struct cl_world *world, struct cl_companion *companion,
                                struct cl_err *err)
{
    if (companion->what == NULL)
        return CL_OK;
    return world->leave_behind(world->ctx, companion->serve, companion->what, companion->keep, err);
}

enum cl_code cl_environment_open(const struct cl_call *call,
                                 const struct cl_issue_client_result *client,
                                 struct cl_environment *ret, struct cl_companion *ret_companion,
                                 struct cl_err *err)
{
    const struct cl_environment_kind *kind =
        cl_environment_kind_find(cl_str_of(client->issued.connector_type));

    if (kind == NULL || kind->attend == NULL)
        return cl_environment_make_with_file(call, client, ret, err);
    ret->removed = kind->removed;
    CL_TRY(kind->attend(call, client, ret, ret_companion, err));
    return cl_environment_add_own(ret, client, err);
}
