#include "bridges/call_back.h"

#include "base/alloc.h"

void cl_call_back_cleanup(struct cl_call_back *back)
{
    cl_free(back->program);
    cl_strs_cleanup(&back->words);
    cl_map_cleanup(&back->environment);
    *back = (struct cl_call_back){.program = NULL};
}

static enum cl_code add_words(struct cl_call_back *back, const char *const *words, size_t count,
                              struct cl_err *err)
{
    for (size_t i = 0; i < count; i++)
        CL_TRY(cl_strs_add(&back->words, cl_str_of(words[i]), err));
    return CL_OK;
}

/* The connector by its id, which survives a new name. */
static enum cl_code add_scope(const struct cl_issue_client_result *client, const char *command,
                              struct cl_call_back *ret, struct cl_err *err)
{
    const struct cl_issued *issued = &client->issued;
    const struct cl_resource_type *type =
        cl_type_resource(client->connector.type, cl_str_of(issued->resource_type));
    const char *const scope[] = {command, client->connector.id, "-r", issued->resource_type};
    const char *const resource[] = {"-ri", issued->resource_id};

    CL_TRY(add_words(ret, scope, CL_COUNT(scope), err));
    if (type != NULL && type->supports_instances)
        CL_TRY(add_words(ret, resource, CL_COUNT(resource), err));
    if (issued->long_lived)
        CL_TRY(cl_strs_add(&ret->words, CL_STR("--allow-long-lived"), err));
    return CL_OK;
}

/* Is the state where it would be without the variable? */
static bool is_usual_state(const struct cl_world *world, struct cl_str state)
{
    struct cl_str home = cl_world_env(world, "HOME");

    return cl_str_starts(state, home) && cl_str_eq_c(cl_str_skip(state, home.len), "/.local/state");
}

/* What was set for this run will not be set for the tool. */
static enum cl_code add_environment(const struct cl_world *world, struct cl_call_back *ret,
                                    struct cl_err *err)
{
    struct cl_str own = cl_world_env(world, "CLEAT_CONFIG_PATH");
    struct cl_str state = cl_world_env(world, "XDG_STATE_HOME");

    if (own.len > 0 && own.ptr[0] != '/') {
        (void)cl_err_set(err, CL_E_LOCAL_CONFIG,
                         "CLEAT_CONFIG_PATH is a relative path, which other tools would look for "
                         "elsewhere");
        return cl_err_hint(err, "set it to an absolute path");
    }
    if (own.len > 0)
        return cl_map_set(&ret->environment, CL_STR("CLEAT_CONFIG_PATH"), own, err);
    if (cl_str_starts(state, CL_STR("/")) && !is_usual_state(world, state))
        return cl_map_set(&ret->environment, CL_STR("XDG_STATE_HOME"), state, err);
    return CL_OK;
}

enum cl_code cl_call_back_make(const struct cl_call *call,
                               const struct cl_issue_client_result *client, const char *command,
                               struct cl_call_back *ret, struct cl_err *err)
{
    CL_TRY(call->world->program_path(call->world->ctx, &ret->program, err));
    CL_TRY(add_environment(call->world, ret, err));
    return add_scope(client, command, ret, err);
}
