"""ECR: JSON 1.1 over POST."""

import base64
import json

from .errors import AwsError
from .wire import Response

TARGET = "AmazonEC2ContainerRegistry_V20150921."


def identify(request):
    target = request.header("x-amz-target") or ""
    operation = target[len(TARGET) :] if target.startswith(TARGET) else ""
    try:
        params = request.json()
    except (ValueError, UnicodeDecodeError):
        params = {"_unparsable": True}
    return operation, "", params


def perform(state, request, operation, params, key, request_id, region):
    handler = _OPERATIONS.get(operation)
    if handler is None:
        raise AwsError(400, "UnknownOperationException", "Unknown operation")
    if (request.header("content-type") or "").split(";")[0] != "application/x-amz-json-1.1":
        raise AwsError(400, "SerializationException", "Content-Type must be application/x-amz-json-1.1")
    if "_unparsable" in params or not request.body:
        raise AwsError(400, "SerializationException", "Body is not a JSON object")
    body = handler(state, params, key, region)
    return Response(200, "application/x-amz-json-1.1", body, {"x-amzn-RequestId": request_id})


def _registry_arn(state, region, rest):
    return "arn:%s:ecr:%s:%s:%s" % (state.settings["partition"], region, state.account, rest)


def _host(state, region):
    suffix = "amazonaws.com.cn" if state.settings["partition"] == "aws-cn" else "amazonaws.com"
    return "%s.dkr.ecr.%s.%s" % (state.account, region, suffix)


def _get_authorization_token(state, params, key, region):
    state.require(key, "ecr:GetAuthorizationToken", "*")
    registries = params.get("registryIds") or [state.account]
    if registries != [state.account]:
        raise AwsError(400, "RegistryNotFoundException", "No such registry: %s" % registries)
    password = state.settings["ecr_password"]
    if password is None:
        password = (state.settings["marker"] + ":colon/" + "p+a/s=s" * 260)[:1800]
    token = base64.b64encode(("AWS:" + password).encode()).decode()
    expires = state.settings["ecr_expires_at"]
    expires = "%.9E" % (state.now() + 43200) if expires is None else str(expires)
    # By hand: real answers write the time with an exponent, which json.dumps would not.
    return '{"authorizationData":[{"authorizationToken":%s,"expiresAt":%s,"proxyEndpoint":%s}]}' % (
        json.dumps(token),
        expires.replace("E+0", "E").replace("E+", "E"),
        json.dumps("https://" + _host(state, region)),
    )


def _describe_repositories(state, params, key, region):
    state.require(key, "ecr:DescribeRepositories", _registry_arn(state, region, "repository/*"))
    if params.get("repositoryNames") and params.get("maxResults"):
        raise AwsError(400, "InvalidParameterException", "maxResults cannot be combined with repositoryNames")
    limit = params.get("maxResults", 100)
    if not isinstance(limit, int) or not 1 <= limit <= 1000:
        raise AwsError(400, "InvalidParameterException", "maxResults must be between 1 and 1000")
    names = sorted(name for r, name in state.repositories if r == region)
    names, following = state.page("ecr", names, limit, params.get("nextToken"))
    rows = [
        {
            "repositoryArn": _registry_arn(state, region, "repository/" + name),
            "registryId": state.account,
            "repositoryName": name,
            "repositoryUri": "%s/%s" % (_host(state, region), name),
            "createdAt": state.repositories[(region, name)]["created"],
        }
        for name in names
    ]
    answer = {"repositories": rows}
    if following:
        answer["nextToken"] = following
    return json.dumps(answer)


def _describe_registry(state, _params, key, _region):
    state.require(key, "ecr:DescribeRegistry", "*")
    return json.dumps({"registryId": state.account, "replicationConfiguration": {"rules": []}})


_OPERATIONS = {
    "GetAuthorizationToken": _get_authorization_token,
    "DescribeRepositories": _describe_repositories,
    "DescribeRegistry": _describe_registry,
}
