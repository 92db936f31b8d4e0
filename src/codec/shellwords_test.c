#include "codec/shellwords.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

static const struct {
    const char *text;
    const char *words; /* each behind <, NULL: refused */
} lines[] = {
    {"", ""},
    {"  \t\n ", ""},
    {"one", "<one"},
    {" one  two\tthree\nfour ", "<one<two<three<four"},
    {"profile \"my prof\"", "<profile<my prof"},
    {"'single  quoted' x", "<single  quoted<x"},
    {"a'b c'd\"e f\"g", "<ab cde fg"},
    {"''", "<"},
    {"\"\" ''", "<<"},
    {"a\\ b", "<a b"},
    {"\\\"\\'\\\\", "<\"'\\"},
    {"'back\\slash'", "<back\\slash"},
    {"\"\\\"\\\\\\$\\`\"", "<\"\\$`"},
    {"\"keep \\n \\x\"", "<keep \\n \\x"},
    {"a\\\nb", "<ab"},
    {"\"a\\\nb\"", "<ab"},
    {"'it'\\''s'", "<it's"},
    {"$HOME ~ *.c `x` $(y) #z", "<$HOME<~<*.c<`x`<$(y)<#z"}, /* nothing is expanded */
    {"gr\xc3\xbc\xc3\x9f", "<gr\xc3\xbc\xc3\x9f"},
    {"'open", NULL},
    {"\"open", NULL},
    {"\"open\\\"", NULL},
    {"end\\", NULL},
    {"ok 'open", NULL},
};

static void splits_like_a_shell_that_expands_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(lines); i++) {
        CL_AUTO(cl_strs) struct cl_strs words = CL_STRS_NONE;
        CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(200);
        struct cl_err err = CL_ERR_NONE;
        enum cl_code rc = cl_shellwords_split(cl_str_of(lines[i].text), &words, &err);

        if (rc != (lines[i].words == NULL ? CL_E_INVALID : CL_OK))
            fail_msg("%s: %s", lines[i].text, err.text);
        for (size_t word = 0; word < words.count; word++)
            cl_buf_addf(&shown, "<%s", words.items[word]);
        if (rc == CL_OK)
            assert_str(cl_buf_view(&shown), lines[i].words);
    }
}

static void a_nul_byte_is_refused(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs words = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_shellwords_split(CL_STR("a\0b"), &words, &err), CL_E_INVALID);
}

static const struct {
    const char *word, *quoted;
} words[] = {
    {"plain-1_2.3:/@+,%", "plain-1_2.3:/@+,%"},
    {"", "''"},
    {"two words", "'two words'"},
    {"it's", "'it'\\''s'"},
    {"'", "''\\'''"},
    {"A=b", "'A=b'"},
    {"~", "'~'"},
    {"$(rm -rf x)`y`\"\\!*?[]{}<>|&;#\n", "'$(rm -rf x)`y`\"\\!*?[]{}<>|&;#\n'"},
    {"gr\xc3\xbc\xc3\x9f", "'gr\xc3\xbc\xc3\x9f'"},
};

static void quotes_whatever_a_shell_might_touch(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(words); i++) {
        CL_AUTO(cl_buf) struct cl_buf quoted = CL_BUF(200);
        cl_buf_add_shell_word(&quoted, cl_str_of(words[i].word));
        assert_str(cl_buf_view(&quoted), words[i].quoted);
    }
}

static void what_was_quoted_splits_into_one_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(words); i++) {
        CL_AUTO(cl_buf) struct cl_buf quoted = CL_BUF(200);
        CL_AUTO(cl_strs) struct cl_strs split = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;
        cl_buf_add_shell_word(&quoted, cl_str_of(words[i].word));
        assert_ok(cl_shellwords_split(cl_buf_view(&quoted), &split, &err), &err);
        assert_int_equal(split.count, 1);
        assert_string_equal(split.items[0], words[i].word);
    }
}

/* The same asked of /bin/sh: each word goes through `printf %s` and comes back as it was. */
static void a_real_shell_agrees(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(words); i++) {
        CL_AUTO(cl_buf) struct cl_buf command = CL_BUF(400);
        char out[200] = {0};
        cl_buf_add_c(&command, "printf %s ");
        cl_buf_add_shell_word(&command, cl_str_of(words[i].word));
        FILE *shell = popen(command.ptr, "r");
        assert_non_null(shell);
        (void)fread(out, 1, sizeof(out) - 1, shell);
        assert_int_equal(pclose(shell), 0);
        assert_string_equal(out, words[i].word);
    }
}

static enum cl_code split_once(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs split = CL_STRS_NONE;

    return cl_shellwords_split(cl_str_of(ctx), &split, err);
}

static void splitting_survives_lack_of_memory(void **state)
{
    char text[] = "one 'two three' \"four\" five six seven";

    (void)state;
    assert_true(fail_each_allocation(split_once, text) >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_like_a_shell_that_expands_nothing),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(quotes_whatever_a_shell_might_touch),
        cmocka_unit_test(what_was_quoted_splits_into_one_word),
        cmocka_unit_test(a_real_shell_agrees),
        cmocka_unit_test(splitting_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
