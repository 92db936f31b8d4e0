#include "test.h"

#include "core/codec_util.h"
#include "fake_type.h"
#include "fault.h"
#include "json_text.h"

static const char *const colours[] = {"red", "blue", NULL};

static const struct cl_attr attrs[] = {
    {.name = "url", .format = CL_ATTR_FORMAT_URI, .required = true, .help = "URL"},
    {.name = "token", .kind = CL_ATTR_SECRET, .help = "Token"},
    {.name = "ca", .kind = CL_ATTR_SECRET, .format = CL_ATTR_FORMAT_PEM, .help = "CA"},
    {.name = "arns", .kind = CL_ATTR_LIST, .format = CL_ATTR_FORMAT_ARN, .help = "ARNs"},
    {.name = "colour", .choices = colours, .help = "Colour", .max_bytes = 8},
    {.name = "level", .kind = CL_ATTR_INT, .required = true, .help = "Level"},
    {.name = "strict", .kind = CL_ATTR_BOOL, .help = "Strict"},
};

static void a_schema_marks_secrets_at_the_top_level(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_json_open_object(&build, NULL);
    cl_member_add_schema(&build, "Things", attrs, CL_COUNT(attrs));
    cl_json_close(&build);
    assert_ok(cl_json_build_take(&build, &json, &err), &err);
    assert_json(
        json,
        "{\"config_schema\":{\"title\":\"Things\",\"type\":\"object\",\"properties\":{"
        "\"url\":{\"type\":\"string\",\"title\":\"URL\",\"format\":\"uri\"},"
        "\"token\":{\"type\":\"string\",\"title\":\"Token\",\"format\":\"password\","
        "\"writeOnly\":true},"
        "\"ca\":{\"type\":\"string\",\"title\":\"CA\",\"format\":\"password\",\"writeOnly\":true},"
        "\"arns\":{\"type\":\"array\",\"title\":\"ARNs\",\"items\":{\"type\":\"string\","
        "\"format\":\"arn\"}},"
        "\"colour\":{\"type\":\"string\",\"title\":\"Colour\",\"enum\":[\"red\",\"blue\"],"
        "\"maxLength\":8},"
        "\"level\":{\"type\":\"integer\",\"title\":\"Level\"},"
        "\"strict\":{\"type\":\"boolean\",\"title\":\"Strict\"}},"
        "\"required\":[\"url\",\"level\"]}}");
}

static void every_format_has_a_word(void **state)
{
    static const char *const words[] = {"uri",  "hostname", "pem",    "base64",
                                        "json", "arn",      "region", "lines"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(words); i++) {
        CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
        CL_AUTO(cl_json) json_t *json = NULL;
        struct cl_attr attr = {.name = "a", .format = (enum cl_attr_format)(i + 1), .help = "A"};
        struct cl_err err = CL_ERR_NONE;

        cl_json_open_object(&build, NULL);
        cl_member_add_schema(&build, "T", &attr, 1);
        cl_json_close(&build);
        assert_ok(cl_json_build_take(&build, &json, &err), &err);
        json_t *schema = json_object_get(json, "config_schema");
        json_t *property = json_object_get(json_object_get(schema, "properties"), "a");
        assert_string_equal(json_string_value(json_object_get(property, "format")), words[i]);
    }
}

static void describes_a_type_with_members_in_order(void **state)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(cl_type_encode(&other_type, &json, &err), (void)0);
    assert_json(
        json,
        "{\"name\":\"Other Service Connector\",\"connector_type\":\"other\","
        "\"description\":\"Exists in tests only.\",\"resource_types\":[{\"name\":\"Other thing\","
        "\"resource_type\":\"other-thing\",\"description\":\"A thing.\","
        "\"auth_methods\":[\"key\"],\"supports_instances\":true,\"emoji\":\"\xF0\x9F\x8C\x80\","
        "\"logo_url\":null}],\"auth_methods\":[{\"name\":\"Other Key\",\"auth_method\":\"key\","
        "\"description\":\"A key.\",\"config_schema\":{\"title\":\"Other Key\","
        "\"type\":\"object\",\"properties\":{\"api_key\":{\"type\":\"string\","
        "\"title\":\"API key\",\"format\":\"password\",\"writeOnly\":true}},"
        "\"required\":[\"api_key\"]},\"min_expiration_seconds\":null,"
        "\"max_expiration_seconds\":null,\"default_expiration_seconds\":null,"
        "\"issues\":\"pass-through\"}],\"supports_auto_configuration\":false,\"local\":true,"
        "\"remote\":true,\"emoji\":\"\xF0\x9F\x8C\x80\",\"logo_url\":null}");
}

static const json_t *row(const json_t *json, const char *list, size_t index)
{
    return json_array_get(json_object_get(json, list), index);
}

static void a_type_says_what_each_part_can_do(void **state)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_type_encode(&fake_type, &json, &err), &err);
    assert_true(cl_json_bool(json, "supports_auto_configuration", false));
    assert_json(json_object_get(row(json, "resource_types", 2), "auth_methods"),
                "[\"minted\",\"ambient\"]");
    assert_json(json_object_get(row(json, "resource_types", 1), "auth_methods"),
                "[\"open\",\"minted\",\"ambient\"]");
    assert_int_equal(cl_json_i64(row(json, "auth_methods", 1), "min_expiration_seconds", 0), 60);
    assert_int_equal(cl_json_i64(row(json, "auth_methods", 1), "max_expiration_seconds", 0), 3600);
    assert_int_equal(cl_json_i64(row(json, "auth_methods", 1), "default_expiration_seconds", 0),
                     600);
    assert_str(cl_json_str(row(json, "auth_methods", 1), "issues"), "temporary");
    assert_str(cl_json_str(row(json, "auth_methods", 2), "issues"), "temporary-fixed");
}

static void describes_a_flavor(void **state)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(cl_flavor_encode(cl_flavor_at(0), &json, &err), (void)0);
    assert_str(cl_json_str(json, "name"), "s3");
    assert_str(cl_json_str(json, "kind"), "artifact_store");
    assert_str(cl_json_str(json, "connector_resource_type"), "s3-bucket");
    assert_str(cl_json_str(json, "connector_resource_id_attr"), "path");
    assert_true(json_is_null(json_object_get(json, "connector_type")));
    const json_t *schema = json_object_get(json, "config_schema");
    assert_json(json_object_get(schema, "required"), "[\"path\"]");
    assert_str(cl_json_str(schema, "title"), "S3ArtifactStoreConfig");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schema_marks_secrets_at_the_top_level),
        cmocka_unit_test(every_format_has_a_word),
        cmocka_unit_test(describes_a_type_with_members_in_order),
        cmocka_unit_test(a_type_says_what_each_part_can_do),
        cmocka_unit_test(describes_a_flavor),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
