#include "net/curl_lib.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/library.h"
#include "crypto/digest.h"

/*
 * The exception to "no globals": a library is loaded and initialised once per process, whoever
 * asks first. `loading` guards both; nothing is written once `is_ready` is set.
 */
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static struct cl_curl functions;
static bool is_ready;

/* How often libcurl was refused memory; what it then reports can be anything. */
static atomic_uint refusals;

static void *counted(void *block)
{
    if (block == NULL)
        (void)atomic_fetch_add(&refusals, 1);
    return block;
}

static void *curl_heap_alloc(size_t size)
{
    return counted(cl_alloc(size));
}

static void *curl_heap_array(size_t count, size_t size)
{
    return counted(cl_array_alloc(count, size));
}

static void *curl_heap_resize(void *old, size_t size)
{
    return counted(cl_realloc(old, size));
}

static char *curl_heap_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = counted(cl_alloc(size));

    if (copy != NULL)
        (void)memcpy(copy, text, size);
    return copy;
}

unsigned int cl_curl_refusals(void)
{
    return atomic_load(&refusals);
}

static enum cl_code open_library(struct cl_curl *ret, struct cl_err *err)
{
    void *library = NULL;

    CL_TRY(cl_library_open("libcurl.so.4", "libcurl4", &library, err));
#define CL_CURL_FIND(name) \
    CL_TRY(cl_library_find(library, "curl_" #name, &ret->name, sizeof(ret->name), err));
    CL_CURL_FUNCTIONS(CL_CURL_FIND)
#undef CL_CURL_FIND
    CL_TRY(cl_library_find(library, "SSL_CTX_set_options", &ret->tls_set_options,
                           sizeof(ret->tls_set_options), err));
    return cl_library_find(library, "SSL_CTX_set_cert_verify_callback", &ret->tls_set_verify,
                           sizeof(ret->tls_set_verify), err);
}

static enum cl_code load(struct cl_err *err)
{
    struct cl_curl found = {.easy_init = NULL};

    /* First: libcurl would initialise OpenSSL with the configuration file. */
    CL_TRY(cl_crypto_init(err));
    CL_TRY(open_library(&found, err));
    if (found.global_init_mem == NULL ||
        found.global_init_mem(CURL_GLOBAL_DEFAULT, curl_heap_alloc, cl_free, curl_heap_resize,
                              curl_heap_copy, curl_heap_array) != CURLE_OK)
        return cl_err_set(err, CL_E_INTERNAL, "libcurl cannot be initialised");
    functions = found;
    is_ready = true;
    return CL_OK;
}

enum cl_code cl_curl_get(const struct cl_curl **ret, struct cl_err *err)
{
    (void)pthread_mutex_lock(&loading);
    enum cl_code code = is_ready ? CL_OK : load(err);
    (void)pthread_mutex_unlock(&loading);
    if (code == CL_OK)
        *ret = &functions;
    return code;
}
