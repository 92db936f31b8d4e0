#ifndef CLEAT_BRIDGES_LOGIN_LEFT_H
#define CLEAT_BRIDGES_LOGIN_LEFT_H

#include "base/strs.h"
#include "base/world.h"

/**
 * Adds the files of other tools that have entries of a connector, as far as is known: each says the
 * connector's id. A file that cannot be read has none.
 *
 * @param connector  its id
 */
enum cl_code cl_login_left(const struct cl_world *world, const char *connector, struct cl_strs *ret,
                           struct cl_err *err) CL_MUST_USE;

#endif
