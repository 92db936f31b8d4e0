"""service-connector list: AC-40, filters, sorting, pages, columns."""

import pytest

from support.text import AWS4, draw, lines_of, seconds, table

HEADER = [
    "ACTIVE",
    "NAME",
    "ID",
    "TYPE",
    "RESOURCE TYPES",
    "RESOURCE NAME",
    "SHARED",
    "OWNER",
    "EXPIRES IN",
    "LABELS",
]


@pytest.fixture
def three(aws, cleat):
    """The connectors of AC-40."""
    aws.register("aws-multi-type", "session-token", verify=False)
    aws.register("aws-s3-multi-instance", "session-token", "-r", "s3-bucket", verify=False)
    aws.register("aws-s3-zenfiles", "session-token", "-r", "s3-bucket", "-ri", "s3://zenfiles", verify=False)
    return {c["name"]: c["id"] for c in cleat.sc_json("list")["items"]}


def listed(cleat, *words, **more):
    items = cleat.sc_json("list", *words, **more)["items"]
    return [item["name"] for item in items]


def test_lists_three_connectors(three, cleat):
    """AC-40."""
    text = cleat.screen("service-connector", "list")
    rest = ["➖", "default", "", ""]
    expected = draw(
        HEADER,
        [
            ["", "aws-multi-type", three["aws-multi-type"], "🔶 aws", "\n".join(AWS4), "<multiple>"] + rest,
            [
                "",
                "aws-s3-multi-instance",
                three["aws-s3-multi-instance"],
                "🔶 aws",
                "📦 s3-bucket",
                "<multiple>",
            ]
            + rest,
            ["", "aws-s3-zenfiles", three["aws-s3-zenfiles"], "🔶 aws", "📦 s3-bucket", "s3://zenfiles"]
            + rest,
        ],
    )
    assert lines_of(text) == expected
    assert table(text).width == 163


def test_says_when_nothing_matches(cleat):
    result = cleat.sc("list")
    assert result.stdout == ""
    assert "No service connectors match." in result.stderr


@pytest.mark.parametrize(
    "words, expected",
    [
        (["--name", "aws-multi-type"], ["aws-multi-type"]),
        (["--name", "startswith:aws-s3"], ["aws-s3-multi-instance", "aws-s3-zenfiles"]),
        (["--name", "contains:multi"], ["aws-multi-type", "aws-s3-multi-instance"]),
        (["--name", 'oneof:["aws-multi-type","aws-s3-zenfiles"]'], ["aws-multi-type", "aws-s3-zenfiles"]),
        (["--name", "notequals:aws-multi-type"], ["aws-s3-multi-instance", "aws-s3-zenfiles"]),
        (["--resource_id", "s3://zenfiles"], ["aws-s3-zenfiles"]),
        (["--resource-type", "kubernetes-cluster"], ["aws-multi-type"]),
        (["--resource_type", "s3-bucket"], ["aws-multi-type", "aws-s3-multi-instance", "aws-s3-zenfiles"]),
        (["--connector_type", "gcp"], []),
        (
            ["--auth_method=session-token", "--resource_id", "isempty:"],
            ["aws-multi-type", "aws-s3-multi-instance"],
        ),
        (
            ["--logical_operator", "or", "--name", "aws-multi-type", "--resource_id", "s3://zenfiles"],
            ["aws-multi-type", "aws-s3-zenfiles"],
        ),
        (["--sort_by", "desc:name"], ["aws-s3-zenfiles", "aws-s3-multi-instance", "aws-multi-type"]),
        (["--sort-by", "name"], ["aws-multi-type", "aws-s3-multi-instance", "aws-s3-zenfiles"]),
    ],
)
def test_filters_and_sorts(three, cleat, words, expected):
    assert listed(cleat, *words) == expected


def test_filters_by_id_with_and_without_dashes(three, cleat):
    wanted = three["aws-s3-zenfiles"]
    assert listed(cleat, "--id", wanted) == ["aws-s3-zenfiles"]
    assert listed(cleat, "--id", "startswith:" + wanted.replace("-", "")[:12]) == ["aws-s3-zenfiles"]


def test_filters_by_label(aws, cleat):
    aws.register("one", "secret-key", "-l", "region=eu", "-l", "x=1", verify=False)
    aws.register("two", "secret-key", "-l", "region=us", verify=False)
    aws.register("three", verify=False)
    assert listed(cleat, "--label", "region=eu") == ["one"]
    assert listed(cleat, "-l", "region") == ["one", "two"]
    assert listed(cleat, "-l", "region", "-l", "x=1") == ["one"]
    row = table(cleat.screen("service-connector", "list", "--name", "one")).rows[0]
    assert row["LABELS"] == ["region:eu", "x:1"]


def test_filters_shared_and_expired_connectors(aws, cleat):
    aws.register("shared", "secret-key", "--share", verify=False)
    aws.register("gone", "secret-key", "--expires-at=2020-01-01", verify=False)
    aws.register("soon", "secret-key", "--expires-at=+3h", verify=False)
    assert listed(cleat, "--shared") == ["shared"]
    assert listed(cleat, "--private") == ["gone", "soon"]
    assert listed(cleat, "--expired") == ["gone"]
    assert "soon" in listed(cleat, "--expires-within", "4h")
    assert "soon" not in listed(cleat, "--expires-within", "1h")
    rows = {r["NAME"][0]: r for r in table(cleat.screen("service-connector", "list")).rows}
    assert rows["shared"]["SHARED"] == ["✅"]
    assert rows["gone"]["EXPIRES IN"] == ["📛 Expired!"]
    assert 10000 < seconds(rows["soon"]["EXPIRES IN"][0]) <= 10500


def test_pages(aws, cleat):
    for number in range(5):
        aws.register("c%d" % number, verify=False)
    result = cleat.sc("list", "--size", "2", "--page", "2")
    assert [r[0] for r in table(result.stdout).column("NAME")] == ["c2", "c3"]
    assert "Page 2 of 3, 5 in all." in result.stderr
    assert "Page" not in cleat.sc("list").stderr
    assert listed(cleat, "--size", "2", "--all") == ["c0", "c1", "c2", "c3", "c4"]
    document = cleat.sc_json("list", "--size", "2")
    assert document["pagination"] == {"index": 1, "max_size": 2, "total_pages": 3, "total": 5}
    for words in (["--page", "4", "--size", "2"], ["--page", "0"], ["--size", "0"], ["--size", "10001"]):
        cleat.sc("list", *words, code=2)


def test_takes_the_page_size_from_the_environment_without_limiting_it(aws, cleat):
    for number in range(3):
        aws.register("c%d" % number, verify=False)
    assert len(listed(cleat, env={"CLEAT_PAGE_SIZE": "2"})) == 2
    assert len(listed(cleat, "--size", "3", env={"CLEAT_PAGE_SIZE": "2"})) == 3


def test_selects_columns(three, cleat):
    found = table(cleat.screen("service-connector", "list", "--columns", "name,auth_method"))
    assert found.header == ["NAME", "AUTH METHOD"]
    assert found.rows[0]["AUTH METHOD"] == ["session-token"]
    assert table(cleat.screen("service-connector", "list", "-c", "+created,-id")).header[-1] == "CREATED"
    result = cleat.sc("list", "--columns", "name,nonsense", code=2)
    assert "nonsense" in result.stderr and "auth_method" in result.stderr


def test_prints_only_ids_when_quiet_and_one_field_when_asked(three, cleat):
    assert cleat.sc("list", "--quiet").stdout.split() == list(three.values())
    assert cleat.sc("list", "--field", "name").stdout.split() == list(three)


@pytest.mark.parametrize(
    "words",
    [
        ["--created", "contains:2020"],
        ["--created", "gt:yesterday"],
        ["--sort_by", "nonsense"],
        ["--logical_operator", "xor"],
        ["--page", "one"],
    ],
)
def test_refuses_bad_filters(cleat, words):
    result = cleat.sc("list", *words, code=2)
    assert result.stdout == ""


def test_folds_like_the_seeds_renderer_on_a_narrow_terminal(three, cleat):
    """Every cell is still there when its folded lines are joined, and no line is too wide."""
    text = cleat.screen("service-connector", "list", width=120)
    found = table(text)
    assert found.width <= 120
    joined = ["".join(r["ID"]) for r in found.rows]
    assert joined == list(three.values())


def test_smart_wrapping_keeps_ids_whole(three, cleat):
    text = cleat.screen("service-connector", "list", width=120, env={"CLEAT_WRAP": "smart"})
    for wanted in three.values():
        assert wanted in text
    assert "columns hidden" in text  # that is what makes the room


def test_prints_records_on_a_very_narrow_terminal(three, cleat):
    text = cleat.screen("service-connector", "list", width=50, env={"CLEAT_WRAP": "smart"})
    assert "┃" not in text
    assert three["aws-s3-zenfiles"] in text
