#include "connectors/docker/access.h"

/* The one resource is the registry. Pure. */

enum cl_code docker_canonical_id(const struct cl_connector *conn,
                                 const struct cl_resource_type *type, struct cl_str input,
                                 char **ret, struct cl_err *err)
{
    struct registry_name name = {.host = ""};

    (void)conn;
    (void)type;
    CL_TRY(registry_name_parse(input, &name, err));
    return cl_str_dup(cl_str_of(name.host), ret, err);
}

enum cl_code docker_default_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                               char **ret, struct cl_err *err)
{
    struct registry_name name = {.host = ""};

    (void)type;
    CL_TRY(docker_registry_of(conn, &name, err));
    return cl_str_dup(cl_str_of(name.host), ret, err);
}
