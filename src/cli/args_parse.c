#include "base/alloc.h"
#include "cli/args_state.h"
#include "cli/suggest.h"

/* The first pass over the command line. */
struct parser {
    struct cl_args *args;
    char *const *argv;
    int argc;
    int at;            /* the next token */
    bool only_words;   /* behind "--" */
    bool after_config; /* the token before was --KEY of a configuration argument */
};

/* What the user typed, ready for an error text; dies with the buffer. */
static const char *quoted(struct cl_buf *out, struct cl_str text)
{
    cl_buf_add_quoted(out, text, 100);
    return out->ptr != NULL ? out->ptr : "";
}

static enum cl_code add_given(struct parser *parser, const struct cl_option *option,
                              const char *value, bool on, struct cl_err *err)
{
    struct cl_args_state *state = parser->args->state;
    struct cl_given *grown =
        cl_array_grow(state->given, &state->given_capacity, state->given_count + 1, sizeof(*grown));

    if (grown == NULL)
        return cl_err_no_memory(err);
    state->given = grown;
    state->given[state->given_count++] =
        (struct cl_given){.option = option, .value = value, .on = on};
    return CL_OK;
}

static enum cl_code add_word(struct parser *parser, struct cl_word word, struct cl_err *err)
{
    struct cl_args_state *state = parser->args->state;
    struct cl_word *grown =
        cl_array_grow(state->words, &state->word_capacity, state->word_count + 1, sizeof(*grown));

    if (grown == NULL)
        return cl_err_no_memory(err);
    state->words = grown;
    word.may_be_value = parser->after_config;
    state->words[state->word_count++] = word;
    return CL_OK;
}

static bool takes_value(const struct cl_option *option)
{
    return option->kind == CL_OPTION_VALUE || option->kind == CL_OPTION_LIST;
}

static enum cl_code check_choice(const struct cl_option *option, const char *value,
                                 struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs choices = CL_STRS_NONE;
    CL_AUTO(cl_string) char *list = NULL;
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
        CL_TRY(cl_strs_add(&choices, cl_str_of(option->choices[i]), err));
    if (option->choices == NULL || value == NULL || cl_strs_has(&choices, cl_str_of(value)))
        return CL_OK;
    CL_TRY(cl_strs_join(&choices, ", ", &list, err));
    (void)cl_err_set(err, CL_E_INVALID, "--%s: '%s' is not one of: %s", option->name,
                     quoted(&shown, cl_str_of(value)), list);
    return cl_suggest(err, &choices, cl_str_of(value), "");
}

/* The value behind "=" or the next token. */
static enum cl_code value_of(struct parser *parser, const struct cl_option *option,
                             const char *attached, const char **ret, struct cl_err *err)
{
    if (attached == NULL && parser->at < parser->argc) {
        struct cl_str next = cl_str_of(parser->argv[parser->at]);
        if (!cl_str_starts(next, CL_STR("--")))
            attached = parser->argv[parser->at++];
    }
    if (attached == NULL) {
        return cl_err_set(err, CL_E_USAGE, "option '--%s' needs a value: --%s=%s", option->name,
                          option->name, option->value != NULL ? option->value : "VALUE");
    }
    CL_TRY(check_choice(option, attached, err));
    *ret = attached;
    return CL_OK;
}

static enum cl_code set_option(struct parser *parser, const struct cl_option *option,
                               const char *attached, bool on, struct cl_err *err)
{
    const char *value = attached;

    if (takes_value(option)) {
        CL_TRY(value_of(parser, option, attached, &value, err));
    } else if (attached != NULL && option->kind != CL_OPTION_MAYBE) {
        return cl_err_set(err, CL_E_USAGE, "option '--%s' takes no value", option->name);
    }
    return add_given(parser, option, value, on, err);
}

/* An option by its folded long name; `*on` is false for --no-NAME of a switch. */
static const struct cl_option *find_long(const struct parser *parser, const char *name, bool *on)
{
    const struct cl_option *option = cl_args_find(parser->args, name);

    *on = true;
    if (option == NULL && strncmp(name, "no-", 3) == 0) {
        option = cl_args_find(parser->args, name + 3);
        if (option != NULL && option->kind != CL_OPTION_SWITCH)
            return NULL;
        *on = false;
    }
    return option;
}

static void fold(char *name, char from, char to)
{
    for (char *at = name; *at != '\0'; at++) {
        if (*at == from)
            *at = to;
    }
}

static enum cl_code add_name(void *ctx, const struct cl_option *option, struct cl_err *err)
{
    return cl_strs_add(ctx, cl_str_of(option->name), err);
}

static enum cl_code unknown_option(const struct parser *parser, struct cl_str token,
                                   struct cl_str name, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    CL_TRY(cl_args_each_option(parser->args, add_name, &names, err));
    (void)cl_err_set(err, CL_E_USAGE, "unknown option '%s'", quoted(&shown, token));
    if (name.len == 1) /* every name that begins with the letter would be "near" */
        return err->code;
    return cl_suggest(err, &names, name, "--");
}

static bool is_config_name(struct cl_str name)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-0123456789";

    return name.len > 0 && cl_str_only(name, letters) && strchr("-0123456789", name.ptr[0]) == NULL;
}

static enum cl_code add_config(struct parser *parser, const char *name, const char *value,
                               struct cl_err *err)
{
    CL_AUTO(cl_string) char *folded = NULL;

    CL_TRY(cl_str_dup(cl_str_of(name), &folded, err));
    fold(folded, '-', '_');
    parser->after_config = false;
    CL_TRY(add_word(parser, (struct cl_word){.text = value, .config_name = folded}, err));
    (void)CL_MOVE(folded); /* the word owns it */
    parser->after_config = value == NULL;
    return CL_OK;
}

static enum cl_code take_long(struct parser *parser, const char *token, struct cl_err *err)
{
    CL_AUTO(cl_string) char *name = NULL;
    struct cl_str text = CL_STR_NONE;
    struct cl_str tail = CL_STR_NONE;
    bool on = true;

    bool has_value = cl_str_cut(cl_str_of(token + 2), '=', &text, &tail);
    const char *attached = has_value ? tail.ptr : NULL;
    CL_TRY(cl_str_dup(text, &name, err));
    fold(name, '_', '-');
    const struct cl_option *option = find_long(parser, name, &on);
    if (option != NULL)
        return set_option(parser, option, attached, on, err);
    if (cl_args_command(parser->args)->takes_config && is_config_name(text))
        return add_config(parser, name, attached, err);
    return unknown_option(parser, cl_str_make(token, text.len + 2), cl_str_of(name), err);
}

struct brief_search {
    struct cl_str brief;
    const struct cl_option *found;
};

static enum cl_code match_brief(void *ctx, const struct cl_option *option, struct cl_err *err)
{
    struct brief_search *search = ctx;

    (void)err;
    bool matches = (option->brief != NULL && cl_str_eq_c(search->brief, option->brief)) ||
                   (option->brief_too != NULL && cl_str_eq_c(search->brief, option->brief_too));
    if (search->found == NULL && matches)
        search->found = option;
    return CL_OK;
}

static const struct cl_option *find_brief(const struct parser *parser, struct cl_str brief)
{
    struct brief_search search = {.brief = brief};
    struct cl_err unused = CL_ERR_NONE;

    /* The visitor never fails. */
    CL_IGNORE(cl_args_each_option(parser->args, match_brief, &search, &unused));
    return search.found;
}

/* True if every letter up to the first that takes a value is an option. */
static bool is_cluster(const struct parser *parser, const char *letters)
{
    for (size_t i = 0; letters[i] != '\0'; i++) {
        const struct cl_option *option = find_brief(parser, cl_str_make(&letters[i], 1));
        if (option == NULL)
            return false;
        if (takes_value(option))
            return true;
    }
    return true;
}

static enum cl_code take_cluster(struct parser *parser, const char *letters, struct cl_err *err)
{
    for (size_t i = 0; letters[i] != '\0'; i++) {
        const struct cl_option *option = find_brief(parser, cl_str_make(&letters[i], 1));
        const char *rest = letters[i + 1] != '\0' ? &letters[i + 1] : NULL;

        if (takes_value(option))
            return set_option(parser, option, rest, true, err);
        CL_TRY(set_option(parser, option, NULL, true, err));
    }
    return CL_OK;
}

static bool is_brief(const struct parser *parser, const char *token)
{
    struct cl_str whole = CL_STR_NONE;
    struct cl_str tail = CL_STR_NONE;

    (void)cl_str_cut(cl_str_of(token + 1), '=', &whole, &tail);
    return find_brief(parser, whole) != NULL || is_cluster(parser, token + 1);
}

static enum cl_code take_brief(struct parser *parser, const char *token, struct cl_err *err)
{
    struct cl_str whole = CL_STR_NONE;
    struct cl_str tail = CL_STR_NONE;
    bool has_value = cl_str_cut(cl_str_of(token + 1), '=', &whole, &tail);
    const struct cl_option *option = find_brief(parser, whole);

    if (option != NULL)
        return set_option(parser, option, has_value ? tail.ptr : NULL, true, err);
    if (is_cluster(parser, token + 1))
        return take_cluster(parser, token + 1, err);
    return unknown_option(parser, cl_str_of(token), whole, err);
}

/* Words that users of pipeline tools type out of habit. */
static const char *const foreign[] = {
    "deploy", "destroy",         "up",         "down", "logs", "run", "pipeline",
    "model",  "code-repository", "integration"};

static enum cl_code unknown_command(const struct cl_command *group, const char *word,
                                    struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    for (size_t i = 0; i < CL_COUNT(foreign); i++) {
        if (strcmp(word, foreign[i]) == 0) {
            return cl_err_set(err, CL_E_USAGE,
                              "'%s' belongs to pipeline tooling and is not part of Cleat", word);
        }
    }
    for (size_t i = 0; i < group->subcommand_count; i++) {
        if (!group->subcommands[i]->hidden)
            CL_TRY(cl_strs_add(&names, cl_str_of(group->subcommands[i]->name), err));
    }
    (void)cl_err_set(err, CL_E_USAGE, "unknown command '%s'", quoted(&shown, cl_str_of(word)));
    return cl_suggest(err, &names, cl_str_of(word), "");
}

static bool is_named(const struct cl_command *command, struct cl_str word)
{
    struct cl_str aliases = cl_str_of(command->aliases);
    bool more = aliases.len > 0;

    if (cl_str_eq_c(word, command->name))
        return true;
    while (more) {
        struct cl_str alias = CL_STR_NONE;
        more = cl_str_cut(aliases, ' ', &alias, &aliases);
        if (cl_str_eq(word, alias))
            return true;
    }
    return false;
}

static enum cl_code descend(struct parser *parser, const char *word, struct cl_err *err)
{
    struct cl_args *args = parser->args;
    const struct cl_command *group = cl_args_command(args);

    for (size_t i = 0; i < group->subcommand_count; i++) {
        if (args->depth < CL_ARGS_DEPTH && is_named(group->subcommands[i], cl_str_of(word))) {
            args->path[args->depth++] = group->subcommands[i];
            return CL_OK;
        }
    }
    return unknown_command(group, word, err);
}

static void take_rest(struct parser *parser, int from)
{
    parser->args->rest = (const char *const *)&parser->argv[from];
    parser->args->rest_count = (size_t)(parser->argc - from);
    parser->at = parser->argc;
}

static size_t declared_positionals(const struct cl_command *command)
{
    size_t count = 0;

    while (count < CL_COMMAND_POSITIONALS && command->positionals[count].name != NULL)
        count++;
    return count;
}

static enum cl_code take_word(struct parser *parser, const char *word, struct cl_err *err)
{
    const struct cl_command *command = cl_args_command(parser->args);

    if (command->subcommand_count > 0)
        return descend(parser, word, err);
    if (command->rest != NULL && parser->args->state->word_count >= declared_positionals(command)) {
        take_rest(parser, parser->at - 1);
        return CL_OK;
    }
    CL_TRY(add_word(parser, (struct cl_word){.text = word}, err));
    parser->after_config = false;
    return CL_OK;
}

static void end_options(struct parser *parser)
{
    parser->after_config = false;
    if (cl_args_command(parser->args)->rest != NULL) {
        take_rest(parser, parser->at);
    } else {
        parser->only_words = true;
    }
}

static bool is_word(const struct parser *parser, const char *token)
{
    if (parser->only_words || token[0] != '-' || token[1] == '\0')
        return true;
    /* "--offset -5": what is no option can only be the value of the attribute before it. */
    return parser->after_config && token[1] != '-' && !is_brief(parser, token);
}

static enum cl_code take_token(struct parser *parser, struct cl_err *err)
{
    const char *token = parser->argv[parser->at++];

    if (is_word(parser, token))
        return take_word(parser, token, err);
    if (strcmp(token, "--") == 0) {
        end_options(parser);
        return CL_OK;
    }
    parser->after_config = false;
    return token[1] == '-' ? take_long(parser, token, err) : take_brief(parser, token, err);
}

static void skim_token(struct parser *parser)
{
    const char *token = parser->argv[parser->at];
    struct cl_err ignored = CL_ERR_NONE;

    if (token[0] == '-' && token[1] != '\0') {
        CL_IGNORE(take_token(parser, &ignored)); /* the first mistake is the one to tell */
    } else {
        parser->at++;
    }
}

/* Goes on behind a mistake only to learn in which form it is to be reported. */
static void skim(struct parser *parser)
{
    while (parser->at < parser->argc && strcmp(parser->argv[parser->at], "--") != 0)
        skim_token(parser);
}

static enum cl_code words_to_positionals(struct cl_args *args, struct cl_err *err)
{
    for (size_t i = 0; i < args->state->word_count; i++)
        CL_TRY(cl_args_add_positional(args, args->state->words[i].text, err));
    return CL_OK;
}

static enum cl_code parse(struct parser *parser, struct cl_err *err)
{
    struct cl_args *args = parser->args;

    while (parser->at < parser->argc) {
        enum cl_code code = take_token(parser, err);
        if (code != CL_OK) {
            skim(parser);
            return code;
        }
    }
    if (cl_args_command(args)->takes_config)
        return CL_OK;
    CL_TRY(words_to_positionals(args, err));
    /* Whoever asks for help need not have said the rest. */
    if (cl_args_find(args, "help") != NULL && cl_args_has(args, "help"))
        return CL_OK;
    return cl_args_check_positionals(args, err);
}

enum cl_code cl_args_parse(const struct cl_command *root, const struct cl_option_set *globals,
                           int argc, char *const argv[], struct cl_args *ret, struct cl_err *err)
{
    struct parser parser = {.args = ret, .argv = argv, .argc = argc, .at = 1};

    *ret = (struct cl_args){.path = {root}, .depth = 1};
    ret->state = cl_alloc(sizeof(*ret->state));
    if (ret->state == NULL)
        return cl_err_no_memory(err);
    ret->state->globals = globals;
    return parse(&parser, err);
}
