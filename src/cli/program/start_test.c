#include "cli/program/start.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "codec/shellwords.h"
#include "core/api.h"
#include "temp_dir.h"
#include "test.h"

/* The whole program, in a child of its own, on a store in a folder of its own. */

#define OUTPUT_MAX ((size_t)1 << 20U)
#define PATIENCE_MS 60000

struct ran {
    int status; /* exit code; 128 + n: killed */
    struct cl_buf out;
    struct cl_buf err;
};

static void ran_cleanup(struct ran *ran)
{
    cl_buf_cleanup(&ran->out);
    cl_buf_cleanup(&ran->err);
}

typedef int (*child_fn)(int argc, char **argv);

static int start(int argc, char **argv)
{
    return cl_cli_main(argc, argv, NULL);
}

static void split(const char *line, struct cl_strs *words)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_shellwords_split(cl_str_of(line), words, &err), &err);
}

/* Never returns: the child of a fork. */
static void be_child(child_fn child, const struct cl_strs *words, const char *dir, const int *fds)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)dup2(nothing, STDIN_FILENO);
    (void)dup2(fds[0], STDOUT_FILENO);
    (void)dup2(fds[1], STDERR_FILENO);
    (void)setenv("CLEAT_CONFIG_PATH", dir, 1);
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    (void)unsetenv("CLEAT_DEFAULT_OUTPUT");
    _exit(child((int)words->count, words->items));
}

/* Reads both ends until they are closed. */
static void read_both(int out_fd, int err_fd, struct ran *ran)
{
    struct pollfd fds[] = {{.fd = out_fd, .events = POLLIN}, {.fd = err_fd, .events = POLLIN}};
    struct cl_buf *texts[] = {&ran->out, &ran->err};

    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        char chunk[4096];
        assert_true(poll(fds, 2, PATIENCE_MS) > 0);
        for (size_t i = 0; i < 2; i++) {
            if (fds[i].fd < 0 || fds[i].revents == 0)
                continue;
            ssize_t got = read(fds[i].fd, chunk, sizeof(chunk));
            if (got > 0)
                cl_buf_add(texts[i], cl_str_make(chunk, (size_t)got));
            else
                fds[i].fd = -1;
        }
    }
}

static void run_child(child_fn child, const char *dir, const char *line, struct ran *ret)
{
    CL_AUTO(cl_strs) struct cl_strs words = CL_STRS_NONE;
    int out[2];
    int err[2];
    int status = -1;

    ran_cleanup(ret);
    *ret = (struct ran){.out = CL_BUF(OUTPUT_MAX), .err = CL_BUF(OUTPUT_MAX)};
    split(line, &words);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(err, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        be_child(child, &words, dir, (const int[]){out[1], err[1]});
    (void)close(out[1]);
    (void)close(err[1]);
    read_both(out[0], err[0], ret);
    (void)close(out[0]);
    (void)close(err[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void assert_ran(const char *dir, const char *line, int status, struct ran *ran)
{
    run_child(start, dir, line, ran);
    if (ran->status != status)
        fail_msg("%s: exit code %d\n%s%s", line, ran->status, ran->out.ptr, ran->err.ptr);
}

/* --- what needs no store ------------------------------------------------------------------- */

static void answers_without_a_store(void **state)
{
    static const struct {
        const char *line;
        const char *out; /* begins so */
    } rows[] = {
        {"cleat", "Hold credentials once"},
        {"cleat --help", "Hold credentials once"},
        {"cleat -h", "Hold credentials once"},
        {"cleat --version", "cleat "},
        {"cleat version", "cleat "},
        {"cleat version -o json", "{\n  \"version\": \"cleat "},
        {"cleat service-connector", "Register, verify and use"},
        {"cleat service-connector register --help", "Store a connector's credentials"},
        {"cleat exec --help", "Run a program"},
        {"cleat artifact-store flavor list -o csv", "flavor,integration,"},
    };
    CL_AUTO(ran) struct ran ran = {.status = 0};

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        assert_ran(*state, rows[i].line, 0, &ran);
        assert_true(cl_str_starts(cl_buf_view(&ran.out), cl_str_of(rows[i].out)));
        assert_int_equal(ran.err.len, 0);
    }
    assert_int_equal(temp_count(*state), 0); /* nothing was made for that */
}

static void exits_with_the_code_of_the_failure(void **state)
{
    static const struct {
        const char *line;
        int status;
    } rows[] = {
        {"cleat nonsense", 2},
        {"cleat service-connector describe", 2},
        {"cleat service-connector list --size x", 2},
        {"cleat service-connector describe-type asw", 3},
        {"cleat service-connector describe nothing", 3},
        {"cleat service-connector register x --type aws", 2},
        {"cleat exec nothing true", 125},
    };
    CL_AUTO(ran) struct ran ran = {.status = 0};

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        assert_ran(*state, rows[i].line, rows[i].status, &ran);
        assert_int_equal(ran.out.len, 0);
        assert_true(cl_str_starts(cl_buf_view(&ran.err), CL_STR("Error: ")));
    }
}

/* --- the store ----------------------------------------------------------------------------- */

static void keeps_what_was_registered(void **state)
{
    CL_AUTO(ran) struct ran ran = {.status = 0};

    assert_ran(*state,
               "cleat service-connector register key --type aws --auth-method secret-key "
               "--region=us-east-1 --aws_access_key_id=CANARY_CANARY_ID "
               "--aws_secret_access_key=canary-key "
               "--no-verify --quiet",
               0, &ran);
    assert_str(cl_buf_view(&ran.out), "Successfully registered service connector `key`.\n");
    assert_ran(*state, "cleat service-connector list -o name", 0, &ran);
    assert_str(cl_buf_view(&ran.out), "service_connector/key\n");
    assert_ran(*state, "cleat service-connector describe key -o json", 0, &ran);
    assert_null(strstr(ran.out.ptr, "canary"));
    assert_ran(*state, "cleat service-connector describe key -x --field secrets", 0, &ran);
    assert_non_null(strstr(ran.out.ptr, "canary-key"));
    assert_ran(*state, "cleat service-connector delete key", 0, &ran);
    assert_ran(*state, "cleat service-connector list", 0, &ran);
    assert_str(cl_buf_view(&ran.err), "No service connectors match.\n");
}

static void shows_its_files_to_nobody(void **state)
{
    static const char *const files[] = {"cleat.db", "key"};
    CL_AUTO(ran) struct ran ran = {.status = 0};
    char *dir = temp_path(*state, "state");
    struct stat info;

    assert_ran(dir, "cleat service-connector list", 0, &ran);
    assert_ran(dir,
               "cleat service-connector register key --type aws --auth-method secret-key "
               "--region=us-east-1 --aws_access_key_id=CANARY_CANARY_ID "
               "--aws_secret_access_key=canary-key --no-verify -q",
               0, &ran);
    assert_int_equal(stat(dir, &info), 0);
    assert_int_equal(info.st_mode & 0777U, 0700);
    for (size_t i = 0; i < CL_COUNT(files); i++) {
        char *path = temp_path(dir, files[i]);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 0777U, 0600);
        free(path);
    }
    free(dir);
}

static void traces_without_getting_in_the_way(void **state)
{
    CL_AUTO(ran) struct ran ran = {.status = 0};

    assert_ran(*state, "cleat --debug service-connector list -o json --columns name", 0, &ran);
    assert_true(cl_str_starts(cl_buf_view(&ran.out), CL_STR("{\n  \"items\": []")));
}

static void says_why_it_has_no_store(void **state)
{
    CL_AUTO(ran) struct ran ran = {.status = 0};
    char *file = temp_path(*state, "file");
    char *below = temp_path(file, "state");
    FILE *made = fopen(file, "we");

    assert_non_null(made);
    assert_int_equal(fclose(made), 0);
    run_child(start, below, "cleat service-connector list", &ran);
    assert_int_not_equal(ran.status, 0);
    assert_int_equal(ran.out.len, 0);
    assert_non_null(strstr(ran.err.ptr, file));
    free(below);
    free(file);
}

/* --- the process --------------------------------------------------------------------------- */

static int report_limits(int argc, char **argv)
{
    struct rlimit core = {.rlim_cur = 1};
    int status = cl_cli_main(argc, argv, NULL);
    mode_t mask = umask(0);

    (void)getrlimit(RLIMIT_CORE, &core);
    (void)dprintf(STDERR_FILENO, "core %d, mask %03o", (int)core.rlim_cur, (unsigned)mask);
    return status;
}

/* What its child will inherit is as it was before. */
static void gives_back_what_it_changed_of_the_process(void **state)
{
    CL_AUTO(ran) struct ran ran = {.status = 0};
    struct rlimit core;
    char want[64];

    if (getenv("CLEAT_TEST_VALGRIND") != NULL) /* has limits of its own */
        skip();
    mode_t mask = umask(022);

    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    run_child(report_limits, *state, "cleat version", &ran);
    (void)umask(mask);
    assert_int_equal(ran.status, 0);
    (void)snprintf(want, sizeof(want), "core %d, mask 022", (int)core.rlim_cur);
    assert_str(cl_buf_view(&ran.err), want);
}

/* --- something in between ------------------------------------------------------------------ */

static int wrapped;
static int unwrapped;

static void note_free(struct cl_api *api)
{
    (void)api;
    unwrapped++;
}

static enum cl_code refuse_list(struct cl_api *api, const struct cl_call *call,
                                const struct cl_list_request *request, struct cl_list_result *ret,
                                struct cl_err *err)
{
    (void)api;
    (void)call;
    (void)request;
    (void)ret;
    return cl_err_set(err, CL_E_FORBIDDEN, "not through here");
}

static struct cl_api *inner_api;

static struct cl_api *put_between(struct cl_api *inner)
{
    static const struct cl_api_ops ops = {.list = refuse_list, .free = note_free};
    static struct cl_api outer = {.ops = &ops};

    wrapped++;
    inner_api = inner;
    return &outer;
}

static int start_wrapped(int argc, char **argv)
{
    int status = cl_cli_main(argc, argv, put_between);

    if (inner_api != NULL)
        inner_api->ops->free(inner_api);
    (void)dprintf(STDERR_FILENO, "wrapped %d, freed %d", wrapped, unwrapped);
    return status;
}

static void lets_something_stand_before_the_use_cases(void **state)
{
    CL_AUTO(ran) struct ran ran = {.status = 0};

    run_child(start_wrapped, *state, "cleat service-connector list", &ran);
    assert_int_equal(ran.status, 5);
    assert_str(cl_buf_view(&ran.err), "Error: not through here\nwrapped 1, freed 1");
    run_child(start_wrapped, *state, "cleat version", &ran);
    assert_int_equal(ran.status, 0);
    assert_str(cl_buf_view(&ran.err), "wrapped 0, freed 0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_dir_setup, temp_dir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_without_a_store),
        TEST(exits_with_the_code_of_the_failure),
        TEST(keeps_what_was_registered),
        TEST(shows_its_files_to_nobody),
        TEST(traces_without_getting_in_the_way),
        TEST(says_why_it_has_no_store),
        TEST(gives_back_what_it_changed_of_the_process),
        TEST(lets_something_stand_before_the_use_cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
