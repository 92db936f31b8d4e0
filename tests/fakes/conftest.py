"""One fake per worker process, emptied before each test."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from fake_aws import FakeAws  # noqa: E402 (found through the line above)

USER = {
    "name": "cleat",
    "access_key_id": "AKIAEXAMPLEUSER00001",
    "secret_access_key": "CANARY/user+secret/0001",
}
ROLE = "arn:aws:iam::123456789012:role/data"


def configuration(**changes):
    document = {
        "users": [USER],
        "roles": [{"arn": ROLE}],
        "buckets": ["zenfiles", {"name": "frankfurt", "region": "eu-central-1"}],
        "clusters": ["zenhacks-cluster"],
        "repositories": ["zenit-server"],
    }
    document.update(changes)
    return document


@pytest.fixture(scope="session")
def fake_process():
    with FakeAws() as fake:
        yield fake


@pytest.fixture
def fake(fake_process):
    fake_process.reset(configuration())
    return fake_process


@pytest.fixture(autouse=True)
def no_ambient_aws(monkeypatch):
    """The clients under these tests must not read the machine's own AWS settings."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
