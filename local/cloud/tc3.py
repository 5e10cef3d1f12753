"""TC3-HMAC-SHA256, the verifying side (cloud-facts 5)."""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from datetime import datetime, timezone

from werkzeug.datastructures import Headers

LONGEST_SKEW_SECONDS = 300
AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>[\d-]+)/(?P<service>\w+)/tc3_request, ?"
    r"SignedHeaders=(?P<signed>[\w;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


class Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def signature(
    secret: str,
    service: str,
    timestamp: int,
    body: bytes,
    *,
    method: str = "POST",
    query: str = "",
    signed: Mapping[str, str],
) -> str:
    """`signed` holds the signed headers in order, names in lower case."""
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    lines = "".join(f"{name}:{value.strip().lower()}\n" for name, value in signed.items())
    payload = hashlib.sha256(body).hexdigest()
    canonical = f"{method}\n/\n{query}\n{lines}\n{';'.join(signed)}\n{payload}"
    scope = f"{date}/{service}/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
    key = b"TC3" + secret.encode()
    for part in (date, service, "tc3_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def verify(headers: Headers, body: bytes, secrets: Mapping[str, str]) -> str:
    """The service that the call was signed for. Raises Refused. Time is the wall clock, which
    `POST /local/clock` does not move: the official SDK signs with it too."""
    found = AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    if not found:
        raise Refused("AuthFailure.SignatureFailure", "Authorization is missing or malformed")
    secret = secrets.get(found["id"])
    if secret is None:
        raise Refused("AuthFailure.SecretIdNotFound", "The SecretId is not found")
    stamp = headers.get("X-TC-Timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > LONGEST_SKEW_SECONDS:
        raise Refused("AuthFailure.SignatureExpire", "Signature is expired")
    names = found["signed"].split(";")
    if not {"content-type", "host"} <= set(names):
        raise Refused("AuthFailure.SignatureFailure", "content-type and host must be signed")
    unsigned = headers.get("X-TC-Content-SHA256") == "UNSIGNED-PAYLOAD"
    right = signature(
        secret,
        found["service"],
        int(stamp),
        b"UNSIGNED-PAYLOAD" if unsigned else body,
        signed={name: headers.get(name, "") for name in names},
    )
    if not hmac.compare_digest(right, found["signature"]):
        raise Refused("AuthFailure.SignatureFailure", "The provided credentials are not valid")
    return found["service"]
