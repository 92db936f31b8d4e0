#include "codec/yaml.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "codec/yaml_lib.h"
#include "codec/yaml_node.h"

#define NONE CL_YAML_NONE
#define MAX_ANCHORS 256

struct anchor {
    size_t name_at;
    size_t name_len;
    uint32_t node;
};

/* A list or map whose end has not been seen. */
struct frame {
    uint32_t node;
    uint32_t key; /* map: whose value comes next */
};

/* libyaml counts characters; this finds their bytes. It moves forwards and a little backwards. */
struct place {
    size_t chars;
    size_t bytes;
};

struct reading {
    const struct cl_libyaml *lib;
    yaml_parser_t parser;
    bool is_started;
    struct cl_yaml *yaml;
    struct cl_str text; /* without a byte order mark */
    size_t skipped;     /* bytes of that mark */
    struct place place;
    struct frame open[CL_YAML_MAX_DEPTH];
    size_t depth;
    struct anchor *anchors;
    size_t anchor_count;
    size_t anchor_capacity;
    bool has_document;
};

static enum cl_code refuse(const yaml_mark_t *mark, const char *reason, struct cl_err *err)
{
    return cl_err_set(err, CL_E_INVALID, "YAML line %zu, column %zu: %s", mark->line + 1,
                      mark->column + 1, reason);
}

/* --- places -------------------------------------------------------------------------------- */

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0U) == 0x80U;
}

static size_t byte_at(struct reading *reading, size_t chars)
{
    struct place *place = &reading->place;
    struct cl_str text = reading->text;

    while (place->chars < chars && place->bytes < text.len) {
        place->chars++;
        place->bytes++;
        while (place->bytes < text.len && is_continuation(text.ptr[place->bytes]))
            place->bytes++;
    }
    while (place->chars > chars && place->bytes > 0) {
        place->chars--;
        place->bytes--;
        while (place->bytes > 0 && is_continuation(text.ptr[place->bytes]))
            place->bytes--;
    }
    return reading->skipped + place->bytes;
}

/* --- the tree ------------------------------------------------------------------------------ */

static enum cl_code add_node(struct reading *reading, const yaml_event_t *event, uint32_t *ret,
                             struct cl_err *err)
{
    struct cl_yaml *yaml = reading->yaml;

    if (yaml->count >= CL_YAML_MAX_NODES)
        return refuse(&event->start_mark, "too many values", err);
    struct cl_yaml_node *grown =
        cl_array_grow(yaml->nodes, &yaml->capacity, yaml->count + 1, sizeof(*grown));
    if (grown == NULL)
        return cl_err_no_memory(err);
    yaml->nodes = grown;
    *ret = (uint32_t)yaml->count++;
    yaml->nodes[*ret] = (struct cl_yaml_node){
        .owner = yaml,
        .text_at = yaml->bytes.len,
        .line = event->start_mark.line,
        .column = event->start_mark.column,
        .weight = 1,
        .first_child = NONE,
        .last_child = NONE,
        .next = NONE,
        .value = NONE,
        .target = NONE,
    };
    yaml->nodes[*ret].span.start = byte_at(reading, event->start_mark.index);
    yaml->nodes[*ret].span.end = byte_at(reading, event->end_mark.index);
    return CL_OK;
}

static void append_child(struct cl_yaml *yaml, uint32_t parent, uint32_t child)
{
    struct cl_yaml_node *above = &yaml->nodes[parent];

    if (above->first_child == NONE) {
        above->first_child = child;
    } else {
        yaml->nodes[above->last_child].next = child;
    }
    above->last_child = child;
}

/* Puts a node where it belongs in the list or map that is being read. */
static enum cl_code attach(struct reading *reading, const yaml_event_t *event, uint32_t index,
                           struct cl_err *err)
{
    struct cl_yaml *yaml = reading->yaml;

    if (reading->depth == 0)
        return CL_OK;
    struct frame *frame = &reading->open[reading->depth - 1];
    if (yaml->nodes[frame->node].kind == CL_YAML_LIST) {
        append_child(yaml, frame->node, index);
    } else if (frame->key != NONE) {
        yaml->nodes[frame->key].value = index;
        frame->key = NONE;
    } else if (event->type != YAML_SCALAR_EVENT) {
        return refuse(&event->start_mark, "a key must be a plain or quoted text", err);
    } else {
        append_child(yaml, frame->node, index);
        frame->key = index;
    }
    return CL_OK;
}

/* A finished node counts for what holds it. */
static enum cl_code weigh(struct reading *reading, const yaml_event_t *event, uint32_t index,
                          struct cl_err *err)
{
    struct cl_yaml_node *nodes = reading->yaml->nodes;

    if (reading->depth == 0)
        return CL_OK;
    struct cl_yaml_node *above = &nodes[reading->open[reading->depth - 1].node];
    above->weight += nodes[index].weight;
    if (above->weight > CL_YAML_MAX_NODES)
        return refuse(&event->start_mark, "the aliases stand for too many values", err);
    return CL_OK;
}

/* --- anchors and aliases ------------------------------------------------------------------- */

static enum cl_code keep_anchor(struct reading *reading, const yaml_event_t *event,
                                const yaml_char_t *name, uint32_t node, struct cl_err *err)
{
    struct cl_buf *bytes = &reading->yaml->bytes;

    if (name == NULL)
        return CL_OK;
    if (reading->anchor_count >= MAX_ANCHORS)
        return refuse(&event->start_mark, "too many anchors", err);
    struct anchor *grown = cl_array_grow(reading->anchors, &reading->anchor_capacity,
                                         reading->anchor_count + 1, sizeof(*grown));
    if (grown == NULL)
        return cl_err_no_memory(err);
    reading->anchors = grown;
    struct anchor *anchor = &grown[reading->anchor_count++];
    *anchor = (struct anchor){.name_at = bytes->len, .node = node};
    cl_buf_add_c(bytes, (const char *)name);
    anchor->name_len = bytes->len - anchor->name_at;
    return cl_buf_ok(bytes, err);
}

/* The latest of that name: it may be given again. */
static uint32_t find_anchor(const struct reading *reading, struct cl_str name)
{
    struct cl_str bytes = cl_buf_view(&reading->yaml->bytes);

    for (size_t i = reading->anchor_count; i > 0; i--) {
        const struct anchor *anchor = &reading->anchors[i - 1];
        if (cl_str_eq(cl_str_first(cl_str_skip(bytes, anchor->name_at), anchor->name_len), name))
            return anchor->node;
    }
    return NONE;
}

static enum cl_code take_alias(struct reading *reading, const yaml_event_t *event,
                               struct cl_err *err)
{
    uint32_t index = NONE;
    uint32_t target = find_anchor(reading, cl_str_of((const char *)event->data.alias.anchor));

    if (target == NONE)
        return refuse(&event->start_mark, "an alias names no anchor before it", err);
    if (reading->yaml->nodes[target].is_open)
        return refuse(&event->start_mark, "an alias stands inside of what it names", err);
    CL_TRY(add_node(reading, event, &index, err));
    reading->yaml->nodes[index].target = target;
    reading->yaml->nodes[index].weight += reading->yaml->nodes[target].weight;
    CL_TRY(attach(reading, event, index, err));
    return weigh(reading, event, index, err);
}

/* --- events -------------------------------------------------------------------------------- */

static enum cl_code take_scalar(struct reading *reading, const yaml_event_t *event,
                                struct cl_err *err)
{
    struct cl_buf *bytes = &reading->yaml->bytes;
    struct cl_str value =
        cl_str_make((const char *)event->data.scalar.value, event->data.scalar.length);
    uint32_t index = NONE;

    if (memchr(value.ptr, '\0', value.len) != NULL)
        return refuse(&event->start_mark, "a value contains a NUL character", err);
    CL_TRY(add_node(reading, event, &index, err));
    struct cl_yaml_node *node = &reading->yaml->nodes[index];
    cl_buf_add(bytes, value);
    CL_TRY(cl_buf_ok(bytes, err));
    node->kind = CL_YAML_SCALAR;
    node->text_len = value.len;
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    CL_TRY(keep_anchor(reading, event, event->data.scalar.anchor, index, err));
    CL_TRY(attach(reading, event, index, err));
    return weigh(reading, event, index, err);
}

static enum cl_code open_frame(struct reading *reading, const yaml_event_t *event,
                               enum cl_yaml_kind kind, struct cl_err *err)
{
    bool is_map = kind == CL_YAML_MAP;
    const yaml_char_t *anchor =
        is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    uint32_t index = NONE;

    if (reading->depth >= CL_YAML_MAX_DEPTH)
        return refuse(&event->start_mark, "nested too deeply", err);
    CL_TRY(add_node(reading, event, &index, err));
    struct cl_yaml_node *node = &reading->yaml->nodes[index];
    node->kind = kind;
    node->is_open = true;
    node->is_flow = is_map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                           : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    CL_TRY(keep_anchor(reading, event, anchor, index, err));
    CL_TRY(attach(reading, event, index, err));
    reading->open[reading->depth++] = (struct frame){.node = index, .key = NONE};
    return CL_OK;
}

static int compare_keys(const void *a, const void *b, void *ctx)
{
    const struct cl_yaml_node *nodes = ctx;

    return cl_str_cmp(cl_yaml_text(&nodes[*(const uint32_t *)a]),
                      cl_yaml_text(&nodes[*(const uint32_t *)b]));
}

static size_t count_children(const struct cl_yaml *yaml, uint32_t index)
{
    size_t count = 0;

    for (uint32_t i = yaml->nodes[index].first_child; i != NONE; i = yaml->nodes[i].next)
        count++;
    return count;
}

static enum cl_code refuse_twin(const struct cl_yaml_node *a, const struct cl_yaml_node *b,
                                struct cl_err *err)
{
    const struct cl_yaml_node *second = a->span.start < b->span.start ? b : a;
    const yaml_mark_t mark = {.line = second->line, .column = second->column};

    return refuse(&mark, "a key is given twice", err);
}

/* Sorted rather than each with each: a map may have very many keys. */
static enum cl_code check_keys(const struct cl_yaml *yaml, uint32_t map, struct cl_err *err)
{
    size_t count = count_children(yaml, map);
    size_t at = 0;
    enum cl_code code = CL_OK;

    if (count < 2)
        return CL_OK;
    uint32_t *keys = cl_array_alloc(count, sizeof(*keys));
    if (keys == NULL)
        return cl_err_no_memory(err);
    for (uint32_t i = yaml->nodes[map].first_child; i != NONE; i = yaml->nodes[i].next)
        keys[at++] = i;
    qsort_r(keys, count, sizeof(*keys), compare_keys, yaml->nodes);
    for (size_t i = 1; i < count && code == CL_OK; i++) {
        if (compare_keys(&keys[i - 1], &keys[i], yaml->nodes) == 0)
            code = refuse_twin(&yaml->nodes[keys[i - 1]], &yaml->nodes[keys[i]], err);
    }
    cl_free(keys);
    return code;
}

/* What has no bracket of its own ends with its last child. */
static size_t end_of(struct reading *reading, const struct cl_yaml_node *node,
                     const yaml_event_t *event)
{
    const struct cl_yaml_node *nodes = reading->yaml->nodes;

    if (node->is_flow)
        return byte_at(reading, event->end_mark.index);
    if (node->last_child == NONE)
        return node->span.end;
    const struct cl_yaml_node *last = &nodes[node->last_child];
    return last->value == NONE ? last->span.end : nodes[last->value].span.end;
}

static enum cl_code close_frame(struct reading *reading, const yaml_event_t *event,
                                struct cl_err *err)
{
    struct cl_yaml *yaml = reading->yaml;
    uint32_t index = reading->open[--reading->depth].node;
    struct cl_yaml_node *node = &yaml->nodes[index];

    node->is_open = false;
    node->span.end = end_of(reading, node, event);
    if (node->kind == CL_YAML_MAP)
        CL_TRY(check_keys(yaml, index, err));
    return weigh(reading, event, index, err);
}

static enum cl_code take(struct reading *reading, const yaml_event_t *event, struct cl_err *err)
{
    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT: return CL_OK;
    case YAML_DOCUMENT_START_EVENT:
        if (reading->has_document)
            return refuse(&event->start_mark, "more than one document", err);
        reading->has_document = true;
        return CL_OK;
    case YAML_ALIAS_EVENT: return take_alias(reading, event, err);
    case YAML_SCALAR_EVENT: return take_scalar(reading, event, err);
    case YAML_SEQUENCE_START_EVENT: return open_frame(reading, event, CL_YAML_LIST, err);
    case YAML_MAPPING_START_EVENT: return open_frame(reading, event, CL_YAML_MAP, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close_frame(reading, event, err);
    }
    return CL_OK;
}

/* --- libyaml ------------------------------------------------------------------------------- */

/* Its texts are fixed ones and quote nothing of what was read. */
static enum cl_code parser_error(const yaml_parser_t *parser, struct cl_err *err)
{
    const char *problem = parser->problem == NULL ? "not well-formed" : parser->problem;

    if (parser->error == YAML_MEMORY_ERROR)
        return cl_err_no_memory(err);
    if (parser->error == YAML_READER_ERROR) {
        return cl_err_set(err, CL_E_INVALID, "YAML byte %zu: %s", parser->problem_offset + 1,
                          problem);
    }
    return refuse(&parser->problem_mark, problem, err);
}

/* libyaml's heap is the C library's, which wipes nothing: what held a value is wiped before. */
static void drop_event(const struct reading *reading, yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT && event->data.scalar.value != NULL)
        explicit_bzero(event->data.scalar.value, event->data.scalar.length);
    reading->lib->event_delete(event);
}

static void reading_cleanup(struct reading *reading)
{
    yaml_parser_t *parser = &reading->parser;

    if (reading->is_started) {
        explicit_bzero(parser->raw_buffer.start,
                       (size_t)(parser->raw_buffer.end - parser->raw_buffer.start));
        explicit_bzero(parser->buffer.start, (size_t)(parser->buffer.end - parser->buffer.start));
        reading->lib->parser_delete(parser);
    }
    cl_free(reading->anchors);
}

static enum cl_code run(struct reading *reading, struct cl_err *err)
{
    bool is_over = false;

    while (!is_over) {
        yaml_event_t event;
        if (reading->lib->parser_parse(&reading->parser, &event) == 0)
            return parser_error(&reading->parser, err);
        is_over = event.type == YAML_STREAM_END_EVENT;
        enum cl_code code = take(reading, &event, err);
        drop_event(reading, &event);
        CL_TRY(code);
    }
    return CL_OK;
}

static enum cl_code start(struct reading *reading, struct cl_str text, struct cl_err *err)
{
    static const struct cl_str mark = CL_STR_INIT("\xef\xbb\xbf");

    reading->skipped = cl_str_starts(text, mark) ? mark.len : 0;
    reading->text = cl_str_skip(text, reading->skipped);
    CL_TRY(cl_libyaml_get(&reading->lib, err));
    if (reading->lib->parser_initialize(&reading->parser) == 0)
        return cl_err_no_memory(err);
    reading->is_started = true;
    reading->lib->parser_set_encoding(&reading->parser, YAML_UTF8_ENCODING);
    reading->lib->parser_set_input_string(
        &reading->parser, (const unsigned char *)reading->text.ptr, reading->text.len);
    return CL_OK;
}

enum cl_code cl_yaml_parse(struct cl_str text, struct cl_yaml **ret, struct cl_err *err)
{
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    CL_AUTO(reading) struct reading reading = {.lib = NULL};

    if (text.len > CL_YAML_MAX_BYTES)
        return cl_err_set(err, CL_E_INVALID, "YAML is larger than %zu bytes", CL_YAML_MAX_BYTES);
    yaml = cl_alloc(sizeof(*yaml));
    if (yaml == NULL)
        return cl_err_no_memory(err);
    /* An escape of two bytes ("\L") may stand for three. */
    yaml->bytes = (struct cl_buf)CL_BUF_SECRET(2 * CL_YAML_MAX_BYTES);
    reading.yaml = yaml;
    CL_TRY(start(&reading, text, err));
    CL_TRY(run(&reading, err));
    *ret = CL_MOVE(yaml);
    return CL_OK;
}
