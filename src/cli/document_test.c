#include "cli/document.h"

#include "base/alloc.h"
#include "golden.h"
#include "test.h"

#define LOCK "\xF0\x9F\x94\x92"

static const char aws_markup[] =
    "# \xF0\x9F\x94\xB6 AWS Service Connector (connector type: aws)\n\n"
    "Authentication methods:\n\n"
    "- " LOCK " implicit\n- " LOCK " secret-key\n- " LOCK " sts-token\n- " LOCK " iam-role\n"
    "- " LOCK " session-token\n- " LOCK " federation-token\n\n"
    "Resource types:\n"
    "- \xF0\x9F\x94\xB6 aws-generic\n- \xF0\x9F\x93\xA6 s3-bucket\n"
    "- \xF0\x9F\x8C\x80 kubernetes-cluster\n- \xF0\x9F\x90\xB3 docker-registry\n\n"
    "Supports auto-configuration: True\n\nAvailable locally: True\n\nAvailable remotely: True\n\n"
    "The connector reaches `S3` buckets, **EKS** clusters and ECR registries. It is told in two\n"
    "lines here and wrapped at eighty columns there.\n\n---\n";

static void check(const char *golden, const char *markup, struct cl_look look)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);

    assert_ok(cl_document_render(cl_str_of(markup), &look, &out, &err), &err);
    assert_golden(golden, cl_buf_view(&out));
}

static void expect(const char *markup, struct cl_look look, const char *wanted)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);

    assert_ok(cl_document_render(cl_str_of(markup), &look, &out, &err), &err);
    assert_str(cl_buf_view(&out), wanted);
}

#define LOOK(...) ((struct cl_look){__VA_ARGS__})

static void draws_the_page_of_a_connector_type(void **state)
{
    (void)state;
    check("cli/document_aws.txt", aws_markup, LOOK(.width = 0));
    check("cli/document_aws.txt", aws_markup, LOOK(.width = 211));
}

static void draws_the_page_without_boxes_and_emoji(void **state)
{
    (void)state;
    check("cli/document_aws_ascii.txt", aws_markup, LOOK(.ascii = true));
}

static void follows_a_narrow_terminal(void **state)
{
    (void)state;
    check("cli/document_aws_40.txt", aws_markup, LOOK(.width = 40));
}

static void centres_box_titles_like_the_guide(void **state)
{
    (void)state;
    check("cli/document_s3_title.txt",
          "# \xF0\x9F\x93\xA6 AWS S3 bucket (resource type: s3-bucket)", LOOK(.width = 0));
}

static void wraps_a_long_title_inside_its_box(void **state)
{
    (void)state;
    check("cli/document_long_title.txt",
          "# a title that is so long that it does not fit into one line of the box and goes on",
          LOOK(.width = 0));
}

static void centres_second_level_headings_without_a_box(void **state)
{
    (void)state;
    expect(
        "# T\n\n## \xF0\x9F\x8C\x80 Kubernetes Service Connector (connector type: kubernetes)\n\nx",
        LOOK(.width = 0, .ascii = false),
        "╔══════════════════════════════════════════════════════════════════════════════╗\n"
        "║                                      T                                       ║\n"
        "╚══════════════════════════════════════════════════════════════════════════════╝\n"
        "\n\n"
        "          \xF0\x9F\x8C\x80 Kubernetes Service Connector (connector type: kubernetes)\n"
        "\nx\n");
}

static void moves_long_words_of_bullets_down_as_a_whole(void **state)
{
    (void)state;
    expect(
        "- ECR repository URI (canonical resource name):\n"
        "  [https://]{account}.dkr.ecr.{region}.amazonaws.com[/{repository-name}]\n"
        "- `project_id` {string, required}: GCP Project ID where the target resource is located.\n",
        LOOK(.width = 0),
        " • ECR repository URI (canonical resource name):\n"
        "   [https://]{account}.dkr.ecr.{region}.amazonaws.com[/{repository-name}]\n"
        " • project_id {string, required}: GCP Project ID where the target resource is\n"
        "   located.\n");
}

struct inline_row {
    const char *markup;
    const char *plain;
    const char *styled;
};

static void strips_or_styles_inline_marks(void **state)
{
    static const struct inline_row rows[] = {
        {"a `code` b", "a code b\n", "a \x1b[36mcode\x1b[0m b\n"},
        {"a **bold** b", "a bold b\n", "a \x1b[1mbold\x1b[0m b\n"},
        {"`arn:aws:s3:::*/**`", "arn:aws:s3:::*/**\n", "\x1b[36marn:aws:s3:::*/**\x1b[0m\n"},
        {"2 * 3 * 4", "2 * 3 * 4\n", "2 * 3 * 4\n"},
        {"\\`literal\\`", "`literal`\n", "`literal`\n"},
        {"an [array] (of) things", "an [array] (of) things\n", "an [array] (of) things\n"},
        {"[open", "[open\n", "[open\n"},
        {"trailing \\", "trailing \\\n", "trailing \\\n"},
        {"see [the docs](https://example.com/a)", "see the docs <https://example.com/a>\n",
         "see \x1b]8;;https://example.com/a\x1b\\the docs\x1b]8;;\x1b\\\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        expect(rows[i].markup, LOOK(.width = 0), rows[i].plain);
        if (strchr(rows[i].styled, 8) == NULL && strstr(rows[i].styled, "]8;") == NULL)
            expect(rows[i].markup, LOOK(.colour = true), rows[i].styled);
        else
            expect(rows[i].markup, LOOK(.hyperlinks = true), rows[i].styled);
    }
}

static void keeps_styles_across_wrapped_lines(void **state)
{
    (void)state;
    expect("**one two three four five six**", LOOK(.width = 20, .colour = true),
           "\x1b[1mone two three four\x1b[0m\n\x1b[1mfive six\x1b[0m\n");
}

static void literal_text_means_nothing(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_look look = {.width = 0, .hyperlinks = true};
    CL_AUTO(cl_buf) struct cl_buf markup = CL_BUF(4096);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    (void)state;
    cl_document_add_literal(&markup, CL_STR("# **not** a `title`\n- [x](y) \\ \x1b[31m"));
    assert_ok(cl_document_render(cl_buf_view(&markup), &look, &out, &err), &err);
    assert_str(cl_buf_view(&out), "# **not** a `title` - [x](y) \\ \\x1b[31m\n");
}

static void shows_hostile_addresses_harmlessly(void **state)
{
    (void)state;
    expect("[x](a\x1b\\b)", LOOK(.hyperlinks = true), "\x1b]8;;a\\x1b\\b\x1b\\x\x1b]8;;\x1b\\\n");
}

static void an_empty_page_is_empty(void **state)
{
    (void)state;
    expect("", LOOK(.width = 0), "");
    expect("\n\n\n", LOOK(.width = 0), "");
}

static void reports_every_failing_allocation(void **state)
{
    size_t blocks = cl_alloc_live_blocks();
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; code != CL_OK && nth < 2000; nth++) {
        struct cl_err err = CL_ERR_NONE;
        struct cl_look look = {.hyperlinks = true};
        struct cl_buf out = CL_BUF(1UL << 20U);
        (void)cl_alloc_fail_at(nth);
        code = cl_document_render(CL_STR("# T\n\na [l](u) `c`\n\n- b\n\n---"), &look, &out, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        cl_buf_cleanup(&out);
        assert_int_equal(code, err.code);
        assert_int_equal(cl_alloc_live_blocks(), blocks);
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_the_page_of_a_connector_type),
        cmocka_unit_test(draws_the_page_without_boxes_and_emoji),
        cmocka_unit_test(follows_a_narrow_terminal),
        cmocka_unit_test(centres_box_titles_like_the_guide),
        cmocka_unit_test(wraps_a_long_title_inside_its_box),
        cmocka_unit_test(centres_second_level_headings_without_a_box),
        cmocka_unit_test(moves_long_words_of_bullets_down_as_a_whole),
        cmocka_unit_test(strips_or_styles_inline_marks),
        cmocka_unit_test(keeps_styles_across_wrapped_lines),
        cmocka_unit_test(literal_text_means_nothing),
        cmocka_unit_test(shows_hostile_addresses_harmlessly),
        cmocka_unit_test(an_empty_page_is_empty),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
