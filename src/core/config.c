#include "core/config.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "core/quote.h"

static struct cl_config_entry *find(const struct cl_config *config, struct cl_str name)
{
    for (size_t i = 0; i < config->count; i++) {
        if (cl_str_eq_c(name, config->entries[i].name))
            return &config->entries[i];
    }
    return NULL;
}

const struct cl_config_entry *cl_config_find(const struct cl_config *config, const char *name)
{
    return find(config, cl_str_of(name));
}

struct cl_str cl_config_text(const struct cl_config *config, const char *name)
{
    const struct cl_config_entry *entry = cl_config_find(config, name);

    return entry == NULL ? CL_STR_NONE : cl_str_of(entry->text);
}

const struct cl_secret *cl_config_secret(const struct cl_config *config, const char *name)
{
    const struct cl_config_entry *entry = cl_config_find(config, name);

    return entry == NULL ? NULL : entry->secret;
}

const struct cl_strs *cl_config_list(const struct cl_config *config, const char *name)
{
    const struct cl_config_entry *entry = cl_config_find(config, name);

    return entry == NULL || entry->kind != CL_ATTR_LIST ? NULL : &entry->list;
}

bool cl_config_bool(const struct cl_config *config, const char *name)
{
    const struct cl_config_entry *entry = cl_config_find(config, name);

    return entry != NULL && entry->kind == CL_ATTR_BOOL &&
           cl_str_eq_c(cl_str_of(entry->text), "true");
}

static void entry_cleanup(struct cl_config_entry *entry)
{
    cl_free(entry->name);
    cl_free(entry->text);
    cl_secret_free(entry->secret);
    cl_strs_cleanup(&entry->list);
    *entry = (struct cl_config_entry){.name = NULL};
}

/* Moves `entry`, but for its name, into the configuration; leaves it alone on failure. */
static enum cl_code put(struct cl_config *config, const char *name, struct cl_config_entry *entry,
                        struct cl_err *err)
{
    struct cl_config_entry *place = find(config, cl_str_of(name));

    CL_TRY(cl_str_dup(cl_str_of(name), &entry->name, err));
    if (place == NULL) {
        place = cl_array_grow(config->entries, &config->capacity, config->count + 1,
                              sizeof(*config->entries));
        if (place == NULL)
            return cl_err_no_memory(err);
        config->entries = place;
        place += config->count++;
    } else {
        entry_cleanup(place);
    }
    *place = *entry;
    *entry = (struct cl_config_entry){.name = NULL};
    return CL_OK;
}

static enum cl_code put_text(struct cl_config *config, const char *name, enum cl_attr_kind kind,
                             struct cl_str value, struct cl_err *err)
{
    CL_AUTO(entry) struct cl_config_entry entry = {.kind = kind};

    CL_TRY(cl_str_dup(value, &entry.text, err));
    return put(config, name, &entry, err);
}

enum cl_code cl_config_set_text(struct cl_config *config, const char *name, struct cl_str value,
                                struct cl_err *err)
{
    return put_text(config, name, CL_ATTR_TEXT, value, err);
}

enum cl_code cl_config_set_bool(struct cl_config *config, const char *name, bool value,
                                struct cl_err *err)
{
    return put_text(config, name, CL_ATTR_BOOL, value ? CL_STR("true") : CL_STR("false"), err);
}

enum cl_code cl_config_set_int(struct cl_config *config, const char *name, int64_t value,
                               struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf digits = CL_BUF(32);

    cl_buf_add_i64(&digits, value);
    CL_TRY(cl_buf_ok(&digits, err));
    return put_text(config, name, CL_ATTR_INT, cl_buf_view(&digits), err);
}

enum cl_code cl_config_set_secret_take(struct cl_config *config, const char *name,
                                       struct cl_secret *value, struct cl_err *err)
{
    CL_AUTO(entry) struct cl_config_entry entry = {.kind = CL_ATTR_SECRET, .secret = value};

    return put(config, name, &entry, err);
}

enum cl_code cl_config_set_list(struct cl_config *config, const char *name,
                                const struct cl_strs *value, struct cl_err *err)
{
    CL_AUTO(entry) struct cl_config_entry entry = {.kind = CL_ATTR_LIST};

    CL_TRY(cl_strs_copy(value, &entry.list, err));
    return put(config, name, &entry, err);
}

void cl_config_remove(struct cl_config *config, const char *name)
{
    struct cl_config_entry *entry = find(config, cl_str_of(name));

    if (entry == NULL)
        return;
    entry_cleanup(entry);
    config->count--;
    (void)memmove(entry, entry + 1,
                  (size_t)(config->entries + config->count - entry) * sizeof(*entry));
}

enum cl_code cl_config_copy_entry(const struct cl_config_entry *from, struct cl_config *to,
                                  struct cl_err *err)
{
    CL_AUTO(entry) struct cl_config_entry entry = {.kind = from->kind};

    if (from->text != NULL)
        CL_TRY(cl_str_dup(cl_str_of(from->text), &entry.text, err));
    if (from->secret != NULL)
        CL_TRY(cl_secret_copy(from->secret, &entry.secret, err));
    CL_TRY(cl_strs_copy(&from->list, &entry.list, err));
    return put(to, from->name, &entry, err);
}

enum cl_code cl_config_copy(const struct cl_config *from, struct cl_config *ret, struct cl_err *err)
{
    CL_AUTO(cl_config) struct cl_config copy = CL_CONFIG_NONE;

    for (size_t i = 0; i < from->count; i++)
        CL_TRY(cl_config_copy_entry(&from->entries[i], &copy, err));
    CL_MOVE_TO(ret, copy);
    return CL_OK;
}

void cl_config_cleanup(struct cl_config *config)
{
    for (size_t i = 0; i < config->count; i++)
        entry_cleanup(&config->entries[i]);
    cl_free(config->entries);
    *config = CL_CONFIG_NONE;
}

static void input_entry_cleanup(struct cl_input_entry *entry)
{
    cl_free(entry->name);
    cl_free(entry->origin);
    cl_secret_free(entry->value);
}

bool cl_input_has(const struct cl_input *input, struct cl_str name)
{
    for (size_t i = 0; i < input->count; i++) {
        if (cl_str_eq_c(name, input->entries[i].name))
            return true;
    }
    return false;
}

enum cl_code cl_input_add_take(struct cl_input *input, struct cl_str name, struct cl_secret *value,
                               struct cl_err *err)
{
    CL_AUTO(input_entry) struct cl_input_entry entry = {.value = value};

    if (cl_input_has(input, name))
        return cl_err_set(err, CL_E_INVALID, "attribute '%s' is given twice", cl_quote(name).text);
    CL_TRY(cl_str_dup(name, &entry.name, err));
    struct cl_input_entry *grown =
        cl_array_grow(input->entries, &input->capacity, input->count + 1, sizeof(*input->entries));
    if (grown == NULL)
        return cl_err_no_memory(err);
    input->entries = grown;
    CL_MOVE_TO(&input->entries[input->count++], entry);
    return CL_OK;
}

enum cl_code cl_input_set_origin(struct cl_input *input, const char *origin, struct cl_err *err)
{
    return cl_str_dup(cl_str_of(origin), &input->entries[input->count - 1].origin, err);
}

void cl_input_cleanup(struct cl_input *input)
{
    for (size_t i = 0; i < input->count; i++)
        input_entry_cleanup(&input->entries[i]);
    cl_free(input->entries);
    *input = CL_INPUT_NONE;
}
