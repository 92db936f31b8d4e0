"""login for container registries: Debian's docker-registry, driven by skopeo through the helper."""

import base64
import json
import os
import stat
import subprocess

import pytest

from support.aws_world import ECR
from support.canary import MARKER
from support.certificate import make
from support.clock import Clock
from support.registry_world import DockerRegistry, TokenServer, Tunnel, make_image

PASSWORD = MARKER + "-pass:word/1"
USER = "acme"
NOT_FOUND = "credentials not found in native keychain\n"


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    with DockerRegistry(tmp_path_factory.mktemp("registry"), USER, PASSWORD) as running:
        yield running


@pytest.fixture
def path(cleat, program):
    """The helper is found in PATH, beside the program."""
    folder = os.path.dirname(program)
    assert os.path.exists(os.path.join(folder, "docker-credential-cleat"))
    cleat.environment["PATH"] = folder + os.pathsep + cleat.environment["PATH"]
    return cleat.environment["PATH"]


@pytest.fixture
def register(cleat, path):
    def run(name, url, *more):
        env = {"T_USER": USER, "T_PASSWORD": PASSWORD}
        words = ["--username=@env:T_USER", "--password=@env:T_PASSWORD", "--registry=" + url]
        cleat.sc("register", name, "--type", "docker", *words, *more, env=env)

    return run


@pytest.fixture
def helper(cleat, program):
    """One call of the helper, as Docker makes it."""

    def run(*words, stdin="", code=0):
        argv = [os.path.join(os.path.dirname(program), "docker-credential-cleat"), *words]
        reply = subprocess.run(argv, input=stdin, env=cleat.environment, capture_output=True, text=True, check=False)
        assert reply.returncode == code, reply
        assert reply.stderr == ""
        return reply.stdout

    return run


@pytest.fixture
def skopeo(cleat):
    def run(*words, code=0):
        reply = subprocess.run(
            ["skopeo", "--insecure-policy", *words], env=cleat.environment, capture_output=True, text=True, check=False
        )
        assert (reply.returncode == 0) == (code == 0), reply
        return reply

    return run


@pytest.fixture
def docker_json(home):
    return os.path.join(home, ".docker", "config.json")


@pytest.fixture
def auth_json(home):
    return os.path.join(home, ".config", "containers", "auth.json")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text, mode=0o600):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    os.chmod(path, mode)


# -- the real thing --------------------------------------------------------------------------


def test_skopeo_copies_in_and_out_after_login(registry, register, cleat, skopeo, tmp_path):
    register("reg", registry.url)
    target = "docker://%s/acme/app:1" % registry.host
    image = make_image(tmp_path / "image")
    skopeo("copy", "--dest-tls-verify=false", image, target, code=1)
    cleat.sc("login", "reg")
    skopeo("copy", "--dest-tls-verify=false", image, target)
    skopeo("copy", "--src-tls-verify=false", target, "oci:%s:1" % (tmp_path / "back"))
    assert read(tmp_path / "back" / "index.json")
    cleat.sc("login", "reg", "--logout")
    skopeo("copy", "--src-tls-verify=false", target, "oci:%s:2" % (tmp_path / "again"), code=1)


def test_skopeo_uses_a_new_password_without_another_login(registry, register, cleat, skopeo):
    register("reg", registry.url)
    cleat.sc("login", "reg")
    cleat.sc("update", "reg", "--no-verify", "--password=@env:P", env={"P": MARKER + "-old"})
    where = "docker://%s/acme/other" % registry.host
    assert "unauthorized" in skopeo("list-tags", "--tls-verify=false", where, code=1).stderr
    cleat.sc("update", "reg", "--no-verify", "--password=@env:P", env={"P": PASSWORD})
    assert "unauthorized" not in skopeo("list-tags", "--tls-verify=false", where, code=1).stderr


def _auth(user, password):
    return {"auth": base64.b64encode(("%s:%s" % (user, password)).encode()).decode()}


def test_tells_of_credentials_that_podmans_kind_would_prefer(registry, register, cleat, skopeo, home):
    """What skopeo does with them is what the warnings say."""
    register("reg", registry.url)
    part = registry.host + "/acme/part"  # of which there is nothing yet
    where = "docker://" + part
    runtime = os.path.join(home, "run", "containers", "auth.json")
    write(runtime, json.dumps({"auths": {part: _auth("nobody", "wrong")}}))
    said = cleat.sc("login", "reg")
    assert "warning: %s has credentials of its own for parts of the registry, which podman uses instead: %s" % (
        runtime,
        part,
    ) in " ".join(said.stderr.split())
    assert "unauthorized" in skopeo("list-tags", "--tls-verify=false", where, code=1).stderr
    os.unlink(runtime)
    assert "unauthorized" not in skopeo("list-tags", "--tls-verify=false", where, code=1).stderr
    cleat.sc("login", "reg", "--logout")
    auth_json = os.path.join(home, ".config", "containers", "auth.json")
    write(auth_json, json.dumps({"auths": {part: _auth("nobody", "wrong")}}))
    assert "does not use while cleat is asked" in " ".join(cleat.sc("login", "reg").stderr.split())
    assert "unauthorized" not in skopeo("list-tags", "--tls-verify=false", where, code=1).stderr
    write(runtime, json.dumps({"auths": {registry.url: _auth("nobody", "wrong")}}))
    error = cleat.sc("login", "reg", "-o", "json", code=6).error()
    assert error["code"] == "conflict" and registry.url in error["message"]


# -- a registry with a token server -----------------------------------------------------------


def test_skopeo_gets_its_tokens_with_what_cleat_hands_out(register, cleat, skopeo, tmp_path):
    with TokenServer(make(tmp_path), USER, PASSWORD) as tokens, DockerRegistry(
        tmp_path / "registry", USER, PASSWORD, auth=tokens.auth()
    ) as registry:
        env = {"T_USER": USER, "T_PASSWORD": MARKER + "-wrong"}
        words = ["--username=@env:T_USER", "--password=@env:T_PASSWORD", "--registry=" + registry.url]
        error = cleat.sc("register", "reg", "--type", "docker", *words, "-o", "json", env=env, code=7).error()
        assert error["code"] == "credentials_rejected"
        register("reg", registry.url, "--repository=acme/app")
        assert "Check 'push': allowed." in cleat.sc("verify", "reg", "--check", "push").stdout
        assert tokens.scopes[-1] == "repository:acme/app:pull,push"
        target = "docker://%s/acme/app:1" % registry.host
        image = make_image(tmp_path / "image")
        skopeo("copy", "--dest-tls-verify=false", image, target, code=1)
        cleat.sc("login", "reg")
        skopeo("copy", "--dest-tls-verify=false", image, target)
        skopeo("copy", "--src-tls-verify=false", target, "oci:%s:1" % (tmp_path / "back"))


# -- the registry of an AWS connector --------------------------------------------------------


@pytest.fixture
def ecr(aws, path, tmp_path, cleat):
    """A registry that is reached under the account's name and takes the password that the fake AWS gives."""
    password = MARKER + "-ecr:password"
    aws.fake.settings(ecr_password=password)
    tls = make(tmp_path)
    with DockerRegistry(tmp_path / "ecr", "AWS", password, tls=tls) as running, Tunnel(running.host) as tunnel:
        cleat.environment["HTTPS_PROXY"] = tunnel.url
        yield tunnel


def test_skopeo_reaches_the_registry_of_an_aws_connector(ecr, aws, cleat, skopeo, tmp_path):
    """AC-51."""
    aws.register("aws-session-token", "session-token", verify=False)
    words = ["service-connector", "login", "aws-session-token", "--resource-type", "docker-registry"]
    assert cleat.screen(*words).splitlines()[-1] == (
        "The 'aws-session-token' Docker Service Connector connector was used to successfully configure the local "
        "Docker/OCI container registry client/SDK."
    )
    target = "docker://%s/zenit-server:1" % ECR
    skopeo("copy", "--dest-tls-verify=false", make_image(tmp_path / "image"), target)
    skopeo("copy", "--src-tls-verify=false", target, "oci:%s:1" % (tmp_path / "back"))
    assert set(ecr.asked) == {ECR + ":443"}
    # One question for all of it: the password is kept, sealed.
    assert len(aws.fake.log("ecr", "GetAuthorizationToken")) == 1
    cleat.sc("login", "aws-session-token", "-r", "docker-registry", "--logout")
    skopeo("copy", "--src-tls-verify=false", target, "oci:%s:2" % (tmp_path / "again"), code=1)


def test_skopeo_reaches_it_under_exec(ecr, aws, cleat, tmp_path, home):
    aws.register("aws-session-token", "session-token", verify=False)
    target = "docker://%s/zenit-server:1" % ECR
    words = ["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", make_image(tmp_path / "image"), target]
    cleat("exec", "aws-session-token", "-r", "docker-registry", "-ri", ECR, "--", *words)
    assert set(ecr.asked) == {ECR + ":443"}
    assert not os.path.exists(os.path.join(home, ".docker"))


@pytest.mark.release
@pytest.mark.reveals_secret
def test_asks_for_a_new_password_when_the_old_one_ends(aws, path, cleat, helper, tmp_path):
    clock = Clock(tmp_path, aws.fake)
    cleat.environment.update(clock.env())
    aws.fake.settings(ecr_password=MARKER + "-first")
    aws.register("made", "iam-role", "-r", "docker-registry", verify=False)
    cleat.sc("login", "made")
    first = json.loads(helper("get", stdin=ECR))
    assert (first["Username"], first["Secret"]) == ("AWS", MARKER + "-first")
    aws.fake.settings(ecr_password=MARKER + "-next")
    assert json.loads(helper("get", stdin=ECR)) == first
    assert helper("erase", stdin=ECR) == ""
    assert json.loads(helper("get", stdin=ECR))["Secret"] == MARKER + "-next"
    aws.fake.settings(ecr_password=MARKER + "-last")
    clock.set(3700)
    assert json.loads(helper("get", stdin=ECR))["Secret"] == MARKER + "-last"


def test_writes_a_copy_that_ends_when_told(ecr, aws, cleat, skopeo, canary, docker_json, auth_json, tmp_path):
    aws.register("made", "iam-role", "-r", "docker-registry", verify=False)
    for file in (docker_json, auth_json):
        canary.allow_file(file)
    said = cleat.sc("login", "made", "--static", env={"PATH": "/usr/bin:/bin"}).stdout
    assert said.startswith("WARNING! Your password will be stored unencrypted in %s" % docker_json)
    assert "\\x0a" not in said and ".\nConfigure a credential helper to remove this warning. See\n" in said
    assert "#credentials-store\nThese credentials expire in" in said
    target = "docker://%s/zenit-server:1" % ECR
    skopeo("copy", "--dest-tls-verify=false", make_image(tmp_path / "image"), target)
    cleat.sc("login", "made", "--logout")
    assert not os.path.exists(docker_json) and not os.path.exists(auth_json)


# -- the protocol ----------------------------------------------------------------------------


@pytest.mark.reveals_secret
def test_answers_get_byte_for_byte(register, cleat, helper):
    """AC-95."""
    register("reg", "reg.example.com", "--no-verify")
    register("hub", "docker.io", "--no-verify")
    cleat.sc("login", "reg")
    cleat.sc("login", "hub")
    for asked in ("reg.example.com", "https://reg.example.com", "https://Reg.Example.com/v2/"):
        for end in ("", "\n", "  \r\n"):
            want = '{"ServerURL":"%s","Username":"%s","Secret":"%s"}\n' % (asked, USER, PASSWORD)
            assert helper("get", stdin=asked + end) == want
    for asked in ("https://index.docker.io/v1/", "docker.io", "index.docker.io"):
        assert json.loads(helper("get", stdin=asked))["Secret"] == PASSWORD


@pytest.mark.parametrize("asked", ["ghcr.io", "https://reg.example.com:444", "a b", "http://", "\x01", "[::1", "{}"])
def test_knows_nothing_of_other_registries(register, cleat, helper, asked):
    assert helper("get", stdin=asked, code=1) == NOT_FOUND
    register("reg", "reg.example.com", "--no-verify")
    cleat.sc("login", "reg")
    assert helper("get", stdin=asked, code=1) == NOT_FOUND
    assert helper("erase", stdin=asked) == ""


def test_answers_the_other_actions_byte_for_byte(register, cleat, helper):
    assert helper("list") == "{}\n"
    register("reg", "reg.example.com", "--no-verify")
    register("hub", "docker.io", "--no-verify")
    cleat.sc("login", "reg")
    cleat.sc("login", "hub")
    assert helper("list", stdin="unused") == '{"https://reg.example.com":"cleat","https://index.docker.io/v1/":"cleat"}\n'
    pair = {"ServerURL": "https://reg.example.com", "Username": "u", "Secret": "s"}
    assert helper("store", stdin=json.dumps(pair)) == ""
    assert helper("erase", stdin="reg.example.com\n") == ""
    other = dict(pair, ServerURL="ghcr.io")
    assert helper("store", stdin=json.dumps(other), code=1) == "cleat manages connector registries only\n"
    assert helper("store", stdin=json.dumps(dict(pair, ServerURL="")), code=1) == "no credentials server URL\n"
    assert helper("store", stdin=json.dumps(dict(pair, Username="")), code=1) == "no credentials username\n"
    assert helper("get", stdin=" \n", code=1) == "no credentials server URL\n"
    assert helper("erase", code=1) == "no credentials server URL\n"
    for word in ("version", "--version", "-v"):
        assert helper(word).startswith("docker-credential-cleat (cleat) 0.")
    usage = "Usage: docker-credential-cleat <store|get|erase|list|version>\n"
    assert helper(code=1) == usage
    assert helper("get", "get", code=1) == usage
    assert helper("bogus", code=1) == "docker-credential-cleat: unknown action 'bogus'\n"


def test_survives_hostile_input(helper):
    assert "larger than" in helper("get", stdin="a" * 1000000, code=1)
    assert helper("store", stdin="[" * 100000, code=1) != ""
    assert helper("store", stdin='{"ServerURL":', code=1) != ""


def test_says_aloud_what_went_wrong(register, cleat, helper, home):
    register("reg", "reg.example.com", "--no-verify")
    cleat.sc("login", "reg")
    cleat.sc("delete", "reg")
    said = helper("get", stdin="reg.example.com", code=1)
    assert said.startswith("cleat: ") and ".docker/config.json" in said
    write(os.path.join(home, ".config", "cleat", "docker.json"), "{\n{")
    said = helper("get", stdin="reg.example.com", code=1)
    assert "docker.json" in said and "line 2" in said


# -- the files -------------------------------------------------------------------------------

FILES = [
    "",
    "\n",
    "{}",
    '{"auths":{}}',
    '{"auths": null, "credHelpers": null}\n',
    '{\n\t"auths": {\n\t\t"ghcr.io": {}\n\t}\n}',
    '{\r\n  "credsStore": "desktop",\r\n  "x-unknown": [1, {"a": null}]\r\n}\r\n',
    '{\n    "credHelpers": {\n        "gcr.io": "gcloud"\n    },\n    "aliases": {"builder": "buildx"}\n}\n',
]


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_logout_gives_the_files_back_byte_for_byte(register, cleat, docker_json, auth_json, text, mode):
    register("reg", "reg.example.com", "--no-verify")
    write(docker_json, text, mode)
    cleat.sc("login", "reg", "--tool", "docker")
    assert json.loads(read(docker_json))["credHelpers"]["reg.example.com"] == "cleat"
    assert stat.S_IMODE(os.stat(docker_json).st_mode) == mode
    cleat.sc("login", "reg", "--tool", "docker")
    cleat.sc("login", "reg", "--logout")
    assert read(docker_json) == text.encode()
    assert stat.S_IMODE(os.stat(docker_json).st_mode) == mode
    assert not os.path.exists(auth_json)


@pytest.mark.parametrize("by_id", [False, True])
def test_a_deleted_connector_can_be_logged_out_of(register, cleat, docker_json, auth_json, by_id):
    register("reg", "reg.example.com", "--no-verify")
    register("other", "ghcr.io", "--no-verify")
    write(docker_json, FILES[-1])
    cleat.sc("login", "other")
    before = read(docker_json)
    cleat.sc("login", "reg")
    given = cleat.find("reg")["id"] if by_id else "reg"
    assert docker_json in cleat.sc("delete", "reg", "--yes").stderr
    assert "Removed registry 'reg.example.com'" in cleat.sc("login", given, "--logout").stdout
    assert read(docker_json) == before
    assert "reg.example.com" not in read(auth_json).decode()
    cleat.sc("login", "reg", "--logout", code=3)
    cleat.sc("login", "other", "--logout")
    assert read(docker_json) == FILES[-1].encode()


def test_makes_files_and_takes_them_away(register, cleat, docker_json, auth_json, home):
    register("hub", "docker.io", "--no-verify")
    register("reg", "reg.example.com", "--no-verify")
    cleat.sc("login", "hub")
    cleat.sc("login", "reg")
    assert json.loads(read(docker_json)) == {
        "credHelpers": {"https://index.docker.io/v1/": "cleat", "reg.example.com": "cleat"}
    }
    assert json.loads(read(auth_json)) == {"credHelpers": {"docker.io": "cleat", "reg.example.com": "cleat"}}
    assert stat.S_IMODE(os.stat(docker_json).st_mode) == 0o600
    cleat.sc("login", "hub", "--logout")
    cleat.sc("login", "reg", "--logout")
    assert not os.path.exists(docker_json) and not os.path.exists(auth_json)
    assert not os.path.exists(os.path.join(home, ".config", "cleat", "docker.json"))
    assert "no registry" in cleat.sc("login", "reg", "--logout", code=3).stderr


def test_follows_a_link(register, cleat, docker_json, home):
    register("reg", "reg.example.com", "--no-verify")
    target = os.path.join(home, "dotfiles", "docker.json")
    write(target, FILES[4])
    os.makedirs(os.path.dirname(docker_json))
    os.symlink("../dotfiles/docker.json", docker_json)
    cleat.sc("login", "reg")
    assert os.path.islink(docker_json) and b"cleat" in read(target)
    cleat.sc("login", "reg", "--logout")
    assert os.path.islink(docker_json) and read(target) == FILES[4].encode()


def test_a_link_outlives_the_file_that_a_login_made(register, cleat, docker_json, home):
    register("reg", "reg.example.com", "--no-verify")
    target = os.path.join(home, "dotfiles", "docker.json")
    os.makedirs(os.path.dirname(target))
    os.makedirs(os.path.dirname(docker_json))
    os.symlink("../dotfiles/docker.json", docker_json)
    cleat.sc("login", "reg")
    assert b"cleat" in read(target)
    cleat.sc("login", "reg", "--logout")
    assert os.path.islink(docker_json) and not os.path.exists(target)


@pytest.mark.parametrize(
    "text, part",
    [
        ('{\n"auths": {,}\n}', "line 2"),
        ("[]", "not an object"),
        ('{"credHelpers": 1}', "credHelpers"),
        ('{"a": 1, "a": 2}', "twice"),
    ],
)
def test_leaves_a_file_alone_that_it_does_not_understand(register, cleat, docker_json, home, text, part):
    register("reg", "reg.example.com", "--no-verify")
    write(docker_json, text)
    result = cleat.sc("login", "reg", code=1)
    assert docker_json in result.stderr and part in result.stderr
    assert read(docker_json) == text.encode()
    assert not os.path.exists(os.path.join(home, ".config", "cleat", "docker.json"))


@pytest.mark.parametrize(
    "text, part",
    [
        ('{"credHelpers": {"reg.example.com": "pass"}}', "pass"),
        ('{"auths": {"reg.example.com": {"auth": "YTpi"}}}', "did not write"),
    ],
)
def test_replaces_what_is_not_its_own_only_when_told_to(register, cleat, docker_json, text, part):
    register("reg", "reg.example.com", "--no-verify")
    write(docker_json, text)
    result = cleat.sc("login", "reg", code=6)
    assert part in result.stderr and "--overwrite" in result.stderr
    assert read(docker_json) == text.encode()
    cleat.sc("login", "reg", "--overwrite")
    found = json.loads(read(docker_json))
    assert found["credHelpers"]["reg.example.com"] == "cleat" and not found.get("auths")


def test_one_connector_answers_for_a_registry(register, cleat):
    register("one", "reg.example.com", "--no-verify")
    register("two", "reg.example.com", "--no-verify")
    cleat.sc("login", "one")
    one = cleat.find("one")["id"]
    assert "connector 'one' (%s) answers for 'reg.example.com'" % one in cleat.sc("login", "two", code=6).stderr
    cleat.sc("login", "two", "--overwrite")
    cleat.sc("login", "one", "--logout", code=3)
    cleat.sc("login", "two", "--logout")


def test_loses_nothing_when_many_log_in_at_once(register, cleat, docker_json, auth_json):
    names = ["reg%d" % number for number in range(8)]
    for name in names:
        register(name, name + ".example.com", "--no-verify")
    for words in ([], ["--logout"]):
        running = [cleat.start("service-connector", "login", name, *words) for name in names]
        for one in running:
            cleat.settle(one)
        if not words:
            want = {name + ".example.com": "cleat" for name in names}
            assert json.loads(read(docker_json)) == json.loads(read(auth_json)) == {"credHelpers": want}
    assert not os.path.exists(docker_json) and not os.path.exists(auth_json)


def test_does_not_hide_behind_a_file_that_podman_prefers(register, cleat, home):
    register("reg", "reg.example.com", "--no-verify")
    write(os.path.join(home, "run", "containers", "auth.json"), '{"auths": {"reg.example.com": {"auth": "YTpi"}}}')
    assert "podman logout" in cleat.sc("login", "reg", "--tool", "podman", code=6).stderr
    cleat.sc("login", "reg", "--tool", "docker")


def test_changes_the_file_that_is_named(register, cleat, docker_json, auth_json, home, tmp_path):
    register("reg", "reg.example.com", "--no-verify")
    own = str(tmp_path / "own.json")
    cleat.sc("login", "reg", "--docker-config", own)
    assert not os.path.exists(docker_json) and not os.path.exists(auth_json)
    assert json.loads(read(own)) == {"credHelpers": {"reg.example.com": "cleat"}}
    cleat.sc("login", "reg", "--logout")
    assert not os.path.exists(own)


def test_heeds_the_variables_of_the_tools(register, cleat, tmp_path):
    register("hub", "docker.io", "--no-verify")
    env = {"DOCKER_CONFIG": str(tmp_path / "d"), "REGISTRY_AUTH_FILE": str(tmp_path / "p.json")}
    cleat.sc("login", "hub", env=env)
    assert "https://index.docker.io/v1/" in json.loads(read(tmp_path / "d" / "config.json"))["credHelpers"]
    assert json.loads(read(tmp_path / "p.json")) == {"credHelpers": {"docker.io": "cleat"}}
    cleat.sc("login", "hub", "--logout")
    assert not os.path.exists(tmp_path / "p.json")


def test_needs_the_helper_in_path(register, cleat, docker_json):
    register("reg", "reg.example.com", "--no-verify")
    result = cleat.sc("login", "reg", env={"PATH": "/usr/bin:/bin"}, code=1)
    assert "docker-credential-cleat" in result.stderr and "ln -s" in result.stderr
    assert not os.path.exists(docker_json)


def test_warns_that_the_stored_pair_is_handed_out(register, cleat):
    register("reg", "reg.example.com", "--no-verify")
    assert "cannot issue temporary" in cleat.sc("login", "reg").stderr


def test_writes_no_secret(register, cleat, registry, skopeo):
    """The fixture `canary` looks into every file below the home."""
    register("reg", registry.url)
    cleat.sc("login", "reg")
    skopeo("list-tags", "--tls-verify=false", "docker://%s/acme/none" % registry.host, code=1)
