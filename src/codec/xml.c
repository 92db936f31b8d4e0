#include "codec/xml.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "codec/expat_lib.h"

#define NONE UINT32_MAX

/* Positions instead of pointers, because both arrays move while they grow. */
struct cl_xml_node {
    const struct cl_xml *owner;
    size_t name_at;
    size_t name_len;
    size_t text_at;
    size_t text_len;
    uint32_t first_child;
    uint32_t last_child;
    uint32_t next;
};

struct cl_xml {
    struct cl_buf bytes; /* names and texts */
    struct cl_xml_node *nodes;
    size_t count;
    size_t capacity;
};

/* What the handlers know while expat runs. */
struct reading {
    const struct cl_expat *expat;
    XML_Parser parser;
    struct cl_xml *xml;
    uint32_t open[CL_XML_MAX_DEPTH];
    size_t depth;
    enum cl_code failed;
    const char *reason; /* of CL_E_INVALID */
};

static void stop(struct reading *reading, enum cl_code code, const char *reason)
{
    if (reading->failed == CL_OK) {
        reading->failed = code;
        reading->reason = reason;
    }
    (void)reading->expat->StopParser(reading->parser, XML_FALSE);
}

static bool add_node(struct reading *reading, uint32_t *ret)
{
    struct cl_xml *xml = reading->xml;

    if (xml->count >= CL_XML_MAX_NODES) {
        stop(reading, CL_E_INVALID, "too many elements");
        return false;
    }
    struct cl_xml_node *grown =
        cl_array_grow(xml->nodes, &xml->capacity, xml->count + 1, sizeof(*grown));
    if (grown == NULL) {
        stop(reading, CL_E_FAILED, NULL);
        return false;
    }
    xml->nodes = grown;
    *ret = (uint32_t)xml->count++;
    xml->nodes[*ret] =
        (struct cl_xml_node){.owner = xml, .first_child = NONE, .last_child = NONE, .next = NONE};
    return true;
}

static void append_child(struct cl_xml *xml, uint32_t parent, uint32_t child)
{
    struct cl_xml_node *above = &xml->nodes[parent];

    if (above->first_child == NONE) {
        above->first_child = child;
    } else {
        xml->nodes[above->last_child].next = child;
    }
    above->last_child = child;
}

/* Without its prefix; what has no two parts around the colon is no qualified name and stays. */
static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon == NULL || colon == name || colon[1] == '\0' ? name : colon + 1;
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *reading = ctx;
    struct cl_xml *xml = reading->xml;
    uint32_t index = NONE;

    (void)attributes;
    if (reading->failed != CL_OK)
        return;
    if (reading->depth >= CL_XML_MAX_DEPTH) {
        stop(reading, CL_E_INVALID, "nested too deeply");
        return;
    }
    if (!add_node(reading, &index))
        return;
    if (reading->depth > 0)
        append_child(xml, reading->open[reading->depth - 1], index);
    reading->open[reading->depth++] = index;
    xml->nodes[index].name_at = xml->bytes.len;
    cl_buf_add_c(&xml->bytes, local_name(name));
    xml->nodes[index].name_len = xml->bytes.len - xml->nodes[index].name_at;
    xml->nodes[index].text_at = xml->bytes.len;
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
    struct reading *reading = ctx;

    (void)name;
    if (reading->failed == CL_OK && reading->depth > 0)
        reading->depth--;
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int len)
{
    struct reading *reading = ctx;

    if (reading->failed != CL_OK || reading->depth == 0)
        return;
    struct cl_xml_node *node = &reading->xml->nodes[reading->open[reading->depth - 1]];
    if (node->first_child != NONE) /* between children: layout */
        return;
    cl_buf_add(&reading->xml->bytes, cl_str_make(text, (size_t)len));
    node->text_len = reading->xml->bytes.len - node->text_at;
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_internal_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    stop(ctx, CL_E_INVALID, "a document type is not allowed");
}

static struct cl_str skip_leading_blanks(struct cl_str text)
{
    while (text.len > 0 && cl_str_only(cl_str_first(text, 1), " \t\r\n"))
        text = cl_str_skip(text, 1);
    return text;
}

static enum cl_code invalid(const struct reading *reading, const char *reason, struct cl_err *err)
{
    return cl_err_set(err, CL_E_INVALID, "XML line %lu, column %lu: %s",
                      (unsigned long)reading->expat->GetCurrentLineNumber(reading->parser),
                      (unsigned long)reading->expat->GetCurrentColumnNumber(reading->parser) + 1,
                      reason);
}

static enum cl_code run(struct reading *reading, struct cl_str text, struct cl_err *err)
{
    struct cl_str body = skip_leading_blanks(text);
    enum XML_Status status =
        reading->expat->Parse(reading->parser, body.ptr, (int)body.len, XML_TRUE);
    enum XML_Error problem = reading->expat->GetErrorCode(reading->parser);

    if (reading->failed == CL_E_INVALID)
        return invalid(reading, reading->reason, err);
    if (reading->failed != CL_OK || (status != XML_STATUS_OK && problem == XML_ERROR_NO_MEMORY))
        return cl_err_no_memory(err);
    if (status != XML_STATUS_OK)
        return invalid(reading, reading->expat->ErrorString(problem), err);
    return cl_buf_ok(&reading->xml->bytes, err);
}

static void reading_cleanup(struct reading *reading)
{
    if (reading->parser != NULL)
        reading->expat->ParserFree(reading->parser);
}

static enum cl_code start(struct reading *reading, struct cl_xml *xml, struct cl_err *err)
{
    static const XML_Memory_Handling_Suite heap = {
        .malloc_fcn = cl_alloc, .realloc_fcn = cl_realloc, .free_fcn = cl_free};
    const struct cl_expat *expat = NULL;

    CL_TRY(cl_expat_get(&expat, err));
    reading->expat = expat;
    reading->xml = xml;
    reading->parser = expat->ParserCreate_MM(NULL, &heap, NULL);
    if (reading->parser == NULL)
        return cl_err_no_memory(err);
    expat->SetUserData(reading->parser, reading);
    expat->SetElementHandler(reading->parser, on_start, on_end);
    expat->SetCharacterDataHandler(reading->parser, on_text);
    expat->SetStartDoctypeDeclHandler(reading->parser, on_doctype);
    return CL_OK;
}

enum cl_code cl_xml_parse(struct cl_str text, struct cl_xml **ret, struct cl_err *err)
{
    CL_AUTO(cl_xml) struct cl_xml *xml = NULL;
    CL_AUTO(reading) struct reading reading = {.parser = NULL};

    if (text.len > CL_XML_MAX_BYTES)
        return cl_err_set(err, CL_E_INVALID, "XML is larger than %zu bytes", CL_XML_MAX_BYTES);
    xml = cl_alloc(sizeof(*xml));
    if (xml == NULL)
        return cl_err_no_memory(err);
    /* Other encodings may grow on the way to UTF-8, threefold at most. */
    xml->bytes = (struct cl_buf)CL_BUF_SECRET(3 * CL_XML_MAX_BYTES);
    CL_TRY(start(&reading, xml, err));
    CL_TRY(run(&reading, text, err));
    *ret = CL_MOVE(xml);
    return CL_OK;
}

void cl_xml_free(struct cl_xml *xml)
{
    if (xml == NULL)
        return;
    cl_free(xml->nodes);
    cl_buf_cleanup(&xml->bytes);
    cl_free(xml);
}

void cl_xml_cleanup(struct cl_xml **xml)
{
    cl_xml_free(*xml);
}

const struct cl_xml_node *cl_xml_root(const struct cl_xml *xml)
{
    return &xml->nodes[0];
}

static struct cl_str part(const struct cl_xml_node *node, size_t at, size_t len)
{
    return len == 0 ? CL_STR_NONE : cl_str_make(node->owner->bytes.ptr + at, len);
}

struct cl_str cl_xml_name(const struct cl_xml_node *node)
{
    return node == NULL ? CL_STR_NONE : part(node, node->name_at, node->name_len);
}

struct cl_str cl_xml_text(const struct cl_xml_node *node)
{
    return node == NULL ? CL_STR_NONE : part(node, node->text_at, node->text_len);
}

/* The first of the siblings from `index` on whose name is `name` (empty: any). */
static const struct cl_xml_node *scan(const struct cl_xml *xml, uint32_t index, struct cl_str name)
{
    for (; index != NONE; index = xml->nodes[index].next) {
        const struct cl_xml_node *node = &xml->nodes[index];
        if (name.len == 0 || cl_str_eq(cl_xml_name(node), name))
            return node;
    }
    return NULL;
}

const struct cl_xml_node *cl_xml_child(const struct cl_xml_node *node, const char *name)
{
    return node == NULL ? NULL : scan(node->owner, node->first_child, cl_str_of(name));
}

const struct cl_xml_node *cl_xml_next(const struct cl_xml_node *node, const char *name)
{
    return node == NULL ? NULL : scan(node->owner, node->next, cl_str_of(name));
}

const struct cl_xml_node *cl_xml_find(const struct cl_xml_node *node, const char *path)
{
    struct cl_str rest = cl_str_of(path);
    struct cl_str name;

    while (node != NULL && rest.len > 0) {
        (void)cl_str_cut(rest, '/', &name, &rest);
        node = scan(node->owner, node->first_child, name);
    }
    return node;
}

struct cl_str cl_xml_get(const struct cl_xml_node *node, const char *path)
{
    return cl_xml_text(cl_xml_find(node, path));
}
