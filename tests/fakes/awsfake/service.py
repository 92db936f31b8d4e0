"""From a request to a response: routing, authentication, scripts, permission, log."""

import re
import secrets
import threading
import time

from . import ecr, eks, errors, s3, sigv4, sts
from .errors import AwsError
from .faults import Faults
from .sigv4 import SignatureProblem
from .state import State
from .wire import Response

_MODULES = {"sts": sts, "s3": s3, "eks": eks, "ecr": ecr}
# Steps that replace the answer altogether.
_REPLACING = frozenset(("error", "raw", "html", "wrong_region", "hang", "reset", "close"))


def _scope_service(request):
    authorization = request.header("authorization") or ""
    match = re.search(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/aws4_request", authorization)
    if match is None:
        credential = request.query.get("X-Amz-Credential", "")
        match = re.fullmatch(r".+/\d+/[^/]+/([a-z0-9-]+)/aws4_request", credential)
    return match.group(1) if match else None


def route(request):
    """The service meant: by credential scope, else by what only one service looks like."""
    service = _scope_service(request)
    if service in _MODULES:
        return service
    if (request.header("x-amz-target") or "").startswith(ecr.TARGET):
        return "ecr"
    if request.service_path.startswith("/clusters"):
        return "eks"
    if "Action" in request.query or b"Action=" in request.body[:4096]:
        return "sts"
    return "s3"


class Log:
    """One entry per request, in the order of arrival."""

    def __init__(self):
        self.lock = threading.Lock()
        self.entries = []

    def open(self, **fields):
        with self.lock:
            entry = dict(fields, seq=len(self.entries) + 1)
            self.entries.append(entry)
        return entry

    def clear(self):
        with self.lock:
            self.entries = []

    def select(self, service=None, operation=None):
        with self.lock:
            return [
                dict(e)
                for e in self.entries
                if service in (None, e["service"]) and operation in (None, e["operation"])
            ]

    def counts(self):
        result = {}
        with self.lock:
            for entry in self.entries:
                name = "%s:%s" % (entry["service"], entry["operation"])
                result[name] = result.get(name, 0) + 1
        return result


class FakeCloud:
    def __init__(self):
        self.state = State()
        self.faults = Faults()
        self.log = Log()

    def reset(self):
        self.faults.clear()
        self.log.clear()
        self.state.clear()

    def answer(self, request, connection):
        """(response or None, step that the transport still has to act upon or None)"""
        self._strip_prefix(request)
        service = route(request)
        if (request.header("x-amz-content-sha256") or "").startswith("STREAMING-"):
            request.body = s3.decode_chunked(request.wire_body)
        module = _MODULES[service]
        operation, resource, params = module.identify(request)
        entry = self._log_entry(request, service, operation, resource, params, connection)
        request_id = secrets.token_hex(8).upper()
        if self.state.settings["shared_latency_ms"]:
            self.faults.wait(self.state.settings["shared_latency_ms"])
        key, claim, problem = self._authenticate(request, service, entry)
        step = self.faults.take(service, operation, entry["access_key_id"], resource)
        if step is not None and step["kind"] == "delay":
            self.faults.wait(step["ms"])
        if step is not None and step["kind"] in _REPLACING:
            response = self._scripted(service, step, request, resource, request_id)
        else:
            response = self._perform(
                module, service, request, operation, params, key, claim, problem, request_id, entry
            )
        entry["status"] = response.status if response else None
        entry["fault"] = step["kind"] if step else None
        return response, step

    def _strip_prefix(self, request):
        for prefix in self.state.settings["endpoint_prefixes"]:
            if request.raw_path == prefix or request.raw_path.startswith(prefix + "/"):
                request.service_path = request.raw_path[len(prefix) :] or "/"

    def _log_entry(self, request, service, operation, resource, params, connection):
        return self.log.open(
            time=time.time(),
            connection=connection,
            service=service,
            operation=operation,
            resource=resource,
            params=params,
            method=request.method,
            path=request.raw_path,
            query=request.raw_query,
            host=request.header("host"),
            user_agent=request.header("user-agent"),
            content_type=request.header("content-type"),
            access_key_id=None,
            region=None,
            principal=None,
            signed_headers=None,
            presigned=False,
            with_token=False,
            signature_ok=False,
            auth_problem=None,
            error=None,
            status=None,
            fault=None,
        )

    def _authenticate(self, request, service, entry):
        """(key, claim, None) of a proven signer, or (None, None, the problem)."""
        try:
            claim = sigv4.read_claim(request)
            entry.update(
                access_key_id=claim.access_key_id,
                region=claim.region,
                presigned=claim.presigned,
                with_token=claim.token is not None,
                signed_headers=claim.signed_headers,
            )
            key = self._find_key(claim, service)
            sigv4.check(request, claim, key.secret, self.state.now())
        except SignatureProblem as problem:
            entry["auth_problem"] = problem.kind
            return None, None, problem
        entry["signature_ok"] = True
        entry["principal"] = key.arn
        return key, claim, None

    def _find_key(self, claim, service):
        if claim.service != service:
            raise SignatureProblem(
                "mismatch", "Credential should be scoped to correct service: '%s'." % service
            )
        key = self.state.keys.get(claim.access_key_id)
        if key is None or not key.active or (key.token is not None and claim.token is None):
            raise SignatureProblem("unknown_key", _UNKNOWN_KEY.get(service, _UNKNOWN_TOKEN))
        if key.token != claim.token:
            raise SignatureProblem("bad_token", _UNKNOWN_TOKEN)
        if key.expired(self.state.now()):
            raise SignatureProblem("expired_token", "The security token included in the request is expired")
        return key

    def _perform(self, module, service, request, operation, params, key, claim, problem, request_id, entry):
        try:
            if problem is not None:
                raise self._auth_error(service, problem, entry)
            if not operation:
                raise AwsError(400, "InvalidAction", "Could not find that operation")
            if service == "sts":
                sts.check_session_may(operation, key)
                return sts.perform(self.state, request, operation, params, key, request_id)
            return module.perform(self.state, request, operation, params, key, request_id, claim.region)
        except AwsError as error:
            if error.code == "AccessDenied" and service in ("eks", "ecr"):
                error.code = "AccessDeniedException"
                error.status = 403 if service == "eks" else 400
            entry["error"] = error.code
            return errors.render(service, error, request_id, request.method)

    def _auth_error(self, service, problem, entry):
        error = errors.from_signature_problem(service, problem)
        if service == "s3" and entry["access_key_id"] and problem.kind in ("mismatch", "unknown_key"):
            # The real service echoes the key id here too; a client must not pass that on.
            error.extra["AWSAccessKeyId"] = entry["access_key_id"]
        if error.code == "RequestTimeTooSkewed":
            error.message = "The difference between the request time and the current time is too large."
            error.extra["ServerTime"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.state.now()))
        return error

    def _scripted(self, service, step, request, resource, request_id):
        kind = step["kind"]
        if kind == "error":
            error = AwsError(
                step.get("status", 400),
                step["code"],
                step.get("message", "scripted"),
                step.get("headers"),
            )
            return errors.render(service, error, request_id, request.method)
        if kind == "raw":
            return Response(
                step.get("status", 200),
                step.get("content_type", "text/xml"),
                step.get("body", ""),
                step.get("headers"),
            )
        if kind == "html":
            return Response(
                step.get("status", 500),
                "text/html",
                "<!DOCTYPE html><html><body><h1>Oops</h1><br></body></html>",
            )
        if kind == "wrong_region":
            return self._wrong_region(step, request, resource, request_id)
        return None  # nothing is answered at all

    @staticmethod
    def _wrong_region(step, request, bucket, request_id):
        """One of the ways in which S3 says that a bucket lives elsewhere."""
        region, signal = step["region"], step["signal"]
        shapes = {
            "301": (
                301,
                "PermanentRedirect",
                {"x-amz-bucket-region": region},
                {"Endpoint": "%s.s3.%s.amazonaws.com" % (bucket, region)},
            ),
            "307": (
                307,
                "TemporaryRedirect",
                {"x-amz-bucket-region": region},
                {"Endpoint": "%s.s3.%s.amazonaws.com" % (bucket, region)},
            ),
            "400": (400, "AuthorizationHeaderMalformed", {}, {"Region": region}),
            "head-301": (301, "PermanentRedirect", {"x-amz-bucket-region": region}, {}),
            "head-400": (400, "BadRequest", {"x-amz-bucket-region": region}, {}),
            "none": (301, "PermanentRedirect", {}, {}),
        }
        status, code, headers, extra = shapes[signal]
        error = AwsError(status, code, "The bucket is in this region: %s." % region, headers, extra)
        return errors.render("s3", error, request_id, request.method)


_UNKNOWN_TOKEN = "The security token included in the request is invalid."
_UNKNOWN_KEY = {"s3": "The AWS Access Key Id you provided does not exist in our records."}
