"""login for kubectl and Kubernetes clients, with the real ones against a loopback API."""

import base64
import json
import os
import signal
import stat
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from fake_kubernetes import Cluster

from support.aws_world import ACCOUNT, CLUSTER, REGION
from support.canary import MARKER
from support.clock import Clock

ARN = "arn:aws:eks:%s:%s:cluster/%s" % (REGION, ACCOUNT, CLUSTER)
SCOPE = ["-r", "kubernetes-cluster", "-ri", CLUSTER]
# Debian's is old, others are new: CLEAT_KUBECTL names more of them, separated by colons.
KUBECTLS = ["kubectl", *filter(None, os.environ.get("CLEAT_KUBECTL", "").split(":"))]
PYTHON_CLIENT = """
import sys
from kubernetes import client, config
config.load_kube_config()
api = client.CoreV1Api()
for _ in range(int(sys.argv[1])):
    print(" ".join(item.metadata.name for item in api.list_namespace().items))
"""


@pytest.fixture(scope="module")
def server():
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def eks(aws, server, cleat):
    """A cluster of the account whose API is the loopback one; it asks STS about every token."""

    seen = []

    def checked(token):
        if token not in seen:
            seen.append(token)
        answer = aws.fake.check_eks_token(token, CLUSTER)
        return answer["arn"] if answer["ok"] else None

    server.reset(token_check=checked, anonymous=False)
    aws.reset(clusters=[{"name": CLUSTER, "endpoint": server.url, "ca": server.ca_data}])
    aws.register("role", "iam-role", verify=False)
    server.seen = seen
    return server


@pytest.fixture
def config_path(home):
    return os.path.join(home, ".kube", "config")


@pytest.fixture
def login(cleat):
    def run(*words, **more):
        return cleat.sc("login", "role", *SCOPE, *words, **more)

    return run


def run(cleat, *words, code=0, env=None):
    """Another program, in the environment that cleat runs in."""
    reply = subprocess.run(
        words, env={**cleat.environment, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert reply.returncode == code, reply.stdout + reply.stderr
    return reply


def namespaces(cleat, kubectl="kubectl", **more):
    return run(cleat, kubectl, "get", "namespaces", "-o", "name", **more)


# -- what is written -------------------------------------------------------------------------


def test_writes_an_exec_user_and_switches(eks, cleat, login, config_path):
    """AC-49."""
    result = login()
    assert result.stdout.splitlines() == [
        "Updated local kubeconfig with the cluster details. The current kubectl context was set to '%s'." % ARN,
        "The 'role' Kubernetes Service Connector connector was used to successfully configure the local"
        " Kubernetes cluster client/SDK.",
    ]
    with open(config_path, encoding="utf-8") as file:
        text = file.read()
    assert "k8s-aws-v1." not in text and stat.S_IMODE(os.stat(config_path).st_mode) == 0o600
    document = yaml.safe_load(text)
    (cluster,), (context,), (user,) = document["clusters"], document["contexts"], document["users"]
    assert cluster["name"] == context["name"] == document["current-context"] == ARN
    assert cluster["cluster"]["server"] == eks.url
    assert cluster["cluster"]["certificate-authority-data"] == eks.ca_data
    assert user["name"] == context["context"]["user"] == "cleat:role:" + ARN
    connector = cleat.sc("describe", "role", "-o", "json").json()["id"]
    assert user["user"]["exec"] == {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": cleat.program,
        "args": ["kube-credential", connector, "-r", "kubernetes-cluster", "-ri", CLUSTER],
        "env": None,
        "interactiveMode": "Never",
        "provideClusterInfo": False,
        "installHint": user["user"]["exec"]["installHint"],
    }


def test_logs_out_byte_for_byte(eks, login, config_path):
    os.makedirs(os.path.dirname(config_path))
    before = "# mine\nkind: Config\napiVersion: v1\nclusters: null\nusers: [ ]  # none\npreferences: {colors: true}"
    with open(config_path, "w", encoding="utf-8") as file:
        file.write(before)
    os.chmod(config_path, 0o640)
    login()
    assert stat.S_IMODE(os.stat(config_path).st_mode) == 0o640
    assert login("--logout").stdout == "Removed kubectl context '%s' from the local kubeconfig.\n" % ARN
    with open(config_path, encoding="utf-8") as file:
        assert file.read() == before
    assert os.listdir(os.path.dirname(config_path)) == ["config"]
    assert "no context of this connector" in login("--logout", code=3).stderr


# -- kubectl ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kubectl", KUBECTLS)
def test_kubectl_lists_namespaces(eks, cleat, login, kubectl):
    login()
    assert namespaces(cleat, kubectl).stdout.split() == ["namespace/default", "namespace/kube-system"]
    (token,) = eks.seen
    # The token names the partition's own host, wherever the connector's endpoints are.
    token = token.removeprefix("k8s-aws-v1.")
    url = urlsplit(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
    assert (url.scheme, url.netloc, url.path) == ("https", "sts.%s.amazonaws.com" % REGION, "/")
    assert parse_qs(url.query)["Action"] == ["GetCallerIdentity"]


@pytest.mark.parametrize("kubectl", KUBECTLS)
def test_kubectl_can_rewrite_the_file_and_keeps_the_marks(eks, cleat, login, config_path, kubectl):
    """kubectl writes the file anew, in an order of its own; Cleat still knows its entries."""
    login()
    run(cleat, kubectl, "config", "set-context", "mine", "--cluster=x", "--user=y")
    assert namespaces(cleat, kubectl).returncode == 0
    login()
    login("--logout")
    with open(config_path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    assert [context["name"] for context in document["contexts"]] == ["mine"]
    assert not document.get("users") and not document.get("clusters") and not document.get("current-context")


@pytest.mark.release
@pytest.mark.parametrize("kubectl", KUBECTLS)
def test_kubectl_goes_on_after_the_token_has_ended(eks, aws, cleat, login, tmp_path, kubectl):
    clock = Clock(tmp_path, aws.fake)
    login(env=clock.env())
    namespaces(cleat, kubectl, env=clock.env())
    clock.set(16 * 60)
    eks.advance(16 * 60)
    namespaces(cleat, kubectl, env=clock.env())
    clock.set(0)
    assert len(eks.seen) == 2


def test_a_failure_reaches_the_user_of_kubectl_in_one_line(eks, cleat, login):
    login()
    cleat.sc("delete", "role", "--yes")
    told = namespaces(cleat, code=1).stderr.splitlines()
    assert any(line.startswith("Error: ") for line in told), told


# -- the Python client -----------------------------------------------------------------------


def test_the_python_client_lists_namespaces(eks, cleat, login):
    login()
    reply = run(cleat, sys.executable, "-c", PYTHON_CLIENT, "2")
    assert reply.stdout == "default kube-system\n" * 2


# One list for each line of standard input, with one configuration and one connection.
LIVING_CLIENT = """
import sys
from kubernetes import client, config
config.load_kube_config()
api = client.CoreV1Api()
for line in sys.stdin:
    print(" ".join(item.metadata.name for item in api.list_namespace().items), flush=True)
"""


@pytest.mark.release
def test_a_python_client_outlives_its_tokens(eks, aws, cleat, login, tmp_path):
    """One process, one configuration: it runs the plugin again by itself."""
    clock = Clock(tmp_path, aws.fake)
    login(env=clock.env())
    with subprocess.Popen(
        [sys.executable, "-c", LIVING_CLIENT],
        env={**cleat.environment, **clock.env()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as living:
        for minutes in [0, 1, 16, 32]:
            clock.set(minutes * 60)
            living.stdin.write("again\n")
            living.stdin.flush()
            assert living.stdout.readline() == "default kube-system\n", minutes
        living.stdin.close()
        assert living.wait(timeout=60) == 0
    clock.set(0)
    assert len(eks.seen) == 3


# -- static copies ---------------------------------------------------------------------------


@pytest.mark.reveals_secret
def test_writes_a_static_copy_when_asked_to(eks, cleat, login, config_path, canary):
    result = login("--static")
    assert "These credentials expire in 1" in result.stdout
    with open(config_path, encoding="utf-8") as file:
        text = file.read()
    user = yaml.safe_load(text)["users"][0]["user"]
    canary.wrote(config_path, text)
    assert set(user) == {"token", "extensions"} and user["token"].startswith("k8s-aws-v1.")
    namespaces(cleat)
    login("--logout")
    assert not os.path.exists(config_path)  # as before


# -- other people's entries ------------------------------------------------------------------


def eks_entry(server, ca, command="aws"):
    """What the cloud's own tool writes, under the same name."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": ARN, "cluster": {"server": server, "certificate-authority-data": ca}}],
            "contexts": [{"name": ARN, "context": {"cluster": ARN, "user": ARN}}],
            "users": [{"name": ARN, "user": {"exec": {"command": command, "apiVersion": "x"}}}],
            "current-context": ARN,
        }
    )


def test_leaves_the_entries_of_other_tools_alone(eks, cleat, login, config_path):
    os.makedirs(os.path.dirname(config_path))
    before = eks_entry(eks.url, eks.ca_data)
    with open(config_path, "w", encoding="utf-8") as file:
        file.write(before)
    result = login()
    assert "context was set to '%s-cleat'." % ARN in result.stdout
    namespaces(cleat)
    login("--logout")
    with open(config_path, encoding="utf-8") as file:
        assert file.read() == before


@pytest.mark.parametrize("given", [None, "role"])
def test_takes_out_what_a_deleted_connector_left(eks, login, cleat, config_path, given):
    login()
    with open(config_path, encoding="utf-8") as file:
        connector = yaml.safe_load(file)["users"][0]["user"]["extensions"][0]["extension"]["connector"]
    cleat.sc("delete", "role", "--yes")
    assert "found by its name at that time" in cleat.sc("login", "another", "--logout", code=3).stderr
    assert "Removed kubectl context" in cleat.sc("login", given or connector, "--logout").stdout
    assert not os.path.exists(config_path)
    assert "not found" in cleat.sc("login", connector, "--logout", code=3).stderr


def test_refuses_to_take_over_another_cluster(eks, login, config_path):
    os.makedirs(os.path.dirname(config_path))
    before = eks_entry("https://elsewhere.example", eks.ca_data)
    with open(config_path, "w", encoding="utf-8") as file:
        file.write(before)
    error = login("-o", "json", code=6).error()
    assert error["code"] == "conflict" and "elsewhere.example" in error["message"] and eks.url in error["message"]
    with open(config_path, encoding="utf-8") as file:
        assert file.read() == before
    login("--overwrite")
    with open(config_path + ".cleat-backup", encoding="utf-8") as file:
        assert file.read() == before


@pytest.mark.parametrize(
    "text, reason",
    [
        ("apiVersion: v1\nclusters: [\n", "line 3"),
        ("users:\n- name: a\n- name: a\n", "line 3"),
        ("a: 1\n---\nb: 2\n", "line 2"),
        ("clusters: nothing\n", "line 1"),
    ],
)
def test_a_file_that_does_not_parse_stays_as_it_is(eks, login, config_path, text, reason):
    os.makedirs(os.path.dirname(config_path))
    with open(config_path, "w", encoding="utf-8") as file:
        file.write(text)
    stderr = login(code=1).stderr
    assert config_path + ": " in stderr and reason in stderr
    with open(config_path, encoding="utf-8") as file:
        assert file.read() == text
    assert os.listdir(os.path.dirname(config_path)) == ["config"]


def test_edits_json_as_json(eks, cleat, login, config_path):
    os.makedirs(os.path.dirname(config_path))
    before = json.dumps({"kind": "Config", "apiVersion": "v1", "users": [], "current-context": ""}, indent=4)
    with open(config_path, "w", encoding="utf-8") as file:
        file.write(before)
    login()
    with open(config_path, encoding="utf-8") as file:
        assert json.load(file)["current-context"] == ARN
    namespaces(cleat)
    login("--logout")
    with open(config_path, encoding="utf-8") as file:
        assert file.read() == before


# -- places ----------------------------------------------------------------------------------


def test_follows_the_list_and_the_options(eks, cleat, login, tmp_path):
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    with open(two, "w", encoding="utf-8") as file:
        file.write("kind: Config\napiVersion: v1\n")
    env = {"KUBECONFIG": "%s::%s" % (one, two)}
    login("--context", "mine", "--namespace", "team-a", env=env)
    assert not os.path.exists(one)
    namespaces(cleat, env=env)
    shown = json.loads(run(cleat, "kubectl", "config", "view", "-o", "json", env=env).stdout)
    assert shown["current-context"] == "mine" and shown["contexts"][0]["context"]["namespace"] == "team-a"
    other = str(tmp_path / "new" / "three")
    login("--kubeconfig", other, "--no-switch", env=env)
    assert "current-context" not in yaml.safe_load(open(other, encoding="utf-8"))
    login("--logout", "--context", "mine", env=env)
    with open(two, encoding="utf-8") as file:
        assert file.read() == "kind: Config\napiVersion: v1\n"


def test_a_link_stays_a_link(eks, login, config_path, home):
    target = os.path.join(home, "dotfiles")
    os.makedirs(os.path.dirname(config_path))
    with open(target, "w", encoding="utf-8") as file:
        file.write("kind: Config\n")
    os.symlink("../dotfiles", config_path)
    login()
    assert os.readlink(config_path) == "../dotfiles"
    with open(target, encoding="utf-8") as file:
        assert ARN in file.read()


def test_waits_for_kubectl_and_says_so(eks, login, config_path):
    os.makedirs(os.path.dirname(config_path))
    os.close(os.open(config_path + ".lock", os.O_CREAT | os.O_EXCL, 0))
    stderr = login(code=1).stderr
    assert config_path + ".lock" in stderr and "another program is changing the file, for " in stderr
    assert os.path.exists(config_path + ".lock") and not os.path.exists(config_path)


def test_the_entry_finds_a_store_that_lies_elsewhere(eks, aws, cleat, home):
    state = os.path.join(home, "elsewhere")
    env = {"CLEAT_CONFIG_PATH": state}
    aws.register("role", "iam-role", verify=False, env=env)
    cleat.sc("login", "role", *SCOPE, env=env)
    namespaces(cleat)


# -- clusters of their own connectors --------------------------------------------------------

RIGHTS = [
    ["*", "list", "namespaces", "*"],
    ["broker", "create", "serviceaccounts/token", "ci"],
    ["broker", "create", "secrets", "ci"],
    ["broker", "delete", "secrets", "ci"],
]
TOKEN = MARKER + ".token.root"
ACCOUNT_METHOD = {"service_account": "runner", "service_account_namespace": "ci"}


@pytest.fixture
def register(server, cleat):
    """A connector for the loopback cluster itself; no token of it lives longer than asked for here."""
    server.reset(
        tokens={TOKEN: {"user": "broker", "groups": ["brokers"]}},
        rights=RIGHTS,
        service_accounts=["ci/runner"],
        anonymous=False,
    )

    def run(method="token", **given):
        values = {"server": server.url, "cluster_name": "kind", "certificate_authority": server.ca_data, **given}
        env = {"T_%d" % n: value for n, value in enumerate(values.values())}
        words = ["--%s=@env:T_%d" % (name, n) for n, name in enumerate(values)]
        cleat.sc("register", "own", "--type", "kubernetes", "--auth-method", method, *words, env=env)

    return run


@pytest.mark.parametrize("kubectl", KUBECTLS)
@pytest.mark.parametrize("method", ["service-account", "token", "client-certificate"])
def test_every_method_works_with_kubectl(server, cleat, register, config_path, method, kubectl):
    pair = server.authority.client("ana")
    given = {
        "service-account": {"token": TOKEN, **ACCOUNT_METHOD},
        "token": {"token": TOKEN},
        "client-certificate": {
            "client_certificate": base64.b64encode(pair.certificate.encode()).decode(),
            "client_key": base64.b64encode(pair.key.encode()).decode(),
        },
    }[method]
    register(method, **given)
    result = cleat.sc("login", "own")
    assert "context was set to 'kind'" in result.stdout
    with open(config_path, encoding="utf-8") as file:
        args = yaml.safe_load(file)["users"][0]["user"]["exec"]["args"]
    stored = method != "service-account"
    assert (args[-1] == "--allow-long-lived") == stored == ("stored ones" in result.stderr)
    assert namespaces(cleat, kubectl).stdout.split() == ["namespace/default", "namespace/kube-system"]
    cleat.sc("login", "own", "--logout")
    assert not os.path.exists(config_path)


def test_the_python_client_asks_again_before_a_short_token_ends(server, cleat, register):
    """Under five minutes from the end it asks before every request."""
    register("service-account", token=TOKEN, **ACCOUNT_METHOD)
    server.change(token_seconds=200)
    cleat.sc("login", "own")
    reply = run(cleat, sys.executable, "-c", PYTHON_CLIENT, "3")
    assert reply.stdout == "default kube-system\n" * 3
    users = {entry["user"] for entry in server.requests("/namespaces") if entry["path"].endswith("/namespaces")}
    assert users == {"system:serviceaccount:ci:runner"}


@pytest.mark.release
@pytest.mark.parametrize("client", ["kubectl", "python"])
def test_goes_on_after_a_token_of_a_service_account_has_ended(server, cleat, register, tmp_path, client):
    register("service-account", token=TOKEN, **ACCOUNT_METHOD)
    clock = Clock(tmp_path)
    server.change(token_seconds=240)
    cleat.sc("login", "own", env=clock.env())

    def listed():
        if client == "kubectl":
            return namespaces(cleat, env=clock.env()).stdout.split()
        return run(cleat, sys.executable, "-c", PYTHON_CLIENT, "1", env=clock.env()).stdout.split()

    assert len(listed()) == 2
    before = len(server.requests("/token"))
    clock.set(300)
    server.advance(300)
    assert len(listed()) == 2
    assert len(server.requests("/token")) > before
    clock.set(0)


def runtime_names(home):
    folder = os.path.join(home, "run", "cleat")
    return os.listdir(folder) if os.path.isdir(folder) else []


PERSISTENT_CLIENT = """
from kubernetes import client, config
for attempt in range(3):
    config.load_kube_config()
    try:
        print(" ".join(item.metadata.name for item in client.CoreV1Api().list_namespace().items))
        break
    except client.ApiException as error:
        print(error.status)
"""


@pytest.fixture
def kept(server, cleat, register, tmp_path):
    """A token of a service account that is two minutes old and good for an hour; and the clock."""
    register("service-account", token=TOKEN, **ACCOUNT_METHOD)
    clock = Clock(tmp_path)
    cleat.sc("login", "own", env=clock.env())
    namespaces(cleat, env=clock.env())
    clock.set(120)
    yield clock
    clock.set(0)


@pytest.mark.release
def test_a_revoked_token_is_replaced_when_a_client_asks_again(server, cleat, kept):
    server.issued.clear()
    reply = run(cleat, sys.executable, "-c", PERSISTENT_CLIENT, env=kept.env())
    assert reply.stdout.splitlines() == ["401", "default kube-system"]
    before = len(server.requests("/token"))
    assert len(namespaces(cleat, env=kept.env()).stdout.split()) == 2  # and it is kept for everybody
    assert len(server.requests("/token")) == before


@pytest.mark.release
def test_kubectl_replaces_a_revoked_token_by_itself(server, cleat, kept):
    server.issued.clear()
    assert len(namespaces(cleat, env=kept.env()).stdout.split()) == 2  # in the same command
    assert len(server.issued) == 1


@pytest.mark.release
def test_a_busy_client_issues_one_token_a_minute(server, cleat, kept, home):
    before = len(server.requests("/token"))
    for _ in range(3):
        namespaces(cleat, env=kept.env())
    assert len(server.requests("/token")) <= before + 1
    note, *more = runtime_names(home)
    path = os.path.join(home, "run", "cleat", note)
    with open(path, encoding="ascii") as file:
        assert set(file.read()) <= set("0123456789 \n")
    assert more == [] and stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_a_runtime_folder_that_cannot_be_used_is_no_failure(server, cleat, register):
    register("service-account", token=TOKEN, **ACCOUNT_METHOD)
    cleat.sc("login", "own")
    namespaces(cleat, env={"XDG_RUNTIME_DIR": "/proc"})


def test_a_password_cannot_be_asked_for_but_copied(server, cleat, register, config_path, canary):
    secret = MARKER + "-pass:word/1"
    server.change(basic={"ana": secret})
    register("password", username="ana", password=secret)
    stderr = cleat.sc("login", "own", code=2).stderr
    assert "user name and password" in stderr and "--static" in stderr and not os.path.exists(config_path)
    cleat.sc("login", "own", "--static")
    with open(config_path, encoding="utf-8") as file:
        text = file.read()
    canary.wrote(config_path, text)
    user = yaml.safe_load(text)["users"][0]["user"]
    assert (user["username"], user["password"]) == ("ana", secret)
    namespaces(cleat)


# -- export ----------------------------------------------------------------------------------


@pytest.mark.reveals_secret
def test_exports_a_kubeconfig_that_needs_no_program(server, cleat, register, config_path, tmp_path, canary):
    register("service-account", token=TOKEN, **ACCOUNT_METHOD)
    path = str(tmp_path / "exported")
    text = cleat("export", "own", "--format", "kubeconfig").stdout
    with open(path, "w", encoding="utf-8") as file:
        os.chmod(path, 0o600)
        file.write(text)
    canary.wrote(path, text)
    assert not os.path.exists(config_path) and "kube-credential" not in text
    names = namespaces(cleat, env={"KUBECONFIG": path, "PATH": "/usr/bin:/bin"}).stdout.split()
    assert names == ["namespace/default", "namespace/kube-system"]


@pytest.mark.reveals_secret
def test_exports_the_token_in_other_forms(server, cleat, register):
    register("service-account", token=TOKEN, **ACCOUNT_METHOD)
    token = cleat("export", "own", "--format", "token").stdout.strip()
    assert server.whose(token) == "system:serviceaccount:ci:runner"
    document = cleat("export", "own", "--format", "exec-credential").json()
    assert document["kind"] == "ExecCredential" and document["status"]["token"] == token
    document = cleat("export", "own", "--format", "json").json()
    assert document["secrets"]["token"] == token and document["configuration"]["server"] == server.url
    assert "ssh-config" in cleat("export", "own", "--format", "ssh-config", code=2).stderr


@pytest.mark.reveals_secret
def test_exports_a_stored_credential_only_when_told_to(server, cleat, register):
    register("token", token=TOKEN)
    for form in ["kubeconfig", "exec-credential", "token", "json"]:
        refused = cleat("export", "own", "--format", form, code=2)
        assert refused.stdout == "" and "--allow-long-lived" in refused.stderr
    assert cleat("export", "own", "--format", "token", "--allow-long-lived").stdout == TOKEN + "\n"


# -- exec ------------------------------------------------------------------------------------


def in_runtime(home):
    """Files that hold something; notes of who reads stay."""
    return [name for name in runtime_names(home) if not name.startswith("readers-")]


def test_exec_makes_a_kubeconfig_for_one_program(eks, cleat, home, config_path):
    result = cleat("exec", "role", *SCOPE, "--", "kubectl", "get", "namespaces", "-o", "name")
    assert result.stdout.split() == ["namespace/default", "namespace/kube-system"]
    assert in_runtime(home) == [] and not os.path.exists(config_path)
    shown = cleat("exec", "role", *SCOPE, "--", "sh", "-c", 'stat -c %a "$KUBECONFIG"; cat "$KUBECONFIG"').stdout
    assert shown.startswith("600\n") and "kube-credential" in shown and "k8s-aws-v1" not in shown


@pytest.mark.parametrize("line, code", [("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137)])
def test_exec_ends_as_the_program_does(eks, cleat, home, line, code):
    """AC-94."""
    cleat("exec", "role", *SCOPE, "--", "sh", "-c", line, code=code)
    assert in_runtime(home) == []


def test_exec_says_that_there_is_no_such_program(eks, cleat, home):
    assert "command not found" in cleat("exec", "role", *SCOPE, "--", "no-such-program", code=127).stderr
    assert in_runtime(home) == []


def test_exec_hands_signals_to_the_program(eks, cleat, home):
    line = "trap 'exit 9' TERM; echo ready; while :; do :; done"
    running = cleat.start("exec", "role", *SCOPE, "--", "sh", "-c", line)
    running.pump(until="ready")
    os.kill(running.process.pid, signal.SIGTERM)
    cleat.settle(running, code=9)
    assert in_runtime(home) == []
