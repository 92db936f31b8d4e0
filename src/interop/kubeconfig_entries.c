#include "interop/kubeconfig_entries.h"

#include <assert.h>

#include "base/strs.h"
#include "codec/json.h"
#include "codec/yaml_write.h"

#define MARK_NAME "cleat"

const struct cl_kube_list cl_kube_clusters = {"clusters", "cluster"};
const struct cl_kube_list cl_kube_users = {"users", "user"};
const struct cl_kube_list cl_kube_contexts = {"contexts", "context"};

static const struct cl_kube_list *const lists[] = {&cl_kube_clusters, &cl_kube_users,
                                                   &cl_kube_contexts};

/* What a file that Cleat has to begin begins with; the comment tells it from anybody's. */
#define HEADER "apiVersion: v1\nkind: Config"

void cl_kube_file_cleanup(struct cl_kube_file *file)
{
    cl_buf_cleanup(&file->text);
}

/* --- entries ------------------------------------------------------------------------------- */

static const struct cl_yaml_node *find_mark(const struct cl_yaml_node *body)
{
    const struct cl_yaml_node *at = cl_yaml_first(cl_yaml_get(body, "extensions"));

    for (; at != NULL; at = cl_yaml_next(at)) {
        if (cl_yaml_kind(at) == CL_YAML_MAP && cl_str_eq_c(cl_yaml_get_text(at, "name"), MARK_NAME))
            return cl_yaml_get(at, "extension");
    }
    return NULL;
}

static void read_entry(const struct cl_yaml_node *item, const struct cl_kube_list *list,
                       size_t index, struct cl_kube_entry *ret)
{
    const struct cl_yaml_node *body = cl_yaml_get(item, list->member);
    bool is_map = cl_yaml_kind(body) == CL_YAML_MAP;

    *ret = (struct cl_kube_entry){
        .index = index, .name = cl_yaml_get_text(item, "name"), .body = is_map ? body : NULL};
    if (is_map && cl_yaml_kind(cl_yaml_get(body, "extensions")) == CL_YAML_LIST)
        ret->mark = find_mark(body);
}

static const struct cl_yaml_node *list_of(const struct cl_yaml *yaml,
                                          const struct cl_kube_list *list)
{
    const struct cl_yaml_node *root = cl_yaml_root(yaml);
    const struct cl_yaml_node *value =
        cl_yaml_kind(root) == CL_YAML_MAP ? cl_yaml_get(root, list->key) : NULL;

    return cl_yaml_kind(value) == CL_YAML_LIST ? value : NULL;
}

bool cl_kube_entry_at(const struct cl_yaml *yaml, const struct cl_kube_list *list, size_t index,
                      struct cl_kube_entry *ret)
{
    const struct cl_yaml_node *at = cl_yaml_first(list_of(yaml, list));

    for (size_t i = 0; at != NULL && i < index; i++)
        at = cl_yaml_next(at);
    if (at != NULL)
        read_entry(at, list, index, ret);
    return at != NULL;
}

bool cl_kube_entry_find(const struct cl_yaml *yaml, const struct cl_kube_list *list,
                        struct cl_str name, struct cl_kube_entry *ret)
{
    const struct cl_yaml_node *at = cl_yaml_first(list_of(yaml, list));

    for (size_t index = 0; at != NULL; at = cl_yaml_next(at), index++) {
        read_entry(at, list, index, ret);
        if (cl_str_eq(ret->name, name))
            return true;
    }
    return false;
}

static bool is_connectors(const struct cl_kube_owner *owner, const struct cl_yaml_node *mark)
{
    if (owner->connector.len > 0)
        return cl_str_eq(cl_yaml_get_text(mark, "connector"), owner->connector);
    return owner->name.len > 0 && cl_str_eq(cl_yaml_get_text(mark, "name"), owner->name);
}

bool cl_kube_owns(const struct cl_kube_owner *owner, const struct cl_yaml_node *mark)
{
    return mark != NULL && is_connectors(owner, mark) &&
           (owner->resource_id.len == 0 ||
            cl_str_eq(cl_yaml_get_text(mark, "resource-id"), owner->resource_id));
}

/* --- files --------------------------------------------------------------------------------- */

/* Trouble with what stands in a file is a trouble of this machine. */
static enum cl_code blame(const struct cl_kube_file *file, enum cl_code code, struct cl_err *err)
{
    if (code == CL_OK)
        return CL_OK;
    if (code == CL_E_INVALID)
        err->code = CL_E_LOCAL_CONFIG;
    return cl_err_wrap(err, "%s", file->path);
}

enum cl_code cl_kube_parse(const struct cl_kube_file *file, struct cl_yaml **ret,
                           struct cl_err *err)
{
    assert(file != NULL);
    return blame(file, cl_yaml_parse(cl_buf_view(&file->text), ret, err), err);
}

static enum cl_code collect_names(const struct cl_yaml *yaml, const struct cl_kube_list *list,
                                  struct cl_strs *ret, struct cl_err *err)
{
    const struct cl_yaml_node *at = cl_yaml_first(list_of(yaml, list));

    for (; at != NULL; at = cl_yaml_next(at)) {
        struct cl_str name = CL_STR_NONE;
        if (cl_yaml_kind(at) == CL_YAML_MAP)
            name = cl_yaml_get_text(at, "name");
        if (name.len == 0) {
            return cl_err_set(err, CL_E_INVALID, "line %zu: an entry of '%s' has no name",
                              cl_yaml_line(at), list->key);
        }
        CL_TRY(cl_strs_add(ret, name, err));
    }
    return CL_OK;
}

static enum cl_code refuse_twin(const struct cl_yaml *yaml, const struct cl_kube_list *list,
                                struct cl_str name, struct cl_err *err)
{
    const struct cl_yaml_node *at = cl_yaml_first(list_of(yaml, list));
    size_t line = 0;

    for (; at != NULL; at = cl_yaml_next(at)) {
        if (cl_str_eq(cl_yaml_get_text(at, "name"), name))
            line = cl_yaml_line(at);
    }
    return cl_err_set(err, CL_E_INVALID, "line %zu: a name of '%s' is there for the second time",
                      line, list->key);
}

static enum cl_code check_names(const struct cl_yaml *yaml, const struct cl_kube_list *list,
                                struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;

    CL_TRY(collect_names(yaml, list, &names, err));
    cl_strs_sort(&names);
    for (size_t i = 1; i < names.count; i++) {
        if (strcmp(names.items[i - 1], names.items[i]) == 0)
            return refuse_twin(yaml, list, cl_str_of(names.items[i]), err);
    }
    return CL_OK;
}

static enum cl_code check_lists(const struct cl_yaml *yaml, struct cl_err *err)
{
    const struct cl_yaml_node *root = cl_yaml_root(yaml);

    if (cl_yaml_is_null(root))
        return CL_OK;
    if (cl_yaml_kind(root) != CL_YAML_MAP)
        return cl_err_set(err, CL_E_INVALID, "this is no kubeconfig");
    for (size_t i = 0; i < CL_COUNT(lists); i++) {
        const struct cl_yaml_node *value = cl_yaml_get(root, lists[i]->key);
        if (!cl_yaml_is_null(value) && cl_yaml_kind(value) != CL_YAML_LIST) {
            return cl_err_set(err, CL_E_INVALID, "line %zu: '%s' is no list", cl_yaml_line(value),
                              lists[i]->key);
        }
        CL_TRY(check_names(yaml, lists[i], err));
    }
    return CL_OK;
}

enum cl_code cl_kube_check(const struct cl_kube_files *files, struct cl_err *err)
{
    for (size_t i = 0; i < files->count; i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
        CL_TRY(cl_kube_parse(&files->items[i], &yaml, err));
        CL_TRY(blame(&files->items[i], check_lists(yaml, err), err));
    }
    return CL_OK;
}

enum cl_code cl_kube_file_of(const struct cl_kube_files *files, const struct cl_kube_list *list,
                             struct cl_str name, struct cl_kube_file **ret, struct cl_err *err)
{
    struct cl_kube_entry entry;

    *ret = NULL;
    for (size_t i = 0; i < files->count && *ret == NULL; i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
        CL_TRY(cl_kube_parse(&files->items[i], &yaml, err));
        if (cl_kube_entry_find(yaml, list, name, &entry))
            *ret = &files->items[i];
    }
    return CL_OK;
}

/* --- edits --------------------------------------------------------------------------------- */

static enum cl_code take(struct cl_kube_file *file, enum cl_code code, struct cl_buf *text,
                         struct cl_err *err)
{
    CL_TRY(blame(file, code, err));
    cl_buf_cleanup(&file->text);
    file->text = *text;
    *text = (struct cl_buf)CL_BUF(0);
    file->changed = true;
    return CL_OK;
}

enum cl_code cl_kube_add(struct cl_kube_file *file, const struct cl_kube_list *list,
                         const json_t *item, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_KUBECONFIG_MAX_BYTES);
    enum cl_code code = cl_yaml_add_item(cl_buf_view(&file->text), list->key, item, &text, err);

    return take(file, code, &text, err);
}

enum cl_code cl_kube_replace(struct cl_kube_file *file, const struct cl_kube_list *list,
                             size_t index, const json_t *item, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_KUBECONFIG_MAX_BYTES);
    enum cl_code code =
        cl_yaml_replace_item(cl_buf_view(&file->text), list->key, index, item, &text, err);

    return take(file, code, &text, err);
}

enum cl_code cl_kube_drop(struct cl_kube_file *file, const struct cl_kube_list *list, size_t index,
                          const struct cl_yaml_source *empty, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_KUBECONFIG_MAX_BYTES);
    enum cl_code code =
        cl_yaml_drop_item(cl_buf_view(&file->text), list->key, index, empty, &text, err);

    return take(file, code, &text, err);
}

enum cl_code cl_kube_set(struct cl_kube_file *file, const char *key,
                         const struct cl_yaml_source *source, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_KUBECONFIG_MAX_BYTES);
    enum cl_code code = cl_yaml_set_source(cl_buf_view(&file->text), key, source, &text, err);

    return take(file, code, &text, err);
}

enum cl_code cl_kube_set_text(struct cl_kube_file *file, const struct cl_yaml *yaml,
                              const struct cl_yaml_node *scalar, struct cl_str value,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_KUBECONFIG_MAX_BYTES);
    enum cl_code code =
        cl_yaml_set_text(cl_buf_view(&file->text), cl_yaml_root(yaml), scalar, value, &text, err);

    return take(file, code, &text, err);
}

/* --- a file's first lines ------------------------------------------------------------------ */

/* The first line tells whether the file goes with its last entry. */
static const char *header_of(bool existed)
{
    return existed ? "# managed by cleat\n" HEADER : "# made by cleat\n" HEADER;
}

/* Behind comments, if there are any; the line end that the text has at its end stays there. */
enum cl_code cl_kube_begin(struct cl_kube_file *file, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_KUBECONFIG_MAX_BYTES);
    struct cl_str old = cl_buf_view(&file->text);
    bool ends = old.len == 0 || cl_str_ends(old, CL_STR("\n"));

    CL_TRY(cl_kube_parse(file, &yaml, err));
    if (!cl_yaml_is_null(cl_yaml_root(yaml)))
        return CL_OK;
    cl_buf_add(&text, old);
    if (!ends)
        cl_buf_add_char(&text, '\n');
    cl_buf_add_c(&text, header_of(file->existed));
    if (ends)
        cl_buf_add_char(&text, '\n');
    return take(file, cl_buf_ok(&text, err), &text, err);
}

static enum cl_code strip_header(struct cl_kube_file *file, struct cl_str header,
                                 struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_KUBECONFIG_MAX_BYTES);
    struct cl_str old = cl_buf_view(&file->text);
    bool ends = cl_str_ends(old, CL_STR("\n"));
    struct cl_str rest = ends ? cl_str_first(old, old.len - 1) : old;

    if (!cl_str_ends(rest, header))
        return CL_OK;
    rest = cl_str_first(rest, rest.len - header.len);
    if (!ends && cl_str_ends(rest, CL_STR("\n")))
        rest = cl_str_first(rest, rest.len - 1);
    cl_buf_add(&text, rest);
    return take(file, cl_buf_ok(&text, err), &text, err);
}

enum cl_code cl_kube_end(struct cl_kube_file *file, struct cl_err *err)
{
    CL_TRY(strip_header(file, cl_str_of(header_of(true)), err));
    if (file->text.len == 0)
        return CL_OK;
    CL_TRY(strip_header(file, cl_str_of(header_of(false)), err));
    file->remove = file->text.len == 0;
    return CL_OK;
}

/* --- sources ------------------------------------------------------------------------------- */

void cl_kube_add_source(struct cl_buf *buf, const struct cl_yaml_source *source)
{
    cl_buf_add_char(buf, source->is_there ? '=' : '-');
    cl_buf_add(buf, source->text);
}

struct cl_yaml_source cl_kube_source_of(struct cl_str text)
{
    bool is_there = cl_str_starts(text, CL_STR("="));

    return (struct cl_yaml_source){.is_there = is_there,
                                   .text = is_there ? cl_str_skip(text, 1) : CL_STR_NONE};
}

enum cl_code cl_kube_current_source(const struct cl_yaml *yaml, struct cl_str name,
                                    struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *text = json_stringn(name.ptr, name.len);

    if (text == NULL)
        return cl_err_no_memory(err);
    cl_buf_add_char(ret, ' ');
    if (cl_yaml_is_flow(cl_yaml_root(yaml))) {
        cl_buf_add_json(ret, text, CL_JSON_COMPACT);
    } else {
        cl_buf_add_yaml_text(ret, name);
    }
    return cl_buf_ok(ret, err);
}

/* --- who comes after whom ------------------------------------------------------------------ */

/* Would a logout of that context make `name` the current one? */
static enum cl_code remembers(const struct cl_yaml *yaml, const struct cl_kube_entry *entry,
                              struct cl_str name, bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf current = CL_BUF(CL_KUBECONFIG_MAX_BYTES);
    struct cl_yaml_source source =
        cl_kube_source_of(cl_yaml_get_text(entry->mark, "previous-context"));

    CL_TRY(cl_kube_current_source(yaml, name, &current, err));
    *ret = source.is_there && cl_str_eq(source.text, cl_buf_view(&current));
    return CL_OK;
}

/* One such context; whoever has been changed does not remember `name` any more. */
static enum cl_code hand_on(struct cl_kube_file *file, struct cl_str name, struct cl_str previous,
                            bool *ret_changed, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_kube_entry entry;
    bool is_meant = false;

    *ret_changed = false;
    CL_TRY(cl_kube_parse(file, &yaml, err));
    for (size_t i = 0; !is_meant && cl_kube_entry_at(yaml, &cl_kube_contexts, i, &entry); i++) {
        struct cl_str known = cl_yaml_get_text(entry.mark, "previous-context");
        if (known.len > 0 && !cl_str_eq(known, previous))
            CL_TRY(remembers(yaml, &entry, name, &is_meant, err));
        if (is_meant) {
            CL_TRY(cl_kube_set_text(file, yaml, cl_yaml_get(entry.mark, "previous-context"),
                                    previous, err));
        }
    }
    *ret_changed = is_meant;
    return CL_OK;
}

enum cl_code cl_kube_hand_on(const struct cl_kube_files *files, struct cl_str name,
                             struct cl_str previous, struct cl_err *err)
{
    for (size_t i = 0; i < files->count && previous.len > 0; i++) {
        bool is_changed = true;
        while (is_changed)
            CL_TRY(hand_on(&files->items[i], name, previous, &is_changed, err));
    }
    return CL_OK;
}
