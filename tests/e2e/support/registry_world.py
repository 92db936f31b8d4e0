"""Debian's docker-registry on loopback with a password file, and images for it."""

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
import time
import urllib.error
import urllib.request


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

    def __init__(self, folder, user, password, challenge=None):
        self.folder = str(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.host = "127.0.0.1:%d" % _free_port()
        self.url = "http://" + self.host
        htpasswd = os.path.join(self.folder, "htpasswd")
        with open(htpasswd, "w", encoding="ascii") as file:
            file.write("%s:%s\n" % (user, _bcrypt(password)))
        config = {
            "version": 0.1,
            "storage": {"filesystem": {"rootdirectory": os.path.join(self.folder, "data")}},
            "http": {"addr": self.host, "secret": "loopback"},
            "auth": challenge or {"htpasswd": {"realm": "loopback", "path": htpasswd}},
        }
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
                urllib.request.urlopen(self.url + "/v2/", timeout=5).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("docker-registry does not answer")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()


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
