#ifndef CLEAT_CLI_STREAM_H
#define CLEAT_CLI_STREAM_H

#include "base/str.h"

/*
 * Where output goes. Nothing is held back, so that standard output and standard error come out in
 * the order in which they were written.
 */
struct cl_stream {
    int (*write)(void *ctx, const char *ptr, size_t len); /* all of it: 0, or errno */
    void *ctx;
    int fd; /* -1: none */
    bool is_terminal;
    size_t columns; /* of the terminal; 0: unknown */
    bool closed;    /* the reader went away: the rest is dropped */
};

struct cl_world;

/** The stream of a descriptor; asks once whether it is a terminal and how wide. */
struct cl_stream cl_stream_of_fd(int fd, const struct cl_world *world);

/** CL_OK also when the reader has gone away. CL_E_FAILED when the bytes cannot be written. */
enum cl_code cl_stream_write(struct cl_stream *stream, struct cl_str bytes, struct cl_err *err)
    CL_MUST_USE;

/**
 * Makes writing to a closed pipe, and into a file at its size limit, an error instead of a death,
 * in a way that programs started with exec do not inherit. Called once, by main.
 */
void cl_stream_survive_failed_writes(void);

#endif
