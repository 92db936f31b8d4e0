#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fake_internal.h"

/* Of real time, so that a lock that is never given back fails the test instead of hanging it. */
#define LOCK_WAIT_S 5

static struct fake_entry *entry_at(struct fake_world *fake, size_t index)
{
    return (struct fake_entry *)fake->entries.items + index;
}

static struct fake_entry *find(struct fake_world *fake, const char *path)
{
    for (size_t i = 0; i < fake->entries.count; i++) {
        if (strcmp(entry_at(fake, i)->path, path) == 0)
            return entry_at(fake, i);
    }
    return NULL;
}

static void put_entry(struct fake_world *fake, const char *path, const struct cl_str *content,
                      mode_t mode)
{
    struct fake_entry *entry = find(fake, path);

    if (entry == NULL) {
        entry = fake_list_push(&fake->entries, sizeof(*entry));
        entry->path = fake_copy(path);
        entry->owner = FAKE_USER_ID;
    }
    free(entry->content);
    entry->content = content == NULL ? NULL : fake_copy_bytes(*content);
    entry->len = content == NULL ? 0 : content->len;
    entry->mode = mode;
}

static void drop_entry(struct fake_world *fake, struct fake_entry *entry)
{
    free(entry->path);
    free(entry->content);
    *entry = *entry_at(fake, fake->entries.count - 1);
    fake->entries.count--;
}

/* Every folder above `path` that is not there yet. */
static void put_parents(struct fake_world *fake, const char *path, mode_t mode)
{
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        char *folder = fake_copy_bytes(cl_str_make(path, (size_t)(slash - path)));
        if (find(fake, folder) == NULL)
            put_entry(fake, folder, NULL, mode);
        free(folder);
    }
}

static bool has_parent(struct fake_world *fake, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path)
        return true;
    char *folder = fake_copy_bytes(cl_str_make(path, (size_t)(slash - path)));
    const struct fake_entry *entry = find(fake, folder);
    free(folder);
    return entry != NULL && entry->content == NULL;
}

static enum cl_code injected(struct cl_err *err, const char *verb, const char *path)
{
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "cannot %s '%s': injected fault", verb, path);
}

static enum cl_code absent(struct cl_err *err, const char *verb, const char *path)
{
    return cl_err_set(err, CL_E_NOT_FOUND, "cannot %s '%s': No such file or directory", verb, path);
}

static enum cl_code read_locked(struct fake_world *fake, const char *path, struct cl_buf *ret,
                                struct cl_err *err)
{
    const struct fake_entry *entry = find(fake, path);

    if (!fake_proceed(fake))
        return injected(err, "read", path);
    if (entry == NULL)
        return absent(err, "read", path);
    if (entry->content == NULL)
        return cl_err_set(err, CL_E_INVALID, "'%s' is not a regular file", path);
    if (entry->len > ret->max - ret->len)
        return cl_err_set(err, CL_E_INVALID, "'%s' is larger than %zu bytes", path,
                          ret->max - ret->len);
    cl_buf_add(ret, cl_str_make(entry->content, entry->len));
    return cl_buf_ok(ret, err);
}

static enum cl_code read_file(void *ctx, const char *path, struct cl_buf *ret, struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code rc = read_locked(fake, path, ret, err);
    (void)pthread_mutex_unlock(&fake->lock);
    return rc;
}

static enum cl_code stat_file(void *ctx, const char *path, struct cl_file_info *ret,
                              struct cl_err *err)
{
    struct fake_world *fake = ctx;
    struct cl_file_info info = {.exists = false};

    (void)pthread_mutex_lock(&fake->lock);
    bool ok = fake_proceed(fake);
    const struct fake_entry *entry = find(fake, path);
    if (entry != NULL)
        info = (struct cl_file_info){.exists = true,
                                     .is_regular = entry->content != NULL,
                                     .is_directory = entry->content == NULL,
                                     .mode = entry->mode,
                                     .owner = entry->owner,
                                     .size_bytes = (int64_t)entry->len};
    (void)pthread_mutex_unlock(&fake->lock);
    if (!ok)
        return injected(err, "look at", path);
    *ret = info;
    return CL_OK;
}

/* The name of an entry that stands in the folder itself, NULL for others. */
static const char *name_in(const struct fake_entry *entry, const char *folder)
{
    size_t len = strlen(folder);

    if (strncmp(entry->path, folder, len) != 0 || entry->path[len] != '/')
        return NULL;
    return strchr(entry->path + len + 1, '/') == NULL ? entry->path + len + 1 : NULL;
}

static enum cl_code list_locked(struct fake_world *fake, const char *path, struct cl_strs *ret,
                                struct cl_err *err)
{
    const struct fake_entry *folder = find(fake, path);
    size_t before = ret->count;

    if (!fake_proceed(fake))
        return injected(err, "read", path);
    if (folder == NULL || folder->content != NULL)
        return absent(err, "read", path);
    for (size_t i = 0; i < fake->entries.count; i++) {
        const char *name = name_in(entry_at(fake, i), path);
        if (name != NULL)
            CL_TRY(cl_strs_add(ret, cl_str_of(name), err));
    }
    if (before == 0)
        cl_strs_sort(ret);
    return CL_OK;
}

static enum cl_code list_dir(void *ctx, const char *path, struct cl_strs *ret, struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code rc = list_locked(fake, path, ret, err);
    (void)pthread_mutex_unlock(&fake->lock);
    return rc;
}

static bool holds_any(struct fake_world *fake, const char *folder)
{
    for (size_t i = 0; i < fake->entries.count; i++) {
        if (name_in(entry_at(fake, i), folder) != NULL)
            return true;
    }
    return false;
}

static enum cl_code remove_dir_locked(struct fake_world *fake, const char *path, struct cl_err *err)
{
    struct fake_entry *entry = find(fake, path);

    if (!fake_proceed(fake))
        return injected(err, "remove", path);
    if (entry == NULL)
        return absent(err, "remove", path);
    if (holds_any(fake, path))
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "cannot remove '%s': Directory not empty", path);
    drop_entry(fake, entry);
    return CL_OK;
}

static enum cl_code remove_dir(void *ctx, const char *path, struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code rc = remove_dir_locked(fake, path, err);
    (void)pthread_mutex_unlock(&fake->lock);
    return rc;
}

static enum cl_code write_locked(struct fake_world *fake, const char *path, bool must_be_new,
                                 struct cl_err *err)
{
    const struct fake_entry *old = find(fake, path);

    if (!fake_proceed(fake))
        return injected(err, "write", path);
    if (!has_parent(fake, path))
        return absent(err, "write", path);
    if (old != NULL && must_be_new)
        return cl_err_set(err, CL_E_CONFLICT, "'%s' exists already", path);
    if (old != NULL && old->content == NULL)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "cannot write '%s': Is a directory", path);
    return CL_OK;
}

static enum cl_code replace_file(void *ctx, const char *path, struct cl_str content, mode_t mode,
                                 struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code rc = write_locked(fake, path, false, err);
    const struct fake_entry *old = find(fake, path);
    if (rc == CL_OK)
        put_entry(fake, path, &content, old == NULL ? mode : mode & old->mode);
    (void)pthread_mutex_unlock(&fake->lock);
    return rc;
}

static enum cl_code create_file(void *ctx, const char *path, struct cl_str content, mode_t mode,
                                struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code rc = write_locked(fake, path, true, err);
    if (rc == CL_OK)
        put_entry(fake, path, &content, mode);
    (void)pthread_mutex_unlock(&fake->lock);
    return rc;
}

static enum cl_code make_dir(void *ctx, const char *path, mode_t mode, struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    bool ok = fake_proceed(fake);
    if (ok) {
        put_parents(fake, path, mode);
        if (find(fake, path) == NULL)
            put_entry(fake, path, NULL, mode);
    }
    (void)pthread_mutex_unlock(&fake->lock);
    return ok ? CL_OK : injected(err, "create folder", path);
}

/* A file that says where it leads: nothing follows it. */
static enum cl_code make_link(void *ctx, const char *target, const char *path, struct cl_err *err)
{
    char text[512];

    (void)snprintf(text, sizeof(text), "-> %s", target);
    return create_file(ctx, path, cl_str_of(text), 0777, err);
}

static enum cl_code remove_file(void *ctx, const char *path, struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    bool ok = fake_proceed(fake);
    struct fake_entry *entry = find(fake, path);
    bool there = entry != NULL;
    bool is_folder = there && entry->content == NULL;
    if (ok && there && !is_folder)
        drop_entry(fake, entry);
    (void)pthread_mutex_unlock(&fake->lock);
    if (!ok)
        return injected(err, "remove", path);
    if (is_folder)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "cannot remove '%s': Is a directory", path);
    return there ? CL_OK : absent(err, "remove", path);
}

/*
 * Waits while another thread of the test holds the lock. What the same thread holds nobody will
 * give back, so waiting for that is over at once.
 */
static void wait_for_holder(struct fake_world *fake, const char *path)
{
    struct timespec until;
    int rc = 0;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOCK_WAIT_S;
    for (struct fake_entry *entry = find(fake, path);
         rc == 0 && entry != NULL && entry->lock != 0 &&
         pthread_equal(entry->holder, pthread_self()) == 0;
         entry = find(fake, path))
        rc = pthread_cond_timedwait(&fake->unlocked, &fake->lock, &until);
}

static enum cl_code lock_locked(struct fake_world *fake, const char *path, int *ret,
                                struct cl_err *err)
{
    wait_for_holder(fake, path);
    struct fake_entry *entry = find(fake, path);

    if (!fake_proceed(fake))
        return injected(err, "lock", path);
    if (!has_parent(fake, path))
        return absent(err, "lock", path);
    if (entry != NULL && entry->lock != 0)
        return cl_err_set(err, CL_E_TIMEOUT, "'%s' is locked by another process", path);
    if (entry == NULL)
        put_entry(fake, path, &CL_STR_NONE, 0600);
    entry = find(fake, path);
    entry->lock = ++fake->locks_given;
    entry->holder = pthread_self();
    *ret = entry->lock;
    return CL_OK;
}

static enum cl_code lock_file(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                              struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)deadline_ms;
    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code rc = lock_locked(fake, path, ret, err);
    (void)pthread_mutex_unlock(&fake->lock);
    return rc;
}

static void unlock_file(void *ctx, int lock)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    for (size_t i = 0; i < fake->entries.count; i++) {
        if (entry_at(fake, i)->lock == lock)
            entry_at(fake, i)->lock = 0;
    }
    (void)pthread_cond_broadcast(&fake->unlocked);
    (void)pthread_mutex_unlock(&fake->lock);
}

static enum cl_code make_marker(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                                struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)deadline_ms;
    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code rc = CL_OK;
    if (find(fake, path) != NULL) {
        rc = cl_err_set(err, CL_E_TIMEOUT, "'%s' says that another program is changing the file",
                        path);
    } else {
        rc = lock_locked(fake, path, ret, err);
    }
    (void)pthread_mutex_unlock(&fake->lock);
    return rc;
}

static void drop_marker(void *ctx, const char *path, int lock)
{
    struct fake_world *fake = ctx;

    (void)lock;
    (void)pthread_mutex_lock(&fake->lock);
    struct fake_entry *entry = find(fake, path);
    if (entry != NULL)
        drop_entry(fake, entry);
    (void)pthread_mutex_unlock(&fake->lock);
}

void fake_files_install(struct cl_world *world)
{
    world->read_file = read_file;
    world->stat_file = stat_file;
    world->replace_file = replace_file;
    world->create_file = create_file;
    world->make_dir = make_dir;
    world->make_link = make_link;
    world->list_dir = list_dir;
    world->remove_dir = remove_dir;
    world->remove_file = remove_file;
    world->remove_target = remove_file; /* there are no links */
    world->lock_file = lock_file;
    world->unlock_file = unlock_file;
    world->make_marker = make_marker;
    world->drop_marker = drop_marker;
}

void fake_files_cleanup(struct fake_world *fake)
{
    while (fake->entries.count > 0)
        drop_entry(fake, entry_at(fake, fake->entries.count - 1));
    free(fake->entries.items);
}

void fake_set_file(struct fake_world *fake, const char *path, const char *content)
{
    struct cl_str bytes = cl_str_of(content);

    (void)pthread_mutex_lock(&fake->lock);
    struct fake_entry *entry = find(fake, path);
    if (content != NULL) {
        put_parents(fake, path, 0700);
        put_entry(fake, path, &bytes, 0600);
    } else if (entry != NULL) {
        drop_entry(fake, entry);
    }
    (void)pthread_mutex_unlock(&fake->lock);
}

const char *fake_file(struct fake_world *fake, const char *path)
{
    const struct fake_entry *entry = find(fake, path);

    return entry == NULL ? NULL : entry->content;
}

unsigned fake_file_mode(struct fake_world *fake, const char *path)
{
    const struct fake_entry *entry = find(fake, path);

    return entry == NULL ? 0 : entry->mode;
}

void fake_set_file_mode(struct fake_world *fake, const char *path, unsigned mode)
{
    (void)pthread_mutex_lock(&fake->lock);
    struct fake_entry *entry = find(fake, path);
    if (entry != NULL)
        entry->mode = mode;
    (void)pthread_mutex_unlock(&fake->lock);
}

void fake_set_file_owner(struct fake_world *fake, const char *path, unsigned owner)
{
    (void)pthread_mutex_lock(&fake->lock);
    struct fake_entry *entry = find(fake, path);
    if (entry != NULL)
        entry->owner = owner;
    (void)pthread_mutex_unlock(&fake->lock);
}
