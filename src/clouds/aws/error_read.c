#include <stdio.h>

#include "base/redact.h"
#include "base/time.h"
#include "clouds/aws/error.h"
#include "clouds/aws/partition.h"
#include "codec/json.h"
#include "codec/xml.h"

/* Errors are short; what is longer is a page of some proxy. */
#define MAX_ERROR_BYTES ((size_t)64 * 1024)
#define MAX_MESSAGE_BYTES 300
#define MAX_RETRY_AFTER_S 3600

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

/* What is in the body, as views of it or of what it was parsed into. */
struct said {
    struct cl_str code;
    struct cl_str message;
    struct cl_str request_id;
    struct cl_str region;
};

/* A name that a provider gave; anything odd in it and it is dropped. */
static void keep_name(struct cl_str name, char ret[64])
{
    if (name.len < 64 && cl_str_only(name, NAME_BYTES))
        (void)snprintf(ret, 64, "%.*s", CL_STR_ARG(name));
}

/* "com.amazonaws.ecr#Name:http://..." is Name. */
static struct cl_str bare_code(struct cl_str code)
{
    struct cl_str head;
    struct cl_str tail;

    if (cl_str_cut(code, '#', &head, &tail))
        code = tail;
    (void)cl_str_cut(code, ':', &head, &tail);
    return cl_str_trim(head);
}

static struct cl_str first_of(struct cl_str a, struct cl_str b)
{
    return a.len > 0 ? a : b;
}

static void read_json(const json_t *json, struct said *ret)
{
    ret->code = first_of(cl_json_str(json, "__type"), cl_json_str(json, "code"));
    ret->message = first_of(cl_json_str(json, "message"), cl_json_str(json, "Message"));
}

/* S3 has it outermost, STS one level down, emulators and EC2 two. */
static const struct cl_xml_node *find_error(const struct cl_xml_node *root)
{
    const struct cl_xml_node *places[] = {root, cl_xml_find(root, "Error"),
                                          cl_xml_find(root, "Errors/Error")};

    for (size_t i = 0; i < CL_COUNT(places); i++) {
        if (cl_str_eq_c(cl_xml_name(places[i]), "Error") && cl_xml_find(places[i], "Code") != NULL)
            return places[i];
    }
    return NULL;
}

static void read_xml(const struct cl_xml_node *root, struct said *ret)
{
    const struct cl_xml_node *error = find_error(root);

    ret->code = cl_xml_get(error, "Code");
    ret->message = cl_xml_get(error, "Message");
    ret->region = cl_xml_get(error, "Region");
    ret->request_id =
        first_of(cl_xml_get(error, "RequestId"),
                 first_of(cl_xml_get(root, "RequestId"), cl_xml_get(root, "RequestID")));
}

static int whole_seconds(struct cl_str text, int64_t per_second)
{
    int64_t value = 0;
    struct cl_err ignored = CL_ERR_NONE;

    if (cl_parse_i64(cl_str_trim(text), &value, &ignored) != CL_OK || value <= 0)
        return 0;
    value = value / per_second + (value % per_second > 0 ? 1 : 0);
    return (int)(value < MAX_RETRY_AFTER_S ? value : MAX_RETRY_AFTER_S);
}

void aws_request_id(const struct cl_http_response *response, char ret[64])
{
    static const char *const names[] = {"x-amzn-requestid", "x-amz-request-id"};

    ret[0] = '\0';
    for (size_t i = 0; i < CL_COUNT(names) && ret[0] == '\0'; i++)
        keep_name(cl_str_trim(cl_http_header(response, names[i])), ret);
}

static void read_headers(const struct cl_http_response *response, struct aws_failure *ret)
{
    struct cl_str region = cl_str_trim(cl_http_header(response, "x-amz-bucket-region"));
    struct cl_err ignored = CL_ERR_NONE;

    keep_name(bare_code(cl_http_header(response, "x-amzn-errortype")), ret->code);
    aws_request_id(response, ret->request_id);
    if (aws_region_is_safe(region))
        keep_name(region, ret->region);
    ret->retry_after_s = whole_seconds(cl_http_header(response, "x-amz-retry-after"), 1000);
    if (ret->retry_after_s == 0)
        ret->retry_after_s = whole_seconds(cl_http_header(response, "retry-after"), 1);
    /* An answer without a readable date only leaves the clock uncorrected. */
    CL_IGNORE(cl_time_parse_http(cl_str_trim(cl_http_header(response, "date")), &ret->server_at,
                                 &ignored));
}

/* Cut where a character ends. */
static void keep_text(struct cl_str text, char *ret, size_t size)
{
    text = cl_str_first(text, size - 1);
    while (!cl_is_utf8(text))
        text.len--;
    (void)snprintf(ret, size, "%.*s", CL_STR_ARG(text));
}

static void keep_message(struct cl_str message, const struct aws_credentials *credentials,
                         struct aws_failure *ret)
{
    CL_AUTO(cl_buf) struct cl_buf clean = CL_BUF(4096);
    struct cl_str secrets[3];
    size_t count = 0;

    if (credentials != NULL) {
        secrets[count++] = cl_secret_expose(credentials->secret_access_key);
        secrets[count++] = cl_secret_expose(credentials->session_token);
        secrets[count++] = cl_secret_expose(credentials->access_key_id);
    }
    cl_buf_add_redacted(&clean, message, secrets, count, MAX_MESSAGE_BYTES);
    keep_text(cl_buf_view(&clean), ret->message, sizeof(ret->message));
    ret->clock_differs = cl_str_contains(message, CL_STR("Signature expired")) ||
                         cl_str_contains(message, CL_STR("not yet current"));
}

static void keep(const struct said *said, const struct aws_credentials *credentials,
                 struct aws_failure *ret)
{
    if (ret->code[0] == '\0')
        keep_name(bare_code(said->code), ret->code);
    if (ret->request_id[0] == '\0')
        keep_name(cl_str_trim(said->request_id), ret->request_id);
    if (ret->region[0] == '\0' && aws_region_is_safe(cl_str_trim(said->region)))
        keep_name(cl_str_trim(said->region), ret->region);
    keep_message(cl_str_trim(said->message), credentials, ret);
}

/* Emulators and proxies answer JSON services with XML, so the first byte decides. */
static void read_body(struct cl_str body, const struct aws_credentials *credentials,
                      struct aws_failure *ret)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(cl_xml) struct cl_xml *xml = NULL;
    struct cl_err ignored = CL_ERR_NONE;
    struct said said = {.code = CL_STR_NONE,
                        .message = CL_STR_NONE,
                        .request_id = CL_STR_NONE,
                        .region = CL_STR_NONE};

    body = cl_str_trim(body);
    if (body.len == 0 || body.len > MAX_ERROR_BYTES)
        return;
    if (body.ptr[0] == '<') {
        /* A page of a proxy need not be XML; the status then says all there is. */
        if (cl_xml_parse(body, &xml, &ignored) == CL_OK)
            read_xml(cl_xml_root(xml), &said);
    } else if (cl_json_parse(body, &json, &ignored) == CL_OK) {
        read_json(json, &said);
    }
    keep(&said, credentials, ret);
}

void aws_failure_read(const struct cl_http_response *response, bool is_head,
                      const struct aws_credentials *credentials, struct aws_failure *ret)
{
    *ret = (struct aws_failure){.status = response->status, .is_head = is_head};
    read_headers(response, ret);
    if (!is_head)
        read_body(cl_buf_view(&response->body), credentials, ret);
}
