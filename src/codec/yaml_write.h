#ifndef CLEAT_CODEC_YAML_WRITE_H
#define CLEAT_CODEC_YAML_WRITE_H

#include "codec/json.h"

/**
 * Appends the value as a YAML 1.2 document in block style, ended by a line feed. A string is quoted
 * when it could be read as anything else, also by readers of YAML 1.1.
 */
void cl_buf_add_yaml(struct cl_buf *buf, const json_t *value);

/** The same in the middle of a document: every line begins with `indent` more blanks. */
void cl_buf_add_yaml_at(struct cl_buf *buf, const json_t *value, size_t indent);

/** Appends the text alone, quoted where need be, without a line feed. */
void cl_buf_add_yaml_text(struct cl_buf *buf, struct cl_str text);

#endif
