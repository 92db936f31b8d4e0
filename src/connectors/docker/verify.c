#include "connectors/docker/access.h"

/* Proving to the registry itself that the credentials work, without a Docker daemon. */

struct checking {
    const struct cl_call *call;
    struct docker_access access;
    struct cl_verified *ret;
    char token_server[300]; /* that accepted the password; empty: none was asked */
    bool repository_checked;
};

static struct cl_str repository_of(const struct checking *checking)
{
    return cl_str_of(checking->access.repository);
}

static void note_token_server(struct checking *checking, const struct registry_login *login)
{
    if (login->token_server[0] != '\0')
        (void)memcpy(checking->token_server, login->token_server, sizeof(checking->token_server));
}

/* --- who we are ---------------------------------------------------------------------------- */

/* Whoever is let in without a password proves nothing with one. A wrong one may yet be refused. */
static enum cl_code check_open(struct checking *checking, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(512);

    CL_TRY(registry_prove(checking->call, &checking->access.config, &REGISTRY_LOGIN_NONE, err));
    cl_buf_addf(&text,
                "the registry '%s' lets anybody in, so the user name and password could not be "
                "tested",
                checking->access.name.host);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(&checking->ret->warnings, cl_buf_view(&text), err);
}

static enum cl_code check_password(struct checking *checking,
                                   const struct registry_challenge *challenge, struct cl_err *err)
{
    const struct registry_config *config = &checking->access.config;
    CL_AUTO(registry_login) struct registry_login login = REGISTRY_LOGIN_NONE;

    CL_TRY(registry_log_in(checking->call, config, challenge, CL_STR_NONE, &login, err));
    note_token_server(checking, &login);
    return registry_prove(checking->call, config, &login, err);
}

/* --- the repository ------------------------------------------------------------------------ */

/* A registry that lets anybody in may ask for more when it comes to one repository. */
static enum cl_code ask_about_repository(struct checking *checking,
                                         struct registry_challenge *challenge, struct cl_err *err)
{
    struct cl_err refusal = CL_ERR_NONE;

    if (challenge->scheme != REGISTRY_SCHEME_NONE)
        return CL_OK;
    enum cl_code code = registry_ask(checking->call, &checking->access.config,
                                     repository_of(checking), challenge, &refusal);
    if (code == CL_OK || code == CL_E_DENIED) /* then the credentials decide */
        return CL_OK;
    *err = refusal;
    return code;
}

static enum cl_code check_repository(struct checking *checking,
                                     struct registry_challenge *challenge, struct cl_err *err)
{
    const struct registry_config *config = &checking->access.config;
    CL_AUTO(registry_login) struct registry_login login = REGISTRY_LOGIN_NONE;
    CL_AUTO(cl_buf) struct cl_buf scope = CL_BUF(512);

    if (checking->repository_checked) /* while the identity was proved */
        return CL_OK;
    CL_TRY(ask_about_repository(checking, challenge, err));
    cl_buf_addf(&scope, "repository:%s:pull,push", checking->access.repository);
    CL_TRY(cl_buf_ok(&scope, err));
    CL_TRY(registry_log_in(checking->call, config, challenge, cl_buf_view(&scope), &login, err));
    note_token_server(checking, &login);
    checking->repository_checked = true;
    return registry_check_pull(checking->call, config, repository_of(checking), &login, err);
}

/* --- both ---------------------------------------------------------------------------------- */

/* Some registries give tokens that open repositories only: then the repository decides. */
static enum cl_code check_identity(struct checking *checking, struct registry_challenge *challenge,
                                   struct cl_err *err)
{
    struct cl_err refusal = CL_ERR_NONE;

    if (challenge->scheme == REGISTRY_SCHEME_NONE)
        return check_open(checking, err);
    enum cl_code code = check_password(checking, challenge, &refusal);
    if (code == CL_E_REJECTED && checking->token_server[0] != '\0' &&
        repository_of(checking).len > 0)
        return check_repository(checking, challenge, err);
    if (code != CL_OK)
        *err = refusal;
    return code;
}

/* From now on the password goes to this token server and to no other. */
static enum cl_code keep_token_server(struct checking *checking, struct cl_err *err)
{
    struct cl_map *facts = &checking->ret->facts;

    if (checking->token_server[0] == '\0')
        return CL_OK;
    CL_TRY(cl_map_set(facts, CL_STR(DOCKER_FACT_REALM), cl_str_of(checking->token_server), err));
    return cl_map_set(facts, CL_STR(DOCKER_FACT_REALM_OF), cl_str_of(checking->access.name.host),
                      err);
}

static enum cl_code check(struct checking *checking, const struct cl_connector *conn,
                          const struct cl_scope *scope, struct cl_err *err)
{
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};

    CL_TRY(docker_access_open(conn, &checking->access, err));
    bool about_repository = scope->type != NULL && repository_of(checking).len > 0;
    if (scope->authenticated && !about_repository)
        return CL_OK;
    CL_TRY(registry_ask(checking->call, &checking->access.config, CL_STR_NONE, &challenge, err));
    if (!scope->authenticated)
        CL_TRY(check_identity(checking, &challenge, err));
    if (about_repository)
        CL_TRY(check_repository(checking, &challenge, err));
    return keep_token_server(checking, err);
}

enum cl_code docker_verify(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_scope *scope, struct cl_verified *ret,
                           struct cl_err *err)
{
    struct checking checking = {.call = call, .ret = ret};

    enum cl_code code = check(&checking, conn, scope, err);
    docker_access_cleanup(&checking.access);
    return code;
}
