"""OpenSSH's own server on loopback: keys, certificates and configuration made at test start."""

import base64
import os
import pwd
import shutil
import socket
import subprocess
import time

SSHD = "/usr/sbin/sshd"
USER = pwd.getpwuid(os.getuid()).pw_name


def keygen(path, kind="ed25519", bits=None, passphrase="", form=None, comment="test"):
    """Makes a key pair; returns the private key's path."""
    words = ["ssh-keygen", "-q", "-t", kind, "-f", str(path), "-N", passphrase, "-C", comment]
    if bits:
        words += ["-b", str(bits)]
    if form:
        words += ["-m", form]
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return str(path)


def public(path):
    """TYPE BASE64 of a pair."""
    with open(str(path) + ".pub", encoding="ascii") as file:
        return " ".join(file.read().split()[:2])


def fingerprint(path):
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(path) + ".pub"], check=True, capture_output=True, text=True
    )
    return shown.stdout.split()[1]


def encoded(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode("ascii")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sshd:
    """One server, in the foreground, with a configuration of its own."""

    def __init__(self, folder, host_keys=("ed25519",), settings=()):
        self.folder = str(folder)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        self.port = free_port()
        self.log = os.path.join(self.folder, "log")
        self.authorized = os.path.join(self.folder, "authorized_keys")
        self.host_keys = {}
        for kind in host_keys:
            self.host_keys[kind] = os.path.join(self.folder, "host_" + kind)
            if not os.path.exists(self.host_keys[kind]):
                keygen(self.host_keys[kind], kind)
        self.settings = list(settings)
        self.process = None
        self.authorize()

    def authorize(self, *publics):
        with open(self.authorized, "w", encoding="ascii") as file:
            file.write("".join(line + "\n" for line in publics))

    def start(self):
        if os.geteuid() == 0:  # its privileges are separated in a folder that the service would make
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        lines = [
            *self.settings,  # of each keyword sshd takes the first
            "ListenAddress 127.0.0.1:%d" % self.port,
            *("HostKey " + path for path in self.host_keys.values()),
            "AuthorizedKeysFile " + self.authorized,
            "PidFile none",
            "UsePAM no",
            "StrictModes no",
            "PermitRootLogin yes",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "LogLevel VERBOSE",
        ]
        config = os.path.join(self.folder, "config")
        with open(config, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", config], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                return self
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline, self.said()
                time.sleep(0.02)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.stop()

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    @property
    def name(self):
        return "127.0.0.1:%d" % self.port

    def known_line(self, kind=None, key=None):
        """The known_hosts line of one of its keys, or of another one."""
        path = key or self.host_keys[kind or next(iter(self.host_keys))]
        return "[127.0.0.1]:%d %s" % (self.port, public(path))

    def change_host_key(self, kind="ed25519"):
        """Ends, makes another key, starts again on the same port."""
        self.stop()
        for name in (self.host_keys[kind], self.host_keys[kind] + ".pub"):
            os.remove(name)
        keygen(self.host_keys[kind], kind)
        self.start()


def available():
    return os.access(SSHD, os.X_OK) and shutil.which("ssh-keygen") is not None
