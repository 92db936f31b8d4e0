#include "cli/markup.h"

#include "cli/style.h"
#include "cli/symbols.h"
#include "cli/text_width.h"

#define TEXT_MAX (256UL * 1024UL) /* bytes */
#define LINKS_MAX 60              /* what fits into a byte beside the other marks */

struct parser {
    struct cl_spans *spans;
    const struct cl_look *look;
    struct cl_str rest;
    unsigned int kind; /* of what comes next */
};

static void add_shown(struct parser *state, struct cl_str shown)
{
    struct cl_spans *spans = state->spans;

    if (state->look->ascii) {
        cl_symbols_add_ascii(&spans->text, shown);
    } else {
        cl_buf_add(&spans->text, shown);
    }
    while (spans->kinds.len < spans->text.len && spans->kinds.failed == CL_OK)
        cl_buf_add_char(&spans->kinds, (char)state->kind);
    if (spans->kinds.failed != CL_OK)
        spans->text.failed = spans->kinds.failed;
}

static void add_text(struct parser *state, struct cl_str raw)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(TEXT_MAX);

    cl_text_add_shown_line(&shown, raw);
    add_shown(state, cl_buf_view(&shown));
    if (shown.failed != CL_OK)
        state->spans->text.failed = shown.failed;
}

/* Length of "[text](address)" at the front with its two parts; 0 when there is none. */
static size_t link_at(struct cl_str rest, struct cl_str *text, struct cl_str *address)
{
    size_t close = cl_str_find(rest, ']');
    struct cl_str behind = cl_str_skip(rest, close);
    size_t end = cl_str_find(behind, ')');

    if (!cl_str_starts(rest, CL_STR("[")) || !cl_str_starts(behind, CL_STR("](")) ||
        end == behind.len)
        return 0;
    *text = cl_str_make(rest.ptr + 1, close - 1);
    *address = cl_str_make(behind.ptr + 2, end - 2);
    return close + end + 1;
}

static enum cl_code add_link(struct parser *state, struct cl_str text, struct cl_str address,
                             struct cl_err *err)
{
    unsigned int before = state->kind;

    if (state->look->hyperlinks && state->spans->links.count < LINKS_MAX) {
        CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(TEXT_MAX);
        cl_text_add_shown_line(&shown, address);
        CL_TRY(cl_buf_ok(&shown, err));
        CL_TRY(cl_strs_add(&state->spans->links, cl_buf_view(&shown), err));
        state->kind |= CL_SPAN_LINK * (unsigned int)state->spans->links.count;
        add_text(state, text);
        state->kind = before;
        return CL_OK;
    }
    add_text(state, text);
    add_text(state, CL_STR(" <"));
    add_text(state, address);
    add_text(state, CL_STR(">"));
    return CL_OK;
}

/* Handles the marker at the front; returns its length, 0 when what stands there is text. */
static size_t take_marker(struct parser *state)
{
    if (cl_str_starts(state->rest, CL_STR("`"))) {
        state->kind ^= CL_SPAN_CODE;
        return 1;
    }
    if ((state->kind & CL_SPAN_CODE) == 0 && cl_str_starts(state->rest, CL_STR("**"))) {
        state->kind ^= CL_SPAN_BOLD;
        return 2;
    }
    return 0;
}

/* Bytes up to the next sign that may be a marker; at least one. */
static size_t plain_len(struct cl_str rest)
{
    size_t len = 1;

    while (len < rest.len && strchr("`*[\\", rest.ptr[len]) == NULL)
        len++;
    return len;
}

static enum cl_code step(struct parser *state, struct cl_err *err)
{
    struct cl_str text = CL_STR_NONE;
    struct cl_str address = CL_STR_NONE;
    size_t taken = take_marker(state);

    if (taken == 0 && (state->kind & CL_SPAN_CODE) == 0) {
        taken = link_at(state->rest, &text, &address);
        if (taken > 0)
            CL_TRY(add_link(state, text, address, err));
    }
    if (taken == 0 && state->rest.ptr[0] == '\\' && state->rest.len > 1)
        state->rest = cl_str_skip(state->rest, 1);
    if (taken == 0) {
        taken = plain_len(state->rest);
        add_text(state, cl_str_first(state->rest, taken));
    }
    state->rest = cl_str_skip(state->rest, taken);
    return CL_OK;
}

enum cl_code cl_spans_parse(struct cl_spans *spans, struct cl_str block, const struct cl_look *look,
                            struct cl_err *err)
{
    struct parser state = {.spans = spans, .look = look, .rest = block};

    while (state.rest.len > 0)
        CL_TRY(step(&state, err));
    return cl_buf_ok(&spans->text, err);
}

/* How many bytes from `at` on are drawn alike. */
static size_t run_len(const struct cl_spans *spans, size_t at, size_t end)
{
    size_t len = 1;

    while (at + len < end && spans->kinds.ptr[at + len] == spans->kinds.ptr[at])
        len++;
    return len;
}

static void draw_run(const struct cl_spans *spans, struct cl_str text, unsigned char kind,
                     const struct cl_look *look, struct cl_str base, struct cl_buf *out)
{
    size_t link = kind / CL_SPAN_LINK;
    bool styled = look->colour && (kind != CL_SPAN_PLAIN || base.len > 0);

    if (link > 0)
        cl_buf_addf(out, "\x1b]8;;%s\x1b\\", spans->links.items[link - 1]);
    if (styled)
        cl_buf_add(out, base);
    if (styled && (kind & CL_SPAN_CODE) != 0)
        cl_buf_add(out, cl_style_begin(CL_STYLE_CYAN));
    if (styled && (kind & CL_SPAN_BOLD) != 0)
        cl_buf_add(out, cl_style_begin(CL_STYLE_BOLD));
    cl_buf_add(out, text);
    if (styled)
        cl_buf_add_c(out, CL_STYLE_END);
    if (link > 0)
        cl_buf_add_c(out, "\x1b]8;;\x1b\\");
}

void cl_spans_draw(const struct cl_spans *spans, struct cl_str piece, const struct cl_look *look,
                   struct cl_str base, struct cl_buf *out)
{
    size_t at = (size_t)(piece.ptr - spans->text.ptr);
    size_t end = at + piece.len;

    while (piece.len > 0 && at < end) {
        size_t len = run_len(spans, at, end);
        draw_run(spans, cl_str_make(spans->text.ptr + at, len), (unsigned char)spans->kinds.ptr[at],
                 look, base, out);
        at += len;
    }
}

void cl_spans_cleanup(struct cl_spans *spans)
{
    cl_buf_cleanup(&spans->text);
    cl_buf_cleanup(&spans->kinds);
    cl_strs_cleanup(&spans->links);
}
