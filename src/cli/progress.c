#include "cli/progress.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/progress_state.h"
#include "cli/text_width.h"

#define DELAY_MS 150
#define INTERVAL_MS 80
#define TEXT_MAX 512
#define LINE_MAX 2048
#define ERASE "\r\x1b[K"

struct cl_progress {
    struct cl_out *out;
    int64_t delay_ms;
    int64_t interval_ms;
    char text[TEXT_MAX];
    pthread_t thread;
    int wake[2];          /* closing the second end wakes the thread up for good */
    pthread_mutex_t lock; /* everything below, and the terminal line */
    char item[TEXT_MAX];
    size_t done;
    size_t total;
    size_t frame;
    bool visible;
};

static const char *const braille[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
static const char *const plain[] = {"|", "/", "-", "\\"};

static void add_cut(struct cl_buf *out, struct cl_str shown, size_t columns)
{
    while (shown.len > 0) {
        size_t width = 0;
        size_t len = cl_text_char(shown, &width);
        if (width > columns)
            return;
        cl_buf_add(out, cl_str_first(shown, len));
        shown = cl_str_skip(shown, len);
        columns -= width;
    }
}

void cl_progress_draw(const struct cl_progress_view *view, const struct cl_look *look,
                      size_t columns, struct cl_buf *out)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(LINE_MAX);

    if (look->ascii) {
        cl_buf_add_c(&line, plain[view->frame % CL_COUNT(plain)]);
    } else {
        cl_buf_add_c(&line, braille[view->frame % CL_COUNT(braille)]);
    }
    cl_buf_add_char(&line, ' ');
    cl_text_add_shown_line(&line, cl_str_of(view->text));
    if (view->total > 0)
        cl_buf_addf(&line, " %zu/%zu", view->done, view->total);
    if (view->total > 0 && view->item[0] != '\0') {
        cl_buf_add_c(&line, " (");
        cl_text_add_shown_line(&line, cl_str_of(view->item));
        cl_buf_add_char(&line, ')');
    }
    cl_buf_add_c(&line, "...");
    /* The last column stays free: writing into it makes some terminals wrap. */
    add_cut(out, cl_buf_view(&line), columns > 1 ? columns - 1 : 0);
}

static void write_out(struct cl_progress *progress, struct cl_str bytes)
{
    struct cl_err ignored = CL_ERR_NONE;

    /* A spinner that cannot be shown is no failure. */
    CL_IGNORE(cl_stream_write(progress->out->err, bytes, &ignored));
}

static void draw_frame(struct cl_progress *progress)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(LINE_MAX + sizeof(ERASE));
    struct cl_progress_view view = {.text = progress->text,
                                    .frame = progress->frame++,
                                    .done = progress->done,
                                    .total = progress->total,
                                    .item = progress->item};

    cl_buf_add_c(&line, "\r");
    cl_progress_draw(&view, &progress->out->err_look, progress->out->err->columns, &line);
    cl_buf_add_c(&line, "\x1b[K");
    write_out(progress, cl_buf_view(&line));
    progress->visible = true;
}

static void erase(struct cl_progress *progress)
{
    if (progress->visible)
        write_out(progress, CL_STR(ERASE));
    progress->visible = false;
}

/* The time that passes is the real one, whatever tests say it is. */
static bool wait_for(const struct cl_progress *progress, int64_t wait_ms)
{
    struct pollfd wanted = {.fd = progress->wake[0], .events = POLLIN};

    return poll(&wanted, 1, (int)wait_ms) == 0;
}

static void *spin(void *ctx)
{
    struct cl_progress *progress = ctx;
    int64_t wait_ms = progress->delay_ms;

    while (wait_for(progress, wait_ms)) {
        (void)pthread_mutex_lock(&progress->lock);
        draw_frame(progress);
        (void)pthread_mutex_unlock(&progress->lock);
        wait_ms = progress->interval_ms;
    }
    return NULL;
}

/* Signals belong to the threads that can act on them. */
static bool start_thread(struct cl_progress *progress)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&progress->thread, NULL, spin, progress);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0;
}

static void set_text(char to[TEXT_MAX], const char *text)
{
    struct cl_str cut = cl_str_first(cl_str_of(text), TEXT_MAX - 1);

    (void)memcpy(to, cut.ptr, cut.len);
    to[cut.len] = '\0';
}

static bool is_wanted(const struct cl_out *out)
{
    return out->err->is_terminal && !out->settings.quiet && !out->settings.debug &&
           out->progress == NULL && !cl_str_eq(cl_world_env(out->world, "TERM"), CL_STR("dumb"));
}

static void release(struct cl_progress *progress)
{
    (void)close(progress->wake[0]);
    (void)pthread_mutex_destroy(&progress->lock);
    cl_free(progress);
}

struct cl_progress *cl_progress_start_timed(struct cl_out *out, const char *text, int64_t delay_ms,
                                            int64_t interval_ms)
{
    if (!is_wanted(out))
        return NULL;
    struct cl_progress *progress = cl_alloc(sizeof(*progress));
    if (progress == NULL || pipe2(progress->wake, O_CLOEXEC) != 0) {
        cl_free(progress);
        return NULL;
    }
    progress->out = out;
    progress->delay_ms = delay_ms;
    progress->interval_ms = interval_ms;
    set_text(progress->text, text);
    (void)pthread_mutex_init(&progress->lock, NULL);
    if (!start_thread(progress)) {
        (void)close(progress->wake[1]);
        release(progress);
        return NULL;
    }
    out->progress = progress;
    return progress;
}

struct cl_progress *cl_progress_start(struct cl_out *out, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    assert(!cl_str_ends(cl_str_of(format), CL_STR("."))); /* each frame brings the dots */
    va_start(args, format);
    if (vsnprintf(text, sizeof(text), format, args) < 0)
        text[0] = '\0';
    va_end(args);
    return cl_progress_start_timed(out, text, DELAY_MS, INTERVAL_MS);
}

void cl_progress_count(struct cl_progress *progress, size_t done, size_t total, const char *item)
{
    if (progress == NULL)
        return;
    (void)pthread_mutex_lock(&progress->lock);
    progress->done = done;
    progress->total = total;
    set_text(progress->item, item != NULL ? item : "");
    (void)pthread_mutex_unlock(&progress->lock);
}

void cl_progress_pause(struct cl_progress *progress)
{
    if (progress == NULL)
        return;
    (void)pthread_mutex_lock(&progress->lock);
    erase(progress);
}

void cl_progress_resume(struct cl_progress *progress)
{
    if (progress != NULL)
        (void)pthread_mutex_unlock(&progress->lock);
}

void cl_progress_stop(struct cl_progress *progress)
{
    if (progress == NULL)
        return;
    (void)close(progress->wake[1]);
    (void)pthread_join(progress->thread, NULL);
    erase(progress);
    progress->out->progress = NULL;
    release(progress);
}

void cl_progress_cleanup(struct cl_progress **progress)
{
    cl_progress_stop(*progress);
    *progress = NULL;
}
