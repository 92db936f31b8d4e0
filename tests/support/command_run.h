#ifndef CLEAT_TESTS_COMMAND_RUN_H
#define CLEAT_TESTS_COMMAND_RUN_H

#include "fake_api.h"
#include "fake_world.h"
#include "test.h"

/* Runs commands of the real table in this process, against a scripted api and a world of memory. */
struct command_run {
    struct fake_world *world;
    struct fake_api *api;
    struct cl_buf out;
    struct cl_buf err;
    bool out_is_terminal;   /* 120 columns */
    enum cl_code open_code; /* not CL_OK: the api cannot be opened */
    enum cl_code exec_code; /* not CL_OK: what exec fails with */
    const char *input;      /* on standard input; NULL: nothing */
};

/** For setup and teardown of each test; *state is the run. UTF-8, HOME=/home/u. */
int command_run_set_up(void **state);
int command_run_tear_down(void **state);

/** Forgets output and requests, keeps the world. */
void command_run_reset(struct command_run *run);

/** Splits the line like a shell without expansion and runs it. Returns the exit status. */
int run_line(struct command_run *run, const char *line);

/** The same with the n-th allocation failing; *ret_made is how many there were. */
int run_line_failing(struct command_run *run, const char *line, int64_t nth, int64_t *ret_made);

/* The status must be as wanted; what was printed is shown if it is not. */
void assert_status(struct command_run *run, const char *line, int status);
void assert_out(const struct command_run *run, const char *want);
void assert_err(const struct command_run *run, const char *want);
void assert_calls(const struct command_run *run, const char *want);

/** Compares standard output with tests/golden/commands/NAME. CLEAT_GOLDEN=write writes that file
 *  first: read the difference before you keep it. */
void assert_golden_out(const struct command_run *run, const char *name);

/** Runs the line, wants status 0, and compares. */
void assert_golden_run(struct command_run *run, const char *line, const char *name);

#endif
