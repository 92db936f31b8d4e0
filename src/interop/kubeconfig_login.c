#include "codec/json_build.h"
#include "interop/kubeconfig_entries.h"

#define NAME_MAX_BYTES 1024

/* One login under way. */
struct work {
    struct cl_kube_files *files;
    const struct cl_kube_login *login;
    struct cl_buf context;  /* its name */
    struct cl_buf previous; /* how current-context was written; empty: not to be known */
};

static void work_cleanup(struct work *work)
{
    cl_buf_cleanup(&work->context);
    cl_buf_cleanup(&work->previous);
}

/* --- refusals ------------------------------------------------------------------------------ */

/* What became of an entry that is not simply ours to replace. */
static const char *history(const struct work *work, const struct cl_kube_entry *entry)
{
    if (entry->mark == NULL)
        return "not written by cleat";
    if (!cl_kube_owns(&work->login->owner, entry->mark))
        return "written by cleat for another connector or resource";
    return "given to contexts of others, too";
}

static enum cl_code conflict(const struct work *work, const struct cl_kube_file *file,
                             const struct cl_kube_entry *entry, const char *what, const char *why,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(NAME_MAX_BYTES);

    cl_buf_add_quoted(&shown, entry->name, 200);
    CL_TRY(cl_buf_ok(&shown, err));
    (void)cl_err_set(err, CL_E_CONFLICT, "%s: %s '%s' was %s%s", file->path, what, shown.ptr,
                     history(work, entry), why);
    return CL_E_CONFLICT;
}

static enum cl_code refuse_cluster(const struct cl_kube_file *file,
                                   const struct cl_kube_entry *entry, const struct work *work,
                                   struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf why = CL_BUF(NAME_MAX_BYTES);
    struct cl_str theirs = cl_yaml_get_text(entry->body, "server");
    struct cl_str ours = cl_json_str(work->login->cluster, "server");

    if (cl_str_eq(theirs, ours)) {
        cl_buf_add_c(&why, " and is verified in another way");
    } else {
        cl_buf_add_c(&why, " and is at '");
        cl_buf_add_quoted(&why, theirs, 120);
        cl_buf_add_c(&why, "' instead of '");
        cl_buf_add_quoted(&why, ours, 120);
        cl_buf_add_c(&why, "'");
    }
    CL_TRY(cl_buf_ok(&why, err));
    (void)conflict(work, file, entry, "cluster", why.ptr, err);
    return cl_err_hint(err, "pass --overwrite to replace it (a copy is kept beside the file), or "
                            "--kubeconfig FILE for another file");
}

/* --- entries ------------------------------------------------------------------------------- */

/* How the list was written before Cleat's first entry; every entry of Cleat's remembers it. */
static enum cl_code list_before(const struct cl_kube_file *file, const struct cl_kube_list *list,
                                struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_yaml_source source = {.is_there = false};
    struct cl_kube_entry entry;

    CL_TRY(cl_kube_parse(file, &yaml, err));
    for (size_t i = 0; cl_kube_entry_at(yaml, list, i, &entry); i++) {
        struct cl_str known = cl_yaml_get_text(entry.mark, "list-before");
        if (known.len > 0) {
            cl_buf_add(ret, known);
            return cl_buf_ok(ret, err);
        }
    }
    if (cl_kube_entry_at(yaml, list, 0, &entry))
        return CL_OK; /* somebody's: the list stays */
    CL_TRY(cl_yaml_source(cl_buf_view(&file->text), list->key, &source, err));
    cl_kube_add_source(ret, &source);
    return cl_buf_ok(ret, err);
}

static void add_mark(struct cl_json_build *build, const struct work *work, struct cl_str before,
                     bool is_context)
{
    const struct cl_kube_login *login = work->login;

    cl_json_open_array(build, "extensions");
    cl_json_open_object(build, NULL);
    cl_json_add_c(build, "name", "cleat");
    cl_json_open_object(build, "extension");
    cl_json_add_c(build, "apiVersion", "cleat/v1");
    cl_json_add_str(build, "connector", login->owner.connector);
    cl_json_add_filled(build, "name", login->owner.name);
    cl_json_add_filled(build, "resource-id", login->owner.resource_id);
    cl_json_add_str(build, "mode", login->mode);
    cl_json_add_str(build, "written", login->written);
    cl_json_add_filled(build, "expires", login->expires);
    if (is_context)
        cl_json_add_filled(build, "previous-context", cl_buf_view(&work->previous));
    cl_json_add_filled(build, "list-before", before);
    cl_json_close(build);
    cl_json_close(build);
    cl_json_close(build);
}

/* What is put into a list. */
struct new_entry {
    const struct cl_kube_list *list;
    struct cl_str name;
    const json_t *members;
};

/* {name, MEMBER: {members..., extensions: [mark]}} */
static enum cl_code make_item(const struct work *work, const struct new_entry *entry,
                              struct cl_str before, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *copy = json_deep_copy(entry->members);
    const char *key = NULL;
    json_t *value = NULL;

    if (copy == NULL)
        return cl_err_no_memory(err);
    cl_json_open_object(&build, NULL);
    cl_json_add_str(&build, "name", entry->name);
    cl_json_open_object(&build, entry->list->member);
    json_object_foreach(copy, key, value) cl_json_add_value(&build, key, json_incref(value));
    add_mark(&build, work, before, entry->list == &cl_kube_contexts);
    cl_json_close(&build);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

/* Where an entry goes: over the one that is there, or behind all others of the target file. */
static enum cl_code put(const struct work *work, const struct new_entry *entry, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    CL_AUTO(cl_buf) struct cl_buf before = CL_BUF(CL_KUBECONFIG_MAX_BYTES);
    CL_AUTO(cl_json) json_t *item = NULL;
    struct cl_kube_file *file = NULL;
    struct cl_kube_entry old;

    CL_TRY(cl_kube_file_of(work->files, entry->list, entry->name, &file, err));
    bool is_new = file == NULL;
    if (is_new)
        file = &work->files->items[work->files->target];
    CL_TRY(cl_kube_begin(file, err));
    CL_TRY(list_before(file, entry->list, &before, err));
    CL_TRY(make_item(work, entry, cl_buf_view(&before), &item, err));
    if (is_new)
        return cl_kube_add(file, entry->list, item, err);
    CL_TRY(cl_kube_parse(file, &yaml, err));
    (void)cl_kube_entry_find(yaml, entry->list, entry->name, &old);
    file->needs_copy = file->needs_copy || old.mark == NULL;
    return cl_kube_replace(file, entry->list, old.index, item, err);
}

/* --- who has the name ---------------------------------------------------------------------- */

enum holder { NOBODY, CLEAT, SOMEBODY };

struct held {
    enum holder by;
    struct cl_kube_file *file;
    struct cl_yaml *yaml; /* of that file; owned */
    struct cl_kube_entry entry;
};

static void held_cleanup(struct held *held)
{
    cl_yaml_cleanup(&held->yaml);
}

static enum cl_code look(const struct work *work, const struct cl_kube_list *list,
                         struct cl_str name, struct held *ret, struct cl_err *err)
{
    CL_TRY(cl_kube_file_of(work->files, list, name, &ret->file, err));
    ret->by = NOBODY;
    if (ret->file == NULL)
        return CL_OK;
    CL_TRY(cl_kube_parse(ret->file, &ret->yaml, err));
    (void)cl_kube_entry_find(ret->yaml, list, name, &ret->entry);
    ret->by = ret->entry.mark != NULL ? CLEAT : SOMEBODY;
    return CL_OK;
}

/* Cleat's, but not this connector's, or for another resource of it. */
static bool is_of_another(const struct work *work, const struct held *held)
{
    return held->by == CLEAT && !cl_kube_owns(&work->login->owner, held->entry.mark);
}

/* The same address, verified against the same authority. */
static bool is_same_cluster(const struct cl_yaml_node *theirs, const json_t *ours)
{
    static const char *const members[] = {"server", "certificate-authority-data",
                                          "certificate-authority", "tls-server-name", "proxy-url"};

    for (size_t i = 0; i < CL_COUNT(members); i++) {
        if (!cl_str_eq(cl_yaml_get_text(theirs, members[i]), cl_json_str(ours, members[i])))
            return false;
    }
    return cl_yaml_is_true(cl_yaml_get(theirs, "insecure-skip-tls-verify")) ==
           cl_json_bool(ours, "insecure-skip-tls-verify", false);
}

/* Contexts of others name the cluster: where it is, their credentials are sent. */
static enum cl_code is_shared(const struct work *work, bool *ret, struct cl_err *err)
{
    struct cl_kube_entry entry;

    for (size_t i = 0; i < work->files->count; i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
        CL_TRY(cl_kube_parse(&work->files->items[i], &yaml, err));
        for (size_t k = 0; cl_kube_entry_at(yaml, &cl_kube_contexts, k, &entry); k++) {
            if (cl_str_eq(cl_yaml_get_text(entry.body, "cluster"), work->login->cluster_name) &&
                !cl_kube_owns(&work->login->owner, entry.mark))
                *ret = true;
        }
    }
    return CL_OK;
}

static enum cl_code put_cluster(const struct work *work, struct cl_err *err)
{
    CL_AUTO(held) struct held held = {.by = NOBODY};
    const struct cl_kube_login *login = work->login;

    CL_TRY(look(work, &cl_kube_clusters, login->cluster_name, &held, err));
    bool is_same = held.by == NOBODY || is_same_cluster(held.entry.body, login->cluster);
    bool is_others = held.by == SOMEBODY || is_of_another(work, &held);
    if (held.by == SOMEBODY && is_same)
        return CL_OK;
    if (!is_same && !is_others)
        CL_TRY(is_shared(work, &is_others, err));
    if (!is_same && is_others && !login->overwrite)
        return refuse_cluster(held.file, &held.entry, work, err);
    if (!is_same && is_others)
        held.file->needs_copy = true;
    struct new_entry entry = {&cl_kube_clusters, login->cluster_name, login->cluster};
    return put(work, &entry, err);
}

static enum cl_code put_user(const struct work *work, struct cl_err *err)
{
    CL_AUTO(held) struct held held = {.by = NOBODY};
    const struct cl_kube_login *login = work->login;

    CL_TRY(look(work, &cl_kube_users, login->user_name, &held, err));
    if (held.by == SOMEBODY && !login->overwrite) {
        (void)conflict(work, held.file, &held.entry, "user", "", err);
        return cl_err_hint(err, "pass --overwrite to replace it, or --kubeconfig FILE for another "
                                "file");
    }
    struct new_entry entry = {&cl_kube_users, login->user_name, login->user};
    return put(work, &entry, err);
}

/* --- context ------------------------------------------------------------------------------- */

static enum cl_code refuse_context(const struct work *work, const struct held *held,
                                   struct cl_err *err)
{
    (void)conflict(work, held->file, &held->entry, "context", "", err);
    return cl_err_hint(err, "pass --overwrite to replace it, or --context NAME for another name");
}

/* A context that a login which asked for no name leaves alone: somebody's, or one that leads to
 * another cluster. For the same cluster it is the last connector's. */
static bool is_kept(const struct work *work, const struct held *held)
{
    return held->by == SOMEBODY ||
           (is_of_another(work, held) &&
            !cl_str_eq(cl_yaml_get_text(held->entry.body, "cluster"), work->login->cluster_name));
}

/* The name that was asked for, else the cluster's, else that with -cleat behind it. */
static enum cl_code choose_context(struct work *work, struct cl_err *err)
{
    CL_AUTO(held) struct held held = {.by = NOBODY};
    CL_AUTO(held) struct held other = {.by = NOBODY};
    const struct cl_kube_login *login = work->login;
    bool is_given = login->context.len > 0;

    cl_buf_add(&work->context, is_given ? login->context : login->cluster_name);
    CL_TRY(cl_buf_ok(&work->context, err));
    CL_TRY(look(work, &cl_kube_contexts, cl_buf_view(&work->context), &held, err));
    if (login->overwrite || !(is_given ? held.by == SOMEBODY : is_kept(work, &held)))
        return CL_OK;
    if (is_given)
        return refuse_context(work, &held, err);
    cl_buf_add_c(&work->context, "-cleat");
    CL_TRY(cl_buf_ok(&work->context, err));
    CL_TRY(look(work, &cl_kube_contexts, cl_buf_view(&work->context), &other, err));
    return is_kept(work, &other) ? refuse_context(work, &other, err) : CL_OK;
}

/* What will be current again after a logout: what is current now, or, when that is this very
 * context from an earlier login, what was current before that. */
static enum cl_code remember_current(struct work *work, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    CL_AUTO(held) struct held held = {.by = NOBODY};
    const struct cl_kube_file *target = &work->files->items[work->files->target];
    struct cl_yaml_source source = {.is_there = false};

    CL_TRY(look(work, &cl_kube_contexts, cl_buf_view(&work->context), &held, err));
    CL_TRY(cl_kube_parse(target, &yaml, err));
    bool is_current = cl_str_eq(cl_yaml_get_text(cl_yaml_root(yaml), CL_KUBE_CURRENT),
                                cl_buf_view(&work->context));
    if (is_current || work->login->no_switch) {
        cl_buf_add(&work->previous, cl_yaml_get_text(held.entry.mark, "previous-context"));
        return cl_buf_ok(&work->previous, err);
    }
    CL_TRY(cl_kube_hand_on(work->files, cl_buf_view(&work->context),
                           cl_yaml_get_text(held.entry.mark, "previous-context"), err));
    CL_TRY(cl_yaml_source(cl_buf_view(&target->text), CL_KUBE_CURRENT, &source, err));
    cl_kube_add_source(&work->previous, &source);
    return cl_buf_ok(&work->previous, err);
}

static enum cl_code put_context(const struct work *work, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *members = NULL;

    cl_json_open_object(&build, NULL);
    cl_json_add_str(&build, "cluster", work->login->cluster_name);
    cl_json_add_str(&build, "user", work->login->user_name);
    cl_json_add_filled(&build, "namespace", work->login->kube_namespace);
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &members, err));
    struct new_entry entry = {&cl_kube_contexts, cl_buf_view(&work->context), members};
    return put(work, &entry, err);
}

static enum cl_code switch_context(const struct work *work, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(NAME_MAX_BYTES);
    struct cl_kube_file *target = &work->files->items[work->files->target];

    CL_TRY(cl_kube_parse(target, &yaml, err));
    if (work->login->no_switch || cl_str_eq(cl_yaml_get_text(cl_yaml_root(yaml), CL_KUBE_CURRENT),
                                            cl_buf_view(&work->context)))
        return CL_OK;
    CL_TRY(cl_kube_current_source(yaml, cl_buf_view(&work->context), &text, err));
    struct cl_yaml_source source = {.is_there = true, .text = cl_buf_view(&text)};
    return cl_kube_set(target, CL_KUBE_CURRENT, &source, err);
}

enum cl_code cl_kubeconfig_login(struct cl_kube_files *files, const struct cl_kube_login *login,
                                 char **ret_context, struct cl_err *err)
{
    CL_AUTO(work)
    struct work work = {.files = files,
                        .login = login,
                        .context = CL_BUF(NAME_MAX_BYTES),
                        .previous = CL_BUF(CL_KUBECONFIG_MAX_BYTES)};

    CL_TRY(cl_kube_check(files, err));
    CL_TRY(cl_kube_begin(&files->items[files->target], err));
    CL_TRY(choose_context(&work, err));
    CL_TRY(put_cluster(&work, err));
    CL_TRY(put_user(&work, err));
    CL_TRY(remember_current(&work, err));
    CL_TRY(put_context(&work, err));
    CL_TRY(switch_context(&work, err));
    return cl_buf_take(&work.context, ret_context, err);
}
