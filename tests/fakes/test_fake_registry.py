"""The fake registry is right without Cleat: asked with the standard library alone."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request

import pytest
from fake_registry import Registry

USERS = {"acme": "right"}


@pytest.fixture
def registry():
    with Registry() as registry:
        yield registry


def basic(name, password):
    return "Basic " + base64.b64encode(("%s:%s" % (name, password)).encode()).decode()


def get(url, authorization=None):
    request = urllib.request.Request(url, headers={"Authorization": authorization} if authorization else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, json.loads(refusal.read())


def token(registry, authorization, scope=None, **more):
    query = {"service": "fake-registry", "client_id": "cleat", "account": "acme", **more}
    if scope:
        query["scope"] = scope
    url = "http://%s/token?%s" % (registry.token_host, urllib.parse.urlencode(query))
    return get(url, authorization)


def test_lets_anybody_into_an_open_registry(registry):
    registry.reset(auth="open")
    assert get(registry.url + "/v2/")[0] == 200
    assert registry.requests()[0]["authorization"] == ""


def test_checks_basic_authentication(registry):
    registry.reset(auth="basic", users=USERS)
    status, headers, _ = get(registry.url + "/v2/")
    assert status == 401 and headers["WWW-Authenticate"].startswith("Basic ")
    assert get(registry.url + "/v2/", basic("acme", "right"))[0] == 200
    for wrong in (basic("acme", "wrong"), basic("other", "right"), "Basic x", "Bearer right"):
        assert get(registry.url + "/v2/", wrong)[0] == 401


def test_gives_tokens_for_the_password_only(registry):
    registry.reset(users=USERS)
    status, headers, _ = get(registry.url + "/v2/")
    assert status == 401 and registry.token_host in headers["WWW-Authenticate"]
    assert token(registry, basic("acme", "wrong"))[0] == 401
    assert token(registry, basic("acme", "right"), service="x")[0] == 400
    assert token(registry, basic("acme", "right"), account="x")[0] == 400
    status, _, document = token(registry, basic("acme", "right"))
    assert status == 200
    assert get(registry.url + "/v2/", "Bearer " + document["token"])[0] == 200
    assert get(registry.url + "/v2/", "Bearer made-up")[0] == 401
    assert get(registry.url + "/v2/", basic("acme", "right"))[0] == 401


def test_grants_a_scope_to_those_who_may_have_it(registry):
    registry.reset(users=USERS, repositories={"acme/app": ["acme"], "acme/other": ["somebody"]})
    for repository, status in (("acme/app", 200), ("acme/other", 403)):
        _, _, document = token(registry, basic("acme", "right"), "repository:%s:pull,push" % repository)
        path = "/v2/%s/tags/list?n=1" % repository
        assert get(registry.url + path, "Bearer " + document["token"])[0] == status
    _, _, unscoped = token(registry, basic("acme", "right"))
    assert get(registry.url + "/v2/acme/app/tags/list", "Bearer " + unscoped["token"])[0] == 403


def test_follows_its_script_first(registry):
    registry.reset(auth="open", answers=[("/v2/", 429, [("Retry-After", "7")])])
    status, headers, _ = get(registry.url + "/v2/")
    assert (status, headers["Retry-After"]) == (429, "7")
    assert get(registry.url + "/v2/")[0] == 200
