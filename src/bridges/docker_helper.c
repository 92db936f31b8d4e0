#include "bridges/docker_helper.h"

#include "core/api.h"
#include "core/registry.h"
#include "interop/docker_config.h"
#include "interop/docker_helper.h"
#include "interop/docker_map.h"

#define SECRET_MAX ((size_t)256 * 1024)

bool cl_docker_helper_is_meant(const char *argv0)
{
    const char *slash = argv0 == NULL ? NULL : strrchr(argv0, '/');
    const char *name = slash == NULL ? argv0 : slash + 1;

    return name != NULL && strcmp(name, CL_DOCKER_HELPER_PROGRAM) == 0;
}

enum cl_code cl_docker_registry_id(struct cl_str spelled, char **ret, struct cl_err *err)
{
    struct cl_connector conn = {.type = cl_registry_find(CL_STR("docker"))};

    if (conn.type == NULL)
        return cl_err_set(err, CL_E_TYPE_UNAVAILABLE, "this build has no connector type 'docker'");
    return conn.type->ops->canonical_id(&conn, conn.type->resources, spelled, ret, err);
}

enum cl_code cl_docker_issued_id(const struct cl_issued *issued, char **ret, struct cl_err *err)
{
    struct cl_str registry = cl_config_text(&issued->config, "registry");

    return cl_docker_registry_id(registry.len > 0 ? registry : cl_str_of(issued->resource_id), ret,
                                 err);
}

/* --- whom it is about ---------------------------------------------------------------------- */

/* One call under way. */
struct asked {
    const struct cl_docker_helper *helper;
    struct cl_buf input;
    struct cl_docker_map map;
    const struct cl_docker_mapping *mapping; /* NULL: not one of ours */
};

static void asked_cleanup(struct asked *asked)
{
    cl_buf_cleanup(&asked->input);
    cl_docker_map_cleanup(&asked->map);
}

/* Not a registry's name at all is not one of ours. */
static enum cl_code find(struct asked *asked, struct cl_str server, struct cl_err *err)
{
    CL_AUTO(cl_string) char *id = NULL;
    struct cl_err why = CL_ERR_NONE;

    if (!cl_docker_names_server(server))
        return CL_OK;
    enum cl_code code = cl_docker_registry_id(server, &id, &why);
    if (code == CL_E_ID_INVALID)
        return CL_OK;
    if (code != CL_OK) {
        *err = why;
        return code;
    }
    CL_TRY(cl_docker_map_load(asked->helper->call->world, &asked->map, err));
    asked->mapping = cl_docker_map_find(&asked->map, cl_str_of(id));
    return CL_OK;
}

/* Standard input as the address of a registry. */
static enum cl_code read_server(struct asked *asked, struct cl_str *ret, struct cl_err *err)
{
    CL_TRY(asked->helper->read_input(asked->helper->ctx, &asked->input, err));
    *ret = cl_str_trim(cl_buf_view(&asked->input));
    if (ret->len == 0)
        return cl_err_set(err, CL_E_USAGE, CL_DOCKER_NO_SERVER);
    return find(asked, *ret, err);
}

static struct cl_issue_client_request request_of(const struct cl_docker_mapping *mapping)
{
    return (struct cl_issue_client_request){
        .ref = {.text = cl_str_of(mapping->connector)},
        .resource_type = cl_str_of(mapping->resource_type),
        .resource_id = cl_str_of(mapping->resource_id),
        .allow_long_lived = mapping->allow_long_lived,
        .purpose = CL_STR(CL_DOCKER_HELPER_PROGRAM),
    };
}

/* --- actions ------------------------------------------------------------------------------- */

typedef enum cl_code (*action_fn)(struct asked *asked, struct cl_buf *out, struct cl_err *err);

/* Nobody can log out with a connector that was deleted. */
static enum cl_code explain_loss(const struct asked *asked, struct cl_err *err)
{
    const struct cl_docker_mapping *mapping = asked->mapping;

    return cl_err_hint(err,
                       "log in with another connector and --overwrite, or take '%.100s' out of "
                       "%.150s",
                       mapping->id, mapping->count > 0 ? mapping->places[0].path : "the file");
}

static enum cl_code issue(const struct asked *asked, struct cl_str server, struct cl_buf *out,
                          struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    struct cl_issue_client_request request = request_of(asked->mapping);
    struct cl_api *api = NULL;

    CL_TRY(asked->helper->open_api(asked->helper->ctx, &api, err));
    if (api->ops->issue(api, asked->helper->call, &request, &client, err) != CL_OK)
        return err->code == CL_E_NOT_FOUND ? explain_loss(asked, err) : err->code;
    return cl_docker_helper_answer(server, &client.issued, out, err);
}

/* A failure of ours is said aloud: Docker takes "not found" for leave to try without. */
static enum cl_code get(struct asked *asked, struct cl_buf *out, struct cl_err *err)
{
    struct cl_str server = CL_STR_NONE;

    CL_TRY(read_server(asked, &server, err));
    if (asked->mapping == NULL)
        return cl_err_set(err, CL_E_USAGE, CL_DOCKER_NOT_FOUND);
    if (issue(asked, server, out, err) != CL_OK)
        return cl_err_wrap(err, "cleat");
    return CL_OK;
}

/* `docker login` ends with this. What Cleat answers for is not replaced by what was typed. */
static enum cl_code store(struct asked *asked, struct cl_buf *out, struct cl_err *err)
{
    CL_AUTO(cl_docker_store) struct cl_docker_store wanted = {.server_url = NULL};

    (void)out;
    CL_TRY(asked->helper->read_input(asked->helper->ctx, &asked->input, err));
    CL_TRY(cl_docker_store_parse(cl_buf_view(&asked->input), &wanted, err));
    if (wanted.server_url == NULL)
        return cl_err_set(err, CL_E_USAGE, CL_DOCKER_NO_SERVER);
    if (!wanted.has_username)
        return cl_err_set(err, CL_E_USAGE, CL_DOCKER_NO_USER);
    CL_TRY(find(asked, cl_str_of(wanted.server_url), err));
    if (asked->mapping == NULL)
        return cl_err_set(err, CL_E_CONFLICT, "cleat manages connector registries only");
    return CL_OK;
}

/* What was handed out is not handed out again: a new credential takes its place, if one can be had.
 * The stored pair is the only one there is. */
static void replace_kept(const struct asked *asked)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    struct cl_issue_client_request request = request_of(asked->mapping);
    struct cl_err ignored = CL_ERR_NONE;
    struct cl_api *api = NULL;

    request.fresh = true;
    if (asked->helper->open_api(asked->helper->ctx, &api, &ignored) == CL_OK) {
        /* Whether that succeeds is seen when it is needed. */
        CL_IGNORE(api->ops->issue(api, asked->helper->call, &request, &client, &ignored));
    }
}

/* `docker logout` ends with this; the registry stays one of ours. */
static enum cl_code erase(struct asked *asked, struct cl_buf *out, struct cl_err *err)
{
    struct cl_str server = CL_STR_NONE;

    (void)out;
    CL_TRY(read_server(asked, &server, err));
    if (asked->mapping != NULL && !asked->mapping->allow_long_lived)
        replace_kept(asked);
    return CL_OK;
}

/* Nothing is issued for a list, so no user name is known. */
static enum cl_code list(struct asked *asked, struct cl_buf *out, struct cl_err *err)
{
    CL_TRY(cl_docker_map_load(asked->helper->call->world, &asked->map, err));
    return cl_docker_helper_list(&asked->map, out, err);
}

static enum cl_code version(struct asked *asked, struct cl_buf *out, struct cl_err *err)
{
    cl_buf_addf(out, CL_DOCKER_HELPER_PROGRAM " (cleat) %s\n", asked->helper->version);
    return cl_buf_ok(out, err);
}

static enum cl_code usage(struct asked *asked, struct cl_buf *out, struct cl_err *err)
{
    (void)asked;
    cl_buf_add_c(out, "Usage: " CL_DOCKER_HELPER_PROGRAM " <store|get|erase|list|version>\n");
    return cl_buf_ok(out, err);
}

static const struct {
    const char *word;
    action_fn act;
} actions[] = {
    {"get", get},    {"store", store},     {"erase", erase},
    {"list", list},  {"version", version}, {"--version", version},
    {"-v", version}, {"--help", usage},    {"-h", usage},
};

static enum cl_code act(struct asked *asked, char *const words[], struct cl_buf *out,
                        struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    if (words[0] == NULL || words[1] != NULL) {
        return cl_err_set(err, CL_E_USAGE,
                          "Usage: " CL_DOCKER_HELPER_PROGRAM " <store|get|erase|list|version>");
    }
    for (size_t i = 0; i < CL_COUNT(actions); i++) {
        if (strcmp(words[0], actions[i].word) == 0)
            return actions[i].act(asked, out, err);
    }
    cl_buf_add_quoted(&shown, cl_str_of(words[0]), 40);
    return cl_err_set(err, CL_E_USAGE, CL_DOCKER_HELPER_PROGRAM ": unknown action '%.*s'",
                      CL_STR_ARG(cl_buf_view(&shown)));
}

int cl_docker_helper_run(const struct cl_docker_helper *helper, char *const words[],
                         struct cl_buf *out)
{
    CL_AUTO(asked)
    struct asked asked = {.helper = helper, .input = CL_BUF_SECRET(CL_DOCKER_INPUT_MAX)};
    CL_AUTO(cl_buf) struct cl_buf answer = CL_BUF_SECRET(SECRET_MAX);
    struct cl_err err = CL_ERR_NONE;

    if (act(&asked, words, &answer, &err) == CL_OK) {
        cl_buf_add(out, cl_buf_view(&answer));
        return 0;
    }
    cl_buf_addf(out, "%s%s%s\n", err.text, err.hint[0] == '\0' ? "" : "; ", err.hint);
    return 1;
}
