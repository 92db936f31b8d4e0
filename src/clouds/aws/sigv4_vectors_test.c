#include "clouds/aws/sigv4.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "test.h"

#define FOLDER CLEAT_SOURCE_DIR "/tests/vectors/aws-sigv4"

/* One case: the files that its folder holds; empty where there is none. */
struct vector {
    const char *name;
    struct cl_buf request;
    struct cl_secret *access_key_id;
    struct cl_secret *secret_access_key;
    struct cl_secret *session_token;
    struct cl_http_header headers[8];
    struct aws_sign_request sign;
    int64_t expires_s;
    bool is_query;
};

static bool read_vector_file(const char *folder, const char *file, struct cl_buf *ret)
{
    char path[512];
    char chunk[4096];
    size_t got;

    (void)snprintf(path, sizeof(path), FOLDER "/%s/%s", folder, file);
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return false;
    while ((got = fread(chunk, 1, sizeof(chunk), stream)) > 0)
        cl_buf_add(ret, cl_str_make(chunk, got));
    assert_int_equal(fclose(stream), 0);
    return true;
}

static struct cl_secret *secret_of(struct cl_str text)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(text, &secret, &err), &err);
    return secret;
}

/* A line of tests/vectors/aws-sigv4/credentials, "{set}-{what}: value". */
static struct cl_secret *key_named(const char *set, const char *what)
{
    CL_AUTO(cl_buf) struct cl_buf file = CL_BUF(4096);
    struct cl_secret *secret = NULL;
    struct cl_str rest;
    char name[64];

    assert_true(read_vector_file(".", "credentials", &file));
    (void)snprintf(name, sizeof(name), "%s-%s: ", set, what);
    rest = cl_buf_view(&file);
    while (rest.len > 0 && secret == NULL) {
        struct cl_str line;

        (void)cl_str_cut(rest, '\n', &line, &rest);
        if (cl_str_starts(line, cl_str_of(name)))
            secret = secret_of(cl_str_skip(line, strlen(name)));
    }
    assert_non_null(secret);
    return secret;
}

static void use_credentials(struct vector *vector, struct cl_str kind)
{
    const char *set = cl_str_starts(kind, CL_STR("suite")) ? "suite" : "documentation";

    vector->access_key_id = key_named(set, "access-key-id");
    vector->secret_access_key = key_named(set, "secret-access-key");
    if (cl_str_ends(kind, CL_STR("temporary")))
        vector->session_token = key_named(set, "session-token");
    vector->sign.credentials = (struct aws_credentials){
        .access_key_id = vector->access_key_id,
        .secret_access_key = vector->secret_access_key,
        .session_token = vector->session_token,
    };
}

static int64_t parse_time(struct cl_str amz)
{
    char iso[32];
    int64_t at = 0;
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(amz.len, 16);
    (void)snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", amz.ptr, amz.ptr + 4,
                   amz.ptr + 6, amz.ptr + 9, amz.ptr + 11, amz.ptr + 13);
    assert_ok(cl_time_parse_rfc3339(cl_str_of(iso), &at, &err), &err);
    return at;
}

static const char *method_of(struct cl_str name)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE"};

    for (size_t i = 0; i < CL_COUNT(methods); i++) {
        if (cl_str_eq_c(name, methods[i]))
            return methods[i];
    }
    fail_msg("unknown method");
    return NULL;
}

static void parse_line(struct vector *vector, struct cl_str name, struct cl_str value)
{
    struct cl_err err = CL_ERR_NONE;

    if (cl_str_eq_c(name, "method")) {
        vector->sign.method = method_of(value);
    } else if (cl_str_eq_c(name, "url")) {
        vector->sign.url = value;
    } else if (cl_str_eq_c(name, "service")) {
        vector->sign.service = value;
    } else if (cl_str_eq_c(name, "region")) {
        vector->sign.region = value;
    } else if (cl_str_eq_c(name, "time")) {
        vector->sign.at = parse_time(value);
    } else if (cl_str_eq_c(name, "form")) {
        vector->is_query = cl_str_eq_c(value, "query");
    } else if (cl_str_eq_c(name, "expires")) {
        assert_ok(cl_parse_i64(value, &vector->expires_s, &err), &err);
    } else if (cl_str_eq_c(name, "credentials")) {
        use_credentials(vector, value);
    } else if (cl_str_eq_c(name, "payload")) {
        vector->sign.unsigned_payload = cl_str_eq_c(value, "unsigned");
    } else {
        struct cl_http_header *header = &vector->headers[vector->sign.header_count++];

        assert_true(cl_str_eq_c(name, "header"));
        (void)cl_str_cut(value, ':', &header->name, &header->value);
    }
}

static void load(const char *name, struct vector *vector)
{
    struct cl_str rest;

    *vector = (struct vector){.name = name, .request = CL_BUF(65536)};
    assert_true(read_vector_file(name, "request", &vector->request));
    vector->sign.headers = vector->headers;
    rest = cl_buf_view(&vector->request);
    for (;;) {
        struct cl_str line;
        struct cl_str key;
        struct cl_str value;

        (void)cl_str_cut(rest, '\n', &line, &rest);
        if (line.len == 0)
            break;
        (void)cl_str_cut(line, ':', &key, &value);
        parse_line(vector, key, cl_str_skip(value, 1));
    }
    vector->sign.payload = rest;
}

static void unload(struct vector *vector)
{
    cl_buf_cleanup(&vector->request);
    cl_secret_free(vector->access_key_id);
    cl_secret_free(vector->secret_access_key);
    cl_secret_free(vector->session_token);
}

/* True when the case has that file, whose text must then be `got`. */
static bool expect(const struct vector *vector, const char *file, struct cl_str got)
{
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(65536);

    if (!read_vector_file(vector->name, file, &want))
        return false;
    if (!cl_str_eq(cl_str_trim(cl_buf_view(&want)), got))
        fail_msg("%s/%s: got %.*s", vector->name, file, CL_STR_ARG(got));
    return true;
}

static void expect_hash(const struct vector *vector, const char *file, struct cl_str of)
{
    char hex[CL_SHA256_HEX_SIZE];
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_sha256_hex(of, hex, &err), &err);
    assert_true(expect(vector, file, cl_str_of(hex)));
}

static void expect_signing_key(const struct vector *vector, struct aws_signer *signer)
{
    const struct aws_key_scope scope = {
        .day = vector->sign.at < 1700000000 ? CL_STR("20150830") : CL_STR("20240514"),
        .region = vector->sign.region,
        .service = vector->sign.service,
    };
    unsigned char key[CL_SHA256_BYTES];
    char hex[CL_SHA256_HEX_SIZE];
    struct cl_err err = CL_ERR_NONE;

    assert_ok(aws_signer_key(signer, vector->secret_access_key, &scope, key, &err), &err);
    cl_digest_hex(key, hex);
    (void)expect(vector, "signing-key", cl_str_of(hex));
}

static enum cl_code sign(const struct vector *vector, struct aws_signer *signer,
                         struct aws_signature *ret, struct cl_err *err)
{
    if (vector->is_query)
        return aws_presign(signer, &vector->sign, vector->expires_s, ret, err);
    return aws_sign_headers(signer, &vector->sign, ret, err);
}

static void check(const struct vector *vector, struct aws_signer *signer)
{
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(sign(vector, signer, &signature, &err), &err);
    (void)expect(vector, "canonical-request", cl_buf_view(&signature.canonical_request));
    (void)expect(vector, "string-to-sign", cl_buf_view(&signature.string_to_sign));
    expect_hash(vector, "canonical-request.sha256", cl_buf_view(&signature.canonical_request));
    expect_hash(vector, "string-to-sign.sha256", cl_buf_view(&signature.string_to_sign));
    assert_true(expect(vector, "signature", cl_str_of(signature.hex)));
    if (vector->is_query) {
        assert_true(expect(vector, "url", cl_buf_view(&signature.text)));
    } else {
        const struct cl_http_header *last = &signature.headers[signature.header_count - 1];

        assert_str(last->name, "authorization");
        (void)expect(vector, "authorization", last->value);
    }
    expect_signing_key(vector, signer);
    aws_signature_cleanup(&signature);
}

static int is_case(const struct dirent *entry)
{
    return entry->d_type == DT_DIR && entry->d_name[0] != '.';
}

static void every_vector_is_signed_as_published(void **state)
{
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    struct dirent **cases = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_signer_new(&signer, &err), &err);
    int count = scandir(FOLDER, &cases, is_case, alphasort);
    assert_int_equal(count, 12 + 3 + 2);
    for (int i = 0; i < count; i++) {
        struct vector vector;

        load(cases[i]->d_name, &vector);
        check(&vector, NULL);
        check(&vector, signer); /* derives and keeps the key */
        check(&vector, signer); /* has it already */
        unload(&vector);
        free(cases[i]);
    }
    free(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_signed_as_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
