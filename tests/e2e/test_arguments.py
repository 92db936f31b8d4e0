"""Reading the command line: AC-86 to AC-88, and the grammar of cli.md section 1.1."""

import os

import pytest

REGISTER = "register x --type aws --auth-method secret-key --no-verify".split()


def secrets(keys):
    return ["--aws_access_key_id=@env:K", "--aws_secret_access_key=@env:S"], {"K": keys.id, "S": keys.secret}


@pytest.fixture
def register(aws, cleat):
    """Registers `x` with further words; the keys come from the environment unless given."""

    def run(*words, key=True, code=0, env=None, **more):
        arguments, values = secrets(aws.keys) if key else ([], {})
        values.update(env or {})
        return cleat.sc(*REGISTER, *arguments, *words, env=values, code=code, **more)

    return run


# -- unknown things --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, near",
    [
        (["service-conector", "list"], "service-connector"),
        (["service-connector", "lst"], "list"),
        (["service-connector", "list", "--naem", "x"], "--name"),
        (["service-connector", "list-types", "--res", "x"], "--resource-type"),
        (["service-connector", "describe", "x", "--show-secret"], "--show-secrets"),
        (["artifact-store", "flavour", "list"], "flavor"),
        (["credential-proces", "x"], "credential-process"),
        (["--verison"], "--version"),
    ],
)
def test_suggests_the_nearest_command_or_option(cleat, words, near):
    """AC-86."""
    result = cleat(*words, code=2)
    assert "Did you mean" in result.stderr and near in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "words, near",
    [
        (["--regoin=us-east-1"], "region"),
        (["--resource-tpye=s3-bucket"], "resource"),
        (["--region=us-east-1", "--endpoint_ulr=http://127.0.0.1:1"], "endpoint_url"),
    ],
)
def test_refuses_unknown_attributes_with_the_nearest(register, cleat, words, near):
    """AC-86: nothing is stored, and the valid attributes are listed."""
    result = register(*words, code=2)
    assert near in result.stderr and "Did you mean" in result.stderr
    assert "aws_secret_access_key" in result.stderr
    assert cleat.names() == []


@pytest.mark.parametrize(
    "words, code, near",
    [
        (["--type", "awz"], 3, "Did you mean 'aws'?"),
        (["--auth-method", "secret-kye"], 3, "Did you mean 'secret-key'?"),
        (["--resource-type", "s3-buckets"], 3, "Did you mean 's3-bucket'?"),
        (["--resource-type", "s3-bucket", "--resource-id", "UPPER_case!"], 2, "Use s3://"),
    ],
)
def test_refuses_unknown_types_methods_and_ids(register, cleat, words, code, near):
    assert near in register("--region=us-east-1", *words, code=code).stderr
    assert cleat.names() == []


def test_names_all_missing_attributes_at_once(cleat):
    result = cleat.sc(*REGISTER, code=2)
    for name in ("aws_access_key_id", "aws_secret_access_key", "region"):
        assert name in result.stderr


def test_wants_a_type_and_a_method(cleat):
    result = cleat.sc("register", "x", code=2)
    assert "--type is missing" in result.stderr
    assert "'cleat service-connector list-types'" in result.stderr
    result = cleat.sc("register", "x", "--type", "aws", code=2)
    assert "secret-key" in result.stderr and "iam-role" in result.stderr


def test_refuses_an_attribute_given_twice(register):
    assert "region" in register("--region=us-east-1", "--region=eu-west-1", code=2).stderr


# -- spellings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["--region=us-east-1"],
        ["--region", "us-east-1"],
        ["--region", "us-east-1", "--endpoint-url=http://127.0.0.1:1"],
        ["--endpoint_url", "http://127.0.0.1:1", "--region=us-east-1"],
    ],
)
def test_takes_attributes_in_both_forms(register, cleat, words):
    register(*words)
    configuration = cleat.find("x")["configuration"]
    assert configuration["region"] == "us-east-1"
    assert configuration.get("endpoint_url") in (None, "http://127.0.0.1:1")


def test_an_attribute_without_value_is_an_error(register):
    register("--region", code=2)
    register("--region", "--endpoint_url=http://127.0.0.1:1", code=2)


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--resource_type", "s3-bucket"],
        ["list", "--resource-type=s3-bucket"],
        ["list-types", "-r", "s3-bucket"],
        ["list-types", "-rs3-bucket"],
        ["list-types", "-r=s3-bucket"],
        ["list-types", "--resource_type", "docker-registry", "--resource-type", "s3-bucket"],
    ],
)
def test_takes_options_in_every_form(aws, cleat, words):
    """Each names S3 buckets, which neither a registry's type nor a connector for clusters offers."""
    aws.register("buckets", "secret-key", "-r", "s3-bucket", verify=False)
    aws.register("clusters", "secret-key", "-r", "kubernetes-cluster", verify=False)
    shown = cleat.sc(*words, "-o", "name").stdout.split()
    kind, name = ("service_connector", "buckets") if words[0] == "list" else ("connector_type", "aws")
    assert shown == ["%s/%s" % (kind, name)]


def test_reads_single_dash_names_of_two_letters_whole(register, cleat):
    register("--region=us-east-1", "-r", "s3-bucket", "-ri", "zen")
    assert cleat.find("x")["resource_id"] == "s3://zen"


def test_takes_the_name_anywhere(aws, cleat):
    arguments, env = secrets(aws.keys)
    words = ["--type", "aws", "--auth-method", "secret-key", "--region", "us-east-1", "late", "--no-verify"]
    cleat.sc("register", *arguments, *words, env=env)
    assert cleat.names() == ["late"]


def test_takes_global_options_before_and_after(cleat):
    assert cleat("-o", "json", "service-connector", "list").json()["items"] == []
    assert cleat("service-connector", "list", "-o", "json").json()["items"] == []
    assert cleat("--output=json", "sc", "list").json()["items"] == []


def test_shows_help_and_version(cleat):
    for words in (
        [],
        ["--help"],
        ["-h"],
        ["service-connector"],
        ["service-connector", "register", "--help"],
    ):
        result = cleat(*words)
        assert "Usage:" in result.stdout and result.stderr == ""
    assert cleat("--version").stdout.startswith("cleat ")
    assert cleat("-V").stdout == cleat("--version").stdout
    assert cleat("version", "-o", "json").json()["version"]


def test_help_can_be_read_on_a_narrow_screen(cleat):
    """Explanations keep room for words: below the option, where they have none beside it."""
    for width in (30, 49, 60):
        text = cleat.screen("service-connector", "register", "--help", width=width)
        body = text[text.index("Arguments") : text.index("Exit codes")]
        words = [line.strip() for line in body.splitlines() if line.strip()]
        assert sum(len(word) < 3 for word in words) < 5


def test_examples_come_first_in_the_help(cleat):
    text = cleat("service-connector", "register", "--help").stdout
    assert (
        text.index("Usage:")
        < text.index("Examples")
        < text.index("--auto-configure", text.index("Options") if "Options" in text else 0)
    )


def test_says_what_belongs_elsewhere(cleat):
    result = cleat("pipeline", "list", code=2)
    assert "is not part of Cleat" in result.stderr


# -- values from elsewhere -------------------------------------------------------------------


def shown(cleat, attribute="endpoint_url"):
    return cleat.find("x")["configuration"][attribute]


URL = "http://127.0.0.1:1"


@pytest.mark.parametrize("content, stored", [(URL, URL), (URL + "\n", URL), (URL + "\r\n", URL)])
def test_reads_files_and_drops_one_line_end(register, cleat, home, content, stored):
    """AC-87."""
    with open(os.path.join(home, "value.txt"), "w", newline="") as file:
        file.write(content)
    register("--region=us-east-1", "--endpoint_url=@value.txt")
    assert shown(cleat) == stored
    cleat.sc("update", "x", "--endpoint_url=@~/value.txt", "--no-verify")
    cleat.sc("update", "x", "--endpoint_url=@" + os.path.join(home, "value.txt"), "--no-verify")
    assert shown(cleat) == stored


def test_reads_standard_input_once(register, cleat):
    """AC-87."""
    register("--region=us-east-1", "--endpoint_url=@-", stdin=URL + "\n")
    assert shown(cleat) == URL
    cleat.sc("delete", "x", "--yes")
    register("--region=@-", "--endpoint_url=@-", stdin=URL, code=2)


def test_reads_environment_variables(register, cleat):
    """AC-87."""
    register("--region=us-east-1", "--endpoint_url=@env:WHERE", env={"WHERE": URL})
    assert shown(cleat) == URL
    cleat.sc("delete", "x", "--yes")
    assert "NOWHERE" in register("--region=us-east-1", "--endpoint_url=@env:NOWHERE", code=2).stderr


def test_takes_a_doubled_at_sign_literally(register, cleat, aws):
    """AC-87."""
    register("--region=us-east-1", "--policy=@@x", code=2)
    result = register("--region=us-east-1", "--endpoint_url=@@x", code=2)
    assert "endpoint_url" in result.stderr
    assert "No such file" not in result.stderr


def test_limits_the_size_of_a_file(register, home, cleat):
    """AC-87."""
    with open(os.path.join(home, "big"), "w") as file:
        file.write("x" * 65537)
    result = register("--region=us-east-1", "--endpoint_url=@big", code=2)
    assert "65536" in result.stderr.replace(",", "")
    assert cleat.names() == []


@pytest.mark.parametrize("what", ["missing", "folder", "fifo", "nul"])
def test_refuses_files_that_are_none(register, home, cleat, what):
    """AC-87: a missing or unreadable file is named with the reason."""
    path = os.path.join(home, what)
    if what == "folder":
        os.mkdir(path)
    elif what == "fifo":
        os.mkfifo(path)
    elif what == "nul":
        with open(path, "wb") as file:
            file.write(b"http://127.0.0.1:1\0")
    result = register("--region=us-east-1", "--endpoint_url=@" + path, code=2, timeout=20)
    assert what in result.stderr
    assert cleat.names() == []


def test_reads_secrets_from_files_without_a_warning(aws, cleat, home, canary):
    with open(os.path.join(home, "secret"), "w") as file:
        file.write(aws.keys.secret + "\n")
    canary.wrote(os.path.join(home, "secret"), aws.keys.secret)
    words = ["--aws_access_key_id=@env:K", "--aws_secret_access_key=@secret", "--region=us-east-1"]
    result = cleat.sc(*REGISTER, *words, env={"K": aws.keys.id})
    assert "a secret on the command line" not in result.stderr


def test_warns_once_about_secrets_on_the_command_line(cleat):
    words = [
        "--aws_access_key_id=AKIAIOSFODNN7" + "EXAMPLE",
        "--aws_secret_access_key=not/a/secret",
        "--region=us-east-1",
    ]
    result = cleat.sc(*REGISTER, *words)
    warning = "warning: a secret on the command line is visible to other users of this machine; use --"
    assert result.stderr.count(warning) == 1
    assert "=@file, @- or @env:NAME" in result.stderr
    cleat.sc("delete", "x", "--yes")
    assert warning not in cleat.sc(*REGISTER, *words, "--quiet").stderr


# -- labels, times, durations ----------------------------------------------------------------


def test_splits_labels_at_the_first_equals_sign(register, cleat):
    """AC-88."""
    register("--region=us-east-1", "-l", "a=b=c", "--label", "url=http://h/?q=1")
    assert cleat.find("x")["labels"] == {"a": "b=c", "url": "http://h/?q=1"}


@pytest.mark.parametrize(
    "label", ["=v", "bad key=v", "a", "-x=v", "cleat:x=v", "k" * 64 + "=v", "k=" + "v" * 256]
)
def test_refuses_bad_labels(register, cleat, label):
    register("--region=us-east-1", "--label=" + label, code=2)
    assert cleat.names() == []


@pytest.mark.parametrize(
    "given, stored",
    [
        ("2030-12-31", "2030-12-31T00:00:00"),
        ("2030-12-31T23:59:59", "2030-12-31T23:59:59"),
        ("2030-12-31 23:59:59", "2030-12-31T23:59:59"),
        ("2030-12-31T23:59:59Z", "2030-12-31T23:59:59"),
        ("2030-12-31T23:59:59+02:00", "2030-12-31T21:59:59"),
    ],
)
def test_reads_times(register, cleat, given, stored):
    register("--region=us-east-1", "--expires-at", given)
    assert cleat.find("x")["expires_at"].startswith(stored)


@pytest.mark.parametrize("given", ["tomorrow", "2030-13-01", "2030-02-30", "1h", "2030-12-31T25:00:00"])
def test_refuses_bad_times(register, cleat, given):
    register("--region=us-east-1", "--expires-at", given, code=2)
    assert cleat.names() == []


@pytest.mark.parametrize(
    "given, stored",
    [("900", 900), ("1h", 3600), ("1h30m", 5400), ("12h", 43200), ("36h", 129600), ("1d12h", 129600)],
)
def test_reads_durations(aws, cleat, given, stored):
    aws.register("x", "session-token", "--expiration-seconds", given, verify=False)
    assert cleat.find("x")["expiration_seconds"] == stored


@pytest.mark.parametrize(
    "method, given, bound",
    [
        ("session-token", "899", "900"),
        ("session-token", "129601", "129600"),
        ("iam-role", "43201", "43200"),
        ("iam-role", "899", "900"),
        ("federation-token", "129601", "129600"),
        ("secret-key", "3600", ""),
        ("session-token", "soon", ""),
        ("session-token", "-5", ""),
    ],
)
def test_refuses_durations_that_the_method_cannot_give(aws, cleat, method, given, bound):
    result = aws.register("x", method, "--expiration-seconds=" + given, verify=False, code=2)
    assert bound in result.stderr
    assert cleat.names() == []


# -- attribute rules -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "method, words, named",
    [
        ("secret-key", ["--region=us-east-1.evil.example"], "region"),
        ("secret-key", ["--region=us east"], "region"),
        ("secret-key", ["--region=", ""], "region"),
        ("secret-key", ["--region=us-east-1", "--endpoint_url=ftp://x"], "endpoint_url"),
        ("secret-key", ["--region=us-east-1", "--endpoint_url=http://u:p@h/"], "endpoint_url"),
        ("secret-key", ["--region=us-east-1", "--endpoint_url=http://h/?q"], "endpoint_url"),
        ("secret-key", ["--region=us-east-1", "--aws_session_token=x"], "aws_session_token"),
        ("iam-role", ["--region=us-east-1", "--role_arn=role"], "role_arn"),
        ("iam-role", ["--region=us-east-1", "--role_arn=arn:aws-cn:iam::123456789012:role/x"], "role_arn"),
        ("iam-role", ["--region=us-east-1"], "role_arn"),
        (
            "iam-role",
            ["--region=us-east-1", "--role_arn=arn:aws:iam::123456789012:role/x", "--policy={}"],
            "policy",
        ),
        (
            "iam-role",
            ["--region=us-east-1", "--role_arn=arn:aws:iam::123456789012:role/x", "--policy={"],
            "policy",
        ),
        (
            "iam-role",
            ["--region=us-east-1", "--role_arn=arn:aws:iam::123456789012:role/x", "--policy_arns=x"],
            "policy_arns",
        ),
    ],
)
def test_checks_attributes_before_any_call(aws, cleat, method, words, named):
    arguments, env = secrets(aws.keys)
    command = (
        ["register", "x", "--type", "aws", "--auth-method", method] + arguments + [w for w in words if w]
    )
    result = cleat.sc(*command, env=env, code=2)
    assert named in result.stderr
    assert cleat.names() == []
    assert aws.fake.total() == 0


@pytest.mark.parametrize("value", ["short", "has blank in it 1234567", "ümlaut-0123456789012345"])
def test_refuses_malformed_access_key_ids(cleat, value):
    words = ["--aws_access_key_id=" + value, "--aws_secret_access_key=@env:S", "--region=us-east-1"]
    result = cleat.sc(*REGISTER, *words, env={"S": "whatever"}, code=2)
    assert "aws_access_key_id" in result.stderr


def test_points_a_temporary_key_to_its_method(cleat):
    words = ["--aws_access_key_id=@env:K", "--aws_secret_access_key=@env:S", "--region=us-east-1"]
    env = {"K": "ASIAIOSFODNN7" + "EXAMPLE", "S": "whatever"}
    assert "sts-token" in cleat.sc(*REGISTER, *words, env=env, code=2).stderr


@pytest.mark.parametrize(
    "resource_type, given",
    [
        ("s3-bucket", "s3://"),
        ("s3-bucket", "ab"),
        ("s3-bucket", "Upper"),
        ("s3-bucket", "a..b"),
        ("s3-bucket", "192.168.0.1"),
        ("s3-bucket", "name--x-s3"),
        ("s3-bucket", "arn:aws:s3:us-east-1::bucket"),
        ("s3-bucket", "https://zenfiles"),
        ("kubernetes-cluster", "-cluster"),
        ("kubernetes-cluster", "c" * 101),
        ("kubernetes-cluster", "arn:aws:eks:eu-west-1:123456789012:cluster/x"),
        ("docker-registry", "docker.io"),
        ("docker-registry", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
    ],
)
def test_refuses_resource_ids_that_do_not_parse(aws, cleat, resource_type, given):
    arguments, env = secrets(aws.keys)
    words = ["--region=us-east-1", "-r", resource_type, "-ri", given]
    result = cleat.sc(*REGISTER, *arguments, *words, env=env, code=2)
    named = "eu-west-1" if "eu-west-1" in given else given[:40]
    assert named in result.stderr
    assert cleat.names() == []


@pytest.mark.parametrize("given", ["xn--bucket", "sthree-bucket", "bucket-s3alias"])
def test_warns_about_reserved_bucket_names(aws, cleat, given):
    arguments, env = secrets(aws.keys)
    words = ["--region=us-east-1", "-r", "s3-bucket", "-ri", given]
    result = cleat.sc(*REGISTER, *arguments, *words, env=env)
    assert "warning" in result.stderr.lower() and given in result.stderr
