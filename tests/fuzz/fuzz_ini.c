/* The shared files of the AWS tools: ranges lie in order inside the file, lookups agree. */
#include "fuzz.h"

#include "base/alloc.h"
#include "codec/ini.h"

static void check_sections(const struct cl_ini *ini, struct cl_str text)
{
    size_t before = 0;

    for (size_t i = 0; i < cl_ini_section_count(ini); i++) {
        const struct cl_ini_section *section = cl_ini_section(ini, i);
        char *name = NULL;
        struct cl_err err = CL_ERR_NONE;

        FUZZ_CHECK(section->lead <= section->start && section->start < section->body_end);
        FUZZ_CHECK(section->body_end <= section->end && section->end <= text.len);
        FUZZ_CHECK(before <= section->start);
        before = section->end;
        if (cl_ini_header_name(section->name, "profile", &name, &err) == CL_OK)
            cl_free(name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_str text = fuzz_text(data, size);
    struct cl_ini *ini = NULL;

    if (cl_ini_parse(text, &ini, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    check_sections(ini, text);
    for (size_t i = 0; i < cl_ini_entry_count(ini); i++) {
        const struct cl_ini_entry *entry = cl_ini_entry(ini, i);
        const struct cl_ini_section *section = cl_ini_section(ini, entry->section);

        FUZZ_CHECK(entry->line > section->line);
        if (!section->ignored && cl_ini_find(ini, section->name) == section)
            (void)cl_ini_nested(ini, section->name, "s3", "addressing_style");
    }
    for (size_t i = 0; i < cl_ini_warning_count(ini); i++)
        FUZZ_CHECK(cl_ini_warning(ini, i)->text != NULL);
    cl_ini_free(ini);
    return 0;
}
