#include "command_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "capture.h"
#include "cli/cli.h"
#include "cli/commands/root.h"
#include "codec/json.h"
#include "codec/shellwords.h"
#include "golden.h"

#define OUTPUT_MAX ((size_t)4 << 20U)
#define TERMINAL_COLUMNS 120

int command_run_set_up(void **state)
{
    struct command_run *run = calloc(1, sizeof(*run));

    assert_non_null(run);
    cl_json_setup();
    run->world = fake_world_new();
    run->api = fake_api_new();
    run->out = (struct cl_buf)CL_BUF(OUTPUT_MAX);
    run->err = (struct cl_buf)CL_BUF(OUTPUT_MAX);
    fake_set_env(run->world, "LANG", "C.UTF-8");
    fake_set_env(run->world, "HOME", "/home/u");
    *state = run;
    return 0;
}

int command_run_tear_down(void **state)
{
    struct command_run *run = *state;

    cl_buf_cleanup(&run->out);
    cl_buf_cleanup(&run->err);
    fake_api_free(run->api);
    fake_world_free(run->world);
    free(run);
    return 0;
}

void command_run_reset(struct command_run *run)
{
    cl_buf_cleanup(&run->out);
    cl_buf_cleanup(&run->err);
    run->out = (struct cl_buf)CL_BUF(OUTPUT_MAX);
    run->err = (struct cl_buf)CL_BUF(OUTPUT_MAX);
    fake_api_forget(run->api);
}

/* --- the outside --------------------------------------------------------------------------- */

static enum cl_code open_api(struct cl_cli *cli, struct cl_api **ret, struct cl_err *err)
{
    const struct command_run *run = cli->ctx;

    if (run->open_code != CL_OK)
        return cl_err_set(err, run->open_code, "the store cannot be opened");
    /* What an attempt that did not matter may leave behind: only the code counts. */
    (void)cl_err_set(err, CL_E_FAILED, "left over");
    *ret = fake_api(run->api);
    return CL_OK;
}

/* The fake exec, or one that fails; it finds the run behind the world that it belongs to. */
static const struct command_run *running;

static enum cl_code refuse_exec(void *ctx, const char *program, char *const argv[],
                                char *const envp[], struct cl_err *err)
{
    (void)ctx;
    (void)argv;
    (void)envp;
    return cl_err_set(err, running->exec_code, "cannot run '%s'", program);
}

/* Standard input of the run: a pipe that holds the input, or nothing. Returns the former one. */
static int put_input(const char *input)
{
    int former = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int ends[2] = {-1, -1};

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    if (input != NULL)
        assert_true(write(ends[1], input, strlen(input)) == (ssize_t)strlen(input));
    (void)close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    (void)close(ends[0]);
    return former;
}

static void take_input(int former)
{
    if (former < 0)
        return;
    (void)dup2(former, STDIN_FILENO);
    (void)close(former);
}

static int run_words(struct command_run *run, const struct cl_strs *words, int64_t nth,
                     int64_t *ret_made)
{
    struct cl_world world = *fake_world(run->world);
    struct cl_cli cli = {
        .world = &world, .root = &cl_root_command, .open_api = open_api, .ctx = run};
    struct cl_stream out = run->out_is_terminal ? capture_terminal(&run->out, TERMINAL_COLUMNS)
                                                : capture_stream(&run->out);
    struct cl_stream err = capture_stream(&run->err);

    running = run;
    if (run->exec_code != CL_OK)
        world.exec = refuse_exec;
    int former = put_input(run->input);
    (void)cl_alloc_fail_at(nth);
    int status = cl_cli_run(&cli, (int)words->count, words->items, &out, &err);
    int64_t made = cl_alloc_fail_at(0);
    take_input(former);
    if (ret_made != NULL)
        *ret_made = made;
    return status;
}

int run_line_failing(struct command_run *run, const char *line, int64_t nth, int64_t *ret_made)
{
    CL_AUTO(cl_strs) struct cl_strs words = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_shellwords_split(cl_str_of(line), &words, &err), &err);
    return run_words(run, &words, nth, ret_made);
}

int run_line(struct command_run *run, const char *line)
{
    return run_line_failing(run, line, 0, NULL);
}

/* --- what came of it ----------------------------------------------------------------------- */

static const char *text_of(const struct cl_buf *buf)
{
    return buf->ptr == NULL ? "" : buf->ptr;
}

void assert_status(struct command_run *run, const char *line, int status)
{
    int got = run_line(run, line);

    if (got != status)
        fail_msg("%s\nexits %d, not %d\n%s%s%s", line, got, status, text_of(&run->out),
                 text_of(&run->err), fake_api_calls(run->api));
}

void assert_out(const struct command_run *run, const char *want)
{
    assert_string_equal(text_of(&run->out), want);
}

void assert_err(const struct command_run *run, const char *want)
{
    assert_string_equal(text_of(&run->err), want);
}

void assert_calls(const struct command_run *run, const char *want)
{
    assert_string_equal(fake_api_calls(run->api), want);
}

static void write_golden(const char *path, struct cl_str text)
{
    FILE *file = fopen(path, "wbe");

    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

void assert_golden_out(const struct command_run *run, const char *name)
{
    char path[256];
    const char *mode = getenv("CLEAT_GOLDEN");

    assert_true(snprintf(path, sizeof(path), "commands/%s", name) < (int)sizeof(path));
    if (mode != NULL && strcmp(mode, "write") == 0) {
        char full[1024];
        (void)snprintf(full, sizeof(full), "%s/tests/golden/%s", CLEAT_SOURCE_DIR, path);
        write_golden(full, cl_buf_view(&run->out));
    }
    assert_golden(path, cl_buf_view(&run->out));
}

void assert_golden_run(struct command_run *run, const char *line, const char *name)
{
    assert_status(run, line, 0);
    assert_golden_out(run, name);
}
