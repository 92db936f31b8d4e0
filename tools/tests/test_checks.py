"""The checks of ./dev lint find what they are for, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOOLS))

import check_banned  # noqa: E402
import check_layers  # noqa: E402
import check_needed  # noqa: E402
import check_secrets  # noqa: E402
import csource  # noqa: E402
import metrics  # noqa: E402

RULES = check_layers.read_rules(TOOLS / "layers.txt")


def layer_complaints(path, *includes):
    text = "".join(f'#include "{name}"\n' for name in includes)
    return list(check_layers.check_file(Path(path), text, RULES))


@pytest.mark.parametrize("path, included", [
    ("base/str.c", "base/str.h"),
    ("net/http.c", "base/buf.h"),
    ("clouds/aws/sts.c", "clouds/aws/sigv4.h"),
    ("connectors/aws/type.c", "clouds/aws/sts.h"),
    ("app/app.c", "store/store.h"),
    ("cli/program/main.c", "store/local.h"),
    ("cli/program/main.c", "cli/cli.h"),
])
def test_arrow_that_points_down_passes(path, included):
    assert layer_complaints(path, included) == []


@pytest.mark.parametrize("path, included", [
    ("base/str.c", "codec/json.h"),
    ("core/type.c", "net/http.h"),
    ("clouds/aws/sts.c", "clouds/gcp/token.h"),
    ("connectors/aws/type.c", "connectors/docker/type.h"),
    ("connectors/aws/type.c", "store/store.h"),
    ("app/app.c", "connectors/aws/type.h"),
    ("cli/list.c", "store/store.h"),
    ("cli/list.c", "cli/program/main.h"),
    ("store/db.c", "app/app.h"),
])
def test_arrow_that_points_up_is_named(path, included):
    complaints = layer_complaints(path, "base/err.h", included)
    assert len(complaints) == 1
    assert complaints[0].startswith(f"src/{path}:2:") and included in complaints[0]


def test_include_without_a_folder_is_refused():
    assert '#include "folder/str.h"' in layer_complaints("base/str.c", "str.h")[0]


def test_include_in_a_comment_is_not_an_arrow():
    text = '/*\n#include "store/store.h"\n*/\n'
    assert list(check_layers.check_file(Path("base/str.c"), text, RULES)) == []


def test_folder_without_a_rule_is_named():
    assert "layers.txt" in layer_complaints("novel/x.c", "base/err.h")[0]


BANS = check_banned.read_bans(TOOLS / "banned.txt")


def banned(path, text):
    return list(check_banned.banned_calls(Path(path), csource.code_of(text), BANS))


@pytest.mark.parametrize("call", ["strcpy(a, b)", "sprintf (a, b)", "x = atoi(s)", "getenv(\"HOME\")", "(void)system(s)",
                                  "localtime(&t)", "free(p)", "exit(1)", "sscanf(s, f)"])
def test_banned_call_is_named_with_its_line(call):
    complaints = banned("src/core/x.c", f"void f(void)\n{{\n    {call};\n}}\n")
    assert len(complaints) == 1 and complaints[0].startswith("src/core/x.c:3: ")


@pytest.mark.parametrize("text", ["world->getenv(x);", "ops.free(x);", "cl_free(x);", "/* strcpy(a, b) */",
                                  "say(\"use strcpy(a)\");", "my_exit(1);", "strcpy_result = 1;"])
def test_other_names_members_comments_and_texts_pass(text):
    assert banned("src/core/x.c", text) == []


def test_wrapper_file_may_call_what_it_wraps():
    assert banned("src/base/world.c", "getenv(name);") == []


def test_test_program_may_exit_but_not_overflow():
    assert banned("src/core/x_test.c", "exit(1); free(p);") == []
    assert len(banned("src/core/x_test.c", "strcpy(a, b);")) == 1


def test_compare_of_a_secret_is_named():
    code = "if (memcmp(secret.ptr, b, n) == 0) f();"
    assert len(list(check_banned.raw_compares(Path("src/a.c"), code))) == 1
    assert list(check_banned.raw_compares(Path("src/a.c"), "x = memcmp(name, other, n);")) == []


@pytest.mark.parametrize("text, count", [
    ("    CL_IGNORE(close_it());\n", 1),
    ("    /* Nothing can be done about it. */\n    CL_IGNORE(close_it());\n", 0),
    ("    CL_IGNORE(close_it()); /* best effort */\n", 0),
    ("    /* It was best effort. */\n    if (x)\n        CL_IGNORE(close_it());\n", 0),
    ("    CL_IGNORE(close_it(a, /* by hand */\n             b));\n", 0),
    ("    /* About x. */\n    x();\n    y();\n    CL_IGNORE(close_it());\n", 1),
    ("#define CL_IGNORE(call) call\n", 0),
])
def test_ignored_result_needs_a_reason(text, count):
    assert len(list(check_banned.unexplained_ignores(Path("x.c"), text, csource.code_of(text)))) == count


def test_note_to_do_needs_an_issue():
    word = "TO" + "DO"
    assert len(list(check_banned.loose_notes(Path("x.c"), f"/* {word}: later */\n/* {word}(#7): later */\n"))) == 1


def test_credentials_are_found_but_not_the_documented_examples():
    key = "AKIA" + "Q" * 16
    secret = "aws_secret_access_key = " + "a1B2" * 10
    block = "-----BEGIN RSA " + "PRIVATE KEY-----"
    text = f"{key}\n{secret}\n{block}\nAKIAIOSFODNN7" "EXAMPLE\n"
    assert [line.split(":")[1] for line in check_secrets.findings("f", text)] == ["3", "1", "2"]


def test_statement_around_ends_at_semicolons_and_braces():
    code = "{ a = 1; b(c, d); e(); }"
    assert csource.statement_around(code, code.index("c,")).strip() == "b(c, d)"


def test_code_keeps_lines_and_columns():
    text = 'x = "a/*b"; /* c\nd */ y = \'"\'; // e\n'
    code = csource.code_of(text)
    assert len(code) == len(text) and code.count("\n") == text.count("\n")
    assert code.index("y") == text.index("y") and "c" not in code and "e" not in code


def test_comment_lines_counts_each_line_once():
    assert csource.comment_lines("/* a\nb */ x /* c */\ny\n// z\n") == {1, 2, 4}


def test_percentile_is_a_value_that_occurs():
    assert metrics.percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 100], 0.9) == 9
    assert metrics.percentile([], 0.95) == 0


def test_long_function_and_goto_are_named(tmp_path):
    body = "".join("    x();\n" for _ in range(metrics.FUNCTION_LIMIT))
    (tmp_path / "long.c").write_text(f"static void f(void)\n{{\n{body}}}\n")
    found = csource.functions([Path("long.c")], tmp_path)
    complaints = []
    metrics.check_functions(found, complaints)
    assert complaints[0].startswith("long.c:1: f has 83 lines")
    complaints = []
    metrics.check_files({Path("g.c"): "a:\n    goto a;\n"}, set(), complaints)
    assert complaints == ["g.c:2: goto; let CL_AUTO clean up"]


def test_library_that_is_opened_at_first_use_may_not_be_linked():
    libraries = ["libc.so.6", "libcurl.so.4", "libexpat.so.1", "libcrypto.so.3", "libyaml-0.so.2"]
    assert [line.split()[2] for line in check_needed.linked("cleat", libraries)] == [
        "libcurl.so.4:", "libexpat.so.1:", "libyaml-0.so.2:"]


def test_needed_libraries_of_a_program_are_read():
    assert any(name.startswith("libc.so") for name in check_needed.needed("/bin/sh"))


def test_findings_are_printed_counted_and_make_the_check_fail(capsys):
    assert csource.report(["a:1: wrong"], "all well", "Right it.") == 1
    assert capsys.readouterr().out == "a:1: wrong\n1 findings. Right it.\n"
    assert csource.report([], "all well", "Right it.") == 0
    assert capsys.readouterr().out == "all well\n"


@pytest.mark.parametrize("script, summary", [
    ("check_banned.py", r"no banned call; [1-9]\d* functions expose a secret|[1-9]\d* findings"),
    ("check_headers.py", r"[1-9]\d+ headers, each compiles alone|[1-9]\d* findings"),
    ("check_layers.py", r"[1-9]\d+ files, all arrows point down|[1-9]\d* findings"),
    ("check_secrets.py", r"[1-9]\d+ files, nothing shaped like a credential|[1-9]\d* findings"),
    ("metrics.py", r"[1-9]\d+ functions: median [1-9]\d*, p95 [1-9]\d* lines"),
])
def test_check_says_what_it_looked_at(script, summary):
    reply = subprocess.run([sys.executable, TOOLS / script], capture_output=True, text=True, check=False)
    assert reply.returncode in (0, 1) and reply.stderr == ""
    assert re.match(summary, reply.stdout.splitlines()[-1])
