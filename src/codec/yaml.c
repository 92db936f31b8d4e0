#include "codec/yaml.h"

#include "base/alloc.h"
#include "codec/yaml_node.h"

#define NONE CL_YAML_NONE

void cl_yaml_free(struct cl_yaml *yaml)
{
    if (yaml == NULL)
        return;
    cl_free(yaml->nodes);
    cl_buf_cleanup(&yaml->bytes);
    cl_free(yaml);
}

void cl_yaml_cleanup(struct cl_yaml **yaml)
{
    cl_yaml_free(*yaml);
}

static const struct cl_yaml_node *node_at(const struct cl_yaml *yaml, uint32_t index)
{
    return index == NONE ? NULL : &yaml->nodes[index];
}

static const struct cl_yaml_node *follow(const struct cl_yaml_node *node)
{
    /* Once is enough: an anchor cannot be put on an alias. */
    return node == NULL || node->target == NONE ? node : &node->owner->nodes[node->target];
}

const struct cl_yaml_node *cl_yaml_root(const struct cl_yaml *yaml)
{
    return yaml->count == 0 ? NULL : &yaml->nodes[0];
}

enum cl_yaml_kind cl_yaml_kind(const struct cl_yaml_node *node)
{
    return node == NULL ? CL_YAML_SCALAR : follow(node)->kind;
}

struct cl_str cl_yaml_text(const struct cl_yaml_node *node)
{
    const struct cl_yaml_node *meant = follow(node);

    if (meant == NULL || meant->kind != CL_YAML_SCALAR || meant->text_len == 0)
        return CL_STR_NONE;
    return cl_str_make(meant->owner->bytes.ptr + meant->text_at, meant->text_len);
}

static bool is_plain_word(const struct cl_yaml_node *node, const char *const *words, size_t count)
{
    const struct cl_yaml_node *meant = follow(node);

    if (meant->kind != CL_YAML_SCALAR || !meant->is_plain)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (cl_str_eq_c(cl_yaml_text(meant), words[i]))
            return true;
    }
    return false;
}

bool cl_yaml_is_null(const struct cl_yaml_node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};

    return node == NULL || is_plain_word(node, words, CL_COUNT(words));
}

bool cl_yaml_is_true(const struct cl_yaml_node *node)
{
    static const char *const words[] = {"true", "True", "TRUE", "yes", "Yes", "YES",
                                        "on",   "On",   "ON",   "y",   "Y"};

    return node != NULL && is_plain_word(node, words, CL_COUNT(words));
}

const struct cl_yaml_node *cl_yaml_first(const struct cl_yaml_node *node)
{
    const struct cl_yaml_node *meant = follow(node);

    return meant == NULL ? NULL : node_at(meant->owner, meant->first_child);
}

const struct cl_yaml_node *cl_yaml_next(const struct cl_yaml_node *child)
{
    return child == NULL ? NULL : node_at(child->owner, child->next);
}

const struct cl_yaml_node *cl_yaml_value(const struct cl_yaml_node *key)
{
    return key == NULL ? NULL : node_at(key->owner, key->value);
}

const struct cl_yaml_node *cl_yaml_key(const struct cl_yaml_node *map, const char *key)
{
    if (cl_yaml_kind(map) != CL_YAML_MAP)
        return NULL;
    for (const struct cl_yaml_node *child = cl_yaml_first(map); child != NULL;
         child = cl_yaml_next(child)) {
        if (cl_str_eq_c(cl_yaml_text(child), key))
            return child;
    }
    return NULL;
}

/* In the map itself, else in what `<<` merges into it: a map, or a list of maps. */
static const struct cl_yaml_node *find(const struct cl_yaml_node *map, const char *key,
                                       size_t depth)
{
    const struct cl_yaml_node *own = cl_yaml_key(map, key);
    const struct cl_yaml_node *merge = cl_yaml_key(map, "<<");

    if (own != NULL)
        return cl_yaml_value(own);
    if (merge == NULL || !merge->is_plain || depth == 0)
        return NULL;
    const struct cl_yaml_node *from = cl_yaml_value(merge);
    if (cl_yaml_kind(from) == CL_YAML_MAP)
        return find(from, key, depth - 1);
    const struct cl_yaml_node *found = NULL;
    for (from = cl_yaml_first(from); from != NULL && found == NULL; from = cl_yaml_next(from))
        found = find(from, key, depth - 1);
    return found;
}

const struct cl_yaml_node *cl_yaml_get(const struct cl_yaml_node *map, const char *key)
{
    return find(map, key, CL_YAML_MAX_DEPTH);
}

struct cl_str cl_yaml_get_text(const struct cl_yaml_node *map, const char *key)
{
    return cl_yaml_text(cl_yaml_get(map, key));
}

bool cl_yaml_is_alias(const struct cl_yaml_node *node)
{
    return node != NULL && node->target != NONE;
}

bool cl_yaml_is_flow(const struct cl_yaml_node *node)
{
    return node != NULL && node->is_flow;
}

bool cl_yaml_is_quoted(const struct cl_yaml_node *node)
{
    return node != NULL && node->target == NONE && node->kind == CL_YAML_SCALAR && !node->is_plain;
}

struct cl_yaml_span cl_yaml_span(const struct cl_yaml_node *node)
{
    return node->span;
}

size_t cl_yaml_line(const struct cl_yaml_node *node)
{
    return node->line + 1;
}

size_t cl_yaml_column(const struct cl_yaml_node *node)
{
    return node->column + 1;
}
