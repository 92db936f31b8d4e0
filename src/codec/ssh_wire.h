#ifndef CLEAT_CODEC_SSH_WIRE_H
#define CLEAT_CODEC_SSH_WIRE_H

#include "base/buf.h"

/*
 * The data types of SSH messages, keys and certificates. Numbers are big-endian; a string is its
 * length as uint32 and then its bytes.
 * Source: RFC 4251, section 5.
 */

/* Takes values off the front. The first that is not there makes it `bad`, and it stays so. */
struct cl_ssh_reader {
    struct cl_str rest;
    bool bad;
};

#define CL_SSH_READER(bytes) \
    {                        \
        .rest = (bytes)      \
    }

uint32_t cl_ssh_read_u32(struct cl_ssh_reader *reader);
uint64_t cl_ssh_read_u64(struct cl_ssh_reader *reader);
unsigned char cl_ssh_read_byte(struct cl_ssh_reader *reader);

/** View of a string's bytes; empty once the reader is bad. */
struct cl_str cl_ssh_read_string(struct cl_ssh_reader *reader);

/** A positive integer's bytes without the leading zero; zero, negative or padded ones are bad. */
struct cl_str cl_ssh_read_mpint(struct cl_ssh_reader *reader);

/** Nothing was missing and nothing is left. */
bool cl_ssh_read_all(const struct cl_ssh_reader *reader);

void cl_buf_add_ssh_u32(struct cl_buf *buf, uint32_t value);
void cl_buf_add_ssh_u64(struct cl_buf *buf, uint64_t value);
void cl_buf_add_ssh_string(struct cl_buf *buf, struct cl_str bytes);

/** A positive integer given as big-endian bytes: leading zeros go, one comes where it must. */
void cl_buf_add_ssh_mpint(struct cl_buf *buf, struct cl_str magnitude);

#endif
