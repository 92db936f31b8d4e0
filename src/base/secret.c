#include "base/secret.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/alloc.h"

#define SECRET_MAX_BYTES ((size_t)4 << 20U) /* a whole known_hosts file may be an argument */

struct cl_secret {
    char *bytes; /* own mapping */
    size_t len;
    size_t mapped;
};

static size_t pages_for(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (bytes + page - 1) / page * page;
}

enum cl_code cl_secret_new(struct cl_str bytes, struct cl_secret **ret, struct cl_err *err)
{
    if (bytes.len > SECRET_MAX_BYTES)
        return cl_err_set(err, CL_E_INVALID, "secret is longer than %zu bytes", SECRET_MAX_BYTES);
    struct cl_secret *secret = cl_alloc(sizeof(*secret));
    if (secret == NULL)
        return cl_err_no_memory(err);
    secret->mapped = pages_for(bytes.len + 1);
    void *map =
        mmap(NULL, secret->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) {
        cl_free(secret);
        return cl_err_no_memory(err);
    }
    /* Both are best effort: a low lock limit must not stop the program. */
    (void)mlock(map, secret->mapped);
    (void)madvise(map, secret->mapped, MADV_DONTDUMP);
    secret->bytes = map;
    secret->len = bytes.len;
    if (bytes.len > 0)
        (void)memcpy(secret->bytes, bytes.ptr, bytes.len);
    *ret = secret;
    return CL_OK;
}

/* NULL is the empty secret. */
static struct cl_str bytes_of(const struct cl_secret *secret)
{
    return secret == NULL ? CL_STR_NONE : cl_str_make(secret->bytes, secret->len);
}

enum cl_code cl_secret_copy(const struct cl_secret *from, struct cl_secret **ret,
                            struct cl_err *err)
{
    return cl_secret_new(bytes_of(from), ret, err);
}

bool cl_secret_eq(const struct cl_secret *a, const struct cl_secret *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->len == b->len && CRYPTO_memcmp(a->bytes, b->bytes, a->len) == 0;
}

struct cl_str cl_secret_expose(const struct cl_secret *secret)
{
    return bytes_of(secret);
}

void cl_secret_free(struct cl_secret *secret)
{
    if (secret == NULL)
        return;
    OPENSSL_cleanse(secret->bytes, secret->mapped);
    (void)munmap(secret->bytes, secret->mapped);
    cl_free(secret);
}

void cl_secret_cleanup(struct cl_secret **secret)
{
    cl_secret_free(*secret);
}

void cl_process_harden(struct cl_process_before *ret)
{
    /* Best effort each: an old kernel or a container may refuse, which must not stop the program.
     */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    ret->known = getrlimit(RLIMIT_CORE, &ret->core) == 0;
    /* The hard limit stays, because nobody could raise it again for the program that comes next. */
    struct rlimit none = {.rlim_cur = 0, .rlim_max = ret->known ? ret->core.rlim_max : 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    ret->file_mask = umask(077);
}

void cl_process_hand_over(const struct cl_process_before *before)
{
    if (!before->known)
        return;
    (void)umask(before->file_mask);
    (void)setrlimit(RLIMIT_CORE, &before->core);
}
