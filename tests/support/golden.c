#include "golden.h"

#include <stdio.h>

#include "base/alloc.h"

char *golden_read(const char *folder, const char *name)
{
    char path[1024];
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf content = CL_BUF(4UL * 1024 * 1024);
    char chunk[4096];
    char *text = NULL;
    size_t got = 0;

    assert_true(snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path));
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
        cl_buf_add(&content, cl_str_make(chunk, got));
    assert_int_equal(fclose(file), 0);
    assert_ok(cl_buf_take(&content, &text, &err), &err);
    return text;
}

void golden_compare(const char *folder, const char *name, struct cl_str actual)
{
    CL_AUTO(cl_string) char *text = golden_read(folder, name);
    struct cl_str wanted = cl_str_of(text);
    bool more_wanted = true;
    bool more_actual = true;

    for (int line = 1; more_wanted || more_actual; line++) {
        struct cl_str want = CL_STR_NONE;
        struct cl_str got = CL_STR_NONE;

        more_wanted = cl_str_cut(wanted, '\n', &want, &wanted);
        more_actual = cl_str_cut(actual, '\n', &got, &actual);
        if (!cl_str_eq(want, got) || more_wanted != more_actual)
            fail_msg("%s:%d\n  wanted \"%.*s\"\n  got    \"%.*s\"", name, line, CL_STR_ARG(want),
                     CL_STR_ARG(got));
    }
}
