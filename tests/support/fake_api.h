#ifndef CLEAT_TESTS_FAKE_API_H
#define CLEAT_TESTS_FAKE_API_H

#include "core/api.h"

/*
 * A `struct cl_api` for tests of what calls it: notes every request in its JSON form and answers
 * from a script. `types` answers from the registry unless it is scripted. An operation that no
 * answer is left for fails with CL_E_INTERNAL.
 */
struct fake_api;

struct fake_api *fake_api_new(void);
void fake_api_free(struct fake_api *fake);

/** The api to hand to the code under test; its `free` only notes that it was called. */
struct cl_api *fake_api(struct fake_api *fake);

/**
 * The next answer to an operation ("register", "update", "get", "list", "delete", "verify",
 * "discover", "issue", "auto_configure", "scan", "component_register", "component_get",
 * "component_list", "component_connect", "component_disconnect", "component_delete") in the JSON
 * form of its result, in which single quotes stand for double ones. For a discovery an array of
 * resource lists, each with its "order" if that is not its index; {"stop": WIRE NAME} ends it with
 * that error. For "component_disconnect" {"had": BOOL, "component": ...}.
 */
void fake_api_answer(struct fake_api *fake, const char *operation, const char *json);

/** The next call of the operation fails; `hint` may be NULL. */
void fake_api_refuse(struct fake_api *fake, const char *operation, enum cl_code code,
                     const char *text, const char *hint);

/** What was asked so far, "operation {request}\n" each, without members that say
 * nothing (null, false, 0, empty), but for update, where they do. */
const char *fake_api_calls(const struct fake_api *fake);
void fake_api_forget(struct fake_api *fake);

#endif
