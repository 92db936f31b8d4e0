#include "base/alloc.h"
#include "codec/json_build.h"
#include "core/config.h"

/* The way back: from a configuration to what a caller would have to give. */

/* As a JSON array: items may hold commas. */
enum cl_code cl_input_add_list(struct cl_input *input, const char *name, const struct cl_strs *list,
                               struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *object = NULL;
    CL_AUTO(cl_string) char *text = NULL;
    struct cl_secret *value = NULL;

    cl_json_open_object(&build, NULL);
    cl_json_add_strs(&build, name, list);
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &object, err));
    CL_TRY(cl_json_dump(json_object_get(object, name), CL_JSON_COMPACT, &text, err));
    CL_TRY(cl_secret_new(cl_str_of(text), &value, err));
    return cl_input_add_take(input, cl_str_of(name), value, err);
}

static enum cl_code add_text(struct cl_input *input, const char *name, const char *text,
                             struct cl_err *err)
{
    struct cl_secret *value = NULL;

    CL_TRY(cl_secret_new(cl_str_of(text), &value, err));
    return cl_input_add_take(input, cl_str_of(name), value, err);
}

enum cl_code cl_config_to_input(const struct cl_config *config, struct cl_input *ret,
                                struct cl_err *err)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct cl_config_entry *entry = &config->entries[i];
        if (entry->kind == CL_ATTR_LIST) {
            CL_TRY(cl_input_add_list(ret, entry->name, &entry->list, err));
        } else if (entry->text != NULL) {
            CL_TRY(add_text(ret, entry->name, entry->text, err));
        }
    }
    return CL_OK;
}
