"""The docker connector type against a loopback registry: AC-01 (its row), AC-30, and refusals."""

import pytest
from fake_registry import Registry

from support.canary import MARKER
from support.certificate import make
from support.text import heading, lines_of, table

PASSWORD = MARKER + "-pass:word/1"
USER = "acme"
ROW = ["🐳 docker-registry"]


@pytest.fixture(scope="module")
def server():
    with Registry() as registry:
        yield registry


@pytest.fixture
def registry(server):
    server.reset(users={USER: PASSWORD}, repositories={"acme/app": [USER], "acme/theirs": ["other"]})
    return server


def words_for(name, registry, *more):
    return [
        "register", name, "--type", "docker", "--username=@env:T_USER", "--password=@env:T_PASSWORD",
        "--registry=" + (registry if isinstance(registry, str) else registry.url), *more,
    ]  # fmt: skip


@pytest.fixture
def register(cleat):
    def run(name, registry, *more, password=PASSWORD, user=USER, **options):
        env = {"T_USER": user, "T_PASSWORD": password}
        return cleat.sc(*words_for(name, registry, *more), env=env, **options)

    return run


@pytest.fixture
def refused(register, cleat):
    """Registers in vain; says why as JSON does. Nothing is stored."""

    def run(registry, *more, code=7, **options):
        error = register("refused", registry, *more, "-o", "json", code=code, **options).error()
        assert cleat.names() == []
        return error

    return run


# -- the type --------------------------------------------------------------------------------


def test_is_listed_before_the_aws_type(cleat):
    """AC-01."""
    found = table(cleat.screen("service-connector", "list-types"))
    row = found.row(TYPE="🐳 docker")
    assert row["NAME"] == ["Docker Service Connector"]
    assert row["RESOURCE TYPES"] == ROW and row["AUTH METHODS"] == ["password"]
    assert row["LOCAL"] == row["REMOTE"] == ["✅"]
    types = [t[0] for t in found.column("TYPE")]
    assert types.index("🐳 docker") < types.index("🔶 aws")


def test_describes_itself(cleat):
    lines = lines_of(cleat.screen("service-connector", "describe-type", "docker", width=80))
    assert lines[:3] == heading("🐳 Docker Service Connector (connector type: docker)")
    for words, title in (
        (["-r", "docker-registry"], "🐳 Docker/OCI container registry (resource type: docker-registry)"),
        (["-a", "password"], "🔒 Docker username and password/token (auth method: password)"),
    ):
        assert title in cleat.screen("service-connector", "describe-type", "docker", *words)


# -- registering and verifying ---------------------------------------------------------------


@pytest.mark.parametrize("settings", [{"auth": "basic"}, {"auth": "bearer"}, {"packed": True}])
def test_registers_what_the_registry_accepts(registry, register, cleat, settings):
    registry.change(**settings)
    register("reg", registry)
    conn = cleat.find("reg")
    assert conn["resource_id"] == registry.host
    assert conn["resource_types"] == ["docker-registry"]
    text = cleat.screen("service-connector", "verify", "reg")
    assert table(text).rows == [{"RESOURCE TYPE": ROW, "RESOURCE NAMES": [registry.host]}]
    assert not [e for e in registry.requests() if e["method"] != "GET"]


@pytest.mark.parametrize("settings", [{"auth": "basic"}, {}, {"refusal": 403}])
@pytest.mark.parametrize("wrong", [{"password": MARKER + "-wrong"}, {"user": "nobody"}])
def test_refuses_wrong_credentials(registry, refused, settings, wrong):
    registry.change(**settings)
    error = refused(registry, **wrong)
    assert error["code"] == "credentials_rejected"
    assert error["details"]["provider"]["http_status"] in (401, 403)
    # One try: many servers lock an account after a few.
    assert len([e for e in registry.requests() if e["authorization"] == "Basic"]) == 1


def test_does_not_take_an_open_registry_for_a_proof(registry, register, cleat):
    registry.change(auth="open")
    result = register("open", registry, password=MARKER + "-any")
    assert "could not be tested" in result.stderr
    assert "could not be tested" in cleat.sc("verify", "open").stderr


def test_asks_a_registry_whose_front_door_is_open_about_the_repository(registry, register, refused):
    registry.change(auth="basic", open_ping=True)
    error = refused(registry, "--repository=acme/theirs")
    assert error["code"] == "permission_denied"
    register("ours", registry, "--repository=acme/app")


def test_tells_a_missing_permission_from_a_wrong_password(registry, refused, register):
    error = refused(registry, "--repository=acme/theirs")
    assert error["code"] == "permission_denied"
    assert "acme/theirs" in error["message"] and "denied" in error["message"]
    register("ours", registry, "--repository=acme/app")
    assert registry.requests("token")[-1]["query"]["scope"] == ["repository:acme/app:pull,push"]


def test_takes_the_repository_from_the_registrys_address(registry, register, refused):
    assert refused(registry.url + "/acme/theirs")["code"] == "permission_denied"
    register("ours", registry.url + "/acme/app")


def test_accepts_tokens_that_open_repositories_only(registry, register, refused):
    registry.change(narrow_tokens=True)
    register("ours", registry, "--repository=acme/app")
    assert registry.requests()[-1]["path"] == "/v2/acme/app/tags/list"


def test_refuses_a_narrow_token_without_a_repository(registry, refused):
    registry.change(narrow_tokens=True)
    assert refused(registry)["code"] == "credentials_rejected"


def test_asks_about_pushing_only_when_told_to(registry, register, cleat):
    """The fake registry lets nobody push."""
    register("reg", registry, "--repository=acme/app")
    assert {e["method"] for e in registry.requests()} == {"GET"}
    registry.change(answers=[("/blobs/uploads/", 403, [])])
    assert "Check 'push': denied: " in cleat.sc("verify", "reg", "--check", "push").stdout
    registry.change(answers=[("/blobs/uploads/", 403, [])])
    check = cleat.sc_json("verify", "reg", "--check", "push")["check"]
    assert check["allowed"] is False and check["error_code"] == "permission_denied"
    registry.change(answers=[("/blobs/uploads/", 403, [])])
    cleat.sc("verify", "reg", "--check", "push", "--require", code=7)
    uploads = [("/blobs/uploads/", 202, [("Location", "/v2/acme/app/blobs/uploads/1")])]
    registry.change(answers=uploads)
    cleat.sc("verify", "reg", "--check", "push", "--require")
    assert registry.requests()[-1]["method"] == "DELETE"
    cleat.sc("verify", "reg", "--check", "pull", code=2)


# -- whom the password is sent to ------------------------------------------------------------


@pytest.mark.parametrize(
    "realm", ["http://localhost:{port}/token", "https://evil.invalid/token", "http://evil.invalid/token"]
)
def test_sends_no_password_to_a_foreign_token_server(registry, refused, realm):
    registry.change(realm=realm.format(port=registry.token_host.split(":")[1]))
    error = refused(registry)
    assert error["code"] == "auth_realm_changed"
    assert "nothing was sent" in error["message"]
    assert [e["authorization"] for e in registry.requests()] == [""]


def test_holds_a_registry_to_its_token_server(registry, register, cleat):
    register("pinned", registry)
    with Registry() as other:
        other.reset(users={USER: PASSWORD})
        registry.change(realm="http://%s/token" % other.token_host)
        result = cleat.sc("verify", "pinned", code=7)
        assert registry.token_host in result.stderr and other.token_host in result.stderr
        error = cleat.sc("verify", "pinned", "-o", "json", code=7).error()
        assert error["code"] == "auth_realm_changed" and "auth_realm_pin=" in error["hint"]
        assert other.requests("token") == []
        # Whoever confirms the change gets the registry back.
        registry.change(realm=None)
        cleat.sc("update", "pinned", "--auth_realm_pin=" + registry.token_host)
        cleat.sc("verify", "pinned")


@pytest.mark.parametrize("part", ["/v2/", "/token"])
def test_follows_no_redirect(registry, refused, part):
    with Registry() as other:
        other.reset(auth="open", users={USER: PASSWORD})
        location = [("Location", other.url + "/v2/")]
        registry.change(answers=[(part, 307, location)])
        assert refused(registry, code=9)["code"] == "provider_error"
        assert other.requests() == []


# -- other trouble ---------------------------------------------------------------------------


def test_waits_when_the_token_server_says_so(registry, refused):
    registry.change(answers=[("/token", 429, [("Retry-After", "30")])])
    error = refused(registry, code=9)
    assert error["code"] == "provider_throttled" and error["details"]["retry_after_s"] == 30
    assert len(registry.requests("token")) == 1


@pytest.mark.parametrize(
    "settings, part",
    [
        ({"answers": [("/v2/", 404, [])]}, "no container registry"),
        ({"auth": "Negotiate"}, "Negotiate"),
        ({"auth": 'Bearer realm="open'}, "WWW-Authenticate"),
        ({"answers": [("/token", 200, [])]}, "no token"),
    ],
)
def test_says_what_is_wrong_with_the_registry(registry, refused, settings, part):
    registry.change(**settings)
    error = refused(registry, code=9)
    assert error["code"] == "provider_error" and part in error["message"]


def test_says_that_nobody_is_there(refused):
    assert refused("http://127.0.0.1:1", code=9)["code"] == "provider_unreachable"


@pytest.mark.parametrize(
    "words",
    [
        ["--registry=http://10.0.0.5:5000"],
        ["--registry=reg.example.com", "--plain_http=true"],
        ["--registry=user@reg.example.com"],
        ["--registry=ghcr.io", "--repository=Org/App"],
        ["--registry=ghcr.io", "--ca_bundle=nothing"],
        ["--registry=ghcr.io", "--auth_realm_pin=https://ghcr.io"],
    ],
)
def test_refuses_bad_configurations_without_asking_anybody(cleat, words):
    env = {"T_USER": USER, "T_PASSWORD": PASSWORD}
    words = ["register", "bad", "--type", "docker", "--username=@env:T_USER", "--password=@env:T_PASSWORD"] + words
    assert cleat.sc(*words, "-o", "json", env=env, code=2).error()["code"] == "invalid_attribute"


# -- over TLS --------------------------------------------------------------------------------


@pytest.fixture
def tls_registry(tmp_path):
    certificate = make(tmp_path)
    with Registry(tls=certificate) as registry:
        registry.reset(users={USER: PASSWORD})
        registry.certificate = certificate[0]
        yield registry


def test_trusts_a_private_authority_when_told_to(tls_registry, register, refused):
    error = refused(tls_registry)
    assert error["code"] == "tls_untrusted" and "ca_bundle" in error["hint"]
    assert tls_registry.requests() == []
    register("tls", tls_registry, "--ca_bundle=@" + tls_registry.certificate)
    assert len(tls_registry.requests("token")) >= 1


def test_refuses_a_token_server_over_plain_http(tls_registry, refused):
    tls_registry.change(realm="http://%s/token" % tls_registry.token_host)
    error = refused(tls_registry, "--ca_bundle=@" + tls_registry.certificate)
    assert error["code"] == "auth_realm_changed" and "plain http" in error["message"]
    assert tls_registry.requests("token") == []


def test_hints_at_plain_http(registry, refused):
    error = refused(registry.url.replace("http:", "https:"), code=9)
    assert "plain_http" in error["hint"]
    assert registry.requests() == []


def test_trusts_anybody_when_told_to(tls_registry, register, refused):
    error = refused(tls_registry, "--insecure=true", "--ca_bundle=@" + tls_registry.certificate, code=2)
    assert error["code"] == "invalid_attribute"
    assert "not verified" in register("tls", tls_registry, "--insecure=true").stderr


def test_shows_its_certificate_to_the_registry_alone(tmp_path, register, refused, canary):
    certificate = make(tmp_path)
    with Registry(tls=certificate, client_ca=certificate[0]) as registry:
        registry.reset(users={USER: PASSWORD})
        trust = "--ca_bundle=@" + certificate[0]
        refused(registry, trust, code=(7, 9))  # some servers say why, some hang up
        assert registry.requests() == []
        shown = ["--client_certificate=@" + certificate[0], "--client_key=@" + certificate[1]]
        assert refused(registry, trust, shown[0], code=2)["code"] == "invalid_attribute"
        register("mutual", registry, trust, *shown)
        assert {e["certificate"] for e in registry.requests("registry")} == {True}
        assert {e["certificate"] for e in registry.requests("token")} == {False}


# -- refresh tokens --------------------------------------------------------------------------


def test_exchanges_a_refresh_token(registry, register, refused, cleat):
    """Docker's name for a token in the password's place is the user <token>."""
    token = MARKER + "-refresh"
    registry.change(refresh_tokens={token: USER})
    register("token", registry, "--repository=acme/app", user="<token>", password=token)
    assert {e["method"] for e in registry.requests("token")} == {"POST"}
    cleat.sc("delete", "token")
    assert refused(registry, user="<token>", password=MARKER + "-wrong")["code"] == "credentials_rejected"
    registry.change(auth="basic")
    assert refused(registry, user="<token>", password=token)["code"] == "credentials_rejected"


# -- ids and issuing -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, canonical",
    [
        (None, "docker.io"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("acme/app", "docker.io"),
        ("ghcr.io/org/x", "ghcr.io"),
        ("HTTPS://Reg.Example.com:443/", "reg.example.com"),
        ("http://localhost:5000", "localhost:5000"),
        ("[fd00::1]:5000", "[fd00::1]:5000"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
    ],
)
def test_names_the_registry(cleat, given, canonical):
    """AC-30."""
    env = {"T_USER": USER, "T_PASSWORD": PASSWORD}
    words = ["--username=@env:T_USER", "--password=@env:T_PASSWORD", "--no-verify"]
    if given:
        words.append("--registry=" + given)
    cleat.sc("register", "hub", "--type", "docker", *words, env=env)
    row = table(cleat.screen("service-connector", "list")).row(NAME="hub")
    assert row["TYPE"] == ["🐳 docker"] and row["RESOURCE TYPES"] == ROW
    assert row["RESOURCE NAME"] == [canonical]


@pytest.mark.parametrize(
    "given, code", [("{host}", 0), ("http://{host}/v2/acme/app", 0), ("ghcr.io", 2), ("a b", 2)]
)
def test_reaches_its_own_registry_only(registry, register, cleat, given, code):
    register("reg", registry)
    cleat.sc("verify", "reg", "-r", "docker-registry", "-ri", given.format(host=registry.host), code=code)


@pytest.mark.reveals_secret
def test_hands_out_the_stored_pair(registry, register, cleat):
    register("reg", registry, password=PASSWORD + "\n")
    before = len(registry.requests())
    client = cleat.sc_json("describe", "reg", "--client", "--show-secrets")
    assert len(registry.requests()) == before
    assert client["connector_type"] == "docker" and client["auth_method"] == "password"
    assert client["secrets"] == {"username": USER, "password": PASSWORD}
    assert client["configuration"] == {"registry": registry.host, "plain_http": True}


def test_shows_no_secret(registry, register, cleat):
    """The fixture `canary` looks at everything that is printed and stored."""
    register("reg", registry)
    for words in (["describe", "reg"], ["list"], ["verify", "reg"], ["describe", "reg", "--client"]):
        for more in ([], ["-o", "json"]):
            cleat.sc(*words, *more)
    cleat.sc_json("list-resources")


# -- container registries --------------------------------------------------------------------


def test_connects_container_registries(cleat, register, registry):
    """AC-57's form for another kind: the account behind the host is no part of what is connected."""
    host = registry.url.split("//")[1]
    register("reg", registry)
    for flavor in ("default", "dockerhub"):
        name = "images-" + flavor
        result = cleat("container-registry", "register", name, "--flavor", flavor, "--uri=%s/acme" % host)
        assert result.stdout == "Successfully registered container_registry `%s`.\n" % name
        text = cleat.screen("container-registry", "connect", name, "--connector", "reg")
        assert lines_of(text)[0] == "Successfully connected container registry `%s` to the following resources:" % name
        assert table(text).row(**{"CONNECTOR NAME": "reg"})["RESOURCE NAMES"] == [host]
    other = cleat("container-registry", "register", "other", "--flavor", "aws", "--uri=" + host)
    assert other.stdout
    error = cleat("container-registry", "connect", "other", "-c", "reg", "-o", "json", code=2).error()
    assert "'aws'" in error["message"] and "'docker'" in error["message"]
    assert cleat.sc("delete", "reg", "--yes", code=6)


def test_flavors_of_other_kinds_refuse_a_registry(cleat, register, registry):
    register("reg", registry)
    for words in (
        ["orchestrator", "runs", "kubernetes"],
        ["step-operator", "steps", "kubernetes"],
        ["model-deployer", "models", "seldon"],
        ["deployer", "services", "kubernetes"],
    ):
        kind, name, flavor = words
        cleat(kind, "register", name, "--flavor", flavor)
        error = cleat(kind, "connect", name, "-c", "reg", "-o", "json", code=2).error()
        assert "kubernetes-cluster" in error["message"] and "docker-registry" in error["message"]
