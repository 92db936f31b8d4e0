/*
 * Reads one JSON object per line from standard input, signs it, and prints one JSON object per
 * line, so that another signer can be compared with ours. Members of a request: form ("header" or
 * "query"), method, url, headers ([[name, value], ...]), body (base64), unsigned, service, region,
 * at, expires, access_key_id, secret_access_key, session_token.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "clouds/aws/sigv4.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/json_build.h"

#define MAX_LINE_BYTES ((size_t)1 << 20U)
#define MAX_HEADERS 40

struct job {
    json_t *json;
    struct cl_buf body;
    struct cl_http_header headers[MAX_HEADERS];
    struct cl_secret *access_key_id;
    struct cl_secret *secret_access_key;
    struct cl_secret *session_token;
    struct aws_sign_request request;
};

static void job_cleanup(struct job *job)
{
    json_decref(job->json);
    cl_buf_cleanup(&job->body);
    cl_secret_free(job->access_key_id);
    cl_secret_free(job->secret_access_key);
    cl_secret_free(job->session_token);
}

static enum cl_code read_keys(struct job *job, struct cl_err *err)
{
    CL_TRY(cl_secret_new(cl_json_str(job->json, "access_key_id"), &job->access_key_id, err));
    CL_TRY(
        cl_secret_new(cl_json_str(job->json, "secret_access_key"), &job->secret_access_key, err));
    if (cl_json_get(job->json, "session_token") != NULL)
        CL_TRY(cl_secret_new(cl_json_str(job->json, "session_token"), &job->session_token, err));
    job->request.credentials = (struct aws_credentials){
        .access_key_id = job->access_key_id,
        .secret_access_key = job->secret_access_key,
        .session_token = job->session_token,
    };
    return CL_OK;
}

static enum cl_code read_headers(struct job *job, struct cl_err *err)
{
    const json_t *list = cl_json_get(job->json, "headers");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *pair = json_array_get(list, i);

        if (i == MAX_HEADERS)
            return cl_err_set(err, CL_E_INVALID, "more than %d headers", MAX_HEADERS);
        job->headers[i].name = cl_json_text(json_array_get(pair, 0));
        job->headers[i].value = cl_json_text(json_array_get(pair, 1));
        job->request.header_count++;
    }
    return CL_OK;
}

static enum cl_code read_job(struct cl_str line, struct job *job, struct cl_err *err)
{
    CL_TRY(cl_json_parse(line, &job->json, err));
    CL_TRY(cl_base64_decode(cl_json_str(job->json, "body"), CL_BASE64_STANDARD, &job->body, err));
    job->request = (struct aws_sign_request){
        .method = json_string_value(cl_json_get(job->json, "method")),
        .url = cl_json_str(job->json, "url"),
        .headers = job->headers,
        .payload = cl_buf_view(&job->body),
        .unsigned_payload = cl_json_bool(job->json, "unsigned", false),
        .region = cl_json_str(job->json, "region"),
        .service = cl_json_str(job->json, "service"),
        .at = cl_json_i64(job->json, "at", 0),
    };
    CL_TRY(read_headers(job, err));
    return read_keys(job, err);
}

static enum cl_code print_result(const struct aws_signature *signature, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(cl_string) char *text = NULL;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "signature", signature->hex);
    cl_json_add_str(&build, "canonical_request", cl_buf_view(&signature->canonical_request));
    cl_json_open_array(&build, "headers");
    for (size_t i = 0; i < signature->header_count; i++) {
        cl_json_open_array(&build, NULL);
        cl_json_add_str(&build, NULL, signature->headers[i].name);
        cl_json_add_str(&build, NULL, signature->headers[i].value);
        cl_json_close(&build);
    }
    cl_json_close(&build);
    if (signature->header_count == 0)
        cl_json_add_str(&build, "url", cl_buf_view(&signature->text));
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &json, err));
    CL_TRY(cl_json_dump(json, CL_JSON_COMPACT, &text, err));
    (void)puts(text);
    return CL_OK;
}

static enum cl_code do_line(struct aws_signer *signer, struct cl_str line, struct cl_err *err)
{
    CL_AUTO(job) struct job job = {.body = CL_BUF(MAX_LINE_BYTES)};
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    enum cl_code code;

    CL_TRY(read_job(line, &job, err));
    if (cl_str_eq_c(cl_json_str(job.json, "form"), "query")) {
        int64_t expires_s = cl_json_i64(job.json, "expires", 60);
        code = aws_presign(signer, &job.request, expires_s, &signature, err);
    } else {
        code = aws_sign_headers(signer, &job.request, &signature, err);
    }
    if (code == CL_OK)
        code = print_result(&signature, err);
    aws_signature_cleanup(&signature);
    return code;
}

static enum cl_code do_lines(char *line, struct cl_err *err)
{
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;

    CL_TRY(aws_signer_new(&signer, err));
    while (fgets(line, MAX_LINE_BYTES, stdin) != NULL)
        CL_TRY(do_line(signer, cl_str_trim(cl_str_of(line)), err));
    return CL_OK;
}

int main(void)
{
    struct cl_err err = CL_ERR_NONE;
    char *line = cl_alloc(MAX_LINE_BYTES);

    cl_json_setup();
    if (line == NULL || do_lines(line, &err) != CL_OK) {
        (void)fprintf(stderr, "Error: %s\n", err.text);
        return 1;
    }
    cl_free(line);
    return 0;
}
