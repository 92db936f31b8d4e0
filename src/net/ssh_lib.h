#ifndef CLEAT_NET_SSH_LIB_H
#define CLEAT_NET_SSH_LIB_H

#include <libssh/libssh.h>

#include "base/err.h"

/*
 * libssh, opened at first use: linking it would make every start of the program pay for it and
 * what it links. The header gives constants and types only, no function is called by name.
 */
#define CL_SSH_FUNCTIONS(X)          \
    X(ssh_new)                       \
    X(ssh_free)                      \
    X(ssh_options_set)               \
    X(ssh_set_blocking)              \
    X(ssh_connect)                   \
    X(ssh_disconnect)                \
    X(ssh_is_connected)              \
    X(ssh_get_poll_flags)            \
    X(ssh_get_error)                 \
    X(ssh_get_server_publickey)      \
    X(ssh_userauth_publickey)        \
    X(ssh_userauth_list)             \
    X(ssh_key_free)                  \
    X(ssh_key_type)                  \
    X(ssh_key_type_from_name)        \
    X(ssh_pki_import_privkey_base64) \
    X(ssh_pki_export_pubkey_base64)  \
    X(ssh_pki_import_cert_base64)    \
    X(ssh_pki_copy_cert_to_privkey)  \
    X(ssh_channel_new)               \
    X(ssh_channel_open_session)      \
    X(ssh_channel_request_exec)      \
    X(ssh_channel_read_nonblocking)  \
    X(ssh_channel_is_eof)            \
    X(ssh_channel_is_closed)         \
    X(ssh_channel_get_exit_status)   \
    X(ssh_channel_free)              \
    X(ssh_string_free_char)

struct cl_ssh_lib {
#define CL_SSH_MEMBER(name) __typeof__(name) *(name);
    CL_SSH_FUNCTIONS(CL_SSH_MEMBER)
#undef CL_SSH_MEMBER
};

/**
 * Opens libssh the first time, on an OpenSSL that has not read its configuration file.
 * Thread-safe; a failure is tried again next time.
 *
 * libssh takes its memory from the C library, so what passes through it is not wiped by us.
 *
 * @param ret  lives as long as the process
 * @return CL_OK, CL_E_LOCAL_TOOL_MISSING (no such library)
 */
enum cl_code cl_ssh_lib_get(const struct cl_ssh_lib **ret, struct cl_err *err) CL_MUST_USE;

#endif
