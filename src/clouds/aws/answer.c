#include "clouds/aws/answer.h"

enum cl_code aws_lacks(const char *what, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_PROVIDER, "the answer has no %s", what);
    return cl_err_hint(err, "Check that the endpoint address is really that of the service.");
}

enum cl_code aws_place_error(const struct aws_request *request, struct cl_err *err)
{
    aws_note_upstream(request, err);
    return cl_err_wrap(err, "%s %s", aws_service_name(request->service), request->operation);
}

enum cl_code aws_malformed(const struct aws_request *request, const char *what, struct cl_err *err)
{
    (void)aws_lacks(what, err);
    return aws_place_error(request, err);
}

/* That a parser is missing here, or memory, is no fault of the answer. */
enum cl_code aws_parse_xml(struct cl_str body, struct cl_xml **ret, struct cl_err *err)
{
    if (cl_xml_parse(body, ret, err) == CL_OK)
        return CL_OK;
    return err->code == CL_E_INVALID ? aws_lacks("readable XML", err) : err->code;
}

enum cl_code aws_parse_json(struct cl_str body, json_t **ret, struct cl_err *err)
{
    if (cl_json_parse(body, ret, err) == CL_OK)
        return CL_OK;
    return err->code == CL_E_INVALID ? aws_lacks("readable JSON", err) : err->code;
}
