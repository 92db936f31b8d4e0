"""IAM policies as far as the tests need them: Allow and Deny, wildcards in actions and resources.

A statement with a Condition never allows anything here: no request of the fake carries the
condition keys that session policies use (they concern KMS).
"""

import json
import re

ALLOW_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class PolicyError(ValueError):
    pass


def parse(text):
    """A policy document, or PolicyError with the sentence that STS would use."""
    try:
        document = json.loads(text)
    except ValueError:
        raise PolicyError("This policy contains invalid Json") from None
    if not isinstance(document, dict) or "Statement" not in document:
        raise PolicyError("Syntax errors in policy.")
    statements = as_list(document["Statement"])
    for statement in statements:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise PolicyError("Syntax errors in policy.")
        if not as_list(statement.get("Action")) or not as_list(statement.get("Resource")):
            raise PolicyError("Syntax errors in policy.")
    return document


def as_list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def matches(pattern, text, ignore_case=False):
    regex = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(regex, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _applies(statement, action, resource):
    if statement.get("Condition"):
        return False
    return any(matches(p, action, True) for p in as_list(statement.get("Action"))) and any(
        matches(p, resource) for p in as_list(statement.get("Resource"))
    )


def decide(documents, action, resource):
    """'allow', 'deny' (an explicit one) or 'none' over the union of documents."""
    verdict = "none"
    for document in documents:
        for statement in as_list(document["Statement"]):
            if _applies(statement, action, resource):
                if statement["Effect"] == "Deny":
                    return "deny"
                verdict = "allow"
    return verdict
