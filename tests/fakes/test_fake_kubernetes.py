"""The fake cluster is right without Cleat: asked with the standard library alone."""

import base64
import json
import ssl
import time
import urllib.error
import urllib.request

import pytest
from authority import Authority
from fake_kubernetes import ANONYMOUS, Cluster

REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
RIGHTS = [
    ["root", "*", "*", "*"],
    ["*", "list", "namespaces", "*"],
]


@pytest.fixture(scope="module")
def server():
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(server):
    server.reset(tokens={"good": "root", "other": "guest"}, rights=RIGHTS, service_accounts=["ci/runner"])
    return server


def ask(cluster, path, document=None, token=None, method=None, pair=None, headers=None, ca=None):
    context = ssl.create_default_context(cadata=ca or cluster.ca)
    if pair:
        context.load_cert_chain(*pair)
    headers = dict(headers or {})
    if token:
        headers["Authorization"] = "Bearer " + token
    data = json.dumps(document).encode() if document is not None else None
    request = urllib.request.Request(cluster.url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return answer.status, json.loads(answer.read()), answer.headers
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.loads(refusal.read()), refusal.headers


def who(cluster, **how):
    status, document, _ = ask(cluster, REVIEWS, REVIEW, **how)
    return document["status"]["userInfo"]["username"] if status == 201 else status


def token_request(cluster, seconds=3600, name="runner", token="good", **spec):
    document = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": {"expirationSeconds": seconds, **spec}}  # fmt: skip
    return ask(cluster, "/api/v1/namespaces/ci/serviceaccounts/%s/token" % name, document, token)


# -- who asks --------------------------------------------------------------------------------


def test_knows_its_tokens(cluster):
    assert who(cluster, token="good") == "root"
    assert who(cluster, token="wrong") == 401
    cluster.change(tokens={"good": {"user": "root", "expires_at": time.time() - 1}})
    assert who(cluster, token="good") == 401


def test_lets_anybody_see_the_version_and_little_else(cluster):
    assert ask(cluster, "/version")[1]["gitVersion"].startswith("v1.")
    assert who(cluster) == 403
    status, document, _ = ask(cluster, "/api/v1/namespaces")
    assert status == 403 and ANONYMOUS in document["message"] and document["kind"] == "Status"
    assert ask(cluster, "/version", headers={"Authorization": "Basic eDp5"})[0] == 200
    cluster.change(anonymous_rights=True)
    assert who(cluster) == ANONYMOUS
    cluster.change(anonymous=False)
    assert ask(cluster, "/version")[0] == 401


def test_hardened_it_hides_its_version(cluster):
    cluster.change(hardened=True)
    assert ask(cluster, "/version")[0] == 403
    assert ask(cluster, "/version", token="good")[0] == 200


def test_knows_certificates_of_its_own_authority(cluster, tmp_path):
    ours = cluster.authority.client("jane", ["dev"]).files(tmp_path, "ours")
    theirs = cluster.stranger.client("jane").files(tmp_path, "theirs")
    old = cluster.authority.client("jane", days=-1).files(tmp_path, "old")
    assert who(cluster, pair=ours) == "jane"
    assert who(cluster, pair=theirs) == 401
    assert who(cluster, pair=theirs, token="good") == "root"
    assert who(cluster, pair=ours, token="wrong") == "jane"
    with pytest.raises((urllib.error.URLError, OSError)):
        who(cluster, pair=old)


def test_can_want_a_certificate_of_everybody(cluster, tmp_path):
    cluster.require_certificate()
    with pytest.raises((urllib.error.URLError, OSError)):
        who(cluster, token="good")
    assert who(cluster, pair=cluster.authority.client("jane").files(tmp_path, "ours")) == "jane"


def test_is_not_trusted_without_its_authority(cluster):
    with pytest.raises(urllib.error.URLError):
        ask(cluster, "/version", ca=Authority().certificate)


def test_checks_passwords_where_a_proxy_does(cluster):
    def basic(text):
        return {"headers": {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}}

    assert who(cluster, **basic("jane:right")) == 403  # not looked at: anonymous
    cluster.change(basic={"jane": "right"})
    assert who(cluster, **basic("jane:right")) == "jane"
    assert who(cluster, **basic("jane:wrong")) == 401


def test_lets_impersonate_whom_it_trusts(cluster):
    as_jane = {"Impersonate-User": "jane"}
    assert who(cluster, token="good", headers=as_jane) == 403
    cluster.change(impersonators=["root"])
    assert who(cluster, token="good", headers=as_jane) == "jane"
    assert who(cluster, token="good", headers={"Impersonate-Group": "g"}) == 400


# -- reviews ---------------------------------------------------------------------------------


def test_has_the_reviews_of_its_age(cluster):
    assert ask(cluster, REVIEWS, {"kind": "Other"}, "good")[0] == 400
    cluster.change(reviews=["v1beta1"])
    assert who(cluster, token="good") == 404
    beta = {"apiVersion": "authentication.k8s.io/v1beta1", "kind": "SelfSubjectReview"}
    assert ask(cluster, REVIEWS.replace("v1", "v1beta1"), beta, "good")[0] == 201


def test_answers_what_somebody_may(cluster):
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    document = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": {"namespace": "default", "verb": "get", "resource": "pods"}}}  # fmt: skip
    assert ask(cluster, path, document, "good")[1]["status"]["allowed"] is True
    assert ask(cluster, path, document, "other")[1]["status"]["allowed"] is False
    assert ask(cluster, path, document)[0] == 403
    cluster.change(access_reviews=False)
    assert ask(cluster, path, document, "good")[0] == 404


def test_lists_namespaces_to_those_who_may(cluster):
    names = [item["metadata"]["name"] for item in ask(cluster, "/api/v1/namespaces", token="other")[1]["items"]]
    assert names == ["default", "kube-system"]
    cluster.change(rights=[])
    assert ask(cluster, "/api/v1/namespaces", token="good")[0] == 403


# -- tokens ----------------------------------------------------------------------------------


def test_issues_tokens_that_end(cluster):
    status, document, _ = token_request(cluster, 600)
    token = document["status"]["token"]
    assert status == 201 and cluster.settings["marker"] in token
    assert who(cluster, token=token) == "system:serviceaccount:ci:runner" == cluster.whose(token)
    cluster.advance(601)
    assert who(cluster, token=token) == 401 and cluster.whose(token) is None


def test_refuses_token_requests_as_the_real_one_does(cluster):
    assert token_request(cluster, 599)[0] == 422
    assert token_request(cluster, 2**32 + 1)[0] == 422
    assert token_request(cluster, name="nobody")[0] == 404
    assert token_request(cluster, token="other")[0] == 403
    status, document, headers = token_request(cluster, audiences=["vault"])
    assert status == 201 and who(cluster, token=document["status"]["token"]) == 401


def test_shortens_what_is_too_long(cluster):
    cluster.change(max_token_seconds=3600)
    _, document, headers = token_request(cluster, 7200)
    assert document["spec"]["expirationSeconds"] == 3600 and headers["Warning"].startswith("299 - ")
    cluster.change(token_seconds=120)
    assert token_request(cluster, 7200)[1]["spec"]["expirationSeconds"] == 120


def test_a_bound_token_dies_with_its_secret(cluster):
    path = "/api/v1/namespaces/ci/secrets"
    reference = {"kind": "Secret", "apiVersion": "v1", "name": "s"}
    assert token_request(cluster, boundObjectRef=reference)[0] == 404
    status, secret, _ = ask(cluster, path, {"metadata": {"name": "s"}}, "good")
    assert status == 201
    assert ask(cluster, path, {"metadata": {"name": "s"}}, "good")[0] == 409
    assert ask(cluster, path + "/s", token="good")[1]["metadata"]["uid"] == secret["metadata"]["uid"]
    assert token_request(cluster, boundObjectRef={**reference, "uid": "x"})[0] == 409
    bound = {**reference, "uid": secret["metadata"]["uid"]}
    token = token_request(cluster, boundObjectRef=bound)[1]["status"]["token"]
    assert cluster.whose(token)
    assert ask(cluster, path + "/s", token="good", method="DELETE")[0] == 200
    assert cluster.whose(token) is None and who(cluster, token=token) == 401
    assert ask(cluster, path, {"metadata": {"name": "s"}}, "good")[0] == 201
    assert cluster.whose(token) is None  # another object of the same name


def test_a_token_dies_with_its_account(cluster):
    token = token_request(cluster)[1]["status"]["token"]
    cluster.change(service_accounts=[])
    assert cluster.whose(token) is None


# -- the rest --------------------------------------------------------------------------------


def test_knows_tokens_that_somebody_else_checks(cluster):
    cluster.change(token_check=lambda token: "arn:jane" if token == "sts" else None)
    assert who(cluster, token="sts") == "arn:jane" and who(cluster, token="x") == 401


def test_serves_below_a_prefix(cluster):
    cluster.change(prefix="/k8s/c-1")
    assert cluster.url.endswith("/k8s/c-1") and who(cluster, token="good") == "root"


def test_answers_as_it_is_told_to(cluster):
    cluster.change(answers=[("/version", 503, [("Retry-After", "3")], '"trouble"')])
    status, document, headers = ask(cluster, "/version")
    assert (status, document, headers["Retry-After"]) == (503, "trouble", "3")
    assert ask(cluster, "/version")[0] == 200
    assert [entry["path"] for entry in cluster.requests("/version")] == ["/version"] * 2


def test_refuses_settings_that_it_does_not_have(cluster):
    with pytest.raises(AssertionError):
        cluster.change(colour="red")
