#ifndef CLEAT_NET_CURL_RESPONSE_H
#define CLEAT_NET_CURL_RESPONSE_H

#include "net/http.h"

#define CL_RESPONSE_HEADER_BYTES 65536

/*
 * What libcurl calls with a piece of an answer; `ctx` is a struct cl_http_response whose buffers
 * have their limits. Anything but `size * count` ends the transfer.
 */

size_t cl_response_take_body(char *bytes, size_t size, size_t count, void *ctx);

/** One raw line: kept as "name: value\n" with the name in lower case, folded lines joined. */
size_t cl_response_take_header(char *line, size_t size, size_t count, void *ctx);

#endif
