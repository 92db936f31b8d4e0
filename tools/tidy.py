"""Runs clang-tidy over the product sources, remembering by content what was clean.

A file's key covers its text, every header of ours that it reaches, its compile command, .clang-tidy and
the version of clang-tidy; a clean key in build/tidy-cache is not checked again.

    tidy.py [--add-braces] [DATABASE [PART OF A PATH...]]
"""

import hashlib
import json
import re
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from csource import TOP
from steps import JOBS

CACHE = TOP / "build" / "tidy-cache"
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"', re.MULTILINE)
LIMIT_S = 300
FINDING = re.compile(r"^\S+:\d+:\d+: (error|warning): ")


def reached(path, folders, seen):
    """The file and the headers of ours that it includes, directly or not."""
    if path in seen or not path.is_file():
        return seen
    seen.add(path)
    for name in INCLUDE.findall(path.read_text(errors="replace")):
        for folder in (path.parent, *folders):
            if (folder / name).is_file():
                reached((folder / name).resolve(), folders, seen)
                break
    return seen


def key_of(entry, version, config):
    words = shlex.split(entry["command"])
    folders = [Path(word[2:]) for word in words if word.startswith("-I") and str(TOP) in word]
    digest = hashlib.sha256()
    for part in (version, config, entry["command"]):
        digest.update(part.encode() + b"\0")
    for path in sorted(reached(Path(entry["file"]).resolve(), folders, set())):
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def tidy(entry, database):
    try:
        reply = subprocess.run(["clang-tidy", "--quiet", "-p", database, entry["file"]], cwd=TOP, capture_output=True,
                               text=True, check=False, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return False, f"{entry['file']}: clang-tidy took longer than {LIMIT_S} s"
    lines = (reply.stdout + reply.stderr).splitlines()
    found = [line for line in lines if FINDING.match(line)]
    lines = found if found or reply.returncode == 0 else lines[-10:]
    return reply.returncode == 0, "\n".join(lines).replace(f"{TOP}/", "")


def add_braces(entries, database):
    """Has clang-tidy put braces where the body or the chain is longer than a line allows."""
    def one(entry):
        subprocess.run(["clang-tidy", "--quiet", "-p", database, "--checks=-*,readability-braces-around-statements",
                        "--header-filter=^$", "--fix", entry["file"]], cwd=TOP, capture_output=True, check=False,
                       timeout=LIMIT_S)
        subprocess.run(["clang-format", "-i", entry["file"]], cwd=TOP, check=True)

    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(one, entries))
    print(f"{len(entries)} files")
    return 0


def product_entries(database):
    entries = json.loads((Path(database) / "compile_commands.json").read_text())
    chosen = {}
    for entry in entries:
        path = Path(entry["file"])
        if path.is_relative_to(TOP / "src") and not path.name.endswith("_test.c") and path.exists():
            chosen[path] = entry
    return [chosen[path] for path in sorted(chosen)]


def main():
    words = [word for word in sys.argv[1:] if word != "--add-braces"]
    database = words[0] if words else "build/clang"
    names = words[1:]
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    config = (TOP / ".clang-tidy").read_text()
    CACHE.mkdir(parents=True, exist_ok=True)
    entries = product_entries(TOP / database)
    if names:
        entries = [entry for entry in entries if any(name in entry["file"] for name in names)]
    if "--add-braces" in sys.argv:
        return add_braces(entries, database)
    keys = {entry["file"]: key_of(entry, version, config) for entry in entries}
    work = [entry for entry in entries if not (CACHE / keys[entry["file"]]).exists()]
    bad = 0

    def one(entry):
        clean, text = tidy(entry, database)
        if clean:
            (CACHE / keys[entry["file"]]).touch()
        return clean, text

    with ThreadPoolExecutor(JOBS) as pool:
        for clean, text in pool.map(one, work):
            if not clean:
                bad += 1
                print(text, flush=True)
    forget(set(keys.values()))
    if bad:
        print(f"The path to a finding: clang-tidy -p {database} FILE. Braces alone: ./dev fmt braces")
    print(f"{len(entries)} files, {len(work)} checked anew, {bad} with findings")
    return 1 if bad else 0


def forget(used, age_s=30 * 24 * 3600):
    """Drops keys that have not been met for a month."""
    for path in CACHE.iterdir():
        if path.name in used:
            path.touch()
        elif time.time() - path.stat().st_mtime > age_s:
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())
