"""What the fake account holds: principals, keys, sessions, buckets, clusters, repositories."""

import base64
import re
import secrets
import string
import threading
import time

from . import policy
from .errors import AwsError

DEFAULTS = {
    "account": "123456789012",
    "partition": "aws",
    "default_region": "us-east-1",
    "time_offset_s": 0,
    # Overrides the life of every session issued, so that expiry can be watched.
    "session_seconds": None,
    # service -> largest page; the client's own limit applies too.
    "page_size": {},
    # service -> always hand out the same continuation token again.
    "page_loop": {},
    # Goes into every secret that the fake makes, see the canary of tests/e2e.
    "marker": "CANARY",
    "fractional_expiration": False,
    "ecr_expires_at": None,
    "ecr_password": None,
    "endpoint_prefixes": [],
    "managed_policies": {},
    "shared_latency_ms": 0,
}
_ID_ALPHABET = string.ascii_uppercase + "234567"


class Key:
    """An access key, long-lived or of a session, and what it may do."""

    def __init__(self, key_id, secret, arn, user_id, kind):
        self.key_id = key_id
        self.secret = secret
        self.arn = arn
        self.user_id = user_id
        self.kind = kind  # user, root, role, session, federated, given
        self.token = None
        self.expires_at = None
        self.active = True
        self.identity = [policy.ALLOW_ALL]
        self.session_policies = None  # None: no session policy limits this key
        self.session_policy_texts = []

    def expired(self, now):
        return self.expires_at is not None and now >= self.expires_at

    def permits(self, action, resource):
        if policy.decide(self.identity, action, resource) != "allow":
            return False
        if self.session_policies is None:
            return True
        return policy.decide(self.session_policies, action, resource) == "allow"


class Role:
    def __init__(self, arn, spec):
        self.arn = arn
        self.name = arn.rsplit("/", 1)[-1]
        self.account = arn.split(":")[4]
        self.role_id = "AROA" + _token(17)
        self.identity = [spec["policy"]] if spec.get("policy") else [policy.ALLOW_ALL]
        self.max_session = spec.get("max_session_duration", 3600)
        self.external_id = spec.get("external_id")
        self.trusted = spec.get("trusted", ["*"])


def _token(length):
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(length))


class State:
    """All of it behind one lock; nothing is held while a reply is delayed."""

    def __init__(self):
        self.lock = threading.RLock()
        self.clear()

    def clear(self):
        with self.lock:
            self.settings = {
                k: (dict(v) if isinstance(v, dict) else list(v) if isinstance(v, list) else v)
                for k, v in DEFAULTS.items()
            }
            self.keys = {}
            self.roles = {}
            self.buckets = {}
            self.clusters = {}
            self.repositories = {}

    @property
    def account(self):
        return self.settings["account"]

    def now(self):
        return time.time() + self.settings["time_offset_s"]

    def arn(self, service, rest, account=None):
        return "arn:%s:%s::%s:%s" % (
            self.settings["partition"],
            service,
            account or self.account,
            rest,
        )

    # -- filling -----------------------------------------------------------------------------

    def merge(self, document):
        """Takes a configuration document (README.md lists its members)."""
        known = {"settings", "users", "roles", "buckets", "clusters", "repositories", "sessions"}
        unknown = set(document) - known
        if unknown:
            raise ValueError("unknown members: %s" % ", ".join(sorted(unknown)))
        with self.lock:
            self._merge_settings(document.get("settings", {}))
            for spec in document.get("users", []):
                self._add_user(spec)
            for spec in document.get("sessions", []):
                self._add_given_session(spec)
            for spec in document.get("roles", []):
                role = Role(spec["arn"], spec)
                self.roles[role.arn] = role
            for spec in document.get("buckets", []):
                self._add_bucket({"name": spec} if isinstance(spec, str) else spec)
            for spec in document.get("clusters", []):
                self._add_cluster({"name": spec} if isinstance(spec, str) else spec)
            for spec in document.get("repositories", []):
                self._add_repository({"name": spec} if isinstance(spec, str) else spec)

    def _merge_settings(self, settings):
        unknown = set(settings) - set(DEFAULTS)
        if unknown:
            raise ValueError("unknown settings: %s" % ", ".join(sorted(unknown)))
        self.settings.update(settings)

    def _add_user(self, spec):
        name = spec.get("name", "cleat")
        root = bool(spec.get("root"))
        arn = self.arn("iam", "root") if root else self.arn("iam", "user/" + name)
        key = Key(
            spec["access_key_id"],
            spec["secret_access_key"],
            arn,
            self.account if root else "AIDA" + _token(17),
            "root" if root else "user",
        )
        key.active = spec.get("active", True)
        if spec.get("policy"):
            key.identity = [spec["policy"]]
        self.keys[key.key_id] = key

    def _add_given_session(self, spec):
        """A temporary triple that the test chose itself."""
        arn = self.arn("sts", "assumed-role/%s/given" % spec.get("role", "given"))
        key = Key(
            spec["access_key_id"],
            spec["secret_access_key"],
            arn,
            "AROA" + _token(17) + ":given",
            "given",
        )
        key.token = spec["session_token"]
        key.expires_at = self.now() + spec.get("seconds", 3600)
        if spec.get("policy"):
            key.identity = [spec["policy"]]
        self.keys[key.key_id] = key

    def _add_bucket(self, spec):
        self.buckets[spec["name"]] = {
            "region": spec.get("region", self.settings["default_region"]),
            "created": spec.get("created", 1684483895),
            "objects": {},
        }

    def _add_cluster(self, spec):
        name = spec["name"]
        region = spec.get("region", self.settings["default_region"])
        self.clusters[(region, name)] = {
            "arn": "arn:%s:eks:%s:%s:cluster/%s" % (self.settings["partition"], region, self.account, name),
            "status": spec.get("status", "ACTIVE"),
            "endpoint": spec.get(
                "endpoint",
                "https://%s.gr7.%s.eks.amazonaws.com" % (secrets.token_hex(16).upper(), region),
            ),
            "ca": spec.get("ca", base64.b64encode(b"certificate authority of " + name.encode()).decode()),
            "created": 1684483895.5,
        }

    def _add_repository(self, spec):
        self.repositories[(spec.get("region", self.settings["default_region"]), spec["name"])] = {
            "created": 1684483895.5
        }

    # -- sessions ----------------------------------------------------------------------------

    def issue(self, parent, arn, user_id, kind, seconds):
        """A fresh temporary key; its secret and token carry the marker."""
        marker = self.settings["marker"]
        lifetime = self.settings["session_seconds"] or seconds
        with self.lock:
            key = Key("ASIA" + _token(16), marker + secrets.token_hex(12) + "/sec", arn, user_id, kind)
            key.token = "FwoG" + marker + secrets.token_urlsafe(90) + "//+=="
            key.expires_at = self.now() + lifetime
            key.identity = list(parent)
            self.keys[key.key_id] = key
            return key

    def limit(self, key, texts):
        """Session policies of `key`; an empty list grants nothing, None limits nothing."""
        key.session_policy_texts = texts or []
        key.session_policies = None if texts is None else [policy.parse(t) for t in texts]

    def expire_sessions(self):
        with self.lock:
            for key in self.keys.values():
                if key.token is not None:
                    key.expires_at = self.now() - 1

    def drop_sessions(self):
        with self.lock:
            self.keys = {i: k for i, k in self.keys.items() if k.token is None}

    # -- answers -----------------------------------------------------------------------------

    def page(self, service, items, asked, token):
        """(items of this page, next token or None). Tokens need encoding in a query on purpose."""
        sizes = [n for n in (self.settings["page_size"].get(service), asked) if n]
        size = min(sizes) if sizes else len(items) or 1
        start = 0
        if token:
            match = re.fullmatch(r"n\+/(\d+)==", token)
            if match is None:
                raise AwsError(400, "InvalidParameterException", "The specified token is invalid.")
            start = int(match.group(1))
        following = start + size
        if self.settings["page_loop"].get(service):
            following = size
        elif following >= len(items):
            return items[start:], None
        return items[start : start + size], "n+/%d==" % following

    def require(self, key, action, resource):
        if not key.permits(action, resource):
            raise AwsError(
                403,
                "AccessDenied",
                "User: %s is not authorized to perform: %s on resource: %s because no %s policy allows the %s action"
                % (
                    key.arn,
                    action,
                    resource,
                    "session" if key.session_policies is not None else "identity-based",
                    action,
                ),
            )
