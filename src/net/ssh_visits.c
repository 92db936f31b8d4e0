#include <poll.h>

#include "base/alloc.h"
#include "net/ssh_session.h"

/* All visits of a call, in the caller's thread: the machines are stepped, and waited for together.
 */

#define SLICE_MS 50 /* how long a cancellation may go unnoticed */

struct visiting {
    const struct cl_ssh_lib *lib;
    const struct cl_call *call;
    struct cl_ssh_session *sessions;
    size_t count;
};

/* How many are under way; starts those for which there is room. */
static size_t start_some(struct visiting *visiting)
{
    size_t active = 0;

    for (size_t i = 0; i < visiting->count; i++) {
        enum cl_ssh_stage stage = visiting->sessions[i].stage;
        if (stage != CL_SSH_WAITING && stage != CL_SSH_DONE)
            active++;
    }
    for (size_t i = 0; i < visiting->count && active < CL_SSH_AT_ONCE; i++) {
        if (visiting->sessions[i].stage != CL_SSH_WAITING)
            continue;
        cl_ssh_session_start(&visiting->sessions[i]);
        active++;
    }
    return active;
}

static void wait_for_any(const struct visiting *visiting)
{
    struct pollfd fds[CL_SSH_AT_ONCE];
    nfds_t used = 0;

    for (size_t i = 0; i < visiting->count && used < CL_SSH_AT_ONCE; i++) {
        struct pollfd *slot = &fds[used];
        if (cl_ssh_session_wants(&visiting->sessions[i], &slot->fd, &slot->events))
            used++;
    }
    if (used > 0)
        (void)poll(fds, used, (int)cl_call_remaining_ms(visiting->call, SLICE_MS));
}

static enum cl_code run(struct visiting *visiting, struct cl_err *err)
{
    while (start_some(visiting) > 0) {
        CL_TRY(cl_call_check(visiting->call, err));
        for (size_t i = 0; i < visiting->count; i++)
            cl_ssh_session_step(&visiting->sessions[i]);
        wait_for_any(visiting);
    }
    return CL_OK;
}

static enum cl_code visit_all(struct visiting *visiting, const struct cl_ssh_round *round,
                              ssh_key key, struct cl_ssh_seen *seen, struct cl_err *err)
{
    visiting->sessions = cl_array_alloc(visiting->count, sizeof(*visiting->sessions));
    if (visiting->sessions == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < visiting->count; i++) {
        visiting->sessions[i] = (struct cl_ssh_session){.lib = visiting->lib,
                                                        .call = visiting->call,
                                                        .visit = &round->visits[i],
                                                        .key = key,
                                                        .seen = &seen[i],
                                                        .commands = round->commands,
                                                        .command_count = round->command_count,
                                                        .fd = -1};
        if (round->login != NULL)
            visiting->sessions[i].user = round->login->user;
    }
    enum cl_code code = run(visiting, err);
    for (size_t i = 0; i < visiting->count; i++)
        cl_ssh_session_cleanup(&visiting->sessions[i]);
    cl_free(visiting->sessions);
    return code;
}

/* --- the key ------------------------------------------------------------------------------- */

static enum cl_code add_certificate(const struct cl_ssh_lib *lib, struct cl_str certificate,
                                    ssh_key key, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf type = CL_BUF(64);
    CL_AUTO(cl_buf) struct cl_buf base64 = CL_BUF(32768);
    struct cl_str words[2] = {CL_STR_NONE, CL_STR_NONE};
    struct cl_str rest = CL_STR_NONE;
    ssh_key found = NULL;

    (void)cl_str_cut(certificate, ' ', &words[0], &rest);
    (void)cl_str_cut(rest, ' ', &words[1], &rest);
    cl_buf_add(&type, words[0]);
    cl_buf_add(&base64, words[1]);
    CL_TRY(cl_buf_ok(&type, err));
    CL_TRY(cl_buf_ok(&base64, err));
    if (words[1].len == 0 ||
        lib->ssh_pki_import_cert_base64(base64.ptr, lib->ssh_key_type_from_name(type.ptr),
                                        &found) != SSH_OK)
        return cl_err_set(err, CL_E_INVALID, "the text is no SSH certificate that can be used");
    int result = lib->ssh_pki_copy_cert_to_privkey(found, key);
    lib->ssh_key_free(found);
    if (result != SSH_OK)
        return cl_err_set(err, CL_E_INVALID, "the SSH certificate is not one of this private key");
    return CL_OK;
}

static enum cl_code read_key(const struct cl_ssh_lib *lib, const struct cl_ssh_login *login,
                             ssh_key *ret, struct cl_err *err)
{
    struct cl_ssh_key_facts facts = {.fault = CL_SSH_KEY_GOOD};
    ssh_key key = NULL;

    CL_TRY(
        cl_ssh_key_read(lib, cl_secret_expose(login->key), login->passphrase, &key, &facts, err));
    enum cl_ssh_key_fault fault = facts.fault;
    cl_ssh_key_facts_cleanup(&facts);
    if (fault != CL_SSH_KEY_GOOD)
        return cl_ssh_key_refuse(fault, err);
    enum cl_code code = CL_OK;
    if (login->certificate.len > 0)
        code = add_certificate(lib, login->certificate, key, err);
    if (code != CL_OK) {
        lib->ssh_key_free(key);
        return code;
    }
    *ret = key;
    return CL_OK;
}

static enum cl_code visit(void *ctx, const struct cl_call *call, const struct cl_ssh_round *round,
                          struct cl_ssh_seen *seen, struct cl_err *err)
{
    struct visiting visiting = {.call = call, .count = round->count};
    ssh_key key = NULL;

    (void)ctx;
    CL_TRY(cl_ssh_lib_get(&visiting.lib, err));
    if (round->login != NULL)
        CL_TRY(read_key(visiting.lib, round->login, &key, err));
    enum cl_code code = visit_all(&visiting, round, key, seen, err);
    if (key != NULL)
        visiting.lib->ssh_key_free(key);
    return code;
}

static const struct cl_ssh real = {.visit = visit};

const struct cl_ssh *cl_ssh_real(void)
{
    return &real;
}
