/* Answers of EKS and ECR: what is taken from them has no line breaks, a failure keeps nothing. */
#include "fuzz.h"

#include "clouds/aws/arn.h"
#include "clouds/aws/ecr.h"
#include "clouds/aws/eks.h"

static void check_cluster(struct cl_str body)
{
    CL_AUTO(aws_eks_cluster) struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;
    struct cl_err err = CL_ERR_NONE;

    if (aws_eks_parse_cluster(body, &cluster, &err) != CL_OK) {
        fuzz_check_error(&err);
        FUZZ_CHECK(cluster.name == NULL && cluster.arn == NULL);
        return;
    }
    FUZZ_CHECK(cluster.name[0] != '\0' && !aws_has_control(cl_str_of(cluster.name)));
    FUZZ_CHECK(!aws_has_control(cl_str_of(cluster.endpoint)));
    FUZZ_CHECK(!aws_has_control(cl_str_of(cluster.certificate_authority)));
    FUZZ_CHECK(aws_eks_token_name(&cluster).len > 0);
}

static void check_login(struct cl_str body)
{
    CL_AUTO(aws_ecr_login) struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;
    struct cl_err err = CL_ERR_NONE;

    if (aws_ecr_parse_login(body, 1715690096, &login, &err) != CL_OK) {
        fuzz_check_error(&err);
        FUZZ_CHECK(login.username == NULL && login.password == NULL);
        return;
    }
    FUZZ_CHECK(login.expires_at > 1715690096);
    FUZZ_CHECK(!aws_has_control(cl_secret_expose(login.password)));
    FUZZ_CHECK(!aws_has_control(cl_str_of(login.endpoint)));
}

static enum cl_code check_item(void *ctx, const struct aws_item *item, struct cl_err *err)
{
    (void)ctx;
    (void)err;
    FUZZ_CHECK(item->name.len > 0 && !aws_has_control(item->name));
    return CL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = check_item};
    struct cl_err err = CL_ERR_NONE;

    check_cluster(fuzz_text(data, size));
    check_login(fuzz_text(data, size));
    if (aws_eks_parse_page(fuzz_text(data, size), &listing, &err) != CL_OK)
        fuzz_check_error(&err);
    return 0;
}
