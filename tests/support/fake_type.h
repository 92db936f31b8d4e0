#ifndef CLEAT_TESTS_FAKE_TYPE_H
#define CLEAT_TESTS_FAKE_TYPE_H

#include <stdatomic.h>

#include "core/type.h"

/*
 * A connector type for tests: "fake", with three auth methods and three resource types.
 *
 *   open     hands out what it was given; `realm` (required), `password` (secret, required),
 *            `tags` (list), `level` (integer), `strict` (boolean), `mode` (fast or safe)
 *   minted   issues credentials for 60 to 3600 seconds, 600 unless asked; `realm`, `password`,
 *            `session_token` (secret)
 *   ambient  implicit, issues credentials of 300 seconds; `realm` (optional)
 *
 * *   fake-realm   one per connector: the realm of the configuration, else the account it learned
 *   fake-box     many; "box://NAME" or "NAME" (lower-case letters, digits, dashes) is box://NAME
 *   fake-jar     many, methods `minted` and `ambient` only; "jar:NAME" or "NAME" is jar:NAME
 *
 * Its hosts show `fake_script.shown`, to be pinned in `tags`; only who asks for all is shown the
 * item "known" as well.
 *
 * "other" is a second type with one method, `key`, and one resource type, `other-thing`, which is
 * not listed. It ranks before "fake" although it comes after it in the alphabet.
 *
 * What the operations answer is scripted by `fake_script`, which each test resets.
 */
extern const struct cl_connector_type fake_type;
extern const struct cl_connector_type other_type;

struct fake_script {
    enum cl_code verify_code; /* CL_OK: the credentials work */
    enum cl_code list_code;
    const char *list_fails_for; /* resource type whose listing alone gets list_code; NULL: all */
    enum cl_code check_code;    /* CL_OK: whatever is asked is allowed */
    enum cl_code issue_code;
    enum cl_code discover_code;
    const char *const *boxes; /* NULL-terminated canonical ids; NULL: box://alpha, box://beta */
    const char *const *jars;  /* likewise; NULL: jar:plum */
    const char *account;      /* fact that a verification learns; NULL: none */
    const char *warning;      /* sentence that each verification adds; NULL: none */
    const char *list_warning; /* likewise each listing */
    bool truncated;           /* listings say that they were cut */
    int64_t issued_ttl_s;     /* of issued credentials; 0: what was asked for */
    const char *const *shown; /* what scanning finds for `tags`, NULL-terminated; NULL: nothing */
    enum cl_code scan_code;
    const char *around; /* whose credentials method ambient finds; NULL: nobody's */

    /* Called at the start of each operation; an error it returns is the operation's. */
    enum cl_code (*hook)(void *ctx, const char *operation, const struct cl_call *call,
                         const struct cl_connector *conn, struct cl_err *err);
    void *hook_ctx;

    atomic_int verify_calls;
    atomic_int trusted_calls; /* of those: the run had already proved whose credentials they are */
    atomic_int list_calls;
    atomic_int issue_calls;
    atomic_int revoke_calls;
    bool has_nothing_to_revoke;
    atomic_int discover_calls;
};

extern struct fake_script fake_script;

/** Everything works, counters are zero. */
void fake_script_reset(void);

/**
 * A connector "crate" of type fake and method `method`: realm "r1", the password "canary-pass",
 * all resource types of the method, owner "tester", id 11111111-2222-4333-8444-555555555555.
 */
enum cl_code fake_connector(const char *method, struct cl_connector *ret, struct cl_err *err)
    CL_MUST_USE;

/** Adds a configuration argument; NULL clears. */
enum cl_code fake_input(struct cl_input *input, const char *name, const char *value,
                        struct cl_err *err) CL_MUST_USE;

#endif
