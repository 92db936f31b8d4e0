#include "interop/ini_edit.h"

#include "codec/ini.h"

/* One edit under way: what is copied from the old text and what is put between. */
struct work {
    const struct cl_ini_edit *edit;
    const struct cl_ini *ini;
    size_t copied; /* bytes of the old text that are done with */
    struct cl_buf *out;
};

static struct cl_str slice(struct cl_str text, size_t start, size_t end)
{
    return cl_str_make(text.ptr + start, end - start);
}

/* Start of the marker line among the comments right above the header; the header when there is
 * none. Comments above the marker are somebody's. */
static size_t start_of(struct cl_str text, const struct cl_ini_section *section)
{
    struct cl_str rest = slice(text, section->lead, section->start);
    struct cl_str line = CL_STR_NONE;
    size_t start = section->start;

    while (rest.len > 0) {
        size_t at = section->start - rest.len;
        (void)cl_str_cut(rest, '\n', &line, &rest);
        if (cl_str_eq(cl_str_trim(line), CL_STR(CL_INI_MARKER)))
            start = at;
    }
    return start;
}

static bool is_ours(struct cl_str text, const struct cl_ini_section *section)
{
    return start_of(text, section) < section->start;
}

static enum cl_code is_meant(const struct cl_ini_edit *edit, const struct cl_ini_section *section,
                             bool *ret, struct cl_err *err)
{
    *ret = false;
    if (section->ignored)
        return CL_OK;
    if (edit->same != NULL)
        return edit->same(section->name, edit->header, ret, err);
    *ret = cl_str_eq(section->name, edit->header);
    return CL_OK;
}

/* --- what there is ------------------------------------------------------------------------- */

#define NOWHERE SIZE_MAX

/* The last sections of that name, by index. */
struct found {
    size_t ours;
    size_t other;
};

static enum cl_code look(const struct work *work, struct found *ret, struct cl_err *err)
{
    *ret = (struct found){.ours = NOWHERE, .other = NOWHERE};
    for (size_t i = 0; i < cl_ini_section_count(work->ini); i++) {
        const struct cl_ini_section *section = cl_ini_section(work->ini, i);
        bool meant = false;
        CL_TRY(is_meant(work->edit, section, &meant, err));
        if (meant && is_ours(work->edit->text, section)) {
            ret->ours = i;
        } else if (meant) {
            ret->other = i;
        }
    }
    return CL_OK;
}

/* Another's section is left alone; it may stay beside ours only when ours goes. */
static enum cl_code check(const struct cl_ini_edit *edit, const struct found *found,
                          struct cl_err *err)
{
    bool removes = edit->section.len == 0;

    if (removes && found->ours == NOWHERE && found->other == NOWHERE) {
        return cl_err_set(err, CL_E_NOT_FOUND, "there is no section [%.*s]",
                          CL_STR_ARG(edit->header));
    }
    if (found->other == NOWHERE || edit->overwrite || (removes && found->ours != NOWHERE))
        return CL_OK;
    return cl_err_set(err, CL_E_CONFLICT, "section [%.*s] was not written by cleat",
                      CL_STR_ARG(edit->header));
}

/* --- writing ------------------------------------------------------------------------------- */

/* Behind one blank line; a file without a line end at its end gets that instead. */
static void append(const struct work *work)
{
    cl_buf_add(work->out, work->edit->text);
    if (work->edit->text.len > 0)
        cl_buf_add_char(work->out, '\n');
    cl_buf_add(work->out, work->edit->section);
}

/* What `append` put before the section goes with it. */
static size_t removal_start(struct cl_str text, size_t start, size_t end)
{
    struct cl_str before = cl_str_first(text, start);

    if (cl_str_ends(before, CL_STR("\n\n")))
        return start - 1;
    if (cl_str_ends(before, CL_STR("\n\r\n"))) /* by an editor */
        return start - 2;
    bool line_goes_on = end < text.len && text.ptr[end] != '\n';
    return cl_str_ends(before, CL_STR("\n")) && !line_goes_on ? start - 1 : start;
}

/* Puts `with` in the section's place; nothing takes it out. */
static void replace(struct work *work, size_t index, struct cl_str with)
{
    const struct cl_ini_section *section = cl_ini_section(work->ini, index);
    struct cl_str text = work->edit->text;
    size_t start = start_of(text, section);

    if (with.len == 0 && is_ours(text, section))
        start = removal_start(text, start, section->body_end);
    if (start > work->copied)
        cl_buf_add(work->out, slice(text, work->copied, start));
    cl_buf_add(work->out, with);
    work->copied = section->body_end;
}

/* All sections of that name go, the new one stands where the last of them stood. */
static enum cl_code replace_all(struct work *work, size_t last, struct cl_err *err)
{
    for (size_t i = 0; i < last; i++) {
        bool meant = false;
        CL_TRY(is_meant(work->edit, cl_ini_section(work->ini, i), &meant, err));
        if (meant)
            replace(work, i, CL_STR_NONE);
    }
    replace(work, last, work->edit->section);
    return CL_OK;
}

static enum cl_code write_all(struct work *work, struct cl_err *err)
{
    struct found found;

    CL_TRY(look(work, &found, err));
    CL_TRY(check(work->edit, &found, err));
    if (found.ours == NOWHERE && found.other == NOWHERE) {
        append(work);
        return CL_OK;
    }
    if (found.other == NOWHERE || !work->edit->overwrite) {
        replace(work, found.ours, work->edit->section);
    } else {
        size_t last = found.ours != NOWHERE && found.ours > found.other ? found.ours : found.other;
        CL_TRY(replace_all(work, last, err));
    }
    cl_buf_add(work->out, cl_str_skip(work->edit->text, work->copied));
    return CL_OK;
}

static enum cl_code parse(struct cl_str text, struct cl_ini **ret, struct cl_err *err)
{
    if (cl_ini_parse(text, ret, err) == CL_OK)
        return CL_OK;
    if (err->code == CL_E_INVALID)
        err->code = CL_E_LOCAL_CONFIG;
    return err->code;
}

enum cl_code cl_ini_find_ours(struct cl_str text,
                              bool (*wanted)(void *ctx, struct cl_str header,
                                             struct cl_str comments),
                              void *ctx, struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = NULL;

    CL_TRY(parse(text, &ini, err));
    for (size_t i = 0; i < cl_ini_section_count(ini); i++) {
        const struct cl_ini_section *section = cl_ini_section(ini, i);
        struct cl_str comments = slice(text, start_of(text, section), section->start);
        if (!section->ignored && comments.len > 0 && wanted(ctx, section->name, comments))
            CL_TRY(cl_strs_add(ret, section->name, err));
    }
    return CL_OK;
}

enum cl_code cl_ini_edit(const struct cl_ini_edit *edit, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = NULL;

    CL_TRY(parse(edit->text, &ini, err));
    struct work work = {.edit = edit, .ini = ini, .out = ret};
    CL_TRY(write_all(&work, err));
    return cl_buf_ok(ret, err);
}
