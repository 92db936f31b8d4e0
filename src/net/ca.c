#include "net/ca.h"

#define SYSTEM_DIRECTORY "/etc/ssl/certs"
#define SYSTEM_BUNDLE SYSTEM_DIRECTORY "/ca-certificates.crt"

static const char *non_empty(const char *path)
{
    return path == NULL || path[0] == '\0' ? NULL : path;
}

static bool exists(const struct cl_world *world, const char *path)
{
    struct cl_file_info info = {.exists = false};
    struct cl_err ignored = CL_ERR_NONE;

    return world->stat_file(world->ctx, path, &info, &ignored) == CL_OK && info.exists;
}

/* By authorities that no system goes without: OpenSSL's hashes of their names. */
static bool is_system_directory_hashed(const struct cl_world *world)
{
    static const char *const links[] = {
        SYSTEM_DIRECTORY "/4042bcee.0", /* ISRG Root X1 */
        SYSTEM_DIRECTORY "/ce5e74ef.0", /* Amazon Root CA 1 */
    };

    for (size_t i = 0; i < CL_COUNT(links); i++) {
        if (exists(world, links[i]))
            return true;
    }
    return false;
}

/* The bundle to load besides the directory, or NULL. */
static const char *system_file(const struct cl_world *world, bool is_system_directory)
{
    const char *named = non_empty(world->env(world->ctx, "SSL_CERT_FILE"));

    if (!is_system_directory || (named != NULL && strcmp(named, SYSTEM_BUNDLE) != 0))
        return named;
    if (is_system_directory_hashed(world))
        return NULL; /* the same certificates once more */
    return named != NULL || exists(world, SYSTEM_BUNDLE) ? SYSTEM_BUNDLE : NULL;
}

struct cl_ca cl_ca_choose(const struct cl_world *world, const char *file)
{
    const char *directory = non_empty(world->env(world->ctx, "SSL_CERT_DIR"));
    struct cl_ca ca = {.directory = directory == NULL ? SYSTEM_DIRECTORY : directory,
                       .file = non_empty(file)};
    const char *system = system_file(world, strcmp(ca.directory, SYSTEM_DIRECTORY) == 0);

    if (ca.file == NULL) {
        ca.file = system;
    } else {
        ca.second = system;
    }
    return ca;
}

struct cl_ca cl_ca_only(const char *file)
{
    return (struct cl_ca){.file = non_empty(file)};
}
