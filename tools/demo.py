"""./dev demo: the main workflow on a loopback AWS, then on a registry and an SSH host, each command
printed before its output.

Everything it makes lies in build/demo: a home directory with an AWS configuration of its own, Cleat's
store, the files that are put and fetched. The servers end with the demo, also on Ctrl-C.
"""

import contextlib
import os
import re
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import textwrap
import time

from local_aws import EXAMPLE_KEY_ID, EXAMPLE_SECRET, LocalAws
from sandbox import RELEASE, TOP, VENV_BIN, Sandbox

sys.path.append(str(TOP / "tests" / "e2e"))
from support.registry_world import DockerRegistry, make_image  # noqa: E402
from support.ssh_world import SSHD, USER, Sshd, keygen, public  # noqa: E402

BOX = Sandbox("demo")
SERVERS = BOX.folder / "servers"
AWS_FOLDER = BOX.home / ".aws"

BUCKETS = ["zenfiles", "zenit-demos", "zenit-datasets"]
CLUSTER = "zenhacks-cluster"
REPOSITORY = "zenit-pipelines"
COMMAND_LIMIT_S = 90


class DemoFailed(Exception):
    pass


def say(text):
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    print()
    for line in textwrap.wrap(text, width - 2):
        print(f"{bold}# {line}{plain}")
    sys.stdout.flush()


def prepare(url):
    """A home directory whose AWS configuration holds a long-lived key and the loopback's address."""
    BOX.renew()
    AWS_FOLDER.mkdir(mode=0o700)
    config = AWS_FOLDER / "config"
    config.write_text(f"[default]\nregion = us-east-1\nendpoint_url = {url}\n")
    credentials = AWS_FOLDER / "credentials"
    credentials.write_text(f"[default]\naws_access_key_id = {EXAMPLE_KEY_ID}\naws_secret_access_key = {EXAMPLE_SECRET}\n")
    for file in (config, credentials):
        file.chmod(0o600)
    (BOX.work / "hello.txt").write_text("Put with credentials that live for hours, for one bucket.\n")


def furnish(aws):
    """What the account holds."""
    s3 = aws.client("s3")
    for bucket in BUCKETS:
        s3.create_bucket(Bucket=bucket)
    aws.client("eks").create_cluster(name=CLUSTER, roleArn="arn:aws:iam::123456789012:role/eks",
                                     resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"]})
    aws.client("ecr").create_repository(repositoryName=REPOSITORY)


class Shell:
    def __init__(self):
        # The commands write into a pipe here; a person would see them on a terminal.
        width = shutil.get_terminal_size((120, 24)).columns
        self.environment = BOX.environment(CLEAT_WIDTH=str(width), CLEAT_WRAP="smart")
        self.count = 0

    def run(self, line, *expected, code=0):
        """Prints and runs a command; its exit code must be `code`, its output must match each pattern."""
        print(f"\n$ {line}", flush=True)
        child = subprocess.Popen(shlex.split(line), cwd=BOX.work, env=self.environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            output = child.communicate(timeout=COMMAND_LIMIT_S)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            raise DemoFailed(f"'{line}' had not ended after {COMMAND_LIMIT_S} s") from None
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        print(output, end="" if output.endswith("\n") or not output else "\n", flush=True)
        if child.returncode != code:
            raise DemoFailed(f"'{line}' ended with exit code {child.returncode}, {code} was expected")
        for pattern in expected:
            if not re.search(pattern, output):
                raise DemoFailed(f"the output of '{line}' does not show '{pattern}'")
        self.count += 1
        return output


def scene_types(shell):
    say("Which kinds of connectors there are, and what one of them offers.")
    shell.run("cleat service-connector list-types", r"AWS Service Connector", r"s3-bucket", r"session-token")
    shell.run("cleat service-connector describe-type aws", r"connector type: aws", r"iam-role")
    shell.run("cleat service-connector describe-type aws --resource-type s3-bucket", r"resource type: s3-bucket")


def scene_connector(shell):
    say("Register a connector from the local AWS configuration. The long-lived key in it is sealed; "
        "what consumers get are session tokens.")
    shell.run("cleat service-connector register aws-auto --type aws --auto-configure",
              r"Successfully registered service connector `aws-auto`", *BUCKETS, CLUSTER)
    shell.run("cleat service-connector list", r"aws-auto")
    shell.run("cleat service-connector describe aws-auto", r"\[HIDDEN\]", r"session-token")
    shell.run("cleat service-connector verify aws-auto", r"is correctly configured", *BUCKETS)


def scene_resources(shell):
    say("Which resources all connectors reach, and what a client of one of them would receive.")
    shell.run("cleat service-connector list-resources --resource-type s3-bucket", *BUCKETS)
    shell.run("cleat service-connector list-resources --resource-type kubernetes-cluster", CLUSTER)
    shell.run("cleat service-connector describe aws-auto --client --resource-type s3-bucket --resource-id s3://zenfiles",
              r"sts-token", r"\[HIDDEN\]", r"s3://zenfiles")
    shell.run(f"cleat service-connector describe aws-auto --client --resource-type kubernetes-cluster --resource-id {CLUSTER}",
              r"kubernetes", r"token")


def scene_component(shell):
    say("Connect an artifact store to the bucket.")
    shell.run("cleat artifact-store register s3-zenfiles --flavor s3 --path=s3://zenfiles",
              r"Successfully registered artifact_store `s3-zenfiles`")
    shell.run("cleat artifact-store connect s3-zenfiles --connector aws-auto",
              r"Successfully connected artifact store `s3-zenfiles`", r"s3://zenfiles")
    shell.run("cleat artifact-store describe s3-zenfiles", r"aws-auto")


def scene_exec(shell):
    say("Let the real aws CLI use what Cleat issues: first for one command.")
    shell.run("cleat exec aws-auto --resource-type s3-bucket --resource-id s3://zenfiles -- "
              "aws s3 cp --no-progress hello.txt s3://zenfiles/hello.txt", r"upload: ./hello.txt to s3://zenfiles/hello.txt")
    shell.run("cleat exec aws-auto --resource-type s3-bucket --resource-id s3://zenfiles -- "
              "aws s3 ls s3://zenfiles/", r"hello\.txt")


def scene_profile(shell):
    say("Then for good: a profile that asks Cleat for credentials whenever an AWS tool needs them.")
    shell.run("cleat service-connector login aws-auto --resource-type s3-bucket --resource-id s3://zenfiles "
              "--profile zenfiles", r"successfully configure")
    profile = (AWS_FOLDER / "config").read_text()
    if EXAMPLE_SECRET in profile or "credential_process" not in profile:
        raise DemoFailed("the profile should name a credential process and hold no secret")
    shell.run("aws configure list --profile zenfiles", r"custom-process")
    shell.run("aws --profile zenfiles s3 cp --no-progress hello.txt s3://zenfiles/again.txt", r"upload: ./hello.txt")
    shell.run("aws --profile zenfiles s3 cp --no-progress s3://zenfiles/again.txt fetched.txt", r"download: s3://zenfiles/again.txt")
    if (BOX.work / "fetched.txt").read_bytes() != (BOX.work / "hello.txt").read_bytes():
        raise DemoFailed("the fetched object differs from the one that was put")
    shell.run("cmp hello.txt fetched.txt")


def scene_registry(shell, registry):
    say(f"A second connector: the container registry {registry.host}, whose password Cleat keeps from now on.")
    shell.run(f"cleat service-connector register team-registry --type docker --registry={registry.url} "
              "--username=@registry-user.txt --password=@registry-password.txt", r"Successfully registered service connector `team-registry`")
    for name in ("registry-user.txt", "registry-password.txt"):
        (BOX.work / name).unlink()
    shell.run("cleat service-connector verify team-registry", r"is correctly configured", re.escape(registry.host))


def scene_host(shell, host):
    say(f"A third one: the SSH host {host.name}. Cleat logs in only to hosts whose keys are pinned.")
    shell.run("cleat service-connector register gpu-box --type hyperai --auth-method ed25519-key "
              f"--username={USER} --base64_ssh_key=@gpu_key --hostnames={host.name} --host_keys=@known_hosts",
              r"Successfully registered service connector `gpu-box`")
    (BOX.work / "gpu_key").unlink()
    shell.run("cleat service-connector verify gpu-box", r"is correctly configured", re.escape(host.name))


def scene_everything(shell, registry, host):
    say("What all connectors reach, in one list.")
    shell.run("cleat service-connector list-resources", r"aws-auto", *BUCKETS, CLUSTER,
              r"team-registry", re.escape(registry.host), r"gpu-box", re.escape(host.name))


def scene_images(shell, registry, password):
    say("After login the tools of containers ask Cleat for the password: skopeo copies an image in and out.")
    make_image(BOX.work / "image")
    there = f"docker://{registry.host}/team/app:1"
    shell.run("cleat service-connector login team-registry", r"successfully configure")
    check_nowhere(password, BOX.home)
    shell.run(f"skopeo copy --quiet --insecure-policy --dest-tls-verify=false oci:image:1 {there}")
    shell.run(f"skopeo copy --quiet --insecure-policy --src-tls-verify=false {there} oci:fetched:1")
    shell.run(f"skopeo inspect --tls-verify=false {there}", r"team/app")
    shell.run("cleat service-connector login team-registry --logout", r"Removed registry")
    shell.run(f"skopeo inspect --tls-verify=false {there}", r"unauthorized|authentication required", code=1)


def check_nowhere(secret, folder):
    for path in folder.rglob("*"):
        if path.is_file() and secret.encode() in path.read_bytes():
            raise DemoFailed(f"{path} holds the password")


FIRST_PART = [scene_types, scene_connector, scene_resources, scene_component, scene_exec, scene_profile]


def check_programs():
    missing = [program for program in (RELEASE / "cleat", VENV_BIN / "aws") if not program.exists()]
    missing += [program for program in ("docker-registry", "skopeo", "ssh-keygen", SSHD) if shutil.which(program) is None]
    if missing:
        raise DemoFailed(f"{missing[0]} is missing; run the demo as ./dev demo")


def second_part(shell, servers):
    password = "demo-" + secrets.token_hex(12)
    (BOX.work / "registry-user.txt").write_text("demo\n")
    (BOX.work / "registry-password.txt").write_text(password + "\n")
    registry = servers.enter_context(DockerRegistry(SERVERS / "registry", "demo", password))
    host = Sshd(SERVERS / "host")
    host.authorize(public(keygen(BOX.work / "gpu_key")))
    (BOX.work / "known_hosts").write_text(host.known_line() + "\n")
    servers.enter_context(host)
    scene_registry(shell, registry)
    scene_host(shell, host)
    scene_everything(shell, registry, host)
    scene_images(shell, registry, password)


def play():
    begin = time.monotonic()
    check_programs()
    with contextlib.ExitStack() as servers:
        aws = servers.enter_context(LocalAws(TOP / "build" / "logs" / "demo-aws.log"))
        prepare(aws.url)
        furnish(aws)
        say(f"A loopback AWS answers at {aws.url}: {len(BUCKETS)} buckets, an EKS cluster, an ECR repository. "
            f"Everything below happens with the home directory {BOX.home.relative_to(TOP)}.")
        shell = Shell()
        for scene in FIRST_PART:
            scene(shell)
        second_part(shell, servers)
    print(f"\nThe demo is done: {shell.count} commands in {time.monotonic() - begin:.0f} s, nothing is left running. "
          f"What it made lies in {BOX.folder.relative_to(TOP)}.")


def main():
    def interrupted(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    try:
        play()
    except DemoFailed as why:
        print(f"\nThe demo failed: {why}.\nIts files are kept in {BOX.folder.relative_to(TOP)}.", file=sys.stderr)
        return 1
    except RuntimeError as why:
        print(f"\nThe demo failed: {why}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe demo was interrupted; nothing is left running.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
