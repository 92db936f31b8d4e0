#include "cli/output.h"

#include <stdio.h>

#include "base/alloc.h"
#include "cli/document.h"
#include "cli/output_format.h"
#include "cli/progress.h"
#include "cli/symbols.h"
#include "cli/terminal.h"
#include "cli/text_width.h"
#include "cli/text_wrap.h"
#include "codec/json.h"

#define TEXT_MAX (64UL * 1024UL * 1024UL) /* bytes of one result */
#define LINE_MAX 8192                     /* bytes of one formatted sentence */

static bool wants_colour(const struct cl_world *world, enum cl_when when, bool is_terminal)
{
    struct cl_str force = cl_world_env(world, "CLICOLOR_FORCE");

    if (when != CL_WHEN_AUTO)
        return when == CL_WHEN_ALWAYS;
    if (cl_world_env(world, "NO_COLOR").len > 0)
        return false;
    if (force.len > 0 && !cl_str_eq(force, CL_STR("0")))
        return true;
    if (cl_str_eq(cl_world_env(world, "CLICOLOR"), CL_STR("0")) ||
        cl_str_eq(cl_world_env(world, "TERM"), CL_STR("dumb")))
        return false;
    return is_terminal;
}

static struct cl_look look_of(const struct cl_world *world, const struct cl_settings *settings,
                              const struct cl_stream *stream)
{
    struct cl_look look = {
        .width = settings->width_given ? settings->width : stream->columns,
        .wrap = stream->is_terminal ? CL_WRAP_SMART : CL_WRAP_FOLD,
        .ascii = settings->ascii || !cl_terminal_is_utf8(world),
        .colour = wants_colour(world, settings->colour, stream->is_terminal),
        .no_headers = settings->no_headers,
    };

    if (settings->wrap_given)
        look.wrap = settings->wrap;
    look.hyperlinks =
        look.colour && stream->is_terminal && !look.ascii && cl_terminal_has_links(world);
    return look;
}

void cl_out_init(struct cl_out *ret, const struct cl_world *world,
                 const struct cl_settings *settings, struct cl_stream *out, struct cl_stream *err)
{
    *ret = (struct cl_out){
        .world = world,
        .settings = *settings,
        .out = out,
        .err = err,
        .look = look_of(world, settings, out),
        .err_look = look_of(world, settings, err),
        .command = "cleat",
    };
}

bool cl_out_is_machine(const struct cl_out *out)
{
    return out->settings.format != CL_FORMAT_TABLE || out->settings.field != NULL;
}

bool cl_out_prints_names(const struct cl_out *out)
{
    enum cl_format format = out->settings.format;

    return out->settings.field == NULL &&
           (format == CL_FORMAT_NAME || (format == CL_FORMAT_TABLE && out->settings.quiet));
}

static enum cl_code write_to(struct cl_out *out, struct cl_stream *stream, struct cl_str text,
                             struct cl_err *err)
{
    cl_progress_pause(out->progress);
    enum cl_code code = cl_stream_write(stream, text, err);
    cl_progress_resume(out->progress);
    return code;
}

enum cl_code cl_out_text(struct cl_out *out, struct cl_str text, struct cl_err *err)
{
    return write_to(out, out->out, text, err);
}

enum cl_code cl_out_raw(struct cl_out *out, struct cl_str text, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF_SECRET(4UL * TEXT_MAX);

    if (!out->out->is_terminal)
        return cl_out_text(out, text, err);
    cl_text_add_shown(&shown, text);
    CL_TRY(cl_buf_ok(&shown, err));
    return cl_out_text(out, cl_buf_view(&shown), err);
}

static void put_args(char raw[LINE_MAX], const char *format, va_list args) CL_PRINTF(2, 0);

static void put_args(char raw[LINE_MAX], const char *format, va_list args)
{
    if (vsnprintf(raw, LINE_MAX, format, args) < 0)
        raw[0] = '\0';
}

/* A sentence as the stream can show it. */
static void add_line(struct cl_buf *line, const struct cl_look *look, const char *raw)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(4UL * LINE_MAX);

    cl_text_add_shown_line(&shown, cl_str_of(raw));
    if (look->ascii) {
        cl_symbols_add_ascii(line, cl_buf_view(&shown));
    } else {
        cl_buf_add(line, cl_buf_view(&shown));
    }
}

enum cl_code cl_out_say(struct cl_out *out, struct cl_err *err, const char *format, ...)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(4UL * LINE_MAX);
    char raw[LINE_MAX];
    va_list args;

    if (cl_out_is_machine(out))
        return CL_OK;
    va_start(args, format);
    put_args(raw, format, args);
    va_end(args);
    add_line(&line, &out->look, raw);
    cl_buf_add_char(&line, '\n');
    CL_TRY(cl_buf_ok(&line, err));
    return cl_out_text(out, cl_buf_view(&line), err);
}

/* A line on standard error, wrapped at blanks, in one style. */
static void remark(struct cl_out *out, enum cl_style style, const char *prefix, const char *raw)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(4UL * LINE_MAX);
    CL_AUTO(cl_buf) struct cl_buf wrapped = CL_BUF(8UL * LINE_MAX);
    CL_AUTO(cl_buf) struct cl_buf styled = CL_BUF(8UL * LINE_MAX);
    struct cl_err ignored = CL_ERR_NONE;

    cl_buf_add_c(&line, prefix);
    add_line(&line, &out->err_look, raw);
    /* A word keeps room for the blank behind it, as in the published transcripts. */
    size_t width = out->err_look.width > 1 ? out->err_look.width - 1 : out->err_look.width;
    cl_text_add_wrapped(&wrapped, cl_buf_view(&line), width, 0);
    cl_style_add(&styled, out->err_look.colour, style, cl_buf_view(&wrapped));
    /* Nobody can be told that telling did not work. */
    CL_IGNORE(write_to(out, out->err, cl_buf_view(&styled), &ignored));
}

void cl_out_notice(struct cl_out *out, const char *format, ...)
{
    char raw[LINE_MAX];
    va_list args;

    if (out->settings.quiet)
        return;
    va_start(args, format);
    put_args(raw, format, args);
    va_end(args);
    remark(out, CL_STYLE_PLAIN, "", raw);
}

void cl_out_warn(struct cl_out *out, const char *format, ...)
{
    char raw[LINE_MAX];
    va_list args;

    va_start(args, format);
    put_args(raw, format, args);
    va_end(args);
    remark(out, CL_STYLE_YELLOW, "warning: ", raw);
}

void cl_out_verbose(struct cl_out *out, const char *format, ...)
{
    char raw[LINE_MAX];
    va_list args;

    if (!out->settings.verbose && !out->settings.debug)
        return;
    va_start(args, format);
    put_args(raw, format, args);
    va_end(args);
    remark(out, CL_STYLE_DIM, "", raw);
}

enum cl_code cl_out_table(struct cl_out *out, const struct cl_table *table, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf drawn = CL_BUF(TEXT_MAX);
    CL_AUTO(cl_buf) struct cl_buf hidden = CL_BUF(4096);
    size_t hidden_count = 0;

    CL_TRY(cl_table_render(table, &out->look, &drawn, &hidden, &hidden_count, err));
    CL_TRY(cl_out_text(out, cl_buf_view(&drawn), err));
    if (hidden_count > 0) {
        cl_out_notice(out, "%zu %s hidden, terminal too narrow: %s (see --columns, --output json)",
                      hidden_count, hidden_count == 1 ? "column" : "columns", hidden.ptr);
    }
    return CL_OK;
}

enum cl_code cl_out_document(struct cl_out *out, struct cl_str markup, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf drawn = CL_BUF(TEXT_MAX);

    CL_TRY(cl_document_render(markup, &out->look, &drawn, err));
    return cl_out_text(out, cl_buf_view(&drawn), err);
}

enum cl_code cl_out_object(struct cl_out *out, const char *kind, const json_t *object,
                           struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *chosen = NULL;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);

    if (out->settings.field != NULL) {
        CL_TRY(cl_format_field(object, out->settings.field, &text, err));
    } else if (out->settings.format == CL_FORMAT_NAME) {
        cl_format_name_line(kind, cl_json_str(object, "name"), &text);
    } else {
        CL_TRY(cl_format_choose(object, out->settings.columns, &chosen, err));
        cl_format_object(&out->settings, chosen, &text);
    }
    CL_TRY(cl_buf_ok(&text, err));
    return cl_out_raw(out, cl_buf_view(&text), err);
}
