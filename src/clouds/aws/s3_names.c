#include "clouds/aws/s3_names.h"

#include "clouds/aws/arn.h"

#define WHAT "an S3 bucket"
#define FORMS                                                                                     \
    "s3://{bucket}, arn:aws:s3:::{bucket} or {bucket}, with 3 to 63 lower-case letters, digits, " \
    "dots and dashes"
#define DIGITS "0123456789"
#define LOWER_ALNUM "abcdefghijklmnopqrstuvwxyz" DIGITS
#define ANY_ALNUM LOWER_ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Needs another signing scheme and other endpoints. */
#define DIRECTORY_BUCKET_SUFFIX "--x-s3"

static bool is_reserved(struct cl_str bucket)
{
    static const char *const prefixes[] = {"xn--", "sthree-", "amzn-s3-demo-"};
    static const char *const suffixes[] = {"-s3alias", "--ol-s3", ".mrap", "--table-s3"};

    for (size_t i = 0; i < CL_COUNT(prefixes); i++) {
        if (cl_str_starts(bucket, cl_str_of(prefixes[i])))
            return true;
    }
    for (size_t i = 0; i < CL_COUNT(suffixes); i++) {
        if (cl_str_ends(bucket, cl_str_of(suffixes[i])))
            return true;
    }
    return false;
}

const char *aws_s3_bucket_warning(struct cl_str bucket)
{
    if (!is_reserved(bucket))
        return NULL;
    return "the name has a prefix or suffix that AWS keeps for itself";
}

/* Four short numbers between dots. */
static bool is_ipv4_shaped(struct cl_str bucket)
{
    struct cl_str rest = bucket;
    size_t groups = 0;
    bool more = true;

    while (more) {
        struct cl_str group;

        more = cl_str_cut(rest, '.', &group, &rest);
        if (group.len == 0 || group.len > 3 || !cl_str_only(group, DIGITS))
            return false;
        groups++;
    }
    return groups == 4;
}

static bool is_bucket(struct cl_str bucket, bool is_custom)
{
    const char *ends = is_custom ? ANY_ALNUM : LOWER_ALNUM;

    if (bucket.len < 3 || bucket.len > 63)
        return false;
    if (!cl_str_only(bucket, is_custom ? ANY_ALNUM ".-_" : LOWER_ALNUM ".-"))
        return false;
    if (!cl_str_only(cl_str_first(bucket, 1), ends) ||
        !cl_str_only(cl_str_skip(bucket, bucket.len - 1), ends))
        return false;
    return !cl_str_contains(bucket, CL_STR("..")) && !is_ipv4_shaped(bucket);
}

/* What stands where the bucket should be; empty when the id has none of the forms. */
static struct cl_str find_bucket(struct cl_str id)
{
    struct cl_str place;
    struct aws_arn arn;

    if (aws_arn_parse(id, &arn)) {
        if (!cl_str_eq_c(arn.service, "s3") || arn.region.len > 0 || arn.account.len > 0)
            return CL_STR_NONE;
        place = arn.resource;
    } else if (cl_str_starts(id, CL_STR("s3://"))) {
        place = cl_str_skip(id, 5);
    } else {
        return id;
    }
    return cl_str_first(place, cl_str_find(place, '/'));
}

enum cl_code aws_s3_parse_id(struct cl_str id, bool is_custom, struct cl_str *ret,
                             struct cl_err *err)
{
    struct cl_str bucket = find_bucket(id);

    if (aws_has_control(id) || !is_bucket(bucket, is_custom))
        return aws_refuse_id(id, WHAT, FORMS, err);
    if (cl_str_ends(bucket, CL_STR(DIRECTORY_BUCKET_SUFFIX))) {
        return aws_refuse_id(id, WHAT " that Cleat can serve (directory buckets are not supported)",
                             FORMS, err);
    }
    *ret = bucket;
    return CL_OK;
}

void aws_s3_add_id(struct cl_buf *buf, struct cl_str bucket)
{
    cl_buf_add(buf, CL_STR("s3://"));
    cl_buf_add(buf, bucket);
}

bool aws_s3_is_host_label(struct cl_str bucket)
{
    return is_bucket(bucket, false) && cl_str_find(bucket, '.') == bucket.len;
}
