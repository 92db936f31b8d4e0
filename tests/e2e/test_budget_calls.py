"""How often the provider is asked, and how long many questions take together."""

import json
import time

import pytest

from support.aws_world import CLUSTER

BUCKET = ["-r", "s3-bucket", "-ri", "zenfiles"]

pytestmark = pytest.mark.reveals_secret


@pytest.mark.parametrize("method", ["iam-role", "session-token", "federation-token"])
@pytest.mark.parametrize(
    "words", [BUCKET, ["-r", "s3-bucket", "-ri", "arn:aws:s3:::zenfiles"]], ids=["name", "arn"]
)
def test_a_bucket_credential_costs_one_call_cold_and_none_warm(aws, cleat, method, words):
    aws.register("made", method, verify=False)
    first = cleat("credential-process", "made", *words).json()
    assert aws.fake.total() == 1
    assert cleat("credential-process", "made", *BUCKET).json() == first
    cleat.sc("describe", "made", "--client", *BUCKET)
    cleat("exec", "made", *BUCKET, "--", "true")
    cleat("env", "made", *BUCKET)
    assert aws.fake.total() == 1


@pytest.mark.parametrize("method", ["iam-role", "session-token"])
def test_a_generic_credential_costs_one_call(aws, cleat, method):
    aws.register("made", method, verify=False)
    for _ in range(2):
        cleat("credential-process", "made", "-r", "aws-generic")
    assert aws.fake.total() == 1


def test_stored_keys_cost_no_call(aws, cleat):
    aws.register("key", verify=False)
    cleat("credential-process", "key", *BUCKET, "--allow-long-lived")
    cleat.sc("describe", "key", "--client", *BUCKET)
    assert aws.fake.total() == 0


def test_a_cluster_token_costs_its_session_and_the_description(aws, cleat):
    aws.register("made", "iam-role", verify=False)
    words = ["describe", "made", "--client", "-r", "kubernetes-cluster", "-ri", CLUSTER]
    cleat.sc(*words)
    assert aws.fake.counts() == {"sts:AssumeRole": 1, "eks:DescribeCluster": 1}
    cleat.sc(*words)
    assert aws.fake.total() == 2


def test_a_registry_login_costs_its_session_and_the_token(aws, cleat):
    aws.register("made", "session-token", verify=False)
    for _ in range(2):
        cleat.sc("describe", "made", "--client", "-r", "docker-registry")
    counts = aws.fake.counts()
    assert counts["sts:GetSessionToken"] == counts["ecr:GetAuthorizationToken"] == 1
    assert aws.fake.total() <= 3, "at most the account besides"


def test_other_resources_and_durations_are_other_credentials(aws, cleat):
    aws.register("made", "iam-role", verify=False)
    seen = set()
    for words in (BUCKET, ["-r", "s3-bucket", "-ri", "zenit-demos"], BUCKET + ["--duration", "900"]):
        seen.add(cleat("credential-process", "made", *words).json()["AccessKeyId"])
    assert len(seen) == 3 and aws.fake.total() == 3


def test_asks_again_when_told(aws, cleat):
    aws.register("made", "iam-role", verify=False)
    cleat("credential-process", "made", *BUCKET)
    cleat("credential-process", "made", *BUCKET, "--no-cache")
    assert aws.fake.total() == 2


def test_an_update_forgets_what_was_issued(aws, cleat):
    aws.register("made", "iam-role", verify=False)
    first = cleat("credential-process", "made", *BUCKET).json()
    cleat.sc("update", "made", "--description", "new generation", "--no-verify")
    assert cleat("credential-process", "made", *BUCKET).json() != first
    cleat.sc("delete", "made", "--yes")
    cleat("credential-process", "made", *BUCKET, code=3)


def test_fifty_at_once_share_one_call(aws, cleat):
    """A herd on a cold cache, from fifty processes."""
    aws.register("made", "iam-role", verify=False)
    aws.fake.script("sts", None, {"kind": "delay", "ms": 300, "times": 0})
    running = [cleat.start("credential-process", "made", *BUCKET) for _ in range(50)]
    answers = {json.dumps(cleat.settle(one).json(), sort_keys=True) for one in running}
    assert len(answers) == 1
    assert aws.fake.counts() == {"sts:AssumeRole": 1}


def test_a_herd_shares_a_refusal_without_asking_fifty_times(aws, cleat):
    aws.register("bad", "session-token", keys=aws.keys.typo(), verify=False)
    aws.fake.script("sts", None, {"kind": "delay", "ms": 200, "times": 0})
    running = [cleat.start("credential-process", "bad", *BUCKET) for _ in range(20)]
    for one in running:
        assert "SignatureDoesNotMatch" in cleat.settle(one, code=7).stderr
    assert aws.fake.total() < 10


def test_the_waiter_goes_on_when_the_leader_is_killed(aws, cleat):
    aws.register("made", "iam-role", verify=False)
    aws.fake.script("sts", None, {"kind": "hang", "ms": 20000}, {"kind": "ok", "times": 0})
    leader = cleat.start("credential-process", "made", *BUCKET)
    deadline = time.monotonic() + 20
    while aws.fake.total() == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    waiter = cleat.start("credential-process", "made", *BUCKET)
    time.sleep(0.2)
    leader.kill()
    leader.finish()
    assert cleat.settle(waiter, timeout=15).json()["AccessKeyId"]


@pytest.mark.parametrize("method, chain", [("secret-key", 1), ("iam-role", 2)])
def test_discovery_takes_as_long_as_the_slowest(aws, cleat, method, chain):
    """100 connectors of 200 ms; bench measures the budget, here a multiple of it is the limit."""
    count, delay = 100, 200
    aws.register("c000", method, "-r", "s3-bucket", verify=False)
    for number in range(1, count):
        aws.register("c%03d" % number, method, "-r", "s3-bucket", verify=False)
    aws.fake.script(None, None, {"kind": "delay", "ms": delay, "times": 0})
    result = cleat.sc("list-resources", "-r", "s3-bucket", "--parallel", count, "--output", "json")
    assert result.stdout.count("s3://zenfiles") == count
    counts = aws.fake.counts()
    assert counts["s3:ListBuckets"] == count
    assert sum(counts.values()) == chain * count
    assert result.seconds < count * delay / 1000 / 3, "in parallel"


def test_keeps_connections_alive(aws, cleat):
    aws.register("key", verify=False)
    before = aws.fake.connections()
    cleat.sc("verify", "key")
    requests = aws.fake.total()
    opened = aws.fake.connections() - before - 1
    assert opened <= requests


def test_audits_cached_answers_too(aws, cleat, state_dir):
    import sqlite3

    aws.register("made", "iam-role", verify=False)
    for _ in range(3):
        cleat("credential-process", "made", *BUCKET)
    with sqlite3.connect("file:%s/cleat.db?mode=ro" % state_dir, uri=True) as store:
        tables = [r[0] for r in store.execute("select name from sqlite_master where type = 'table'")]
        (audit,) = [t for t in tables if "audit" in t]
        columns = [r[1] for r in store.execute("pragma table_info(%s)" % audit)]
        rows = [dict(zip(columns, r)) for r in store.execute("select * from " + audit)]
    issued = [r for r in rows if "credential.issue" in map(str, r.values())]
    assert len(issued) == 3
    assert "prev_hash" in columns
