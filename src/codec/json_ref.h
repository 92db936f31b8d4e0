#ifndef CLEAT_CODEC_JSON_REF_H
#define CLEAT_CODEC_JSON_REF_H

#include <jansson.h>

/**
 * A new reference to a value that is only read. The library counts references and iterates without
 * changing what others see, but takes no const.
 */
static inline json_t *cl_json_ref(const json_t *value)
{
    const union {
        const json_t *given;
        json_t *same;
    } view = {.given = value};

    return json_incref(view.same);
}

#endif
