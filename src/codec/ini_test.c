#include "codec/ini.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "faults.h"
#include "test.h"

static struct cl_ini *parsed(struct cl_str text)
{
    struct cl_ini *ini = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_ini_parse(text, &ini, &err), &err);
    return ini;
}

/* "section.key=value;" for every entry, with \n as N. */
static void show_entries(const struct cl_ini *ini, struct cl_buf *out)
{
    for (size_t i = 0; i < cl_ini_entry_count(ini); i++) {
        const struct cl_ini_entry *entry = cl_ini_entry(ini, i);
        cl_buf_add(out, cl_ini_section(ini, entry->section)->name);
        cl_buf_addf(out, ".%.*s=", CL_STR_ARG(entry->key));
        for (size_t at = 0; at < entry->value.len; at++)
            cl_buf_add_char(out, entry->value.ptr[at] == '\n' ? 'N' : entry->value.ptr[at]);
        cl_buf_add_char(out, ';');
    }
}

static const struct {
    const char *text, *entries;
} files[] = {
    {"", ""},
    {"\n\n# only a comment\n", ""},
    {"[a]", ""},
    {"[a]\nk=v\n", "a.k=v;"},
    {"[a]\nk = v", "a.k=v;"},
    /* headers */
    {"[default] # x\nk=v\n", "default.k=v;"},
    {"[a]b]c\nk=v\n", "a]b.k=v;"}, /* up to the last bracket */
    {"[ profile x ]\nk=v\n", " profile x .k=v;"},
    {"[profile \"my prof\"]\nk=v\n", "profile \"my prof\".k=v;"},
    {"  [a]\nk=v\n", "a.k=v;"}, /* nothing to continue */
    {"[a]\n  [b]\nk=v\n", "b.k=v;"},
    {"[a]\nk=v\n [b]\n", "a.k=vN[b];"}, /* continues the key above */
    {"[a]\n  k=v\n  [b]\nx=y\n", "a.k=v;b.x=y;"},
    {"[a]\nk=v\n[b]\nk=w\n", "a.k=v;b.k=w;"},
    /* keys and values */
    {"[a]\nk : v\n", "a.k=v;"},
    {"[a]\nk=a=b:c\n", "a.k=a=b:c;"},
    {"[a]\nk:a=b\n", "a.k=a=b;"},
    {"[a]\nKey_Name = Value\n", "a.key_name=Value;"},
    {"[a]\nk e y = v\n", "a.k e y=v;"},
    {"[a]\nk = %(x)s $HOME \"q\" 'r' \\n\n", "a.k=%(x)s $HOME \"q\" 'r' \\n;"},
    {"[a]\nk =\n", "a.k=;"},
    {"[a]\nk = \t \n", "a.k=;"},
    {"[a]\n[x = y\n", "a.[x=y;"}, /* no header without its bracket */
    {"[a]\n[] = y\n", "a.[]=y;"},
    {"[a]\nk = gr\xc3\xbc\xc3\x9f\n", "a.k=gr\xc3\xbc\xc3\x9f;"},
    /* comments */
    {"[a]\n# c\n; c\n   # c\nk=v\n", "a.k=v;"},
    {"[a]\nk=v\n  # c\n  w\n", "a.k=vNw;"}, /* a comment does not end a value */
    {"[a]\nk = v # not a comment\n", "a.k=v # not a comment;"},
    {"[a]\nk = v ; not a comment\n", "a.k=v ; not a comment;"},
    /* continuation */
    {"[a]\nk=v\n j = w\n", "a.k=vNj = w;"},
    {"[a]\nk=v\n\tw\n   x\n", "a.k=vNwNx;"},
    {"[a]\nk=v\n\n w\n", "a.k=vNNw;"}, /* a blank line inside */
    {"[a]\nk=v\n\n\nx=y\n", "a.k=v;a.x=y;"},
    {"[a]\nk=v\n\n\n", "a.k=v;"},
    {"[a]\nk=v\n   \n w\n", "a.k=vNNw;"},
    {"[a]\n  k=v\n  x=y\n", "a.k=v;a.x=y;"}, /* as deep is not deeper */
    {"[a]\n  k=v\n w=x\n", "a.k=v;a.w=x;"},
    {"[a]\n  k=v\n   w=x\n", "a.k=vNw=x;"},
    {"[a]\nk=v\n[b]\n w=x\n", "a.k=v;b.w=x;"}, /* a header ends it */
    /* maps */
    {"[a]\ns3 =\n  x = y\n  z=w\nk=v\n", "a.s3=Nx = yNz=w;a.k=v;"},
    {"[a]\ns3 =\n\n  x = y\n", "a.s3=NNx = y;"},
    /* line ends */
    {"[a]\r\nk = v\r\n w\r\n\r\nx=y\r\n", "a.k=vNw;a.x=y;"},
    {"[a]\rk = v\rx=y", "a.k=v;a.x=y;"},
    {"[a]\n\rk=v\n", "a.k=v;"},
};

static void reads_files_as_the_aws_tools_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(files); i++) {
        CL_AUTO(cl_ini) struct cl_ini *ini = parsed(cl_str_of(files[i].text));
        CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(500);
        show_entries(ini, &shown);
        assert_str(cl_buf_view(&shown), files[i].entries);
        assert_int_equal(cl_ini_warning_count(ini), 0);
    }
}

static const struct {
    struct cl_str text;
    const char *complaint;
} refused[] = {
    {CL_STR_INIT("[a]\nkey\n"), "line 2: neither a [section] nor a key"},
    {CL_STR_INIT("[a]\nk=v\nkey\n"), "line 3: neither"},
    {CL_STR_INIT("[]\n"), "line 1: text before the first [section]"},
    {CL_STR_INIT("[a]\n[]\n"), "line 2: neither"},
    {CL_STR_INIT("k=v\n[a]\n"), "line 1: text before the first [section]"},
    {CL_STR_INIT("\n\n# c\n  k=v\n"), "line 4: text before"},
    {CL_STR_INIT("[a]\n= v\n"), "line 2: no key before"},
    {CL_STR_INIT("[a]\n: v\n"), "line 2: no key before"},
    {CL_STR_INIT("[a]\ns3 =\n  x = y\n  broken\n"), "line 4: an indented line"},
    {CL_STR_INIT("[a]\ns3 =\n  x : y\n"), "line 3: an indented line"},
    {CL_STR_INIT("[a]\nk = \xff\n"), "not valid UTF-8"},
    {CL_STR_INIT("[a]\nk = a\0b\n"), "a NUL byte"},
};

static void refuses_files_that_are_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(refused); i++) {
        struct cl_ini *ini = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_ini_parse(refused[i].text, &ini, &err), CL_E_INVALID);
        assert_null(ini);
        if (strstr(err.text, refused[i].complaint) == NULL)
            fail_msg("case %zu: %s", i, err.text);
    }
}

static void errors_never_quote_the_file(void **state)
{
    struct cl_ini *ini = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_ini_parse(CL_STR("[a]\ncanary-value\n"), &ini, &err), CL_E_INVALID);
    assert_null(strstr(err.text, "canary"));
}

/* What is accepted although other tools refuse it, and the warning for it. */
static const struct {
    const char *text, *entries;
    size_t line;
    const char *warning;
} tolerated[] = {
    {"\xef\xbb\xbf[a]\nk=v\n", "a.k=v;", 1, "byte order mark"},
    {"[a]\nk=1\nK=2\n", "a.k=1;a.k=2;", 3, "key is there twice"},
    {"[a]\nk=1\n[b]\nk=2\n[a]\nj=3\n", "a.k=1;b.k=2;a.j=3;", 5, "section is there twice"},
    {"[DEFAULT]\nk=1\n[a]\n", "DEFAULT.k=1;", 1, "[DEFAULT] is ignored"},
    {"[a]\nregion = us-east-1 # x\n", "a.region=us-east-1;", 2, "comment behind a value"},
    {"[a]\nregion = us-east-1\t;x\n", "a.region=us-east-1;", 2, "comment behind a value"},
    {"[a]\nRegion = us-east-1 # x ; y\n", "a.region=us-east-1;", 2, "comment behind a value"},
    {"[a]\noutput = json # x\n", "a.output=json;", 2, "comment behind a value"},
    {"[a]\ns3_use_arn_region = true ; x\n", "a.s3_use_arn_region=true;", 2, "comment behind"},
};

static void tolerates_some_mistakes_with_a_warning(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(tolerated); i++) {
        CL_AUTO(cl_ini) struct cl_ini *ini = parsed(cl_str_of(tolerated[i].text));
        CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(500);
        show_entries(ini, &shown);
        assert_str(cl_buf_view(&shown), tolerated[i].entries);
        assert_int_equal(cl_ini_warning_count(ini), 1);
        assert_int_equal(cl_ini_warning(ini, 0)->line, tolerated[i].line);
        if (strstr(cl_ini_warning(ini, 0)->text, tolerated[i].warning) == NULL)
            fail_msg("%s", cl_ini_warning(ini, 0)->text);
    }
}

static void only_simple_values_lose_comments(void **state)
{
    CL_AUTO(cl_ini)
    struct cl_ini *ini = parsed(CL_STR("[a]\n"
                                       "region = us-east-1#x\n"
                                       "output = #x\n"
                                       "aws_secret_access_key = abc #def\n"
                                       "role_arn = arn ;x\n"));

    (void)state;
    assert_str(cl_ini_get(ini, CL_STR("a"), "region"), "us-east-1#x"); /* no blank before it */
    assert_str(cl_ini_get(ini, CL_STR("a"), "output"), "#x");
    assert_str(cl_ini_get(ini, CL_STR("a"), "aws_secret_access_key"), "abc #def");
    assert_str(cl_ini_get(ini, CL_STR("a"), "role_arn"), "arn ;x");
    assert_int_equal(cl_ini_warning_count(ini), 0);
}

static const char messy[] = "# managed elsewhere\n"
                            "[default]\n"
                            "region = eu-central-1\n"
                            "\n"
                            "[profile a]\n"
                            "region = us-east-1\n"
                            "s3 =\n"
                            "    addressing_style = path\n"
                            "    max_queue_size=10\n"
                            "    addressing_style = virtual\n"
                            "output = json\n"
                            "[profile b]\n"
                            "[profile a]\n"
                            "region = us-west-2\n"
                            "output =\n"
                            "[DEFAULT]\n"
                            "region = nowhere\n";

static void sections_of_one_name_are_one_and_the_last_wins(void **state)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = parsed(cl_str_of(messy));
    struct cl_str a = CL_STR("profile a");

    (void)state;
    assert_str(cl_ini_get(ini, CL_STR("default"), "region"), "eu-central-1");
    assert_str(cl_ini_get(ini, a, "region"), "us-west-2");
    assert_str(cl_ini_get(ini, a, "output"), "");
    assert_non_null(cl_ini_lookup(ini, a, "output")); /* empty is not absent */
    assert_int_equal(cl_ini_lookup(ini, a, "output")->line, 15);
    assert_null(cl_ini_lookup(ini, a, "absent"));
    assert_null(cl_ini_lookup(ini, CL_STR("profile b"), "region"));
    assert_non_null(cl_ini_find(ini, CL_STR("profile b")));
    assert_int_equal(cl_ini_find(ini, a)->line, 13);
    assert_null(cl_ini_find(ini, CL_STR("profile c")));
    assert_null(cl_ini_find(ini, CL_STR("DEFAULT")));
    assert_null(cl_ini_lookup(ini, CL_STR("DEFAULT"), "region"));
}

static void maps_are_read_by_name(void **state)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = parsed(cl_str_of(messy));
    struct cl_str a = CL_STR("profile a");

    (void)state;
    assert_str(cl_ini_nested(ini, a, "s3", "addressing_style"), "virtual"); /* the last */
    assert_str(cl_ini_nested(ini, a, "s3", "max_queue_size"), "10");
    assert_str(cl_ini_nested(ini, a, "s3", "absent"), "");
    assert_str(cl_ini_nested(ini, a, "region", "us-west-2"), "");
    assert_str(cl_ini_nested(ini, a, "absent", "x"), "");
}

/* Ranges, with the text of the file that they cover. */
static const char layout[] = "; file comment\n"
                             "\n"
                             "# about one\n"
                             "; more about one\n"
                             "[one]\n"
                             "a = 1\n"
                             "  continued\n"
                             "\n"
                             "# stray\n"
                             "\n"
                             "# about two\r\n"
                             "[two]\r\n"
                             "b = 2\r\n"
                             "# inside two\n"
                             "c = 3\n"
                             "[three]\n"
                             "[four]\n"
                             "d = 4\n"
                             "\n"
                             "# the end";

static const struct {
    const char *lead, *body, *behind;
} ranges[] = {
    {"# about one\n; more about one\n", "[one]\na = 1\n  continued\n",
     "\n# stray\n\n# about two\r\n"},
    {"# about two\r\n", "[two]\r\nb = 2\r\n# inside two\nc = 3\n", ""},
    {"", "[three]\n", ""},
    {"", "[four]\nd = 4\n", "\n# the end"},
};

static struct cl_str range(size_t start, size_t end)
{
    assert_true(start <= end && end < sizeof(layout));
    return cl_str_make(layout + start, end - start);
}

static void sections_know_their_bytes(void **state)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = parsed(cl_str_of(layout));

    (void)state;
    assert_int_equal(cl_ini_section_count(ini), CL_COUNT(ranges));
    for (size_t i = 0; i < CL_COUNT(ranges); i++) {
        const struct cl_ini_section *section = cl_ini_section(ini, i);
        assert_str(range(section->lead, section->start), ranges[i].lead);
        assert_str(range(section->start, section->body_end), ranges[i].body);
        assert_str(range(section->body_end, section->end), ranges[i].behind);
    }
    assert_int_equal(cl_ini_section(ini, 0)->line, 5);
    assert_int_equal(cl_ini_section(ini, 3)->line, 17);
}

static void a_byte_order_mark_shifts_the_ranges(void **state)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = parsed(CL_STR("\xef\xbb\xbf[a]\nk=v\n"));
    const struct cl_ini_section *section = cl_ini_section(ini, 0);

    (void)state;
    assert_int_equal(section->line, 1);
    assert_int_equal(section->start, 3);
    assert_int_equal(section->lead, 3);
    assert_int_equal(section->end, 11);
}

static enum cl_code parse_many(const char *line, size_t times)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2 * CL_INI_MAX_BYTES);
    CL_AUTO(cl_ini) struct cl_ini *ini = NULL;
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_c(&text, "[a]\n");
    cl_buf_add_repeat(&text, line, times);
    return cl_ini_parse(cl_buf_view(&text), &ini, &err);
}

static void size_and_numbers_are_limited(void **state)
{
    (void)state;
    assert_int_equal(parse_many("k=v\n", 512), CL_OK);
    assert_int_equal(parse_many("k=v\n", 513), CL_E_INVALID);
    assert_int_equal(parse_many("[b]\n", 4095), CL_OK);
    assert_int_equal(parse_many("[b]\n", 4096), CL_E_INVALID);
    assert_int_equal(parse_many("#", CL_INI_MAX_BYTES - 4), CL_OK);
    assert_int_equal(parse_many("#", CL_INI_MAX_BYTES - 3), CL_E_INVALID);
    assert_int_equal(parse_many("\n", CL_INI_MAX_BYTES - 4), CL_OK);
}

static const struct {
    const char *header, *kind, *name; /* NULL: of another form */
} headers[] = {
    {"profile a", "profile", "a"},
    {"profile \"my prof\"", "profile", "my prof"},
    {"profile 'my prof'", "profile", "my prof"},
    {"profile\tmy\\ prof ", "profile", "my prof"},
    {"profile default", "profile", "default"},
    {"sso-session main", "sso-session", "main"},
    {"profile a b", "profile", NULL},
    {"profile", "profile", NULL},
    {"profile ", "profile", NULL},
    {" profile a", "profile", NULL},
    {"profiles a", "profile", NULL},
    {"\"profile\" a", "profile", NULL},
    {"default", "profile", NULL},
    {"foo", "profile", NULL},
    {"profile \"open", "profile", NULL},
    {"sso-session main", "profile", NULL},
};

static void headers_of_two_words_name_something(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(headers); i++) {
        CL_AUTO(cl_string) char *name = NULL;
        struct cl_err err = CL_ERR_NONE;
        enum cl_code rc =
            cl_ini_header_name(cl_str_of(headers[i].header), headers[i].kind, &name, &err);
        assert_int_equal(rc, headers[i].name == NULL ? CL_E_NOT_FOUND : CL_OK);
        assert_str(cl_str_of(name), headers[i].name);
    }
}

static enum cl_code parse_and_look_up(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = NULL;
    CL_AUTO(cl_string) char *name = NULL;

    CL_TRY(cl_ini_parse(cl_str_of(ctx), &ini, err));
    return cl_ini_header_name(cl_ini_section(ini, 1)->name, "profile", &name, err);
}

static void ini_survives_lack_of_memory(void **state)
{
    char copy[sizeof(messy)];

    (void)state;
    (void)memcpy(copy, messy, sizeof(messy));
    assert_true(fail_each_allocation(parse_and_look_up, copy) > 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_files_as_the_aws_tools_do),
        cmocka_unit_test(refuses_files_that_are_broken),
        cmocka_unit_test(errors_never_quote_the_file),
        cmocka_unit_test(tolerates_some_mistakes_with_a_warning),
        cmocka_unit_test(only_simple_values_lose_comments),
        cmocka_unit_test(sections_of_one_name_are_one_and_the_last_wins),
        cmocka_unit_test(maps_are_read_by_name),
        cmocka_unit_test(sections_know_their_bytes),
        cmocka_unit_test(a_byte_order_mark_shifts_the_ranges),
        cmocka_unit_test(size_and_numbers_are_limited),
        cmocka_unit_test(headers_of_two_words_name_something),
        cmocka_unit_test(ini_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
