"""~/.aws/config and ~/.aws/credentials: profiles that call Cleat, and static copies of credentials."""

from .files import AwsAccount, Tool


class AwsFiles(Tool):
    name = "aws"
    files = {
        "dotfiles/aws-config": (b"# mine\r\n[default]\nregion = us-east-1\n\n[profile x]\nother_key = 1", 0o600),
        ".aws/credentials": (b"[x]\naws_access_key_id = unchanged\n\n\n# the end\n", 0o400),
    }
    links = {".aws/config": "../dotfiles/aws-config"}

    def prepare(self, killer):
        self.account = AwsAccount(killer, buckets=["one", "two"])

    def commands(self):
        found = {}
        for bucket in ("one", "two"):
            words = ["service-connector", "login", "role", "-r", "s3-bucket", "-ri", bucket]
            found["login " + bucket] = (words, False)
            found["copy " + bucket] = ([*words, "--static"], False)
            found["logout " + bucket] = ([*words, "--logout"], True)
        return found

    def close(self):
        self.account.close()
