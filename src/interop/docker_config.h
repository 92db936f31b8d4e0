#ifndef CLEAT_INTEROP_DOCKER_CONFIG_H
#define CLEAT_INTEROP_DOCKER_CONFIG_H

#include "base/world.h"
#include "interop/json_edit.h"

/*
 * The files in which Docker, and podman, buildah and skopeo, look for a registry's credential:
 * where they are, what they say about one registry, and how Cleat's entry gets in and out.
 * Sources: docker-credential-helpers, README; containers-auth.json(5); Docker CLI, "login".
 */

/* Whose helper `docker-credential-cleat` is, as such files name it. */
#define CL_DOCKER_HELPER "cleat"
#define CL_DOCKER_HELPER_PROGRAM "docker-credential-" CL_DOCKER_HELPER

/* In the order in which podman prefers them, but for Docker's own, which stands first. */
enum cl_docker_file {
    CL_DOCKER_CONFIG,  /* $DOCKER_CONFIG/config.json, ~/.docker/config.json */
    CL_PODMAN_RUNTIME, /* $XDG_RUNTIME_DIR/containers/auth.json, /run/containers/UID/auth.json */
    CL_PODMAN_AUTH,    /* $REGISTRY_AUTH_FILE, ~/.config/containers/auth.json */
    CL_DOCKER_LEGACY,  /* ~/.dockercfg, in which nothing stands around the registries */
};

/**
 * Where the file is, whether it exists or not. Owned by the caller.
 *
 * podman writes a file that is gone after a reboot and reads the one in the configuration folder
 * behind it; an entry that is to last stands in the latter.
 */
enum cl_code cl_docker_path(const struct cl_world *world, enum cl_docker_file file, char **ret,
                            struct cl_err *err) CL_MUST_USE;

/** Do podman and its kind read the file at all? A variable may name the one that they read. */
bool cl_podman_reads(const struct cl_world *world, enum cl_docker_file file);

/** What the file calls a registry: its canonical id, but Docker has a name of its own for Docker
 *  Hub. Borrowed from `id`, or static. */
const char *cl_docker_key(enum cl_docker_file file, const char *id);

/**
 * Does it name a server, as keys of such files and questions to a helper do? A first part without
 * dot and port would be a repository on Docker Hub in the name of an image; here it is a host of
 * somebody's own network, and Docker Hub's password is not for it.
 */
bool cl_docker_names_server(struct cl_str key);

/* --- one registry's entries ----------------------------------------------------------------- */

enum cl_docker_put {
    CL_DOCKER_HELP,  /* its credentials come from Cleat's helper */
    CL_DOCKER_WRITE, /* the credential itself */
    CL_DOCKER_MARK,  /* that another helper, which the file names, has it */
    CL_DOCKER_CLEAR, /* neither */
};

struct cl_docker_edit {
    struct cl_str text; /* the file as it is */
    const char *key;    /* cl_docker_key() */
    enum cl_docker_put put;
    struct cl_str auth; /* CL_DOCKER_WRITE: standard base64 of user:password */
    bool own_auth;      /* what stands in the file under "auths" is what Cleat wrote */
    bool overwrite;     /* also what Cleat did not write */
};

/**
 * @param ret          the new file
 * @param ret_emptied  CL_DOCKER_CLEAR: `ret` is no JSON any more, nothing was there but this entry
 * @return CL_OK, CL_E_CONFLICT (another helper, or a credential that Cleat did not write),
 *         CL_E_NOT_FOUND (CL_DOCKER_CLEAR: nothing of Cleat's), CL_E_INVALID (not such a file)
 */
enum cl_code cl_docker_edit(const struct cl_docker_edit *edit, struct cl_buf *ret,
                            bool *ret_emptied, struct cl_err *err) CL_MUST_USE;

/* --- reading -------------------------------------------------------------------------------- */

/* What a file says about a registry. Zero-initialised is nothing. */
struct cl_docker_entry {
    char *helper;       /* the helper to ask; NULL: none */
    bool helper_is_all; /* it is the one for every registry without its own (credsStore) */
    bool has_auth;      /* a credential stands in the file itself */
    bool is_named;      /* something stands there, if only a mark for a helper's */
};
void cl_docker_entry_cleanup(struct cl_docker_entry *entry);

/** CL_E_INVALID when the text is no such file. Nothing but blanks is an empty one. */
enum cl_code cl_docker_entry_read(struct cl_str text, const char *key, struct cl_docker_entry *ret,
                                  struct cl_err *err) CL_MUST_USE;

#endif
