#include "cli/args.h"

#include <assert.h>

#include "base/alloc.h"
#include "cli/args_state.h"

const struct cl_command *cl_args_command(const struct cl_args *args)
{
    return args->path[args->depth - 1];
}

void cl_args_add_path(const struct cl_args *args, struct cl_buf *out)
{
    for (size_t i = 0; i < args->depth; i++) {
        if (i > 0)
            cl_buf_add_char(out, ' ');
        cl_buf_add_c(out, args->path[i]->name);
    }
}

static bool has_own(const struct cl_command *command, const char *name)
{
    for (size_t set = 0; set < CL_COMMAND_SETS && command->options[set] != NULL; set++) {
        for (size_t i = 0; i < command->options[set]->count; i++) {
            if (strcmp(command->options[set]->rows[i].name, name) == 0)
                return true;
        }
    }
    return false;
}

enum cl_code cl_args_each_option(const struct cl_args *args, cl_option_visit_fn visit, void *ctx,
                                 struct cl_err *err)
{
    const struct cl_command *command = cl_args_command(args);

    const struct cl_option_set *globals = args->state->globals;

    for (size_t set = 0; set < CL_COMMAND_SETS && command->options[set] != NULL; set++) {
        for (size_t i = 0; i < command->options[set]->count; i++)
            CL_TRY(visit(ctx, &command->options[set]->rows[i], err));
    }
    for (size_t i = 0; globals != NULL && i < globals->count; i++) {
        if (!has_own(command, globals->rows[i].name))
            CL_TRY(visit(ctx, &globals->rows[i], err));
    }
    return CL_OK;
}

struct search {
    const char *name;
    const struct cl_option *found;
};

static enum cl_code match_name(void *ctx, const struct cl_option *option, struct cl_err *err)
{
    struct search *search = ctx;
    bool same = strcmp(option->name, search->name) == 0 ||
                (option->aka != NULL && strcmp(option->aka, search->name) == 0);

    (void)err;
    if (search->found == NULL && same)
        search->found = option;
    return CL_OK;
}

const struct cl_option *cl_args_find(const struct cl_args *args, const char *name)
{
    struct search search = {.name = name};
    struct cl_err unused = CL_ERR_NONE;

    /* The visitor never fails. */
    CL_IGNORE(cl_args_each_option(args, match_name, &search, &unused));
    return search.found;
}

/* The option given last under that name; NULL: not given. */
static const struct cl_given *last_given(const struct cl_args *args, const char *name)
{
    const struct cl_args_state *state = args->state;

    for (size_t i = state->given_count; i > 0; i--) {
        if (strcmp(state->given[i - 1].option->name, name) == 0)
            return &state->given[i - 1];
    }
    assert(cl_args_find(args, name) != NULL);
    return NULL;
}

bool cl_args_has(const struct cl_args *args, const char *name)
{
    return last_given(args, name) != NULL;
}

bool cl_args_flag(const struct cl_args *args, const char *name, bool otherwise)
{
    const struct cl_given *given = last_given(args, name);

    return given != NULL ? given->on : otherwise;
}

const char *cl_args_value(const struct cl_args *args, const char *name)
{
    const struct cl_given *given = last_given(args, name);

    return given != NULL ? given->value : NULL;
}

const char *cl_args_item(const struct cl_args *args, const char *name, size_t index)
{
    const struct cl_args_state *state = args->state;

    for (size_t i = 0; i < state->given_count; i++) {
        if (strcmp(state->given[i].option->name, name) != 0)
            continue;
        if (index-- == 0)
            return state->given[i].value;
    }
    return NULL;
}

const char *cl_args_positional(const struct cl_args *args, size_t index)
{
    return index < args->positional_count ? args->positionals[index] : NULL;
}

const char *cl_args_sure_positional(const struct cl_args *args)
{
    const struct cl_args_state *state = args->state;

    for (size_t i = 0; i < state->word_count; i++) {
        if (state->words[i].config_name == NULL && !state->words[i].may_be_value)
            return state->words[i].text;
    }
    return NULL;
}

enum cl_code cl_args_add_positional(struct cl_args *args, const char *word, struct cl_err *err)
{
    const char **grown = cl_array_grow(args->positionals, &args->state->positional_capacity,
                                       args->positional_count + 1, sizeof(*grown));

    if (grown == NULL)
        return cl_err_no_memory(err);
    args->positionals = grown;
    args->positionals[args->positional_count++] = word;
    return CL_OK;
}

static size_t most_positionals(const struct cl_command *command)
{
    size_t count = 0;

    while (count < CL_COMMAND_POSITIONALS && command->positionals[count].name != NULL) {
        if (command->positionals[count].many)
            return SIZE_MAX;
        count++;
    }
    return count;
}

enum cl_code cl_args_check_positionals(const struct cl_args *args, struct cl_err *err)
{
    const struct cl_command *command = cl_args_command(args);
    CL_AUTO(cl_buf) struct cl_buf quoted = CL_BUF(512);

    for (size_t i = 0; i < CL_COMMAND_POSITIONALS; i++) {
        if (command->positionals[i].required && i >= args->positional_count)
            return cl_err_set(err, CL_E_USAGE, "%s is missing", command->positionals[i].name);
    }
    size_t most = most_positionals(command);
    if (args->positional_count <= most)
        return CL_OK;
    cl_buf_add_quoted(&quoted, cl_str_of(args->positionals[most]), 100);
    return cl_err_set(err, CL_E_USAGE, "unexpected argument '%.*s'",
                      CL_STR_ARG(cl_buf_view(&quoted)));
}

static void state_free(struct cl_args_state *state)
{
    if (state == NULL)
        return;
    for (size_t i = 0; i < state->word_count; i++)
        cl_free(state->words[i].config_name);
    cl_free(state->words);
    cl_free(state->given);
    cl_free(state);
}

void cl_args_cleanup(struct cl_args *args)
{
    for (size_t i = 0; i < args->config_count; i++)
        cl_free(args->config[i].name);
    cl_free(args->config);
    cl_free(args->positionals);
    state_free(args->state);
    *args = CL_ARGS_NONE;
}
