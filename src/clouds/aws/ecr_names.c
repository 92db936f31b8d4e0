#include "clouds/aws/ecr_names.h"

#include "clouds/aws/arn.h"
#include "clouds/aws/partition.h"

#define WHAT "an ECR registry"
#define FORMS                                                                                  \
    "{account}.dkr.ecr.{region}.amazonaws.com, with https:// or a repository if you like, or " \
    "arn:aws:ecr:{region}:{account}:repository"
#define ACCOUNT_LEN 12

struct place {
    struct aws_ecr_id id;
    struct cl_str region;
};

/* What follows the registry: nothing, a lone slash, or a repository. */
static bool take_repository(struct cl_str rest, struct cl_str *ret)
{
    if (rest.len > 0 && rest.ptr[0] != '/')
        return false;
    *ret = cl_str_skip(rest, 1);
    return true;
}

static bool parse_arn(const struct aws_arn *arn, struct place *ret)
{
    struct cl_str kind = CL_STR("repository");

    ret->id.account = arn->account;
    ret->region = arn->region;
    return cl_str_eq_c(arn->service, "ecr") && arn->account.len > 0 && arn->region.len > 0 &&
           cl_str_starts(arn->resource, kind) &&
           take_repository(cl_str_skip(arn->resource, kind.len), &ret->id.repository);
}

/* Takes ".dkr.ecr." and its like off; the dual-stack host has a domain of its own. */
static bool take_service(struct cl_str *rest, bool *ret_dual_stack)
{
    static const struct {
        const char *text;
        bool is_dual_stack;
    } services[] = {{".dkr.ecr.", false}, {".dkr.ecr-fips.", false}, {".dkr-ecr.", true}};

    for (size_t i = 0; i < CL_COUNT(services); i++) {
        struct cl_str text = cl_str_of(services[i].text);

        if (cl_str_starts(*rest, text)) {
            *rest = cl_str_skip(*rest, text.len);
            *ret_dual_stack = services[i].is_dual_stack;
            return true;
        }
    }
    return false;
}

static struct cl_str without_scheme(struct cl_str id)
{
    static const char *const schemes[] = {"https://", "http://"};

    for (size_t i = 0; i < CL_COUNT(schemes); i++) {
        struct cl_str scheme = cl_str_of(schemes[i]);
        if (cl_str_starts(id, scheme))
            return cl_str_skip(id, scheme.len);
    }
    return id;
}

static bool parse_host(struct cl_str id, struct place *ret)
{
    struct cl_str text = without_scheme(id);
    struct cl_str host = cl_str_first(text, cl_str_find(text, '/'));
    struct cl_str rest = cl_str_skip(host, ACCOUNT_LEN);
    struct cl_str domain;
    bool is_dual_stack = false;

    ret->id.account = cl_str_first(host, ACCOUNT_LEN);
    if (!aws_is_account(ret->id.account) || !take_service(&rest, &is_dual_stack))
        return false;
    (void)cl_str_cut(rest, '.', &ret->region, &domain);
    if (!aws_region_is_safe(ret->region))
        return false;
    if (is_dual_stack ? !cl_str_eq_c(domain, "on.aws") : !aws_is_partition_dns(domain))
        return false;
    return take_repository(cl_str_skip(text, host.len), &ret->id.repository);
}

enum cl_code aws_ecr_parse_id(struct cl_str id, struct cl_str region, struct aws_ecr_id *ret,
                              struct cl_err *err)
{
    struct place place = {.region = CL_STR_NONE};
    struct aws_arn arn;

    bool found = aws_arn_parse(id, &arn) ? parse_arn(&arn, &place) : parse_host(id, &place);
    if (!found || aws_has_control(id))
        return aws_refuse_id(id, WHAT, FORMS, err);
    if (!cl_str_eq(place.region, region)) {
        return cl_err_set(
            err, CL_E_ID_INVALID,
            "ECR registry of account %.*s is in region %.*s, the connector is for %.*s",
            CL_STR_ARG(place.id.account), CL_STR_ARG(place.region), CL_STR_ARG(region));
    }
    *ret = place.id;
    return CL_OK;
}

void aws_ecr_add_host(struct cl_buf *buf, struct cl_str account, struct cl_str region)
{
    cl_buf_add(buf, account);
    cl_buf_add(buf, CL_STR(".dkr.ecr."));
    cl_buf_add(buf, region);
    cl_buf_add_char(buf, '.');
    cl_buf_add_c(buf, aws_partition_of(region)->dns);
}
