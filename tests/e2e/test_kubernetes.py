"""The kubernetes connector type against a loopback API server: AC-01 (its row), AC-34, and refusals."""

import base64
import json
import os
import time

import pytest
from authority import Authority
from fake_kubernetes import Cluster

from support.aws_world import CLUSTER
from support.canary import MARKER
from support.text import heading, lines_of, table, tables

TOKEN = MARKER + ".token.root"
PASSWORD = MARKER + "-pass:word/1"
ROW = ["🌀 kubernetes-cluster"]
RIGHTS = [
    ["*", "list", "namespaces", "*"],
    ["broker", "create", "serviceaccounts/token", "ci"],
    ["broker", "create", "secrets", "ci"],
    ["broker", "delete", "secrets", "ci"],
]


@pytest.fixture(scope="module")
def server():
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(server):
    server.reset(
        tokens={TOKEN: {"user": "broker", "groups": ["brokers"]}}, rights=RIGHTS, service_accounts=["ci/runner"]
    )
    return server


class Registering:
    """Registers connectors; secrets travel in the environment."""

    def __init__(self, cleat, cluster):
        self.cleat = cleat
        self.cluster = cluster

    def words(self, name, method, given, env):
        values = {"server": self.cluster.url, "cluster_name": "kind", "certificate_authority": self.cluster.ca_data}
        values.update(given)
        words = ["register", name, "--type", "kubernetes", "--auth-method", method]
        for number, (attr, value) in enumerate(values.items()):
            if value is not None:
                env["T_%d" % number] = value
                words.append("--%s=@env:T_%d" % (attr, number))
        return words

    def __call__(self, name, method="token", *more, code=0, env=(), **given):
        env = dict(env)
        words = self.words(name, method, given, env)
        return self.cleat.sc(*words, *more, env=env, code=code)

    def refused(self, method="token", *more, code=7, **given):
        """Why nothing was registered, as JSON tells it."""
        error = self("refused", method, *more, "-o", "json", code=code, **given).error()
        assert self.cleat.names() == []
        return error


@pytest.fixture
def register(cleat, cluster):
    return Registering(cleat, cluster)


def runner(**more):
    return {"token": TOKEN, "service_account": "runner", "service_account_namespace": "ci", **more}


def client(cleat, name, *more, **options):
    """What a client receives, secrets shown."""
    document = cleat.sc("describe", name, "--client", "--show-secrets", "-o", "json", *more, **options).json()
    return document.get("client", document)


# -- the type --------------------------------------------------------------------------------


def test_is_listed_first(cleat):
    """AC-01."""
    found = table(cleat.screen("service-connector", "list-types"))
    row = found.row(TYPE="🌀 kubernetes")
    assert row["NAME"] == ["Kubernetes Service Connector"]
    assert row["RESOURCE TYPES"] == ROW and row["AUTH METHODS"][:2] == ["password", "token"]
    assert row["LOCAL"] == row["REMOTE"] == ["✅"]
    assert found.column("TYPE")[0][0] == "🌀 kubernetes"


def test_describes_itself(cleat):
    lines = lines_of(cleat.screen("service-connector", "describe-type", "kubernetes", width=80))
    assert lines[:3] == heading("🌀 Kubernetes Service Connector (connector type: kubernetes)")
    page = cleat.screen("service-connector", "describe-type", "kubernetes", "-a", "service-account")
    assert "🔒 Kubernetes Service Account (auth method: service-account)" in page
    assert "serviceaccounts/token" in page


# -- verification proves who one is ----------------------------------------------------------


def test_registers_a_token(cluster, register, cleat):
    register("kind", token=TOKEN)
    conn = cleat.find("kind")
    assert conn["resource_id"] == "kind" and conn["resource_types"] == ["kubernetes-cluster"]
    reached, _ = tables(cleat.screen("service-connector", "verify", "kind"))
    assert reached.rows == [{"RESOURCE TYPE": ROW, "RESOURCE NAMES": ["kind"]}]
    assert [e["user"] for e in cluster.requests("selfsubjectreviews")] == ["broker"] * 2
    assert all(e["agent"].startswith("cleat/") for e in cluster.requests())


def test_shows_as_whom_it_acts(cluster, register, cleat):
    register("kind", token=TOKEN)
    for command in ["verify", "describe"]:
        *_, found = tables(cleat.screen("service-connector", command, "kind"))
        assert found.row(PROPERTY="USER")["VALUE"] == ["broker"]
        assert "brokers" in found.row(PROPERTY="GROUPS")["VALUE"][0]
        assert found.row(PROPERTY="SERVER VERSION")["VALUE"] == ["v1.31.4"]
        facts = cleat.sc(command, "kind", "-o", "json").json()["facts"]
        assert facts["user"] == "broker" and facts["platform"] == "linux/amd64"
    assert "Verification" not in cleat.screen("service-connector", "verify", "kind", "--verify-only")


def test_refuses_a_wrong_token(cluster, register):
    error = register.refused(token=MARKER + "-wrong")
    assert error["code"] == "credentials_rejected" and error["details"]["provider"]["http_status"] == 401


def test_refuses_an_empty_token(cluster, register):
    assert register.refused(token="", code=2)["code"] in ("missing_attribute", "invalid_attribute")
    assert register.refused(token="Bearer ", code=2)["code"] == "invalid_attribute"
    assert register.refused(code=2)["code"] == "missing_attribute"
    assert cluster.requests() == []


def test_refuses_a_password_that_nobody_looks_at(cluster, register):
    error = register.refused("password", username="jane", password=PASSWORD)
    assert error["code"] == "credentials_rejected" and "anonymous" in error["message"]


def test_refuses_a_wrong_password(cluster, register, cleat):
    cluster.change(basic={"jane": PASSWORD})
    error = register.refused("password", username="jane", password=MARKER + "-wrong")
    assert error["code"] == "credentials_rejected" and error["details"]["provider"]["http_status"] == 401
    result = register("proxied", "password", username="jane", password=PASSWORD)
    assert "1.19" in result.stderr


def test_does_not_take_an_open_cluster_for_a_proof(cluster, register, cleat):
    cluster.change(anonymous_rights=True)
    error = register.refused("password", username="jane", password=PASSWORD)
    assert error["code"] == "credentials_rejected" and "anonymous" in error["message"]
    register("open", allow_anonymous="true")


def test_refuses_a_certificate_that_it_does_not_trust(cluster, register):
    for ca in (None, base64.b64encode(Authority().certificate.encode()).decode()):
        error = register.refused(token=TOKEN, certificate_authority=ca)
        assert error["code"] == "tls_untrusted" and "certificate_authority" in error["hint"]
    assert cluster.requests() == []


def test_trusts_the_given_authority_alone(cluster, register, tmp_path):
    bundle = tmp_path / "system.pem"
    bundle.write_text(cluster.ca)
    env = {"SSL_CERT_FILE": str(bundle)}
    other = base64.b64encode(Authority().certificate.encode()).decode()
    error = register.refused(token=TOKEN, certificate_authority=other, env=env)
    assert error["code"] == "tls_untrusted" and cluster.requests() == []
    register("system", token=TOKEN, certificate_authority=None, env=env)


@pytest.mark.reveals_secret
def test_verifies_the_name_that_it_is_told(register, cleat):
    with Cluster(names=["kubernetes.default.svc"]) as cluster:
        cluster.reset(tokens={TOKEN: "broker"})
        register.cluster = cluster
        error = register.refused(token=TOKEN)
        assert error["code"] == "tls_untrusted" and "tls_server_name" in error["hint"]
        register("named", token=TOKEN, tls_server_name="kubernetes.default.svc")
        assert client(cleat, "named")["configuration"]["tls_server_name"]


def test_is_insecure_only_when_told_to(cluster, register, cleat):
    result = register("careless", token=TOKEN, certificate_authority=None, insecure="true")
    assert "insecure" in result.stderr
    assert "insecure" in cleat.sc("verify", "careless").stderr
    error = register("both", token=TOKEN, insecure="true", code=2)
    assert "exclude" in error.stderr


def test_asks_older_clusters_in_older_ways(cluster, register):
    cluster.change(reviews=["v1beta1"])
    register("older", token=TOKEN)
    cluster.change(reviews=[])
    register("oldest", token=TOKEN)
    assert register("wrong", token=MARKER + "-wrong", code=7)
    result = register("nobody", "password", "-o", "json", username="jane", password=PASSWORD, code=7)
    assert "anonymous" in result.error()["message"]


def test_accepts_hardened_clusters(cluster, register):
    cluster.change(hardened=True, anonymous=False)
    register("hard", token=TOKEN)


def test_works_below_a_path(cluster, register):
    cluster.change(prefix="/k8s/clusters/c-1")
    register("rancher", token="Bearer " + TOKEN + "\n", server=cluster.url + "/")


@pytest.mark.parametrize(
    "answer, code, words",
    [
        ((200, [("Content-Type", "text/html")], "<html>Sign in</html>"), "provider_error", "not a Kubernetes API"),
        ((302, [("Location", "https://login.invalid/")], ""), "provider_error", "not a Kubernetes API"),
        ((404, [], "nothing here"), "provider_error", "not a Kubernetes API"),
    ],
)
def test_says_that_something_else_is_there(cluster, register, answer, code, words):
    cluster.change(answers=[("/version", *answer)])
    error = register.refused(token=TOKEN, code=9)
    assert error["code"] == code and words in error["message"]


def test_says_that_the_cluster_is_busy(cluster, register):
    status = json.dumps({"kind": "Status", "reason": "TooManyRequests", "details": {"retryAfterSeconds": 1}})
    cluster.change(answers=[("/version", 429, [("Retry-After", "1")], status)] * 3)
    assert register.refused(token=TOKEN, code=9)["code"] == "provider_throttled"


def test_says_that_nobody_is_there(cluster, register):
    error = register.refused(token=TOKEN, server="https://127.0.0.1:1", code=9)
    assert error["code"] == "provider_unreachable"


def test_never_sends_a_token_over_plain_http(cluster, register):
    for more in ({}, {"allow_plain_http": "true"}):
        error = register.refused(token=TOKEN, server="http://cluster.example:8080", code=2, certificate_authority=None, **more)
        assert error["code"] == "invalid_attribute" and "http" in error["message"]


def test_is_listed_with_the_clusters_of_others(cluster, register, cleat, aws):
    aws.register("aws-keys")
    register("kind", token=TOKEN)
    words = ["list-resources", "--resource-type", "kubernetes-cluster"]
    rows = {r["CONNECTOR NAME"][0]: r for r in table(cleat.screen("service-connector", *words)).rows}
    assert rows["kind"]["RESOURCE NAMES"] == ["kind"] and rows["kind"]["CONNECTOR TYPE"] == ["🌀 kubernetes"]
    assert rows["aws-keys"]["RESOURCE NAMES"] == [CLUSTER]
    cluster.change(tokens={})
    rows = {r["CONNECTOR NAME"][0]: r for r in table(cleat.sc(*words, code=None).stdout).rows}
    assert "refused the credential" in " ".join(rows["kind"]["RESOURCE NAMES"])
    assert rows["aws-keys"]["RESOURCE NAMES"] == [CLUSTER]


# -- client certificates ---------------------------------------------------------------------


def pair(authority, user="jane", **more):
    made = authority.client(user, ["dev"], **more)
    return {"client_certificate": made.certificate, "client_key": made.key}


def encoded(values):
    return {key: base64.b64encode(text.encode()).decode() for key, text in values.items()}


@pytest.mark.reveals_secret
@pytest.mark.parametrize("method", ["client-certificate", "token"])
def test_shows_client_certificates(cluster, register, cleat, canary, method):
    ours = pair(cluster.authority)
    register("jane", method, **encoded(ours))
    assert {e["user"] for e in cluster.requests("selfsubjectreviews")} == {"jane"}
    conn = cleat.find("jane")
    assert conn["expires_at"]
    given = client(cleat, "jane")
    assert given["auth_method"] == "token"
    assert base64.b64decode(given["secrets"]["client_key"]).decode() == ours["client_key"]


def test_takes_pem_as_it_is(cluster, register):
    register("pem", "client-certificate", certificate_authority=cluster.ca, **pair(cluster.authority))


def test_refuses_certificates_of_others(cluster, register):
    error = register.refused("client-certificate", **pair(cluster.stranger))
    assert error["code"] == "credentials_rejected"
    error = register.refused("client-certificate", **pair(Authority()))
    assert error["code"] == "credentials_rejected" and "certificate" in error["message"]


def test_refuses_certificates_that_have_ended(cluster, register):
    assert register.refused("client-certificate", **pair(cluster.authority, days=-1))["code"] == "credentials_expired"
    assert cluster.requests() == []


def test_refuses_a_key_that_belongs_to_another(cluster, register):
    ours, theirs = pair(cluster.authority), pair(cluster.authority)
    mixed = {**ours, "client_key": theirs["client_key"]}
    error = register.refused("client-certificate", code=2, **mixed)
    assert error["code"] == "invalid_attribute" and "client_key" in error["message"]
    error = register.refused("token", code=2, client_certificate=ours["client_certificate"])
    assert "belong together" in error["message"]


# -- what clients receive --------------------------------------------------------------------


@pytest.mark.reveals_secret
def test_hands_out_the_stored_token(cluster, register, cleat):
    register("kind", token=TOKEN, namespace="team")
    given = client(cleat, "kind")
    assert given["secrets"]["token"] == TOKEN
    assert given["configuration"]["server"] == cluster.url
    assert given["configuration"]["namespace"] == "team"
    assert base64.b64decode(given["configuration"]["certificate_authority"]).decode() == cluster.ca


def jwt(expires_at):
    def part(data):
        return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")

    return ".".join((part({"alg": "none"}), part({"exp": int(expires_at), "sub": "x"}), MARKER))


def test_ends_with_its_token(cluster, register, cleat):
    good, over = jwt(time.time() + 7200), jwt(time.time() - 60)
    cluster.change(tokens={good: "broker", over: "broker"})
    register("good", token=good)
    assert cleat.find("good")["expires_at"]
    error = register("over", "token", "-o", "json", token=over, code=7).error()
    assert error["code"] == "credentials_expired"


# -- service accounts ------------------------------------------------------------------------


@pytest.mark.reveals_secret
def test_issues_tokens_of_the_service_account(cluster, register, cleat, canary):
    register("sa", "service-account", **runner())
    assert {e["user"] for e in cluster.requests("selfsubjectreviews")} == {"system:serviceaccount:ci:runner"}
    before = len(cluster.requests())
    given = client(cleat, "sa")
    assert len(cluster.requests()) == before + 1  # one call, nothing verified
    token = given["secrets"]["token"]
    assert token != TOKEN and cluster.whose(token) == "system:serviceaccount:ci:runner"
    assert given["auth_method"] == "token" and given["expires_at"]
    assert client(cleat, "sa")["secrets"]["token"] == token  # kept
    assert len(cluster.requests()) == before + 1


@pytest.mark.reveals_secret
def test_says_that_the_cluster_shortens_tokens(cluster, register, cleat):
    register("sa", "service-account", "--expiration-seconds=7200", **runner())
    cluster.change(max_token_seconds=1800)
    result = cleat.sc("describe", "sa", "--client", "--show-secrets", "-o", "json")
    assert "shortened to 1800 seconds" in result.stderr + result.stdout


def test_says_what_the_stored_credential_lacks(cluster, register):
    cluster.change(rights=[])
    error = register.refused("service-account", **runner())
    assert error["code"] == "permission_denied"
    assert "'broker'" in error["hint"] and "serviceaccounts/token" in error["hint"] and "'ci'" in error["hint"]
    cluster.change(rights=RIGHTS[:2])
    error = register.refused("service-account", bound_secret="true", **runner())
    assert error["code"] == "permission_denied" and "bound_secret" in error["message"]
    assert cluster.secrets == {}


def test_asks_what_the_account_may_do(cluster, register, cleat):
    cluster.change(rights=[*RIGHTS, ["system:serviceaccount:ci:runner", "get", "pods", "ci"]])
    register("sa", "service-account", **runner())
    assert cleat.sc("verify", "sa", "--check", "get:pods/ci", "--require").code == 0
    assert "does not allow" in cleat.sc("verify", "sa", "--check", "delete:pods/ci").stdout
    cleat.sc("verify", "sa", "--check", "delete:pods/ci", "--require", code=7)
    assert "VERB:RESOURCE" in cleat.sc("verify", "sa", "--check", "push", code=2).stderr


def test_says_that_there_is_no_such_service_account(cluster, register):
    cluster.change(service_accounts=[])
    assert register.refused("service-account", **runner())["code"] == "resource_not_found"


@pytest.mark.reveals_secret
def test_binds_tokens_to_a_secret(cluster, register, cleat):
    register("sa", "service-account", bound_secret="true", **runner())
    assert cluster.secrets == {}  # verification leaves nothing behind
    token = client(cleat, "sa")["secrets"]["token"]
    assert [name for _, name in cluster.secrets] == ["cleat-" + cleat.find("sa")["id"]]
    assert cluster.whose(token)


@pytest.mark.reveals_secret
@pytest.mark.parametrize("how", [["update", "sa", "--namespace=other"], ["delete", "sa", "--yes"]])
def test_revokes_bound_tokens_at_once(cluster, register, cleat, how):
    register("sa", "service-account", bound_secret="true", **runner())
    token = client(cleat, "sa")["secrets"]["token"]
    cleat.sc("update", "sa", "--description", "other")
    assert cluster.whose(token) and cluster.whose(client(cleat, "sa")["secrets"]["token"])
    cleat.sc(*how)
    assert cluster.whose(token) is None and cluster.secrets == {}
    if how[0] == "update":
        assert cluster.whose(client(cleat, "sa")["secrets"]["token"])


@pytest.mark.reveals_secret
def test_says_what_could_not_be_taken_back(cluster, register, cleat):
    register("sa", "service-account", bound_secret="true", **runner())
    token = client(cleat, "sa")["secrets"]["token"]
    cluster.change(rights=RIGHTS[:3])
    result = cleat.sc("delete", "sa", "--yes")
    assert "could not be taken back" in result.stderr and "permit" in result.stderr
    assert cleat.names() == [] and cluster.whose(token)
    register("unbound", "service-account", **runner())
    assert "taken back" not in cleat.sc("delete", "unbound", "--yes").stderr


# -- auto-configuration ----------------------------------------------------------------------


def kubeconfig(cluster, user, name="loop", **cluster_members):
    members = {"server": cluster.url, "certificate-authority-data": cluster.ca_data, **cluster_members}
    return {
        "apiVersion": "v1", "kind": "Config", "current-context": name,
        "clusters": [{"name": name, "cluster": {k: v for k, v in members.items() if v is not None}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "team"}}],
        "users": [{"name": name, "user": user}],
    }  # fmt: skip


@pytest.fixture
def import_from(cleat, home, tmp_path):
    def run(document, *more, at=None, name="local", env=None, **options):
        if document is not None:
            path = at or os.path.join(home, ".kube", "config")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
            cleat.canary.allowed_files.add(path)
        words = ["register", name, "--type", "kubernetes", "--auto-configure", *more]
        return cleat.sc(*words, env=env or {}, **options)

    return run


def test_takes_over_the_current_context(cluster, import_from, cleat):
    """AC-34."""
    result = import_from(kubeconfig(cluster, {"token": TOKEN}))
    assert "this machine" in result.stderr
    conn = cleat.find("local")
    assert conn["auth_method"] == "token" and conn["resource_id"] == "127.0.0.1"
    assert conn["configuration"]["namespace"] == "team"
    assert [e["user"] for e in cluster.requests("selfsubjectreviews")] == ["broker"]


PLUGIN = """#!/bin/sh
read -r nothing
echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$SECRET\\",\
\\"expirationTimestamp\\":\\"2099-01-02T03:04:05Z\\"}}"
"""


def test_takes_what_a_tool_gives_when_that_is_wanted(cluster, import_from, cleat, home):
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "./plugin", "args": ["get"],
            "env": [{"name": "SECRET", "value": TOKEN}],
        }
    }  # fmt: skip
    os.makedirs(os.path.join(home, ".kube"))
    plugin = os.path.join(home, ".kube", "plugin")
    with open(plugin, "w", encoding="utf-8") as file:
        file.write(PLUGIN)
    os.chmod(plugin, 0o700)
    error = import_from(kubeconfig(cluster, user), "-o", "json", code=2).error()
    assert error["code"] == "unsupported" and "--allow-short-lived" in error["hint"]
    assert cleat.names() == []
    assert "running './plugin get'" in import_from(kubeconfig(cluster, user), "--allow-short-lived").stderr
    conn = cleat.find("local")
    assert conn["auth_method"] == "token" and conn["expires_at"].startswith("2099-01-02T03:04:05")
    assert [e["user"] for e in cluster.requests("selfsubjectreviews")] == ["broker"]


@pytest.mark.parametrize("mode, told", [(0o600, False), (0o644, True), (0o640, True)])
def test_tells_of_a_file_that_others_can_read(cluster, import_from, home, mode, told):
    path = os.path.join(home, ".kube", "config")
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8"):
        os.chmod(path, mode)
    result = import_from(kubeconfig(cluster, {"token": TOKEN}))
    assert ("chmod 600" in result.stderr) == told


def test_takes_over_the_context_that_is_named(cluster, import_from, cleat, tmp_path):
    document = kubeconfig(cluster, {"token": MARKER + "-wrong"})
    other = kubeconfig(cluster, {"token": TOKEN}, name="other")
    for key in ("clusters", "contexts", "users"):
        document[key] += other[key]
    path = str(tmp_path / "elsewhere")
    import_from(document, "--kubeconfig", path, "--context", "other", "--cluster_name=mine", at=path)
    assert cleat.find("local")["resource_id"] == "mine"
    error = import_from(None, "--kubeconfig", path, "--context", "third", "-o", "json", code=3, name="x").error()
    assert error["code"] == "not_found" and "loop, other" in error["hint"]


def test_reads_several_files_as_one(cluster, import_from, cleat, tmp_path):
    whole = kubeconfig(cluster, {"token": TOKEN})
    users = {"users": whole.pop("users")}
    paths = [str(tmp_path / name) for name in ("one", "two", "three")]
    for path, document in ((paths[0], whole), (paths[2], users)):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        cleat.canary.allowed_files.add(path)
    import_from(None, env={"KUBECONFIG": ":".join(paths)})
    assert cleat.find("local")["auth_method"] == "token"


def test_takes_over_certificates_from_files(cluster, import_from, cleat, tmp_path):
    path = tmp_path / "kube" / "config"
    path.parent.mkdir()
    cluster.authority.client("jane").files(path.parent, "jane")
    (path.parent / "ca.crt").write_text(cluster.ca)
    user = {"client-certificate": "jane.crt", "client-key": "jane.key"}
    document = kubeconfig(cluster, user, **{"certificate-authority-data": None, "certificate-authority": "ca.crt"})
    import_from(document, "--kubeconfig", str(path), at=str(path))
    assert [e["user"] for e in cluster.requests("selfsubjectreviews")] == ["jane"]
    assert cleat.find("local")["expires_at"]


def test_takes_over_the_base_of_a_service_account(cluster, import_from, cleat):
    import_from(
        kubeconfig(cluster, {"token": TOKEN}), "--auth-method", "service-account",
        "--service_account=runner", "--service_account_namespace=ci",
    )  # fmt: skip
    assert cleat.find("local")["auth_method"] == "service-account"


@pytest.mark.parametrize(
    "user, words",
    [
        ({"exec": {"command": "/usr/bin/aws", "apiVersion": "client.authentication.k8s.io/v1beta1"}}, "type 'aws'"),
        ({"exec": {"command": "gke-gcloud-auth-plugin"}}, "type 'gcp'"),
        ({"exec": {"command": "kubelogin"}}, "type 'azure'"),
        ({"exec": {"command": "/opt/vault-login"}, "token": TOKEN}, "service-account"),
        ({"auth-provider": {"name": "gcp"}}, "type 'gcp'"),
        ({"exec": {"command": "cleat"}}, "exists already"),
    ],
)
def test_names_the_type_that_fits_users_of_other_tools(cluster, import_from, user, words):
    error = import_from(kubeconfig(cluster, user), "-o", "json", code=2).error()
    assert error["code"] == "unsupported" and words in error["hint"]
    assert cluster.requests() == []


def test_takes_over_users_with_passwords_as_such(cluster, import_from, cleat):
    cluster.change(basic={"jane": PASSWORD})
    result = import_from(kubeconfig(cluster, {"username": "jane", "password": PASSWORD}))
    assert "1.19" in result.stderr and cleat.find("local")["auth_method"] == "password"


def test_refuses_users_without_a_credential(cluster, import_from, cleat):
    error = import_from(kubeconfig(cluster, {}), "-o", "json", code=2).error()
    assert error["code"] == "missing_attribute"
    cluster.change(anonymous_rights=True)
    import_from(None, "--allow_anonymous=true")


def test_says_where_a_kubeconfig_is_broken(home, import_from, cleat):
    path = os.path.join(home, ".kube", "config")
    os.makedirs(os.path.dirname(path))
    text = "clusters:\n- name: a\n  name: %s\n" % MARKER
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    cleat.canary.allowed_files.add(path)
    error = import_from(None, "-o", "json", code=1).error()
    assert error["code"] == "local_config_error"
    assert path in error["message"] and "line 3" in error["message"]
    with open(path, encoding="utf-8") as file:
        assert file.read() == text


def test_says_that_there_is_no_kubeconfig(home, import_from):
    error = import_from(None, "-o", "json", code=3).error()
    assert os.path.join(home, ".kube", "config") in error["message"]
