"""The hyperai connector type against OpenSSH's own server on loopback."""

import base64
import os
import socket
import subprocess
import tempfile
import threading
import time

import pytest

from support import clock, ssh_world
from support.canary import MARKER
from support.ssh_world import USER, Sshd, encoded, fingerprint, keygen, public
from support.text import heading, lines_of, table

PASSPHRASE = MARKER + " open sesame"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Key pairs by name, made now."""
    assert ssh_world.available(), "openssh-server is missing: tools/setup.sh servers"
    folder = tmp_path_factory.mktemp("keys")
    made = {
        "ed25519": keygen(folder / "ed25519"),
        "locked": keygen(folder / "locked", passphrase=PASSPHRASE),
        "ecdsa": keygen(folder / "ecdsa", "ecdsa", 384),
        "rsa": keygen(folder / "rsa", "rsa", 3072),
        "stranger": keygen(folder / "stranger"),
        "rsa-pem": keygen(folder / "rsa-pem", "rsa", 2048, form="PEM"),
        "ecdsa-pem-locked": keygen(folder / "ecdsa-pem-locked", "ecdsa", 256, PASSPHRASE, "PEM"),
        "ecdsa-pkcs8": keygen(folder / "ecdsa-pkcs8", "ecdsa", 256, form="PKCS8"),
        "ecdsa-locked": keygen(folder / "ecdsa-locked", "ecdsa", 521, passphrase=PASSPHRASE),
        "rsa-locked": keygen(folder / "rsa-locked", "rsa", 2048, PASSPHRASE),
    }
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory, keys):
    with Sshd(tmp_path_factory.mktemp("sshd"), ("ed25519", "rsa", "ecdsa")) as sshd:
        sshd.authorize(*(public(path) for name, path in keys.items() if name != "stranger"))
        yield sshd


@pytest.fixture
def second(tmp_path, keys):
    """Another server, which a test may change."""
    with Sshd(tmp_path / "second") as sshd:
        sshd.authorize(public(keys["ed25519"]))
        yield sshd


@pytest.fixture(autouse=True)
def watched_keys(canary, keys):
    for path in keys.values():
        canary.watch(encoded(path)[200:260])


def words_for(name, key, hosts, host_keys, *more, method="ssh-key", user=USER):
    words = ["register", name, "--type", "hyperai", "-a", method, "--username=" + user]
    words += ["--base64_ssh_key=@" + key, "--hostnames=" + ",".join(hosts)]
    if host_keys:
        text = "\n".join(host_keys)
        words.append("--host_keys=" + ("@" + text if text.startswith("@") else text))
    return words + list(more)


@pytest.fixture
def register(cleat):
    def run(name, key, hosts, host_keys, *more, method="ssh-key", user=USER, **options):
        return cleat.sc(*words_for(name, key, hosts, host_keys, *more, method=method, user=user), **options)

    return run


@pytest.fixture
def refused(register, cleat):
    """Registers in vain; says why as JSON does. Nothing is stored."""

    def run(key, hosts, host_keys, *more, code=7, **options):
        words = (*more, "-o", "json")
        error = register("refused", key, hosts, host_keys, *words, code=code, **options).error()
        assert cleat.names() == []
        return error

    return run


def names_of(cleat, name):
    rows = cleat.sc_json("verify", name)["resources"]
    return [i for row in rows for i in row["resource_ids"]]


# -- the type --------------------------------------------------------------------------------


def test_is_listed_last(cleat):
    found = table(cleat.screen("service-connector", "list-types"))
    row = found.row(TYPE="🤖 hyperai")
    assert row["NAME"] == ["HyperAI Service Connector"]
    assert row["RESOURCE TYPES"] == ["🤖 hyperai-instance"]
    assert row["AUTH METHODS"][:4] == ["rsa-key", "dsa-key", "ecdsa-key", "ed25519-key"]
    assert "Supports auto-configuration: True" in cleat.screen("service-connector", "describe-type", "hyperai")
    assert row["LOCAL"] == row["REMOTE"] == ["✅"]
    assert found.column("TYPE")[-1] == ["🤖 hyperai"]


def test_describes_itself(cleat):
    lines = lines_of(cleat.screen("service-connector", "describe-type", "hyperai", width=80))
    assert lines[:3] == heading("🤖 HyperAI Service Connector (connector type: hyperai)")
    for words, title in (
        (["-r", "hyperai-instance"], "🤖 HyperAI instance (resource type: hyperai-instance)"),
        (["-a", "dsa-key"], "🔒 DSA/DSS key with optional passphrase (auth method: dsa-key)"),
    ):
        assert title in cleat.screen("service-connector", "describe-type", "hyperai", *words)


# -- keys of all kinds -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, method, locked",
    [
        ("ed25519", "ed25519-key", False),
        ("locked", "ed25519-key", True),
        ("ecdsa", "ecdsa-key", False),
        ("ecdsa-pkcs8", "ecdsa-key", False),
        ("ecdsa-pem-locked", "ssh-key", True),
        ("rsa", "rsa-key", False),
        ("rsa-pem", "rsa-key", False),
        ("rsa-locked", "ssh-key", True),
    ],
)
def test_logs_in_with_every_kind_of_key(register, cleat, keys, server, name, method, locked):
    more = ["--ssh_passphrase=@env:T_PHRASE"] if locked else []
    register(
        "box", keys[name], [server.name], [server.known_line()], *more,
        method=method, env={"T_PHRASE": PASSPHRASE},
    )  # fmt: skip
    assert names_of(cleat, "box") == [server.name]


def test_takes_the_key_in_base64(cleat, keys, server):
    cleat.sc(
        "register", "box", "--type", "hyperai", "-a", "ed25519-key", "--username=" + USER,
        "--base64_ssh_key=@env:T_KEY", "--hostnames=" + server.name, "--host_keys=" + server.known_line(),
        env={"T_KEY": encoded(keys["ed25519"])},
    )  # fmt: skip
    assert names_of(cleat, "box") == [server.name]


def test_each_fault_of_a_key_has_its_own_error(refused, keys, server, tmp_path):
    pins = [server.known_line()]
    hosts = [server.name]
    locked = keys["locked"]
    wrong = ["--ssh_passphrase=" + MARKER + " wrong"]

    error = refused(locked, hosts, pins, code=2)
    assert error["code"] == "missing_attribute" and "ssh_passphrase" in error["message"]
    error = refused(locked, hosts, pins, *wrong, code=2)
    assert error["code"] == "invalid_attribute" and "ssh_passphrase" in error["message"]
    error = refused(keys["ed25519"] + ".pub", hosts, pins, code=2)
    assert error["code"] == "invalid_attribute" and "public key" in error["message"]
    error = refused(keys["ed25519"], hosts, pins, method="rsa-key", code=2)
    assert error["code"] == "invalid_attribute" and "ed25519-key" in error["message"]
    error = refused(keys["ed25519"], hosts, pins, method="dsa-key", code=2)
    assert error["code"] == "auth_method_unsupported" and "DSA" in error["message"]
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("no key\n")
    error = refused(str(rubbish), hosts, pins, code=2)
    assert error["code"] == "invalid_attribute" and "base64_ssh_key" in error["message"]


# -- whom the key is shown to ----------------------------------------------------------------


def test_shows_its_key_to_no_unknown_host(refused, keys, second):
    before = second.said()
    error = refused(keys["ed25519"], [second.name], [])
    assert error["code"] == "host_key_unknown"
    assert fingerprint(second.host_keys["ed25519"]) in error["message"]
    assert "scan-host-keys" in error["hint"]
    said = second.said()[len(before) :]
    assert "publickey" not in said and "Failed" not in said and "Accepted" not in said


def test_pins_new_hosts_at_registration_only_when_told_to(register, refused, cleat, keys, second, home):
    hint = refused(keys["ed25519"], [second.name], [])["hint"]
    assert "--accept-new-host-keys" in hint
    before = second.said()
    shown = register("box", keys["ed25519"], [second.name], [], "--accept-new-host-keys")
    assert fingerprint(second.host_keys["ed25519"]) in shown.stderr
    assert "Accepted publickey" in second.said()[len(before) :]
    assert cleat.sc_json("describe", "box")["configuration"]["host_keys"] == [second.known_line()]
    second.change_host_key()
    error = cleat.sc("verify", "box", "-o", "json", code=7).error()
    assert error["code"] == "host_key_changed"


def test_accepts_no_other_key_of_a_host_that_is_known(refused, keys, second):
    pins = [second.known_line()]
    second.change_host_key()
    error = refused(keys["ed25519"], [second.name], pins, "--accept-new-host-keys")
    assert error["code"] == "host_key_changed"
    dead = "127.0.0.1:%d" % ssh_world.free_port()
    error = refused(keys["ed25519"], [dead], [], "--accept-new-host-keys", code=9)
    assert error["code"] == "provider_unreachable"


def test_notices_a_changed_host_key(register, cleat, keys, second):
    register("box", keys["ed25519"], [second.name], [second.known_line()])
    second.change_host_key()
    before = second.said()
    error = cleat.sc("verify", "box", "-o", "json", code=7).error()
    assert error["code"] == "host_key_changed"
    assert fingerprint(second.host_keys["ed25519"]) in error["message"]
    assert "Accepted" not in second.said()[len(before) :]


@pytest.mark.parametrize(
    "line, code",
    [
        ("@revoked {host} {key}", "host_key_changed"),
        ("{host} {other}", "host_key_changed"),
        ("other.example.com {key}", "host_key_unknown"),
        ("127.0.0.1 {key}", "host_key_unknown"),
        ("*,!{host} {key}", "host_key_unknown"),
    ],
)
def test_refuses_a_host_that_its_lines_do_not_vouch_for(refused, keys, second, line, code):
    host = "[127.0.0.1]:%d" % second.port
    key = public(second.host_keys["ed25519"])
    text = line.format(host=host, key=key, other=public(keys["stranger"]))
    assert refused(keys["ed25519"], [second.name], [text])["code"] == code


def test_accepts_hashed_lines_and_other_types_of_pinned_keys(register, cleat, keys, server, tmp_path):
    known = tmp_path / "known_hosts"
    known.write_text("# mine\nother ssh-rsa rubbish\n" + server.known_line("ecdsa") + "\n")
    os.system("ssh-keygen -q -H -f %s >/dev/null 2>&1" % known)
    register("box", keys["ed25519"], [server.name], None, "--host_keys=@" + str(known))
    assert names_of(cleat, "box") == [server.name]
    register("box2", keys["ed25519"], [server.name], [server.known_line("rsa")])


def test_keeps_of_a_large_file_only_its_own_lines(register, cleat, keys, server, second, tmp_path):
    """Megabytes of other people's hosts, some of them damaged: neither stored nor shown."""
    foreign = public(keys["stranger"])
    known = tmp_path / "known_hosts"
    lines = ["host%d.%s.example.com %s" % (i, MARKER, foreign) for i in range(20000)]
    lines[7:7] = ["", "# mine", "broken", "@what broken x", "|1|x|y z", "zeros\0\0", "br\xf6ken ssh-rsa AAAA", server.known_line()]
    known.write_text("\n".join(lines) + "\n", encoding="latin-1")
    assert known.stat().st_size > 2 << 20
    register("box", keys["ed25519"], [server.name], None, "--host_keys=@" + str(known))
    assert cleat.sc_json("describe", "box")["configuration"]["host_keys"] == [server.known_line()]
    cleat.sc("update", "box", "--hostnames=" + second.name, "--no-verify")
    assert cleat.sc_json("describe", "box")["configuration"].get("host_keys", []) == []


def test_names_file_and_line_of_a_damaged_line_of_its_own(refused, keys, server, tmp_path):
    known = tmp_path / "known_hosts"
    known.write_text("other\n\n[127.0.0.1]:%d ssh-ed25519 AAAA\n" % server.port)
    error = refused(keys["ed25519"], [server.name], None, "--host_keys=@" + str(known), code=2)
    assert error["code"] == "invalid_attribute"
    assert "known_hosts" in error["message"] and "line 3" in error["message"]
    known.write_bytes(b"# " + b"x" * (4 << 20) + b"\n")
    error = refused(keys["ed25519"], [server.name], None, "--host_keys=@" + str(known), code=2)
    assert "larger than 4194304 bytes" in error["message"]


def test_touches_neither_agent_nor_home(refused, cleat, keys, server, home, tmp_path):
    """A key that would open the host lies where other programs look; it must not be used."""
    folder = os.path.join(home, ".ssh")
    os.mkdir(folder, 0o700)
    with open(keys["ed25519"], encoding="ascii") as good, open(folder + "/id_ed25519", "w") as copy:
        copy.write(good.read())
    os.chmod(folder + "/id_ed25519", 0o600)
    with open(folder + "/config", "w") as config:
        config.write("Host *\n  IdentityFile ~/.ssh/id_ed25519\n  ProxyCommand touch %s/ran\n" % tmp_path)
    agent = socket.socket(socket.AF_UNIX)
    agent.bind(str(tmp_path / "agent"))
    agent.listen(1)
    agent.settimeout(0.01)
    env = {"SSH_AUTH_SOCK": str(tmp_path / "agent")}
    error = refused(keys["stranger"], [server.name], [server.known_line()], env=env)
    assert error["code"] == "credentials_rejected"
    with pytest.raises(TimeoutError):
        agent.accept()
    agent.close()
    assert not os.path.exists(str(tmp_path / "ran"))
    os.remove(folder + "/id_ed25519")


# -- what the hosts say ----------------------------------------------------------------------


def test_names_why_a_login_fails(refused, keys, server, tmp_path):
    pins = [server.known_line()]
    error = refused(keys["stranger"], [server.name], pins)
    assert error["code"] == "credentials_rejected" and "publickey" in error["message"]
    error = refused(keys["ed25519"], [server.name], pins, user="nobody-at-all")
    assert error["code"] == "credentials_rejected"


def test_asks_nobody_for_a_second_factor(refused, keys, tmp_path):
    settings = ["AuthenticationMethods publickey,keyboard-interactive", "KbdInteractiveAuthentication yes"]
    with Sshd(tmp_path / "strict", settings=settings) as strict:
        strict.authorize(public(keys["ed25519"]))
        error = refused(keys["ed25519"], [strict.name], [strict.known_line()])
    assert error["code"] == "credentials_rejected" and "additional factor" in error["message"]


class Listener:
    """Says one thing to whoever connects, or nothing."""

    def __init__(self, greeting):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.name = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, args=(greeting,), daemon=True)
        self.thread.start()

    def _serve(self, greeting):
        try:
            peer, _ = self.socket.accept()
            with peer:
                peer.sendall(greeting)
                while peer.recv(4096):
                    pass
        except OSError:
            pass

    def close(self):
        self.socket.close()


class Cutter:
    """Passes a connection on to a server until the keys are exchanged, then hangs up."""

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.name = "127.0.0.1:%d" % self.port
        threading.Thread(target=self._serve, args=(port,), daemon=True).start()

    def _serve(self, port):
        client, _ = self.socket.accept()
        server = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=self._pass_back, args=(server, client), daemon=True).start()
        said = b""
        while b"\x0a\x15" + bytes(10) not in said:  # padding and NEWKEYS
            chunk = client.recv(65536)
            if not chunk:
                break
            said += chunk
            server.sendall(chunk)
        client.recv(65536)  # of the login
        client.shutdown(socket.SHUT_RDWR)
        server.close()

    def _pass_back(self, server, client):
        try:
            while chunk := server.recv(65536):
                client.sendall(chunk)
        except OSError:
            pass

    def close(self):
        self.socket.close()


def test_takes_a_lost_connection_for_no_refusal(refused, keys, server):
    cutter = Cutter(server.port)
    try:
        pin = server.known_line().replace(str(server.port), str(cutter.port), 1)
        error = refused(keys["ed25519"], [cutter.name], [pin], code=9)
    finally:
        cutter.close()
    assert error["code"] == "provider_unreachable" and "login" in error["message"]


def test_names_what_is_no_ssh_server(refused, keys):
    other = Listener(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    try:
        pin = "[127.0.0.1]:%s %s" % (other.name.split(":")[1], public(keys["stranger"]))
        error = refused(keys["ed25519"], [other.name], [pin], code=9)
    finally:
        other.close()
    assert error["code"] in ("provider_error", "provider_unreachable")
    error = refused(keys["ed25519"], ["127.0.0.1:%d" % ssh_world.free_port()], [], code=9)
    assert error["code"] == "provider_unreachable" and "refused" in error["message"]


# -- many hosts ------------------------------------------------------------------------------


def test_lists_the_hosts_that_work_and_says_why_others_do_not(register, cleat, keys, server, second):
    dead = "127.0.0.1:%d" % ssh_world.free_port()
    made = register(
        "box", keys["ed25519"], [server.name, dead, second.name], [server.known_line(), second.known_line()]
    )
    assert "provider_unreachable" in made.stderr and dead in made.stderr
    assert names_of(cleat, "box") == sorted([server.name, second.name])
    second.change_host_key()
    shown = cleat.sc("verify", "box")
    assert "host_key_changed" in shown.stderr
    assert names_of(cleat, "box") == [server.name]


def test_visits_many_hosts_at_once(register, cleat, keys, server):
    """Silent ones cost their patience once for eight of them, not eight times."""
    silent = [Listener(b"") for _ in range(7)]
    try:
        made = register("box", keys["ed25519"], [s.name for s in silent] + [server.name], [server.known_line()])
    finally:
        for s in silent:
            s.close()
    assert made.seconds < 20
    assert made.stderr.count("provider_unreachable") == 7


def test_logs_in_to_each_host_once(register, keys, second):
    before = second.said()
    register("box", keys["ed25519"], [second.name], [second.known_line()])
    assert second.said()[len(before) :].count("Accepted publickey") == 1


def test_verifies_one_host(register, cleat, keys, server, second):
    hosts = [server.name, second.name]
    register("box", keys["ed25519"], hosts, [server.known_line(), second.known_line()])
    shown = cleat.sc_json("verify", "box", "-ri", second.name)
    assert shown["resources"][0]["resource_ids"] == [second.name]
    error = cleat.sc("verify", "box", "-ri", "gpu9", "-o", "json", code=2).error()
    assert error["code"] == "resource_out_of_scope"


def test_list_resources_has_the_hosts(register, cleat, keys, server):
    register("box", keys["ed25519"], [server.name], [server.known_line()])
    found = table(cleat.screen("service-connector", "list-resources", "--resource-type", "hyperai-instance"))
    assert found.row()["RESOURCE NAMES"] == [server.name]


def test_shows_the_client_without_its_key(register, cleat, keys, server):
    register("box", keys["ed25519"], [server.name], [server.known_line()])
    shown = cleat.screen("service-connector", "describe", "box", "--client", "-ri", server.name)
    assert "[HIDDEN]" in shown and server.known_line() in shown.replace("\n", "")


# -- certificates ----------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path):
    return keygen(tmp_path / "ca")


@pytest.fixture
def trusting(tmp_path, authority):
    """A server that knows no key, only the authority."""
    with Sshd(tmp_path / "trusting", settings=["TrustedUserCAKeys " + authority + ".pub"]) as sshd:
        yield sshd


def certify(cleat, name, authority, server, *more, **options):
    return cleat.sc(
        "register", name, "--type", "hyperai", "-a", "ssh-certificate", "--username=" + USER,
        "--ca_key=@" + authority, "--hostnames=" + server.name, "--host_keys=" + server.known_line(),
        *more, **options,
    )  # fmt: skip


def client_files(cleat, folder, name, server):
    """What a client receives, as files for ssh: the path of the key, and when it ends."""
    shown = cleat.sc_json(
        "describe", name, "--client", "-ri", server.name, "--show-secrets", reveals=True
    )
    config = {**shown["configuration"], **shown["secrets"]}
    key = os.path.join(str(folder), "issued")
    with open(key, "wb") as file:
        file.write(base64.b64decode(config["base64_ssh_key"]))
    os.chmod(key, 0o600)
    with open(key + "-cert.pub", "w", encoding="ascii") as file:
        file.write(config["certificate"] + "\n")
    with open(os.path.join(str(folder), "known"), "w", encoding="ascii") as file:
        file.write("\n".join(config["host_keys"]) + "\n")
    return key, config


def ssh(key, server, user=USER, command="echo it works", folder=None):
    return subprocess.run(
        ["ssh", "-F", "none", "-i", key, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
         "-o", "UserKnownHostsFile=" + os.path.join(os.path.dirname(key), "known"),
         "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-p", str(server.port),
         user + "@127.0.0.1", command],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30,
    )  # fmt: skip


@pytest.mark.reveals_secret
def test_a_certificate_logs_in(cleat, authority, trusting, tmp_path):
    certify(cleat, "gpu", authority, trusting)
    assert names_of(cleat, "gpu") == [trusting.name]
    key, config = client_files(cleat, tmp_path, "gpu", trusting)
    shown = subprocess.run(["ssh-keygen", "-L", "-f", key + "-cert.pub"], capture_output=True, text=True)
    assert "user certificate" in shown.stdout and "permit-pty" in shown.stdout
    assert "Critical Options: (none)" in shown.stdout
    done = ssh(key, trusting)
    assert done.stdout == "it works\n", done.stderr + trusting.said()
    connector = cleat.find("gpu")["id"]
    assert 'ID "cleat:%s:' % connector in trusting.said()
    for name in ("issued", "issued-cert.pub"):
        os.remove(tmp_path / name)


@pytest.mark.reveals_secret
def test_a_certificate_is_refused_for_another_principal(cleat, authority, trusting, tmp_path):
    certify(cleat, "gpu", authority, trusting, "--principals=somebody-else", "--no-verify")
    key, _ = client_files(cleat, tmp_path, "gpu", trusting)
    refused = ssh(key, trusting)
    assert refused.returncode == 255 and "Permission denied" in refused.stderr
    assert "name is not a listed principal" in trusting.said()
    error = cleat.sc("verify", "gpu", "-o", "json", code=7).error()
    assert error["code"] == "credentials_rejected"
    os.remove(key)


@pytest.mark.reveals_secret
@pytest.mark.release
def test_a_certificate_is_refused_after_its_life(cleat, authority, trusting, tmp_path):
    """Issued an hour ago, by the program's clock: the server's own says that it is over."""
    certify(cleat, "gpu", authority, trusting)
    moved = clock.Clock(tmp_path)
    moved.set(-3600)
    cleat.environment.update(moved.env())
    key, _ = client_files(cleat, tmp_path, "gpu", trusting)
    refused = ssh(key, trusting)
    assert refused.returncode == 255 and "Permission denied" in refused.stderr
    assert "expired" in trusting.said()
    os.remove(key)


@pytest.mark.reveals_secret
def test_a_certificate_can_be_limited(cleat, authority, trusting, tmp_path):
    certify(
        cleat, "gpu", authority, trusting, "--force_command=echo forced", "--source_address=127.0.0.0/8",
        "--extensions=permit-pty,permit-port-forwarding",
    )  # fmt: skip
    key, _ = client_files(cleat, tmp_path, "gpu", trusting)
    assert ssh(key, trusting).stdout == "forced\n"
    # the verification's own login may come from elsewhere
    certify(cleat, "far", authority, trusting, "--source_address=10.0.0.0/8")
    key, _ = client_files(cleat, tmp_path, "far", trusting)
    assert ssh(key, trusting).returncode == 255
    certify(cleat, "bare", authority, trusting, "--extensions=")
    key, _ = client_files(cleat, tmp_path, "bare", trusting)
    shown = subprocess.run(["ssh-keygen", "-L", "-f", key + "-cert.pub"], capture_output=True, text=True)
    assert "Extensions: (none)" in shown.stdout
    os.remove(key)


def test_refuses_an_origin_that_sshd_would_refuse(cleat, authority, trusting):
    error = certify(
        cleat, "gpu", authority, trusting, "--source_address=127.0.0.1/8", "-o", "json", code=2
    ).error()
    assert error["code"] == "invalid_attribute" and "source_address" in error["message"]


def test_an_encrypted_authority_key_certifies(cleat, keys, tmp_path):
    with Sshd(tmp_path / "trusting", settings=["TrustedUserCAKeys " + keys["locked"] + ".pub"]) as sshd:
        env = {"T_PHRASE": PASSPHRASE}
        certify(cleat, "gpu", keys["locked"], sshd, "--ca_key_passphrase=@env:T_PHRASE", env=env)
        assert names_of(cleat, "gpu") == [sshd.name]


def test_an_authority_key_is_checked_like_any(cleat, keys, server):
    error = certify(cleat, "gpu", keys["locked"], server, "-o", "json", code=2).error()
    assert error["code"] == "missing_attribute" and "ca_key_passphrase" in error["message"]
    error = certify(cleat, "gpu", keys["ed25519"] + ".pub", server, "-o", "json", code=2).error()
    assert error["code"] == "invalid_attribute" and "public key" in error["message"]


# -- what a host has -------------------------------------------------------------------------


def test_checks_what_a_host_has(register, cleat, keys, tmp_path):
    """Programs of the names that are looked for lie on the server's PATH; docker has no daemon at first."""
    tools = tmp_path / "tools"
    tools.mkdir()

    def tool(name, script):
        (tools / name).write_text("#!/bin/sh\n" + script)
        (tools / name).chmod(0o755)

    tool("crontab", "exit 1")
    tool("nvidia-smi", 'echo "GPU 0: H100 (UUID: x)"; yes noise | head -c 100000 >&2')
    settings = ["SetEnv PATH=%s:/usr/bin:/bin" % tools]
    with Sshd(tmp_path / "equipped", settings=settings) as host:
        host.authorize(public(keys["ed25519"]))
        register("box", keys["ed25519"], [host.name], [host.known_line()])
        shown = cleat.sc("verify", "box", "--check", "host").stdout
        assert "Check 'host': denied: " in shown and "no Docker" in shown and "1 GPU(s)" in shown
        error = cleat.sc("verify", "box", "--check", "host", "--require", "-o", "json", code=7).error()
        assert error["code"] == "permission_denied" and "no Docker" in error["message"]
        tool("docker", 'case "$1" in version) echo 24.0.7 ;; *) echo 2.21.0 ;; esac')
        shown = cleat.sc_json("verify", "box", "--check", "host")["check"]
    assert shown["allowed"] is True
    words = "host '%s' has Docker 24.0.7, Docker Compose 2.21.0, crontab, 1 GPU(s)"
    assert shown["notes"] == [words % host.name]


def test_a_check_survives_an_account_that_runs_nothing(register, cleat, keys, tmp_path):
    with Sshd(tmp_path / "closed", settings=["ForceCommand echo go away; exit 3"]) as host:
        host.authorize(public(keys["ed25519"]))
        register("box", keys["ed25519"], [host.name], [host.known_line()])
        shown = cleat.sc_json("verify", "box", "--check", "host")["check"]
    assert shown["allowed"] is False and "no Docker" in shown["notes"][0]


# -- auto-configuration ----------------------------------------------------------------------


@pytest.fixture
def ssh_home(home, server, keys):
    """A user whose ssh knows the server as "gpu"."""
    folder = os.path.join(home, ".ssh")
    os.mkdir(folder, 0o700)

    def write(key):
        with open(os.path.join(folder, "config"), "w", encoding="ascii") as file:
            file.write(
                "Host gpu\n  HostName 127.0.0.1\n  Port %d\n  User %s\n  IdentityFile %s\n"
                "  ProxyCommand touch %s/ran\n" % (server.port, USER, key, home)
            )
        with open(os.path.join(folder, "known_hosts"), "w", encoding="ascii") as file:
            file.write("other.example.com ssh-rsa AAAA\n" + server.known_line() + "\n")

    yield write
    assert not os.path.exists(os.path.join(home, "ran"))


def test_takes_over_what_ssh_uses(cleat, ssh_home, server, keys):
    ssh_home(keys["ecdsa"])
    cleat.sc("register", "box", "--type", "hyperai", "--auto-configure", "--host", "gpu")
    assert names_of(cleat, "box") == [server.name]
    shown = cleat.sc_json("describe", "box")
    assert shown["auth_method"] == "ecdsa-key"
    assert shown["configuration"]["username"] == USER
    assert shown["configuration"]["host_keys"] == [server.known_line()]


def test_asks_for_the_passphrase_of_a_key_that_it_takes_over(cleat, ssh_home, server, keys):
    ssh_home(keys["locked"])
    words = ["register", "box", "--type", "hyperai", "--auto-configure", "--host", "gpu"]
    error = cleat.sc(*words, "-o", "json", code=2).error()
    assert error["code"] == "missing_attribute" and "--ssh_passphrase=@FILE" in error["hint"]
    cleat.sc(*words, "--ssh_passphrase=@env:T_PHRASE", env={"T_PHRASE": PASSPHRASE})
    assert names_of(cleat, "box") == [server.name]


def test_names_where_it_looked_for_a_key(cleat, ssh_home):
    ssh_home("/nonexistent/key")
    words = ["register", "box", "--type", "hyperai", "--auto-configure", "-o", "json"]
    error = cleat.sc(*words, "--host", "gpu", code=1).error()
    assert error["code"] == "local_config_error" and "/nonexistent/key: not there" in error["message"]
    assert "--host" in cleat.sc(*words, code=2).error()["message"]
    assert cleat.names() == []


# -- exec ------------------------------------------------------------------------------------


@pytest.fixture
def runtime(cleat):
    """A folder for sockets, whose paths must be short."""
    path = tempfile.mkdtemp(prefix="cleat-")
    cleat.environment["XDG_RUNTIME_DIR"] = path
    yield path
    os.rmdir(path)


def run_exec(cleat, name, server, script, *more, **options):
    return cleat("exec", name, "-ri", server.name, *more, "--", "sh", "-c", script, **options)


def gone(runtime):
    """The agent notices the end of the child by itself; nothing of it stays."""
    deadline = time.monotonic() + 10
    while os.listdir(runtime):
        assert time.monotonic() < deadline, os.listdir(runtime)
        time.sleep(0.02)


def test_exec_gives_a_certificate_to_an_agent(cleat, authority, trusting, runtime):
    certify(cleat, "gpu", authority, trusting)
    script = (
        'ssh -F "$CLEAT_SSH_CONFIG" "$CLEAT_SSH_HOST" echo it works; ssh-add -l;'
        ' stat -c %a "$(dirname "$SSH_AUTH_SOCK")"; ls "$(dirname "$SSH_AUTH_SOCK")"; exit 7'
    )
    done = run_exec(cleat, "gpu", trusting, script, code=7, env={"SSH_AUTH_SOCK": "/nonexistent"})
    lines = done.stdout.splitlines()
    assert lines[0] == "it works" and "ED25519-CERT" in lines[1]
    assert lines[2:] == ["700", "agent", "config", "known_hosts"]
    gone(runtime)


@pytest.mark.parametrize("name", ["ed25519", "ecdsa", "rsa", "ecdsa-pem-locked", "locked", "rsa-locked", "ecdsa-locked"])
def test_exec_gives_a_stored_key_to_an_agent_only_when_asked(register, cleat, keys, server, runtime, name):
    more = ["--ssh_passphrase=@env:T_PHRASE"] if "locked" in name else []
    env = {"T_PHRASE": PASSPHRASE}
    register("box", keys[name], [server.name], [server.known_line()], *more, env=env)
    script = 'ssh -F "$CLEAT_SSH_CONFIG" "$CLEAT_SSH_HOST" echo it works'
    refused = run_exec(cleat, "box", server, script, code=125)
    assert "--allow-long-lived" in refused.stderr
    done = run_exec(cleat, "box", server, script, "--allow-long-lived")
    assert done.stdout == "it works\n"
    gone(runtime)


def test_exec_shows_the_key_to_nobody(cleat, authority, trusting, runtime):
    """Neither arguments, variables nor files have it, and the agent is no child of the program."""
    certify(cleat, "gpu", authority, trusting)
    script = 'env; cat "$(dirname "$SSH_AUTH_SOCK")"/config; ps -o args= -e; ps -o pid= --ppid $$ | wc -l'
    done = run_exec(cleat, "gpu", trusting, script)
    assert "PRIVATE" not in done.stdout and "OPENSSH" not in done.stdout
    gone(runtime)


def test_exec_leaves_nothing_when_the_program_cannot_be_run_or_is_killed(cleat, authority, trusting, runtime):
    certify(cleat, "gpu", authority, trusting)
    cleat("exec", "gpu", "-ri", trusting.name, "--", "no-such-program", code=127)
    gone(runtime)
    run_exec(cleat, "gpu", trusting, "kill -9 $$", code=(-9,))
    gone(runtime)


def test_env_says_that_exec_is_needed(cleat, authority, trusting):
    certify(cleat, "gpu", authority, trusting)
    refused = cleat("env", "gpu", "-ri", trusting.name, code=2)
    assert "cleat exec gpu" in refused.stderr


def test_git_asks_the_agent(cleat, authority, trusting, runtime, tmp_path):
    certify(cleat, "gpu", authority, trusting)
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "repo.git")], check=True)
    done = run_exec(cleat, "gpu", trusting, "git ls-remote %s:%s" % ("127.0.0.1", tmp_path / "repo.git"))
    assert done.stdout == "" and "Accepted certificate" in trusting.said()
    gone(runtime)


def test_export_prints_what_ssh_needs(register, cleat, keys, server, runtime):
    register("box", keys["ed25519"], [server.name], [server.known_line()])
    known = cleat("export", "box", "-ri", server.name, "--format", "known-hosts").stdout
    assert known == server.known_line() + "\n"
    config = cleat("export", "box", "-ri", server.name, "--format", "ssh-config").stdout
    folder = os.path.join(cleat.home, ".ssh")
    os.mkdir(folder, 0o700)
    with open(os.path.join(folder, "cleat_known_hosts"), "w", encoding="ascii") as file:
        file.write(known)
    with open(os.path.join(folder, "config"), "w", encoding="ascii") as file:
        file.write(config.replace("~", cleat.home))  # ssh's own home is that of the account
    script = "ssh -F %s/config -o BatchMode=yes %s echo it works" % (folder, server.name)
    done = run_exec(cleat, "box", server, script, "--allow-long-lived")
    assert done.stdout == "it works\n"
    gone(runtime)
    error = cleat("export", "box", "-ri", server.name, code=2)
    assert "--format" in error.stderr


# -- scanning host keys ----------------------------------------------------------------------


def store_unpinned(register, keys, *servers):
    register("box", keys["ed25519"], [s.name for s in servers], [], "--no-verify")


def test_scan_pins_what_is_confirmed(register, cleat, keys, server):
    store_unpinned(register, keys, server)
    before = server.said()
    shown = cleat("service-connector", "scan-host-keys", "box", "--yes")
    for kind in ("ed25519", "rsa", "ecdsa"):
        assert fingerprint(server.host_keys[kind]) in shown.stderr + shown.stdout
    assert "Pinned 3 of 3 host keys" in shown.stdout
    assert "publickey" not in server.said()[len(before) :]
    assert names_of(cleat, "box") == [server.name]
    pinned = cleat.sc_json("describe", "box")["configuration"]["host_keys"]
    assert sorted(pinned) == sorted(server.known_line(kind) for kind in ("ed25519", "rsa", "ecdsa"))
    again = cleat("service-connector", "scan-host-keys", "box", "--yes")
    assert "no key that is not pinned" in again.stdout


def test_scan_asks_about_each_key(register, cleat, keys, server):
    store_unpinned(register, keys, server)
    running = cleat.start("service-connector", "scan-host-keys", "box", width=200)
    running.expect("Pin %s ssh-ed25519 %s?" % (server.name, fingerprint(server.host_keys["ed25519"])))
    running.send("y\n")
    running.expect("ecdsa-sha2-nistp256")
    running.send("n\n")
    running.expect("ssh-rsa")
    running.send("n\n")
    shown = cleat.settle(running)
    assert "Pinned 1 of 3 host keys" in shown.output
    assert cleat.sc_json("describe", "box")["configuration"]["host_keys"] == [server.known_line("ed25519")]


def test_scan_pins_nothing_unasked(register, cleat, keys, server):
    store_unpinned(register, keys, server)
    cleat("service-connector", "scan-host-keys", "box", code=10)
    assert "host_keys" not in cleat.sc_json("describe", "box")["configuration"]


def test_scan_keeps_old_keys_and_says_that_there_are_others(register, cleat, keys, second):
    register("box", keys["ed25519"], [second.name], [second.known_line()])
    old = second.known_line()
    second.change_host_key()
    shown = cleat("service-connector", "scan-host-keys", "box", "--yes")
    assert "other keys of this host are pinned" in shown.stderr + shown.stdout
    assert cleat.sc_json("describe", "box")["configuration"]["host_keys"] == [old, second.known_line()]
    assert names_of(cleat, "box") == [second.name]


def test_scan_asks_only_the_hosts_that_are_named(register, cleat, keys, server, second):
    store_unpinned(register, keys, server, second)
    done = cleat.sc_json("scan-host-keys", "box", "--host", second.name, "--yes")
    assert len(done["pinned"]) == 1 and done["pinned"][0].startswith(second.name)
    error = cleat.sc("scan-host-keys", "box", "--host", "gpu9", "--yes", "-o", "json", code=2).error()
    assert error["code"] == "resource_out_of_scope"


def test_scan_is_for_types_with_host_keys(cleat, keys, server, register):
    dead = "127.0.0.1:%d" % ssh_world.free_port()
    register("box", keys["ed25519"], [dead], [], "--no-verify")
    error = cleat.sc("scan-host-keys", "box", "--yes", "-o", "json", code=9).error()
    assert error["code"] == "provider_unreachable"
    cleat.sc(
        "register", "hub", "--type", "docker", "--username=@env:T_U", "--password=@env:T_P", "--no-verify",
        env={"T_U": "acme", "T_P": MARKER},
    )  # fmt: skip
    error = cleat.sc("scan-host-keys", "hub", "--yes", "-o", "json", code=2).error()
    assert error["code"] == "unsupported"
