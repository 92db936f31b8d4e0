#include "codec/ssh_wire.h"

static struct cl_str take(struct cl_ssh_reader *reader, size_t len)
{
    if (reader->bad || reader->rest.len < len) {
        reader->bad = true;
        return CL_STR_NONE;
    }
    struct cl_str taken = cl_str_first(reader->rest, len);
    reader->rest = cl_str_skip(reader->rest, len);
    return taken;
}

static uint64_t take_number(struct cl_ssh_reader *reader, size_t len)
{
    struct cl_str bytes = take(reader, len);
    uint64_t number = 0;

    for (size_t i = 0; i < bytes.len; i++)
        number = number << 8U | (unsigned char)bytes.ptr[i];
    return number;
}

uint32_t cl_ssh_read_u32(struct cl_ssh_reader *reader)
{
    return (uint32_t)take_number(reader, 4);
}

uint64_t cl_ssh_read_u64(struct cl_ssh_reader *reader)
{
    return take_number(reader, 8);
}

unsigned char cl_ssh_read_byte(struct cl_ssh_reader *reader)
{
    return (unsigned char)take_number(reader, 1);
}

struct cl_str cl_ssh_read_string(struct cl_ssh_reader *reader)
{
    return take(reader, cl_ssh_read_u32(reader));
}

struct cl_str cl_ssh_read_mpint(struct cl_ssh_reader *reader)
{
    struct cl_str bytes = cl_ssh_read_string(reader);
    bool padded = bytes.len > 0 && bytes.ptr[0] == '\0';
    struct cl_str magnitude = padded ? cl_str_skip(bytes, 1) : bytes;
    bool high = magnitude.len > 0 && ((unsigned char)magnitude.ptr[0] & 0x80U) != 0;

    /* The zero stands exactly where the number would else look negative. */
    if (magnitude.len == 0 || padded != high) {
        reader->bad = true;
        return CL_STR_NONE;
    }
    return magnitude;
}

bool cl_ssh_read_all(const struct cl_ssh_reader *reader)
{
    return !reader->bad && reader->rest.len == 0;
}

static void add_number(struct cl_buf *buf, uint64_t value, size_t len)
{
    for (size_t i = len; i > 0; i--)
        cl_buf_add_char(buf, (char)(value >> (8U * (i - 1)) & 0xFFU));
}

void cl_buf_add_ssh_u32(struct cl_buf *buf, uint32_t value)
{
    add_number(buf, value, 4);
}

void cl_buf_add_ssh_u64(struct cl_buf *buf, uint64_t value)
{
    add_number(buf, value, 8);
}

void cl_buf_add_ssh_string(struct cl_buf *buf, struct cl_str bytes)
{
    cl_buf_add_ssh_u32(buf, (uint32_t)bytes.len);
    cl_buf_add(buf, bytes);
}

void cl_buf_add_ssh_mpint(struct cl_buf *buf, struct cl_str magnitude)
{
    while (magnitude.len > 0 && magnitude.ptr[0] == '\0')
        magnitude = cl_str_skip(magnitude, 1);
    bool high = magnitude.len > 0 && ((unsigned char)magnitude.ptr[0] & 0x80U) != 0;
    cl_buf_add_ssh_u32(buf, (uint32_t)(magnitude.len + (high ? 1 : 0)));
    if (high)
        cl_buf_add_char(buf, '\0');
    cl_buf_add(buf, magnitude);
}
