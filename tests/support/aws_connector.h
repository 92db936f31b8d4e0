#ifndef CLEAT_TESTS_AWS_CONNECTOR_H
#define CLEAT_TESTS_AWS_CONNECTOR_H

#include <stdio.h>
#include <stdlib.h>

#include "aws_keys.h"
#include "base/alloc.h"
#include "connectors/aws/ops.h"
#include "core/registry.h"
#include "core/scope.h"
#include "fake_world.h"

/*
 * A connector of type aws in a fake world, for the tests of its operations: scripted answers, and
 * what was asked, in short and in full. Include it once per program: it is also the list of types.
 */

extern const struct cl_connector_type cl_type_aws;
extern const struct cl_connector_type *const cl_connector_types[];
const struct cl_connector_type *const cl_connector_types[] = {&cl_type_aws};
extern const size_t cl_connector_type_count;
const size_t cl_connector_type_count = 1;

#define CASE_ROLE "arn:aws:iam::210987654321:role/cleat"
#define CASE_ACCOUNT "123456789012"

/* What STS hands out in these tests: it differs from the stored key, so that one can tell. */
#define SESSION_KEY_ID \
    "ASIA"             \
    "IOSFODNN7"        \
    "EXAMPLE"
#define SESSION_TOKEN "session-token-EXAMPLE"

struct aws_case {
    struct fake_world *fake;
    struct cl_call call;
    struct cl_connector conn;
    struct cl_err err;
};

/** Sets an attribute as the method's table says: text, secret, flag, or items split at commas. */
static inline void case_set(struct aws_case *at, const char *name, const char *value)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_secret *secret = NULL;
    const struct cl_attr *attr = cl_method_attr(at->conn.method, cl_str_of(name));

    if (attr == NULL)
        fail_msg("method '%s' has no '%s'", at->conn.method->id, name);
    if (value == NULL) {
        cl_config_remove(&at->conn.config, name);
        return;
    }
    if (attr->kind == CL_ATTR_TEXT) { /* the schema's own rules are not ours to test */
        assert_ok(cl_config_set_text(&at->conn.config, name, cl_str_of(value), &at->err), &at->err);
        return;
    }
    assert_ok(cl_secret_new(cl_str_of(value), &secret, &at->err), &at->err);
    assert_ok(cl_input_add_take(&input, cl_str_of(name), secret, &at->err), &at->err);
    struct cl_schema schema = {.owner = "test", .id = name, .attrs = attr, .attr_count = 1};
    assert_ok(cl_config_build_schema(&schema, NULL, &input, &config, &at->err), &at->err);
    assert_ok(cl_config_copy_entry(&config.entries[0], &at->conn.config, &at->err), &at->err);
}

/** Limits the connector to one resource type; NULL: all of them. */
static inline void case_type(struct aws_case *at, const char *type)
{
    cl_strs_cleanup(&at->conn.resource_types);
    for (size_t i = 0; i < cl_type_aws.resource_count; i++) {
        const char *id = cl_type_aws.resources[i].id;
        if (type == NULL || strcmp(type, id) == 0)
            assert_ok(cl_strs_add(&at->conn.resource_types, cl_str_of(id), &at->err), &at->err);
    }
    assert_true(at->conn.resource_types.count > 0);
}

/** A connector "zen" in us-east-1 with what its method requires: example keys, a role. */
static inline struct aws_case aws_case(const char *method)
{
    struct aws_case at = {.fake = fake_world_new()};

    at.call = fake_call(at.fake);
    at.conn = (struct cl_connector){.type = &cl_type_aws,
                                    .method = cl_type_method(&cl_type_aws, cl_str_of(method)),
                                    .skew_s = CL_SKEW_UNSET,
                                    .secrets_loaded = true,
                                    .generation = 1};
    assert_non_null(at.conn.method);
    (void)snprintf(at.conn.id, sizeof(at.conn.id), "11111111-2222-4333-8444-555555555555");
    assert_ok(cl_str_dup(CL_STR("zen"), &at.conn.name, &at.err), &at.err);
    case_type(&at, NULL);
    case_set(&at, "region", "us-east-1");
    if (cl_method_attr(at.conn.method, CL_STR("aws_access_key_id")) != NULL) {
        case_set(&at, "aws_access_key_id", EXAMPLE_KEY_ID);
        case_set(&at, "aws_secret_access_key", EXAMPLE_SECRET);
    }
    if (strcmp(method, "sts-token") == 0)
        case_set(&at, "aws_session_token", EXAMPLE_TOKEN);
    if (strcmp(method, "iam-role") == 0)
        case_set(&at, "role_arn", CASE_ROLE);
    return at;
}

static inline void aws_case_cleanup(struct aws_case *at)
{
    cl_connector_cleanup(&at->conn);
    fake_world_free(at->fake);
}

static inline const struct cl_resource_type *case_resource(const char *type)
{
    const struct cl_resource_type *found = cl_type_resource(&cl_type_aws, cl_str_of(type));

    assert_non_null(found);
    return found;
}

/* --- answers ------------------------------------------------------------------------------- */

#define STS_XMLNS " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""
#define STS_SESSION(action, expiration, more)                                                      \
    "<" action "Response" STS_XMLNS "><" action "Result><Credentials><AccessKeyId>" SESSION_KEY_ID \
    "</AccessKeyId><SecretAccessKey>" EXAMPLE_SECRET                                               \
    "</SecretAccessKey><SessionToken>" SESSION_TOKEN "</SessionToken><Expiration>" expiration      \
    "</Expiration></Credentials>" more "</" action "Result><ResponseMetadata>"                     \
    "<RequestId>req-" action "</RequestId></ResponseMetadata></" action "Response>"

/* Sessions end an hour after the fake world begins. */
#define STS_EXPIRATION "2024-05-14T13:34:56Z"
#define STS_EXPIRES_AT (FAKE_START_AT + 3600)

static inline void answer_sts(struct aws_case *at, const char *action)
{
    static const struct {
        const char *action;
        const char *body;
    } answers[] = {
        {"AssumeRole", STS_SESSION("AssumeRole", STS_EXPIRATION, "")},
        {"GetSessionToken", STS_SESSION("GetSessionToken", STS_EXPIRATION, "")},
        {"GetFederationToken", STS_SESSION("GetFederationToken", STS_EXPIRATION, "")},
        {"GetCallerIdentity",
         "<GetCallerIdentityResponse" STS_XMLNS "><GetCallerIdentityResult><Arn>"
         "arn:aws:iam::" CASE_ACCOUNT
         ":user/cleat</Arn><UserId>AIDAEXAMPLE</UserId><Account>" CASE_ACCOUNT
         "</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r"
         "</RequestId></ResponseMetadata></GetCallerIdentityResponse>"},
    };
    char headers[64];

    for (size_t i = 0; i < CL_COUNT(answers); i++) {
        if (strcmp(answers[i].action, action) == 0) {
            (void)snprintf(headers, sizeof(headers), "x-amzn-requestid: req-%s\n", action);
            fake_answer(at->fake, "POST", action, 200, headers, answers[i].body);
            return;
        }
    }
    fail_msg("no answer for %s", action);
}

/** An error as STS, S3 and others spell it. */
static inline void answer_error(struct aws_case *at, const char *match, int status,
                                const char *code)
{
    char body[512];

    (void)snprintf(body, sizeof(body),
                   "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>no, %s"
                   "</Message></Error><RequestId>req-error</RequestId></ErrorResponse>",
                   code, code);
    fake_answer(at->fake, NULL, match, status, NULL, body);
}

static inline void answer_buckets(struct aws_case *at)
{
    fake_answer(at->fake, "GET", "s3", 200, NULL,
                "<ListAllMyBucketsResult><Buckets><Bucket><Name>zenfiles</Name></Bucket><Bucket>"
                "<Name>zenml-data</Name></Bucket></Buckets></ListAllMyBucketsResult>");
}

#define CLUSTER_ARN "arn:aws:eks:us-east-1:" CASE_ACCOUNT ":cluster/zen"
#define CLUSTER_BODY(status, more) \
    "{\"cluster\":{\"name\":\"zen\",\"arn\":\"" CLUSTER_ARN "\",\"status\":\"" status "\"" more "}}"
#define CLUSTER_READY                                               \
    ",\"endpoint\":\"https://AB.gr7.us-east-1.eks.amazonaws.com\"," \
    "\"certificateAuthority\":{\"data\":\"LS0t\"}"

static inline void answer_cluster(struct aws_case *at)
{
    fake_answer(at->fake, "GET", "/clusters/zen", 200, NULL, CLUSTER_BODY("ACTIVE", CLUSTER_READY));
}

/* "AWS:ecr-password:with:colons" in base64; it ends 12 hours after the fake world begins. */
#define LOGIN_EXPIRES_AT (FAKE_START_AT + 43200)
#define LOGIN_BODY                                                                        \
    "{\"authorizationData\":[{\"authorizationToken\":\"QVdTOmVjci1wYXNzd29yZDp3aXRoOmNvb" \
    "G9ucw==\",\"expiresAt\":1715733296,\"proxyEndpoint\":\"https://" CASE_ACCOUNT        \
    ".dkr.ecr.us-east-1.amazonaws.com\"}]}"

static inline void answer_login(struct aws_case *at)
{
    fake_answer(at->fake, "POST", "ecr", 200, "x-amzn-requestid: req-login\n", LOGIN_BODY);
}

/* --- what was asked ------------------------------------------------------------------------ */

/* The value behind `name` in a form, its percent signs resolved; to be freed with cl_free. */
static inline char *sent_param(struct aws_case *at, size_t index, const char *name)
{
    char key[64];
    const char *request = fake_request(at->fake, index);

    (void)snprintf(key, sizeof(key), "&%s=", name);
    const char *from = strstr(request, key);
    if (from == NULL)
        return NULL;
    from += strlen(key);
    char *value = cl_alloc(strlen(from) + 1);
    assert_non_null(value);
    for (size_t len = 0; *from != '\0' && *from != '&'; from++) {
        unsigned byte = (unsigned char)*from;

        if (*from == '%') {
            char digits[3] = {from[1], from[2], '\0'};
            byte = (unsigned)strtoul(digits, NULL, 16);
            from += 2;
        }
        value[len++] = (char)byte;
    }
    return value;
}

static inline bool sent(struct aws_case *at, size_t index, const char *text)
{
    return index < fake_request_count(at->fake) &&
           strstr(fake_request(at->fake, index), text) != NULL;
}

static inline void add_asked(struct aws_case *at, size_t index, struct cl_buf *text)
{
    const char *request = fake_request(at->fake, index);
    const char *action = strstr(request, "Action=");
    const char *target = strstr(request, "x-amz-target: ");
    struct cl_str line = cl_str_first(cl_str_of(request), strcspn(request, "\n"));

    if (action != NULL) {
        action += strlen("Action=");
        cl_buf_add(text, cl_str_make(action, strcspn(action, "&")));
    } else if (target != NULL) {
        target = strchr(target, '.') + 1;
        cl_buf_add(text, cl_str_make(target, strcspn(target, "\n")));
    } else {
        cl_buf_add(text, line);
    }
}

/** Fails unless these were the questions, in this order: "AssumeRole HEAD https://...". */
static inline void assert_asked(struct aws_case *at, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(65536);

    for (size_t i = 0; i < fake_request_count(at->fake); i++) {
        if (i > 0)
            cl_buf_add_c(&text, " | ");
        add_asked(at, i, &text);
    }
    assert_str(cl_buf_view(&text), want);
}

/** Fails unless the code is the wanted one and the error's text holds `part` (NULL: anything). */
static inline void assert_code(const struct cl_err *err, enum cl_code code, enum cl_code want,
                               const char *part)
{
    if (code != want)
        fail_msg("%s (%s), not %s", cl_code_wire(code), code == CL_OK ? "" : err->text,
                 cl_code_wire(want));
    if (want == CL_OK)
        return;
    assert_int_equal(err->code, want);
    if (part != NULL && strstr(err->text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err->text, part);
    assert_null(strstr(err->text, EXAMPLE_SECRET));
}

#endif
