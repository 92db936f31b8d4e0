#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/local.h"
#include "store/log_vfs.h"
#include "store/migrations.h"

#define FOLDER_MODE 0700
#define FILE_MODE 0600

/* SQLite's view of our heap: sizes are int, and blocks are never larger than it asked for. */
static void *heap_get(int size)
{
    return cl_alloc_plain((size_t)size);
}

static void *heap_resize(void *block, int size)
{
    return cl_realloc_plain(block, (size_t)size);
}

static int heap_size(void *block)
{
    return (int)cl_alloc_size(block);
}

static int heap_round(int size)
{
    return (size + 7) & ~7;
}

static int heap_init(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void heap_shutdown(void *ctx)
{
    (void)ctx;
}

static pthread_once_t configure_once = PTHREAD_ONCE_INIT;

/* These fail only when SQLite runs already, with another heap: slower to find faults, no less safe,
 * because it is given nothing but sealed values. */
static void configure(void)
{
    static const sqlite3_mem_methods heap = {.xMalloc = heap_get,
                                             .xFree = cl_free_plain,
                                             .xRealloc = heap_resize,
                                             .xSize = heap_size,
                                             .xRoundup = heap_round,
                                             .xInit = heap_init,
                                             .xShutdown = heap_shutdown};

    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &heap);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    /* Pages one by one: a block of twenty would be touched as a whole for the few that we read. */
    (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
    (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    if (sqlite3_initialize() == SQLITE_OK)
        cl_log_vfs_install();
}

enum cl_code cl_store_setup(struct cl_err *err)
{
    (void)pthread_once(&configure_once, configure);
    return sqlite3_initialize() == SQLITE_OK ? CL_OK : cl_err_no_memory(err);
}

enum cl_code cl_db_path(const char *folder, const char *name, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX);

    cl_buf_addf(&path, "%s/%s", folder, name);
    return cl_buf_take(&path, ret, err);
}

enum cl_code cl_db_lock_folder(const struct cl_world *world, const char *folder,
                               struct cl_db_lock *ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    int lock = -1;
    int64_t deadline_ms = world->monotonic_ms(world->ctx) + CL_DB_WAIT_MS;

    CL_TRY(cl_db_path(folder, CL_DB_LOCK_FILE, &path, err));
    enum cl_code rc = world->lock_file(world->ctx, path, deadline_ms, &lock, err);
    if (rc != CL_OK) {
        err->code = CL_E_SECRET_STORE;
        return cl_err_hint(err,
                           rc == CL_E_TIMEOUT
                               ? "Wait until the other Cleat process has ended, then try again."
                               : "Check the owner and the permissions of the folder.");
    }
    *ret = (struct cl_db_lock){.world = world, .lock = lock};
    return CL_OK;
}

void cl_db_lock_cleanup(struct cl_db_lock *lock)
{
    if (lock->world != NULL)
        lock->world->unlock_file(lock->world->ctx, lock->lock);
    lock->world = NULL;
}

static enum cl_code cannot_create(const char *path, struct cl_err *err)
{
    int cause = errno;

    (void)cl_err_set(err, CL_E_SECRET_STORE, "cannot create store '%s': %s", path,
                     strerrordesc_np(cause));
    return cl_err_hint(err, cause == ENOSPC || cause == EDQUOT
                                ? "Free some space, then try again."
                                : "Check the owner and the permissions of the folder.");
}

/* SQLite would make the file readable for everybody; log and index inherit the file's mode. */
static enum cl_code create_file(const struct cl_world *world, const char *folder, const char *path,
                                struct cl_err *err)
{
    if (world->make_dir(world->ctx, folder, FOLDER_MODE, err) != CL_OK) {
        err->code = CL_E_SECRET_STORE;
        return cl_err_hint(err, "Check the owner and the permissions of the folder above it.");
    }
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, FILE_MODE);
    if (fd < 0)
        return errno == EEXIST ? CL_OK : cannot_create(path, err);
    (void)close(fd); /* nothing was written */
    return CL_OK;
}

/* Looks by name: closing a descriptor of the file would drop the locks of other connections. */
static enum cl_code ensure_file(const struct cl_world *world, const char *folder, const char *path,
                                struct cl_err *err)
{
    struct stat info;

    if (stat(path, &info) == 0)
        return CL_OK;
    if (errno != ENOENT)
        return cannot_create(path, err);
    return create_file(world, folder, path, err);
}

static int note_log(void *ctx, sqlite3 *db, const char *name, int frames)
{
    struct cl_sql *sql = ctx;

    (void)db;
    (void)name;
    sql->wal_frames = frames;
    return SQLITE_OK;
}

void cl_db_set_wait(struct cl_sql *sql, int wait_ms)
{
    sql->busy_ms = wait_ms;
    (void)sqlite3_busy_timeout(sql->db, wait_ms); /* fails only for a closed connection */
}

static enum cl_code configure_connection(struct cl_sql *sql, struct cl_err *err)
{
    static const int switches[][2] = {{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
                                      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                      {SQLITE_DBCONFIG_DEFENSIVE, 1},
                                      /* see cl_tx_commit */
                                      {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}};

    cl_db_set_wait(sql, CL_DB_WAIT_MS);
    (void)sqlite3_wal_hook(sql->db, note_log, sql);
    for (size_t i = 0; i < CL_COUNT(switches); i++) {
        int rc = sqlite3_db_config(sql->db, switches[i][0], switches[i][1], NULL);
        if (rc != SQLITE_OK)
            return cl_sql_error(sql, rc, err);
    }
    return cl_sql_run(sql,
                      "PRAGMA synchronous = FULL;"
                      "PRAGMA secure_delete = ON;"
                      "PRAGMA cell_size_check = ON;",
                      err);
}

/* Where the file system has no shared memory the old journal stays, which is as durable. */
static enum cl_code create_tables(const struct cl_world *world, const char *folder,
                                  struct cl_sql *sql, struct cl_err *err)
{
    CL_AUTO(cl_db_lock) struct cl_db_lock lock = {.world = NULL};

    CL_TRY(cl_db_lock_folder(world, folder, &lock, err));
    CL_TRY(cl_sql_run(sql, "PRAGMA journal_mode = WAL", err));
    return cl_db_migrate(sql, err);
}

enum cl_code cl_db_open(const struct cl_world *world, const char *folder, struct cl_sql *sql,
                        struct cl_err *err)
{
    bool current = false;

    CL_TRY(cl_store_setup(err));
    CL_TRY(cl_db_path(folder, CL_DB_FILE, &sql->path, err));
    CL_TRY(ensure_file(world, folder, sql->path, err));
    int rc =
        sqlite3_open_v2(sql->path, &sql->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return cl_sql_error(sql, rc, err);
    CL_TRY(configure_connection(sql, err));
    CL_TRY(cl_db_check(sql, &current, err));
    return current ? CL_OK : create_tables(world, folder, sql, err);
}

void cl_db_close(struct cl_sql *sql)
{
    /* Every statement is gone by now, so this cannot be refused. */
    (void)sqlite3_close(sql->db);
    cl_free(sql->path);
    *sql = (struct cl_sql){.db = NULL};
}
