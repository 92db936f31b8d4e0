"""Against moto, a server of other people's making, with its checks of keys and policies on."""

import json

import pytest

from support.text import table

S3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}]}
ONE_BUCKET = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:*"],
            "Resource": ["arn:aws:s3:::zenfiles", "arn:aws:s3:::zenfiles/*"],
        }
    ],
}
STS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:*"], "Resource": "*"}]}
ECR = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ecr:*"], "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture
def account(moto):
    """Buckets, a repository and a role; the caller makes the user."""
    s3 = moto.client("s3")
    for name in ("zenfiles", "zenit-demos"):
        s3.create_bucket(Bucket=name)
    moto.client("ecr").create_repository(repositoryName="zenit-server")
    iam = moto.client("iam")
    iam.create_role(RoleName="data", AssumeRolePolicyDocument=json.dumps(TRUST))
    for number, policy in enumerate((S3, STS, ECR)):
        iam.put_role_policy(RoleName="data", PolicyName="p%d" % number, PolicyDocument=json.dumps(policy))
    return moto


def register(cleat, moto, key, *words, method="secret-key", **more):
    env = {"K": key[0], "S": key[1]}
    base = ["register", "made", "--type", "aws", "--auth-method", method, "--region=us-east-1"]
    base += ["--endpoint_url=" + moto.url, "--aws_access_key_id=@env:K", "--aws_secret_access_key=@env:S"]
    return cleat.sc(*base, *words, env=env, **more)


def changed(key):
    """One letter of the secret changed."""
    secret = key[1]
    return key[0], secret[:-1] + ("A" if secret[-1] != "A" else "B")


def names(result):
    return {r["RESOURCE TYPE"][0]: r["RESOURCE NAMES"] for r in table(result.stdout).rows}


@pytest.mark.parametrize("method", ["secret-key", "iam-role"])
def test_registers_buckets_with_a_known_key(cleat, account, method):
    key = account.user("cleat", S3, STS)
    account.enforce()
    words = ["--role_arn=arn:aws:iam::123456789012:role/data"] if method == "iam-role" else []
    result = register(cleat, account, key, "--resource-type", "s3-bucket", *words, method=method)
    assert names(result) == {"📦 s3-bucket": ["s3://zenfiles", "s3://zenit-demos"]}
    assert cleat.names() == ["made"]


@pytest.mark.parametrize("method", ["secret-key", "iam-role"])
def test_one_wrong_letter_exits_7_with_the_providers_code(cleat, account, method):
    key = account.user("cleat", S3, STS)
    account.enforce()
    words = ["--role_arn=arn:aws:iam::123456789012:role/data"] if method == "iam-role" else []
    result = register(
        cleat, account, changed(key), "--resource-type", "s3-bucket", *words, method=method, code=7
    )
    assert "SignatureDoesNotMatch" in result.stderr
    assert cleat.names() == []


def test_an_unknown_key_exits_7(cleat, account):
    account.enforce()
    key = ("AKIA1" + "UNKNOWN00" + "EXAMPL", "whatever")
    result = register(cleat, account, key, "--resource-type", "s3-bucket", code=7)
    assert "InvalidClientTokenId" in result.stderr


def test_a_missing_permission_exits_7(cleat, account):
    key = account.user("cleat", STS)
    account.enforce()
    result = register(cleat, account, key, "--resource-type", "s3-bucket", code=7)
    assert "AccessDenied" in result.stderr


def test_a_key_for_one_bucket_reaches_that_one_only(cleat, account):
    key = account.user("cleat", ONE_BUCKET, STS)
    account.enforce()
    register(cleat, account, key, "--resource-type", "s3-bucket", "--resource-id", "zenfiles")
    cleat.sc("verify", "made")
    cleat.sc("delete", "made", "--yes")
    result = register(
        cleat, account, key, "--resource-type", "s3-bucket", "--resource-id", "zenit-demos", code=7
    )
    assert "zenit-demos" in result.stderr


@pytest.mark.parametrize("method", ["secret-key", "iam-role"])
def test_registers_the_registry(cleat, account, method):
    key = account.user("cleat", ECR, STS)
    account.enforce()
    words = ["--role_arn=arn:aws:iam::123456789012:role/data"] if method == "iam-role" else []
    result = register(cleat, account, key, "--resource-type", "docker-registry", *words, method=method)
    assert names(result) == {"🐳 docker-registry": ["123456789012.dkr.ecr.us-east-1.amazonaws.com"]}
    cleat.sc("describe", "made", "--client")


def test_a_wrong_key_is_refused_by_the_registry_too(cleat, account):
    key = account.user("cleat", ECR, STS)
    account.enforce()
    register(cleat, account, changed(key), "--resource-type", "docker-registry", code=7)


@pytest.mark.reveals_secret
def test_issued_role_credentials_work_with_boto3(cleat, account, canary):
    key = account.user("cleat", S3, STS)
    account.enforce()
    words = ["--role_arn=arn:aws:iam::123456789012:role/data", "--resource-type", "s3-bucket"]
    register(cleat, account, key, *words, method="iam-role")
    made = cleat("credential-process", "made", "-ri", "zenfiles").json()
    canary.watch(made["SecretAccessKey"])
    s3 = account.client(
        "s3", key=made["AccessKeyId"], secret=made["SecretAccessKey"], token=made["SessionToken"]
    )
    s3.put_object(Bucket="zenfiles", Key="k", Body=b"hello")
    assert s3.get_object(Bucket="zenfiles", Key="k")["Body"].read() == b"hello"


@pytest.mark.parametrize("method", ["session-token", "federation-token"])
def test_without_enforcement_every_type_is_listed(cleat, moto_open, method):
    moto_open.client("s3").create_bucket(Bucket="zenfiles")
    moto_open.client("ecr").create_repository(repositoryName="zenit-server")
    moto_open.client("eks").create_cluster(
        name="zenhacks-cluster",
        roleArn="arn:aws:iam::123456789012:role/eks",
        resourcesVpcConfig={"subnetIds": [], "securityGroupIds": []},
    )
    key = ("AKIAIOSFODNN7" + "EXAMPLE", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY")
    found = names(register(cleat, moto_open, key, method=method))
    assert found == {
        "🔶 aws-generic": ["us-east-1"],
        "📦 s3-bucket": ["s3://zenfiles"],
        "🌀 kubernetes-cluster": ["zenhacks-cluster"],
        "🐳 docker-registry": ["123456789012.dkr.ecr.us-east-1.amazonaws.com"],
    }
