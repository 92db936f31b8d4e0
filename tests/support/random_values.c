#include "test.h"

#include "random_values.h"

#include <stdio.h>

#include "base/alloc.h"
#include "core/registry.h"

/* 2100-01-01 */
#define LAST_TIME 4102444800ULL

struct dice dice_of(uint64_t seed)
{
    return (struct dice){.state = seed * 0x9E3779B97F4A7C15ULL + 1};
}

/* xorshift64*: enough to reach odd combinations, and the same on every machine. */
uint64_t dice_roll(struct dice *dice, uint64_t sides)
{
    dice->state ^= dice->state >> 12U;
    dice->state ^= dice->state << 25U;
    dice->state ^= dice->state >> 27U;
    return (dice->state * 0x2545F4914F6CDD1DULL >> 11U) % sides;
}

bool dice_maybe(struct dice *dice)
{
    return dice_roll(dice, 2) == 0;
}

static void no_error(enum cl_code code, const struct cl_err *err)
{
    if (code != CL_OK)
        fail_msg("%s", err->text);
}

char *random_text(struct dice *dice, size_t max)
{
    static const char *const pieces[] = {"a",
                                         "Z",
                                         "0",
                                         "-",
                                         "\"",
                                         "\\",
                                         "/",
                                         "\n",
                                         "\t",
                                         "\x01",
                                         "\x7F",
                                         "\xC3\xA4",
                                         " ",
                                         "\xE2\x82\xAC",
                                         "{",
                                         "\xF0\x9F\x94\xB6",
                                         "'",
                                         "%s",
                                         "\xEF\xBF\xBD",
                                         ","};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;
    char *ret = NULL;
    size_t count = dice_roll(dice, max + 1);

    for (size_t i = 0; i < count; i++)
        cl_buf_add_c(&text, pieces[dice_roll(dice, CL_COUNT(pieces))]);
    no_error(cl_buf_take(&text, &ret, &err), &err);
    return ret;
}

char *random_some_text(struct dice *dice, size_t max)
{
    return dice_roll(dice, 4) == 0 ? NULL : random_text(dice, max);
}

static int64_t random_time(struct dice *dice)
{
    return dice_roll(dice, 4) == 0 ? 0 : (int64_t)dice_roll(dice, LAST_TIME);
}

static int64_t random_time_us(struct dice *dice)
{
    return random_time(dice) * 1000000 + (int64_t)dice_roll(dice, 1000000);
}

static void random_id(struct dice *dice, char ret[37])
{
    ret[0] = '\0';
    if (dice_roll(dice, 4) == 0)
        return;
    assert_int_equal(snprintf(ret, 37, "%08x-0000-4000-8000-%012x",
                              (unsigned)dice_roll(dice, UINT32_MAX),
                              (unsigned)dice_roll(dice, UINT32_MAX)),
                     36);
}

void random_strs(struct dice *dice, struct cl_strs *ret)
{
    size_t count = dice_roll(dice, 4);

    for (size_t i = 0; i < count; i++) {
        CL_AUTO(cl_string) char *item = random_text(dice, 8);
        struct cl_err err = CL_ERR_NONE;
        no_error(cl_strs_add(ret, cl_str_of(item), &err), &err);
    }
}

void random_map(struct dice *dice, struct cl_map *ret)
{
    size_t count = dice_roll(dice, 5);

    for (size_t i = 0; i < count; i++) {
        CL_AUTO(cl_string) char *key = random_text(dice, 5);
        CL_AUTO(cl_string) char *value = random_some_text(dice, 8);
        struct cl_err err = CL_ERR_NONE;
        no_error(value == NULL ? cl_map_set_null(ret, cl_str_of(key), &err)
                               : cl_map_set(ret, cl_str_of(key), cl_str_of(value), &err),
                 &err);
    }
}

static void random_word(struct dice *dice, char *ret, size_t size)
{
    if (dice_maybe(dice))
        assert_true(snprintf(ret, size, "Word%u", (unsigned)dice_roll(dice, 1000)) > 0);
}

void random_error(struct dice *dice, struct cl_err *ret)
{
    CL_AUTO(cl_string) char *text = random_text(dice, 20);
    uint64_t code = dice_roll(dice, (uint64_t)CL_E_INTERRUPTED + 1);

    *ret = CL_ERR_NONE;
    if (code == 0)
        return;
    (void)cl_err_set(ret, (enum cl_code)code, "failed: %s", text);
    if (dice_maybe(dice))
        (void)cl_err_hint(ret, "try: %s", text);
    ret->upstream_status = (int)dice_roll(dice, 3) * 200;
    ret->retry_after_s = (int)dice_roll(dice, 3) * 30;
    random_word(dice, ret->upstream_code, sizeof(ret->upstream_code));
    random_word(dice, ret->upstream_service, sizeof(ret->upstream_service));
    random_word(dice, ret->upstream_operation, sizeof(ret->upstream_operation));
    random_word(dice, ret->upstream_request, sizeof(ret->upstream_request));
}

static enum cl_code random_entry(struct dice *dice, struct cl_config *config, const char *name,
                                 struct cl_err *err)
{
    CL_AUTO(cl_string) char *text = random_text(dice, 12);
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    struct cl_secret *secret = NULL;

    switch (dice_roll(dice, 5)) {
    case 0: return cl_config_set_text(config, name, cl_str_of(text), err);
    case 1: return cl_config_set_bool(config, name, dice_maybe(dice), err);
    case 2: return cl_config_set_int(config, name, (int64_t)dice_roll(dice, UINT64_MAX), err);
    case 3: random_strs(dice, &list); return cl_config_set_list(config, name, &list, err);
    default:
        CL_TRY(cl_secret_new(cl_str_of(text), &secret, err));
        return cl_config_set_secret_take(config, name, secret, err);
    }
}

void random_config(struct dice *dice, struct cl_config *ret)
{
    static const char *const names[] = {"realm", "password", "tags", "level", "strict", "mode"};

    for (size_t i = 0; i < CL_COUNT(names); i++) {
        struct cl_err err = CL_ERR_NONE;
        if (dice_maybe(dice))
            no_error(random_entry(dice, ret, names[i], &err), &err);
    }
}

void random_connector(struct dice *dice, struct cl_connector *ret)
{
    struct cl_err err = CL_ERR_NONE;

    random_id(dice, ret->id);
    ret->name = random_some_text(dice, 10);
    ret->description = random_some_text(dice, 30);
    ret->owner = random_some_text(dice, 10);
    ret->type = cl_registry_at(dice_roll(dice, cl_connector_type_count));
    ret->method = &ret->type->methods[dice_roll(dice, ret->type->method_count)];
    random_strs(dice, &ret->resource_types);
    ret->resource_id = random_some_text(dice, 10);
    ret->canonical_id = random_some_text(dice, 10);
    ret->expires_at = random_time(dice);
    ret->skew_s = dice_maybe(dice) ? CL_SKEW_UNSET : (int64_t)dice_roll(dice, 1000);
    ret->expiration_seconds = (int64_t)dice_roll(dice, 3) * 900;
    random_config(dice, &ret->config);
    ret->secrets_loaded = dice_maybe(dice);
    no_error(cl_connector_note_secrets(ret, &err), &err);
    if (!ret->secrets_loaded)
        cl_connector_drop_secrets(ret);
    random_id(dice, ret->secret_id);
    random_map(dice, &ret->labels);
    random_map(dice, &ret->facts);
    ret->shared = dice_maybe(dice);
    ret->created_at_us = random_time_us(dice);
    ret->updated_at_us = random_time_us(dice);
    ret->generation = (int64_t)dice_roll(dice, 1000);
    ret->last_verified_at = random_time(dice);
    ret->last_verify_code = (enum cl_code)dice_roll(dice, (uint64_t)CL_E_INTERRUPTED + 1);
}

void random_issued(struct dice *dice, struct cl_issued *ret)
{
    ret->connector_type = random_some_text(dice, 10);
    ret->auth_method = random_some_text(dice, 10);
    ret->resource_type = random_some_text(dice, 10);
    ret->resource_id = random_some_text(dice, 20);
    ret->client_id = random_some_text(dice, 20);
    random_config(dice, &ret->config);
    ret->issued_at = random_time(dice);
    ret->expires_at = random_time(dice);
    ret->refresh_after = random_time(dice);
    ret->long_lived = dice_maybe(dice);
    ret->provider_scoped = dice_maybe(dice);
    ret->fingerprint = random_some_text(dice, 10);
    ret->provider_request_id = random_some_text(dice, 10);
    random_strs(dice, &ret->warnings);
}

static void random_row(struct dice *dice, struct cl_resource_row *ret)
{
    ret->resource_type = random_some_text(dice, 10);
    random_error(dice, &ret->error);
    ret->listed = ret->error.code == CL_OK && dice_maybe(dice);
    if (ret->listed)
        random_strs(dice, &ret->ids);
    ret->truncated = dice_maybe(dice);
    ret->listed_at = random_time(dice);
}

void random_resources(struct dice *dice, struct cl_resource_list *ret)
{
    size_t count = dice_roll(dice, 5);

    random_id(dice, ret->id);
    ret->name = random_some_text(dice, 10);
    ret->connector_type = random_some_text(dice, 10);
    random_error(dice, &ret->error);
    ret->rows = cl_array_alloc(count, sizeof(*ret->rows));
    assert_non_null(ret->rows);
    for (ret->count = 0; ret->count < count; ret->count++)
        random_row(dice, &ret->rows[ret->count]);
    random_strs(dice, &ret->warnings);
    random_map(dice, &ret->facts);
    if (dice_maybe(dice)) {
        ret->check = random_text(dice, 10);
        random_error(dice, &ret->check_denied);
    }
}

/* Without secrets, which no flavor has. */
static void random_open_config(struct dice *dice, struct cl_config *ret)
{
    random_config(dice, ret);
    for (size_t i = ret->count; i > 0; i--) {
        if (ret->entries[i - 1].kind == CL_ATTR_SECRET)
            cl_config_remove(ret, ret->entries[i - 1].name);
    }
}

void random_component(struct dice *dice, struct cl_component *ret)
{
    random_id(dice, ret->id);
    ret->name = random_some_text(dice, 10);
    ret->kind = cl_kind_at(0);
    ret->flavor = dice_maybe(dice) ? cl_flavor_at(0) : NULL;
    ret->owner = random_some_text(dice, 10);
    random_open_config(dice, &ret->config);
    random_map(dice, &ret->labels);
    random_id(dice, ret->connector_id);
    if (ret->connector_id[0] != '\0') {
        ret->connector_name = random_some_text(dice, 10);
        ret->connector_type = random_some_text(dice, 10);
    }
    ret->resource_id = random_some_text(dice, 10);
    ret->created_at_us = random_time_us(dice);
    ret->updated_at_us = random_time_us(dice);
}

void random_discovered(struct dice *dice, struct cl_discovered *ret)
{
    ret->auth_method = random_some_text(dice, 10);
    random_config(dice, &ret->config);
    ret->expires_at = random_time(dice);
    ret->expiration_seconds = (int64_t)dice_roll(dice, 3) * 900;
    ret->source = random_some_text(dice, 20);
    ret->profile = random_some_text(dice, 10);
    random_strs(dice, &ret->looked_at);
    random_strs(dice, &ret->warnings);
}

void random_query(struct dice *dice, struct cl_query *ret)
{
    size_t count = dice_roll(dice, 4);

    for (size_t i = 0; i < count; i++) {
        CL_AUTO(cl_string) char *field = random_text(dice, 8);
        CL_AUTO(cl_string) char *value = random_text(dice, 8);
        struct cl_err err = CL_ERR_NONE;
        no_error(cl_query_add_filter(ret, cl_str_of(field), cl_str_of(value), &err), &err);
    }
    random_map(dice, &ret->labels);
    ret->any = dice_maybe(dice);
    ret->sort_by = random_some_text(dice, 8);
    ret->descending = dice_maybe(dice);
    ret->page = (int64_t)dice_roll(dice, 100);
    ret->size = (int64_t)dice_roll(dice, 100);
    ret->all = dice_maybe(dice);
}
