#include "clouds/aws/eks_names.h"

#include "clouds/aws/arn.h"

#define WHAT "an EKS cluster"
#define FORMS "{cluster-name} or arn:aws:eks:{region}:{account}:cluster/{cluster-name}"
#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_MAX_BYTES 100

static bool is_cluster_name(struct cl_str name)
{
    return name.len >= 1 && name.len <= NAME_MAX_BYTES && cl_str_only(name, ALNUM "-_") &&
           cl_str_only(cl_str_first(name, 1), ALNUM);
}

enum cl_code aws_eks_parse_id(struct cl_str id, struct cl_str region, struct aws_eks_id *ret,
                              struct cl_err *err)
{
    struct aws_eks_id found = {.name = id, .account = CL_STR_NONE};
    struct aws_arn arn = {.region = region};

    if (aws_arn_parse(id, &arn)) {
        if (!cl_str_eq_c(arn.service, "eks") || arn.account.len == 0 || arn.region.len == 0 ||
            !cl_str_starts(arn.resource, CL_STR("cluster/")))
            return aws_refuse_id(id, WHAT, FORMS, err);
        found.name = cl_str_skip(arn.resource, strlen("cluster/"));
        found.account = arn.account;
    }
    if (!is_cluster_name(found.name))
        return aws_refuse_id(id, WHAT, FORMS, err);
    if (!cl_str_eq(arn.region, region)) {
        return cl_err_set(err, CL_E_ID_INVALID,
                          "EKS cluster '%.*s' is in region %.*s, the connector is for %.*s",
                          CL_STR_ARG(found.name), CL_STR_ARG(arn.region), CL_STR_ARG(region));
    }
    *ret = found;
    return CL_OK;
}
