"""A loopback container registry, with a token server on a port of its own; README.md describes it."""

import base64
import json
import secrets
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

DEFAULTS = {
    "auth": "bearer",  # open, basic, bearer; or the text of a WWW-Authenticate header
    "users": {},  # name: password
    "repositories": {},  # repository: names of the users that may pull it, "*" for anybody
    "open_ping": False,  # /v2/ itself asks for nothing
    "narrow_tokens": False,  # a token without a scope opens nothing, /v2/ neither
    "realm": None,  # instead of the token server's own address
    "refusal": 401,  # what the token server answers to a wrong password
    "refresh_tokens": {},  # token: user, exchanged by POST
    "packed": False,  # several challenges in one header
    "answers": [],  # (part of a path, status, headers): used up in order, before anything else
}


class Registry:
    """State and log of one registry; its servers are threads of this process."""

    def __init__(self, tls=None, client_ca=None):
        self.lock = threading.Lock()
        self.scheme = "https" if tls else "http"
        self.servers = [_Server(self, kind, tls, client_ca) for kind in ("registry", "token")]
        self.reset()

    def __enter__(self):
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def reset(self, **settings):
        unknown = set(settings) - set(DEFAULTS)
        assert not unknown, "no such setting: %s" % unknown
        with self.lock:
            self.settings = {**json.loads(json.dumps(DEFAULTS)), **settings}
            self.tokens = {}
            self.log = []

    def change(self, **settings):
        with self.lock:
            self.settings.update(settings)

    @property
    def host(self):
        return "127.0.0.1:%d" % self.servers[0].server_address[1]

    @property
    def url(self):
        return "%s://%s" % (self.scheme, self.host)

    @property
    def token_host(self):
        return "127.0.0.1:%d" % self.servers[1].server_address[1]

    def requests(self, kind=None):
        with self.lock:
            return [entry for entry in self.log if kind in (None, entry["server"])]

    # -- answers -----------------------------------------------------------------------------

    def answer(self, kind, method, target, headers, body=b"", certificate=False):
        """(status, headers, document) for one request, which is logged."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        authorization = headers.get("Authorization", "")
        with self.lock:
            self.log.append({"server": kind, "method": method, "path": path, "query": query})
            self.log[-1]["authorization"] = authorization.partition(" ")[0]
            self.log[-1]["certificate"] = certificate
            scripted = self._scripted(path)
            if scripted:
                return scripted
            if kind == "token" and method == "POST" and self.settings["refresh_tokens"]:
                return self._exchange(path, parse_qs(body.decode()))
            if method != "GET":
                return 405, [], _error("UNSUPPORTED", "not here")
            if kind == "token":
                return self._token(path, query, authorization)
            return self._registry(path, authorization)

    def _scripted(self, path):
        for number, (part, status, headers) in enumerate(self.settings["answers"]):
            if part in path:
                del self.settings["answers"][number]
                return status, list(headers), {}
        return None

    def _user(self, authorization):
        """Whose name and password these are; None for nobody's, "" when there are none."""
        kind, _, value = authorization.partition(" ")
        if kind != "Basic":
            return ""
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return None
        return name if self.settings["users"].get(name) == password and password else None

    def _token(self, path, query, authorization):
        user = self._user(authorization)
        if path != "/token":
            return 404, [], {"message": "no token server here"}
        if query.get("service") != ["fake-registry"] or query.get("client_id") != ["cleat"]:
            return 400, [], {"message": "service or client_id is missing"}
        if user and query.get("account") != [user]:
            return 400, [], {"message": "account is not the user"}
        if user is None:
            return self.settings["refusal"], [], {"details": "incorrect username or password"}
        token = "token." + secrets.token_urlsafe(24)
        scopes = [s for s in query.get("scope", []) if self._may_pull(user, s.split(":")[1])]
        self.tokens[token] = {"user": user, "scopes": scopes}
        return 200, [], {"token": token, "expires_in": 300}

    def _exchange(self, path, form):
        if path != "/token" or form.get("grant_type") != ["refresh_token"] or form.get("client_id") != ["cleat"]:
            return 400, [], {"error": "invalid_request"}
        user = self.settings["refresh_tokens"].get(form.get("refresh_token", [""])[0])
        if user is None:
            return 401, [], {"error": "invalid_grant"}
        token = "token." + secrets.token_urlsafe(24)
        scopes = [s for s in form.get("scope", []) if self._may_pull(user, s.split(":")[1])]
        self.tokens[token] = {"user": user, "scopes": scopes}
        return 200, [], {"access_token": token, "expires_in": 300}

    def _may_pull(self, user, repository):
        readers = self.settings["repositories"].get(repository, [])
        return "*" in readers or user in readers

    def _challenge(self):
        auth = self.settings["auth"]
        realm = self.settings["realm"] or "%s://%s/token" % (self.scheme, self.token_host)
        bearer = 'Bearer realm="%s",service="fake-registry",scope="repository:user/image:pull"' % realm
        if auth == "bearer" and self.settings["packed"]:
            return 'Negotiate YWJj, Basic realm="a, b", ' + bearer
        named = {"bearer": bearer, "basic": 'Basic realm="Registry Realm"'}
        return named.get(auth, auth)

    def _identify(self, authorization):
        """The token or user that a request to the registry comes from; None: it is turned away."""
        if self.settings["auth"] == "bearer":
            return self.tokens.get(authorization.removeprefix("Bearer "))
        user = self._user(authorization)
        return {"user": user, "scopes": None} if user else None

    def _registry(self, path, authorization):
        if not path.startswith("/v2/"):
            return 404, [], {}
        caller = self._identify(authorization)
        repository = path[len("/v2/") :].removesuffix("/tags/list")
        is_open = self.settings["auth"] == "open" or (self.settings["open_ping"] and not repository)
        if is_open:
            return 200, [], {}
        refused = (401, [("WWW-Authenticate", self._challenge())], _error("UNAUTHORIZED", "authentication required"))
        if caller is None:
            return refused
        if not repository:
            return refused if self.settings["narrow_tokens"] and not caller["scopes"] else (200, [], {})
        return self._repository(repository, caller)

    def _repository(self, repository, caller):
        if caller["scopes"] is None:
            allowed = self._may_pull(caller["user"], repository)
        else:
            allowed = any(s.split(":")[1] == repository for s in caller["scopes"])
        if not allowed:
            return 403, [], _error("DENIED", "requested access to the resource is denied")
        return 200, [], {"name": repository, "tags": ["latest"]}


def _error(code, message):
    return {"errors": [{"code": code, "message": message, "detail": None}]}


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True
    block_on_close = False

    def __init__(self, registry, kind, tls, client_ca):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.registry = registry
        self.kind = kind
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            if client_ca:
                context.verify_mode = ssl.CERT_REQUIRED if kind == "registry" else ssl.CERT_OPTIONAL
                context.load_verify_locations(client_ca)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request, client_address):
        """A client that does not trust the certificate hangs up: no reason to print anything."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _shows_certificate(self):
        return isinstance(self.connection, ssl.SSLSocket) and bool(self.connection.getpeercert())

    def _serve(self):
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, document = self.server.registry.answer(
            self.server.kind, self.command, self.path, self.headers, sent, self._shows_certificate()
        )
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_HEAD = _serve

    def log_message(self, *_):
        pass
