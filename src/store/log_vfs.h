#ifndef CLEAT_STORE_LOG_VFS_H
#define CLEAT_STORE_LOG_VFS_H

/*
 * For this folder only: SQLite's way to the disk, but for one flush. SQLite opens the write-ahead
 * log as if it had to be made, and so flushes the folder with the first commit of each process. A
 * program that commits once would wait for the disk twice each time.
 */

/** Puts itself between SQLite, which must run, and what is its default. Call it once. */
void cl_log_vfs_install(void);

#endif
