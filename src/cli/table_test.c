#include "cli/table.h"

#include "base/alloc.h"
#include "golden.h"
#include "test.h"

#define DIAMOND "\xF0\x9F\x94\xB6"
#define BOX "\xF0\x9F\x93\xA6"
#define CYCLONE "\xF0\x9F\x8C\x80"
#define WHALE "\xF0\x9F\x90\xB3"
#define BANG "\xF0\x9F\x92\xA5"
#define AWS4                                                                          \
    DIAMOND " aws-generic\n" BOX " s3-bucket\n" CYCLONE " kubernetes-cluster\n" WHALE \
            " docker-registry"

static const struct cl_column resource_columns[] = {
    {"connector_id", "CONNECTOR ID", CL_COLUMN_FIXED},
    {"connector_name", "CONNECTOR NAME", CL_COLUMN_NAME},
    {"connector_type", "CONNECTOR TYPE", CL_COLUMN_FIXED},
    {"resource_type", "RESOURCE TYPE", CL_COLUMN_FIXED},
    {"resource_names", "RESOURCE NAMES", CL_COLUMN_FREE},
};

static const struct cl_column short_columns[] = {
    {"resource_type", "RESOURCE TYPE", CL_COLUMN_FIXED},
    {"resource_names", "RESOURCE NAMES", CL_COLUMN_FREE},
};

static const char *const vector_a[] = {
    "ffbec8d7-b931-46c3-bcc5-c6252c52ee5f",
    "aws-auto",
    DIAMOND " aws",
    BOX " s3-bucket",
    "s3://zenfiles\ns3://a-rather-long-bucket-name-for-tests",
    "c732c768-3992-4cbd-8738-d02cd7b6b340",
    "kubernetes-auto",
    CYCLONE " kubernetes",
    CYCLONE " kubernetes-cluster",
    BANG " error: authorization failure: (401)\nReason: Unauthorized",
};

static struct cl_table *table_of(enum cl_table_shape shape, const char *title,
                                 const struct cl_column *columns, size_t count,
                                 const char *const *cells, size_t cell_count)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_table *table = NULL;

    assert_ok(cl_table_new(shape, title, columns, count, &table, &err), &err);
    for (size_t i = 0; i < cell_count; i++) {
        if (i % count == 0)
            cl_table_row(table);
        cl_table_cell_c(table, cells[i]);
    }
    return table;
}

static void check(const char *golden, struct cl_table *table, struct cl_look look)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_table) struct cl_table *owned = table;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);

    assert_ok(cl_table_render(owned, &look, &out, NULL, NULL, &err), &err);
    assert_golden(golden, cl_buf_view(&out));
}

#define RESOURCES(cells) table_of(CL_TABLE_LIST, NULL, resource_columns, 5, cells, CL_COUNT(cells))
#define LOOK(...) ((struct cl_look){__VA_ARGS__})

static void draws_natural_widths_when_there_is_room(void **state)
{
    (void)state;
    check("cli/vector_a.txt", RESOURCES(vector_a), LOOK(.width = 0));
    check("cli/vector_a.txt", RESOURCES(vector_a), LOOK(.width = 142));
    check("cli/vector_a.txt", RESOURCES(vector_a), LOOK(.width = 142, .wrap = CL_WRAP_SMART));
}

static void folds_to_a_narrow_terminal(void **state)
{
    (void)state;
    check("cli/vector_a_fold_100.txt", RESOURCES(vector_a), LOOK(.width = 100));
}

static void draws_the_table_of_a_connected_store(void **state)
{
    static const char *const cells[] = {"ffbec8d7-b931-46c3-bcc5-c6252c52ee5f", "aws-auto",
                                        DIAMOND " aws", BOX " s3-bucket", "s3://zenfiles"};

    (void)state;
    check("cli/ac_11.txt", RESOURCES(cells), LOOK(.width = 300));
}

static void wraps_long_errors_at_211_columns_as_the_guide_shows(void **state)
{
    static const char *const cells[] = {
        "fa9325ab-ce01-4404-aec3-61a3af395d48",
        "aws-s3-multi-instance",
        DIAMOND " aws",
        BOX " s3-bucket",
        "s3://aws-ia-mwaa-715803424590\ns3://zenfiles\ns3://zenit-demos\n"
        "s3://zenit-generative-chat\ns3://zenit-public-datasets",
        "19edc05b-92db-49de-bc84-aa9b3fb8261a",
        "aws-s3-zenfiles",
        DIAMOND " aws",
        BOX " s3-bucket",
        "s3://zenfiles",
        "c732c768-3992-4cbd-8738-d02cd7b6b340",
        "kubernetes-auto",
        CYCLONE " kubernetes",
        CYCLONE " kubernetes-cluster",
        BANG
        " error: connector 'kubernetes-auto' authorization failure: failed to verify Kubernetes "
        "cluster access: (401)\nReason: Unauthorized\nHTTP response headers: "
        "HTTPHeaderDict({'Audit-Id': '20c96e65-3e3e-4e08-bae3-bcb72c527fbf', 'Cache-Control': "
        "'no-cache, private', 'Content-Type': 'application/json', 'Date': 'Fri, 09 Jun 2023 "
        "18:52:56 "
        "GMT', 'Content-Length': '129'})\nHTTP response body: "
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
        "\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}\n\n",
    };

    (void)state;
    check("cli/ac_52_rows.txt", RESOURCES(cells), LOOK(.width = 211));
}

static const struct cl_column list_columns[] = {
    {"active", "ACTIVE", CL_COLUMN_FIXED},
    {"name", "NAME", CL_COLUMN_NAME},
    {"id", "ID", CL_COLUMN_FIXED},
    {"type", "TYPE", CL_COLUMN_FIXED},
    {"resource_types", "RESOURCE TYPES", CL_COLUMN_FIXED},
    {"resource_name", "RESOURCE NAME", CL_COLUMN_FREE},
    {"shared", "SHARED", CL_COLUMN_FIXED},
    {"owner", "OWNER", CL_COLUMN_NAME},
    {"expires_in", "EXPIRES IN", CL_COLUMN_FIXED},
    {"labels", "LABELS", CL_COLUMN_FREE},
};

#define NO "\xE2\x9E\x96"

static const char *const list_cells[] = {
    "",
    "aws-iam-multi-eu",
    "e33c9fac-5daa-48b2-87bb-0187d3782cde",
    DIAMOND " aws",
    AWS4,
    "<multiple>",
    NO,
    "default",
    "",
    "region:eu-central-1",
    "",
    "aws-iam-multi-us",
    "ed528d5a-d6cb-4fc4-bc52-c3d2d01643e5",
    DIAMOND " aws",
    AWS4,
    "<multiple>",
    NO,
    "default",
    "",
    "region:us-east-1",
    "",
    "kube-auto",
    "da497715-7502-4cdd-81ed-289e70664597",
    CYCLONE " kubernetes",
    CYCLONE " kubernetes-cluster",
    "A5F8F4142FB12DDCDE9F21F6E9B07A18.gr7.us-east-1.eks.amazonaws.com",
    NO,
    "default",
    "",
    "",
    "",
    "kubernetes-production",
    "00000000-0000-4000-8000-000000000001",
    CYCLONE " kubernetes",
    CYCLONE " kubernetes-cluster",
    "192.168.0.12",
    NO,
    "default",
    "",
    "",
};

#define LIST() table_of(CL_TABLE_LIST, NULL, list_columns, 10, list_cells, CL_COUNT(list_cells))

static void folds_a_wide_list_at_190_columns_as_the_guide_shows(void **state)
{
    (void)state;
    check("cli/ac_20.txt", LIST(), LOOK(.width = 190));
}

static void leaves_out_columns_on_a_narrow_terminal_and_names_them(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_look look = {.width = 150, .wrap = CL_WRAP_SMART};
    CL_AUTO(cl_table) struct cl_table *table = LIST();
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);
    CL_AUTO(cl_buf) struct cl_buf hidden = CL_BUF(4096);
    size_t hidden_count = 0;

    (void)state;
    assert_ok(cl_table_render(table, &look, &out, &hidden, &hidden_count, &err), &err);
    assert_int_equal(hidden_count, 2);
    assert_str(cl_buf_view(&hidden), "OWNER, LABELS");
    assert_golden("cli/list_smart_150.txt", cl_buf_view(&out));
}

static void prints_records_below_60_columns(void **state)
{
    static const char *const cells[] = {
        "ffbec8d7-b931-46c3-bcc5-c6252c52ee5f",
        "aws-auto",
        DIAMOND " aws",
        BOX " s3-bucket",
        "s3://zenfiles\ns3://zenit-demos",
        "c732c768-3992-4cbd-8738-d02cd7b6b340",
        "kube",
        CYCLONE " kubernetes",
        CYCLONE " kubernetes-cluster",
        "",
    };

    (void)state;
    check("cli/records_50.txt", RESOURCES(cells), LOOK(.width = 50, .wrap = CL_WRAP_SMART));
}

static void small_tables_stay_tables_on_small_terminals(void **state)
{
    static const char *const cells[] = {BOX " s3-bucket", "s3://zenfiles"};

    (void)state;
    check("cli/ac_25.txt", table_of(CL_TABLE_LIST, NULL, short_columns, 2, cells, 2),
          LOOK(.width = 40, .wrap = CL_WRAP_SMART));
}

static struct cl_table *properties(const char *title)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_table *table = NULL;

    assert_ok(cl_table_new_properties(title, &table, &err), &err);
    cl_table_property(table, "ID", CL_STR("ffbec8d7-b931-46c3-bcc5-c6252c52ee5f"));
    cl_table_property(table, "RESOURCE TYPES",
                      CL_STR(DIAMOND " aws-generic, " BOX " s3-bucket, " CYCLONE
                                     " kubernetes-cluster, " WHALE " docker-registry"));
    cl_table_property(table, "SECRET ID", CL_STR_NONE);
    cl_table_property(table, "SHARED", CL_STR(NO));
    return table;
}

static void centres_titles_over_tables_of_properties(void **state)
{
    (void)state;
    check("cli/properties.txt", properties("'aws-auto' aws Service Connector Details"),
          LOOK(.width = 0));
}

static void wraps_titles_to_the_width_of_the_table(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_table *table = NULL;

    (void)state;
    assert_ok(
        cl_table_new_properties("'gcp-interactive' gcp Service Connector Details", &table, &err),
        &err);
    cl_table_property(table, "SESSION DURATION", CL_STR("N/A"));
    cl_table_property(table, "NAME", CL_STR("gcp-interactive"));
    check("cli/title_wrapped.txt", table, LOOK(.width = 0));
}

static void draws_properties_as_records_on_a_tiny_terminal(void **state)
{
    (void)state;
    check("cli/properties_records.txt", properties("'aws-auto' aws Service Connector Details"),
          LOOK(.width = 45, .wrap = CL_WRAP_SMART));
}

static void draws_plain_text_without_boxes_and_emoji(void **state)
{
    (void)state;
    check("cli/list_ascii.txt", LIST(), LOOK(.ascii = true));
}

static void colours_headers_titles_and_states(void **state)
{
    static const char *const cells[] = {BOX " s3-bucket", BANG " error: no"};

    (void)state;
    check("cli/table_colour.txt", table_of(CL_TABLE_LIST, "Title", short_columns, 2, cells, 2),
          LOOK(.colour = true));
}

static void leaves_out_the_header_when_asked(void **state)
{
    static const char *const cells[] = {"a", "b"};

    (void)state;
    check("cli/no_headers.txt", table_of(CL_TABLE_LIST, NULL, short_columns, 2, cells, 2),
          LOOK(.no_headers = true));
}

static void draws_headers_at_the_bottom_of_a_wrapped_header_row(void **state)
{
    static const char *const cells[] = {"a", "b"};

    (void)state;
    check("cli/header_bottom.txt", table_of(CL_TABLE_LIST, NULL, short_columns, 2, cells, 2),
          LOOK(.width = 26));
}

static void shows_hostile_cells_harmlessly(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_look look = {.width = 0};
    struct cl_table *table = NULL;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);

    (void)state;
    assert_ok(cl_table_new_properties("\x1b]0;t\x07", &table, &err), &err);
    cl_table_property(table, "NAME", CL_STR("\x1b[2J\xFF"));
    assert_ok(cl_table_render(table, &look, &out, NULL, NULL, &err), &err);
    assert_false(cl_str_contains(cl_buf_view(&out), CL_STR("\x1b")));
    assert_true(cl_str_contains(cl_buf_view(&out), CL_STR("\\x1b[2J\\xff")));
    cl_table_free(table);
}

static void ignores_cells_beyond_the_last_column(void **state)
{
    static const char *const cells[] = {"a"};
    struct cl_table *table = table_of(CL_TABLE_LIST, NULL, short_columns, 2, cells, 1);

    (void)state;
    cl_table_cell_c(table, "b");
    cl_table_cell_c(table, "beyond");
    check("cli/no_headers.txt", table, LOOK(.no_headers = true));
}

static enum cl_code build_and_render(struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);
    struct cl_look look = {.width = 100, .ascii = true};

    CL_TRY(cl_table_new(CL_TABLE_LIST, "Title", resource_columns, 5, &table, err));
    for (size_t i = 0; i < CL_COUNT(vector_a); i++) {
        if (i % 5 == 0)
            cl_table_row(table);
        cl_table_cell_c(table, vector_a[i]);
    }
    return cl_table_render(table, &look, &out, NULL, NULL, err);
}

static void reports_every_failing_allocation(void **state)
{
    size_t blocks = cl_alloc_live_blocks();
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; code != CL_OK && nth < 1000; nth++) {
        struct cl_err err = CL_ERR_NONE;
        (void)cl_alloc_fail_at(nth);
        code = build_and_render(&err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        assert_int_equal(code, err.code);
        assert_int_equal(cl_alloc_live_blocks(), blocks);
    }
    assert_int_equal(code, CL_OK);
}

static void refuses_a_table_without_columns(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_table *table = NULL;

    (void)state;
    assert_int_equal(cl_table_new(CL_TABLE_LIST, NULL, short_columns, 0, &table, &err),
                     CL_E_INTERNAL);
    assert_null(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_natural_widths_when_there_is_room),
        cmocka_unit_test(folds_to_a_narrow_terminal),
        cmocka_unit_test(draws_the_table_of_a_connected_store),
        cmocka_unit_test(wraps_long_errors_at_211_columns_as_the_guide_shows),
        cmocka_unit_test(folds_a_wide_list_at_190_columns_as_the_guide_shows),
        cmocka_unit_test(leaves_out_columns_on_a_narrow_terminal_and_names_them),
        cmocka_unit_test(prints_records_below_60_columns),
        cmocka_unit_test(small_tables_stay_tables_on_small_terminals),
        cmocka_unit_test(centres_titles_over_tables_of_properties),
        cmocka_unit_test(wraps_titles_to_the_width_of_the_table),
        cmocka_unit_test(draws_properties_as_records_on_a_tiny_terminal),
        cmocka_unit_test(draws_plain_text_without_boxes_and_emoji),
        cmocka_unit_test(colours_headers_titles_and_states),
        cmocka_unit_test(leaves_out_the_header_when_asked),
        cmocka_unit_test(draws_headers_at_the_bottom_of_a_wrapped_header_row),
        cmocka_unit_test(shows_hostile_cells_harmlessly),
        cmocka_unit_test(ignores_cells_beyond_the_last_column),
        cmocka_unit_test(reports_every_failing_allocation),
        cmocka_unit_test(refuses_a_table_without_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
