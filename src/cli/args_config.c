#include "base/alloc.h"
#include "cli/args_state.h"
#include "cli/suggest.h"

/* The second pass: which words are values of configuration arguments. */
struct resolver {
    struct cl_args *args;
    const struct cl_config_schema *schema; /* NULL: nothing is known, everything is text */
    size_t at;                             /* the word at hand */
};

static bool is_boolean_word(const char *text)
{
    static const char *const words[] = {"true", "false", "yes", "no", "1", "0"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        if (strcmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

static void fold(char *name, char from, char to)
{
    for (char *at = name; *at != '\0'; at++) {
        if (*at == from)
            *at = to;
    }
}

static enum cl_code add_folded(void *ctx, const struct cl_option *option, struct cl_err *err)
{
    CL_AUTO(cl_string) char *name = NULL;

    CL_TRY(cl_str_dup(cl_str_of(option->name), &name, err));
    fold(name, '-', '_');
    return cl_strs_add(ctx, cl_str_of(name), err);
}

/* A slip may have been meant as an option as well as an attribute. */
static enum cl_code unknown_attribute(const struct resolver *state, const char *name,
                                      struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_string) char *list = NULL;

    CL_TRY(state->schema->names(state->schema->ctx, &names, err));
    CL_TRY(cl_strs_join(&names, ", ", &list, err));
    CL_TRY(cl_args_each_option(state->args, add_folded, &names, err));
    (void)cl_err_set(err, CL_E_UNKNOWN_ATTRIBUTE, "unknown attribute '%s' of %s; it has: %s", name,
                     state->schema->what, list[0] != '\0' ? list : "none");
    const char *nearest = cl_strs_nearest(&names, cl_str_of(name));
    if (nearest == NULL)
        return err->code;
    CL_AUTO(cl_string) char *option = NULL;
    CL_TRY(cl_str_dup(cl_str_of(nearest), &option, err));
    fold(option, '_', '-');
    bool is_option = cl_args_find(state->args, option) != NULL;
    return cl_err_hint(err, "Did you mean '--%s'?", is_option ? option : nearest);
}

static bool is_given(const struct cl_args *args, const char *name)
{
    for (size_t i = 0; i < args->config_count; i++) {
        if (strcmp(args->config[i].name, name) == 0)
            return true;
    }
    return false;
}

/* The value of the configuration argument at hand; takes the next word where that is it. */
static const char *take_value(struct resolver *state, bool is_boolean)
{
    const struct cl_args_state *words = state->args->state;
    const char *attached = words->words[state->at].text;
    const struct cl_word *next =
        state->at + 1 < words->word_count ? &words->words[state->at + 1] : NULL;

    if (attached != NULL)
        return attached;
    if (next == NULL || next->config_name != NULL || !next->may_be_value)
        return is_boolean ? "true" : NULL;
    if (is_boolean && !is_boolean_word(next->text))
        return "true";
    state->at++;
    return next->text;
}

static enum cl_code add_config(struct cl_args *args, const char *name, const char *value,
                               struct cl_err *err)
{
    CL_AUTO(cl_string) char *copy = NULL;

    CL_TRY(cl_str_dup(cl_str_of(name), &copy, err));
    struct cl_config_arg *grown = cl_array_grow(args->config, &args->state->config_capacity,
                                                args->config_count + 1, sizeof(*grown));
    if (grown == NULL)
        return cl_err_no_memory(err);
    args->config = grown;
    args->config[args->config_count++] =
        (struct cl_config_arg){.name = CL_MOVE(copy), .value = value};
    return CL_OK;
}

static enum cl_code resolve_config_word(struct resolver *state, struct cl_err *err)
{
    const char *name = state->args->state->words[state->at].config_name;
    bool is_boolean = false;

    if (state->schema != NULL && !state->schema->find(state->schema->ctx, name, &is_boolean))
        return unknown_attribute(state, name, err);
    if (is_given(state->args, name))
        return cl_err_set(err, CL_E_INVALID, "attribute '%s' is given twice", name);
    const char *value = take_value(state, is_boolean);
    if (value == NULL) {
        return cl_err_set(err, CL_E_INVALID, "attribute '%s' needs a value: --%s=VALUE", name,
                          name);
    }
    return add_config(state->args, name, value, err);
}

enum cl_code cl_args_resolve_config(struct cl_args *args, const struct cl_config_schema *schema,
                                    struct cl_err *err)
{
    struct resolver state = {.args = args, .schema = schema};

    for (; state.at < args->state->word_count; state.at++) {
        const struct cl_word *word = &args->state->words[state.at];
        if (word->config_name != NULL) {
            CL_TRY(resolve_config_word(&state, err));
        } else {
            CL_TRY(cl_args_add_positional(args, word->text, err));
        }
    }
    return cl_args_check_positionals(args, err);
}
