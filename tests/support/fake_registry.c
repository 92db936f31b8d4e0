#include "core/registry.h"

#include "fake_type.h"

/* What the generated file holds in the program; alphabetical like that one. Weak: a test that needs
 * another type has a list of its own. */
__attribute__((weak))
const struct cl_connector_type *const cl_connector_types[] = {&fake_type, &other_type};
__attribute__((weak)) const size_t cl_connector_type_count = CL_COUNT(cl_connector_types);
