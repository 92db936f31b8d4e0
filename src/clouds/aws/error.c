#include "clouds/aws/error.h"

#include <stdio.h>

#include "base/time.h"

enum kind {
    KEY_UNKNOWN,
    SIGNATURE_WRONG,
    TOKEN_EXPIRED,
    NOT_ALLOWED,
    REGION_DISABLED,
    REQUEST_INVALID,
    IDENTITY_REFUSED,
    NOT_THERE,
    TOO_MANY,
    AWS_FAILED,
    CLOCK_WRONG,
    ELSEWHERE,
    REDIRECTED,
    MOVING,
    UNCLEAR,
    NOT_KNOWN,
};

/* clang-format off */
static const struct {
    enum cl_code code;
    const char *text;
    const char *hint; /* NULL: nothing to advise */
} kinds[] = {
    [KEY_UNKNOWN] = {CL_E_REJECTED, "AWS does not accept the access key",
        "Check that the key id is right, active, and of this partition and region."},
    [SIGNATURE_WRONG] = {CL_E_REJECTED, "AWS does not accept the signature",
        "The secret access key does not belong to the access key id; set it again."},
    [TOKEN_EXPIRED] = {CL_E_EXPIRED, "the AWS session token has expired or is not valid",
        "Store a fresh session with 'cleat service-connector update'."},
    [NOT_ALLOWED] = {CL_E_DENIED, "AWS denies it",
        "Grant the named action to the principal, or use a role that has it."},
    [REGION_DISABLED] = {CL_E_INVALID, "STS is not activated in this region",
        "Activate the region in the account's settings, or use another one."},
    [REQUEST_INVALID] = {CL_E_INVALID, "AWS does not accept the request", NULL},
    [IDENTITY_REFUSED] = {CL_E_REJECTED, "AWS does not accept the identity token",
        "Check the role's trust policy, and that the token is fresh."},
    [NOT_THERE] = {CL_E_RESOURCE_NOT_FOUND, "AWS does not know the resource",
        "Check its name, and that it is in the connector's account and region."},
    [TOO_MANY] = {CL_E_THROTTLED, "AWS is throttling requests", "Try again in a while."},
    [AWS_FAILED] = {CL_E_PROVIDER, "AWS could not serve the request", "Try again in a while."},
    [CLOCK_WRONG] = {CL_E_CLOCK_SKEW, "AWS refuses the request's time",
        "Set this machine's clock."},
    [ELSEWHERE] = {CL_E_INVALID, "the bucket is in another region",
        "Set the connector's region to that of the bucket."},
    [REDIRECTED] = {CL_E_INVALID, "the endpoint sends the request elsewhere, which is not followed",
        "Check scheme, host and port of the endpoint address, and that the region is the bucket's."},
    [MOVING] = {CL_E_PROVIDER, "S3 sends the request elsewhere for now, which is not followed",
        "If the bucket is new, try again in some minutes."},
    [UNCLEAR] = {CL_E_REJECTED, "AWS refuses the request without a reason",
        "The session token may have expired, or the bucket may be in another region."},
    [NOT_KNOWN] = {CL_E_FAILED, "AWS refuses the request", NULL},
};

static const struct {
    const char *name;
    enum kind kind;
} codes[] = {
    {"InvalidClientTokenId", KEY_UNKNOWN},      {"UnrecognizedClientException", KEY_UNKNOWN},
    {"InvalidAccessKeyId", KEY_UNKNOWN},        {"AuthFailure", KEY_UNKNOWN},
    {"NotSignedUp", KEY_UNKNOWN},               {"OptInRequired", KEY_UNKNOWN},
    {"AccountProblem", KEY_UNKNOWN},            {"InvalidSecurity", KEY_UNKNOWN},

    {"SignatureDoesNotMatch", SIGNATURE_WRONG}, {"InvalidSignatureException", SIGNATURE_WRONG},
    {"IncompleteSignature", SIGNATURE_WRONG},

    {"ExpiredToken", TOKEN_EXPIRED},            {"ExpiredTokenException", TOKEN_EXPIRED},
    {"RequestExpired", TOKEN_EXPIRED},          {"TokenRefreshRequired", TOKEN_EXPIRED},
    {"InvalidToken", TOKEN_EXPIRED},

    {"AccessDenied", NOT_ALLOWED},              {"AccessDeniedException", NOT_ALLOWED},
    {"AccessDeniedFault", NOT_ALLOWED},         {"UnauthorizedOperation", NOT_ALLOWED},
    {"AllAccessDisabled", NOT_ALLOWED},         {"MissingAuthenticationToken", NOT_ALLOWED},

    {"RegionDisabledException", REGION_DISABLED},

    {"MalformedPolicyDocument", REQUEST_INVALID}, {"PackedPolicyTooLarge", REQUEST_INVALID},
    {"ValidationError", REQUEST_INVALID},         {"ValidationException", REQUEST_INVALID},
    {"InvalidParameterValue", REQUEST_INVALID},   {"InvalidParameterException", REQUEST_INVALID},
    {"MalformedXML", REQUEST_INVALID},            {"InvalidBucketName", REQUEST_INVALID},
    {"ClientException", REQUEST_INVALID},

    {"IDPRejectedClaim", IDENTITY_REFUSED},     {"InvalidIdentityToken", IDENTITY_REFUSED},

    {"NoSuchBucket", NOT_THERE},                {"NoSuchKey", NOT_THERE},
    {"ResourceNotFoundException", NOT_THERE},   {"RepositoryNotFoundException", NOT_THERE},
    {"RegistryNotFoundException", NOT_THERE},

    {"Throttling", TOO_MANY},                   {"ThrottlingException", TOO_MANY},
    {"ThrottledException", TOO_MANY},           {"RequestThrottledException", TOO_MANY},
    {"TooManyRequestsException", TOO_MANY},     {"ProvisionedThroughputExceededException", TOO_MANY},
    {"TransactionInProgressException", TOO_MANY}, {"RequestLimitExceeded", TOO_MANY},
    {"BandwidthLimitExceeded", TOO_MANY},       {"LimitExceededException", TOO_MANY},
    {"RequestThrottled", TOO_MANY},             {"SlowDown", TOO_MANY},
    {"PriorRequestNotComplete", TOO_MANY},      {"EC2ThrottledException", TOO_MANY},

    {"ServiceUnavailable", AWS_FAILED},         {"InternalError", AWS_FAILED},
    {"RequestTimeout", AWS_FAILED},             {"RequestTimeoutException", AWS_FAILED},
    {"IDPCommunicationError", AWS_FAILED},

    {"RequestTimeTooSkewed", CLOCK_WRONG},

    {"PermanentRedirect", ELSEWHERE},           {"TemporaryRedirect", MOVING},
    {"AuthorizationHeaderMalformed", ELSEWHERE},
    {"IllegalLocationConstraintException", ELSEWHERE},
};
/* clang-format on */

/* An answer without a code, or with one that is not in the table. */
static enum kind kind_of_status(const struct aws_failure *failure)
{
    switch (failure->status) {
    case 400: return failure->is_head ? UNCLEAR : NOT_KNOWN;
    case 401:
    case 403: return NOT_ALLOWED;
    case 404: return NOT_THERE;
    case 429: return TOO_MANY;
    default: break;
    }
    if (failure->status >= 300 && failure->status < 400)
        return REDIRECTED;
    if (failure->status >= 400 && failure->status < 500)
        return NOT_KNOWN;
    return AWS_FAILED; /* 5xx, and what no service should answer at all */
}

/* S3 names the region where the bucket is, in every way that it has of saying "not here". */
static bool names_other_region(const struct aws_failure *failure)
{
    bool may_mean_it = failure->status == 301 || failure->status == 307 ||
                       (failure->is_head && failure->status == 400);

    return failure->region[0] != '\0' && failure->code[0] == '\0' && may_mean_it;
}

static enum kind kind_of(const struct aws_failure *failure)
{
    for (size_t i = 0; i < CL_COUNT(codes); i++) {
        if (strcmp(codes[i].name, failure->code) != 0)
            continue;
        if (codes[i].kind == SIGNATURE_WRONG && failure->clock_differs)
            return CLOCK_WRONG;
        /* S3 says so of another region, and names it; others of a header that is really bad. */
        if (failure->region[0] == '\0' &&
            strcmp(failure->code, "AuthorizationHeaderMalformed") == 0)
            return REQUEST_INVALID;
        if (codes[i].kind == MOVING && failure->region[0] != '\0')
            return ELSEWHERE;
        return codes[i].kind;
    }
    return names_other_region(failure) ? ELSEWHERE : kind_of_status(failure);
}

enum cl_code aws_failure_code(const struct aws_failure *failure)
{
    return kinds[kind_of(failure)].code;
}

bool aws_failure_is_wrong_region(const struct aws_failure *failure)
{
    return kind_of(failure) == ELSEWHERE;
}

/* ": AccessDenied: what AWS said", as far as there is something. */
static void describe(const struct aws_failure *failure, enum kind kind, char *ret, size_t size)
{
    /* AWS answers a wrong signature with all that it signed itself; that helps nobody here. */
    const char *message = kind == SIGNATURE_WRONG ? "" : failure->message;
    int len = 0;

    if (failure->code[0] != '\0') {
        len = snprintf(ret, size, " (%s)", failure->code);
    } else {
        len = snprintf(ret, size, " (HTTP %d)", failure->status);
    }
    if (message[0] != '\0' && len > 0 && (size_t)len < size)
        (void)snprintf(ret + len, size - (size_t)len, ": %s", message);
}

static void describe_clocks(const struct aws_failure *failure, int64_t now_at, char *ret,
                            size_t size)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(256);

    cl_buf_add_c(&text, "; this machine's clock says ");
    cl_buf_add_rfc3339(&text, now_at);
    if (failure->server_at != 0) {
        cl_buf_add_c(&text, ", AWS's says ");
        cl_buf_add_rfc3339(&text, failure->server_at);
    }
    (void)snprintf(ret, size, "%.*s", CL_STR_ARG(cl_buf_view(&text)));
}

static bool is_session_too_long(const struct aws_failure *failure)
{
    return cl_str_contains(cl_str_of(failure->message), CL_STR("MaxSessionDuration"));
}

static const char *hint_of(const struct aws_failure *failure, enum kind kind)
{
    if (kind == REQUEST_INVALID && is_session_too_long(failure)) {
        return "Ask for a shorter session, or raise the role's maximum; a session that itself comes"
               " from a role lasts 3600 seconds at most.";
    }
    if (kind == REQUEST_INVALID && strcmp(failure->code, "PackedPolicyTooLarge") == 0)
        return "Shorten the session policy; AWS's limit is on a packed form of it.";
    return kinds[kind].hint;
}

enum cl_code aws_failure_report(const struct aws_failure *failure, const char *service,
                                const char *operation, int64_t now_at, struct cl_err *err)
{
    enum kind kind = kind_of(failure);
    const char *hint = hint_of(failure, kind);
    char details[640];
    char clocks[128] = "";

    describe(failure, kind, details, sizeof(details));
    if (kind == CLOCK_WRONG)
        describe_clocks(failure, now_at, clocks, sizeof(clocks));
    (void)cl_err_set(err, kinds[kind].code, "%s%s%s", kinds[kind].text, details, clocks);
    if (hint != NULL)
        (void)cl_err_hint(err, "%s", hint);
    err->upstream_status = failure->status;
    err->retry_after_s = failure->retry_after_s;
    (void)snprintf(err->upstream_code, sizeof(err->upstream_code), "%s", failure->code);
    (void)snprintf(err->upstream_service, sizeof(err->upstream_service), "%s", service);
    (void)snprintf(err->upstream_operation, sizeof(err->upstream_operation), "%s", operation);
    (void)snprintf(err->upstream_request, sizeof(err->upstream_request), "%s", failure->request_id);
    return kinds[kind].code;
}
