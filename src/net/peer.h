#ifndef CLEAT_NET_PEER_H
#define CLEAT_NET_PEER_H

#include <openssl/x509.h>

#include "base/str.h"

/* What became of the server's certificate, for the error. Zero-initialised: none was seen. */
struct cl_peer {
    bool is_seen;
    int verdict;      /* OpenSSL's X509_V_*; the name in the certificate is not part of it */
    char issuer[160]; /* "/O=Example/CN=authority", printable ASCII */
    char sha256[65];  /* of the certificate, lower-case hex */
};

/**
 * Verifies the certificate as OpenSSL does by itself, and keeps what was found. In the form that
 * SSL_CTX_set_cert_verify_callback() wants.
 *
 * @param peer  struct cl_peer; must live until the handshake is over
 */
int cl_peer_verify(X509_STORE_CTX *store, void *peer);

#endif
