#include "cli/progress_state.h"

#include <pthread.h>
#include <time.h>

#include "capture.h"
#include "fake_world.h"
#include "test.h"

struct draw_row {
    struct cl_progress_view view;
    bool ascii;
    size_t columns;
    const char *line;
};

static void draws_frames_counters_and_cuts_them_to_the_terminal(void **state)
{
    static const struct draw_row rows[] = {
        {{.text = "Verifying 'a'", .frame = 0, .item = ""}, false, 80, "⠋ Verifying 'a'..."},
        {{.text = "Verifying 'a'", .frame = 5, .item = ""}, false, 80, "⠴ Verifying 'a'..."},
        {{.text = "Verifying 'a'", .frame = 10, .item = ""}, false, 80, "⠋ Verifying 'a'..."},
        {{.text = "Verifying 'a'", .frame = 3, .item = ""}, true, 80, "\\ Verifying 'a'..."},
        {{.text = "Fetching resources", .frame = 2, .done = 3, .total = 12, .item = "aws-prod"},
         false,
         80,
         "⠹ Fetching resources 3/12 (aws-prod)..."},
        {{.text = "Fetching resources", .frame = 2, .done = 0, .total = 12, .item = ""},
         false,
         80,
         "⠹ Fetching resources 0/12..."},
        {{.text = "Verifying 'a'", .frame = 0, .item = ""}, false, 10, "⠋ Verifyi"},
        {{.text = "a\x1b[2J\nb", .frame = 0, .item = ""}, false, 80, "⠋ a\\x1b[2J\\x0ab..."},
        {{.text = "x", .frame = 0, .item = ""}, false, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        struct cl_look look = {.ascii = rows[i].ascii};
        cl_progress_draw(&rows[i].view, &look, rows[i].columns, &out);
        assert_str(cl_buf_view(&out), rows[i].line);
    }
}

/* Written by the spinner's thread and read by the test's. */
struct screen {
    pthread_mutex_t lock;
    pthread_cond_t drawn;
    struct cl_buf text;
    size_t writes;
};

static int write_screen(void *ctx, const char *ptr, size_t len)
{
    struct screen *screen = ctx;

    (void)pthread_mutex_lock(&screen->lock);
    cl_buf_add(&screen->text, cl_str_make(ptr, len));
    screen->writes++;
    (void)pthread_cond_signal(&screen->drawn);
    (void)pthread_mutex_unlock(&screen->lock);
    return 0;
}

static void wait_for_writes(struct screen *screen, size_t count)
{
    (void)pthread_mutex_lock(&screen->lock);
    while (screen->writes < count)
        (void)pthread_cond_wait(&screen->drawn, &screen->lock);
    (void)pthread_mutex_unlock(&screen->lock);
}

/* The spinner may have turned any number of times before it was told the count. */
static void wait_for_text(struct screen *screen, struct cl_str text)
{
    (void)pthread_mutex_lock(&screen->lock);
    while (!cl_str_contains(cl_buf_view(&screen->text), text))
        (void)pthread_cond_wait(&screen->drawn, &screen->lock);
    (void)pthread_mutex_unlock(&screen->lock);
}

struct fixture {
    struct fake_world *fake;
    struct screen screen;
    struct cl_stream stream;
    struct cl_out out;
};

static void set_up(struct fixture *fix, struct cl_settings settings)
{
    *fix = (struct fixture){.fake = fake_world_new(),
                            .screen = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                       .drawn = PTHREAD_COND_INITIALIZER,
                                       .text = CL_BUF(1UL << 20U)}};
    fake_set_env(fix->fake, "LANG", "C.UTF-8");
    fix->stream = (struct cl_stream){
        .write = write_screen, .ctx = &fix->screen, .fd = -1, .is_terminal = true, .columns = 80};
    cl_out_init(&fix->out, fake_world(fix->fake), &settings, &fix->stream, &fix->stream);
}

static void tear_down(struct fixture *fix)
{
    cl_buf_cleanup(&fix->screen.text);
    fake_world_free(fix->fake);
}

#define SETTINGS(...) ((struct cl_settings){__VA_ARGS__})

static void turns_until_it_is_stopped_and_leaves_nothing(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, SETTINGS(.colour = CL_WHEN_NEVER));
    struct cl_progress *progress = cl_progress_start_timed(&fix.out, "Working", 0, 1);
    assert_ptr_equal(fix.out.progress, progress);
    wait_for_writes(&fix.screen, 3);
    cl_progress_stop(progress);
    assert_null(fix.out.progress);
    assert_true(cl_str_starts(cl_buf_view(&fix.screen.text), CL_STR("\r⠋ Working...\x1b[K\r⠙ ")));
    assert_true(cl_str_ends(cl_buf_view(&fix.screen.text), CL_STR("\r\x1b[K")));
    tear_down(&fix);
}

static void makes_room_for_other_output(void **state)
{
    struct fixture fix;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_up(&fix, SETTINGS(.colour = CL_WHEN_NEVER));
    CL_AUTO(cl_progress)
    struct cl_progress *progress = cl_progress_start_timed(&fix.out, "Working", 0, 1);
    wait_for_writes(&fix.screen, 1);
    assert_ok(cl_out_say(&fix.out, &err, "a sentence"), &err);
    cl_progress_stop(CL_MOVE(progress));
    assert_true(cl_str_contains(cl_buf_view(&fix.screen.text), CL_STR("\r\x1b[Ka sentence\n")));
    tear_down(&fix);
}

static void counts_items(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, SETTINGS(.colour = CL_WHEN_NEVER));
    struct cl_progress *progress = cl_progress_start_timed(&fix.out, "Fetching", 0, 1);
    cl_progress_count(progress, 3, 12, "aws-prod");
    wait_for_text(&fix.screen, CL_STR("Fetching 3/12 (aws-prod)..."));
    cl_progress_stop(progress);
    tear_down(&fix);
}

static void shows_nothing_for_quick_work(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, SETTINGS(.colour = CL_WHEN_NEVER));
    struct cl_progress *progress = cl_progress_start_timed(&fix.out, "Quick", 3600000, 80);
    cl_progress_stop(progress);
    assert_int_equal(fix.screen.writes, 0);
    tear_down(&fix);
}

static void stays_away_where_it_is_not_wanted(void **state)
{
    struct fixture fix;

    (void)state;
    set_up(&fix, SETTINGS(.quiet = true));
    assert_null(cl_progress_start(&fix.out, "x"));
    tear_down(&fix);
    set_up(&fix, SETTINGS(.debug = true)); /* its lines would run into the spinner's */
    assert_null(cl_progress_start(&fix.out, "x"));
    tear_down(&fix);
    set_up(&fix, SETTINGS(.quiet = false));
    fix.stream.is_terminal = false;
    assert_null(cl_progress_start(&fix.out, "x"));
    fix.stream.is_terminal = true;
    fake_set_env(fix.fake, "TERM", "dumb");
    assert_null(cl_progress_start(&fix.out, "x"));
    tear_down(&fix);
}

static void everything_works_on_no_spinner(void **state)
{
    (void)state;
    cl_progress_count(NULL, 1, 2, "x");
    cl_progress_pause(NULL);
    cl_progress_resume(NULL);
    cl_progress_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_frames_counters_and_cuts_them_to_the_terminal),
        cmocka_unit_test(turns_until_it_is_stopped_and_leaves_nothing),
        cmocka_unit_test(makes_room_for_other_output),
        cmocka_unit_test(counts_items),
        cmocka_unit_test(shows_nothing_for_quick_work),
        cmocka_unit_test(stays_away_where_it_is_not_wanted),
        cmocka_unit_test(everything_works_on_no_spinner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
