"""Fixtures of the end-to-end tests. They only start programs and look at what those do."""

import json
import os
import sys
import urllib.request

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests", "fakes"), os.path.join(TOP, "tools")]

from fake_aws import FakeAws  # noqa: E402 (found through the line above)
from local_aws import LocalAws  # noqa: E402
from support.aws_world import AwsWorld  # noqa: E402
from support.canary import MARKER, Canary  # noqa: E402
from support.runner import SANITIZER_EXIT, Cleat  # noqa: E402

PROGRAM = os.path.abspath(os.environ.get("CLEAT_PROGRAM") or os.path.join(TOP, "build", "release", "cleat"))
# What may reach the program from outside: how it is instrumented, nothing about its work.
PASSED_ON = (
    "ASAN_OPTIONS",
    "UBSAN_OPTIONS",
    "TSAN_OPTIONS",
    "LSAN_OPTIONS",
    "LLVM_PROFILE_FILE",
    "CLEAT_ENCODED",
)


def pytest_configure(config):
    for line in (
        "reveals_secret: the test asks for secrets, so they may appear on standard output",
        "release: real clients and moved clocks; runs with programs that no sanitizer instruments",
        "kill_loop: kills the program CLEAT_KILLS times",
        "soak: runs for CLEAT_SOAK_MINUTES",
    ):
        config.addinivalue_line("markers", line)


def _instrumented():
    """Whether the program carries a sanitizer, which cannot be combined with preloading."""
    if not os.path.exists(PROGRAM):
        return False
    with open(PROGRAM, "rb") as file:
        data = file.read()
    return b"__asan_init" in data or b"__tsan_init" in data


def pytest_collection_modifyitems(config, items):
    """Leaves out what was not asked for; nothing is ever skipped for want of the program."""
    instrumented = _instrumented()
    dropped = []
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(120))
        if item.get_closest_marker("soak") and not os.environ.get("CLEAT_SOAK_MINUTES"):
            dropped.append(item)
        elif item.get_closest_marker("release") and instrumented:
            dropped.append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session")
def program():
    """The program under test. Not being there is a failure, not a reason to skip."""
    if not os.access(PROGRAM, os.X_OK):
        pytest.fail("no program at %s: build it (./dev build) or set CLEAT_PROGRAM" % PROGRAM)
    return PROGRAM


@pytest.fixture
def home(tmp_path):
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    return str(path)


def clean_environment(home):
    runtime = os.path.join(home, "run")
    os.makedirs(runtime, mode=0o700, exist_ok=True)
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    asan = env.get("ASAN_OPTIONS", "detect_leaks=1")
    env["ASAN_OPTIONS"] = asan + ":exitcode=%d" % SANITIZER_EXIT
    env.update(
        {
            "PATH": os.pathsep.join([os.path.dirname(sys.executable), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": home,
            "XDG_CONFIG_HOME": os.path.join(home, ".config"),
            "XDG_STATE_HOME": os.path.join(home, ".local", "state"),
            "XDG_CACHE_HOME": os.path.join(home, ".cache"),
            "XDG_RUNTIME_DIR": runtime,
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "SHELL": "/bin/sh",
            "USER": "tester",
            "TZ": "UTC",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    )
    return env


@pytest.fixture(autouse=True)
def canary(request, home):
    """Fails the test when a secret shows where none may be (support/canary.py)."""
    watch = Canary()
    yield watch
    watch.check_tree(home)
    assert not watch.findings, "\n".join(watch.findings)


@pytest.fixture
def cleat(request, program, home, canary):
    runner = Cleat(program, home, canary, clean_environment(home))
    runner.reveals = request.node.get_closest_marker("reveals_secret") is not None
    return runner


@pytest.fixture
def state_dir(home):
    return os.path.join(home, ".local", "state", "cleat")


@pytest.fixture(scope="session")
def fake_process():
    with FakeAws() as fake:
        yield fake


@pytest.fixture
def fake_aws(fake_process):
    """The loopback AWS, empty but for what the test puts into it."""
    fake_process.reset({"settings": {"marker": MARKER}})
    yield fake_process
    fake_process.clear_scripts()


@pytest.fixture
def aws(fake_aws, cleat, canary):
    """The loopback AWS with the seeds' account, and helpers that make connectors for it."""
    return AwsWorld(fake_aws, cleat, canary)


class Moto:
    """moto as a server; open() takes any key, enforce() checks keys, signatures and policies."""

    def __init__(self, server):
        self.url = server.url
        self.canary = None  # of the test that uses it

    def post(self, path, body=b""):
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "text/plain"}, method="POST")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read()

    def open(self):
        self.post("/moto-api/reset-auth", b"inf")

    def enforce(self):
        self.post("/moto-api/reset-auth", b"0")

    def client(self, service, region="us-east-1", key="test", secret="test", token=None):
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )

    def user(self, name, *policies):
        """(key id, secret) of a new user with these inline policies."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        for number, document in enumerate(policies):
            iam.put_user_policy(UserName=name, PolicyName="p%d" % number, PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.canary.watch(key["SecretAccessKey"])
        self.canary.watch_key_id(key["AccessKeyId"])
        return key["AccessKeyId"], key["SecretAccessKey"]


@pytest.fixture(scope="session")
def moto_process(tmp_path_factory):
    with LocalAws(tmp_path_factory.mktemp("moto") / "log") as server:
        yield Moto(server)


@pytest.fixture
def moto_open(moto_process, canary):
    """moto without enforcement, empty."""
    moto_process.canary = canary
    moto_process.open()
    moto_process.post("/moto-api/reset")
    yield moto_process
    moto_process.open()


@pytest.fixture
def moto(moto_open):
    """moto to be filled first and then switched to enforcement with enforce()."""
    return moto_open
