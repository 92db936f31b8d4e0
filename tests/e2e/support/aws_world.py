"""An AWS account in the fake and the files of a user who has its keys."""

import os

from .canary import KEY_MARKER, MARKER

ACCOUNT = "123456789012"
REGION = "us-east-1"
CLUSTER = "zenhacks-cluster"
ECR = ACCOUNT + ".dkr.ecr.us-east-1.amazonaws.com"
B4 = ["aws-ia-mwaa-" + ACCOUNT, "zenfiles", "zenit-demos", "zenit-generative-chat"]
B5 = B4 + ["zenit-public-datasets"]
B6 = B5 + ["zenit-public-swagger-spec"]
ROLE = "arn:aws:iam::%s:role/data-reader" % ACCOUNT


def key_id(number, prefix="AKIA"):
    """20 characters, the marker in the middle where no abbreviation shows it."""
    return prefix + "1" + KEY_MARKER + "%02d" % number + "EXAMPLE"


class Keys:
    """A long-lived key pair, or with a token a temporary triple."""

    def __init__(self, number=1, name="cleat", token=False):
        self.name = name
        self.id = key_id(number, "ASIA" if token else "AKIA")
        self.secret = "s3cr3t/%s+%02d/abcdefghijklmnopq" % (MARKER, number)
        self.token = "FwoGZXIv%s//%02d+session==" % (MARKER, number) if token else None

    def user(self, **more):
        """As the fake's configuration wants it."""
        return dict({"name": self.name, "access_key_id": self.id, "secret_access_key": self.secret}, **more)

    def session(self, **more):
        return dict(
            {
                "access_key_id": self.id,
                "secret_access_key": self.secret,
                "session_token": self.token,
            },
            **more
        )

    def env(self):
        """Environment for @env: arguments and for the default chain alike."""
        env = {"AWS_ACCESS_KEY_ID": self.id, "AWS_SECRET_ACCESS_KEY": self.secret}
        if self.token:
            env["AWS_SESSION_TOKEN"] = self.token
        return env

    def profile(self):
        lines = ["aws_access_key_id = " + self.id, "aws_secret_access_key = " + self.secret]
        if self.token:
            lines.append("aws_session_token = " + self.token)
        return lines

    def typo(self):
        """The same key with one letter of the secret changed."""
        other = Keys.__new__(Keys)
        other.__dict__.update(self.__dict__, secret=self.secret[:-1] + "Q")
        return other


def strong_arguments(keys):
    """Secrets by way of the environment: (arguments, environment)."""
    arguments = ["--aws_access_key_id=@env:T_KEY", "--aws_secret_access_key=@env:T_SECRET"]
    env = {"T_KEY": keys.id, "T_SECRET": keys.secret}
    if keys.token:
        arguments.append("--aws_session_token=@env:T_TOKEN")
        env["T_TOKEN"] = keys.token
    return arguments, env


class AwsWorld:
    """The fake with an account in it, and ways to make connectors for it."""

    def __init__(self, fake, cleat, canary):
        self.fake = fake
        self.cleat = cleat
        self.canary = canary
        self.keys = Keys()
        self.reset()

    @property
    def url(self):
        return self.fake.url

    def reset(self, **changes):
        document = {
            "settings": {"marker": MARKER, "account": ACCOUNT},
            "users": [self.keys.user()],
            "roles": [{"arn": ROLE}],
            "buckets": B4,
            "clusters": [CLUSTER],
            "repositories": ["zenit-server"],
        }
        document.update(changes)
        self.fake.reset(document)

    # -- the user's own AWS files ------------------------------------------------------------

    def write_file(self, name, text, mode=0o600):
        path = os.path.join(self.cleat.home, ".aws", name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        self.canary.wrote(path, text)
        return path

    def login_files(self, keys=None, extra="", credentials=None):
        """~/.aws with a default profile: region and endpoint in config, keys in credentials."""
        self.write_file("config", "[default]\nregion = %s\nendpoint_url = %s\n%s" % (REGION, self.url, extra))
        if credentials is None:
            credentials = "[default]\n" + "\n".join((keys or self.keys).profile()) + "\n"
        self.write_file("credentials", credentials)

    # -- connectors --------------------------------------------------------------------------

    def register(
        self, name, method="secret-key", *more, keys=None, verify=True, region=REGION, url=None, **run
    ):
        """Registers through configuration arguments; the secrets come from the environment."""
        arguments, env = strong_arguments(keys or self.keys)
        words = [name, "--type", "aws", "--auth-method", method, "--region=" + region]
        words += ["--endpoint_url=" + (url or self.url)]
        if method == "iam-role" and not any(str(m).startswith("--role_arn") for m in more):
            words.append("--role_arn=" + ROLE)
        if not verify:
            words.append("--no-verify")
        env.update(run.pop("env", None) or {})
        return self.cleat.sc("register", *words, *arguments, *more, env=env, **run)

    def policies(self, operation="AssumeRole"):
        """Session policies that reached STS, as sent."""
        return [e["params"].get("Policy") for e in self.fake.log("sts", operation)]

    def make_calls_fail_unsigned(self):
        """Every request so far was signed correctly; says which was not."""
        return [e for e in self.fake.log() if not e["signature_ok"]]
