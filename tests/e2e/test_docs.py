"""Every command of README.md and docs/ runs as it is printed, page by page, on a loopback AWS."""

import base64
import os
import re

import pytest
from authority import Authority

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = {"README.md": 5, "docs/getting-started.md": 20, "docs/docker.md": 6, "docs/kubernetes.md": 3}  # how many there are at least
KEY_ID = "AKIAIOSFODNN7" + "EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
UNAVOIDABLE = "warning: auth method 'password' cannot issue temporary credentials"
FILES = {
    "key-id.txt": KEY_ID,
    "key.txt": SECRET,
    "user.txt": "acme",
    "token.txt": "a-token",
    ".docker/config.json": '{"auths": {"quay.io": {"auth": "YWNtZTphLXRva2Vu"}}}',
    "data.csv": "1,2\n",
    "train.py": "import boto3; boto3.client('s3').head_bucket(Bucket='my-bucket')\n",
}

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: kind
clusters: [{name: kind, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: "%s"}}]
contexts: [{name: kind, context: {cluster: kind, user: me}}, {name: prod-admin, context: {cluster: kind, user: me}}]
users: [{name: me, user: {token: a-token}}]
"""

# No daemon, registry or cluster is there: the tools look at what they are given, and are content.
STUB = """#!/bin/sh
[ -t 0 ] || cat >/dev/null
[ -z "$DOCKER_CONFIG" ] || [ -s "$DOCKER_CONFIG/config.json" ]
"""

pytestmark = pytest.mark.release  # the real aws CLI starts the program


def commands(page):
    """The lines behind a dollar in the page's console blocks; those that build or set up a shell apart."""
    with open(os.path.join(TOP, page), encoding="utf-8") as file:
        blocks = re.findall(r"^```console\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^\$ (.*)$", "\n".join(blocks).replace("\\\n", ""), re.MULTILINE)
    return [line for line in lines if not line.startswith(("./dev ", "export PATH="))]


def on_loopback(line, url):
    """The command with what a loopback needs: where AWS is, and that there is no registry and no cluster."""
    line = line.partition("   #")[0]
    if "--type kubernetes" in line:
        return line + " --no-verify"
    if "register" in line and "--auth-method" in line:
        return line + " --endpoint_url=" + url
    if "--type docker" in line or "--auth_realm_pin" in line:
        return line + " --no-verify"
    return line


def test_every_page_with_commands_is_known():
    pages = ["README.md"] + ["docs/" + name for name in sorted(os.listdir(os.path.join(TOP, "docs")))]
    assert {page: len(commands(page)) >= PAGES.get(page, 0) for page in pages if commands(page)} == {
        page: True for page in PAGES
    }


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", PAGES)
def test_every_command_runs(cleat, moto_open, home, page):
    moto_open.client("s3").create_bucket(Bucket="my-bucket")
    os.mkdir(os.path.join(home, ".aws"), 0o700)
    os.mkdir(os.path.join(home, ".docker"), 0o700)
    files = dict(FILES)
    files[".aws/config"] = "[default]\nregion = us-east-1\nendpoint_url = %s\n" % moto_open.url
    files[".aws/credentials"] = "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n" % (
        KEY_ID,
        SECRET,
    )
    authority = Authority()
    files["ca.crt"] = authority.certificate
    os.mkdir(os.path.join(home, ".kube"), 0o700)
    files[".kube/config"] = KUBECONFIG % base64.b64encode(authority.certificate.encode()).decode()
    for name, text in files.items():
        with open(os.path.join(home, name), "w", encoding="utf-8") as file:
            os.chmod(file.name, 0o600)
            file.write(text)
    stubs = os.path.join(home, "bin")
    os.mkdir(stubs)
    for name in ("docker", "skopeo", "kubectl"):
        with open(os.path.join(stubs, name), "w", encoding="utf-8") as file:
            os.chmod(file.name, 0o755)
            file.write(STUB)
    more = {
        "PATH": ":".join([stubs, os.path.dirname(cleat.program), cleat.environment["PATH"]]),
        "GH_USER": "acme",
        "GH_TOKEN": "a-token",
    }
    lines = commands(page)
    if not any(" register aws-auto " in line for line in lines) and any(" aws-auto " in line for line in lines):
        cleat.sc("register", "aws-auto", "--type", "aws", "--auto-configure")  # as the page before did
    for line in lines:
        result = cleat("-c", on_loopback(line, moto_open.url), program="/bin/bash", env=more)
        # A substitution hides its exit code; and what we recommend needs no warning, but for what registries lack.
        said = result.output.replace(UNAVOIDABLE, "")
        assert "Error:" not in said and "warning:" not in said, result.describe()
