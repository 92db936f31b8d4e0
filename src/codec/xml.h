#ifndef CLEAT_CODEC_XML_H
#define CLEAT_CODEC_XML_H

#include "base/str.h"

/*
 * A small read-only tree over expat, for the answers of cloud services: elements and their text.
 * Names are local names ("s3:Bucket" is "Bucket"); attributes, comments and processing
 * instructions are dropped. Nodes and views belong to the owner and die with it.
 */
struct cl_xml;      /* owner */
struct cl_xml_node; /* one element */

#define CL_XML_MAX_BYTES ((size_t)8 << 20U)
#define CL_XML_MAX_DEPTH 64
#define CL_XML_MAX_NODES 200000

/**
 * Parses one document. A missing XML declaration and white space before it are fine; a document
 * type (and with it every entity but the five of XML itself) is refused.
 *
 * @param ret  owned by the caller, cl_xml_free()
 * @return CL_OK, CL_E_INVALID (line, column and reason, never the text itself; limits), CL_E_FAILED
 */
enum cl_code cl_xml_parse(struct cl_str text, struct cl_xml **ret, struct cl_err *err) CL_MUST_USE;

void cl_xml_free(struct cl_xml *xml);
void cl_xml_cleanup(struct cl_xml **xml); /* for CL_AUTO(cl_xml) */

/** The outermost element; never NULL. */
const struct cl_xml_node *cl_xml_root(const struct cl_xml *xml);

/* All of these take a NULL node and then find nothing. */

struct cl_str cl_xml_name(const struct cl_xml_node *node);

/** What stands in the element before its first child element, as written (not trimmed). */
struct cl_str cl_xml_text(const struct cl_xml_node *node);

/** First child of that name and next sibling of that name, in document order; NULL: any name. */
const struct cl_xml_node *cl_xml_child(const struct cl_xml_node *node, const char *name);
const struct cl_xml_node *cl_xml_next(const struct cl_xml_node *node, const char *name);

/** The element at a path of names below `node`, each the first of its name: "Error/Code". */
const struct cl_xml_node *cl_xml_find(const struct cl_xml_node *node, const char *path);

/** Text at that path; empty when there is no such element. */
struct cl_str cl_xml_get(const struct cl_xml_node *node, const char *path);

#endif
