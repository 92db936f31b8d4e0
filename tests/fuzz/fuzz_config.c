/* Configuration arguments: what the schema lets through is checked, typed, and stays as it is. */
#include "fuzz.h"

#include "core/config.h"
#include "core/type.h"
#include "fake_type.h"

static enum cl_code read_line(struct cl_input *input, struct cl_str line, struct cl_err *err)
{
    struct cl_str name = CL_STR_NONE;
    struct cl_str value = CL_STR_NONE;
    struct cl_secret *secret = NULL;

    if (cl_str_cut(line, '=', &name, &value))
        FUZZ_CHECK(cl_secret_new(value, &secret, err) == CL_OK);
    return cl_input_add_take(input, name, secret, err);
}

static void check_entry(const struct cl_auth_method *method, const struct cl_config_entry *entry)
{
    const struct cl_attr *attr = cl_method_attr(method, cl_str_of(entry->name));
    struct cl_err err = CL_ERR_NONE;
    int64_t number = 0;

    FUZZ_CHECK(attr != NULL && attr->kind == entry->kind);
    FUZZ_CHECK((entry->secret != NULL) == cl_attr_is_secret(attr));
    if (entry->text != NULL)
        FUZZ_CHECK(cl_is_utf8(cl_str_of(entry->text)) && !cl_attr_is_secret(attr));
    if (entry->kind == CL_ATTR_INT)
        FUZZ_CHECK(cl_parse_i64(cl_str_of(entry->text), &number, &err) == CL_OK);
    for (size_t i = 0; i < entry->list.count; i++)
        FUZZ_CHECK(entry->list.items[i][0] != '\0');
}

/* Building again from what was built changes nothing. */
static void check_built(const struct cl_auth_method *method, const struct cl_config *config)
{
    CL_AUTO(cl_config) struct cl_config again = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    for (size_t i = 0; i < config->count; i++)
        check_entry(method, &config->entries[i]);
    FUZZ_CHECK(cl_config_build(method, config, NULL, &again, &err) == CL_OK);
    FUZZ_CHECK(again.count == config->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    const struct cl_auth_method *method = &fake_type.methods[size % fake_type.method_count];
    struct cl_str rest = fuzz_text(data, size);
    struct cl_str line = CL_STR_NONE;
    struct cl_err err = CL_ERR_NONE;

    if (size == 0 || size > 4096)
        return 0;
    for (bool more = true; more;) {
        more = cl_str_cut(rest, '\n', &line, &rest);
        if (read_line(&input, line, &err) != CL_OK) {
            fuzz_check_error(&err);
            return 0;
        }
    }
    if (cl_config_build(method, NULL, &input, &config, &err) == CL_OK)
        check_built(method, &config);
    else
        fuzz_check_error(&err);
    return 0;
}
