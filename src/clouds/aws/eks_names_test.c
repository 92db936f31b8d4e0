#include "clouds/aws/eks_names.h"

#include "test.h"

static void reads_every_accepted_form(void **state)
{
    static const struct {
        const char *id, *region, *name, *account;
    } cases[] = {
        {"zenhacks-cluster", "us-east-1", "zenhacks-cluster", ""},
        {"A", "us-east-1", "A", ""},
        {"1_a-B", "us-east-1", "1_a-B", ""},
        {"arn:aws:eks:us-east-1:123456789012:cluster/zenhacks-cluster", "us-east-1",
         "zenhacks-cluster", "123456789012"},
        {"arn:aws-cn:eks:cn-north-1:123456789012:cluster/c", "cn-north-1", "c", "123456789012"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = CL_ERR_NONE;
        struct aws_eks_id id;

        assert_ok(aws_eks_parse_id(cl_str_of(cases[i].id), cl_str_of(cases[i].region), &id, &err),
                  &err);
        assert_str(id.name, cases[i].name);
        assert_str(id.account, cases[i].account);
    }
}

static void refuses_everything_else(void **state)
{
    static const char *const ids[] = {
        "",
        "-start",
        "_start",
        "has space",
        "has.dot",
        "has/slash",
        "line\n",
        "arn:aws:eks:us-east-1:123456789012:cluster/",
        "arn:aws:eks:us-east-1:123456789012:cluster/a/b",
        "arn:aws:eks:us-east-1:123456789012:nodegroup/a",
        "arn:aws:eks:us-east-1::cluster/a",
        "arn:aws:eks::123456789012:cluster/a",
        "arn:aws:ecs:us-east-1:123456789012:cluster/a",
        "arn:xyz:eks:us-east-1:123456789012:cluster/a",
        "arn:aws:eks:us-east-1:12345:cluster/a",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(ids); i++) {
        struct cl_err err = CL_ERR_NONE;
        struct aws_eks_id id;

        assert_int_equal(aws_eks_parse_id(cl_str_of(ids[i]), CL_STR("us-east-1"), &id, &err),
                         CL_E_ID_INVALID);
        assert_true(cl_str_contains(cl_str_of(err.hint), CL_STR("{cluster-name}")));
    }
}

static void a_name_has_at_most_100_characters(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(256);
    struct cl_err err = CL_ERR_NONE;
    struct aws_eks_id id;

    (void)state;
    cl_buf_add_repeat(&name, "x", 100);
    assert_ok(aws_eks_parse_id(cl_buf_view(&name), CL_STR("r"), &id, &err), &err);
    cl_buf_add_char(&name, 'x');
    assert_int_equal(aws_eks_parse_id(cl_buf_view(&name), CL_STR("r"), &id, &err), CL_E_ID_INVALID);
}

static void refuses_a_cluster_of_another_region_by_name(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    struct aws_eks_id id;

    (void)state;
    assert_int_equal(aws_eks_parse_id(CL_STR("arn:aws:eks:eu-west-1:123456789012:cluster/c"),
                                      CL_STR("us-east-1"), &id, &err),
                     CL_E_ID_INVALID);
    assert_string_equal(err.text,
                        "EKS cluster 'c' is in region eu-west-1, the connector is for us-east-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_accepted_form),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(a_name_has_at_most_100_characters),
        cmocka_unit_test(refuses_a_cluster_of_another_region_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
