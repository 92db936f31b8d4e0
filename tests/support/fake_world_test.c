#include "fake_world.h"

#include <stdlib.h>

#include "temp_dir.h"
#include "test.h"

/*
 * Files behave the same in the real world and in the fake one: each case runs in both, below a
 * folder that exists.
 */
struct both {
    struct cl_world world;
    char *root;
    struct fake_world *fake; /* NULL: this is the real one */
};

static void open_world(struct both *both, bool real)
{
    struct cl_err err = CL_ERR_NONE;

    both->fake = real ? NULL : fake_world_new();
    both->root = real ? temp_dir_new() : temp_path("/home", "tester");
    both->world = real ? cl_world_real() : *fake_world(both->fake);
    assert_ok(both->world.make_dir(both->world.ctx, both->root, 0700, &err), &err);
}

static void close_world(struct both *both)
{
    if (both->fake == NULL)
        temp_dir_remove(both->root);
    else
        free(both->root);
    fake_world_free(both->fake);
}

enum action { READ, REPLACE, CREATE, MAKE_DIR, LIST, REMOVE_DIR, REMOVE, LOCK, MARKER, STAT };

static const struct {
    enum action action;
    const char *name;
    enum cl_code rc;
    const char *seen; /* what was read, "file", "folder" or "nothing" */
} steps[] = {
    {READ, "f", CL_E_NOT_FOUND, NULL},
    {STAT, "f", CL_OK, "nothing"},
    {REMOVE, "f", CL_E_NOT_FOUND, NULL},
    {REPLACE, "f", CL_OK, NULL},
    {READ, "f", CL_OK, "content"},
    {STAT, "f", CL_OK, "file"},
    {CREATE, "f", CL_E_CONFLICT, NULL},
    {REPLACE, "d/f", CL_E_NOT_FOUND, NULL},
    {CREATE, "d/f", CL_E_NOT_FOUND, NULL},
    {LOCK, "d/l", CL_E_NOT_FOUND, NULL},
    {MARKER, "d/m", CL_E_NOT_FOUND, NULL},
    {MARKER, "f", CL_E_TIMEOUT, NULL},
    {MARKER, "m", CL_OK, NULL},
    {STAT, "m", CL_OK, "nothing"},
    {MAKE_DIR, "d/e", CL_OK, NULL},
    {MAKE_DIR, "d/e", CL_OK, NULL},
    {STAT, "d", CL_OK, "folder"},
    {READ, "d", CL_E_INVALID, NULL},
    {REPLACE, "d", CL_E_LOCAL_CONFIG, NULL},
    {CREATE, "d", CL_E_CONFLICT, NULL},
    {CREATE, "d/e/f", CL_OK, NULL},
    {READ, "d/e/f", CL_OK, "content"},
    {LOCK, "d/l", CL_OK, NULL},
    {LOCK, "d/l", CL_OK, NULL},
    {STAT, "d/l", CL_OK, "file"},
    {LIST, "d", CL_OK, "e l"},
    {LIST, "d/e", CL_OK, "f"},
    {LIST, "d/none", CL_E_NOT_FOUND, NULL},
    {LIST, "f", CL_E_NOT_FOUND, NULL},
    {REMOVE_DIR, "d/e", CL_E_LOCAL_CONFIG, NULL},
    {REMOVE, "d/e", CL_E_LOCAL_CONFIG, NULL},
    {REMOVE, "d/e/f", CL_OK, NULL},
    {LIST, "d/e", CL_OK, ""},
    {REMOVE_DIR, "d/e", CL_OK, NULL},
    {REMOVE_DIR, "d/e", CL_E_NOT_FOUND, NULL},
    {REMOVE, "f", CL_OK, NULL},
    {READ, "f", CL_E_NOT_FOUND, NULL},
};

static enum cl_code read_step(const struct cl_world *world, const char *path, const char *seen,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf content = CL_BUF(100);

    CL_TRY(world->read_file(world->ctx, path, &content, err));
    assert_str(cl_buf_view(&content), seen);
    return CL_OK;
}

static enum cl_code stat_step(const struct cl_world *world, const char *path, const char *seen,
                              struct cl_err *err)
{
    struct cl_file_info info;

    CL_TRY(world->stat_file(world->ctx, path, &info, err));
    assert_string_equal(info.is_regular ? "file" : info.is_directory ? "folder" : "nothing", seen);
    assert_int_equal(info.exists, info.is_regular || info.is_directory);
    return CL_OK;
}

static enum cl_code list_step(const struct cl_world *world, const char *path, const char *seen,
                              struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_string) char *all = NULL;

    CL_TRY(world->list_dir(world->ctx, path, &names, err));
    CL_TRY(cl_strs_join(&names, " ", &all, err));
    assert_string_equal(all, seen);
    return CL_OK;
}

/* Taken twice: the second one has to wait, and its time is up. */
static enum cl_code lock_step(const struct cl_world *world, const char *path, struct cl_err *err)
{
    int lock = -1;
    int second = -1;

    CL_TRY(world->lock_file(world->ctx, path, 1, &lock, err));
    assert_int_equal(world->lock_file(world->ctx, path, 1, &second, err), CL_E_TIMEOUT);
    world->unlock_file(world->ctx, lock);
    return CL_OK;
}

/* The same, for a lock that consists in being there. */
static enum cl_code marker_step(const struct cl_world *world, const char *path, struct cl_err *err)
{
    int lock = -1;
    int second = -1;

    CL_TRY(world->make_marker(world->ctx, path, 1, &lock, err));
    assert_int_equal(world->make_marker(world->ctx, path, 1, &second, err), CL_E_TIMEOUT);
    world->drop_marker(world->ctx, path, lock);
    *err = CL_ERR_NONE;
    return CL_OK;
}

static enum cl_code run_step(const struct cl_world *world, size_t step, const char *path,
                             struct cl_err *err)
{
    switch (steps[step].action) {
    case READ: return read_step(world, path, steps[step].seen, err);
    case STAT: return stat_step(world, path, steps[step].seen, err);
    case REPLACE: return world->replace_file(world->ctx, path, CL_STR("content"), 0600, err);
    case CREATE: return world->create_file(world->ctx, path, CL_STR("content"), 0600, err);
    case LIST: return list_step(world, path, steps[step].seen, err);
    case REMOVE_DIR: return world->remove_dir(world->ctx, path, err);
    case MAKE_DIR: return world->make_dir(world->ctx, path, 0700, err);
    case REMOVE: return world->remove_file(world->ctx, path, err);
    case LOCK: return lock_step(world, path, err);
    case MARKER: return marker_step(world, path, err);
    }
    return CL_E_INTERNAL;
}

static void files_are_as_in_the_real_world(void **state)
{
    (void)state;
    for (int real = 0; real < 2; real++) {
        struct both both;
        open_world(&both, real == 1);
        for (size_t i = 0; i < CL_COUNT(steps); i++) {
            struct cl_err err = CL_ERR_NONE;
            char *path = temp_path(both.root, steps[i].name);
            enum cl_code rc = run_step(&both.world, i, path, &err);
            if (rc != steps[i].rc)
                fail_msg("%s, step %zu: %s (%s)", real == 1 ? "real" : "fake", i, err.text,
                         cl_code_wire(rc));
            free(path);
        }
        close_world(&both);
    }
}

static void files_can_be_set_and_looked_at(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct cl_world *world = fake_world(fake);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_set_file(fake, "/home/tester/.aws/config", "[default]\n");
    assert_string_equal(fake_file(fake, "/home/tester/.aws/config"), "[default]\n");
    assert_int_equal(fake_file_mode(fake, "/home/tester/.aws/config"), 0600);
    /* Its folders came with it. */
    assert_ok(world->create_file(world->ctx, "/home/tester/.aws/x", CL_STR("y"), 0640, &err), &err);
    assert_int_equal(fake_file_mode(fake, "/home/tester/.aws/x"), 0640);
    assert_ok(world->replace_file(world->ctx, "/home/tester/.aws/x", CL_STR("z"), 0600, &err),
              &err);
    assert_int_equal(fake_file_mode(fake, "/home/tester/.aws/x"), 0600);
    fake_set_file(fake, "/home/tester/.aws/config", NULL);
    assert_null(fake_file(fake, "/home/tester/.aws/config"));
    assert_int_equal(fake_file_mode(fake, "/home/tester/.aws/config"), 0);
    fake_world_free(fake);
}

static void clocks_stand_still_until_they_are_moved(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct cl_world *world = fake_world(fake);
    int64_t started_ms = world->monotonic_ms(world->ctx);

    (void)state;
    assert_int_equal(cl_world_now_s(world), FAKE_START_AT);
    world->sleep_ms(world->ctx, 2500);
    assert_int_equal(cl_world_now_s(world), FAKE_START_AT + 2);
    assert_int_equal(world->monotonic_ms(world->ctx), started_ms + 2500);
    fake_set_now(fake, FAKE_START_AT + 10);
    assert_int_equal(world->monotonic_ms(world->ctx), started_ms + 10000);
    fake_set_now(fake, FAKE_START_AT - 100); /* somebody sets the clock back */
    assert_int_equal(cl_world_now_s(world), FAKE_START_AT - 100);
    assert_int_equal(world->monotonic_ms(world->ctx), started_ms + 10000);
    fake_world_free(fake);
}

static void variables_are_set_replaced_and_unset(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct cl_world *world = fake_world(fake);

    (void)state;
    assert_null(world->environment(world->ctx)[0]);
    fake_set_env(fake, "A", "1");
    fake_set_env(fake, "AB", "2");
    fake_set_env(fake, "C", "");
    fake_set_env(fake, "A", "3");
    assert_str(cl_world_env(world, "A"), "3");
    assert_str(cl_world_env(world, "AB"), "2");
    assert_string_equal(world->env(world->ctx, "C"), "");
    assert_null(world->env(world->ctx, "B"));
    fake_set_env(fake, "A", NULL);
    fake_set_env(fake, "absent", NULL);
    assert_null(world->env(world->ctx, "A"));
    assert_non_null(world->environment(world->ctx)[1]);
    assert_null(world->environment(world->ctx)[2]);
    fake_world_free(fake);
}

static enum cl_code send(struct fake_world *fake, const char *method, const char *url,
                         const char *body, struct cl_http_response *ret, struct cl_err *err)
{
    const struct cl_http_header headers[] = {{CL_STR("Host"), CL_STR("h")}};
    const struct cl_http_request request = {.method = method,
                                            .url = cl_str_of(url),
                                            .headers = headers,
                                            .header_count = CL_COUNT(headers),
                                            .body = cl_str_of(body),
                                            .max_body_bytes = 20};
    struct cl_call call = fake_call(fake);

    return fake_world(fake)->transport->send(fake_world(fake)->transport, &call, &request, ret,
                                             err);
}

static void answers_are_matched_and_used_up(void **state)
{
    static const struct {
        const char *method, *url, *body;
        enum cl_code rc;
        int status;
    } sent[] = {
        {"POST", "http://h/", "Action=B", CL_OK, 202},
        {"POST", "http://h/", "Action=A", CL_OK, 201},
        {"GET", "http://h/x", "", CL_OK, 200},
        {"GET", "http://h/x", "", CL_OK, 203},
        {"GET", "http://h/", "", CL_E_UNREACHABLE, 0},
        {"GET", "http://h/", "", CL_E_INTERNAL, 0},
        {"GET", "http://h/big", "", CL_E_PROVIDER, 0},
    };
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_answer(fake, "POST", "Action=A", 201, NULL, "");
    fake_answer(fake, "POST", "Action=B", 202, NULL, "");
    fake_answer(fake, "GET", "/x", 200, NULL, "");
    fake_answer(fake, NULL, "/x", 203, NULL, "");
    fake_answer(fake, "GET", "/big", 200, NULL, "more than twenty bytes of body");
    fake_answer(fake, "GET", "h/", 0, NULL, NULL);
    for (size_t i = 0; i < CL_COUNT(sent); i++) {
        struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(send(fake, sent[i].method, sent[i].url, sent[i].body, &response, &err),
                         sent[i].rc);
        assert_int_equal(response.status, sent[i].status);
        cl_buf_cleanup(&response.body);
        cl_buf_cleanup(&response.headers);
    }
    assert_int_equal(fake_request_count(fake), 7);
    assert_string_equal(fake_request(fake, 0), "POST http://h/\nHost: h\n\nAction=B");
    fake_world_free(fake);
}

static void answers_carry_headers_in_lower_case(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(fake, NULL, NULL, 200, "X-Amz-Id: AbC:D\nDate: Now\n", "body");
    assert_ok(send(fake, "GET", "http://h/", "", &response, &err), &err);
    assert_str(cl_buf_view(&response.headers), "x-amz-id: AbC:D\ndate: Now\n");
    assert_str(cl_buf_view(&response.body), "body");
    cl_buf_cleanup(&response.body);
    cl_buf_cleanup(&response.headers);
    fake_world_free(fake);
}

static void the_nth_outside_call_fails_and_no_other(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct cl_world *world = fake_world(fake);
    struct cl_err err = CL_ERR_NONE;
    char byte;

    (void)state;
    fake_fail_at(fake, 2);
    assert_ok(world->random(world->ctx, &byte, 1, &err), &err);
    assert_int_equal(world->make_dir(world->ctx, "/a", 0700, &err), CL_E_LOCAL_CONFIG);
    assert_ok(world->make_dir(world->ctx, "/a", 0700, &err), &err);
    (void)fake_call(fake); /* the test's own call does not count */
    assert_int_equal(fake_calls_made(fake), 3);
    fake_fail_at(fake, 1);
    assert_int_equal(world->random(world->ctx, &byte, 1, &err), CL_E_FAILED);
    fake_world_free(fake);
}

static void exec_is_remembered(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct cl_world *world = fake_world(fake);
    char name[] = "aws";
    char argument[] = "s3";
    char variable[] = "A=1";
    char *argv[] = {name, argument, NULL};
    char *envp[] = {variable, NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_null(fake_exec(fake));
    assert_ok(world->exec(world->ctx, "aws", argv, envp, &err), &err);
    assert_string_equal(fake_exec(fake), "aws\naws\ns3\n\nA=1\n");
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_as_in_the_real_world),
        cmocka_unit_test(files_can_be_set_and_looked_at),
        cmocka_unit_test(clocks_stand_still_until_they_are_moved),
        cmocka_unit_test(variables_are_set_replaced_and_unset),
        cmocka_unit_test(answers_are_matched_and_used_up),
        cmocka_unit_test(answers_carry_headers_in_lower_case),
        cmocka_unit_test(the_nth_outside_call_fails_and_no_other),
        cmocka_unit_test(exec_is_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
