"""Starts the program and sends it SIGKILL at a random moment of its life."""

import json
import os
import random
import subprocess
import time

PASSED_ON = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "CLEAT_ENCODED")


class Lost(Exception):
    """Something is neither as it was before nor as it should be."""


class Killer:
    def __init__(self, program, home, seed):
        self.program = program
        self.home = home
        self.random = random.Random(seed)
        self.typical_s = {}  # by kind of command: how long one takes that nobody disturbs
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": home,
            "XDG_CONFIG_HOME": os.path.join(home, ".config"),
            "XDG_STATE_HOME": os.path.join(home, ".local", "state"),
            "XDG_RUNTIME_DIR": home,
            "LANG": "C.UTF-8",
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
        }

    def start(self, words, env=None):
        return subprocess.Popen(
            [self.program, *words],
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, words, env=None):
        """Standard output of a command that must succeed."""
        process = self.start(words, env)
        out, err = process.communicate(timeout=60)
        if process.returncode != 0:
            raise Lost("'%s' ended with %d: %s" % (" ".join(words), process.returncode, err.decode().strip()))
        return out.decode()

    def run_json(self, words, env=None):
        return json.loads(self.run(words, env))

    def strike(self, kind, words, env=None):
        """Runs the command; whether it was killed. Without a kill it must have succeeded.

        The moment is spread over the whole life of commands of that kind; the first one, and the
        last fifth of the range, end by themselves.
        """
        begun = time.monotonic()
        process = self.start(words, env)
        typical = self.typical_s.get(kind)
        try:
            limit = 60 if typical is None else self.random.uniform(0, 1.25 * typical)
            _, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate(timeout=60)
            # It may have ended by itself just before; then its word counts.
            return process.returncode != 0
        took = time.monotonic() - begun
        if process.returncode != 0:
            raise Lost("'%s' was refused with %d: %s" % (" ".join(words), process.returncode, err.decode().strip()))
        self.typical_s[kind] = took if typical is None else typical + 0.2 * (took - typical)
        return False
