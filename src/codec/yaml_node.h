#ifndef CLEAT_CODEC_YAML_NODE_H
#define CLEAT_CODEC_YAML_NODE_H

#include "base/buf.h"
#include "codec/yaml.h"

/* For yaml.c, which asks, and yaml_read.c, which fills it: the tree. */

#define CL_YAML_NONE UINT32_MAX

/* Positions instead of pointers, because both arrays move while they grow. */
struct cl_yaml_node {
    const struct cl_yaml *owner;
    size_t text_at;
    size_t text_len;
    struct cl_yaml_span span;
    size_t line; /* from 0 */
    size_t column;
    size_t weight; /* nodes below it and itself, aliases counted as what they name */
    uint32_t first_child;
    uint32_t last_child;
    uint32_t next;
    uint32_t value;  /* of a key */
    uint32_t target; /* of an alias */
    enum cl_yaml_kind kind;
    bool is_flow;
    bool is_plain;
    bool is_open; /* while its children are being read */
};

struct cl_yaml {
    struct cl_buf bytes; /* texts of scalars, names of anchors */
    struct cl_yaml_node *nodes;
    size_t count;
    size_t capacity;
};

#endif
