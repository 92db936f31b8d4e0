#include "clouds/aws/arn.h"
#include "clouds/aws/partition.h"
#include "clouds/aws/policy.h"
#include "clouds/aws/s3_names.h"
#include "codec/json.h"
#include "codec/url.h"
#include "connectors/aws/source.h"
#include "net/target.h"

/* Rules of aws.md §2.2 that a schema cannot say. Values that pass may be put into host names,
 * headers and forms. */

#define KEY_ID_MIN 16
#define KEY_ID_MAX 128
#define ROLE_ARN_MIN 20
#define ROLE_ARN_MAX 2048
#define POLICY_ARNS_MAX 10

#define WORD_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

static enum cl_code invalid(struct cl_err *err, const char *attr, const char *why)
{
    return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute '%s' %s", attr, why);
}

static enum cl_code warn(struct cl_strs *warnings, const char *sentence, struct cl_err *err)
{
    return warnings == NULL ? CL_OK : cl_strs_add(warnings, cl_str_of(sentence), err);
}

static enum cl_code check_region(const struct cl_connector *conn, struct cl_strs *warnings,
                                 struct cl_err *err)
{
    struct cl_str region = cl_config_text(&conn->config, "region");
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(256);

    if (!aws_region_is_safe(region))
        return invalid(err, "region", "must be a region name such as us-east-1");
    if (aws_region_is_known(region) || aws_has_custom_s3(conn))
        return CL_OK;
    cl_buf_addf(&text, "unknown region '%.*s'", CL_STR_ARG(region));
    CL_TRY(cl_buf_ok(&text, err));
    return warn(warnings, text.ptr, err);
}

/* --- keys ---------------------------------------------------------------------------------- */

static bool has_blank(struct cl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= 0x20 || c == 0x7F)
            return true;
    }
    return false;
}

static enum cl_code check_key_id(const struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_secret *secret = cl_config_secret(&conn->config, "aws_access_key_id");
    struct cl_str id = cl_secret_expose(secret);

    if (secret == NULL)
        return CL_OK;
    if (id.len < KEY_ID_MIN || id.len > KEY_ID_MAX || !cl_str_only(id, WORD_CHARACTERS)) {
        return invalid(err, "aws_access_key_id",
                       "must be 16 to 128 letters, digits and underscores");
    }
    if (cl_str_starts(id, CL_STR("ASIA")) &&
        cl_config_secret(&conn->config, "aws_session_token") == NULL) {
        (void)invalid(err, "aws_access_key_id",
                      "is a temporary key, but there is no session token");
        return cl_err_hint(err, "use auth method 'sts-token' with aws_session_token");
    }
    return CL_OK;
}

static enum cl_code check_one_word(const struct cl_connector *conn, const char *attr,
                                   struct cl_err *err)
{
    const struct cl_secret *secret = cl_config_secret(&conn->config, attr);
    struct cl_str value = cl_secret_expose(secret);

    if (secret == NULL)
        return CL_OK;
    if (value.len == 0 || has_blank(value))
        return invalid(err, attr, "must not be empty nor contain blanks or control characters");
    return CL_OK;
}

/* --- roles and policies -------------------------------------------------------------------- */

static enum cl_code check_role(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str arn = cl_config_text(&conn->config, "role_arn");
    const char *partition = aws_partition_of(cl_config_text(&conn->config, "region"))->id;
    struct aws_arn role;

    if (arn.len == 0)
        return CL_OK;
    if (arn.len < ROLE_ARN_MIN || arn.len > ROLE_ARN_MAX || !aws_arn_parse(arn, &role) ||
        !cl_str_eq_c(role.service, "iam") || !aws_is_account(role.account) ||
        !cl_str_starts(role.resource, CL_STR("role/")) ||
        !cl_str_only(cl_str_skip(role.resource, 5), WORD_CHARACTERS "+=,.@/-") ||
        role.resource.len == 5) {
        return invalid(err, "role_arn",
                       "must have the form arn:aws:iam::{account}:role/{role-name}");
    }
    if (!cl_str_eq_c(role.partition, partition))
        return invalid(err, "role_arn", "belongs to another AWS partition than the region");
    return CL_OK;
}

/* arn:{partition}:iam::{account|aws}:policy/{name}: AWS's own policies have no account. */
static bool is_policy_arn(struct cl_str text)
{
    struct cl_str field = CL_STR_NONE;
    struct cl_str rest = text;

    if (aws_has_control(text) || !cl_str_cut(rest, ':', &field, &rest) ||
        !cl_str_eq_c(field, "arn"))
        return false;
    if (!cl_str_cut(rest, ':', &field, &rest) || aws_partition_named(field) == NULL)
        return false;
    if (!cl_str_starts(rest, CL_STR("iam::")))
        return false;
    rest = cl_str_skip(rest, CL_STR("iam::").len);
    if (!cl_str_cut(rest, ':', &field, &rest) ||
        (!aws_is_account(field) && !cl_str_eq_c(field, "aws")))
        return false;
    return cl_str_starts(rest, CL_STR("policy/")) && rest.len > CL_STR("policy/").len;
}

static enum cl_code check_policy_arns(const struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_strs *arns = cl_config_list(&conn->config, "policy_arns");

    if (arns == NULL)
        return CL_OK;
    if (arns->count > POLICY_ARNS_MAX)
        return invalid(err, "policy_arns", "takes at most 10 policies");
    for (size_t i = 0; i < arns->count; i++) {
        if (!is_policy_arn(cl_str_of(arns->items[i]))) {
            return invalid(err, "policy_arns",
                           "must hold ARNs of the form arn:aws:iam::{account}:policy/{name}");
        }
    }
    return CL_OK;
}

/* Of the characters that JSON can hold, STS takes those up to U+00FF. */
static bool is_policy_text(struct cl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] > 0xC3)
            return false;
    }
    return true;
}

/* STS counts characters: bytes of UTF-8 that do not go on with one. */
static size_t character_count(struct cl_str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0U) != 0x80U;
    return count;
}

static enum cl_code check_policy(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str policy = cl_config_text(&conn->config, "policy");
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(cl_string) char *compact = NULL;

    if (policy.len == 0)
        return CL_OK;
    if (cl_json_parse(policy, &json, err) != CL_OK) {
        if (err->code == CL_E_INVALID)
            err->code = CL_E_INVALID_ATTRIBUTE;
        return cl_err_wrap(err, "attribute 'policy' is not valid JSON");
    }
    if (!json_is_object(json) || json_object_get(json, "Statement") == NULL)
        return invalid(err, "policy", "must be a JSON object with a Statement");
    CL_TRY(cl_json_dump(json, CL_JSON_COMPACT, &compact, err)); /* as it is sent */
    if (!is_policy_text(cl_str_of(compact)))
        return invalid(err, "policy", "has characters that AWS does not take");
    if (character_count(cl_str_of(compact)) > AWS_POLICY_MAX_CHARACTERS)
        return invalid(err, "policy", "is longer than 2048 characters without its white space");
    return CL_OK;
}

static bool has_policy(const struct cl_connector *conn)
{
    return cl_config_text(&conn->config, "policy").len > 0 ||
           cl_config_list(&conn->config, "policy_arns") != NULL;
}

/* A federation token has no permissions but those of a session policy. */
static enum cl_code check_federation(const struct cl_connector *conn, struct cl_strs *warnings,
                                     struct cl_err *err)
{
    if (!aws_method_is(conn, "federation-token") || has_policy(conn) ||
        !cl_strs_has(&conn->resource_types, CL_STR(AWS_GENERIC)))
        return CL_OK;
    if (conn->resource_types.count == 1) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                          "auth method 'federation-token' needs 'policy' or 'policy_arns' for the "
                          "resource type '%s': without one the tokens have no permissions",
                          AWS_GENERIC);
    }
    return warn(warnings,
                "federation tokens for 'aws-generic' have no permissions without 'policy' or "
                "'policy_arns'",
                err);
}

/* --- names that go into STS forms ---------------------------------------------------------- */

static enum cl_code check_name(const struct cl_connector *conn, const char *attr,
                               const char *further, struct cl_err *err)
{
    struct cl_str value = cl_config_text(&conn->config, attr);

    if (value.len == 0)
        return CL_OK;
    for (size_t i = 0; i < value.len; i++) {
        struct cl_str one = cl_str_make(value.ptr + i, 1);
        if (!cl_str_only(one, WORD_CHARACTERS) && !cl_str_only(one, further)) {
            return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                              "attribute '%s' may only hold letters, digits and %s_", attr,
                              further);
        }
    }
    if (value.len < 2)
        return invalid(err, attr, "must have at least 2 characters");
    return CL_OK;
}

/* "endpoint_url", then those of the services. */
#define ENDPOINT_COUNT (1 + AWS_SERVICE_COUNT)

static const char *endpoint_attr(size_t index)
{
    return index == 0 ? "endpoint_url" : aws_endpoint_attr((enum aws_service)(index - 1));
}

static enum cl_code check_endpoints(const struct cl_connector *conn, struct cl_err *err)
{
    for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
        struct cl_str url = cl_config_text(&conn->config, endpoint_attr(i));
        if (url.len > 0 && aws_endpoint_check(url, err) != CL_OK) {
            err->code = err->code == CL_E_INVALID ? CL_E_INVALID_ATTRIBUTE : err->code;
            return cl_err_wrap(err, "attribute '%s'", endpoint_attr(i));
        }
    }
    return CL_OK;
}

static enum cl_code check_registry_id(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str account = cl_config_text(&conn->config, "ecr_registry_id");

    if (account.len > 0 && !aws_is_account(account))
        return invalid(err, "ecr_registry_id", "must have 12 digits");
    return CL_OK;
}

/* A connector of all types keeps the two that such a store can serve. */
static enum cl_code check_s3_compatible(const struct cl_connector *conn, struct cl_err *err)
{
    const char *only =
        conn->resource_types.count == 1 ? conn->resource_types.items[0] : AWS_GENERIC;

    if (!cl_config_bool(&conn->config, "s3_compatible"))
        return CL_OK;
    if (!aws_has_custom_s3(conn))
        return invalid(err, "s3_compatible", "needs endpoint_url or s3_endpoint_url");
    if (strcmp(only, AWS_EKS_CLUSTER) != 0 && strcmp(only, AWS_ECR_REGISTRY) != 0)
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                      "attribute 's3_compatible' does not go with resource type '%s': such a store "
                      "has buckets only",
                      only);
}

/* --- warnings ------------------------------------------------------------------------------ */

/* Names that AWS reserves work with nobody, or only with other APIs. */
static enum cl_code advise_bucket(const struct cl_connector *conn, struct cl_strs *warnings,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
    bool is_bucket = conn->resource_types.count == 1 &&
                     cl_strs_has(&conn->resource_types, CL_STR(AWS_S3_BUCKET));
    struct cl_err unreadable = CL_ERR_NONE; /* the scope's check will say so */
    struct cl_str bucket = CL_STR_NONE;

    if (!is_bucket || aws_s3_parse_id(cl_str_of(conn->resource_id), aws_has_custom_s3(conn),
                                      &bucket, &unreadable) != CL_OK)
        return CL_OK;
    const char *why = aws_s3_bucket_warning(bucket);
    if (why == NULL)
        return CL_OK;
    cl_buf_addf(&text, "bucket '%.*s': %s", CL_STR_ARG(bucket), why);
    CL_TRY(cl_buf_ok(&text, err));
    return warn(warnings, text.ptr, err);
}

static bool is_exposed(struct cl_str url)
{
    struct cl_err unreadable = CL_ERR_NONE;
    struct cl_target target = {.https = true};

    if (url.len == 0 || cl_target_parse(url, &target, &unreadable) != CL_OK || target.https)
        return false;
    return !cl_host_is_loopback(target.host);
}

/* Signed requests do not give the key away, but session tokens and what STS answers do. */
static enum cl_code advise_endpoints(const struct cl_connector *conn, struct cl_strs *warnings,
                                     struct cl_err *err)
{
    for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(256);
        if (!is_exposed(cl_config_text(&conn->config, endpoint_attr(i))))
            continue;
        cl_buf_addf(&text,
                    "%s is plain http: whoever is on the way can read the credentials that are "
                    "issued",
                    endpoint_attr(i));
        CL_TRY(cl_buf_ok(&text, err));
        CL_TRY(warn(warnings, text.ptr, err));
    }
    return CL_OK;
}

static enum cl_code advise(const struct cl_connector *conn, struct cl_strs *warnings,
                           struct cl_err *err)
{
    CL_TRY(advise_bucket(conn, warnings, err));
    CL_TRY(advise_endpoints(conn, warnings, err));
    if (aws_method_is(conn, "secret-key")) {
        return warn(warnings,
                    "clients receive this credential as it is; 'session-token' or 'iam-role' "
                    "hand out temporary ones",
                    err);
    }
    if (aws_method_is(conn, "sts-token") && conn->expires_at == 0) {
        return warn(warnings, "it is not known when this token expires; say so with --expires-at",
                    err);
    }
    return CL_OK;
}

enum cl_code aws_check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                              struct cl_err *err)
{
    CL_TRY(check_region(conn, warnings, err));
    CL_TRY(check_key_id(conn, err));
    CL_TRY(check_one_word(conn, "aws_secret_access_key", err));
    CL_TRY(check_one_word(conn, "aws_session_token", err));
    CL_TRY(check_role(conn, err));
    CL_TRY(check_policy_arns(conn, err));
    CL_TRY(check_policy(conn, err));
    CL_TRY(check_federation(conn, warnings, err));
    CL_TRY(check_name(conn, "external_id", "+=,.@:/-", err));
    CL_TRY(check_name(conn, "role_session_name", "+=,.@-", err));
    CL_TRY(check_name(conn, "source_identity", "+=,.@-", err));
    CL_TRY(check_endpoints(conn, err));
    CL_TRY(check_registry_id(conn, err));
    CL_TRY(check_s3_compatible(conn, err));
    return advise(conn, warnings, err);
}
