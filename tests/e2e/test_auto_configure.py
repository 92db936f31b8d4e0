"""Auto-configuration: which method the local settings lead to, and what is said on the way."""

import os
import time

import pytest

from support.aws_world import ROLE, Keys

AUTO = "register found --type aws --auto-configure".split()


def config(aws, *sections):
    """A config file whose profiles all point at the fake."""
    return "\n".join(
        "[%s]\nendpoint_url = %s\n%s\n" % (head, aws.url, "\n".join(lines)) for head, lines in sections
    )


REGION = "region = us-east-1"


@pytest.fixture
def found(aws, cleat):
    def run(*words, env=None, code=0):
        result = cleat.sc(*AUTO, *words, env=env, code=code)
        return (cleat.find("found") if code == 0 else None), result

    return run


def triple(aws):
    keys = Keys(7, token=True)
    aws.fake.add(sessions=[keys.session()])
    return keys


# -- the decision table ----------------------------------------------------------------------


def test_long_lived_keys_become_session_tokens(aws, found):
    aws.login_files()
    stored, _ = found()
    assert (stored["auth_method"], stored["expiration_seconds"]) == ("session-token", 43200)
    assert stored["expires_at"] is None
    assert stored["configuration"]["endpoint_url"] == aws.url


def test_long_lived_keys_with_a_role_become_that_role(aws, found):
    aws.login_files()
    stored, _ = found("--role-arn=" + ROLE)
    assert (stored["auth_method"], stored["expiration_seconds"]) == ("iam-role", 3600)
    assert stored["configuration"]["role_arn"] == ROLE


@pytest.mark.parametrize(
    "method, seconds", [("secret-key", None), ("session-token", 43200), ("federation-token", 43200)]
)
def test_a_method_that_was_asked_for_wins(aws, found, method, seconds):
    aws.login_files()
    words = ["--auth-method", method]
    if method == "federation-token":
        words += ["--resource-type", "s3-bucket"]
    stored, _ = found(*words)
    assert (stored["auth_method"], stored["expiration_seconds"]) == (method, seconds)


def test_a_role_without_an_arn_is_an_error(aws, found, cleat):
    aws.login_files()
    _, result = found("--auth-method", "iam-role", code=2)
    assert "role_arn" in result.stderr
    assert cleat.names() == []


def test_sts_tokens_are_made_at_once_with_their_real_expiry(aws, found):
    aws.login_files()
    stored, _ = found("--auth-method", "sts-token")
    assert stored["auth_method"] == "sts-token"
    assert len(aws.fake.log("sts", "GetSessionToken")) == 1
    ends = time.mktime(time.strptime(stored["expires_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    assert abs(ends - time.time() - 43200) < 120


def test_temporary_keys_become_sts_tokens(aws, found):
    aws.login_files(keys=triple(aws))
    stored, _ = found()
    assert stored["auth_method"] == "sts-token"
    ends = time.mktime(time.strptime(stored["expires_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    assert abs(ends - time.time() - 3600) < 120, "unknown, so assumed to be one hour"


def test_the_environment_knows_the_real_expiry(aws, found):
    keys = triple(aws)
    env = dict(keys.env(), AWS_REGION="us-east-1", AWS_ENDPOINT_URL=aws.url)
    env["AWS_CREDENTIAL_EXPIRATION"] = "2031-02-03T04:05:06Z"
    stored, _ = found(env=env)
    assert stored["auth_method"] == "sts-token"
    assert stored["expires_at"].startswith("2031-02-03T04:05:06")


@pytest.mark.parametrize("method", ["secret-key", "session-token", "federation-token", "iam-role"])
def test_temporary_keys_cannot_become_anything_else(aws, found, cleat, method):
    aws.login_files(keys=triple(aws))
    _, result = found("--auth-method", method, code=(1, 2))
    assert "temporary credentials" in result.stderr
    assert cleat.names() == []


def test_an_assume_role_profile_becomes_the_role_of_its_source(aws, found):
    aws.fake.add(roles=[{"arn": ROLE, "external_id": "shared-id"}])
    text = config(
        aws,
        ("default", [REGION, "role_arn = " + ROLE, "source_profile = base", "external_id = shared-id"]),
        ("profile base", [REGION]),
    )
    aws.write_file("config", text)
    aws.write_file("credentials", "[base]\n" + "\n".join(aws.keys.profile()) + "\n")
    stored, _ = found()
    assert (stored["auth_method"], stored["expiration_seconds"]) == ("iam-role", 3600)
    assert stored["configuration"]["role_arn"] == ROLE
    assert stored["configuration"]["external_id"] == "shared-id"
    assert aws.fake.log("sts", "AssumeRole")[-1]["access_key_id"] == aws.keys.id


def test_a_chain_of_roles_is_walked(aws, found):
    middle = "arn:aws:iam::123456789012:role/middle"
    aws.fake.add(roles=[{"arn": middle}])
    text = config(
        aws,
        ("default", [REGION, "role_arn = " + ROLE, "source_profile = middle"]),
        ("profile middle", [REGION, "role_arn = " + middle, "source_profile = base"]),
        ("profile base", [REGION]),
    )
    aws.write_file("config", text)
    aws.write_file("credentials", "[base]\n" + "\n".join(aws.keys.profile()) + "\n")
    stored, result = found()
    assert stored["auth_method"] == "sts-token", "temporary source credentials cannot be stored under a role"
    roles = [e["params"]["RoleArn"] for e in aws.fake.log("sts", "AssumeRole")]
    assert roles[:2] == [middle, ROLE]


def test_a_loop_of_source_profiles_is_named(aws, found, cleat):
    text = config(
        aws,
        ("default", [REGION, "role_arn = " + ROLE, "source_profile = a"]),
        ("profile a", [REGION, "role_arn = " + ROLE, "source_profile = b"]),
        ("profile b", [REGION, "role_arn = " + ROLE, "source_profile = a"]),
    )
    aws.write_file("config", text)
    _, result = found(code=(1, 2))
    assert "a" in result.stderr and "b" in result.stderr and "loop" in result.stderr.lower()
    assert aws.fake.total() == 0


def test_a_missing_source_profile_is_named(aws, found):
    aws.write_file(
        "config", config(aws, ("default", [REGION, "role_arn = " + ROLE, "source_profile = nobody"]))
    )
    _, result = found(code=(1, 2))
    assert "nobody" in result.stderr


def test_a_profile_with_mfa_is_refused_with_a_hint(aws, found, cleat):
    lines = [
        REGION,
        "role_arn = " + ROLE,
        "source_profile = base",
        "mfa_serial = arn:aws:iam::123456789012:mfa/me",
    ]
    aws.write_file("config", config(aws, ("default", lines), ("profile base", [REGION])))
    aws.write_file("credentials", "[base]\n" + "\n".join(aws.keys.profile()) + "\n")
    _, result = found(code=(1, 2, 10))
    assert "MFA" in result.stderr.upper()
    assert cleat.names() == []


# -- where things come from ------------------------------------------------------------------


def test_environment_keys_win_over_files(aws, found):
    other = Keys(3, "other")
    aws.fake.add(users=[other.user()])
    aws.login_files()
    _, result = found(env=other.env())
    assert {e["access_key_id"] for e in aws.fake.log("sts", "GetSessionToken")} == {other.id}


def test_an_explicit_profile_switches_the_environment_keys_off(aws, found):
    other = Keys(3, "other")
    aws.fake.add(users=[other.user()])
    aws.login_files()
    found("--profile", "default", env=other.env())
    assert {e["access_key_id"] for e in aws.fake.log("sts", "GetSessionToken")} == {aws.keys.id}


@pytest.mark.parametrize(
    "env, words, expected",
    [
        ({}, [], "eu-west-3"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, [], "eu-west-2"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, [], "eu-west-1"),
        ({"AWS_REGION": "eu-west-1"}, ["--region=us-west-2"], "us-west-2"),
    ],
)
def test_the_region_has_an_order(aws, found, env, words, expected):
    aws.login_files()
    aws.write_file("config", config(aws, ("default", ["region = eu-west-3"])))
    stored, _ = found("--resource-type", "s3-bucket", *words, env=env)
    assert stored["configuration"]["region"] == expected


def test_a_missing_region_is_an_error(aws, found, cleat):
    aws.login_files()
    aws.write_file("config", config(aws, ("default", [])))
    _, result = found(code=(1, 2))
    assert "region" in result.stderr
    assert cleat.names() == []


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_a_profile_can_come_from_the_environment(aws, found, variable):
    other = Keys(3, "other")
    aws.fake.add(users=[other.user()])
    aws.login_files()
    aws.write_file("config", config(aws, ("default", [REGION]), ("profile dev", [REGION])))
    text = "[default]\n%s\n[dev]\n%s\n" % ("\n".join(aws.keys.profile()), "\n".join(other.profile()))
    aws.write_file("credentials", text)
    found(env={variable: "dev"})
    assert {e["access_key_id"] for e in aws.fake.log("sts", "GetSessionToken")} == {other.id}


def test_other_files_can_be_named(aws, found, tmp_path, canary):
    (tmp_path / "conf").write_text(config(aws, ("default", [REGION])))
    (tmp_path / "cred").write_text("[default]\n" + "\n".join(aws.keys.profile()) + "\n")
    env = {"AWS_CONFIG_FILE": str(tmp_path / "conf"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "cred")}
    stored, _ = found(env=env)
    assert stored["auth_method"] == "session-token"


def test_endpoints_per_service_come_from_profile_and_environment(aws, found):
    aws.fake.settings(endpoint_prefixes=["/s3-gate", "/eks-gate"])
    aws.login_files(extra="services = local\n[services local]\ns3 =\n  endpoint_url = %s/s3-gate\n" % aws.url)
    found(env={"AWS_ENDPOINT_URL_EKS": aws.url + "/eks-gate"})
    paths = {e["service"]: e["path"] for e in aws.fake.log()}
    assert paths["s3"].startswith("/s3-gate") and paths["eks"].startswith("/eks-gate")
    assert paths["sts"] == "/"


def test_says_where_the_keys_came_from_without_showing_them(aws, found):
    aws.login_files()
    _, result = found("--verbose")
    assert "credentials" in result.stderr and "default" in result.stderr
    assert aws.keys.id not in result.output


def test_names_every_place_that_was_looked_at(found, cleat):
    _, result = found(env={"AWS_REGION": "us-east-1"}, code=1)
    assert result.stderr.startswith("Error: ")
    for place in ("environment", ".aws/credentials", ".aws/config"):
        assert place in result.stderr
    assert cleat.names() == []


def test_words_apply_on_top_of_what_was_found(aws, found):
    aws.login_files()
    stored, _ = found(
        "--expiration-seconds=1800", "--resource-type", "s3-bucket", "--description", "d", "-l", "a=b"
    )
    assert stored["expiration_seconds"] == 1800
    assert stored["resource_types"] == ["s3-bucket"]
    assert (stored["description"], stored["labels"]) == ("d", {"a": "b"})


def test_implicit_keeps_no_profile_that_was_not_used(aws, found):
    """Keys of the environment are stronger than AWS_PROFILE, now and at run time."""
    aws.login_files(extra="[profile other]\nregion = us-east-1\nendpoint_url = %s\n" % aws.url)
    env = dict(aws.keys.env(), AWS_PROFILE="other")
    stored, _ = found("--auth-method", "implicit", env=env)
    assert "profile_name" not in stored["configuration"]


def test_implicit_keeps_role_and_profile_and_warns(aws, found):
    aws.login_files()
    stored, result = found("--auth-method", "implicit", "--role-arn=" + ROLE)
    assert stored["auth_method"] == "implicit"
    assert stored["configuration"]["role_arn"] == ROLE
    assert not stored.get("secrets")


@pytest.mark.reveals_secret
def test_implicit_never_hands_out_the_long_lived_key(aws, found, cleat):
    aws.login_files()
    found("--auth-method", "implicit")
    document = cleat("credential-process", "found", "-r", "aws-generic").json()
    assert document["AccessKeyId"] != aws.keys.id and document["SessionToken"]


# -- once more, for a connector that is there --------------------------------------------------


def test_new_keys_keep_what_limits_them(aws, found, cleat):
    """update --auto-configure: method, role, policy and life time are not the environment's."""
    policy = '{"Version":"2012-10-17","Statement":[]}'
    aws.register("role", "iam-role", "--policy=" + policy, "--expiration-seconds=900", verify=False)
    fresh = Keys(2, name="cleat")
    aws.fake.add(users=[fresh.user()])
    aws.login_files(fresh)
    cleat.sc("update", "role", "--auto-configure", "--no-verify")
    stored = cleat.find("role")
    assert (stored["auth_method"], stored["expiration_seconds"]) == ("iam-role", 900)
    assert stored["configuration"]["role_arn"] == ROLE and stored["configuration"]["policy"] == policy
    cleat.sc("verify", "role", "--verify-only")
    assert aws.fake.log("sts", "AssumeRole")[-1]["access_key_id"] == fresh.id


# -- files that are not as they should be ----------------------------------------------------


@pytest.mark.parametrize(
    "text, line",
    [
        ("[default\nregion = us-east-1\n", 1),
        ("region = us-east-1\n", 1),
        ("[default]\nregion = us-east-1\nnonsense\n", 3),
    ],
)
def test_a_file_that_does_not_parse_is_named_with_the_line(aws, found, cleat, text, line):
    aws.login_files()
    path = aws.write_file("config", text)
    _, result = found(code=(1, 2))
    assert "%s: line %d: " % (path, line) in result.stderr
    assert cleat.names() == []


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff[default]\nregion = us-east-1\nendpoint_url = %s\n",
        "[default]\nregion = eu-west-1\nregion = us-east-1\nendpoint_url = %s\n",
        "[default]\nregion = us-east-1\n[default]\nendpoint_url = %s\n",
        "[default]\r\nregion = us-east-1\r\nendpoint_url = %s\r\n",
        "[default] # comment\nREGION : us-east-1\nendpoint_url=%s\n",
        "[profile default]\nregion = us-east-1\nendpoint_url = %s\n",
        "[default]\nregion = us-east-1 # really\nendpoint_url = %s\n",
    ],
)
def test_files_that_other_tools_accept_are_accepted(aws, found, text):
    aws.login_files()
    aws.write_file("config", text % aws.url)
    stored, _ = found("--resource-type", "s3-bucket")
    assert stored["configuration"]["region"] == "us-east-1"


def test_an_unreadable_file_is_named(aws, found, cleat):
    aws.login_files()
    path = os.path.join(cleat.home, ".aws", "credentials")
    os.remove(path)
    os.mkdir(path)
    _, result = found(code=(1, 2))
    assert "credentials" in result.stderr


def test_wrong_keys_are_reported_with_the_providers_code(aws, found, cleat):
    aws.login_files(keys=aws.keys.typo())
    _, result = found(code=7)
    assert "SignatureDoesNotMatch" in result.stderr
    assert cleat.names() == []
