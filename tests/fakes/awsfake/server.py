"""The HTTP side: keep-alive connections, misbehaviour on the wire, and the control interface."""

import _thread
import json
import queue
import socket
import ssl
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from . import eks
from .service import FakeCloud
from .wire import Request, json_response

_REASONS = {
    200: "OK",
    204: "No Content",
    206: "Partial Content",
    301: "Moved Permanently",
    307: "Temporary Redirect",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Server(ThreadingHTTPServer):
    # The default of 5 makes the sixth of many simultaneous clients wait for seconds.
    request_queue_size = 1024
    daemon_threads = True
    block_on_close = False

    def __init__(self, port=0, tls=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.cloud = FakeCloud()
        self.waiting = queue.SimpleQueue()
        self.idle = 0
        self.idle_lock = threading.Lock()
        self.tls = None
        self.connections = 0
        if tls is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*tls)

    @property
    def port(self):
        return self.server_address[1]

    def process_request(self, request, client_address):
        """Threads stay for the next connection: a herd must not wait for threads to be made."""
        with self.idle_lock:
            if self.idle > 0:
                self.idle -= 1
                self.waiting.put((request, client_address))
                return
        _thread.start_new_thread(self._work, (request, client_address))

    def _work(self, request, client_address):
        while True:
            self.process_request_thread(request, client_address)
            with self.idle_lock:
                self.idle += 1
            request, client_address = self.waiting.get()

    def finish_request(self, request, client_address):
        # In the connection's own thread, so that a slow handshake stops nobody else.
        if self.tls is not None:
            try:
                request = self.tls.wrap_socket(request, server_side=True)
            except (ssl.SSLError, OSError):
                return
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        """Clients that go away in the middle are part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120

    def setup(self):
        super().setup()
        self.server.connections += 1
        self.number = self.server.connections

    def log_message(self, format, *args):  # noqa: A002 (the base class names it so)
        pass

    def _serve(self):
        request = self._read()
        if request.raw_path.startswith(("/_fake/", "/fake/")):
            self._send(control(self.server, request))
            return
        response, step = self.server.cloud.answer(request, self.number)
        if response is None:
            self._misbehave(step)
        else:
            self._send(response, step)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _serve

    def _read(self):
        # Not self.path: the base class merges leading slashes, which S3 keys may have.
        target = self.requestline.split(" ")[1]
        headers = [
            (n, v.encode("latin-1", "replace").decode("utf-8", "surrogateescape"))
            for n, v in self.headers.items()
        ]
        if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
            body = self._read_chunked()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return Request(self.command, target, headers, body)

    def _read_chunked(self):
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def _misbehave(self, step):
        self.close_connection = True
        if step["kind"] == "hang":
            self.server.cloud.faults.wait(step.get("ms", 60000))
        if step["kind"] == "reset":
            # Linger of zero seconds: closing sends RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _send(self, response, step=None):
        kind = step["kind"] if step else None
        body = response.body
        if kind == "malformed":
            body = body[: len(body) // 2]
        length = response.content_length if response.content_length is not None else len(body)
        head = self._head(response, length)
        if self.command == "HEAD":
            body = b""
        if kind == "truncate":
            body = body[: len(body) // 2]
            self.close_connection = True
        if kind == "slow_body":
            self._send_slowly(head, body, step["ms"])
        else:
            self.wfile.write(head + body)  # one write: no waiting for acknowledgements in between

    def _head(self, response, length):
        now = self.server.cloud.state.now()
        lines = [
            "HTTP/1.1 %d %s" % (response.status, _REASONS.get(response.status, "Unknown")),
            "Server: fake",
            "Date: " + time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now)),
            "Content-Type: " + response.content_type,
            "Content-Length: %d" % length,
        ]
        lines += ["%s: %s" % item for item in response.headers.items()]
        if self.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")

    def _send_slowly(self, head, body, milliseconds):
        self.wfile.write(head)
        quarter = max(1, len(body) // 4)
        for start in range(0, len(body), quarter):
            self.server.cloud.faults.wait(milliseconds)
            self.wfile.write(body[start : start + quarter])


# -- control ---------------------------------------------------------------------------------


def control(server, request):
    name = request.raw_path.rsplit("/", 1)[-1]
    handler = _CONTROLS.get(name)
    if handler is None:
        return json_response({"error": "no such control: " + name}, 404)
    arguments = dict(parse_qsl(request.raw_query))
    try:
        if request.body:
            arguments.update(request.json())
        return json_response(handler(server, arguments))
    except (ValueError, KeyError, TypeError) as problem:
        return json_response({"error": "%s: %s" % (type(problem).__name__, problem)}, 400)


def _reset(server, arguments):
    server.cloud.reset()
    server.cloud.state.merge(arguments)
    return {}


def _state(server, arguments):
    server.cloud.state.merge(arguments)
    return {}


def _script(server, arguments):
    server.cloud.faults.add(arguments["scripts"])
    return {}


def _clear_scripts(server, _arguments):
    server.cloud.faults.clear()
    return {}


def _log(server, arguments):
    return {"entries": server.cloud.log.select(arguments.get("service"), arguments.get("operation"))}


def _clear_log(server, _arguments):
    server.cloud.log.clear()
    return {}


def _counts(server, _arguments):
    counts = server.cloud.log.counts()
    return {"counts": counts, "total": sum(counts.values()), "connections": server.connections}


def _expire_sessions(server, _arguments):
    server.cloud.state.expire_sessions()
    return {}


def _drop_sessions(server, _arguments):
    server.cloud.state.drop_sessions()
    return {}


def _session(server, arguments):
    key = server.cloud.state.keys.get(arguments["access_key_id"])
    if key is None:
        raise ValueError("no such key")
    return {
        "arn": key.arn,
        "kind": key.kind,
        "expires_at": key.expires_at,
        "session_policies": [json.loads(t) if isinstance(t, str) else t for t in key.session_policy_texts],
        "limited": key.session_policies is not None,
    }


def _objects(server, arguments):
    bucket = server.cloud.state.buckets[arguments["bucket"]]
    return {"objects": {n: len(o["body"]) for n, o in bucket["objects"].items()}}


def _check_eks_token(server, arguments):
    return eks.check_token(
        server.cloud.state,
        arguments["token"],
        arguments["cluster"],
        arguments.get("partition", "aws"),
        tuple(arguments.get("extra_hosts", ())),
    )


def _stop(server, _arguments):
    threading.Thread(target=server.shutdown, daemon=True).start()
    return {}


_CONTROLS = {
    "reset": _reset,
    "state": _state,
    "script": _script,
    "clear-scripts": _clear_scripts,
    "log": _log,
    "clear-log": _clear_log,
    "counts": _counts,
    "expire-sessions": _expire_sessions,
    "drop-sessions": _drop_sessions,
    "session": _session,
    "objects": _objects,
    "check-eks-token": _check_eks_token,
    "stop": _stop,
}
