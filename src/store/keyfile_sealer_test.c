#include "store/keyfile_sealer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "fake_world.h"
#include "test.h"

#define FOLDER "/state"
#define PATH FOLDER "/key"
#define HEADER_BYTES 17
#define PLAIN "canary-plain"

/* A key table in memory. */
struct table {
    pthread_mutex_t lock;
    struct cl_data_keys keys;
    bool secrets; /* what holds_secrets says */
    int starts;
    enum cl_code fails; /* every function fails with this */
};

struct bench {
    struct fake_world *fake;
    struct table table;
    struct cl_key_table ops;
    struct cl_sealer *sealer;
};

static enum cl_code copy_key(const struct cl_data_key *from, struct cl_data_keys *to,
                             struct cl_err *err)
{
    CL_AUTO(cl_data_key) struct cl_data_key key = *from;

    key.wrapped = (struct cl_buf)CL_BUF(CL_DATA_KEY_WRAPPED_MAX);
    cl_buf_add(&key.wrapped, cl_buf_view(&from->wrapped));
    CL_TRY(cl_buf_ok(&key.wrapped, err));
    return cl_data_keys_append(to, &key, err);
}

static enum cl_code load(void *ctx, struct cl_data_keys *ret, struct cl_err *err)
{
    struct table *table = ctx;
    enum cl_code rc = CL_OK;

    if (table->fails != CL_OK)
        return cl_err_set(err, table->fails, "the table fails");
    (void)pthread_mutex_lock(&table->lock);
    for (size_t i = 0; rc == CL_OK && i < table->keys.count; i++)
        rc = copy_key(&table->keys.items[i], ret, err);
    (void)pthread_mutex_unlock(&table->lock);
    return rc;
}

static enum cl_code holds_secrets(void *ctx, bool *ret, struct cl_err *err)
{
    struct table *table = ctx;

    if (table->fails != CL_OK)
        return cl_err_set(err, table->fails, "the table fails");
    *ret = table->secrets;
    return CL_OK;
}

static enum cl_code start(void *ctx, const struct cl_data_key *key, struct cl_err *err)
{
    struct table *table = ctx;

    (void)pthread_mutex_lock(&table->lock);
    cl_data_keys_cleanup(&table->keys);
    enum cl_code rc = copy_key(key, &table->keys, err);
    table->starts++;
    (void)pthread_mutex_unlock(&table->lock);
    return rc;
}

static struct cl_sealer *new_sealer(struct bench *bench)
{
    struct cl_sealer *sealer = NULL;
    struct cl_err err;

    assert_ok(cl_keyfile_sealer_new(fake_world(bench->fake), FOLDER, &bench->ops, &sealer, &err),
              &err);
    return sealer;
}

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct cl_err err;

    assert_non_null(bench);
    bench->fake = fake_world_new();
    const struct cl_world *world = fake_world(bench->fake);
    assert_ok(world->make_dir(world->ctx, FOLDER, 0700, &err), &err);
    (void)pthread_mutex_init(&bench->table.lock, NULL);
    bench->ops = (struct cl_key_table){
        .ctx = &bench->table, .load = load, .holds_secrets = holds_secrets, .start = start};
    bench->sealer = new_sealer(bench);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    bench->sealer->ops->free(bench->sealer);
    cl_data_keys_cleanup(&bench->table.keys);
    (void)pthread_mutex_destroy(&bench->table.lock);
    fake_world_free(bench->fake);
    free(bench);
    return 0;
}

static struct cl_buf seal(struct cl_sealer *sealer, const char *context, const char *plain)
{
    struct cl_buf sealed = CL_BUF(65536);
    struct cl_err err;

    assert_ok(sealer->ops->seal(sealer, cl_str_of(context), cl_str_of(plain), &sealed, &err), &err);
    return sealed;
}

static void seal_any(struct cl_sealer *sealer)
{
    struct cl_buf sealed = seal(sealer, "any", "any");

    cl_buf_cleanup(&sealed);
}

static enum cl_code open_value(struct cl_sealer *sealer, const char *context, struct cl_str sealed,
                               struct cl_secret **ret, struct cl_err *err)
{
    return sealer->ops->open(sealer, cl_str_of(context), sealed, ret, err);
}

static void assert_opens(struct cl_sealer *sealer, const char *context, struct cl_str sealed,
                         const char *want)
{
    CL_AUTO(cl_secret) struct cl_secret *plain = NULL;
    struct cl_err err;

    assert_ok(open_value(sealer, context, sealed, &plain, &err), &err);
    assert_str(cl_secret_expose(plain), want);
}

static void assert_refused(struct cl_sealer *sealer, const char *context, struct cl_str sealed,
                           const char *text)
{
    struct cl_secret *plain = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(open_value(sealer, context, sealed, &plain, &err), CL_E_FAILED);
    assert_null(plain);
    if (strstr(err.text, text) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, text);
    assert_string_not_equal(err.hint, "");
}

static void opens_what_it_sealed(void **state)
{
    static const char *const plains[] = {"", "x", PLAIN, "line\nline\n", "ünïcode"};
    struct bench *bench = *state;

    for (size_t i = 0; i < CL_COUNT(plains); i++) {
        CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", plains[i]);
        assert_opens(bench->sealer, "row 1", cl_buf_view(&sealed), plains[i]);
    }
}

static void opens_after_a_restart(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);
    struct cl_sealer *second = new_sealer(bench);

    assert_opens(second, "row 1", cl_buf_view(&sealed), PLAIN);
    second->ops->free(second);
    assert_int_equal(bench->table.starts, 1);
}

static void shows_nothing_of_the_value(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf once = seal(bench->sealer, "row 1", PLAIN);
    CL_AUTO(cl_buf) struct cl_buf again = seal(bench->sealer, "row 1", PLAIN);

    assert_int_equal(once.len, HEADER_BYTES + CL_AEAD_OVERHEAD_BYTES + strlen(PLAIN));
    assert_false(cl_str_contains(cl_buf_view(&once), CL_STR("canary")));
    assert_false(cl_str_eq(cl_buf_view(&once), cl_buf_view(&again)));
}

static void carries_format_version_and_key_id(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);

    assert_int_equal(sealed.ptr[0], 1);
    assert_str(cl_str_make(sealed.ptr + 1, CL_DATA_KEY_ID_CHARS), bench->table.keys.items[0].id);
}

static void opens_in_no_other_context(void **state)
{
    static const char *const others[] = {"row 2", "", "row 1 ", "row"};
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);

    for (size_t i = 0; i < CL_COUNT(others); i++)
        assert_refused(bench->sealer, others[i], cl_buf_view(&sealed), "belongs elsewhere");
}

static void refuses_a_value_with_any_byte_changed(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);

    for (size_t i = 0; i < sealed.len; i++) {
        sealed.ptr[i] ^= 0x40;
        assert_refused(bench->sealer, "row 1", cl_buf_view(&sealed), "sealed value");
        sealed.ptr[i] ^= 0x40;
    }
    assert_opens(bench->sealer, "row 1", cl_buf_view(&sealed), PLAIN);
}

static void refuses_a_value_that_was_cut_anywhere(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);

    for (size_t len = 0; len < sealed.len; len++)
        assert_refused(bench->sealer, "row 1", cl_str_first(cl_buf_view(&sealed), len),
                       "sealed value");
}

static void says_why_a_value_does_not_open(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);

    assert_refused(bench->sealer, "row 1", CL_STR("\x01short"), "is cut short");
    sealed.ptr[0] = 2;
    assert_refused(bench->sealer, "row 1", cl_buf_view(&sealed), "format that this program");
    sealed.ptr[0] = 1;
    sealed.ptr[1] = '?';
    assert_refused(bench->sealer, "row 1", cl_buf_view(&sealed), "a key that is not here");
}

static void leaves_the_buffer_alone_when_it_fails(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = CL_BUF(64);
    seal_any(bench->sealer);
    struct cl_err err;

    cl_buf_add_c(&sealed, "before");
    fake_fail_at(bench->fake, 1); /* the nonce */
    assert_int_not_equal(
        bench->sealer->ops->seal(bench->sealer, CL_STR("row"), CL_STR(PLAIN), &sealed, &err),
        CL_OK);
    assert_str(cl_buf_view(&sealed), "before");
}

static void touches_nothing_before_the_first_secret(void **state)
{
    struct bench *bench = *state;

    assert_null(fake_file(bench->fake, PATH));
    assert_int_equal(bench->table.keys.count, 0);
}

static void makes_the_key_file_once(void **state)
{
    struct bench *bench = *state;
    seal_any(bench->sealer);
    char *file = strdup(fake_file(bench->fake, PATH));
    seal_any(bench->sealer);

    assert_string_equal(fake_file(bench->fake, PATH), file);
    assert_int_equal(fake_file_mode(bench->fake, PATH), 0600);
    assert_int_equal(bench->table.starts, 1);
    free(file);
}

static void never_makes_a_new_key_over_sealed_data(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);
    struct cl_sealer *second = new_sealer(bench);
    CL_AUTO(cl_buf) struct cl_buf more = CL_BUF(1024);
    struct cl_err err;

    bench->table.secrets = true;
    fake_set_file(bench->fake, PATH, NULL);
    assert_refused(second, "row 1", cl_buf_view(&sealed), "key file '" PATH "' is missing");
    assert_int_equal(second->ops->seal(second, CL_STR("row 2"), CL_STR(PLAIN), &more, &err),
                     CL_E_FAILED);
    assert_non_null(strstr(err.hint, "backup"));
    assert_int_equal(more.len, 0);
    assert_null(fake_file(bench->fake, PATH));
    second->ops->free(second);
}

static void makes_a_new_key_when_nothing_is_sealed(void **state)
{
    struct bench *bench = *state;
    seal_any(bench->sealer);
    struct cl_sealer *second = new_sealer(bench);

    fake_set_file(bench->fake, PATH, NULL);
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(second, "row 1", PLAIN);
    assert_opens(second, "row 1", cl_buf_view(&sealed), PLAIN);
    assert_non_null(fake_file(bench->fake, PATH));
    assert_int_equal(bench->table.keys.count, 1);
    second->ops->free(second);
}

static void keeps_the_key_file_when_only_the_data_key_is_missing(void **state)
{
    struct bench *bench = *state;
    seal_any(bench->sealer);
    char *file = strdup(fake_file(bench->fake, PATH));
    struct cl_sealer *second = new_sealer(bench);

    cl_data_keys_cleanup(&bench->table.keys); /* as after a crash between the two */
    seal_any(second);
    assert_string_equal(fake_file(bench->fake, PATH), file);
    second->ops->free(second);
    free(file);
}

static void refuses_the_key_file_of_another_store(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);
    char *file = strdup(fake_file(bench->fake, PATH));

    fake_set_file(bench->fake, PATH, NULL);
    struct cl_sealer *other = new_sealer(bench);
    struct table kept = bench->table;
    bench->table.keys = (struct cl_data_keys){.items = NULL};
    seal_any(other);
    cl_data_keys_cleanup(&bench->table.keys);
    bench->table.keys = kept.keys;
    struct cl_sealer *second = new_sealer(bench);
    assert_refused(second, "row 1", cl_buf_view(&sealed), "does not belong to this store");
    fake_set_file(bench->fake, PATH, NULL);
    fake_set_file(bench->fake, PATH, file); /* put back, it works again */
    assert_opens(second, "row 1", cl_buf_view(&sealed), PLAIN);
    second->ops->free(second);
    other->ops->free(other);
    free(file);
}

static void refuses_a_wrapped_key_that_was_changed(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);
    struct cl_sealer *second = new_sealer(bench);

    bench->table.keys.items[0].wrapped.ptr[20] ^= 1;
    assert_refused(second, "row 1", cl_buf_view(&sealed), "does not belong to this store");
    second->ops->free(second);
}

static void refuses_a_damaged_key_file(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = seal(bench->sealer, "row 1", PLAIN);
    struct cl_sealer *second = new_sealer(bench);

    fake_set_file(bench->fake, PATH, "cleat key file, version 1\nid");
    assert_refused(second, "row 1", cl_buf_view(&sealed), "is cut short or was changed");
    assert_string_equal(fake_file(bench->fake, PATH), "cleat key file, version 1\nid");
    second->ops->free(second);
}

static void passes_on_what_the_table_reports(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf sealed = CL_BUF(1024);
    struct cl_err err;

    bench->table.fails = CL_E_SECRET_STORE;
    assert_int_equal(
        bench->sealer->ops->seal(bench->sealer, CL_STR("row"), CL_STR(PLAIN), &sealed, &err),
        CL_E_SECRET_STORE);
    assert_string_equal(err.text, "the table fails");
    assert_null(fake_file(bench->fake, PATH));
}

/* Wraps another data key with the same key file, as a rotation in another process would. */
static void add_second_key(struct bench *bench)
{
    struct cl_data_keys old = bench->table.keys;
    struct cl_sealer *other = new_sealer(bench);

    bench->table.keys = (struct cl_data_keys){.items = NULL};
    seal_any(other);
    other->ops->free(other);
    struct cl_err err;
    assert_ok(copy_key(&bench->table.keys.items[0], &old, &err), &err);
    cl_data_keys_cleanup(&bench->table.keys);
    bench->table.keys = old;
}

static void finds_keys_that_were_added_meanwhile(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf old = seal(bench->sealer, "row 1", PLAIN);

    add_second_key(bench);
    assert_int_equal(bench->table.keys.count, 2);
    struct cl_sealer *second = new_sealer(bench);
    CL_AUTO(cl_buf) struct cl_buf fresh = seal(second, "row 2", "newer");
    assert_str(cl_str_make(fresh.ptr + 1, CL_DATA_KEY_ID_CHARS), bench->table.keys.items[1].id);
    assert_opens(bench->sealer, "row 2", cl_buf_view(&fresh), "newer");
    assert_opens(second, "row 1", cl_buf_view(&old), PLAIN);
    second->ops->free(second);
}

struct worker {
    struct cl_sealer *sealer;
    struct cl_buf sealed;
    enum cl_code code;
};

static void *seal_in_thread(void *ctx)
{
    struct worker *worker = ctx;
    struct cl_err err;

    worker->code = worker->sealer->ops->seal(worker->sealer, CL_STR("row 1"), CL_STR(PLAIN),
                                             &worker->sealed, &err);
    return NULL;
}

/* Several threads of several sealers meet an empty store at once. */
static void makes_one_key_under_a_herd(void **state)
{
    struct bench *bench = *state;
    struct cl_sealer *second = new_sealer(bench);
    struct worker workers[8];
    pthread_t threads[CL_COUNT(workers)];

    for (size_t i = 0; i < CL_COUNT(workers); i++) {
        workers[i] =
            (struct worker){.sealer = i % 2 == 0 ? bench->sealer : second, .sealed = CL_BUF(1024)};
        assert_int_equal(pthread_create(&threads[i], NULL, seal_in_thread, &workers[i]), 0);
    }
    for (size_t i = 0; i < CL_COUNT(workers); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < CL_COUNT(workers); i++) {
        assert_int_equal(workers[i].code, CL_OK);
        assert_opens(i % 2 == 0 ? second : bench->sealer, "row 1", cl_buf_view(&workers[i].sealed),
                     PLAIN);
        cl_buf_cleanup(&workers[i].sealed);
    }
    assert_int_equal(bench->table.starts, 1);
    second->ops->free(second);
}

/* Seals and opens in a new store; what a loop over faults repeats. */
static enum cl_code first_use(struct bench *bench, struct cl_err *err)
{
    CL_AUTO(cl_secret) struct cl_secret *plain = NULL;
    CL_AUTO(cl_buf) struct cl_buf sealed = CL_BUF(1024);
    struct cl_sealer *sealer = NULL;

    CL_TRY(cl_keyfile_sealer_new(fake_world(bench->fake), FOLDER, &bench->ops, &sealer, err));
    enum cl_code rc = sealer->ops->seal(sealer, CL_STR("row"), CL_STR(PLAIN), &sealed, err);
    if (rc == CL_OK)
        rc = open_value(sealer, "row", cl_buf_view(&sealed), &plain, err);
    sealer->ops->free(sealer);
    return rc;
}

static void reset(struct bench *bench)
{
    fake_set_file(bench->fake, PATH, NULL);
    cl_data_keys_cleanup(&bench->table.keys);
}

static void survives_every_failing_call(void **state)
{
    struct bench *bench = *state;
    enum cl_code rc = CL_E_FAILED;
    struct cl_err err;

    assert_ok(cl_crypto_init(&err), &err);
    for (int64_t n = 1; rc != CL_OK; n++) {
        assert_true(n < 100);
        reset(bench);
        fake_fail_at(bench->fake, n);
        rc = first_use(bench, &err);
        fake_fail_at(bench->fake, 0);
        /* Whatever it left behind, the next use works. */
        struct cl_err after;
        assert_ok(first_use(bench, &after), &after);
    }
}

static void survives_want_of_memory(void **state)
{
    struct bench *bench = *state;
    enum cl_code rc = CL_E_FAILED;
    struct cl_err err;

    assert_ok(cl_crypto_init(&err), &err);
    for (int64_t n = 1; rc != CL_OK; n++) {
        assert_true(n < 1000);
        reset(bench);
        size_t before = cl_alloc_live_blocks();
        (void)cl_alloc_fail_at(n);
        rc = first_use(bench, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(rc != CL_OK || made < n); /* no failure was overlooked */
        cl_data_keys_cleanup(&bench->table.keys);
        assert_int_equal(cl_alloc_live_blocks(), before);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(opens_what_it_sealed),
        CASE(opens_after_a_restart),
        CASE(shows_nothing_of_the_value),
        CASE(carries_format_version_and_key_id),
        CASE(opens_in_no_other_context),
        CASE(refuses_a_value_with_any_byte_changed),
        CASE(refuses_a_value_that_was_cut_anywhere),
        CASE(says_why_a_value_does_not_open),
        CASE(leaves_the_buffer_alone_when_it_fails),
        CASE(touches_nothing_before_the_first_secret),
        CASE(makes_the_key_file_once),
        CASE(never_makes_a_new_key_over_sealed_data),
        CASE(makes_a_new_key_when_nothing_is_sealed),
        CASE(keeps_the_key_file_when_only_the_data_key_is_missing),
        CASE(refuses_the_key_file_of_another_store),
        CASE(refuses_a_wrapped_key_that_was_changed),
        CASE(refuses_a_damaged_key_file),
        CASE(passes_on_what_the_table_reports),
        CASE(finds_keys_that_were_added_meanwhile),
        CASE(makes_one_key_under_a_herd),
        CASE(survives_every_failing_call),
        CASE(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
