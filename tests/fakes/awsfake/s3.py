"""S3: REST XML, path style and virtual-host style."""

import hashlib
import re
import time
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from .errors import AwsError
from .wire import Response

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_VHOST = re.compile(r"^([a-z0-9][a-z0-9.-]*)\.(?:s3[.-][a-z0-9.-]*amazonaws\.[a-z.]+|localhost)(?::\d+)?$")


def address(request):
    """(bucket, key): key is None for the bucket itself, both are for the service."""
    match = _VHOST.match(request.header("host") or "")
    path = request.service_path.lstrip("/") if match is None else request.service_path[1:]
    if match is not None:
        return match.group(1), unquote(path) or None
    bucket, slash, key = request.service_path[1:].partition("/")
    if not bucket:
        return None, None
    return unquote(bucket), (unquote(key) if slash and key else None)


def identify(request):
    bucket, key = address(request)
    query = request.query
    level = "Service" if bucket is None else "Bucket" if key is None else "Object"
    operation = _NAMES.get((request.method, level), "")
    if operation == "ListObjectsV2" and "location" in query:
        operation = "GetBucketLocation"
    params = {k: v for k, v in query.items() if not k.startswith("X-Amz-")}
    params.update({"Bucket": bucket, "Key": key})
    return operation, bucket or "", params


_NAMES = {
    ("GET", "Service"): "ListBuckets",
    ("HEAD", "Bucket"): "HeadBucket",
    ("GET", "Bucket"): "ListObjectsV2",
    ("PUT", "Bucket"): "CreateBucket",
    ("GET", "Object"): "GetObject",
    ("HEAD", "Object"): "HeadObject",
    ("PUT", "Object"): "PutObject",
    ("DELETE", "Object"): "DeleteObject",
}
_ACTIONS = {
    "ListBuckets": "s3:ListAllMyBuckets",
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "GetBucketLocation": "s3:GetBucketLocation",
    "CreateBucket": "s3:CreateBucket",
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
}


def perform(state, request, operation, params, key, request_id, claim_region):
    if operation not in _ACTIONS:
        raise AwsError(
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
        )
    headers = {"x-amz-request-id": request_id, "x-amz-id-2": "host-" + request_id}
    bucket_name, object_key = params["Bucket"], params["Key"]
    arn = "arn:%s:s3:::%s" % (state.settings["partition"], bucket_name or "*")
    state.require(key, _ACTIONS[operation], arn + "/" + object_key if object_key is not None else arn)
    if operation == "ListBuckets":
        return _list_buckets(state, params, headers)
    if operation == "CreateBucket":
        with state.lock:
            state.merge({"buckets": [{"name": bucket_name, "region": claim_region}]})
        return Response(200, "application/xml", "", headers)
    bucket = state.buckets.get(bucket_name)
    if bucket is None:
        raise AwsError(
            404,
            "NoSuchBucket",
            "The specified bucket does not exist",
            extra={"BucketName": bucket_name},
        )
    _check_region(request, bucket, claim_region, operation)
    headers["x-amz-bucket-region"] = bucket["region"]
    if operation in ("HeadBucket", "GetBucketLocation", "ListObjectsV2"):
        return _on_bucket(state, operation, params, bucket, headers)
    return _on_object(state, operation, request, object_key, bucket, headers)


def _check_region(request, bucket, claim_region, operation):
    """A signature for another region is answered as the real endpoints do."""
    if claim_region == bucket["region"] or operation == "GetBucketLocation":
        return
    raise AwsError(
        400,
        "AuthorizationHeaderMalformed",
        "The authorization header is malformed; the region '%s' is wrong; expecting '%s'"
        % (claim_region, bucket["region"]),
        headers={"x-amz-bucket-region": bucket["region"]},
        extra={"Region": bucket["region"]},
    )


def _iso(epoch_s):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(epoch_s))


def _list_buckets(state, params, headers):
    paged = any(params.get(n) for n in ("max-buckets", "prefix", "bucket-region", "continuation-token"))
    limit = _number(params.get("max-buckets"), 1, 10000) if params.get("max-buckets") else None
    names = sorted(
        name
        for name, bucket in state.buckets.items()
        if name.startswith(params.get("prefix") or "")
        and (not params.get("bucket-region") or bucket["region"] == params["bucket-region"])
    )
    names, following = state.page("s3", names, limit, params.get("continuation-token"))
    rows = "".join(
        "<Bucket><Name>%s</Name><CreationDate>%s</CreationDate>%s</Bucket>"
        % (
            escape(name),
            _iso(state.buckets[name]["created"]),
            "<BucketRegion>%s</BucketRegion>" % state.buckets[name]["region"] if paged else "",
        )
        for name in names
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListAllMyBucketsResult xmlns="%s"><Owner><ID>owner</ID></Owner>'
        "<Buckets>%s</Buckets>%s</ListAllMyBucketsResult>"
        % (
            NAMESPACE,
            rows,
            "<ContinuationToken>%s</ContinuationToken>" % escape(following) if following else "",
        )
    )
    return Response(200, "application/xml", body, headers)


def _number(text, low, high):
    if not re.fullmatch(r"\d{1,6}", text) or not low <= int(text) <= high:
        raise AwsError(400, "InvalidArgument", "Argument must be an integer between %d and %d" % (low, high))
    return int(text)


def _on_bucket(state, operation, params, bucket, headers):
    if operation == "HeadBucket":
        return Response(200, "application/xml", "", headers)
    if operation == "GetBucketLocation":
        region = "" if bucket["region"] == "us-east-1" else bucket["region"]
        return Response(
            200,
            "application/xml",
            '<LocationConstraint xmlns="%s">%s</LocationConstraint>' % (NAMESPACE, region),
            headers,
        )
    return _list_objects(state, params, bucket, headers)


def _list_objects(state, params, bucket, headers):
    prefix, delimiter = params.get("prefix") or "", params.get("delimiter") or ""
    contents, common = [], set()
    for name in sorted(bucket["objects"]):
        if not name.startswith(prefix):
            continue
        cut = name.find(delimiter, len(prefix)) if delimiter else -1
        if cut >= 0:
            common.add(name[: cut + len(delimiter)])
        else:
            contents.append(name)
    limit = _number(params.get("max-keys") or "1000", 0, 1000)
    contents, following = state.page("s3-objects", contents, limit or 1, params.get("continuation-token"))
    spell = (lambda n: quote(n, safe="/-_.~")) if params.get("encoding-type") == "url" else escape
    rows = "".join(
        "<Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>%s</ETag><Size>%d</Size>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
        % (
            spell(n),
            _iso(bucket["objects"][n]["modified"]),
            escape(_etag(bucket["objects"][n])),
            len(bucket["objects"][n]["body"]),
        )
        for n in contents
    )
    rows += "".join("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % spell(n) for n in sorted(common))
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="%s"><Name>%s</Name><Prefix>%s</Prefix>'
        "<KeyCount>%d</KeyCount><MaxKeys>%d</MaxKeys>%s<IsTruncated>%s</IsTruncated>%s%s</ListBucketResult>"
        % (
            NAMESPACE,
            escape(params["Bucket"]),
            spell(prefix),
            len(contents) + len(common),
            limit,
            "<EncodingType>url</EncodingType>" if params.get("encoding-type") == "url" else "",
            "true" if following else "false",
            rows,
            ("<NextContinuationToken>%s</NextContinuationToken>" % escape(following) if following else ""),
        )
    )
    return Response(200, "application/xml", body, headers)


def _etag(stored):
    return '"%s"' % hashlib.md5(stored["body"], usedforsecurity=False).hexdigest()


def _on_object(state, operation, request, object_key, bucket, headers):
    if operation == "PutObject":
        stored = {
            "body": request.body,
            "type": request.header("content-type") or "binary/octet-stream",
            "modified": state.now(),
        }
        bucket["objects"][object_key] = stored
        return Response(200, "application/xml", "", dict(headers, ETag=_etag(stored)))
    if operation == "DeleteObject":
        bucket["objects"].pop(object_key, None)
        return Response(204, "application/xml", "", headers)
    stored = bucket["objects"].get(object_key)
    if stored is None:
        raise AwsError(404, "NoSuchKey", "The specified key does not exist.", extra={"Key": object_key})
    headers.update(
        {
            "ETag": _etag(stored),
            "Last-Modified": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(stored["modified"])),
        }
    )
    if operation == "HeadObject":
        response = Response(200, stored["type"], b"", headers)
        response.content_length = len(stored["body"])
        return response
    return _get_object(request, stored, headers)


def _get_object(request, stored, headers):
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.header("range") or "")
    if wanted is None:
        return Response(200, stored["type"], stored["body"], headers)
    size = len(stored["body"])
    first, last = int(wanted.group(1)), min(int(wanted.group(2) or size - 1), size - 1)
    if first >= size:
        raise AwsError(416, "InvalidRange", "The requested range is not satisfiable")
    headers["Content-Range"] = "bytes %d-%d/%d" % (first, last, size)
    return Response(206, stored["type"], stored["body"][first : last + 1], headers)


def decode_chunked(body):
    """The content of an aws-chunked upload; chunk signatures are not looked at."""
    content = b""
    while body:
        line, _, body = body.partition(b"\r\n")
        size = int(line.split(b";")[0], 16)
        if size == 0:
            return content
        content += body[:size]
        body = body[size + 2 :]
    return content
