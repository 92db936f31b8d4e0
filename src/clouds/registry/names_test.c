#include "clouds/registry/names.h"

#include "test.h"

static void reads_every_spelling(void **state)
{
    static const struct {
        const char *input;
        const char *host;
        const char *repository;
        bool plain_http;
    } cases[] = {
        {"docker.io", "docker.io", "", false},
        {"index.docker.io", "docker.io", "", false},
        {"https://index.docker.io/v1/", "docker.io", "", false},
        {"https://index.docker.io/v1/acme/app", "docker.io", "acme/app", false},
        {"registry-1.docker.io/v2/", "docker.io", "", false},
        {"registry.hub.docker.com", "docker.io", "", false},
        {"https://hub.docker.com/", "docker.io", "", false},
        {"www.docker.io", "docker.io", "", false},
        {"auth.docker.io:443", "docker.io", "", false},
        {"acme", "docker.io", "acme", false},
        {"acme/app", "docker.io", "acme/app", false},
        {" acme/app\n", "docker.io", "acme/app", false},
        {"ghcr.io/org/x", "ghcr.io", "org/x", false},
        {"HTTPS://Reg.Example.com:443/", "reg.example.com", "", false},
        {"reg.example.com.", "reg.example.com", "", false},
        {"reg.example.com:8443", "reg.example.com:8443", "", false},
        {"reg.example.com:080", "reg.example.com:80", "", false},
        {"https://reg.example.com:80", "reg.example.com:80", "", false},
        {"http://reg.example.com:80/", "reg.example.com", "", true},
        {"http://10.0.0.5:5000", "10.0.0.5:5000", "", true},
        {"localhost", "localhost", "", false},
        {"LocalHost/a", "localhost", "a", false},
        {"localhost:5000/a", "localhost:5000", "a", false},
        {"[fd00::1]:5000", "[fd00::1]:5000", "", false},
        {"https://[FD00:0:0::0001]/v2/a/b/", "[fd00::1]", "a/b", false},
        {"123456789012.dkr.ecr.eu-west-1.amazonaws.com",
         "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "", false},
        {"https://my_reg.example.com//team//", "my_reg.example.com", "team", false},
        {"reg.example.com/v2", "reg.example.com", "", false},
        {"reg.example.com/a__b/c-d.e/f--g_1", "reg.example.com", "a__b/c-d.e/f--g_1", false},
        /* A host without a dot is told from a name on Docker Hub by its port. */
        {"https://registry", "registry:443", "", false},
        {"registry:443", "registry:443", "", false},
        {"http://registry/a", "registry:80", "a", true},
        {"registry:5000", "registry:5000", "", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct registry_name name = {.host = ""};
        struct registry_name again = {.host = ""};
        struct cl_err err = CL_ERR_NONE;

        print_message("%s\n", cases[i].input);
        assert_ok(registry_name_parse(cl_str_of(cases[i].input), &name, &err), &err);
        assert_string_equal(name.host, cases[i].host);
        assert_string_equal(name.repository, cases[i].repository);
        assert_int_equal(name.plain_http, cases[i].plain_http);
        assert_ok(registry_name_parse(cl_str_of(name.host), &again, &err), &err);
        assert_string_equal(again.host, name.host);
        assert_string_equal(again.repository, "");
    }
}

static void refuses_what_is_no_registry(void **state)
{
    static const char *const inputs[] = {
        "",
        " ",
        "a b",
        "user@reg.example.com",
        "https://user:pw@reg.example.com",
        "reg.example.com?x=y",
        "reg.example.com#x",
        "ftp://reg.example.com",
        "://reg.example.com",
        "https://",
        "https:///a",
        "/acme/app",
        "reg..example.com",
        ".example.com",
        "-reg.example.com",
        "reg-.example.com",
        "reg.example.com..",
        "reg.exa\tmple.com",
        "reg\\.example.com",
        "r\xC3\xA4g.example.com",
        "127.1",
        "1.2.3.4.5",
        "256.1.1.1",
        "10.0.0.5:0",
        "10.0.0.5:65536",
        "10.0.0.5:+1",
        "10.0.0.5:",
        "10.0.0.5:5000x",
        "http://reg.example.com:443",
        "acme:tag",
        "acme/app:tag",
        "acme/app@sha256",
        "ghcr.io/org/x:latest",
        "ghcr.io/Org/x",
        "ghcr.io/org//x",
        "ghcr.io/org/x_",
        "ghcr.io/org/x___y",
        "ghcr.io/org/x..y",
        "ghcr.io/org/x._y",
        "ghcr.io/../x",
        "ghcr.io/org/%2e",
        "ACME",
        "[fd00::1",
        "[fd00::1]5000",
        "[fd00::1]:",
        "[fd00::1%eth0]:5000",
        "[::g]",
        "fd00::1",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(inputs); i++) {
        struct registry_name name = {.host = "kept"};
        struct cl_err err = CL_ERR_NONE;

        print_message("%s\n", inputs[i]);
        assert_int_equal(registry_name_parse(cl_str_of(inputs[i]), &name, &err), CL_E_ID_INVALID);
        assert_non_null(strstr(err.hint, "{host}"));
        assert_string_equal(name.host, "kept");
    }
}

static void refuses_names_of_any_length(void **state)
{
    static const size_t lengths[] = {60, 253, 254, 300, 1025, 5000};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(lengths); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(8192);
        struct registry_name name = {.host = ""};
        struct cl_err err = CL_ERR_NONE;

        cl_buf_add_repeat(&text, "a", lengths[i]);
        cl_buf_add_c(&text, ".io");
        assert_int_equal(registry_name_parse(cl_buf_view(&text), &name, &err),
                         lengths[i] <= 63 ? CL_OK : CL_E_ID_INVALID);
        cl_buf_truncate(&text, 0);
        cl_buf_add_c(&text, "io.io/");
        cl_buf_add_repeat(&text, "a", lengths[i]);
        assert_int_equal(registry_name_parse(cl_buf_view(&text), &name, &err),
                         lengths[i] <= 255 ? CL_OK : CL_E_ID_INVALID);
    }
}

static void knows_where_the_api_is(void **state)
{
    static const struct {
        const char *host;
        bool plain_http;
        const char *base;
    } cases[] = {
        {"docker.io", false, "https://registry-1.docker.io"},
        {"ghcr.io", false, "https://ghcr.io"},
        {"localhost:5000", true, "http://localhost:5000"},
        {"[fd00::1]:5000", false, "https://[fd00::1]:5000"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(512);

        registry_add_base(&url, cl_str_of(cases[i].host), cases[i].plain_http);
        assert_str(cl_buf_view(&url), cases[i].base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_spelling),
        cmocka_unit_test(refuses_what_is_no_registry),
        cmocka_unit_test(refuses_names_of_any_length),
        cmocka_unit_test(knows_where_the_api_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
