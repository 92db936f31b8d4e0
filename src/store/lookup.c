#include "store/lookup.h"

#include "base/world.h"
#include "core/quote.h"

#define CANDIDATES_MAX 10
#define ID_DIGITS_MIN 4
#define UUID_CHARS 36
#define SHOWN_MAX_BYTES 4096

/* What a statement found. */
struct matches {
    size_t count;
    int64_t seq;         /* of the first */
    struct cl_buf shown; /* up to CANDIDATES_MAX, for the message */
};

static void matches_cleanup(struct matches *matches)
{
    cl_buf_cleanup(&matches->shown);
}

static bool is_dash_place(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

static char hex_lower(char c)
{
    if (c >= 'A' && c <= 'F')
        return (char)(c - 'A' + 'a');
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
        return c;
    return '\0';
}

bool cl_lookup_id_text(struct cl_str ref, char ret[UUID_CHARS + 1])
{
    size_t len = 0;
    size_t digits = 0;

    for (size_t i = 0; i < ref.len; i++) {
        bool dash = ref.ptr[i] == '-' && is_dash_place(len);
        char c = hex_lower(ref.ptr[i]);
        if (dash)
            c = '-';
        if (c == '\0')
            return false;
        if (!dash && is_dash_place(len))
            ret[len++] = '-';
        if (len >= UUID_CHARS)
            return false;
        ret[len++] = c;
        digits += dash ? 0 : 1;
    }
    ret[len] = '\0';
    return digits >= ID_DIGITS_MIN;
}

static enum cl_code note_row(struct cl_stmt *stmt, struct matches *matches, struct cl_err *err)
{
    int64_t seq = cl_col_i64(stmt);
    struct cl_str id = cl_col_text(stmt);
    struct cl_str name = cl_col_text(stmt);

    CL_TRY(cl_cols_ok(stmt, err));
    if (matches->count == 0)
        matches->seq = seq;
    if (matches->count++ >= CANDIDATES_MAX)
        return CL_OK;
    cl_buf_addf(&matches->shown, "%s'%s' (%.*s)", matches->count == 1 ? "" : ", ",
                cl_quote(name).text, CL_STR_ARG(id));
    return cl_buf_ok(&matches->shown, err);
}

static enum cl_code collect(struct cl_stmt *stmt, struct matches *matches, struct cl_err *err)
{
    bool row = false;

    CL_TRY(cl_stmt_step(stmt, &row, err));
    while (row) {
        CL_TRY(note_row(stmt, matches, err));
        CL_TRY(cl_stmt_step(stmt, &row, err));
    }
    return CL_OK;
}

static enum cl_code prepare(struct cl_sql *sql, const struct cl_lookup *lookup,
                            const char *statement, struct cl_stmt *ret, struct cl_err *err)
{
    CL_TRY(cl_stmt_prepare(sql, statement, ret, err));
    if (lookup->has_kind)
        cl_bind_text(ret, lookup->kind);
    return CL_OK;
}

static enum cl_code find_exact(struct cl_sql *sql, const struct cl_lookup *lookup,
                               const char *statement, struct cl_str value, struct matches *matches,
                               struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(prepare(sql, lookup, statement, &stmt, err));
    cl_bind_text(&stmt, value);
    return collect(&stmt, matches, err);
}

/* No UTF-8 text sorts behind its prefix and a byte that UTF-8 never has. */
static enum cl_code find_prefix(struct cl_sql *sql, const struct cl_lookup *lookup,
                                const char *statement, struct cl_str prefix,
                                struct matches *matches, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf behind = CL_BUF(prefix.len + 1);
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    cl_buf_add(&behind, prefix);
    cl_buf_add_char(&behind, (char)0xFF);
    CL_TRY(cl_buf_ok(&behind, err));
    CL_TRY(prepare(sql, lookup, statement, &stmt, err));
    cl_bind_text(&stmt, prefix);
    cl_bind_text(&stmt, cl_buf_view(&behind));
    return collect(&stmt, matches, err);
}

static enum cl_code ambiguous(const struct cl_lookup *lookup, struct cl_str ref,
                              const struct matches *matches, struct cl_err *err)
{
    size_t more = matches->count > CANDIDATES_MAX ? matches->count - CANDIDATES_MAX : 0;

    if (more > 0) {
        (void)cl_err_set(err, CL_E_AMBIGUOUS, "'%s' stands for %zu %ss: %s and %zu more",
                         cl_quote(ref).text, matches->count, lookup->noun, matches->shown.ptr,
                         more);
    } else {
        (void)cl_err_set(err, CL_E_AMBIGUOUS, "'%s' stands for %zu %ss: %s", cl_quote(ref).text,
                         matches->count, lookup->noun, matches->shown.ptr);
    }
    return cl_err_hint(err, "Give the whole name or a longer part of the id.");
}

static enum cl_code names(struct cl_sql *sql, const struct cl_lookup *lookup, struct cl_strs *ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(prepare(sql, lookup, lookup->all, &stmt, err));
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    while (row) {
        struct cl_str name = cl_col_text(&stmt);
        CL_TRY(cl_cols_ok(&stmt, err));
        CL_TRY(cl_strs_add(ret, name, err));
        CL_TRY(cl_stmt_step(&stmt, &row, err));
    }
    return CL_OK;
}

static enum cl_code not_found(struct cl_sql *sql, const struct cl_lookup *lookup, struct cl_str ref,
                              struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs known = CL_STRS_NONE;

    CL_TRY(names(sql, lookup, &known, err));
    const char *nearest = cl_strs_nearest(&known, ref);
    (void)cl_err_set(err, CL_E_NOT_FOUND, "%s '%s' not found", lookup->noun, cl_quote(ref).text);
    return nearest == NULL
               ? CL_E_NOT_FOUND
               : cl_err_hint(err, "Did you mean '%s'?", cl_quote(cl_str_of(nearest)).text);
}

/* The steps in their order, until one of them finds something. */
static enum cl_code search(struct cl_sql *sql, const struct cl_lookup *lookup, struct cl_str ref,
                           bool name_prefix, struct matches *matches, struct cl_err *err)
{
    char id[UUID_CHARS + 1];
    bool is_id = cl_lookup_id_text(ref, id);

    if (cl_is_uuid(ref))
        return find_exact(sql, lookup, lookup->by_id, cl_str_of(id), matches, err);
    CL_TRY(find_exact(sql, lookup, lookup->by_name, ref, matches, err));
    if (matches->count == 0 && is_id)
        CL_TRY(find_prefix(sql, lookup, lookup->by_id_prefix, cl_str_of(id), matches, err));
    if (matches->count == 0 && name_prefix && ref.len > 0)
        CL_TRY(find_prefix(sql, lookup, lookup->by_name_prefix, ref, matches, err));
    return CL_OK;
}

enum cl_code cl_lookup_find(struct cl_sql *sql, const struct cl_lookup *lookup, struct cl_str ref,
                            bool name_prefix, int64_t *ret_seq, struct cl_err *err)
{
    CL_AUTO(matches) struct matches matches = {.shown = CL_BUF(SHOWN_MAX_BYTES)};

    CL_TRY(search(sql, lookup, ref, name_prefix, &matches, err));
    if (matches.count == 0)
        return not_found(sql, lookup, ref, err);
    if (matches.count > 1)
        return ambiguous(lookup, ref, &matches, err);
    *ret_seq = matches.seq;
    return CL_OK;
}
