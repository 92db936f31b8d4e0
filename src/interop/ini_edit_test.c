#include "interop/ini_edit.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "codec/ini.h"
#include "faults.h"
#include "interop/aws_profiles.h"
#include "test.h"

#define FILE_MAX 4096

#define OURS CL_INI_MARKER "\n[profile cleat]\nregion = us-east-1\ncredential_process = /bin/x y\n"
#define OURS_2 CL_INI_MARKER "\n# expires 2024-05-14T13:34:56Z\n[profile two]\ns3 =\n  a = b\n"
#define CHANGED CL_INI_MARKER "\n[profile cleat]\nregion = eu-west-1\n"

/* What stands in the files of people, editors and other tools. */
static const char *const messy[] = {
    "",
    "\n",
    "\n\n\n",
    "\r\n",
    " ",
    "# nothing but a comment",
    "# nothing but a comment\n",
    "[default]\nregion = us-east-1\n",
    "[default]\nregion = us-east-1",
    "[default]\nregion = us-east-1\n\n",
    "[default]\nregion = us-east-1\n\n\n\n",
    "[default]\nregion = us-east-1\n   ",
    "[default]\nregion = us-east-1\n\t\n",
    "[default]\r\nregion = us-east-1\r\n",
    "[default]\r\nregion = us-east-1\r\n\r\n",
    "[default]\r\nregion = us-east-1",
    "[default]\rregion = us-east-1\r",
    "\xEF\xBB\xBF",
    "\xEF\xBB\xBF[default]\nregion = us-east-1\n",
    "\xEF\xBB\xBF# a comment\r\n\r\n[default]\r\nk=v",
    "# above\n; and this\n[default]\nk = v\n# below, at the very end",
    "# above\n\n[default]\nk = v\n\n# below\n\n",
    "[a]\nk = v\n[a]\nk = w\n\n[b]\n[a]\nj = x\n",
    "[default]\ns3 =\n  max_concurrent_requests = 20\n\n  addressing_style = path",
    "[DEFAULT]\nk = %(x)s\n[profile \"my prof\"]\nK:V\n[profile a b]\nx = 1\n",
    "  [default]\n  k = v\n  # indented\n",
    "[profile cleat-2]\nk = v ; no comment\n[profile cleat.]\nKey = \xC3\xA9\n",
};

static enum cl_code run_edit(const char *text, const char *header, const char *section,
                             bool overwrite, struct cl_buf *ret, struct cl_err *err)
{
    struct cl_ini_edit edit = {.text = cl_str_of(text),
                               .header = cl_str_of(header),
                               .section = cl_str_of(section),
                               .overwrite = overwrite,
                               .same = cl_aws_config_same_profile};

    return cl_ini_edit(&edit, ret, err);
}

/* The new text, owned by the caller. */
static char *edited(const char *text, const char *header, const char *section, bool overwrite)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
    struct cl_err err = CL_ERR_NONE;
    char *copy = NULL;

    assert_ok(run_edit(text, header, section, overwrite, &out, &err), &err);
    cl_buf_add_c(&out, ""); /* an empty file is a text too */
    assert_ok(cl_str_dup(cl_buf_view(&out), &copy, &err), &err);
    return copy;
}

static void assert_edit(const char *text, const char *header, const char *section, const char *want)
{
    CL_AUTO(cl_string) char *got = edited(text, header, section, false);

    assert_string_equal(got, want);
}

static void assert_refused(const char *text, const char *header, const char *section,
                           enum cl_code code, const char *why)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(run_edit(text, header, section, false, &out, &err), code);
    assert_int_equal(err.code, code);
    assert_non_null(strstr(err.text, why));
    assert_int_equal(out.len, 0);
}

/* --- one section --------------------------------------------------------------------------- */

static void appends_behind_one_blank_line(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"", OURS},
        {"[a]\nk = v\n", "[a]\nk = v\n\n" OURS},
        {"[a]\nk = v\n\n", "[a]\nk = v\n\n\n" OURS},
        {"[a]\r\nk = v\r\n", "[a]\r\nk = v\r\n\n" OURS},
        /* The missing line end is what tells a file like this one from the one above. */
        {"[a]\nk = v", "[a]\nk = v\n" OURS},
        {"# note", "# note\n" OURS},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_edit(rows[i].text, "profile cleat", OURS, rows[i].want);
}

static void replaces_its_section_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {OURS, CHANGED},
        {"[a]\nk = v\n\n" OURS "\n[b]\nk = w\n", "[a]\nk = v\n\n" CHANGED "\n[b]\nk = w\n"},
        /* Comments and blanks behind the last setting are somebody's. */
        {OURS "# note\n\n; another\n[b]\n", CHANGED "# note\n\n; another\n[b]\n"},
        {"# theirs\n" OURS "[b]\n", "# theirs\n" CHANGED "[b]\n"},
        /* A setting that was added by hand goes: the section is ours. */
        {OURS "output = json\n[b]\n", CHANGED "[b]\n"},
        {CL_INI_MARKER "\r\n[profile cleat]\r\nk = v\r\n\r\n[b]\r\n", CHANGED "\r\n[b]\r\n"},
        {CL_INI_MARKER "\n[profile cleat]\nk = v", CHANGED},
        {CL_INI_MARKER "\n[profile cleat]", CHANGED},
        {"  " CL_INI_MARKER "  \n[profile cleat]\n", CHANGED},
        {"\xEF\xBB\xBF" OURS, "\xEF\xBB\xBF" CHANGED},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_edit(rows[i].text, "profile cleat", CHANGED, rows[i].want);
}

static void removes_its_section_and_the_blank_line_before_it(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {OURS, ""},
        {"[a]\nk = v\n\n" OURS, "[a]\nk = v\n"},
        {"[a]\nk = v\n\n" OURS "\n[b]\n", "[a]\nk = v\n\n[b]\n"},
        {"[a]\nk = v\n" OURS "[b]\n", "[a]\nk = v\n[b]\n"},
        {OURS "\n[b]\n", "\n[b]\n"},
        {"# theirs\n" OURS "# and theirs\n", "# theirs\n# and theirs\n"},
        /* An editor made all of it CR LF. */
        {"[a]\r\n\r\n" CL_INI_MARKER "\r\n[profile cleat]\r\nk = v\r\n", "[a]\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_edit(rows[i].text, "profile cleat", "", rows[i].want);
}

static void refuses_a_section_that_it_did_not_write(void **state)
{
    static const char *const texts[] = {
        "[profile cleat]\nregion = us-east-1\n",
        "# a comment\n[profile cleat]\nregion = us-east-1\n",
        /* The marker counts directly above the header only, and only as a line of its own. */
        CL_INI_MARKER "\n\n[profile cleat]\n",
        CL_INI_MARKER "\n[other]\n[profile cleat]\n",
        CL_INI_MARKER " no more\n[profile cleat]\n",
        "#" CL_INI_MARKER "\n[profile cleat]\n",
        "[profile cleat]\n" CL_INI_MARKER "\n",
        /* One of two is somebody else's. */
        OURS "\n[profile cleat]\nrole_arn = x\n",
        "[profile cleat]\nrole_arn = x\n\n" OURS,
        /* Other spellings of the same profile. */
        "[profile \"cleat\"]\nregion = us-east-1\n",
        "[profile 'cleat']\nregion = us-east-1\n",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++)
        assert_refused(texts[i], "profile cleat", OURS, CL_E_CONFLICT, "[profile cleat]");
    for (size_t i = 0; i < 6; i++)
        assert_refused(texts[i], "profile cleat", "", CL_E_CONFLICT, "not written by cleat");
    assert_refused("[profile default]\nregion = x\n", "default", OURS, CL_E_CONFLICT, "[default]");
}

static void removes_its_own_of_two(void **state)
{
    (void)state;
    assert_edit(OURS "\n[profile cleat]\nrole_arn = x\n", "profile cleat", "",
                "\n[profile cleat]\nrole_arn = x\n");
    assert_edit("[profile cleat]\nrole_arn = x\n\n" OURS, "profile cleat", "",
                "[profile cleat]\nrole_arn = x\n");
}

static void overwrites_every_section_of_that_name(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"[profile cleat]\nk = v\n", OURS},
        {"# theirs\n[profile cleat]\nk = v\n# more\n[b]\n", "# theirs\n" OURS "# more\n[b]\n"},
        {"[profile cleat]\nk = v\n[b]\nj = w\n[profile \"cleat\"]\nk = w\n[c]\n",
         "[b]\nj = w\n" OURS "[c]\n"},
        {OURS "[b]\n[profile cleat]\nk = w\n", "[b]\n" OURS},
        {"[profile cleat]\nk = w\n[b]\n" OURS, "[b]\n" OURS},
        {"[b]\n", "[b]\n\n" OURS},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_string) char *got = edited(rows[i].text, "profile cleat", OURS, true);
        assert_string_equal(got, rows[i].want);
    }
}

static void leaves_similar_names_alone(void **state)
{
    static const char text[] =
        "[cleat]\nk = v\n[profile cleat x]\n[ profile cleat ]\n[profile Cleat]\n"
        "[sso-session cleat]\n[DEFAULT]\nk = v\n";

    (void)state;
    CL_AUTO(cl_string) char *got = edited(text, "profile cleat", OURS, false);
    assert_int_equal(strncmp(got, text, strlen(text)), 0);
    assert_refused(text, "profile cleat", "", CL_E_NOT_FOUND, "no section [profile cleat]");
    assert_refused("", "profile cleat", "", CL_E_NOT_FOUND, "no section");
}

static void compares_headers_as_they_stand_without_a_rule(void **state)
{
    struct cl_ini_edit edit = {.text = CL_STR("[profile \"a\"]\nk = v\n"),
                               .header = CL_STR("profile a"),
                               .section = CL_STR("[profile a]\n")};
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_ini_edit(&edit, &out, &err), &err);
    assert_str(cl_buf_view(&out), "[profile \"a\"]\nk = v\n\n[profile a]\n");
}

static void touches_no_file_that_does_not_parse(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"region = us-east-1\n", "line 1"},
        {"[default]\nregion\n", "line 2"},
        {"[default]\ns3 =\n  addressing_style\n", "line 3"},
        {"[default]\nk = \xFF\n", "UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        assert_refused(rows[i].text, "profile cleat", OURS, CL_E_LOCAL_CONFIG, rows[i].why);
        assert_refused(rows[i].text, "profile cleat", "", CL_E_LOCAL_CONFIG, rows[i].why);
    }
}

static void says_when_the_new_file_is_too_large(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf small = CL_BUF(32);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(run_edit("[a]\n", "profile cleat", OURS, false, &small, &err), CL_E_INVALID);
}

/* --- round trips --------------------------------------------------------------------------- */

/* The section is there and says what was written. */
static void assert_holds(const char *text, const char *header, const char *key, const char *value)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_ini_parse(cl_str_of(text), &ini, &err), &err);
    assert_str(cl_ini_get(ini, cl_str_of(header), key), value);
}

static void check_round_trip(const char *text)
{
    CL_AUTO(cl_string) char *with = edited(text, "profile cleat", OURS, false);
    CL_AUTO(cl_string) char *again = edited(with, "profile cleat", OURS, false);
    CL_AUTO(cl_string) char *changed = edited(with, "profile cleat", CHANGED, false);
    CL_AUTO(cl_string) char *back = edited(changed, "profile cleat", "", false);

    assert_int_equal(strncmp(with, text, strlen(text)), 0);
    assert_holds(with, "profile cleat", "region", "us-east-1");
    assert_string_equal(again, with);
    assert_holds(changed, "profile cleat", "region", "eu-west-1");
    assert_string_equal(back, text);
}

static void check_two_sections(const char *text, bool first_goes_first)
{
    CL_AUTO(cl_string) char *one = edited(text, "profile cleat", OURS, false);
    CL_AUTO(cl_string) char *two = edited(one, "profile two", OURS_2, false);
    const char *order[] = {"profile cleat", "profile two"};
    CL_AUTO(cl_string) char *less = edited(two, order[!first_goes_first], "", false);
    CL_AUTO(cl_string) char *none = edited(less, order[first_goes_first], "", false);

    assert_holds(two, "profile cleat", "region", "us-east-1");
    assert_holds(two, "profile two", "s3", "\na = b");
    assert_string_equal(none, text);
}

static void restores_every_file_byte_for_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(messy); i++) {
        check_round_trip(messy[i]);
        check_two_sections(messy[i], true);
        check_two_sections(messy[i], false);
    }
}

static void keeps_what_others_add_behind_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(messy); i++) {
        CL_AUTO(cl_string) char *with = edited(messy[i], "profile cleat", OURS, false);
        CL_AUTO(cl_buf) struct cl_buf more = CL_BUF(FILE_MAX);
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(FILE_MAX);
        cl_buf_addf(&more, "%s\n# theirs\n[profile later]\nk = v\n", with);
        cl_buf_addf(&want, "%s\n# theirs\n[profile later]\nk = v\n", messy[i]);
        CL_AUTO(cl_string) char *changed = edited(more.ptr, "profile cleat", CHANGED, false);
        CL_AUTO(cl_string) char *back = edited(changed, "profile cleat", "", false);
        assert_string_equal(back, want.ptr);
    }
}

/* Files made of random pieces; a fixed seed, so that a failure can be repeated. */
static const char *const pieces[] = {
    "[default]", "[profile x]", "[profile \"x\"]", "[x]",       "region = us-east-1", "k:v",
    "k =",       "  a = b",     "# comment",       "; comment", CL_INI_MARKER "x",    "",
    "   ",       "\t",          "[broken",
};
static const char *const ends[] = {"\n", "\n", "\n", "\r\n", "\n\n", ""};

static size_t draw(uint64_t *seed, size_t count)
{
    *seed ^= *seed << 13U;
    *seed ^= *seed >> 7U;
    *seed ^= *seed << 17U;
    return (size_t)(*seed % count);
}

static void restores_random_files(void **state)
{
    const int rounds = getenv("CLEAT_TEST_SHORT") == NULL ? 3000 : 60;
    uint64_t seed = 20240514;
    int parsed = 0;

    (void)state;
    for (int round = 0; round < rounds; round++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(FILE_MAX);
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
        struct cl_err err = CL_ERR_NONE;
        cl_buf_add_c(&text, draw(&seed, 8) == 0 ? "\xEF\xBB\xBF" : "");
        for (size_t left = draw(&seed, 12); left > 0; left--) {
            cl_buf_add_c(&text, pieces[draw(&seed, CL_COUNT(pieces))]);
            cl_buf_add_c(&text, ends[draw(&seed, CL_COUNT(ends))]);
        }
        cl_buf_add_c(&text, "");
        const char *given = text.ptr == NULL ? "" : text.ptr;
        if (run_edit(given, "profile cleat", OURS, false, &out, &err) != CL_OK) {
            assert_int_equal(err.code, CL_E_LOCAL_CONFIG);
            continue;
        }
        parsed++;
        check_round_trip(given);
        check_two_sections(given, round % 2 == 0);
    }
    assert_true(parsed > rounds / 6);
}

/* --- memory -------------------------------------------------------------------------------- */

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);

    return run_edit(ctx, "profile cleat", CHANGED, true, &out, err);
}

static void reports_every_failing_allocation(void **state)
{
    char appended[] = "[profile b]\nk = v\n";
    char replaced[] = "[profile \"cleat\"]\nk = v\n" OURS "[c]\n";

    (void)state;
    assert_true(fail_each_allocation(attempt, appended) > 3);
    assert_true(fail_each_allocation(attempt, replaced) > 3);
}

/* --- finding -------------------------------------------------------------------------------- */

static bool has_line(void *ctx, struct cl_str header, struct cl_str comments)
{
    (void)header;
    return cl_str_contains(comments, cl_str_of(ctx));
}

static void finds_what_it_wrote_by_its_comments(void **state)
{
    static char line[] = "# connector a\n";
    static const char text[] =
        "# connector a\n[foreign]\nk = v\n\n" CL_INI_MARKER
        "\n# connector a\n[profile one]\nk = v\n\n" CL_INI_MARKER
        "\n# connector b\n[profile two]\n\n# connector a\n" CL_INI_MARKER
        "\n[profile three]\n\n" CL_INI_MARKER "\n# more\n# connector a\n[four]\n";
    CL_AUTO(cl_strs) struct cl_strs found = CL_STRS_NONE;
    CL_AUTO(cl_string) char *headers = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_ini_find_ours(cl_str_of(text), has_line, line, &found, &err), &err);
    assert_ok(cl_strs_join(&found, ",", &headers, &err), &err);
    assert_string_equal(headers, "profile one,four");
    assert_int_equal(cl_ini_find_ours(CL_STR("[a\n"), has_line, line, &found, &err),
                     CL_E_LOCAL_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_behind_one_blank_line),
        cmocka_unit_test(replaces_its_section_and_nothing_else),
        cmocka_unit_test(removes_its_section_and_the_blank_line_before_it),
        cmocka_unit_test(refuses_a_section_that_it_did_not_write),
        cmocka_unit_test(removes_its_own_of_two),
        cmocka_unit_test(overwrites_every_section_of_that_name),
        cmocka_unit_test(leaves_similar_names_alone),
        cmocka_unit_test(compares_headers_as_they_stand_without_a_rule),
        cmocka_unit_test(touches_no_file_that_does_not_parse),
        cmocka_unit_test(says_when_the_new_file_is_too_large),
        cmocka_unit_test(restores_every_file_byte_for_byte),
        cmocka_unit_test(keeps_what_others_add_behind_it),
        cmocka_unit_test(restores_random_files),
        cmocka_unit_test(finds_what_it_wrote_by_its_comments),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
