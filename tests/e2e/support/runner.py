"""Starts the program and keeps what it printed."""

import errno
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

# An exit code that the program itself never has: a sanitizer found something.
SANITIZER_EXIT = 66
SANITIZER_WORDS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:")


class Result:
    def __init__(self, argv, code, stdout, stderr, seconds, merged):
        self.argv = argv
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.seconds = seconds
        self.output = merged  # both streams in the order of time; only with a terminal

    def json(self):
        return json.loads(self.stdout)

    def error(self):
        """The error object of a machine format."""
        return json.loads(self.stderr.strip().splitlines()[-1])["error"]

    def describe(self):
        return "$ %s\nexit %s after %.2f s\n--- stdout\n%s\n--- stderr\n%s" % (
            " ".join(self.argv),
            self.code,
            self.seconds,
            self.stdout or self.output,
            self.stderr,
        )


def _children(pid):
    """Command lines of the processes below `pid`, as /proc shows them to everybody."""
    found = []
    try:
        tasks = os.listdir("/proc/%d/task" % pid)
        for task in tasks:
            with open("/proc/%d/task/%s/children" % (pid, task), encoding="ascii") as file:
                for child in file.read().split():
                    with open("/proc/%s/cmdline" % child, "rb") as line:
                        found.append(line.read())
                    found += _children(int(child))
    except OSError:
        pass
    return found


class Running:
    """A started program whose streams are collected as they come."""

    def __init__(self, cleat, argv, env, cwd, width, stdin, pass_fds):
        self.cleat = cleat
        self.argv = argv
        self.started = time.monotonic()
        self.chunks = []  # (stream name, bytes)
        self.master = None
        self.sources = {}
        if width is not None:
            self._start_on_terminal(argv, env, cwd, width, pass_fds)
        else:
            self._start_on_pipes(argv, env, cwd, stdin, pass_fds)

    def _start_on_pipes(self, argv, env, cwd, stdin, pass_fds):
        self.process = subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=pass_fds,
        )
        if stdin is not None:
            try:
                self.process.stdin.write(stdin if isinstance(stdin, bytes) else stdin.encode())
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        self.sources = {
            self.process.stdout.fileno(): "stdout",
            self.process.stderr.fileno(): "stderr",
        }

    def _start_on_terminal(self, argv, env, cwd, width, pass_fds):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))

        def own_terminal():
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=own_terminal,
            pass_fds=pass_fds,
        )
        os.close(slave)
        self.sources = {self.master: "terminal"}

    def pump(self, until=None, timeout=60.0):
        """Reads until the streams end or `until` (text) has been printed. Says whether it was."""
        deadline = time.monotonic() + timeout
        while self.sources:
            if until is not None and until in self.text():
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                self.kill()
                raise AssertionError(
                    "no end after %d s: %s\n%s" % (timeout, " ".join(self.argv), self.text())
                )
            ready, _, _ = select.select(list(self.sources), [], [], min(left, 0.02))
            for source in ready:
                self._read(source)
            if not ready:
                # The leak checker's helper is a copy of the process, with the arguments we gave it.
                given = b"".join(os.fsencode(word) + b"\0" for word in self.argv)
                for line in _children(self.process.pid):
                    if line != given:
                        self.cleat.canary.check_printed("argv of a child", line)
        return until is not None and until in self.text()

    def _read(self, source):
        try:
            data = os.read(source, 65536)
        except OSError as problem:
            if problem.errno != errno.EIO:  # what Linux says when the terminal's other side is gone
                raise
            data = b""
        if data:
            self.chunks.append((self.sources[source], data))
        else:
            del self.sources[source]

    def text(self, stream=None):
        data = b"".join(d for s, d in self.chunks if stream in (None, s))
        return data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")

    def send(self, text):
        os.write(self.master, text.encode())

    def expect(self, text, timeout=20.0):
        assert self.pump(until=text, timeout=timeout), "%r never came:\n%s" % (text, self.text())

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def finish(self, timeout=60.0):
        try:
            self.pump(timeout=timeout)
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("no exit after %d s: %s" % (timeout, " ".join(self.argv))) from None
        finally:
            if self.master is not None:
                os.close(self.master)
                self.master = None
            else:
                self.process.stdout.close()
                self.process.stderr.close()
        seconds = time.monotonic() - self.started
        return Result(self.argv, code, self.text("stdout"), self.text("stderr"), seconds, self.text())


class Cleat:
    """The program in a home of its own. Call it: cleat("service-connector", "list", code=0)."""

    def __init__(self, program, home, canary, environment):
        self.program = program
        self.home = home
        self.canary = canary
        self.environment = environment
        self.reveals = False

    def start(self, *words, env=None, cwd=None, width=None, stdin=None, pass_fds=(), program=None):
        """Starts and returns a Running; the caller finishes it."""
        environment = dict(self.environment)
        if width is not None:
            environment.update(TERM="dumb", CLEAT_WRAP="fold")
        environment.update(env or {})
        environment = {k: v for k, v in environment.items() if v is not None}
        argv = [program or self.program] + [str(w) for w in words]
        return Running(self, argv, environment, str(cwd or self.home), width, stdin, pass_fds)

    def settle(self, running, code=0, reveals=False, timeout=60.0):
        result = running.finish(timeout)
        assert result.code != SANITIZER_EXIT, result.describe()
        assert not any(w in result.output for w in SANITIZER_WORDS), result.describe()
        expected = code if isinstance(code, tuple) else (code,)
        if result.code < 0 and result.code not in expected:
            raise AssertionError("ended by signal %d\n%s" % (-result.code, result.describe()))
        if not (reveals or self.reveals):
            self.canary.check_printed("stdout of " + " ".join(result.argv[1:3]), result.stdout)
            if running.text("terminal"):
                self.canary.check_printed("terminal of " + " ".join(result.argv[1:3]), result.output)
        self.canary.check_printed("stderr of " + " ".join(result.argv[1:3]), result.stderr)
        if code is not None:
            assert result.code in expected, "exit %s instead of %s\n%s" % (
                result.code,
                code,
                result.describe(),
            )
        return result

    def __call__(self, *words, code=0, reveals=False, timeout=60.0, **more):
        return self.settle(self.start(*words, **more), code, reveals, timeout)

    def json(self, *words, **more):
        """Runs with --output json and returns the document."""
        return self(*words, "--output", "json", **more).json()

    def sc(self, *words, **more):
        return self("service-connector", *words, **more)

    def sc_json(self, *words, **more):
        return self.json("service-connector", *words, **more)

    def screen(self, *words, width=300, code=0, **more):
        """What a person sees on a terminal of that width."""
        return self(*words, width=width, code=code, **more).output

    def names(self):
        """Names of all stored connectors, in the order of the list."""
        return [c["name"] for c in self.sc_json("list", "--size", "10000")["items"]]

    def find(self, name):
        found = [c for c in self.sc_json("list", "--size", "10000")["items"] if c["name"] == name]
        assert len(found) == 1, "%d connectors named %s" % (len(found), name)
        return found[0]
