#include "net/ssh_lib.h"

#include <pthread.h>

#include "base/library.h"
#include "crypto/digest.h"

/*
 * The exception to "no globals": a library is loaded once per process, whoever asks first.
 * `loading` guards both; nothing is written once `is_ready` is set.
 */
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static struct cl_ssh_lib functions;
static bool is_ready;

static enum cl_code load(struct cl_err *err)
{
    struct cl_ssh_lib found = {.ssh_new = NULL};
    void *library = NULL;

    /* First: libssh would initialise OpenSSL with the configuration file. */
    CL_TRY(cl_crypto_init(err));
    CL_TRY(cl_library_open("libssh.so.4", "libssh-4", &library, err));
#define CL_SSH_FIND(name) \
    CL_TRY(cl_library_find(library, #name, &found.name, sizeof(found.name), err));
    CL_SSH_FUNCTIONS(CL_SSH_FIND)
#undef CL_SSH_FIND
    functions = found;
    is_ready = true;
    return CL_OK;
}

enum cl_code cl_ssh_lib_get(const struct cl_ssh_lib **ret, struct cl_err *err)
{
    (void)pthread_mutex_lock(&loading);
    enum cl_code code = is_ready ? CL_OK : load(err);
    (void)pthread_mutex_unlock(&loading);
    if (code == CL_OK)
        *ret = &functions;
    return code;
}
