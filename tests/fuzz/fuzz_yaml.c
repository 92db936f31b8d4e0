/* YAML files: every node can be visited, aliases followed, and lies inside the text. */
#include "fuzz.h"

#include "base/alloc.h"
#include "codec/yaml.h"

static size_t visit(const struct cl_yaml_node *node, struct cl_str text, size_t depth)
{
    struct cl_yaml_span span = cl_yaml_span(node);
    size_t count = 1;

    FUZZ_CHECK(depth <= 256 + CL_YAML_MAX_DEPTH);
    FUZZ_CHECK(span.start <= span.end && span.end <= text.len);
    FUZZ_CHECK(cl_is_utf8(cl_yaml_text(node)));
    FUZZ_CHECK(cl_is_utf8(cl_str_make(text.ptr + span.start, span.end - span.start)));
    FUZZ_CHECK(cl_yaml_line(node) > 0 && cl_yaml_column(node) > 0);
    for (const struct cl_yaml_node *child = cl_yaml_first(node); child != NULL;
         child = cl_yaml_next(child)) {
        count += visit(child, text, depth + 1);
        if (cl_yaml_kind(node) == CL_YAML_MAP)
            count += visit(cl_yaml_value(child), text, depth + 1);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;

    if (cl_yaml_parse(fuzz_text(data, size), &yaml, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    if (cl_yaml_root(yaml) == NULL)
        return 0;
    FUZZ_CHECK(visit(cl_yaml_root(yaml), fuzz_text(data, size), 0) <= CL_YAML_MAX_NODES);
    (void)cl_yaml_get_text(cl_yaml_root(yaml), "current-context");
    return 0;
}
