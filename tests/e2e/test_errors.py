"""Trouble with the provider: the right code, AWS's own word for it, and what to do next."""

import json
import socket
import threading

import pytest

from support.aws_world import B4, Keys
from support.certificate import make
from support.text import table

BUCKET = ["-r", "s3-bucket", "-ri", "zenfiles"]


@pytest.fixture
def key(aws, cleat):
    aws.register("key", "secret-key", "-r", "s3-bucket", verify=False)
    return cleat


def failure(cleat, *words, code, wire):
    """The error object of a failing command; its human form must carry the same message."""
    error = cleat(*words, "-o", "json", code=code).error()
    assert error["code"] == wire, error
    human = cleat(*words, code=code)
    assert human.stderr.startswith("Error: ")
    return error, human


# -- every class of AWS's answers ------------------------------------------------------------

# provider's code, its HTTP status, our code, our exit code
ANSWERS = [
    ("InvalidClientTokenId", 403, "credentials_rejected", 7),
    ("UnrecognizedClientException", 403, "credentials_rejected", 7),
    ("AuthFailure", 401, "credentials_rejected", 7),
    ("OptInRequired", 403, "credentials_rejected", 7),
    ("SignatureDoesNotMatch", 403, "credentials_rejected", 7),
    ("IncompleteSignature", 400, "credentials_rejected", 7),
    ("ExpiredToken", 403, "credentials_expired", 7),
    ("ExpiredTokenException", 400, "credentials_expired", 7),
    ("AccessDenied", 403, "permission_denied", 7),
    ("UnauthorizedOperation", 403, "permission_denied", 7),
    ("RegionDisabledException", 403, "invalid_argument", 2),
    ("MalformedPolicyDocument", 400, "invalid_argument", 2),
    ("PackedPolicyTooLarge", 400, "invalid_argument", 2),
    ("ValidationError", 400, "invalid_argument", 2),
    ("SomethingNewException", 400, None, (1, 7, 9)),
]


@pytest.mark.parametrize("theirs, status, ours, code", ANSWERS, ids=[a[0] for a in ANSWERS])
def test_classifies_the_providers_codes(aws, cleat, theirs, status, ours, code):
    aws.register("session", "session-token", verify=False)
    step = {"kind": "error", "status": status, "code": theirs, "message": "because so", "times": 0}
    aws.fake.script("sts", None, step)
    result = cleat("credential-process", "session", *BUCKET, "-o", "json", code=code)
    error = result.error()
    assert ours is None or error["code"] in (ours, ours.replace("invalid_argument", "invalid_attribute"))
    assert theirs in json.dumps(error)
    # What AWS says about a signature repeats what was signed; its code is enough there.
    assert "because so" in error["message"] or "Signature" in theirs
    assert theirs in cleat("credential-process", "session", *BUCKET, code=code).stderr


@pytest.mark.parametrize(
    "service, operation, theirs, status, ours",
    [
        ("s3", "HeadBucket", "NoSuchBucket", 404, "resource_not_found"),
        ("s3", "HeadBucket", "AccessDenied", 403, "permission_denied"),
    ],
)
def test_classifies_answers_without_a_body_by_status(aws, key, service, operation, theirs, status, ours):
    aws.fake.script(service, operation, {"kind": "error", "status": status, "code": theirs, "times": 0})
    failure(key, "service-connector", "verify", "key", "-ri", "zenfiles", code=7, wire=ours)


def test_finds_the_code_in_json_and_in_xml_from_a_json_service(aws, cleat):
    aws.register("eks", "secret-key", "-r", "kubernetes-cluster", verify=False)
    words = ["service-connector", "verify", "eks", "-ri", "zenhacks-cluster"]
    body = "<ErrorResponse><Errors><Error><Code>AccessDenied</Code><Message>no</Message></Error></Errors></ErrorResponse>"
    for step in (
        {"kind": "error", "status": 403, "code": "AccessDeniedException"},
        {
            "kind": "raw",
            "status": 403,
            "content_type": "application/json",
            "body": '{"__type":"com.amazonaws.eks#AccessDeniedException","Message":"no"}',
        },
        {"kind": "raw", "status": 403, "content_type": "text/html", "body": body},
        {"kind": "error", "status": 403, "code": "AccessDeniedException:http://internal.amazon.com/coral/"},
    ):
        aws.fake.script("eks", "DescribeCluster", dict(step, times=0))
        error, _ = failure(cleat, *words, code=7, wire="permission_denied")
        assert "AccessDenied" in json.dumps(error)
        aws.fake.clear_scripts()


# -- retries ---------------------------------------------------------------------------------

PASSING = [
    {"kind": "error", "status": 400, "code": "Throttling"},
    {"kind": "error", "status": 429, "code": "TooManyRequestsException"},
    {"kind": "error", "status": 503, "code": "SlowDown"},
    {"kind": "error", "status": 503, "code": "ServiceUnavailable"},
    {"kind": "html", "status": 502},
    {"kind": "reset"},
    {"kind": "close"},
    {"kind": "truncate"},
]


@pytest.mark.parametrize("step", PASSING, ids=lambda s: s.get("code") or s["kind"])
def test_recovers_from_passing_trouble(aws, key, step):
    aws.fake.script("sts", "GetCallerIdentity", dict(step, times=2))
    assert "s3://zenfiles" in key.sc("verify", "key").stdout
    assert aws.fake.counts()["sts:GetCallerIdentity"] == 3


@pytest.mark.parametrize("step", PASSING[:5], ids=lambda s: s.get("code") or s["kind"])
def test_gives_up_after_three_attempts(aws, cleat, step):
    aws.register("session", "session-token", verify=False)
    aws.fake.script("sts", None, dict(step, times=0))
    result = cleat("credential-process", "session", *BUCKET, "-o", "json", code=9)
    throttled = step.get("code") in ("Throttling", "TooManyRequestsException", "SlowDown")
    assert result.error()["code"] == ("provider_throttled" if throttled else "provider_error")
    assert aws.fake.total() == 3


@pytest.mark.parametrize("theirs", ["AccessDenied", "ValidationError", "InvalidClientTokenId"])
def test_does_not_repeat_what_will_not_change(aws, cleat, theirs):
    aws.register("session", "session-token", verify=False)
    aws.fake.script("sts", None, {"kind": "error", "status": 403, "code": theirs, "times": 0})
    cleat("credential-process", "session", *BUCKET, code=(2, 7))
    assert aws.fake.total() == 1


def test_honours_the_environments_number_of_attempts(aws, cleat):
    aws.register("session", "session-token", verify=False)
    aws.fake.script("sts", None, {"kind": "error", "status": 503, "code": "ServiceUnavailable", "times": 0})
    cleat("credential-process", "session", *BUCKET, env={"AWS_MAX_ATTEMPTS": "1"}, code=9)
    assert aws.fake.total() == 1


# -- answers that are none -------------------------------------------------------------------

NONSENSE = {
    "malformed": {"kind": "malformed"},
    "html": {"kind": "html", "status": 200},
    "empty": {"kind": "raw", "body": ""},
    "binary": {"kind": "raw", "body": "\u0000\u0001\u0002"},
    "doctype": {"kind": "raw", "body": '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'},
    "unclosed": {"kind": "raw", "body": "<a>" * 3000},
    "other": {"kind": "raw", "body": "<Something/>"},
}


@pytest.mark.parametrize("name", sorted(NONSENSE))
@pytest.mark.parametrize("service", ["sts", "s3", "eks", "ecr"])
def test_reports_answers_that_are_none(aws, cleat, service, name):
    """Malformed XML and JSON of every service: an error row or an error, never a crash."""
    aws.register("key", verify=False)
    aws.fake.script(service, None, dict(NONSENSE[name], times=0))
    result = cleat.sc("verify", "key", code=(7, 9), timeout=60)
    shown = result.stdout + result.stderr
    assert "Error: " in shown or "💥 error:" in shown


def test_refuses_an_answer_without_the_members_it_needs(aws, cleat):
    aws.register("session", "session-token", verify=False)
    body = "<GetSessionTokenResponse><GetSessionTokenResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
    body += "</Credentials></GetSessionTokenResult></GetSessionTokenResponse>"
    aws.fake.script("sts", None, {"kind": "raw", "body": body, "times": 0})
    result = cleat("credential-process", "session", *BUCKET, code=9)
    assert result.stdout == ""


def test_survives_an_endless_answer(aws, key):
    body = "<ListAllMyBucketsResult><Buckets>" + "<Bucket><Name>b</Name></Bucket>" * 400000
    aws.fake.script("s3", "ListBuckets", {"kind": "raw", "body": body, "times": 0})
    key.sc("verify", "key", code=(7, 9), timeout=60)


# -- the network -----------------------------------------------------------------------------


def test_names_host_and_port_of_an_unreachable_endpoint(aws, cleat):
    aws.register("gone", "session-token", url="http://127.0.0.1:9", verify=False)
    error, _ = failure(cleat, "credential-process", "gone", *BUCKET, code=9, wire="provider_unreachable")
    assert "127.0.0.1:9" in error["message"]


def test_names_a_host_that_does_not_resolve(aws, cleat):
    aws.register("gone", "session-token", url="http://no-such-host.invalid:8080", verify=False)
    error, _ = failure(cleat, "credential-process", "gone", *BUCKET, code=9, wire="provider_unreachable")
    assert "no-such-host.invalid" in error["message"]


def test_registers_nothing_when_the_endpoint_is_unreachable(aws, cleat):
    aws.register("gone", url="http://127.0.0.1:9", code=9)
    assert cleat.names() == []


def test_a_hanging_endpoint_ends_with_the_deadline(aws, key):
    aws.fake.script("sts", None, {"kind": "hang", "ms": 30000, "times": 0})
    result = key("service-connector", "verify", "key", "--timeout", "2s", code=9, timeout=20)
    assert 1.5 < result.seconds < 8
    assert "Error: " in result.stderr


def test_a_slow_answer_is_waited_for(aws, key):
    aws.fake.script("s3", "ListBuckets", {"kind": "slow_body", "ms": 150})
    assert "s3://zenfiles" in key.sc("verify", "key").stdout


def test_a_listener_that_never_answers_is_unreachable(aws, cleat):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        accepted = []
        thread = threading.Thread(target=lambda: accepted.append(listener.accept()), daemon=True)
        thread.start()
        url = "http://127.0.0.1:%d" % listener.getsockname()[1]
        aws.register("mute", "session-token", url=url, verify=False)
        result = cleat("credential-process", "mute", *BUCKET, "--timeout", "2s", code=9, timeout=20)
        assert result.seconds < 8


def test_does_not_trust_an_unknown_certificate(aws, cleat, tmp_path):
    from fake_aws import FakeAws

    certificate = make(tmp_path)
    with FakeAws({"users": [aws.keys.user()], "buckets": B4}, tls=certificate) as secure:
        aws.register("tls", "session-token", url=secure.url, verify=False)
        error, _ = failure(cleat, "credential-process", "tls", *BUCKET, code=7, wire="tls_untrusted")
        assert "127.0.0.1:%d" % secure.port in error["message"]
        assert secure.total() == 0, "nothing may have been sent"
        env = {"AWS_CA_BUNDLE": certificate[0]}
        cleat("credential-process", "tls", *BUCKET, env=env, reveals=True)
        assert secure.total() == 1


def test_follows_no_redirect_with_credentials(aws, cleat):
    """A 302 to elsewhere must not carry the signature there."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        target = "http://127.0.0.1:%d/" % listener.getsockname()[1]
        aws.register("moved", "session-token", verify=False)
        aws.fake.script(
            "sts", None, {"kind": "raw", "status": 302, "headers": {"Location": target}, "times": 0}
        )
        cleat("credential-process", "moved", *BUCKET, code=2)
        assert aws.fake.total() == 1
        listener.setblocking(False)  # nobody is on the way any more
        with pytest.raises(BlockingIOError):
            listener.accept()


# -- clocks and regions ----------------------------------------------------------------------


@pytest.mark.parametrize("offset", [3600, -3600])
def test_corrects_a_skewed_clock_once(aws, key, offset):
    aws.fake.settings(time_offset_s=offset)
    assert "s3://zenfiles" in key.sc("verify", "key").stdout
    log = aws.fake.log("sts", "GetCallerIdentity")
    assert [e["signature_ok"] for e in log] == [False, True]


def test_reports_a_clock_that_cannot_be_corrected(aws, cleat):
    aws.register("session", "session-token", verify=False)
    message = (
        "Signature expired: 20240514T123456Z is now earlier than 20240514T124956Z (20240514T125456Z - 5 min.)"
    )
    step = {"kind": "error", "status": 403, "code": "SignatureDoesNotMatch", "message": message, "times": 0}
    aws.fake.script("sts", None, step)
    error = cleat("credential-process", "session", *BUCKET, "-o", "json", code=7).error()
    assert error["code"] == "clock_skew"
    assert aws.fake.total() == 2, "corrected and tried once more"
    assert "clock" in (error["message"] + str(error["hint"])).lower()


@pytest.mark.parametrize("signal", ["head-301", "head-400"])
def test_follows_a_bucket_to_its_region_once(aws, key, signal):
    step = {"kind": "wrong_region", "signal": signal, "region": "eu-central-1"}
    aws.fake.add(buckets=[{"name": "zenfiles", "region": "eu-central-1"}])
    aws.fake.script("s3", "HeadBucket", step)
    key.sc("verify", "key", "-ri", "zenfiles")
    assert [e["region"] for e in aws.fake.log("s3", "HeadBucket")] == ["us-east-1", "eu-central-1"]


def test_does_not_follow_regions_for_ever(aws, key):
    step = {"kind": "wrong_region", "signal": "head-301", "region": "eu-central-1", "times": 0}
    aws.fake.script("s3", "HeadBucket", step)
    result = key.sc("verify", "key", "-ri", "zenfiles", code=(2, 7, 9))
    assert len(aws.fake.log("s3", "HeadBucket")) <= 3
    assert "Error: " in result.stderr


def test_does_not_go_to_a_region_that_is_none(aws, key):
    step = {"kind": "wrong_region", "signal": "head-301", "region": "x.evil.example/", "times": 0}
    aws.fake.script("s3", "HeadBucket", step)
    key.sc("verify", "key", "-ri", "zenfiles", code=(2, 7, 9))
    assert {e["region"] for e in aws.fake.log("s3", "HeadBucket")} == {"us-east-1"}


# -- wrong keys, expired tokens, denied actions ----------------------------------------------


def test_registering_with_one_wrong_letter_fails_and_stores_nothing(aws, cleat):
    result = aws.register("key", "secret-key", "-r", "s3-bucket", keys=aws.keys.typo(), code=7)
    assert "SignatureDoesNotMatch" in result.stderr
    assert cleat.names() == []


def test_an_expired_token_says_so_and_what_to_do(aws, cleat):
    keys = Keys(7, token=True)
    aws.fake.add(sessions=[keys.session()])
    aws.register("token", "sts-token", "-r", "s3-bucket", keys=keys)
    aws.fake.expire_sessions()
    error, human = failure(cleat, "service-connector", "verify", "token", code=7, wire="credentials_expired")
    assert "ExpiredToken" in json.dumps(error)
    assert "update" in str(error["hint"]) and "update" in human.stderr


def test_a_verification_mints_a_session_of_its_own(aws, cleat):
    """Those that were handed out earlier may have died early."""
    aws.register("made", "session-token", "-r", "s3-bucket", verify=False)
    cleat("credential-process", "made", *BUCKET, reveals=True)
    aws.fake.expire_sessions()
    assert aws.fake.counts()["sts:GetSessionToken"] == 1
    cleat.sc("verify", "made", "-ri", "zenfiles")
    assert aws.fake.counts()["sts:GetSessionToken"] == 2


def test_a_denied_action_names_principal_and_action(aws, cleat):
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}]}
    aws.fake.add(users=[aws.keys.user(policy=policy)])
    aws.register("key", "secret-key", "-r", "kubernetes-cluster", verify=False)
    words = ["service-connector", "verify", "key", "-ri", "zenhacks-cluster"]
    error, human = failure(cleat, *words, code=7, wire="permission_denied")
    assert "eks:DescribeCluster" in human.stderr and ":user/cleat" in human.stderr


def test_least_privilege_without_listing_still_reaches_its_bucket(aws, cleat):
    statement = {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::zenfiles"}
    aws.fake.add(users=[aws.keys.user(policy={"Version": "2012-10-17", "Statement": [statement]})])
    aws.register("key", "secret-key", "-r", "s3-bucket", verify=False)
    assert "s3://zenfiles" in cleat.sc("verify", "key", "-ri", "zenfiles").stdout
    cleat.sc("list-resources", "-r", "s3-bucket", "-ri", "zenfiles")
    cleat.sc("verify", "key", "-ri", "zenit-demos", code=7)


def test_a_registry_without_the_right_to_describe_is_still_valid(aws, cleat):
    statement = {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"}
    aws.fake.add(users=[aws.keys.user(policy={"Version": "2012-10-17", "Statement": [statement]})])
    aws.register("key", "secret-key", "-r", "docker-registry")
    (row,) = table(cleat.screen("service-connector", "verify", "key")).rows
    assert row["RESOURCE NAMES"][0].endswith(".amazonaws.com")


def test_a_key_of_another_partition_signs_for_its_own_region(aws, cleat):
    aws.fake.settings(partition="aws-cn")
    aws.register("china", "secret-key", "-r", "docker-registry", region="cn-north-1")
    assert {e["region"] for e in aws.fake.log()} == {"cn-north-1"}
    assert cleat.find("china")["resource_id"].endswith(".dkr.ecr.cn-north-1.amazonaws.com.cn")


def test_proxies_of_the_environment_are_not_used_for_loopback(aws, key):
    env = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    key.sc("verify", "key", env=env)
    assert aws.fake.total() > 0
