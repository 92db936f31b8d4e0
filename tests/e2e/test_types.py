"""list-types and describe-type: AC-01, AC-15 (the aws row), AC-02 to 04, 16 to 18, 22, 72, 73."""

import pytest

from support.text import (
    AWS4,
    AWS_METHODS,
    RULE,
    assert_facts,
    assert_lines_in_order,
    heading,
    lines_of,
    table,
    width,
)

METHOD_BULLETS = [" • 🔒 " + m for m in AWS_METHODS]


# -- list-types ------------------------------------------------------------------------------


def test_lists_the_aws_type_with_its_resource_types_and_methods(cleat):
    """AC-01, AC-15."""
    found = table(cleat.screen("service-connector", "list-types"))
    assert found.header == ["NAME", "TYPE", "RESOURCE TYPES", "AUTH METHODS", "LOCAL", "REMOTE"]
    row = found.row(TYPE="🔶 aws")
    assert row["NAME"] == ["AWS Service Connector"]
    assert row["RESOURCE TYPES"] == AWS4
    assert row["AUTH METHODS"][:6] == AWS_METHODS
    assert row["LOCAL"] == row["REMOTE"] == ["✅"]


def test_centres_the_first_column(cleat):
    drawn = table(cleat.screen("service-connector", "list-types")).drawn
    assert sum(line.startswith("┃") for line in drawn) > 5
    for line in drawn:
        if line.startswith("┃"):
            cell = line[1:].split("│")[0]
            text = cell.strip()
            free = width(cell) - 2 - width(text)
            if text:
                assert cell == " " * (1 + free // 2) + text + " " * (1 + free - free // 2)


@pytest.mark.parametrize(
    "words",
    [
        ["--type", "aws"],
        ["-t", "aws"],
        ["--resource-type", "s3-bucket"],
        ["-r", "aws-generic"],
        ["--resource_type=docker-registry"],
        ["--auth-method", "iam-role"],
        ["-a", "federation-token", "-r", "s3-bucket"],
    ],
)
def test_filters_the_types(cleat, words):
    types = table(cleat.screen("service-connector", "list-types", *words)).column("TYPE")
    assert ["🔶 aws"] in types


@pytest.mark.parametrize(
    "words",
    [["--type", "nope"], ["-r", "s3-buckets"], ["-a", "secret-keys"], ["-r", "s3-bucket", "-a", "rsa-key"]],
)
def test_says_when_no_type_matches(cleat, words):
    result = cleat.sc("list-types", *words, code=3)
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")


def test_lists_types_as_json(cleat):
    items = cleat.sc_json("list-types")
    items = items["items"] if isinstance(items, dict) else items
    aws = [t for t in items if t["connector_type"] == "aws"][0]
    assert aws["name"] == "AWS Service Connector"
    assert [r["resource_type"] for r in aws["resource_types"]] == [
        "aws-generic",
        "s3-bucket",
        "kubernetes-cluster",
        "docker-registry",
    ]
    assert [r["supports_instances"] for r in aws["resource_types"]] == [False, True, True, False]
    methods = {m["auth_method"]: m for m in aws["auth_methods"]}
    assert list(methods)[:6] == AWS_METHODS
    assert methods["secret-key"]["default_expiration_seconds"] is None
    assert methods["session-token"]["default_expiration_seconds"] == 43200
    assert methods["session-token"]["min_expiration_seconds"] == 900
    assert methods["session-token"]["max_expiration_seconds"] == 129600
    assert methods["iam-role"]["default_expiration_seconds"] == 3600
    assert methods["iam-role"]["max_expiration_seconds"] == 43200
    assert aws["supports_auto_configuration"] is True
    assert aws["local"] is aws["remote"] is True
    assert aws["emoji"] == "🔶"


def test_describes_everything_when_detailed(cleat):
    text = cleat.screen("service-connector", "list-types", "--type", "aws", "--detailed")
    for wanted in (
        "AWS Service Connector (connector type: aws)",
        "AWS S3 bucket (resource type: s3-bucket)",
        "AWS EKS Kubernetes cluster (resource type: kubernetes-cluster)",
        "AWS ECR container registry (resource type: docker-registry)",
        "AWS Session Token (auth method: session-token)",
        "AWS Secret Key (auth method: secret-key)",
    ):
        assert wanted in text


# -- describe-type ---------------------------------------------------------------------------


def test_describes_the_aws_type(cleat):
    """AC-02, AC-16."""
    text = cleat.screen("service-connector", "describe-type", "aws")
    lines = lines_of(text)
    assert lines[:3] == heading("🔶 AWS Service Connector (connector type: aws)")
    assert lines[3] == ""
    assert_lines_in_order(
        text,
        ["Authentication methods:", ""]
        + METHOD_BULLETS
        + ["", "Resource types:", ""]
        + [" • " + r for r in AWS4]
        + [
            "",
            "Supports auto-configuration: True",
            "",
            "Available locally: True",
            "",
            "Available remotely: True",
            "",
            RULE,
        ],
    )
    assert_facts(
        text,
        "S3",
        "ECR",
        "EKS",
        "generic",
        "long-lived",
        "role",
        "STS",
        "implicit",
        "temporary",
        "auto-configur",
        "Docker",
        "Kubernetes",
    )
    assert max(width(line) for line in lines) <= 80


def test_describes_s3_buckets(cleat):
    """AC-03, AC-72."""
    text = cleat.screen("service-connector", "describe-type", "aws", "--resource-type", "s3-bucket")
    assert lines_of(text)[:3] == heading("📦 AWS S3 bucket (resource type: s3-bucket)")
    assert_lines_in_order(
        text,
        [
            "Authentication methods: implicit, secret-key, sts-token, iam-role,",
            "session-token, federation-token",
            "",
            "Supports resource instances: True",
            "",
            "Authentication methods:",
            "",
        ]
        + METHOD_BULLETS
        + [
            " • s3:ListBucket",
            " • s3:GetObject",
            " • s3:PutObject",
            " • s3:DeleteObject",
            " • s3:ListAllMyBuckets",
            " • s3:GetBucketVersioning",
            " • s3:ListBucketVersions",
            " • s3:DeleteObjectVersion",
            " • S3 bucket URI (canonical resource name): s3://{bucket-name}",
            " • S3 bucket ARN: arn:aws:s3:::{bucket-name}",
            " • S3 bucket name: {bucket-name}",
            RULE,
        ],
    )
    assert_facts(text, r"arn:aws:s3:::\*", r"arn:aws:s3:::\*/\*")


def test_describes_eks_clusters(cleat):
    """AC-17."""
    text = cleat.screen("service-connector", "describe-type", "aws", "--resource-type", "kubernetes-cluster")
    assert lines_of(text)[:3] == heading("🌀 AWS EKS Kubernetes cluster (resource type: kubernetes-cluster)")
    assert_lines_in_order(
        text,
        ["Supports resource instances: True"]
        + METHOD_BULLETS
        + [
            " • eks:ListClusters",
            " • eks:DescribeCluster",
            " • EKS cluster name (canonical resource name): {cluster-name}",
        ],
    )
    assert_facts(
        text,
        r"arn:aws:eks:\{region\}:\{account\}:cluster/\*",
        r"EKS cluster ARN: arn:aws:eks:\{region\}:\{account\}:cluster/\{cluster-name\}",
        "aws-auth",
        "ConfigMap",
        "implicit",
        "federation",
        "region",
    )


def test_describes_ecr_registries_and_wraps_long_bullets(cleat):
    """AC-22."""
    text = cleat.screen("service-connector", "describe-type", "aws", "--resource-type", "docker-registry")
    assert lines_of(text)[:3] == heading("🐳 AWS ECR container registry (resource type: docker-registry)")
    actions = (
        "DescribeRegistry DescribeRepositories ListRepositories BatchGetImage DescribeImages"
        " BatchCheckLayerAvailability GetDownloadUrlForLayer InitiateLayerUpload UploadLayerPart"
        " CompleteLayerUpload PutImage GetAuthorizationToken"
    ).split()
    assert_lines_in_order(
        text,
        ["Supports resource instances: False"]
        + METHOD_BULLETS
        + [" • ecr:" + action for action in actions]
        + [
            " • ECR repository URI (canonical resource name):",
            "   [https://]{account}.dkr.ecr.{region}.amazonaws.com[/{repository-name}]",
            " • ECR repository ARN:",
            "   arn:aws:ecr:{region}:{account-id}:repository[/{repository-name}]",
        ],
    )
    assert_facts(
        text,
        r"arn:aws:ecr:\{region\}:\{account\}:repository/\*",
        r"https://\{account-id\}\.dkr\.ecr\.\{region\}\.amazonaws\.com",
        "region",
    )


def test_describes_the_session_token_method(cleat):
    """AC-04, AC-73."""
    text = cleat.screen("service-connector", "describe-type", "aws", "--auth-method", "session-token")
    assert lines_of(text)[:3] == heading("🔒 AWS Session Token (auth method: session-token)")
    assert_lines_in_order(
        text,
        [
            "Supports issuing temporary credentials: True",
            "",
            "Attributes:",
            "",
            " • aws_access_key_id {string, secret, required}: AWS Access Key ID",
            " • aws_secret_access_key {string, secret, required}: AWS Secret Access Key",
            " • region {string, required}: AWS Region",
            " • endpoint_url {string, optional}: AWS Endpoint URL",
        ],
    )
    assert_facts(
        text,
        "GetSessionToken",
        "IAM user",
        "root",
        "region",
        "12 hours",
        "15 minutes",
        "36 hours",
        "(1|one) hour",
        "secret-key",
        "all",
        "iam-role",
        "federation-token",
    )


def test_describes_the_secret_key_method(cleat):
    """AC-18."""
    text = cleat.screen("service-connector", "describe-type", "aws", "--auth-method", "secret-key")
    assert lines_of(text)[:3] == heading("🔒 AWS Secret Key (auth method: secret-key)")
    assert_lines_in_order(
        text,
        [
            "Supports issuing temporary credentials: False",
            "",
            "Attributes:",
            "",
            " • aws_access_key_id {string, secret, required}: AWS Access Key ID",
            " • aws_secret_access_key {string, secret, required}: AWS Secret Access Key",
            " • region {string, required}: AWS Region",
            " • endpoint_url {string, optional}: AWS Endpoint URL",
        ],
    )
    assert_facts(
        text,
        "long-lived",
        "IAM user",
        "root",
        "develop",
        "iam-role",
        "session-token",
        "production",
        "AWS CLI",
    )


ATTRIBUTES = {
    "implicit": ["policy_arns", "policy", "region", "endpoint_url", "profile_name", "role_arn"],
    "sts-token": [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "region",
        "endpoint_url",
    ],
    "iam-role": [
        "policy_arns",
        "policy",
        "aws_access_key_id",
        "aws_secret_access_key",
        "region",
        "endpoint_url",
        "role_arn",
    ],
    "federation-token": [
        "policy_arns",
        "policy",
        "aws_access_key_id",
        "aws_secret_access_key",
        "region",
        "endpoint_url",
    ],
}


@pytest.mark.parametrize("method", sorted(ATTRIBUTES))
def test_prints_the_attributes_in_order_with_their_flags(cleat, method):
    text = cleat.screen("service-connector", "describe-type", "aws", "-a", method)
    bullets = [line[3:] for line in lines_of(text) if line.startswith(" • ") and "}" in line]
    names = [b.split(" ")[0] for b in bullets]
    ours = [n for n in names if n in ATTRIBUTES[method]]
    assert ours == ATTRIBUTES[method]
    for bullet in bullets:
        name, _, rest = bullet.partition(" ")
        flags = rest[1 : rest.index("}")].split(", ")
        assert ("secret" in flags) == (
            name in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        )
        assert flags[-1] in ("required", "optional")


def test_prints_resource_type_then_method_when_both_are_asked_for(cleat):
    text = cleat.screen("service-connector", "describe-type", "aws", "-r", "s3-bucket", "-a", "iam-role")
    assert text.index("(resource type: s3-bucket)") < text.index("(auth method: iam-role)")


def test_document_width_follows_a_narrow_terminal(cleat):
    lines = lines_of(cleat.screen("service-connector", "describe-type", "aws", "-r", "s3-bucket", width=60))
    assert max(width(line) for line in lines) == 60


@pytest.mark.parametrize(
    "words, near",
    [
        (["describe-type", "awz"], "Did you mean 'aws'?"),
        (["describe-type", "aws", "-r", "s3-buckt"], "Did you mean 's3-bucket'?"),
        (["describe-type", "aws", "-a", "secretkey"], "Did you mean 'secret-key'?"),
        (["list-types", "--type", "asw"], "Did you mean 'aws'?"),
    ],
)
def test_names_the_nearest_match_of_an_unknown_type(cleat, words, near):
    result = cleat.sc(*words, code=3)
    assert near in result.stderr
    assert result.stdout == ""


def test_describes_a_type_as_json(cleat):
    aws = cleat.sc_json("describe-type", "aws")
    assert aws["connector_type"] == "aws"
    method = [m for m in aws["auth_methods"] if m["auth_method"] == "sts-token"][0]
    assert "aws_session_token" in str(method["config_schema"])
