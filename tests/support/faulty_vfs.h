#ifndef CLEAT_TESTS_FAULTY_VFS_H
#define CLEAT_TESTS_FAULTY_VFS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * SQLite's view of the disk, with faults: every open, write, sync, truncation and removal counts,
 * and the n-th can fail. For all databases of the test program.
 */

/** Puts itself between SQLite and the disk; call it once, before a database is opened. */
bool faulty_vfs_install(void);

/**
 * The n-th operation from now on (1 = the next) fails with `sqlite_code`, and all later ones too
 * if `lasting`; 0: none fails. Returns how many were made since the last call.
 */
int64_t faulty_vfs_fail_at(int64_t nth, int sqlite_code, bool lasting);

#endif
