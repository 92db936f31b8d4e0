#!/usr/bin/env python3
"""Kills the program at random moments while it writes, and checks that nothing was lost.

    kill_loop.py [WHAT] [--count 1000] [--program build/release/cleat] [--seed N] [--keep]

WHAT is what the program writes to: the `store` (kills/store.py), or the files of another tool
(kills/files.py; the names stand in TOOLS below). Each round starts one command and sends SIGKILL
after a random time, which is spread over the whole life of such a command; then everything is
looked at. Prints one JSON line; the exit code is 0 only when nothing was lost.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from kills.aws_files import AwsFiles  # noqa: E402 (found through the line above)
from kills.docker_files import DockerFiles  # noqa: E402
from kills.files import Files  # noqa: E402
from kills.killer import Killer, Lost  # noqa: E402
from kills.kube_files import KubeFiles  # noqa: E402
from kills.store import Store  # noqa: E402

DEFAULT_PROGRAM = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "release", "cleat")
TOOLS = [AwsFiles, DockerFiles, KubeFiles]
SCENARIOS = {"store": Store, **{tool.name: lambda killer, tool=tool: Files(killer, tool()) for tool in TOOLS}}


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=sorted(SCENARIOS), default="store")
    parser.add_argument("--count", type=int, default=25, help="how many kills")
    parser.add_argument("--program", default=os.environ.get("CLEAT_PROGRAM") or DEFAULT_PROGRAM)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", action="store_true", help="leave the home directory for a look")
    return parser.parse_args(words)


def run_rounds(scenario, count, summary):
    while summary["killed"] < count:
        killed = scenario.round()
        summary["rounds"] += 1
        summary["killed" if killed else "acknowledged"] += 1
    scenario.check_all()


def main(words=None):
    arguments = parse(words)
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().getrandbits(32)
    home = tempfile.mkdtemp(prefix="cleat-kill-")
    begun, lost = time.monotonic(), None
    summary = {"what": arguments.what, "rounds": 0, "killed": 0, "acknowledged": 0}
    scenario = SCENARIOS[arguments.what](Killer(os.path.abspath(arguments.program), home, seed))
    try:
        run_rounds(scenario, arguments.count, summary)
    except Lost as problem:
        lost = str(problem)
    finally:
        scenario.close()
    summary.update(scenario.facts, seed=seed, lost=lost, seconds=round(time.monotonic() - begun, 1))
    if lost or arguments.keep:
        summary["home"] = home
    else:
        shutil.rmtree(home, ignore_errors=True)
    print(json.dumps(summary))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
