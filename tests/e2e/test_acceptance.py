"""Acceptance cases over several connector types: AC-01, 15, 19 to 21, 26, 30, 47, 52, 53, 65, 83."""

import re

import pytest
from fake_kubernetes import Cluster

from support.aws_world import B5, CLUSTER, ECR
from support.canary import MARKER
from support.text import AWS4, AWS_METHODS, draw, lines_of, table, width

KUBERNETES = ["🌀 kubernetes-cluster"]
TOKEN = MARKER + ".token.acceptance"
EKS = "A5F8F4142FB12DDCDE9F21F6E9B07A18.gr7.us-east-1.eks.amazonaws.com"
SSH_METHODS = ["rsa-key", "dsa-key", "ecdsa-key", "ed25519-key"]
# NAME, TYPE, RESOURCE TYPES, the first AUTH METHODS
TYPES = [
    ("Kubernetes Service Connector", "🌀 kubernetes", KUBERNETES, ["password", "token"]),
    ("Docker Service Connector", "🐳 docker", ["🐳 docker-registry"], ["password"]),
    ("AWS Service Connector", "🔶 aws", AWS4, AWS_METHODS),
    ("HyperAI Service Connector", "🤖 hyperai", ["🤖 hyperai-instance"], SSH_METHODS),
]
LIST_HEADER = "ACTIVE,NAME,ID,TYPE,RESOURCE TYPES,RESOURCE NAME,SHARED,OWNER,EXPIRES IN,LABELS".split(",")
PRIVATE = ["➖", "default", "", ""]
ALL = "The following resources can be accessed by service connectors that you have configured:"
CLUSTERS = (
    "The following 'kubernetes-cluster' resources can be accessed by service connectors that you have configured:"
)


@pytest.fixture(scope="module")
def server():
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(server):
    server.reset(tokens={TOKEN: {"user": "broker", "groups": []}})
    return server


@pytest.fixture
def kubernetes(cleat):
    def register(name, url, *more):
        words = ["register", name, "--type", "kubernetes", "--auth-method", "token", "--token=@env:T_TOKEN"]
        cleat.sc(*words, "--server=" + url, *more, env={"T_TOKEN": TOKEN})

    return register


@pytest.fixture
def docker(cleat):
    def register(name, *more):
        words = ["register", name, "--type", "docker", "--username=jane", "--password=@env:T_PASSWORD"]
        cleat.sc(*words, "--no-verify", *more, env={"T_PASSWORD": MARKER + "-hub"})

    return register


# -- types -----------------------------------------------------------------------------------


def shown_types(found):
    rows = []
    for row in found.rows:
        assert row["LOCAL"] == row["REMOTE"] == ["✅"]
        expected = next((t for t in TYPES if [t[1]] == row["TYPE"]), None)
        methods = row["AUTH METHODS"][: len(expected[3])] if expected else row["AUTH METHODS"]
        rows.append((" ".join(row["NAME"]), row["TYPE"][0], row["RESOURCE TYPES"], methods))
    return rows


def test_lists_every_type_in_order(cleat):
    """AC-01, AC-15, AC-26, AC-65."""
    text = cleat.screen("service-connector", "list-types")
    assert shown_types(table(text)) == TYPES
    assert "┃    AWS Service Connector     │" in text
    assert "┃   Docker Service Connector   │" in text


def test_lists_the_types_that_reach_clusters(cleat):
    """AC-19."""
    found = table(cleat.screen("service-connector", "list-types", "--resource-type", "kubernetes-cluster"))
    assert shown_types(found) == [TYPES[0], TYPES[2]]


# -- what is stored --------------------------------------------------------------------------


def test_lists_who_reaches_clusters_on_a_screen_of_190(aws, cleat, kubernetes):
    """AC-20."""
    for region, name in (("eu-central-1", "aws-iam-multi-eu"), ("us-east-1", "aws-iam-multi-us")):
        aws.register(name, "iam-role", "-l", "region=" + region, verify=False, region=region)
    kubernetes("kube-auto", "https://" + EKS, "--cluster_name=" + EKS, "--no-verify")
    kubernetes("kubernetes-production", "https://192.168.0.12", "--cluster_name=192.168.0.12", "--no-verify")
    ids = {c["name"]: c["id"] for c in cleat.sc_json("list")["items"]}
    text = cleat.screen("service-connector", "list", "--resource_type", "kubernetes-cluster", width=190)

    def row(name, connector, types, resource, label=""):
        stacked = lambda value: "\n".join(value[at : at + 28] for at in range(0, len(value), 28))  # noqa: E731
        cells = ["", name, stacked(ids[name]), connector, "\n".join(types), stacked(resource)]
        return cells + ["➖", "default", "", label]

    expected = draw(
        LIST_HEADER,
        [
            row("aws-iam-multi-eu", "🔶 aws", AWS4, "<multiple>", "region:eu-central-1"),
            row("aws-iam-multi-us", "🔶 aws", AWS4, "<multiple>", "region:us-east-1"),
            row("kube-auto", "🌀 kubernetes", KUBERNETES, EKS),
            row("kubernetes-production", "🌀 kubernetes", KUBERNETES, "192.168.0.12"),
        ],
    )
    assert lines_of(text) == expected and width(lines_of(text)[0]) == 190


def test_lists_a_registry_and_a_cluster(cleat, docker, kubernetes):
    """AC-30."""
    docker("dockerhub")
    kubernetes("kube-on-prem", "https://192.168.0.12", "--cluster_name=192.168.0.12", "--no-verify")
    ids = {c["name"]: c["id"] for c in cleat.sc_json("list")["items"]}
    rows = [
        ["", "dockerhub", ids["dockerhub"], "🐳 docker", "🐳 docker-registry", "docker.io"] + PRIVATE,
        ["", "kube-on-prem", ids["kube-on-prem"], "🌀 kubernetes", KUBERNETES[0], "192.168.0.12"] + PRIVATE,
    ]
    assert lines_of(cleat.screen("service-connector", "list")) == draw(LIST_HEADER, rows)


def test_draws_with_plain_letters_where_the_locale_has_no_others(cleat, docker):
    """AC-83."""
    docker("dockerhub")
    for env in ({"LC_ALL": "C"}, {"LC_ALL": None, "LC_CTYPE": "POSIX", "LANG": "C.UTF-8"}, {"LANG": None}):
        text = cleat.screen("service-connector", "list", env=env)
        assert text.isascii(), text
        assert re.search(r"^\| +\| dockerhub \| [0-9a-f-]{36} \| docker +\| docker-registry \| docker\.io", text, re.M)
        assert re.search(r"\| no +\| default +\|", text)
        assert cleat.screen("service-connector", "list-types", env=env).isascii()
    assert cleat.screen("service-connector", "list", "--ascii").isascii()
    assert not cleat.screen("service-connector", "list", env={"LC_ALL": "C.UTF-8"}).isascii()


# -- what is reached -------------------------------------------------------------------------


@pytest.fixture
def mixed(aws, cleat, kubernetes, cluster):
    """The connectors of AC-52 and AC-53 that are of types here; the cluster refuses its token by now."""
    aws.reset(buckets=B5)
    aws.register("aws-multi-type", "session-token", verify=False)
    aws.register("aws-s3-multi-instance", "session-token", "-r", "s3-bucket", verify=False)
    aws.register("aws-s3-zenfiles", "session-token", "-r", "s3-bucket", "-ri", "s3://zenfiles", verify=False)
    authority = "--certificate_authority=" + cluster.ca_data
    kubernetes("kubernetes-auto", cluster.url, "--cluster_name=35.175.95.223", authority)
    cluster.change(tokens={})
    return {c["name"]: c["id"] for c in cleat.sc_json("list")["items"]}


def test_lists_what_connectors_of_several_types_reach(aws, cleat, kubernetes, cluster):
    """AC-21."""
    aws.reset(clusters=[CLUSTER], buckets=["zenfiles", "spark-demo-as"])
    aws.register("aws-session-docker", "session-token", "-r", "docker-registry", verify=False)
    aws.register("aws-session-s3", "session-token", "-r", "s3-bucket", verify=False)
    aws.register("aws-key-docker-eu", "secret-key", "-r", "docker-registry", verify=False, region="eu-central-1")
    scope = ["-r", "kubernetes-cluster", "-ri", CLUSTER]
    aws.register("aws-key-kube-zenhacks", "secret-key", *scope, verify=False)
    kubernetes("kube-auto", cluster.url, "--cluster_name=" + EKS, "--certificate_authority=" + cluster.ca_data)
    text = cleat.screen("service-connector", "list-resources")
    assert ALL in lines_of(text)
    found = [
        (r["CONNECTOR NAME"], r["CONNECTOR TYPE"], r["RESOURCE TYPE"], r["RESOURCE NAMES"]) for r in table(text).rows
    ]
    assert found == [
        (["aws-session-docker"], ["🔶 aws"], ["🐳 docker-registry"], [ECR]),
        (["aws-session-s3"], ["🔶 aws"], ["📦 s3-bucket"], ["s3://spark-demo-as", "s3://zenfiles"]),
        (["aws-key-docker-eu"], ["🔶 aws"], ["🐳 docker-registry"], [ECR.replace("us-east-1", "eu-central-1")]),
        (["aws-key-kube-zenhacks"], ["🔶 aws"], KUBERNETES, [CLUSTER]),
        (["kube-auto"], ["🌀 kubernetes"], KUBERNETES, [EKS]),
    ]


def test_lists_everything_with_a_refusal_in_its_row(mixed, cleat):
    """AC-52, without the gcp connector."""
    text = cleat.screen("service-connector", "list-resources", width=211)
    lines = lines_of(text)
    assert lines[0].startswith("Fetching all") and lines[1].endswith("list of resources to fetch.") and lines[2] == ALL
    found = table(text)
    assert found.width <= 211
    s3 = ["s3://" + name for name in sorted(B5)]
    multi = [["us-east-1"], s3, [CLUSTER], [ECR]]
    names = ["aws-multi-type"]
    expected = [
        ([mixed["aws-multi-type"]] if n == 0 else [], names if n == 0 else [], [AWS4[n]], multi[n]) for n in range(4)
    ]
    expected.append(([mixed["aws-s3-multi-instance"]], ["aws-s3-multi-instance"], [AWS4[1]], s3))
    expected.append(([mixed["aws-s3-zenfiles"]], ["aws-s3-zenfiles"], [AWS4[1]], ["s3://zenfiles"]))
    got = [tuple(r[c] for c in found.header if c != "CONNECTOR TYPE") for r in found.rows]
    assert got[:-1] == expected
    refused = found.row(CONNECTOR_NAME="kubernetes-auto")
    assert refused["CONNECTOR TYPE"] == ["🌀 kubernetes"] and refused["RESOURCE TYPE"] == KUBERNETES
    cell = " ".join(refused["RESOURCE NAMES"])
    assert cell.startswith("💥 error: ") and "refused the credential" in cell
    assert "HTTPHeaderDict" not in cell and '"kind"' not in cell


def test_lists_clusters_with_a_refusal_in_its_row(mixed, cleat):
    """AC-47, AC-53, without the gcp connector."""
    words = ["service-connector", "list-resources", "--resource-type", "kubernetes-cluster"]
    text = cleat.screen(*words, width=211)
    assert lines_of(text)[0] == CLUSTERS
    first, second = table(text).rows
    assert first["CONNECTOR NAME"] == ["aws-multi-type"] and first["RESOURCE NAMES"] == [CLUSTER]
    assert second["CONNECTOR NAME"] == ["kubernetes-auto"]
    assert second["RESOURCE NAMES"][0].startswith("💥 error: ")
    (row,) = table(cleat.screen(*words, "--exclude-errors")).rows
    assert row["CONNECTOR NAME"] == ["aws-multi-type"]
