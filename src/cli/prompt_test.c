#include "cli/prompt.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"
#include "cli/interrupt.h"
#include "fake_world.h"
#include "test.h"

struct fixture {
    struct fake_world *fake;
    struct cl_buf text;
    struct cl_stream stream;
    struct cl_out out;
    struct cl_answers answers;
    int write_end;
    struct cl_err err;
};

static void set_up(struct fixture *fix, const char *typed, struct cl_settings settings)
{
    int ends[2];

    *fix = (struct fixture){.fake = fake_world_new(), .text = CL_BUF(65536)};
    fake_set_env(fix->fake, "LANG", "C.UTF-8");
    fix->stream = capture_stream(&fix->text);
    cl_out_init(&fix->out, fake_world(fix->fake), &settings, &fix->stream, &fix->stream);
    assert_int_equal(pipe(ends), 0);
    fix->answers = (struct cl_answers){.fd = ends[0], .is_terminal = true};
    assert_int_equal(write(ends[1], typed, strlen(typed)), strlen(typed));
    fix->write_end = ends[1];
    (void)close(ends[1]);
}

static void tear_down(struct fixture *fix)
{
    (void)close(fix->answers.fd);
    cl_buf_cleanup(&fix->text);
    fake_world_free(fix->fake);
}

#define SETTINGS(...) ((struct cl_settings){__VA_ARGS__})

static enum cl_code confirm(struct fixture *fix, enum cl_prompt_default otherwise, bool *ret)
{
    struct cl_prompt prompt = {.kind = CL_PROMPT_CONFIRM,
                               .text = "Delete `a`?",
                               .default_answer = otherwise,
                               .option = "yes"};

    return cl_prompt_confirm(&fix->out, &fix->answers, &prompt, ret, &fix->err);
}

struct confirm_row {
    const char *typed;
    enum cl_prompt_default otherwise;
    bool answer;
    const char *shown;
};

static void asks_until_it_has_a_yes_or_a_no(void **state)
{
    static const struct confirm_row rows[] = {
        {"y\n", CL_PROMPT_NO, true, "Delete `a`? [y/N]: "},
        {"YES\n", CL_PROMPT_NO, true, "Delete `a`? [y/N]: "},
        {"n\n", CL_PROMPT_YES, false, "Delete `a`? [Y/n]: "},
        {"No\n", CL_PROMPT_YES, false, "Delete `a`? [Y/n]: "},
        {"\n", CL_PROMPT_NO, false, "Delete `a`? [y/N]: "},
        {"\n", CL_PROMPT_YES, true, "Delete `a`? [Y/n]: "},
        {" y \r\n", CL_PROMPT_NO, true, "Delete `a`? [y/N]: "},
        {"\n\ny\n", CL_PROMPT_NONE, true,
         "Delete `a`? [y/n]: Delete `a`? [y/n]: Delete `a`? [y/n]: "},
        {"perhaps\nn\n", CL_PROMPT_NO, false,
         "Delete `a`? [y/N]: Error: please answer y or n.\nDelete `a`? [y/N]: "},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        bool answer = !rows[i].answer;
        set_up(&fix, rows[i].typed, SETTINGS(.quiet = false));
        assert_ok(confirm(&fix, rows[i].otherwise, &answer), &fix.err);
        assert_int_equal(answer, rows[i].answer);
        assert_str(cl_buf_view(&fix.text), rows[i].shown);
        tear_down(&fix);
    }
}

static enum cl_code choose(struct fixture *fix, size_t *ret)
{
    static const char *const choices[] = {"aws-auto", "aws-s3", "3", "x\x1b[2J"};
    static const char *const others[] = {"c0f8", "aaaa", "abab", "b000"};
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_strs) struct cl_strs ids = CL_STRS_NONE;
    struct cl_prompt prompt = {.kind = CL_PROMPT_CHOICE,
                               .text = "Which",
                               .option = "connector",
                               .choices = &names,
                               .ids = &ids};

    for (size_t i = 0; i < CL_COUNT(choices); i++) {
        assert_ok(cl_strs_add(&names, cl_str_of(choices[i]), &fix->err), &fix->err);
        assert_ok(cl_strs_add(&ids, cl_str_of(others[i]), &fix->err), &fix->err);
    }
    return cl_prompt_choice(&fix->out, &fix->answers, &prompt, ret, &fix->err);
}

#define NONE_OF(typed) "Which: Error: '" typed "' is not one of: aws-auto, aws-s3, 3, x\\x1b[2J.\n"

static void asks_until_it_has_one_of_the_choices(void **state)
{
    static const struct {
        const char *typed;
        size_t index;
        const char *shown;
    } rows[] = {
        {"aws-auto\n", 0, "Which: "},
        {" aws-s3 \r\n", 1, "Which: "},
        {"aaaa\n", 1, "Which: "},
        {"1\n", 0, "Which: "},
        {"3\n", 2, "Which: "}, /* the name, not the third */
        {"4\n", 3, "Which: "},
        {"aws-a\n", 0, "Which: "},
        {"b\n", 3, "Which: "},
        {"\n\nc0\n", 0, "Which: Which: Which: "},
        {"aws-\nc0f8\n", 0, NONE_OF("aws-") "Which: "},
        {"AWS-AUTO\n0\n5\n2\n", 1, NONE_OF("AWS-AUTO") NONE_OF("0") NONE_OF("5") "Which: "},
        {"a\x1b[2J\n2\n", 1, NONE_OF("a\\x1b[2J") "Which: "},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        size_t index = 99;
        set_up(&fix, rows[i].typed, SETTINGS(.yes = true)); /* which answers nothing here */
        assert_ok(choose(&fix, &index), &fix.err);
        assert_int_equal(index, rows[i].index);
        assert_str(cl_buf_view(&fix.text), rows[i].shown);
        tear_down(&fix);
    }
}

static void chooses_nothing_by_itself(void **state)
{
    struct fixture fix;
    size_t index = 99;

    (void)state;
    set_up(&fix, "", SETTINGS(.yes = true));
    assert_int_equal(choose(&fix, &index), CL_E_INTERRUPTED);
    tear_down(&fix);
    set_up(&fix, "\n\n\n\n\n\n\n\n\n\n1\n", SETTINGS(.yes = true));
    assert_int_equal(choose(&fix, &index), CL_E_USAGE);
    tear_down(&fix);
    set_up(&fix, "1\n", SETTINGS(.yes = true, .no_input = true));
    assert_int_equal(choose(&fix, &index), CL_E_INPUT_REQUIRED);
    assert_string_equal(fix.err.text,
                        "cannot ask for 'Which': --no-input is in effect; pass --connector");
    tear_down(&fix);
    assert_int_equal(index, 99);
}

static void end_of_input_aborts(void **state)
{
    struct fixture fix;
    bool answer = true;

    (void)state;
    set_up(&fix, "", SETTINGS(.quiet = false));
    assert_int_equal(confirm(&fix, CL_PROMPT_NO, &answer), CL_E_INTERRUPTED);
    assert_string_equal(fix.err.text, "Aborted.");
    assert_str(cl_buf_view(&fix.text), "Delete `a`? [y/N]: \n");
    assert_true(answer);
    tear_down(&fix);
}

static void gives_up_after_ten_answers_that_are_none(void **state)
{
    struct fixture fix;
    bool answer = true;

    (void)state;
    set_up(&fix, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\ny\n", SETTINGS(.quiet = false));
    assert_int_equal(confirm(&fix, CL_PROMPT_NO, &answer), CL_E_USAGE);
    assert_string_equal(fix.err.text, "no answer to 'Delete `a`?' after 10 tries");
    tear_down(&fix);
}

static void yes_answers_without_asking(void **state)
{
    struct fixture fix;
    bool answer = false;

    (void)state;
    set_up(&fix, "n\n", SETTINGS(.yes = true, .no_input = true));
    assert_ok(confirm(&fix, CL_PROMPT_NO, &answer), &fix.err);
    assert_true(answer);
    assert_int_equal(fix.text.len, 0);
    tear_down(&fix);
}

static void says_which_option_would_have_answered(void **state)
{
    struct fixture fix;
    bool answer = false;

    (void)state;
    set_up(&fix, "y\n", SETTINGS(.no_input = true));
    assert_int_equal(confirm(&fix, CL_PROMPT_NO, &answer), CL_E_INPUT_REQUIRED);
    assert_string_equal(fix.err.text,
                        "cannot ask for 'Delete `a`?': --no-input is in effect; pass --yes");
    fix.out.settings.no_input = false;
    fix.answers.is_terminal = false;
    assert_int_equal(confirm(&fix, CL_PROMPT_NO, &answer), CL_E_INPUT_REQUIRED);
    assert_string_equal(fix.err.text, "cannot ask for 'Delete `a`?': no terminal; pass --yes");
    assert_int_equal(cl_code_exit(fix.err.code), 10);
    assert_int_equal(fix.text.len, 0);
    tear_down(&fix);
}

static void forced_input_takes_answers_from_a_pipe(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_env(fake, "CLEAT_FORCE_INPUT", "1");
    struct cl_answers answers = cl_answers_open(fake_world(fake), true);
    assert_int_equal(answers.fd, STDIN_FILENO);
    assert_true(answers.is_terminal);
    fake_world_free(fake);
}

static void shows_hostile_questions_harmlessly(void **state)
{
    struct fixture fix;
    bool answer = false;
    struct cl_prompt prompt = {.kind = CL_PROMPT_CONFIRM,
                               .text = "Delete `\x1b[2J`?",
                               .default_answer = CL_PROMPT_NO,
                               .option = "yes"};

    (void)state;
    set_up(&fix, "y\n", SETTINGS(.quiet = false));
    assert_ok(cl_prompt_confirm(&fix.out, &fix.answers, &prompt, &answer, &fix.err), &fix.err);
    assert_str(cl_buf_view(&fix.text), "Delete `\\x1b[2J`? [y/N]: ");
    tear_down(&fix);
}

/* In a child, because Ctrl-C stays pressed for the rest of a process. */
static int ask_under_interrupt(void)
{
    struct fixture fix;
    bool answer = false;
    int ends[2];

    cl_interrupt_install();
    set_up(&fix, "", SETTINGS(.quiet = false));
    (void)close(fix.answers.fd);
    if (pipe(ends) != 0)
        return 1;
    fix.answers.fd = ends[0]; /* nobody ever types */
    (void)raise(SIGINT);
    enum cl_code code = confirm(&fix, CL_PROMPT_NO, &answer);
    tear_down(&fix);
    if (code != CL_E_INTERRUPTED)
        return 2;
    return atomic_load(cl_interrupt_flag()) ? 0 : 3;
}

static int interrupt_twice(void)
{
    cl_interrupt_install();
    (void)raise(SIGINT);
    (void)raise(SIGINT);
    return 0;
}

static int keep_ignoring(void)
{
    (void)signal(SIGINT, SIG_IGN);
    cl_interrupt_install();
    (void)raise(SIGINT);
    return atomic_load(cl_interrupt_flag()) ? 1 : 0;
}

static int exit_of(int (*body)(void))
{
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        _exit(body());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void ctrl_c_ends_a_question_and_the_second_one_the_process(void **state)
{
    (void)state;
    assert_int_equal(exit_of(ask_under_interrupt), 0);
    assert_int_equal(exit_of(interrupt_twice), 130);
    assert_int_equal(exit_of(keep_ignoring), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_until_it_has_a_yes_or_a_no),
        cmocka_unit_test(asks_until_it_has_one_of_the_choices),
        cmocka_unit_test(chooses_nothing_by_itself),
        cmocka_unit_test(end_of_input_aborts),
        cmocka_unit_test(gives_up_after_ten_answers_that_are_none),
        cmocka_unit_test(yes_answers_without_asking),
        cmocka_unit_test(says_which_option_would_have_answered),
        cmocka_unit_test(forced_input_takes_answers_from_a_pipe),
        cmocka_unit_test(shows_hostile_questions_harmlessly),
        cmocka_unit_test(ctrl_c_ends_a_question_and_the_second_one_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
