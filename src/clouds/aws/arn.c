#include "clouds/aws/arn.h"

#include "base/buf.h"
#include "clouds/aws/partition.h"

#define ACCOUNT_LEN 12
#define SHOWN_MAX_BYTES 120

bool aws_is_account(struct cl_str text)
{
    return text.len == ACCOUNT_LEN && cl_str_only(text, "0123456789");
}

bool aws_has_control(struct cl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7F)
            return true;
    }
    return false;
}

/* Takes the part before the next colon; false when there is no colon. */
static bool take(struct cl_str *rest, struct cl_str *ret)
{
    return cl_str_cut(*rest, ':', ret, rest);
}

bool aws_arn_parse(struct cl_str text, struct aws_arn *ret)
{
    struct aws_arn arn;
    struct cl_str rest = text;
    struct cl_str prefix;

    if (aws_has_control(text) || !take(&rest, &prefix) || !cl_str_eq_c(prefix, "arn"))
        return false;
    if (!take(&rest, &arn.partition) || !take(&rest, &arn.service) || !take(&rest, &arn.region) ||
        !take(&rest, &arn.account))
        return false;
    arn.resource = rest;
    if (aws_partition_named(arn.partition) == NULL || arn.service.len == 0 || rest.len == 0)
        return false;
    if (arn.account.len > 0 && !aws_is_account(arn.account))
        return false;
    if (arn.region.len > 0 && !aws_region_is_safe(arn.region))
        return false;
    *ret = arn;
    return true;
}

enum cl_code aws_refuse_id(struct cl_str given, const char *what, const char *forms,
                           struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(1024);

    cl_buf_add_quoted(&shown, given, SHOWN_MAX_BYTES);
    (void)cl_err_set(err, CL_E_ID_INVALID, "'%.*s' is not the id of %s",
                     CL_STR_ARG(cl_buf_view(&shown)), what);
    return cl_err_hint(err, "Use %s.", forms);
}
