#ifndef CLEAT_TESTS_FAKE_WORLD_H
#define CLEAT_TESTS_FAKE_WORLD_H

#include "base/call.h"
#include "net/http.h"

/*
 * A world for tests: the clock stands still until it is moved, random bytes count up, variables
 * and files live in memory, and HTTP answers come from a script. The n-th outside call can fail.
 */
struct fake_world;

struct fake_world *fake_world_new(void);
void fake_world_free(struct fake_world *fake);

/** The world to hand to the code under test; dies with the fake. */
const struct cl_world *fake_world(struct fake_world *fake);

/** A call of user "tester" in this world. */
struct cl_call fake_call(struct fake_world *fake);

void fake_set_now(struct fake_world *fake, int64_t at_s);
void fake_set_env(struct fake_world *fake, const char *name, const char *value); /* NULL unsets */
void fake_set_file(struct fake_world *fake, const char *path, const char *content); /* NULL removes */
const char *fake_file(struct fake_world *fake, const char *path); /* NULL when absent */

/** The n-th outside call from now on (files, randomness, HTTP) fails; 0: none. */
void fake_fail_at(struct fake_world *fake, int64_t nth);

/**
 * Answers one request: `method` and a part of the URL or body must match (NULL: anything), answers
 * are used up in order. `headers` are "name: value\n" lines or NULL. Status 0 makes the request
 * fail with CL_E_UNREACHABLE.
 */
void fake_answer(struct fake_world *fake, const char *method, const char *match, int status,
                 const char *headers, const char *body);

/* What was sent: requests are kept as "METHOD URL\nname: value\n...\n\nbody". */
size_t fake_request_count(struct fake_world *fake);
const char *fake_request(struct fake_world *fake, size_t index);

#endif
