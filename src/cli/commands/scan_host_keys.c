#include "base/alloc.h"
#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "cli/progress.h"
#include "cli/prompt.h"
#include "codec/json_build.h"
#include "core/api.h"
#include "core/stand_in.h"

/* Pins what hosts show of themselves, each key after a person has compared and confirmed it. */

struct scan {
    struct cl_cli *cli;
    struct cl_api *api;
    struct cl_connector conn;
    struct cl_discovered found;
    struct cl_strs pinned; /* descriptions */
    struct cl_strs declined;
    struct cl_strs lines; /* the attribute as it will be */
};

static void scan_cleanup(struct scan *scan)
{
    cl_connector_cleanup(&scan->conn);
    cl_discovered_cleanup(&scan->found);
    cl_strs_cleanup(&scan->pinned);
    cl_strs_cleanup(&scan->declined);
    cl_strs_cleanup(&scan->lines);
}

/* --- asking the hosts ---------------------------------------------------------------------- */

static enum cl_code set_hosts(const struct cl_args *args, struct cl_map *sources,
                              struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs hosts = CL_STRS_NONE;
    CL_AUTO(cl_string) char *joined = NULL;
    const char *host = NULL;

    for (size_t i = 0; (host = cl_args_item(args, "host", i)) != NULL; i++)
        CL_TRY(cl_strs_add(&hosts, cl_str_of(host), err));
    if (hosts.count == 0)
        return CL_OK;
    CL_TRY(cl_strs_join(&hosts, ",", &joined, err));
    return cl_map_set(sources, CL_STR("host"), cl_str_of(joined), err);
}

static enum cl_code look(struct scan *scan, const struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_map) struct cl_map sources = CL_MAP_NONE;
    struct cl_get_request get = {.ref = {.text = cl_str_of(cl_args_positional(args, 0))}};
    struct cl_api *api = scan->api;

    CL_TRY(api->ops->get(api, &scan->cli->call, &get, &scan->conn, err));
    CL_TRY(cl_connector_require_type(&scan->conn, err));
    CL_TRY(cl_config_to_input(&scan->conn.config, &input, err));
    CL_TRY(set_hosts(args, &sources, err));
    struct cl_auto_request request = {.type = cl_str_of(scan->conn.type->id),
                                      .auth_method = cl_str_of(scan->conn.method->id),
                                      .sources = sources,
                                      .input = &input};
    CL_AUTO(cl_progress)
    struct cl_progress *progress =
        cl_progress_start(scan->cli->out, "Asking the hosts of '%s'", scan->conn.name);
    CL_TRY(api->ops->scan(api, &scan->cli->call, &request, &scan->found, err));
    cl_view_warn(scan->cli, &scan->found.warnings);
    return CL_OK;
}

/* --- asking the person --------------------------------------------------------------------- */

static enum cl_code confirm(struct scan *scan, const struct cl_answers *answers, const char *what,
                            bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);

    cl_buf_addf(&text, "Pin %s?", what);
    CL_TRY(cl_buf_ok(&text, err));
    struct cl_prompt prompt = {.kind = CL_PROMPT_CONFIRM,
                               .text = text.ptr,
                               .default_answer = CL_PROMPT_NO,
                               .option = "yes"};
    return cl_prompt_confirm(scan->cli->out, answers, &prompt, ret, err);
}

/* The attribute is the one list that the type found, whatever it calls it. */
static const struct cl_config_entry *found_list(const struct scan *scan)
{
    return scan->found.config.count == 0 ? NULL : &scan->found.config.entries[0];
}

static enum cl_code ask_each(struct scan *scan, struct cl_err *err)
{
    const struct cl_config_entry *list = found_list(scan);
    const struct cl_strs *labels = &scan->found.looked_at;
    struct cl_answers answers = cl_answers_open(scan->cli->world, scan->cli->values.stdin_used);

    for (size_t i = 0; list != NULL && i < list->list.count && i < labels->count; i++) {
        struct cl_str label = cl_str_of(labels->items[i]);
        bool yes = false;
        CL_TRY(confirm(scan, &answers, labels->items[i], &yes, err));
        CL_TRY(cl_strs_add(yes ? &scan->pinned : &scan->declined, label, err));
        if (yes)
            CL_TRY(cl_strs_add(&scan->lines, cl_str_of(list->list.items[i]), err));
    }
    return CL_OK;
}

/* --- storing ------------------------------------------------------------------------------- */

static enum cl_code store(struct scan *scan, struct cl_err *err)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.verified = false};
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_strs) struct cl_strs all = CL_STRS_NONE;
    const struct cl_config_entry *list = found_list(scan);

    if (scan->lines.count == 0 || list == NULL)
        return CL_OK;
    const struct cl_strs *old = cl_config_list(&scan->conn.config, list->name);
    if (old != NULL)
        CL_TRY(cl_strs_copy(old, &all, err));
    for (size_t i = 0; i < scan->lines.count; i++)
        CL_TRY(cl_strs_add(&all, cl_str_of(scan->lines.items[i]), err));
    CL_TRY(cl_input_add_list(&input, list->name, &all, err));
    struct cl_update_request update = {.ref = {.text = cl_str_of(scan->conn.id)},
                                       .input = &input,
                                       .verify = CL_VERIFY_OFF,
                                       .if_generation = scan->conn.generation};
    return scan->api->ops->update(scan->api, &scan->cli->call, &update, &result, err);
}

static enum cl_code tell(const struct scan *scan, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *object = NULL;
    struct cl_out *out = scan->cli->out;

    if (cl_out_is_machine(out)) {
        cl_json_open_object(&build, NULL);
        cl_json_add_c(&build, "name", scan->conn.name);
        cl_json_add_strs(&build, "pinned", &scan->pinned);
        cl_json_add_strs(&build, "declined", &scan->declined);
        cl_json_close(&build);
        CL_TRY(cl_json_build_take(&build, &object, err));
        return cl_out_object(out, "service_connector", object, err);
    }
    if (scan->pinned.count == 0 && scan->declined.count == 0) {
        return cl_out_say(out, err,
                          "The hosts of service connector `%s` show no key that is not "
                          "pinned.",
                          scan->conn.name);
    }
    for (size_t i = 0; i < scan->pinned.count; i++)
        CL_TRY(cl_out_say(out, err, "%s", scan->pinned.items[i]));
    return cl_out_say(out, err, "Pinned %zu of %zu host keys of service connector `%s`.",
                      scan->pinned.count, scan->pinned.count + scan->declined.count,
                      scan->conn.name);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(scan) struct scan scan = {.cli = cli};

    CL_TRY(cli->open_api(cli, &scan.api, err));
    CL_TRY(look(&scan, args, err));
    CL_TRY(ask_each(&scan, err));
    CL_TRY(store(&scan, err));
    return tell(&scan, err);
}

static const struct cl_option options[] = {
    {.name = "host",
     .kind = CL_OPTION_LIST,
     .group = CL_GROUP_COMMON,
     .value = "HOST",
     .help = "Ask this host of the connector only. May be given several times."},
};
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector scan-host-keys gpus"},
    {.what = "One host of several",
     .line = "cleat service-connector scan-host-keys gpus --host gpu1.example.com"},
};

const struct cl_command cl_command_connector_scan_host_keys = {
    .name = "scan-host-keys",
    .summary = "Show the keys of a connector's hosts, and pin those that you confirm",
    .options = {&option_set},
    .positionals = {{.name = "NAME_OR_ID", .help = "Connector to pin keys for.", .required = true}},
    .members = "name pinned declined",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat service-connector verify",
    .run = run,
};
