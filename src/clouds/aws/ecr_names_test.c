#include "clouds/aws/ecr_names.h"

#include "test.h"

#define ACCOUNT "715803424590"

static void reads_every_accepted_form(void **state)
{
    static const struct {
        const char *id, *region, *repository, *host;
    } cases[] = {
        {ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com", "us-east-1", "",
         ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"},
        {"https://" ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com/", "us-east-1", "",
         ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"},
        {"http://" ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com/team/app", "us-east-1", "team/app",
         ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"},
        {ACCOUNT ".dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", "",
         ACCOUNT ".dkr.ecr.cn-north-1.amazonaws.com.cn"},
        {ACCOUNT ".dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1", "",
         ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"},
        {ACCOUNT ".dkr-ecr.us-east-1.on.aws/app", "us-east-1", "app",
         ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"},
        {ACCOUNT ".dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", "",
         ACCOUNT ".dkr.ecr.us-iso-east-1.c2s.ic.gov"},
        {"arn:aws:ecr:us-east-1:" ACCOUNT ":repository", "us-east-1", "",
         ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"},
        {"arn:aws:ecr:us-east-1:" ACCOUNT ":repository/", "us-east-1", "",
         ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"},
        {"arn:aws-us-gov:ecr:us-gov-west-1:" ACCOUNT ":repository/team/app", "us-gov-west-1",
         "team/app", ACCOUNT ".dkr.ecr.us-gov-west-1.amazonaws.com"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf host = CL_BUF(256);
        struct cl_str region = cl_str_of(cases[i].region);
        struct cl_err err = CL_ERR_NONE;
        struct aws_ecr_id id;

        assert_ok(aws_ecr_parse_id(cl_str_of(cases[i].id), region, &id, &err), &err);
        assert_str(id.account, ACCOUNT);
        assert_str(id.repository, cases[i].repository);
        aws_ecr_add_host(&host, id.account, region);
        assert_str(cl_buf_view(&host), cases[i].host);
    }
}

static void refuses_everything_else(void **state)
{
    static const char *const ids[] = {
        "",
        ACCOUNT,
        "docker.io",
        "https://",
        "71580342459.dkr.ecr.us-east-1.amazonaws.com",
        "7158034245901.dkr.ecr.us-east-1.amazonaws.com",
        ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com.evil.example",
        ACCOUNT ".dkr.ecr.us-east-1.example.com",
        ACCOUNT ".dkr.ecr.us-east-1",
        ACCOUNT ".dkr.ecr..amazonaws.com",
        ACCOUNT ".dkr.ecr.US-EAST-1.amazonaws.com",
        ACCOUNT ".dkr-ecr.us-east-1.amazonaws.com",
        ACCOUNT ".dkr.ecr.us-east-1.on.aws",
        ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com:443",
        ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com/a\nb",
        "ftp://" ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com",
        "arn:aws:ecr:us-east-1::repository",
        "arn:aws:ecr::" ACCOUNT ":repository",
        "arn:aws:ecr:us-east-1:" ACCOUNT ":repositoryx",
        "arn:aws:ecr:us-east-1:" ACCOUNT ":registry/x",
        "arn:aws:ecs:us-east-1:" ACCOUNT ":repository/x",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(ids); i++) {
        struct cl_err err = CL_ERR_NONE;
        struct aws_ecr_id id;

        assert_int_equal(aws_ecr_parse_id(cl_str_of(ids[i]), CL_STR("us-east-1"), &id, &err),
                         CL_E_ID_INVALID);
        assert_true(cl_str_contains(cl_str_of(err.hint), CL_STR("{account}.dkr.ecr")));
    }
}

static void refuses_a_registry_of_another_region_by_name(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    struct aws_ecr_id id;

    (void)state;
    assert_int_equal(aws_ecr_parse_id(CL_STR(ACCOUNT ".dkr.ecr.eu-west-1.amazonaws.com"),
                                      CL_STR("us-east-1"), &id, &err),
                     CL_E_ID_INVALID);
    assert_string_equal(err.text, "ECR registry of account " ACCOUNT
                                  " is in region eu-west-1, the connector is for us-east-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_accepted_form),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(refuses_a_registry_of_another_region_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
