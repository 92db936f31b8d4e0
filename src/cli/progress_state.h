#ifndef CLEAT_CLI_PROGRESS_STATE_H
#define CLEAT_CLI_PROGRESS_STATE_H

#include "cli/progress.h"

/* The drawing apart from the thread, and the thread with other times, for tests. */

struct cl_progress_view {
    const char *text;
    size_t frame; /* counts up for ever */
    size_t done;
    size_t total;     /* 0: no counter */
    const char *item; /* "": none */
};

/** One line without a line feed, cut to fit into `columns`. */
void cl_progress_draw(const struct cl_progress_view *view, const struct cl_look *look,
                      size_t columns, struct cl_buf *out);

struct cl_progress *cl_progress_start_timed(struct cl_out *out, const char *text, int64_t delay_ms,
                                            int64_t interval_ms);

#endif
