"""The store: no acknowledged write may be lost, and every connector is whole.

Each round starts one register, update or delete (without asking any provider). A write counts as
acknowledged when the command ended with 0. After each round the store must open, hold every
acknowledged write, and each of its connectors must be whole: its secret opens and is one that was
written.
"""

from .killer import Lost

KEY_ID = "AKIA1" + "KILLED00" + "EXAMPLE"


class Store:
    def __init__(self, killer):
        self.killer = killer
        self.random = killer.random
        self.state = {}  # name -> (description, secret) as it must be
        self.numbers = 0
        self.facts = {"applied_unacknowledged": 0}

    def close(self):
        self.facts["connectors"] = len(self.state)

    def _run(self, *words):
        return self.killer.run_json(["service-connector", *words], {"K": KEY_ID})

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
        """One write; whether it was killed."""
        choices = (
            [self.register] if len(self.state) < 5 else [self.register, self.update, self.update, self.delete]
        )
        if len(self.state) > 40:
            choices = [self.delete, self.update]
        name, words, secret, after = self.random.choice(choices)()
        killed = self.killer.strike("write", ["service-connector", *words], {"K": KEY_ID, "S": secret or ""})
        self.check(name, after, killed)
        return killed

    def check(self, name, after, killed):
        """Compares the whole store with what must be in it, then goes on from what is there."""
        listed = self._run("list", "--size", "10000", "--output", "json")["items"]
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
            self.facts["applied_unacknowledged"] += 1
        self.state.pop(name, None)
        if now is not None:
            self.state[name] = now

    def _whole(self, name):
        """(description, secret): the sealed value opens."""
        document = self._run("describe", name, "--show-secrets", "--output", "json")
        if document["secrets"]["aws_access_key_id"] != KEY_ID:
            raise Lost("connector %s lost its access key id" % name)
        return document["description"], document["secrets"]["aws_secret_access_key"]

    def check_all(self):
        for name in sorted(self.state):
            if self._whole(name) != self.state[name]:
                raise Lost("connector %s is not as it was acknowledged" % name)
