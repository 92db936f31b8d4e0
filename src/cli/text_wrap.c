#include "cli/text_wrap.h"

#include "cli/text_width.h"

struct wrapping {
    size_t width;
    cl_line_fn line;
    void *ctx;
    const char *start; /* of the output line that is being filled */
    size_t used;       /* its columns */
};

static void give(const struct wrapping *to, const char *end)
{
    to->line(to->ctx, cl_text_rstrip(cl_str_make(to->start, (size_t)(end - to->start))));
}

static void begin_line(struct wrapping *state, const char *at)
{
    if (at > state->start)
        give(state, at);
    state->start = at;
    state->used = 0;
}

/* A word wider than a line: cut wherever a line is full. */
static void fold_word(struct wrapping *state, struct cl_str word)
{
    begin_line(state, word.ptr);
    while (word.len > 0) {
        size_t width = 0;
        size_t len = cl_text_char(word, &width);

        if (state->used + width > state->width)
            begin_line(state, word.ptr);
        state->used += width;
        word = cl_str_skip(word, len);
    }
}

static void put_word(struct wrapping *state, struct cl_str word)
{
    size_t needed = cl_text_width(cl_text_rstrip(word));

    if (needed > state->width) {
        fold_word(state, word);
        return;
    }
    if (state->used + needed > state->width)
        begin_line(state, word.ptr);
    state->used += cl_text_width(word);
}

static void wrap_line(struct wrapping *state, struct cl_str line)
{
    struct cl_str rest = line;
    struct cl_str word = CL_STR_NONE;

    state->start = line.ptr;
    state->used = 0;
    while (state->width > 0 && cl_text_word(&rest, &word))
        put_word(state, word);
    give(state, line.ptr + line.len);
}

void cl_text_wrap(struct cl_str shown, size_t width, cl_line_fn line, void *ctx)
{
    struct wrapping state = {.width = width, .line = line, .ctx = ctx};
    struct cl_str head = CL_STR_NONE;
    bool more = true;

    if (shown.len == 0)
        shown = CL_STR_NONE;
    while (more) {
        more = cl_str_cut(shown, '\n', &head, &shown);
        wrap_line(&state, head);
    }
}

struct indented {
    struct cl_buf *out;
    size_t indent;
};

static void add_indented(void *ctx, struct cl_str line)
{
    const struct indented *to = ctx;

    if (line.len > 0)
        cl_buf_add_repeat(to->out, " ", to->indent);
    cl_buf_add(to->out, line);
    cl_buf_add_char(to->out, '\n');
}

/* The blanks that a line begins with, unless they would leave no room for its text. */
static size_t own_indent(struct cl_str line, size_t width)
{
    size_t blanks = 0;

    while (blanks < line.len && line.ptr[blanks] == ' ')
        blanks++;
    return width == 0 || blanks < width / 2 ? blanks : 0;
}

void cl_text_add_wrapped(struct cl_buf *out, struct cl_str shown, size_t width, size_t indent)
{
    struct cl_str head = CL_STR_NONE;
    bool more = true;

    while (more) {
        more = cl_str_cut(shown, '\n', &head, &shown);
        size_t own = own_indent(head, width);
        size_t taken = own + indent;
        size_t room = width > taken ? width - taken : 1;
        struct indented to = {.out = out, .indent = taken};
        cl_text_wrap(cl_str_skip(head, own), width == 0 ? 0 : room, add_indented, &to);
    }
}
