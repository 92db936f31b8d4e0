#include "faulty_vfs.h"

#include <stddef.h>
#include <string.h>

#include <sqlite3.h>

/* One test thread at a time arms it; the counters are not meant for herds. */
static struct {
    int64_t made;
    int64_t fail_at;
    int code;
    bool lasting;
    sqlite3_vfs *real;
} faults;

/* What stands before the real file object, which follows it in the same block. */
struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real;
};

int64_t faulty_vfs_fail_at(int64_t nth, int sqlite_code, bool lasting)
{
    int64_t made = faults.made;

    faults.made = 0;
    faults.fail_at = nth;
    faults.code = sqlite_code;
    faults.lasting = lasting;
    return made;
}

/* SQLITE_OK, or the code with which this operation has to fail. */
static int count(void)
{
    int64_t now = ++faults.made;

    if (faults.fail_at == 0)
        return SQLITE_OK;
    return now == faults.fail_at || (faults.lasting && now > faults.fail_at) ? faults.code
                                                                             : SQLITE_OK;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct faulty_file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), out, len, at);
}

static int file_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
    int rc = count();

    /* A failing disk may have taken the first half. */
    if (rc == SQLITE_OK)
        return real_of(file)->pMethods->xWrite(real_of(file), bytes, len, at);
    if (len > 1)
        (void)real_of(file)->pMethods->xWrite(real_of(file), bytes, len / 2, at);
    return rc == SQLITE_IOERR ? SQLITE_IOERR_WRITE : rc;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int rc = count();

    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    int rc = count();

    if (rc != SQLITE_OK)
        return rc == SQLITE_IOERR ? SQLITE_IOERR_FSYNC : rc;
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), ret);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_check_lock(sqlite3_file *file, int *ret)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int file_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, ret);
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shm_unmap(sqlite3_file *file, int delete_it)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), delete_it);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    struct faulty_file *faulty = (struct faulty_file *)file;
    int rc = count();

    (void)vfs;
    faulty->base.pMethods = NULL;
    if (rc != SQLITE_OK)
        return SQLITE_CANTOPEN;
    faulty->real = (sqlite3_file *)(faulty + 1);
    rc = faults.real->xOpen(faults.real, name, faulty->real, flags, ret_flags);
    if (faulty->real->pMethods != NULL)
        faulty->base.pMethods = &methods;
    return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    int rc = count();

    (void)vfs;
    return rc != SQLITE_OK ? SQLITE_IOERR_DELETE
                           : faults.real->xDelete(faults.real, name, sync_folder);
}

bool faulty_vfs_install(void)
{
    static sqlite3_vfs vfs;

    if (faults.real != NULL)
        return true;
    faults.real = sqlite3_vfs_find(NULL);
    if (faults.real == NULL)
        return false;
    vfs = *faults.real; /* all else is as it was */
    vfs.szOsFile += (int)sizeof(struct faulty_file);
    vfs.zName = "faulty";
    vfs.pNext = NULL;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
}
