#include "connectors/docker/ops.h"

/* clang-format off */

const char docker_text_type[] =
    "Keeps the user name and password of one container registry, or a token in the password's\n"
    "place, and hands them to whoever is to pull or push images.\n"
    "\n"
    "It works with Docker Hub and with every registry that speaks the Docker Registry or OCI\n"
    "distribution protocol: GitHub, GitLab, Quay, Harbor, Nexus, Artifactory, or one of your own.\n"
    "The registries of AWS are better reached with a connector of type `aws`, whose passwords\n"
    "expire by themselves.\n"
    "\n"
    "The credentials are tried out against the registry itself. Neither a Docker client nor a\n"
    "Docker daemon is needed.\n";

const char docker_text_registry[] =
    "One container registry. Clients receive the user name and password that any Docker or OCI\n"
    "client can log in with.\n"
    "\n"
    "What the account needs are the permissions to pull, and to push where that is wanted, on the\n"
    "repositories that are used. If `repository` is set, or a repository stands behind the\n"
    "registry's name, verification checks that it may be pulled.\n"
    "\n"
    "There is one resource of this type for each connector. It can be named in any of these forms;\n"
    "a repository behind the host is not part of its name:\n"
    "\n"
    "- registry host (canonical resource name): {host}[:{port}]\n"
    "- registry URL: https://{host}[:{port}][/{repository-name}]\n"
    "- Docker Hub: docker.io[/{repository-name}] or {repository-name}\n";

const char docker_text_password[] =
    "A user name and a password. Give an access token instead of the password where the registry\n"
    "has such tokens: it can be limited to what is needed, and revoked alone. Docker Hub refuses\n"
    "the password of an account with two-factor authentication.\n"
    "\n"
    "Clients receive what is stored, as it is: registries have no way to issue a password for a\n"
    "limited time.\n"
    "\n"
    "If the registry has passwords checked by a token server, Cleat sends the password there only\n"
    "if the server belongs to the registry's own domain or is named in `auth_realm_pin`, and from\n"
    "then on to no other.\n";
