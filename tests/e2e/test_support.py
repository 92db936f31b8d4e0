"""The helpers themselves, so that a test that passes means something."""

import base64

import pytest

from support.canary import MARKER, Canary
from support.text import assert_exact, assert_lines_in_order, draw, seconds, table, tables, width

SAMPLE = """\
┏━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━┓
┃ RESOURCE TYPE │ RESOURCE NAMES ┃
┠───────────────┼────────────────┨
┃ 📦 s3-bucket  │ s3://zenfiles  ┃
┃               │ s3://zenit     ┃
┗━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━┛
"""


def test_reads_a_table_into_cells():
    found = table("Some sentence\n" + SAMPLE)
    assert found.header == ["RESOURCE TYPE", "RESOURCE NAMES"]
    assert found.rows == [
        {"RESOURCE TYPE": ["📦 s3-bucket"], "RESOURCE NAMES": ["s3://zenfiles", "s3://zenit"]}
    ]
    assert found.width == 34


@pytest.mark.parametrize(
    "broken",
    [
        SAMPLE.replace("zenit     ", "zenit    "),
        SAMPLE.replace("┃ 📦 s3-bucket  │", "┃📦 s3-bucket   │"),
        SAMPLE.rsplit("┗", 1)[0],
    ],
)
def test_refuses_a_broken_table(broken):
    with pytest.raises(AssertionError):
        tables(broken)


def test_draws_the_same_table():
    drawn = draw(["RESOURCE TYPE", "RESOURCE NAMES"], [["📦 s3-bucket", "s3://zenfiles\ns3://zenit"]])
    assert drawn == SAMPLE.splitlines()


def test_centres_the_first_column_line_by_line():
    uuid = "ffbec8d7-b931-46c3-bcc5-c6252c52ee5f"
    drawn = draw(["CONNECTOR ID", "RESOURCE TYPE"], [[uuid, "🌀 kubernetes-cluster"], ["abc", "x\ny"]])
    assert drawn[1] == "┃             CONNECTOR ID             │ RESOURCE TYPE         ┃"
    assert drawn[5] == "┃" + " " * 17 + "abc" + " " * 18 + "│ x                     ┃"
    titled = draw(["A", "B"], [["x", "y"]], centre_first=False, title="one two")
    assert titled[:3] == [" one two", "┏━━━┯━━━┓", "┃ A │ B ┃"]


def test_measures_emoji_and_regional_indicators_as_two_columns():
    assert width("🔶 aws") == 6
    assert width("🇦 azure") == 8
    assert width("✅") == width("➖") == 2


def test_exact_comparison_masks_only_what_is_asked_for():
    uuid = "ffbec8d7-b931-46c3-bcc5-c6252c52ee5f"
    assert_exact("⠋ working...\nid '%s' is\n" % uuid, "id '{uuid}' is")
    assert_exact("┃ %s ┃" % uuid, "┃ {uuid}                               ┃")
    with pytest.raises(AssertionError):
        assert_exact("id '%s' is\n" % uuid, "id '{ts}' is")
    with pytest.raises(AssertionError):
        assert_exact("one\ntwo", "one")


def test_ordered_lines_must_be_in_order():
    assert_lines_in_order("a\nx\nb\n", ["a", "b"])
    with pytest.raises(AssertionError):
        assert_lines_in_order("b\na\n", ["a", "b"])


def test_reads_durations():
    assert seconds("1d2h3m4s") == 93784
    with pytest.raises(AssertionError):
        seconds("soon")


@pytest.mark.parametrize("prefix", ["", "a", "ab", "abc"])
def test_the_canary_is_found_in_clear_and_encoded(tmp_path, prefix):
    text = prefix + MARKER + "/tail"
    for spelling in (text.encode(), base64.b64encode(text.encode()), text.encode().hex().encode()):
        bird = Canary()
        bird.check_printed("here", b"xx" + spelling)
        assert bird.findings, spelling
    bird = Canary()
    (tmp_path / "file").write_text(text + "\nother line\n")
    bird.check_tree(str(tmp_path))
    assert bird.findings


def test_the_canary_ignores_what_the_test_wrote_and_nothing_else(tmp_path):
    bird = Canary()
    file = tmp_path / "credentials"
    file.write_text("key = %s1\n" % MARKER)
    bird.wrote(str(file), file.read_text())
    bird.check_tree(str(tmp_path))
    assert not bird.findings
    file.write_text(file.read_text() + "copied = %s\n" % MARKER)
    bird.check_tree(str(tmp_path))
    assert bird.findings
