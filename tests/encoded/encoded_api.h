#ifndef CLEAT_TESTS_ENCODED_API_H
#define CLEAT_TESTS_ENCODED_API_H

#include "core/api.h"

/**
 * A cl_api in front of another one, which sends every request, result and error through JSON text
 * and back, as a client and a server would. What the codec forgets is lost, and a test sees it.
 *
 * @param inner  taken over; freed with the returned one
 * @return never NULL: running out of memory here ends the program, which is a test's
 */
struct cl_api *cl_encoded_api_wrap(struct cl_api *inner);

#endif
