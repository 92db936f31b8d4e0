#include <ctype.h>

#include "base/world.h"

#define UUID_BYTES 16
#define UUID_CHARS 36

static bool is_dash_place(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

enum cl_code cl_uuid_new(const struct cl_world *world, char ret[37], struct cl_err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[UUID_BYTES];
    size_t nibble = 0;

    CL_TRY(world->random(world->ctx, bytes, sizeof(bytes), err));
    bytes[6] = (unsigned char)((bytes[6] & 0x0FU) | 0x40U); /* version 4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3FU) | 0x80U); /* variant of RFC 9562 */
    for (size_t at = 0; at < UUID_CHARS; at++) {
        if (is_dash_place(at)) {
            ret[at] = '-';
            continue;
        }
        unsigned byte = bytes[nibble / 2];
        ret[at] = digits[nibble % 2 == 0 ? byte >> 4U : byte & 15U];
        nibble++;
    }
    ret[UUID_CHARS] = '\0';
    return CL_OK;
}

bool cl_is_uuid(struct cl_str text)
{
    if (text.len != UUID_CHARS && text.len != (size_t)2 * UUID_BYTES)
        return false;
    for (size_t at = 0; at < text.len; at++) {
        bool dash = text.len == UUID_CHARS && is_dash_place(at);
        if (dash ? text.ptr[at] != '-' : !isxdigit((unsigned char)text.ptr[at]))
            return false;
    }
    return true;
}

void cl_uuid_canonical(struct cl_str uuid, char ret[37])
{
    size_t from = 0;

    for (size_t at = 0; at < UUID_CHARS; at++) {
        if (is_dash_place(at)) {
            ret[at] = '-';
            continue;
        }
        while (uuid.ptr[from] == '-')
            from++;
        ret[at] = (char)tolower((unsigned char)uuid.ptr[from++]);
    }
    ret[UUID_CHARS] = '\0';
}
