#include "cli/suggest.h"

enum cl_code cl_suggest(struct cl_err *err, const struct cl_strs *candidates, struct cl_str input,
                        const char *prefix)
{
    const char *nearest = cl_strs_nearest(candidates, input);

    return nearest == NULL ? err->code : cl_err_hint(err, "Did you mean '%s%s'?", prefix, nearest);
}
