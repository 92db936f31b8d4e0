"""Checks what the program makes the dynamic linker load at each start, and its size."""

import re
import subprocess
import sys
from pathlib import Path

from csource import TOP, report

# Opened at first use by one loader file each: linking them costs several times an empty program.
LAZY = ("libcurl", "libmicrohttpd", "libssh", "libexpat", "libyaml")
MAX_BYTES = 5 * 1024 * 1024


def needed(program):
    reply = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=True)
    return re.findall(r"\(NEEDED\)\s+Shared library: \[([^\]]+)\]", reply.stdout)


def linked(program, libraries):
    """A complaint for each library that should be opened at first use."""
    return [f"{program} links {name}: call it through its loader file, and take it off target_link_libraries"
            for name in libraries if name.startswith(LAZY)]


def main():
    program = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "build" / "release" / "cleat"
    if not program.exists():
        print(f"{program} does not exist; ./dev build makes it")
        return 1
    libraries = needed(program)
    complaints = linked(program.name, libraries)
    size = program.stat().st_size
    if size > MAX_BYTES:
        complaints.append(f"{program.name} has {size} bytes, the limit is {MAX_BYTES}")
    return report(complaints, f"needs {' '.join(libraries)}; {size / 1024:.0f} KiB")


if __name__ == "__main__":
    sys.exit(main())
