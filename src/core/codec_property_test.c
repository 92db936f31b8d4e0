#include "test.h"

#include "core/codec_values.h"
#include "fault.h"
#include "json_text.h"
#include "random_values.h"

#define SEEDS 300

/* Every kind of value that crosses cl_api, behind one face: made at random, encoded, decoded. */
struct kind {
    const char *name;
    size_t size;
    void (*make)(struct dice *dice, void *value);
    enum cl_code (*encode)(const void *value, json_t **ret, struct cl_err *err);
    enum cl_code (*decode)(const json_t *json, void *ret, struct cl_err *err);
    void (*cleanup)(void *value);
};

#define KIND(name, type, maker, encoder, decoder, cleaner)                                 \
    static void make_##name(struct dice *dice, void *value)                                \
    {                                                                                      \
        maker(dice, (struct type *)value);                                                 \
    }                                                                                      \
    static enum cl_code encode_##name(const void *value, json_t **ret, struct cl_err *err) \
    {                                                                                      \
        return encoder((const struct type *)value, ret, err);                              \
    }                                                                                      \
    static enum cl_code decode_##name(const json_t *json, void *ret, struct cl_err *err)   \
    {                                                                                      \
        return decoder(json, (struct type *)ret, err);                                     \
    }                                                                                      \
    static void cleanup_##name(void *value)                                                \
    {                                                                                      \
        cleaner((struct type *)value);                                                     \
    }

static enum cl_code shown_connector(const struct cl_connector *conn, json_t **ret,
                                    struct cl_err *err)
{
    return cl_connector_encode(conn, CL_SECRETS_SHOWN, ret, err);
}

static enum cl_code shown_config(const struct cl_config *config, json_t **ret, struct cl_err *err)
{
    return cl_config_encode(config, CL_SECRETS_SHOWN, ret, err);
}

static void no_cleanup(struct cl_err *error)
{
    (void)error;
}

static void random_failure(struct dice *dice, struct cl_err *ret)
{
    do
        random_error(dice, ret);
    while (ret->code == CL_OK);
}

static void random_registered(struct dice *dice, struct cl_register_result *ret)
{
    random_connector(dice, &ret->connector);
    ret->existing = dice_maybe(dice);
    ret->verified = dice_maybe(dice);
    random_resources(dice, &ret->resources);
    random_strs(dice, &ret->warnings);
}

static void random_client(struct dice *dice, struct cl_issue_client_result *ret)
{
    random_connector(dice, &ret->connector);
    random_issued(dice, &ret->issued);
    ret->cached = dice_maybe(dice);
    random_strs(dice, &ret->warnings);
}

static void random_connection(struct dice *dice, struct cl_component_connect_result *ret)
{
    random_component(dice, &ret->component);
    random_connector(dice, &ret->connector);
    ret->verified = dice_maybe(dice);
    random_resources(dice, &ret->resources);
}

static void random_deletion(struct dice *dice, struct cl_delete_result *ret)
{
    ret->name = random_some_text(dice, 10);
    random_strs(dice, &ret->disconnected);
    random_strs(dice, &ret->warnings);
}

static void select_some(struct dice *dice, size_t count, struct cl_selection *ret)
{
    ret->indexes = cl_array_alloc(count, sizeof(*ret->indexes));
    assert_non_null(ret->indexes);
    for (size_t i = 0; i < count; i++) {
        if (dice_maybe(dice))
            ret->indexes[ret->count++] = i;
    }
    ret->total = (int64_t)dice_roll(dice, 100);
    ret->page = (int64_t)dice_roll(dice, 100);
    ret->page_count = (int64_t)dice_roll(dice, 100);
    ret->size = (int64_t)dice_roll(dice, 100);
}

static void random_list(struct dice *dice, struct cl_list_result *ret)
{
    size_t count = dice_roll(dice, 4);

    ret->items = cl_array_alloc(count, sizeof(*ret->items));
    ret->components = cl_array_alloc(count, sizeof(*ret->components));
    assert_true(ret->items != NULL && ret->components != NULL);
    for (; ret->count < count; ret->count++) {
        random_connector(dice, &ret->items[ret->count]);
        random_strs(dice, &ret->components[ret->count]);
    }
    select_some(dice, count, &ret->selection);
}

static void random_components(struct dice *dice, struct cl_component_list_result *ret)
{
    size_t count = dice_roll(dice, 4);

    ret->items = cl_array_alloc(count, sizeof(*ret->items));
    assert_non_null(ret->items);
    for (; ret->count < count; ret->count++)
        random_component(dice, &ret->items[ret->count]);
    select_some(dice, count, &ret->selection);
}

KIND(map, cl_map, random_map, cl_map_encode, cl_map_decode, cl_map_cleanup)
KIND(config, cl_config, random_config, shown_config, cl_config_decode, cl_config_cleanup)
KIND(error, cl_err, random_failure, cl_err_encode, cl_err_decode, no_cleanup)
KIND(connector, cl_connector, random_connector, shown_connector, cl_connector_decode,
     cl_connector_cleanup)
KIND(issued, cl_issued, random_issued, cl_issued_encode, cl_issued_decode, cl_issued_cleanup)
KIND(resources, cl_resource_list, random_resources, cl_resource_list_encode,
     cl_resource_list_decode, cl_resource_list_cleanup)
KIND(component, cl_component, random_component, cl_component_encode, cl_component_decode,
     cl_component_cleanup)
KIND(discovered, cl_discovered, random_discovered, cl_discovered_encode, cl_discovered_decode,
     cl_discovered_cleanup)
KIND(query, cl_query, random_query, cl_query_encode, cl_query_decode, cl_query_cleanup)
KIND(registered, cl_register_result, random_registered, cl_register_result_encode,
     cl_register_result_decode, cl_register_result_cleanup)
KIND(client, cl_issue_client_result, random_client, cl_issue_client_result_encode,
     cl_issue_client_result_decode, cl_issue_client_result_cleanup)
KIND(connection, cl_component_connect_result, random_connection, cl_component_connect_result_encode,
     cl_component_connect_result_decode, cl_component_connect_result_cleanup)
KIND(deletion, cl_delete_result, random_deletion, cl_delete_result_encode, cl_delete_result_decode,
     cl_delete_result_cleanup)
KIND(list, cl_list_result, random_list, cl_list_result_encode, cl_list_result_decode,
     cl_list_result_cleanup)
KIND(components, cl_component_list_result, random_components, cl_component_list_result_encode,
     cl_component_list_result_decode, cl_component_list_result_cleanup)

#define ROW(name, type)                                                                       \
    {                                                                                         \
#name, sizeof(struct type), make_##name, encode_##name, decode_##name, cleanup_##name \
    }

static const struct kind kinds[] = {
    ROW(map, cl_map),
    ROW(config, cl_config),
    ROW(error, cl_err),
    ROW(connector, cl_connector),
    ROW(issued, cl_issued),
    ROW(resources, cl_resource_list),
    ROW(component, cl_component),
    ROW(discovered, cl_discovered),
    ROW(query, cl_query),
    ROW(registered, cl_register_result),
    ROW(client, cl_issue_client_result),
    ROW(connection, cl_component_connect_result),
    ROW(deletion, cl_delete_result),
    ROW(list, cl_list_result),
    ROW(components, cl_component_list_result),
};

static void *zeroed(const struct kind *kind)
{
    void *value = cl_alloc(kind->size);

    assert_non_null(value);
    return value;
}

static void drop(const struct kind *kind, void *value)
{
    kind->cleanup(value);
    cl_free(value);
}

static char *text_of(const struct kind *kind, const void *value)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;
    char *text = NULL;

    if (kind->encode(value, &json, &err) != CL_OK)
        fail_msg("%s: %s", kind->name, err.text);
    assert_ok(cl_json_dump(json, CL_JSON_COMPACT, &text, &err), &err);
    return text;
}

/* Encoding what was decoded gives the same text, and copies do not share memory. */
static void random_values_survive_a_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(kinds) * SEEDS; i++) {
        const struct kind *kind = &kinds[i % CL_COUNT(kinds)];
        struct dice dice = dice_of(i);
        CL_AUTO(cl_string) char *first = NULL;
        CL_AUTO(cl_string) char *second = NULL;
        CL_AUTO(cl_json) json_t *json = NULL;
        struct cl_err err = CL_ERR_NONE;
        void *value = zeroed(kind);
        void *again = zeroed(kind);

        kind->make(&dice, value);
        first = text_of(kind, value);
        drop(kind, value);
        assert_ok(cl_json_parse(cl_str_of(first), &json, &err), &err);
        if (kind->decode(json, again, &err) != CL_OK)
            fail_msg("%s %zu: %s in %s", kind->name, i, err.text, first);
        second = text_of(kind, again);
        if (strcmp(first, second) != 0)
            fail_msg("%s %zu: %s became %s", kind->name, i, first, second);
        drop(kind, again);
    }
}

/* Decoding twice into one value replaces it, without losing what it held. */
static void decoding_again_replaces_the_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(kinds) * 20; i++) {
        const struct kind *kind = &kinds[i % CL_COUNT(kinds)];
        struct dice dice = dice_of(1000 + i);
        void *target = zeroed(kind);
        CL_AUTO(cl_string) char *want = NULL;
        CL_AUTO(cl_string) char *got = NULL;

        for (int round = 0; round < 2; round++) {
            CL_AUTO(cl_json) json_t *json = NULL;
            struct cl_err err = CL_ERR_NONE;
            void *value = zeroed(kind);
            kind->make(&dice, value);
            cl_free(want);
            want = text_of(kind, value);
            drop(kind, value);
            assert_ok(cl_json_parse(cl_str_of(want), &json, &err), &err);
            assert_ok(kind->decode(json, target, &err), &err);
        }
        got = text_of(kind, target);
        assert_string_equal(got, want);
        drop(kind, target);
    }
}

static json_t *replacement(size_t variant)
{
    switch (variant) {
    case 0: return json_null();
    case 1: return json_true();
    case 2: return json_integer(7);
    case 3: return json_real(1.5);
    case 4: return json_string("x");
    case 5: return json_array();
    case 6: return json_object();
    case 7: return json_pack("[i]", 1);
    case 8: return json_pack("{s:i}", "x", 1);
    case 9: return json_string("2024-05-14T12:34:56Z");
    default: return NULL; /* remove the member */
    }
}
#define VARIANTS 11

static bool spoil(json_t *json, size_t *nth, size_t variant, int depth);

static bool spoil_member(json_t *object, const char *key, json_t *value, size_t *nth,
                         size_t variant, int depth)
{
    if ((*nth)-- > 0)
        return spoil(value, nth, variant, depth);
    json_t *other = replacement(variant);
    assert_int_equal(
        other == NULL ? json_object_del(object, key) : json_object_set_new(object, key, other), 0);
    return true;
}

static bool spoil_item(json_t *array, size_t index, size_t *nth, size_t variant, int depth)
{
    if ((*nth)-- > 0)
        return spoil(json_array_get(array, index), nth, variant, depth);
    json_t *other = replacement(variant);
    assert_int_equal(other == NULL ? json_array_remove(array, index)
                                   : json_array_set_new(array, index, other),
                     0);
    return true;
}

/* Puts something else where the nth value below `json` stands; false behind the last. */
static bool spoil(json_t *json, size_t *nth, size_t variant, int depth)
{
    assert_true(depth < 16);
    if (json_is_object(json)) {
        for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at)) {
            if (spoil_member(json, json_object_iter_key(at), json_object_iter_value(at), nth,
                             variant, depth + 1))
                return true;
        }
    }
    for (size_t i = 0; json_is_array(json) && i < json_array_size(json); i++) {
        if (spoil_item(json, i, nth, variant, depth + 1))
            return true;
    }
    return false;
}

/* A decoder takes what it can use and refuses the rest; it never crashes, leaks, or blames memory.
 */
static void check_spoilt(const struct kind *kind, const json_t *json)
{
    struct cl_err err = CL_ERR_NONE;
    void *value = zeroed(kind);
    enum cl_code code = kind->decode(json, value, &err);

    if (code != CL_OK && code != CL_E_INVALID_REQUEST)
        fail_msg("%s: %s: %s", kind->name, cl_code_wire(code), err.text);
    if (code != CL_OK)
        assert_true(err.text[0] != '\0');
    drop(kind, value);
}

static void spoil_everywhere(const struct kind *kind, const json_t *json)
{
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        for (size_t nth = 0;; nth++) {
            CL_AUTO(cl_json) json_t *copy = json_deep_copy(json);
            size_t left = nth;
            assert_non_null(copy);
            if (!spoil(copy, &left, variant, 0))
                break;
            check_spoilt(kind, copy);
        }
    }
}

static void decoders_withstand_any_single_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(kinds) * 3; i++) {
        const struct kind *kind = &kinds[i % CL_COUNT(kinds)];
        struct dice dice = dice_of(5000 + i);
        CL_AUTO(cl_json) json_t *json = NULL;
        struct cl_err err = CL_ERR_NONE;
        void *value = zeroed(kind);

        kind->make(&dice, value);
        assert_ok(kind->encode(value, &json, &err), &err);
        drop(kind, value);
        spoil_everywhere(kind, json);
    }
}

static void decoders_refuse_every_other_kind_of_json(void **state)
{
    static const char *const others[] = {"null", "true", "7", "1.5", "'x'", "[]"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(kinds) * CL_COUNT(others); i++) {
        const struct kind *kind = &kinds[i % CL_COUNT(kinds)];
        CL_AUTO(cl_json) json_t *json = json_of(others[i / CL_COUNT(kinds)]);
        struct cl_err err = CL_ERR_NONE;
        void *value = zeroed(kind);

        assert_int_equal(kind->decode(json, value, &err), CL_E_INVALID_REQUEST);
        assert_int_equal(kind->decode(NULL, value, &err), CL_E_INVALID_REQUEST);
        drop(kind, value);
    }
}

/* Encodes and decodes until no allocation fails any more; returns how often one did. */
static int strike_encoding(const struct kind *kind, const void *value, json_t **ret)
{
    struct cl_err err = CL_ERR_NONE;
    enum cl_code code = CL_E_FAILED;
    int strikes = -1;

    while (code != CL_OK) {
        (void)cl_alloc_fail_at(++strikes + 1);
        code = kind->encode(value, ret, &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    return strikes;
}

static int strike_decoding(const struct kind *kind, const json_t *json, void *ret)
{
    struct cl_err err = CL_ERR_NONE;
    enum cl_code code = CL_E_FAILED;
    int strikes = -1;

    while (code != CL_OK) {
        (void)cl_alloc_fail_at(++strikes + 1);
        code = kind->decode(json, ret, &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    return strikes;
}

static void round_trips_survive_lack_of_memory(void **state)
{
    int encoding = 0;
    int decoding = 0;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        const struct kind *kind = &kinds[i];
        struct dice dice = dice_of(7);
        CL_AUTO(cl_json) json_t *json = NULL;
        void *value = zeroed(kind);
        void *again = zeroed(kind);

        kind->make(&dice, value);
        encoding += strike_encoding(kind, value, &json);
        decoding += strike_decoding(kind, json, again);
        drop(kind, again);
        drop(kind, value);
    }
    /* An error has nothing on the heap; all others have. */
    assert_true(encoding > (int)CL_COUNT(kinds));
    assert_true(decoding > (int)CL_COUNT(kinds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_values_survive_a_round_trip),
        cmocka_unit_test(decoding_again_replaces_the_value),
        cmocka_unit_test(decoders_withstand_any_single_fault),
        cmocka_unit_test(decoders_refuse_every_other_kind_of_json),
        cmocka_unit_test(round_trips_survive_lack_of_memory),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
