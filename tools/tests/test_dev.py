"""./dev and what it calls: words it does not know, installing only what is missing."""

import os
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent


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


def fake_commands(folder, **scripts):
    for name, script in scripts.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def setup(groups, path):
    return subprocess.run([TOP / "tools" / "setup.sh", *groups], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path, "CLEAT_DEV_NO_INSTALL": ""})


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


def test_without_root_and_sudo_the_sentence_says_what_to_run(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "sed", "grep", "dirname", "mkdir", "flock", "tail", "env"):
        (tools / name).symlink_to(subprocess.check_output(["which", name], text=True).strip())
    fake_commands(tools, id="echo 1000", dpkg_query="exit 1")
    reply = setup(["format"], str(tools))
    assert reply.returncode == 1
    assert "apt-get install --no-install-recommends clang-format" in reply.stderr
