#include "clouds/aws/signer.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/buf.h"

/* More than the regions and services that one discovery run talks to with one key. */
#define CACHED_KEYS 16

/* Longest secret key (128), day, region and service. */
#define SCOPE_MAX_BYTES 512

struct cached_key {
    unsigned char id[CL_SHA256_BYTES]; /* of secret key and scope: no second copy of the secret */
    struct cl_secret *key;             /* NULL: free */
};

struct aws_signer {
    pthread_mutex_t lock; /* guards keys and next */
    struct cached_key keys[CACHED_KEYS];
    size_t next; /* replaced next: the oldest */
    _Atomic int64_t clock_offset_s;
    struct cl_retry_quota retries;
};

enum cl_code aws_signer_new(struct aws_signer **ret, struct cl_err *err)
{
    struct aws_signer *signer = cl_alloc(sizeof(*signer));

    if (signer == NULL)
        return cl_err_no_memory(err);
    if (pthread_mutex_init(&signer->lock, NULL) != 0) {
        cl_free(signer);
        return cl_err_no_memory(err);
    }
    *ret = signer;
    return CL_OK;
}

void aws_signer_free(struct aws_signer *signer)
{
    if (signer == NULL)
        return;
    for (size_t i = 0; i < CACHED_KEYS; i++)
        cl_secret_free(signer->keys[i].key);
    (void)pthread_mutex_destroy(&signer->lock);
    cl_free(signer);
}

void aws_signer_cleanup(struct aws_signer **signer)
{
    aws_signer_free(*signer);
}

static struct cl_str digest_view(const unsigned char digest[CL_SHA256_BYTES])
{
    return cl_str_make((const char *)digest, CL_SHA256_BYTES);
}

/* The chain of four: each step's result is the next one's key. */
static enum cl_code derive(struct cl_str secret_access_key, const struct aws_key_scope *scope,
                           unsigned char ret[CL_SHA256_BYTES], struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf first = CL_BUF_SECRET(SCOPE_MAX_BYTES);
    const struct cl_str steps[] = {scope->region, scope->service, CL_STR("aws4_request")};
    unsigned char key[CL_SHA256_BYTES];
    enum cl_code code;

    cl_buf_add(&first, CL_STR("AWS4"));
    cl_buf_add(&first, secret_access_key);
    CL_TRY(cl_buf_ok(&first, err));
    code = cl_hmac_sha256(cl_buf_view(&first), scope->day, key, err);
    for (size_t i = 0; i < CL_COUNT(steps) && code == CL_OK; i++)
        code = cl_hmac_sha256(digest_view(key), steps[i], key, err);
    if (code == CL_OK)
        (void)memcpy(ret, key, CL_SHA256_BYTES);
    cl_wipe(key, sizeof(key));
    return code;
}

static enum cl_code cache_id(struct cl_str secret_access_key, const struct aws_key_scope *scope,
                             unsigned char ret[CL_SHA256_BYTES], struct cl_err *err)
{
    const struct cl_str parts[] = {scope->day, scope->region, scope->service, secret_access_key};
    char joined[SCOPE_MAX_BYTES];
    size_t len = 0;

    for (size_t i = 0; i < CL_COUNT(parts); i++) {
        if (parts[i].len >= sizeof(joined) - len)
            return cl_err_set(err, CL_E_INVALID, "AWS secret access key or region is too long");
        (void)memcpy(joined + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
        joined[len++] = '\n';
    }
    enum cl_code code = cl_sha256(cl_str_make(joined, len), ret, err);
    cl_wipe(joined, len);
    return code;
}

/* With the lock held. */
static struct cached_key *find(struct aws_signer *signer, const unsigned char id[CL_SHA256_BYTES])
{
    for (size_t i = 0; i < CACHED_KEYS; i++) {
        if (signer->keys[i].key != NULL &&
            cl_str_eq(digest_view(signer->keys[i].id), digest_view(id)))
            return &signer->keys[i];
    }
    return NULL;
}

static bool recall(struct aws_signer *signer, const unsigned char id[CL_SHA256_BYTES],
                   unsigned char ret[CL_SHA256_BYTES])
{
    (void)pthread_mutex_lock(&signer->lock);
    const struct cached_key *hit = find(signer, id);
    if (hit != NULL)
        (void)memcpy(ret, cl_secret_expose(hit->key).ptr, CL_SHA256_BYTES);
    (void)pthread_mutex_unlock(&signer->lock);
    return hit != NULL;
}

/* Keeps `key`, whose owner is the cache from now on. */
static void remember_take(struct aws_signer *signer, const unsigned char id[CL_SHA256_BYTES],
                          struct cl_secret *key)
{
    struct cl_secret *old = key;

    (void)pthread_mutex_lock(&signer->lock);
    if (find(signer, id) == NULL) { /* another thread may have been faster */
        struct cached_key *slot = &signer->keys[signer->next];
        signer->next = (signer->next + 1) % CACHED_KEYS;
        old = slot->key;
        slot->key = key;
        (void)memcpy(slot->id, id, CL_SHA256_BYTES);
    }
    (void)pthread_mutex_unlock(&signer->lock);
    cl_secret_free(old);
}

enum cl_code aws_signer_key(struct aws_signer *signer, const struct cl_secret *secret_access_key,
                            const struct aws_key_scope *scope, unsigned char ret[CL_SHA256_BYTES],
                            struct cl_err *err)
{
    struct cl_str secret = cl_secret_expose(secret_access_key);
    unsigned char id[CL_SHA256_BYTES];
    struct cl_secret *kept = NULL;

    if (signer == NULL)
        return derive(secret, scope, ret, err);
    CL_TRY(cache_id(secret, scope, id, err));
    if (recall(signer, id, ret))
        return CL_OK;
    CL_TRY(derive(secret, scope, ret, err));
    if (cl_secret_new(digest_view(ret), &kept, err) != CL_OK) {
        cl_wipe(ret, CL_SHA256_BYTES); /* callers wipe what they are given, not failures */
        return err->code;
    }
    remember_take(signer, id, kept);
    return CL_OK;
}

int64_t aws_signer_clock_offset_s(const struct aws_signer *signer)
{
    return signer == NULL ? 0 : atomic_load(&signer->clock_offset_s);
}

void aws_signer_set_clock_offset_s(struct aws_signer *signer, int64_t offset_s)
{
    if (signer != NULL)
        atomic_store(&signer->clock_offset_s, offset_s);
}

struct cl_retry_quota *aws_signer_retry_quota(struct aws_signer *signer)
{
    return signer == NULL ? NULL : &signer->retries;
}
