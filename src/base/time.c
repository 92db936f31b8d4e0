#include "base/time.h"

#include <inttypes.h>

#define S_PER_DAY 86400
#define US_PER_S 1000000

/* What stands between the parts of a date and time: the input, shortened by each step. */
struct scan {
    struct cl_str rest;
    bool ok; /* sticky */
};

struct civil {
    int64_t year;
    int64_t month; /* 1..12 */
    int64_t day;   /* 1..31 */
    int64_t hour;
    int64_t minute;
    int64_t second; /* 60 in a leap second */
};

/* Days since 1970-01-01; years start in March so that the leap day is the last of its year. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static struct civil civil_from_time(int64_t at)
{
    int64_t days = floor_div(at, S_PER_DAY);
    int64_t second_of_day = at - days * S_PER_DAY;
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

    return (struct civil){.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
                          .month = month,
                          .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
                          .hour = second_of_day / 3600,
                          .minute = second_of_day / 60 % 60,
                          .second = second_of_day % 60};
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool civil_valid(const struct civil *c)
{
    return c->year >= 1 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= days_in_month(c->year, c->month) && c->hour <= 23 && c->minute <= 59 &&
           c->second <= 60;
}

static int64_t civil_to_time(const struct civil *c)
{
    return days_from_civil(c->year, c->month, c->day) * S_PER_DAY + c->hour * 3600 +
           c->minute * 60 + c->second;
}

static int64_t scan_digits(struct scan *scan, size_t count)
{
    struct cl_str digits = cl_str_first(scan->rest, count);
    int64_t value = 0;

    if (!scan->ok || digits.len != count || !cl_str_only(digits, "0123456789")) {
        scan->ok = false;
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (digits.ptr[i] - '0');
    scan->rest = cl_str_skip(scan->rest, count);
    return value;
}

/* True, and one byte further, when the next byte is one of `set`. */
static bool scan_any(struct scan *scan, const char *set)
{
    if (!scan->ok || scan->rest.len == 0 || !cl_str_only(cl_str_first(scan->rest, 1), set))
        return false;
    scan->rest = cl_str_skip(scan->rest, 1);
    return true;
}

static void scan_need(struct scan *scan, const char *set)
{
    if (!scan_any(scan, set))
        scan->ok = false;
}

static void scan_date(struct scan *scan, struct civil *c)
{
    c->year = scan_digits(scan, 4);
    scan_need(scan, "-");
    c->month = scan_digits(scan, 2);
    scan_need(scan, "-");
    c->day = scan_digits(scan, 2);
}

static void scan_clock(struct scan *scan, struct civil *c)
{
    c->hour = scan_digits(scan, 2);
    scan_need(scan, ":");
    c->minute = scan_digits(scan, 2);
    scan_need(scan, ":");
    c->second = scan_digits(scan, 2);
}

static void scan_fraction(struct scan *scan)
{
    if (!scan_any(scan, "."))
        return;
    scan_need(scan, "0123456789");
    while (scan_any(scan, "0123456789"))
        continue;
}

/* Seconds east of UTC: Z, UTC, +hh:mm or +hhmm. */
static int64_t scan_zone(struct scan *scan)
{
    bool west = cl_str_starts(scan->rest, CL_STR("-"));

    if (cl_str_eq(scan->rest, CL_STR("UTC"))) {
        scan->rest = CL_STR_NONE;
        return 0;
    }
    if (scan_any(scan, "Zz"))
        return 0;
    scan_need(scan, "+-");
    int64_t hours = scan_digits(scan, 2);
    (void)scan_any(scan, ":");
    int64_t minutes = scan_digits(scan, 2);
    if (hours > 23 || minutes > 59)
        scan->ok = false;
    return (west ? -1 : 1) * (hours * 3600 + minutes * 60);
}

static bool scan_finish(const struct scan *scan, const struct civil *c)
{
    return scan->ok && scan->rest.len == 0 && civil_valid(c);
}

enum cl_code cl_time_parse_rfc3339(struct cl_str text, int64_t *ret_at, struct cl_err *err)
{
    struct scan scan = {.rest = text, .ok = true};
    struct civil c = {0};

    scan_date(&scan, &c);
    scan_need(&scan, "Tt ");
    scan_clock(&scan, &c);
    scan_fraction(&scan);
    int64_t east_s = scan_zone(&scan);
    if (!scan_finish(&scan, &c))
        return cl_err_set(err, CL_E_INVALID, "not a time of the form 2024-05-14T12:34:56Z");
    *ret_at = civil_to_time(&c) - east_s;
    return CL_OK;
}

static enum cl_code parse_from_now(struct cl_str span, int64_t now_at, int64_t *ret_at,
                                   struct cl_err *err)
{
    int64_t span_s = 0;
    int64_t at = 0;

    CL_TRY(cl_duration_parse(span, &span_s, err));
    if (__builtin_add_overflow(now_at, span_s, &at))
        return cl_err_set(err, CL_E_INVALID, "too far in the future");
    *ret_at = at;
    return CL_OK;
}

enum cl_code cl_time_parse_input(struct cl_str text, int64_t now_at, int64_t *ret_at,
                                 struct cl_err *err)
{
    struct scan scan = {.rest = text, .ok = true};
    struct civil c = {0};
    int64_t east_s = 0;

    if (cl_str_starts(text, CL_STR("+")))
        return parse_from_now(cl_str_skip(text, 1), now_at, ret_at, err);
    scan_date(&scan, &c);
    if (scan.rest.len > 0) {
        scan_need(&scan, "Tt ");
        scan_clock(&scan, &c);
        scan_fraction(&scan);
        if (scan.rest.len > 0)
            east_s = scan_zone(&scan);
    }
    if (!scan_finish(&scan, &c)) {
        return cl_err_set(
            err, CL_E_INVALID,
            "not a date (2024-05-14), a time (2024-05-14 12:34:56) or a span from now "
            "(+1h30m)");
    }
    *ret_at = civil_to_time(&c) - east_s;
    return CL_OK;
}

/* 1..12, or 0 for what is no English month. */
static int64_t month_number(struct cl_str name)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (size_t i = 0; i < 12; i++) {
        if (cl_str_eq(name, cl_str_make(months + 3 * i, 3)))
            return (int64_t)i + 1;
    }
    return 0;
}

enum cl_code cl_time_parse_http(struct cl_str text, int64_t *ret_at, struct cl_err *err)
{
    struct scan scan = {.rest = cl_str_skip(text, 3), .ok = text.len > 3};
    struct civil c = {0};

    scan_need(&scan, ",");
    scan_need(&scan, " ");
    c.day = scan_digits(&scan, 2);
    scan_need(&scan, " ");
    c.month = month_number(cl_str_first(scan.rest, 3));
    scan.rest = cl_str_skip(scan.rest, 3);
    scan_need(&scan, " ");
    c.year = scan_digits(&scan, 4);
    scan_need(&scan, " ");
    scan_clock(&scan, &c);
    bool utc = cl_str_eq(scan.rest, CL_STR(" GMT"));
    scan.rest = CL_STR_NONE;
    if (!utc || !scan_finish(&scan, &c))
        return cl_err_set(err, CL_E_INVALID, "not an HTTP date");
    *ret_at = civil_to_time(&c);
    return CL_OK;
}

/* The leading digits of `*rest` as a number, which it is then without. */
static bool take_number(struct cl_str *rest, int64_t *ret)
{
    struct cl_err ignored = CL_ERR_NONE;
    size_t len = 0;

    while (len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9')
        len++;
    if (cl_parse_i64(cl_str_first(*rest, len), ret, &ignored) != CL_OK)
        return false;
    *rest = cl_str_skip(*rest, len);
    return true;
}

/* Each unit at most once and from large to small, so that "1m" cannot be meant as months. */
static bool parse_units(struct cl_str rest, int64_t *ret_s)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'d', S_PER_DAY}, {'h', 3600}, {'m', 60}, {'s', 1}};
    int64_t total_s = 0;
    size_t unit = 0;

    while (rest.len > 0) {
        int64_t count = 0;
        if (!take_number(&rest, &count) || rest.len == 0)
            return false;
        while (unit < CL_COUNT(units) && units[unit].letter != rest.ptr[0])
            unit++;
        if (unit == CL_COUNT(units) || __builtin_mul_overflow(count, units[unit].seconds, &count) ||
            __builtin_add_overflow(total_s, count, &total_s))
            return false;
        rest = cl_str_skip(rest, 1);
        unit++;
    }
    *ret_s = total_s;
    return true;
}

enum cl_code cl_duration_parse(struct cl_str text, int64_t *ret_s, struct cl_err *err)
{
    struct cl_str rest = text;
    int64_t span_s = 0;
    bool ok = take_number(&rest, &span_s);

    if (ok && rest.len > 0)
        ok = parse_units(text, &span_s);
    if (!ok)
        return cl_err_set(err, CL_E_INVALID, "not a duration: seconds (3600) or 1d2h30m10s");
    if (span_s > CL_DURATION_MAX_S)
        return cl_err_set(err, CL_E_INVALID, "not a duration of less than 300 years");
    *ret_s = span_s;
    return CL_OK;
}

/* Listings are full of times, and printf takes ten times as long as this for one of them. */
static void add_two_digits(struct cl_buf *buf, char before, int64_t number)
{
    const char text[] = {before, (char)('0' + number / 10), (char)('0' + number % 10)};

    cl_buf_add(buf, cl_str_make(text, sizeof(text)));
}

static void add_fraction(struct cl_buf *buf, int64_t fraction_us)
{
    char text[] = ".000000";

    for (size_t i = sizeof(text) - 2; i > 0; i--) {
        text[i] = (char)('0' + fraction_us % 10);
        fraction_us /= 10;
    }
    cl_buf_add_c(buf, text);
}

static void add_date(struct cl_buf *buf, const struct civil *c, char separator)
{
    cl_buf_addf(buf, "%04" PRId64, c->year);
    add_two_digits(buf, '-', c->month);
    add_two_digits(buf, '-', c->day);
    add_two_digits(buf, separator, c->hour);
    add_two_digits(buf, ':', c->minute);
    add_two_digits(buf, ':', c->second);
}

void cl_buf_add_rfc3339(struct cl_buf *buf, int64_t at)
{
    struct civil c = civil_from_time(at);

    add_date(buf, &c, 'T');
    cl_buf_add_char(buf, 'Z');
}

void cl_buf_add_rfc3339_us(struct cl_buf *buf, int64_t at_us)
{
    int64_t at = floor_div(at_us, US_PER_S);
    struct civil c = civil_from_time(at);

    add_date(buf, &c, 'T');
    add_fraction(buf, at_us - at * US_PER_S);
    cl_buf_add_char(buf, 'Z');
}

void cl_buf_add_amz_date(struct cl_buf *buf, int64_t at)
{
    struct civil c = civil_from_time(at);

    cl_buf_addf(buf,
                "%04" PRId64 "%02" PRId64 "%02" PRId64 "T%02" PRId64 "%02" PRId64 "%02" PRId64 "Z",
                c.year, c.month, c.day, c.hour, c.minute, c.second);
}

void cl_buf_add_timestamp(struct cl_buf *buf, int64_t at_us)
{
    int64_t at = floor_div(at_us, US_PER_S);
    int64_t fraction_us = at_us - at * US_PER_S;
    struct civil c = civil_from_time(at);

    add_date(buf, &c, ' ');
    if (fraction_us != 0)
        add_fraction(buf, fraction_us);
}

void cl_buf_add_duration(struct cl_buf *buf, int64_t duration_s)
{
    const int64_t parts[] = {duration_s / S_PER_DAY, duration_s / 3600 % 24, duration_s / 60 % 60,
                             duration_s % 60};
    bool empty = true;

    for (size_t i = 0; i < CL_COUNT(parts) && duration_s > 0; i++) {
        if (parts[i] == 0)
            continue;
        cl_buf_addf(buf, "%" PRId64 "%c", parts[i], "dhms"[i]);
        empty = false;
    }
    if (empty)
        cl_buf_add_c(buf, "0s");
}
