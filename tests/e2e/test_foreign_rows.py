"""Rows that another version of Cleat stored: they are shown and deleted, and spoil nothing else."""

import contextlib
import os
import sqlite3

import pytest

from support.canary import MARKER
from support.text import table

PASSWORD = MARKER + "-foreign-password"


def execute(state_dir, *statements):
    with contextlib.closing(sqlite3.connect(os.path.join(state_dir, "cleat.db"))) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


@pytest.fixture
def foreign(cleat, state_dir):
    """Three connectors: of a type, and with a method, that nobody here knows, and a usual one."""
    for name in ("newer", "method", "usual"):
        words = ["register", name, "--type", "docker", "--registry=registry.example.org", "--username=@env:T_USER"]
        env = {"T_USER": "jane", "T_PASSWORD": PASSWORD}
        cleat.sc(*words, "--password=@env:T_PASSWORD", "--no-verify", env=env)
    execute(
        state_dir,
        "UPDATE connector SET type = 'nimbus', method = 'cloud-key', resource_types = '12:cloud-bucket'"
        " WHERE name = 'newer'",
        "UPDATE connector SET method = 'retina-scan' WHERE name = 'method'",
    )
    return cleat


def test_are_one_row_of_the_list_each(foreign):
    found = table(foreign.screen("service-connector", "list"))
    assert [row["NAME"] for row in found.rows] == [["newer"], ["method"], ["usual"]]
    assert found.row(NAME="newer")["TYPE"] == ["nimbus", "(unavailable)"]
    assert found.row(NAME="newer")["RESOURCE TYPES"] == ["cloud-bucket"]
    assert found.row(NAME="method")["TYPE"] == ["🐳 docker", "(unavailable)"]
    assert found.row(NAME="usual")["TYPE"] == ["🐳 docker"]
    items = foreign.sc_json("list")["items"]
    assert [item["status"] for item in items] == ["unavailable", "unavailable", None]
    assert [item["auth_method"] for item in items] == ["cloud-key", "retina-scan", "password"]


@pytest.mark.parametrize(
    "words, names",
    [
        (["--connector-type", "nimbus"], ["newer"]),
        (["--auth-method", "password"], ["usual"]),
        (["--sort_by", "desc:name"], ["usual", "newer", "method"]),
        (["--unused", "--all"], ["newer", "method", "usual"]),
        (["--page", "2", "--size", "1"], ["method"]),
    ],
)
def test_are_filtered_and_sorted_like_others(foreign, words, names):
    assert [item["name"] for item in foreign.sc_json("list", *words)["items"]] == names


def test_can_be_described(foreign):
    result = foreign.sc("describe", "newer")
    assert "Service connector 'newer' of type 'nimbus'" in result.stdout and "[HIDDEN]" in result.stdout
    sentence = "connector 'newer' is of type 'nimbus' with method 'cloud-key', which this program does not have"
    assert sentence in result.stderr and "can be deleted" in result.stderr
    assert foreign.sc_json("describe", "newer")["status"] == "unavailable"


@pytest.mark.reveals_secret
def test_give_their_secrets_back_to_their_owner(foreign):
    for name in ("newer", "method"):
        assert foreign.sc_json("describe", name, "--show-secrets")["secrets"]["password"] == PASSWORD


@pytest.mark.parametrize("name", ["newer", "method"])
@pytest.mark.parametrize(
    "words",
    [
        ["service-connector", "verify", "NAME"],
        ["service-connector", "verify", "NAME", "--verify-only"],
        ["service-connector", "describe", "NAME", "--client"],
        ["service-connector", "update", "NAME", "--description", "x"],
        ["service-connector", "update", "NAME", "--username=x", "--no-verify"],
        ["service-connector", "login", "NAME"],
        ["service-connector", "scan-host-keys", "NAME"],
        ["service-connector", "login", "NAME", "-r", "docker-registry", "--allow-long-lived"],
        ["container-registry", "connect", "store", "--connector", "NAME", "--no-verify"],
        ["exec", "NAME", "--", "true"],
        ["env", "NAME"],
        ["export", "NAME", "--format", "basic"],
        ["credential-process", "NAME"],
        ["kube-credential", "NAME"],
    ],
)
def test_refuse_every_use(foreign, words, name):
    if words[0] == "container-registry":
        foreign("container-registry", "register", "store", "--flavor", "default", "--uri=registry.example.org")
    error = foreign(*[name if word == "NAME" else word for word in words], code=None)
    assert error.code in (2, 125), error.describe()
    if "unknown option" not in error.stderr and "--format" not in words:
        assert "which this program does not have" in error.stderr, error.describe()


def test_are_error_rows_of_a_discovery(foreign):
    found = table(foreign.screen("service-connector", "list-resources", "--connector-timeout", "5s", width=400))
    for name in ("newer", "method"):
        assert "which this program does not have" in found.row(**{"CONNECTOR NAME": name})["RESOURCE NAMES"][0]
    rows = foreign.sc_json("verify", "--all", code=None)
    assert "which this program does not have" in str(rows)


def test_can_be_deleted(foreign):
    for name in ("newer", "method"):
        assert "Deleted service connector `%s`." % name in foreign.sc("delete", name, "--yes").stdout
    assert foreign.names() == ["usual"]


def test_keep_their_names(foreign):
    words = ["--type", "docker", "--username=a", "--password=b", "--no-verify", "-q"]
    assert "already exists" in foreign.sc("register", "newer", *words, code=6).stderr
    assert "already exists" in foreign.sc("register", "newer", *words, "--if-not-exists", code=6).stderr
    foreign.sc("update", "usual", "--name", "newer", "--no-verify", code=6)
    assert foreign.names() == ["newer", "method", "usual"]


@pytest.fixture
def floppy(foreign, state_dir):
    foreign("container-registry", "register", "store", "--flavor", "default", "--uri=registry.example.org")
    foreign("container-registry", "connect", "store", "--connector", "usual", "--no-verify")
    execute(state_dir, "UPDATE component SET flavor = 'floppy'")
    return foreign


def test_a_flavor_of_another_version_spoils_no_list(floppy):
    found = table(floppy.screen("container-registry", "list"))
    assert found.row(NAME="store")["FLAVOR"] == ["floppy"]
    assert floppy.names() == ["newer", "method", "usual"]
    text = floppy("container-registry", "describe", "store").stdout
    assert "flavor 'floppy'" in text and "usual" in text
    error = floppy("container-registry", "connect", "store", "--connector", "usual", "--no-verify", code=2).stderr
    assert "component 'store' is of flavor 'floppy', which this program does not have" in error


def test_a_kind_of_another_version_still_uses_its_connector(floppy, state_dir):
    execute(state_dir, "UPDATE component SET kind = 'flux_capacitor'")
    assert floppy.names() == ["newer", "method", "usual"]
    assert "store" in floppy.sc("delete", "usual", "--yes", code=6).stderr
    floppy.sc("delete", "usual", "--yes", "--force")


def test_such_a_component_can_be_taken_apart(floppy):
    floppy("container-registry", "disconnect", "store")
    floppy("container-registry", "delete", "store", "--yes")
    assert floppy.json("container-registry", "list")["items"] == []
