"""What --version says follows the checkout at each build, and is written only when it changes."""

import os
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
OLD = 1_000_000_000_000_000_000  # a time of modification that no new file has


@pytest.fixture
def checkout(tmp_path):
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def git(folder, *words):
    reply = subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", folder, *words], check=True,
                           capture_output=True, text=True, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull})
    return reply.stdout.strip()


def commit(folder):
    git(folder, "commit", "-q", "--allow-empty", "-m", "next")
    return git(folder, "rev-parse", "--short", "HEAD")


def write(folder, epoch="0"):
    output = folder / "version.c"
    subprocess.run(["cmake", "-Dversion=1.2.3", f"-Dsource={folder}", f"-Dinput={TOP}/src/cli/version.c.in",
                    f"-Doutput={output}", "-P", TOP / "cmake" / "CleatVersion.cmake"], check=True,
                   env={**os.environ, "SOURCE_DATE_EPOCH": epoch, "GIT_CEILING_DIRECTORIES": str(folder.parent)})
    return output


def test_each_commit_shows(checkout):
    for _ in range(2):
        name = commit(checkout)
        assert f'"cleat 1.2.3 ({name}, 1970-01-01)"' in write(checkout).read_text()


def test_what_has_not_changed_is_not_written(checkout):
    commit(checkout)
    output = write(checkout)
    os.utime(output, ns=(OLD, OLD))
    assert write(checkout).stat().st_mtime_ns == OLD
    assert write(checkout, epoch="86400").stat().st_mtime_ns != OLD
    assert "1970-01-02" in output.read_text()


def test_outside_a_checkout_the_commit_is_unknown(tmp_path):
    assert '"cleat 1.2.3 (unknown, 1970-01-01)"' in write(tmp_path).read_text()
