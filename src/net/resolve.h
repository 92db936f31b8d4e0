#ifndef CLEAT_NET_RESOLVE_H
#define CLEAT_NET_RESOLVE_H

#include <netdb.h>

#include "base/str.h"

/*
 * Looking up a host name without waiting for it: the system's resolver knows neither deadlines nor
 * cancellation, so it runs on a thread of its own, which may outlive who asked.
 */
struct cl_lookup;

enum cl_code cl_lookup_start(struct cl_str host, int port, struct cl_lookup **ret,
                             struct cl_err *err) CL_MUST_USE;

/** Readable as soon as there is a result. */
int cl_lookup_fd(const struct cl_lookup *lookup);

/**
 * @param ret_done  false: not yet, and *ret is untouched
 * @param ret       dies with the look-up
 * @return CL_OK, CL_E_UNREACHABLE (there is no such host, or nobody to ask)
 */
enum cl_code cl_lookup_result(struct cl_lookup *lookup, bool *ret_done, const struct addrinfo **ret,
                              struct cl_err *err) CL_MUST_USE;

void cl_lookup_free(struct cl_lookup *lookup);

#endif
