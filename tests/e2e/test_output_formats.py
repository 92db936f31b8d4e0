"""AC-80 to AC-82: every list command in every format, pipes, colour; and what machines rely on."""

import csv
import io
import json
import re

import pytest
import yaml

from support.text import table

FORMATS = ["table", "json", "yaml", "csv", "tsv", "ndjson", "name"]
LISTS = {
    "connectors": ["service-connector", "list"],
    "stores": ["artifact-store", "list"],
    "flavors": ["artifact-store", "flavor", "list"],
    "types": ["service-connector", "list-types"],
    "resources": ["service-connector", "list-resources", "-r", "s3-bucket"],
}
CAN_BE_EMPTY = ["connectors", "stores", "resources"]
ESCAPE = "\x1b"


@pytest.fixture
def two(aws, cleat):
    """Two connectors with awkward labels, two artifact stores."""
    for name in ("one", "two"):
        aws.register(name, "secret-key", "-r", "s3-bucket", "-l", 'k=a,b;"c"', "-l", "tab=x", verify=False)
        cleat("artifact-store", "register", "store-" + name, "--flavor", "s3", "--path=s3://zenfiles")
    return cleat


def rows_of(text, form):
    """The number of things listed, read as the format's own readers do."""
    if form == "json":
        document = json.loads(text)
        return len(document["items"] if isinstance(document, dict) else document)
    if form == "yaml":
        document = yaml.safe_load(text)
        return len(document["items"] if isinstance(document, dict) else document)
    if form == "ndjson":
        return len([json.loads(line) for line in text.splitlines()])
    if form == "csv":
        return len(list(csv.DictReader(io.StringIO(text)))) if text else 0
    if form == "tsv":
        return max(0, len(text.splitlines()) - 1)
    if form == "name":
        return len(text.splitlines())
    return len([r for r in table(text).rows]) if text else 0


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("which", sorted(LISTS))
def test_lists_in_every_format(two, which, form):
    """AC-80."""
    result = two(*LISTS[which], "--output", form)
    count = rows_of(
        result.stdout.split(":\n", 1)[-1] if which == "resources" and form == "table" else result.stdout, form
    )
    if which in ("connectors", "stores"):
        assert count == 2
    assert count >= 1
    assert ESCAPE not in result.stdout
    assert result.stdout.endswith("\n") and not result.stdout.endswith("\n\n")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("which", CAN_BE_EMPTY)
def test_lists_nothing_in_every_format(cleat, which, form):
    """AC-80: exit 0, a notice on stderr, and an empty document for json and yaml."""
    result = cleat(*LISTS[which], "--output", form)
    if form in ("json", "yaml"):
        assert rows_of(result.stdout, form) == 0
    else:
        assert (
            result.stdout == ""
            or (form in ("csv", "tsv") and which == "resources")
            or (which == "resources" and form == "table")
        )
    if form == "table":
        assert "match." in result.output


def test_the_json_of_a_list_is_an_envelope_in_fixed_order(two):
    result = two("service-connector", "list", "-o", "json")
    document = json.loads(result.stdout)
    assert list(document) == ["items", "pagination"]
    item = document["items"][0]
    wanted = (
        "id name description connector_type auth_method resource_types resource_id supports_instances expires_at"
        " expires_skew_tolerance expiration_seconds configuration secrets secrets_hidden secret_id labels owner"
        " shared active created updated"
    ).split()
    assert [key for key in item if key in wanted] == wanted
    assert item["connector_type"] == "aws" and item["resource_types"] == ["s3-bucket"]
    assert item["supports_instances"] is True and item["expires_at"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", item["created"])
    assert result.stdout.startswith('{\n  "items": [') and result.stdout.endswith("}\n")
    assert "📦" not in result.stdout


def test_yaml_and_ndjson_say_the_same_as_json(two):
    words = ["service-connector", "list", "-o"]
    document = json.loads(two(*words, "json").stdout)
    assert yaml.safe_load(two(*words, "yaml").stdout) == yaml.safe_load(json.dumps(document))
    assert [json.loads(line) for line in two(*words, "ndjson").stdout.splitlines()] == document["items"]


def test_csv_and_tsv_quote_what_they_must(two):
    text = two("service-connector", "list", "-o", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert text.splitlines()[0].split(",")[:3] == ["active", "name", "id"]
    text_without_header = text.split("\n", 1)[1]
    assert "\r" not in text
    assert "a,b;" in rows[0]["labels"] and "tab" in rows[0]["labels"]
    text = two("service-connector", "list", "-o", "tsv", "--columns", "name,labels").stdout
    assert text.splitlines()[0] == "name\tlabels"
    assert all(line.count("\t") == 1 for line in text.splitlines())
    first = two("service-connector", "list", "-o", "csv", "--no-headers").stdout.splitlines()[0]
    assert first.startswith("false,one,")


def test_name_prints_kind_and_name(two):
    lines = two("service-connector", "list", "-o", "name").stdout.splitlines()
    assert [re.sub("_", "-", line) for line in lines] == ["service-connector/one", "service-connector/two"]


def test_columns_select_fields_of_objects_too(two):
    document = json.loads(two("service-connector", "list", "-o", "json", "--columns", "name,id").stdout)
    assert [list(item) for item in document["items"]] == [["name", "id"]] * 2


def test_takes_the_format_from_the_environment(two):
    env = {"CLEAT_DEFAULT_OUTPUT": "json"}
    assert two("service-connector", "list", env=env).json()["items"]
    assert "┏" in two("service-connector", "list", "-o", "table", env=env).stdout
    result = two("service-connector", "list", env={"CLEAT_DEFAULT_OUTPUT": "jsn"}, code=2)
    assert "jsn" in result.stderr and result.stdout == ""
    two("service-connector", "list", "-o", "xml", code=2)


def test_machine_formats_carry_only_the_document(two, aws):
    for words in (["verify", "one"], ["describe", "one"], ["list-resources"], ["describe-type", "aws"]):
        json.loads(two.sc(*words, "-o", "json").stdout)
    document = two.json("artifact-store", "connect", "store-one", "--connector", "one")
    assert isinstance(document, dict)


# -- pipes and colour ------------------------------------------------------------------------


def test_pipes_get_full_width_and_no_escape_codes(two):
    """AC-81."""
    env = {"COLUMNS": "40", "TERM": "xterm-256color"}
    text = two("service-connector", "list", env=env).stdout
    assert ESCAPE not in text
    assert table(text).width > 120
    assert table(text).column("NAME") == [["one"], ["two"]]


def test_ends_silently_when_the_reader_goes_away(two):
    running = two.start("-c", '"$0" service-connector list | head -1', two.program, program="/bin/sh")
    result = two.settle(running)
    assert result.stderr == "" and result.stdout.count("\n") == 1


def test_width_options_win_over_the_terminal(two):
    assert (
        table(two("service-connector", "list", "--width", "100", env={"CLEAT_WRAP": "fold"}).stdout).width
        <= 100
    )
    assert (
        table(two("service-connector", "list", env={"CLEAT_WIDTH": "100", "CLEAT_WRAP": "fold"}).stdout).width
        <= 100
    )
    assert table(two.screen("service-connector", "list", "--width", "0", width=60)).width > 120


COLOUR_CASES = [
    # terminal?, words, environment, colour?
    (True, [], {}, True),
    (True, [], {"NO_COLOR": "1"}, False),
    (True, [], {"NO_COLOR": ""}, True),
    (True, [], {"CLICOLOR": "0"}, False),
    (True, [], {"TERM": "dumb"}, False),
    (True, ["--color=never"], {"CLICOLOR_FORCE": "1"}, False),
    (True, ["--no-color"], {}, False),
    (True, ["--color=always"], {"NO_COLOR": "1"}, True),
    (False, [], {}, False),
    (False, [], {"CLICOLOR_FORCE": "1"}, True),
    (False, [], {"CLICOLOR_FORCE": "0"}, False),
    (False, [], {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
    (False, ["--color=always"], {}, True),
    (False, ["--color", "always"], {"TERM": "dumb"}, True),
]


@pytest.mark.parametrize("terminal, words, env, colour", COLOUR_CASES)
def test_colours_only_when_wanted(two, terminal, words, env, colour):
    """AC-82."""
    more = {"width": 200} if terminal else {}
    result = two("service-connector", "list", *words, env=dict({"TERM": "xterm-256color"}, **env), **more)
    codes = re.findall(r"\x1b\[([0-9;]*)m", result.output)
    assert bool(codes) == colour
    for code in codes:
        assert all(
            part in ("", "0", "1", "2", "3", "4", "22", "23", "24", "39") or 30 <= int(part) <= 37
            for part in code.split(";")
        )


def test_colour_changes_nothing_but_codes(two):
    plain = two("service-connector", "list", "--color=never").stdout
    colour = two("service-connector", "list", "--color=always").stdout
    assert re.sub(r"\x1b\[[0-9;]*m", "", colour) == plain


def test_refuses_another_word_for_when(cleat):
    cleat("service-connector", "list", "--color=sometimes", code=2)


def test_prints_plain_text_when_told_or_without_utf8(two):
    for text in (
        two("service-connector", "list", "--ascii").stdout,
        two("service-connector", "list", env={"LANG": "C", "LC_ALL": "C"}).stdout,
        two("service-connector", "list", env={"CLEAT_ASCII": "1"}).stdout,
    ):
        assert text.isascii()
        assert "| one " in text and "no" in text


def test_shows_control_characters_and_bad_bytes_harmlessly(aws, cleat):
    """Names from a provider are untrusted: nothing of them may steer the terminal."""
    hostile = "evil\x1b[31m"
    body = (
        '<?xml version="1.0"?><ListAllMyBucketsResult><Buckets><Bucket><Name>zen&#x9;files</Name></Bucket>'
        "<Bucket><Name>zenfiles</Name></Bucket></Buckets></ListAllMyBucketsResult>"
    )
    aws.register("one", "secret-key", "-r", "s3-bucket", verify=False)
    aws.fake.script("s3", "ListBuckets", {"kind": "raw", "body": body})
    shown = cleat.sc("list-resources", "-r", "s3-bucket").stdout
    assert "💥 error: " in shown and "\t" not in shown
    message = (
        "<Error><Code>AccessDenied</Code><Message>" + hostile.replace("\x1b", "\u009b") + "</Message></Error>"
    )
    aws.fake.script("s3", "ListBuckets", {"kind": "raw", "status": 403, "body": message})
    text = cleat.screen("service-connector", "list-resources", "-r", "s3-bucket")
    assert "AccessDenied" in text and "evil" in text  # it was shown at all
    assert ESCAPE not in text and "\u009b" not in text
