"""The verifier against published results and against mutations of a good request."""

import hashlib
import hmac

import pytest

from awsfake import sigv4
from awsfake.wire import Request

# AWS's documentation example, split so that it is plainly that.
KEY = "AKIAIOSFODNN7" + "EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJGMEQ+CIA=="
DATE = "20240514T123456Z"
NOW = sigv4.parse_amz_date(DATE)
EMPTY = sigv4.EMPTY_HASH
FORM = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")

# id, method, target, host, service, region, further headers, body, signature
VECTORS = [
    (
        "sts",
        "POST",
        "/",
        "sts.us-east-1.amazonaws.com",
        "sts",
        "us-east-1",
        [FORM],
        b"Action=GetCallerIdentity&Version=2011-06-15",
        "2e067b95953ffe78fe64521dd4cb91b63bd2c2dbd6dde59085984805850df615",
    ),
    (
        "sts with token",
        "POST",
        "/",
        "sts.us-east-1.amazonaws.com",
        "sts",
        "us-east-1",
        [FORM, ("x-amz-security-token", TOKEN)],
        b"Action=GetCallerIdentity&Version=2011-06-15",
        "630e8451a4c3808b4e03ea9b69d28d7b7fdf58dfebd074802f350caf7aeb8c60",
    ),
    (
        "s3 query",
        "GET",
        "/?continuation-token=a%2B%2F%3D&max-buckets=10",
        "s3.eu-central-1.amazonaws.com",
        "s3",
        "eu-central-1",
        [("x-amz-content-sha256", EMPTY)],
        b"",
        "df829d010c50da694083e8ea0077b5bf1df39129e59025181c626b7e818b279b",
    ),
    (
        "s3 literal path",
        "GET",
        "/a%20b%2Bc//./%C3%BC~%28x%29.txt",
        "zenfiles.s3.us-east-1.amazonaws.com",
        "s3",
        "us-east-1",
        [("x-amz-content-sha256", EMPTY), ("x-amz-security-token", TOKEN)],
        b"",
        "c921781ce70e4fbf27beddfc4a72b98c17fac65b3259a2a76dad954c30d5cde1",
    ),
    (
        "s3 unsigned payload",
        "PUT",
        "/model.bin?partNumber=2&uploadId=VXBsb2Fk.SWQ_-",
        "zenfiles.s3.us-east-1.amazonaws.com",
        "s3",
        "us-east-1",
        [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")],
        b"hello cleat",
        "aeeeffef8ac5b7c7dc059d91478e428201e70920fd28e5816bd9f268f93bd7a2",
    ),
    (
        "port in host",
        "HEAD",
        "/zenfiles",
        "127.0.0.1:9000",
        "s3",
        "us-east-1",
        [("x-amz-content-sha256", EMPTY)],
        b"",
        "09003daf8b0d4c1d6325ead9ddd6929184a8185805d3d979a02ae4c6e915d552",
    ),
    (
        "eks double encoding",
        "GET",
        "/tags/arn%3Aaws%3Aeks%3Aus-east-1%3A123456789012%3Acluster%2Fzenhacks-cluster",
        "eks.us-east-1.amazonaws.com",
        "eks",
        "us-east-1",
        [],
        b"",
        "79e82e0ed5d45cf25a506c9cb6e64288c7f9adefe46c269c88d0ae32d50028d0",
    ),
]


def signed(vector, **changes):
    _, method, target, host, service, region, extra, body, signature = vector
    headers = [("Host", host), ("X-Amz-Date", DATE)] + extra
    names = sorted(n.lower() for n, _ in headers)
    authorization = (
        "AWS4-HMAC-SHA256 Credential=%s/20240514/%s/%s/aws4_request, SignedHeaders=%s, Signature=%s"
        % (KEY, region, service, ";".join(names), signature)
    )
    fields = {"method": method, "target": target, "headers": headers, "body": body}
    fields.update(changes)
    return Request(
        fields["method"],
        fields["target"],
        fields["headers"] + [("Authorization", authorization)],
        fields["body"],
    )


def verdict(request, secret=SECRET, now=NOW):
    try:
        sigv4.check(request, sigv4.read_claim(request), secret, now)
    except sigv4.SignatureProblem as problem:
        return problem.kind
    return "ok"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v[0])
def test_accepts_published_signatures(vector):
    assert verdict(signed(vector)) == "ok"


def test_accepts_a_header_with_runs_of_blanks_and_an_unsorted_query():
    vector = (
        "",
        "PUT",
        "/k?b=&a=2&a=1&A=3",
        "zenfiles.s3.us-east-1.amazonaws.com",
        "s3",
        "us-east-1",
        [
            ("content-type", "text/plain"),
            ("X-Amz-Meta-Note", "  two   spaces "),
            ("x-amz-content-sha256", sigv4.sha256_hex(b"hello")),
        ],
        b"hello",
        None,
    )
    request = signed(vector)
    claim = sigv4.read_claim(request)
    canonical = sigv4.canonical_request(request, claim, sigv4.sha256_hex(b"hello"))
    assert canonical.split("\n")[2] == "A=3&a=1&a=2&b="
    assert "x-amz-meta-note:two spaces\n" in canonical


PRESIGNED = (
    "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
    + KEY
    + "%2F20240514%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date="
    + DATE
    + "&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Security-Token="
    "IQoJb3JpZ2luX2VjEXAMPLE%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FwEaCXVzLWVhc3QtMSJGMEQ%2BCIA%3D%3D"
    "&X-Amz-Signature=9707979734f74d7cfa1c6c98a6300562582b9dba3c467dbfb33b2a0d2e0c6c93"
)
PRESIGNED_HEADERS = [("Host", "sts.us-east-1.amazonaws.com"), ("x-k8s-aws-id", "zenhacks-cluster")]


def test_accepts_a_published_presigned_url():
    assert verdict(Request("GET", PRESIGNED, PRESIGNED_HEADERS, b"")) == "ok"


@pytest.mark.parametrize(
    "headers, now, expected",
    [
        (
            [("Host", "sts.us-east-1.amazonaws.com"), ("x-k8s-aws-id", "other-cluster")],
            NOW,
            "mismatch",
        ),
        ([("Host", "sts.us-east-1.amazonaws.com")], NOW, "mismatch"),
        (PRESIGNED_HEADERS, NOW + 61, "presign_expired"),
        (PRESIGNED_HEADERS, NOW - 301, "skew"),
    ],
)
def test_refuses_presigned_urls_that_do_not_fit(headers, now, expected):
    assert verdict(Request("GET", PRESIGNED, headers, b""), now=now) == expected


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"method": "GET"}, "mismatch"),
        ({"target": "/x"}, "mismatch"),
        ({"target": "/?a=1"}, "mismatch"),
        ({"body": b"Action=GetCallerIdentity&Version=2011-06-16"}, "mismatch"),
        (
            {"headers": [("Host", "sts.us-east-1.amazonaws.com:8080"), ("X-Amz-Date", DATE), FORM]},
            "mismatch",
        ),
        (
            {
                "headers": [
                    ("Host", "sts.us-east-1.amazonaws.com"),
                    ("X-Amz-Date", DATE),
                    FORM,
                    ("X-Amz-Meta-A", "b"),
                ]
            },
            "mismatch",
        ),
        (
            {
                "headers": [
                    ("Host", "sts.us-east-1.amazonaws.com"),
                    ("X-Amz-Date", "20240514T123457Z"),
                    FORM,
                ]
            },
            "mismatch",
        ),
        (
            {
                "headers": [
                    ("Host", "sts.us-east-1.amazonaws.com"),
                    ("X-Amz-Date", "14 May 2024"),
                    FORM,
                ]
            },
            "malformed",
        ),
        ({"headers": [("Host", "sts.us-east-1.amazonaws.com"), FORM]}, "malformed"),
        ({"headers": [("X-Amz-Date", DATE), FORM]}, "mismatch"),
    ],
)
def test_refuses_a_request_changed_after_signing(changes, expected):
    assert verdict(signed(VECTORS[0], **changes)) == expected


def test_refuses_one_wrong_letter_in_the_secret():
    assert verdict(signed(VECTORS[0]), secret=SECRET[:-1] + "Z") == "mismatch"


@pytest.mark.parametrize("offset, expected", [(299, "ok"), (301, "skew"), (-299, "ok"), (-301, "skew")])
def test_tolerates_five_minutes_of_clock_difference(offset, expected):
    assert verdict(signed(VECTORS[0]), now=NOW + offset) == expected


@pytest.mark.parametrize("offset, expected", [(899, "ok"), (901, "skew")])
def test_tolerates_fifteen_minutes_for_s3(offset, expected):
    assert verdict(signed(VECTORS[2]), now=NOW + offset) == expected


def test_refuses_an_s3_body_that_does_not_match_its_declared_hash():
    assert verdict(signed(VECTORS[2], body=b"more")) == "payload"


@pytest.mark.parametrize(
    "authorization, kind",
    [
        ("Basic abc", "malformed"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "malformed"),
        ("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0", "malformed"),
        (
            "AWS4-HMAC-SHA256 Credential=a/20240514/r/sts/aws4_request, SignedHeaders=host",
            "malformed",
        ),
    ],
)
def test_refuses_malformed_authorization(authorization, kind):
    assert verdict(Request("POST", "/", [("Authorization", authorization)], b"")) == kind


def test_names_a_request_without_any_signature():
    assert verdict(Request("POST", "/", [("Host", "x")], b"Action=GetCallerIdentity")) == "missing"


def test_refuses_signed_headers_out_of_order():
    """Resigned correctly over the wrong order, so that the order alone is what is wrong."""
    request = signed(VECTORS[0])
    claim = sigv4.read_claim(request)
    claim.signed_headers = claim.signed_headers[::-1]
    canonical = sigv4.canonical_request(request, claim, sigv4.sha256_hex(request.body))
    text = sigv4.string_to_sign(claim, canonical)
    claim.signature = hmac.new(sigv4.signing_key(SECRET, claim), text.encode(), hashlib.sha256).hexdigest()
    with pytest.raises(sigv4.SignatureProblem):
        sigv4.check(request, claim, SECRET, NOW)


@pytest.mark.parametrize(
    "service, path, canonical",
    [
        ("sts", "", "/"),
        ("eks", "/a//b/./c/../d/", "/a/b/d/"),
        ("eks", "/a%20b", "/a%2520b"),
        ("s3", "/a//b/./c", "/a//b/./c"),
        ("s3", "", "/"),
    ],
)
def test_canonical_paths(service, path, canonical):
    assert sigv4.canonical_uri(service, path) == canonical
