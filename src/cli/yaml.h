#ifndef CLEAT_CLI_YAML_H
#define CLEAT_CLI_YAML_H

#include "codec/json.h"

/**
 * Appends the value as a YAML 1.2 document in block style, ended by a line feed. A string is quoted
 * when it could be read as anything else, also by readers of YAML 1.1.
 */
void cl_buf_add_yaml(struct cl_buf *buf, const json_t *value);

#endif
