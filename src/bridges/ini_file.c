#include "bridges/ini_file.h"

#include "bridges/tool_file.h"
#include "codec/ini.h"

static enum cl_code edit_text(void *ctx, struct cl_tool_file_text *text, struct cl_err *err)
{
    struct cl_ini_edit edit = *(const struct cl_ini_edit *)ctx;

    edit.text = text->before;
    return cl_ini_edit(&edit, &text->after, err);
}

/* Keys may stand in such a file: it becomes the owner's alone. */
static struct cl_tool_file ini_file(const char *path, struct cl_ini_edit *edit)
{
    return (struct cl_tool_file){.path = path,
                                 .lock_suffix = ".lock",
                                 .max_bytes = CL_INI_MAX_BYTES,
                                 .owner_only = true,
                                 .edit = edit_text,
                                 .ctx = edit};
}

enum cl_code cl_ini_file_try(const struct cl_world *world, const char *path,
                             const struct cl_ini_edit *edit, struct cl_err *err)
{
    struct cl_ini_edit wanted = *edit;
    struct cl_tool_file file = ini_file(path, &wanted);

    return cl_tool_file_try(world, &file, err);
}

enum cl_code cl_ini_file_edit(const struct cl_call *call, const char *path,
                              const struct cl_ini_edit *edit, struct cl_err *err)
{
    struct cl_ini_edit wanted = *edit;
    struct cl_tool_file file = ini_file(path, &wanted);

    /* Nothing is made for the sake of something that cannot be there. */
    if (edit->section.len == 0)
        CL_TRY(cl_tool_file_try(call->world, &file, err));
    return cl_tool_file_edit(call, &file, err);
}
