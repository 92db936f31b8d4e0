#include "cli/commands/component_choose.h"

#include "cli/commands/gathered.h"
#include "cli/progress.h"
#include "cli/prompt.h"
#include "core/registry.h"
#include "core/stand_in.h"

#define PARALLEL 64
#define TIMEOUT_MS 30000

struct choosing {
    struct cl_cli *cli;
    const struct cl_component *component;
    const struct cl_flavor *flavor;
    struct cl_str resource_id; /* empty: any */
    struct cl_gathered found;  /* without those in error */
    size_t failed;
};

/* --- looking ------------------------------------------------------------------------------- */

static bool is_reachable(const struct cl_resource_list *list)
{
    return cl_resource_list_code(list) == CL_OK && list->count == 1 && list->rows[0].ids.count > 0;
}

static enum cl_code pull_all(struct choosing *choosing, struct cl_discovery *discovery,
                             struct cl_err *err)
{
    for (;;) {
        CL_AUTO(cl_resource_list) struct cl_resource_list list = {.id = ""};
        int64_t order = -1;

        CL_TRY(discovery->ops->next(discovery, &list, &order, err));
        if (order < 0)
            return CL_OK;
        if (is_reachable(&list)) {
            CL_TRY(cl_gathered_add(&choosing->found, &list, order, err));
        } else {
            choosing->failed += cl_resource_list_code(&list) != CL_OK;
        }
    }
}

static enum cl_code look(struct choosing *choosing, struct cl_err *err)
{
    struct cl_cli *cli = choosing->cli;
    struct cl_discovery *discovery = NULL;
    struct cl_api *api = NULL;
    const struct cl_discovery_request request = {
        .connector_type = cl_str_of(choosing->flavor->connector_type),
        .resource_type = cl_str_of(choosing->flavor->resource_type),
        .resource_id = choosing->resource_id,
        .parallel = PARALLEL,
        .connector_timeout_ms = TIMEOUT_MS,
    };

    CL_TRY(cli->open_api(cli, &api, err));
    CL_AUTO(cl_progress)
    struct cl_progress *progress = cl_progress_start(cli->out, "Looking for matching resources");
    CL_TRY(api->ops->discover(api, &cli->call, &request, &discovery, err));
    enum cl_code code = pull_all(choosing, discovery, err);
    discovery->ops->free(discovery);
    cl_gathered_sort(&choosing->found);
    return code;
}

static enum cl_code nothing_found(const struct choosing *choosing, struct cl_err *err)
{
    const struct cl_flavor *flavor = choosing->flavor;
    bool named = choosing->resource_id.len > 0;

    (void)cl_err_set(err, CL_E_NOT_FOUND,
                     "no service connector reaches a '%s' resource for '%s'; %zu of them "
                     "%s in error",
                     flavor->resource_type, choosing->component->name, choosing->failed,
                     choosing->failed == 1 ? "is" : "are");
    return cl_err_hint(err,
                       "'cleat service-connector list-resources --resource-type %s%s%.*s' shows "
                       "why; 'cleat service-connector register' makes another one",
                       flavor->resource_type, named ? " --resource-id " : "",
                       CL_STR_ARG(choosing->resource_id));
}

/* --- asking -------------------------------------------------------------------------------- */

static struct cl_answers answers_of(const struct choosing *choosing)
{
    return cl_answers_open(choosing->cli->world, choosing->cli->values.stdin_used);
}

/* Sentences and tables are for people; a machine format has only the outcome. */
static enum cl_code show_found(const struct choosing *choosing, const char *sentence,
                               struct cl_err *err)
{
    struct cl_out *out = choosing->cli->out;

    if (cl_out_is_machine(out))
        return CL_OK;
    CL_TRY(cl_out_say(out, err, "%s", sentence));
    return cl_gathered_table(out, &choosing->found, err);
}

static enum cl_code confirm_only(const struct choosing *choosing, struct cl_err *err)
{
    struct cl_answers answers = answers_of(choosing);
    struct cl_prompt prompt = {.kind = CL_PROMPT_CONFIRM,
                               .text = "Use it?",
                               .default_answer = CL_PROMPT_YES,
                               .option = "connector"};
    bool yes = false;

    CL_TRY(show_found(choosing, "One connector has compatible resources:", err));
    CL_TRY(cl_prompt_confirm(choosing->cli->out, &answers, &prompt, &yes, err));
    return yes ? CL_OK : cl_err_set(err, CL_E_FAILED, "nothing was connected");
}

static enum cl_code choose_connector(const struct choosing *choosing, size_t *ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_strs) struct cl_strs ids = CL_STRS_NONE;
    struct cl_answers answers = answers_of(choosing);
    struct cl_prompt prompt = {
        .kind = CL_PROMPT_CHOICE,
        .text = "Please enter the name or ID of the connector you want to use",
        .option = "connector",
        .choices = &names,
        .ids = &ids,
    };

    for (size_t i = 0; i < choosing->found.count; i++) {
        CL_TRY(cl_strs_add(&names, cl_str_of(choosing->found.items[i].list.name), err));
        CL_TRY(cl_strs_add(&ids, cl_str_of(choosing->found.items[i].list.id), err));
    }
    CL_TRY(show_found(choosing, "The following connectors have compatible resources:", err));
    return cl_prompt_choice(choosing->cli->out, &answers, &prompt, ret, err);
}

static const char *title_of(const struct cl_resource_list *list)
{
    const struct cl_connector_type *type = cl_registry_find(cl_str_of(list->connector_type));
    struct cl_str wanted = cl_str_of(list->rows[0].resource_type);
    const struct cl_resource_type *resource = type == NULL ? NULL : cl_type_resource(type, wanted);

    return resource == NULL ? list->rows[0].resource_type : resource->title;
}

static enum cl_code choose_id(const struct choosing *choosing, const struct cl_resource_list *list,
                              size_t *ret, struct cl_err *err)
{
    const struct cl_strs *ids = &list->rows[0].ids;
    struct cl_answers answers = answers_of(choosing);
    struct cl_out *out = choosing->cli->out;
    struct cl_prompt prompt = {.kind = CL_PROMPT_CHOICE,
                               .text = "Please select the one to use",
                               .option = "resource-id",
                               .choices = ids};

    if (ids->count == 1)
        return CL_OK;
    if (!cl_out_is_machine(out)) {
        CL_TRY(cl_out_say(out, err, "%zu %s resources are available:", ids->count, title_of(list)));
        for (size_t i = 0; i < ids->count; i++)
            CL_TRY(cl_out_say(out, err, " - %s", ids->items[i]));
    }
    return cl_prompt_choice(out, &answers, &prompt, ret, err);
}

/* Only the chosen id stays in the only row. */
static enum cl_code keep_id(struct cl_resource_list *list, size_t index, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs one = CL_STRS_NONE;
    struct cl_strs *ids = &list->rows[0].ids;

    CL_TRY(cl_strs_add(&one, cl_str_of(ids->items[index]), err));
    cl_strs_cleanup(ids);
    CL_MOVE_TO(ids, one);
    return CL_OK;
}

/* --- together ------------------------------------------------------------------------------ */

static enum cl_code choose(struct choosing *choosing, struct cl_resource_list *ret,
                           struct cl_err *err)
{
    size_t connector = 0;
    size_t id = 0;

    CL_TRY(look(choosing, err));
    if (choosing->found.count == 0)
        return nothing_found(choosing, err);
    CL_TRY(choosing->found.count == 1 ? confirm_only(choosing, err)
                                      : choose_connector(choosing, &connector, err));
    struct cl_resource_list *list = &choosing->found.items[connector].list;
    CL_TRY(choose_id(choosing, list, &id, err));
    CL_TRY(keep_id(list, id, err));
    CL_MOVE_TO(ret, *list);
    return CL_OK;
}

enum cl_code cl_component_choose(struct cl_cli *cli, const struct cl_component *component,
                                 struct cl_str resource_id, struct cl_resource_list *ret,
                                 struct cl_err *err)
{
    const struct cl_flavor *flavor = component->flavor;
    struct choosing choosing = {
        .cli = cli, .component = component, .flavor = flavor, .resource_id = resource_id};

    CL_TRY(cl_component_require_flavor(component, err));
    if (flavor->resource_type == NULL) {
        return cl_err_set(err, CL_E_INVALID, "'%s' does not take a service connector (flavor '%s')",
                          component->name, flavor->id);
    }
    if (flavor->resource_id_attr != NULL && resource_id.len == 0)
        choosing.resource_id = cl_config_text(&component->config, flavor->resource_id_attr);
    enum cl_code code = choose(&choosing, ret, err);
    cl_gathered_cleanup(&choosing.found);
    return code;
}
