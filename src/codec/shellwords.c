#include "codec/shellwords.h"

static const char blanks[] = " \t\r\n";

/* Moves the first byte of `*rest` to `word`. */
static void take_one(struct cl_str *rest, struct cl_buf *word)
{
    cl_buf_add(word, cl_str_first(*rest, 1));
    *rest = cl_str_skip(*rest, 1);
}

/* Behind a backslash outside of quotes. */
static bool take_escaped(struct cl_str *rest, struct cl_buf *word)
{
    if (rest->len == 0)
        return false;
    if (rest->ptr[0] == '\n') { /* joins two lines */
        *rest = cl_str_skip(*rest, 1);
    } else {
        take_one(rest, word);
    }
    return true;
}

static bool take_single_quoted(struct cl_str *rest, struct cl_buf *word)
{
    struct cl_str inside;
    bool closed = cl_str_cut(*rest, '\'', &inside, rest);

    cl_buf_add(word, inside);
    return closed;
}

static bool take_double_quoted(struct cl_str *rest, struct cl_buf *word)
{
    while (rest->len > 0 && rest->ptr[0] != '"') {
        bool escape = rest->ptr[0] == '\\' && rest->len > 1 &&
                      cl_str_only(cl_str_make(rest->ptr + 1, 1), "$`\"\\\n");
        if (!escape) {
            take_one(rest, word);
            continue;
        }
        *rest = cl_str_skip(*rest, 1);
        (void)take_escaped(rest, word);
    }
    bool closed = rest->len > 0;
    *rest = cl_str_skip(*rest, 1);
    return closed;
}

/* One word, quotes removed; false when it does not end properly. */
static bool take_word(struct cl_str *rest, struct cl_buf *word)
{
    bool ok = true;

    while (ok && rest->len > 0 && !cl_str_only(cl_str_first(*rest, 1), blanks)) {
        char c = rest->ptr[0];
        if (c != '\\' && c != '\'' && c != '"') {
            take_one(rest, word);
            continue;
        }
        *rest = cl_str_skip(*rest, 1);
        if (c == '\\') {
            ok = take_escaped(rest, word);
        } else {
            ok = c == '"' ? take_double_quoted(rest, word) : take_single_quoted(rest, word);
        }
    }
    return ok;
}

static struct cl_str skip_blanks(struct cl_str text)
{
    while (text.len > 0 && cl_str_only(cl_str_first(text, 1), blanks))
        text = cl_str_skip(text, 1);
    return text;
}

enum cl_code cl_shellwords_split(struct cl_str text, struct cl_strs *ret, struct cl_err *err)
{
    for (struct cl_str rest = skip_blanks(text); rest.len > 0; rest = skip_blanks(rest)) {
        CL_AUTO(cl_buf) struct cl_buf word = CL_BUF_SECRET(text.len);
        if (!take_word(&rest, &word)) {
            return cl_err_set(err, CL_E_INVALID,
                              "a quote is not closed, or a backslash stands at the end");
        }
        CL_TRY(cl_buf_ok(&word, err));
        CL_TRY(cl_strs_add(ret, cl_buf_view(&word), err));
    }
    return CL_OK;
}

static bool is_plain(struct cl_str word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-_.:/@+,%";

    return word.len > 0 && cl_str_only(word, plain);
}

void cl_buf_add_shell_word(struct cl_buf *buf, struct cl_str word)
{
    struct cl_str part;
    bool more = true;

    if (is_plain(word)) {
        cl_buf_add(buf, word);
        return;
    }
    cl_buf_add_char(buf, '\'');
    while (more) {
        more = cl_str_cut(word, '\'', &part, &word);
        cl_buf_add(buf, part);
        if (more)
            cl_buf_add_c(buf, "'\\''");
    }
    cl_buf_add_char(buf, '\'');
}
