#ifndef CLEAT_CLOUDS_AWS_ANSWER_H
#define CLEAT_CLOUDS_AWS_ANSWER_H

#include "clouds/aws/client.h"
#include "codec/json.h"
#include "codec/xml.h"

/* Reading answers of success, and what to say of those that do not hold what they promise. */

/** "the answer has no {what}": CL_E_PROVIDER. */
enum cl_code aws_lacks(const char *what, struct cl_err *err);

/** Says whose answer an error is about: "sts AssumeRole: ...". */
enum cl_code aws_place_error(const struct aws_request *request, struct cl_err *err);

/** Both: the operation was answered with success, but not with what it promises. */
enum cl_code aws_malformed(const struct aws_request *request, const char *what, struct cl_err *err);

/**
 * Parses the body of an answer, which is never quoted: it may be anything, also credentials.
 *
 * @param ret  owned by the caller, cl_xml_free() or json_decref()
 * @return CL_OK, CL_E_PROVIDER (not readable), CL_E_LOCAL_TOOL_MISSING (no libexpat), CL_E_FAILED
 */
enum cl_code aws_parse_xml(struct cl_str body, struct cl_xml **ret, struct cl_err *err) CL_MUST_USE;
enum cl_code aws_parse_json(struct cl_str body, json_t **ret, struct cl_err *err) CL_MUST_USE;

#endif
