#include "app/internal.h"
#include "base/alloc.h"

struct pool {
    void (*task)(void *ctx, size_t index);
    void *ctx;
    size_t count;
    pthread_mutex_t lock; /* guards next */
    size_t next;
};

static bool take(struct pool *pool, size_t *ret)
{
    (void)pthread_mutex_lock(&pool->lock);
    bool any = pool->next < pool->count;
    if (any)
        *ret = pool->next++;
    (void)pthread_mutex_unlock(&pool->lock);
    return any;
}

static void *work(void *ctx)
{
    struct pool *pool = ctx;
    size_t index = 0;

    while (take(pool, &index))
        pool->task(pool->ctx, index);
    return NULL;
}

void app_parallel(size_t count, size_t limit, void (*task)(void *ctx, size_t index), void *ctx)
{
    struct pool pool = {.task = task, .ctx = ctx, .count = count};
    size_t helpers = (count < limit ? count : limit) - (count > 0 ? 1 : 0);
    size_t started = 0;
    pthread_t *threads = helpers == 0 ? NULL : cl_array_alloc(helpers, sizeof(*threads));

    (void)pthread_mutex_init(&pool.lock, NULL);
    /* Fewer threads than wanted only cost time: this one does what nobody else takes. */
    while (threads != NULL && started < helpers &&
           pthread_create(&threads[started], NULL, work, &pool) == 0)
        started++;
    (void)work(&pool);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    (void)pthread_mutex_destroy(&pool.lock);
    cl_free(threads);
}
