/*
 * Drawn text: the first four bytes choose width, wrapping, characters and shape; the rest are the
 * cells of a table, or a document's markup.
 */
#include "fuzz.h"

#include "cli/document.h"
#include "cli/table.h"
#include "cli/text_width.h"

enum { OUT_MAX = 64 * 1024 * 1024, CONTROL_BYTES = 4, COLUMNS = 4 };

static const struct cl_column columns[COLUMNS] = {
    {"name", "NAME", CL_COLUMN_NAME},
    {"id", "ID", CL_COLUMN_FIXED},
    {"labels", "LABELS", CL_COLUMN_FREE},
    {"resource_names", "RESOURCE NAMES", CL_COLUMN_FREE},
};

/* What reaches a terminal is text, whatever the cells were. */
static void check_harmless(struct cl_str text)
{
    FUZZ_CHECK(cl_is_utf8(text));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        FUZZ_CHECK(c == '\n' || (c >= 0x20 && c != 0x7F));
    }
}

/* Every line of a drawn table is equally wide, and none is wider than asked for. */
static void check_box(struct cl_str text, const struct cl_look *look)
{
    struct cl_str line = CL_STR_NONE;
    size_t width = 0;

    /* On a tiny terminal a column may be too narrow for one wide character. */
    if (!cl_str_starts(text, CL_STR("\xE2\x94\x8F")) || (look->width > 0 && look->width < 60))
        return;
    while (cl_str_cut(text, '\n', &line, &text)) {
        FUZZ_CHECK(width == 0 || cl_text_width(line) == width);
        width = cl_text_width(line);
    }
    FUZZ_CHECK(look->width == 0 || width <= look->width);
}

static void draw_table(struct cl_str cells, enum cl_table_shape shape, const struct cl_look *look)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(OUT_MAX);
    struct cl_err err = CL_ERR_NONE;
    bool more = true;

    if (cl_table_new(shape, NULL, columns, COLUMNS, &table, &err) != CL_OK)
        return;
    for (size_t i = 0; more; i++) {
        struct cl_str cell = CL_STR_NONE;
        more = cl_str_cut(cells, '|', &cell, &cells);
        if (i % COLUMNS == 0)
            cl_table_row(table);
        cl_table_cell(table, cell);
    }
    if (cl_table_render(table, look, &out, NULL, NULL, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    check_harmless(cl_buf_view(&out));
    if (!look->ascii)
        check_box(cl_buf_view(&out), look);
}

static void draw_document(struct cl_str markup, const struct cl_look *look)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(OUT_MAX);
    struct cl_err err = CL_ERR_NONE;

    if (cl_document_render(markup, look, &out, &err) != CL_OK)
        fuzz_check_error(&err);
    else
        check_harmless(cl_buf_view(&out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < CONTROL_BYTES)
        return 0;
    struct cl_look look = {.width = data[0],
                           .wrap = data[1] % 2 == 0 ? CL_WRAP_FOLD : CL_WRAP_SMART,
                           .ascii = data[2] % 2 == 1};
    struct cl_str text = cl_str_skip(fuzz_text(data, size), CONTROL_BYTES);

    if (data[3] % 3 == 0)
        draw_document(text, &look);
    else
        draw_table(text, data[3] % 3 == 1 ? CL_TABLE_LIST : CL_TABLE_KEY_VALUE, &look);
    return 0;
}
