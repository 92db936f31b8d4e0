"""Auto-configuration of the docker connector from the files of Docker and podman, and their helpers."""

import base64
import json
import os
import stat

import pytest
from fake_registry import Registry

from support.canary import MARKER

PASSWORD = MARKER + "-pass:word/1"
USER = "acme"


@pytest.fixture(scope="module")
def server():
    with Registry() as registry:
        yield registry


@pytest.fixture
def registry(server):
    server.reset(users={USER: PASSWORD})
    return server


@pytest.fixture
def write(home, canary):
    def run(name, document):
        path = os.path.join(home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        text = document if isinstance(document, str) else json.dumps(document)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        canary.allow_file(path)
        return path

    return run


def auth(user=USER, password=PASSWORD):
    return base64.b64encode(("%s:%s" % (user, password)).encode()).decode()


@pytest.fixture
def auto(cleat):
    def run(*more, **options):
        return cleat.sc("register", "found", "--type", "docker", "--auto-configure", "--verbose", *more, **options)

    return run


DOCKER = ".docker/config.json"
PODMAN = ".config/containers/auth.json"
RUNTIME = "run/containers/auth.json"


@pytest.mark.parametrize("file", [DOCKER, PODMAN, RUNTIME])
def test_takes_over_what_docker_or_podman_use(registry, write, auto, cleat, file):
    path = write(file, {"auths": {registry.host: {"auth": auth()}}})
    said = auto("--plain_http=true")
    assert path in said.stdout + said.stderr
    found = cleat.find("found")
    assert found["resource_id"] == registry.host
    assert len([e for e in registry.requests() if e["authorization"] == "Basic"]) == 1
    cleat.sc("verify", "found")


def test_asks_the_helper_that_is_named(registry, write, auto, cleat, home):
    write(DOCKER, {"credHelpers": {registry.host: "fake"}, "auths": {registry.host: {}}})
    folder = os.path.join(home, "bin")
    program = write("bin/docker-credential-fake", "#!/bin/sh\n[ \"$1\" = get ] && cat >asked && cat answer\n")
    os.chmod(program, stat.S_IRWXU)
    write("answer", {"ServerURL": registry.host, "Username": USER, "Secret": PASSWORD})
    env = {"PATH": folder + ":/usr/bin:/bin"}
    said = auto("--plain_http=true", env=env)
    assert "docker-credential-fake" in said.stdout + said.stderr
    with open(os.path.join(home, "asked"), encoding="ascii") as file:
        assert file.read() == registry.host
    cleat.sc("verify", "found")
    cleat.sc("delete", "found")
    write("bin/docker-credential-fake", "#!/bin/sh\necho 'the key ring is locked'; exit 1\n")
    error = auto("--plain_http=true", "-o", "json", env=env, code=1).error()
    assert "the key ring is locked" in error["message"]
    os.unlink(program)
    error = auto("--plain_http=true", "-o", "json", env=env, code=1).error()
    assert error["code"] == "local_tool_missing"


def test_a_helper_without_it_does_not_hide_podmans_file(registry, write, auto, cleat, home):
    write(DOCKER, {"credsStore": "fake", "auths": {registry.host: {}}, "credHelpers": None})
    program = write("bin/docker-credential-fake", "#!/bin/sh\necho credentials not found in native keychain; exit 1\n")
    os.chmod(program, stat.S_IRWXU)
    env = {"PATH": os.path.join(home, "bin") + ":/usr/bin:/bin"}
    error = auto("--plain_http=true", "-o", "json", env=env, code=1).error()
    for place in (DOCKER, PODMAN, RUNTIME, ".dockercfg", "docker-credential-fake has no such credential"):
        assert place in error["message"]
    path = write(PODMAN, {"auths": {registry.host: {"auth": auth()}}})
    said = auto("--plain_http=true", env=env)
    assert "found credential of registry %s (%s)" % (registry.host, path) in said.stderr
    cleat.sc("verify", "found")


def test_reads_the_oldest_format(registry, write, auto, cleat):
    write(".dockercfg", {"http://%s/v1/" % registry.host: {"auth": auth(), "email": "a@example.com"}})
    auto("--plain_http=true", "--use-docker-certs")
    assert cleat.find("found")["resource_id"] == registry.host


def test_wants_to_know_which_of_several(registry, write, auto, cleat):
    write(DOCKER, {"auths": {registry.host: {"auth": auth()}, "https://index.docker.io/v1/": {"auth": auth()}}})
    error = auto("-o", "json", code=3).error()
    assert registry.host in error["message"] and "docker.io" in error["message"] and "--registry" in error["hint"]
    assert cleat.names() == []
    auto("--registry=" + registry.url)
    assert cleat.find("found")["resource_id"] == registry.host


def test_looks_into_the_file_that_is_named(registry, write, auto, cleat, tmp_path):
    write(DOCKER, {"auths": {"ghcr.io": {"auth": auth()}}})
    other = write("other.json", {"auths": {registry.host: {"auth": auth()}}})
    auto("--docker-config=" + other, "--plain_http=true")
    assert cleat.find("found")["resource_id"] == registry.host


@pytest.mark.parametrize(
    "user, kind", [("AWS", "aws"), ("oauth2accesstoken", "gcp"), ("00000000-0000-0000-0000-000000000000", "azure")]
)
def test_sends_short_lived_credentials_to_the_type_that_renews_them(registry, write, auto, cleat, user, kind):
    write(DOCKER, {"auths": {registry.host: {"auth": auth(user)}}})
    error = auto("--plain_http=true", "-o", "json", code=2).error()
    assert error["code"] == "unsupported" and "'%s'" % kind in error["hint"]
    assert cleat.names() == []
    registry.change(users={user: PASSWORD})
    auto("--plain_http=true", "--allow-short-lived")


@pytest.mark.parametrize(
    "document, part",
    [
        ('{"auths": {\n"a": }}', "line 2"),
        ("[]", "not an object"),
        ({"auths": {"reg.example.com": {"auth": "%%%"}}}, "base64"),
        ({"auths": {"reg.example.com": {"auth": base64.b64encode(b"nocolon").decode()}}}, "base64"),
        ({"auths": {"reg.example.com": {}}}, "no credential"),
        ({"credHelpers": {"reg.example.com": "cleat"}}, "no credential"),
        ({"credHelpers": {"reg.example.com": "../../evil"}}, "helper"),
        ({}, "no credential"),
    ],
)
def test_says_what_is_wrong_and_changes_nothing(write, auto, cleat, document, part):
    path = write(DOCKER, document)
    with open(path, "rb") as file:
        before = file.read()
    error = auto("-o", "json", code=1).error()
    assert error["code"] == "local_config_error" and part in error["message"]
    assert cleat.names() == []
    with open(path, "rb") as file:
        assert file.read() == before


def test_stores_nothing_that_the_registry_refuses(registry, write, auto, cleat):
    write(DOCKER, {"auths": {registry.host: {"auth": auth(password=MARKER + "-old")}}})
    assert auto("--plain_http=true", "-o", "json", code=7).error()["code"] == "credentials_rejected"
    assert cleat.names() == []
