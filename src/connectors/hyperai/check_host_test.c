#include "faults.h"
#include "hyperai_harness.h"

#define DOCKER "24.0.7\n"
#define COMPOSE "2.21.0\n"
#define CRONTAB "/usr/bin/crontab\n"
#define GPUS "GPU 0: H100 (UUID: x)\nGPU 1: H100 (UUID: y)\n"

static enum cl_code check(struct hyperai_harness *harness, const char *what, const char *id,
                          struct cl_strs *notes, struct cl_err *err)
{
    struct cl_scope scope = {.type = instance_type(), .id = id, .notes = notes};

    return hyperai_check(&harness->call, &harness->conn, &scope, cl_str_of(what), err);
}

static void says_what_a_host_has(void **state)
{
    static const struct {
        const char *said[4];
        enum cl_code code;
        const char *note;
    } cases[] = {
        {{DOCKER, COMPOSE, CRONTAB, GPUS},
         CL_OK,
         "host 'gpu1' has Docker 24.0.7, Docker Compose 2.21.0, crontab, 2 GPU(s)"},
        {{DOCKER, COMPOSE, NULL, NULL},
         CL_OK,
         "host 'gpu1' has Docker 24.0.7, Docker Compose 2.21.0, no crontab, 0 GPU(s)"},
        {{DOCKER, NULL, CRONTAB, NULL},
         CL_E_DENIED,
         "host 'gpu1' has Docker 24.0.7, no Docker Compose, crontab, 0 GPU(s)"},
        {{NULL, NULL, NULL, GPUS},
         CL_E_DENIED,
         "host 'gpu1' has no Docker, no Docker Compose, no crontab, 2 GPU(s)"},
        {{"\n", "\x1b[31m2\n", "", "none"},
         CL_E_DENIED,
         "host 'gpu1' has no Docker, Docker Compose \\x1b[31m2, no crontab, 0 GPU(s)"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_strs) struct cl_strs notes = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        (void)memcpy(harness.said[0], cases[i].said, sizeof(harness.said[0]));
        assert_int_equal(check(&harness, "host", NULL, &notes, &err), cases[i].code);
        assert_int_equal(notes.count, 1);
        assert_string_equal(notes.items[0], cases[i].note);
        if (cases[i].code != CL_OK)
            assert_string_equal(err.text, cases[i].note);
        hyperai_harness_cleanup(&harness);
    }
}

static void answers_for_all_hosts_or_for_one(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_strs) struct cl_strs notes = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;
    static const char *const all[4] = {DOCKER, COMPOSE, CRONTAB, GPUS};

    (void)state;
    hyperai_harness_init(&harness);
    set_list(&harness, "hostnames", "gpu1\ngpu2\n");
    (void)memcpy(harness.said[0], all, sizeof(all));
    harness.outcomes[1] = CL_E_UNREACHABLE;
    assert_int_equal(check(&harness, "host", NULL, &notes, &err), CL_E_DENIED);
    assert_non_null(strstr(err.text, "'gpu2' cannot be used: host 2 failed"));
    assert_int_equal(notes.count, 2);
    err = CL_ERR_NONE;
    assert_ok(check(&harness, "host", "gpu1", NULL, &err), &err);
    harness.outcomes[0] = CL_E_REJECTED;
    assert_int_equal(check(&harness, "host", NULL, &notes, &err), CL_E_REJECTED);
    hyperai_harness_cleanup(&harness);
}

static void knows_no_other_question(void **state)
{
    struct hyperai_harness harness;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    assert_int_equal(check(&harness, "push", NULL, NULL, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "'push' for SSH hosts; there is: host"));
    hyperai_harness_cleanup(&harness);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs notes = CL_STRS_NONE;

    return check(ctx, "host", NULL, &notes, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct hyperai_harness harness;
    static const char *const all[4] = {DOCKER, COMPOSE, CRONTAB, GPUS};

    (void)state;
    hyperai_harness_init(&harness);
    cl_buf_cleanup(&harness.seen);
    harness.seen = (struct cl_buf)CL_BUF(65536);
    (void)memcpy(harness.said[0], all, sizeof(all));
    assert_true(fail_each_allocation(attempt, &harness) > 0);
    hyperai_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_a_host_has),
        cmocka_unit_test(answers_for_all_hosts_or_for_one),
        cmocka_unit_test(knows_no_other_question),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
