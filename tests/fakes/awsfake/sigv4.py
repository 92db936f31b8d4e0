"""Signature Version 4 as a service checks it.

Written from AWS's public description of the algorithm and sharing nothing with any client, so
that a client's mistake cannot cancel itself out here. The checks are on the strict side: what
some endpoint of AWS might let pass (an unsigned x-amz-* header, say) is refused.
"""

import calendar
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()
# Beyond this the date is refused; S3 is more patient than the rest.
TOLERANCE_S = {"s3": 900}
DEFAULT_TOLERANCE_S = 300
# Headers that intermediaries may change, hence never required to be signed.
FREE_HEADERS = frozenset(
    "authorization connection content-length expect transfer-encoding user-agent".split()
)


class SignatureProblem(Exception):
    """Why a request is not authentic. `kind` selects the service's error code."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
        self.message = message


class Claim:
    """What a request says about its signer; nothing of it is proven yet."""

    def __init__(self, access_key_id, scope, signed_headers, signature):
        self.access_key_id = access_key_id
        self.day, self.region, self.service = scope
        self.signed_headers = signed_headers
        self.signature = signature
        self.amz_date = ""
        self.token = None
        self.presigned = False
        self.expires_s = None

    @property
    def scope(self):
        return "/".join((self.day, self.region, self.service, "aws4_request"))


def sha256_hex(data):
    return hashlib.sha256(data).hexdigest()


def parse_amz_date(text):
    """Epoch seconds of 20240514T123456Z; None when it is none."""
    try:
        return calendar.timegm(time.strptime(text, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        return None


def amz_date(epoch_s):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(epoch_s))


def query_pairs(raw_query):
    """Decoded (name, value) byte pairs in the order sent. A plus sign is a plus sign."""
    pairs = []
    for piece in raw_query.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            pairs.append((unquote_to_bytes(name), unquote_to_bytes(value)))
    return pairs


def canonical_query(raw_query, presigned=False):
    encoded = sorted((quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in query_pairs(raw_query))
    return "&".join(n + "=" + v for n, v in encoded if not (presigned and n == "X-Amz-Signature"))


def canonical_uri(service, raw_path):
    """S3 signs the path as it stands; the others a tidied path, encoded a second time."""
    if service == "s3":
        return raw_path or "/"
    kept = []
    for segment in raw_path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    tidy = "/" + "/".join(kept)
    if kept and raw_path.endswith("/"):
        tidy += "/"
    return quote(tidy, safe="/-_.~")


def canonical_headers(headers, signed):
    lines = []
    for name in signed:
        values = [re.sub(r"\s+", " ", v.strip()) for n, v in headers if n.lower() == name]
        lines.append(name + ":" + ",".join(values) + "\n")
    return "".join(lines)


def canonical_request(request, claim, payload_hash):
    return "\n".join(
        (
            request.method,
            canonical_uri(claim.service, request.raw_path),
            canonical_query(request.raw_query, claim.presigned),
            canonical_headers(request.headers, claim.signed_headers),
            ";".join(claim.signed_headers),
            payload_hash,
        )
    )


def string_to_sign(claim, canonical):
    return "\n".join(
        (
            ALGORITHM,
            claim.amz_date,
            claim.scope,
            sha256_hex(canonical.encode("utf-8", "surrogateescape")),
        )
    )


def signing_key(secret, claim):
    key = ("AWS4" + secret).encode()
    for part in (claim.day, claim.region, claim.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _scope(credential):
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request" or not re.fullmatch(r"\d{8}", parts[1]):
        raise SignatureProblem("malformed", "Credential is not KEY/DATE/REGION/SERVICE/aws4_request.")
    return parts[0], tuple(parts[1:4])


def _claim_from_header(request, authorization):
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise SignatureProblem("malformed", "Unsupported Authorization type.")
    fields = dict((part.strip().split("=", 1) + [""])[:2] for part in rest.split(",") if part.strip())
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not fields.get(name):
            raise SignatureProblem("malformed", "Authorization header requires '%s' parameter." % name)
    key, scope = _scope(fields["Credential"])
    claim = Claim(key, scope, fields["SignedHeaders"].split(";"), fields["Signature"])
    claim.amz_date = request.header("x-amz-date") or ""
    claim.token = request.header("x-amz-security-token")
    return claim


def _claim_from_query(request, query):
    if query.get("X-Amz-Algorithm") != ALGORITHM:
        raise SignatureProblem("malformed", "X-Amz-Algorithm is missing or unsupported.")
    for name in ("X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date"):
        if not query.get(name):
            raise SignatureProblem("malformed", "Query requires '%s' parameter." % name)
    key, scope = _scope(query["X-Amz-Credential"])
    claim = Claim(key, scope, query["X-Amz-SignedHeaders"].split(";"), query["X-Amz-Signature"])
    claim.presigned = True
    claim.amz_date = query["X-Amz-Date"]
    claim.token = query.get("X-Amz-Security-Token")
    try:
        claim.expires_s = int(query.get("X-Amz-Expires", "300"))
    except ValueError:
        raise SignatureProblem("malformed", "X-Amz-Expires is no number.") from None
    return claim


def read_claim(request):
    """The request's claim, or SignatureProblem `missing` or `malformed`."""
    authorization = request.header("authorization")
    if authorization:
        return _claim_from_header(request, authorization)
    query = {
        n.decode("utf-8", "replace"): v.decode("utf-8", "replace") for n, v in query_pairs(request.raw_query)
    }
    if "X-Amz-Credential" in query or "X-Amz-Signature" in query:
        return _claim_from_query(request, query)
    raise SignatureProblem("missing", "Request is missing Authentication Token")


def _check_signed_headers(request, claim):
    signed = claim.signed_headers
    if signed != sorted(set(signed)) or any(n != n.lower() for n in signed):
        raise SignatureProblem("mismatch", "SignedHeaders must be lower case, sorted and unique.")
    if "host" not in signed:
        raise SignatureProblem("mismatch", "'Host' must be a signed header.")
    present = {name.lower() for name, _ in request.headers}
    for name in present - FREE_HEADERS - set(signed):
        if name.startswith("x-amz-") or name == "content-type":
            raise SignatureProblem("mismatch", "Header '%s' was sent but not signed." % name)
    for name in signed:
        if name not in present:
            raise SignatureProblem("mismatch", "Header '%s' is signed but was not sent." % name)


def _check_date(claim, now):
    signed_at = parse_amz_date(claim.amz_date)
    if signed_at is None:
        raise SignatureProblem("malformed", "X-Amz-Date is missing or not of the form YYYYMMDDTHHMMSSZ.")
    if claim.amz_date[:8] != claim.day:
        raise SignatureProblem("mismatch", "Date in Credential scope does not match X-Amz-Date.")
    tolerance = TOLERANCE_S.get(claim.service, DEFAULT_TOLERANCE_S)
    if signed_at > now + tolerance:
        raise SignatureProblem(
            "skew",
            "Signature not yet current: %s is still later than %s (%s + %d min.)"
            % (claim.amz_date, amz_date(now + tolerance), amz_date(now), tolerance // 60),
        )
    if claim.presigned:
        if claim.expires_s < 0 or claim.expires_s > 604800:
            raise SignatureProblem("malformed", "X-Amz-Expires must be between 0 and 604800.")
        if now > signed_at + claim.expires_s:
            raise SignatureProblem("presign_expired", "Request has expired")
    elif signed_at < now - tolerance:
        raise SignatureProblem(
            "skew",
            "Signature expired: %s is now earlier than %s (%s - %d min.)"
            % (claim.amz_date, amz_date(now - tolerance), amz_date(now), tolerance // 60),
        )


def _payload_hash(request, claim):
    if claim.service != "s3":
        return sha256_hex(request.wire_body)
    if claim.presigned:
        return UNSIGNED
    declared = request.header("x-amz-content-sha256")
    if not declared:
        raise SignatureProblem("malformed", "Missing required header for this request: x-amz-content-sha256")
    if declared == UNSIGNED or declared.startswith("STREAMING-"):
        return declared
    if declared != sha256_hex(request.wire_body):
        raise SignatureProblem(
            "payload",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    return declared


def check(request, claim, secret, now):
    """Raises SignatureProblem unless the holder of `secret` signed exactly this request."""
    _check_date(claim, now)
    _check_signed_headers(request, claim)
    canonical = canonical_request(request, claim, _payload_hash(request, claim))
    text = string_to_sign(claim, canonical)
    wanted = hmac.new(signing_key(secret, claim), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, claim.signature):
        raise SignatureProblem(
            "mismatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method.",
        )
