/*
 * What signing an AssumeRole request costs beside the hash calls that it cannot do without. Prints
 * both times and "ratio N".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/alloc.h"
#include "clouds/aws/sigv4.h"

enum { ROUNDS = 41, BATCH = 500 };

static const char form[] =
    "Action=AssumeRole&Version=2011-06-15"
    "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fbench&RoleSessionName=cleat-bench"
    "&DurationSeconds=3600&Policy=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B"
    "%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%5B%22s3%3AListBucket%22%2C%22s3%3AGetObject%22"
    "%5D%2C%22Resource%22%3A%5B%22arn%3Aaws%3As3%3A%3A%3Azenfiles%22%5D%7D%5D%7D";

static double now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void give_up(const char *what)
{
    (void)fprintf(stderr, "%s failed\n", what);
    exit(1);
}

/* The algorithms, fetched once, as any careful caller would. */
struct bare {
    EVP_MD *sha256;
    EVP_MAC *hmac;
};

static void bare_hashes(const struct bare *bare, const struct aws_signature *signature)
{
    char digest_name[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
        OSSL_PARAM_construct_end(),
    };
    const unsigned char key[32] = {1};
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    size_t size = 0;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(bare->hmac);

    if (EVP_Digest(form, sizeof(form) - 1, out, &len, bare->sha256, NULL) != 1 ||
        EVP_Digest(signature->canonical_request.ptr, signature->canonical_request.len, out, &len,
                   bare->sha256, NULL) != 1 ||
        context == NULL || EVP_MAC_init(context, key, sizeof(key), params) != 1 ||
        EVP_MAC_update(context, (const unsigned char *)signature->string_to_sign.ptr,
                       signature->string_to_sign.len) != 1 ||
        EVP_MAC_final(context, out, &size, sizeof(out)) != 1)
        give_up("hashing");
    EVP_MAC_CTX_free(context);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(values[0]), by_value);
    return values[count / 2];
}

static void compare(struct aws_signer *signer, const struct aws_sign_request *request,
                    const struct bare *bare)
{
    double ours[ROUNDS];
    double theirs[ROUNDS];
    struct cl_err err = CL_ERR_NONE;
    struct aws_signature sample = AWS_SIGNATURE_NONE;

    if (aws_sign_headers(signer, request, &sample, &err) != CL_OK)
        give_up(err.text);
    for (size_t round = 0; round < ROUNDS; round++) {
        double begin = now_us();
        for (int i = 0; i < BATCH; i++) {
            struct aws_signature signature = AWS_SIGNATURE_NONE;
            if (aws_sign_headers(signer, request, &signature, &err) != CL_OK)
                give_up(err.text);
            aws_signature_cleanup(&signature);
        }
        double middle = now_us();
        for (int i = 0; i < BATCH; i++)
            bare_hashes(bare, &sample);
        theirs[round] = (now_us() - middle) / BATCH;
        ours[round] = (middle - begin) / BATCH;
    }
    aws_signature_cleanup(&sample);
    double sign_us = median(ours, ROUNDS);
    double bare_us = median(theirs, ROUNDS);
    (void)printf("sign %.2f us, bare hashes %.2f us, ratio %.2f\n", sign_us, bare_us,
                 sign_us / bare_us);
}

int main(void)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_secret) struct cl_secret *key_id = NULL;
    CL_AUTO(cl_secret) struct cl_secret *secret = NULL;
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    const struct cl_http_header headers[] = {
        {CL_STR("content-type"), CL_STR("application/x-www-form-urlencoded; charset=utf-8")},
    };
    struct bare bare = {
        .sha256 = EVP_MD_fetch(NULL, "SHA256", NULL),
        .hmac = EVP_MAC_fetch(NULL, "HMAC", NULL),
    };

    if (cl_secret_new(CL_STR("AKIAIOSFODNN7EXAMPLE"), &key_id, &err) != CL_OK ||
        cl_secret_new(CL_STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), &secret, &err) != CL_OK ||
        aws_signer_new(&signer, &err) != CL_OK)
        give_up(err.text);
    struct aws_sign_request request = {
        .method = "POST",
        .url = CL_STR("https://sts.us-east-1.amazonaws.com/"),
        .headers = headers,
        .header_count = CL_COUNT(headers),
        .payload = cl_str_of(form),
        .credentials = {.access_key_id = key_id, .secret_access_key = secret},
        .region = CL_STR("us-east-1"),
        .service = CL_STR("sts"),
        .at = 1700000000,
    };
    if (bare.sha256 == NULL || bare.hmac == NULL)
        give_up("fetching the algorithms");
    compare(signer, &request, &bare);
    EVP_MD_free(bare.sha256);
    EVP_MAC_free(bare.hmac);
    return 0;
}
