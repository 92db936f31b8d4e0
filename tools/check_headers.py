"""Checks that each header of src/ compiles alone and has a guard named after its path."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from csource import TOP, files, report
from steps import JOBS

PACKAGES = ["libcrypto", "sqlite3", "jansson", "expat", "libutf8proc", "libcurl"]


def flags():
    reply = subprocess.run(["pkg-config", "--cflags", *PACKAGES], capture_output=True, text=True, check=True)
    return reply.stdout.split()


def guard_of(path):
    return "CLEAT_" + re.sub(r"[^A-Z0-9]", "_", path.relative_to("src").as_posix().upper())


def check(path, cflags):
    complaints = []
    text = (TOP / path).read_text()
    guard = guard_of(path)
    if not re.search(rf"#ifndef {guard}\n#define {guard}\n", text):
        complaints.append(f"{path}:1: the include guard should be {guard}")
    # Twice: a header without a working guard shows too.
    source = f'#include "{path.relative_to("src")}"\n' * 2 + "typedef int cleat_not_empty;\n"
    reply = subprocess.run(["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Isrc", *cflags,
                            "-fsyntax-only", "-x", "c", "-"], cwd=TOP, input=source, capture_output=True, text=True,
                           check=False)
    if reply.returncode != 0:
        first = next((line for line in reply.stderr.splitlines() if "error:" in line), reply.stderr.strip())
        complaints.append(f"{first}\n   (src/{path.relative_to('src')} must include what it uses)")
    return complaints


def main():
    cflags = flags()
    headers = files(TOP, "src", (".h",))
    with ThreadPoolExecutor(JOBS) as pool:
        complaints = [line for found in pool.map(lambda path: check(path, cflags), headers) for line in found]
    return report(complaints, f"{len(headers)} headers, each compiles alone")


if __name__ == "__main__":
    sys.exit(main())
