#include "cli/output_format.h"

#include "cli/suggest.h"
#include "codec/json_ref.h"
#include "codec/yaml_write.h"

#define CELL_MAX (4UL * 1024UL * 1024UL) /* bytes */

static void add_csv_cell(struct cl_buf *out, struct cl_str text)
{
    bool quote = false;

    for (size_t i = 0; i < text.len; i++)
        quote = quote || strchr(",\"\r\n", text.ptr[i]) != NULL;
    if (!quote) {
        cl_buf_add(out, text);
        return;
    }
    cl_buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++)
        cl_buf_add_c(out, text.ptr[i] == '"' ? "\"\"" : (char[]){text.ptr[i], '\0'});
    cl_buf_add_char(out, '"');
}

static void add_tsv_cell(struct cl_buf *out, struct cl_str text)
{
    static const char from[] = "\t\n\r\\";
    static const char *const to[] = {"\\t", "\\n", "\\r", "\\\\"};

    for (size_t i = 0; i < text.len; i++) {
        const char *hit = text.ptr[i] != '\0' ? strchr(from, text.ptr[i]) : NULL;
        if (hit != NULL) {
            cl_buf_add_c(out, to[hit - from]);
        } else {
            cl_buf_add_char(out, text.ptr[i]);
        }
    }
}

void cl_format_row(enum cl_format format, const struct cl_strs *cells, struct cl_buf *out)
{
    for (size_t i = 0; i < cells->count; i++) {
        struct cl_str text = cl_str_of(cells->items[i]);
        if (i > 0)
            cl_buf_add_char(out, format == CL_FORMAT_CSV ? ',' : '\t');
        if (format == CL_FORMAT_CSV) {
            add_csv_cell(out, text);
        } else {
            add_tsv_cell(out, text);
        }
    }
    cl_buf_add_char(out, '\n');
}

static void add_scalar(const json_t *value, struct cl_buf *out)
{
    if (json_is_string(value)) {
        cl_buf_add(out, cl_json_text(value));
    } else if (!json_is_null(value)) {
        cl_buf_add_json(out, value, CL_JSON_COMPACT);
    }
}

void cl_format_raw(const json_t *value, struct cl_buf *out)
{
    if (!json_is_array(value)) {
        if (value != NULL)
            add_scalar(value, out);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (i > 0)
            cl_buf_add_char(out, ';');
        add_scalar(json_array_get(value, i), out);
    }
}

void cl_format_name_line(const char *kind, struct cl_str name, struct cl_buf *out)
{
    cl_buf_add_c(out, kind);
    cl_buf_add_char(out, '/');
    cl_buf_add(out, name);
    cl_buf_add_char(out, '\n');
}

static const json_t *child(const json_t *object, struct cl_str key)
{
    CL_AUTO(cl_string) char *name = NULL;
    struct cl_err ignored = CL_ERR_NONE;

    if (cl_str_dup(key, &name, &ignored) != CL_OK)
        return NULL;
    return json_object_get(object, name);
}

const json_t *cl_format_member(const json_t *object, const char *path)
{
    struct cl_str rest = cl_str_of(path);
    const json_t *at = json_object_get(object, path);
    bool more = at == NULL;

    if (more)
        at = object;
    while (more && at != NULL) {
        struct cl_str key = CL_STR_NONE;
        more = cl_str_cut(rest, '.', &key, &rest);
        at = child(at, key);
    }
    return at;
}

enum cl_code cl_format_unknown(const char *what, const char *given, const struct cl_strs *names,
                               struct cl_err *err)
{
    CL_AUTO(cl_string) char *list = NULL;
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    CL_TRY(cl_strs_join(names, ", ", &list, err));
    cl_buf_add_quoted(&shown, cl_str_of(given), 100);
    (void)cl_err_set(err, CL_E_INVALID, "%s '%s' does not exist; there are: %s", what,
                     shown.ptr != NULL ? shown.ptr : "", list);
    return cl_suggest(err, names, cl_str_of(given), "");
}

static enum cl_code member_names(const json_t *object, struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *members = cl_json_ref(object);
    enum cl_code code = CL_OK;

    for (void *at = json_object_iter(members); at != NULL && code == CL_OK;
         at = json_object_iter_next(members, at))
        code = cl_strs_add(ret, cl_str_of(json_object_iter_key(at)), err);
    return code;
}

enum cl_code cl_format_field(const json_t *object, const char *path, struct cl_buf *out,
                             struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    const json_t *value = cl_format_member(object, path);

    if (value == NULL) {
        CL_TRY(member_names(object, &names, err));
        return cl_format_unknown("field", path, &names, err);
    }
    cl_format_raw(value, out);
    cl_buf_add_char(out, '\n');
    return CL_OK;
}

static enum cl_code copy_member(const json_t *object, struct cl_str key, json_t *to,
                                struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;

    CL_TRY(cl_str_dup(cl_str_trim(key), &path, err));
    const json_t *value = cl_format_member(object, path);
    if (value == NULL) {
        CL_TRY(member_names(object, &names, err));
        return cl_format_unknown("column", path, &names, err);
    }
    return cl_json_put(to, path, cl_json_ref(value), err);
}

enum cl_code cl_format_choose(const json_t *object, const char *columns, json_t **ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *chosen = NULL;
    struct cl_str rest = cl_str_of(columns);
    bool more = true;

    if (columns == NULL || strcmp(columns, "all") == 0) {
        *ret = cl_json_ref(object);
        return CL_OK;
    }
    chosen = json_object();
    if (chosen == NULL)
        return cl_err_no_memory(err);
    while (more) {
        struct cl_str key = CL_STR_NONE;
        more = cl_str_cut(rest, ',', &key, &rest);
        CL_TRY(copy_member(object, key, chosen, err));
    }
    *ret = CL_MOVE(chosen);
    return CL_OK;
}

/* "connector.name" is below the member "connector". */
static enum cl_code check_path(const char *what, struct cl_str path, const struct cl_strs *names,
                               struct cl_err *err)
{
    CL_AUTO(cl_string) char *given = NULL;
    struct cl_str member = CL_STR_NONE;
    struct cl_str rest = CL_STR_NONE;

    (void)cl_str_cut(path, '.', &member, &rest);
    if (cl_strs_has(names, member))
        return CL_OK;
    CL_TRY(cl_str_dup(path, &given, err));
    return cl_format_unknown(what, given, names, err);
}

static enum cl_code split_names(const char *words, struct cl_strs *ret, struct cl_err *err)
{
    struct cl_str rest = cl_str_of(words);
    struct cl_str word = CL_STR_NONE;

    while (rest.len > 0) {
        (void)cl_str_cut(rest, ' ', &word, &rest);
        CL_TRY(cl_strs_add(ret, word, err));
    }
    return CL_OK;
}

enum cl_code cl_format_check(const struct cl_settings *settings, const char *members,
                             struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    struct cl_str rest = cl_str_of(settings->columns);
    struct cl_str part = CL_STR_NONE;
    bool more = settings->columns != NULL && settings->format != CL_FORMAT_NAME &&
                strcmp(settings->columns, "all") != 0;

    CL_TRY(split_names(members, &names, err));
    if (settings->field != NULL)
        return check_path("field", cl_str_of(settings->field), &names, err);
    while (more) {
        more = cl_str_cut(rest, ',', &part, &rest);
        CL_TRY(check_path("column", cl_str_trim(part), &names, err));
    }
    return CL_OK;
}

/* Header and one row. */
static void add_object_rows(const struct cl_settings *settings, const json_t *object,
                            struct cl_buf *out)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_strs) struct cl_strs cells = CL_STRS_NONE;
    struct cl_err ignored = CL_ERR_NONE;
    enum cl_code code = member_names(object, &names, &ignored);

    for (size_t i = 0; i < names.count && code == CL_OK; i++) {
        CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(CELL_MAX);
        cl_format_raw(json_object_get(object, names.items[i]), &cell);
        code = cl_buf_ok(&cell, &ignored);
        if (code == CL_OK)
            code = cl_strs_add(&cells, cl_buf_view(&cell), &ignored);
    }
    if (code != CL_OK)
        out->failed = CL_E_FAILED; /* memory; whoever asks the buffer is told */
    if (!settings->no_headers)
        cl_format_row(settings->format, &names, out);
    cl_format_row(settings->format, &cells, out);
}

void cl_format_object(const struct cl_settings *settings, const json_t *object, struct cl_buf *out)
{
    switch (settings->format) {
    case CL_FORMAT_YAML: cl_buf_add_yaml(out, object); return;
    case CL_FORMAT_CSV:
    case CL_FORMAT_TSV: add_object_rows(settings, object, out); return;
    case CL_FORMAT_NDJSON:
        cl_buf_add_json(out, object, CL_JSON_COMPACT);
        cl_buf_add_char(out, '\n');
        return;
    case CL_FORMAT_JSON:
    case CL_FORMAT_TABLE:
    case CL_FORMAT_NAME:
        cl_buf_add_json(out, object, CL_JSON_PRETTY);
        cl_buf_add_char(out, '\n');
        return;
    }
}
