"""EKS (REST JSON), and what a cluster does with a bearer token."""

import base64
import binascii
import re
from urllib.parse import unquote, urlsplit

from . import sigv4
from .errors import AwsError
from .wire import Request, json_response

TOKEN_PREFIX = "k8s-aws-v1."
TOKEN_LIFE_S = 900
DNS_SUFFIX = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}
_TOKEN_PARAMETERS = frozenset(
    "action version x-amz-algorithm x-amz-credential x-amz-date x-amz-expires x-amz-security-token"
    " x-amz-signedheaders x-amz-signature".split()
)


def identify(request):
    params = dict(request.query)
    match = re.fullmatch(r"/clusters/([^/]+)", request.service_path)
    if request.method == "GET" and request.service_path in ("/clusters", "/clusters/"):
        return "ListClusters", "", params
    if request.method == "GET" and match:
        name = unquote(match.group(1))
        return "DescribeCluster", name, dict(params, name=name)
    return "", "", params


def perform(state, request, operation, params, key, request_id, region):
    if operation == "ListClusters":
        response = json_response(_list(state, params, key, region))
    elif operation == "DescribeCluster":
        response = json_response({"cluster": _describe(state, params["name"], key, region)})
    else:
        raise AwsError(404, "UnknownOperationException", "Unknown operation")
    response.headers["x-amzn-RequestId"] = request_id
    return response


def _list(state, params, key, region):
    state.require(
        key,
        "eks:ListClusters",
        "arn:%s:eks:%s:%s:*" % (state.settings["partition"], region, state.account),
    )
    limit = params.get("maxResults")
    if limit is not None and not (re.fullmatch(r"\d{1,3}", limit) and 1 <= int(limit) <= 100):
        raise AwsError(400, "InvalidParameterException", "maxResults must be between 1 and 100")
    names = sorted(name for r, name in state.clusters if r == region)
    names, following = state.page("eks", names, int(limit or 100), params.get("nextToken"))
    return {"clusters": names, "nextToken": following}


def _describe(state, name, key, region):
    arn = "arn:%s:eks:%s:%s:cluster/%s" % (state.settings["partition"], region, state.account, name)
    state.require(key, "eks:DescribeCluster", arn)
    cluster = state.clusters.get((region, name))
    if cluster is None:
        raise AwsError(404, "ResourceNotFoundException", "No cluster found for name: %s." % name)
    answer = {
        "name": name,
        "arn": cluster["arn"],
        "createdAt": cluster["created"],
        "version": "1.27",
        "status": cluster["status"],
        "roleArn": state.arn("iam", "role/eks"),
        "identity": {"oidc": {"issuer": "https://oidc.eks.%s.amazonaws.com/id/EXAMPLE" % region}},
        "tags": {},
    }
    if cluster["status"] != "CREATING":
        answer["endpoint"] = cluster["endpoint"]
        answer["certificateAuthority"] = {"data": cluster["ca"]}
    return answer


# -- tokens ----------------------------------------------------------------------------------


def _token_url(token, problems):
    if len(token) > 4096:
        problems.append("longer than 4096 bytes")
    if not token.startswith(TOKEN_PREFIX):
        problems.append("does not start with " + TOKEN_PREFIX)
        return None
    text = token[len(TOKEN_PREFIX) :]
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        problems.append("is not unpadded base64url")
        return None
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        problems.append("does not decode")
        return None


def _check_url(url, partition, extra_hosts, problems):
    parts = urlsplit(url)
    suffix = DNS_SUFFIX[partition]
    hosts = r"sts\.[a-z0-9-]+\.%s" % re.escape(suffix)
    if partition == "aws":
        hosts += r"|sts\.amazonaws\.com"
    if parts.netloc not in extra_hosts:
        if parts.scheme != "https":
            problems.append("scheme is not https")
        if not re.fullmatch(hosts, parts.netloc):
            problems.append("host %s is no STS host of partition %s" % (parts.netloc, partition))
    if parts.path != "/":
        problems.append("path is not /")
    if parts.fragment:
        problems.append("has a fragment")
    return parts


def _check_parameters(parts, now, problems):
    pairs = [(n.decode(), v.decode()) for n, v in sigv4.query_pairs(parts.query)]
    names = [n.lower() for n, _ in pairs]
    for name in sorted(set(names) - _TOKEN_PARAMETERS):
        problems.append("parameter %s is not allowed" % name)
    if len(set(names)) != len(names):
        problems.append("a parameter is there twice")
    values = {n.lower(): v for n, v in pairs}
    if values.get("action") != "GetCallerIdentity":
        problems.append("Action is not GetCallerIdentity")
    if "x-k8s-aws-id" not in values.get("x-amz-signedheaders", "").split(";"):
        problems.append("x-k8s-aws-id is not signed")
    expires = values.get("x-amz-expires", "")
    if not re.fullmatch(r"\d{1,6}", expires) or int(expires) > 900:
        problems.append("X-Amz-Expires is not within 0..900")
    signed_at = sigv4.parse_amz_date(values.get("x-amz-date", ""))
    if signed_at is None:
        problems.append("X-Amz-Date is missing")
    elif now > signed_at + TOKEN_LIFE_S:
        problems.append("older than 15 minutes")
    elif signed_at > now + TOKEN_LIFE_S:
        problems.append("signed in the future")
    return signed_at


def check_token(state, token, cluster, partition="aws", extra_hosts=()):
    """What the cluster's authenticator would say: problems (none: fine), caller and end of life."""
    problems = []
    answer = {
        "ok": False,
        "errors": problems,
        "arn": None,
        "access_key_id": None,
        "expires_at": None,
    }
    url = _token_url(token, problems)
    if url is None:
        return answer
    parts = _check_url(url, partition, extra_hosts, problems)
    signed_at = _check_parameters(parts, state.now(), problems)
    if problems:
        return answer
    request = Request(
        "GET",
        parts.path + "?" + parts.query,
        [("Host", parts.netloc), ("x-k8s-aws-id", cluster)],
        b"",
    )
    try:
        claim = sigv4.read_claim(request)
        answer["access_key_id"] = claim.access_key_id
        key = state.keys.get(claim.access_key_id)
        if key is None or not key.active or key.token != claim.token:
            problems.append("unknown key or wrong session token")
            return answer
        if key.expired(state.now()):
            problems.append("the session has expired")
        claim.expires_s = TOKEN_LIFE_S  # the 60 s of the URL do not count, see aws-iam-authenticator
        sigv4.check(request, claim, key.secret, state.now())
        answer["arn"] = key.arn
        ends = [signed_at + TOKEN_LIFE_S] + ([key.expires_at] if key.expires_at else [])
        answer["expires_at"] = min(ends)
    except sigv4.SignatureProblem as problem:
        problems.append(problem.message)
    answer["ok"] = not problems
    return answer
