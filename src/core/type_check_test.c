#include "test.h"

#include "core/type.h"
#include "fake_type.h"

/* A type of one method with two attributes and two resource types, to be spoilt by one fault. */
struct table {
    struct cl_connector_type type;
    struct cl_connector_ops ops;
    struct cl_auth_method methods[2];
    struct cl_attr attrs[2];
    struct cl_resource_type resources[2];
    struct cl_source_option sources[1];
    struct cl_shown_fact facts[1];
    const char *names[2];
};

static void make(struct table *t)
{
    *t = (struct table){
        .ops = *fake_type.ops,
        .methods = {fake_type.methods[1], fake_type.methods[0]},
        .attrs = {fake_type.methods[1].attrs[0], fake_type.methods[1].attrs[1]},
        .resources = {fake_type.resources[0], fake_type.resources[1]},
        .sources = {fake_type.sources[0]},
        .facts = {fake_type.shown_facts[0]},
        .names = {"minted", NULL},
    };
    t->type = fake_type;
    t->type.ops = &t->ops;
    t->type.methods = t->methods;
    t->type.method_count = 2;
    t->type.resources = t->resources;
    t->type.resource_count = 2;
    t->type.sources = t->sources;
    t->type.shown_facts = t->facts;
    t->methods[0].attrs = t->attrs;
    t->methods[0].attr_count = 2;
    t->resources[1].methods = t->names;
}

static void bad_type_id(struct table *t)
{
    t->type.id = "Fake";
}
static void double_dash(struct table *t)
{
    t->methods[0].id = "a--b";
}
static void trailing_dash(struct table *t)
{
    t->methods[0].id = "a-";
}
static void no_id(struct table *t)
{
    t->resources[0].id = NULL;
}
static void no_title(struct table *t)
{
    t->type.title = "";
}
static void no_verify(struct table *t)
{
    t->ops.verify = NULL;
}
static void no_ops(struct table *t)
{
    t->type.ops = NULL;
}
static void no_methods(struct table *t)
{
    t->type.method_count = 0;
}
static void no_resources(struct table *t)
{
    t->type.resource_count = 0;
}
static void same_method_twice(struct table *t)
{
    t->methods[1].id = t->methods[0].id;
}
static void same_resource_twice(struct table *t)
{
    t->resources[1].id = t->resources[0].id;
}
static void same_attribute_twice(struct table *t)
{
    t->attrs[1] = t->attrs[0];
}
static void kebab_attribute(struct table *t)
{
    t->attrs[0].name = "the-realm";
}
static void no_help(struct table *t)
{
    t->attrs[0].help = NULL;
}
static void open_token(struct table *t)
{
    t->attrs[0].name = "access_token";
}
static void open_key(struct table *t)
{
    t->attrs[0].name = "sas_key";
}
static void no_choice(struct table *t)
{
    static const char *const none[] = {NULL};
    t->attrs[0].choices = none;
}
static void secret_with_choices(struct table *t)
{
    t->attrs[1].choices = t->names;
}
static void min_above_max(struct table *t)
{
    t->methods[0].min_ttl_s = 9999;
}
static void default_below_min(struct table *t)
{
    t->methods[0].default_ttl_s = 1;
}
static void default_above_max(struct table *t)
{
    t->methods[0].default_ttl_s = 99999;
}
static void negative_ttl(struct table *t)
{
    t->methods[0].min_ttl_s = -1;
}
static void fixed_with_ttl(struct table *t)
{
    t->methods[0].issues = CL_ISSUES_FIXED;
}
static void temporary_without_ttl(struct table *t)
{
    t->methods[1].issues = CL_ISSUES_TEMPORARY;
}
static void no_method_description(struct table *t)
{
    t->methods[1].description = NULL;
}
static void no_id_forms(struct table *t)
{
    t->resources[1].id_forms = NULL;
}
static void no_resource_emoji(struct table *t)
{
    t->resources[1].emoji = NULL;
}
static void unknown_method(struct table *t)
{
    t->names[0] = "mint";
}
static void served_by_none(struct table *t)
{
    t->names[0] = NULL;
}
static void no_default_id(struct table *t)
{
    t->ops.default_id = NULL;
}
static void sources_without_discovery(struct table *t)
{
    t->ops.discover = NULL;
}
static void source_without_help(struct table *t)
{
    t->sources[0].help = "";
}
static void fact_without_label(struct table *t)
{
    t->facts[0].label = "";
}

static const struct {
    void (*spoil)(struct table *t);
    const char *error;
} faults[] = {
    {bad_type_id, "connector type 'Fake' has a malformed id"},
    {double_dash, "auth method 'a--b' has a malformed id"},
    {trailing_dash, "auth method 'a-' has a malformed id"},
    {no_id, "resource type '?' has a malformed id"},
    {no_title, "connector type 'fake' lacks its title"},
    {no_verify, "cannot verify or cannot issue"},
    {no_ops, "cannot verify or cannot issue"},
    {no_methods, "has no auth method"},
    {no_resources, "has no resource type"},
    {same_method_twice, "auth method 'minted' is listed twice"},
    {same_resource_twice, "resource type 'fake-realm' is listed twice"},
    {same_attribute_twice, "attribute 'realm' is listed twice"},
    {kebab_attribute, "attribute 'the-realm' has a malformed id"},
    {no_help, "attribute 'realm' has no help"},
    {open_token, "attribute 'access_token' looks like a secret"},
    {open_key, "attribute 'sas_key' looks like a secret"},
    {no_choice, "attribute 'realm' has no choices"},
    {secret_with_choices, "attribute 'password' has choices that its kind cannot have"},
    {min_above_max, "life times that contradict"},
    {default_below_min, "life times that contradict"},
    {default_above_max, "life times that contradict"},
    {negative_ttl, "life times that contradict"},
    {fixed_with_ttl, "exactly when they can be chosen"},
    {temporary_without_ttl, "auth method 'open' must have life times"},
    {no_method_description, "auth method 'open' has no title or no description"},
    {no_id_forms, "does not say what its ids look like"},
    {no_resource_emoji, "resource type 'fake-box' has no emoji"},
    {unknown_method, "names an auth method that does not exist"},
    {served_by_none, "is served by no auth method"},
    {no_default_id, "resource type 'fake-realm' has one instance but no default id"},
    {sources_without_discovery, "has source options but finds nothing"},
    {source_without_help, "source option 'corner' has no name or no help"},
    {fact_without_label, "shown fact 'account' has no name or no label"},
};

static void accepts_sound_tables(void **state)
{
    struct table t;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    make(&t);
    assert_ok(cl_type_check(&t.type, &err), &err);
    assert_ok(cl_type_check(&fake_type, &err), &err);
    assert_ok(cl_type_check(&other_type, &err), &err);
}

static void finds_each_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(faults); i++) {
        struct table t;
        struct cl_err err = CL_ERR_NONE;

        make(&t);
        faults[i].spoil(&t);
        assert_int_equal(cl_type_check(&t.type, &err), CL_E_INTERNAL);
        if (strstr(err.text, faults[i].error) == NULL)
            fail_msg("row %zu: %s", i, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_sound_tables),
        cmocka_unit_test(finds_each_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
