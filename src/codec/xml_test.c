#include "codec/xml.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "faults.h"
#include "test.h"

static struct cl_xml *parsed(const char *text)
{
    struct cl_xml *xml = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_xml_parse(cl_str_of(text), &xml, &err), &err);
    return xml;
}

static const char listing[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
    "  <Owner><ID>7f</ID><DisplayName/></Owner>\n"
    "  <Buckets>\n"
    "    "
    "<Bucket><Name>zenfiles</Name><CreationDate>2024-05-14T12:34:56.000Z</CreationDate></Bucket>\n"
    "    <!-- between -->\n"
    "    <Bucket><Name>zenml-demos</Name></Bucket>\n"
    "    <Other>x</Other>\n"
    "    <Bucket><Name>zenml-generative-chat</Name></Bucket>\n"
    "  </Buckets>\n"
    "</ListAllMyBucketsResult>\n";

static void elements_are_found_by_path(void **state)
{
    CL_AUTO(cl_xml) struct cl_xml *xml = parsed(listing);
    const struct cl_xml_node *root = cl_xml_root(xml);

    (void)state;
    assert_str(cl_xml_name(root), "ListAllMyBucketsResult");
    assert_str(cl_xml_get(root, "Owner/ID"), "7f");
    assert_str(cl_xml_get(root, "Owner/DisplayName"), "");
    assert_non_null(cl_xml_find(root, "Owner/DisplayName"));
    assert_null(cl_xml_find(root, "Owner/Email"));
    assert_str(cl_xml_get(root, "Owner/Email/Deeper"), "");
    assert_str(cl_xml_get(root, "Buckets/Bucket/Name"), "zenfiles");
    assert_true(cl_xml_find(root, "") == root);
}

static void children_are_walked_in_order(void **state)
{
    static const char *const names[] = {"zenfiles", "zenml-demos", "zenml-generative-chat"};
    CL_AUTO(cl_xml) struct cl_xml *xml = parsed(listing);
    const struct cl_xml_node *buckets = cl_xml_find(cl_xml_root(xml), "Buckets");
    const struct cl_xml_node *node = cl_xml_child(buckets, "Bucket");
    size_t count = 0;

    (void)state;
    for (; node != NULL; node = cl_xml_next(node, "Bucket"))
        assert_str(cl_xml_get(node, "Name"), names[count++]);
    assert_int_equal(count, 3);
    count = 0;
    for (node = cl_xml_child(buckets, NULL); node != NULL; node = cl_xml_next(node, NULL))
        count++;
    assert_int_equal(count, 4);
    assert_null(cl_xml_child(cl_xml_find(buckets, "Other"), NULL));
    assert_null(cl_xml_next(cl_xml_root(xml), NULL));
}

static void nothing_is_found_in_nothing(void **state)
{
    (void)state;
    assert_null(cl_xml_child(NULL, "a"));
    assert_null(cl_xml_next(NULL, NULL));
    assert_null(cl_xml_find(NULL, "a/b"));
    assert_str(cl_xml_get(NULL, "a"), "");
    assert_str(cl_xml_name(NULL), "");
    assert_str(cl_xml_text(NULL), "");
}

static const struct {
    const char *document, *text; /* of the outermost element */
} texts[] = {
    {"<a>b</a>", "b"},
    {"  \n\t<a>b</a>\n ", "b"},
    {"\n<?xml version='1.0'?><a>b</a>", "b"},
    {"\xef\xbb\xbf<a>b</a>", "b"},
    {"<a/>", ""},
    {"<a> b </a>", " b "},
    {"<a>&lt;&amp;&gt;&quot;&apos;</a>", "<&>\"'"},
    {"<a>&#252;&#x1F4E6;</a>", "\xc3\xbc\xf0\x9f\x93\xa6"},
    {"<a>x<![CDATA[<&>]]>y</a>", "x<&>y"},
    {"<a>x<!-- no -->y<?no?>z</a>", "xyz"},
    {"<a>before<b>in</b>after</a>", "before"},
    {"<n:a xmlns:n='urn:x'>b</n:a>", "b"},
    {"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xfc</a>", "\xc3\xbc"},
    {"<a attribute='dropped'>b</a>", "b"},
    {"<a>line\r\nend</a>", "line\nend"},
};

static void text_is_what_stands_in_the_element(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        CL_AUTO(cl_xml) struct cl_xml *xml = parsed(texts[i].document);
        assert_str(cl_xml_text(cl_xml_root(xml)), texts[i].text);
        assert_str(cl_xml_name(cl_xml_root(xml)), "a");
    }
}

static void prefixes_of_names_are_dropped(void **state)
{
    CL_AUTO(cl_xml)
    struct cl_xml *xml = parsed("<e:Envelope xmlns:e='urn:e'><e:Error><Code xmlns='urn:d'>Denied"
                                "</Code></e:Error></e:Envelope>");

    (void)state;
    assert_str(cl_xml_get(cl_xml_root(xml), "Error/Code"), "Denied");
}

static const struct {
    const char *document, *name;
} odd_names[] = {
    {"<n:a/>", "a"}, {"<:/>", ":"}, {"<n:/>", "n:"}, {"<:a/>", ":a"}, {"<n:a:b/>", "a:b"},
};

static void every_element_has_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(odd_names); i++) {
        CL_AUTO(cl_xml) struct cl_xml *xml = parsed(odd_names[i].document);
        assert_str(cl_xml_name(cl_xml_root(xml)), odd_names[i].name);
    }
}

static const struct {
    const char *document, *complaint;
} refused[] = {
    {"", "no element found"},
    {"   ", "no element found"},
    {"not xml", "line 1, column 1"},
    {"<a>", "no element found"},
    {"<a></b>", "line 1, column 6: mismatched tag"},
    {"<a>\n<b>\n</c></a>", "line 3, column 3: mismatched tag"},
    {"<a/><b/>", "junk after document element"},
    {"<a>&unknown;</a>", "undefined entity"},
    {"<a>\xff</a>", "not well-formed"},
    {"<a b=c/>", "not well-formed"},
    {"<!DOCTYPE a><a/>", "a document type is not allowed"},
    {"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "a document type is not allowed"},
    {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "a document type is not allowed"},
    {"<?xml version='1.0' encoding='EBCDIC'?><a/>", "unknown encoding"},
};

static void refuses_what_is_broken_or_dangerous(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(refused); i++) {
        struct cl_xml *xml = NULL;
        struct cl_err err = CL_ERR_NONE;
        enum cl_code rc = cl_xml_parse(cl_str_of(refused[i].document), &xml, &err);
        assert_int_equal(rc, CL_E_INVALID);
        assert_null(xml);
        if (strstr(err.text, refused[i].complaint) == NULL)
            fail_msg("%s: %s", refused[i].document, err.text);
    }
}

static enum cl_code parse_repeated(const char *open, const char *close, size_t times)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(CL_XML_MAX_BYTES + 100);
    CL_AUTO(cl_xml) struct cl_xml *xml = NULL;
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_c(&text, "<r>");
    cl_buf_add_repeat(&text, open, times);
    cl_buf_add_repeat(&text, close, times);
    cl_buf_add_c(&text, "</r>");
    return cl_xml_parse(cl_buf_view(&text), &xml, &err);
}

static void size_depth_and_number_are_limited(void **state)
{
    (void)state;
    assert_int_equal(parse_repeated("<a>", "</a>", CL_XML_MAX_DEPTH - 1), CL_OK);
    assert_int_equal(parse_repeated("<a>", "</a>", CL_XML_MAX_DEPTH), CL_E_INVALID);
    assert_int_equal(parse_repeated("<a/>", "", CL_XML_MAX_NODES - 1), CL_OK);
    assert_int_equal(parse_repeated("<a/>", "", CL_XML_MAX_NODES), CL_E_INVALID);
    assert_int_equal(parse_repeated(" ", "", CL_XML_MAX_BYTES - 7), CL_OK);
    assert_int_equal(parse_repeated(" ", "", CL_XML_MAX_BYTES - 6), CL_E_INVALID);
}

static enum cl_code parse_listing(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_xml) struct cl_xml *xml = NULL;

    (void)ctx;
    return cl_xml_parse(cl_str_of(listing), &xml, err);
}

static void xml_survives_lack_of_memory(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(parse_listing, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_found_by_path),
        cmocka_unit_test(children_are_walked_in_order),
        cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(text_is_what_stands_in_the_element),
        cmocka_unit_test(prefixes_of_names_are_dropped),
        cmocka_unit_test(every_element_has_a_name),
        cmocka_unit_test(refuses_what_is_broken_or_dangerous),
        cmocka_unit_test(size_depth_and_number_are_limited),
        cmocka_unit_test(xml_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
