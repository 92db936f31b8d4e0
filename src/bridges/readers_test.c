#include "bridges/readers.h"

#include <stdio.h>

#include "base/alloc.h"
#include "fake_world.h"
#include "test.h"

#define FOLDER "/run/user/7/cleat"
#define OWN "/tmp/cleat-1000"
#define SELF "4711 (cleat) S %s 4711 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 555 1 1\n"
#define PARENT " S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %s 1 1\n"

static const struct cl_issue_client_request asked = {
    .ref = {.text = CL_STR_INIT("aws-auto")},
    .resource_type = CL_STR_INIT("kubernetes-cluster"),
    .resource_id = CL_STR_INIT("zenit"),
};

/* A world in which the program `pid`, called `name`, has started this one. */
static void start_from(struct fake_world *fake, const char *pid, const char *name,
                       const char *started)
{
    char text[256];
    char path[64];

    (void)snprintf(text, sizeof(text), SELF, pid);
    fake_set_file(fake, "/proc/self/stat", text);
    (void)snprintf(path, sizeof(path), "/proc/%s/stat", pid);
    (void)snprintf(text, sizeof(text), "%s (%s)" PARENT, pid, name, started);
    fake_set_file(fake, path, text);
}

static struct fake_world *world_of_a_session(void)
{
    struct fake_world *fake = fake_world_new();

    fake_set_file(fake, "/run/user/7/x", "");
    fake_set_env(fake, "XDG_RUNTIME_DIR", "/run/user/7");
    start_from(fake, "100", "kubectl", "900");
    return fake;
}

/* Asks, is given a credential that ends in ten minutes, and tells whether it had one before. */
static bool ask(struct fake_world *fake, const struct cl_issue_client_request *request)
{
    CL_AUTO(cl_reader) struct cl_reader reader = {.path = NULL};

    cl_reader_find(fake_world(fake), request, &reader);
    cl_reader_note(fake_world(fake), &reader, cl_world_now_s(fake_world(fake)) + 600);
    return reader.asks_again;
}

static const char *note_of(struct fake_world *fake, const struct cl_issue_client_request *request)
{
    CL_AUTO(cl_reader) struct cl_reader reader = {.path = NULL};

    cl_reader_find(fake_world(fake), request, &reader);
    return reader.path == NULL ? NULL : fake_file(fake, reader.path);
}

static void knows_who_asks_a_second_time(void **state)
{
    struct fake_world *fake = world_of_a_session();

    (void)state;
    assert_false(ask(fake, &asked));
    assert_true(ask(fake, &asked));
    start_from(fake, "101", "kubectl", "901");
    assert_false(ask(fake, &asked)); /* somebody else */
    start_from(fake, "100", "kubectl", "900");
    assert_true(ask(fake, &asked)); /* who was not forgotten meanwhile */
    start_from(fake, "100", "kubectl", "77777");
    assert_false(ask(fake, &asked)); /* the number was given to another program */
    fake_world_free(fake);
}

static void keeps_resources_apart(void **state)
{
    struct fake_world *fake = world_of_a_session();
    struct cl_issue_client_request others[] = {asked, asked, asked};

    (void)state;
    others[0].ref.text = CL_STR("aws");
    others[1].resource_id = CL_STR("zenit2");
    others[2].resource_type = CL_STR("");
    assert_false(ask(fake, &asked));
    for (size_t i = 0; i < CL_COUNT(others); i++)
        assert_false(ask(fake, &others[i]));
    assert_true(ask(fake, &asked));
    fake_world_free(fake);
}

static void forgets_at_the_end_of_the_credential(void **state)
{
    struct fake_world *fake = world_of_a_session();

    (void)state;
    assert_false(ask(fake, &asked));
    fake_advance_ms(fake, 599 * 1000);
    assert_true(ask(fake, &asked));
    fake_advance_ms(fake, 600 * 1000);
    assert_false(ask(fake, &asked));
    assert_string_equal(note_of(fake, &asked), "100 900 1715691895\n");
    fake_world_free(fake);
}

static void notes_numbers_for_the_owner_alone(void **state)
{
    struct fake_world *fake = world_of_a_session();
    CL_AUTO(cl_reader) struct cl_reader reader = {.path = NULL};

    (void)state;
    assert_false(ask(fake, &asked));
    cl_reader_find(fake_world(fake), &asked, &reader);
    assert_true(cl_str_starts(cl_str_of(reader.path), CL_STR(FOLDER "/readers-")));
    assert_int_equal(strlen(reader.path), strlen(FOLDER "/readers-") + 64);
    assert_string_equal(fake_file(fake, reader.path), "100 900 1715690696\n");
    assert_int_equal(fake_file_mode(fake, reader.path), 0600);
    assert_int_equal(fake_file_mode(fake, FOLDER), 0700);
    fake_world_free(fake);
}

/* A program may call itself what it likes. */
static void reads_whatever_a_program_is_called(void **state)
{
    static const char *const names[] = {"a b", ") R 1 (", "((x) y)", ""};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        struct fake_world *fake = world_of_a_session();
        start_from(fake, "100", names[i], "900");
        assert_false(ask(fake, &asked));
        assert_true(ask(fake, &asked));
        assert_string_equal(note_of(fake, &asked), "100 900 1715690696\n");
        fake_world_free(fake);
    }
}

static void forgets_the_oldest_of_many(void **state)
{
    struct fake_world *fake = world_of_a_session();
    char pid[16];

    (void)state;
    for (int i = 0; i < 200; i++) {
        (void)snprintf(pid, sizeof(pid), "%d", 1000 + i);
        start_from(fake, pid, "kubectl", "900");
        assert_false(ask(fake, &asked));
    }
    assert_true(strlen(note_of(fake, &asked)) < 66 * 24);
    assert_true(ask(fake, &asked));
    start_from(fake, "1000", "kubectl", "900");
    assert_false(ask(fake, &asked));
    fake_world_free(fake);
}

static void takes_a_damaged_note_for_none(void **state)
{
    static const char *const damaged[] = {"",
                                          "\n\n\n",
                                          "100",
                                          "100 900",
                                          "100 900 x\n",
                                          "100 900 99999999999999999999\n",
                                          "\xff\xfe",
                                          "100 900 1715690096\n",
                                          "100  900 1715699999\n",
                                          "-1 -1 -1\n"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(damaged); i++) {
        struct fake_world *fake = world_of_a_session();
        CL_AUTO(cl_reader) struct cl_reader reader = {.path = NULL};
        cl_reader_find(fake_world(fake), &asked, &reader);
        fake_set_file(fake, reader.path, damaged[i]);
        assert_false(ask(fake, &asked));
        assert_true(ask(fake, &asked));
        fake_world_free(fake);
    }
}

static void does_without_the_folder_of_a_session(void **state)
{
    static const char *const folders[] = {NULL, "", "relative", "/nowhere"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(folders); i++) {
        struct fake_world *fake = world_of_a_session();
        fake_set_env(fake, "XDG_RUNTIME_DIR", folders[i]);
        fake_set_file(fake, "/nowhere", "a file");
        assert_false(ask(fake, &asked));
        assert_true(ask(fake, &asked));
        assert_int_equal(fake_file_mode(fake, OWN), 0700);
        fake_world_free(fake);
    }
}

/* Everybody can make a folder of that name. */
static void notes_nothing_where_others_could_read_or_write_it(void **state)
{
    static const struct {
        unsigned owner;
        unsigned mode;
    } rows[] = {{0, 0700}, {FAKE_USER_ID + 1, 0700}, {FAKE_USER_ID, 0755}, {FAKE_USER_ID, 0720}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = world_of_a_session();
        fake_set_env(fake, "XDG_RUNTIME_DIR", NULL);
        fake_set_file(fake, OWN "/x", "");
        fake_set_file_owner(fake, OWN, rows[i].owner);
        fake_set_file_mode(fake, OWN, rows[i].mode);
        assert_false(ask(fake, &asked));
        assert_false(ask(fake, &asked));
        assert_null(note_of(fake, &asked));
        fake_world_free(fake);
    }
}

static void knows_nobody_when_the_parent_cannot_be_told(void **state)
{
    static const struct {
        const char *path;
        const char *text;
    } rows[] = {
        {"/proc/self/stat", NULL},
        {"/proc/self/stat", ""},
        {"/proc/self/stat", "1 (x"},
        {"/proc/self/stat", "1 (x) S"},
        {"/proc/self/stat", "1 (x) S one 2\n"},
        {"/proc/100/stat", NULL},
        {"/proc/100/stat", "100 (kubectl) S 1 1 1 0"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = world_of_a_session();
        fake_set_file(fake, rows[i].path, rows[i].text);
        assert_false(ask(fake, &asked));
        assert_false(ask(fake, &asked));
        fake_world_free(fake);
    }
}

static void whatever_fails_outside_is_no_failure(void **state)
{
    (void)state;
    for (int64_t nth = 1;; nth++) {
        struct fake_world *fake = world_of_a_session();
        fake_fail_at(fake, nth);
        assert_false(ask(fake, &asked));
        int64_t made = fake_calls_made(fake);
        fake_fail_at(fake, 0);
        (void)ask(fake, &asked);
        assert_true(ask(fake, &asked));
        fake_world_free(fake);
        assert_true(nth < 20);
        if (made < nth)
            break;
    }
}

static void runs_out_of_memory_without_a_failure(void **state)
{
    struct fake_world *fake = world_of_a_session();

    (void)state;
    (void)ask(fake, &asked);
    for (int64_t nth = 1;; nth++) {
        (void)cl_alloc_fail_at(nth);
        (void)ask(fake, &asked);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(nth < 50);
        if (made < nth)
            break;
    }
    assert_true(ask(fake, &asked));
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_who_asks_a_second_time),
        cmocka_unit_test(keeps_resources_apart),
        cmocka_unit_test(forgets_at_the_end_of_the_credential),
        cmocka_unit_test(notes_numbers_for_the_owner_alone),
        cmocka_unit_test(reads_whatever_a_program_is_called),
        cmocka_unit_test(forgets_the_oldest_of_many),
        cmocka_unit_test(takes_a_damaged_note_for_none),
        cmocka_unit_test(does_without_the_folder_of_a_session),
        cmocka_unit_test(notes_nothing_where_others_could_read_or_write_it),
        cmocka_unit_test(knows_nobody_when_the_parent_cannot_be_told),
        cmocka_unit_test(whatever_fails_outside_is_no_failure),
        cmocka_unit_test(runs_out_of_memory_without_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
