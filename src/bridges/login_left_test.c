#include "bridges/login_left.h"

#include "codec/json.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

/* Which files of other tools still name a connector. */

#define ID "c0f8e857-aaaa-4bbb-8ccc-0123456789ab"
#define OTHER_ID "11111111-aaaa-4bbb-8ccc-0123456789ab"
#define MAP(id)                                                                                \
    "{\"ghcr.io\":{\"connector\":\"" id "\",\"resource_type\":\"docker-registry\",\"files\":[" \
    "{\"path\":\"/d.json\",\"key\":\"ghcr.io\"},{\"path\":\"/a.json\",\"key\":\"ghcr.io\"}]}," \
    "\"quay.io\":{\"connector\":\"" id "\",\"resource_type\":\"docker-registry\",\"files\":["  \
    "{\"path\":\"/d.json\",\"key\":\"quay.io\"}]}}"

static enum cl_code left(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs files = CL_STRS_NONE;

    return cl_login_left(fake_world(ctx), ID, &files, err);
}

static void assert_left(struct fake_world *fake, const char *want)
{
    CL_AUTO(cl_strs) struct cl_strs files = CL_STRS_NONE;
    CL_AUTO(cl_string) char *all = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_login_left(fake_world(fake), ID, &files, &err), &err);
    assert_ok(cl_strs_join(&files, " ", &all, &err), &err);
    assert_string_equal(all, want);
}

static void names_each_file_once(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_env(fake, "HOME", "/home/u");
    fake_set_env(fake, "KUBECONFIG", "/k1:/k2:/k3");
    assert_left(fake, "");
    fake_set_file(fake, "/k1", "connector: " OTHER_ID "\n");
    fake_set_file(fake, "/k2", "connector: " ID "\n");
    fake_set_file(fake, "/home/u/.config/cleat/docker.json", MAP(ID));
    fake_set_file(fake, "/home/u/.aws/config", "# connector " ID " x\n[profile y]\n");
    fake_set_file(fake, "/home/u/.aws/credentials", "# connector " OTHER_ID " x\n[y]\n");
    assert_left(fake, "/k2 /d.json /a.json /home/u/.aws/config");
    assert_true(fail_each_allocation(left, fake) > 10);
    fake_set_file(fake, "/home/u/.config/cleat/docker.json", MAP(OTHER_ID));
    assert_left(fake, "/k2 /home/u/.aws/config");
    fake_world_free(fake);
}

/* What cannot be read is none of the deletion's business. */
static void passes_over_what_it_cannot_read(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    assert_left(fake, ""); /* no home */
    fake_set_env(fake, "HOME", "/home/u");
    fake_set_file(fake, "/home/u/.config/cleat/docker.json", "{");
    fake_set_file(fake, "/home/u/.kube/config/folder", "");
    fake_set_file(fake, "/home/u/.aws/credentials", ID);
    assert_left(fake, "/home/u/.aws/credentials");
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_each_file_once),
        cmocka_unit_test(passes_over_what_it_cannot_read),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
