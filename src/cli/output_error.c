#include "cli/output.h"

#include "cli/progress.h"
#include "cli/style.h"
#include "cli/symbols.h"
#include "cli/text_width.h"
#include "codec/json.h"

#define ERROR_MAX 16384 /* bytes */

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *number_or_null(int number)
{
    return number != 0 ? json_integer(number) : json_null();
}

static bool has_provider(const struct cl_err *err)
{
    return err->upstream_status != 0 || err->upstream_code[0] != '\0' ||
           err->upstream_service[0] != '\0' || err->upstream_operation[0] != '\0' ||
           err->upstream_request[0] != '\0';
}

/* jansson gives NULL for NULL members, so a chain of these is checked once. */
static json_t *provider_json(const struct cl_err *err)
{
    if (!has_provider(err))
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "service", text_or_null(err->upstream_service),
                     "operation", text_or_null(err->upstream_operation), "http_status",
                     number_or_null(err->upstream_status), "code", text_or_null(err->upstream_code),
                     "request_id", text_or_null(err->upstream_request));
}

static json_t *details_json(const struct cl_err *err)
{
    if (!has_provider(err) && err->retry_after_s == 0)
        return json_null();
    return json_pack("{s:b, s:o, s:o}", "retryable", cl_code_retryable(err->code), "retry_after_s",
                     number_or_null(err->retry_after_s), "provider", provider_json(err));
}

static json_t *error_json(const struct cl_out *out, const struct cl_err *err)
{
    return json_pack("{s:{s:s, s:s, s:o, s:o, s:o, s:i}}", "error", "code", cl_code_wire(err->code),
                     "message", err->text, "hint", text_or_null(err->hint), "details",
                     details_json(err), "request_id", text_or_null(out->request_id), "exit_code",
                     cl_code_exit(err->code));
}

static void add_machine_form(const struct cl_out *out, const struct cl_err *err,
                             struct cl_buf *text)
{
    CL_AUTO(cl_json) json_t *json = error_json(out, err);

    if (json != NULL) {
        cl_buf_add_json(text, json, CL_JSON_COMPACT);
    } else { /* no memory for anything better */
        cl_buf_addf(text, "{\"error\":{\"code\":\"%s\",\"exit_code\":%d}}", cl_code_wire(err->code),
                    cl_code_exit(err->code));
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
           err->code != CL_E_TYPE_UNAVAILABLE && !has_provider(err);
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

int cl_out_error(struct cl_out *out, const struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2UL * ERROR_MAX);
    struct cl_err ignored = CL_ERR_NONE;

    if (cl_out_is_machine(out)) {
        add_machine_form(out, err, &text);
    } else {
        add_human_form(out, err, &text);
    }
    cl_progress_pause(out->progress);
    /* Nobody can be told that telling did not work; the exit code still does. */
    CL_IGNORE(cl_stream_write(out->err, cl_buf_view(&text), &ignored));
    cl_progress_resume(out->progress);
    return cl_code_exit(err->code);
}
