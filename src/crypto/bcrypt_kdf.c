#include "crypto/bcrypt_kdf.h"

#include <openssl/evp.h>

#include "base/alloc.h"
#include "crypto/digest.h"
#include "crypto/pi_words.h"

/* Blowfish is ours: OpenSSL's offers no way to its key schedule, of which bcrypt is made. */

#define P_WORDS 18
#define S_WORDS 1024
#define STATE_WORDS (P_WORDS + S_WORDS)
#define DIGEST_BYTES 64 /* SHA-512 */
#define HASH_WORDS 8
#define HASH_BYTES 32
#define SALT_MAX 64
#define COST 64 /* schedules, and encryptions, of one hash */

_Static_assert(STATE_WORDS == CL_PI_WORDS, "the state is pi at first");

/* All that depends on the passphrase, in one piece of heap, which is wiped. */
struct work {
    uint32_t state[STATE_WORDS]; /* 18 words of P, four boxes of 256 */
    unsigned char phrase[DIGEST_BYTES];
    unsigned char salt[DIGEST_BYTES];
    unsigned char hash[HASH_BYTES];
    unsigned char sum[HASH_BYTES];
};

/* --- Blowfish ------------------------------------------------------------------------------ */

static uint32_t mix(const uint32_t *boxes, uint32_t word)
{
    uint32_t sum = boxes[word >> 24U] + boxes[256 + ((word >> 16U) & 0xFFU)];

    return (sum ^ boxes[512 + ((word >> 8U) & 0xFFU)]) + boxes[768 + (word & 0xFFU)];
}

static void encipher(const uint32_t *state, uint32_t *left, uint32_t *right)
{
    const uint32_t *boxes = state + P_WORDS;
    uint32_t l = *left;
    uint32_t r = *right;

    for (size_t i = 0; i < 16; i += 2) {
        l ^= state[i];
        r ^= mix(boxes, l);
        r ^= state[i + 1];
        l ^= mix(boxes, r);
    }
    *left = r ^ state[17];
    *right = l ^ state[16];
}

/* The next word of 64 bytes that repeat for ever. */
static uint32_t next_word(const unsigned char bytes[DIGEST_BYTES], size_t *at)
{
    uint32_t word = 0;

    for (size_t i = 0; i < 4; i++)
        word = (word << 8U) | bytes[(*at)++ % DIGEST_BYTES];
    return word;
}

/* `salt` NULL: as if it were all zeros. */
static void schedule(uint32_t *state, const unsigned char *salt, const unsigned char *key)
{
    uint32_t left = 0;
    uint32_t right = 0;
    size_t key_at = 0;
    size_t salt_at = 0;

    for (size_t i = 0; i < P_WORDS; i++)
        state[i] ^= next_word(key, &key_at);
    for (size_t i = 0; i < STATE_WORDS; i += 2) {
        if (salt != NULL) {
            left ^= next_word(salt, &salt_at);
            right ^= next_word(salt, &salt_at);
        }
        encipher(state, &left, &right);
        state[i] = left;
        state[i + 1] = right;
    }
}

/* --- bcrypt -------------------------------------------------------------------------------- */

static void hash(struct work *work)
{
    static const unsigned char text[] = "OxychromaticBlowfishSwatDynamite";
    uint32_t words[HASH_WORDS] = {0};

    for (size_t i = 0; i < 4 * (size_t)HASH_WORDS; i++)
        words[i / 4] = (words[i / 4] << 8U) | text[i];
    (void)memcpy(work->state, cl_pi_words, sizeof(work->state));
    schedule(work->state, work->salt, work->phrase);
    for (size_t i = 0; i < COST; i++) {
        schedule(work->state, NULL, work->salt);
        schedule(work->state, NULL, work->phrase);
    }
    for (size_t i = 0; i < COST; i++) {
        for (size_t j = 0; j < HASH_WORDS; j += 2)
            encipher(work->state, &words[j], &words[j + 1]);
    }
    for (size_t i = 0; i < HASH_BYTES; i++)
        work->hash[i] = (unsigned char)(words[i / 4] >> (8U * (i % 4)));
    cl_wipe(words, sizeof(words));
}

static bool digest(struct cl_str bytes, unsigned char ret[DIGEST_BYTES])
{
    size_t len = 0;

    return EVP_Q_digest(NULL, "SHA512", NULL, bytes.ptr, bytes.len, ret, &len) == 1;
}

/* One block of the key into work->sum. */
static bool make_block(struct work *work, struct cl_str salt, uint32_t number, uint32_t rounds)
{
    unsigned char salted[SALT_MAX + 4];

    (void)memcpy(salted, salt.ptr, salt.len);
    for (size_t i = 0; i < 4; i++)
        salted[salt.len + i] = (unsigned char)(number >> (8U * (3 - i)));
    if (!digest(cl_str_make((const char *)salted, salt.len + 4), work->salt))
        return false;
    hash(work);
    (void)memcpy(work->sum, work->hash, HASH_BYTES);
    for (uint32_t round = 1; round < rounds; round++) {
        if (!digest(cl_str_make((const char *)work->hash, HASH_BYTES), work->salt))
            return false;
        hash(work);
        for (size_t i = 0; i < HASH_BYTES; i++)
            work->sum[i] ^= work->hash[i];
    }
    return true;
}

/* The bytes of a block are spread over the whole key, so that no part of it costs less. */
static bool make_key(struct work *work, struct cl_str salt, uint32_t rounds, unsigned char *ret,
                     size_t len)
{
    size_t blocks = (len + HASH_BYTES - 1) / HASH_BYTES;
    size_t share = (len + blocks - 1) / blocks;

    for (size_t block = 0; block < blocks; block++) {
        if (!make_block(work, salt, (uint32_t)block + 1, rounds))
            return false;
        for (size_t i = 0; i < share && i * blocks + block < len; i++)
            ret[i * blocks + block] = work->sum[i];
    }
    return true;
}

enum cl_code cl_bcrypt_kdf(struct cl_str phrase, struct cl_str salt, uint32_t rounds,
                           unsigned char *ret, size_t len, struct cl_err *err)
{
    if (phrase.len == 0 || salt.len == 0 || salt.len > SALT_MAX || rounds == 0 ||
        rounds > CL_BCRYPT_ROUNDS_MAX || len == 0 || len > CL_BCRYPT_KEY_MAX)
        return cl_err_set(err, CL_E_INVALID, "the key derivation has settings that are not usual");
    CL_TRY(cl_crypto_init(err));
    struct work *work = cl_alloc(sizeof(*work));
    if (work == NULL)
        return cl_err_no_memory(err);
    bool done = digest(phrase, work->phrase) && make_key(work, salt, rounds, ret, len);
    cl_free(work);
    if (!done) {
        cl_wipe(ret, len);
        return cl_err_set(err, CL_E_FAILED, "OpenSSL could not hash (out of memory?)");
    }
    return CL_OK;
}
