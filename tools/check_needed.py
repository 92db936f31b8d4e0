"""Checks what the program makes the dynamic linker load at each start, and its size."""

import re
import subprocess
import sys
from pathlib import Path

from csource import TOP

# Opened at first use by one loader file each: linking them costs several times an empty program.
LAZY = ("libcurl", "libmicrohttpd", "libssh", "libexpat", "libyaml")
MAX_BYTES = 5 * 1024 * 1024


def needed(program):
    reply = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=True)
    return re.findall(r"\(NEEDED\)\s+Shared library: \[([^\]]+)\]", reply.stdout)


def main():
    program = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "build" / "release" / "cleat"
    if not program.exists():
        print(f"{program} does not exist; ./dev build makes it")
        return 1
    libraries = needed(program)
    wrong = [name for name in libraries if name.startswith(LAZY)]
    for name in wrong:
        print(f"{program.name} links {name}: call it through its loader file, and take it off target_link_libraries")
    size = program.stat().st_size
    if size > MAX_BYTES:
        print(f"{program.name} has {size} bytes, the limit is {MAX_BYTES}")
        wrong.append(str(size))
    if not wrong:
        print(f"needs {' '.join(libraries)}; {size / 1024:.0f} KiB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
