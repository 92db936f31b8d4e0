#ifndef CLEAT_BASE_WORLD_H
#define CLEAT_BASE_WORLD_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/strs.h"

struct cl_transport; /* net/http.h */
struct cl_ssh;       /* net/ssh.h */
struct cl_log;       /* base/log.h */

struct cl_file_info {
    bool exists;
    bool is_regular;
    bool is_directory;
    mode_t mode;
    uid_t owner;
    int64_t size_bytes;
};

/* A program that is run to its end. */
struct cl_child {
    char *const *argv;   /* NULL-terminated; a bare argv[0] is looked up in PATH */
    char *const *envp;   /* NULL: our environment */
    struct cl_str input; /* its standard input */
    int64_t deadline_ms; /* monotonic, when it is killed; 0: never */
};

/*
 * Everything outside the process and the store. `main` fills it with the real functions
 * (cl_world_real), tests with fakes: the n-th call can fail, the clock can be moved.
 */
struct cl_world {
    void *ctx; /* handed to each function */

    int64_t (*now_us)(void *ctx);       /* UTC, microseconds since 1970 */
    int64_t (*monotonic_ms)(void *ctx); /* for deadlines */
    void (*sleep_ms)(void *ctx, int64_t duration_ms);
    enum cl_code (*random)(void *ctx, void *out, size_t len, struct cl_err *err);

    const char *(*env)(void *ctx, const char *name); /* NULL when unset; borrowed */
    char *const *(*environment)(void *ctx);          /* NAME=value, NULL-terminated; borrowed */
    uid_t (*user_id)(void *ctx);                     /* whose process this is */

    /*
     * Files: CL_E_NOT_FOUND when the file or its folder is absent, CL_E_LOCAL_CONFIG when the
     * system refuses. New files get exactly `mode`, folders `mode` less the umask.
     */

    /** Appends a regular file's bytes. CL_E_INVALID when it is not one or exceeds `ret`'s max. */
    enum cl_code (*read_file)(void *ctx, const char *path, struct cl_buf *ret, struct cl_err *err);
    enum cl_code (*stat_file)(void *ctx, const char *path, struct cl_file_info *ret,
                              struct cl_err *err); /* follows links; absent is not an error */
    /**
     * Temporary file beside it, fsync, rename, fsync of the folder. Follows a link to its file and
     * keeps the owner and, where they are stricter, the permissions that the file has.
     */
    enum cl_code (*replace_file)(void *ctx, const char *path, struct cl_str content, mode_t mode,
                                 struct cl_err *err);
    /** Creates the file, which must not exist (CL_E_CONFLICT), durable like replace_file. */
    enum cl_code (*create_file)(void *ctx, const char *path, struct cl_str content, mode_t mode,
                                struct cl_err *err);
    /** Creates a link to `target`, which need not exist. CL_E_CONFLICT: something is there. */
    enum cl_code (*make_link)(void *ctx, const char *target, const char *path, struct cl_err *err);
    /** Creates a folder and its missing parents; existing is fine. */
    enum cl_code (*make_dir)(void *ctx, const char *path, mode_t mode, struct cl_err *err);
    /** Adds the names in a folder in order, without "." and "..". CL_E_INVALID beyond 10,000. */
    enum cl_code (*list_dir)(void *ctx, const char *path, struct cl_strs *ret, struct cl_err *err);
    /** Removes a folder, which must be empty. */
    enum cl_code (*remove_dir)(void *ctx, const char *path, struct cl_err *err);
    enum cl_code (*remove_file)(void *ctx, const char *path, struct cl_err *err);
    /** What replace_file makes: follows a link to its file, and the link stays. */
    enum cl_code (*remove_target)(void *ctx, const char *path, struct cl_err *err);
    /**
     * Exclusive advisory lock on a file that is made if need be and stays. Waits until the
     * monotonic deadline (0: for ever), then CL_E_TIMEOUT.
     */
    enum cl_code (*lock_file)(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                              struct cl_err *err);
    void (*unlock_file)(void *ctx, int lock);

    /**
     * The lock of programs that agree on a file's being there, as kubectl does for FILE.lock: makes
     * `path`, which drop_marker takes away. Waits like lock_file. What a run of ours that was
     * killed left behind is taken over; what another program made never is, and the error tells
     * its age.
     */
    enum cl_code (*make_marker)(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                                struct cl_err *err);
    void (*drop_marker)(void *ctx, const char *path, int lock);

    /** Absolute path of the running program. Owned by the caller. */
    enum cl_code (*program_path)(void *ctx, char **ret, struct cl_err *err);

    /** Replaces this process; a bare name is looked up in PATH. Returns only on failure:
     * CL_E_NOT_FOUND when there is no such program, else CL_E_FAILED. */
    enum cl_code (*exec)(void *ctx, const char *program, char *const argv[], char *const envp[],
                         struct cl_err *err);

    /**
     * Runs a program, appends what it prints and waits for its end. Its standard error is ours.
     * *ret_status is its exit code, 128 + n when signal n ended it. CL_E_NOT_FOUND when there is no
     * such program, CL_E_TIMEOUT, CL_E_INVALID when it prints more than `ret` takes; then and on
     * CL_E_TIMEOUT it has been killed.
     */
    enum cl_code (*run)(void *ctx, const struct cl_child *child, struct cl_buf *ret,
                        int *ret_status, struct cl_err *err);

    /**
     * Runs a program at our terminal and waits for its end; a bare name is looked up in PATH.
     * Signals that are sent to us meanwhile are sent on to it. *ret_status as for `run`. For
     * programs that need something which has to be cleaned up behind them; others get `exec`.
     */
    enum cl_code (*accompany)(void *ctx, char *const argv[], char *const envp[], int *ret_status,
                              struct cl_err *err);
    /**
     * Starts a process that lives on when `exec` makes this one another program. There it calls
     * serve(what, ended), where `ended` becomes readable when this process is over, and is gone
     * when that returns. It has no terminal, no standard streams, and of the open files only `keep`
     * (-1: none). Not while other threads run.
     */
    enum cl_code (*leave_behind)(void *ctx, void (*serve)(void *what, int ended), void *what,
                                 int keep, struct cl_err *err);

    struct cl_transport *transport; /* HTTP; NULL where no network is wanted */
    const struct cl_ssh *ssh;       /* SSH; NULL likewise */
    struct cl_log *log;             /* NULL: nothing is logged */
};

/** The real world of this process, without transport and log. */
struct cl_world cl_world_real(void);

/** The value of an environment variable, empty view when unset. */
struct cl_str cl_world_env(const struct cl_world *world, const char *name);

int64_t cl_world_now_s(const struct cl_world *world); /* UTC seconds */

/** Random UUID (version 4), lower case, NUL-terminated. */
enum cl_code cl_uuid_new(const struct cl_world *world, char ret[37], struct cl_err *err)
    CL_MUST_USE;

/** True for 8-4-4-4-12 hex digits, or 32 of them without dashes, in any case. */
bool cl_is_uuid(struct cl_str text);

/** The one spelling of what cl_is_uuid accepts: 8-4-4-4-12, lower case, NUL-terminated. */
void cl_uuid_canonical(struct cl_str uuid, char ret[37]);

#endif
