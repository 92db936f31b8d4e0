/* XML replies: every node of the tree can be visited, and there are not endlessly many. */
#include "fuzz.h"

#include "base/alloc.h"
#include "codec/xml.h"

static size_t visit(const struct cl_xml_node *node, size_t depth)
{
    size_t count = 1;

    FUZZ_CHECK(depth < 1000);
    FUZZ_CHECK(cl_is_utf8(cl_xml_name(node))); /* empty for <:/>, which expat lets pass */
    FUZZ_CHECK(cl_is_utf8(cl_xml_text(node)));
    for (const struct cl_xml_node *child = cl_xml_child(node, NULL); child != NULL;
         child = cl_xml_next(child, NULL))
        count += visit(child, depth + 1);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_xml) struct cl_xml *xml = NULL;

    if (cl_xml_parse(fuzz_text(data, size), &xml, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    FUZZ_CHECK(visit(cl_xml_root(xml), 0) <= size);
    (void)cl_xml_get(cl_xml_root(xml), "Error/Code");
    return 0;
}
