"""AC-93 and other interruptions: what has arrived is shown, nothing half-done is stored."""

import time

import pytest

from support.aws_world import Keys
from support.text import tables


def wait_for_calls(aws, count):
    deadline = time.monotonic() + 20
    while aws.fake.total() < count:
        assert time.monotonic() < deadline, "the program never asked"
        time.sleep(0.02)


@pytest.mark.parametrize("width", [None, 250], ids=["pipe", "terminal"])
def test_ctrl_c_shows_what_has_arrived(aws, cleat, width):
    """AC-93."""
    slow = Keys(5, "slow")
    aws.fake.add(users=[slow.user()])
    for name in ("quick-one", "quick-two"):
        aws.register(name, "secret-key", "-r", "s3-bucket", verify=False)
    aws.register("slow", "secret-key", "-r", "s3-bucket", keys=slow, verify=False)
    aws.fake.script(None, None, {"kind": "hang", "ms": 20000, "times": 0}, access_key_id=slow.id)
    running = cleat.start("service-connector", "list-resources", "-r", "s3-bucket", width=width)
    wait_for_calls(aws, 3)
    time.sleep(0.5)
    running.interrupt()
    result = cleat.settle(running, code=130, timeout=15)
    (found,) = tables(result.output)
    names = [n for cell in found.column("CONNECTOR NAME") for n in cell]
    assert names == ["quick-one", "quick-two"]
    assert "Interrupted: 2 of 3 connectors had answered." in result.output


def test_an_interrupted_registration_stores_nothing(aws, cleat):
    aws.fake.script("sts", None, {"kind": "hang", "ms": 20000, "times": 0})
    from support.aws_world import strong_arguments

    arguments, env = strong_arguments(aws.keys)
    words = ["register", "key", "--type", "aws", "--auth-method", "secret-key", "--region=us-east-1"]
    running = cleat.start("service-connector", *words, "--endpoint_url=" + aws.url, *arguments, env=env)
    wait_for_calls(aws, 1)
    running.interrupt()
    result = cleat.settle(running, code=130, timeout=15)
    assert result.stdout == ""
    assert cleat.names() == []


def test_a_registration_interrupted_at_its_last_type_stores_nothing(aws, cleat):
    """By then the credentials are known to work; the failing type alone would be a row."""
    aws.fake.script("s3", None, {"kind": "hang", "ms": 20000, "times": 0})
    from support.aws_world import strong_arguments

    arguments, env = strong_arguments(aws.keys)
    words = ["register", "key", "--type", "aws", "--auth-method", "secret-key", "--region=us-east-1"]
    running = cleat.start("service-connector", *words, "--endpoint_url=" + aws.url, *arguments, env=env)
    wait_for_calls(aws, 2)
    time.sleep(0.3)
    running.interrupt()
    assert cleat.settle(running, code=130, timeout=15).stdout == ""
    assert cleat.names() == []


def test_an_interrupted_verification_says_nothing_about_the_connector(aws, cleat):
    aws.register("key", "session-token")
    aws.fake.script("s3", None, {"kind": "hang", "ms": 20000, "times": 0})
    before = aws.fake.total()
    running = cleat.start("service-connector", "verify", "key")
    wait_for_calls(aws, before + 2)
    time.sleep(0.3)
    running.interrupt()
    assert cleat.settle(running, code=130, timeout=15).stdout == ""
    (listed,) = cleat.sc_json("list", "--columns", "+status")["items"]
    assert listed.get("status", "ok") == "ok"


def test_ctrl_c_ends_the_typing_of_a_secret(cleat):
    words = ["register", "key", "--type", "aws", "--auth-method", "secret-key", "--region=us-east-1"]
    more = ["--aws_access_key_id=AKIAEXAMPLEEXAMPLE00", "--aws_secret_access_key=@-"]
    running = cleat.start("service-connector", *words, *more, width=100)
    running.expect("warning")
    time.sleep(0.3)
    running.send("\x03")
    assert "Aborted." in cleat.settle(running, code=130, timeout=15).output


def test_an_interrupted_issue_leaves_the_next_one_working(aws, cleat):
    aws.register("role", "iam-role", verify=False)
    aws.fake.script("sts", None, {"kind": "hang", "ms": 20000}, {"kind": "ok", "times": 0})
    words = ["credential-process", "role", "-r", "aws-generic"]
    running = cleat.start(*words)
    wait_for_calls(aws, 1)
    running.interrupt()
    assert cleat.settle(running, code=130, timeout=15).stdout == ""
    assert cleat(*words, reveals=True).json()["AccessKeyId"]


def test_an_interrupted_streaming_listing_keeps_its_lines(aws, cleat):
    import json

    slow = Keys(5, "slow")
    aws.fake.add(users=[slow.user()])
    aws.register("quick", "secret-key", "-r", "s3-bucket", verify=False)
    aws.register("slow", "secret-key", "-r", "s3-bucket", keys=slow, verify=False)
    aws.fake.script(None, None, {"kind": "hang", "ms": 20000, "times": 0}, access_key_id=slow.id)
    running = cleat.start("service-connector", "list-resources", "-r", "s3-bucket", "--output", "ndjson")
    running.expect("quick")
    running.interrupt()
    result = cleat.settle(running, code=130, timeout=15)
    assert json.loads(result.stdout.splitlines()[0])["name"] == "quick"
