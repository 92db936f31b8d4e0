"""The fake seen by botocore, which knows nothing of it: if these agree, it is right."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from conftest import ROLE, USER, configuration

ONCE = {"total_max_attempts": 1}


def client(fake, service, key=None, region="us-east-1", **config):
    key = key or USER
    config.setdefault("retries", ONCE)
    return boto3.client(
        service,
        endpoint_url=fake.url,
        region_name=region,
        aws_access_key_id=key.get("access_key_id") or key["AccessKeyId"],
        aws_secret_access_key=key.get("secret_access_key") or key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
        config=Config(**config),
    )


def refused(call, *args, **kwargs):
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


# -- STS -------------------------------------------------------------------------------------


def test_tells_who_the_caller_is(fake):
    answer = client(fake, "sts").get_caller_identity()
    assert answer["Arn"] == "arn:aws:iam::123456789012:user/cleat"
    assert answer["Account"] == "123456789012"
    assert fake.log()[-1]["signature_ok"]


def test_issues_session_tokens_that_work_until_they_expire(fake):
    answer = client(fake, "sts").get_session_token(DurationSeconds=900)
    session = answer["Credentials"]
    assert abs(session["Expiration"].timestamp() - time.time() - 900) < 5
    assert client(fake, "sts", session).get_caller_identity()["Arn"].endswith(":user/cleat")
    fake.expire_sessions()
    assert refused(client(fake, "sts", session).get_caller_identity) == (403, "ExpiredToken")
    assert refused(client(fake, "s3", session).list_buckets) == (400, "ExpiredToken")
    assert refused(client(fake, "eks", session).list_clusters) == (403, "ExpiredTokenException")
    assert refused(client(fake, "ecr", session).describe_repositories) == (
        400,
        "ExpiredTokenException",
    )


def test_limits_a_role_session_to_its_session_policy(fake):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::zenfiles"]},
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": ["arn:aws:s3:::zenfiles/*"],
            },
        ],
    }
    fake.add(buckets=["other"])
    answer = client(fake, "sts").assume_role(RoleArn=ROLE, RoleSessionName="me", Policy=json.dumps(policy))
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/data/me"
    s3 = client(fake, "s3", answer["Credentials"])
    s3.put_object(Bucket="zenfiles", Key="a/b c+d.txt", Body=b"hello")
    assert s3.get_object(Bucket="zenfiles", Key="a/b c+d.txt")["Body"].read() == b"hello"
    assert refused(s3.put_object, Bucket="other", Key="k", Body=b"x") == (403, "AccessDenied")
    assert refused(s3.list_buckets) == (403, "AccessDenied")
    assert refused(client(fake, "eks", answer["Credentials"]).list_clusters) == (
        403,
        "AccessDeniedException",
    )
    assert refused(client(fake, "ecr", answer["Credentials"]).get_authorization_token) == (
        400,
        "AccessDeniedException",
    )
    recorded = fake.session(answer["Credentials"]["AccessKeyId"])
    assert recorded["session_policies"] == [policy]


def test_assumes_a_role_without_session_policy(fake):
    session = client(fake, "sts").assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]
    assert [b["Name"] for b in client(fake, "s3", session).list_buckets()["Buckets"]] == [
        "frankfurt",
        "zenfiles",
    ]
    assert fake.session(session["AccessKeyId"])["limited"] is False


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"RoleArn": ROLE + "x"}, (403, "AccessDenied")),
        ({"DurationSeconds": 3601}, (400, "ValidationError")),
        ({"Policy": "{}"}, (400, "MalformedPolicyDocument")),
        ({"Policy": "nonsense"}, (400, "MalformedPolicyDocument")),
        ({"RoleSessionName": "with blank"}, (400, "ValidationError")),
        (
            {"PolicyArns": [{"arn": "arn:aws:iam::123456789012:policy/none"}]},
            (400, "MalformedPolicyDocument"),
        ),
    ],
)
def test_refuses_bad_assume_role_requests(fake, changes, expected):
    arguments = dict({"RoleArn": ROLE, "RoleSessionName": "me"}, **changes)
    assert refused(client(fake, "sts").assume_role, **arguments) == expected


def test_checks_external_id_trust_and_role_chaining(fake):
    other = "arn:aws:iam::999999999999:role/other"
    fake.add(
        roles=[
            {"arn": other, "external_id": "shared", "max_session_duration": 43200},
            {"arn": "arn:aws:iam::123456789012:role/closed", "trusted": ["arn:aws:iam::1:root"]},
        ]
    )
    sts = client(fake, "sts")
    assert refused(sts.assume_role, RoleArn=other, RoleSessionName="me") == (403, "AccessDenied")
    session = sts.assume_role(RoleArn=other, RoleSessionName="me", ExternalId="shared", DurationSeconds=43200)
    assert client(fake, "sts", session["Credentials"]).get_caller_identity()["Account"] == "999999999999"
    closed = "arn:aws:iam::123456789012:role/closed"
    assert refused(sts.assume_role, RoleArn=closed, RoleSessionName="me") == (403, "AccessDenied")
    chained = client(fake, "sts", session["Credentials"])
    assert refused(
        chained.assume_role,
        RoleArn=other,
        RoleSessionName="me",
        ExternalId="shared",
        DurationSeconds=7200,
    ) == (400, "ValidationError")


def test_united_managed_session_policies_allow_what_either_allows(fake):
    arn = "arn:aws:iam::123456789012:policy/eks"
    fake.settings(managed_policies={arn: '{"Statement":{"Effect":"Allow","Action":"eks:*","Resource":"*"}}'})
    session = client(fake, "sts").assume_role(RoleArn=ROLE, RoleSessionName="me", PolicyArns=[{"arn": arn}])[
        "Credentials"
    ]
    assert client(fake, "eks", session).list_clusters()["clusters"] == ["zenhacks-cluster"]
    assert refused(client(fake, "s3", session).list_buckets) == (403, "AccessDenied")


def test_refuses_policy_arns_sent_as_plain_strings(fake):
    """What the raw protocol would carry if a client forgot the member's name."""
    from awsfake import sts as fake_sts
    from awsfake.errors import AwsError

    with pytest.raises(AwsError) as caught:
        fake_sts._members({"PolicyArns.member.1": "arn"}, "PolicyArns", "arn")
    assert caught.value.code == "MalformedInput"


def test_gives_a_federated_user_nothing_without_a_policy(fake):
    sts = client(fake, "sts")
    session = sts.get_federation_token(Name="cleat-1")["Credentials"]
    federated = client(fake, "sts", session)
    assert federated.get_caller_identity()["Arn"] == "arn:aws:sts::123456789012:federated-user/cleat-1"
    assert refused(client(fake, "s3", session).list_buckets) == (403, "AccessDenied")
    assert refused(federated.assume_role, RoleArn=ROLE, RoleSessionName="me") == (
        403,
        "AccessDenied",
    )
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    session = sts.get_federation_token(Name="cleat-1", Policy=policy)["Credentials"]
    assert client(fake, "s3", session).list_buckets()["Buckets"]


def test_refuses_to_mint_user_sessions_from_sessions(fake):
    session = client(fake, "sts").get_session_token()["Credentials"]
    again = client(fake, "sts", session)
    assert refused(again.get_session_token) == (403, "AccessDenied")
    assert refused(again.get_federation_token, Name="cleat") == (403, "AccessDenied")
    assert again.assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]


def test_clamps_sessions_of_the_root_user(fake):
    fake.add(users=[dict(USER, access_key_id="AKIAEXAMPLEUSER00009", root=True)])
    root = dict(USER, access_key_id="AKIAEXAMPLEUSER00009")
    session = client(fake, "sts", root).get_session_token(DurationSeconds=43200)["Credentials"]
    assert session["Expiration"].timestamp() - time.time() < 3601
    assert refused(client(fake, "sts", root).assume_role, RoleArn=ROLE, RoleSessionName="me") == (
        403,
        "AccessDenied",
    )


def test_issues_sessions_as_short_as_told(fake):
    fake.settings(session_seconds=7, fractional_expiration=True)
    session = client(fake, "sts").get_session_token()["Credentials"]
    assert session["Expiration"].timestamp() - time.time() < 8
    assert session["Expiration"].microsecond == 447166


# -- keys and clocks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "service, call, unknown, mismatch",
    [
        (
            "sts",
            "get_caller_identity",
            (403, "InvalidClientTokenId"),
            (403, "SignatureDoesNotMatch"),
        ),
        ("s3", "list_buckets", (403, "InvalidAccessKeyId"), (403, "SignatureDoesNotMatch")),
        (
            "eks",
            "list_clusters",
            (403, "UnrecognizedClientException"),
            (403, "InvalidSignatureException"),
        ),
        (
            "ecr",
            "describe_repositories",
            (400, "UnrecognizedClientException"),
            (400, "InvalidSignatureException"),
        ),
    ],
)
def test_refuses_wrong_keys_in_each_services_words(fake, service, call, unknown, mismatch):
    stranger = dict(USER, access_key_id="AKIAEXAMPLEUSER00002")
    assert refused(getattr(client(fake, service, stranger), call)) == unknown
    typo = dict(USER, secret_access_key=USER["secret_access_key"][:-1] + "2")
    assert refused(getattr(client(fake, service, typo), call)) == mismatch
    fake.add(users=[dict(USER, active=False)])
    assert refused(getattr(client(fake, service), call)) == unknown


def test_refuses_a_foreign_session_token(fake):
    session = dict(client(fake, "sts").get_session_token()["Credentials"], SessionToken="another")
    assert refused(client(fake, "sts", session).get_caller_identity) == (
        403,
        "InvalidClientTokenId",
    )
    assert refused(client(fake, "s3", session).list_buckets) == (400, "InvalidToken")
    del session["SessionToken"]
    assert refused(client(fake, "sts", session).get_caller_identity) == (
        403,
        "InvalidClientTokenId",
    )


def test_answers_a_skewed_clock_with_its_own_time(fake):
    fake.settings(time_offset_s=3600)
    with pytest.raises(ClientError) as caught:
        client(fake, "sts").get_caller_identity()
    assert "Signature expired" in caught.value.response["Error"]["Message"]
    date = caught.value.response["ResponseMetadata"]["HTTPHeaders"]["date"]
    ahead = time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone - time.time()
    assert 3590 < ahead < 3610
    assert refused(client(fake, "s3").list_buckets) == (403, "RequestTimeTooSkewed")


def test_refuses_unsigned_requests(fake):
    for path, data in (
        ("/", b"Action=GetCallerIdentity&Version=2011-06-15"),
        ("/", None),
        ("/clusters", None),
    ):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(fake.url + path, data))
        assert caught.value.code == 403
        caught.value.close()
    assert [e["auth_problem"] for e in fake.log()] == ["missing"] * 3


# -- S3 --------------------------------------------------------------------------------------


def test_lists_buckets_in_pages(fake):
    fake.reset(
        configuration(buckets=["bucket-%04d" % i for i in range(25)], settings={"page_size": {"s3": 10}})
    )
    pages = client(fake, "s3").get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 1000})
    names = [b["Name"] for page in pages for b in page["Buckets"]]
    assert names == ["bucket-%04d" % i for i in range(25)]
    assert fake.counts()["s3:ListBuckets"] == 3
    assert client(fake, "s3").list_buckets(MaxBuckets=1)["Buckets"][0]["BucketRegion"] == "us-east-1"


@pytest.mark.parametrize("style, host", [("path", "127.0.0.1"), ("virtual", "localhost")])
def test_stores_and_serves_objects_in_both_addressing_styles(fake, monkeypatch, style, host):
    resolve = socket.getaddrinfo
    # zenfiles.localhost: not every resolver knows that it is this machine.
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **more: resolve("127.0.0.1", *rest, **more))

    class There:
        url = fake.url.replace("127.0.0.1", host)

    s3 = client(There, "s3", s3={"addressing_style": style})
    s3.head_bucket(Bucket="zenfiles")
    for key in ("plain", "a//b/./c", "sp ace+ü~(x).txt", "q?k=v&x"):
        s3.put_object(Bucket="zenfiles", Key=key, Body=key.encode() * 3)
        assert s3.get_object(Bucket="zenfiles", Key=key)["Body"].read() == key.encode() * 3
        assert s3.head_object(Bucket="zenfiles", Key=key)["ContentLength"] == len(key.encode()) * 3
    assert s3.get_object(Bucket="zenfiles", Key="plain", Range="bytes=2-4")["Body"].read() == b"ain"
    listed = s3.list_objects_v2(Bucket="zenfiles", Prefix="a", Delimiter="/")
    assert listed["CommonPrefixes"] == [{"Prefix": "a/"}]
    s3.delete_object(Bucket="zenfiles", Key="plain")
    assert refused(s3.get_object, Bucket="zenfiles", Key="plain") == (404, "NoSuchKey")
    assert refused(s3.head_bucket, Bucket="missing") == (404, "404")


def test_answers_a_signature_for_the_wrong_region(fake):
    client(fake, "s3").list_objects_v2(Bucket="frankfurt")
    # botocore follows the hint by itself and signs again for the region it was told.
    first, last = fake.log()[0], fake.log()[-1]
    assert (first["region"], first["error"]) == ("us-east-1", "AuthorizationHeaderMalformed")
    assert (last["region"], last["error"]) == ("eu-central-1", None)


def test_serves_presigned_urls(fake):
    s3 = client(fake, "s3", signature_version="s3v4")
    s3.put_object(Bucket="zenfiles", Key="a b", Body=b"hi")
    url = s3.generate_presigned_url("get_object", {"Bucket": "zenfiles", "Key": "a b"}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"hi"
    assert fake.log()[-1]["presigned"] and fake.log()[-1]["signature_ok"]
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url.replace("a%20b", "other"))
    caught.value.close()


# -- EKS and ECR -----------------------------------------------------------------------------


def test_lists_clusters_in_pages_and_describes_them(fake):
    fake.reset(configuration(clusters=["cluster-%03d" % i for i in range(230)]))
    eks = client(fake, "eks")
    names = [n for page in eks.get_paginator("list_clusters").paginate() for n in page["clusters"]]
    assert names == ["cluster-%03d" % i for i in range(230)]
    cluster = eks.describe_cluster(name="cluster-007")["cluster"]
    assert cluster["arn"] == "arn:aws:eks:us-east-1:123456789012:cluster/cluster-007"
    assert refused(eks.describe_cluster, name="none") == (404, "ResourceNotFoundException")
    assert client(fake, "eks", region="eu-west-1").list_clusters()["clusters"] == []


def eks_token(key=None, cluster="zenhacks-cluster", host="https://sts.us-east-1.amazonaws.com", expires=60):
    """A token as the AWS CLI makes it."""
    from botocore.signers import RequestSigner

    session = boto3.session.Session(
        **(
            key
            or {
                "aws_access_key_id": USER["access_key_id"],
                "aws_secret_access_key": USER["secret_access_key"],
            }
        )
    )
    signer = RequestSigner(
        session.client("sts", region_name="us-east-1").meta.service_model.service_id,
        "us-east-1",
        "sts",
        "v4",
        session.get_credentials(),
        session.events,
    )
    url = signer.generate_presigned_url(
        {
            "method": "GET",
            "url": host + "/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": cluster},
            "context": {},
        },
        region_name="us-east-1",
        expires_in=expires,
        operation_name="",
    )
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def test_accepts_cluster_tokens_as_the_aws_cli_makes_them(fake):
    answer = fake.check_eks_token(eks_token(), "zenhacks-cluster")
    assert answer["errors"] == [] and answer["ok"]
    assert answer["arn"].endswith(":user/cleat")
    session = client(fake, "sts").get_session_token()["Credentials"]
    token = eks_token(
        {
            "aws_access_key_id": session["AccessKeyId"],
            "aws_secret_access_key": session["SecretAccessKey"],
            "aws_session_token": session["SessionToken"],
        }
    )
    assert fake.check_eks_token(token, "zenhacks-cluster")["ok"]
    fake.expire_sessions()
    assert fake.check_eks_token(token, "zenhacks-cluster")["errors"] == ["the session has expired"]


@pytest.mark.parametrize(
    "token, reason",
    [
        (lambda: eks_token(cluster="other"), "signature"),
        (lambda: eks_token() + "==", "base64url"),
        (lambda: eks_token()[3:], "start with"),
        (lambda: eks_token(host="https://sts.evil.example"), "no STS host"),
        (lambda: eks_token(host="http://sts.us-east-1.amazonaws.com"), "https"),
        (lambda: eks_token(expires=901), "X-Amz-Expires"),
        (lambda: eks_token(host="https://sts.us-east-1.amazonaws.com/x"), "path"),
        (lambda: "k8s-aws-v1." + "a" * 4100, "4096"),
    ],
)
def test_refuses_cluster_tokens_that_break_a_rule(fake, token, reason):
    answer = fake.check_eks_token(token(), "zenhacks-cluster")
    assert not answer["ok"] and any(reason in e for e in answer["errors"]), answer


def test_refuses_a_cluster_token_after_fifteen_minutes(fake):
    token = eks_token()
    fake.settings(time_offset_s=890)
    assert fake.check_eks_token(token, "zenhacks-cluster")["ok"]
    fake.settings(time_offset_s=910)
    assert fake.check_eks_token(token, "zenhacks-cluster")["errors"] == ["older than 15 minutes"]


def test_hands_out_registry_tokens_and_repositories(fake):
    ecr = client(fake, "ecr")
    data = ecr.get_authorization_token(registryIds=["123456789012"])["authorizationData"][0]
    user, password = base64.b64decode(data["authorizationToken"]).decode().split(":", 1)
    assert user == "AWS" and ":" in password and len(password) == 1800
    assert data["proxyEndpoint"] == "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert abs(data["expiresAt"].timestamp() - time.time() - 43200) < 5
    fake.add(repositories=["repo-%03d" % i for i in range(120)])
    names = [
        r["repositoryName"]
        for page in ecr.get_paginator("describe_repositories").paginate()
        for r in page["repositories"]
    ]
    assert len(names) == 121
    assert ecr.describe_registry()["registryId"] == "123456789012"


# -- trouble ---------------------------------------------------------------------------------


def test_throttles_as_often_as_told_and_then_answers(fake):
    fake.script(
        "sts",
        "GetCallerIdentity",
        {"kind": "error", "status": 400, "code": "Throttling", "times": 2},
    )
    sts = client(fake, "sts", retries={"total_max_attempts": 3, "mode": "standard"})
    assert sts.get_caller_identity()["Account"]
    assert fake.counts() == {"sts:GetCallerIdentity": 3}
    fake.script("s3", None, {"kind": "error", "status": 503, "code": "SlowDown", "times": 0})
    assert refused(client(fake, "s3").list_buckets) == (503, "SlowDown")
    assert refused(client(fake, "s3").list_buckets) == (503, "SlowDown")
    fake.clear_scripts()
    assert client(fake, "s3").list_buckets()["Buckets"]


@pytest.mark.parametrize(
    "step", [{"kind": "malformed"}, {"kind": "html"}, {"kind": "raw", "body": "<a><b></a>"}]
)
def test_sends_answers_that_no_parser_takes(fake, step):
    fake.script("sts", None, step)
    with pytest.raises(Exception) as caught:  # noqa: B017 (botocore's own parser errors vary)
        client(fake, "sts").get_caller_identity()
    assert not isinstance(caught.value, AssertionError)
    assert fake.total() == 1


@pytest.mark.parametrize("step", [{"kind": "reset"}, {"kind": "close"}])
def test_breaks_connections(fake, step):
    fake.script("sts", None, step)
    with pytest.raises((ConnectionClosedError, EndpointConnectionError)):
        client(fake, "sts").get_caller_identity()


def test_truncates_answers_below_their_length(fake):
    fake.script("sts", None, {"kind": "truncate"})
    import http.client as raw

    connection = raw.HTTPConnection("127.0.0.1", fake.port)
    connection.request("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15")
    with pytest.raises(raw.IncompleteRead):
        connection.getresponse().read()
    connection.close()


def test_delays_and_hangs(fake):
    fake.script("sts", None, {"kind": "delay", "ms": 300})
    started = time.monotonic()
    client(fake, "sts").get_caller_identity()
    assert time.monotonic() - started > 0.3
    fake.script("sts", None, {"kind": "hang", "ms": 10000})
    with pytest.raises(ReadTimeoutError):
        client(fake, "sts", read_timeout=0.3).get_caller_identity()
    fake.script("sts", None, {"kind": "slow_body", "ms": 50})
    started = time.monotonic()
    client(fake, "sts").get_caller_identity()
    assert time.monotonic() - started > 0.2


def test_troubles_only_the_key_and_the_resource_it_is_told_to(fake):
    second = dict(USER, access_key_id="AKIAEXAMPLEUSER00005")
    fake.add(users=[second], buckets=["other"])
    fake.script("sts", None, {"kind": "html", "times": 0}, access_key_id=second["access_key_id"])
    fake.script("s3", None, {"kind": "html", "times": 0}, resource="^other$")
    assert client(fake, "sts").get_caller_identity()
    with pytest.raises(ResponseParserError):
        client(fake, "sts", second).get_caller_identity()
    client(fake, "s3").head_bucket(Bucket="zenfiles")
    assert refused(client(fake, "s3").head_bucket, Bucket="other")[0] == 500


def test_repeats_the_same_page_token_for_ever_when_told(fake):
    fake.settings(page_size={"eks": 1}, page_loop={"eks": True})
    eks = client(fake, "eks")
    first = eks.list_clusters()["nextToken"]
    assert eks.list_clusters(nextToken=first)["nextToken"] == first


def test_serves_under_a_path_prefix(fake):
    fake.settings(endpoint_prefixes=["/gate/way"])
    sts = boto3.client(
        "sts",
        endpoint_url=fake.url + "/gate/way",
        region_name="us-east-1",
        aws_access_key_id=USER["access_key_id"],
        aws_secret_access_key=USER["secret_access_key"],
    )
    assert sts.get_caller_identity()["Account"]
    assert fake.log()[-1]["path"] == "/gate/way"


def test_refuses_unknown_members_of_its_own_configuration(fake):
    for bad in ({"bucket": []}, {"settings": {"pagesize": 1}}):
        with pytest.raises(ValueError):
            fake.add(**bad)
    with pytest.raises(ValueError):
        fake.script("sts", None, {"kind": "explode"})


def test_serves_many_at_once_on_kept_connections(fake):
    from concurrent.futures import ThreadPoolExecutor

    fake.script("sts", None, {"kind": "delay", "ms": 200, "times": 0})
    clients = [client(fake, "sts") for _ in range(10)]
    before = fake.connections()
    started = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda i: clients[i % 10].get_caller_identity(), range(100)))
    assert time.monotonic() - started < 3
    assert fake.connections() - before < 100


def test_ends_when_its_standard_input_ends():
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fake_aws.py")
    process = subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert json.loads(process.stdout.readline())["port"] > 0
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


def test_ends_on_sigterm_and_reads_a_configuration_file(tmp_path):
    file = tmp_path / "fake.json"
    file.write_text(json.dumps(configuration()))
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fake_aws.py")
    process = subprocess.Popen(
        [sys.executable, program, "--config", str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    class Running:
        url = json.loads(process.stdout.readline())["url"]

    assert client(Running, "sts").get_caller_identity()["Account"]
    process.terminate()
    assert process.wait(10) == 0
    process.stdin.close()
    process.stdout.close()
