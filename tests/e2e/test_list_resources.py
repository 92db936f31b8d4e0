"""service-connector list-resources: AC-09, AC-54, AC-57 (second command), AC-63, AC-92."""

import csv
import io
import json

import pytest

from support.aws_world import B4, CLUSTER, ECR, Keys
from support.text import AWS4, draw, lines_of, table

WARNING = (
    "Fetching all service connector resources can take a long time, depending on the number of connectors that"
    " you have configured. Consider using the '--connector-type', '--resource-type' and '--resource-id' options to"
    " narrow down the list of resources to fetch."
)
ALL = "The following resources can be accessed by service connectors that you have configured:"
TYPE = "The following '%s' resources can be accessed by service connectors that you have configured:"
ONE = "The  '%s' resource with name '%s' can be accessed by service connectors that you have configured:"
HEADER = ["CONNECTOR ID", "CONNECTOR NAME", "CONNECTOR TYPE", "RESOURCE TYPE", "RESOURCE NAMES"]


def s3(names):
    return ["s3://" + n for n in sorted(names)]


@pytest.fixture
def three(aws, cleat):
    aws.register("aws-multi-type", "session-token", verify=False)
    aws.register("aws-s3-multi-instance", "session-token", "-r", "s3-bucket", verify=False)
    aws.register("aws-s3-zenfiles", "session-token", "-r", "s3-bucket", "-ri", "s3://zenfiles", verify=False)
    return {c["name"]: c["id"] for c in cleat.sc_json("list")["items"]}


def test_lists_the_buckets_of_a_type(aws, cleat):
    """AC-09."""
    buckets = ["public-flavor-logos", "sagemaker-us-east-1-123456789012", "spark-artifact-store", "zenfiles"]
    buckets += ["zenit-demos", "zenitpublicdata"]
    aws.reset(buckets=buckets)
    aws.register("aws-auto", "session-token", verify=False)
    text = cleat.screen("service-connector", "list-resources", "--resource-type", "s3-bucket")
    assert lines_of(text)[0] == TYPE % "s3-bucket"
    (row,) = table(text).rows
    assert table(text).header == HEADER
    assert row["CONNECTOR NAME"] == ["aws-auto"]
    assert row["CONNECTOR TYPE"] == ["🔶 aws"]
    assert row["RESOURCE TYPE"] == ["📦 s3-bucket"]
    assert row["RESOURCE NAMES"] == s3(buckets)


@pytest.mark.parametrize("given", ["zenfiles", "s3://zenfiles", "arn:aws:s3:::zenfiles"])
def test_finds_who_can_reach_a_bucket(three, cleat, given):
    """AC-54, AC-57: the sentence shows the id as typed, the rows the canonical one."""
    words = ["--resource-type", "s3-bucket", "--resource-id", given]
    text = cleat.screen("service-connector", "list-resources", *words)
    rows = [[three[n], n, "🔶 aws", "📦 s3-bucket", "s3://zenfiles"] for n in three]
    assert lines_of(text) == [ONE % ("s3-bucket", given)] + draw(HEADER, rows)
    assert table(text).width == 114


def test_finds_who_can_reach_an_id_of_any_type(three, cleat):
    text = cleat.screen("service-connector", "list-resources", "--resource-id", "s3://zenfiles")
    heading = "The  resource with name 's3://zenfiles' can be accessed by service connectors that you have configured:"
    assert lines_of(text)[0] == heading
    assert [r["RESOURCE NAMES"] for r in table(text).rows] == [["s3://zenfiles"]] * 3


def test_leaves_out_connectors_that_cannot_have_the_resource(three, cleat):
    words = ["--resource-type", "s3-bucket", "--resource-id", "zenit-demos"]
    found = table(cleat.screen("service-connector", "list-resources", *words))
    assert found.column("CONNECTOR NAME") == [["aws-multi-type"], ["aws-s3-multi-instance"]]


def test_asks_one_connector(aws, cleat):
    """AC-63."""
    aws.register("aws-dev", verify=False)
    aws.register("other", verify=False)
    text = cleat.screen("service-connector", "list-resources", "aws-dev", "--resource-type", "s3-bucket")
    assert lines_of(text)[0] == TYPE % "s3-bucket"
    assert table(text).column("CONNECTOR NAME") == [["aws-dev"]]
    assert table(text).column("RESOURCE NAMES") == [s3(B4)]


def test_lists_everything_with_a_warning(three, cleat):
    result = cleat.sc("list-resources")
    assert WARNING in " ".join(result.stderr.split())
    assert result.stdout.splitlines()[0] == ALL
    rows = table(result.stdout).rows
    assert [r["CONNECTOR NAME"] for r in rows] == [
        ["aws-multi-type"],
        [],
        [],
        [],
        ["aws-s3-multi-instance"],
        ["aws-s3-zenfiles"],
    ]
    assert [r["RESOURCE TYPE"] for r in rows[:4]] == [[t] for t in AWS4]
    assert [r["RESOURCE NAMES"] for r in rows[:4]] == [["us-east-1"], s3(B4), [CLUSTER], [ECR]]
    assert [r["CONNECTOR ID"] for r in rows[1:4]] == [[], [], []]


def test_wraps_the_warning_at_the_terminal(three, cleat):
    text = cleat.screen("service-connector", "list-resources", width=211)
    lines = lines_of(text)
    assert lines[0].endswith("'--resource-type' and '--resource-id'")
    assert lines[1] == "options to narrow down the list of resources to fetch."


def test_filters_by_connector_type(three, cleat):
    text = cleat.screen("service-connector", "list-resources", "--connector-type", "aws", "-r", "s3-bucket")
    heading = "The following 's3-bucket' resources can be accessed by 'aws' service connectors that you have configured:"
    assert lines_of(text)[0] == heading


def test_says_when_nothing_is_left(cleat):
    result = cleat.sc("list-resources", "-r", "s3-bucket")
    assert "No service connector resources match." in result.stdout + result.stderr


def test_asks_all_connectors_and_not_only_a_page_of_them(aws, cleat):
    """AC-92, the first half."""
    names = ["c%02d" % n for n in range(25)]
    for name in names:
        aws.register(name, "secret-key", "-r", "s3-bucket", verify=False)
    found = table(cleat.screen("service-connector", "list-resources", "-r", "s3-bucket"))
    assert found.column("CONNECTOR NAME") == [[n] for n in names]
    document = cleat.sc_json("list-resources", "-r", "s3-bucket", env={"CLEAT_PAGE_SIZE": "3"})
    items = document["items"] if isinstance(document, dict) else document
    assert [i["name"] for i in items] == names


def test_a_hanging_provider_costs_one_row(aws, cleat):
    """AC-92: the others are shown, and nobody waits longer than the time limit."""
    slow = Keys(5, "slow")
    aws.fake.add(users=[slow.user()])
    for number in range(24):
        aws.register("c%02d" % number, "secret-key", "-r", "s3-bucket", verify=False)
    aws.register("hanging", "secret-key", "-r", "s3-bucket", keys=slow, verify=False)
    aws.fake.script(None, None, {"kind": "hang", "ms": 30000, "times": 0}, access_key_id=slow.id)
    result = cleat.sc("list-resources", "-r", "s3-bucket", "--connector-timeout", "2s")
    rows = {r["CONNECTOR NAME"][0]: r["RESOURCE NAMES"] for r in table(result.stdout).rows}
    assert len(rows) == 25
    assert rows["hanging"] == ["💥 error: no answer after 2s"]
    assert all(rows["c%02d" % n] == s3(B4) for n in range(24))
    assert 2 <= result.seconds < 2.2 + 2.5, "slowest + 10 %, and what a sanitizer and a busy machine add"


@pytest.fixture
def one_broken(aws, cleat):
    aws.register("good", "secret-key", "-r", "s3-bucket", verify=False)
    aws.register("bad", "secret-key", "-r", "s3-bucket", keys=aws.keys.typo(), verify=False)
    return cleat


def test_shows_errors_as_rows(one_broken):
    rows = {r["CONNECTOR NAME"][0]: r for r in table(one_broken.screen(*LIST)).rows}
    assert rows["good"]["RESOURCE NAMES"] == s3(B4)
    error = " ".join(rows["bad"]["RESOURCE NAMES"])
    assert error.startswith("💥 error: ") and "SignatureDoesNotMatch" in error
    assert rows["bad"]["RESOURCE TYPE"] == ["📦 s3-bucket"]


LIST = ["service-connector", "list-resources", "-r", "s3-bucket"]


def test_leaves_errors_out_when_told(one_broken):
    assert table(one_broken.screen(*LIST, "--exclude-errors")).column("CONNECTOR NAME") == [["good"]]


def test_is_strict_about_errors_when_told(one_broken):
    one_broken(*LIST)
    one_broken(*LIST, "--strict", code=8)
    one_broken.sc("delete", "good", "--yes")
    one_broken(*LIST, "--strict", code=7)


def test_streams_one_object_per_connector(one_broken):
    lines = one_broken(*LIST, "--output", "ndjson").stdout.splitlines()
    rows = {json.loads(line)["name"]: json.loads(line) for line in lines}
    assert set(rows) == {"good", "bad"}
    assert rows["good"]["resources"][0]["resource_ids"] == s3(B4)
    errors = [rows["bad"]["error"], rows["bad"]["resources"][0]["error"]]
    assert any(e and "SignatureDoesNotMatch" in e for e in errors)
    assert "credentials_rejected" in json.dumps(rows["bad"])


def test_prints_one_csv_line_per_resource(one_broken):
    rows = list(csv.DictReader(io.StringIO(one_broken(*LIST, "--output", "csv").stdout)))
    assert list(rows[0]) == [
        "connector_id",
        "connector_name",
        "connector_type",
        "resource_type",
        "resource_name",
        "error",
    ]
    good = [r for r in rows if r["connector_name"] == "good"]
    assert [r["resource_name"] for r in good] == s3(B4)
    (bad,) = [r for r in rows if r["connector_name"] == "bad"]
    assert "SignatureDoesNotMatch" in bad["error"]


def test_an_unreachable_provider_is_one_row_too(aws, cleat):
    aws.register("good", "secret-key", "-r", "s3-bucket", verify=False)
    aws.register("gone", "secret-key", "-r", "s3-bucket", url="http://127.0.0.1:9", verify=False)
    rows = {r["CONNECTOR NAME"][0]: r["RESOURCE NAMES"] for r in table(cleat.screen(*LIST)).rows}
    assert rows["good"] == s3(B4)
    assert rows["gone"][0].startswith("💥 error: ") and "127.0.0.1:9" in " ".join(rows["gone"])


def test_an_expired_connector_is_one_row_without_a_call(aws, cleat):
    aws.register("gone", "secret-key", "-r", "s3-bucket", "--expires-at=2020-01-01", verify=False)
    (row,) = table(cleat.screen(*LIST)).rows
    assert "expired" in " ".join(row["RESOURCE NAMES"])
    assert aws.fake.total() == 0


@pytest.mark.parametrize("words", [["-r", "s3-buckt"], ["--connector-type", "awz"], ["nobody"]])
def test_names_the_nearest_match(three, cleat, words):
    result = cleat.sc("list-resources", *words, code=3)
    assert result.stdout == ""
    assert "Error: " in result.stderr


def test_answers_again_from_the_last_discovery_when_told(three, aws, cleat):
    cleat(*LIST)
    aws.fake.clear_log()
    text = cleat.screen(*LIST, "--cached")
    assert table(text).rows
    assert aws.fake.total() == 0
    cleat(*LIST)
    assert aws.fake.total() > 0


def test_limits_how_many_are_asked_at_once(aws, cleat):
    for number in range(4):
        aws.register("c%d" % number, "secret-key", "-r", "s3-bucket", verify=False)
    aws.fake.script("s3", "ListBuckets", {"kind": "delay", "ms": 300, "times": 0})
    parallel = cleat(*LIST).seconds
    serial = cleat(*LIST, "--parallel", "1").seconds
    assert serial > 1.2 > parallel


def test_shows_a_counter_on_a_terminal(aws, cleat):
    aws.register("aws-prod", "secret-key", "-r", "s3-bucket", verify=False)
    aws.fake.script("s3", "ListBuckets", {"kind": "delay", "ms": 700})
    text = cleat.screen(*LIST, env={"TERM": "xterm"})
    assert "Fetching resources" in text
    quiet = cleat(*LIST)
    assert "Fetching resources" not in quiet.output


def test_groups_by_resource_when_told(three, cleat):
    text = cleat.screen(*LIST, "--by-resource")
    assert text.count("s3://zenit-demos") == 1
    assert "aws-multi-type" in text and "aws-s3-zenfiles" in text


def test_finds_a_name_that_could_be_a_buckets_or_a_clusters(aws, cleat):
    """The id alone does not tell the resource type: both are asked, in every connector."""
    aws.register("all", "session-token", verify=False)
    aws.register("buckets", "session-token", "-r", "s3-bucket", verify=False)

    def found(name):
        answer = cleat.sc_json("list-resources", "--resource-id", name)
        return [(c["name"], r["resource_type"]) for c in answer["items"] for r in c["resources"]]

    assert found("zenfiles") == [("all", "s3-bucket"), ("buckets", "s3-bucket")]
    assert found("zenhacks-cluster") == [("all", "kubernetes-cluster")]
    assert found("nothing-there") == []
