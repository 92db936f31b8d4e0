"""artifact-store: AC-10, AC-11, AC-56, AC-57, AC-64, and the rules of connecting."""

import pytest

from support.aws_world import CLUSTER
from support.text import assert_exact, draw, lines_of, table, tables

NOTICE = "Running with active stack: 'default' (global)"
HEADER = ["CONNECTOR ID", "CONNECTOR NAME", "CONNECTOR TYPE", "RESOURCE TYPE", "RESOURCE NAMES"]
CONNECTED = "Successfully connected artifact store `%s` to the following resources:"


@pytest.fixture
def auto(aws, cleat):
    aws.register("aws-auto", "session-token", verify=False)
    return cleat


def store(cleat, name="s3-zenfiles", path="s3://zenfiles", *more):
    return cleat("artifact-store", "register", name, "--flavor", "s3", "--path=" + path, *more)


def test_registers_a_store(cleat):
    """AC-10, AC-57 (first command)."""
    text = cleat.screen(*"artifact-store register s3-zenfiles --flavor s3 --path=s3://zenfiles".split())
    assert lines_of(text, keep_notice=True) == [
        NOTICE,
        "Successfully registered artifact_store `s3-zenfiles`.",
    ]
    result = store(cleat, "second")
    assert result.stdout == "Successfully registered artifact_store `second`.\n"
    assert NOTICE in result.stderr


def test_connects_a_store(auto):
    """AC-11."""
    store(auto)
    text = auto.screen(*"artifact-store connect s3-zenfiles --connector aws-auto".split())
    assert_exact(
        text,
        """
Successfully connected artifact store `s3-zenfiles` to the following resources:
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━┓
┃             CONNECTOR ID             │ CONNECTOR NAME │ CONNECTOR TYPE │ RESOURCE TYPE │ RESOURCE NAMES ┃
┠──────────────────────────────────────┼────────────────┼────────────────┼───────────────┼────────────────┨
┃ {uuid}                               │ aws-auto       │ 🔶 aws         │ 📦 s3-bucket  │ s3://zenfiles  ┃
┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━┛
""",
    )


def test_connects_through_a_connector_of_several_types(aws, cleat):
    """AC-57, third command."""
    aws.register("aws-multi-type", "session-token", verify=False)
    store(cleat)
    text = cleat.screen(*"artifact-store connect s3-zenfiles --connector aws-multi-type".split())
    connector = cleat.find("aws-multi-type")["id"]
    row = [connector, "aws-multi-type", "🔶 aws", "📦 s3-bucket", "s3://zenfiles"]
    expected = [NOTICE, CONNECTED % "s3-zenfiles"] + draw(HEADER, [row])
    assert lines_of(text, keep_notice=True) == expected
    assert table(text).width == 107


def test_registers_and_connects_in_one_step(aws, cleat):
    """AC-64."""
    aws.fake.add(buckets=["my-bucket"])
    aws.register("aws-dev", verify=False)
    result = cleat(
        *"artifact-store register s3-store --type s3 --bucket my-bucket --connector aws-dev".split()
    )
    lines = result.stdout.splitlines()
    assert lines[0] == "Successfully registered artifact_store `s3-store`."
    assert lines[1] == CONNECTED % "s3-store"
    (row,) = table(result.stdout).rows
    assert row["RESOURCE NAMES"] == ["s3://my-bucket"]


def test_describes_the_flavor(cleat):
    """AC-56."""
    text = cleat.screen(*"artifact-store flavor describe s3".split())
    lines = lines_of(text)
    assert lines[:5] == [
        "Configuration class: S3ArtifactStoreConfig",
        "",
        "Configuration for the S3 Artifact Store.",
        "",
        "Properties",
    ]
    assert "path, string, REQUIRED" in lines
    closing = """\
This flavor supports connecting to external resources with a Service
Connector. It requires a 's3-bucket' resource. You can get a list of
all available connectors and the compatible resources that they can
access by running:

'cleat service-connector list-resources --resource-type s3-bucket'
If no compatible Service Connectors are yet registered, you can
register a new one by running:

'cleat service-connector register -i'""".splitlines()
    assert lines[-len(closing) :] == closing


def test_lists_flavors(cleat):
    found = table(cleat.screen("artifact-store", "flavor", "list"))
    assert found.header == ["FLAVOR", "INTEGRATION", "SOURCE", "CONNECTOR TYPE", "RESOURCE TYPE"]
    row = [r for r in found.rows if r["FLAVOR"] == ["s3"]][0]
    assert "s3-bucket" in row["RESOURCE TYPE"][0]


def test_lists_and_describes_stores(auto):
    store(auto)
    auto("artifact-store", "connect", "s3-zenfiles", "--connector", "aws-auto")
    found = table(auto.screen("artifact-store", "list"))
    assert found.header == ["ACTIVE", "NAME", "COMPONENT ID", "FLAVOR", "OWNER"]
    (row,) = [r for r in found.rows if r["NAME"] == ["s3-zenfiles"]]
    assert (row["FLAVOR"], row["OWNER"]) == (["s3"], ["default"])
    text = auto.screen("artifact-store", "describe", "s3-zenfiles")
    component = row["COMPONENT ID"][0]
    sentence = "Artifact store 's3-zenfiles': flavor 's3', id '%s', owner 'default'." % component
    assert lines_of(text)[0].lower() == sentence.lower()
    configuration, connector = tables(text)
    assert configuration.header == ["COMPONENT_PROPERTY", "VALUE"]
    assert configuration.properties() == {"PATH": "s3://zenfiles"}
    values = connector.properties()
    assert (values["NAME"], values["RESOURCE TYPE"], values["RESOURCE NAME"]) == (
        "aws-auto",
        "📦 s3-bucket" if values["RESOURCE TYPE"].startswith("📦") else "s3-bucket",
        "s3://zenfiles",
    )


def test_disconnects_and_deletes(auto):
    store(auto)
    auto("artifact-store", "connect", "s3-zenfiles", "--connector", "aws-auto")
    result = auto("artifact-store", "disconnect", "s3-zenfiles")
    assert result.stdout == "Disconnected artifact store `s3-zenfiles` from its service connector.\n"
    result = auto("artifact-store", "disconnect", "s3-zenfiles")
    assert "had no connector" in result.stdout
    assert "No service connector." in auto("artifact-store", "describe", "s3-zenfiles").stdout
    result = auto("artifact-store", "delete", "s3-zenfiles", "--yes")
    assert result.stdout == "Deleted artifact store `s3-zenfiles`.\n"
    auto("artifact-store", "describe", "s3-zenfiles", code=3)


def test_keeps_connectors_that_are_in_use(auto):
    store(auto)
    auto("artifact-store", "connect", "s3-zenfiles", "--connector", "aws-auto")
    result = auto.sc("delete", "aws-auto", "--yes", code=6)
    assert "s3-zenfiles" in result.stderr
    result = auto.sc("update", "aws-auto", "--resource-type", "s3-bucket", "--no-verify", code=6)
    assert "s3-zenfiles" in result.stderr
    auto.sc("update", "aws-auto", "--description", "still allowed", "--no-verify")
    result = auto.sc("delete", "aws-auto", "--yes", "--force")
    assert "s3-zenfiles" in result.output
    assert auto.names() == []
    assert "No service connector." in auto("artifact-store", "describe", "s3-zenfiles").stdout


def test_verifies_before_connecting(aws, cleat):
    aws.register("bad", "secret-key", keys=aws.keys.typo(), verify=False)
    store(cleat)
    result = cleat("artifact-store", "connect", "s3-zenfiles", "--connector", "bad", code=7)
    assert "SignatureDoesNotMatch" in result.stderr
    assert "No service connector." in cleat("artifact-store", "describe", "s3-zenfiles").stdout
    result = cleat("artifact-store", "connect", "s3-zenfiles", "--connector", "bad", "--no-verify")
    assert result.stdout == "Connected artifact store `s3-zenfiles` to s3://zenfiles through `bad`.\n"


def test_a_failed_connect_leaves_the_store_registered(aws, cleat):
    aws.register("bad", "secret-key", keys=aws.keys.typo(), verify=False)
    words = "artifact-store register s3-store --flavor s3 --path=s3://zenfiles --connector bad".split()
    result = cleat(*words, code=7)
    assert "artifact-store connect" in result.stderr
    cleat("artifact-store", "describe", "s3-store")


@pytest.mark.parametrize(
    "words, code",
    [
        (["register", "x", "--path=s3://zenfiles"], 2),
        (["register", "x", "--flavor", "s4", "--path=s3://zenfiles"], 3),
        (["register", "x", "--flavor", "s3"], 2),
        (["register", "x", "--flavor", "s3", "--path=s3://zenfiles", "--pth=y"], 2),
        (["register", "x", "--flavor", "s3", "--path=not-a-uri"], 2),
        (["register", "x", "--flavor", "s3", "--path=s3://zenfiles", "--connector", "nobody"], 3),
        (["connect", "nothing", "--connector", "aws-auto"], 3),
        (["connect", "s3-zenfiles", "--connector", "nobody"], 3),
        (["connect", "s3-zenfiles"], 2),
        (["connect", "s3-zenfiles", "--connector", "aws-auto", "--resource-id", "zenit-demos"], 2),
        (["describe", "nothing"], 3),
        (["flavor", "describe", "s4"], 3),
    ],
)
def test_refuses_what_does_not_fit(auto, words, code):
    store(auto)
    result = auto("artifact-store", *words, code=code)
    assert result.stderr.startswith("Error: ") or "\nError: " in result.stderr
    names = [r["NAME"][0] for r in table(auto.screen("artifact-store", "list")).rows]
    assert "s3-zenfiles" in names
    if words[0] == "register" and "--connector" not in words:
        assert "x" not in names


def test_refuses_a_taken_name(cleat):
    store(cleat)
    result = cleat("artifact-store", "register", "s3-zenfiles", "--flavor", "s3", "--path=s3://b-b", code=6)
    assert "s3-zenfiles" in result.stderr


def test_refuses_a_connector_for_other_resources(aws, cleat):
    aws.register("eks", "secret-key", "-r", "kubernetes-cluster", "-ri", CLUSTER, verify=False)
    store(cleat)
    result = cleat("artifact-store", "connect", "s3-zenfiles", "--connector", "eks", code=2)
    assert "s3-bucket" in result.stderr and "kubernetes-cluster" in result.stderr


def test_accepts_the_id_twice_when_both_mean_the_same(auto):
    store(auto)
    words = ["connect", "s3-zenfiles", "--connector", "aws-auto", "--resource-id", "arn:aws:s3:::zenfiles"]
    assert "s3://zenfiles" in auto("artifact-store", *words).stdout


def test_describes_a_store_as_json(auto):
    store(auto)
    document = auto.json("artifact-store", "describe", "s3-zenfiles")
    assert document["connector"] is None
    auto("artifact-store", "connect", "s3-zenfiles", "--connector", "aws-auto")
    document = auto.json("artifact-store", "describe", "s3-zenfiles")
    assert document["connector"]["name"] == "aws-auto"
    assert document["connector_resource_id"] == "s3://zenfiles"


def test_takes_the_alias_of_the_group(auto):
    result = auto("as", "register", "short", "--flavor", "s3", "--path", "s3://zenfiles")
    assert "`short`" in result.stdout
    auto("sc", "list")
