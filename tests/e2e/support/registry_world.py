"""Debian's docker-registry on loopback with a password file, and images for it."""

import base64
import ctypes
import gzip
import hashlib
import io
import json
import os
import secrets
import socket
import subprocess
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def _bcrypt(password):
    """The only hash that docker-registry takes; glibc's libcrypt knows it."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    salt = "$2b$04$" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(21)) + "e"
    hashed = crypt(password.encode(), salt.encode())
    assert hashed and hashed.startswith(b"$2b$04$")
    return hashed.decode()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class DockerRegistry:
    """A process of its own; whoever enters it leaves nothing running."""

    def __init__(self, folder, user, password, auth=None, tls=None):
        self.folder = str(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.host = "127.0.0.1:%d" % _free_port()
        self.url = ("https://" if tls else "http://") + self.host
        htpasswd = os.path.join(self.folder, "htpasswd")
        with open(htpasswd, "w", encoding="ascii") as file:
            file.write("%s:%s\n" % (user, _bcrypt(password)))
        config = {
            "version": 0.1,
            "storage": {"filesystem": {"rootdirectory": os.path.join(self.folder, "data")}},
            "http": {"addr": self.host, "secret": "loopback"},
            "auth": auth or {"htpasswd": {"realm": "loopback", "path": htpasswd}},
        }
        if tls:
            config["http"]["tls"] = {"certificate": tls[0], "key": tls[1]}
        self.config = os.path.join(self.folder, "config.yml")
        with open(self.config, "w", encoding="ascii") as file:
            json.dump(config, file)  # JSON is YAML

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            ["docker-registry", "serve", self.config], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        self._wait()
        return self

    def _wait(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "docker-registry ended; see " + self.log.name
            try:
                socket.create_connection(self.host.split(":"), timeout=5).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("docker-registry does not answer")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()


def _b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenServer:
    """What a registry sends its clients to: signs tokens for whoever has the password."""

    SERVICE = "loopback registry"

    def __init__(self, certificate, user, password):
        self.certificate = certificate[0]
        with open(certificate[1], "rb") as file:
            self.key = serialization.load_pem_private_key(file.read(), None)
        with open(certificate[0], "rb") as file:
            parsed = x509.load_pem_x509_certificate(file.read())
        self.x5c = base64.b64encode(parsed.public_bytes(serialization.Encoding.DER)).decode()
        self.basic = "Basic " + base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
        self.user = user
        self.scopes = []  # that were asked for by somebody with the password
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.realm = "http://127.0.0.1:%d/token" % self.server.server_address[1]

    def auth(self):
        """The registry's configuration."""
        return {
            "token": {
                "realm": self.realm,
                "service": self.SERVICE,
                "issuer": "loopback",
                "rootcertbundle": self.certificate,
            }
        }

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def _handler(self):
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, document = issuer.answer(self.path, self.headers.get("Authorization", ""))
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, target, authorization):
        query = parse_qs(urlsplit(target).query)
        if query.get("service") != [self.SERVICE]:
            return 400, {"details": "another registry's"}
        if authorization != self.basic:
            return 401, {"details": "incorrect username or password"}
        self.scopes += query.get("scope", [])
        return 200, {"token": self._sign(query.get("scope", [])), "expires_in": 60}

    def _sign(self, scopes):
        now = int(time.time())
        access = []
        for scope in scopes:
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
        claims = {"iss": "loopback", "sub": self.user, "aud": self.SERVICE, "exp": now + 60, "nbf": now - 60}
        claims.update(iat=now, jti=secrets.token_hex(8), access=access)
        head = {"typ": "JWT", "alg": "ES256", "x5c": [self.x5c]}
        signed = _b64url(json.dumps(head).encode()) + "." + _b64url(json.dumps(claims).encode())
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return signed + "." + _b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


class Tunnel:
    """An HTTPS proxy that leads every name to one place: a registry under a name of the world's."""

    def __init__(self, host):
        self.to = host.split(":")
        self.asked = []  # "name:port" of each CONNECT
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            data = client.recv(65536)
            if not data:
                client.close()
                return
            head += data
        self.asked.append(head.split()[1].decode())
        server = socket.create_connection(self.to)
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        threading.Thread(target=_pump, args=(client, server), daemon=True).start()
        _pump(server, client)


def _pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def _blob(folder, data, media_type):
    digest = hashlib.sha256(data).hexdigest()
    with open(os.path.join(folder, "blobs", "sha256", digest), "wb") as file:
        file.write(data)
    return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data)}


def make_image(folder, text="hello"):
    """An OCI image layout with one file in it; returns what skopeo calls it."""
    folder = str(folder)
    os.makedirs(os.path.join(folder, "blobs", "sha256"))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        info = tarfile.TarInfo("hello.txt")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text.encode()))
    plain = packed.getvalue()
    layer = _blob(folder, gzip.compress(plain, mtime=0), "application/vnd.oci.image.layer.v1.tar+gzip")
    config = {
        "architecture": "amd64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(plain).hexdigest()]},
    }
    manifest = {
        "schemaVersion": 2,
        "config": _blob(folder, json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"),
        "layers": [layer],
    }
    entry = _blob(folder, json.dumps(manifest).encode(), "application/vnd.oci.image.manifest.v1+json")
    entry["annotations"] = {"org.opencontainers.image.ref.name": "1"}
    with open(os.path.join(folder, "index.json"), "w", encoding="ascii") as file:
        json.dump({"schemaVersion": 2, "manifests": [entry]}, file)
    with open(os.path.join(folder, "oci-layout"), "w", encoding="ascii") as file:
        json.dump({"imageLayoutVersion": "1.0.0"}, file)
    return "oci:%s:1" % folder
