#include "base/time.h"

#include "test.h"

#define NOW 1715690096 /* 2024-05-14T12:34:56Z */

static const struct {
    const char *text;
    int64_t at;
} rfc3339[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2024-05-14T12:34:56Z", NOW},
    {"2024-05-14t12:34:56z", NOW},
    {"2024-05-14 12:34:56Z", NOW},
    {"2024-05-14T12:34:56.123456Z", NOW},
    {"2024-05-14T12:34:56.9Z", NOW},
    {"2024-05-14T12:34:56+00:00", NOW},
    {"2024-05-14T12:34:56UTC", NOW},
    {"2024-05-14T14:34:56+02:00", NOW},
    {"2024-05-14T14:34:56+0200", NOW},
    {"2024-05-14T07:04:56-05:30", NOW},
    {"2024-05-14T00:04:56-12:30", NOW},
    {"2024-02-29T00:00:00Z", 1709164800},
    {"2000-02-29T00:00:00Z", 951782400},
    {"1969-12-31T23:59:59Z", -1},
    {"2016-12-31T23:59:60Z", 1483228800}, /* leap second: the next day's first */
    {"0001-01-01T00:00:00Z", INT64_C(-62135596800)},
    {"9999-12-31T23:59:59Z", INT64_C(253402300799)},
};

static const char *const not_rfc3339[] = {
    "",
    "2024-05-14",
    "2024-05-14T12:34:56",
    "2024-05-14T12:34Z",
    "2024-5-14T12:34:56Z",
    "2024-05-14T12:34:56.Z",
    "2024-05-14T12:34:56+2",
    "2024-05-14T12:34:56+24:00",
    "2024-05-14T12:34:56+02:60",
    "2024-05-14T12:34:56Z ",
    "2024-05-14T12:34:56ZZ",
    " 2024-05-14T12:34:56Z",
    "2024-05-14X12:34:56Z",
    "2024-13-14T12:34:56Z",
    "2024-00-14T12:34:56Z",
    "2024-05-32T12:34:56Z",
    "2024-05-00T12:34:56Z",
    "2023-02-29T12:34:56Z",
    "1900-02-29T12:34:56Z",
    "2024-05-14T24:00:00Z",
    "2024-05-14T12:60:00Z",
    "2024-05-14T12:34:61Z",
    "0000-01-01T00:00:00Z",
    "+024-05-14T12:34:56Z",
    "20240514T123456Z",
    "Tue, 14 May 2024 12:34:56 GMT",
};

static void reads_the_times_that_services_send(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    int64_t at = 0;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rfc3339); i++) {
        assert_ok(cl_time_parse_rfc3339(cl_str_of(rfc3339[i].text), &at, &err), &err);
        if (at != rfc3339[i].at)
            fail_msg("%s is %lld", rfc3339[i].text, (long long)at);
    }
}

static void refuses_what_is_no_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(not_rfc3339); i++) {
        struct cl_err err = CL_ERR_NONE;
        int64_t at = 42;
        if (cl_time_parse_rfc3339(cl_str_of(not_rfc3339[i]), &at, &err) != CL_E_INVALID)
            fail_msg("accepts \"%s\"", not_rfc3339[i]);
        assert_int_equal(at, 42);
    }
}

static const struct {
    const char *text;
    int64_t at; /* 0: refused */
} typed[] = {
    {"2024-05-14", 1715644800},
    {"2024-05-14T12:34:56", NOW},
    {"2024-05-14 12:34:56", NOW},
    {"2024-05-14 12:34:56.789012", NOW},
    {"2024-05-14 12:34:56Z", NOW},
    {"2024-05-14T14:34:56+02:00", NOW},
    {"+1h30m", NOW + 5400},
    {"+60", NOW + 60},
    {"+0s", NOW},
    {"+", 0},
    {"+-5", 0},
    {"+9223372036854775807", 0},
    {"1h", 0},
    {"now", 0},
    {"", 0},
    {"2024-05-14 12:34", 0},
    {"2024-05-14 ", 0},
    {"2024-02-30", 0},
    {"14.05.2024", 0},
};

static void reads_the_times_that_people_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(typed); i++) {
        struct cl_err err = CL_ERR_NONE;
        int64_t at = 0;
        enum cl_code rc = cl_time_parse_input(cl_str_of(typed[i].text), NOW, &at, &err);
        assert_int_equal(rc, typed[i].at == 0 ? CL_E_INVALID : CL_OK);
        if (at != typed[i].at)
            fail_msg("\"%s\" is %lld", typed[i].text, (long long)at);
    }
}

static const struct {
    const char *text;
    int64_t at; /* -1: refused */
} http_dates[] = {
    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"Tue, 14 May 2024 12:34:56 GMT", NOW},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Sun, 06 Nov 1994 08:49:37 UTC", -1},
    {"Sun, 06 Nov 1994 08:49:37 GMT ", -1},
    {"Sun, 06 Nov 1994 08:49:37", -1},
    {"Sun, 6 Nov 1994 08:49:37 GMT", -1},
    {"Sun 06 Nov 1994 08:49:37 GMT", -1},
    {"Sun, 06 Nox 1994 08:49:37 GMT", -1},
    {"Sunday, 06-Nov-94 08:49:37 GMT", -1},
    {"Sun Nov  6 08:49:37 1994", -1},
    {"Sun, 31 Feb 1994 08:49:37 GMT", -1},
    {"Sun", -1},
    {"", -1},
};

static void reads_http_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(http_dates); i++) {
        struct cl_err err = CL_ERR_NONE;
        int64_t at = -1;
        enum cl_code rc = cl_time_parse_http(cl_str_of(http_dates[i].text), &at, &err);
        assert_int_equal(rc, http_dates[i].at == -1 ? CL_E_INVALID : CL_OK);
        assert_int_equal(at, http_dates[i].at);
    }
}

static const struct {
    const char *text;
    int64_t span_s; /* -1: refused */
} durations[] = {
    {"0", 0},
    {"3600", 3600},
    {"0s", 0},
    {"10s", 10},
    {"5m", 300},
    {"2h", 7200},
    {"1d", 86400},
    {"1d2h30m10s", 95410},
    {"1h90m", 9000},
    {"1d1s", 86401},
    {"10000000000", CL_DURATION_MAX_S},
    {"10000000001", -1},
    {"115740d17h46m41s", -1},
    {"9223372036854775807", -1},
    {"9223372036854775808", -1},
    {"9223372036854775807d", -1},
    {"106751991167300d9223372036854775807s", -1},
    {"", -1},
    {"h", -1},
    {"1h2", -1},
    {"1h2h", -1},
    {"1m2h", -1},
    {"1w", -1},
    {"1H", -1},
    {"-5", -1},
    {"-5m", -1},
    {"+5", -1},
    {"1.5h", -1},
    {"1 h", -1},
    {" 1h", -1},
};

static void reads_durations(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(durations); i++) {
        struct cl_err err = CL_ERR_NONE;
        int64_t span_s = -1;
        enum cl_code rc = cl_duration_parse(cl_str_of(durations[i].text), &span_s, &err);
        assert_int_equal(rc, durations[i].span_s == -1 ? CL_E_INVALID : CL_OK);
        if (span_s != durations[i].span_s)
            fail_msg("\"%s\" is %lld", durations[i].text, (long long)span_s);
    }
}

static void a_nul_byte_ends_nothing(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    int64_t out = 0;

    (void)state;
    assert_int_equal(cl_time_parse_rfc3339(CL_STR("2024-05-14T12:34:56Z\0"), &out, &err),
                     CL_E_INVALID);
    assert_int_equal(cl_duration_parse(CL_STR("5\0"), &out, &err), CL_E_INVALID);
    assert_int_equal(cl_duration_parse(CL_STR("5m\0"), &out, &err), CL_E_INVALID);
}

static const struct {
    int64_t at_us;
    const char *rfc3339, *rfc3339_us, *amz, *timestamp;
} written[] = {
    {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z", "19700101T000000Z",
     "1970-01-01 00:00:00"},
    {NOW * INT64_C(1000000) + 123456, "2024-05-14T12:34:56Z", "2024-05-14T12:34:56.123456Z",
     "20240514T123456Z", "2024-05-14 12:34:56.123456"},
    {INT64_C(951782400000000) + 5, "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000005Z",
     "20000229T000000Z", "2000-02-29 00:00:00.000005"},
    {-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z", "19691231T235959Z",
     "1969-12-31 23:59:59.999999"},
};

static int64_t whole_seconds(int64_t at_us)
{
    return at_us < 0 ? (at_us - 999999) / 1000000 : at_us / 1000000;
}

static void times_are_written_in_four_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(written); i++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(200);
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(200);
        int64_t at = whole_seconds(written[i].at_us);

        cl_buf_addf(&want, "%s %s %s %s", written[i].rfc3339, written[i].rfc3339_us, written[i].amz,
                    written[i].timestamp);
        cl_buf_add_rfc3339(&buf, at);
        cl_buf_add_char(&buf, ' ');
        cl_buf_add_rfc3339_us(&buf, written[i].at_us);
        cl_buf_add_char(&buf, ' ');
        cl_buf_add_amz_date(&buf, at);
        cl_buf_add_char(&buf, ' ');
        cl_buf_add_timestamp(&buf, written[i].at_us);
        assert_str(cl_buf_view(&buf), want.ptr);
    }
}

static void writing_and_reading_agree_over_centuries(void **state)
{
    (void)state;
    /* A prime step meets every month, leap day and time of day over the years 1 to 9999. */
    for (int64_t at = INT64_C(-62135596800); at < INT64_C(253402300800); at += 15485863) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(64);
        struct cl_err err = CL_ERR_NONE;
        int64_t back = 0;
        cl_buf_add_rfc3339(&buf, at);
        assert_ok(cl_time_parse_rfc3339(cl_buf_view(&buf), &back, &err), &err);
        assert_int_equal(back, at);
    }
}

static const struct {
    int64_t span_s;
    const char *text;
} shown_durations[] = {
    {0, "0s"},
    {1, "1s"},
    {60, "1m"},
    {3600, "1h"},
    {86400, "1d"},
    {43195, "11h59m55s"},
    {43200, "12h"},
    {93784, "1d2h3m4s"},
    {86401, "1d1s"},
    {864000, "10d"},
    {-5, "0s"},
    {INT64_MIN, "0s"},
    {INT64_MAX, "106751991167300d15h30m7s"},
};

static void durations_leave_zero_parts_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(shown_durations); i++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(64);
        cl_buf_add_duration(&buf, shown_durations[i].span_s);
        assert_str(cl_buf_view(&buf), shown_durations[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_times_that_services_send),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(reads_the_times_that_people_type),
        cmocka_unit_test(reads_http_dates),
        cmocka_unit_test(reads_durations),
        cmocka_unit_test(a_nul_byte_ends_nothing),
        cmocka_unit_test(times_are_written_in_four_forms),
        cmocka_unit_test(writing_and_reading_agree_over_centuries),
        cmocka_unit_test(durations_leave_zero_parts_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
