#ifndef CLEAT_BRIDGES_READERS_H
#define CLEAT_BRIDGES_READERS_H

#include "core/api.h"

/*
 * Which programs hold which credential. A client that runs a credential plugin cannot tell it that
 * the last credential was refused; but a program that asks again before the end of what it was
 * given has a reason. So a note of who was given what is kept in $XDG_RUNTIME_DIR/cleat, else in
 * /tmp/cleat-UID, mode 0600: process ids, when these processes started, and ends. No credential,
 * and no name of one: the file is called after a SHA-256. Where no folder can be used, or is not
 * this user's alone, nothing is noted and nobody is known; that is never a reason for a failure.
 */

/* Zero-initialised is a reader that nobody knows, and that is not noted. */
struct cl_reader {
    char *path;      /* of the note; NULL: there is none */
    char *others;    /* the lines of the others whose credentials have not ended */
    int64_t pid;     /* the program that has started this one */
    int64_t started; /* in the system's ticks: process ids are used again */
    bool asks_again; /* before the end of what it was given last */
};
void cl_reader_cleanup(struct cl_reader *reader);

/**
 * Whether the parent of this process holds a credential for the same resource of the same
 * connector. Of which generation of the connector is not asked: what a changed connector issues is
 * new to everybody.
 */
void cl_reader_find(const struct cl_world *world, const struct cl_issue_client_request *request,
                    struct cl_reader *ret);

/** Notes that the reader was given a credential; its end is `ends_at`. */
void cl_reader_note(const struct cl_world *world, const struct cl_reader *reader, int64_t ends_at);

#endif
