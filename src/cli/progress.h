#ifndef CLEAT_CLI_PROGRESS_H
#define CLEAT_CLI_PROGRESS_H

#include "cli/output.h"

/*
 * A turning sign on standard error while work goes on: "⠦ Verifying 'aws-auto'...". Shown only on a
 * terminal, not with --quiet, and not before 150 ms have passed. Output through `out` erases it
 * for as long as it needs.
 */

/** Starts it; the text is cut at 511 bytes and followed by three dots. NULL where nothing is to be
 *  shown; that is no failure. */
struct cl_progress *cl_progress_start(struct cl_out *out, const char *format, ...) CL_PRINTF(2, 3);

/** "text done/total (item)...": for work over several items. Thread-safe. NULL is fine. */
void cl_progress_count(struct cl_progress *progress, size_t done, size_t total, const char *item);

/* While paused it is erased and the terminal is free for other output. NULL is fine. */
void cl_progress_pause(struct cl_progress *progress);
void cl_progress_resume(struct cl_progress *progress);

/** Erases it. NULL is fine. */
void cl_progress_stop(struct cl_progress *progress);
void cl_progress_cleanup(struct cl_progress **progress); /* for CL_AUTO(cl_progress) */

#endif
