#include "bridges/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "aws_client.h"
#include "base/alloc.h"
#include "bridges/environment_kinds.h"
#include "codec/json.h"
#include "faults.h"
#include "temp_dir.h"
#include "test.h"

#define TEXT_MAX ((size_t)1 << 16U)

static void add(struct cl_environment *environment, const char *name, const char *value)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_environment_add(environment, name, cl_str_of(value), false, &err), &err);
}

static const struct cl_shell *shell_of(const char *name)
{
    const struct cl_shell *shell = cl_shell_find(cl_str_of(name));

    assert_non_null(shell);
    return shell;
}

/* --- the exact text ------------------------------------------------------------------------ */

static const char *const removed[] = {"OLD", "PICK_*", "NAME", NULL};

static void writes_the_language_of_each_shell(void **state)
{
    static const struct {
        const char *shell;
        const char *set;
        const char *unset;
    } rows[] = {
        {"sh",
         "unset OLD\nunset PICK_FULL_URI\nunset PICK_RELATIVE_URI\n"
         "export NAME='it'\\''s $1'\nexport KEY='****'\n",
         "unset NAME\nunset KEY\n"},
        {"fish",
         "set -e OLD\nset -e PICK_FULL_URI\nset -e PICK_RELATIVE_URI\n"
         "set -gx NAME 'it\\'s $1'\nset -gx KEY '****'\n",
         "set -e NAME\nset -e KEY\n"},
        {"csh",
         "unsetenv OLD;\nunsetenv PICK_FULL_URI;\nunsetenv PICK_RELATIVE_URI;\n"
         "setenv NAME 'it'\\''s $1';\nsetenv KEY '****';\n",
         "unsetenv NAME;\nunsetenv KEY;\n"},
        {"powershell",
         "Remove-Item -ErrorAction SilentlyContinue Env:OLD\n"
         "Remove-Item -ErrorAction SilentlyContinue Env:PICK_FULL_URI\n"
         "Remove-Item -ErrorAction SilentlyContinue Env:PICK_RELATIVE_URI\n"
         "$Env:NAME = 'it''s $1'\n$Env:KEY = '****'\n",
         "Remove-Item -ErrorAction SilentlyContinue Env:NAME\n"
         "Remove-Item -ErrorAction SilentlyContinue Env:KEY\n"},
        {"dotenv", "NAME=\"it's \\$1\"\nKEY=\"****\"\n", NULL},
        {"json", "{\n  \"NAME\": \"it's $1\",\n  \"KEY\": \"****\"\n}\n", NULL},
    };
    CL_AUTO(cl_environment) struct cl_environment environment = {.removed = removed};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    add(&environment, "NAME", "it's $1");
    assert_ok(cl_environment_add(&environment, "KEY", CL_STR("canary"), true, &err), &err);
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf set = CL_BUF(TEXT_MAX);
        CL_AUTO(cl_buf) struct cl_buf unset = CL_BUF(TEXT_MAX);
        const struct cl_shell *shell = shell_of(rows[i].shell);
        assert_ok(cl_shell_add_assignments(shell, &environment, true, &set, &err), &err);
        assert_str(cl_buf_view(&set), rows[i].set);
        if (rows[i].unset != NULL) {
            assert_ok(cl_shell_add_removals(shell, &environment, &unset, &err), &err);
            assert_str(cl_buf_view(&unset), rows[i].unset);
        } else {
            assert_int_equal(cl_shell_add_removals(shell, &environment, &unset, &err),
                             CL_E_UNSUPPORTED);
            assert_non_null(strstr(err.text, rows[i].shell));
        }
    }
}

static void masks_secrets_and_nothing_else(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_environment_make(&client, &environment, &err), &err);
    for (size_t i = 0; cl_shell_names[i] != NULL; i++) {
        CL_AUTO(cl_buf) struct cl_buf masked = CL_BUF(TEXT_MAX);
        CL_AUTO(cl_buf) struct cl_buf open = CL_BUF(TEXT_MAX);
        const struct cl_shell *shell = shell_of(cl_shell_names[i]);
        assert_ok(cl_shell_add_assignments(shell, &environment, true, &masked, &err), &err);
        assert_ok(cl_shell_add_assignments(shell, &environment, false, &open, &err), &err);
        assert_null(strstr(masked.ptr, AWS_CLIENT_TOKEN));
        assert_null(strstr(masked.ptr, AWS_CLIENT_SECRET));
        assert_null(strstr(masked.ptr, AWS_CLIENT_KEY_ID));
        assert_non_null(strstr(masked.ptr, "us-east-1"));
        assert_non_null(strstr(open.ptr, AWS_CLIENT_TOKEN));
        assert_non_null(strstr(open.ptr, AWS_CLIENT_SECRET));
    }
}

static void writes_plain_lines_as_they_are(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    add(&environment, "A", "it's \"$1\" \\");
    add(&environment, "B", "x");
    assert_ok(cl_shell_add_plain(&environment, &text, &err), &err);
    assert_str(cl_buf_view(&text), "A=it's \"$1\" \\\nB=x\n");
}

/* These four are quotes to PowerShell as well. */
static void doubles_every_quote_that_powershell_knows(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    add(&environment, "A", "x\xE2\x80\x98 \xE2\x80\x99 \xE2\x80\x9A \xE2\x80\x9B \xE2\x80\x9C");
    assert_ok(cl_shell_add_assignments(shell_of("powershell"), &environment, false, &text, &err),
              &err);
    assert_str(cl_buf_view(&text),
               "$Env:A = 'x\xE2\x80\x98\xE2\x80\x98 \xE2\x80\x99\xE2\x80\x99 "
               "\xE2\x80\x9A\xE2\x80\x9A \xE2\x80\x9B\xE2\x80\x9B \xE2\x80\x9C'\n");
}

/* --- which shell --------------------------------------------------------------------------- */

static void finds_shells_by_name_only(void **state)
{
    size_t count = 0;

    (void)state;
    for (; cl_shell_names[count] != NULL; count++)
        assert_non_null(cl_shell_find(cl_str_of(cl_shell_names[count])));
    assert_int_equal(count, 8);
    assert_null(cl_shell_find(CL_STR("ksh")));
    assert_null(cl_shell_find(CL_STR("SH")));
    assert_null(cl_shell_find(CL_STR("")));
}

static void guesses_the_shell_of_the_user(void **state)
{
    static const struct {
        const char *variable;
        const char *name;
    } rows[] = {
        {"/bin/bash", "bash"},
        {"/usr/bin/zsh", "zsh"},
        {"/usr/local/bin/fish", "fish"},
        {"/bin/csh", "csh"},
        {"/bin/tcsh", "csh"},
        {"/opt/microsoft/powershell/7/pwsh", "powershell"},
        {"fish", "fish"},
        /* anything else is like sh */
        {"", "sh"},
        {"/bin/dash", "sh"},
        {"/usr/bin/ksh", "sh"},
        {"/bin/", "sh"},
        /* these are no shells that somebody runs */
        {"/bin/json", "sh"},
        {"/bin/dotenv", "sh"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_ptr_equal(cl_shell_guess(cl_str_of(rows[i].variable)), shell_of(rows[i].name));
}

/* --- what the shells make of it ------------------------------------------------------------ */

static const char *const nasty[] = {
    "plain",
    " leading and trailing ",
    "two  blanks\tand a tab",
    "it's",
    "''''",
    "\"double\"",
    "'\"'\"'",
    "$HOME ${HOME} $(touch made) `touch made`",
    "$((1+1)) $'x' $\"x\"",
    "\\",
    "\\\\",
    "\\'",
    "'\\",
    "a\\nb\\tc\\x41",
    "!! !x ^a^b",
    "!",
    "end!",
    "* ? [a-z] {a,b} ~ ~root",
    "# no comment",
    "; touch made; & | > < ( )",
    "-n --help",
    "=a=b",
    "%d %s %%",
    "gr\xC3\xBC\xC3\x9F \xF0\x9F\x94\xB6 \xE2\x80\x99",
    "\x01\x02\x1b[31m\x7f",
    "s3://bucket/with?a=b&c=d#e",
    "arn:aws:iam::123456789012:role/x",
    "@file",
    "(x) $argv $status $?",
};

static void add_nasty(struct cl_environment *environment)
{
    for (size_t i = 0; i < CL_COUNT(nasty); i++) {
        CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(64);
        cl_buf_addf(&name, "CLEAT_TEST_%zu", i);
        add(environment, name.ptr, nasty[i]);
    }
}

static bool has_program(const char *name)
{
    CL_AUTO(cl_buf) struct cl_buf command = CL_BUF(256);

    cl_buf_addf(&command, "command -v %s >/dev/null 2>&1", name);
    return system(command.ptr) == 0;
}

/* What the command prints, its descriptor 0 closed for reading. */
static void run(const char *command, struct cl_buf *out)
{
    char chunk[4096];
    size_t got = 0;
    FILE *pipe = popen(command, "re");

    assert_non_null(pipe);
    while ((got = fread(chunk, 1, sizeof(chunk), pipe)) > 0)
        cl_buf_add(out, cl_str_make(chunk, got));
    assert_int_equal(pclose(pipe), 0);
}

/* The value that `env -0` printed for a variable; NULL when it was not set. */
static const char *printed_value(struct cl_str printed, const char *name)
{
    struct cl_str line = CL_STR_NONE;
    size_t len = strlen(name);

    while (cl_str_cut(printed, '\0', &line, &printed)) {
        if (cl_str_starts(line, cl_str_of(name)) && line.ptr[len] == '=')
            return line.ptr + len + 1;
    }
    return NULL;
}

static void write_script(const char *path, struct cl_str text, const char *more)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_true(fputs(more, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Writes `text` into a script that prints its environment at the end, and runs it. */
static void run_script(const char *dir, const char *program, struct cl_str text, struct cl_buf *out)
{
    char *path = temp_path(dir, "script");
    CL_AUTO(cl_buf) struct cl_buf command = CL_BUF(1024);

    write_script(path, text, "env -0\n");
    cl_buf_addf(&command, "cd %s && OLD=1 PICK_FULL_URI=1 PICK_RELATIVE_URI=1 %s %s </dev/null",
                dir, program, path);
    run(command.ptr, out);
    free(path);
}

static const struct {
    const char *shell;
    const char *program;
    const char *command; /* without the user's own start files */
} programs[] = {
    {"sh", "sh", "sh"},
    {"sh", "dash", "dash"},
    {"bash", "bash", "bash --norc"},
    {"zsh", "zsh", "zsh -f"},
    {"csh", "tcsh", "tcsh -f"},
    {"csh", "csh", "csh -f"},
    {"fish", "fish", "fish --no-config"},
    {"powershell", "pwsh", "pwsh -NoProfile -File"},
};

static void assert_sets_all(const char *dir, const char *shell, const char *command)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.removed = removed};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(TEXT_MAX);
    struct cl_err err = CL_ERR_NONE;

    add_nasty(&environment);
    assert_ok(cl_shell_add_assignments(shell_of(shell), &environment, false, &text, &err), &err);
    run_script(dir, command, cl_buf_view(&text), &out);
    for (size_t i = 0; i < environment.count; i++) {
        const char *value = printed_value(cl_buf_view(&out), environment.items[i].name);
        if (value == NULL || strcmp(value, nasty[i]) != 0)
            fail_msg("%s made \"%s\" of \"%s\"", command, value, nasty[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        static const char *const gone[] = {"OLD", "PICK_FULL_URI", "PICK_RELATIVE_URI"};
        assert_null(printed_value(cl_buf_view(&out), gone[i]));
    }
    assert_int_equal(temp_count(dir), 1); /* nothing but the script: nothing was executed */
}

static void assert_unsets_all(const char *dir, const char *shell, const char *command)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.removed = removed};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(TEXT_MAX);
    struct cl_err err = CL_ERR_NONE;

    add(&environment, "OLD", "x");
    add(&environment, "NEVER_SET", "x");
    assert_ok(cl_shell_add_removals(shell_of(shell), &environment, &text, &err), &err);
    run_script(dir, command, cl_buf_view(&text), &out);
    assert_null(printed_value(cl_buf_view(&out), "OLD"));
    assert_non_null(printed_value(cl_buf_view(&out), "PICK_FULL_URI"));
}

static void shells_read_back_every_value(void **state)
{
    size_t tried = 0;

    for (size_t i = 0; i < CL_COUNT(programs); i++) {
        if (!has_program(programs[i].program))
            continue;
        assert_sets_all(*state, programs[i].shell, programs[i].command);
        assert_unsets_all(*state, programs[i].shell, programs[i].command);
        tried++;
    }
    assert_true(tried >= 2); /* sh and bash are everywhere */
}

/* The way the help tells people to do it. */
static void eval_takes_the_assignments(void **state)
{
    static const char *const commands[] = {"sh", "bash --norc"};
    char *dir = *state;
    char *path = temp_path(dir, "assignments");
    CL_AUTO(cl_environment) struct cl_environment environment = {.removed = removed};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    struct cl_err err = CL_ERR_NONE;

    add_nasty(&environment);
    assert_ok(cl_shell_add_assignments(shell_of("sh"), &environment, false, &text, &err), &err);
    write_script(path, cl_buf_view(&text), "");
    for (size_t i = 0; i < CL_COUNT(commands); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(TEXT_MAX);
        run_script(dir, commands[i], CL_STR("eval \"$(cat assignments)\"\n"), &out);
        for (size_t k = 0; k < environment.count; k++)
            assert_string_equal(printed_value(cl_buf_view(&out), environment.items[k].name),
                                nasty[k]);
    }
    free(path);
}

/* A .env file is read by sourcing it, or by something that knows the same four escapes. */
static void a_shell_can_source_a_dotenv_file(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.removed = removed};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(TEXT_MAX);
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_c(&text, "set -a\n");
    add_nasty(&environment);
    assert_ok(cl_shell_add_assignments(shell_of("dotenv"), &environment, false, &text, &err), &err);
    run_script(*state, "sh", cl_buf_view(&text), &out);
    for (size_t i = 0; i < environment.count; i++)
        assert_string_equal(printed_value(cl_buf_view(&out), environment.items[i].name), nasty[i]);
    assert_int_equal(temp_count(*state), 1);
}

static void json_gives_every_value_back(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.removed = removed};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    add_nasty(&environment);
    assert_ok(cl_shell_add_assignments(shell_of("json"), &environment, false, &text, &err), &err);
    assert_ok(cl_json_parse(cl_buf_view(&text), &json, &err), &err);
    assert_int_equal(json_object_size(json), CL_COUNT(nasty));
    for (size_t i = 0; i < environment.count; i++)
        assert_str(cl_json_str(json, environment.items[i].name), nasty[i]);
}

/* --- memory -------------------------------------------------------------------------------- */

static enum cl_code write_all(void *ctx, struct cl_err *err)
{
    for (size_t i = 0; cl_shell_names[i] != NULL; i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
        const struct cl_shell *shell = cl_shell_find(cl_str_of(cl_shell_names[i]));
        CL_TRY(cl_shell_add_assignments(shell, ctx, false, &text, err));
    }
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    CL_TRY(cl_shell_add_plain(ctx, &text, err));
    return cl_shell_add_removals(cl_shell_find(CL_STR("sh")), ctx, &text, err);
}

static void reports_every_failing_allocation(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.removed = removed};

    (void)state;
    add_nasty(&environment);
    assert_true(fail_each_allocation(write_all, &environment) > 20);
}

static void says_when_there_is_no_room(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    add(&environment, "NAME", "a value that is longer than the room");
    for (size_t i = 0; cl_shell_names[i] != NULL; i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(16);
        assert_int_equal(
            cl_shell_add_assignments(shell_of(cl_shell_names[i]), &environment, false, &text, &err),
            CL_E_INVALID);
    }
}

static int set_up_json(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, temp_dir_setup, temp_dir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_language_of_each_shell),
        cmocka_unit_test(masks_secrets_and_nothing_else),
        cmocka_unit_test(writes_plain_lines_as_they_are),
        cmocka_unit_test(doubles_every_quote_that_powershell_knows),
        cmocka_unit_test(finds_shells_by_name_only),
        cmocka_unit_test(guesses_the_shell_of_the_user),
        IN_FOLDER(shells_read_back_every_value),
        IN_FOLDER(eval_takes_the_assignments),
        IN_FOLDER(a_shell_can_source_a_dotenv_file),
        cmocka_unit_test(json_gives_every_value_back),
        cmocka_unit_test(reports_every_failing_allocation),
        cmocka_unit_test(says_when_there_is_no_room),
    };

    return cmocka_run_group_tests(tests, set_up_json, NULL);
}
