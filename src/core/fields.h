#ifndef CLEAT_CORE_FIELDS_H
#define CLEAT_CORE_FIELDS_H

#include "core/component.h"
#include "core/connector.h"
#include "core/query.h"

/* What lists of connectors and components can be filtered and sorted by. */
extern const struct cl_field cl_connector_fields[];
extern const size_t cl_connector_field_count;

extern const struct cl_field cl_component_fields[];
extern const size_t cl_component_field_count;

/** For cl_query_source.labels_of. */
const struct cl_map *cl_connector_labels_of(const void *connector);
const struct cl_map *cl_component_labels_of(const void *component);

/** A source over `count` pointers to connectors, or to components. */
struct cl_query_source cl_connector_source(const void *const *items, size_t count);
struct cl_query_source cl_component_source(const void *const *items, size_t count);

#endif
