#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define COLUMNS_MOST 10000

bool cl_terminal_is(int fd)
{
    return fd >= 0 && isatty(fd) == 1;
}

size_t cl_terminal_columns(int fd, const struct cl_world *world)
{
    struct winsize size = {.ws_col = 0};
    struct cl_err ignored = CL_ERR_NONE;
    int64_t columns = 0;

    if (fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    /* A COLUMNS that is no number counts as unset, as in other programs. */
    CL_IGNORE(cl_parse_i64(cl_world_env(world, "COLUMNS"), &columns, &ignored));
    return columns > 0 && columns <= COLUMNS_MOST ? (size_t)columns : COLUMNS_DEFAULT;
}

bool cl_terminal_is_utf8(const struct cl_world *world)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < CL_COUNT(names); i++) {
        struct cl_str locale = cl_world_env(world, names[i]);
        struct cl_str charset = CL_STR_NONE;
        if (locale.len == 0)
            continue;
        (void)cl_str_cut(locale, '.', &locale, &charset);
        (void)cl_str_cut(charset, '@', &charset, &locale);
        return cl_str_ieq(charset, CL_STR("UTF-8")) || cl_str_ieq(charset, CL_STR("UTF8"));
    }
    return false;
}

bool cl_terminal_has_links(const struct cl_world *world)
{
    static const char *const signs[] = {"VTE_VERSION",     "KONSOLE_VERSION",    "WT_SESSION",
                                        "KITTY_WINDOW_ID", "WEZTERM_EXECUTABLE", "DOMTERM"};

    for (size_t i = 0; i < CL_COUNT(signs); i++) {
        if (cl_world_env(world, signs[i]).len > 0)
            return true;
    }
    struct cl_str program = cl_world_env(world, "TERM_PROGRAM");
    return cl_str_eq(program, CL_STR("iTerm.app")) || cl_str_eq(program, CL_STR("vscode"));
}
