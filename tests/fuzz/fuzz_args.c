/* Command lines: one word per line of the input, parsed against the real table of commands. */
#include "fuzz.h"

#include "base/alloc.h"
#include "cli/args.h"
#include "cli/commands/root.h"
#include "cli/settings.h"

enum { WORDS_MAX = 64 };

static void parse(int argc, char *const argv[])
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_args args = {.depth = 0};
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(4096);

    if (cl_args_parse(&cl_root_command, &cl_global_options, argc, argv, &args, &err) != CL_OK) {
        fuzz_check_error(&err);
    } else if (cl_args_command(&args)->takes_config &&
               cl_args_resolve_config(&args, NULL, &err) != CL_OK) {
        fuzz_check_error(&err);
    }
    FUZZ_CHECK(args.depth >= 1);
    cl_args_add_path(&args, &path);
    cl_args_cleanup(&args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_str rest = fuzz_text(data, size);
    struct cl_str word;
    char program[] = "cleat";
    char *argv[WORDS_MAX + 2] = {program};
    char *owned[WORDS_MAX] = {NULL};
    int argc = 1;
    bool more = size > 0;

    while (more && argc <= WORDS_MAX) {
        more = cl_str_cut(rest, '\n', &word, &rest);
        if (cl_str_dup(word, &owned[argc - 1], &err) == CL_OK) {
            argv[argc] = owned[argc - 1];
            argc++;
        }
    }
    parse(argc, argv);
    for (int i = 0; i < WORDS_MAX; i++)
        cl_free(owned[i]);
    return 0;
}
