#include "test.h"

#include <stdio.h>

#include "base/alloc.h"
#include "core/scope.h"
#include "fake_type.h"
#include "fault.h"

/* Replaces the scope: space-separated types, and an id when there is one of them. */
static void set_scope(struct cl_connector *conn, const char *types, const char *id)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_str rest = cl_str_of(types);
    struct cl_str type = CL_STR_NONE;

    cl_strs_cleanup(&conn->resource_types);
    for (bool more = true; more;) {
        more = cl_str_cut(rest, ' ', &type, &rest);
        assert_ok(cl_strs_add(&conn->resource_types, type, &err), &err);
    }
    cl_free(conn->canonical_id);
    conn->canonical_id = NULL;
    if (id != NULL)
        assert_ok(cl_str_dup(cl_str_of(id), &conn->canonical_id, &err), &err);
}

struct resolve_case {
    const char *method;
    const char *types; /* of the connector */
    const char *id;    /* of the connector */
    const char *want_type;
    const char *want_id;
    const char *need; /* "t", "i", "ti" or "" */
    enum cl_code code;
    const char *type; /* result; NULL: none */
    const char *ret;  /* id, NULL: none; or part of the error's text */
};

#define MULTI "fake-realm fake-box fake-jar"

static const struct resolve_case cases[] = {
    /* nothing asked, nothing limited */
    {"minted", MULTI, NULL, "", "", "", CL_OK, NULL, NULL},
    {"minted", "fake-box", NULL, "", "", "", CL_OK, "fake-box", NULL},
    {"minted", "fake-box", "box://a", "", "", "ti", CL_OK, "fake-box", "box://a"},
    /* a type without instances has its own id */
    {"minted", "fake-realm", NULL, "", "", "ti", CL_OK, "fake-realm", "r1"},
    {"minted", MULTI, NULL, "fake-realm", "", "ti", CL_OK, "fake-realm", "r1"},
    {"minted", MULTI, NULL, "fake-realm", "r1", "ti", CL_OK, "fake-realm", "r1"},
    {"minted", MULTI, NULL, "fake-realm", "r2", "ti", CL_E_OUT_OF_SCOPE, NULL,
     "connector 'crate' reaches one Fake realm only, 'r1', but 'r2' was asked for"},
    /* 1: another type than the connector's */
    {"minted", "fake-box", NULL, "fake-jar", "", "", CL_E_OUT_OF_SCOPE, NULL,
     "connector 'crate' gives access to resources of type 'fake-box', but resource type 'fake-jar' "
     "was asked for"},
    {"minted", "fake-realm fake-box", NULL, "fake-jar", "", "", CL_E_OUT_OF_SCOPE, NULL,
     "resources of the types fake-realm, fake-box, but"},
    {"minted", MULTI, NULL, "fake-bix", "", "", CL_E_UNKNOWN_RESOURCE_TYPE, NULL,
     "no resource type 'fake-bix'"},
    /* 3: the type must be named */
    {"minted", MULTI, NULL, "", "", "t", CL_E_TYPE_REQUIRED, NULL, "say which resource type"},
    {"minted", MULTI, NULL, "", "", "i", CL_E_TYPE_REQUIRED, NULL, "say which resource type"},
    /* 4: the method does not serve the type */
    {"open", MULTI, NULL, "fake-jar", "", "", CL_E_METHOD_UNSUPPORTED, NULL,
     "'open' does not serve resource type 'fake-jar'; valid: minted, ambient"},
    /* 5: an id alone names its type if one type takes it */
    {"minted", MULTI, NULL, "", "box://a", "ti", CL_OK, "fake-box", "box://a"},
    {"minted", MULTI, NULL, "", "jar:a", "ti", CL_OK, "fake-jar", "jar:a"},
    {"minted", MULTI, NULL, "", "r1", "ti", CL_E_AMBIGUOUS, NULL,
     "'r1' can be a resource of several types: fake-realm, fake-box, fake-jar"},
    {"minted", MULTI, NULL, "", "plain", "ti", CL_E_AMBIGUOUS, NULL, "fake-box, fake-jar"},
    {"open", MULTI, NULL, "", "plain", "ti", CL_OK, "fake-box", "box://plain"},
    {"minted", "fake-box fake-jar", NULL, "", "NO!", "ti", CL_E_ID_INVALID, NULL,
     "'NO!' is no resource of connector 'crate'; valid: fake-box box://{name}, {name}; fake-jar"},
    /* 6: the id must parse */
    {"minted", "fake-box", NULL, "", "NO!", "", CL_E_ID_INVALID, NULL, "box://{name}, {name}"},
    {"minted", "fake-box", NULL, "", "a", "ti", CL_OK, "fake-box", "box://a"},
    /* 7: another id than the connector's, compared in canonical form */
    {"minted", "fake-box", "box://a", "", "a", "ti", CL_OK, "fake-box", "box://a"},
    {"minted", "fake-box", "box://a", "fake-box", "box://a", "", CL_OK, "fake-box", "box://a"},
    {"minted", "fake-box", "box://a", "", "b", "", CL_E_OUT_OF_SCOPE, NULL,
     "gives access to the 'fake-box' resource 'box://a', but resource 'b' was asked for"},
    /* 8: the id must be named */
    {"minted", "fake-box", NULL, "", "", "ti", CL_E_ID_REQUIRED, NULL, "say which resource"},
    {"minted", MULTI, NULL, "fake-box", "", "i", CL_E_ID_REQUIRED, NULL, "say which resource"},
};

static enum cl_code resolve(const struct cl_connector *conn, const struct resolve_case *row,
                            struct cl_resolved *ret, struct cl_err *err)
{
    struct cl_want want = {.type = cl_str_of(row->want_type),
                           .id = cl_str_of(row->want_id),
                           .need_type = strchr(row->need, 't') != NULL,
                           .need_id = strchr(row->need, 'i') != NULL};

    return cl_scope_resolve(conn, &want, ret, err);
}

static void check_result(size_t at, const struct resolve_case *row, const struct cl_resolved *got)
{
    const char *type = got->type == NULL ? "-" : got->type->id;

    if (strcmp(type, row->type == NULL ? "-" : row->type) != 0)
        fail_msg("row %zu: type %s", at, type);
    if (!cl_str_eq(cl_str_of(got->id), cl_str_of(row->ret)))
        fail_msg("row %zu: id %s", at, got->id == NULL ? "none" : got->id);
}

static void narrows_the_scope_or_says_why_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
        CL_AUTO(cl_resolved) struct cl_resolved resolved = {.type = NULL};
        const struct resolve_case *row = &cases[i];
        struct cl_err err = CL_ERR_NONE;

        assert_ok(fake_connector(row->method, &conn, &err), &err);
        set_scope(&conn, row->types, row->id);
        enum cl_code code = resolve(&conn, row, &resolved, &err);
        if (code != row->code)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(code), err.text);
        if (code == CL_OK)
            check_result(i, row, &resolved);
        else if (strstr(err.text, row->ret) == NULL)
            fail_msg("row %zu: %s", i, err.text);
    }
}

static void an_unknown_default_is_an_error_only_when_needed(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_resolved) struct cl_resolved resolved = {.type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_connector("ambient", &conn, &err), &err);
    cl_config_remove(&conn.config, "realm");
    set_scope(&conn, "fake-realm", NULL);
    assert_ok(cl_scope_resolve(
                  &conn,
                  &(struct cl_want){
                      .type = CL_STR_NONE, .id = CL_STR_NONE, .need_type = true, .need_id = false},
                  &resolved, &err),
              &err);
    assert_null(resolved.id);
    assert_int_equal(cl_scope_resolve(&conn,
                                      &(struct cl_want){.type = CL_STR_NONE,
                                                        .id = CL_STR_NONE,
                                                        .need_type = true,
                                                        .need_id = true},
                                      &resolved, &err),
                     CL_E_ID_REQUIRED);
    assert_string_equal(err.hint, "Run `cleat service-connector verify crate`.");
    assert_ok(cl_scope_resolve(
                  &conn,
                  &(struct cl_want){
                      .type = CL_STR_NONE, .id = CL_STR("r9"), .need_type = true, .need_id = true},
                  &resolved, &err),
              &err);
    assert_string_equal(resolved.id, "r9");
}

/* Whatever is asked of whatever connector: the answer lies within the connector's own scope. */
static void never_widens(void **state)
{
    static const char *const scopes[][2] = {
        {MULTI, NULL},           {"fake-realm fake-box", NULL}, {"fake-box", NULL},
        {"fake-box", "box://a"}, {"fake-jar", "jar:a"},         {"fake-realm", "r1"},
    };
    static const char *const types[] = {"", "fake-realm", "fake-box", "fake-jar", "x"};
    static const char *const ids[] = {"", "a", "b", "box://a", "box://b", "jar:a", "r1", "NO!"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(scopes) * CL_COUNT(types) * CL_COUNT(ids) * 4; i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
        CL_AUTO(cl_resolved) struct cl_resolved got = {.type = NULL};
        struct cl_err err = CL_ERR_NONE;
        const char *const *scope = scopes[i % CL_COUNT(scopes)];
        size_t rest = i / CL_COUNT(scopes);
        const char *type = types[rest % CL_COUNT(types)];
        const char *id = ids[rest / CL_COUNT(types) % CL_COUNT(ids)];
        size_t needs = rest / CL_COUNT(types) / CL_COUNT(ids);

        assert_ok(fake_connector("minted", &conn, &err), &err);
        set_scope(&conn, scope[0], scope[1]);
        if (cl_scope_resolve(&conn,
                             &(struct cl_want){.type = cl_str_of(type),
                                               .id = cl_str_of(id),
                                               .need_type = (needs & 1U) != 0,
                                               .need_id = (needs & 2U) != 0},
                             &got, &err) != CL_OK)
            continue;
        if (got.type != NULL)
            assert_true(cl_strs_has(&conn.resource_types, cl_str_of(got.type->id)));
        if (scope[1] != NULL)
            assert_string_equal(got.id, scope[1]);
        if (id[0] != '\0')
            assert_non_null(got.id);
        if (type[0] != '\0')
            assert_string_equal(got.type->id, type);
        if ((needs & 2U) != 0)
            assert_non_null(got.id);
    }
}

static void canonical_forms_are_stable(void **state)
{
    static const char *const ids[] = {"a", "box://a", "jar:a", "a-1", "x", "0"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(ids) * fake_type.resource_count; i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
        CL_AUTO(cl_string) char *once = NULL;
        CL_AUTO(cl_string) char *twice = NULL;
        struct cl_err err = CL_ERR_NONE;
        const struct cl_resource_type *type = &fake_type.resources[i / CL_COUNT(ids)];
        struct cl_str id = cl_str_of(ids[i % CL_COUNT(ids)]);

        assert_ok(fake_connector("minted", &conn, &err), &err);
        if (cl_scope_canonical(&conn, type, id, &once, &err) != CL_OK)
            continue;
        assert_ok(cl_scope_canonical(&conn, type, cl_str_of(once), &twice, &err), &err);
        assert_string_equal(once, twice);
    }
}

static void refuses_ids_that_no_type_can_have(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    char long_id[300];
    const struct cl_resource_type *box = &fake_type.resources[1];
    struct cl_err err = CL_ERR_NONE;
    char *ret = NULL;
    const struct cl_str ids[] = {CL_STR_INIT(""),
                                 CL_STR_INIT("a\0b"),
                                 CL_STR_INIT("\xFF"),
                                 {.ptr = long_id, .len = sizeof(long_id)}};

    (void)state;
    (void)memset(long_id, 'a', sizeof(long_id));
    assert_ok(fake_connector("minted", &conn, &err), &err);
    for (size_t i = 0; i < CL_COUNT(ids); i++)
        assert_int_equal(cl_scope_canonical(&conn, box, ids[i], &ret, &err), CL_E_ID_INVALID);
    assert_null(ret);
    assert_non_null(strstr(err.text, "longer than 255"));
}

static void a_type_without_canonicaliser_takes_ids_as_they_are(void **state)
{
    CL_AUTO(cl_string) char *id = NULL;
    struct cl_connector conn = {.type = &other_type, .method = &other_type.methods[0]};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_scope_canonical(&conn, &other_type.resources[0], CL_STR("Any Thing"), &id, &err),
              &err);
    assert_string_equal(id, "Any Thing");
}

static void resolving_survives_lack_of_memory(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    struct cl_resolved resolved = {.type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_connector("minted", &conn, &err), &err);
    assert_survives_faults(cl_scope_resolve(&conn,
                                            &(struct cl_want){.type = CL_STR_NONE,
                                                              .id = CL_STR("box://a"),
                                                              .need_type = true,
                                                              .need_id = true},
                                            &resolved, &err),
                           (void)0);
    assert_string_equal(resolved.id, "box://a");
    cl_resolved_cleanup(&resolved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(narrows_the_scope_or_says_why_not),
        cmocka_unit_test(an_unknown_default_is_an_error_only_when_needed),
        cmocka_unit_test(never_widens),
        cmocka_unit_test(canonical_forms_are_stable),
        cmocka_unit_test(refuses_ids_that_no_type_can_have),
        cmocka_unit_test(a_type_without_canonicaliser_takes_ids_as_they_are),
        cmocka_unit_test(resolving_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
