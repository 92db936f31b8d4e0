#include "bridges/ini_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fake_world.h"
#include "temp_dir.h"
#include "test.h"

/* Sections of a real file: modes, links, and others who write at the same time. */

#define MAX_BYTES ((size_t)1 << 20U)
#define THEIRS "# theirs\r\n[default]\nregion = us-east-1"

static struct cl_world world;

static void assert_mode(const char *path, mode_t want)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777U, want);
}

static void write_text(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void assert_text(const char *path, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(MAX_BYTES);
    struct cl_err err = CL_ERR_NONE;

    assert_ok(world.read_file(world.ctx, path, &text, &err), &err);
    assert_str(cl_buf_view(&text), want);
}

static enum cl_code edit(const char *path, const char *header, const char *section,
                         struct cl_err *err)
{
    struct cl_call call = cl_call_new(&world, "tester");
    struct cl_ini_edit wanted = {.header = cl_str_of(header), .section = cl_str_of(section)};

    return cl_ini_file_edit(&call, path, &wanted, err);
}

static void put(const char *path, const char *section)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(edit(path, "ours", section, &err), &err);
}

#define OURS CL_INI_MARKER "\n[ours]\nk = v\n"

static void makes_the_folder_and_the_file_for_the_user_alone(void **state)
{
    char *folder = temp_path(*state, ".aws");
    char *path = temp_path(folder, "config");

    put(path, OURS);
    assert_text(path, OURS);
    assert_mode(folder, 0700);
    assert_mode(path, 0600);
    assert_int_equal(temp_count(folder), 2); /* the file and its lock */
    free(path);
    free(folder);
}

static void keeps_the_stricter_mode(void **state)
{
    static const struct {
        mode_t before;
        mode_t after;
    } rows[] = {{0600, 0600}, {0400, 0400}, {0644, 0600}, {0660, 0600}, {0666, 0600}};
    char *path = temp_path(*state, "config");

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        write_text(path, THEIRS, rows[i].before);
        put(path, OURS);
        assert_mode(path, rows[i].after);
        assert_text(path, THEIRS "\n" OURS);
        assert_int_equal(unlink(path), 0);
    }
    free(path);
}

static void follows_a_link_to_the_file(void **state)
{
    char *folder = temp_path(*state, "dotfiles");
    char *target = temp_path(folder, "aws-config");
    char *path = temp_path(*state, "config");
    struct stat info;

    assert_int_equal(mkdir(folder, 0755), 0);
    write_text(target, THEIRS, 0600);
    assert_int_equal(symlink("dotfiles/aws-config", path), 0);
    put(path, OURS);
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_text(target, THEIRS "\n" OURS);
    put(path, "");
    assert_text(target, THEIRS);
    assert_int_equal(temp_count(folder), 1);
    free(path);
    free(target);
    free(folder);
}

static void gives_the_file_back_byte_for_byte(void **state)
{
    static const char *const files[] = {
        "",
        "\n",
        THEIRS,
        THEIRS "\n",
        THEIRS "\r\n\r\n",
        "\xEF\xBB\xBF[a]\r\nk = v\r\n; last words",
        "[a]\n[a]\nk=1\nk=2\n\n\n",
    };
    char *path = temp_path(*state, "config");

    for (size_t i = 0; i < CL_COUNT(files); i++) {
        write_text(path, files[i], 0600);
        put(path, OURS);
        put(path, CL_INI_MARKER "\n[ours]\nk = w\n");
        put(path, "");
        assert_text(path, files[i]);
    }
    free(path);
}

static void makes_nothing_to_take_something_away(void **state)
{
    char *folder = temp_path(*state, "nowhere");
    char *path = temp_path(folder, "config");
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(edit(path, "ours", "", &err), CL_E_NOT_FOUND);
    assert_int_equal(temp_count(*state), 0);
    free(path);
    free(folder);
}

static void changes_nothing_when_it_only_tries(void **state)
{
    static const struct {
        const char *header;
        const char *section;
        enum cl_code code;
    } rows[] = {
        {"ours", OURS, CL_OK},
        {"ours", "", CL_OK},
        {"theirs", OURS, CL_E_CONFLICT},
        {"nobody's", "", CL_E_NOT_FOUND},
    };
    char *path = temp_path(*state, "config");
    struct cl_err err = CL_ERR_NONE;

    write_text(path, OURS "[theirs]\n", 0644);
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_ini_edit wanted = {.header = cl_str_of(rows[i].header),
                                     .section = cl_str_of(rows[i].section)};
        assert_int_equal(cl_ini_file_try(&world, path, &wanted, &err), rows[i].code);
        assert_text(path, OURS "[theirs]\n");
        assert_mode(path, 0644);
        assert_int_equal(temp_count(*state), 1);
    }
    free(path);
}

static void names_the_file_in_every_failure(void **state)
{
    char *path = temp_path(*state, "config");
    char *inside = temp_path(path, "below");
    struct cl_err err = CL_ERR_NONE;

    write_text(path, "broken\n", 0600);
    assert_int_equal(edit(path, "ours", OURS, &err), CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, "line 1"));
    assert_int_equal(edit(inside, "ours", OURS, &err), CL_E_LOCAL_CONFIG); /* a file as folder */
    assert_non_null(strstr(err.text, path));
    assert_int_equal(edit(*state, "ours", OURS, &err), CL_E_LOCAL_CONFIG); /* a folder as file */
    assert_non_null(strstr(err.text, *state));
    assert_text(path, "broken\n");
    free(inside);
    free(path);
}

static void refuses_a_path_without_end(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(16384);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_repeat(&path, "/x", 5000);
    assert_int_equal(edit(path.ptr, "ours", OURS, &err), CL_E_LOCAL_CONFIG);
}

/* Paths without a folder of their own. */
static void needs_no_folder_for_a_bare_name(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);
    struct cl_ini_edit wanted = {.header = CL_STR("ours"), .section = CL_STR(OURS)};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_ini_file_edit(&call, "config", &wanted, &err), &err);
    assert_ok(cl_ini_file_edit(&call, "/config", &wanted, &err), &err);
    assert_string_equal(fake_file(fake, "config"), OURS);
    assert_string_equal(fake_file(fake, "/config"), OURS);
    fake_world_free(fake);
}

static void gives_up_on_a_lock_in_time(void **state)
{
    char *path = temp_path(*state, "config");
    char *lock_path = temp_path(*state, "config.lock");
    struct cl_call call = cl_call_new(&world, "tester");
    struct cl_call soon = cl_call_within(&call, 50);
    struct cl_ini_edit wanted = {.header = CL_STR("ours"), .section = CL_STR(OURS)};
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;

    write_text(path, THEIRS, 0600);
    assert_ok(world.lock_file(world.ctx, lock_path, 0, &lock, &err), &err);
    assert_int_equal(cl_ini_file_edit(&soon, path, &wanted, &err), CL_E_LOCAL_CONFIG);
    assert_text(path, THEIRS);
    world.unlock_file(world.ctx, lock);
    assert_ok(cl_ini_file_edit(&call, path, &wanted, &err), &err);
    free(lock_path);
    free(path);
}

/* --- at the same time ---------------------------------------------------------------------- */

#define WRITERS 4
#define ROUNDS 25

/* Writes, rewrites and in the end leaves its own section; 0 when all went well. */
static int write_often(const char *path, int number)
{
    char header[16];
    char section[128];
    struct cl_err err = CL_ERR_NONE;

    (void)snprintf(header, sizeof(header), "w%d", number);
    for (int i = 0; i < ROUNDS; i++) {
        (void)snprintf(section, sizeof(section), CL_INI_MARKER "\n[%s]\nround = %d\n", header, i);
        if (edit(path, header, section, &err) != CL_OK)
            return 1;
        if (i % 5 == 3 && edit(path, header, "", &err) != CL_OK)
            return 2;
    }
    return 0;
}

static void start_writers(const char *path, pid_t *children)
{
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            _exit(write_often(path, i));
    }
}

static void await_writers(const pid_t *children)
{
    for (int i = 0; i < WRITERS; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

static void writers_lose_nothing_of_each_other(void **state)
{
    char *path = temp_path(*state, "config");
    pid_t children[WRITERS];
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(MAX_BYTES);
    struct cl_err err = CL_ERR_NONE;

    write_text(path, THEIRS, 0600);
    start_writers(path, children);
    await_writers(children);
    assert_ok(world.read_file(world.ctx, path, &text, &err), &err);
    assert_true(cl_str_starts(cl_buf_view(&text), CL_STR(THEIRS "\n")));
    for (int i = 0; i < WRITERS; i++) {
        char want[128];
        (void)snprintf(want, sizeof(want), CL_INI_MARKER "\n[w%d]\nround = %d\n", i, ROUNDS - 1);
        assert_non_null(strstr(text.ptr, want));
    }
    assert_int_equal(temp_count(*state), 2); /* no temporary file was left behind */
    for (int i = 0; i < WRITERS; i++) {
        char header[16];
        (void)snprintf(header, sizeof(header), "w%d", i);
        assert_ok(edit(path, header, "", &err), &err);
    }
    assert_text(path, THEIRS);
    free(path);
}

static int set_up_world(void **state)
{
    (void)state;
    world = cl_world_real();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_dir_setup, temp_dir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_the_folder_and_the_file_for_the_user_alone),
        TEST(keeps_the_stricter_mode),
        TEST(follows_a_link_to_the_file),
        TEST(gives_the_file_back_byte_for_byte),
        TEST(makes_nothing_to_take_something_away),
        TEST(changes_nothing_when_it_only_tries),
        TEST(names_the_file_in_every_failure),
        TEST(refuses_a_path_without_end),
        TEST(needs_no_folder_for_a_bare_name),
        TEST(gives_up_on_a_lock_in_time),
        TEST(writers_lose_nothing_of_each_other),
    };

    return cmocka_run_group_tests(tests, set_up_world, NULL);
}
