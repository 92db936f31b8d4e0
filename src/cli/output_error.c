#include "cli/output.h"

#include "cli/progress.h"
#include "cli/style.h"
#include "cli/symbols.h"
#include "cli/text_width.h"
#include "codec/json.h"
#include "core/api_codec.h"

#define ERROR_MAX 16384 /* bytes */

/* {"error": ...}; without memory for that, the least that a program can act on. */
static void add_machine_form(const struct cl_err *failure, int status, struct cl_buf *text)
{
    CL_AUTO(cl_json) json_t *json = json_object();
    json_t *error = NULL;
    struct cl_err err = CL_ERR_NONE;
    enum cl_code code = cl_err_encode(failure, &error, &err);

    if (code == CL_OK)
        code = cl_json_put(error, "exit_code", json_integer(status), &err);
    if (code == CL_OK) {
        code = cl_json_put(json, "error", error, &err);
    } else {
        json_decref(error);
    }
    if (code == CL_OK) {
        cl_buf_add_json(text, json, CL_JSON_COMPACT);
    } else {
        cl_buf_addf(text, "{\"error\":{\"code\":\"%s\",\"exit_code\":%d}}",
                    cl_code_wire(failure->code), status);
    }
    cl_buf_add_char(text, '\n');
}

static void add_shown(const struct cl_out *out, enum cl_style style, struct cl_str raw,
                      struct cl_buf *text)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(ERROR_MAX);
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF(ERROR_MAX);

    cl_text_add_shown_line(&shown, raw);
    if (out->err_look.ascii)
        cl_symbols_add_ascii(&plain, cl_buf_view(&shown));
    cl_style_add(text, out->err_look.colour, style,
                 cl_buf_view(out->err_look.ascii ? &plain : &shown));
    cl_buf_add_char(text, '\n');
}

/* What the command line can put right; what a provider does not accept is another matter. */
static bool is_usage(const struct cl_err *err)
{
    return cl_code_exit(err->code) == cl_code_exit(CL_E_USAGE) && err->code != CL_E_UNSUPPORTED &&
           err->code != CL_E_TYPE_UNAVAILABLE && !cl_err_has_provider(err);
}

static void add_human_form(const struct cl_out *out, const struct cl_err *err, struct cl_buf *text)
{
    struct cl_str line = CL_STR_NONE;
    struct cl_str rest = CL_STR_NONE;
    bool more = cl_str_cut(cl_str_of(err->text), '\n', &line, &rest);

    /* An interruption is not a mistake of anybody's. */
    if (err->code != CL_E_INTERRUPTED) {
        cl_style_add(text, out->err_look.colour, CL_STYLE_BOLD_RED, CL_STR("Error:"));
        cl_buf_add_char(text, ' ');
    }
    add_shown(out, CL_STYLE_RED, line, text);
    while (more) {
        more = cl_str_cut(rest, '\n', &line, &rest);
        cl_buf_add_c(text, "  ");
        add_shown(out, CL_STYLE_RED, line, text);
    }
    if (err->hint[0] != '\0') {
        cl_buf_add_c(text, "  ");
        add_shown(out, CL_STYLE_DIM, cl_str_of(err->hint), text);
    }
    if (is_usage(err))
        cl_buf_addf(text, "Run '%s --help' for usage.\n", out->command);
}

int cl_out_error(struct cl_out *out, const struct cl_err *err, int status)
{
    int told = status != 0 ? status : cl_code_exit(err->code);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2UL * ERROR_MAX);
    struct cl_err ignored = CL_ERR_NONE;

    if (cl_out_is_machine(out)) {
        add_machine_form(err, told, &text);
    } else {
        add_human_form(out, err, &text);
    }
    cl_progress_pause(out->progress);
    /* Nobody can be told that telling did not work; the exit code still does. */
    CL_IGNORE(cl_stream_write(out->err, cl_buf_view(&text), &ignored));
    cl_progress_resume(out->progress);
    return told;
}
