#include "cli/commands/confirm.h"

enum cl_code cl_confirm_delete(struct cl_cli *cli, const char *what, const char *name, bool *ret,
                               struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
    struct cl_answers answers = cl_answers_open(cli->world, cli->values.stdin_used);

    *ret = true;
    if (!answers.is_terminal)
        return CL_OK;
    cl_buf_addf(&text, "Delete %s `%s`?", what, name);
    CL_TRY(cl_buf_ok(&text, err));
    struct cl_prompt prompt = {.kind = CL_PROMPT_CONFIRM,
                               .text = text.ptr,
                               .default_answer = CL_PROMPT_NO,
                               .option = "yes"};
    CL_TRY(cl_prompt_confirm(cli->out, &answers, &prompt, ret, err));
    if (!*ret)
        cl_out_notice(cli->out, "Nothing was deleted.");
    return CL_OK;
}
