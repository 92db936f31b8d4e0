#include "fake_world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake_internal.h"

#define US_PER_S 1000000

char *fake_copy_bytes(struct cl_str bytes)
{
    char *copy = calloc(1, bytes.len + 1);

    assert(copy != NULL);
    if (bytes.len > 0)
        (void)memcpy(copy, bytes.ptr, bytes.len);
    return copy;
}

char *fake_copy(const char *text)
{
    return text == NULL ? NULL : fake_copy_bytes(cl_str_of(text));
}

void *fake_list_push(struct fake_list *list, size_t item_size)
{
    char *grown = reallocarray(list->items, list->count + 1, item_size);

    assert(grown != NULL);
    list->items = grown;
    void *fresh = grown + list->count * item_size;
    (void)memset(fresh, 0, item_size);
    list->count++;
    return fresh;
}

bool fake_proceed(struct fake_world *fake)
{
    fake->calls_made++;
    return fake->calls_made != fake->fail_at;
}

static int64_t now_us(void *ctx)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    int64_t now = fake->now_us;
    (void)pthread_mutex_unlock(&fake->lock);
    return now;
}

static int64_t monotonic_ms(void *ctx)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    int64_t now = fake->monotonic_ms;
    (void)pthread_mutex_unlock(&fake->lock);
    return now;
}

static void sleep_ms(void *ctx, int64_t duration_ms)
{
    if (duration_ms > 0)
        fake_advance_ms(ctx, duration_ms);
}

static enum cl_code random_bytes(void *ctx, void *out, size_t len, struct cl_err *err)
{
    struct fake_world *fake = ctx;
    unsigned char *at = out;

    (void)pthread_mutex_lock(&fake->lock);
    bool ok = fake_proceed(fake);
    for (size_t i = 0; ok && i < len; i++) {
        if (i % 8 == 0)
            fake->random_blocks++;
        at[i] = (unsigned char)(fake->random_blocks >> (56U - 8U * (i % 8)));
    }
    (void)pthread_mutex_unlock(&fake->lock);
    return ok ? CL_OK : cl_err_set(err, CL_E_FAILED, "no random bytes: injected fault");
}

/* Index of the variable, or the number of variables. */
static size_t find_variable(const struct fake_world *fake, const char *name)
{
    size_t len = strlen(name);
    size_t i = 0;

    while (fake->variables[i] != NULL &&
           (strncmp(fake->variables[i], name, len) != 0 || fake->variables[i][len] != '='))
        i++;
    return i;
}

static const char *env(void *ctx, const char *name)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    const char *pair = fake->variables[find_variable(fake, name)];
    (void)pthread_mutex_unlock(&fake->lock);
    return pair == NULL ? NULL : pair + strlen(name) + 1;
}

static char *const *environment(void *ctx)
{
    return ((struct fake_world *)ctx)->variables;
}

static void print_lines(FILE *out, char *const *lines)
{
    for (; lines != NULL && *lines != NULL; lines++)
        (void)fprintf(out, "%s\n", *lines);
}

static enum cl_code exec_program(void *ctx, const char *program, char *const argv[],
                                 char *const envp[], struct cl_err *err)
{
    struct fake_world *fake = ctx;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void)err;
    assert(out != NULL);
    (void)fprintf(out, "%s\n", program);
    print_lines(out, argv);
    (void)fprintf(out, "\n");
    print_lines(out, envp);
    (void)fclose(out);
    (void)pthread_mutex_lock(&fake->lock);
    free(fake->exec);
    fake->exec = text;
    (void)pthread_mutex_unlock(&fake->lock);
    return CL_OK;
}

static enum cl_code accompany_program(void *ctx, char *const argv[], char *const envp[],
                                      int *ret_status, struct cl_err *err)
{
    *ret_status = FAKE_CHILD_STATUS;
    return exec_program(ctx, argv[0], argv, envp, err);
}

/* --- programs that are run ------------------------------------------------------------------ */

static void note_run(struct fake_world *fake, const struct cl_child *child)
{
    size_t size = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);

    assert(out != NULL);
    print_lines(out, child->argv);
    (void)fprintf(out, "\n%.*s", CL_STR_ARG(child->input));
    print_lines(out, child->envp);
    (void)fclose(out);
    free(fake->ran);
    fake->ran = text;
}

static struct fake_run *find_run(struct fake_world *fake, const char *program)
{
    for (size_t i = 0; i < fake->runs.count; i++) {
        struct fake_run *run = (struct fake_run *)fake->runs.items + i;
        if (!run->used && strcmp(run->program, program) == 0)
            return run;
    }
    return NULL;
}

static enum cl_code run_locked(struct fake_world *fake, const struct cl_child *child,
                               struct cl_buf *ret, int *ret_status, struct cl_err *err)
{
    struct fake_run *run = find_run(fake, child->argv[0]);

    if (!fake_proceed(fake))
        return cl_err_set(err, CL_E_FAILED, "cannot run '%s': injected fault", child->argv[0]);
    if (run == NULL)
        return cl_err_set(err, CL_E_NOT_FOUND, "cannot run '%s': command not found",
                          child->argv[0]);
    note_run(fake, child);
    run->used = true;
    cl_buf_add_c(ret, run->out);
    *ret_status = run->status;
    return cl_buf_ok(ret, err);
}

static enum cl_code run_program(void *ctx, const struct cl_child *child, struct cl_buf *ret,
                                int *ret_status, struct cl_err *err)
{
    struct fake_world *fake = ctx;

    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code code = run_locked(fake, child, ret, ret_status, err);
    (void)pthread_mutex_unlock(&fake->lock);
    return code;
}

void fake_run_answer(struct fake_world *fake, const char *program, int status, const char *out)
{
    struct fake_run *run = fake_list_push(&fake->runs, sizeof(*run));

    *run =
        (struct fake_run){.program = fake_copy(program), .status = status, .out = fake_copy(out)};
}

const char *fake_ran(struct fake_world *fake)
{
    return fake->ran;
}

static void free_runs(struct fake_world *fake)
{
    for (size_t i = 0; i < fake->runs.count; i++) {
        struct fake_run *run = (struct fake_run *)fake->runs.items + i;
        free(run->program);
        free(run->out);
    }
    free(fake->runs.items);
    free(fake->ran);
}

static uid_t user_id(void *ctx)
{
    (void)ctx;
    return FAKE_USER_ID;
}

static enum cl_code program_path(void *ctx, char **ret, struct cl_err *err)
{
    (void)ctx;
    return cl_str_dup(CL_STR("/usr/bin/cleat"), ret, err);
}

/* Nothing is started: what would be served is the test's to call. */
static enum cl_code leave_behind(void *ctx, void (*serve)(void *what, int ended), void *what,
                                 int keep, struct cl_err *err)
{
    (void)ctx;
    (void)serve;
    (void)what;
    (void)keep;
    (void)err;
    return CL_OK;
}

struct fake_world *fake_world_new(void)
{
    struct fake_world *fake = calloc(1, sizeof(*fake));

    assert(fake != NULL);
    fake->variables = calloc(1, sizeof(char *));
    assert(fake->variables != NULL);
    (void)pthread_mutex_init(&fake->lock, NULL);
    (void)pthread_cond_init(&fake->unlocked, NULL);
    fake->now_us = FAKE_START_AT * US_PER_S;
    fake->monotonic_ms = 1000;
    fake_http_install(&fake->transport);
    fake->world = (struct cl_world){.ctx = fake,
                                    .now_us = now_us,
                                    .monotonic_ms = monotonic_ms,
                                    .sleep_ms = sleep_ms,
                                    .random = random_bytes,
                                    .env = env,
                                    .environment = environment,
                                    .user_id = user_id,
                                    .program_path = program_path,
                                    .exec = exec_program,
                                    .accompany = accompany_program,
                                    .run = run_program,
                                    .leave_behind = leave_behind,
                                    .transport = &fake->transport};
    fake_files_install(&fake->world);
    return fake;
}

void fake_world_free(struct fake_world *fake)
{
    if (fake == NULL)
        return;
    fake_files_cleanup(fake);
    fake_http_cleanup(fake);
    free_runs(fake);
    for (size_t i = 0; fake->variables[i] != NULL; i++)
        free(fake->variables[i]);
    free(fake->variables);
    free(fake->exec);
    (void)pthread_cond_destroy(&fake->unlocked);
    (void)pthread_mutex_destroy(&fake->lock);
    free(fake);
}

const struct cl_world *fake_world(struct fake_world *fake)
{
    return &fake->world;
}

struct cl_call fake_call(struct fake_world *fake)
{
    int64_t nth = fake->fail_at;
    int64_t made = fake->calls_made;

    fake->fail_at = 0; /* the request id is the test's, not the product's */
    struct cl_call call = cl_call_new(&fake->world, "tester");
    fake->fail_at = nth;
    fake->calls_made = made;
    return call;
}

void fake_set_now(struct fake_world *fake, int64_t at_s)
{
    (void)pthread_mutex_lock(&fake->lock);
    int64_t span_us = at_s * US_PER_S - fake->now_us;
    fake->now_us += span_us;
    if (span_us > 0)
        fake->monotonic_ms += span_us / 1000;
    (void)pthread_mutex_unlock(&fake->lock);
}

void fake_advance_ms(struct fake_world *fake, int64_t span_ms)
{
    (void)pthread_mutex_lock(&fake->lock);
    fake->now_us += span_ms * 1000;
    fake->monotonic_ms += span_ms;
    (void)pthread_mutex_unlock(&fake->lock);
}

/* The last variable takes the place of the one that goes. */
static void unset(struct fake_world *fake, const char *name)
{
    size_t at = find_variable(fake, name);
    size_t last = at;

    if (fake->variables[at] == NULL)
        return;
    while (fake->variables[last + 1] != NULL)
        last++;
    free(fake->variables[at]);
    fake->variables[at] = fake->variables[last];
    fake->variables[last] = NULL;
}

static void append(struct fake_world *fake, const char *name, const char *value)
{
    size_t count = 0;
    char *pair = NULL;

    while (fake->variables[count] != NULL)
        count++;
    char **grown = reallocarray(fake->variables, count + 2, sizeof(char *));
    int len = asprintf(&pair, "%s=%s", name, value);
    assert(grown != NULL && len > 0);
    grown[count] = pair;
    grown[count + 1] = NULL;
    fake->variables = grown;
}

void fake_set_env(struct fake_world *fake, const char *name, const char *value)
{
    (void)pthread_mutex_lock(&fake->lock);
    unset(fake, name);
    if (value != NULL)
        append(fake, name, value);
    (void)pthread_mutex_unlock(&fake->lock);
}

void fake_fail_at(struct fake_world *fake, int64_t nth)
{
    (void)pthread_mutex_lock(&fake->lock);
    fake->fail_at = nth;
    fake->calls_made = 0;
    (void)pthread_mutex_unlock(&fake->lock);
}

int64_t fake_calls_made(struct fake_world *fake)
{
    return fake->calls_made;
}

const char *fake_exec(struct fake_world *fake)
{
    return fake->exec;
}
