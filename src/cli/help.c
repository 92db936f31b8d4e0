#include "cli/help.h"

#include "cli/args_state.h"
#include "cli/example.h"
#include "cli/style.h"
#include "cli/text_width.h"
#include "cli/text_wrap.h"

#define WIDTH_MOST 100
#define LEFT_COLUMNS 30   /* where the explanations begin */
#define RIGHT_COLUMNS 20  /* less room than that, and they begin on a line of their own */
#define NARROW_COLUMNS 10 /* there */
#define TEXT_MAX (64UL * 1024UL)

struct page {
    const struct cl_args *args;
    const struct cl_look *look;
    size_t width;
    struct cl_buf *out;
};

static void add_heading(const struct page *page, const char *text)
{
    cl_buf_add_char(page->out, '\n');
    cl_style_add(page->out, page->look->colour, CL_STYLE_BOLD, cl_str_of(text));
    cl_buf_add_c(page->out, ":\n");
}

static void add_paragraph(const struct page *page, const char *text, size_t indent)
{
    cl_text_add_wrapped(page->out, cl_str_of(text), page->width, indent);
}

/* "  left        explanation", the explanation wrapped behind a margin. */
static void add_pair(const struct page *page, const struct cl_buf *left, const char *text)
{
    CL_AUTO(cl_buf) struct cl_buf wrapped = CL_BUF(TEXT_MAX);
    size_t width = cl_text_width(cl_buf_view(left));

    cl_buf_add_c(page->out, "  ");
    cl_buf_add(page->out, cl_buf_view(left));
    if (text == NULL || text[0] == '\0') {
        cl_buf_add_char(page->out, '\n');
        return;
    }
    bool narrow = page->width < LEFT_COLUMNS + RIGHT_COLUMNS;
    size_t margin = narrow ? NARROW_COLUMNS : LEFT_COLUMNS;
    cl_text_add_wrapped(&wrapped, cl_str_of(text), page->width, margin);
    struct cl_str first = cl_buf_view(&wrapped);
    if (narrow || width + 4 > margin) {
        cl_buf_add_char(page->out, '\n');
    } else {
        cl_buf_add_repeat(page->out, " ", margin - width - 2);
        first = cl_str_skip(first, margin);
    }
    cl_buf_add(page->out, first);
}

static void add_usage(const struct page *page)
{
    const struct cl_command *command = cl_args_command(page->args);
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(TEXT_MAX);

    cl_args_add_path(page->args, &line);
    if (command->subcommand_count > 0) {
        cl_buf_add_c(&line, page->args->depth == 1 ? " [OPTIONS] COMMAND" : " COMMAND");
    } else {
        cl_buf_add_c(&line, " [OPTIONS]");
    }
    for (size_t i = 0; i < CL_COMMAND_POSITIONALS && command->positionals[i].name != NULL; i++) {
        const struct cl_positional *positional = &command->positionals[i];
        cl_buf_addf(&line, positional->required ? " %s%s" : " [%s%s]", positional->name,
                    positional->many ? "..." : "");
    }
    if (command->takes_config)
        cl_buf_add_c(&line, " [--ATTRIBUTE=VALUE...]");
    if (command->rest != NULL)
        cl_buf_addf(&line, " [--] %s", command->rest);
    add_heading(page, "Usage");
    cl_text_add_wrapped(page->out, cl_buf_view(&line), page->width, 2);
}

static void add_examples(const struct page *page)
{
    const struct cl_command *command = cl_args_command(page->args);

    if (command->example_count == 0)
        return;
    add_heading(page, "Examples");
    for (size_t i = 0; i < command->example_count; i++) {
        const struct cl_example *example = &command->examples[i];
        if (i > 0)
            cl_buf_add_char(page->out, '\n');
        if (example->what != NULL) {
            CL_AUTO(cl_buf) struct cl_buf what = CL_BUF(TEXT_MAX);
            cl_buf_addf(&what, "# %s", example->what);
            cl_text_add_wrapped(page->out, cl_buf_view(&what), page->width, 2);
        }
        /* Not wrapped: it is there to be copied. */
        cl_buf_add_c(page->out, "  ");
        cl_example_add(page->args->path, page->args->depth, example->line, page->out);
        cl_buf_add_char(page->out, '\n');
    }
}

static const char *heading_of(const struct cl_command *command)
{
    return command->heading != NULL ? command->heading : "Commands";
}

/* True if an earlier command of the group has the same heading. */
static bool is_headed_before(const struct cl_command *group, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        const struct cl_command *other = group->subcommands[i];
        if (!other->hidden && strcmp(heading_of(other), heading_of(group->subcommands[at])) == 0)
            return true;
    }
    return false;
}

static void add_commands_under(const struct page *page, const struct cl_command *group,
                               const char *heading)
{
    add_heading(page, heading);
    for (size_t i = 0; i < group->subcommand_count; i++) {
        const struct cl_command *command = group->subcommands[i];
        CL_AUTO(cl_buf) struct cl_buf left = CL_BUF(256);
        if (command->hidden || strcmp(heading_of(command), heading) != 0)
            continue;
        cl_buf_add_c(&left, command->name);
        add_pair(page, &left, command->summary);
    }
}

static void add_commands(const struct page *page)
{
    const struct cl_command *group = cl_args_command(page->args);

    for (size_t i = 0; i < group->subcommand_count; i++) {
        if (!group->subcommands[i]->hidden && !is_headed_before(group, i))
            add_commands_under(page, group, heading_of(group->subcommands[i]));
    }
}

static void add_positionals(const struct page *page)
{
    const struct cl_command *command = cl_args_command(page->args);

    for (size_t i = 0; i < CL_COMMAND_POSITIONALS && command->positionals[i].name != NULL; i++) {
        CL_AUTO(cl_buf) struct cl_buf left = CL_BUF(256);
        if (i == 0)
            add_heading(page, "Arguments");
        cl_buf_add_c(&left, command->positionals[i].name);
        add_pair(page, &left, command->positionals[i].help);
    }
}

/* The options of one group; the heading comes with the first. */
struct section {
    const struct page *page;
    enum cl_option_group group;
    const char *heading;
    size_t count;
};

struct brief_owner {
    const char *brief;
    const struct cl_option *first;
};

static enum cl_code find_owner(void *ctx, const struct cl_option *option, struct cl_err *err)
{
    struct brief_owner *owner = ctx;

    (void)err;
    if (owner->first == NULL && option->brief != NULL && strcmp(option->brief, owner->brief) == 0)
        owner->first = option;
    return CL_OK;
}

/* A command may take over the short form of a global option. */
static bool owns_brief(const struct page *page, const struct cl_option *option)
{
    struct brief_owner owner = {.brief = option->brief};
    struct cl_err unused = CL_ERR_NONE;

    if (option->brief == NULL)
        return false;
    /* The visitor never fails. */
    CL_IGNORE(cl_args_each_option(page->args, find_owner, &owner, &unused));
    return owner.first == option;
}

static void add_option_left(const struct page *page, const struct cl_option *option,
                            struct cl_buf *left)
{
    if (owns_brief(page, option)) {
        cl_buf_addf(left, "-%s, ", option->brief);
        if (option->brief_too != NULL)
            cl_buf_addf(left, "-%s, ", option->brief_too);
    } else {
        cl_buf_add_c(left, "    ");
    }
    cl_buf_addf(left, option->kind == CL_OPTION_SWITCH ? "--[no-]%s" : "--%s", option->name);
    if (option->kind == CL_OPTION_MAYBE) {
        cl_buf_addf(left, "[=%s]", option->value != NULL ? option->value : "VALUE");
    } else if (option->kind == CL_OPTION_VALUE || option->kind == CL_OPTION_LIST) {
        cl_buf_addf(left, " %s", option->value != NULL ? option->value : "VALUE");
    }
    if (option->kind == CL_OPTION_LIST)
        cl_buf_add_c(left, "...");
}

static enum cl_code add_option(void *ctx, const struct cl_option *option, struct cl_err *err)
{
    struct section *section = ctx;
    CL_AUTO(cl_buf) struct cl_buf left = CL_BUF(512);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);

    (void)err;
    if (option->group != section->group)
        return CL_OK;
    if (section->count++ == 0)
        add_heading(section->page, section->heading);
    add_option_left(section->page, option, &left);
    cl_buf_add_c(&text, option->help != NULL ? option->help : "");
    if (option->env != NULL)
        cl_buf_addf(&text, " [%s]", option->env);
    add_pair(section->page, &left, text.ptr);
    return CL_OK;
}

static enum cl_code add_options(const struct page *page, struct cl_err *err)
{
    static const struct {
        enum cl_option_group group;
        const char *heading;
    } sections[] = {
        {CL_GROUP_COMMON, "Options"},
        {CL_GROUP_FILTER, "Filters"},
        {CL_GROUP_OUTPUT, "Output"},
        {CL_GROUP_GLOBAL, "Global options"},
    };

    for (size_t i = 0; i < CL_COUNT(sections); i++) {
        struct section section = {
            .page = page, .group = sections[i].group, .heading = sections[i].heading};
        CL_TRY(cl_args_each_option(page->args, add_option, &section, err));
    }
    return CL_OK;
}

static void add_exit_codes(const struct page *page)
{
    add_heading(page, "Exit codes");
    add_paragraph(page,
                  "0 done, 1 failed, 2 wrong usage, 3 not found or ambiguous, 4 login needed, "
                  "5 forbidden, 6 conflict, 7 verification failed, 8 partly failed, 9 unavailable, "
                  "10 an answer was needed, 130 interrupted",
                  2);
}

static void add_end(const struct page *page)
{
    const struct cl_command *command = cl_args_command(page->args);
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(512);

    if (command->see_also != NULL) {
        add_heading(page, "See also");
        add_paragraph(page, command->see_also, 2);
    }
    if (command->subcommand_count == 0)
        return;
    cl_args_add_path(page->args, &path);
    cl_buf_addf(page->out, "\nRun '%s COMMAND --help' for more about a command.\n", path.ptr);
}

enum cl_code cl_help_render(const struct cl_args *args, const struct cl_look *look,
                            struct cl_buf *out, struct cl_err *err)
{
    const struct cl_command *command = cl_args_command(args);
    bool is_group = command->subcommand_count > 0;
    struct page page = {.args = args, .look = look, .width = WIDTH_MOST, .out = out};

    if (look->width > 0 && look->width < WIDTH_MOST)
        page.width = look->width;
    add_paragraph(&page, command->summary != NULL ? command->summary : command->name, 0);
    add_usage(&page);
    if (command->text != NULL) {
        cl_buf_add_char(out, '\n');
        add_paragraph(&page, command->text, 0);
    }
    add_examples(&page);
    add_commands(&page);
    add_positionals(&page);
    if (!is_group || args->depth == 1)
        CL_TRY(add_options(&page, err));
    if (!is_group || args->depth == 1)
        add_exit_codes(&page);
    add_end(&page);
    return cl_buf_ok(out, err);
}
