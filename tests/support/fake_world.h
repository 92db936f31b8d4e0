#ifndef CLEAT_TESTS_FAKE_WORLD_H
#define CLEAT_TESTS_FAKE_WORLD_H

#include "base/call.h"
#include "net/http.h"

/*
 * A world for tests: the clock stands still until it is moved or slept through, random bytes count
 * up, variables and files live in memory, and HTTP answers come from a script. The n-th outside
 * call can fail. Its own memory does not come from cl_alloc, so fault loops over cl_alloc_fail_at
 * count what the product asks for and nothing else. May be used from several threads.
 */
struct fake_world;

/* 2024-05-14T12:34:56Z, when every fake world starts. */
#define FAKE_START_AT INT64_C(1715690096)

/* Whose process every fake world is in. */
#define FAKE_USER_ID 1000

struct fake_world *fake_world_new(void);
void fake_world_free(struct fake_world *fake);

/** The world to hand to the code under test; dies with the fake. */
const struct cl_world *fake_world(struct fake_world *fake);

/** A call of user "tester" in this world. */
struct cl_call fake_call(struct fake_world *fake);

/** Both clocks go forward; fake_set_now may also set the wall clock back. */
void fake_set_now(struct fake_world *fake, int64_t at_s);
void fake_advance_ms(struct fake_world *fake, int64_t span_ms);

void fake_set_env(struct fake_world *fake, const char *name, const char *value); /* NULL unsets */

/**
 * Puts a file (mode 0600) with its folders there, NULL removes it. Code under test must make a
 * folder before it writes there, as it must in the real world.
 */
void fake_set_file(struct fake_world *fake, const char *path, const char *content);
const char *fake_file(struct fake_world *fake, const char *path);   /* NULL when absent */
unsigned fake_file_mode(struct fake_world *fake, const char *path); /* 0 when absent */
void fake_set_file_mode(struct fake_world *fake, const char *path, unsigned mode);
void fake_set_file_owner(struct fake_world *fake, const char *path, unsigned owner);

/** The n-th outside call from now on (files, randomness, HTTP) fails; 0: none. */
void fake_fail_at(struct fake_world *fake, int64_t nth);

/** Outside calls since fake_fail_at; a fault loop ends when n exceeds it. */
int64_t fake_calls_made(struct fake_world *fake);

/**
 * Answers one request: `method` and a part of the URL or body must match (NULL: anything), answers
 * are used up in order. `headers` are "name: value\n" lines or NULL. Status 0 makes the request
 * fail with CL_E_UNREACHABLE. A request that no answer is left for fails with CL_E_INTERNAL.
 */
void fake_answer(struct fake_world *fake, const char *method, const char *match, int status,
                 const char *headers, const char *body);

/* What was sent: requests are kept as "METHOD URL\nname: value\n...\n\nbody". */
size_t fake_request_count(struct fake_world *fake);
const char *fake_request(struct fake_world *fake, size_t index);

/** Answers one run of a program; one that no answer is left for is not there (CL_E_NOT_FOUND). */
void fake_run_answer(struct fake_world *fake, const char *program, int status, const char *out);

/** What the last program that ran was given, "program\narg\n...\n\ninput", and "NAME=value\n..."
 * when its environment was; NULL: there was none. */
const char *fake_ran(struct fake_world *fake);

/** What the last exec was given, "program\narg\n...\n\nNAME=value\n..."; NULL: there was none.
 * The fake exec returns CL_OK instead of not returning. */
const char *fake_exec(struct fake_world *fake);

/** What a program ends with that was accompanied; fake_exec tells what it was given. */
#define FAKE_CHILD_STATUS 43

#endif
