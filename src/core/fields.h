#ifndef CLEAT_CORE_FIELDS_H
#define CLEAT_CORE_FIELDS_H

#include "core/component.h"
#include "core/connector.h"
#include "core/query.h"

/* What lists of connectors and of components can be filtered and sorted by. Items are
 * const struct cl_connector * and const struct cl_component *. */
extern const struct cl_field cl_connector_fields[];
extern const size_t cl_connector_field_count;
const struct cl_map *cl_connector_labels_of(const void *item);

extern const struct cl_field cl_component_fields[];
extern const size_t cl_component_field_count;
const struct cl_map *cl_component_labels_of(const void *item);

#endif
