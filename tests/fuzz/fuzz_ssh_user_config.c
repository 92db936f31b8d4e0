/* A user's ssh configuration: whatever it says, what is found is text out of it. */
#include "fuzz.h"

#include "clouds/ssh/user_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_buf path = CL_BUF(4096);
    struct ssh_user_config found = {.host_name = NULL};
    struct cl_str text = fuzz_text(data, size);
    struct cl_err err = CL_ERR_NONE;

    FUZZ_CHECK(ssh_user_config_read(text, CL_STR("gpu1.example.com"), &found, &err) == CL_OK);
    FUZZ_CHECK(found.identities.count <= 100);
    for (size_t i = 0; i < found.identities.count; i++) {
        if (ssh_identity_path(found.identities.items[i], "/home/me", "gpu1", "ml", &path, &err) !=
            CL_OK)
            fuzz_check_error(&err);
        cl_buf_cleanup(&path);
        path = (struct cl_buf)CL_BUF(4096);
        err = CL_ERR_NONE;
    }
    ssh_user_config_cleanup(&found);
    return 0;
}
