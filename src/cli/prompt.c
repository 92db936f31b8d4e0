#include "cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/symbols.h"
#include "cli/terminal.h"
#include "cli/text_width.h"
#include "core/quote.h"

#define TRIES_MAX 10
#define ANSWER_MAX 4096 /* bytes */
#define COMPLAINT_MAX ((size_t)1 << 20U)

enum verdict {
    VERDICT_TAKEN,
    VERDICT_AGAIN,  /* nothing was said: asked again silently */
    VERDICT_REFUSED /* no answer of this kind: the complaint, then asked again */
};

/* What an answer amounts to. Kinds with text as their answer add a member. */
struct answer {
    bool yes;
    size_t index;
};

/* A kind of prompt. */
struct kind {
    void (*add_suffix)(const struct cl_prompt *prompt, struct cl_buf *out);
    enum verdict (*judge)(const struct cl_prompt *prompt, struct cl_str typed, struct answer *ret);
    void (*complain)(const struct cl_prompt *prompt, struct cl_str typed, struct cl_buf *out);
};

static void add_confirm_suffix(const struct cl_prompt *prompt, struct cl_buf *out)
{
    static const char *const suffixes[] = {
        [CL_PROMPT_NONE] = " [y/n]: ", [CL_PROMPT_YES] = " [Y/n]: ", [CL_PROMPT_NO] = " [y/N]: "};

    cl_buf_add_c(out, suffixes[prompt->default_answer]);
}

static enum verdict judge_confirm(const struct cl_prompt *prompt, struct cl_str typed,
                                  struct answer *ret)
{
    struct cl_str word = cl_str_trim(typed);

    if (word.len == 0) {
        ret->yes = prompt->default_answer == CL_PROMPT_YES;
        return prompt->default_answer == CL_PROMPT_NONE ? VERDICT_AGAIN : VERDICT_TAKEN;
    }
    if (cl_str_ieq(word, CL_STR("y")) || cl_str_ieq(word, CL_STR("yes"))) {
        ret->yes = true;
        return VERDICT_TAKEN;
    }
    if (cl_str_ieq(word, CL_STR("n")) || cl_str_ieq(word, CL_STR("no"))) {
        ret->yes = false;
        return VERDICT_TAKEN;
    }
    return VERDICT_REFUSED;
}

static void complain_of_confirm(const struct cl_prompt *prompt, struct cl_str typed,
                                struct cl_buf *out)
{
    (void)prompt;
    (void)typed;
    cl_buf_add_c(out, "Error: please answer y or n.\n");
}

static void add_choice_suffix(const struct cl_prompt *prompt, struct cl_buf *out)
{
    (void)prompt;
    cl_buf_add_c(out, ": ");
}

static bool names_choice(const struct cl_prompt *prompt, size_t index, struct cl_str word)
{
    return cl_str_eq_c(word, prompt->choices->items[index]) ||
           (prompt->ids != NULL && cl_str_eq_c(word, prompt->ids->items[index]));
}

static bool begins_choice(const struct cl_prompt *prompt, size_t index, struct cl_str word)
{
    return cl_str_starts(cl_str_of(prompt->choices->items[index]), word) ||
           (prompt->ids != NULL && cl_str_starts(cl_str_of(prompt->ids->items[index]), word));
}

/* How many choices the word fits, and the last of them. */
static size_t count_fits(const struct cl_prompt *prompt, struct cl_str word,
                         bool (*fits)(const struct cl_prompt *, size_t, struct cl_str),
                         size_t *ret_index)
{
    size_t count = 0;

    for (size_t i = 0; i < prompt->choices->count; i++) {
        if (fits(prompt, i, word)) {
            *ret_index = i;
            count++;
        }
    }
    return count;
}

static enum verdict judge_choice(const struct cl_prompt *prompt, struct cl_str typed,
                                 struct answer *ret)
{
    struct cl_str word = cl_str_trim(typed);
    struct cl_err ignored = CL_ERR_NONE;
    int64_t number = 0;

    if (word.len == 0)
        return VERDICT_AGAIN;
    if (count_fits(prompt, word, names_choice, &ret->index) == 1)
        return VERDICT_TAKEN;
    if (cl_parse_i64(word, &number, &ignored) == CL_OK && number >= 1 &&
        (uint64_t)number <= prompt->choices->count) {
        ret->index = (size_t)(number - 1);
        return VERDICT_TAKEN;
    }
    return count_fits(prompt, word, begins_choice, &ret->index) == 1 ? VERDICT_TAKEN
                                                                     : VERDICT_REFUSED;
}

static void complain_of_choice(const struct cl_prompt *prompt, struct cl_str typed,
                               struct cl_buf *out)
{
    cl_buf_add_c(out, "Error: '");
    cl_text_add_shown_line(out, cl_str_of(cl_quote(cl_str_trim(typed)).text));
    cl_buf_add_c(out, "' is not one of: ");
    for (size_t i = 0; i < prompt->choices->count; i++) {
        cl_buf_add_c(out, i > 0 ? ", " : "");
        cl_text_add_shown_line(out, cl_str_of(prompt->choices->items[i]));
    }
    cl_buf_add_c(out, ".\n");
}

static const struct kind kinds[] = {
    [CL_PROMPT_CONFIRM] = {add_confirm_suffix, judge_confirm, complain_of_confirm},
    [CL_PROMPT_CHOICE] = {add_choice_suffix, judge_choice, complain_of_choice},
};

struct cl_answers cl_answers_open(const struct cl_world *world, bool stdin_taken)
{
    struct cl_answers answers = {.fd = STDIN_FILENO, .is_terminal = cl_terminal_is(STDIN_FILENO)};

    if (cl_str_eq(cl_world_env(world, "CLEAT_FORCE_INPUT"), CL_STR("1"))) {
        answers.is_terminal = true;
    } else if (stdin_taken && !answers.is_terminal) {
        /* Lives as long as the process; there is one per invocation. */
        int tty = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (tty >= 0)
            answers = (struct cl_answers){.fd = tty, .is_terminal = true};
    }
    return answers;
}

static void show(struct cl_out *out, struct cl_str text)
{
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF(2UL * COMPLAINT_MAX);
    struct cl_err ignored = CL_ERR_NONE;

    if (out->err_look.ascii)
        cl_symbols_add_ascii(&plain, text);
    cl_progress_pause(out->progress);
    /* If the question cannot be shown nobody answers it either. */
    CL_IGNORE(
        cl_stream_write(out->err, out->err_look.ascii ? cl_buf_view(&plain) : text, &ignored));
    cl_progress_resume(out->progress);
}

static enum cl_code aborted(struct cl_out *out, struct cl_err *err)
{
    show(out, CL_STR("\n"));
    return cl_err_set(err, CL_E_INTERRUPTED, "Aborted.");
}

/* One line without its end. CL_E_INTERRUPTED when input ends or Ctrl-C is pressed. */
static enum cl_code read_line(struct cl_out *out, int fd, struct cl_buf *line, struct cl_err *err)
{
    for (;;) {
        char c = '\0';
        if (!cl_interrupt_wait_input(fd))
            return aborted(out, err);
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return aborted(out, err);
        if (c == '\n')
            return cl_buf_ok(line, err);
        cl_buf_add_char(line, c);
    }
}

static enum cl_code must_be_answerable(const struct cl_out *out, const struct cl_answers *answers,
                                       const struct cl_prompt *prompt, struct cl_err *err)
{
    if (answers->is_terminal && !out->settings.no_input)
        return CL_OK;
    return cl_err_set(err, CL_E_INPUT_REQUIRED, "cannot ask for '%s': %s; pass --%s", prompt->text,
                      out->settings.no_input ? "--no-input is in effect" : "no terminal",
                      prompt->option);
}

static enum cl_code complain(struct cl_out *out, const struct cl_prompt *prompt,
                             struct cl_str typed, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(COMPLAINT_MAX);

    kinds[prompt->kind].complain(prompt, typed, &text);
    CL_TRY(cl_buf_ok(&text, err));
    show(out, cl_buf_view(&text));
    return CL_OK;
}

static enum cl_code ask(struct cl_out *out, const struct cl_answers *answers,
                        const struct cl_prompt *prompt, struct answer *ret, struct cl_err *err)
{
    const struct kind *kind = &kinds[prompt->kind];
    CL_AUTO(cl_buf) struct cl_buf question = CL_BUF(ANSWER_MAX);

    CL_TRY(must_be_answerable(out, answers, prompt, err));
    cl_text_add_shown_line(&question, cl_str_of(prompt->text));
    kind->add_suffix(prompt, &question);
    CL_TRY(cl_buf_ok(&question, err));
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        CL_AUTO(cl_buf) struct cl_buf typed = CL_BUF(ANSWER_MAX);
        show(out, cl_buf_view(&question));
        CL_TRY(read_line(out, answers->fd, &typed, err));
        enum verdict verdict = kind->judge(prompt, cl_buf_view(&typed), ret);
        if (verdict == VERDICT_TAKEN)
            return CL_OK;
        if (verdict == VERDICT_REFUSED)
            CL_TRY(complain(out, prompt, cl_buf_view(&typed), err));
    }
    return cl_err_set(err, CL_E_USAGE, "no answer to '%s' after %d tries", prompt->text, TRIES_MAX);
}

enum cl_code cl_prompt_confirm(struct cl_out *out, const struct cl_answers *answers,
                               const struct cl_prompt *prompt, bool *ret, struct cl_err *err)
{
    struct answer answer = {.yes = true};

    if (!out->settings.yes)
        CL_TRY(ask(out, answers, prompt, &answer, err));
    *ret = answer.yes;
    return CL_OK;
}

enum cl_code cl_prompt_choice(struct cl_out *out, const struct cl_answers *answers,
                              const struct cl_prompt *prompt, size_t *ret_index, struct cl_err *err)
{
    struct answer answer = {.index = 0};

    CL_TRY(ask(out, answers, prompt, &answer, err));
    *ret_index = answer.index;
    return CL_OK;
}
