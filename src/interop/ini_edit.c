#include "interop/ini_edit.h"

#include "codec/ini.h"

/* Is the line right above the header the marker (comment lines between are part of the lead)? */
static bool is_ours(struct cl_str text, const struct cl_ini_section *section)
{
    struct cl_str lead = cl_str_make(text.ptr + section->lead, section->start - section->lead);

    return cl_str_contains(lead, CL_STR(CL_INI_MARKER));
}

/* From the marker line, not from comments of others above it. */
static size_t start_of_ours(struct cl_str text, const struct cl_ini_section *section)
{
    struct cl_str lead = cl_str_make(text.ptr + section->lead, section->start - section->lead);
    const char *marker = memmem(lead.ptr, lead.len, CL_INI_MARKER, strlen(CL_INI_MARKER));

    if (marker == NULL)
        return section->start;
    size_t at = (size_t)(marker - text.ptr);
    while (at > section->lead && text.ptr[at - 1] != '\n')
        at--;
    return at;
}

/* A new section stands behind one blank line. */
static void append(const struct cl_ini_edit *edit, struct cl_buf *ret)
{
    struct cl_str text = edit->text;

    cl_buf_add(ret, text);
    if (text.len > 0 && text.ptr[text.len - 1] != '\n')
        cl_buf_add_char(ret, '\n');
    if (text.len > 0 && !cl_str_ends(text, CL_STR("\n\n")))
        cl_buf_add_char(ret, '\n');
    cl_buf_add(ret, edit->section);
}

/* The blank line that was put before the section goes with it, when it stood at the end. */
static size_t removal_start(const struct cl_ini_edit *edit, size_t start, size_t end)
{
    struct cl_str before = cl_str_first(edit->text, start);

    if (end == edit->text.len && cl_str_ends(before, CL_STR("\n\n")))
        return start - 1;
    return start;
}

static void replace(const struct cl_ini_edit *edit, const struct cl_ini_section *section,
                    struct cl_buf *ret)
{
    size_t start = start_of_ours(edit->text, section);
    size_t end = section->body_end;

    if (edit->section.len == 0)
        start = removal_start(edit, start, end);
    cl_buf_add(ret, cl_str_first(edit->text, start));
    cl_buf_add(ret, edit->section);
    cl_buf_add(ret, cl_str_skip(edit->text, end));
}

enum cl_code cl_ini_edit(const struct cl_ini_edit *edit, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = NULL;

    if (cl_ini_parse(edit->text, &ini, err) != CL_OK) {
        if (err->code == CL_E_INVALID)
            err->code = CL_E_LOCAL_CONFIG;
        return err->code;
    }
    const struct cl_ini_section *section = cl_ini_find(ini, edit->header);
    if (section == NULL && edit->section.len == 0)
        return cl_err_set(err, CL_E_NOT_FOUND, "there is no section [%.*s]",
                          CL_STR_ARG(edit->header));
    if (section == NULL) {
        append(edit, ret);
        return cl_buf_ok(ret, err);
    }
    if (!is_ours(edit->text, section) && !edit->overwrite)
        return cl_err_set(err, CL_E_CONFLICT, "section [%.*s] was not written by cleat",
                          CL_STR_ARG(edit->header));
    replace(edit, section, ret);
    return cl_buf_ok(ret, err);
}
