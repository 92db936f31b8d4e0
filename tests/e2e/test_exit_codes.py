"""AC-84, AC-85, AC-91: every exit code, in words and as a JSON error."""

import json
import os

import pytest

from support.aws_world import Keys

BUCKET = ["-r", "s3-bucket", "-ri", "zenfiles"]
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def stage(aws, cleat):
    """Connectors in every state that an exit code needs."""
    aws.register("good", "secret-key", "-r", "s3-bucket", verify=False)
    aws.register("bad", "secret-key", "-r", "s3-bucket", keys=aws.keys.typo(), verify=False)
    aws.register("gone", "session-token", "-r", "s3-bucket", url=NOWHERE, verify=False)
    aws.register("role", "iam-role", verify=False)
    cleat("artifact-store", "register", "store", "--flavor", "s3", "--path=s3://zenfiles")
    cleat("artifact-store", "connect", "store", "--connector", "good", "--no-verify")
    return cleat


# exit code, wire codes that are right, words
CASES = [
    (2, ("usage", "invalid_argument"), ["service-connector", "list", "--nonsense"]),
    (2, ("usage",), ["nonsense"]),
    (2, ("missing_attribute",), "service-connector register x --type aws --auth-method secret-key".split()),
    (
        2,
        ("unknown_attribute",),
        "service-connector register x --type aws --auth-method secret-key --regoin=x".split(),
    ),
    (
        2,
        ("resource_id_required", "resource_type_required"),
        ["service-connector", "describe", "role", "--client"],
    ),
    (2, ("resource_out_of_scope",), ["service-connector", "verify", "good", "-r", "kubernetes-cluster"]),
    (2, ("unsupported",), ["credential-process", "good", *BUCKET]),
    (3, ("not_found",), ["service-connector", "describe", "nobody"]),
    (3, ("unknown_type", "not_found"), ["service-connector", "describe-type", "nope"]),
    (3, ("unknown_resource_type",), ["service-connector", "describe-type", "aws", "-r", "nope"]),
    (3, ("unknown_auth_method",), ["service-connector", "describe-type", "aws", "-a", "nope"]),
    (3, ("not_found",), ["artifact-store", "register", "x", "--flavor", "nope", "--path=s3://zenfiles"]),
    (6, ("name_exists",), "artifact-store register store --flavor s3 --path=s3://zenfiles".split()),
    (6, ("in_use",), ["service-connector", "delete", "good", "--yes"]),
    (7, ("credentials_rejected",), ["service-connector", "verify", "bad"]),
    (8, ("partial",), ["service-connector", "list-resources", "-r", "s3-bucket", "--strict"]),
    (9, ("provider_unreachable",), ["credential-process", "gone", *BUCKET]),
]


@pytest.mark.parametrize(
    "code, wires, words", CASES, ids=lambda v: "-".join(v)[:40] if isinstance(v, list) else None
)
def test_fails_with_the_code_of_its_kind(stage, code, wires, words):
    """AC-84 and AC-85."""
    result = stage(*words, code=code)
    if code != 8:
        assert result.stdout == ""
        assert result.stderr.startswith("Error: ")
    result = stage(*words, "--output", "json", code=code)
    if code != 8:
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        error = result.error()
        assert list(error) == ["code", "message", "hint", "details", "request_id", "exit_code"]
        assert error["code"] in wires
        assert error["exit_code"] == code
        assert error["message"] and not error["message"].startswith("Error")


@pytest.mark.parametrize(
    "words",
    [
        ["service-connector", "list"],
        ["service-connector", "list", "--name", "nobody"],
        ["service-connector", "list-resources", "-r", "kubernetes-cluster", "-ri", "none"],
        ["artifact-store"],
        ["--version"],
        ["--help"],
    ],
)
def test_succeeds_with_zero(stage, words):
    stage(*words, code=0)


def test_says_how_to_get_help_after_a_usage_error(cleat):
    result = cleat("service-connector", "list", "--nonsense", code=2)
    assert "Run 'cleat service-connector list --help' for usage." in result.stderr


def test_errors_of_the_provider_carry_its_details(stage):
    error = stage("service-connector", "verify", "bad", "-o", "json", code=7).error()
    assert "SignatureDoesNotMatch" in json.dumps(error)
    assert "sts" in json.dumps(error["details"]).lower()


def test_a_broken_key_file_is_a_plain_failure(stage, state_dir):
    """Exit 1: what has no code of its own."""
    os.remove(os.path.join(state_dir, "key"))
    result = stage("credential-process", "role", *BUCKET, code=1)
    assert "key" in result.stderr
    assert stage("credential-process", "role", *BUCKET, "-o", "json", code=1).stdout == ""


def test_declining_a_confirmation_is_no_failure(aws, cleat):
    aws.register("key", verify=False)
    running = cleat.start("service-connector", "delete", "key", width=100)
    running.expect("[y/N]: ")
    running.send("\n")
    cleat.settle(running, code=0)
    assert cleat.names() == ["key"]


def test_needs_an_answer_that_it_may_not_ask_for(aws, cleat):
    """AC-91 as far as there are prompts: a confirmation on a terminal, and none allowed."""
    aws.register("key", verify=False)
    for more in ({"env": {"CLEAT_NO_INPUT": "1"}}, {"env": {"CI": "true"}}):
        result = cleat("service-connector", "delete", "key", width=100, code=10, **more)
        assert "--yes" in result.output
    result = cleat("service-connector", "delete", "key", "--no-input", width=100, code=10)
    assert "--yes" in result.output
    assert cleat.names() == ["key"]
    cleat("service-connector", "delete", "key", "--no-input", "--yes", width=100)
    assert cleat.names() == []


def test_scripts_delete_without_being_asked(aws, cleat):
    aws.register("key", verify=False)
    cleat.sc("delete", "key")
    assert cleat.names() == []


def test_ctrl_d_and_ctrl_c_at_a_prompt_abort(aws, cleat):
    aws.register("key", verify=False)
    for keystroke in ("\x04", "\x03"):
        running = cleat.start("service-connector", "delete", "key", width=100)
        running.expect("[y/N]: ")
        running.send(keystroke)
        result = cleat.settle(running, code=130)
        assert "Aborted." in result.output
    assert cleat.names() == ["key"]


def test_an_implicit_connector_can_be_switched_off(aws, cleat):
    """Exit 5."""
    cleat.sc(*"register ambient --type aws --auth-method implicit --region=us-east-1 --no-verify".split())
    env = dict(Keys().env(), AWS_ENDPOINT_URL=aws.url, CLEAT_ENABLE_IMPLICIT_AUTH_METHODS="false")
    result = cleat.sc("verify", "ambient", "-o", "json", env=env, code=5)
    assert result.error()["code"] == "implicit_auth_disabled"
    assert aws.fake.total() == 0


def test_the_commands_own_deadline_is_unavailable(aws, cleat):
    aws.register("slow", "session-token", verify=False)
    aws.fake.script("sts", None, {"kind": "hang", "ms": 20000, "times": 0})
    result = cleat("credential-process", "slow", *BUCKET, "--timeout", "1s", code=9, timeout=15)
    assert result.seconds < 8
