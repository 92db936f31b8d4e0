"""Looks for secrets where none may be.

Every test credential contains MARKER. It must not turn up in what the program prints, in a file
it writes, or in the arguments of a process it starts; not in clear, and not in base64 or hex.
Access key ids contain KEY_MARKER in their middle: they count as secret in everything printed, but
the audit may hold them as the fingerprint of what was issued.
"""

import base64
import os

MARKER = "cAnArYbIrD"
KEY_MARKER = "CANARY"
FILE_LIMIT = 64 * 1024 * 1024


def _base64_cores(data):
    """What is left of `data` in base64 at each of the three alignments, whatever surrounds it."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode()
        first = -(-shift * 4 // 3)
        last = (shift + len(data)) // 3 * 4
        yield encoded[first:last]


def spellings(secret):
    data = secret.encode()
    found = {data, data.hex().encode(), data.hex().upper().encode(), secret.encode("utf-16-le")}
    found.update(core.encode() for core in _base64_cores(data))
    found.update(core.replace("+", "-").replace("/", "_").encode() for core in _base64_cores(data))
    return found


class Canary:
    def __init__(self):
        self._anywhere = set(spellings(MARKER))
        self._printed = {KEY_MARKER.encode()}
        self.findings = []
        self.allowed_files = set()
        self._written = {}

    def watch(self, secret):
        """A secret that the test could not choose, e.g. one that moto made."""
        self._anywhere |= spellings(secret)

    def watch_key_id(self, key_id):
        self._printed.add(key_id.encode())

    def wrote(self, path, text):
        """The test itself put this into a file; what else appears there is still a finding."""
        self._written[os.path.realpath(path)] = text

    def allow_file(self, path):
        self.allowed_files.add(os.path.realpath(path))

    def check_printed(self, where, text):
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        self._check(where, data, self._anywhere | self._printed)

    def _check(self, where, data, needles):
        for needle in needles:
            at = data.find(needle)
            if at >= 0:
                self.findings.append(
                    "%s holds a secret: ...%r..." % (where, data[max(0, at - 60) : at + len(needle) + 20])
                )
                return

    def check_tree(self, root):
        for folder, _, names in os.walk(root):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and os.path.realpath(path) not in self.allowed_files:
                    self._check_file(path)

    def _check_file(self, path):
        try:
            with open(path, "rb") as file:
                data = file.read(FILE_LIMIT)
        except OSError:
            return
        for line in self._written.get(os.path.realpath(path), "").encode().splitlines():
            if line.strip():
                data = data.replace(line, b"")
        self._check("file " + path, data, self._anywhere)
