#ifndef CLEAT_BASE_LOG_H
#define CLEAT_BASE_LOG_H

#include "base/world.h"

/*
 * Structured events, one line each: what happened as one word, then its fields.
 *
 *     cl_log(world->log, CL_LOG_INFO, "credentials_issued",
 *            CL_F("connector", id), CL_F_INT("ttl_s", ttl_s), CL_END);
 *
 * A field takes a C string, a view, a number or a truth value; there is none for a cl_secret.
 * Safe to call from several threads: an event is one write.
 */
struct cl_log;

enum cl_log_level { CL_LOG_DEBUG, CL_LOG_INFO, CL_LOG_WARN, CL_LOG_ERROR };
enum cl_log_format { CL_LOG_TEXT, CL_LOG_JSON };

struct cl_log_field {
    const char *key; /* snake_case, a literal; NULL ends the list */
    enum { CL_LOG_FIELD_TEXT, CL_LOG_FIELD_INT, CL_LOG_FIELD_BOOL } kind;
    struct cl_str text;
    int64_t number;
};

#define CL_F(name, c_string) \
    ((struct cl_log_field){.key = (name), .kind = CL_LOG_FIELD_TEXT, .text = cl_str_of(c_string)})
#define CL_F_STR(name, view) \
    ((struct cl_log_field){.key = (name), .kind = CL_LOG_FIELD_TEXT, .text = (view)})
#define CL_F_INT(name, value) \
    ((struct cl_log_field){.key = (name), .kind = CL_LOG_FIELD_INT, .number = (value)})
#define CL_F_BOOL(name, value) \
    ((struct cl_log_field){.key = (name), .kind = CL_LOG_FIELD_BOOL, .number = (value) ? 1 : 0})
#define CL_END ((struct cl_log_field){.key = NULL})

/* An array, not a variable argument list: the compiler checks every field. */
#define cl_log(log, level, event, ...) \
    cl_log_write((log), (level), (event), (const struct cl_log_field[]){__VA_ARGS__})

/**
 * A log that writes events of at least `level` to `fd`, which stays the caller's.
 *
 * @param clock  where the time of an event comes from; must outlive the log
 * @param ret    owned by the caller, cl_log_free()
 */
enum cl_code cl_log_new(const struct cl_world *clock, int fd, enum cl_log_format format,
                        enum cl_log_level level, struct cl_log **ret, struct cl_err *err)
    CL_MUST_USE;
void cl_log_free(struct cl_log *log);

/** Use cl_log(). `log` NULL, or a level below the log's: nothing happens. Never fails: an event
 * that cannot be formatted is written without its fields, one that cannot be written is lost. */
void cl_log_write(struct cl_log *log, enum cl_log_level level, const char *event,
                  const struct cl_log_field *fields);

/** "debug", "info", "warn" or "warning", "error", in any case. CL_E_INVALID otherwise. */
enum cl_code cl_log_level_parse(struct cl_str text, enum cl_log_level *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
