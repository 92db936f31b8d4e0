"""Handing out credentials: credential-process, exec, env, login, and real clients using them."""

import calendar
import contextlib
import datetime
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from support.aws_world import ECR, ROLE, Keys
from support.clock import Clock

BUCKET = ["-r", "s3-bucket", "-ri", "zenfiles"]
AWS_VARIABLES = (
    "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_REGION"
    " AWS_DEFAULT_REGION AWS_ENDPOINT_URL CLEAT_CONNECTOR CLEAT_RESOURCE_TYPE CLEAT_RESOURCE_ID"
    " CLEAT_CREDENTIAL_EXPIRATION"
).split()
DUMP = "import json,os; print(json.dumps(dict(os.environ)))"

pytestmark = pytest.mark.reveals_secret


def epoch(text):
    return calendar.timegm(datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").timetuple())


def process(cleat, name, *words, **more):
    return cleat("credential-process", name, *words, **more)


def audited(state_dir):
    """How many rows the audit has."""
    with contextlib.closing(sqlite3.connect(os.path.join(state_dir, "cleat.db"))) as db:
        return db.execute("SELECT count(*) FROM audit").fetchone()[0]


@pytest.fixture
def role(aws, cleat):
    aws.register("role", "iam-role", verify=False)
    return cleat


# -- credential-process ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "method, operation, lifetime",
    [
        ("iam-role", "AssumeRole", 3600),
        ("session-token", "GetSessionToken", 43200),
        ("federation-token", "GetFederationToken", 43200),
    ],
)
def test_prints_one_object_for_sdks(aws, cleat, method, operation, lifetime):
    aws.register("made", method, verify=False)
    result = process(cleat, "made", *BUCKET)
    assert result.stderr == ""
    assert result.stdout.count("\n") <= 1
    document = json.loads(result.stdout)
    assert document["Version"] == 1 and type(document["Version"]) is int
    assert set(document) - {"AccountId"} == {
        "Version",
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
    }
    assert abs(epoch(document["Expiration"]) - time.time() - lifetime) < 30
    assert aws.fake.counts() == {"sts:" + operation: 1}
    assert aws.fake.session(document["AccessKeyId"])["expires_at"] - epoch(document["Expiration"]) < 2


def test_reads_an_expiration_with_fractions(aws, cleat):
    aws.fake.settings(fractional_expiration=True)
    aws.register("made", "session-token", verify=False)
    document = process(cleat, "made", "-r", "aws-generic").json()
    assert abs(epoch(document["Expiration"]) - time.time() - 43200) < 30


@pytest.mark.parametrize("keys", [Keys(1), Keys(7, token=True)], ids=["secret-key", "sts-token"])
def test_refuses_to_hand_out_what_is_stored_unless_told(aws, cleat, keys):
    method = "sts-token" if keys.token else "secret-key"
    aws.register("stored", method, keys=keys, verify=False)
    result = process(cleat, "stored", *BUCKET, code=2)
    assert result.stdout == "" and "--allow-long-lived" in result.stderr
    document = process(cleat, "stored", *BUCKET, "--allow-long-lived").json()
    assert document["AccessKeyId"] == keys.id
    assert document.get("SessionToken") == keys.token
    assert "Expiration" not in document
    assert aws.fake.total() == 0


def test_explains_a_failure_in_one_line_on_stderr(aws, cleat):
    aws.register("bad", "session-token", keys=aws.keys.typo(), verify=False)
    result = process(cleat, "bad", *BUCKET, code=7)
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1 and "SignatureDoesNotMatch" in result.stderr


def test_hands_implicit_credentials_only_to_whom_they_are(aws, cleat):
    """What was kept under one AWS_PROFILE is not the answer under another, or under none."""
    other = Keys(2, name="other")
    aws.fake.add(users=[other.user()])
    words = ["--type", "aws", "--auth-method", "implicit", "--region=us-east-1", "--endpoint_url=" + aws.url]
    cleat.sc("register", "around", *words, "--no-verify")

    def asked(**env):
        process(cleat, "around", "-r", "aws-generic", env=env)
        return [e["access_key_id"] for e in aws.fake.log("sts", "GetSessionToken")]

    assert asked(**aws.keys.env()) == [aws.keys.id]
    assert asked(**other.env()) == [aws.keys.id, other.id]
    assert asked(**aws.keys.env()) == [aws.keys.id, other.id]
    refused = process(cleat, "around", "-r", "aws-generic", code=1)
    assert "no AWS credentials found" in refused.stderr
    off = dict(aws.keys.env(), CLEAT_ENABLE_IMPLICIT_AUTH_METHODS="false")
    process(cleat, "around", "-r", "aws-generic", env=off, code=5)


def test_implicit_sessions_live_as_long_as_asked(aws, cleat):
    words = ["--type", "aws", "--auth-method", "implicit", "--region=us-east-1", "--endpoint_url=" + aws.url]
    cleat.sc("register", "around", *words, "--no-verify")
    for more, seconds in (([], 3600), (["--duration", "15m"], 900)):
        document = process(cleat, "around", "-r", "aws-generic", *more, env=aws.keys.env()).json()
        assert abs(epoch(document["Expiration"]) - time.time() - seconds) < 30


def test_never_hands_out_less_than_asked(aws, cleat):
    aws.fake.settings(session_seconds=120)
    aws.register("short", "session-token", verify=False)
    cleat("env", "short", "-r", "aws-generic", "--min-ttl", "100s")
    result = cleat("env", "short", "-r", "aws-generic", "--min-ttl", "10m", code=2)
    assert re.search(r"valid for 1[12]\d s, less than the 600 s that are needed", result.stderr)


def test_asks_for_the_duration_given_and_clamps_it(aws, role):
    process(role, "role", *BUCKET, "--duration", "30m")
    assert aws.fake.log("sts", "AssumeRole")[-1]["params"]["DurationSeconds"] == "1800"
    result = process(role, "role", *BUCKET, "--duration", "60s", "--no-cache")
    assert aws.fake.log("sts", "AssumeRole")[-1]["params"]["DurationSeconds"] == "900"
    assert "900" in result.stderr


def test_passes_the_refusal_of_the_provider_on(aws, cleat):
    aws.register("long", "iam-role", "--expiration-seconds=7200", verify=False)
    result = process(cleat, "long", *BUCKET, code=(2, 7))
    assert "MaxSessionDuration" in result.stderr


# -- exec ------------------------------------------------------------------------------------


def environment_of(cleat, *words, **more):
    return json.loads(cleat("exec", *words, "--", sys.executable, "-c", DUMP, **more).stdout)


def test_gives_a_command_its_credentials(aws, role):
    env = {
        "AWS_PROFILE": "mine",
        "AWS_SECURITY_TOKEN": "old",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://x",
    }
    seen = environment_of(role, "role", *BUCKET, env=dict(env, AWS_ACCESS_KEY_ID="mine", OTHER="kept"))
    assert seen["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert aws.fake.session(seen["AWS_ACCESS_KEY_ID"])["limited"]
    assert set(AWS_VARIABLES) <= set(seen)
    assert not set(env) & set(seen)
    assert (seen["AWS_REGION"], seen["AWS_DEFAULT_REGION"], seen["AWS_ENDPOINT_URL"]) == (
        "us-east-1",
        "us-east-1",
        aws.url,
    )
    assert (seen["CLEAT_CONNECTOR"], seen["CLEAT_RESOURCE_TYPE"], seen["CLEAT_RESOURCE_ID"]) == (
        "role",
        "s3-bucket",
        "s3://zenfiles",
    )
    assert epoch(seen["AWS_CREDENTIAL_EXPIRATION"]) > time.time() + 3000
    assert seen["OTHER"] == "kept"


def test_becomes_the_command(role):
    """No process of Cleat's stays in between."""
    words = ["-c", "import os; print(os.getppid())"]
    running = role.start("exec", "role", *BUCKET, "--", sys.executable, *words)
    result = role.settle(running)
    assert int(result.stdout) == os.getpid()


@pytest.mark.parametrize(
    "command, code",
    [
        (["sh", "-c", "exit 0"], 0),
        (["sh", "-c", "exit 42"], 42),
        (["sh", "-c", "kill -TERM $$"], (-signal.SIGTERM, 128 + signal.SIGTERM)),
        (["no-such-command-anywhere"], 127),
        (["/etc/passwd"], 126),
    ],
)
def test_ends_like_the_command(role, command, code):
    role("exec", "role", *BUCKET, "--", *command, code=code)


def test_exits_125_when_nothing_was_started(aws, cleat):
    aws.register("bad", "session-token", keys=aws.keys.typo(), verify=False)
    result = cleat("exec", "bad", *BUCKET, "--", "touch", "started", code=125)
    assert "SignatureDoesNotMatch" in result.stderr
    assert not os.path.exists(os.path.join(cleat.home, "started"))
    cleat("exec", "nobody", *BUCKET, "--", "true", code=125)


def test_wants_a_command(role):
    role("exec", "role", *BUCKET, code=2)


def test_starts_from_a_clean_environment_when_told(role):
    seen = environment_of(role, "role", *BUCKET, "--clean-env", env={"OTHER": "x"})
    assert "OTHER" not in seen and seen["AWS_ACCESS_KEY_ID"]


def test_limits_and_prefixes_variables(role):
    seen = environment_of(role, "role", *BUCKET, "--only", "AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY")
    assert "AWS_ACCESS_KEY_ID" in seen and "AWS_SESSION_TOKEN" not in seen
    seen = environment_of(role, "role", *BUCKET, "--prefix", "X_")
    assert "X_AWS_ACCESS_KEY_ID" in seen and "AWS_ACCESS_KEY_ID" not in seen


def test_writes_a_file_instead(role, canary):
    path = os.path.join(role.home, "vars")
    canary.allow_file(path)
    seen = environment_of(role, "role", *BUCKET, "--env-file", path)
    assert "AWS_SECRET_ACCESS_KEY" not in seen
    assert os.stat(path).st_mode & 0o777 == 0o600
    with open(path) as file:
        assert "AWS_SECRET_ACCESS_KEY=" in file.read()


def test_leaves_the_command_its_file_mask_and_core_limit(role):
    """Cleat's own hardening is not the next program's."""
    script = 'umask 027; ulimit -Sc %d; exec "$0" exec role -r s3-bucket -ri zenfiles -- sh -c "umask; ulimit -Sc"'
    soft = resource.getrlimit(resource.RLIMIT_CORE)[1]
    soft = 8 if soft == resource.RLIM_INFINITY else soft
    env = {  # the sanitizers lower it too
        name: role.environment.get(name, "") + ":disable_coredump=0" for name in ("ASAN_OPTIONS", "TSAN_OPTIONS")
    }
    result = role("-c", script % soft, role.program, program="/bin/sh", env=env)
    assert result.stdout.split() == ["0027", str(soft)]


def test_nests_by_replacing(aws, role):
    aws.register("other", "session-token", verify=False)
    inner = [role.program, "exec", "other", "-r", "aws-generic", "--", sys.executable, "-c", DUMP]
    seen = json.loads(role("exec", "role", *BUCKET, "--", *inner).stdout)
    assert seen["CLEAT_CONNECTOR"] == "other"


def test_passes_arguments_streams_and_folder_through(role, tmp_path):
    script = "import sys; sys.stdout.write(sys.stdin.read() + repr(sys.argv[1:])); sys.stderr.write('err')"
    words = [sys.executable, "-c", script, "-r", "--", "a b", ""]
    result = role("exec", "role", *BUCKET, "--", *words, stdin="in", cwd=tmp_path)
    assert result.stdout == "in" + repr(["-r", "--", "a b", ""])
    assert result.stderr == "err"


# -- env -------------------------------------------------------------------------------------


def test_prints_assignments_for_eval(aws, role):
    script = 'eval "$("$0" env role -r s3-bucket -ri zenfiles --shell sh)"; exec %s -c "%s"' % (
        sys.executable,
        DUMP,
    )
    running = role.start("-c", script, role.program, program="/bin/sh")
    seen = json.loads(role.settle(running).stdout)
    assert seen["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert seen["AWS_ENDPOINT_URL"] == aws.url


@pytest.mark.parametrize(
    "shell, shape",
    [
        ("sh", r"^export AWS_REGION='?us-east-1'?;?$"),
        ("bash", r"^export AWS_REGION='?us-east-1'?;?$"),
        ("zsh", r"^export AWS_REGION='?us-east-1'?;?$"),
        ("fish", r"^set -gx AWS_REGION '?us-east-1'?;?$"),
        ("csh", r"^setenv AWS_REGION '?us-east-1'?;?$"),
        ("powershell", r"^\$Env:AWS_REGION ?= ?['\"]us-east-1['\"];?$"),
        ("dotenv", r"^AWS_REGION=[\"']?us-east-1[\"']?$"),
    ],
)
def test_writes_for_every_shell(role, shell, shape):
    text = role("env", "role", *BUCKET, "--shell", shell).stdout
    assert re.search(shape, text, re.MULTILINE | re.IGNORECASE), text


def test_prints_json_assignments(role):
    values = json.loads(role("env", "role", *BUCKET, "--shell", "json").stdout)
    assert values["AWS_REGION"] == "us-east-1" and values["AWS_SESSION_TOKEN"]


def test_guesses_the_shell(role):
    assert "set -gx" in role("env", "role", *BUCKET, env={"SHELL": "/usr/bin/fish"}).stdout
    assert "export " in role("env", "role", *BUCKET, env={"SHELL": "/bin/zsh"}).stdout


def test_takes_the_assignments_back(aws, role, state_dir):
    """What is set comes out again, and nothing is issued for it: no call, no row, no credential."""
    exported = re.findall(r"^export (\w+)=", role("env", "role", *BUCKET, "--shell", "sh").stdout, re.MULTILINE)
    before = aws.fake.counts(), audited(state_dir)
    for scope in (BUCKET, ()):
        text = role("env", "role", *scope, "--shell", "sh", "--unset").stdout
        assert sorted(re.findall(r"^unset (\w+)$", text, re.MULTILINE)) == sorted(exported)
        assert text.count("\n") == len(exported)
    assert (aws.fake.counts(), audited(state_dir)) == before


def test_takes_back_only_what_it_can_set(role):
    for shell in ("dotenv", "json"):
        assert "cannot remove" in role("env", "role", "--unset", "--shell", shell, code=2).stderr
    assert "nobody" in role("env", "nobody", "--unset", code=3).stderr
    error = role("env", "role", "-r", "kubernetes-cluster", "--unset", code=2).stderr
    assert "cannot be handed over in environment variables" in error and "cleat exec" in error


def test_masks_secrets_on_a_terminal(role, canary):
    role.reveals = False
    text = role.screen("env", "role", *BUCKET)
    assert "AWS_SECRET_ACCESS_KEY" in text
    shown = role.screen("env", "role", *BUCKET, "-x", reveals=True)
    assert "cAnArY" in shown


# -- login -----------------------------------------------------------------------------------

SENTENCE = (
    "The '%s' AWS Service Connector connector was used to successfully configure the local %s client/SDK."
)


def config_text(cleat, name="config"):
    with open(os.path.join(cleat.home, ".aws", name), encoding="utf-8") as file:
        return file.read()


def profile_names(cleat):
    return re.findall(r"^\[profile ([^\]]+)\]", config_text(cleat), re.MULTILINE)


def test_writes_a_profile_that_calls_cleat(aws, role):
    connector = role.find("role")["id"]
    result = role.sc("login", "role", *BUCKET)
    assert SENTENCE % ("role", "AWS S3 bucket") in result.stdout
    role.sc("login", "role", "-r", "aws-generic")
    assert profile_names(role) == ["cleat-%s-zenfiles" % connector[:8], "cleat-" + connector[:8]]
    text = config_text(role)
    assert "credential_process = %s credential-process %s" % (role.program, connector) in text
    assert "region = us-east-1" in text and "endpoint_url = " + aws.url in text
    assert re.search(r"addressing_style\s*=\s*path", text)
    assert "# managed by cleat" in text
    assert not os.path.exists(os.path.join(role.home, ".aws", "credentials"))
    assert os.stat(os.path.join(role.home, ".aws", "config")).st_mode & 0o777 == 0o600
    assert os.stat(os.path.join(role.home, ".aws")).st_mode & 0o777 == 0o700


MESSY = (
    "# my settings\r\n[default]\nregion=eu-west-1   \n\n\n; another comment\n[profile  other ]\nOutput = json\n"
    "s3 =\n  max_concurrent_requests = 20\n\n[sso-session x]\nsso_region = %(not)s $HOME\n[profile last]\nregion = a"
)


def test_leaves_every_foreign_byte_alone(aws, role):
    path = os.path.join(role.home, ".aws", "config")
    os.makedirs(os.path.dirname(path))
    with open(path, "w", newline="") as file:
        file.write(MESSY)
    role.sc("login", "role", *BUCKET, "--profile", "made")
    role.sc("login", "role", *BUCKET, "--profile", "second")
    with open(path, newline="") as file:
        assert file.read().startswith(MESSY)
    role.sc("login", "role", *BUCKET, "--profile", "made")
    assert profile_names(role).count("made") == 1
    role.sc("login", "role", *BUCKET, "--profile", "made", "--logout")
    assert "made" not in profile_names(role) and "second" in profile_names(role)
    role.sc("login", "role", *BUCKET, "--profile", "second", "--logout")
    with open(path, newline="") as file:
        assert file.read().rstrip("\n") == MESSY


@pytest.mark.parametrize("more", [[], ["--static"]])
def test_takes_away_what_a_deleted_connector_left(aws, role, more):
    name = "credentials" if more else "config"
    path = os.path.join(role.home, ".aws", name)
    os.makedirs(os.path.dirname(path))
    with open(path, "w", newline="") as file:
        file.write(MESSY)
    os.chmod(path, 0o600)
    role.canary.allow_file(path)
    role.sc("login", "role", *BUCKET, *more)
    role.sc("login", "role", *BUCKET, "--profile", "work", *more)
    role.sc("delete", "role", "--yes")
    role.sc("login", "another", "--logout", code=3)
    said = role.sc("login", "role", "--logout", "--profile", "work").stdout
    assert said == "Removed local AWS profile 'work'.\n"
    assert "Removed local AWS profile 'cleat-" in role.sc("login", "role", "--logout").stdout
    with open(path, newline="") as file:
        assert file.read().rstrip("\n") == MESSY


def test_does_not_touch_a_profile_it_did_not_write(aws, role):
    path = os.path.join(role.home, ".aws", "config")
    os.makedirs(os.path.dirname(path))
    with open(path, "w") as file:
        file.write("[profile mine]\nregion = eu-west-1\n")
    result = role.sc("login", "role", *BUCKET, "--profile", "mine", code=6)
    assert "--overwrite" in result.stderr
    assert config_text(role) == "[profile mine]\nregion = eu-west-1\n"
    role.sc("login", "role", *BUCKET, "--profile", "mine", "--overwrite")
    assert "credential_process" in config_text(role)


def test_follows_links_and_the_environments_path(role, tmp_path):
    real = tmp_path / "elsewhere"
    real.write_text("[default]\nregion = eu-west-1\n")
    link = tmp_path / "link"
    link.symlink_to(real)
    role.sc("login", "role", *BUCKET, env={"AWS_CONFIG_FILE": str(link)})
    assert link.is_symlink() and "credential_process" in real.read_text()
    assert not os.path.exists(os.path.join(role.home, ".aws", "config"))


def test_loses_no_section_when_many_log_in_at_once(role):
    running = [
        role.start("service-connector", "login", "role", *BUCKET, "--profile", "p%d" % n) for n in range(8)
    ]
    for one in running:
        role.settle(one)
    assert sorted(profile_names(role)) == ["p%d" % n for n in range(8)]


def test_reports_a_file_that_it_cannot_write(role):
    folder = os.path.join(role.home, ".aws")
    os.makedirs(os.path.join(folder, "config"))
    result = role.sc("login", "role", *BUCKET, code=1)
    assert ".aws/config" in result.stderr


@pytest.mark.parametrize("name", ["a]b", "a\nb", 'a"b'])
def test_refuses_profile_names_that_break_the_file(role, name):
    role.sc("login", "role", *BUCKET, "--profile", name, code=2)


def test_quotes_a_profile_name_with_blanks(role):
    role.sc("login", "role", *BUCKET, "--profile", "my prof")
    assert '[profile "my prof"]' in config_text(role)


def test_writes_keys_only_when_told(aws, role, canary):
    canary.allow_file(os.path.join(role.home, ".aws", "credentials"))
    result = role.sc("login", "role", *BUCKET, "--profile", "static", "--static")
    text = config_text(role, "credentials")
    assert "[static]" in text and "aws_session_token" in text and "# expires 20" in text
    assert "These credentials expire in " in result.stdout
    path = os.path.join(role.home, ".aws", "credentials")
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_warns_when_the_profile_hands_out_a_stored_key(aws, cleat):
    aws.register("key", verify=False)
    result = cleat.sc("login", "key", *BUCKET)
    assert "warning" in result.stderr
    assert "--allow-long-lived" in config_text(cleat)


def test_wants_one_resource(role):
    role.sc("login", "role", code=2)
    role.sc("login", "role", "-r", "s3-bucket", code=2)


# -- real clients ----------------------------------------------------------------------------

USE = """
import sys, boto3
from botocore.config import Config
s3 = boto3.Session(profile_name=sys.argv[1]).client("s3", config=Config(retries={"total_max_attempts": 1}))
for line in sys.stdin:
    key = line.strip()
    s3.put_object(Bucket="zenfiles", Key=key, Body=b"from boto3")
    assert s3.get_object(Bucket="zenfiles", Key=key)["Body"].read() == b"from boto3"
    print("done", key, flush=True)
"""


class Client:
    """A boto3 program that works on, key by key, as lines arrive."""

    def __init__(self, cleat, profile, env=None):
        environment = dict(cleat.environment, **(env or {}))
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, profile],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def use(self, key):
        self.process.stdin.write(key + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line == "done %s\n" % key, line + self.process.stderr.read()

    def end(self):
        _, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, errors


@pytest.mark.parametrize("method", ["iam-role", "session-token", "federation-token", "secret-key"])
def test_boto3_works_with_a_login_profile(aws, cleat, method):
    aws.register("made", method, verify=False)
    cleat.sc("login", "made", *BUCKET, "--profile", "made")
    client = Client(cleat, "made")
    client.use("first")
    client.use("second")
    client.end()
    assert aws.fake.objects("zenfiles") == {"first": 10, "second": 10}


def test_a_bucket_profile_reaches_only_its_bucket(aws, role):
    role.sc("login", "role", *BUCKET, "--profile", "made")
    words = (
        "import boto3; boto3.Session(profile_name='made').client('s3').list_objects_v2(Bucket='zenit-demos')"
    )
    reply = subprocess.run(
        [sys.executable, "-c", words], env=role.environment, capture_output=True, text=True, check=False
    )
    assert reply.returncode != 0 and "AccessDenied" in reply.stderr


@pytest.mark.parametrize("way", ["profile", "exec"])
def test_the_aws_cli_puts_and_gets_an_object(aws, role, way, tmp_path):
    (tmp_path / "in").write_text("through the AWS CLI")
    tool = os.path.join(os.path.dirname(sys.executable), "aws")
    if way == "profile":
        role.sc("login", "role", *BUCKET, "--profile", "made")
        prefix, more = [sys.executable, tool], ["--profile", "made"]
    else:
        prefix, more = [role.program, "exec", "role", *BUCKET, "--", sys.executable, tool], []
    for source, target in (("in", "s3://zenfiles/k"), ("s3://zenfiles/k", "out")):
        subprocess.run(
            [*prefix, "s3", "cp", source, target, *more], cwd=tmp_path, env=role.environment, check=True
        )
    assert (tmp_path / "out").read_text() == "through the AWS CLI"
    assert not aws.make_calls_fail_unsigned()


@pytest.mark.release
@pytest.mark.parametrize("method, lifetime", [("iam-role", 3600), ("session-token", 43200)])
def test_boto3_works_across_an_expiry(aws, cleat, tmp_path, method, lifetime):
    """Nobody tells the client anything: it calls Cleat again when its credentials run out."""
    clock = Clock(tmp_path, aws.fake)
    aws.register("made", method, verify=False, env=clock.env())
    cleat.sc("login", "made", *BUCKET, "--profile", "made", env=clock.env())
    client = Client(cleat, "made", clock.env())
    client.use("before")
    clock.set(lifetime + 120)
    client.use("after")
    client.end()
    operation = "AssumeRole" if method == "iam-role" else "GetSessionToken"
    assert aws.fake.counts()["sts:" + operation] == 2
    keys = {e["params"]["Key"]: e["access_key_id"] for e in aws.fake.log("s3", "PutObject")}
    assert keys["before"] != keys["after"]


@pytest.mark.release
def test_keeps_the_last_good_credential_when_an_early_refresh_fails(aws, cleat, tmp_path):
    clock = Clock(tmp_path, aws.fake)
    aws.register("made", "iam-role", verify=False, env=clock.env())

    def key(**more):
        return json.loads(cleat("env", "made", *BUCKET, "--shell", "json", env=clock.env(), **more).stdout)[
            "AWS_ACCESS_KEY_ID"
        ]

    first = key()
    clock.set(3200)
    assert key() == first and aws.fake.total() == 1, "not due yet"
    aws.fake.script("sts", None, {"kind": "error", "status": 503, "code": "ServiceUnavailable", "times": 0})
    clock.set(3500)
    assert key() == first and aws.fake.total() > 1, "due, and refused"
    clock.set(3580)
    cleat("env", "made", *BUCKET, "--shell", "json", env=clock.env(), code=9)
    aws.fake.clear_scripts()
    assert key() != first


@pytest.mark.release
def test_sdks_keep_the_last_good_credential_too(aws, cleat, tmp_path):
    """SDKs are served with time to spare, but what is still good beats an error."""
    clock = Clock(tmp_path, aws.fake)
    aws.register("made", "iam-role", verify=False, env=clock.env())
    first = process(cleat, "made", *BUCKET, env=clock.env()).json()
    clock.set(2800)
    aws.fake.script("sts", None, {"kind": "error", "status": 503, "code": "ServiceUnavailable", "times": 0})
    assert process(cleat, "made", *BUCKET, env=clock.env()).json() == first
    aws.fake.clear_scripts()
    clock.set(2900)  # a renewal that failed is not tried again at once
    assert process(cleat, "made", *BUCKET, env=clock.env()).json() != first


@pytest.mark.release
def test_eks_tokens_are_reported_to_end_before_they_do(aws, cleat, tmp_path):
    clock = Clock(tmp_path, aws.fake)
    aws.register("made", "iam-role", verify=False, env=clock.env())
    words = ["describe", "made", "-r", "kubernetes-cluster", "-ri", "zenhacks-cluster", "-x"]
    document = cleat.sc_json(*words, env=clock.env())
    token = document["secrets"]["token"]
    clock.set(890)
    assert aws.fake.check_eks_token(token, "zenhacks-cluster")["ok"]
    fresh = cleat.sc_json(*words, env=clock.env())["secrets"]["token"]
    assert fresh != token
    clock.set(910)
    assert not aws.fake.check_eks_token(token, "zenhacks-cluster")["ok"]
    assert aws.fake.check_eks_token(fresh, "zenhacks-cluster")["ok"]


def test_names_the_registry_of_the_caller(aws, cleat):
    aws.register("made", "session-token", "-r", "docker-registry", verify=False)
    document = cleat.sc_json("describe", "made", "--client")
    assert ECR in json.dumps(document)
    assert aws.fake.log("ecr", "GetAuthorizationToken")


def test_signs_role_sessions_for_the_clusters_own_session(aws, cleat):
    aws.register("made", "iam-role", verify=False)
    document = cleat.sc_json("describe", "made", "-r", "kubernetes-cluster", "-ri", "zenhacks-cluster", "-x")
    verdict = aws.fake.check_eks_token(document["secrets"]["token"], "zenhacks-cluster")
    assert verdict["arn"].startswith(ROLE.replace(":iam:", ":sts:").replace("role/", "assumed-role/"))
    assert aws.fake.session(verdict["access_key_id"])["limited"]
