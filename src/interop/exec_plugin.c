#include "interop/exec_plugin.h"

#include "base/alloc.h"
#include "base/redact.h"
#include "base/time.h"
#include "codec/json_build.h"
#include "interop/kubeconfig.h"

#define PATIENCE_MS 60000
#define ANSWER_MAX_BYTES ((size_t)1 << 20U)
#define ANSWER_DEPTH 16
#define WORD_MAX_BYTES ((size_t)64 << 10U)
#define LINE_MAX_BYTES ((size_t)64 << 10U)
#define SHOWN_BYTES 400
#define WORDS_MAX 1000 /* arguments, or variables */

void cl_exec_answer_cleanup(struct cl_exec_answer *answer)
{
    cl_secret_free(answer->token);
    cl_secret_free(answer->certificate);
    cl_secret_free(answer->key);
    *answer = (struct cl_exec_answer){.token = NULL};
}

/* What the plugin is started with. */
struct plugin {
    const struct cl_world *world;
    const struct cl_yaml_node *exec;
    struct cl_str version;
    struct cl_strs words;
    struct cl_strs variables; /* NAME=value, those of `exec` */
    char **argv;
    char **envp;
};

static void plugin_cleanup(struct plugin *plugin)
{
    cl_strs_cleanup(&plugin->words);
    cl_strs_cleanup(&plugin->variables);
    cl_free(plugin->argv);
    cl_free(plugin->envp);
}

static enum cl_code damaged(const char *what, struct cl_err *err)
{
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "the exec entry of the user %s", what);
}

/* --- what it is started with --------------------------------------------------------------- */

static enum cl_code add_words(struct plugin *plugin, const char *kubeconfig_path,
                              struct cl_err *err)
{
    struct cl_str command = cl_yaml_get_text(plugin->exec, "command");
    CL_AUTO(cl_string) char *path = NULL;

    if (command.len == 0)
        return damaged("names no command", err);
    if (cl_str_find(command, '/') < command.len) {
        CL_TRY(cl_kube_merged_resolve(kubeconfig_path, command, &path, err));
        command = cl_str_of(path);
    }
    CL_TRY(cl_strs_add(&plugin->words, command, err));
    for (const struct cl_yaml_node *arg = cl_yaml_first(cl_yaml_get(plugin->exec, "args"));
         arg != NULL; arg = cl_yaml_next(arg)) {
        if (plugin->words.count > WORDS_MAX)
            return damaged("has too many arguments", err);
        CL_TRY(cl_strs_add(&plugin->words, cl_yaml_text(arg), err));
    }
    return CL_OK;
}

static enum cl_code add_variable(struct plugin *plugin, struct cl_str name, struct cl_str value,
                                 struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(WORD_MAX_BYTES);

    if (name.len == 0 || cl_str_find(name, '=') < name.len)
        return damaged("has a variable without a name", err);
    if (plugin->variables.count > WORDS_MAX)
        return damaged("has too many variables", err);
    cl_buf_add(&text, name);
    cl_buf_add_char(&text, '=');
    cl_buf_add(&text, value);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(&plugin->variables, cl_buf_view(&text), err);
}

static enum cl_code add_info(struct plugin *plugin, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *info = NULL;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(WORD_MAX_BYTES);

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "kind", "ExecCredential");
    cl_json_add_str(&build, "apiVersion", plugin->version);
    cl_json_open_object(&build, "spec");
    cl_json_add_bool(&build, "interactive", false);
    cl_json_close(&build);
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &info, err));
    cl_buf_add_json(&text, info, CL_JSON_COMPACT);
    CL_TRY(cl_buf_ok(&text, err));
    return add_variable(plugin, CL_STR("KUBERNETES_EXEC_INFO"), cl_buf_view(&text), err);
}

static enum cl_code add_variables(struct plugin *plugin, struct cl_err *err)
{
    for (const struct cl_yaml_node *item = cl_yaml_first(cl_yaml_get(plugin->exec, "env"));
         item != NULL; item = cl_yaml_next(item)) {
        CL_TRY(add_variable(plugin, cl_yaml_get_text(item, "name"), cl_yaml_get_text(item, "value"),
                            err));
    }
    return add_info(plugin, err);
}

static bool is_replaced(const struct plugin *plugin, const char *variable)
{
    struct cl_str text = cl_str_of(variable);
    struct cl_str name = cl_str_first(text, cl_str_find(text, '=') + 1);

    for (size_t i = 0; i < plugin->variables.count; i++) {
        if (cl_str_starts(cl_str_of(plugin->variables.items[i]), name))
            return true;
    }
    return false;
}

/* Ours, but for what the entry sets: of a variable that is there twice programs take either. */
static enum cl_code make_vectors(struct plugin *plugin, struct cl_err *err)
{
    char *const *ours = plugin->world->environment(plugin->world->ctx);
    size_t own = plugin->variables.count;
    size_t count = own;

    for (size_t i = 0; ours != NULL && ours[i] != NULL; i++)
        count++;
    plugin->argv = cl_array_alloc(plugin->words.count + 1, sizeof(*plugin->argv));
    plugin->envp = cl_array_alloc(count + 1, sizeof(*plugin->envp));
    if (plugin->argv == NULL || plugin->envp == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < plugin->words.count; i++)
        plugin->argv[i] = plugin->words.items[i];
    for (size_t i = 0; i < own; i++)
        plugin->envp[i] = plugin->variables.items[i];
    for (size_t i = 0; ours != NULL && ours[i] != NULL; i++) {
        if (!is_replaced(plugin, ours[i]))
            plugin->envp[own++] = ours[i];
    }
    return CL_OK;
}

static enum cl_code prepare(struct plugin *plugin, const char *kubeconfig_path, struct cl_err *err)
{
    plugin->version = cl_yaml_get_text(plugin->exec, "apiVersion");
    if (plugin->version.len == 0)
        return damaged("has no apiVersion", err);
    if (cl_yaml_is_true(cl_yaml_get(plugin->exec, "provideClusterInfo"))) {
        return cl_err_set(err, CL_E_UNSUPPORTED,
                          "the command of the user wants to be told the cluster");
    }
    CL_TRY(add_words(plugin, kubeconfig_path, err));
    CL_TRY(add_variables(plugin, err));
    return make_vectors(plugin, err);
}

/* --- what it answers ----------------------------------------------------------------------- */

/* As errors call it. */
static struct cl_str program(const struct plugin *plugin)
{
    return cl_str_first(cl_yaml_get_text(plugin->exec, "command"), 200);
}

static enum cl_code run(const struct plugin *plugin, struct cl_buf *ret, struct cl_err *err)
{
    const struct cl_world *world = plugin->world;
    const struct cl_child child = {.argv = plugin->argv,
                                   .envp = plugin->envp,
                                   .deadline_ms = world->monotonic_ms(world->ctx) + PATIENCE_MS};
    int status = 0;

    enum cl_code code = world->run(world->ctx, &child, ret, &status, err);
    if (code == CL_E_NOT_FOUND)
        err->code = CL_E_LOCAL_TOOL_MISSING;
    if (code == CL_E_INVALID)
        err->code = CL_E_LOCAL_CONFIG;
    if (code != CL_OK)
        return err->code;
    if (status == 0)
        return CL_OK;
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "'%.*s' ended with %d", CL_STR_ARG(program(plugin)),
                      status);
}

static enum cl_code keep(const json_t *status, const char *key, struct cl_secret **ret,
                         struct cl_err *err)
{
    struct cl_str value = cl_json_str(status, key);

    return value.len == 0 ? CL_OK : cl_secret_new(value, ret, err);
}

static enum cl_code read_status(const json_t *status, struct cl_exec_answer *ret,
                                struct cl_err *err)
{
    struct cl_str end = cl_json_str(status, "expirationTimestamp");

    CL_TRY(keep(status, "token", &ret->token, err));
    CL_TRY(keep(status, "clientCertificateData", &ret->certificate, err));
    CL_TRY(keep(status, "clientKeyData", &ret->key, err));
    return end.len == 0 ? CL_OK : cl_time_parse_rfc3339(end, &ret->expires_at, err);
}

static enum cl_code parse(const struct plugin *plugin, struct cl_str text,
                          struct cl_exec_answer *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;
    struct cl_err why = CL_ERR_NONE;

    enum cl_code code =
        cl_json_parse_limited(text, ANSWER_MAX_BYTES, ANSWER_DEPTH, &document, &why);
    if (code == CL_OK && !cl_str_eq(cl_json_str(document, "apiVersion"), plugin->version))
        code = cl_err_set(&why, CL_E_INVALID, "it has another apiVersion");
    if (code == CL_OK)
        code = read_status(cl_json_get(document, "status"), ret, &why);
    if (code == CL_OK && ret->token == NULL && (ret->certificate == NULL || ret->key == NULL))
        code = cl_err_set(&why, CL_E_INVALID, "it has no credential");
    if (code != CL_E_INVALID) {
        *err = code == CL_OK ? *err : why;
        return code;
    }
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "the answer of '%.*s' cannot be used: %s",
                      CL_STR_ARG(program(plugin)), why.text);
}

enum cl_code cl_exec_plugin_ask(const struct cl_world *world, const char *kubeconfig_path,
                                const struct cl_yaml_node *exec, struct cl_exec_answer *ret,
                                struct cl_err *err)
{
    CL_AUTO(plugin) struct plugin plugin = {.world = world, .exec = exec};
    CL_AUTO(cl_exec_answer) struct cl_exec_answer answer = {.token = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(ANSWER_MAX_BYTES);

    CL_TRY(prepare(&plugin, kubeconfig_path, err));
    CL_TRY(run(&plugin, &text, err));
    CL_TRY(parse(&plugin, cl_buf_view(&text), &answer, err));
    *ret = answer;
    answer = (struct cl_exec_answer){.token = NULL};
    return CL_OK;
}

void cl_exec_plugin_add_command(const struct cl_yaml_node *exec, struct cl_buf *ret)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF_SECRET(LINE_MAX_BYTES);

    cl_buf_add(&line, cl_yaml_get_text(exec, "command"));
    for (const struct cl_yaml_node *arg = cl_yaml_first(cl_yaml_get(exec, "args")); arg != NULL;
         arg = cl_yaml_next(arg)) {
        cl_buf_add_char(&line, ' ');
        cl_buf_add(&line, cl_yaml_text(arg));
    }
    cl_buf_add_redacted(ret, cl_buf_view(&line), NULL, 0, SHOWN_BYTES);
}
