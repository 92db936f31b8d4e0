"""kube-credential: what kubectl and Kubernetes clients get for an EKS cluster of an AWS connector."""

import calendar
import datetime
import json
import time

import pytest

from support.aws_world import ACCOUNT, CLUSTER, REGION
from support.clock import Clock

ARN = "arn:aws:eks:%s:%s:cluster/%s" % (REGION, ACCOUNT, CLUSTER)
SCOPE = ["-r", "kubernetes-cluster", "-ri", CLUSTER]
V1 = "client.authentication.k8s.io/v1"

pytestmark = pytest.mark.reveals_secret


def epoch(text):
    return calendar.timegm(datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").timetuple())


def asking(version, **spec):
    document = {"kind": "ExecCredential", "apiVersion": version, "spec": dict(spec, interactive=False)}
    return {"KUBERNETES_EXEC_INFO": json.dumps(document) + "\n"}


@pytest.fixture
def role(aws, cleat):
    aws.register("role", "iam-role", verify=False)
    return cleat


@pytest.mark.parametrize("version", [V1, V1 + "beta1", None])
def test_hands_out_a_token_that_the_cluster_accepts(aws, role, version):
    answer = role("kube-credential", "role", *SCOPE, env=asking(version) if version else None)
    assert answer.stderr == "" and answer.stdout.count("\n") == 1
    document = answer.json()
    assert document["apiVersion"] == (version or V1) and document["kind"] == "ExecCredential"
    assert set(document["status"]) == {"token", "expirationTimestamp"}
    checked = aws.fake.check_eks_token(document["status"]["token"], CLUSTER)
    assert checked["ok"], checked["errors"]
    # 15 minutes from the signature, less the minute that clients do not leave themselves.
    assert abs(epoch(document["status"]["expirationTimestamp"]) - time.time() - 840) < 5
    assert aws.fake.counts() == {"sts:AssumeRole": 1, "eks:DescribeCluster": 1}


def test_answers_again_without_asking_anybody(aws, role):
    first = role("kube-credential", "role", *SCOPE).stdout
    assert role("kube-credential", "role", *SCOPE).stdout == first
    assert aws.fake.total() == 2
    assert role("kube-credential", "role", *SCOPE, "--no-cache").code == 0
    assert aws.fake.total() > 2


def test_explains_a_failure_in_one_line(aws, role):
    result = role("kube-credential", "role", "-r", "kubernetes-cluster", "-ri", "other", code=7)
    assert result.stdout == "" and len(result.stderr.strip().splitlines()) == 1
    result = role("kube-credential", "role", *SCOPE, env=asking(V1 + "alpha1"), code=2)
    assert result.stdout == "" and "v1alpha1" in result.stderr
    result = role("kube-credential", "role", "-r", "s3-bucket", "-ri", "zenfiles", code=2)
    assert result.stdout == "" and "no Kubernetes credential" in result.stderr
    assert role("kube-credential", "nobody", *SCOPE, code=3).stdout == ""


@pytest.mark.release
def test_renews_before_a_client_would_come_near_the_end(aws, role, tmp_path):
    clock = Clock(tmp_path, aws.fake)
    first = role("kube-credential", "role", *SCOPE, env=clock.env()).stdout
    clock.set(7 * 60)
    assert role("kube-credential", "role", *SCOPE, env=clock.env()).stdout == first
    clock.set(13 * 60)
    assert role("kube-credential", "role", *SCOPE, env=clock.env()).stdout != first
    clock.set(0)
