#include "store/keyfile.h"

#include <stdio.h>

#include "base/alloc.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "fake_world.h"
#include "test.h"

#define PATH "/state/key"

static struct cl_buf text_of(const struct cl_keyfile *file)
{
    struct cl_buf text = CL_BUF(4096);
    struct cl_err err;

    assert_ok(cl_keyfile_format(file, &text, &err), &err);
    return text;
}

static struct cl_keyfile new_file(struct fake_world *fake)
{
    struct cl_keyfile file = {.key = NULL};
    struct cl_err err;

    assert_ok(cl_keyfile_new(fake_world(fake), &file, &err), &err);
    return file;
}

static int setup(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct cl_world *world = fake_world(fake);
    struct cl_err err;

    assert_ok(world->make_dir(world->ctx, "/state", 0700, &err), &err);
    *state = fake;
    return 0;
}

static int teardown(void **state)
{
    fake_world_free(*state);
    return 0;
}

static void makes_a_key_and_an_id_of_its_own_each_time(void **state)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile one = new_file(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile two = new_file(*state);

    assert_int_equal(cl_secret_expose(one.key).len, CL_AEAD_KEY_BYTES);
    assert_true(cl_is_uuid(cl_str_of(one.id)));
    assert_string_not_equal(one.id, two.id);
    assert_false(cl_secret_eq(one.key, two.key));
}

static void reads_back_what_it_wrote(void **state)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = new_file(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile again = {.key = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = text_of(&file);
    struct cl_err err;

    assert_ok(cl_keyfile_parse(cl_buf_view(&text), &again, &err), &err);
    assert_string_equal(file.id, again.id);
    assert_true(cl_secret_eq(file.key, again.key));
}

static void says_what_it_is_on_its_first_line(void **state)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = new_file(*state);
    CL_AUTO(cl_buf) struct cl_buf text = text_of(&file);

    assert_true(cl_str_starts(cl_buf_view(&text), CL_STR("cleat key file, version 1\nid ")));
}

static void refuses_a_file_that_was_cut_anywhere(void **state)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = new_file(*state);
    CL_AUTO(cl_buf) struct cl_buf text = text_of(&file);

    for (size_t len = 0; len < text.len; len++) {
        CL_AUTO(cl_keyfile) struct cl_keyfile again = {.key = NULL};
        struct cl_err err;
        assert_int_equal(cl_keyfile_parse(cl_str_first(cl_buf_view(&text), len), &again, &err),
                         CL_E_FAILED);
        assert_string_equal(err.text, "is cut short or was changed");
        assert_non_null(strstr(err.hint, "backup"));
        assert_null(again.key);
    }
}

static void refuses_a_file_with_any_byte_changed(void **state)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = new_file(*state);
    CL_AUTO(cl_buf) struct cl_buf text = text_of(&file);

    for (size_t i = 0; i < text.len; i++) {
        CL_AUTO(cl_keyfile) struct cl_keyfile again = {.key = NULL};
        struct cl_err err;
        text.ptr[i] ^= 0x01;
        assert_int_equal(cl_keyfile_parse(cl_buf_view(&text), &again, &err), CL_E_FAILED);
        text.ptr[i] ^= 0x01;
    }
}

static void refuses_what_is_no_key_file(void **state)
{
    static const struct {
        const char *content;
        const char *text;
    } cases[] = {
        {"", "is cut short or was changed"},
        {"hello\n", "is cut short or was changed"},
        {"cleat key file, version 2\nid x\n", "was written by a newer Cleat"},
        {"cleat key file, version 1\nid not-a-uuid\nkey 00\n", "is cut short or was changed"},
        {"cleat key file, version 1\nid 11111111-2222-4333-8444-555555555555\nkey zz\ncheck 0\n",
         "is cut short or was changed"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};
        struct cl_err err;
        assert_int_equal(cl_keyfile_parse(cl_str_of(cases[i].content), &file, &err), CL_E_FAILED);
        assert_string_equal(err.text, cases[i].text);
    }
}

static void refuses_anything_behind_the_checksum(void **state)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = new_file(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile again = {.key = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = text_of(&file);
    struct cl_err err;

    cl_buf_add_c(&text, "x\n");
    assert_int_equal(cl_keyfile_parse(cl_buf_view(&text), &again, &err), CL_E_FAILED);
}

static void creates_the_file_for_its_owner_alone(void **state)
{
    const struct cl_world *world = fake_world(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile file = new_file(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile again = {.key = NULL};
    struct cl_err err;

    assert_ok(cl_keyfile_create(world, PATH, &file, &err), &err);
    assert_int_equal(fake_file_mode(*state, PATH), 0600);
    assert_ok(cl_keyfile_read(world, PATH, &again, &err), &err);
    assert_true(cl_secret_eq(file.key, again.key));
}

static void never_replaces_a_key_file(void **state)
{
    const struct cl_world *world = fake_world(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile file = new_file(*state);
    struct cl_err err;

    fake_set_file(*state, PATH, "something");
    assert_int_equal(cl_keyfile_create(world, PATH, &file, &err), CL_E_CONFLICT);
    assert_string_equal(fake_file(*state, PATH), "something");
}

static void tells_an_absent_file_from_a_bad_one(void **state)
{
    const struct cl_world *world = fake_world(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};
    struct cl_err err;

    assert_int_equal(cl_keyfile_read(world, PATH, &file, &err), CL_E_NOT_FOUND);
    fake_set_file(*state, PATH, "something");
    assert_int_equal(cl_keyfile_read(world, PATH, &file, &err), CL_E_FAILED);
    assert_string_equal(err.text, "key file '" PATH "': is cut short or was changed");
}

static void refuses_a_file_that_others_may_use(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0660, 0644, 0666, 0777, 0601};
    const struct cl_world *world = fake_world(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile made = new_file(*state);
    CL_AUTO(cl_buf) struct cl_buf text = text_of(&made);
    struct cl_err err;

    for (size_t i = 0; i < CL_COUNT(modes); i++) {
        CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};
        char shown[16];
        fake_set_file(*state, PATH, NULL);
        assert_ok(world->create_file(world->ctx, PATH, cl_buf_view(&text), modes[i], &err), &err);
        assert_int_equal(cl_keyfile_read(world, PATH, &file, &err), CL_E_FAILED);
        (void)snprintf(shown, sizeof(shown), "(mode %04o)", (unsigned)modes[i]);
        assert_non_null(strstr(err.text, shown));
        assert_non_null(strstr(err.hint, "chmod 600 '" PATH "'"));
    }
}

static void accepts_a_file_that_its_owner_may_only_read(void **state)
{
    const struct cl_world *world = fake_world(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile made = new_file(*state);
    CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = text_of(&made);
    struct cl_err err;

    assert_ok(world->create_file(world->ctx, PATH, cl_buf_view(&text), 0400, &err), &err);
    assert_ok(cl_keyfile_read(world, PATH, &file, &err), &err);
}

static enum cl_code write_and_read(const struct cl_world *world, struct cl_err *err)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};
    CL_AUTO(cl_keyfile) struct cl_keyfile again = {.key = NULL};

    CL_TRY(cl_keyfile_new(world, &file, err));
    CL_TRY(cl_keyfile_create(world, PATH, &file, err));
    return cl_keyfile_read(world, PATH, &again, err);
}

static void reports_every_failing_call_and_leaks_nothing(void **state)
{
    enum cl_code rc = CL_E_FAILED;
    struct cl_err err;

    assert_ok(cl_crypto_init(&err), &err);
    size_t before = cl_alloc_live_blocks();
    for (int64_t n = 1; rc != CL_OK; n++) {
        assert_true(n < 100);
        fake_set_file(*state, PATH, NULL);
        fake_fail_at(*state, n);
        rc = write_and_read(fake_world(*state), &err);
        fake_fail_at(*state, 0);
        assert_int_equal(cl_alloc_live_blocks(), before);
        assert_true(rc == CL_OK || err.text[0] != '\0');
        assert_true(rc == CL_OK || rc == CL_E_FAILED || rc == CL_E_SECRET_STORE);
    }
}

static void survives_want_of_memory(void **state)
{
    enum cl_code rc = CL_E_FAILED;
    struct cl_err err;

    assert_ok(cl_crypto_init(&err), &err);
    size_t before = cl_alloc_live_blocks();
    for (int64_t n = 1; rc != CL_OK; n++) {
        assert_true(n < 1000);
        fake_set_file(*state, PATH, NULL);
        (void)cl_alloc_fail_at(n);
        rc = write_and_read(fake_world(*state), &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(rc != CL_OK || made < n); /* no failure was overlooked */
        assert_int_equal(cl_alloc_live_blocks(), before);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(makes_a_key_and_an_id_of_its_own_each_time),
        CASE(reads_back_what_it_wrote),
        CASE(says_what_it_is_on_its_first_line),
        CASE(refuses_a_file_that_was_cut_anywhere),
        CASE(refuses_a_file_with_any_byte_changed),
        CASE(refuses_what_is_no_key_file),
        CASE(refuses_anything_behind_the_checksum),
        CASE(creates_the_file_for_its_owner_alone),
        CASE(never_replaces_a_key_file),
        CASE(tells_an_absent_file_from_a_bad_one),
        CASE(refuses_a_file_that_others_may_use),
        CASE(accepts_a_file_that_its_owner_may_only_read),
        CASE(reports_every_failing_call_and_leaks_nothing),
        CASE(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
