"""exec for container registries: a Docker configuration of its own for one program, then nothing of it."""

import base64
import json
import os
import subprocess

import pytest
import yaml
from support.canary import MARKER
from support.registry_world import DockerRegistry, make_image

PASSWORD = MARKER + "-pass:word/1"
USER = "acme"
OTHER = {"auth": base64.b64encode(b"other:secret").decode()}


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    with DockerRegistry(tmp_path_factory.mktemp("registry"), USER, PASSWORD) as running:
        yield running


@pytest.fixture
def register(cleat):
    def run(name, url, *more):
        env = {"T_USER": USER, "T_PASSWORD": PASSWORD}
        words = ["--username=@env:T_USER", "--password=@env:T_PASSWORD", "--registry=" + url]
        cleat.sc("register", name, "--type", "docker", *words, *more, env=env)

    return run


@pytest.fixture
def run_in(cleat, home):
    """A program under exec; afterwards nothing is left in the folder of the session."""

    def run(name, *words, **options):
        result = cleat("exec", name, "-r", "docker-registry", "--allow-long-lived", "--", *words, **options)
        kept = os.path.join(home, "run", "cleat")
        assert [n for n in os.listdir(kept) if "DOCKER" in n] == [] if os.path.isdir(kept) else True
        return result

    return run


@pytest.fixture
def write(home):
    def run(name, document):
        path = os.path.join(home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(document if isinstance(document, str) else json.dumps(document))
        return path

    return run


def read(path):
    with open(path, "rb") as file:
        return file.read()


def tree(folder):
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            if "cleat" not in os.path.relpath(os.path.join(base, name), folder):
                found[os.path.join(base, name)] = read(os.path.join(base, name))
    return found


def test_skopeo_copies_in_and_out_and_no_file_changes(registry, register, run_in, cleat, write, home, tmp_path):
    register("reg", registry.url)
    write(".docker/config.json", {"credsStore": "absent", "auths": {registry.host: {}}})
    write(".config/containers/auth.json", {"auths": {registry.host + "/acme": OTHER}})
    before = tree(home)
    target = "docker://%s/acme/app:1" % registry.host
    image = make_image(tmp_path / "image")
    run_in("reg", "skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", image, target)
    back = "oci:%s:1" % (tmp_path / "back")
    run_in("reg", "skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", target, back)
    assert tree(home) == before
    # as Docker reads it, which knows one file only
    script = 'REGISTRY_AUTH_FILE="$DOCKER_CONFIG/config.json" exec "$@"'
    inspect = ["skopeo", "--insecure-policy", "inspect", "--tls-verify=false", target]
    run_in("reg", "sh", "-c", script, "sh", *inspect)
    assert cleat("exec", "reg", "--", *inspect, code=125).stderr.count("--allow-long-lived") == 1


LOOK = """
stat -c '%a' "$DOCKER_CONFIG" "$DOCKER_CONFIG/config.json" "$REGISTRY_AUTH_FILE"
echo "$DOCKER_AUTH_CONFIG"; ls "$DOCKER_CONFIG"; cat "$DOCKER_CONFIG/cli-plugins/docker-x"
python3 - <<END
import base64, json, os
for path in (os.environ["DOCKER_CONFIG"] + "/config.json", os.environ["REGISTRY_AUTH_FILE"]):
    found = json.load(open(path))
    for entry in found["auths"].values():
        if "auth" in entry:
            entry["auth"] = base64.b64decode(entry["auth"]).decode().split(":")[0]
    print(json.dumps(found))
END
mkdir -p "$DOCKER_CONFIG/buildx/deep"; echo x >"$DOCKER_CONFIG/buildx/deep/file"; echo y >"$DOCKER_CONFIG/new"
"""


def test_keeps_what_the_user_has_of_others(register, run_in, write, home):
    register("hub", "docker.io", "--no-verify")
    write(
        ".docker/config.json",
        {
            "HttpHeaders": {"X": "y"},
            "credsStore": "desktop",
            "auths": {"https://index.docker.io/v1/": {}, "ghcr.io": {}, "docker.io": OTHER},
            "credHelpers": {"gcr.io": "gcloud", "index.docker.io": "desktop"},
        },
    )
    plugin = write(".docker/cli-plugins/docker-x", "plugin\n")
    write("run/containers/auth.json", {"auths": {"quay.io": OTHER, "docker.io/acme": OTHER}})
    write(".config/containers/auth.json", {"credHelpers": {"quay.io": "pass", "r.example": "pass"}})
    write(".dockercfg", {"legacy.example": OTHER})
    lines = run_in("hub", "sh", "-c", LOOK, env={"DOCKER_AUTH_CONFIG": "{}"}).stdout.splitlines()
    assert lines[:4] == ["700", "600", "600", ""]
    assert lines[4:8] == ["auth.json", "cli-plugins", "config.json", "plugin"]
    assert json.loads(lines[8]) == {
        "HttpHeaders": {"X": "y"},
        "auths": {"ghcr.io": {}, "https://index.docker.io/v1/": {"auth": USER}},
        "credHelpers": {"gcr.io": "gcloud", "ghcr.io": "desktop"},
    }
    assert json.loads(lines[9]) == {
        "auths": {
            "quay.io": {"auth": "other"},
            "legacy.example": {"auth": "other"},
            "docker.io": {"auth": USER},
        },
        "credHelpers": {"r.example": "pass", "gcr.io": "gcloud"},
    }
    assert read(plugin) == b"plugin\n"


def test_an_inner_run_replaces_an_outer_one(register, run_in, cleat):
    register("one", "one.example", "--no-verify")
    register("two", "two.example", "--no-verify")
    inner = [cleat.program, "exec", "two", "--allow-long-lived", "--", "sh", "-c"]
    script = 'cat "$DOCKER_CONFIG/config.json"; echo "$CLEAT_CONNECTOR"'
    result = run_in("one", *inner, script, reveals=True)
    *text, name = result.stdout.strip().split("\n")
    assert name == "two"
    assert sorted(json.loads("\n".join(text))["auths"]) == ["one.example", "two.example"]


@pytest.mark.parametrize("file", [".docker/config.json", ".config/containers/auth.json"])
def test_names_a_file_that_does_not_parse(register, cleat, write, file):
    register("reg", "reg.example.com", "--no-verify")
    path = write(file, "{,")
    error = cleat("exec", "reg", "--allow-long-lived", "--", "true", code=125).stderr
    assert path in error and "line 1" in error


def test_passes_the_exit_status_on(register, run_in):
    register("reg", "reg.example.com", "--no-verify")
    run_in("reg", "sh", "-c", "exit 7", code=7)
    run_in("reg", "no-such-program", code=127)


# -- export ----------------------------------------------------------------------------------


@pytest.fixture
def export(cleat):
    def run(name, format, *more, **options):
        words = ["-r", "docker-registry", "--allow-long-lived", "--format", format]
        return cleat("export", name, *words, *more, reveals=True, **options).stdout

    return run


def pair(text):
    return base64.b64decode(text).decode()


def test_skopeo_reads_an_exported_configuration(registry, register, export, cleat, tmp_path):
    register("reg", registry.url)
    file = tmp_path / "config.json"
    file.write_text(export("reg", "docker-config"))
    image = make_image(tmp_path / "image")
    target = "docker://%s/acme/exported:1" % registry.host
    words = ["skopeo", "--insecure-policy", "copy", "--dest-authfile", str(file), "--dest-tls-verify=false"]
    subprocess.run([*words, image, target], env=cleat.environment, check=True, capture_output=True)
    file.unlink()


def test_prints_what_clusters_and_scripts_read(register, export, cleat):
    register("hub", "docker.io", "--no-verify")
    entry = {"username": USER, "password": PASSWORD, "auth": base64.b64encode((USER + ":" + PASSWORD).encode()).decode()}
    wanted = {"auths": {"https://index.docker.io/v1/": entry}}
    assert json.loads(export("hub", "dockerconfigjson")) == wanted
    secret = yaml.safe_load(export("hub", "k8s-secret"))
    assert json.loads(pair(secret["data"].pop(".dockerconfigjson"))) == wanted
    assert secret == {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"name": "docker.io"},
        "data": {},
    }
    named = yaml.safe_load(export("hub", "k8s-secret", "--name", "1.5", "--namespace", "null"))
    assert named["metadata"] == {"name": "1.5", "namespace": "null"}
    assert export("hub", "env") == "REGISTRY=docker.io\nREGISTRY_USERNAME=%s\nREGISTRY_PASSWORD=%s\n" % (USER, PASSWORD)
    assert export("hub", "basic") == "Authorization: Basic %s\n" % entry["auth"]
    assert json.loads(export("hub", "json"))["resource_id"] == "docker.io"
    assert cleat("export", "hub", "--format", "env", code=2).stderr.count("--allow-long-lived") == 1
    assert "--name" in cleat("export", "hub", "--allow-long-lived", "--format", "k8s-secret", "--name=A\nb", code=2).stderr


def test_a_refresh_token_is_for_docker_only(register, export, cleat):
    cleat.sc(
        "register", "token", "--type", "docker", "--registry=r.example", "--username=<token>",
        "--password=@env:T", "--no-verify", env={"T": PASSWORD},
    )  # fmt: skip
    entry = json.loads(export("token", "docker-config"))["auths"]["r.example"]
    assert entry["identitytoken"] == PASSWORD and pair(entry["auth"]) == "<token>:"
    for format in ("dockerconfigjson", "k8s-secret", "env", "basic"):
        error = cleat("export", "token", "--allow-long-lived", "--format", format, code=2).stderr
        assert "a refresh token cannot be exported as '%s'" % format in error
