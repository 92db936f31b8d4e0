"""service-connector verify: AC-41 to 46, AC-50, AC-62, and failing verifications."""

import pytest

from support.aws_world import B4, CLUSTER, ECR, Keys
from support.text import AWS4, assert_exact, lines_of, table

SENTENCE = "Service connector '%s' is correctly configured with valid credentials and has access to the following resources:"
ONLY = "Service connector '%s' is correctly configured with valid credentials."


def s3(names):
    return ["s3://" + n for n in sorted(names)]


@pytest.fixture
def seeds(aws, cleat):
    """The connectors that AC-41 to 46 verify."""
    aws.register("aws-multi-type", "session-token", verify=False)
    aws.register("aws-s3-multi-instance", "session-token", "-r", "s3-bucket", verify=False)
    aws.register("aws-s3-zenfiles", "session-token", "-r", "s3-bucket", "-ri", "s3://zenfiles", verify=False)
    return cleat


def exact(name, header, row):
    from support.text import draw

    return [SENTENCE % name] + draw(header, [row])


HEADER = ["RESOURCE TYPE", "RESOURCE NAMES"]


def test_verifies_all_resource_types(seeds):
    """AC-41."""
    text = seeds.screen("service-connector", "verify", "aws-multi-type")
    assert lines_of(text)[0] == SENTENCE % "aws-multi-type"
    found = table(text)
    assert found.header == HEADER
    assert found.column("RESOURCE TYPE") == [[t] for t in AWS4]
    assert found.column("RESOURCE NAMES") == [["us-east-1"], s3(B4), [CLUSTER], [ECR]]


@pytest.mark.parametrize(
    "name, words", [("aws-multi-type", ["--resource-type", "s3-bucket"]), ("aws-s3-multi-instance", [])]
)
def test_verifies_all_buckets(seeds, name, words):
    """AC-42, AC-44."""
    text = seeds.screen("service-connector", "verify", name, *words)
    assert lines_of(text)[0] == SENTENCE % name
    assert [list(r.values()) for r in table(text).rows] == [[["📦 s3-bucket"], s3(B4)]]


@pytest.mark.parametrize(
    "name, words, row, width",
    [
        (
            "aws-multi-type",
            ["--resource-type", "kubernetes-cluster", "--resource-id", CLUSTER],
            ["🌀 kubernetes-cluster", CLUSTER],
            44,
        ),
        (
            "aws-s3-multi-instance",
            ["--resource-id", "s3://zenit-demos"],
            ["📦 s3-bucket", "s3://zenit-demos"],
            36,
        ),
        ("aws-s3-zenfiles", [], ["📦 s3-bucket", "s3://zenfiles"], 34),
    ],
)
def test_verifies_one_resource(seeds, name, words, row, width):
    """AC-43, AC-45, AC-46."""
    text = seeds.screen("service-connector", "verify", name, *words)
    assert_exact(text, exact(name, HEADER, row))
    assert table(text).width == width


def test_verifies_the_registry(aws, cleat):
    """AC-50, with two columns."""
    aws.register("aws-session-token", "session-token", verify=False)
    text = cleat.screen(
        "service-connector", "verify", "aws-session-token", "--resource-type", "docker-registry"
    )
    assert_exact(text, exact("aws-session-token", HEADER, ["🐳 docker-registry", ECR]))


def test_verifies_what_auto_configuration_made(aws, cleat):
    """AC-62."""
    aws.login_files(credentials="[dev-account]\n" + "\n".join(aws.keys.profile()) + "\n")
    aws.write_file("config", "[profile dev-account]\nregion = us-east-1\nendpoint_url = %s\n" % aws.url)
    cleat.sc(*"register aws-dev --type aws --auth-method profile --profile=dev-account".split())
    assert SENTENCE % "aws-dev" in cleat.sc("verify", "aws-dev").stdout


def test_authenticates_only(seeds, aws):
    result = seeds.sc("verify", "aws-multi-type", "--verify-only")
    assert result.stdout == ONLY % "aws-multi-type" + "\n"
    assert not any(name.startswith(("s3:", "eks:", "ecr:")) for name in aws.fake.counts())


def test_asks_each_service_as_little_as_possible(aws, cleat):
    aws.register("key", verify=False)
    cleat.sc("verify", "key")
    counts = aws.fake.counts()
    assert counts["sts:GetCallerIdentity"] == 1
    assert counts["s3:ListBuckets"] == counts["eks:ListClusters"] == 1
    assert counts["ecr:GetAuthorizationToken"] == 1
    aws.fake.clear_log()
    cleat.sc("verify", "key", "-r", "s3-bucket", "-ri", "zenfiles")
    assert aws.fake.counts().get("s3:HeadBucket") == 1
    assert "s3:ListBuckets" not in aws.fake.counts()


def test_verifies_all_connectors(aws, cleat):
    aws.register("good", verify=False)
    aws.register("bad", keys=aws.keys.typo(), verify=False)
    result = cleat.sc("verify", "--all", code=None)
    assert "good" in result.output and "bad" in result.output
    assert result.code in (0, 8)
    cleat.sc("verify", "--all", "--strict", code=8)
    cleat.sc("delete", "bad", "--yes")
    cleat.sc("verify", "--all", "--strict")


def test_shows_the_failing_type_and_exits_7(aws, cleat):
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:*", "ecr:*"], "Resource": "*"}],
    }
    aws.fake.add(users=[aws.keys.user(policy=policy)])
    aws.register("partly", verify=False)
    result = cleat.sc("verify", "partly", code=7)
    shown = result.stdout + result.stderr
    assert "💥 error:" in shown and "AccessDeniedException" in shown


@pytest.mark.parametrize(
    "trouble, code, words",
    [
        ("typo", 7, ["SignatureDoesNotMatch"]),
        ("unknown", 7, ["InvalidClientTokenId"]),
        ("inactive", 7, ["InvalidClientTokenId"]),
    ],
)
def test_names_the_providers_code(aws, cleat, trouble, code, words):
    keys = {"typo": aws.keys.typo(), "unknown": Keys(9), "inactive": aws.keys}[trouble]
    if trouble == "inactive":
        aws.fake.add(users=[aws.keys.user(active=False)])
    aws.register("bad", keys=keys, verify=False)
    result = cleat.sc("verify", "bad", code=code)
    assert result.stdout == ""
    assert result.stderr.startswith("Error: connector 'bad' verification failed: ")
    for word in words:
        assert word in result.stderr


def test_makes_no_call_for_an_expired_connector(aws, cleat):
    aws.register("gone", "secret-key", "--expires-at=2020-01-01", verify=False)
    result = cleat.sc("verify", "gone", code=7)
    assert "expired" in result.stderr
    assert aws.fake.total() == 0


@pytest.mark.parametrize(
    "words, named",
    [
        (["-r", "kubernetes-cluster"], "s3-bucket"),
        (["-ri", "zenit-demos"], "s3://zenfiles"),
        (["-r", "nonsense"], None),
        (["-ri", "not a bucket"], None),
    ],
)
def test_refuses_what_is_out_of_scope(aws, cleat, words, named):
    aws.register("one", "secret-key", "-r", "s3-bucket", "-ri", "zenfiles", verify=False)
    result = cleat.sc("verify", "one", *words, code=(2, 3))
    if named:
        assert result.code == 2 and named in result.stderr
    assert aws.fake.total() == 0


def test_reports_resources_as_json(aws, cleat):
    aws.register("key", verify=False)
    document = cleat.sc_json("verify", "key")
    assert (document["name"], document["connector_type"], document["error"]) == ("key", "aws", None)
    by_type = {r["resource_type"]: r for r in document["resources"]}
    assert by_type["s3-bucket"]["resource_ids"] == s3(B4)
    assert by_type["s3-bucket"]["error"] is None


def test_reports_a_missing_bucket_and_cluster(aws, cleat):
    aws.register("key", verify=False)
    result = cleat.sc("verify", "key", "-r", "s3-bucket", "-ri", "nowhere-at-all", code=7)
    assert "nowhere-at-all" in result.stderr
    result = cleat.sc("verify", "key", "-r", "kubernetes-cluster", "-ri", "no-cluster", code=7)
    assert "no-cluster" in result.stderr and "ResourceNotFoundException" in result.stderr


def test_reports_a_cluster_that_is_not_ready(aws, cleat):
    aws.fake.add(clusters=[{"name": "young", "status": "CREATING"}])
    aws.register("key", verify=False)
    result = cleat.sc("verify", "key", "-r", "kubernetes-cluster", "-ri", "young", code=7)
    assert "CREATING" in result.stderr


def test_reaches_a_bucket_in_another_region(aws, cleat):
    aws.fake.add(buckets=[{"name": "frankfurt", "region": "eu-central-1"}])
    aws.register("key", verify=False)
    cleat.sc("verify", "key", "-r", "s3-bucket", "-ri", "frankfurt")
    heads = aws.fake.log("s3", "HeadBucket")
    assert [h["region"] for h in heads] == ["us-east-1", "eu-central-1"]


# -- clusters of other accounts --------------------------------------------------------------

FOREIGN = "arn:aws:eks:us-east-1:210987654321:cluster/" + CLUSTER
EKS = ["-r", "kubernetes-cluster", "-ri"]


def test_does_not_take_another_accounts_cluster_for_its_own(aws, cleat):
    """Of the same name, and told apart by the ARN alone."""
    aws.register("key", "session-token")
    for words in (["verify", "key", *EKS, FOREIGN], ["describe", "key", "--client", *EKS, FOREIGN]):
        refused = cleat.sc(*words, code=2)
        assert "210987654321" in refused.stderr and refused.stdout == ""
    own = FOREIGN.replace("210987654321", "123456789012")
    cleat.sc("verify", "key", *EKS, own)
    assert cleat.sc_json("describe", "key", "--client", *EKS, own)["resource_id"] == own


def test_finds_out_whose_account_it_is_before_it_compares(aws, cleat):
    """Nothing is known of an account before the first verification."""
    aws.register("fresh", "session-token", *EKS, FOREIGN, code=2)
    assert cleat.names() == []
    aws.register("late", "session-token", *EKS, FOREIGN, verify=False)
    refused = cleat.sc("verify", "late", code=2)
    assert "210987654321" in refused.stderr


def test_knows_the_account_of_a_role_without_asking(aws, cleat):
    aws.register("role", "iam-role", *EKS, FOREIGN, verify=False, code=2)
    assert aws.fake.log() == []
