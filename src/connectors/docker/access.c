#include "connectors/docker/access.h"

#include <stdio.h>

void docker_access_cleanup(struct docker_access *access)
{
    cl_secret_free(access->password);
    *access = (struct docker_access){.password = NULL};
}

struct cl_str docker_trim_line_end(struct cl_str text)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '\n') {
        text.len--;
        if (text.len > 0 && text.ptr[text.len - 1] == '\r')
            text.len--;
    } else if (text.len > 0 && text.ptr[text.len - 1] == '\r') {
        text.len--;
    }
    return text;
}

enum cl_code docker_registry_of(const struct cl_connector *conn, struct registry_name *ret,
                                struct cl_err *err)
{
    struct cl_str given = cl_config_text(&conn->config, "registry");

    CL_TRY(registry_name_parse(given.len > 0 ? given : CL_STR(REGISTRY_HUB), ret, err));
    ret->plain_http = ret->plain_http || cl_config_bool(&conn->config, "plain_http");
    return CL_OK;
}

/* The most explicit word counts: the attribute, what stands behind the registry, then the id. */
static struct cl_str repository_of(const struct cl_connector *conn,
                                   const struct registry_name *registry,
                                   const struct registry_name *id)
{
    struct cl_str own = cl_config_text(&conn->config, "repository");

    if (own.len == 0)
        own = cl_str_of(registry->repository);
    if (own.len == 0 && strcmp(id->host, registry->host) == 0)
        own = cl_str_of(id->repository);
    /* A single word on Docker Hub is a name space: there is nothing to pull. */
    if (strcmp(registry->host, REGISTRY_HUB) == 0 && cl_str_find(own, '/') == own.len)
        return CL_STR_NONE;
    return own;
}

static void choose_repository(const struct cl_connector *conn, struct docker_access *access)
{
    struct registry_name id = {.host = ""};
    struct cl_err ignored = CL_ERR_NONE;

    /* An id that is none has been refused before; here it merely names no repository. */
    if (conn->resource_id != NULL)
        CL_IGNORE(registry_name_parse(cl_str_of(conn->resource_id), &id, &ignored));
    (void)snprintf(access->repository, sizeof(access->repository), "%.*s",
                   CL_STR_ARG(repository_of(conn, &access->name, &id)));
}

/* What the user confirmed, else the token server that this registry had before. */
static struct cl_str realm_pin(const struct cl_connector *conn, const char *host)
{
    struct cl_str given = cl_config_text(&conn->config, "auth_realm_pin");
    const char *known_host = cl_map_get(&conn->facts, DOCKER_FACT_REALM_OF);

    if (given.len > 0)
        return given;
    if (known_host == NULL || strcmp(known_host, host) != 0)
        return CL_STR_NONE;
    return cl_str_of(cl_map_get(&conn->facts, DOCKER_FACT_REALM));
}

static enum cl_code open_password(const struct cl_connector *conn, struct docker_access *access,
                                  struct cl_err *err)
{
    struct cl_str password = cl_secret_expose(cl_config_secret(&conn->config, "password"));

    return cl_secret_new(docker_trim_line_end(password), &access->password, err);
}

enum cl_code docker_access_open(const struct cl_connector *conn, struct docker_access *access,
                                struct cl_err *err)
{
    CL_TRY(docker_registry_of(conn, &access->name, err));
    CL_TRY(open_password(conn, access, err));
    choose_repository(conn, access);
    access->config = (struct registry_config){
        .host = cl_str_of(access->name.host),
        .plain_http = access->name.plain_http,
        .username = cl_config_secret(&conn->config, "username"),
        .password = access->password,
        .client_cert = cl_config_secret(&conn->config, "client_certificate"),
        .client_key = cl_config_secret(&conn->config, "client_key"),
        .insecure = cl_config_bool(&conn->config, "insecure"),
        .realm_pin = realm_pin(conn, access->name.host),
        .ca_pem = cl_config_text(&conn->config, "ca_bundle"),
    };
    return CL_OK;
}
