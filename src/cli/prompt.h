#ifndef CLEAT_CLI_PROMPT_H
#define CLEAT_CLI_PROMPT_H

#include "base/strs.h"
#include "cli/output.h"

enum cl_prompt_kind {
    CL_PROMPT_CONFIRM, /* "text [y/N]: " */
    CL_PROMPT_CHOICE,  /* "text: " */
};

enum cl_prompt_default { CL_PROMPT_NONE, CL_PROMPT_YES, CL_PROMPT_NO };

struct cl_prompt {
    enum cl_prompt_kind kind;
    const char *text; /* the question, untrusted parts quoted by the caller */
    enum cl_prompt_default default_answer;
    const char *option;            /* "yes": what would have answered it, for the error */
    const struct cl_strs *choices; /* CL_PROMPT_CHOICE: what can be chosen */
    const struct cl_strs *ids;     /* other names of the same, in the same order; NULL: none */
};

/* Where answers come from. */
struct cl_answers {
    int fd;           /* standard input, or the controlling terminal */
    bool is_terminal; /* false: nobody is there to answer, unless CLEAT_FORCE_INPUT=1 */
};

/** Standard input; the controlling terminal instead when `stdin_taken` (by `@-`) and there is one.
 */
struct cl_answers cl_answers_open(const struct cl_world *world, bool stdin_taken);

/**
 * Asks on standard error for a yes or a no. --yes answers yes without asking.
 *
 * @return CL_OK, CL_E_INPUT_REQUIRED (--no-input, no terminal), CL_E_INTERRUPTED (Ctrl-C, end of
 *         input), CL_E_USAGE (ten answers that are none)
 */
enum cl_code cl_prompt_confirm(struct cl_out *out, const struct cl_answers *answers,
                               const struct cl_prompt *prompt, bool *ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Asks for one of `prompt->choices`: by its name or id, by the beginning that only one of them has,
 * or by its number, counted from 1. --yes answers nothing here.
 * @return as cl_prompt_confirm
 */
enum cl_code cl_prompt_choice(struct cl_out *out, const struct cl_answers *answers,
                              const struct cl_prompt *prompt, size_t *ret_index, struct cl_err *err)
    CL_MUST_USE;

#endif
