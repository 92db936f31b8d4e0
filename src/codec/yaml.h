#ifndef CLEAT_CODEC_YAML_H
#define CLEAT_CODEC_YAML_H

#include "base/str.h"

/*
 * A read-only tree over libyaml (YAML 1.1, and with it JSON) for files of other programs. Every
 * node knows which bytes of the text it was read from, so that a file can be changed by patching
 * its text. Nodes and views belong to the owner and die with it.
 *
 * Hostile input is refused, not survived by luck: more than the limits below, a key given twice in
 * a map, a key that is no scalar, an alias inside of what it names, aliases that stand for more
 * than CL_YAML_MAX_NODES nodes in all, more than one document, anything but UTF-8, a NUL in a
 * value.
 */
struct cl_yaml;      /* owner */
struct cl_yaml_node; /* a scalar, a list, a map, or an alias of one */

#define CL_YAML_MAX_BYTES ((size_t)8 << 20U)
#define CL_YAML_MAX_DEPTH 64
#define CL_YAML_MAX_NODES 200000

enum cl_yaml_kind {
    CL_YAML_SCALAR,
    CL_YAML_LIST,
    CL_YAML_MAP,
};

/* Bytes [start, end) of the text that was parsed; an empty scalar has start == end. */
struct cl_yaml_span {
    size_t start;
    size_t end;
};

/**
 * Parses a text of at most one document.
 *
 * @param ret  owned by the caller, cl_yaml_free()
 * @return CL_OK, CL_E_INVALID (line, column and reason, never the text itself; limits),
 * CL_E_FAILED, CL_E_LOCAL_TOOL_MISSING (no libyaml) Source: YAML 1.1; libyaml 0.2.
 */
enum cl_code cl_yaml_parse(struct cl_str text, struct cl_yaml **ret, struct cl_err *err)
    CL_MUST_USE;

void cl_yaml_free(struct cl_yaml *yaml);
void cl_yaml_cleanup(struct cl_yaml **yaml); /* for CL_AUTO(cl_yaml) */

/** The outermost node; NULL when the text holds nothing but blanks and comments. */
const struct cl_yaml_node *cl_yaml_root(const struct cl_yaml *yaml);

/*
 * What a node is. These follow an alias to what it names, and take NULL for "absent": no kind but
 * CL_YAML_SCALAR, no text, no children.
 */
enum cl_yaml_kind cl_yaml_kind(const struct cl_yaml_node *node);

/** A scalar's value with quotes, escapes and folding undone; empty for anything else. */
struct cl_str cl_yaml_text(const struct cl_yaml_node *node);

/** Absent, or a plain scalar that means nothing: empty, ~ or null. */
bool cl_yaml_is_null(const struct cl_yaml_node *node);

/** A plain scalar that means true in YAML 1.1 (true, yes, on). */
bool cl_yaml_is_true(const struct cl_yaml_node *node);

/**
 * The value of a key of a map; NULL when absent. What `<<` merges into the map is found, too,
 * where the map itself has no such key.
 */
const struct cl_yaml_node *cl_yaml_get(const struct cl_yaml_node *map, const char *key);

/** Shorthand for the text of that value. */
struct cl_str cl_yaml_get_text(const struct cl_yaml_node *map, const char *key);

/**
 * Children in the order of the text: the items of a list, the keys of a map as they are written
 * (`<<` is a key like any other here). NULL behind the last one.
 */
const struct cl_yaml_node *cl_yaml_first(const struct cl_yaml_node *node);
const struct cl_yaml_node *cl_yaml_next(const struct cl_yaml_node *child);

/** The value that belongs to a key from cl_yaml_first() or cl_yaml_next(); never NULL for one. */
const struct cl_yaml_node *cl_yaml_value(const struct cl_yaml_node *key);

/** The key as written in this very map; NULL when there is none. */
const struct cl_yaml_node *cl_yaml_key(const struct cl_yaml_node *map, const char *key);

/*
 * How a node was written. These do not follow aliases: they tell about the alias itself.
 */
bool cl_yaml_is_alias(const struct cl_yaml_node *node);
bool cl_yaml_is_flow(const struct cl_yaml_node *node);   /* a list or map in [] or {} */
bool cl_yaml_is_quoted(const struct cl_yaml_node *node); /* a scalar in quotes, or a | or > block */

/**
 * Where the node stands, anchor and tag included. A list or map without brackets ends where its
 * last child ends: comments and blank lines behind it are not part of it. A | or > block ends
 * behind its last line's line break (or at the end of the text).
 */
struct cl_yaml_span cl_yaml_span(const struct cl_yaml_node *node);

/** Line and column where it begins, counted from 1, for error texts; columns are characters. */
size_t cl_yaml_line(const struct cl_yaml_node *node);
size_t cl_yaml_column(const struct cl_yaml_node *node);

#endif
