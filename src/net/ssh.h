#ifndef CLEAT_NET_SSH_H
#define CLEAT_NET_SSH_H

#include "base/call.h"
#include "base/secret.h"

/*
 * Visits to SSH servers, as the clients of this folder see them: a key exchange, a look at the
 * host key, and, only behind a host key that is known, a login with one key. No other key, agent,
 * password or configuration file plays a part, and nothing is asked at a terminal.
 */

struct cl_ssh_host_key {
    struct cl_str blob; /* codec/ssh_public.h */
    bool revoked;
};

struct cl_ssh_visit {
    struct cl_str host; /* name or address, no brackets */
    int port;
    const struct cl_ssh_host_key *host_keys; /* that may stand, or must not stand, before a login */
    size_t host_key_count;
    const char *host_key_type; /* "ssh-ed25519": ask for a key of this type only; NULL: any */
};

/* Whose login is tried at each server. */
struct cl_ssh_login {
    struct cl_str user;
    const struct cl_secret *key;        /* PEM or OpenSSH text, NUL-terminated as secrets are */
    const struct cl_secret *passphrase; /* NULL: none */
    struct cl_str certificate;          /* "TYPE BASE64" of the key's certificate; empty: none */
};

/* Visits that are made together. */
struct cl_ssh_round {
    const struct cl_ssh_login *login; /* NULL: nobody logs in */
    const char *const *commands;      /* run after each login, one behind the other */
    size_t command_count;
    const struct cl_ssh_visit *visits;
    size_t count;
};

/* What one command did. */
struct cl_ssh_ran {
    int status; /* its exit status; -1: the server did not run it, or it did not end in time */
    char *
        output; /* of its standard output the first CL_SSH_OUTPUT_MAX bytes; NULL: it did not run */
};

#define CL_SSH_OUTPUT_MAX 4096

/* What one visit found. Zero-initialised is empty. */
struct cl_ssh_seen {
    char *host_key; /* blob; NULL: it did not come to that */
    size_t host_key_bytes;
    struct cl_ssh_ran *ran; /* for each command of the round; NULL: it did not come to that */
    size_t ran_count;
    struct cl_err error; /* code CL_OK: the login worked, or none was wanted */
};
void cl_ssh_seen_cleanup(struct cl_ssh_seen *seen);

/* Why a private key cannot be used. */
enum cl_ssh_key_fault {
    CL_SSH_KEY_GOOD,
    CL_SSH_KEY_IS_PUBLIC,
    CL_SSH_KEY_NOT_READABLE,
    CL_SSH_KEY_LOCKED,       /* encrypted, and there is no passphrase */
    CL_SSH_KEY_WRONG_PHRASE, /* encrypted with another passphrase, or damaged */
};

/* What a private key turned out to be. Zero-initialised is empty. */
struct cl_ssh_key_facts {
    enum cl_ssh_key_fault fault;
    bool encrypted;
    char *public_blob; /* when good; codec/ssh_public.h */
    size_t public_bytes;
};
void cl_ssh_key_facts_cleanup(struct cl_ssh_key_facts *facts);

/**
 * Reads a private key with libssh; pure. PKCS#1, SEC1, PKCS#8 and OpenSSH's own form.
 *
 * @param text  NUL-terminated behind its end, as secrets are
 * @return CL_OK also for a key with a fault; CL_E_LOCAL_TOOL_MISSING, CL_E_FAILED
 */
enum cl_code cl_ssh_key_inspect(struct cl_str text, const struct cl_secret *passphrase,
                                struct cl_ssh_key_facts *ret, struct cl_err *err) CL_MUST_USE;

/* What speaks SSH: libssh (cl_ssh_real), or a test's. Safe to call from several threads. */
struct cl_ssh {
    void *ctx;

    /**
     * Makes the visits of a round, CL_SSH_AT_ONCE at a time, each within CL_SSH_VISIT_MS and
     * the time of its commands, whose failing is not the visit's.
     *
     * Errors of a visit: CL_E_UNREACHABLE, CL_E_EGRESS_BLOCKED, CL_E_PROVIDER (not an SSH server,
     * no common algorithm), CL_E_HOST_KEY_UNKNOWN (nothing is pinned), CL_E_HOST_KEY_CHANGED (none
     * of the pinned ones, or a revoked one), CL_E_REJECTED.
     *
     * @param seen  one for each visit, zero-initialised
     * @return CL_OK whatever the visits found; CL_E_TIMEOUT and CL_E_INTERRUPTED (the call's own),
     *         CL_E_INVALID (the key cannot be used), CL_E_LOCAL_TOOL_MISSING, CL_E_FAILED
     */
    enum cl_code (*visit)(void *ctx, const struct cl_call *call, const struct cl_ssh_round *round,
                          struct cl_ssh_seen *seen, struct cl_err *err);
};

#define CL_SSH_AT_ONCE 8
#define CL_SSH_VISIT_MS 20000  /* 5 s to connect, 10 s for the key exchange, 5 s to log in */
#define CL_SSH_COMMAND_MS 5000 /* for each command, besides */

/** libssh, opened at first use. */
const struct cl_ssh *cl_ssh_real(void);

#define CL_SSH_PRINT_SIZE 51 /* "SHA256:", 43 characters, NUL */

/** "SHA256:" and the unpadded base64 of the blob's digest, as ssh-keygen prints it. */
enum cl_code cl_ssh_fingerprint(struct cl_str blob, char ret[CL_SSH_PRINT_SIZE], struct cl_err *err)
    CL_MUST_USE;

#endif
