#include "aws_connector.h"

#include "connectors/aws/texts.h"

/* The tables: what describe-type prints, and what the framework refuses by them. */

static void passes_the_check_of_all_tables(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_type_check(&cl_type_aws, &err), &err);
}

/* Methods in order, each attribute as name/kind: ! required, s secret, l list, b flag; what comes
 * behind the bar is beyond the original schema. */
static const struct {
    const char *method;
    const char *attrs;
    int64_t min_s;
    int64_t default_s;
    int64_t max_s;
    enum cl_issues issues;
} methods[] = {
    {"implicit", "policy_arns/l policy region! endpoint_url profile_name role_arn | external_id",
     900, 3600, 43200, CL_ISSUES_TEMPORARY},
    {"secret-key",
     "aws_access_key_id!s aws_secret_access_key!s region! endpoint_url | sts_endpoint_url", 0, 0, 0,
     CL_ISSUES_PASS_THROUGH},
    {"sts-token",
     "aws_access_key_id!s aws_secret_access_key!s aws_session_token!s region! endpoint_url | "
     "sts_endpoint_url",
     0, 0, 0, CL_ISSUES_PASS_THROUGH},
    {"iam-role",
     "policy_arns/l policy aws_access_key_id!s aws_secret_access_key!s region! endpoint_url "
     "role_arn! | aws_session_token/s",
     900, 3600, 43200, CL_ISSUES_TEMPORARY},
    {"session-token",
     "aws_access_key_id!s aws_secret_access_key!s region! endpoint_url | sts_endpoint_url", 900,
     43200, 129600, CL_ISSUES_TEMPORARY},
    {"federation-token",
     "policy_arns/l policy aws_access_key_id!s aws_secret_access_key!s region! endpoint_url | "
     "sts_endpoint_url",
     900, 43200, 129600, CL_ISSUES_TEMPORARY},
};

static void add_attr(struct cl_buf *text, const struct cl_attr *attr)
{
    bool secret = attr->kind == CL_ATTR_SECRET;

    cl_buf_add_c(text, attr->name);
    if (attr->required)
        cl_buf_add_char(text, '!');
    if (secret || attr->kind == CL_ATTR_LIST)
        cl_buf_addf(text, "%s%c", attr->required ? "" : "/", secret ? 's' : 'l');
}

/* Up to and with the first extra attribute. */
static void describe(const struct cl_auth_method *method, struct cl_buf *text)
{
    for (size_t i = 0; i < method->attr_count; i++) {
        if (i > 0)
            cl_buf_add_char(text, ' ');
        if (method->attrs[i].extra)
            cl_buf_add_c(text, "| ");
        add_attr(text, &method->attrs[i]);
        if (method->attrs[i].extra)
            return;
    }
}

static void has_the_attributes_and_limits_of_each_method(void **state)
{
    (void)state;
    assert_int_equal(cl_type_aws.method_count, CL_COUNT(methods));
    for (size_t i = 0; i < CL_COUNT(methods); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
        const struct cl_auth_method *method = &cl_type_aws.methods[i];

        assert_string_equal(method->id, methods[i].method);
        describe(method, &text);
        assert_str(cl_buf_view(&text), methods[i].attrs);
        assert_int_equal(method->min_ttl_s, methods[i].min_s);
        assert_int_equal(method->default_ttl_s, methods[i].default_s);
        assert_int_equal(method->max_ttl_s, methods[i].max_s);
        assert_int_equal(method->issues, methods[i].issues);
        assert_int_equal(method->implicit, i == 0);
        assert_int_equal(method->may_expire, i == 2);
    }
}

static void shows_extra_attributes_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < cl_type_aws.method_count; i++) {
        const struct cl_auth_method *method = &cl_type_aws.methods[i];
        bool extra = false;

        for (size_t k = 0; k < method->attr_count; k++) {
            assert_true(method->attrs[k].extra || !extra);
            assert_false(method->attrs[k].extra && method->attrs[k].required);
            extra = method->attrs[k].extra;
        }
    }
}

static void has_four_resource_types(void **state)
{
    static const struct {
        const char *id;
        const char *title;
        bool instances;
    } types[] = {{"aws-generic", "Generic AWS resource", false},
                 {"s3-bucket", "AWS S3 bucket", true},
                 {"kubernetes-cluster", "AWS EKS Kubernetes cluster", true},
                 {"docker-registry", "AWS ECR container registry", false}};

    (void)state;
    assert_int_equal(cl_type_aws.resource_count, CL_COUNT(types));
    for (size_t i = 0; i < CL_COUNT(types); i++) {
        const struct cl_resource_type *type = &cl_type_aws.resources[i];

        assert_string_equal(type->id, types[i].id);
        assert_string_equal(type->title, types[i].title);
        assert_int_equal(type->supports_instances, types[i].instances);
        assert_null(type->methods); /* every method serves every type */
        assert_true(cl_is_utf8(cl_str_of(type->emoji)) && type->emoji[0] != '\0');
        assert_true(cl_str_starts(cl_str_of(type->logo_url), CL_STR("https://")));
    }
}

static void names_every_permission_that_is_needed(void **state)
{
    static const struct {
        const char *text;
        const char *const actions[13];
    } needs[] = {
        {aws_text_s3,
         {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListAllMyBuckets",
          "s3:GetBucketVersioning", "s3:ListBucketVersions", "s3:DeleteObjectVersion"}},
        {aws_text_eks, {"eks:ListClusters", "eks:DescribeCluster", "aws-auth"}},
        {aws_text_ecr,
         {"ecr:DescribeRegistry", "ecr:DescribeRepositories", "ecr:ListRepositories",
          "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:BatchCheckLayerAvailability",
          "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
          "ecr:CompleteLayerUpload", "ecr:PutImage", "ecr:GetAuthorizationToken"}},
        {aws_text_iam_role, {"sts:AssumeRole"}},
        {aws_text_federation_token, {"GetFederationToken", "no permissions at all"}},
        {aws_text_secret_key, {"the key itself"}},
        {aws_text_implicit, {"role_arn", "server"}},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(needs); i++) {
        for (size_t k = 0; needs[i].actions[k] != NULL; k++) {
            if (strstr(needs[i].text, needs[i].actions[k]) == NULL)
                fail_msg("%s is not named", needs[i].actions[k]);
        }
    }
}

static void refuses_life_times_outside_the_bounds(void **state)
{
    static const struct {
        const char *method;
        int64_t wanted_s;
        int64_t got_s; /* -1: refused */
    } cases[] = {
        {"iam-role", 0, 3600},         {"iam-role", 900, 900},
        {"iam-role", 899, -1},         {"iam-role", 43200, 43200},
        {"iam-role", 43201, -1},       {"implicit", 43201, -1},
        {"session-token", 0, 43200},   {"session-token", 129600, 129600},
        {"session-token", 129601, -1}, {"federation-token", 899, -1},
        {"secret-key", 0, 0},          {"secret-key", 3600, -1},
        {"sts-token", 900, -1},        {"sts-token", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(cases[i].method);
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

        at.conn.expiration_seconds = cases[i].wanted_s;
        enum cl_code code = cl_scope_configure(&at.conn, &warnings, &at.err);
        assert_code(&at.err, code, cases[i].got_s < 0 ? CL_E_TTL_UNAVAILABLE : CL_OK, NULL);
        if (cases[i].got_s >= 0)
            assert_int_equal(at.conn.expiration_seconds, cases[i].got_s);
    }
}

static void supports_what_it_says(void **state)
{
    const struct cl_connector_ops *ops = cl_type_aws.ops;

    (void)state;
    assert_string_equal(cl_type_aws.id, "aws");
    assert_true(ops->verify != NULL && ops->list != NULL && ops->issue != NULL &&
                ops->discover != NULL && ops->canonical_id != NULL && ops->default_id != NULL);
    assert_null(ops->revoke); /* STS cannot take back what it gave */
    assert_int_equal(cl_type_aws.source_count, 1);
    assert_string_equal(cl_type_aws.sources[0].name, "profile");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_check_of_all_tables),
        cmocka_unit_test(has_the_attributes_and_limits_of_each_method),
        cmocka_unit_test(shows_extra_attributes_last),
        cmocka_unit_test(has_four_resource_types),
        cmocka_unit_test(names_every_permission_that_is_needed),
        cmocka_unit_test(refuses_life_times_outside_the_bounds),
        cmocka_unit_test(supports_what_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
