#include "store/log_vfs.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include <sqlite3.h>

/* The exception to "no globals": SQLite keeps its address. Written once, before any file is open.
 */
static struct {
    sqlite3_vfs own;
    sqlite3_vfs *real;
} vfs;

static bool has_content(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && info.st_size > 0;
}

static int open_file(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    int rc = SQLITE_CANTOPEN;

    (void)self;
    /* Whoever wrote the first of the content has flushed the name too. */
    if ((flags & SQLITE_OPEN_WAL) != 0 && has_content(path))
        rc = vfs.real->xOpen(vfs.real, path, file, flags & ~SQLITE_OPEN_CREATE, ret_flags);
    /* Somebody may have removed it a moment ago. */
    return rc == SQLITE_CANTOPEN ? vfs.real->xOpen(vfs.real, path, file, flags, ret_flags) : rc;
}

void cl_log_vfs_install(void)
{
    vfs.real = sqlite3_vfs_find(NULL);
    if (vfs.real == NULL)
        return;
    vfs.own = *vfs.real; /* all else is as it was */
    vfs.own.pNext = NULL;
    vfs.own.zName = "cleat-log";
    vfs.own.xOpen = open_file;
    (void)sqlite3_vfs_register(&vfs.own, 1); /* refuses nothing that has a name */
}
