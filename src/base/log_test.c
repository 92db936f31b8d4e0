#include "base/log.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fake_world.h"
#include "test.h"

/* A log into memory. */
struct sink {
    struct fake_world *fake;
    struct cl_log *log;
    int fd;
};

static void sink_open(struct sink *sink, enum cl_log_format format, enum cl_log_level level)
{
    struct cl_err err = CL_ERR_NONE;

    sink->fake = fake_world_new();
    sink->fd = memfd_create("log", MFD_CLOEXEC);
    assert_true(sink->fd >= 0);
    assert_ok(cl_log_new(fake_world(sink->fake), sink->fd, format, level, &sink->log, &err), &err);
}

/* What was logged since the last call. */
static struct cl_str sink_take(struct sink *sink, char *out, size_t size)
{
    ssize_t got = pread(sink->fd, out, size, 0);

    assert_true(got >= 0);
    assert_int_equal(ftruncate(sink->fd, 0), 0);
    assert_int_equal(lseek(sink->fd, 0, SEEK_SET), 0);
    return cl_str_make(out, (size_t)got);
}

static void sink_close(struct sink *sink)
{
    cl_log_free(sink->log);
    (void)close(sink->fd);
    fake_world_free(sink->fake);
}

static void an_event_is_one_line_of_pairs(void **state)
{
    struct sink sink;
    char out[500];

    (void)state;
    sink_open(&sink, CL_LOG_TEXT, CL_LOG_DEBUG);
    cl_log(sink.log, CL_LOG_INFO, "credentials_issued", CL_F("connector", "aws-prod"),
           CL_F_INT("ttl_s", -3600), CL_F_BOOL("cached", true), CL_F_STR("id", CL_STR("s3://b")),
           CL_END);
    assert_str(sink_take(&sink, out, sizeof(out)),
               "time=2024-05-14T12:34:56.000000Z level=info event=credentials_issued "
               "connector=aws-prod ttl_s=-3600 cached=true id=s3://b\n");
    cl_log(sink.log, CL_LOG_ERROR, "alone", CL_END);
    assert_str(sink_take(&sink, out, sizeof(out)),
               "time=2024-05-14T12:34:56.000000Z level=error event=alone\n");
    sink_close(&sink);
}

static void an_event_can_be_a_json_object(void **state)
{
    struct sink sink;
    char out[500];

    (void)state;
    sink_open(&sink, CL_LOG_JSON, CL_LOG_DEBUG);
    fake_advance_ms(sink.fake, 1);
    cl_log(sink.log, CL_LOG_WARN, "slow", CL_F("host", "a"), CL_F_INT("ms", 12),
           CL_F_BOOL("retried", false), CL_END);
    assert_str(sink_take(&sink, out, sizeof(out)),
               "{\"time\":\"2024-05-14T12:34:56.001000Z\",\"level\":\"warn\",\"event\":\"slow\","
               "\"host\":\"a\",\"ms\":12,\"retried\":false}\n");
    sink_close(&sink);
}

static const struct {
    struct cl_str value;
    const char *text, *json;
} values[] = {
    {CL_STR_INIT("plain-1_2.3:4/5@6"), "plain-1_2.3:4/5@6", "\"plain-1_2.3:4/5@6\""},
    {CL_STR_INIT(""), "\"\"", "\"\""},
    {CL_STR_INIT("two words"), "\"two words\"", "\"two words\""},
    {CL_STR_INIT("a=b"), "\"a=b\"", "\"a=b\""},
    {CL_STR_INIT("say \"hi\" \\"), "\"say \\\"hi\\\" \\\\\"", "\"say \\\"hi\\\" \\\\\""},
    {CL_STR_INIT("x\nlevel=info"), "\"x\\nlevel=info\"", "\"x\\nlevel=info\""},
    {CL_STR_INIT("\r\t\x1b[31m\x7f"), "\"\\x0d\\x09\\x1b[31m\\x7f\"",
     "\"\\u000d\\u0009\\u001b[31m\\u007f\""},
    {CL_STR_INIT("nul\0!"), "\"nul\\x00!\"", "\"nul\\u0000!\""},
    {CL_STR_INIT("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"", "\"gr\xc3\xbc\xc3\x9f\""},
    {CL_STR_INIT("c1 \xc2\x9b!"), "\"c1 \\x9b!\"", "\"c1 \\u009b!\""},
    {CL_STR_INIT("latin \xfc"), "\"latin \\xfc\"", "\"latin \\u00fc\""},
    {CL_STR_INIT("\xe2\x80\xa8"), "\"\xe2\x80\xa8\"", "\"\xe2\x80\xa8\""},
};

static struct cl_str value_of(struct cl_str line, struct cl_str before, size_t behind)
{
    while (line.len > 0 && !cl_str_starts(line, before))
        line = cl_str_skip(line, 1);
    struct cl_str value = cl_str_skip(line, before.len);
    return cl_str_first(value, value.len - behind);
}

static void values_cannot_break_out_of_their_line(void **state)
{
    struct sink text;
    struct sink json;
    char out[500];

    (void)state;
    sink_open(&text, CL_LOG_TEXT, CL_LOG_INFO);
    sink_open(&json, CL_LOG_JSON, CL_LOG_INFO);
    for (size_t i = 0; i < CL_COUNT(values); i++) {
        cl_log(text.log, CL_LOG_INFO, "e", CL_F_STR("v", values[i].value), CL_END);
        assert_str(value_of(sink_take(&text, out, sizeof(out)), CL_STR(" v="), 1), values[i].text);
        cl_log(json.log, CL_LOG_INFO, "e", CL_F_STR("v", values[i].value), CL_END);
        assert_str(value_of(sink_take(&json, out, sizeof(out)), CL_STR("\"v\":"), 2),
                   values[i].json);
    }
    sink_close(&text);
    sink_close(&json);
}

static void long_values_are_cut_between_characters(void **state)
{
    struct sink sink;
    char value[3000];
    char out[4000];

    (void)state;
    sink_open(&sink, CL_LOG_JSON, CL_LOG_INFO);
    for (size_t shift = 0; shift < 3; shift++) {
        (void)memset(value, 'x', sizeof(value));
        for (size_t at = shift; at + 3 <= sizeof(value); at += 3)
            (void)memcpy(value + at, "\xe2\x82\xac", 3);
        cl_log(sink.log, CL_LOG_INFO, "e", CL_F_STR("v", cl_str_make(value, sizeof(value))),
               CL_END);
        struct cl_str line = sink_take(&sink, out, sizeof(out));
        /* The value itself ends inside a character for some shifts, which makes it no UTF-8 as a
         * whole; what is shown is. */
        assert_true(cl_is_utf8(line));
        assert_true(line.len < 1200);
        assert_true(cl_str_ends(line, CL_STR("...\"}\n")));
    }
    sink_close(&sink);
}

static void events_below_the_level_are_dropped(void **state)
{
    static const enum cl_log_level levels[] = {CL_LOG_DEBUG, CL_LOG_INFO, CL_LOG_WARN,
                                               CL_LOG_ERROR};

    (void)state;
    for (size_t least = 0; least < CL_COUNT(levels); least++) {
        struct sink sink;
        sink_open(&sink, CL_LOG_TEXT, levels[least]);
        for (size_t level = 0; level < CL_COUNT(levels); level++) {
            char out[200];
            cl_log(sink.log, levels[level], "e", CL_END);
            assert_int_equal(sink_take(&sink, out, sizeof(out)).len > 0, level >= least);
        }
        sink_close(&sink);
    }
    cl_log(NULL, CL_LOG_ERROR, "nobody_listens", CL_END);
}

static void an_event_without_memory_loses_its_fields_only(void **state)
{
    struct sink sink;
    char out[500];

    (void)state;
    sink_open(&sink, CL_LOG_TEXT, CL_LOG_INFO);
    (void)cl_alloc_fail_at(2);
    cl_log(sink.log, CL_LOG_INFO, "important", CL_F("k", "v"), CL_END);
    (void)cl_alloc_fail_at(0);
    assert_str(sink_take(&sink, out, sizeof(out)), "event=important fields=lost\n");
    sink_close(&sink);
}

static void a_closed_stream_is_no_error(void **state)
{
    struct sink sink;

    (void)state;
    sink_open(&sink, CL_LOG_JSON, CL_LOG_INFO);
    (void)close(sink.fd);
    cl_log(sink.log, CL_LOG_INFO, "lost", CL_END);
    sink.fd = -1;
    sink_close(&sink);
}

static const struct {
    const char *name;
    enum cl_code rc;
    enum cl_log_level level;
} level_names[] = {
    {"debug", CL_OK, CL_LOG_DEBUG},        {"INFO", CL_OK, CL_LOG_INFO},
    {"warn", CL_OK, CL_LOG_WARN},          {"Warning", CL_OK, CL_LOG_WARN},
    {"error", CL_OK, CL_LOG_ERROR},        {"", CL_E_INVALID, CL_LOG_DEBUG},
    {"trace", CL_E_INVALID, CL_LOG_DEBUG},
};

static void levels_have_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(level_names); i++) {
        enum cl_log_level level = CL_LOG_DEBUG;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_log_level_parse(cl_str_of(level_names[i].name), &level, &err),
                         level_names[i].rc);
        assert_int_equal(level, level_names[i].level);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_line_of_pairs),
        cmocka_unit_test(an_event_can_be_a_json_object),
        cmocka_unit_test(values_cannot_break_out_of_their_line),
        cmocka_unit_test(long_values_are_cut_between_characters),
        cmocka_unit_test(events_below_the_level_are_dropped),
        cmocka_unit_test(an_event_without_memory_loses_its_fields_only),
        cmocka_unit_test(a_closed_stream_is_no_error),
        cmocka_unit_test(levels_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
