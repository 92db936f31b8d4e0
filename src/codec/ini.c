#include "codec/ini.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "codec/ini_lines.h"
#include "codec/shellwords.h"

/* Looking for duplicates is quadratic in these. */
#define SECTIONS_MAX 4096
#define ENTRIES_PER_SECTION_MAX 512
#define WARNINGS_MAX 1000

struct cl_ini {
    struct cl_ini_section *sections;
    size_t section_count;
    size_t section_capacity;
    struct cl_ini_entry *entries;
    size_t entry_count;
    size_t entry_capacity;
    struct cl_ini_warning *warnings;
    size_t warning_count;
    size_t warning_capacity;
    struct cl_buf bytes; /* names, keys and values; the views point here in the end */
};

/* Bytes that may still move, by position. */
struct span {
    size_t at;
    size_t len;
};

struct parse {
    struct cl_ini *ini;
    struct span *names;  /* one per section */
    struct span *fields; /* two per entry: key and value */
    size_t name_capacity;
    size_t field_capacity;
    size_t key_indent;     /* of the last header or key: what is deeper continues it */
    bool in_entry;         /* the last entry may still go on */
    bool nested;           /* its value began empty, so what goes on is a map */
    size_t first_in_block; /* index of the first entry of the section that is being read */
    size_t comments_start; /* of the comment lines directly above; SIZE_MAX: none */
};

static enum cl_code fail(struct cl_err *err, const struct cl_ini_line *line, const char *reason)
{
    return cl_err_set(err, CL_E_INVALID, "line %zu: %s", line->number, reason);
}

static enum cl_code warn(struct cl_ini *ini, size_t line, const char *text, struct cl_err *err)
{
    if (ini->warning_count >= WARNINGS_MAX)
        return CL_OK;
    struct cl_ini_warning *grown = cl_array_grow(ini->warnings, &ini->warning_capacity,
                                                 ini->warning_count + 1, sizeof(*grown));
    if (grown == NULL)
        return cl_err_no_memory(err);
    ini->warnings = grown;
    ini->warnings[ini->warning_count++] = (struct cl_ini_warning){.line = line, .text = text};
    return CL_OK;
}

static struct span add_bytes(struct cl_ini *ini, struct cl_str bytes)
{
    struct span span = {.at = ini->bytes.len, .len = bytes.len};

    cl_buf_add(&ini->bytes, bytes);
    return span;
}

static struct cl_str at_span(const struct cl_ini *ini, struct span span)
{
    return span.len == 0 ? CL_STR_NONE : cl_str_make(ini->bytes.ptr + span.at, span.len);
}

static bool ends_in_blank(struct cl_str text)
{
    return text.len > 0 && cl_ini_is_blank(text.ptr[text.len - 1]);
}

/* Blank lines behind a value do not belong to it. */
static void close_entry(struct parse *parse)
{
    struct cl_ini *ini = parse->ini;

    if (!parse->in_entry)
        return;
    struct span *value = &parse->fields[2 * ini->entry_count - 1];
    value->len = ini->bytes.len - value->at;
    while (ends_in_blank(at_span(ini, *value)))
        value->len--;
    cl_buf_truncate(&ini->bytes, value->at + value->len);
    parse->in_entry = false;
}

static enum cl_code grow_sections(struct parse *parse, struct cl_err *err)
{
    struct cl_ini *ini = parse->ini;
    size_t need = ini->section_count + 1;
    struct cl_ini_section *sections =
        cl_array_grow(ini->sections, &ini->section_capacity, need, sizeof(*sections));

    if (sections == NULL)
        return cl_err_no_memory(err);
    ini->sections = sections;
    struct span *names = cl_array_grow(parse->names, &parse->name_capacity, need, sizeof(*names));
    if (names == NULL)
        return cl_err_no_memory(err);
    parse->names = names;
    return CL_OK;
}

static bool name_is_taken(const struct parse *parse, struct cl_str name)
{
    for (size_t i = 0; i < parse->ini->section_count; i++) {
        if (cl_str_eq(at_span(parse->ini, parse->names[i]), name))
            return true;
    }
    return false;
}

static enum cl_code on_header(struct parse *parse, const struct cl_ini_line *line,
                              struct cl_str name, struct cl_err *err)
{
    struct cl_ini *ini = parse->ini;
    bool ignored = cl_str_eq(name, CL_STR("DEFAULT"));

    close_entry(parse);
    if (ini->section_count >= SECTIONS_MAX)
        return fail(err, line, "too many sections");
    if (ignored) {
        CL_TRY(warn(ini, line->number,
                    "[DEFAULT] is ignored here; other tools add its keys to "
                    "every section",
                    err));
    } else if (name_is_taken(parse, name)) {
        CL_TRY(warn(ini, line->number, "section is there twice; some tools refuse the file", err));
    }
    CL_TRY(grow_sections(parse, err));
    bool led = parse->comments_start != SIZE_MAX;
    ini->sections[ini->section_count] =
        (struct cl_ini_section){.line = line->number,
                                .lead = led ? parse->comments_start : line->start,
                                .start = line->start,
                                .body_end = line->end,
                                .ignored = ignored};
    parse->names[ini->section_count++] = add_bytes(ini, name);
    parse->first_in_block = ini->entry_count;
    return CL_OK;
}

static enum cl_code grow_entries(struct parse *parse, struct cl_err *err)
{
    struct cl_ini *ini = parse->ini;
    struct cl_ini_entry *entries =
        cl_array_grow(ini->entries, &ini->entry_capacity, ini->entry_count + 1, sizeof(*entries));

    if (entries == NULL)
        return cl_err_no_memory(err);
    ini->entries = entries;
    struct span *fields = cl_array_grow(parse->fields, &parse->field_capacity,
                                        2 * (ini->entry_count + 1), sizeof(*fields));
    if (fields == NULL)
        return cl_err_no_memory(err);
    parse->fields = fields;
    return CL_OK;
}

static bool key_is_taken(const struct parse *parse, struct span key)
{
    struct cl_str wanted = at_span(parse->ini, key);

    for (size_t i = parse->first_in_block; i < parse->ini->entry_count; i++) {
        if (cl_str_eq(at_span(parse->ini, parse->fields[2 * i]), wanted))
            return true;
    }
    return false;
}

static struct span add_lower(struct cl_ini *ini, struct cl_str key)
{
    struct span span = add_bytes(ini, key);

    for (size_t i = 0; ini->bytes.failed == CL_OK && i < span.len; i++) {
        char *c = &ini->bytes.ptr[span.at + i];
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return span;
}

/* Only values that can hold neither of these two characters lose what looks like a comment. */
static enum cl_code strip_comment(struct cl_ini *ini, const struct cl_ini_line *line,
                                  struct cl_str key, struct cl_str *value, struct cl_err *err)
{
    if (!cl_ini_is_simple_key(key))
        return CL_OK;
    for (size_t i = 1; i < value->len; i++) {
        bool comment = value->ptr[i] == '#' || value->ptr[i] == ';';
        if (!comment || !cl_ini_is_blank(value->ptr[i - 1]))
            continue;
        *value = cl_ini_trim(cl_str_first(*value, i));
        return warn(ini, line->number,
                    "comment behind a value; other tools take it for a part of "
                    "the value",
                    err);
    }
    return CL_OK;
}

static enum cl_code on_key(struct parse *parse, const struct cl_ini_line *line, struct cl_str key,
                           struct cl_str value, struct cl_err *err)
{
    struct cl_ini *ini = parse->ini;

    close_entry(parse);
    if (key.len == 0)
        return fail(err, line, "no key before the = or :");
    if (ini->entry_count - parse->first_in_block >= ENTRIES_PER_SECTION_MAX)
        return fail(err, line, "too many keys in one section");
    CL_TRY(grow_entries(parse, err));
    struct span key_span = add_lower(ini, key);
    CL_TRY(cl_buf_ok(&ini->bytes, err));
    if (key_is_taken(parse, key_span)) {
        CL_TRY(warn(ini, line->number,
                    "key is there twice in its section; some tools refuse the "
                    "file",
                    err));
    }
    CL_TRY(strip_comment(ini, line, at_span(ini, key_span), &value, err));
    ini->entries[ini->entry_count] =
        (struct cl_ini_entry){.section = ini->section_count - 1, .line = line->number};
    parse->fields[2 * ini->entry_count] = key_span;
    parse->fields[2 * ini->entry_count + 1] = add_bytes(ini, value);
    ini->entry_count++;
    parse->in_entry = true;
    parse->nested = value.len == 0;
    return CL_OK;
}

static enum cl_code on_continuation(struct parse *parse, const struct cl_ini_line *line,
                                    struct cl_err *err)
{
    if (parse->nested && cl_str_find(line->text, '=') == line->text.len)
        return fail(err, line, "an indented line below an empty value needs a = of its own");
    cl_buf_add_c(&parse->ini->bytes, "\n");
    cl_buf_add(&parse->ini->bytes, line->text);
    return CL_OK;
}

/* A line with something on it that is no comment. */
static enum cl_code on_content(struct parse *parse, const struct cl_ini_line *line,
                               struct cl_err *err)
{
    struct cl_ini *ini = parse->ini;
    struct cl_str name;
    struct cl_str key;
    struct cl_str value;

    if (parse->in_entry && line->indent > parse->key_indent) {
        CL_TRY(on_continuation(parse, line, err));
    } else if (cl_ini_split_header(line->text, &name)) {
        CL_TRY(on_header(parse, line, name, err));
        parse->key_indent = line->indent;
    } else if (ini->section_count == 0) {
        return fail(err, line, "text before the first [section]");
    } else if (!cl_ini_split_key(line->text, &key, &value)) {
        return fail(err, line, "neither a [section] nor a key with = or :");
    } else {
        CL_TRY(on_key(parse, line, key, value, err));
        parse->key_indent = line->indent;
    }
    ini->sections[ini->section_count - 1].body_end = line->end;
    parse->comments_start = SIZE_MAX;
    return CL_OK;
}

static enum cl_code on_line(struct parse *parse, const struct cl_ini_line *line, struct cl_err *err)
{
    switch (line->kind) {
    case CL_INI_LINE_COMMENT:
        if (parse->comments_start == SIZE_MAX)
            parse->comments_start = line->start;
        return CL_OK;
    case CL_INI_LINE_BLANK:
        if (parse->in_entry) /* kept if more of the value follows */
            cl_buf_add_c(&parse->ini->bytes, "\n");
        parse->comments_start = SIZE_MAX;
        return CL_OK;
    case CL_INI_LINE_CONTENT: break;
    }
    return on_content(parse, line, err);
}

/* The bytes have come to rest: turns offsets into views, and sets where sections end. */
static void settle(struct parse *parse, size_t text_len)
{
    struct cl_ini *ini = parse->ini;

    assert(ini->section_count == 0 || parse->names != NULL);
    assert(ini->entry_count == 0 || parse->fields != NULL);
    for (size_t i = 0; i < ini->section_count; i++) {
        bool last = i + 1 == ini->section_count;
        ini->sections[i].name = at_span(ini, parse->names[i]);
        ini->sections[i].end = last ? text_len : ini->sections[i + 1].start;
    }
    for (size_t i = 0; i < ini->entry_count; i++) {
        ini->entries[i].key = at_span(ini, parse->fields[2 * i]);
        ini->entries[i].value = at_span(ini, parse->fields[2 * i + 1]);
    }
}

static void parse_cleanup(struct parse *parse)
{
    cl_free(parse->names);
    cl_free(parse->fields);
}

static enum cl_code check_bytes(struct cl_str text, struct cl_err *err)
{
    if (text.len > CL_INI_MAX_BYTES)
        return cl_err_set(err, CL_E_INVALID, "file is larger than %zu bytes", CL_INI_MAX_BYTES);
    if (!cl_is_utf8(text))
        return cl_err_set(err, CL_E_INVALID, "file is not valid UTF-8");
    if (cl_str_find(text, '\0') < text.len)
        return cl_err_set(err, CL_E_INVALID, "file contains a NUL byte");
    return CL_OK;
}

static enum cl_code read_lines(struct parse *parse, struct cl_str text, struct cl_err *err)
{
    struct cl_ini_line line = {.number = 0};

    if (cl_str_starts(text, CL_STR("\xEF\xBB\xBF"))) {
        line.end = 3;
        CL_TRY(warn(parse->ini, 1, "byte order mark; some tools refuse the file", err));
    }
    while (cl_ini_next_line(text, &line)) {
        CL_TRY(on_line(parse, &line, err));
        CL_TRY(cl_buf_ok(&parse->ini->bytes, err)); /* spans must not point behind the bytes */
    }
    close_entry(parse);
    return CL_OK;
}

enum cl_code cl_ini_parse(struct cl_str text, struct cl_ini **ret, struct cl_err *err)
{
    CL_AUTO(cl_ini) struct cl_ini *ini = NULL;

    CL_TRY(check_bytes(text, err));
    ini = cl_alloc(sizeof(*ini));
    if (ini == NULL)
        return cl_err_no_memory(err);
    ini->bytes = (struct cl_buf)CL_BUF_SECRET(2 * CL_INI_MAX_BYTES);
    CL_AUTO(parse) struct parse parse = {.ini = ini, .comments_start = SIZE_MAX};
    CL_TRY(read_lines(&parse, text, err));
    settle(&parse, text.len);
    *ret = CL_MOVE(ini);
    return CL_OK;
}

void cl_ini_free(struct cl_ini *ini)
{
    if (ini == NULL)
        return;
    cl_free(ini->sections);
    cl_free(ini->entries);
    cl_free(ini->warnings);
    cl_buf_cleanup(&ini->bytes);
    cl_free(ini);
}

void cl_ini_cleanup(struct cl_ini **ini)
{
    cl_ini_free(*ini);
}

size_t cl_ini_section_count(const struct cl_ini *ini)
{
    return ini->section_count;
}

const struct cl_ini_section *cl_ini_section(const struct cl_ini *ini, size_t index)
{
    return &ini->sections[index];
}

size_t cl_ini_entry_count(const struct cl_ini *ini)
{
    return ini->entry_count;
}

const struct cl_ini_entry *cl_ini_entry(const struct cl_ini *ini, size_t index)
{
    return &ini->entries[index];
}

size_t cl_ini_warning_count(const struct cl_ini *ini)
{
    return ini->warning_count;
}

const struct cl_ini_warning *cl_ini_warning(const struct cl_ini *ini, size_t index)
{
    return &ini->warnings[index];
}

const struct cl_ini_section *cl_ini_find(const struct cl_ini *ini, struct cl_str section)
{
    for (size_t i = ini->section_count; i > 0; i--) {
        const struct cl_ini_section *at = &ini->sections[i - 1];
        if (!at->ignored && cl_str_eq(at->name, section))
            return at;
    }
    return NULL;
}

const struct cl_ini_entry *cl_ini_lookup(const struct cl_ini *ini, struct cl_str section,
                                         const char *key)
{
    for (size_t i = ini->entry_count; i > 0; i--) {
        const struct cl_ini_entry *entry = &ini->entries[i - 1];
        const struct cl_ini_section *of = &ini->sections[entry->section];
        if (cl_str_eq_c(entry->key, key) && !of->ignored && cl_str_eq(of->name, section))
            return entry;
    }
    return NULL;
}

struct cl_str cl_ini_get(const struct cl_ini *ini, struct cl_str section, const char *key)
{
    const struct cl_ini_entry *entry = cl_ini_lookup(ini, section, key);

    return entry == NULL ? CL_STR_NONE : entry->value;
}

struct cl_str cl_ini_nested(const struct cl_ini *ini, struct cl_str section, const char *key,
                            const char *name)
{
    struct cl_str rest = cl_ini_get(ini, section, key);
    struct cl_str found = CL_STR_NONE;
    struct cl_str line;

    if (!cl_str_starts(rest, CL_STR("\n"))) /* an ordinary value */
        return CL_STR_NONE;
    while (rest.len > 0) {
        struct cl_str left;
        struct cl_str right;
        (void)cl_str_cut(rest, '\n', &line, &rest);
        (void)cl_str_cut(line, '=', &left, &right);
        if (cl_str_eq_c(cl_ini_trim(left), name))
            found = cl_ini_trim(right);
    }
    return found;
}

enum cl_code cl_ini_header_name(struct cl_str header, const char *kind, char **ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs words = CL_STRS_NONE;
    enum cl_code rc = CL_OK;

    if (cl_str_starts(header, cl_str_of(kind))) /* a leading blank makes it something else */
        rc = cl_shellwords_split(header, &words, err);
    if (rc != CL_OK && rc != CL_E_INVALID)
        return rc;
    if (rc != CL_OK || words.count != 2 || strcmp(words.items[0], kind) != 0)
        return cl_err_set(err, CL_E_NOT_FOUND, "not a [%s NAME] header", kind);
    *ret = CL_MOVE(words.items[1]);
    return CL_OK;
}
