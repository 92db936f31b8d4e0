"""A few rounds of the kill loop on every run; CLEAT_KILLS asks for many."""

import json
import os
import subprocess
import sys

import pytest
from kill_loop import SCENARIOS

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.mark.kill_loop
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("what", sorted(SCENARIOS))
def test_nothing_is_lost_or_mixed_whenever_the_program_dies(program, what):
    kills = os.environ.get("CLEAT_KILLS", "25")
    reply = subprocess.run(
        [sys.executable, os.path.join(HERE, "kill_loop.py"), what, "--program", program, "--count", kills],
        capture_output=True,
        text=True,
        check=False,
    )
    print(reply.stdout, reply.stderr)
    summary = json.loads(reply.stdout.splitlines()[-1])
    assert reply.returncode == 0 and summary["lost"] is None, summary
    assert summary["killed"] == int(kills) and summary["acknowledged"] > 0
