/* Answers of STS and S3: what is taken from them has no line breaks, a failure keeps nothing. */
#include "fuzz.h"

#include "clouds/aws/arn.h"
#include "clouds/aws/s3.h"
#include "clouds/aws/sts.h"

static void check_identity(struct cl_str body)
{
    CL_AUTO(aws_identity) struct aws_identity identity = AWS_IDENTITY_NONE;
    struct cl_err err = CL_ERR_NONE;

    if (aws_sts_parse_identity(body, &identity, &err) != CL_OK) {
        fuzz_check_error(&err);
        FUZZ_CHECK(identity.account == NULL && identity.arn == NULL);
        return;
    }
    FUZZ_CHECK(aws_is_account(cl_str_of(identity.account)));
    FUZZ_CHECK(!aws_has_control(cl_str_of(identity.arn)));
}

static void check_session(struct cl_str body)
{
    CL_AUTO(aws_session) struct aws_session session = AWS_SESSION_NONE;
    struct cl_err err = CL_ERR_NONE;

    if (aws_sts_parse_session(body, &session, &err) != CL_OK) {
        fuzz_check_error(&err);
        FUZZ_CHECK(session.access_key_id == NULL && session.session_token == NULL);
        return;
    }
    FUZZ_CHECK(!aws_has_control(cl_secret_expose(session.access_key_id)));
    FUZZ_CHECK(!aws_has_control(cl_secret_expose(session.secret_access_key)));
    FUZZ_CHECK(!aws_has_control(cl_secret_expose(session.session_token)));
}

static enum cl_code check_item(void *ctx, const struct aws_item *item, struct cl_err *err)
{
    (void)ctx;
    (void)err;
    FUZZ_CHECK(item->name.len > 0 && !aws_has_control(item->name));
    FUZZ_CHECK(!aws_has_control(item->region));
    return CL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = check_item};
    struct cl_err err = CL_ERR_NONE;

    check_identity(fuzz_text(data, size));
    check_session(fuzz_text(data, size));
    if (aws_s3_parse_page(fuzz_text(data, size), &listing, &err) != CL_OK)
        fuzz_check_error(&err);
    return 0;
}
