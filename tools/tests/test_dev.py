"""./dev and what it calls: words it does not know, installing only what is missing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tools"))

import run_tests  # noqa: E402
import steps  # noqa: E402


def dev(*words, **more):
    return subprocess.run([TOP / "dev", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
                          env={**os.environ, **more})


def test_help_names_every_command():
    reply = dev("help")
    assert reply.returncode == 0
    for word in ("demo", "test", "build", "lint", "fmt", "bench", "fuzz"):
        assert f"  {word}" in reply.stdout


def test_unknown_command_is_refused():
    reply = dev("tset")
    assert reply.returncode == 2 and "'tset'" in reply.stderr


def run_tool(script, *words, **more):
    return subprocess.run([sys.executable, TOP / "tools" / script, *words], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, env={**os.environ, **more})


@pytest.mark.parametrize("script, words, sentence", [
    ("run_tests.py", ["kill-loop", "abc"], "Error: COUNT is a whole number of at least 1, not 'abc'\n"),
    ("run_tests.py", ["kill-loop", "0"], "Error: COUNT is a whole number of at least 1, not '0'\n"),
    ("run_tests.py", ["soak", "1.5"], "Error: MINUTES is a whole number of at least 1, not '1.5'\n"),
    ("run_tests.py", ["--verbose"], "Error: there is no option --verbose; there are --list and -v\n"),
    ("run_tests.py", ["tests/fakes/test_none.py"],
     "Error: there is no tests/fakes/test_none.py; ./dev test --list names the tests\n"),
    ("run_fuzz.py", ["long"], "Error: SECONDS (0 replays the corpora only) is a whole number of at least 0, not 'long'\n"),
])
def test_word_that_makes_no_sense_gets_one_sentence(script, words, sentence):
    reply = run_tool(script, *words)
    assert (reply.returncode, reply.stderr) == (2, sentence)


def test_number_of_jobs_that_is_none_gets_one_sentence():
    reply = run_tool("run_lint.py", "--list", CLEAT_JOBS="many")
    assert reply.returncode == 1 and reply.stderr == "Error: CLEAT_JOBS is a whole number of at least 1, not 'many'\n"


@pytest.mark.parametrize("name, path", [
    ("tests/fakes/test_fake_aws.py", "tests/fakes/test_fake_aws.py"),
    ("tests/fakes", "tests/fakes"),
    ("tools/tests/", "tools/tests"),
    ("test_fake_aws.py", "tests/fakes/test_fake_aws.py"),
    ("test_steps", "tools/tests/test_steps.py"),
    ("test_moto.py::test_x", "tests/e2e/test_moto.py::test_x"),
    ("tests/e2e/test_moto.py", "tests/e2e/test_moto.py"),
    ("src/codec/ini_test.c", None),
    ("sigv4", None),
])
def test_name_of_python_tests_is_found_in_every_folder_of_them(name, path):
    assert run_tests.python_path(name) == path


def test_path_to_a_test_of_the_fakes_runs_that_alone(monkeypatch):
    ran = []
    monkeypatch.setattr(steps.Steps, "run", lambda self, name, argv, **_: ran.append(argv) or True)
    run_tests.chosen(steps.Steps("x"), ["tests/fakes/test_fake_registry.py"], False)
    assert len(ran) == 1 and ran[0][-1] == "tests/fakes/test_fake_registry.py"


def test_every_group_that_dev_asks_for_exists():
    groups = set(re.findall(r"^(\w+):", (TOP / "tools" / "packages.txt").read_text(), re.MULTILINE)) | {"venv"}
    asked = {word for line in re.findall(r"tools/setup\.sh ((?:\w+ ?)+)", (TOP / "dev").read_text()) for word in line.split()}
    assert asked and asked <= groups and groups - {"venv"} <= asked


def fake_commands(folder, **scripts):
    for name, script in scripts.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def setup(groups, path):
    policy = os.path.join(path.split(":", maxsplit=1)[0], "policy")
    return subprocess.run([TOP / "tools" / "setup.sh", *groups], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path, "CLEAT_DEV_NO_INSTALL": "",
                                                         "CLEAT_DEV_POLICY": policy})


def test_nothing_is_installed_when_nothing_is_missing(tmp_path):
    path = fake_commands(tmp_path, apt_get="echo called >&2; exit 1",
                         dpkg_query='shift 2; for p in "$@"; do echo "ii  $p"; done')
    reply = setup(["build", "test"], path)
    assert reply.returncode == 0 and reply.stderr == ""


def test_missing_package_is_named_and_alone_installed(tmp_path):
    log = tmp_path / "log"
    path = fake_commands(tmp_path, id="echo 0", apt_get=f'echo "$*" >>{log}',
                         dpkg_query='shift 2; for p in "$@"; do [ "$p" = cmake ] || echo "ii  $p"; done')
    reply = setup(["build"], path)
    assert reply.returncode == 0 and reply.stderr.strip() == "Installing Debian packages: cmake"
    assert log.read_text().splitlines()[-1].endswith("--no-install-recommends cmake")


def test_either_of_two_packages_will_do(tmp_path):
    path = fake_commands(tmp_path, id="echo 0", apt_get="echo called >&2; exit 1",
                         dpkg_query='shift 2; for p in "$@"; do [ "$p" = kubernetes-client ] || echo "ii  $p"; done')
    reply = setup(["servers"], path)
    assert reply.returncode == 0 and reply.stderr == ""


def test_a_server_is_neither_started_nor_enabled(tmp_path):
    log = tmp_path / "log"
    path = fake_commands(tmp_path, id="echo 0", systemctl=f'echo "systemctl $*" >>{log}',
                         apt_get=f'if [ -x {tmp_path}/policy ]; then {tmp_path}/policy; echo "denied with $?" >>{log}; fi',
                         dpkg='echo /lib/systemd/system/ssh.service; echo /usr/lib/systemd/user/agent.service',
                         dpkg_query='shift 2; for p in "$@"; do [ "$p" = openssh-server ] || echo "ii  $p"; done')
    reply = setup(["servers"], path)
    assert reply.returncode == 0 and reply.stderr.strip() == "Installing Debian packages: openssh-server"
    assert log.read_text().splitlines() == ["denied with 101"] * 2 + ["systemctl disable --quiet ssh.service"]
    assert not (tmp_path / "policy").exists()


def test_without_root_and_sudo_the_sentence_says_what_to_run(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "sed", "grep", "dirname", "mkdir", "flock", "tail", "env"):
        (tools / name).symlink_to(subprocess.check_output(["which", name], text=True).strip())
    fake_commands(tools, id="echo 1000", dpkg_query="exit 1")
    reply = setup(["format"], str(tools))
    assert reply.returncode == 1
    assert "apt-get install --no-install-recommends clang-format" in reply.stderr
