"""Files of other tools: after a kill each holds its old or its new content, never a mixture.

A tool says which files it has, what stands in them before Cleat comes, and which commands change
them. What a command makes of a content is learnt once, undisturbed; from then on the same content
may only stay or become that. Every file keeps its mode, what was a link stays one, and when all
entries have been taken away again the files are byte for byte as they were at first.
"""

import os
import re
import stat
import sys

from .killer import Lost

TESTS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TESTS, "fakes"))

ROLE = "arn:aws:iam::123456789012:role/kill-loop"
KEY_ID = "AKIA1" + "KILLED00" + "EXAMPLE"
SECRET = "s3cr3t/killed/" + "x" * 26
# Times and short-lived credentials differ from run to run.
MOVING = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|ASIA[A-Z0-9]{16}|(?<== )[\w+/=]{39,}")


class Tool:
    """The files of one tool; subclasses fill this in."""

    name = ""
    files = {}  # path below the home -> (content at first, mode)
    links = {}  # path below the home -> target, relative; made first
    moving = MOVING  # what may differ between two runs of one command

    def prepare(self, killer):
        """Makes what the commands need, connectors for instance."""

    def commands(self):
        """Name -> (words, whether it takes something away). Any may come at any time."""
        raise NotImplementedError

    def close(self):
        """Ends what prepare() started."""


class AwsAccount:
    """A loopback AWS with one role, and a connector that assumes it."""

    def __init__(self, killer, name="role", **document):
        from fake_aws import FakeAws

        user = {"name": "killer", "access_key_id": KEY_ID, "secret_access_key": SECRET}
        self.fake = FakeAws({"users": [user], "roles": [{"arn": ROLE}], **document})
        words = ["service-connector", "register", name, "--type", "aws", "--auth-method", "iam-role", "--no-verify"]
        words += ["--region=us-east-1", "--endpoint_url=" + self.fake.url, "--role_arn=" + ROLE]
        words += ["--aws_access_key_id=@env:K", "--aws_secret_access_key=@env:S"]
        killer.run(words, {"K": KEY_ID, "S": SECRET})

    def close(self):
        self.fake.stop()


class Files:
    """The scenario: random commands of one tool, a kill, a look at its files."""

    def __init__(self, killer, tool):
        self.killer = killer
        self.tool = tool
        self.learnt = {}  # (contents, command) -> contents afterwards
        self.facts = {"changed": 0, "learnt": 0, "leftovers": 0}
        tool.prepare(killer)
        self._lay_out()
        self.first = self._contents()

    def close(self):
        self.facts["learnt"] = len(self.learnt)
        self.tool.close()

    # -- files ---------------------------------------------------------------------------------

    def _path(self, name):
        return os.path.join(self.killer.home, name)

    def _lay_out(self):
        for name, target in self.tool.links.items():
            os.makedirs(os.path.dirname(self._path(name)), mode=0o700, exist_ok=True)
            os.symlink(target, self._path(name))
        for name, (content, mode) in self.tool.files.items():
            path = os.path.realpath(self._path(name))
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            self._write(path, content, mode)

    def _write(self, path, content, mode):
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, mode)

    def _raw(self):
        found = {}
        for name in self.tool.files:
            with open(self._path(name), "rb") as file:
                found[name] = file.read()
        return found

    def _plain(self, raw):
        return tuple(self.tool.moving.sub(b"*", raw[name]) for name in sorted(raw))

    def _contents(self):
        return self._plain(self._raw())

    def _check_surroundings(self):
        """Modes, links, and nothing beside the files but what a kill may leave."""
        for name, (_, mode) in self.tool.files.items():
            found = stat.S_IMODE(os.stat(self._path(name)).st_mode)
            if found != mode:
                raise Lost("%s has mode %o instead of %o" % (name, found, mode))
        for name, target in self.tool.links.items():
            if not os.path.islink(self._path(name)) or os.readlink(self._path(name)) != target:
                raise Lost("%s is no link to %s any more" % (name, target))
        self._drop_drafts()

    def _drop_drafts(self):
        """A killed run leaves its temporary file; it is nobody's, and must be for its owner only."""
        for name in self.tool.files:
            path = os.path.realpath(self._path(name))
            for other in os.listdir(os.path.dirname(path)):
                if re.fullmatch(re.escape(os.path.basename(path)) + r"\.[A-Za-z0-9]{6}", other):
                    draft = os.path.join(os.path.dirname(path), other)
                    if stat.S_IMODE(os.stat(draft).st_mode) & 0o077 & ~self.tool.files[name][1]:
                        raise Lost("%s can be read by others" % draft)
                    os.unlink(draft)
                    self.facts["leftovers"] += 1

    # -- rounds --------------------------------------------------------------------------------

    def _learn(self, before, command, words):
        """What the command makes of these contents; they are put back."""
        if (before, command) not in self.learnt:
            raw = self._raw()
            self._run_gently(words)
            self.learnt[before, command] = self._contents()
            for name, content in raw.items():
                self._write(os.path.realpath(self._path(name)), content, self.tool.files[name][1])
        return self.learnt[before, command]

    def _run_gently(self, words):
        """Taking away what is not there is refused; that changes nothing either."""
        process = self.killer.start(words)
        _, err = process.communicate(timeout=60)
        if process.returncode not in (0, 3, 6):
            raise Lost("'%s' ended with %d: %s" % (" ".join(words), process.returncode, err.decode().strip()))

    def round(self):
        """One command; whether it was killed."""
        before = self._contents()
        command = self.killer.random.choice(sorted(self.tool.commands()))
        words, takes_away = self.tool.commands()[command]
        after = self._learn(before, command, words)
        if after == before and takes_away:
            return False
        killed = self.killer.strike(command, words)
        now = self._contents()
        self._check(command, (before, after, now), killed)
        return killed

    def _check(self, command, contents, killed):
        before, after, now = contents
        for index, name in enumerate(sorted(self.tool.files)):
            allowed = (before[index], after[index]) if killed else (after[index],)
            if now[index] not in allowed:
                raise Lost(
                    "%s after '%s' (killed: %s) is\n%s\ninstead of\n%s"
                    % (name, command, killed, now[index].decode(), allowed[-1].decode())
                )
        self.facts["changed"] += killed and now != before
        self._check_surroundings()

    def check_all(self):
        """Every entry is taken away; the files are as they were at first."""
        for words, takes_away in self.tool.commands().values():
            if takes_away:
                self._run_gently(words)
        if self._contents() != self.first or self._plain(self._first_raw()) != self.first:
            raise Lost("the files are not as they were before the first entry: %r" % (self._raw(),))
        self._check_surroundings()

    def _first_raw(self):
        return {name: content for name, (content, _) in self.tool.files.items()}
