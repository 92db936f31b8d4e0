#!/usr/bin/env python3
"""Kills the program at random moments while it writes, and checks that nothing was lost.

    kill_loop.py [--count 1000] [--program build/release/cleat] [--seed N] [--keep]

Each round starts one register, update or delete (without asking any provider) and sends SIGKILL
after a random time, which is spread over the whole life of such a command. A write counts as
acknowledged when the command ended with 0. After each round the store must open, hold every
acknowledged write, and each of its connectors must be whole: its secret opens and is one that was
written. Prints one JSON line; the exit code is 0 only when nothing was lost.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT_PROGRAM = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "release", "cleat")
KEY_ID = "AKIA1" + "KILLED00" + "EXAMPLE"


class Lost(Exception):
    pass


class Loop:
    def __init__(self, program, home, seed):
        self.program = program
        self.random = random.Random(seed)
        self.home = home
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": home,
            "XDG_CONFIG_HOME": os.path.join(home, ".config"),
            "XDG_STATE_HOME": os.path.join(home, ".local", "state"),
            "XDG_RUNTIME_DIR": home,
            "LANG": "C.UTF-8",
            "K": KEY_ID,
            **{n: v for n, v in os.environ.items() if n.endswith("SAN_OPTIONS") or n == "CLEAT_ENCODED"},
        }
        self.state = {}  # name -> (description, secret) as it must be
        self.numbers = 0
        self.typical_s = None  # how long a write takes that nobody disturbs
        self.summary = {
            "rounds": 0,
            "killed": 0,
            "acknowledged": 0,
            "applied_unacknowledged": 0,
        }

    def start(self, *words, secret=None):
        environment = dict(self.environment, S=secret or "")
        return subprocess.Popen(
            [self.program, "service-connector", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words):
        process = self.start(*words)
        out, err = process.communicate(timeout=60)
        if process.returncode != 0:
            raise Lost("'%s' ended with %d: %s" % (" ".join(words), process.returncode, err.decode().strip()))
        return json.loads(out)

    # -- the three writes; each returns (words, secret, state after it) ------------------------

    def register(self):
        self.numbers += 1
        name, secret = "c%05d" % self.numbers, "secret/%d/%d" % (self.numbers, self.random.getrandbits(60))
        words = [
            "register",
            name,
            "--type",
            "aws",
            "--auth-method",
            "secret-key",
            "--no-verify",
            "--region=us-east-1",
        ]
        words += ["--description", "made", "--aws_access_key_id=@env:K", "--aws_secret_access_key=@env:S"]
        return name, words, secret, ("made", secret)

    def update(self):
        name = self.random.choice(sorted(self.state))
        self.numbers += 1
        text, secret = "changed %d" % self.numbers, "secret/%d/%d" % (
            self.numbers,
            self.random.getrandbits(60),
        )
        words = ["update", name, "--no-verify", "--description", text, "--aws_secret_access_key=@env:S"]
        return name, words, secret, (text, secret)

    def delete(self):
        name = self.random.choice(sorted(self.state))
        return name, ["delete", name, "--yes"], None, None

    # ------------------------------------------------------------------------------------------

    def round(self):
        choices = (
            [self.register] if len(self.state) < 5 else [self.register, self.update, self.update, self.delete]
        )
        if len(self.state) > 40:
            choices = [self.delete, self.update]
        name, words, secret, after = self.random.choice(choices)()
        begun = time.monotonic()
        process = self.start(*words, secret=secret)
        killed = self._kill_or_wait(process)
        took = time.monotonic() - begun
        if not killed:
            self.typical_s = (
                took if self.typical_s is None else self.typical_s + 0.2 * (took - self.typical_s)
            )
        self.summary["rounds"] += 1
        self.summary["killed" if killed else "acknowledged"] += 1
        self.check(name, after, killed)

    def _kill_or_wait(self, process):
        """Whether the kill came first. The first round, and the last fifth of the range, let it end."""
        limit = 60 if self.typical_s is None else self.random.uniform(0, 1.25 * self.typical_s)
        try:
            _, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate(timeout=60)
            # It may have ended by itself just before; then its word counts.
            return process.returncode != 0
        if process.returncode != 0:
            raise Lost("a write was refused with %d: %s" % (process.returncode, err.decode().strip()))
        return False

    def check(self, name, after, killed):
        """Compares the whole store with what must be in it, then goes on from what is there."""
        listed = self.run("list", "--size", "10000", "--output", "json")["items"]
        found = {item["name"]: item["description"] for item in listed}
        before = self.state.get(name)
        allowed = [after, before] if killed else [after]
        for other in (set(found) | set(self.state)) - {name}:
            if other not in found or other not in self.state or found[other] != self.state[other][0]:
                raise Lost("connector %s is not as it was acknowledged" % other)
        now = self._whole(name) if name in found else None
        if now not in allowed:
            raise Lost("connector %s is %r instead of one of %r" % (name, now, allowed))
        if killed and now == after and after != before:
            self.summary["applied_unacknowledged"] += 1
        self.state.pop(name, None)
        if now is not None:
            self.state[name] = now

    def _whole(self, name):
        """(description, secret): the sealed value opens."""
        document = self.run("describe", name, "--show-secrets", "--output", "json")
        if document["secrets"]["aws_access_key_id"] != KEY_ID:
            raise Lost("connector %s lost its access key id" % name)
        return document["description"], document["secrets"]["aws_secret_access_key"]

    def check_all(self):
        for name in sorted(self.state):
            if self._whole(name) != self.state[name]:
                raise Lost("connector %s is not as it was acknowledged" % name)


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=25, help="how many kills")
    parser.add_argument("--program", default=os.environ.get("CLEAT_PROGRAM") or DEFAULT_PROGRAM)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", action="store_true", help="leave the home directory for a look")
    return parser.parse_args(words)


def main(words=None):
    arguments = parse(words)
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().getrandbits(32)
    home = tempfile.mkdtemp(prefix="cleat-kill-")
    loop = Loop(os.path.abspath(arguments.program), home, seed)
    begun, lost = time.monotonic(), None
    try:
        while loop.summary["killed"] < arguments.count:
            loop.round()
        loop.check_all()
    except Lost as problem:
        lost = str(problem)
    summary = dict(
        loop.summary,
        seed=seed,
        lost=lost,
        connectors=len(loop.state),
        seconds=round(time.monotonic() - begun, 1),
    )
    if lost or arguments.keep:
        summary["home"] = home
    else:
        shutil.rmtree(home, ignore_errors=True)
    print(json.dumps(summary))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
