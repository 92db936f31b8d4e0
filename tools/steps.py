"""Runs named steps one after the other, shows how they go, and ends with a table.

A step is a program (or a Python function); its output goes to build/logs/NAME.log and is shown only
when the step fails, but for the closing lines that sum it up. Each step has a deadline, and whatever
it leaves running is a failure of its own and is ended.
"""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
BUILD = TOP / "build"
LOGS = BUILD / "logs"

TAIL_LINES = 60  # of a failed step's log
# What a build prints beside its errors: progress, and the compiler's whole command line.
NOISE = re.compile(r"^\[\d+/\d+\] |^/\S+/(cc|gcc|clang|ar|cmake) |^ninja: build stopped")
PR_SET_CHILD_SUBREAPER = 36
LEFTOVER_GRACE_S = 2  # for processes that are about to end by themselves


class Usage(Exception):
    """The command line makes no sense; the text says what would."""


def whole_number(text, what, least=0):
    """The number that a person wrote; anything else ends the run with a sentence."""
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < least:
        raise Usage(f"{what} is a whole number of at least {least}, not '{text}'")
    return int(text)


def run_main(main):
    """Calls main(words, verbose) with the command line and ends with the exit code that it returns."""
    words = sys.argv[1:]
    try:
        sys.exit(main([word for word in words if word != "-v"], "-v" in words))
    except Usage as why:
        print(f"Error: {why}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def job_count():
    try:
        return whole_number(os.environ.get("CLEAT_JOBS") or str(os.cpu_count() or 2), "CLEAT_JOBS", least=1)
    except Usage as why:
        sys.exit(f"Error: {why}")


JOBS = job_count()


class Failed(Exception):
    """A function step did not succeed; the text says what to do."""


class Skipped(Exception):
    """A step has nothing to work on (yet)."""


def colour(text, code):
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        return f"\033[{code}m{text}\033[0m"
    return text


def seconds(duration):
    if duration < 60:
        return f"{duration:.1f} s"
    return f"{int(duration // 60)} min {int(duration % 60):02d} s"


class Steps:
    """Collects the results of a run. `verbose` shows each step's output as it comes."""

    def __init__(self, title, verbose=False):
        self.title = title
        self.verbose = verbose
        self.rows = []  # (name, result, duration, detail)
        LOGS.mkdir(parents=True, exist_ok=True)
        # A shell that starts us in the background has us ignore these, and children would inherit it.
        for number in (signal.SIGINT, signal.SIGQUIT):
            if signal.getsignal(number) == signal.SIG_IGN:
                signal.signal(number, signal.default_int_handler)
        # Orphans of the steps become our children, so that they can be found and ended.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def run(self, name, argv, *, env=None, cwd=TOP, limit_s=900, closing=None):
        """Runs a program. `closing` is a pattern for the lines that sum up its output."""
        log = LOGS / (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".log")

        def body():
            code = self._spawn(name, argv, env, cwd, limit_s, log)
            lines = log.read_text(errors="replace").replace(f"{TOP}/", "").splitlines()
            found = [line.strip() for line in lines if closing and re.search(closing, line)]
            if code == 0:
                return found[-1] if found else ""
            if not self.verbose:
                self._show_tail(log, lines)
            if code is None:
                raise Failed(f"stopped after {limit_s} s; see {log.relative_to(TOP)}")
            summary = found[-1] if found else f"exit code {code}"
            raise Failed(f"{summary}; see {log.relative_to(TOP)}")

        return self._record(name, body)

    def call(self, name, function, *args):
        """Runs a Python function, which returns a line of summary, or raises Failed or Skipped."""
        return self._record(name, lambda: function(*args))

    def skip(self, name, why):
        self._record(name, lambda: (_ for _ in ()).throw(Skipped(why)))

    def finish(self):
        """Prints the table. Returns the exit code of the run."""
        failed = [row for row in self.rows if row[1] == "FAILED"]
        skipped = [row for row in self.rows if row[1] == "skipped"]
        width = max([len(row[0]) for row in self.rows] + [4])
        room = max(shutil.get_terminal_size((100, 24)).columns - width - 26, 30)
        print(f"\n{colour(self.title, '1')}")
        for name, result, duration, detail in self.rows:
            shade = {"ok": "32", "FAILED": "31", "skipped": "33"}[result]
            if sys.stdout.isatty() and len(detail) > room:
                detail = detail[: room - 1] + "…"
            print(f"  {name:<{width}}  {colour(f'{result:<7}', shade)}  {seconds(duration):>11}  {detail}".rstrip())
        total = sum(row[2] for row in self.rows)
        passed = len(self.rows) - len(failed) - len(skipped)
        print(f"  {'total':<{width}}  {'':7}  {seconds(total):>11}\n")
        print(f"{passed} passed, {len(failed)} failed" + (f", {len(skipped)} skipped" if skipped else ""))
        sys.stdout.flush()
        return 1 if failed else 0

    def _record(self, name, body):
        interactive = sys.stdout.isatty() and not self.verbose
        if not interactive:
            print(f"-- {name}", flush=True)
        begin = time.monotonic()
        try:
            detail = body() or ""
            result = "ok"
        except Skipped as why:
            detail, result = str(why), "skipped"
        except Failed as why:
            detail, result = str(why), "FAILED"
        except KeyboardInterrupt:
            self._end_leftovers()
            raise
        duration = time.monotonic() - begin
        left = self._end_leftovers()
        if left:
            detail, result = f"left running: {', '.join(left)}", "FAILED"
        shade = {"ok": "32", "FAILED": "31", "skipped": "33"}[result]
        start = "\r\033[K" if interactive else ""
        lines = detail.splitlines() or [""]
        print(f"{start}{colour(result, shade)} {name} ({seconds(duration)})  {lines[0]}".rstrip(), flush=True)
        for line in lines[1:]:
            print(f"   {line}", flush=True)
        self.rows.append((name, result, duration, lines[0]))
        return result != "FAILED"

    def _spawn(self, name, argv, env, cwd, limit_s, log):
        """The exit code, None when the time was up."""
        merged = {**os.environ, **(env or {})}
        with open(log, "wb") as out:
            try:
                child = subprocess.Popen(
                    [str(word) for word in argv], cwd=cwd, env=merged, stdin=subprocess.DEVNULL,
                    stdout=None if self.verbose else out, stderr=subprocess.STDOUT if not self.verbose else None,
                    start_new_session=True)
            except OSError as error:
                raise Failed(f"cannot start {argv[0]}: {error.strerror}") from None
            begin = time.monotonic()
            try:
                while True:
                    try:
                        return child.wait(timeout=0.5 if sys.stdout.isatty() else 5)
                    except subprocess.TimeoutExpired:
                        if time.monotonic() - begin > limit_s:
                            return None
                        self._show_progress(name, time.monotonic() - begin, log)
            finally:
                end_group(child)

    def _show_progress(self, name, passed, log):
        if self.verbose or not sys.stdout.isatty():
            return
        with open(log, "rb") as file:
            file.seek(max(0, log.stat().st_size - 400))
            tail = file.read().decode(errors="replace").split("\n")
        last = next((line for line in reversed(tail) if line.strip()), "")
        line = f".. {name} ({seconds(passed)})  {last.strip()}"
        print("\r\033[K" + line[: shutil.get_terminal_size().columns - 1], end="", flush=True)

    @staticmethod
    def _show_tail(log, lines):
        if sys.stdout.isatty():
            print("\r\033[K", end="")
        lines = [line for line in lines if not NOISE.match(line)]
        if len(lines) > TAIL_LINES:
            print(f"   ... the last {TAIL_LINES} lines of {log.relative_to(TOP)}:")
        for line in lines[-TAIL_LINES:]:
            print(f"   | {line}")

    @staticmethod
    def _end_leftovers():
        """Ends processes that a step left behind; they were given to us as their reaper."""
        deadline = time.monotonic() + LEFTOVER_GRACE_S
        while (left := running_children()) and time.monotonic() < deadline:
            time.sleep(0.05)
        names = []
        for pid, command in left:
            names.append(f"{command[:80]} ({pid})")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        return names


def running_children():
    """[(pid, command line)] of our children; those that have ended are reaped."""
    found = []
    for pid in children_of(os.getpid()):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ChildProcessError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                found.append((pid, command))
    return found


def children_of(parent):
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        # The name in brackets may hold blanks; the parent is the second field after it.
        if int(stat.rpartition(")")[2].split()[1]) == parent:
            yield int(entry.name)


def end_group(child):
    """Ends a child that leads its own process group, politely first."""
    for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        if child.poll() is not None:
            return
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            return
        try:
            child.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue


def build(steps, preset, *targets, limit_s=900):
    """Builds a preset as a step; True when it worked."""
    words = " ".join(targets[:1]) + (" ..." if len(targets) > 1 else "")
    return steps.run(f"build {preset} {words}".strip(), ["tools/build.sh", preset, *targets], limit_s=limit_s,
                     closing=r"error:")
