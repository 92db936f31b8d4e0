#include "base/strs.h"
#include "interop/kubeconfig_entries.h"

#define NAME_MAX_BYTES 1024

/* One logout under way. */
struct work {
    struct cl_kube_files *files;
    const struct cl_kube_owner *owner;
    struct cl_str context;   /* empty: all of the owner's */
    struct cl_strs contexts; /* names of what was taken out */
    struct cl_strs clusters; /* that they named */
    struct cl_strs users;
};

static void work_cleanup(struct work *work)
{
    cl_strs_cleanup(&work->contexts);
    cl_strs_cleanup(&work->clusters);
    cl_strs_cleanup(&work->users);
}

/* The list becomes what it was when its last entry goes: as that entry's mark says, else []. */
static enum cl_code drop(struct cl_kube_file *file, const struct cl_kube_list *list,
                         const struct cl_kube_entry *entry, struct cl_err *err)
{
    struct cl_str before = cl_yaml_get_text(entry->mark, "list-before");
    struct cl_yaml_source empty = {.is_there = true, .text = CL_STR(" []")};

    if (before.len > 0)
        empty = cl_kube_source_of(before);
    return cl_kube_drop(file, list, entry->index, &empty, err);
}

/* --- the current context ------------------------------------------------------------------- */

/* A context that goes, and what was current before it. */
struct gone {
    struct cl_buf name;
    struct cl_buf previous; /* as its mark has it; empty: it never became the current one */
};

static void gone_cleanup(struct gone *gone)
{
    cl_buf_cleanup(&gone->name);
    cl_buf_cleanup(&gone->previous);
}

static enum cl_code restore_current(struct cl_kube_file *file, const struct gone *gone,
                                    struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_yaml_source source = {.is_there = true, .text = CL_STR(" \"\"")};

    CL_TRY(cl_kube_parse(file, &yaml, err));
    if (cl_yaml_kind(cl_yaml_root(yaml)) != CL_YAML_MAP ||
        !cl_str_eq(cl_yaml_get_text(cl_yaml_root(yaml), CL_KUBE_CURRENT), cl_buf_view(&gone->name)))
        return CL_OK;
    if (gone->previous.len > 0)
        source = cl_kube_source_of(cl_buf_view(&gone->previous));
    return cl_kube_set(file, CL_KUBE_CURRENT, &source, err);
}

/* --- contexts ------------------------------------------------------------------------------ */

static bool is_wanted(const struct work *work, const struct cl_kube_entry *entry)
{
    struct cl_kube_owner any = {.connector = work->owner->connector, .name = work->owner->name};

    if (work->context.len == 0)
        return cl_kube_owns(work->owner, entry->mark);
    return cl_str_eq(entry->name, work->context) && cl_kube_owns(&any, entry->mark);
}

static enum cl_code remember(struct work *work, const struct cl_kube_entry *entry,
                             struct gone *gone, struct cl_err *err)
{
    cl_buf_add(&gone->name, entry->name);
    cl_buf_add(&gone->previous, cl_yaml_get_text(entry->mark, "previous-context"));
    CL_TRY(cl_buf_ok(&gone->name, err));
    CL_TRY(cl_buf_ok(&gone->previous, err));
    CL_TRY(cl_strs_add(&work->contexts, entry->name, err));
    CL_TRY(cl_strs_add(&work->clusters, cl_yaml_get_text(entry->body, "cluster"), err));
    return cl_strs_add(&work->users, cl_yaml_get_text(entry->body, "user"), err);
}

static enum cl_code drop_context(struct work *work, struct cl_kube_file *file,
                                 const struct cl_kube_entry *entry, struct cl_err *err)
{
    CL_AUTO(gone)
    struct gone gone = {.name = CL_BUF(CL_KUBECONFIG_MAX_BYTES),
                        .previous = CL_BUF(CL_KUBECONFIG_MAX_BYTES)};

    CL_TRY(remember(work, entry, &gone, err));
    CL_TRY(drop(file, &cl_kube_contexts, entry, err));
    for (size_t i = 0; i < work->files->count; i++) {
        CL_TRY(restore_current(&work->files->items[i], &gone, err));
    }
    return cl_kube_hand_on(work->files, cl_buf_view(&gone.name), cl_buf_view(&gone.previous), err);
}

/* The next one, if any. */
static enum cl_code drop_next_context(struct work *work, struct cl_kube_file *file, bool *ret,
                                      struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_kube_entry entry;

    *ret = false;
    CL_TRY(cl_kube_parse(file, &yaml, err));
    for (size_t i = 0; !*ret && cl_kube_entry_at(yaml, &cl_kube_contexts, i, &entry); i++)
        *ret = is_wanted(work, &entry);
    return *ret ? drop_context(work, file, &entry, err) : CL_OK;
}

/* --- users and clusters -------------------------------------------------------------------- */

static enum cl_code is_named(const struct work *work, const char *member, struct cl_str name,
                             bool *ret, struct cl_err *err)
{
    struct cl_kube_entry entry;

    *ret = false;
    for (size_t i = 0; i < work->files->count; i++) {
        CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
        CL_TRY(cl_kube_parse(&work->files->items[i], &yaml, err));
        for (size_t k = 0; cl_kube_entry_at(yaml, &cl_kube_contexts, k, &entry); k++) {
            if (cl_str_eq(cl_yaml_get_text(entry.body, member), name))
                *ret = true;
        }
    }
    return CL_OK;
}

/* Cleat's, of this owner or named by a context that went, and named by none that is left. */
static enum cl_code is_orphan(const struct work *work, const struct cl_kube_list *list,
                              const struct cl_kube_entry *entry, bool *ret, struct cl_err *err)
{
    const struct cl_strs *gone = list == &cl_kube_users ? &work->users : &work->clusters;
    bool is_used = false;

    *ret = false;
    if (entry->mark == NULL ||
        (!cl_kube_owns(work->owner, entry->mark) && !cl_strs_has(gone, entry->name)))
        return CL_OK;
    CL_TRY(is_named(work, list->member, entry->name, &is_used, err));
    *ret = !is_used;
    return CL_OK;
}

static enum cl_code drop_next_orphan(const struct work *work, struct cl_kube_file *file,
                                     const struct cl_kube_list *list, bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_kube_entry entry;

    *ret = false;
    CL_TRY(cl_kube_parse(file, &yaml, err));
    for (size_t i = 0; !*ret && cl_kube_entry_at(yaml, list, i, &entry); i++)
        CL_TRY(is_orphan(work, list, &entry, ret, err));
    return *ret ? drop(file, list, &entry, err) : CL_OK;
}

static enum cl_code drop_orphans(const struct work *work, struct cl_kube_file *file,
                                 const struct cl_kube_list *list, struct cl_err *err)
{
    bool is_more = true;

    while (is_more)
        CL_TRY(drop_next_orphan(work, file, list, &is_more, err));
    return CL_OK;
}

/* ------------------------------------------------------------------------------------------- */

/* Nothing was taken out: is there a context of that name at all? */
static enum cl_code refuse(const struct work *work, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(NAME_MAX_BYTES);
    struct cl_kube_file *file = NULL;

    cl_buf_add_quoted(&shown, work->context, 200);
    CL_TRY(cl_buf_ok(&shown, err));
    if (work->context.len == 0) {
        return cl_err_set(err, CL_E_NOT_FOUND, "%s: there is no context of this connector",
                          work->files->items[work->files->target].path);
    }
    CL_TRY(cl_kube_file_of(work->files, &cl_kube_contexts, work->context, &file, err));
    if (file == NULL) {
        return cl_err_set(err, CL_E_NOT_FOUND, "%s: there is no context '%s'",
                          work->files->items[work->files->target].path, shown.ptr);
    }
    return cl_err_set(err, CL_E_CONFLICT,
                      "%s: context '%s' was not written by cleat for this connector", file->path,
                      shown.ptr);
}

static bool is_any_changed(const struct cl_kube_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        if (files->items[i].changed)
            return true;
    }
    return false;
}

enum cl_code cl_kubeconfig_logout(struct cl_kube_files *files, const struct cl_kube_owner *owner,
                                  struct cl_str context, char **ret_context, struct cl_err *err)
{
    CL_AUTO(work) struct work work = {.files = files, .owner = owner, .context = context};

    CL_TRY(cl_kube_check(files, err));
    for (size_t i = 0; i < files->count; i++) {
        bool is_more = true;
        while (is_more)
            CL_TRY(drop_next_context(&work, &files->items[i], &is_more, err));
    }
    if (context.len > 0 && work.contexts.count == 0)
        return refuse(&work, err);
    for (size_t i = 0; i < files->count; i++) {
        CL_TRY(drop_orphans(&work, &files->items[i], &cl_kube_users, err));
        CL_TRY(drop_orphans(&work, &files->items[i], &cl_kube_clusters, err));
    }
    if (!is_any_changed(files))
        return refuse(&work, err);
    for (size_t i = 0; i < files->count; i++)
        CL_TRY(cl_kube_end(&files->items[i], err));
    if (work.contexts.count == 0) /* another connector has taken the context over */
        return CL_OK;
    return cl_str_dup(cl_str_of(work.contexts.items[work.contexts.count - 1]), ret_context, err);
}
