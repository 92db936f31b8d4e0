"""STS: the Query protocol, version 2011-06-15."""

import re
import time
from xml.sax.saxutils import escape

from . import policy
from .errors import AwsError
from .wire import Response

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
NAME_CHARS = r"[\w+=,.@-]"


def identify(request):
    """(operation, resource, parameters) as far as they can be read."""
    params = dict(request.form)
    params.update({k: v for k, v in request.query.items() if not k.startswith("X-Amz-")})
    return params.get("Action", ""), params.get("RoleArn", ""), params


def perform(state, request, operation, params, key, request_id):
    if params.get("Version") != "2011-06-15":
        raise AwsError(
            400,
            "InvalidAction",
            "Could not find operation %s for version %s" % (operation, params.get("Version")),
        )
    handler = _OPERATIONS.get(operation)
    if handler is None:
        raise AwsError(400, "InvalidAction", "Could not find operation %s for version 2011-06-15" % operation)
    fields = handler(state, params, key)
    body = (
        '<%sResponse xmlns="%s"><%sResult>%s</%sResult><ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></%sResponse>'
        % (
            operation,
            NAMESPACE,
            operation,
            _xml(fields),
            operation,
            request_id,
            operation,
        )
    )
    return Response(200, "text/xml", body, {"x-amzn-RequestId": request_id})


def _xml(fields):
    return "".join(
        "<%s>%s</%s>" % (n, _xml(v) if isinstance(v, dict) else escape(str(v)), n) for n, v in fields.items()
    )


def _invalid(message):
    return AwsError(400, "ValidationError", message)


def _constraint(value, name, text):
    return _invalid(
        "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s"
        % (value, name, text)
    )


def _duration(params, default, highest):
    text = params.get("DurationSeconds")
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,9}", text):
        raise AwsError(400, "MalformedInput", "DurationSeconds is no number.")
    if int(text) < 900:
        raise _constraint(text, "durationSeconds", "have value greater than or equal to 900")
    if int(text) > highest:
        raise _constraint(text, "durationSeconds", "have value less than or equal to %d" % highest)
    return int(text)


def _session_policies(state, params):
    """Texts of the inline and managed session policies; None when there are none."""
    texts = []
    if "Policy" in params:
        text = params["Policy"]
        if not 1 <= len(text) <= 2048:
            raise _constraint(text[:20], "policy", "have length less than or equal to 2048")
        texts.append(text)
    arns = _members(params, "PolicyArns", "arn")
    if len(arns) > 10:
        raise _constraint(len(arns), "policyArns", "have length less than or equal to 10")
    for arn in arns:
        document = state.settings["managed_policies"].get(arn)
        if document is None:
            raise AwsError(400, "MalformedPolicyDocument", "The policy %s is not defined." % arn)
        texts.append(document)
    for text in texts:
        try:
            policy.parse(text)
        except policy.PolicyError as problem:
            raise AwsError(400, "MalformedPolicyDocument", str(problem)) from None
    return texts or None


def _members(params, name, field):
    pattern = re.compile(re.escape(name) + r"\.member\.(\d+)(?:\.(\w+))?$")
    found = {}
    for key, value in params.items():
        match = pattern.match(key)
        if match:
            if match.group(2) != field:
                raise AwsError(
                    400,
                    "MalformedInput",
                    "%s must be structures with a member '%s'." % (name, field),
                )
            found[int(match.group(1))] = value
    if sorted(found) != list(range(1, len(found) + 1)):
        raise AwsError(400, "MalformedInput", "%s must be numbered from 1." % name)
    return [found[i] for i in sorted(found)]


def _credentials(state, key):
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(key.expires_at))
    return {
        "AccessKeyId": key.key_id,
        "SecretAccessKey": key.secret,
        "SessionToken": key.token,
        "Expiration": whole + (".447166Z" if state.settings["fractional_expiration"] else "Z"),
    }


def _get_caller_identity(_state, _params, key):
    return {"Arn": key.arn, "UserId": key.user_id, "Account": key.arn.split(":")[4]}


def _only_long_lived(operation, key):
    if key.token is not None:
        raise AwsError(403, "AccessDenied", "Cannot call %s with session credentials" % operation)


def _get_session_token(state, params, key):
    _only_long_lived("GetSessionToken", key)
    seconds = _duration(params, 43200, 129600)
    if key.kind == "root":
        seconds = min(seconds, 3600)
    session = state.issue(key.identity, key.arn, key.user_id, "session", seconds)
    return {"Credentials": _credentials(state, session)}


def _get_federation_token(state, params, key):
    _only_long_lived("GetFederationToken", key)
    name = params.get("Name", "")
    if not re.fullmatch(NAME_CHARS + "{2,32}", name, re.ASCII):
        raise _constraint(
            name, "name", "satisfy regular expression pattern: [\\w+=,.@-]* with length 2 to 32"
        )
    seconds = _duration(params, 43200, 129600)
    texts = _session_policies(state, params)
    state.require(key, "sts:GetFederationToken", state.arn("sts", "federated-user/" + name))
    if key.kind == "root":
        seconds = min(seconds, 3600)
    arn = state.arn("sts", "federated-user/" + name)
    session = state.issue(key.identity, arn, "%s:%s" % (state.account, name), "federated", seconds)
    state.limit(session, texts or [])
    return {
        "Credentials": _credentials(state, session),
        "FederatedUser": {"FederatedUserId": session.user_id, "Arn": arn},
        "PackedPolicySize": _packed(texts),
    }


def _packed(texts):
    return sum(len(t) for t in texts or []) * 100 // 4096


def _assume_role(state, params, key):
    arn, name = params.get("RoleArn", ""), params.get("RoleSessionName", "")
    if not 20 <= len(arn) <= 2048:
        raise _constraint(arn, "roleArn", "have length greater than or equal to 20")
    if not re.fullmatch(NAME_CHARS + "{2,64}", name, re.ASCII):
        raise _constraint(
            name,
            "roleSessionName",
            "satisfy regular expression pattern: [\\w+=,.@-]* with length 2 to 64",
        )
    seconds = _duration(params, 3600, 43200)
    texts = _session_policies(state, params)
    role = state.roles.get(arn)
    _check_may_assume(state, params, key, role, arn)
    chained = key.kind in ("role", "given")
    if chained and seconds > 3600:
        raise _invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    if seconds > role.max_session:
        raise _invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    session_arn = state.arn("sts", "assumed-role/%s/%s" % (role.name, name), role.account)
    session = state.issue(role.identity, session_arn, "%s:%s" % (role.role_id, name), "role", seconds)
    if texts is not None:
        state.limit(session, texts)
    result = {
        "Credentials": _credentials(state, session),
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session_arn},
        "PackedPolicySize": _packed(texts),
    }
    if "SourceIdentity" in params:
        result["SourceIdentity"] = params["SourceIdentity"]
    return result


def _check_may_assume(state, params, key, role, arn):
    """The caller's side and the role's trust; both failures look the same from outside."""
    denied = AwsError(
        403,
        "AccessDenied",
        "User: %s is not authorized to perform: sts:AssumeRole on resource: %s" % (key.arn, arn),
    )
    if key.kind == "root":
        raise AwsError(403, "AccessDenied", "Roles may not be assumed by root accounts.")
    if key.kind == "federated" or role is None:
        raise denied
    if not any(policy.matches(trusted, key.arn) for trusted in role.trusted):
        raise denied
    if role.external_id is not None and params.get("ExternalId") != role.external_id:
        raise denied
    state.require(key, "sts:AssumeRole", arn)


_OPERATIONS = {
    "GetCallerIdentity": _get_caller_identity,
    "GetSessionToken": _get_session_token,
    "GetFederationToken": _get_federation_token,
    "AssumeRole": _assume_role,
}
# What each kind of session may still ask of STS.
SESSION_OPERATIONS = {
    "session": {"AssumeRole", "GetCallerIdentity", "GetSessionToken", "GetFederationToken"},
    "federated": {"GetCallerIdentity"},
}


def check_session_may(operation, key):
    """Sessions of users and federated users are shut out of most of STS."""
    allowed = SESSION_OPERATIONS.get(key.kind)
    if allowed is not None and operation not in allowed:
        raise AwsError(
            403,
            "AccessDenied",
            "User: %s is not authorized to perform: sts:%s with these credentials" % (key.arn, operation),
        )
