#include "clouds/aws/partition.h"

struct row {
    struct aws_partition partition;
    const char *prefixes; /* of its regions, separated by | */
};

/* clang-format off */
static const struct row rows[] = {
    {{"aws",        "amazonaws.com",    "api.aws"},                      "us|eu|ap|sa|ca|me|af|il|mx"},
    {{"aws-cn",     "amazonaws.com.cn", "api.amazonwebservices.com.cn"}, "cn"},
    {{"aws-us-gov", "amazonaws.com",    "api.aws"},                      "us-gov"},
    {{"aws-eusc",   "amazonaws.eu",     "api.amazonwebservices.eu"},     "eusc-de"},
    {{"aws-iso",    "c2s.ic.gov",       "api.aws.ic.gov"},               "us-iso"},
    {{"aws-iso-b",  "sc2s.sgov.gov",    "api.aws.scloud"},               "us-isob"},
    {{"aws-iso-e",  "cloud.adc-e.uk",   "api.cloud-aws.adc-e.uk"},       "eu-isoe"},
    {{"aws-iso-f",  "csp.hci.ic.gov",   "api.aws.hci.ic.gov"},           "us-isof"},
};
/* clang-format on */

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define WORD LOWER DIGITS "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* "-east-1": after the prefix comes one word and a number, so no prefix shadows a longer one. */
static bool is_place_and_number(struct cl_str rest)
{
    struct cl_str place;
    struct cl_str number;

    if (!cl_str_starts(rest, CL_STR("-")))
        return false;
    (void)cl_str_cut(cl_str_skip(rest, 1), '-', &place, &number);
    return place.len > 0 && number.len > 0 && cl_str_only(place, WORD) &&
           cl_str_only(number, DIGITS);
}

static bool matches(const struct row *row, struct cl_str region)
{
    struct cl_str rest = cl_str_of(row->prefixes);

    while (rest.len > 0) {
        struct cl_str prefix;

        (void)cl_str_cut(rest, '|', &prefix, &rest);
        if (cl_str_starts(region, prefix) && is_place_and_number(cl_str_skip(region, prefix.len)))
            return true;
    }
    return false;
}

static const struct row *row_of(struct cl_str region)
{
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        if (matches(&rows[i], region))
            return &rows[i];
    }
    return NULL;
}

const struct aws_partition *aws_partition_of(struct cl_str region)
{
    const struct row *row = row_of(region);

    return row == NULL ? &rows[0].partition : &row->partition;
}

const struct aws_partition *aws_partition_named(struct cl_str id)
{
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        if (cl_str_eq_c(id, rows[i].partition.id))
            return &rows[i].partition;
    }
    return NULL;
}

bool aws_is_partition_dns(struct cl_str dns)
{
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        if (cl_str_eq_c(dns, rows[i].partition.dns))
            return true;
    }
    return false;
}

bool aws_region_is_known(struct cl_str region)
{
    return row_of(region) != NULL;
}

bool aws_region_is_safe(struct cl_str region)
{
    return region.len >= 1 && region.len <= 63 && cl_str_only(region, LOWER DIGITS "-") &&
           region.ptr[0] != '-' && region.ptr[region.len - 1] != '-';
}
