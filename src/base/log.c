#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"

#define LINE_MAX_BYTES 16384
#define VALUE_MAX_BYTES 1024

struct cl_log {
    const struct cl_world *clock;
    int fd;
    enum cl_log_format format;
    enum cl_log_level level;
};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

enum cl_code cl_log_new(const struct cl_world *clock, int fd, enum cl_log_format format,
                        enum cl_log_level level, struct cl_log **ret, struct cl_err *err)
{
    struct cl_log *log = cl_alloc(sizeof(*log));

    if (log == NULL)
        return cl_err_no_memory(err);
    *log = (struct cl_log){.clock = clock, .fd = fd, .format = format, .level = level};
    *ret = log;
    return CL_OK;
}

void cl_log_free(struct cl_log *log)
{
    cl_free(log);
}

/* A value that is cut keeps whole characters; bytes that are no UTF-8 at all are cut anywhere. */
static struct cl_str cut_value(struct cl_str value)
{
    struct cl_str cut = cl_str_first(value, VALUE_MAX_BYTES);

    if (cut.len == value.len)
        return value;
    for (size_t less = 0; less < 4 && less <= cut.len; less++) {
        if (cl_is_utf8(cl_str_first(cut, cut.len - less)))
            return cl_str_first(cut, cut.len - less);
    }
    return cut;
}

static void add_escaped_byte(struct cl_buf *line, enum cl_log_format format, unsigned char c)
{
    if (c == '"' || c == '\\') {
        cl_buf_add_char(line, '\\');
        cl_buf_add_char(line, (char)c);
    } else if (c == '\n') {
        cl_buf_add_c(line, "\\n");
    } else if (format == CL_LOG_JSON) {
        /* A byte that is not text is shown as the Latin-1 character of its number. */
        cl_buf_addf(line, "\\u%04x", c);
    } else {
        cl_buf_addf(line, "\\x%02x", c);
    }
}

static void add_quoted(struct cl_buf *line, enum cl_log_format format, struct cl_str value)
{
    struct cl_str shown = cut_value(value);
    bool utf8 = cl_is_utf8(shown);

    cl_buf_add_char(line, '"');
    for (size_t i = 0; i < shown.len; i++) {
        unsigned char c = (unsigned char)shown.ptr[i];
        /* C1 controls are two bytes in UTF-8; a terminal obeys them like ESC. */
        bool c1 = c == 0xC2 && i + 1 < shown.len && (unsigned char)shown.ptr[i + 1] < 0xA0;
        if (utf8 && c1) {
            add_escaped_byte(line, format, (unsigned char)shown.ptr[++i]);
        } else if (c < 0x20 || c == 0x7F || c == '"' || c == '\\' || (c >= 0x80 && !utf8)) {
            add_escaped_byte(line, format, c);
        } else {
            cl_buf_add_char(line, (char)c);
        }
    }
    cl_buf_add_c(line, shown.len < value.len ? "...\"" : "\"");
}

static bool is_plain_word(struct cl_str value)
{
    static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "-_.:/@+,%*";

    return value.len > 0 && value.len <= VALUE_MAX_BYTES && cl_str_only(value, word);
}

static void add_value(struct cl_buf *line, enum cl_log_format format,
                      const struct cl_log_field *field)
{
    switch (field->kind) {
    case CL_LOG_FIELD_INT: cl_buf_add_i64(line, field->number); return;
    case CL_LOG_FIELD_BOOL: cl_buf_add_c(line, field->number != 0 ? "true" : "false"); return;
    case CL_LOG_FIELD_TEXT: break;
    }
    if (format == CL_LOG_TEXT && is_plain_word(field->text)) {
        cl_buf_add(line, field->text);
    } else {
        add_quoted(line, format, field->text);
    }
}

static void add_field(struct cl_buf *line, enum cl_log_format format,
                      const struct cl_log_field *field)
{
    if (format == CL_LOG_JSON) {
        cl_buf_addf(line, "%s\"%s\":", line->len == 0 ? "{" : ",", field->key);
    } else {
        cl_buf_addf(line, "%s%s=", line->len == 0 ? "" : " ", field->key);
    }
    add_value(line, format, field);
}

static void add_time(const struct cl_log *log, struct cl_buf *line)
{
    CL_AUTO(cl_buf) struct cl_buf now = CL_BUF(64);

    cl_buf_add_rfc3339_us(&now, log->clock->now_us(log->clock->ctx));
    add_field(line, log->format, &CL_F_STR("time", cl_buf_view(&now)));
}

/* As one write, so that lines of several threads and processes do not mix. */
static void put_line(int fd, struct cl_str line)
{
    ssize_t put = 0;

    do {
        put = write(fd, line.ptr, line.len);
        if (put > 0)
            line = cl_str_skip(line, (size_t)put);
    } while (line.len > 0 && (put > 0 || (put < 0 && errno == EINTR)));
}

void cl_log_write(struct cl_log *log, enum cl_log_level level, const char *event,
                  const struct cl_log_field *fields)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(LINE_MAX_BYTES);
    struct cl_err lost = CL_ERR_NONE;

    if (log == NULL || level < log->level)
        return;
    add_time(log, &line);
    add_field(&line, log->format, &CL_F("level", level_names[level]));
    add_field(&line, log->format, &CL_F("event", event));
    for (; fields->key != NULL; fields++)
        add_field(&line, log->format, fields);
    cl_buf_add_c(&line, log->format == CL_LOG_JSON ? "}\n" : "\n");
    if (cl_buf_ok(&line, &lost) == CL_OK) {
        put_line(log->fd, cl_buf_view(&line));
    } else {
        (void)dprintf(log->fd,
                      log->format == CL_LOG_JSON ? "{\"event\":\"%s\",\"fields\":\"lost\"}\n"
                                                 : "event=%s fields=lost\n",
                      event);
    }
}

enum cl_code cl_log_level_parse(struct cl_str text, enum cl_log_level *ret, struct cl_err *err)
{
    for (size_t i = 0; i < CL_COUNT(level_names); i++) {
        if (cl_str_ieq(text, cl_str_of(level_names[i]))) {
            *ret = (enum cl_log_level)i;
            return CL_OK;
        }
    }
    if (!cl_str_ieq(text, CL_STR("warning")))
        return cl_err_set(err, CL_E_INVALID, "not a log level: debug, info, warn or error");
    *ret = CL_LOG_WARN;
    return CL_OK;
}
