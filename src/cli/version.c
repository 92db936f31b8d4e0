#include "cli/version.h"

/* The build says it; these are for builds that do not go through CMake. */
#ifndef CLEAT_VERSION
#define CLEAT_VERSION "0"
#endif
#ifndef CLEAT_COMMIT
#define CLEAT_COMMIT "unknown"
#endif
#ifndef CLEAT_BUILD_DATE
#define CLEAT_BUILD_DATE "unknown"
#endif

const struct cl_version cl_version = {
    .version = CLEAT_VERSION, .commit = CLEAT_COMMIT, .build_date = CLEAT_BUILD_DATE};

const char *cl_cli_version(void)
{
    return "cleat " CLEAT_VERSION " (" CLEAT_COMMIT ", " CLEAT_BUILD_DATE ")";
}
