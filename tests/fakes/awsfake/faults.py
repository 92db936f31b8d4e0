"""Scripted misbehaviour: which requests meet which trouble, and how often."""

import re
import threading

# kind -> members a step of that kind may have besides `kind` and `times`
KINDS = {
    "ok": set(),  # an ordinary answer, to space out the others
    "delay": {"ms"},
    "error": {"status", "code", "message", "headers"},
    "raw": {"status", "content_type", "body", "headers"},
    "html": {"status"},
    "malformed": set(),  # the ordinary answer, cut in the middle, with a matching length
    "truncate": set(),  # the ordinary answer's length, half of its bytes, then the end
    "slow_body": {"ms"},  # the ordinary answer in four pieces, `ms` apart
    "hang": {"ms"},  # no answer; the connection ends after `ms` (default one minute)
    "reset": set(),
    "close": set(),
    "wrong_region": {"signal", "region"},
}
_MEMBERS = {"service", "operation", "access_key_id", "resource", "steps"}


class Script:
    def __init__(self, document):
        unknown = set(document) - _MEMBERS
        if unknown:
            raise ValueError("unknown members of a script: %s" % ", ".join(sorted(unknown)))
        self.service = document.get("service")
        self.operation = document.get("operation")
        self.access_key_id = document.get("access_key_id")
        self.resource = document.get("resource")
        self.steps = [self._step(s) for s in document["steps"]]

    @staticmethod
    def _step(step):
        kind = step.get("kind")
        if kind not in KINDS:
            raise ValueError("unknown kind of step: %r" % kind)
        unknown = set(step) - KINDS[kind] - {"kind", "times"}
        if unknown:
            raise ValueError("a step %r has no %s" % (kind, ", ".join(sorted(unknown))))
        return dict(step, left=step.get("times", 1))  # times 0: for ever

    def fits(self, service, operation, access_key_id, resource):
        return (
            self.service in (None, service)
            and self.operation in (None, operation)
            and self.access_key_id in (None, access_key_id)
            and (self.resource is None or re.search(self.resource, resource or "") is not None)
        )

    def take(self):
        """The next step, None when all are used up."""
        while self.steps:
            step = self.steps[0]
            if step.get("times") == 0:
                return step
            if step["left"] > 0:
                step["left"] -= 1
                return step
            self.steps.pop(0)
        return None


class Faults:
    def __init__(self):
        self.lock = threading.Lock()
        self.scripts = []
        self.release = threading.Event()

    def add(self, documents):
        scripts = [Script(d) for d in documents]
        with self.lock:
            self.scripts.extend(scripts)

    def clear(self):
        """Forgets all scripts and lets go of everything that hangs."""
        with self.lock:
            self.scripts = []
            self.release.set()
            self.release = threading.Event()

    def take(self, service, operation, access_key_id, resource):
        with self.lock:
            for script in self.scripts:
                if script.fits(service, operation, access_key_id, resource):
                    step = script.take()
                    if step is not None:
                        return step
        return None

    def wait(self, milliseconds):
        self.release.wait(milliseconds / 1000.0)
