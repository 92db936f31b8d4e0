#ifndef CLEAT_NET_CA_H
#define CLEAT_NET_CA_H

#include "base/world.h"

/* Where the certificates stand that a connection may be trusted by; all borrowed, NULL: none. */
struct cl_ca {
    const char *directory; /* of files named by hash */
    const char *file;      /* PEM bundle */
    const char *second;    /* another one */
};

/**
 * The system's certificates, or what SSL_CERT_DIR and SSL_CERT_FILE say instead, as for every
 * program on OpenSSL; and `file` (NULL or empty: none) besides.
 *
 * From the hashed directory one file is read, from a bundle all of them at 20 ms per connection.
 * So Debian's own bundle is used only where its directory has no hashes (small containers).
 */
struct cl_ca cl_ca_choose(const struct cl_world *world, const char *file);

/** `file` (NULL or empty: none) and nothing of the system's. */
struct cl_ca cl_ca_only(const char *file);

#endif
