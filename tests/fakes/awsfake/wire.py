"""Requests and responses as plain values, between the socket and the services."""

import json
from urllib.parse import parse_qsl


class Request:
    def __init__(self, method, target, headers, wire_body):
        self.method = method
        self.raw_path, _, self.raw_query = target.partition("?")
        self.headers = headers  # (name, value) in the order received
        self.wire_body = wire_body  # what was hashed by the signer
        self.body = wire_body  # what is meant, differs for aws-chunked uploads
        self.service_path = self.raw_path  # without the endpoint's own path prefix

    def header(self, name):
        name = name.lower()
        for other, value in self.headers:
            if other.lower() == name:
                return value
        return None

    @property
    def query(self):
        return dict(parse_qsl(self.raw_query.replace("+", "%2B"), keep_blank_values=True))

    @property
    def form(self):
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self):
        value = json.loads(self.body.decode("utf-8")) if self.body else {}
        if not isinstance(value, dict):
            raise ValueError("not an object")
        return value


class Response:
    def __init__(self, status=200, content_type="text/xml", body="", headers=None):
        self.status = status
        self.content_type = content_type
        self.body = body.encode("utf-8") if isinstance(body, str) else body
        self.headers = headers or {}
        self.content_length = None  # of a HEAD reply, whose body is not sent


def json_response(value, status=200):
    return Response(status, "application/json", json.dumps(value))
