#ifndef CLEAT_TESTS_AWS_KEYS_H
#define CLEAT_TESTS_AWS_KEYS_H

#include "clouds/aws/credentials.h"
#include "test.h"

/* For tests: the example credentials of the AWS documentation, in pieces so that no scanner takes
 * them for live ones. */
#define EXAMPLE_KEY_ID \
    "AKIA"             \
    "IOSFODNN7"        \
    "EXAMPLE"
#define EXAMPLE_SECRET \
    "wJalrXUtnFEMI"    \
    "/K7MDENG/"        \
    "bPxRfiCY"         \
    "EXAMPLEKEY"
#define EXAMPLE_TOKEN  \
    "IQoJb3JpZ2luX2Vj" \
    "EXAMPLE"          \
    "//////////wEaCXVzLWVhc3QtMSJGMEQ+CIA=="

/* 2024-05-14T12:34:56Z, the clock of the signing vectors. */
#define EXAMPLE_AT 1715690096

struct example_keys {
    struct cl_secret *access_key_id;
    struct cl_secret *secret_access_key;
    struct cl_secret *session_token;
};

static inline struct cl_secret *example_secret(const char *text)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(text), &secret, &err), &err);
    return secret;
}

static inline struct example_keys example_keys(void)
{
    return (struct example_keys){
        .access_key_id = example_secret(EXAMPLE_KEY_ID),
        .secret_access_key = example_secret(EXAMPLE_SECRET),
        .session_token = example_secret(EXAMPLE_TOKEN),
    };
}

static inline struct aws_credentials long_lived(const struct example_keys *keys)
{
    return (struct aws_credentials){.access_key_id = keys->access_key_id,
                                    .secret_access_key = keys->secret_access_key};
}

static inline struct aws_credentials temporary(const struct example_keys *keys)
{
    return (struct aws_credentials){.access_key_id = keys->access_key_id,
                                    .secret_access_key = keys->secret_access_key,
                                    .session_token = keys->session_token};
}

static inline void example_keys_cleanup(struct example_keys *keys)
{
    cl_secret_free(keys->access_key_id);
    cl_secret_free(keys->secret_access_key);
    cl_secret_free(keys->session_token);
}

#endif
