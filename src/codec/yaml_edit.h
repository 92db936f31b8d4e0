#ifndef CLEAT_CODEC_YAML_EDIT_H
#define CLEAT_CODEC_YAML_EDIT_H

#include <jansson.h>

#include "base/buf.h"

/*
 * Changes what the outermost map of a YAML or JSON text holds: the value of a key, the items of a
 * list that is such a value. Every function makes a new text from a text and leaves each byte
 * outside of what it changes as it is. What is added follows the text's own indent and line ends,
 * or is JSON where the text is. What a function undoes comes back byte for byte: cl_yaml_drop_item
 * undoes cl_yaml_add_item, given what cl_yaml_source said before.
 *
 * Before a result is handed out it is parsed, and everything else in it must mean what it meant.
 *
 * All return CL_E_INVALID, with line and reason, for a text that does not parse, whose outermost
 * value is no map, or that is written in a way that cannot be changed without knowing more: an
 * alias in place of a list, a key on its own line.
 */

/* How a value is written: what stands between its key's colon and its end, " []". */
struct cl_yaml_source {
    bool is_there; /* false: the map has no such key */
    struct cl_str text;
};

/** @param ret  views into `text` */
enum cl_code cl_yaml_source(struct cl_str text, const char *key, struct cl_yaml_source *ret,
                            struct cl_err *err) CL_MUST_USE;

/** Makes the value of a key what the source says: replaces it, adds the key, or drops it. */
enum cl_code cl_yaml_set_source(struct cl_str text, const char *key,
                                const struct cl_yaml_source *source, struct cl_buf *ret,
                                struct cl_err *err) CL_MUST_USE;

struct cl_yaml_node; /* codec/yaml.h */

/** Replaces one scalar anywhere below `root`, the outermost node of the parsed `text`, by a value
 * that is UTF-8. */
enum cl_code cl_yaml_set_text(struct cl_str text, const struct cl_yaml_node *root,
                              const struct cl_yaml_node *scalar, struct cl_str value,
                              struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/** Puts an item behind the last one. A key that is absent, or has no value, gets a list. */
enum cl_code cl_yaml_add_item(struct cl_str text, const char *key, const json_t *item,
                              struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/** @param index  from 0, below the number of items */
enum cl_code cl_yaml_replace_item(struct cl_str text, const char *key, size_t index,
                                  const json_t *item, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;

/** @param empty  what becomes of the key when this was the only item */
enum cl_code cl_yaml_drop_item(struct cl_str text, const char *key, size_t index,
                               const struct cl_yaml_source *empty, struct cl_buf *ret,
                               struct cl_err *err) CL_MUST_USE;

#endif
