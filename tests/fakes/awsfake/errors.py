"""Errors as each service spells them."""

import json
from xml.sax.saxutils import escape

from .wire import Response


class AwsError(Exception):
    def __init__(self, status, code, message, headers=None, extra=None):
        super().__init__(code + ": " + message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.extra = extra or {}


# kind of SignatureProblem -> service -> (status, code); "json" stands for EKS and ECR, where ECR
# answers 400 to everything.
_AUTH = {
    "missing": {
        "sts": (403, "MissingAuthenticationToken"),
        "s3": (403, "AccessDenied"),
        "json": (403, "MissingAuthenticationTokenException"),
    },
    "malformed": {
        "sts": (400, "IncompleteSignature"),
        "s3": (400, "AuthorizationHeaderMalformed"),
        "json": (403, "IncompleteSignatureException"),
    },
    "unknown_key": {
        "sts": (403, "InvalidClientTokenId"),
        "s3": (403, "InvalidAccessKeyId"),
        "json": (403, "UnrecognizedClientException"),
    },
    "bad_token": {
        "sts": (403, "InvalidClientTokenId"),
        "s3": (400, "InvalidToken"),
        "json": (403, "UnrecognizedClientException"),
    },
    "expired_token": {
        "sts": (403, "ExpiredToken"),
        "s3": (400, "ExpiredToken"),
        "json": (403, "ExpiredTokenException"),
    },
    "mismatch": {
        "sts": (403, "SignatureDoesNotMatch"),
        "s3": (403, "SignatureDoesNotMatch"),
        "json": (403, "InvalidSignatureException"),
    },
    "skew": {
        "sts": (403, "SignatureDoesNotMatch"),
        "s3": (403, "RequestTimeTooSkewed"),
        "json": (403, "InvalidSignatureException"),
    },
    "presign_expired": {
        "sts": (403, "SignatureDoesNotMatch"),
        "s3": (403, "AccessDenied"),
        "json": (403, "InvalidSignatureException"),
    },
    "payload": {
        "sts": (403, "SignatureDoesNotMatch"),
        "s3": (400, "XAmzContentSHA256Mismatch"),
        "json": (403, "InvalidSignatureException"),
    },
}


def from_signature_problem(service, problem):
    table = _AUTH[problem.kind]
    status, code = table.get(service) or table["json"]
    if service == "ecr":
        status = 400
    return AwsError(status, code, problem.message, extra={"auth": problem.kind})


def render(service, error, request_id, method="POST"):
    """The reply a client of `service` gets for an AwsError."""
    if service == "sts":
        body = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n'
            "    <Type>%s</Type>\n    <Code>%s</Code>\n    <Message>%s</Message>\n  </Error>\n"
            "  <RequestId>%s</RequestId>\n</ErrorResponse>\n"
            % (
                "Receiver" if error.status >= 500 else "Sender",
                escape(error.code),
                escape(error.message),
                request_id,
            )
        )
        return Response(error.status, "text/xml", body, {"x-amzn-RequestId": request_id, **error.headers})
    if service == "s3":
        return _render_s3(error, request_id, method)
    headers = {"x-amzn-RequestId": request_id, **error.headers}
    if service == "eks":
        headers["x-amzn-ErrorType"] = error.code
        return Response(error.status, "application/json", json.dumps({"message": error.message}), headers)
    body = json.dumps({"__type": error.code, "message": error.message})
    return Response(error.status, "application/x-amz-json-1.1", body, headers)


def _render_s3(error, request_id, method):
    headers = {"x-amz-request-id": request_id, "x-amz-id-2": "host-" + request_id, **error.headers}
    if method == "HEAD":
        return Response(error.status, "application/xml", "", headers)
    extra = "".join(
        "<%s>%s</%s>" % (name, escape(str(value)), name)
        for name, value in error.extra.items()
        if name[0].isupper()
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>%s</Message>%s'
        "<RequestId>%s</RequestId><HostId>host-%s</HostId></Error>"
        % (escape(error.code), escape(error.message), extra, request_id, request_id)
    )
    return Response(error.status, "application/xml", body, headers)
