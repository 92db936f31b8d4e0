#ifndef CLEAT_BASE_TIME_H
#define CLEAT_BASE_TIME_H

#include "base/buf.h"

/* Times are UTC seconds since 1970 (…_at) unless the name says otherwise; 0 means "none". */

/** RFC 3339 with Z or an offset, fraction accepted and dropped; the form AWS sends. */
enum cl_code cl_time_parse_rfc3339(struct cl_str text, int64_t *ret_at, struct cl_err *err)
    CL_MUST_USE;

/**
 * What a person types: YYYY-MM-DD, with HH:MM:SS behind `T` or a blank, optional fraction and
 * zone (UTC without one), or +1h30m counted from `now_at`.
 */
enum cl_code cl_time_parse_input(struct cl_str text, int64_t now_at, int64_t *ret_at,
                                 struct cl_err *err) CL_MUST_USE;

/** HTTP Date header (IMF-fixdate). */
enum cl_code cl_time_parse_http(struct cl_str text, int64_t *ret_at, struct cl_err *err)
    CL_MUST_USE;

/* About 300 years: in milliseconds, or added to a time of this era, it still fits. */
#define CL_DURATION_MAX_S INT64_C(10000000000)

/** Integer seconds or NdNhNmNs, at most CL_DURATION_MAX_S. */
enum cl_code cl_duration_parse(struct cl_str text, int64_t *ret_s, struct cl_err *err) CL_MUST_USE;

void cl_buf_add_rfc3339(struct cl_buf *buf, int64_t at);          /* 2024-05-14T12:34:56Z */
void cl_buf_add_rfc3339_us(struct cl_buf *buf, int64_t at_us);    /* ...56.123456Z */
void cl_buf_add_amz_date(struct cl_buf *buf, int64_t at);         /* 20240514T123456Z */
void cl_buf_add_timestamp(struct cl_buf *buf, int64_t at_us);     /* 2024-05-14 12:34:56[.ffffff] */
void cl_buf_add_duration(struct cl_buf *buf, int64_t duration_s); /* 11h59m55s, 1d, 0s */

#endif
