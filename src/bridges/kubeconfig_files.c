#include "bridges/kubeconfig_files.h"

#include <assert.h>

#include "base/alloc.h"
#include "bridges/tool_file.h"
#include "interop/kubeconfig.h"

#define LOCK_WAIT_MS 5000
#define PATH_MAX_BYTES 4096
#define FILES_MAX CL_KUBECONFIG_FILES_MAX
#define COPIES_MAX 100 /* of one file */

/* What belongs to a file beside its text. */
struct place {
    char *path;
    char *lock_path;
    int lock; /* -1: not locked */
    struct cl_file_info info;
    struct cl_buf before;
};

struct cl_kube_session {
    const struct cl_world *world;
    struct cl_kube_files files;
    struct cl_kube_file items[FILES_MAX];
    struct place places[FILES_MAX];
};

struct cl_kube_files *cl_kube_session_files(struct cl_kube_session *config)
{
    return &config->files;
}

void cl_kube_session_free(struct cl_kube_session *config)
{
    if (config == NULL)
        return;
    for (size_t i = config->files.count; i-- > 0;) {
        struct place *place = &config->places[i];
        if (place->lock >= 0)
            config->world->drop_marker(config->world->ctx, place->lock_path, place->lock);
        cl_buf_cleanup(&place->before);
        cl_free(place->path);
        cl_free(place->lock_path);
        cl_kube_file_cleanup(&config->items[i]);
    }
    cl_free(config);
}

void cl_kube_session_cleanup(struct cl_kube_session **config)
{
    cl_kube_session_free(*config);
    *config = NULL;
}

/* --- which files --------------------------------------------------------------------------- */

static enum cl_code add_place(struct cl_kube_session *config, struct cl_str path,
                              struct cl_err *err)
{
    size_t index = config->files.count;
    struct place *place = &config->places[index];
    CL_AUTO(cl_buf) struct cl_buf lock_path = CL_BUF(PATH_MAX_BYTES);

    assert(index < FILES_MAX);
    *place = (struct place){.lock = -1, .before = CL_BUF_SECRET(CL_KUBECONFIG_MAX_BYTES)};
    config->items[index] = (struct cl_kube_file){.text = CL_BUF_SECRET(CL_KUBECONFIG_MAX_BYTES)};
    config->files.count++;
    CL_TRY(cl_str_dup(path, &place->path, err));
    config->items[index].path = place->path;
    cl_buf_addf(&lock_path, "%s.lock", place->path);
    return cl_buf_take(&lock_path, &place->lock_path, err);
}

static enum cl_code find_files(struct cl_kube_session *config, const char *path, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs paths = CL_STRS_NONE;

    if (path != NULL)
        return add_place(config, cl_str_of(path), err);
    CL_TRY(cl_kube_merged_paths(config->world, &paths, err));
    for (size_t i = 0; i < paths.count; i++)
        CL_TRY(add_place(config, cl_str_of(paths.items[i]), err));
    return CL_OK;
}

/* As kubectl: the first that is there, or the last. */
static enum cl_code choose_target(struct cl_kube_session *config, struct cl_err *err)
{
    bool is_found = false;

    config->files.target = config->files.count - 1;
    for (size_t i = 0; i < config->files.count; i++) {
        struct place *place = &config->places[i];
        CL_TRY(config->world->stat_file(config->world->ctx, place->path, &place->info, err));
        config->items[i].existed = place->info.exists;
        if (place->info.exists && !is_found)
            config->files.target = i;
        is_found = is_found || place->info.exists;
    }
    return CL_OK;
}

/* --- locking ------------------------------------------------------------------------------- */

/* A file that cannot be locked cannot be written either; that is nobody's trouble while nothing
 * is to be written there. Nor is there anything to lock in a folder that is not there. */
static enum cl_code lock_place(struct cl_kube_session *config, size_t index, int64_t deadline_ms,
                               struct cl_err *err)
{
    struct place *place = &config->places[index];
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = config->world->make_marker(config->world->ctx, place->lock_path,
                                                   deadline_ms, &place->lock, &why);

    bool is_needed = index == config->files.target && code != CL_E_NOT_FOUND;
    if (code == CL_OK || (!is_needed && code != CL_E_TIMEOUT))
        return CL_OK;
    *err = why;
    if (code == CL_E_TIMEOUT)
        err->code = CL_E_LOCAL_CONFIG;
    return err->code;
}

/* Indexes of the places, by path. There are few. */
static void sort_by_path(const struct cl_kube_session *config, size_t *ret_order)
{
    for (size_t i = 0; i < config->files.count; i++) {
        size_t at = i;
        const char *path = config->places[i].path;
        for (; at > 0 && strcmp(config->places[ret_order[at - 1]].path, path) > 0; at--)
            ret_order[at] = ret_order[at - 1];
        ret_order[at] = i;
    }
}

/* All of them, in the order that everybody keeps, so that two can never wait for each other. */
static enum cl_code lock_all(const struct cl_call *call, struct cl_kube_session *config,
                             struct cl_err *err)
{
    size_t order[FILES_MAX] = {0};
    struct cl_call patience = cl_call_within(call, LOCK_WAIT_MS);

    sort_by_path(config, order);
    for (size_t i = 0; i < config->files.count; i++)
        CL_TRY(lock_place(config, order[i], patience.deadline_ms, err));
    return CL_OK;
}

/* --- reading and writing ------------------------------------------------------------------- */

static enum cl_code read_place(struct cl_kube_session *config, size_t index, struct cl_err *err)
{
    struct place *place = &config->places[index];
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code =
        config->world->read_file(config->world->ctx, place->path, &place->before, &why);

    if (code != CL_OK && code != CL_E_NOT_FOUND) {
        *err = why;
        if (code == CL_E_INVALID)
            err->code = CL_E_LOCAL_CONFIG;
        return err->code;
    }
    cl_buf_add(&config->items[index].text, cl_buf_view(&place->before));
    return cl_buf_ok(&config->items[index].text, err);
}

enum cl_code cl_kube_session_open(const struct cl_call *call, const char *path, bool make,
                                  struct cl_kube_session **ret, struct cl_err *err)
{
    CL_AUTO(cl_kube_session) struct cl_kube_session *config = cl_alloc(sizeof(*config));

    if (config == NULL)
        return cl_err_no_memory(err);
    config->world = call->world;
    config->files.items = config->items;
    CL_TRY(find_files(config, path, err));
    CL_TRY(choose_target(config, err));
    const char *target = config->places[config->files.target].path;
    if (make)
        CL_TRY(cl_tool_file_make_folder(call->world, target, err));
    CL_TRY(lock_all(call, config, err));
    for (size_t i = 0; i < config->files.count; i++)
        CL_TRY(read_place(config, i, err));
    *ret = CL_MOVE(config);
    return CL_OK;
}

/* Not the name of a copy that is there: "FILE.cleat-backup", then ".2" behind it and so on. */
static enum cl_code name_copy(const struct cl_kube_session *config, const struct place *place,
                              struct cl_buf *ret, struct cl_err *err)
{
    struct cl_file_info info = {.exists = true};

    for (int number = 1; number <= COPIES_MAX; number++) {
        cl_buf_truncate(ret, 0);
        cl_buf_addf(ret, "%s.cleat-backup", place->path);
        if (number > 1)
            cl_buf_addf(ret, ".%d", number);
        CL_TRY(cl_buf_ok(ret, err));
        CL_TRY(config->world->stat_file(config->world->ctx, ret->ptr, &info, err));
        if (!info.exists)
            return CL_OK;
    }
    (void)cl_err_set(err, CL_E_LOCAL_CONFIG, "there are %d copies '%s.cleat-backup' already",
                     COPIES_MAX, place->path);
    return cl_err_hint(err, "remove those that are not needed any more");
}

static enum cl_code save_copy(const struct cl_kube_session *config, const struct place *place,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);

    CL_TRY(name_copy(config, place, &path, err));
    return config->world->replace_file(config->world->ctx, path.ptr, cl_buf_view(&place->before),
                                       0600, err);
}

static enum cl_code save_file(const struct cl_kube_session *config, size_t index, bool has_secret,
                              struct cl_err *err)
{
    const struct cl_kube_file *file = &config->items[index];
    const struct place *place = &config->places[index];
    mode_t mode = has_secret || !place->info.exists ? 0600 : 0777; /* the stricter one stays */

    if (file->remove)
        return config->world->remove_target(config->world->ctx, place->path, err);
    if (!file->changed || cl_str_eq(cl_buf_view(&file->text), cl_buf_view(&place->before)))
        return CL_OK;
    if (file->needs_copy)
        CL_TRY(save_copy(config, place, err));
    return config->world->replace_file(config->world->ctx, place->path, cl_buf_view(&file->text),
                                       mode, err);
}

/* The file with the context comes last: it is what makes the others matter. */
enum cl_code cl_kube_session_save(struct cl_kube_session *config, bool has_secret,
                                  struct cl_err *err)
{
    for (size_t i = 0; i < config->files.count; i++) {
        if (i != config->files.target)
            CL_TRY(save_file(config, i, has_secret, err));
    }
    return save_file(config, config->files.target, has_secret, err);
}
