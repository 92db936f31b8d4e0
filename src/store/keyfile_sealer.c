#include "store/keyfile_sealer.h"

#include <assert.h>
#include <pthread.h>

#include "base/alloc.h"
#include "crypto/aead.h"
#include "store/db.h"
#include "store/keyfile.h"

#define FORMAT_VERSION '\x01'
#define HEADER_BYTES (1 + CL_DATA_KEY_ID_CHARS)
#define PLAIN_MAX_BYTES ((size_t)4 << 20U)
#define CONTEXT_MAX_BYTES 4096

struct open_key {
    char id[CL_DATA_KEY_ID_CHARS + 1];
    struct cl_secret *key;
};

/* The unwrapped data keys, oldest first. Does not change once it is published. */
struct ring {
    struct ring *older; /* one that was published before; somebody may still use it */
    struct open_key *keys;
    size_t count;
};

struct keyfile_sealer {
    struct cl_sealer sealer; /* first */
    const struct cl_world *world;
    char *folder;
    char *path;
    struct cl_key_table table;
    pthread_mutex_t lock;
    struct ring *ring; /* guarded by `lock`; NULL until something is sealed or opened */
};

static void ring_free(struct ring *ring)
{
    while (ring != NULL) {
        struct ring *older = ring->older;
        for (size_t i = 0; i < ring->count; i++)
            cl_secret_free(ring->keys[i].key);
        cl_free(ring->keys);
        cl_free(ring);
        ring = older;
    }
}

static void ring_cleanup(struct ring **ring)
{
    ring_free(*ring);
}

static const struct open_key *ring_find(const struct ring *ring, struct cl_str id)
{
    for (size_t i = 0; ring != NULL && i < ring->count; i++) {
        if (cl_str_eq_c(id, ring->keys[i].id))
            return &ring->keys[i];
    }
    return NULL;
}

/* What a data key is wrapped for. */
static enum cl_code wrap_context(const struct cl_data_key *key, struct cl_buf *ret,
                                 struct cl_err *err)
{
    cl_buf_addf(ret, "cleat data key 1\n%s\n%s", key->id, key->wrapped_by);
    return cl_buf_ok(ret, err);
}

static enum cl_code lost(const struct keyfile_sealer *self, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_FAILED,
                     "key file '%s' is missing, and the store holds secrets that only it can open",
                     self->path);
    return cl_err_hint(err, "Put it back from a backup. If there is none, move '" CL_DB_FILE
                            "' away and register the connectors again.");
}

static enum cl_code wrong(const struct keyfile_sealer *self, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_FAILED, "key file '%s' does not belong to this store", self->path);
    return cl_err_hint(err, "Put back the key file that was made with the store; nothing was "
                            "changed.");
}

/* CL_E_FAILED with the reason, whatever the cipher called it. */
static enum cl_code unwrap(const struct keyfile_sealer *self, const struct cl_keyfile *file,
                           const struct cl_data_key *key, struct open_key *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf context = CL_BUF(CONTEXT_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF_SECRET(CL_DATA_KEY_WRAPPED_MAX);

    CL_TRY(wrap_context(key, &context, err));
    enum cl_code rc =
        cl_aead_open(file->key, cl_buf_view(&context), cl_buf_view(&key->wrapped), &plain, err);
    if (rc == CL_E_SECRET_STORE || (rc == CL_OK && plain.len != CL_AEAD_KEY_BYTES))
        return wrong(self, err);
    CL_TRY(rc);
    (void)memcpy(ret->id, key->id, sizeof(ret->id));
    return cl_secret_new(cl_buf_view(&plain), &ret->key, err);
}

static enum cl_code unwrap_all(const struct keyfile_sealer *self, const struct cl_keyfile *file,
                               const struct cl_data_keys *keys, struct ring **ret,
                               struct cl_err *err)
{
    CL_AUTO(ring) struct ring *ring = cl_alloc(sizeof(*ring));

    if (ring == NULL)
        return cl_err_no_memory(err);
    ring->keys = cl_array_alloc(keys->count, sizeof(*ring->keys));
    if (ring->keys == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < keys->count; i++) {
        CL_TRY(unwrap(self, file, &keys->items[i], &ring->keys[i], err));
        ring->count++;
    }
    *ret = CL_MOVE(ring);
    return CL_OK;
}

/* What is there: either may be missing. */
static enum cl_code read_both(struct keyfile_sealer *self, struct cl_keyfile *file,
                              struct cl_data_keys *keys, struct cl_err *err)
{
    struct cl_err absent = CL_ERR_NONE;
    enum cl_code rc = cl_keyfile_read(self->world, self->path, file, &absent);

    if (rc != CL_OK && rc != CL_E_NOT_FOUND) {
        *err = absent;
        return rc;
    }
    return self->table.load(self->table.ctx, keys, err);
}

static enum cl_code make_keyfile(struct keyfile_sealer *self, struct cl_keyfile *ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};
    bool secrets = false;

    CL_TRY(self->table.holds_secrets(self->table.ctx, &secrets, err));
    if (secrets)
        return lost(self, err);
    CL_TRY(cl_keyfile_new(self->world, &file, err));
    CL_TRY(cl_keyfile_create(self->world, self->path, &file, err));
    *ret = file;
    file.key = NULL;
    return CL_OK;
}

static enum cl_code new_key_id(const struct cl_world *world, char ret[CL_DATA_KEY_ID_CHARS + 1],
                               struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf hex = CL_BUF(CL_DATA_KEY_ID_CHARS);
    unsigned char bytes[CL_DATA_KEY_ID_CHARS / 2];

    CL_TRY(world->random(world->ctx, bytes, sizeof(bytes), err));
    cl_buf_add_hex(&hex, bytes, sizeof(bytes));
    CL_TRY(cl_buf_ok(&hex, err));
    (void)memcpy(ret, hex.ptr, CL_DATA_KEY_ID_CHARS + 1);
    return CL_OK;
}

static enum cl_code make_data_key(struct keyfile_sealer *self, const struct cl_keyfile *file,
                                  struct cl_data_keys *keys, struct cl_err *err)
{
    CL_AUTO(cl_data_key) struct cl_data_key key = {.wrapped = CL_BUF(CL_DATA_KEY_WRAPPED_MAX)};
    CL_AUTO(cl_secret) struct cl_secret *plain = NULL;
    CL_AUTO(cl_buf) struct cl_buf context = CL_BUF(CONTEXT_MAX_BYTES);

    CL_TRY(new_key_id(self->world, key.id, err));
    (void)memcpy(key.wrapped_by, file->id, sizeof(key.wrapped_by));
    CL_TRY(wrap_context(&key, &context, err));
    CL_TRY(cl_aead_key_new(self->world, &plain, err));
    struct cl_str bytes = cl_secret_expose(plain);
    CL_TRY(cl_aead_seal(self->world, file->key, cl_buf_view(&context), bytes, &key.wrapped, err));
    CL_TRY(self->table.start(self->table.ctx, &key, err));
    cl_data_keys_cleanup(keys);
    return cl_data_keys_append(keys, &key, err);
}

/* Several processes may come here at once: one makes the keys, the others find them. */
static enum cl_code make_missing(struct keyfile_sealer *self, struct cl_keyfile *file,
                                 struct cl_data_keys *keys, struct cl_err *err)
{
    CL_AUTO(cl_db_lock) struct cl_db_lock lock = {.world = NULL};
    bool fresh = false;

    CL_TRY(cl_db_lock_folder(self->world, self->folder, &lock, err));
    cl_keyfile_cleanup(file);
    cl_data_keys_cleanup(keys);
    CL_TRY(read_both(self, file, keys, err));
    if (file->key == NULL) {
        CL_TRY(make_keyfile(self, file, err));
        fresh = true;
    }
    return fresh || keys->count == 0 ? make_data_key(self, file, keys, err) : CL_OK;
}

static enum cl_code check_owner(const struct keyfile_sealer *self, const struct cl_keyfile *file,
                                const struct cl_data_keys *keys, struct cl_err *err)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (strcmp(keys->items[i].wrapped_by, file->id) != 0)
            return wrong(self, err);
    }
    return CL_OK;
}

/* Nothing waits for anything under a lock of ours here: two threads may both do this. */
static enum cl_code load_ring(struct keyfile_sealer *self, struct ring **ret, struct cl_err *err)
{
    CL_AUTO(cl_keyfile) struct cl_keyfile file = {.key = NULL};
    CL_AUTO(cl_data_keys) struct cl_data_keys keys = {.items = NULL};

    CL_TRY(read_both(self, &file, &keys, err));
    if (file.key == NULL || keys.count == 0)
        CL_TRY(make_missing(self, &file, &keys, err));
    CL_TRY(check_owner(self, &file, &keys, err));
    return unwrap_all(self, &file, &keys, ret, err);
}

static const struct ring *current_ring(struct keyfile_sealer *self)
{
    (void)pthread_mutex_lock(&self->lock);
    const struct ring *ring = self->ring;
    (void)pthread_mutex_unlock(&self->lock);
    return ring;
}

/* Keeps the ring that knows more keys, and drops the other. */
static const struct ring *publish(struct keyfile_sealer *self, struct ring *fresh)
{
    struct ring *unused = NULL;

    (void)pthread_mutex_lock(&self->lock);
    if (self->ring == NULL || self->ring->count < fresh->count) {
        fresh->older = self->ring;
        self->ring = fresh;
    } else {
        unused = fresh;
    }
    const struct ring *ring = self->ring;
    (void)pthread_mutex_unlock(&self->lock);
    ring_free(unused);
    return ring;
}

static enum cl_code unlock(struct keyfile_sealer *self, bool again, const struct ring **ret,
                           struct cl_err *err)
{
    struct ring *fresh = NULL;

    *ret = current_ring(self);
    if (*ret != NULL && !again)
        return CL_OK;
    CL_TRY(load_ring(self, &fresh, err));
    assert(fresh != NULL);
    *ret = publish(self, fresh);
    return CL_OK;
}

/* Header and context: what a value is bound to. */
static enum cl_code bound_to(struct cl_str header, struct cl_str context, struct cl_buf *ret,
                             struct cl_err *err)
{
    cl_buf_add(ret, header);
    cl_buf_add(ret, context);
    return cl_buf_ok(ret, err);
}

static enum cl_code seal(struct cl_sealer *sealer, struct cl_str context, struct cl_str plain,
                         struct cl_buf *ret, struct cl_err *err)
{
    struct keyfile_sealer *self = (struct keyfile_sealer *)sealer;
    CL_AUTO(cl_buf) struct cl_buf bound = CL_BUF(CONTEXT_MAX_BYTES);
    char header[HEADER_BYTES] = {FORMAT_VERSION};
    const struct ring *ring = NULL;
    size_t before = ret->len;

    CL_TRY(unlock(self, false, &ring, err));
    const struct open_key *key = &ring->keys[ring->count - 1];
    (void)memcpy(header + 1, key->id, CL_DATA_KEY_ID_CHARS);
    CL_TRY(bound_to(cl_str_make(header, sizeof(header)), context, &bound, err));
    cl_buf_add(ret, cl_str_make(header, sizeof(header)));
    CL_TRY(cl_buf_ok(ret, err));
    enum cl_code rc = cl_aead_seal(self->world, key->key, cl_buf_view(&bound), plain, ret, err);
    if (rc != CL_OK)
        cl_buf_truncate(ret, before);
    return rc;
}

static enum cl_code unopenable(struct cl_err *err, const char *why)
{
    (void)cl_err_set(err, CL_E_FAILED, "%s", why);
    return cl_err_hint(err, "Restore the store from a backup, or enter the secret again.");
}

/* The key of a sealed value; another process may have added it since we looked. */
static enum cl_code key_of(struct keyfile_sealer *self, struct cl_str sealed,
                           const struct open_key **ret, struct cl_err *err)
{
    struct cl_str id = cl_str_first(cl_str_skip(sealed, 1), CL_DATA_KEY_ID_CHARS);
    const struct ring *ring = NULL;

    if (sealed.len < HEADER_BYTES + CL_AEAD_OVERHEAD_BYTES)
        return unopenable(err, "sealed value is cut short");
    if (sealed.ptr[0] != FORMAT_VERSION)
        return unopenable(err, "sealed value has a format that this program does not know");
    CL_TRY(unlock(self, false, &ring, err));
    *ret = ring_find(ring, id);
    if (*ret != NULL)
        return CL_OK;
    CL_TRY(unlock(self, true, &ring, err));
    *ret = ring_find(ring, id);
    return *ret != NULL ? CL_OK : unopenable(err, "sealed value needs a key that is not here");
}

static enum cl_code open_sealed(struct cl_sealer *sealer, struct cl_str context,
                                struct cl_str sealed, struct cl_secret **ret, struct cl_err *err)
{
    struct keyfile_sealer *self = (struct keyfile_sealer *)sealer;
    CL_AUTO(cl_buf) struct cl_buf bound = CL_BUF(CONTEXT_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF_SECRET(PLAIN_MAX_BYTES);
    const struct open_key *key = NULL;

    CL_TRY(key_of(self, sealed, &key, err));
    assert(key != NULL);
    CL_TRY(bound_to(cl_str_first(sealed, HEADER_BYTES), context, &bound, err));
    enum cl_code rc =
        cl_aead_open(key->key, cl_buf_view(&bound), cl_str_skip(sealed, HEADER_BYTES), &plain, err);
    if (rc == CL_E_SECRET_STORE)
        return unopenable(err, "sealed value was changed, or belongs elsewhere");
    CL_TRY(rc);
    return cl_secret_new(cl_buf_view(&plain), ret, err);
}

static void sealer_free(struct cl_sealer *sealer)
{
    struct keyfile_sealer *self = (struct keyfile_sealer *)sealer;

    if (self == NULL)
        return;
    ring_free(self->ring);
    (void)pthread_mutex_destroy(&self->lock);
    cl_free(self->path);
    cl_free(self->folder);
    cl_free(self);
}

static const struct cl_sealer_ops ops = {.seal = seal, .open = open_sealed, .free = sealer_free};

static enum cl_code copy_paths(struct keyfile_sealer *self, const char *folder, struct cl_err *err)
{
    CL_TRY(cl_str_dup(cl_str_of(folder), &self->folder, err));
    return cl_db_path(folder, CL_KEYFILE_NAME, &self->path, err);
}

enum cl_code cl_keyfile_sealer_new(const struct cl_world *world, const char *folder,
                                   const struct cl_key_table *table, struct cl_sealer **ret,
                                   struct cl_err *err)
{
    struct keyfile_sealer *self = cl_alloc(sizeof(*self));

    if (self == NULL)
        return cl_err_no_memory(err);
    self->sealer.ops = &ops;
    self->world = world;
    self->table = *table;
    (void)pthread_mutex_init(&self->lock, NULL); /* never fails on Linux */
    enum cl_code rc = copy_paths(self, folder, err);
    if (rc != CL_OK) {
        sealer_free(&self->sealer);
        return rc;
    }
    *ret = &self->sealer;
    return CL_OK;
}
