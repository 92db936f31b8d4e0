/*
 * The configuration of the AWS tools: input before a NUL byte is the config file, after it the
 * credentials file. Editing a section leaves all others as they were.
 */
#include "fuzz.h"

#include <string.h>

#include "base/alloc.h"
#include "interop/aws_profiles.h"
#include "interop/ini_edit.h"

static void check_profiles(struct cl_str config, struct cl_str credentials)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = NULL;
    CL_AUTO(cl_strs) struct cl_strs names = {.count = 0};
    struct cl_aws_profile_texts texts = {config, "config", credentials, "credentials"};

    if (cl_aws_profiles_parse(&texts, &profiles, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    FUZZ_CHECK(cl_aws_profiles_names(profiles, &names, &err) == CL_OK);
    for (size_t i = 0; i < names.count; i++) {
        struct cl_str name = cl_str_of(names.items[i]);
        struct cl_str endpoint;

        FUZZ_CHECK(cl_aws_profiles_has(profiles, name));
        (void)cl_aws_profile_get(profiles, name, "role_arn");
        if (cl_aws_profile_endpoint(profiles, name, "s3", &endpoint, &err) != CL_OK)
            fuzz_check_error(&err);
    }
}

/* Written and removed again, a section leaves at most a line break at the end behind. */
static void check_edit(struct cl_str config)
{
    static const char section[] = "# managed by cleat\n[profile cleat-fuzz]\nregion = us-east-1\n";
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf added = CL_BUF(1U << 22U);
    CL_AUTO(cl_buf) struct cl_buf removed = CL_BUF(1U << 22U);
    struct cl_ini_edit edit = {
        .text = config,
        .header = CL_STR("profile cleat-fuzz"),
        .section = cl_str_of(section),
    };

    if (cl_ini_edit(&edit, &added, &err) != CL_OK) {
        fuzz_check_error(&err);
        return;
    }
    FUZZ_CHECK(memmem(added.ptr, added.len, "[profile cleat-fuzz]", 20) != NULL);
    edit.text = cl_buf_view(&added);
    edit.section = CL_STR("");
    FUZZ_CHECK(cl_ini_edit(&edit, &removed, &err) == CL_OK);
    FUZZ_CHECK(removed.len <= added.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_str config;
    struct cl_str credentials;

    (void)cl_str_cut(fuzz_text(data, size), '\0', &config, &credentials);
    check_profiles(config, credentials);
    check_edit(config);
    return 0;
}
