"""./dev test: the steps of the test run, cheapest first. See tests/README.md for what each proves."""

import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from steps import BUILD, JOBS, TOP, Failed, Steps, Usage, build, run_main, whole_number

CTEST_CLOSING = r"tests passed, .* tests failed|No tests were found"
PYTEST_CLOSING = r"(passed|failed|errors?|no tests ran).* in [0-9.]+s"
VENV_PYTHON = BUILD / "venv" / "bin" / "python"

# What works with several threads: discovery and issuing, down to the transport.
THREADED = r"^cleat_(app|net|connector_[a-z]+)_"
THREADED_E2E = ["tests/e2e/test_list_resources.py", "tests/e2e/test_issue.py", "tests/e2e/test_budget_calls.py"]

SANITIZER_ENV = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:check_initialization_order=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


def ctest_names(preset, pattern=None):
    """The tests that a built preset has."""
    words = ["ctest", "--test-dir", str(BUILD / preset), "--show-only=json-v1"]
    if pattern:
        words += ["-R", pattern]
    reply = subprocess.run(words, capture_output=True, text=True, check=False)
    if reply.returncode != 0:
        raise Failed(reply.stderr.strip() or "ctest cannot list the tests")
    return [(test["name"], test.get("command", [None])[0]) for test in json.loads(reply.stdout)["tests"]]


def ctest(steps, name, preset, pattern=None, env=None, limit_s=600):
    words = ["ctest", "--test-dir", f"build/{preset}", "--output-on-failure", "--no-tests=error",
             "--timeout", "120", "-j", str(JOBS)]
    if pattern:
        words += ["-R", pattern]
    return steps.run(name, words, env={**SANITIZER_ENV, **(env or {})}, limit_s=limit_s, closing=CTEST_CLOSING)


def pytest(steps, name, program, *, arguments=(), env=None, limit_s=600):
    words = [VENV_PYTHON, "-m", "pytest", "-q", "-ra", "--durations=5", "-p", "no:cacheprovider",
             "--timeout=180", "-n", str(JOBS), *(arguments or ["tests/e2e"])]
    folder = BUILD / Path(program).parts[1]
    return steps.run(name, words, limit_s=limit_s, closing=PYTEST_CLOSING, env={
        **SANITIZER_ENV, "CLEAT_PROGRAM": str(TOP / program), "CLEAT_SIGN_TOOL": str(folder / "tests/tools/sign_tool"),
        "PYTHONDONTWRITEBYTECODE": "1", **(env or {})})


# Tests that need no program, and those that start it.
TOOL_TESTS = ["tools/tests", "tests/fakes"]
E2E_TESTS = ["tests/e2e"]

MEMCHECK = ["timeout", "600", "valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full",
            "--errors-for-leak-kinds=definite", "--child-silent-after-fork=yes", "--num-callers=20"]


def memcheck(test):
    """(name, log, whether it is clean, seconds) of one unit test under valgrind."""
    name, program = test
    log = BUILD / "logs" / f"valgrind-{name}.log"
    begin = time.monotonic()
    with open(log, "wb") as out:
        code = subprocess.run([*MEMCHECK, program], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                              cwd=Path(program).parent, check=False,
                              env={**os.environ, "CLEAT_TEST_SHORT": "1", "CLEAT_TEST_VALGRIND": "1"}).returncode
    return name, log, code == 0, time.monotonic() - begin


def valgrind(steps, pattern=r"^cleat_"):
    """Each unit test under memcheck; loops are asked to be short, and slow ones are named."""
    def body():
        tests = [(name, program) for name, program in ctest_names("debug", pattern) if program]
        if not tests:
            raise Failed("no unit tests were built")
        tests.sort(key=lambda test: "faults" not in test[0])  # the long ones first
        with ThreadPoolExecutor(JOBS) as pool:
            results = list(pool.map(memcheck, tests))
        failed = [result for result in results if not result[2]]
        for name, log, _, _ in failed:
            print(f"   {name} failed under valgrind:")
            for line in log.read_text(errors="replace").splitlines()[-40:]:
                print(f"   | {line}")
        if failed:
            raise Failed(f"{len(failed)} of {len(tests)} programs failed: {', '.join(result[0] for result in failed)}")
        slow = sorted(results, key=lambda result: -result[3])[:3]
        named = ", ".join(f"{name} {took:.0f} s" for name, _, _, took in slow if took >= 10)
        return f"{len(tests)} programs, no errors, no leaks" + (f" (slow: {named})" if named else "")
    return steps.call("unit tests, valgrind", body)


def tool_tests(steps, arguments=TOOL_TESTS):
    """What the other tests lean on: the checks, the runner, the fakes."""
    return steps.run("tests of tools and fakes", [VENV_PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n",
                                                  str(JOBS), "--timeout=120", *arguments],
                     env={"PYTHONDONTWRITEBYTECODE": "1"}, closing=PYTEST_CLOSING, limit_s=300)


def threads(steps):
    """Discovery and issuing under the thread sanitizer: their units, then the whole program."""
    if not steps.run("configure tsan", ["tools/build.sh", "tsan", "help"], limit_s=120):
        return
    names = [name for name, _ in ctest_names("tsan", THREADED)]
    if not build(steps, "tsan", "cleat", *names):
        return
    ctest(steps, "discovery and issuing, tsan", "tsan", THREADED)
    pytest(steps, "end to end, tsan", "build/tsan/cleat",
           arguments=THREADED_E2E)


def everything(steps):
    tool_tests(steps)
    if not build(steps, "asan"):
        return
    ctest(steps, "unit tests and corpora, asan", "asan")
    pytest(steps, "end to end, asan", "build/asan/cleat", limit_s=900)
    pytest(steps, "end to end, encoded calls", "build/asan/tests/encoded/cleat-encoded",
           env={"CLEAT_ENCODED": "1"}, limit_s=900)
    if build(steps, "release"):
        pytest(steps, "real clients, release", "build/release/cleat", arguments=["tests/e2e", "-m", "release"])
    threads(steps)
    if build(steps, "debug"):
        valgrind(steps)


def fast(steps, pattern=None):
    if build(steps, "debug"):
        ctest(steps, "unit tests, debug", "debug", pattern)


def ctest_pattern(name):
    """src/codec/ini_test.c, src/codec/ini.c or src/codec -> a pattern for its tests."""
    path = Path(name)
    if path.parts[:1] != ("src",):
        return re.escape(name) if "/" not in name else None
    parts = [part for part in path.with_suffix("").parts[1:]]
    if path.suffix and not parts[-1].endswith("_test"):
        parts[-1] += "_test"
    words = "_".join(parts).replace("connectors_", "connector_").replace("clouds_", "(clouds_)?")
    return f"^cleat_{words}" + ("$" if path.suffix else "")


def python_path(name):
    """The path that a name of Python tests stands for, None for other names; "::test" may follow."""
    path, colons, inner = name.partition("::")
    path = path.rstrip("/")
    for folder in [*TOOL_TESTS, *E2E_TESTS]:
        if path == folder or path.startswith(f"{folder}/"):
            found = path
            break
        if path.startswith("test_") and (TOP / folder / path).with_suffix(".py").exists():
            found = f"{folder}/{Path(path).stem}.py"
            break
    else:
        return None
    if not (TOP / found).exists():
        raise Usage(f"there is no {found}; ./dev test --list names the tests")
    return found + colons + inner


def chosen(steps, names, unit_only):
    """The tests that the names stand for: paths of Python tests, or sources and parts of names."""
    paths = {name: path for name in names if (path := python_path(name))}
    tool_paths = [path for path in paths.values() if path.startswith(tuple(TOOL_TESTS))]
    e2e_paths = [path for path in paths.values() if path not in tool_paths]
    words = [name for name in names if name not in paths]
    if tool_paths:
        tool_tests(steps, tool_paths)
    preset = "debug" if unit_only else "asan"
    if (words or e2e_paths) and build(steps, preset):
        matched = units(steps, preset, words)
        if e2e_paths and not unit_only:
            pytest(steps, "end to end, asan", "build/asan/cleat", arguments=e2e_paths)
        keywords = [] if unit_only else [word for word in words if re.fullmatch(r"\w+", word)]
        if not matched and keywords:
            pytest(steps, "end to end, asan", "build/asan/cleat", arguments=["tests/e2e", "-k", " or ".join(keywords)])
        elif not matched and (words or unit_only):
            steps.call("tests", no_match, words or e2e_paths)


def units(steps, preset, words):
    """Runs the unit tests that the words match; whether there are any."""
    pattern = "|".join(pattern for pattern in map(ctest_pattern, words) if pattern)
    found = ctest_names(preset, pattern) if pattern else []
    if found:
        ctest(steps, f"unit tests, {preset}", preset, pattern)
    return bool(found)


def no_match(names):
    raise Failed(f"no test matches {', '.join(names)}; ./dev test --list names them")


def list_tests():
    for preset in ("debug", "asan"):
        if (BUILD / preset / "CTestTestfile.cmake").exists():
            for name, _ in ctest_names(preset):
                print(name)
            break
    else:
        print("Nothing is built yet; ./dev test fast builds the unit tests.")
    for folder in [*TOOL_TESTS, *E2E_TESTS]:
        for path in sorted((TOP / folder).glob("test_*.py")):
            print(path.relative_to(TOP))


def long_run(steps, kind, words):
    """kill-loop COUNT and soak MINUTES: e2e tests that read how long they may take."""
    usual = {"kill-loop": 1000, "soak": 10}[kind]
    amount = whole_number(words[0], {"kill-loop": "COUNT", "soak": "MINUTES"}[kind], least=1) if words else usual
    env = {"CLEAT_KILLS": str(amount)} if kind == "kill-loop" else {"CLEAT_SOAK_MINUTES": str(amount)}
    if build(steps, "release"):
        marker = kind.replace("-", "_")
        pytest(steps, f"{kind} {amount}", "build/release/cleat", env=env, limit_s=max(4 * 3600, 90 * amount),
               arguments=["tests/e2e", "-m", marker, "--timeout=0"])


def main(words, verbose):
    if words == ["--list"]:
        return list_tests()
    options = [word for word in words if word.startswith("-")]
    if options:
        raise Usage(f"there is no option {options[0]}; there are --list and -v")
    title = "./dev test " + " ".join(words)
    steps = Steps(title.strip(), verbose)
    if words[:1] in (["kill-loop"], ["soak"]):
        long_run(steps, words[0], words[1:])
    elif words[:1] == ["fast"] and not words[1:]:
        fast(steps)
    elif words:
        chosen(steps, [word for word in words if word != "fast"], words[0] == "fast")
    else:
        everything(steps)
    return steps.finish()


if __name__ == "__main__":
    run_main(main)
