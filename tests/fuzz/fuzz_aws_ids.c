/* Resource ids of AWS: the canonical form of a form is itself, and holds nothing that cuts lines.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "clouds/aws/arn.h"
#include "clouds/aws/ecr_names.h"
#include "clouds/aws/eks_names.h"
#include "clouds/aws/s3_names.h"

static void check_bucket(struct cl_str id, bool is_custom)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_str bucket;
    struct cl_str again;
    CL_AUTO(cl_buf) struct cl_buf canonical = CL_BUF(4096);

    if (aws_s3_parse_id(id, is_custom, &bucket, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    FUZZ_CHECK(bucket.len > 0 && !aws_has_control(bucket));
    aws_s3_add_id(&canonical, bucket);
    FUZZ_CHECK(aws_s3_parse_id(cl_buf_view(&canonical), is_custom, &again, &err) == CL_OK);
    FUZZ_CHECK(cl_str_eq(bucket, again));
    (void)aws_s3_bucket_warning(bucket);
}

static void check_registry(struct cl_str id, struct cl_str region)
{
    struct cl_err err = CL_ERR_NONE;
    struct aws_ecr_id parsed;
    struct aws_ecr_id again;
    CL_AUTO(cl_buf) struct cl_buf canonical = CL_BUF(4096);

    if (aws_ecr_parse_id(id, region, &parsed, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    FUZZ_CHECK(aws_is_account(parsed.account) && !aws_has_control(parsed.repository));
    aws_ecr_add_host(&canonical, parsed.account, region);
    FUZZ_CHECK(aws_ecr_parse_id(cl_buf_view(&canonical), region, &again, &err) == CL_OK);
    FUZZ_CHECK(cl_str_eq(parsed.account, again.account));
}

static void check_cluster(struct cl_str id, struct cl_str region)
{
    struct cl_err err = CL_ERR_NONE;
    struct aws_eks_id parsed;
    struct aws_eks_id again;

    if (aws_eks_parse_id(id, region, &parsed, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    FUZZ_CHECK(aws_eks_parse_id(parsed.name, region, &again, &err) == CL_OK);
    FUZZ_CHECK(cl_str_eq(parsed.name, again.name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_str id = fuzz_text(data, size);
    struct aws_arn arn;

    if (aws_arn_parse(id, &arn))
        FUZZ_CHECK(!aws_has_control(id) && arn.partition.len > 0);
    check_bucket(id, false);
    check_bucket(id, true);
    check_registry(id, CL_STR("us-east-1"));
    check_registry(id, CL_STR("cn-north-1"));
    check_cluster(id, CL_STR("us-east-1"));
    return 0;
}
