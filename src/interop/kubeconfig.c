#include "interop/kubeconfig.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/quote.h"
#include "interop/home.h"

#define PATH_MAX_BYTES 4096

struct part {
    char *path;
    struct cl_buf text;
    struct cl_yaml *yaml;
};

struct cl_kube_merged {
    struct part *parts;
    size_t count;
};

/* The three lists, and what holds an entry's own members. */
static const struct list {
    const char *key;
    const char *member;
    const char *word;
} lists[] = {
    {"clusters", "cluster", "cluster"},
    {"contexts", "context", "context"},
    {"users", "user", "user"},
};

enum list_id { CLUSTERS, CONTEXTS, USERS };

/* --- where they are ------------------------------------------------------------------------ */

static enum cl_code add_once(struct cl_strs *paths, struct cl_str path, struct cl_err *err)
{
    if (path.len == 0 || cl_strs_has(paths, path))
        return CL_OK;
    if (paths->count >= CL_KUBECONFIG_FILES_MAX) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "KUBECONFIG names more than %d files",
                          CL_KUBECONFIG_FILES_MAX);
    }
    return cl_strs_add(paths, path, err);
}

enum cl_code cl_kube_merged_paths(const struct cl_world *world, struct cl_strs *ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf usual = CL_BUF(PATH_MAX_BYTES);
    struct cl_str rest = cl_world_env(world, "KUBECONFIG");
    struct cl_str path = CL_STR_NONE;

    while (rest.len > 0) {
        (void)cl_str_cut(rest, ':', &path, &rest);
        CL_TRY(add_once(ret, path, err));
    }
    if (ret->count > 0)
        return CL_OK;
    CL_TRY(cl_add_home(world, "the kubeconfig file", &usual, err));
    cl_buf_add_c(&usual, "/.kube/config");
    CL_TRY(cl_buf_ok(&usual, err));
    return cl_strs_add(ret, cl_buf_view(&usual), err);
}

/* --- reading ------------------------------------------------------------------------------- */

static enum cl_code broken(const struct part *part, const struct cl_yaml_node *node,
                           const char *reason, struct cl_err *err)
{
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "'%.300s', line %zu: %s", part->path,
                      cl_yaml_line(node), reason);
}

static bool is_filled_text(const struct cl_yaml_node *node)
{
    return cl_yaml_kind(node) == CL_YAML_SCALAR && !cl_yaml_is_null(node) &&
           cl_yaml_text(node).len > 0;
}

static int compare_names(const void *a, const void *b)
{
    return cl_str_cmp(*(const struct cl_str *)a, *(const struct cl_str *)b);
}

static enum cl_code check_twins(const struct part *part, const struct cl_yaml_node *list,
                                struct cl_str *names, size_t count, struct cl_err *err)
{
    qsort(names, count, sizeof(*names), compare_names);
    for (size_t i = 1; i < count; i++) {
        if (cl_str_eq(names[i - 1], names[i]))
            return broken(part, list, "a name is given twice in one list", err);
    }
    return CL_OK;
}

static enum cl_code check_entries(const struct part *part, const struct cl_yaml_node *list,
                                  struct cl_err *err)
{
    size_t count = 0;
    size_t at = 0;

    for (const struct cl_yaml_node *item = cl_yaml_first(list); item != NULL;
         item = cl_yaml_next(item)) {
        if (cl_yaml_kind(item) != CL_YAML_MAP || !is_filled_text(cl_yaml_get(item, "name")))
            return broken(part, item, "an entry without a name", err);
        count++;
    }
    struct cl_str *names = cl_array_alloc(count, sizeof(*names));
    if (names == NULL)
        return cl_err_no_memory(err);
    for (const struct cl_yaml_node *item = cl_yaml_first(list); item != NULL;
         item = cl_yaml_next(item))
        names[at++] = cl_yaml_get_text(item, "name");
    enum cl_code code = check_twins(part, list, names, count, err);
    cl_free(names);
    return code;
}

static enum cl_code check_part(const struct part *part, struct cl_err *err)
{
    const struct cl_yaml_node *root = cl_yaml_root(part->yaml);
    struct cl_str kind = cl_yaml_get_text(root, "kind");

    if (cl_yaml_is_null(root)) /* an empty file */
        return CL_OK;
    if (cl_yaml_kind(root) != CL_YAML_MAP)
        return broken(part, root, "this is no kubeconfig file", err);
    if (kind.len > 0 && !cl_str_eq_c(kind, "Config"))
        return broken(part, cl_yaml_get(root, "kind"), "the file's kind is not Config", err);
    for (size_t i = 0; i < CL_COUNT(lists); i++) {
        const struct cl_yaml_node *list = cl_yaml_get(root, lists[i].key);
        if (cl_yaml_is_null(list))
            continue;
        if (cl_yaml_kind(list) != CL_YAML_LIST)
            return broken(part, list, "a list is wanted here", err);
        CL_TRY(check_entries(part, list, err));
    }
    return CL_OK;
}

static enum cl_code parse_part(struct part *part, struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_yaml_parse(cl_buf_view(&part->text), &part->yaml, &why);

    if (code == CL_E_INVALID)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "'%.300s': %s", part->path, why.text);
    if (code != CL_OK) {
        *err = why;
        return code;
    }
    return check_part(part, err);
}

/* NULL when there is no memory. */
static struct cl_kube_merged *new_merged(size_t count)
{
    struct cl_kube_merged *made = cl_alloc(sizeof(*made));

    if (made == NULL)
        return NULL;
    made->parts = cl_array_alloc(count, sizeof(*made->parts));
    if (made->parts != NULL)
        return made;
    cl_free(made);
    return NULL;
}

/* The next part, empty, which counts from now on. */
static enum cl_code add_part(struct cl_kube_merged *kubeconfig, const char *path, struct part **ret,
                             struct cl_err *err)
{
    struct part *part = &kubeconfig->parts[kubeconfig->count++];

    part->text = (struct cl_buf)CL_BUF_SECRET(CL_YAML_MAX_BYTES);
    *ret = part;
    return cl_str_dup(cl_str_of(path), &part->path, err);
}

enum cl_code cl_kube_merged_parse(const struct cl_kube_merged_text *texts, size_t count,
                                  struct cl_kube_merged **ret, struct cl_err *err)
{
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *made = new_merged(count);

    if (made == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct part *part = NULL;
        CL_TRY(add_part(made, texts[i].path, &part, err));
        cl_buf_add(&part->text, texts[i].text);
        CL_TRY(cl_buf_ok(&part->text, err));
        CL_TRY(parse_part(part, err));
    }
    *ret = CL_MOVE(made);
    return CL_OK;
}

/* False with CL_OK: there is no such file. */
static enum cl_code read_part(const struct cl_world *world, struct part *part, bool *ret_found,
                              struct cl_err *err)
{
    struct cl_err failure = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, part->path, &part->text, &failure);

    *ret_found = code == CL_OK;
    if (code == CL_OK || code == CL_E_NOT_FOUND)
        return CL_OK;
    *err = failure;
    if (code == CL_E_INVALID) /* too large, or no file */
        err->code = CL_E_LOCAL_CONFIG;
    return err->code;
}

static enum cl_code none_there(const struct cl_strs *paths, struct cl_err *err)
{
    CL_AUTO(cl_string) char *names = NULL;

    CL_TRY(cl_strs_join(paths, ", ", &names, err));
    return cl_err_set(err, CL_E_NOT_FOUND, "there is no kubeconfig file: %.300s", names);
}

static enum cl_code load_all(const struct cl_world *world, const struct cl_strs *paths,
                             struct cl_kube_merged **ret, struct cl_err *err)
{
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *made = new_merged(paths->count);
    size_t there = 0;

    if (made == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < paths->count; i++) {
        struct part *part = NULL;
        bool found = false;
        CL_TRY(add_part(made, paths->items[i], &part, err));
        CL_TRY(read_part(world, part, &found, err));
        CL_TRY(parse_part(part, err));
        there += found ? 1 : 0;
    }
    if (there == 0)
        return none_there(paths, err);
    *ret = CL_MOVE(made);
    return CL_OK;
}

enum cl_code cl_kube_merged_load(const struct cl_world *world, struct cl_str file,
                                 struct cl_kube_merged **ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs paths = CL_STRS_NONE;

    if (file.len > 0) {
        CL_TRY(cl_strs_add(&paths, file, err));
    } else {
        CL_TRY(cl_kube_merged_paths(world, &paths, err));
    }
    return load_all(world, &paths, ret, err);
}

void cl_kube_merged_free(struct cl_kube_merged *kubeconfig)
{
    if (kubeconfig == NULL)
        return;
    for (size_t i = 0; i < kubeconfig->count; i++) {
        cl_free(kubeconfig->parts[i].path);
        cl_buf_cleanup(&kubeconfig->parts[i].text);
        cl_yaml_free(kubeconfig->parts[i].yaml);
    }
    cl_free(kubeconfig->parts);
    cl_free(kubeconfig);
}

void cl_kube_merged_cleanup(struct cl_kube_merged **kubeconfig)
{
    cl_kube_merged_free(*kubeconfig);
}

/* --- looking up ---------------------------------------------------------------------------- */

struct cl_str cl_kube_merged_current(const struct cl_kube_merged *kubeconfig)
{
    for (size_t i = 0; i < kubeconfig->count; i++) {
        const struct cl_yaml_node *node =
            cl_yaml_get(cl_yaml_root(kubeconfig->parts[i].yaml), "current-context");
        if (is_filled_text(node))
            return cl_yaml_text(node);
    }
    return CL_STR_NONE;
}

enum cl_code cl_kube_merged_contexts(const struct cl_kube_merged *kubeconfig, struct cl_strs *ret,
                                     struct cl_err *err)
{
    for (size_t i = 0; i < kubeconfig->count; i++) {
        const struct cl_yaml_node *list =
            cl_yaml_get(cl_yaml_root(kubeconfig->parts[i].yaml), lists[CONTEXTS].key);
        for (const struct cl_yaml_node *item = cl_yaml_first(list); item != NULL;
             item = cl_yaml_next(item)) {
            struct cl_str name = cl_yaml_get_text(item, "name");
            if (ret->count < CL_KUBE_CONTEXTS_MAX && !cl_strs_has(ret, name))
                CL_TRY(cl_strs_add(ret, name, err));
        }
    }
    return CL_OK;
}

/* The members of the entry in the first file that has it; NULL: no file has. */
static const struct cl_yaml_node *find_entry(const struct cl_kube_merged *kubeconfig,
                                             enum list_id list, struct cl_str name,
                                             const char **ret_path)
{
    for (size_t i = 0; i < kubeconfig->count; i++) {
        const struct part *part = &kubeconfig->parts[i];
        const struct cl_yaml_node *item =
            cl_yaml_first(cl_yaml_get(cl_yaml_root(part->yaml), lists[list].key));
        for (; item != NULL; item = cl_yaml_next(item)) {
            if (cl_str_eq(cl_yaml_get_text(item, "name"), name)) {
                *ret_path = part->path;
                return item;
            }
        }
    }
    return NULL;
}

static enum cl_code no_context(const struct cl_kube_merged *kubeconfig, struct cl_str name,
                               struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_string) char *joined = NULL;

    CL_TRY(cl_kube_merged_contexts(kubeconfig, &names, err));
    CL_TRY(cl_strs_join(&names, ", ", &joined, err));
    if (name.len == 0) {
        (void)cl_err_set(err, CL_E_NOT_FOUND, "the kubeconfig has no current context");
    } else {
        (void)cl_err_set(err, CL_E_NOT_FOUND, "the kubeconfig has no context '%s'",
                         cl_quote(name).text);
    }
    if (names.count == 0)
        return cl_err_hint(err, "It has no contexts at all.");
    return cl_err_hint(err, "Choose one with --context: %.250s", joined);
}

/* What the context says, as errors name it. */
struct reference {
    struct cl_str context;
    enum list_id list;
    struct cl_str name;
};

/* A cluster or user that the context names. */
static enum cl_code need_entry(const struct cl_kube_merged *kubeconfig, const struct reference *to,
                               const struct cl_yaml_node **ret, const char **ret_path,
                               struct cl_err *err)
{
    const char *word = lists[to->list].word;

    if (to->name.len == 0) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "context '%s' of the kubeconfig names no %s",
                          cl_quote(to->context).text, word);
    }
    const struct cl_yaml_node *item = find_entry(kubeconfig, to->list, to->name, ret_path);
    if (item == NULL) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "context '%s' of the kubeconfig names the %s '%s', which is not there",
                          cl_quote(to->context).text, word, cl_quote(to->name).text);
    }
    *ret = cl_yaml_get(item, lists[to->list].member);
    return CL_OK;
}

enum cl_code cl_kube_merged_find(const struct cl_kube_merged *kubeconfig, struct cl_str context,
                                 struct cl_kube_context *ret, struct cl_err *err)
{
    struct cl_str name = context.len > 0 ? context : cl_kube_merged_current(kubeconfig);
    const char *ignored = NULL;
    const struct cl_yaml_node *item =
        name.len == 0 ? NULL : find_entry(kubeconfig, CONTEXTS, name, &ignored);

    if (item == NULL)
        return no_context(kubeconfig, name, err);
    const struct cl_yaml_node *body = cl_yaml_get(item, lists[CONTEXTS].member);
    struct cl_kube_context found = {
        .name = name,
        .kube_namespace = cl_yaml_get_text(body, "namespace"),
        .cluster_name = cl_yaml_get_text(body, lists[CLUSTERS].member),
        .user_name = cl_yaml_get_text(body, lists[USERS].member),
    };
    const struct reference to_cluster = {name, CLUSTERS, found.cluster_name};
    const struct reference to_user = {name, USERS, found.user_name};
    CL_TRY(need_entry(kubeconfig, &to_cluster, &found.cluster, &found.cluster_path, err));
    CL_TRY(need_entry(kubeconfig, &to_user, &found.user, &found.user_path, err));
    if (!is_filled_text(cl_yaml_get(found.cluster, "server"))) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "cluster '%s' of '%.300s' has no server",
                          cl_quote(found.cluster_name).text, found.cluster_path);
    }
    *ret = found;
    return CL_OK;
}

/* --- files that entries name --------------------------------------------------------------- */

enum cl_code cl_kube_merged_resolve(const char *kubeconfig_path, struct cl_str path, char **ret,
                                    struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(PATH_MAX_BYTES);
    const char *slash = strrchr(kubeconfig_path, '/');

    if (slash != NULL && !cl_str_starts(path, CL_STR("/")))
        cl_buf_add(&text, cl_str_make(kubeconfig_path, (size_t)(slash - kubeconfig_path) + 1));
    cl_buf_add(&text, path);
    return cl_buf_take(&text, ret, err);
}

static enum cl_code read_named(const struct cl_world *world, const char *kubeconfig_path,
                               struct cl_str name, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;

    CL_TRY(cl_kube_merged_resolve(kubeconfig_path, name, &path, err));
    if (world->read_file(world->ctx, path, ret, err) == CL_OK)
        return CL_OK;
    if (err->code == CL_E_NOT_FOUND || err->code == CL_E_INVALID)
        err->code = CL_E_LOCAL_CONFIG;
    return cl_err_wrap(err, "'%.300s' names a file", kubeconfig_path);
}

enum cl_code cl_kube_merged_read(const struct cl_world *world, const char *kubeconfig_path,
                                 const struct cl_yaml_node *entry, const char *key,
                                 struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf data_key = CL_BUF(128);
    struct cl_str name = cl_yaml_get_text(entry, key);

    cl_buf_addf(&data_key, "%s-data", key);
    CL_TRY(cl_buf_ok(&data_key, err));
    struct cl_str data = cl_yaml_get_text(entry, data_key.ptr);
    if (data.len > 0) {
        cl_buf_add(ret, data);
        return cl_buf_ok(ret, err);
    }
    return name.len == 0 ? CL_OK : read_named(world, kubeconfig_path, name, ret, err);
}
