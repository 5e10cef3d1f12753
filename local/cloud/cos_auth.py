"""AWS Signature Version 4 as COS takes it from boto3: in a header, or presigned in the query."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from werkzeug.wrappers import Request

HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<credential>[^,]+), ?SignedHeaders=(?P<signed>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
LONGEST_SKEW = timedelta(minutes=15)
Query = list[tuple[str, str]]


class Refused(Exception):
    """The first argument is the S3 error code."""


def verify(request: Request, body: bytes, secrets: Mapping[str, str]) -> None:
    """Raises Refused. Time is the wall clock, which boto3 signs with."""
    query = parse_qsl(urlsplit(_raw_uri(request)).query, keep_blank_values=True)
    given = dict(query)
    if "X-Amz-Signature" in given:
        credential, signature = given["X-Amz-Credential"], given["X-Amz-Signature"]
        names, stamp = given["X-Amz-SignedHeaders"].split(";"), given["X-Amz-Date"]
        end = _moment(stamp) + timedelta(seconds=int(given["X-Amz-Expires"]))
        payload = "UNSIGNED-PAYLOAD"
        query = [pair for pair in query if pair[0] != "X-Amz-Signature"]
    else:
        found = HEADER.fullmatch(request.headers.get("Authorization", ""))
        if not found:
            raise Refused("AccessDenied")
        credential, signature = found["credential"], found["signature"]
        names, stamp = found["signed"].split(";"), request.headers.get("X-Amz-Date", "")
        end = _moment(stamp) + LONGEST_SKEW
        payload = _payload(request, body)
    if datetime.now(timezone.utc) > end:
        raise Refused("AccessDenied")
    identity, _, scope = credential.partition("/")
    if identity not in secrets:
        raise Refused("InvalidAccessKeyId")
    canonical = _canonical(request, query, names, payload)
    if not hmac.compare_digest(_signature(secrets[identity], stamp, scope, canonical), signature):
        raise Refused("SignatureDoesNotMatch")


def _payload(request: Request, body: bytes) -> str:
    said = request.headers.get("X-Amz-Content-SHA256", "")
    if said != "UNSIGNED-PAYLOAD" and said != hashlib.sha256(body).hexdigest():
        raise Refused("XAmzContentSHA256Mismatch")
    return said


def _canonical(request: Request, query: Query, names: list[str], payload: str) -> str:
    path = quote(unquote(urlsplit(_raw_uri(request)).path), safe="/-_.~")
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query)
    line = "&".join(f"{name}={value}" for name, value in pairs)
    heads = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
    return f"{request.method}\n{path}\n{line}\n{heads}\n{';'.join(names)}\n{payload}"


def _signature(secret: str, stamp: str, scope: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = b"AWS4" + secret.encode()
    for part in [*scope.split("/"), f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _moment(stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        raise Refused("AccessDenied") from None


def _raw_uri(request: Request) -> str:
    """Path and query as they came over the wire, still encoded."""
    return str(request.environ.get("RAW_URI") or request.full_path)
