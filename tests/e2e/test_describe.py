"""service-connector describe: AC-07, AC-08, and the client view of every kind of resource."""

import json

import pytest

from support.aws_world import ACCOUNT, CLUSTER, ECR
from support.text import PATTERNS, assert_exact, draw, lines_of, seconds, table, tables

import re

SENTENCE = "Service connector '%s' of type 'aws' with id '%s' is owned by user 'default' and is 'private'."
NO_LABELS = "No labels are set for this service connector."


@pytest.fixture
def auto(aws, cleat):
    """The connector of AC-05."""
    aws.login_files()
    cleat.sc(*"register aws-auto --type aws --auto-configure".split())
    return cleat.find("aws-auto")


def stamps(text):
    return re.findall(PATTERNS["ts"], text)


def test_describes_the_auto_configured_connector(auto, cleat):
    """AC-07; the endpoint is one row more than in the seed, because tests need one."""
    text = cleat.screen("service-connector", "describe", "aws-auto")
    lines = lines_of(text)
    created, updated = stamps(text)
    details = tables(text)[0]
    secret_id = details.properties()["SECRET ID"]
    assert re.fullmatch(PATTERNS["uuid"], secret_id)
    expected = [SENTENCE % ("aws-auto", auto["id"])] + draw(
        ["PROPERTY", "VALUE"],
        [
            ["ID", auto["id"]],
            ["NAME", "aws-auto"],
            ["TYPE", "🔶 aws"],
            ["AUTH METHOD", "session-token"],
            ["RESOURCE TYPES", "🔶 aws-generic, 📦 s3-bucket, 🌀 kubernetes-cluster, 🐳 docker-registry"],
            ["RESOURCE NAME", "<multiple>"],
            ["SECRET ID", secret_id],
            ["SESSION DURATION", "43200s"],
            ["EXPIRES IN", "N/A"],
            ["OWNER", "default"],
            ["WORKSPACE", "default"],
            ["SHARED", "➖"],
            ["CREATED_AT", created],
            ["UPDATED_AT", updated],
        ],
        centre_first=False,
        title="'aws-auto' aws Service Connector Details",
    )
    assert lines[: len(expected)] == expected
    assert details.width == 94
    configuration = tables(text)[1]
    assert configuration.properties() == {
        "region": "us-east-1",
        "endpoint_url": configuration.properties()["endpoint_url"],
        "aws_access_key_id": "[HIDDEN]",
        "aws_secret_access_key": "[HIDDEN]",
    }
    assert [list(r.values())[0][0] for r in configuration.rows][:1] == ["region"]
    title = lines[len(expected)]
    assert title.strip() == "Configuration"
    assert len(title) - len("Configuration") == (configuration.width - len("Configuration")) // 2
    assert lines[-1] == NO_LABELS


def test_describes_the_configuration_exactly(aws, cleat):
    """The second table of AC-07, byte for byte, from a connector without an endpoint."""
    arguments = ["--aws_access_key_id=@env:K", "--aws_secret_access_key=@env:S", "--region=us-east-1"]
    cleat.sc(
        *"register plain --type aws --auth-method session-token --no-verify".split(),
        *arguments,
        env={"K": aws.keys.id, "S": aws.keys.secret},
    )
    text = cleat.screen("service-connector", "describe", "plain")
    assert_exact(
        text[text.index("Configuration") - 12 :],
        """            Configuration
┏━━━━━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━┓
┃ PROPERTY              │ VALUE     ┃
┠───────────────────────┼───────────┨
┃ region                │ us-east-1 ┃
┠───────────────────────┼───────────┨
┃ aws_access_key_id     │ [HIDDEN]  ┃
┠───────────────────────┼───────────┨
┃ aws_secret_access_key │ [HIDDEN]  ┃
┗━━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━┛
No labels are set for this service connector.
""",
    )


def test_describes_the_client_of_a_bucket(auto, cleat):
    """AC-08."""
    text = cleat.screen(
        *"service-connector describe aws-auto --client --resource-type s3-bucket --resource-id s3://zenfiles".split()
    )
    name = "aws-auto (s3-bucket | s3://zenfiles client)"
    lines = lines_of(text)
    assert re.sub(PATTERNS["uuid"], "{uuid}", lines[0]) == SENTENCE % (name, "{uuid}")
    assert lines[1:3] == [
        "    'aws-auto (s3-bucket | s3://zenfiles client)' aws Service",
        "                        Connector Details",
    ]
    details, configuration = tables(text)[:2]
    assert details.width == 66
    values = details.properties()
    left = values.pop("EXPIRES IN")
    assert 11 * 3600 < seconds(left) < 12 * 3600 + 1
    assert values == {
        "ID": values["ID"],
        "NAME": name,
        "TYPE": "🔶 aws",
        "AUTH METHOD": "sts-token",
        "RESOURCE TYPES": "📦 s3-bucket",
        "RESOURCE NAME": "s3://zenfiles",
        "SECRET ID": "",
        "SESSION DURATION": "N/A",
        "OWNER": "default",
        "WORKSPACE": "default",
        "SHARED": "➖",
        "CREATED_AT": values["CREATED_AT"],
        "UPDATED_AT": values["UPDATED_AT"],
    }
    shown = configuration.properties()
    assert shown["region"] == "us-east-1"
    for secret in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token"):
        assert shown[secret] == "[HIDDEN]"


@pytest.mark.parametrize(
    "words",
    [
        ["-r", "s3-bucket", "-ri", "zenfiles"],
        ["--resource_type=s3-bucket", "--resource-id=arn:aws:s3:::zenfiles"],
    ],
)
def test_scope_options_imply_the_client(auto, cleat, words):
    text = cleat.screen("service-connector", "describe", "aws-auto", *words)
    assert tables(text)[0].properties()["NAME"] == "aws-auto (s3-bucket | s3://zenfiles client)"


def test_asks_for_a_scope_when_there_are_several(auto, cleat):
    result = cleat.sc("describe", "aws-auto", "--client", code=2)
    assert "--resource-type" in result.stderr and "s3-bucket" in result.stderr
    cleat.sc("describe", "aws-auto", "--client", "-r", "s3-bucket", code=2)


def test_limits_the_session_of_a_role_to_the_bucket(aws, cleat):
    """The session policy that reaches STS names only that bucket."""
    aws.register("role", "iam-role", verify=False)
    cleat.sc(*"describe role --client --resource-type s3-bucket --resource-id s3://zenfiles".split())
    assert aws.fake.counts() == {"sts:AssumeRole": 1}
    (policy,) = aws.policies()
    assert len(policy) <= 2048 and ": " not in policy and '", "' not in policy
    document = json.loads(policy)
    assert document["Version"] == "2012-10-17"
    assert [s["Sid"] for s in document["Statement"]] == ["CleatS3Bucket", "CleatS3Objects", "CleatS3Kms"]
    for statement in document["Statement"][:2]:
        resource = statement["Resource"]
        for arn in resource if isinstance(resource, list) else [resource]:
            assert arn in ("arn:aws:s3:::zenfiles", "arn:aws:s3:::zenfiles/*")
    assert "kms:ViaService" in json.dumps(document["Statement"][2])
    assert re.findall(r"arn:aws:s3:::([^/\"]+)", policy) and set(
        re.findall(r"arn:aws:s3:::([a-z0-9.*-]+)", policy)
    ) == {"zenfiles"}


@pytest.mark.parametrize(
    "method, operation", [("iam-role", "AssumeRole"), ("federation-token", "GetFederationToken")]
)
@pytest.mark.parametrize(
    "resource_type, resource_id, actions",
    [
        ("kubernetes-cluster", CLUSTER, {"eks:DescribeCluster"}),
        ("docker-registry", None, {"ecr:GetAuthorizationToken", "ecr:DescribeRegistry", "ecr:PutImage"}),
    ],
)
def test_limits_sessions_for_clusters_and_registries(
    aws, cleat, method, operation, resource_type, resource_id, actions
):
    aws.register("limited", method, verify=False)
    words = ["describe", "limited", "--client", "-r", resource_type]
    cleat.sc(*words, *(["-ri", resource_id] if resource_id else []))
    document = json.loads(aws.fake.log("sts", operation)[-1]["params"]["Policy"])
    granted = set()
    for statement in document["Statement"]:
        action = statement["Action"]
        granted |= set(action if isinstance(action, list) else [action])
    assert actions <= granted
    assert not any(a.startswith("s3:") for a in granted)
    if resource_type == "kubernetes-cluster":
        assert document["Statement"][0]["Resource"] in (
            "arn:aws:eks:us-east-1:*:cluster/" + CLUSTER,
            ["arn:aws:eks:us-east-1:*:cluster/" + CLUSTER],
        )


def test_gives_generic_sessions_no_policy(aws, cleat):
    aws.register("role", "iam-role", verify=False)
    cleat.sc(*"describe role --client -r aws-generic".split())
    assert aws.policies() == [None]


@pytest.mark.reveals_secret
@pytest.mark.parametrize("method", ["secret-key", "iam-role", "session-token", "federation-token"])
def test_issues_cluster_tokens_that_the_cluster_accepts(aws, cleat, method):
    aws.register("eks", method, verify=False)
    document = cleat.sc_json("describe", "eks", "-r", "kubernetes-cluster", "-ri", CLUSTER, "-x")
    assert document["connector_type"] == "kubernetes"
    assert document["auth_method"] == "token"
    arn = "arn:aws:eks:us-east-1:%s:cluster/%s" % (ACCOUNT, CLUSTER)
    values = dict(document["configuration"])
    values.update({k: v for k, v in document["secrets"].items() if v is not None})
    assert values["cluster_name"] == arn
    assert values["server"].startswith("https://") and values["certificate_authority"]
    verdict = aws.fake.check_eks_token(values["token"], CLUSTER)
    assert verdict["errors"] == []
    other = aws.fake.check_eks_token(values["token"], "another-cluster")
    assert not other["ok"]


@pytest.mark.reveals_secret
@pytest.mark.parametrize("method", ["secret-key", "iam-role"])
def test_issues_registry_logins(aws, cleat, method):
    aws.register("ecr", method, verify=False)
    document = cleat.sc_json("describe", "ecr", "-r", "docker-registry", "-x")
    assert (document["connector_type"], document["auth_method"]) == ("docker", "password")
    values = dict(document["configuration"])
    values.update({k: v for k, v in document["secrets"].items() if v is not None})
    assert values["username"] == "AWS"
    assert ":" in values["password"] and len(values["password"]) == 1800
    assert ECR in values["registry"]
    assert document["expires_at"] is not None


def test_caps_the_registry_login_by_the_session(aws, cleat):
    aws.register("ecr", "iam-role", verify=False)
    left = tables(cleat.screen("service-connector", "describe", "ecr", "-r", "docker-registry"))[
        0
    ].properties()
    assert seconds(left["EXPIRES IN"]) <= 3600


def test_survives_an_emulators_registry_expiry_in_the_past(aws, cleat):
    aws.fake.settings(ecr_expires_at=1420070400)
    aws.register("ecr", "secret-key", verify=False)
    left = tables(cleat.screen("service-connector", "describe", "ecr", "-r", "docker-registry"))[
        0
    ].properties()
    assert 11 * 3600 < seconds(left["EXPIRES IN"]) <= 12 * 3600


@pytest.mark.reveals_secret
def test_shows_secrets_when_told(aws, cleat):
    aws.register("key", verify=False)
    document = cleat.sc_json("describe", "key", "--show-secrets")
    assert document["secrets"] == {"aws_access_key_id": aws.keys.id, "aws_secret_access_key": aws.keys.secret}
    assert document["secrets_hidden"] is False
    text = cleat.screen("service-connector", "describe", "key", "-x")
    assert tables(text)[1].properties()["aws_secret_access_key"] == aws.keys.secret


def test_describes_labels_and_sharing(aws, cleat):
    aws.register("shared", "secret-key", "--share", "-l", "b=2", "-l", "a=1", verify=False)
    text = cleat.screen("service-connector", "describe", "shared")
    assert lines_of(text)[0].endswith("and is 'shared'.")
    labels = tables(text)[2]
    assert labels.header == ["LABEL", "VALUE"]
    assert [list(r.values()) for r in labels.rows] == [[["a"], ["1"]], [["b"], ["2"]]]
    assert tables(text)[0].properties()["SHARED"] == "✅"
    assert "Labels" in [line.strip() for line in lines_of(text)]


def test_shows_how_long_a_stored_token_still_works(aws, cleat):
    """Less the tolerance of 300 s; past it, the row says so."""
    aws.register("soon", "secret-key", "--expires-at=+2h", verify=False)
    left = tables(cleat.screen("service-connector", "describe", "soon"))[0].properties()["EXPIRES IN"]
    assert 6890 <= seconds(left) <= 6900
    aws.register("gone", "secret-key", "--expires-at=2020-01-01", verify=False)
    left = tables(cleat.screen("service-connector", "describe", "gone"))[0].properties()["EXPIRES IN"]
    assert left == "📛 Expired!"
    aws.register("strict", "secret-key", "--expires-at=+2h", "--expires-skew-tolerance=0", verify=False)
    values = tables(cleat.screen("service-connector", "describe", "strict"))[0].properties()
    assert 7190 <= seconds(values["EXPIRES IN"]) <= 7200
    assert "EXPIRES_SKEW_TOLERANCE" in values


def test_finds_a_connector_by_name_id_and_prefixes(aws, cleat):
    aws.register("aws-prod", verify=False)
    stored = cleat.find("aws-prod")
    for reference in (
        "aws-prod",
        stored["id"],
        stored["id"].upper(),
        stored["id"].replace("-", ""),
        stored["id"][:6],
        "aws-p",
    ):
        assert cleat.sc_json("describe", reference)["id"] == stored["id"]


def test_says_what_is_near_an_unknown_name(aws, cleat):
    aws.register("aws-prod", verify=False)
    result = cleat.sc("describe", "aws-prdo", code=3)
    assert result.stderr == "Error: connector 'aws-prdo' not found\n  Did you mean 'aws-prod'?\n"
    assert result.stdout == ""


def test_lists_the_candidates_of_an_ambiguous_prefix(aws, cleat):
    aws.register("aws-prod", verify=False)
    aws.register("aws-prob", verify=False)
    result = cleat.sc("describe", "aws-pro", code=3)
    assert "aws-prod" in result.stderr and "aws-prob" in result.stderr
    result = cleat.sc("delete", "aws-pro", code=3)
    assert len(cleat.names()) == 2


def test_issues_nothing_from_an_expired_connector(aws, cleat):
    aws.register("gone", "iam-role", "--expires-at=2020-01-01", verify=False)
    result = cleat.sc("describe", "gone", "-r", "s3-bucket", "-ri", "zenfiles", code=7)
    assert "expired" in result.stderr
    assert aws.fake.total() == 0


def test_refuses_to_issue_outside_the_scope(aws, cleat):
    aws.register("one", "secret-key", "-r", "s3-bucket", "-ri", "zenfiles", verify=False)
    result = cleat.sc("describe", "one", "--client", "-ri", "zenit-demos", code=2)
    assert "s3://zenfiles" in result.stderr
    cleat.sc("describe", "one", "--client", "-r", "kubernetes-cluster", "-ri", "x", code=2)


def test_reports_the_refusal_of_the_provider(aws, cleat):
    aws.fake.add(roles=[{"arn": "arn:aws:iam::123456789012:role/closed", "trusted": ["arn:aws:iam::1:root"]}])
    aws.register("closed", "iam-role", "--role_arn=arn:aws:iam::123456789012:role/closed", verify=False)
    result = cleat.sc("describe", "closed", "-r", "aws-generic", code=7)
    assert "AccessDenied" in result.stderr
    assert "sts:AssumeRole" in result.stderr


def test_has_one_table_per_kind_of_fact(aws, cleat):
    aws.register("key", verify=False)
    text = cleat.screen("service-connector", "describe", "key", width=200)
    assert len(tables(text)) == 2
    with pytest.raises(AssertionError):
        table(text)
