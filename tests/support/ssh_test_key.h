#ifndef CLEAT_TESTS_SSH_TEST_KEY_H
#define CLEAT_TESTS_SSH_TEST_KEY_H

#include "base/str.h"

/* Private keys for tests, made when they are needed: none is kept in a file. */

/**
 * @param kind        "rsa-2048", "rsa-1024", "ec-256", "ed25519", "dsa", ...
 * @param passphrase  NULL: not encrypted
 * @return PEM (PKCS#8), to be freed with ssh_test_key_free()
 */
char *ssh_test_key(const char *kind, const char *passphrase);
void ssh_test_key_free(char *pem);

#endif
