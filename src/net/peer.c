#include "net/peer.h"

#include <openssl/x509_vfy.h>

#include "crypto/digest.h"

static void note_certificate(struct cl_peer *peer, X509 *cert)
{
    unsigned char digest[CL_SHA256_BYTES];
    unsigned int len = 0;

    (void)X509_NAME_oneline(X509_get_issuer_name(cert), peer->issuer, (int)sizeof(peer->issuer));
    if (X509_digest(cert, EVP_sha256(), digest, &len) == 1 && len == sizeof(digest))
        cl_digest_hex(digest, peer->sha256);
}

int cl_peer_verify(X509_STORE_CTX *store, void *peer)
{
    struct cl_peer *seen = peer;
    X509 *cert = X509_STORE_CTX_get0_cert(store);
    int ok = X509_verify_cert(store);

    seen->is_seen = true;
    seen->verdict = X509_STORE_CTX_get_error(store);
    if (ok != 1 && seen->verdict == X509_V_OK)
        seen->verdict = X509_V_ERR_UNSPECIFIED;
    if (cert != NULL)
        note_certificate(seen, cert);
    return ok == 1;
}
