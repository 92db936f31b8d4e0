"""Looks for private keys and for things shaped like live credentials in every file of the repository.

The credentials that the vendors' documentation uses as examples all contain EXAMPLE and are fine;
tests build their keys at run time.
"""

import re
import sys

from csource import TOP, files, report

# The pieces are joined here so that this file does not find itself.
SHAPES = [
    ("a private key", re.compile("-----BEGIN [A-Z0-9 ]*" "PRIVATE KEY-----")),
    ("an AWS access key id", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")),
    ("an AWS secret key", re.compile(r"(?i)secret[\w \"']{0,24}[=:][ \"']*[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")),
    ("a GitHub token", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abpors]-[A-Za-z0-9-]{10,}")),
    ("a Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}")),
    ("a Google access token", re.compile(r"\bya29\.[0-9A-Za-z_-]{20,}")),
    ("a Docker Hub token", re.compile(r"\bdckr_pat_[A-Za-z0-9_-]{20,}")),
    ("a signed JSON web token", re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}")),
]


def findings(name, text):
    for what, shape in SHAPES:
        for match in shape.finditer(text):
            if "EXAMPLE" not in match.group():
                yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}: looks like {what}"


def main():
    complaints, count = [], 0
    for path in files(TOP, suffixes=()):
        count += 1
        complaints += findings(path, (TOP / path).read_bytes().decode("latin-1"))
    return report(complaints, f"{count} files, nothing shaped like a credential", "If one was live: revoke it first."
                  " Tests make their keys at run time, or use the documentation's example key.")


if __name__ == "__main__":
    sys.exit(main())
