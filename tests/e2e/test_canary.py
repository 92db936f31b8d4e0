"""No secret anywhere it may not be: AC-99, files, process arguments, core dumps."""

import os
import sqlite3
import subprocess
import sys
import time

import pytest

from support.aws_world import Keys
from support.canary import KEY_MARKER, MARKER

BUCKET = ["-r", "s3-bucket", "-ri", "zenfiles"]


@pytest.mark.parametrize("flags", [["--debug"], ["--verbose"], ["--debug", "-o", "json"]], ids=" ".join)
@pytest.mark.parametrize(
    "method", ["secret-key", "iam-role", "session-token", "federation-token", "sts-token"]
)
def test_debugging_shows_no_secret(aws, cleat, method, flags):
    """AC-99: the canary of the harness looks at every stream of every command here."""
    keys = aws.keys
    if method == "sts-token":
        keys = Keys(7, token=True)
        aws.fake.add(sessions=[keys.session()])
    more = ["-r", "s3-bucket"] if method == "federation-token" else []
    aws.register("made", method, *more, *flags, keys=keys)
    for words in (
        ["list"],
        ["describe", "made"],
        ["describe", "made", "--client", *BUCKET],
        ["verify", "made", *BUCKET],
        ["list-resources"],
    ):
        cleat.sc(*words, *flags)
    if method != "federation-token":
        cleat.sc(
            "describe", "made", "--client", "-r", "kubernetes-cluster", "-ri", "zenhacks-cluster", *flags
        )
        cleat.sc("describe", "made", "--client", "-r", "docker-registry", *flags)
    cleat("exec", "made", *BUCKET, "--allow-long-lived", *flags, "--", "true")
    cleat("credential-process", "made", *BUCKET, "--allow-long-lived", *flags, reveals=True)
    traced = cleat.sc("verify", "made", *BUCKET, *flags).stderr
    assert ("http_request" in traced) == ("--debug" in flags)  # else there was nothing to look at
    cleat.sc("login", "made", *BUCKET, *flags)
    cleat.sc("update", "made", "--description", "x", *flags)
    cleat.sc("delete", "made", "--yes", *flags)


@pytest.mark.parametrize(
    "trouble, flags",
    [(t, ["--debug"]) for t in ("typo", "denied", "malformed", "html", "throttled", "reset", "echo")]
    + [(t, []) for t in ("typo", "denied", "malformed", "echo")],
    ids=lambda v: v if isinstance(v, str) else "debug" if v else "plain",
)
def test_errors_show_no_secret(aws, cleat, trouble, flags):
    keys = aws.keys.typo() if trouble == "typo" else aws.keys
    steps = {
        "denied": {"kind": "error", "status": 403, "code": "AccessDenied"},
        "malformed": {"kind": "malformed"},
        "html": {"kind": "html"},
        "throttled": {"kind": "error", "status": 400, "code": "Throttling"},
        "reset": {"kind": "reset"},
        # A provider that repeats what it was sent, as some do in their error texts.
        "echo": {
            "kind": "error",
            "status": 403,
            "code": "SignatureDoesNotMatch",
            "message": "key %s, token %s, secret %s" % (keys.id, "FwoG" + MARKER + "/tail==", keys.secret),
        },
    }
    if trouble in steps:
        aws.fake.script(None, None, dict(steps[trouble], times=0))
    scope = ["-r", "s3-bucket"]  # one type only: every further one repeats all its attempts
    aws.register("verified", "session-token", *scope, *flags, keys=keys, code=None)
    aws.register("made", "session-token", *scope, *flags, keys=keys, verify=False)
    cleat.sc("verify", "made", *flags, code=None)
    cleat.sc("list-resources", *scope, *flags, code=None)
    failed = cleat("exec", "made", *BUCKET, *flags, "--", "true", code=125)
    assert "Error: " in failed.stderr  # there was something to look at


@pytest.mark.parametrize(
    "words",
    [
        ["--aws_secret_access_key=%s" % ("x y/" + MARKER)],
        ["--aws_access_key_id=%s" % ("bad-" + KEY_MARKER + MARKER)],
        ["--policy=%s" % MARKER],
        ["--aws_session_token=%s" % MARKER],
        ["--aws_secret_acess_key=%s" % MARKER],
        ["--unknown=%s" % MARKER],
        ["--endpoint_url=http://user:%s@127.0.0.1/" % MARKER],
    ],
    ids=lambda w: w[0].split("=")[0],
)
def test_refusals_do_not_repeat_secret_values(cleat, words):
    base = "register x --type aws --auth-method iam-role --region=us-east-1 --no-verify".split()
    cleat.sc(*base, "--role_arn=arn:aws:iam::123456789012:role/x", *words, code=2)


def test_the_store_holds_secrets_only_sealed(aws, cleat, state_dir):
    """Looked for while the write-ahead log is still there, too."""
    reader = None
    try:
        for number in range(5):
            aws.register("made%d" % number, "session-token", verify=False)
            if reader is None:
                # A reader keeps the log from being folded into the database.
                reader = sqlite3.connect(os.path.join(state_dir, "cleat.db"), isolation_level=None)
                reader.execute("begin")
                reader.execute("select count(*) from sqlite_master").fetchone()
            cleat("credential-process", "made%d" % number, *BUCKET, reveals=True)
        cleat.canary.check_tree(cleat.home)
        names = os.listdir(state_dir)
        assert "cleat.db" in names
        for name in filter(lambda n: os.path.isfile(os.path.join(state_dir, n)), names):
            with open(os.path.join(state_dir, name), "rb") as file:
                data = file.read()
            assert MARKER.encode() not in data
            assert aws.keys.id.encode() not in data, "a stored access key id is a secret too"
    finally:
        if reader is not None:
            reader.close()


def test_deleted_secrets_are_not_left_in_the_file(aws, cleat, state_dir):
    """Sealed or not, what is deleted is overwritten."""
    aws.register("made", verify=False)
    path = os.path.join(state_dir, "cleat.db")
    sealed = []
    with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as store:
        for (name,) in store.execute("select name from sqlite_master where type='table'").fetchall():
            for row in store.execute("select * from " + name) if "secret" in name else ():
                sealed += [v for v in row if isinstance(v, bytes) and len(v) > 40]
    store.close()
    assert sealed
    cleat.sc("delete", "made", "--yes")
    with sqlite3.connect(path) as store:
        store.execute("pragma wal_checkpoint(truncate)")
    store.close()
    with open(path, "rb") as file:
        data = file.read()
    assert not any(value in data for value in sealed)


def test_children_get_no_secret_in_their_arguments(aws, cleat):
    """The runner looks at every descendant while this one sleeps."""
    aws.register("made", "iam-role", verify=False)
    script = "import time; time.sleep(0.5); print(open('/proc/self/cmdline').read().split(chr(0))[1:])"
    result = cleat("exec", "made", *BUCKET, "--", sys.executable, "-c", script)
    assert MARKER not in result.output and "time.sleep" in result.stdout


def test_the_process_cannot_be_read_by_its_own_user(aws, cleat):
    """Not dumpable: /proc/PID/mem and environ belong to root, whoever runs it."""
    aws.register("made", "session-token", verify=False)
    aws.fake.script("sts", None, {"kind": "hang", "ms": 3000})
    running = cleat.start("credential-process", "made", *BUCKET)
    deadline = time.monotonic() + 20
    while aws.fake.total() == 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    with open("/proc/%d/limits" % running.process.pid) as file:
        (line,) = [li for li in file if li.startswith("Max core file size")]
    running.kill()
    running.finish()
    # The hard limit is left alone: a program that `exec` starts gets the soft one back.
    assert line.split()[4] == "0"


@pytest.mark.parametrize("signal_name", ["SEGV", "ABRT"])
def test_a_crash_leaves_no_core(aws, cleat, tmp_path, signal_name):
    aws.register("made", "session-token", verify=False)
    aws.fake.script("sts", None, {"kind": "hang", "ms": 10000})
    words = 'ulimit -c unlimited; exec "$0" credential-process made -r s3-bucket -ri zenfiles'
    environment = cleat.environment
    process = subprocess.Popen(
        ["/bin/sh", "-c", words, cleat.program],
        env=environment,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while aws.fake.total() == 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    subprocess.run(["/bin/sh", "-c", "kill -%s %d" % (signal_name, process.pid)], check=True)
    process.wait(20)
    assert process.returncode != 0
    assert [n for n in os.listdir(tmp_path) if n != "home"] == []


def test_help_and_examples_show_no_real_looking_secret(cleat):
    for words in (
        ["service-connector", "register", "--help"],
        ["exec", "--help"],
        ["credential-process", "--help"],
    ):
        text = cleat(*words).stdout
        assert "AKIA" not in text.replace("AKIAIOSFODNN7EXAMPLE", "")


def test_label_and_description_are_not_mistaken_for_secrets(aws, cleat):
    """What is not declared secret is shown: the canary must not be satisfied by hiding all."""
    aws.register("made", "secret-key", "--description", "plain text", "-l", "k=visible", verify=False)
    shown = cleat.screen("service-connector", "describe", "made")
    assert "visible" in shown and "us-east-1" in shown and shown.count("[HIDDEN]") == 2
