#include "cli/document.h"

#include "cli/markup.h"
#include "cli/style.h"
#include "cli/text_width.h"
#include "cli/text_wrap.h"

#define BLOCK_MAX (256UL * 1024UL) /* bytes */
#define BULLET_INDENT 3            /* " • " */
#define NARROWEST 20

enum block_kind {
    BLOCK_NONE,
    BLOCK_TITLE,
    BLOCK_HEADING,
    BLOCK_BULLET,
    BLOCK_RULE,
    BLOCK_PARAGRAPH,
};

struct page {
    const struct cl_look *look;
    size_t width;
    struct cl_buf *out;
    enum block_kind last; /* of the blocks drawn so far */
};

/* One block while its lines are drawn. */
struct drawing {
    const struct page *page;
    const struct cl_spans *spans;
    size_t lines;
};

static void draw_piece(const struct drawing *to, struct cl_str line, enum cl_style base)
{
    cl_spans_draw(to->spans, line, to->page->look, cl_style_begin(base), to->page->out);
}

static const char *box(const struct page *page, const char *drawn, const char *plain)
{
    return page->look->ascii ? plain : drawn;
}

static void draw_title_line(void *ctx, struct cl_str line)
{
    const struct drawing *to = ctx;
    struct cl_buf *out = to->page->out;
    size_t inner = to->page->width - 2;
    size_t width = cl_text_width(line);
    size_t free_columns = inner > width ? inner - width : 0;

    cl_buf_add_c(out, box(to->page, "║", "|"));
    cl_buf_add_repeat(out, " ", free_columns / 2);
    draw_piece(to, line, CL_STYLE_BOLD);
    cl_buf_add_repeat(out, " ", free_columns - free_columns / 2);
    cl_buf_add_c(out, box(to->page, "║", "|"));
    cl_buf_add_char(out, '\n');
}

static void draw_edge(const struct page *page, const char *left, const char *right)
{
    cl_buf_add_c(page->out, box(page, left, "+"));
    cl_buf_add_repeat(page->out, box(page, "═", "="), page->width - 2);
    cl_buf_add_c(page->out, box(page, right, "+"));
    cl_buf_add_char(page->out, '\n');
}

static void draw_heading_line(void *ctx, struct cl_str line)
{
    const struct drawing *to = ctx;
    size_t width = cl_text_width(line);

    if (line.len > 0 && to->page->width > width)
        cl_buf_add_repeat(to->page->out, " ", (to->page->width - width) / 2);
    draw_piece(to, line, CL_STYLE_UNDERLINE);
    cl_buf_add_char(to->page->out, '\n');
}

static void draw_bullet_line(void *ctx, struct cl_str line)
{
    struct drawing *to = ctx;

    if (to->lines++ == 0) {
        cl_buf_add_c(to->page->out, box(to->page, " • ", " * "));
    } else {
        cl_buf_add_repeat(to->page->out, " ", BULLET_INDENT);
    }
    draw_piece(to, line, CL_STYLE_PLAIN);
    cl_buf_add_char(to->page->out, '\n');
}

static void draw_paragraph_line(void *ctx, struct cl_str line)
{
    struct drawing *to = ctx;

    draw_piece(to, line, CL_STYLE_PLAIN);
    cl_buf_add_char(to->page->out, '\n');
}

static void draw_text(const struct page *page, enum block_kind kind, const struct cl_spans *spans)
{
    struct drawing to = {.page = page, .spans = spans};
    struct cl_str text = cl_buf_view(&spans->text);

    if (kind == BLOCK_TITLE) {
        draw_edge(page, "╔", "╗");
        cl_text_wrap(text, page->width - 4, draw_title_line, &to);
        draw_edge(page, "╚", "╝");
    } else if (kind == BLOCK_HEADING) {
        cl_text_wrap(text, page->width, draw_heading_line, &to);
    } else if (kind == BLOCK_BULLET) {
        cl_text_wrap(text, page->width - BULLET_INDENT, draw_bullet_line, &to);
    } else {
        cl_text_wrap(text, page->width, draw_paragraph_line, &to);
    }
}

static enum cl_code draw_block(struct page *page, enum block_kind kind, struct cl_str block,
                               struct cl_err *err)
{
    CL_AUTO(cl_spans) struct cl_spans spans = CL_SPANS(BLOCK_MAX);

    CL_TRY(cl_spans_parse(&spans, block, page->look, err));
    bool in_list = kind == BLOCK_BULLET && page->last == BLOCK_BULLET;
    if (page->last != BLOCK_NONE && !in_list)
        cl_buf_add_char(page->out, '\n');
    if (kind == BLOCK_HEADING && page->last != BLOCK_NONE)
        cl_buf_add_char(page->out, '\n');
    if (kind == BLOCK_RULE) {
        cl_buf_add_repeat(page->out, box(page, "─", "-"), page->width);
        cl_buf_add_char(page->out, '\n');
    } else {
        draw_text(page, kind, &spans);
    }
    page->last = kind;
    return CL_OK;
}

/* What a line begins; its text without the marker in *text. */
static enum block_kind begins(struct cl_str line, struct cl_str *text)
{
    static const struct {
        struct cl_str marker;
        enum block_kind kind;
    } markers[] = {
        {CL_STR_INIT("## "), BLOCK_HEADING},
        {CL_STR_INIT("# "), BLOCK_TITLE},
        {CL_STR_INIT("- "), BLOCK_BULLET},
    };

    for (size_t i = 0; i < CL_COUNT(markers); i++) {
        if (cl_str_starts(line, markers[i].marker)) {
            *text = cl_str_skip(line, markers[i].marker.len);
            return markers[i].kind;
        }
    }
    *text = line;
    return cl_str_eq(line, CL_STR("---")) ? BLOCK_RULE : BLOCK_PARAGRAPH;
}

/* The block that is being read. */
struct pending {
    enum block_kind kind;
    struct cl_buf text;
};

static enum cl_code flush(struct page *page, struct pending *block, struct cl_err *err)
{
    CL_TRY(cl_buf_ok(&block->text, err));
    if (block->kind != BLOCK_NONE)
        CL_TRY(draw_block(page, block->kind, cl_buf_view(&block->text), err));
    block->kind = BLOCK_NONE;
    cl_buf_truncate(&block->text, 0);
    return CL_OK;
}

static bool continues(const struct pending *block, enum block_kind kind)
{
    return kind == BLOCK_PARAGRAPH &&
           (block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_BULLET);
}

static enum cl_code add_line(struct page *page, struct pending *block, struct cl_str line,
                             struct cl_err *err)
{
    struct cl_str text = CL_STR_NONE;
    enum block_kind kind = begins(cl_str_trim(line), &text);

    if (cl_str_trim(line).len == 0)
        return flush(page, block, err);
    if (continues(block, kind)) {
        cl_buf_add_char(&block->text, ' ');
    } else {
        CL_TRY(flush(page, block, err));
        block->kind = kind;
    }
    if (kind != BLOCK_RULE)
        cl_buf_add(&block->text, text);
    return CL_OK;
}

static void pending_cleanup(struct pending *block)
{
    cl_buf_cleanup(&block->text);
}

enum cl_code cl_document_render(struct cl_str markup, const struct cl_look *look,
                                struct cl_buf *out, struct cl_err *err)
{
    CL_AUTO(pending) struct pending block = {.text = CL_BUF(BLOCK_MAX)};
    struct page page = {.look = look, .width = CL_DOCUMENT_WIDTH, .out = out};
    bool more = true;

    if (look->width > 0 && look->width < CL_DOCUMENT_WIDTH)
        page.width = look->width > NARROWEST ? look->width : NARROWEST;
    while (more) {
        struct cl_str line = CL_STR_NONE;
        more = cl_str_cut(markup, '\n', &line, &markup);
        CL_TRY(add_line(&page, &block, line, err));
    }
    CL_TRY(flush(&page, &block, err));
    return cl_buf_ok(out, err);
}

void cl_document_add_literal(struct cl_buf *markup, struct cl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n')
            c = ' ';
        if (strchr("`*[\\#-", c) != NULL && c != '\0')
            cl_buf_add_char(markup, '\\');
        cl_buf_add_char(markup, c);
    }
}
