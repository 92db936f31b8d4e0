"""Requests signed by Cleat and by botocore must agree: 1,000 of them, random but the same each time."""

import base64
import calendar
import datetime
import json
import os
import random
import subprocess
import urllib.parse
from pathlib import Path
from unittest import mock

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TOP = Path(__file__).resolve().parent.parent.parent
COUNT = 1000
SEED = 20240514

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]
SERVICES = ["sts", "s3", "eks", "ecr"]
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "ap-southeast-4"]
HEADER_NAMES = [
    "Content-Type",
    "X-Amz-Target",
    "x-amz-meta-note",
    "X-Amz-Meta-Other",
    "x-k8s-aws-id",
    "Range",
    "Accept",
    "User-Agent",
    "x-amz-bucket-region",
    "Cache-Control",
    "X-Amzn-Trace-Id",
    "Connection",
]
# Path segments that a careless signer gets wrong.
SEGMENTS = [
    "a",
    "b c",
    "",
    ".",
    "..",
    "ü",
    "(x)~",
    "a+b",
    "%",
    "a:b",
    "100%25",
    "=",
    "&",
    "é/",
    "*",
    "@",
    "!'",
    "_-.",
    "\t",
]
HEADER_TEXT = "abc XYZ 0189-_.;:/=+,\"'()  \t"


def sign_tool():
    named = os.environ.get("CLEAT_SIGN_TOOL")
    path = Path(named) if named else TOP / "build" / "debug" / "tests" / "tools" / "sign_tool"
    if not path.exists():
        pytest.fail(f"{path} is missing: build the debug preset or set CLEAT_SIGN_TOOL")
    return path


def quoted(dice, text):
    """Percent-encoded as Cleat's own encoder does it, or, for a tenth of the paths, left raw where a URL allows it."""
    return urllib.parse.quote(text, safe="~" if dice.random() < 0.9 else "~:@!'()*+=&")


def random_path(dice, service):
    """botocore itself never sends S3 an empty path, and does not canonicalize one."""
    segments = [quoted(dice, dice.choice(SEGMENTS)) for _ in range(dice.randrange(5))]
    return "/" + "/".join(segments) if segments or service == "s3" or dice.random() < 0.5 else ""


def random_text(dice, letters, most):
    return "".join(dice.choice(letters) for _ in range(dice.randrange(most)))


def random_query(dice, form):
    """botocore presigns a query as a dictionary that it encodes afresh: names once, and all with a value."""
    pairs = {} if form == "query" else []
    for _ in range(dice.choice([0, 0, 1, 2, 5])):
        name = urllib.parse.quote(random_text(dice, "aAbB-_~ /+é%&=", 6) or "k", safe="~")
        value = urllib.parse.quote(random_text(dice, "aAzZ09-_.~ /+=&%ü#?", 12), safe="~")
        if form == "query":
            pairs[name] = f"{name}={value}"
        else:
            pairs.append(name if dice.random() < 0.1 else f"{name}={value}")
    return "?" + "&".join(pairs.values() if form == "query" else pairs) if pairs else ""


def random_host(dice, service, region):
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return dice.choice(
        [
            f"https://{service}.{region}.{suffix}",
            f"https://Bucket-1.s3.{region}.{suffix}",
            "http://127.0.0.1:9000",
            "https://localhost:443",
            "http://proxy.example:80/prefix",
            "https://[::1]:8443",
            "https://example.com:80",
        ]
    )


def random_headers(dice):
    headers = []
    for name in dice.sample(HEADER_NAMES, dice.randrange(5)):
        for _ in range(dice.choice([1, 1, 1, 2])):
            headers.append([name, random_text(dice, HEADER_TEXT, 30)])
    return headers


def random_request(dice):
    service, region = dice.choice(SERVICES), dice.choice(REGIONS)
    form = dice.choice(["header", "header", "header", "query"])
    method = dice.choice(METHODS)
    has_body = form == "header" and method in ("POST", "PUT")
    request = {
        "form": form,
        "method": method,
        "service": service,
        "region": region,
        "url": random_host(dice, service, region) + random_path(dice, service) + random_query(dice, form),
        "headers": (
            random_headers(dice) if form == "header" else [["x-k8s-aws-id", random_text(dice, "abc-1", 20)]]
        ),
        "body": base64.b64encode(dice.randbytes(dice.randrange(300)) if has_body else b"").decode(),
        "unsigned": form == "header" and service == "s3" and dice.random() < 0.3,
        "at": dice.randrange(1_000_000_000, 4_000_000_000),
        "expires": dice.randrange(1, 604800),
        "access_key_id": "AKIA" + "EXAMPLE" + random_text(dice, "ABCDEFGH234567", 9).ljust(9, "A"),
        "secret_access_key": "EXAMPLE" + random_text(dice, "abcXYZ019/+", 40),
    }
    if dice.random() < 0.5:
        request["session_token"] = "EXAMPLE" + random_text(dice, "abcXYZ019/+=", 900)
    return request


def cleats(requests):
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    reply = subprocess.run(
        [sign_tool()], input=lines, capture_output=True, text=True, timeout=120, check=False
    )
    assert reply.returncode == 0, reply.stderr
    return [json.loads(line) for line in reply.stdout.splitlines()]


def signer_of(request):
    credentials = Credentials(
        request["access_key_id"], request["secret_access_key"], request.get("session_token")
    )
    kinds = {
        ("header", True): botocore.auth.S3SigV4Auth,
        ("header", False): botocore.auth.SigV4Auth,
        ("query", True): botocore.auth.S3SigV4QueryAuth,
        ("query", False): botocore.auth.SigV4QueryAuth,
    }
    kind = kinds[request["form"], request["service"] == "s3"]
    options = {"expires": request["expires"]} if request["form"] == "query" else {}
    return kind(credentials, request["service"], request["region"], **options)


def clock_at(epoch):
    moment = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).replace(tzinfo=None)
    assert calendar.timegm(moment.timetuple()) == epoch
    return mock.patch("botocore.auth.get_current_datetime", return_value=moment)


def botocores(request):
    signed = AWSRequest(method=request["method"], url=request["url"], data=base64.b64decode(request["body"]))
    for name, value in request["headers"]:
        signed.headers.add_header(name, value)
    if request["unsigned"]:
        config = mock.Mock(s3={"payload_signing_enabled": not request["url"].startswith("https")})
        signed.context["client_config"] = config
    with clock_at(request["at"]):
        signer_of(request).add_auth(signed)
    return signed


def signature_of(request, signed):
    if request["form"] == "query":
        query = urllib.parse.urlsplit(signed.url).query
        return dict(pair.partition("=")[::2] for pair in query.split("&"))["X-Amz-Signature"]
    return signed.headers["Authorization"].rpartition("Signature=")[2]


def pairs_of(url):
    return sorted(urllib.parse.urlsplit(url).query.split("&"))


def headers_of(answer):
    return {name.lower(): value for name, value in answer["headers"]}


@pytest.fixture(scope="module", name="answered")
def fixture_answered():
    dice = random.Random(SEED)
    requests = [random_request(dice) for _ in range(COUNT)]
    return list(zip(requests, cleats(requests), strict=True))


def test_a_thousand_signatures_agree(answered):
    for number, (request, answer) in enumerate(answered):
        signed = botocores(request)
        assert answer["signature"] == signature_of(
            request, signed
        ), f"request {number} {request['method']} {request['url']}\n{answer['canonical_request']}"


def test_the_headers_and_addresses_agree_too(answered):
    for request, answer in answered:
        signed = botocores(request)
        if request["form"] == "query":
            assert pairs_of(answer["url"]) == pairs_of(signed.url)
            continue
        ours = headers_of(answer)
        assert ours["authorization"] == signed.headers["Authorization"]
        for name in ("x-amz-date", "x-amz-security-token", "x-amz-content-sha256"):
            assert ours.get(name) == signed.headers.get(name), f"{name} of {request['url']}"


def test_every_kind_of_request_was_among_them(answered):
    requests = [request for request, _ in answered]
    assert {request["service"] for request in requests} == set(SERVICES)
    assert {request["method"] for request in requests} == set(METHODS)
    assert {request["form"] for request in requests} == {"header", "query"}
    assert {"session_token" in request for request in requests} == {True, False}
    assert any(request["unsigned"] for request in requests)
    assert any("/../" in request["url"] for request in requests)
