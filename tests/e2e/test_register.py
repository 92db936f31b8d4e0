"""service-connector register: AC-05, 23 to 25, 35, 37 to 39, 59, and every method by hand."""

import json

import pytest

from support.aws_world import B4, B6, CLUSTER, ECR, ROLE, Keys
from support.text import AWS4, assert_exact, draw, lines_of, table

SUCCESS = "Successfully registered service connector `%s` with access to the following resources:"


def s3(names):
    return ["s3://" + n for n in sorted(names)]


def resources(text):
    """The result table as {resource type: names}."""
    found = table(text)
    assert found.header == ["RESOURCE TYPE", "RESOURCE NAMES"]
    return {r["RESOURCE TYPE"][0]: r["RESOURCE NAMES"] for r in found.rows}


def everything(buckets):
    return {
        "🔶 aws-generic": ["us-east-1"],
        "📦 s3-bucket": s3(buckets),
        "🌀 kubernetes-cluster": [CLUSTER],
        "🐳 docker-registry": [ECR],
    }


# -- auto-configuration ----------------------------------------------------------------------


def test_registers_everything_from_the_local_aws_files(aws, cleat):
    """AC-05, AC-35."""
    aws.login_files()
    text = cleat.screen("service-connector", "register", "aws-auto", "--type", "aws", "--auto-configure")
    assert SUCCESS % "aws-auto" in lines_of(text)
    assert resources(text) == everything(B4)
    assert [r for r in table(text).column("RESOURCE TYPE")] == [[t] for t in AWS4]
    assert cleat.find("aws-auto")["auth_method"] == "session-token"
    assert not aws.make_calls_fail_unsigned()


def test_centres_the_resource_types(aws, cleat):
    """AC-23, AC-37."""
    aws.reset(buckets=B6)
    aws.login_files()
    text = cleat.screen(
        "service-connector", "register", "aws-multi-type", "--type", "aws", "--auto-configure"
    )
    assert resources(text) == everything(B6)
    for line in ("┃    🔶 aws-generic     │", "┃     📦 s3-bucket      │", "┃  🐳 docker-registry   │"):
        assert line in text


def test_registers_one_resource_type(aws, cleat):
    """AC-24, AC-38."""
    aws.reset(buckets=B6)
    aws.login_files()
    words = ["--type", "aws", "--auto-configure", "--resource-type", "s3-bucket"]
    text = cleat.screen("service-connector", "register", "aws-s3-multi-instance", *words)
    assert SUCCESS % "aws-s3-multi-instance" in lines_of(text)
    assert resources(text) == {"📦 s3-bucket": s3(B6)}


def test_registers_one_bucket(aws, cleat):
    """AC-25, AC-39."""
    aws.login_files()
    text = cleat.screen(
        *"service-connector register aws-s3-zenfiles --type aws --auto-configure".split(),
        *"--resource-type s3-bucket --resource-id s3://zenfiles".split(),
    )
    assert_exact(
        text,
        """
Successfully registered service connector `aws-s3-zenfiles` with access to the following resources:
┏━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━┓
┃ RESOURCE TYPE │ RESOURCE NAMES ┃
┠───────────────┼────────────────┨
┃ 📦 s3-bucket  │ s3://zenfiles  ┃
┗━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━┛
""",
    )
    assert cleat.find("aws-s3-zenfiles")["resource_id"] == "s3://zenfiles"


def test_registers_from_a_named_profile(aws, cleat):
    """AC-59."""
    aws.login_files(credentials="[dev-account]\n" + "\n".join(aws.keys.profile()) + "\n")
    aws.write_file("config", "[profile dev-account]\nregion = us-east-1\nendpoint_url = %s\n" % aws.url)
    words = "register aws-dev --type aws --auth-method profile --profile=dev-account".split()
    result = cleat.sc(*words)
    assert SUCCESS % "aws-dev" in result.stdout
    assert resources(result.stdout) == everything(B4)
    assert cleat.find("aws-dev")["auth_method"] == "session-token"


def test_names_files_and_profiles_when_a_profile_is_missing(aws, cleat):
    """AC-59, the failing half."""
    aws.login_files(extra="[profile other]\nregion = us-east-1\n")
    result = cleat.sc(
        *"register aws-dev --type aws --auth-method profile --profile=dev-account".split(), code=2
    )
    for wanted in ("dev-account", ".aws/config", ".aws/credentials", "other", "default"):
        assert wanted in result.stderr
    assert cleat.names() == []


# -- by hand ---------------------------------------------------------------------------------


def test_registers_a_secret_key(aws, cleat):
    result = aws.register("key")
    assert resources(result.stdout) == everything(B4)
    stored = cleat.find("key")
    assert stored["auth_method"] == "secret-key"
    assert stored["configuration"]["region"] == "us-east-1"
    assert set(stored["secrets"]) == {"aws_access_key_id", "aws_secret_access_key"}
    assert set(stored["secrets"].values()) == {None}
    assert stored["secrets_hidden"] is True
    assert aws.fake.counts()["sts:GetCallerIdentity"] == 1


def test_registers_an_sts_token(aws, cleat):
    keys = Keys(7, token=True)
    aws.fake.add(sessions=[keys.session()])
    result = aws.register("token", "sts-token", "--expires-at=+1h", keys=keys)
    assert resources(result.stdout) == everything(B4)
    assert cleat.find("token")["expires_at"] is not None


def test_warns_about_an_sts_token_without_expiry(aws):
    keys = Keys(7, token=True)
    aws.fake.add(sessions=[keys.session()])
    result = aws.register("token", "sts-token", keys=keys)
    assert "expire" in result.stderr.lower()


def test_registers_a_role(aws, cleat):
    result = aws.register("role", "iam-role")
    assert resources(result.stdout) == everything(B4)
    assert cleat.find("role")["expiration_seconds"] == 3600
    for entry in aws.fake.log("sts", "AssumeRole"):
        assert entry["params"]["RoleArn"] == ROLE
        assert entry["params"]["DurationSeconds"] == "3600"
        assert entry["params"]["RoleSessionName"].startswith("cleat-connector")


def test_registers_a_session_token(aws, cleat):
    result = aws.register("session", "session-token", "--expiration-seconds=1800")
    assert resources(result.stdout) == everything(B4)
    durations = {e["params"]["DurationSeconds"] for e in aws.fake.log("sts", "GetSessionToken")}
    assert durations == {"1800"}
    assert cleat.find("session")["expiration_seconds"] == 1800


def test_registers_a_federation_token_for_buckets(aws, cleat):
    result = aws.register("federated", "federation-token", "--resource-type", "s3-bucket")
    assert resources(result.stdout) == {"📦 s3-bucket": s3(B4)}
    entry = aws.fake.log("sts", "GetFederationToken")[0]
    assert 2 <= len(entry["params"]["Name"]) <= 32
    assert json.loads(entry["params"]["Policy"])["Statement"]


def test_refuses_a_generic_federation_token_without_policy(aws, cleat):
    result = aws.register("federated", "federation-token", "--resource-type", "aws-generic", code=2)
    assert "policy" in result.stderr
    assert cleat.names() == []
    assert aws.fake.total() == 0


def test_registers_implicitly_from_the_environment(aws, cleat):
    env = dict(aws.keys.env(), AWS_ENDPOINT_URL=aws.url)
    cleat.sc(*"register ambient --type aws --auth-method implicit --region=us-east-1".split(), env=env)
    assert cleat.find("ambient")["auth_method"] == "implicit"
    assert not aws.make_calls_fail_unsigned()


def test_stores_without_asking_anybody(aws, cleat):
    result = aws.register("quiet", verify=False)
    assert result.stdout == "Successfully registered service connector `quiet`.\n"
    assert aws.fake.total() == 0
    assert cleat.names() == ["quiet"]


def test_stores_the_default_id_of_a_type_without_instances(aws, cleat):
    aws.register("registry", "secret-key", "--resource-type", "docker-registry")
    aws.register("generic", "secret-key", "--resource-type", "aws-generic")
    assert cleat.find("registry")["resource_id"] == ECR
    assert cleat.find("generic")["resource_id"] == "us-east-1"


@pytest.mark.parametrize(
    "given", ["zenfiles", "s3://zenfiles", "s3://zenfiles/some/path", "arn:aws:s3:::zenfiles"]
)
def test_stores_the_canonical_bucket_id(aws, cleat, given):
    aws.register("bucket", "secret-key", "--resource-type", "s3-bucket", "--resource-id", given)
    assert table(cleat.screen("service-connector", "list")).rows[0]["RESOURCE NAME"] == ["s3://zenfiles"]


def test_keeps_description_labels_sharing_and_session_length(aws, cleat):
    aws.register(
        "full",
        "session-token",
        "--description",
        "for tests",
        "--label",
        "team=data",
        "-l",
        "note=a=b",
        "--share",
        "--expiration-seconds=2h",
        "--expires-skew-tolerance=60",
        verify=False,
    )
    stored = cleat.find("full")
    assert stored["description"] == "for tests"
    assert stored["labels"] == {"team": "data", "note": "a=b"}
    assert stored["shared"] is True
    assert stored["expiration_seconds"] == 7200
    assert stored["expires_skew_tolerance"] == 60


def test_returns_the_connector_and_its_resources_as_json(aws):
    document = aws.register("key", "secret-key", "--output=json").json()
    assert document["connector"]["name"] == "key"
    assert document["connector"]["id"]
    by_type = {r["resource_type"]: r["resource_ids"] for r in document["resources"]["resources"]}
    assert by_type["s3-bucket"] == s3(B4)
    assert by_type["docker-registry"] == [ECR]
    assert aws.register("second", "secret-key", "--output=json", verify=False).json()["resources"] is None


def test_tries_out_without_storing(aws, cleat):
    result = aws.register("ghost", "secret-key", "--dry-run", "--output=json")
    assert result.json()["dry_run"] is True
    assert result.json()["connector"]["id"] is None
    assert aws.fake.total() > 0
    assert cleat.names() == []


def test_authenticates_without_listing(aws, cleat):
    aws.register("key", "secret-key", "--verify-only")
    assert aws.fake.counts() == {"sts:GetCallerIdentity": 1}
    assert cleat.names() == ["key"]


def test_refuses_a_taken_name_and_accepts_it_when_told(aws, cleat):
    aws.register("key", verify=False)
    before = cleat.find("key")
    result = aws.register("key", verify=False, code=6)
    assert "key" in result.stderr
    again = aws.register("key", "secret-key", "--if-not-exists", "--output=json", verify=False)
    assert again.json()["connector"]["id"] == before["id"]
    assert cleat.names() == ["key"]


def test_treats_names_that_differ_in_case_as_taken(aws):
    aws.register("Key", verify=False)
    aws.register("key", verify=False, code=6)


@pytest.mark.parametrize(
    "name", ["", " x", "x ", "-x", "a\nb", "c0f8e857-b931-46c3-bcc5-c6252c52ee5f", "x" * 256]
)
def test_refuses_impossible_names(aws, cleat, name):
    aws.register(name, verify=False, code=2)
    assert cleat.names() == []


def test_registers_although_one_resource_type_is_denied(aws, cleat):
    """One failing type of a multi-type connector does not stop the registration."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:*", "ecr:*"], "Resource": "*"}],
    }
    aws.fake.add(users=[aws.keys.user(policy=policy)])
    result = aws.register("partly")
    assert resources(result.stdout)["📦 s3-bucket"] == s3(B4)
    assert cleat.names() == ["partly"]
    text = " ".join(resources(result.stdout)["🌀 kubernetes-cluster"])
    assert "💥 error:" in text and "AccessDenied" in text


def test_an_empty_account_can_be_registered(aws, cleat):
    """A fresh account: no bucket, no cluster, no repository is no error."""
    aws.reset(buckets=[], clusters=[], repositories=[])
    found = resources(aws.register("fresh").stdout)
    assert found["📦 s3-bucket"] == found["🌀 kubernetes-cluster"] == ["🤷 none listed"]
    assert found["🐳 docker-registry"] == [ECR]


def test_reads_all_pages_of_everything(aws):
    buckets = ["bucket-%04d" % i for i in range(57)]
    clusters = ["cluster-%03d" % i for i in range(33)]
    aws.reset(
        buckets=buckets,
        clusters=clusters,
        settings={"marker": "x", "page_size": {"s3": 10, "eks": 7, "ecr": 1}},
    )
    found = resources(aws.register("paged").stdout)
    assert found["📦 s3-bucket"] == s3(buckets)
    assert found["🌀 kubernetes-cluster"] == sorted(clusters)
    assert not aws.make_calls_fail_unsigned()


def test_does_not_follow_a_repeating_page_token_for_ever(aws):
    aws.reset(
        settings={"marker": "x", "page_size": {"s3": 1, "eks": 1}, "page_loop": {"s3": True, "eks": True}}
    )
    aws.register("loop", code=None, timeout=30)
    assert aws.fake.total() < 60


def test_sends_policy_and_policy_arns_as_structures(aws, cleat):
    arns = ["arn:aws:iam::123456789012:policy/a", "arn:aws:iam::aws:policy/b"]
    allow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    aws.fake.settings(managed_policies={arn: allow for arn in arns})
    aws.register("managed", "iam-role", "--policy_arns=" + ",".join(arns), "--resource-type", "s3-bucket")
    params = aws.fake.log("sts", "AssumeRole")[-1]["params"]
    assert [params["PolicyArns.member.%d.arn" % n] for n in (1, 2)] == arns
    assert "Policy" not in params, "an automatic policy would widen the user's"
    spaced = json.dumps(json.loads(allow), indent=2)
    aws.register("inline", "iam-role", "--policy=" + spaced, "--resource-type", "s3-bucket")
    assert aws.fake.log("sts", "AssumeRole")[-1]["params"]["Policy"] == allow


def test_sends_external_id_session_name_and_duration(aws):
    aws.fake.add(roles=[{"arn": ROLE, "external_id": "shared-secret", "max_session_duration": 7200}])
    aws.register(
        "external",
        "iam-role",
        "--external_id=shared-secret",
        "--role_session_name=tester@example",
        "--expiration-seconds=7200",
    )
    params = aws.fake.log("sts", "AssumeRole")[0]["params"]
    assert params["ExternalId"] == "shared-secret"
    assert params["RoleSessionName"] == "tester@example"
    assert params["DurationSeconds"] == "7200"


def test_uses_per_service_endpoints(aws, cleat):
    """Each service may live elsewhere; the general endpoint is for the rest."""
    aws.fake.settings(endpoint_prefixes=["/eks-gate", "/s3-gate"])
    aws.register(
        "gates",
        "secret-key",
        "--eks_endpoint_url=%s/eks-gate" % aws.url,
        "--s3_endpoint_url=%s/s3-gate" % aws.url,
    )
    paths = {e["service"]: e["path"] for e in aws.fake.log()}
    assert paths["eks"].startswith("/eks-gate/clusters")
    assert paths["s3"].startswith("/s3-gate")
    assert paths["sts"] == paths["ecr"] == "/"
    assert not aws.make_calls_fail_unsigned()


def test_draws_the_result_table_as_described(aws):
    drawn = draw(["RESOURCE TYPE", "RESOURCE NAMES"], [["🌀 kubernetes-cluster", CLUSTER]])
    result = aws.register("eks", "secret-key", "-r", "kubernetes-cluster", "-ri", CLUSTER, width=200)
    assert [line for line in lines_of(result.output) if line[:1] in "┏┃┠┗"] == drawn


def test_updates_and_deletes(aws, cleat):
    aws.register("key", verify=False)
    first = cleat.find("key")
    result = cleat.sc(
        "update", "key", "--description", "new", "--label", "a=1", "--name", "renamed", "--no-verify"
    )
    assert (
        result.stdout == "Updated service connector `renamed`.\n"
        or "Updated service connector `" in result.stdout
    )
    stored = cleat.find("renamed")
    assert (stored["id"], stored["description"], stored["labels"]) == (first["id"], "new", {"a": "1"})
    cleat.sc("update", "renamed", "--description", "", "--label", "a", "--no-verify")
    stored = cleat.find("renamed")
    assert (stored["description"], stored["labels"]) == ("", {})
    result = cleat.sc("update", "renamed", "--expiration-seconds=900", "--no-verify", code=2)
    assert cleat.sc("delete", "renamed").stdout == "Deleted service connector `renamed`.\n"
    assert cleat.names() == []


def test_update_verifies_and_stores_nothing_when_that_fails(aws, cleat):
    aws.register("key", "secret-key", "-r", "s3-bucket")
    wrong = aws.keys.typo()
    words = ["update", "key", "--aws_secret_access_key=@env:T_SECRET"]
    result = cleat.sc(*words, env={"T_SECRET": wrong.secret}, code=7)
    assert "SignatureDoesNotMatch" in result.stderr
    cleat.sc("verify", "key")
    result = cleat.sc(*words, env={"T_SECRET": aws.keys.secret})
    assert "Updated service connector `key`; it has access to the following resources:" in result.stdout
    assert resources(result.stdout) == {"📦 s3-bucket": s3(B4)}


def test_update_removes_attributes_and_changes_method(aws, cleat):
    aws.register("key", verify=False)
    cleat.sc("update", "key", "--remove-attr", "endpoint-url", "--no-verify")
    assert "endpoint_url" not in cleat.find("key")["configuration"]
    cleat.sc("update", "key", "--remove-attr", "nonsense", "--no-verify", code=2)
    cleat.sc("update", "key", "--remove-attr", "region", "--no-verify", code=2)
    cleat.sc(
        "update",
        "key",
        "--auth-method",
        "iam-role",
        "--role_arn=" + ROLE,
        "--endpoint_url=" + aws.url,
        "--no-verify",
    )
    cleat.sc("verify", "key")
    assert cleat.find("key")["auth_method"] == "iam-role"


def test_asks_before_deleting_on_a_terminal(aws, cleat):
    aws.register("key", verify=False)
    running = cleat.start("service-connector", "delete", "key", width=100)
    running.expect("Delete service connector `key`? [y/N]: ")
    running.send("n\n")
    cleat.settle(running, code=0)
    assert cleat.names() == ["key"]
    running = cleat.start("service-connector", "delete", "key", width=100)
    running.expect("[y/N]: ")
    running.send("y\n")
    cleat.settle(running, code=0)
    assert cleat.names() == []


def test_deletes_several_at_once(aws, cleat):
    for name in ("a", "b", "c"):
        aws.register(name, verify=False)
    cleat.sc("delete", "a", "c", "--yes")
    assert cleat.names() == ["b"]
