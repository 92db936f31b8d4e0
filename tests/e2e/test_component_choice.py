"""connect --interactive: AC-55, AC-57 with AC-58, and everything that may stand in the way."""

import pytest

from support.aws_world import CLUSTER
from support.canary import MARKER
from support.text import assert_exact, draw, lines_of, table

HEADER = ["CONNECTOR ID", "CONNECTOR NAME", "CONNECTOR TYPE", "RESOURCE TYPE", "RESOURCE NAMES"]
SEVERAL = "The following connectors have compatible resources:"
ONE = "One connector has compatible resources:"
QUESTION = "Please enter the name or ID of the connector you want to use: "
SUCCESS = "Successfully connected artifact store `%s` to the following resources:"


@pytest.fixture
def store(cleat):
    cleat("artifact-store", "register", "s3-zenfiles", "--flavor", "s3", "--path=s3://zenfiles")
    return cleat


@pytest.fixture
def three(aws, store):
    """The connectors of AC-54 and AC-58, and one whose key is refused."""
    aws.register("aws-multi-type", "session-token", verify=False)
    aws.register("aws-s3-multi-instance", "session-token", "-r", "s3-bucket", verify=False)
    aws.register("aws-s3-zenfiles", "session-token", "-r", "s3-bucket", "-ri", "s3://zenfiles", verify=False)
    return {c["name"]: c["id"] for c in store.sc_json("list")["items"]}


def row(name, number):
    return [number, name, "🔶 aws", "📦 s3-bucket", "s3://zenfiles"]


def answer(cleat, *words, answers, code=0, **more):
    """A conversation on a terminal; what was seen of it."""
    running = cleat.start(*words, width=300, **more)
    for question, reply in answers:
        running.expect(question)
        running.send(reply)
    return cleat.settle(running, code).output


def test_asks_which_of_several_connectors(three, cleat):
    """AC-58, byte for byte."""
    text = answer(
        cleat, "artifact-store", "connect", "s3-zenfiles", "-i", answers=[(QUESTION, "aws-s3-zenfiles\n")]
    )  # fmt: skip
    expected = [SEVERAL] + draw(HEADER, [row(name, three[name]) for name in three])
    assert len(expected[1]) == 114
    expected += [QUESTION + "aws-s3-zenfiles", SUCCESS % "s3-zenfiles"]
    expected += draw(HEADER, [row("aws-s3-zenfiles", three["aws-s3-zenfiles"])])
    assert_exact(text, "\n".join(expected))
    described = cleat.json("artifact-store", "describe", "s3-zenfiles")
    assert described["connector"]["name"] == "aws-s3-zenfiles"
    assert described["connector_resource_id"] == "s3://zenfiles"


@pytest.mark.parametrize("how", ["id", "prefix", "number"])
def test_takes_ids_beginnings_and_numbers(three, cleat, how):
    name = "aws-s3-multi-instance"
    typed = {"id": three[name], "prefix": "aws-s3-m", "number": "2"}[how]
    answer(cleat, "artifact-store", "connect", "s3-zenfiles", "-i", answers=[(QUESTION, typed + "\n")])
    assert cleat.json("artifact-store", "describe", "s3-zenfiles")["connector"]["name"] == name


def test_asks_again_after_a_bad_answer(three, cleat):
    """AC-89 for this prompt: not in the list, the beginning of two, and nothing at all."""
    bad = "Error: '%s' is not one of: " + ", ".join(three) + ".\n"
    running = cleat.start("artifact-store", "connect", "s3-zenfiles", "-i", width=300)
    seen = QUESTION
    running.expect(seen)
    for typed, said in (("nobody", bad % "nobody"), ("aws-s3", bad % "aws-s3"), ("", "")):
        running.send(typed + "\n")
        seen += typed + "\n" + said + QUESTION
        running.expect(seen)
    running.send("aws-multi-type\n")
    cleat.settle(running)
    assert cleat.json("artifact-store", "describe", "s3-zenfiles")["connector"]["name"] == "aws-multi-type"


@pytest.mark.parametrize("end, seen", [("\x03", "Aborted."), ("\x04", "Aborted.")])
def test_connects_nothing_when_interrupted(three, cleat, end, seen):
    """AC-90."""
    text = answer(cleat, "artifact-store", "connect", "s3-zenfiles", "-i", answers=[(QUESTION, end)], code=130)
    assert lines_of(text)[-1].endswith(seen)
    assert cleat.json("artifact-store", "describe", "s3-zenfiles")["connector"] is None


@pytest.mark.parametrize("reply, code", [("\n", 0), ("y\n", 0), ("n\n", 1)])
def test_confirms_the_only_connector(aws, store, cleat, reply, code):
    aws.register("only", "session-token", verify=False)
    words = ["artifact-store", "connect", "s3-zenfiles", "--interactive"]
    text = answer(cleat, *words, answers=[("Use it? [Y/n]: ", reply)], code=code)
    assert ONE in lines_of(text)
    assert ((SUCCESS % "s3-zenfiles") in text) == (code == 0)
    connector = cleat.json("artifact-store", "describe", "s3-zenfiles")["connector"]
    assert (connector is not None) == (code == 0)


def test_asks_which_resource_of_a_connector(aws, cleat):
    """AC-55, for another kind."""
    aws.reset(clusters=["alpha", CLUSTER])
    aws.register("eks", "session-token", "-r", "kubernetes-cluster", verify=False)
    cleat("orchestrator", "register", "runs", "--flavor", "kubernetes")
    answers = [("Use it? [Y/n]: ", "\n"), ("Please select the one to use: ", CLUSTER + "\n")]
    text = answer(cleat, "orchestrator", "connect", "runs", "-i", answers=answers)
    assert "2 AWS EKS Kubernetes cluster resources are available:\n - alpha\n - %s\n" % CLUSTER in text
    assert cleat.json("orchestrator", "describe", "runs")["connector_resource_id"] == CLUSTER


def test_asks_for_registries(aws, cleat):
    """AC-55: a connector of another account is not offered."""
    host = "127.0.0.1:1"
    env = {"T_PASSWORD": MARKER + "-hub"}
    words = ["--type", "docker", "--username=jane", "--password=@env:T_PASSWORD", "--no-verify"]
    cleat.sc("register", "hub", *words, "--registry=" + host, env=env)
    cleat("container-registry", "register", "images", "--flavor", "default", "--uri=%s/acme" % host)
    result = cleat("container-registry", "connect", "images", "-i", code=3)
    assert "1 of them is in error" in result.stderr
    assert "list-resources --resource-type docker-registry --resource-id %s/acme" % host in result.stderr


def test_says_that_nothing_fits(store, cleat):
    error = cleat("artifact-store", "connect", "s3-zenfiles", "-i", "-o", "json", code=3).error()
    assert error["message"].startswith("no service connector reaches a 's3-bucket' resource for 's3-zenfiles'; 0 of")
    assert "--resource-id s3://zenfiles" in error["hint"] and "service-connector register" in error["hint"]


def test_asks_nobody_where_nobody_is(three, cleat):
    """AC-91: what would have answered the question is named."""
    for more in ([], ["--no-input"], ["-o", "json"]):
        result = cleat("artifact-store", "connect", "s3-zenfiles", "-i", *more, code=10)
        assert "--connector" in result.stderr
    assert cleat.json("artifact-store", "describe", "s3-zenfiles")["connector"] is None


def test_does_not_ask_the_provider_twice(aws, store, cleat):
    aws.register("only", "session-token", "-r", "s3-bucket", verify=False)
    before = sum(aws.fake.counts().values())
    cleat.sc("list-resources", "-r", "s3-bucket", "-ri", "s3://zenfiles")
    once = sum(aws.fake.counts().values()) - before
    answers = [("Use it? [Y/n]: ", "\n")]
    text = answer(cleat, "artifact-store", "connect", "s3-zenfiles", "-i", answers=answers)
    assert sum(aws.fake.counts().values()) - before == 2 * once
    assert table(text.partition("Successfully")[2]).rows[0]["RESOURCE NAMES"] == ["s3://zenfiles"]


def test_yes_answers_no_question_about_content(three, cleat):
    cleat("artifact-store", "connect", "s3-zenfiles", "-i", "--yes", code=10)
    result = cleat("artifact-store", "connect", "s3-zenfiles", "-i", "--connector", "aws-multi-type", code=2)
    assert "exclude each other" in result.stderr
    assert "--interactive" in cleat("artifact-store", "connect", "s3-zenfiles", code=2).stderr


def test_prints_one_document_for_programs(aws, store, cleat):
    aws.register("only", "session-token", verify=False)
    words = ["artifact-store", "connect", "s3-zenfiles", "-i", "--yes", "-o", "json"]
    document = cleat(*words).json()
    assert document["connector"]["name"] == "only"
    assert document["resources"]["resources"][0]["resource_ids"] == ["s3://zenfiles"]
