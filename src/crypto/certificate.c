#include "crypto/certificate.h"

#include <limits.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "crypto/digest.h"

#define DAY_S 86400

static void bio_cleanup(BIO **bio)
{
    BIO_free(*bio);
}

static void cert_cleanup(X509 **cert)
{
    X509_free(*cert);
}

static void key_cleanup(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static enum cl_code open_text(struct cl_str text, BIO **ret, struct cl_err *err)
{
    CL_TRY(cl_crypto_init(err));
    ERR_clear_error();
    if (text.len > INT_MAX)
        return cl_err_set(err, CL_E_INVALID, "the PEM text is too long");
    *ret = BIO_new_mem_buf(text.ptr, (int)text.len);
    return *ret == NULL ? cl_err_no_memory(err) : CL_OK;
}

/* Nobody is asked for a pass phrase, on a terminal least of all. */
static int no_pass_phrase(char *buf, int size, int rwflag, void *ctx)
{
    (void)rwflag;
    if (size > 0)
        buf[0] = '\0';
    *(bool *)ctx = true;
    return -1;
}

/* NULL with CL_OK: there is no more. */
static enum cl_code next_certificate(BIO *bio, X509 **ret, struct cl_err *err)
{
    bool is_encrypted = false;

    *ret = PEM_read_bio_X509(bio, NULL, no_pass_phrase, &is_encrypted);
    unsigned long why = ERR_peek_last_error();
    ERR_clear_error();
    if (*ret != NULL ||
        (ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE))
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID, "a certificate in the PEM text is %s",
                      is_encrypted ? "encrypted" : "broken");
}

static enum cl_code end_of(const X509 *cert, int64_t *ret, struct cl_err *err)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0;
    int seconds = 0;

    if (epoch == NULL)
        return cl_err_no_memory(err);
    int ok = ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(cert));
    ASN1_TIME_free(epoch);
    if (ok != 1)
        return cl_err_set(err, CL_E_INVALID, "a certificate has no valid end");
    *ret = (int64_t)days * DAY_S + seconds;
    return CL_OK;
}

enum cl_code cl_certificates_check(struct cl_str pem, int64_t *ret_not_after, struct cl_err *err)
{
    CL_AUTO(bio) BIO *bio = NULL;
    int64_t not_after = 0;
    size_t count = 0;

    CL_TRY(open_text(pem, &bio, err));
    for (; count <= CL_CERTIFICATES_MAX; count++) {
        CL_AUTO(cert) X509 *cert = NULL;
        CL_TRY(next_certificate(bio, &cert, err));
        if (cert == NULL)
            break;
        if (count == 0)
            CL_TRY(end_of(cert, &not_after, err));
    }
    if (count == 0)
        return cl_err_set(err, CL_E_INVALID, "there is no certificate in PEM form");
    if (count > CL_CERTIFICATES_MAX)
        return cl_err_set(err, CL_E_INVALID, "more than %d certificates", CL_CERTIFICATES_MAX);
    *ret_not_after = not_after;
    return CL_OK;
}

static enum cl_code read_key(struct cl_str pem, EVP_PKEY **ret, struct cl_err *err)
{
    CL_AUTO(bio) BIO *bio = NULL;
    bool is_encrypted = false;

    CL_TRY(open_text(pem, &bio, err));
    *ret = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, &is_encrypted);
    ERR_clear_error();
    if (*ret != NULL)
        return CL_OK;
    if (is_encrypted)
        return cl_err_set(err, CL_E_INVALID, "the private key is encrypted");
    return cl_err_set(err, CL_E_INVALID, "there is no private key in PEM form");
}

enum cl_code cl_certificate_check_key(struct cl_str certificate_pem, struct cl_str key_pem,
                                      struct cl_err *err)
{
    CL_AUTO(bio) BIO *bio = NULL;
    CL_AUTO(cert) X509 *cert = NULL;
    CL_AUTO(key) EVP_PKEY *key = NULL;

    CL_TRY(open_text(certificate_pem, &bio, err));
    CL_TRY(next_certificate(bio, &cert, err));
    if (cert == NULL)
        return cl_err_set(err, CL_E_INVALID, "there is no certificate in PEM form");
    CL_TRY(read_key(key_pem, &key, err));
    int fits = X509_check_private_key(cert, key);
    ERR_clear_error();
    if (fits != 1)
        return cl_err_set(err, CL_E_INVALID, "the private key is not the certificate's");
    return CL_OK;
}
