#ifndef CLEAT_TESTS_AWS_HARNESS_H
#define CLEAT_TESTS_AWS_HARNESS_H

#include "aws_keys.h"
#include "clouds/aws/client.h"
#include "fake_world.h"

/* What a test of an AWS operation needs: a fake world, example keys, and a configuration of both.
 */
struct aws_harness {
    struct fake_world *fake;
    struct cl_call call;
    struct example_keys keys;
    struct aws_signer *signer;
    struct aws_config config;
};

static inline struct aws_harness aws_harness(const char *region)
{
    struct aws_harness harness = {.fake = fake_world_new(), .keys = example_keys()};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(aws_signer_new(&harness.signer, &err), &err);
    harness.call = fake_call(harness.fake);
    harness.config = (struct aws_config){
        .region = region, .credentials = long_lived(&harness.keys), .signer = harness.signer};
    return harness;
}

static inline void aws_harness_cleanup(struct aws_harness *harness)
{
    aws_signer_free(harness->signer);
    example_keys_cleanup(&harness->keys);
    fake_world_free(harness->fake);
}

/* True if the n-th request holds that text. */
static inline bool was_sent(struct aws_harness *harness, size_t index, const char *text)
{
    return index < fake_request_count(harness->fake) &&
           cl_str_contains(cl_str_of(fake_request(harness->fake, index)), cl_str_of(text));
}

/* Fails unless the request starts with that line and holds the other texts, up to a NULL. */
static inline void assert_sent(struct aws_harness *harness, size_t index, const char *line,
                               const char *const *texts)
{
    assert_true(index < fake_request_count(harness->fake));
    struct cl_str request = cl_str_of(fake_request(harness->fake, index));

    if (!cl_str_starts(request, cl_str_of(line)) || request.ptr[strlen(line)] != '\n')
        fail_msg("sent %s\nnot %s", request.ptr, line);
    for (; texts != NULL && *texts != NULL; texts++) {
        if (!cl_str_contains(request, cl_str_of(*texts)))
            fail_msg("sent %s\nwithout %s", request.ptr, *texts);
    }
}

#endif
