"""The runner of steps: results, closing lines, deadlines, and nothing left running."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent


def run(body):
    """Runs a piece of Python that uses Steps in a process of its own; (exit code, output)."""
    script = "import sys\nfrom steps import *\nsteps = Steps('run')\n" + textwrap.dedent(body) + "\nsys.exit(steps.finish())\n"
    reply = subprocess.run([sys.executable, "-c", script], cwd=TOOLS, capture_output=True, text=True, timeout=60,
                           env={**os.environ, "PYTHONPATH": str(TOOLS)}, check=False)
    return reply.returncode, reply.stdout + reply.stderr


def test_table_ends_with_the_counts():
    code, output = run("""
        steps.run("good", ["true"])
        steps.run("bad", ["sh", "-c", "echo broken here; exit 3"])
        steps.skip("later", "nothing to do")
    """)
    assert code == 1
    assert "broken here" in output and "exit code 3" in output
    assert output.rstrip().endswith("1 passed, 1 failed, 1 skipped")


def test_closing_line_stands_in_the_table():
    code, output = run("""steps.run("count", ["sh", "-c", "echo noise; echo 7 tests passed; echo more"], closing="passed")""")
    assert code == 0 and "7 tests passed" in output and "noise" not in output


def test_step_that_takes_too_long_is_ended():
    begin = time.monotonic()
    code, output = run("""steps.run("slow", ["sleep", "50"], limit_s=0)""")
    assert code == 1 and "stopped after 0 s" in output
    assert time.monotonic() - begin < 20


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_process_left_behind_fails_the_step_and_is_ended():
    code, output = run("""steps.run("leaves", ["sh", "-c", "setsid sleep 41 & exit 0"])""")
    assert code == 1 and "left running: sleep 41" in output
    assert not any(command(pid) == b"sleep\x0041\0" for pid in os.listdir("/proc") if pid.isdigit())


def test_process_that_is_about_to_end_may_do_so():
    code, output = run("""steps.run("leaves", ["sh", "-c", "setsid sleep 0.5 & exit 0"])""")
    assert code == 0, output


def test_step_can_be_interrupted_even_if_we_were_started_in_the_background():
    script = "from steps import *\nSteps('run').run('ask', ['sh', '-c', 'grep SigIgn /proc/self/status'], closing='SigIgn')"
    reply = subprocess.run(["sh", "-c", "trap '' INT QUIT; exec \"$@\"", "sh", sys.executable, "-c", script], cwd=TOOLS,
                           capture_output=True, text=True, timeout=60, check=False)
    ignored = int(re.search(r"SigIgn:\s*([0-9a-f]+)", reply.stdout).group(1), 16)
    assert ignored & (1 << signal.SIGINT - 1) == 0 and ignored & (1 << signal.SIGQUIT - 1) == 0


def test_program_that_does_not_exist_is_a_failure():
    code, output = run("""steps.run("none", ["/nonexistent/program"])""")
    assert code == 1 and "cannot start" in output
