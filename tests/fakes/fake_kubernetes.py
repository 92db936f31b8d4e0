"""A loopback Kubernetes API over TLS, as threads of the test; README.md describes it."""

import base64
import json
import os
import secrets
import socket
import ssl
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from authority import Authority

ANONYMOUS = "system:anonymous"
AUTHENTICATED = "system:authenticated"

DEFAULTS = {
    "tokens": {},  # token: user name, or {"user", "groups", "expires_at"}
    "basic": None,  # name: password, as a front proxy checks them; None: Basic is not looked at
    "anonymous": True,  # requests without a credential are system:anonymous; else they get 401
    "hardened": False,  # /version is not for everybody either
    "anonymous_rights": False,  # somebody has granted the anonymous user everything
    "reviews": ["v1"],  # versions of selfsubjectreviews; [] where there is none
    "access_reviews": True,
    "namespaces": ["default", "kube-system"],
    "service_accounts": ["default/default"],  # namespace/name
    "rights": [["*", "list", "namespaces", "*"]],  # user, verb, resource, namespace; * for any
    "impersonators": [],  # users that may act as others
    "token_seconds": None,  # life of every issued token, whatever was asked for
    "max_token_seconds": None,
    "marker": "cAnArYbIrD",  # every token made here contains it
    "prefix": "",  # path below which the API is served
    "version": "v1.31.4",
    "token_check": None,  # function: token -> user name or None, for tokens of somebody else
    "answers": [],  # (part of a path, status, headers, body): used up in order, before anything else
}


class Refused(Exception):
    """Ends a request with a Status."""

    def __init__(self, code, reason, message, details=None, headers=()):
        super().__init__(message)
        self.code = code
        self.headers = list(headers)
        self.document = {
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "details": details or {}, "code": code,
        }  # fmt: skip


class Cluster:
    """State and log of one API server. `names` are what its certificate is for."""

    def __init__(self, names=("127.0.0.1", "localhost"), days=5):
        self.lock = threading.RLock()
        self.authority = Authority()
        self.stranger = Authority("somebody else")  # in the handshake accepted, as Kubernetes does
        self.folder = tempfile.TemporaryDirectory(prefix="fake-kubernetes-")
        pair = self.authority.server(*names, days=days).files(self.folder.name, "server")
        known = os.path.join(self.folder.name, "known.crt")
        with open(known, "w", encoding="ascii") as file:
            file.write(self.authority.certificate + self.stranger.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        context.load_verify_locations(known)
        context.verify_mode = ssl.CERT_OPTIONAL
        self.context = context
        self.server = _Server(self, context)
        self.reset()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    # -- controls ----------------------------------------------------------------------------

    def reset(self, **settings):
        with self.lock:
            self.settings = {k: v.copy() if isinstance(v, (dict, list)) else v for k, v in DEFAULTS.items()}
            self.context.verify_mode = ssl.CERT_OPTIONAL
            self.issued = {}
            self.secrets = {}
            self.log = []
            self.skew = 0
            self.change(**settings)

    def change(self, **settings):
        unknown = set(settings) - set(DEFAULTS)
        assert not unknown, "no such setting: %s" % unknown
        with self.lock:
            self.settings.update(settings)

    def require_certificate(self):
        """Handshakes without a client certificate fail, as behind some front proxies."""
        self.context.verify_mode = ssl.CERT_REQUIRED

    def advance(self, seconds):
        """Moves the server's clock, for tokens to end."""
        with self.lock:
            self.skew += seconds

    def now(self):
        return time.time() + self.skew

    @property
    def host(self):
        return "127.0.0.1:%d" % self.server.server_address[1]

    @property
    def url(self):
        return "https://" + self.host + self.settings["prefix"]

    @property
    def ca(self):
        return self.authority.certificate

    @property
    def ca_data(self):
        return base64.b64encode(self.ca.encode()).decode()

    def requests(self, path=None):
        with self.lock:
            return [entry for entry in self.log if path is None or path in entry["path"]]

    def whose(self, token):
        """The user that a token belongs to now; None when it is not or no longer good."""
        with self.lock:
            user = self._token_user(token)
            return user["user"] if user else None

    # -- who asks ----------------------------------------------------------------------------

    def _issued_user(self, token):
        found = self.issued.get(token)
        if found is None or found["expires_at"] <= self.now():
            return None
        if found["secret"] and self.secrets.get(found["secret"][0]) != found["secret"][1]:
            return None  # the object that it was bound to is gone
        if found["user"].removeprefix("system:serviceaccount:").replace(":", "/") not in self.settings["service_accounts"]:
            return None
        return found

    def _token_user(self, token):
        found = self.settings["tokens"].get(token)
        if found is None:
            issued = self._issued_user(token)
            if issued:
                namespace = issued["user"].split(":")[2]
                groups = ["system:serviceaccounts", "system:serviceaccounts:" + namespace, AUTHENTICATED]
                return {"user": issued["user"], "groups": groups}
            checked = self.settings["token_check"] and self.settings["token_check"](token)
            return {"user": checked, "groups": [AUTHENTICATED]} if checked else None
        if isinstance(found, str):
            found = {"user": found}
        if found.get("expires_at") and found["expires_at"] <= self.now():
            return None
        return {"user": found["user"], "groups": found.get("groups", []) + [AUTHENTICATED]}

    def _certificate_user(self, certificate):
        subject = [pair for part in certificate["subject"] for pair in part]
        issuer = dict(pair for part in certificate["issuer"] for pair in part)
        if issuer["commonName"] != "kubernetes":
            return None
        groups = [value for key, value in subject if key == "organizationName"]
        return {"user": dict(subject)["commonName"], "groups": groups + [AUTHENTICATED]}

    def _basic_user(self, value):
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return None
        known = self.settings["basic"]
        return {"user": name, "groups": [AUTHENTICATED]} if password and known.get(name) == password else None

    def _identify(self, headers, certificate):
        kind, _, value = headers.get("Authorization", "").partition(" ")
        unauthorized = Refused(401, "Unauthorized", "Unauthorized")
        user = None
        if certificate:
            user = self._certificate_user(certificate)
            if user is None and kind != "Bearer":
                raise unauthorized
        if user is None and kind == "Bearer":
            user = self._token_user(value)
            if user is None:
                raise unauthorized
        if user is None and kind == "Basic" and self.settings["basic"] is not None:
            user = self._basic_user(value)
            if user is None:
                raise unauthorized
        if user is None:
            if not self.settings["anonymous"]:
                raise unauthorized
            user = {"user": ANONYMOUS, "groups": ["system:unauthenticated"]}
        return self._impersonate(user, headers)

    def _impersonate(self, user, headers):
        other = headers.get("Impersonate-User")
        groups = headers.get_all("Impersonate-Group") or []
        if other is None and not groups:
            return user
        if other is None:
            raise Refused(400, "BadRequest", "requested groups without impersonating a user")
        if user["user"] not in self.settings["impersonators"]:
            raise self._forbidden(user, "impersonate", "users", "", other)
        return {"user": other, "groups": groups + [AUTHENTICATED]}

    # -- what they may -----------------------------------------------------------------------

    def _forbidden(self, user, verb, resource, namespace, name=""):
        where = ' in the namespace "%s"' % namespace if namespace else " at the cluster scope"
        text = '%s %sis forbidden: User "%s" cannot %s resource "%s" in API group ""%s' % (
            resource, '"%s" ' % name if name else "", user["user"], verb, resource, where)  # fmt: skip
        return Refused(403, "Forbidden", text, {"name": name, "kind": resource})

    def _may(self, user, verb, resource, namespace):
        if user["user"] == ANONYMOUS:
            return self.settings["anonymous_rights"]
        return any(
            all(rule in ("*", value) for rule, value in zip(right, (user["user"], verb, resource, namespace or "")))
            for right in self.settings["rights"]
        )

    def _demand(self, user, verb, resource, namespace="", name=""):
        if not self._may(user, verb, resource, namespace):
            raise self._forbidden(user, verb, resource, namespace, name)

    # -- answers -----------------------------------------------------------------------------

    def answer(self, method, target, headers, body, certificate):
        """(status, headers, body) for one request, which is logged at arrival."""
        path = urlsplit(target).path
        entry = {
            "method": method, "path": path, "user": None, "agent": headers.get("User-Agent", ""),
            "authorization": headers.get("Authorization", "").partition(" ")[0], "certificate": bool(certificate),
        }  # fmt: skip
        with self.lock:
            self.log.append(entry)
            for number, (part, status, more, text) in enumerate(self.settings["answers"]):
                if part in path:
                    del self.settings["answers"][number]
                    return status, list(more), text.encode()
            try:
                if not path.startswith(self.settings["prefix"]):
                    raise Refused(404, "NotFound", "the server could not find the requested resource")
                user = self._identify(headers, certificate)
                entry["user"] = user["user"]
                status, more, document = self._route(method, path[len(self.settings["prefix"]) :], user, body)
            except Refused as refused:
                status, more, document = refused.code, refused.headers, refused.document
            return status, [*more, ("Content-Type", "application/json")], json.dumps(document).encode()

    def _route(self, method, path, user, body):
        parts = path.strip("/").split("/")
        document = json.loads(body) if body else {}
        if (method, parts) == ("GET", ["version"]):
            return self._version(user)
        if parts[:2] == ["apis", "authentication.k8s.io"] and parts[3:] == ["selfsubjectreviews"]:
            return self._review(method, parts[2], user, document)
        if parts == ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"]:
            return self._access_review(method, user, document)
        if (method, parts) == ("GET", ["api", "v1", "namespaces"]):
            return self._namespaces(user)
        if (method, parts) == ("GET", ["api"]) or (method, parts) == ("GET", ["apis"]):
            return self._discovery(parts[0])
        if (method, parts) == ("GET", ["api", "v1"]):
            return 200, [], {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
                {"name": "namespaces", "singularName": "", "namespaced": False, "kind": "Namespace",
                 "verbs": ["get", "list"], "shortNames": ["ns"]}]}  # fmt: skip
        if parts[:3] == ["api", "v1", "namespaces"] and parts[4:5] == ["serviceaccounts"] and parts[6:] == ["token"]:
            return self._token_request(method, parts[3], parts[5], user, document)
        if parts[:3] == ["api", "v1", "namespaces"] and parts[4:5] == ["secrets"] and len(parts) <= 6:
            return self._secret(method, parts[3], parts[5] if len(parts) == 6 else None, user, document)
        raise Refused(404, "NotFound", "the server could not find the requested resource")

    def _discovery(self, kind):
        if kind == "api":
            return 200, [], {"kind": "APIVersions", "versions": ["v1"]}
        return 200, [], {"kind": "APIGroupList", "apiVersion": "v1", "groups": []}

    def _version(self, user):
        if self.settings["hardened"] and user["user"] == ANONYMOUS:
            raise Refused(403, "Forbidden", 'forbidden: User "%s" cannot get path "/version"' % ANONYMOUS)
        version = self.settings["version"]
        major, minor = version.removeprefix("v").split(".")[:2]
        return 200, [], {"major": major, "minor": minor, "gitVersion": version, "gitCommit": "0" * 40,
                         "gitTreeState": "clean", "buildDate": "2026-01-02T03:04:05Z", "goVersion": "go1.23",
                         "compiler": "gc", "platform": "linux/amd64"}  # fmt: skip

    def _review(self, method, version, user, document):
        kind, group = "SelfSubjectReview", "authentication.k8s.io/" + version
        if version not in self.settings["reviews"]:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        if user["user"] == ANONYMOUS and not self.settings["anonymous_rights"]:
            raise self._forbidden(user, "create", "selfsubjectreviews", "")
        if method != "POST" or document.get("kind") != kind or document.get("apiVersion") != group:
            raise Refused(400, "BadRequest", "not a %s" % kind)
        info = {"username": user["user"], "groups": user["groups"]}
        return 201, [], {"kind": kind, "apiVersion": group, "metadata": {}, "status": {"userInfo": info}}

    def _access_review(self, method, user, document):
        kind, group = "SelfSubjectAccessReview", "authorization.k8s.io/v1"
        attributes = document.get("spec", {}).get("resourceAttributes")
        if not self.settings["access_reviews"]:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        if user["user"] == ANONYMOUS and not self.settings["anonymous_rights"]:
            raise self._forbidden(user, "create", "selfsubjectaccessreviews", "")
        if method != "POST" or document.get("kind") != kind or document.get("apiVersion") != group or not attributes:
            raise Refused(400, "BadRequest", "not a %s" % kind)
        part = attributes.get("subresource")
        resource = attributes["resource"] + ("/" + part if part else "")
        allowed = self._may(user, attributes["verb"], resource, attributes.get("namespace"))
        return 201, [], {"kind": kind, "apiVersion": group, "spec": document["spec"], "status": {"allowed": allowed}}

    def _namespaces(self, user):
        self._demand(user, "list", "namespaces")
        items = [
            {"metadata": {"name": name, "uid": "ns-" + name, "creationTimestamp": "2026-01-02T03:04:05Z"},
             "spec": {}, "status": {"phase": "Active"}}
            for name in self.settings["namespaces"]
        ]  # fmt: skip
        return 200, [], {"kind": "NamespaceList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"},
                         "items": items}  # fmt: skip

    # -- tokens ------------------------------------------------------------------------------

    def _bound_secret(self, namespace, reference):
        if reference is None:
            return None
        if reference.get("kind") != "Secret" or reference.get("apiVersion") != "v1":
            raise Refused(422, "Invalid", "unsupported boundObjectRef")
        key = (namespace, reference.get("name"))
        if key not in self.secrets:
            raise Refused(404, "NotFound", 'secrets "%s" not found' % reference.get("name"), {"kind": "secrets"})
        if reference.get("uid") not in (None, self.secrets[key]):
            raise Refused(409, "Conflict", "the UID in the bound object reference does not match the UID in record")
        return key, self.secrets[key]

    def _life(self, wanted):
        """(seconds, headers)"""
        if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted > 2**32:
            raise Refused(422, "Invalid", "spec.expirationSeconds: Invalid value")
        if wanted < 600:
            raise Refused(422, "Invalid", "spec.expirationSeconds: Invalid value: %d: may not specify a duration less "
                          "than 10 minutes" % wanted)  # fmt: skip
        if self.settings["token_seconds"]:
            return self.settings["token_seconds"], []
        most = self.settings["max_token_seconds"]
        if most and wanted > most:
            text = '299 - "requested expiration of %d seconds shortened to %d seconds"' % (wanted, most)
            return most, [("Warning", text)]
        return wanted, []

    def _token_request(self, method, namespace, name, user, document):
        self._demand(user, "create", "serviceaccounts/token", namespace, name)
        if (method, document.get("kind"), document.get("apiVersion")) != (
            "POST", "TokenRequest", "authentication.k8s.io/v1"):  # fmt: skip
            raise Refused(400, "BadRequest", "not a TokenRequest")
        if "%s/%s" % (namespace, name) not in self.settings["service_accounts"]:
            raise Refused(404, "NotFound", 'serviceaccounts "%s" not found' % name,
                          {"name": name, "kind": "serviceaccounts"})  # fmt: skip
        spec = document.get("spec", {})
        bound = self._bound_secret(namespace, spec.get("boundObjectRef"))
        seconds, headers = self._life(spec.get("expirationSeconds", 3600))
        audiences = spec.get("audiences") or ["https://kubernetes.default.svc"]
        subject = "system:serviceaccount:%s:%s" % (namespace, name)
        now = int(self.now())
        token = self._jwt({"iss": "https://kubernetes.default.svc", "sub": subject, "aud": audiences,
                           "iat": now, "nbf": now, "exp": now + seconds})  # fmt: skip
        if spec.get("audiences") in (None, [], ["https://kubernetes.default.svc"]):
            self.issued[token] = {"user": subject, "expires_at": now + seconds, "secret": bound}
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + seconds))
        effective = {**spec, "audiences": audiences, "expirationSeconds": seconds}
        return 201, headers, {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": {},
                              "spec": effective, "status": {"token": token, "expirationTimestamp": at}}  # fmt: skip

    def _jwt(self, claims):
        def part(data):
            return base64.urlsafe_b64encode(data).decode().rstrip("=")

        head = part(json.dumps({"alg": "RS256", "kid": "fake"}).encode())
        return ".".join((head, part(json.dumps(claims).encode()),
                         self.settings["marker"] + secrets.token_urlsafe(32)))  # fmt: skip

    def _secret(self, method, namespace, name, user, document):
        verbs = {"POST": "create", "DELETE": "delete", "GET": "get"}
        if method not in verbs or (method == "POST") != (name is None):
            raise Refused(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
        name = name or document.get("metadata", {}).get("name")
        self._demand(user, verbs[method], "secrets", namespace, name)
        key = (namespace, name)
        described = {"kind": "Secret", "apiVersion": "v1", "type": "Opaque"}
        if method == "POST":
            if key in self.secrets:
                raise Refused(409, "AlreadyExists", 'secrets "%s" already exists' % name, {"kind": "secrets"})
            self.secrets[key] = "uid-" + secrets.token_hex(8)
            return 201, [], {**described, "metadata": {"name": name, "namespace": namespace, "uid": self.secrets[key]}}
        if key not in self.secrets:
            raise Refused(404, "NotFound", 'secrets "%s" not found' % name, {"name": name, "kind": "secrets"})
        if method == "GET":
            return 200, [], {**described, "metadata": {"name": name, "namespace": namespace, "uid": self.secrets[key]}}
        del self.secrets[key]
        return 200, [], {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True
    block_on_close = False

    def __init__(self, cluster, context):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.cluster = cluster
        # The handshake is the handler's, so that a client that dawdles holds up nobody else.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request, client_address):
        """A client that does not trust the certificate hangs up: no reason to print anything."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def setup(self):
        self.request.settimeout(30)
        try:
            self.request.do_handshake()
        except ssl.SSLError:
            # What the client has sent meanwhile is read, lest a reset overtake the alert.
            self.request.shutdown(socket.SHUT_WR)
            while self.request.recv(4096):
                pass
            raise
        super().setup()

    def _serve(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size) if size else b""
        certificate = self.connection.getpeercert()
        status, headers, body = self.server.cluster.answer(self.command, self.path, self.headers, body, certificate)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _serve

    def log_message(self, *_):
        pass
