#include "bridges/ssh_agent.h"

#include "base/alloc.h"
#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"
#include "core/issued.h"

#define AGENT_FAILURE 5
#define REQUEST_IDENTITIES 11
#define IDENTITIES_ANSWER 12
#define SIGN_REQUEST 13
#define SIGN_RESPONSE 14
#define FLAG_RSA_SHA2_256 2U
#define FLAG_RSA_SHA2_512 4U
#define SIGNATURE_MAX 8192

void cl_ssh_agent_cleanup(struct cl_ssh_agent *agent)
{
    cl_ssh_pair_free(agent->pair);
    cl_buf_cleanup(&agent->identity);
    cl_free(agent->comment);
    *agent = (struct cl_ssh_agent){.pair = NULL};
}

static bool is_over(const struct cl_ssh_agent *agent)
{
    return cl_expired(agent->expires_at, 0, cl_world_now_s(agent->world));
}

static void list(const struct cl_ssh_agent *agent, struct cl_buf *body)
{
    cl_buf_add_char(body, IDENTITIES_ANSWER);
    cl_buf_add_ssh_u32(body, is_over(agent) ? 0 : 1);
    if (is_over(agent))
        return;
    cl_buf_add_ssh_string(body, cl_buf_view(&agent->identity));
    cl_buf_add_ssh_string(body, cl_str_of(agent->comment));
}

/* With a certificate a client may name the key alone. */
static bool is_ours(const struct cl_ssh_agent *agent, struct cl_str blob)
{
    CL_AUTO(cl_buf) struct cl_buf own = CL_BUF(CL_SSH_BLOB_MAX);
    struct cl_err ignored = CL_ERR_NONE;

    if (cl_str_eq(blob, cl_buf_view(&agent->identity)))
        return true;
    return cl_ssh_pair_public(agent->pair, &own, &ignored) == CL_OK &&
           cl_str_eq(blob, cl_buf_view(&own));
}

/* RSA without a flag would be the signature with SHA-1, which is not made any more. */
static bool may_sign(const struct cl_ssh_agent *agent, struct cl_str blob, uint32_t flags)
{
    struct cl_ssh_reader reader = CL_SSH_READER(blob);
    bool rsa = cl_str_starts(cl_ssh_read_string(&reader), CL_STR("ssh-rsa"));

    if (is_over(agent) || !is_ours(agent, blob))
        return false;
    return !rsa || (flags & (FLAG_RSA_SHA2_256 | FLAG_RSA_SHA2_512)) != 0;
}

static bool sign(const struct cl_ssh_agent *agent, struct cl_ssh_reader *reader,
                 struct cl_buf *body)
{
    CL_AUTO(cl_buf) struct cl_buf signature = CL_BUF(SIGNATURE_MAX);
    struct cl_str blob = cl_ssh_read_string(reader);
    struct cl_str data = cl_ssh_read_string(reader);
    uint32_t flags = cl_ssh_read_u32(reader);
    bool sha256 = (flags & FLAG_RSA_SHA2_512) == 0;
    struct cl_err ignored = CL_ERR_NONE;

    if (!cl_ssh_read_all(reader) || !may_sign(agent, blob, flags) ||
        cl_ssh_pair_sign(agent->pair, data, sha256, &signature, &ignored) != CL_OK)
        return false;
    cl_buf_add_char(body, SIGN_RESPONSE);
    cl_buf_add_ssh_string(body, cl_buf_view(&signature));
    return true;
}

void cl_ssh_agent_answer(const struct cl_ssh_agent *agent, struct cl_str request,
                         struct cl_buf *ret)
{
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF(CL_SSH_AGENT_MESSAGE_MAX);
    struct cl_ssh_reader reader = CL_SSH_READER(request);
    bool done = false;

    switch (cl_ssh_read_byte(&reader)) {
    case REQUEST_IDENTITIES:
        list(agent, &body);
        done = true;
        break;
    case SIGN_REQUEST: done = sign(agent, &reader, &body); break;
    default: break;
    }
    if (!done || body.failed != CL_OK) {
        cl_buf_truncate(&body, 0);
        body.failed = CL_OK;
        cl_buf_add_char(&body, AGENT_FAILURE);
    }
    cl_buf_add_ssh_string(ret, cl_buf_view(&body));
}
