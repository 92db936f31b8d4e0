#include "connectors/aws/chain_places.h"

#include "connectors/aws/source.h"

/* Region and endpoints. Source: AWS SDKs and Tools Reference Guide, "AWS Region" and
 * "Service-specific endpoints". */

static const char *const variables[AWS_SERVICE_COUNT] = {
    [AWS_STS] = "AWS_ENDPOINT_URL_STS",
    [AWS_S3] = "AWS_ENDPOINT_URL_S3",
    [AWS_EKS] = "AWS_ENDPOINT_URL_EKS",
    [AWS_ECR] = "AWS_ENDPOINT_URL_ECR",
};

static enum cl_code find_region(const struct cl_world *world,
                                const struct cl_aws_profiles *profiles, struct aws_found *found,
                                struct cl_err *err)
{
    struct cl_str region = cl_world_env(world, "AWS_REGION");

    if (region.len == 0)
        region = cl_world_env(world, "AWS_DEFAULT_REGION");
    if (region.len == 0)
        region = cl_aws_profile_get(profiles, cl_str_of(found->profile), "region");
    return region.len == 0 ? CL_OK : cl_str_dup(region, &found->region, err);
}

static bool is_true(struct cl_str text)
{
    struct cl_err ignored = CL_ERR_NONE;
    bool value = false;

    return text.len > 0 && cl_parse_bool(text, &value, &ignored) == CL_OK && value;
}

static bool endpoints_are_off(const struct cl_world *world, const struct cl_aws_profiles *profiles,
                              struct cl_str profile)
{
    return is_true(cl_world_env(world, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) ||
           is_true(cl_aws_profile_get(profiles, profile, "ignore_configured_endpoint_urls"));
}

static enum cl_code add(struct aws_found *found, const char *attr, struct cl_str url,
                        struct cl_err *err)
{
    return url.len == 0 ? CL_OK : cl_map_set(&found->endpoints, cl_str_of(attr), url, err);
}

/* A variable for all services is weaker than one for this service, but stronger than the file. */
static enum cl_code find_endpoints(const struct cl_world *world,
                                   const struct cl_aws_profiles *profiles, struct aws_found *found,
                                   struct cl_err *err)
{
    struct cl_str profile = cl_str_of(found->profile);
    struct cl_str all = cl_world_env(world, "AWS_ENDPOINT_URL");
    struct cl_str usual = cl_aws_profile_get(profiles, profile, "endpoint_url");

    if (endpoints_are_off(world, profiles, profile))
        return CL_OK;
    CL_TRY(add(found, "endpoint_url", all.len > 0 ? all : usual, err));
    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++) {
        enum aws_service service = (enum aws_service)i;
        struct cl_str url = cl_world_env(world, variables[i]);
        if (url.len == 0 && all.len == 0) {
            CL_TRY(
                cl_aws_profile_endpoint(profiles, profile, aws_service_name(service), &url, err));
        }
        if (!cl_str_eq(url, all.len > 0 ? all : usual))
            CL_TRY(add(found, aws_endpoint_attr(service), url, err));
    }
    return CL_OK;
}

enum cl_code aws_chain_places(const struct cl_world *world, const struct cl_aws_profiles *profiles,
                              struct aws_found *found, struct cl_err *err)
{
    CL_TRY(find_region(world, profiles, found, err));
    return find_endpoints(world, profiles, found, err);
}
