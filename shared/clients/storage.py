"""COS through the S3 protocol (cloud-facts 6)."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from shared.clients import limits
from shared.clients.errors import ProviderError, ProviderRefused, ProviderUnavailable
from shared.settings import settings

T = TypeVar("T")

PROVIDER = "cos"
CHUNK_BYTES = 1024 * 1024
PAGE = 1000  # the most keys in one answer
CHECKSUM_S = 300.0  # a recording of two hours, read within the region
MISSING = {"NoSuchKey", "404"}
LATER = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "429"}


class ObjectMissing(ProviderRefused):
    def __init__(self) -> None:
        super().__init__(PROVIDER, "NoSuchKey")


class ObjectTooLarge(ProviderRefused):
    def __init__(self) -> None:
        super().__init__(PROVIDER, "too_large")


@dataclass(frozen=True)
class StoredObject:
    """`size` in bytes; `etag` without quotes, an MD5 only for an object uploaded in one piece."""

    size: int
    etag: str
    content_type: str


@dataclass(frozen=True)
class StoredKey:
    """`size` in bytes, `changed_at` in UTC."""

    key: str
    size: int
    changed_at: datetime


def presigned_put(key: str, *, content_type: str, seconds: int) -> str:
    """A URL for one PUT with this very Content-Type. It limits no size: look afterwards."""
    return _signed("put_object", seconds, Key=key, ContentType=content_type)


def presigned_get(key: str, *, seconds: int) -> str:
    """A URL to read one object; whether it exists is not looked at."""
    return _signed("get_object", seconds, Key=key)


def head(key: str) -> StoredObject | None:
    """None when there is no such object. Raises ProviderError."""
    try:
        found = _asked("head_object", Key=key)
    except ObjectMissing:
        return None
    kind = str(found.get("ContentType", ""))
    return StoredObject(int(found["ContentLength"]), found["ETag"].strip('"'), kind)


def read(key: str, *, limit: int) -> bytes:
    """The whole object. Raises ObjectMissing, ObjectTooLarge over `limit` bytes, ProviderError."""
    found = _asked("get_object", Key=key)
    if found["ContentLength"] > limit:
        found["Body"].close()
        raise ObjectTooLarge
    return b"".join(_chunks(found["Body"], limits.TOTAL_S))


def sha256(key: str) -> str:
    """Hexadecimal, reading 1 MiB at a time. Raises ObjectMissing, ProviderError."""
    digest = hashlib.sha256()
    for chunk in _chunks(_asked("get_object", Key=key)["Body"], CHECKSUM_S):
        digest.update(chunk)
    return digest.hexdigest()


def write(key: str, data: bytes, content_type: str) -> None:
    """Raises ProviderError."""
    _asked("put_object", Key=key, Body=data, ContentType=content_type)


def keys(prefix: str, limit: int, *, after: str = "") -> list[StoredKey]:
    """The first `limit` keys that begin with `prefix` and come after `after`, in order, without folders. Raises
    ProviderError."""
    found = _listed(prefix, min(limit, PAGE), after)
    return list(islice((one for one in found if not _is_folder(one)), limit))


def every_key(prefix: str, *, after: str = "") -> Iterator[StoredKey]:
    """All of them that come after `after`, read page by page as they are asked for, without folders. Raises
    ProviderError."""
    return (one for one in _listed(prefix, PAGE, after) if not _is_folder(one))


def everything(prefix: str, limit: int) -> list[StoredKey]:
    """The first `limit` keys, folders too: for who deletes them. Raises ProviderError."""
    return list(islice(_listed(prefix, min(limit, PAGE), ""), limit))


def delete(key: str) -> None:
    """Fine when there is no such object. Raises ProviderError."""
    # One by one: boto3 sends a batch with a CRC32 where COS asks for Content-MD5.
    _asked("delete_object", Key=key)


def _listed(prefix: str, page: int, marker: str) -> Iterator[StoredKey]:
    while True:
        # The first version of the call: that COS takes the second could not be confirmed.
        found = _asked("list_objects", Prefix=prefix, MaxKeys=page, Marker=marker)
        items = found.get("Contents", [])
        for item in items:
            yield StoredKey(item["Key"], item["Size"], item["LastModified"])
        if not found.get("IsTruncated") or not items:
            return
        marker = items[-1]["Key"]


def _is_folder(stored: StoredKey) -> bool:
    """An empty object of this name is how the vendor's console makes a folder; no key of ours ends so."""
    return stored.key.endswith("/")


def _signed(operation: str, seconds: int, **fields: Any) -> str:
    fields["Bucket"] = settings().cos_bucket
    return str(_client().generate_presigned_url(operation, Params=fields, ExpiresIn=seconds))


def _asked(operation: str, **fields: Any) -> Any:
    return _named(lambda: getattr(_client(), operation)(Bucket=settings().cos_bucket, **fields))


def _chunks(body: Any, total_s: float) -> Iterator[bytes]:
    ends_at = time.monotonic() + total_s
    try:
        while chunk := _named(lambda: body.read(CHUNK_BYTES)):
            if time.monotonic() > ends_at:
                raise ProviderUnavailable(PROVIDER, "timeout")
            yield chunk
    finally:
        body.close()


def _named(act: Callable[[], T]) -> T:
    outcome, failure = _outcome(act)
    if failure is not None:
        raise failure  # outside the `except`: boto's errors carry the URL
    return outcome  # type: ignore[return-value]  # None only together with a failure


def _outcome(act: Callable[[], T]) -> tuple[T | None, ProviderError | None]:
    from botocore import exceptions as boto

    try:
        return act(), None
    except boto.ClientError as error:
        return None, _refusal(error.response)
    except (boto.ConnectTimeoutError, boto.ReadTimeoutError):
        return None, ProviderUnavailable(PROVIDER, "timeout")
    except boto.ParamValidationError:
        return None, ProviderRefused(PROVIDER, "bad_request")
    except boto.BotoCoreError:
        return None, ProviderUnavailable(PROVIDER, "no_connection")


def _refusal(answer: Any) -> ProviderError:
    code = str(answer["Error"].get("Code", "unknown"))
    status = int(answer["ResponseMetadata"]["HTTPStatusCode"])
    if code in MISSING:
        return ObjectMissing()
    # Without a body (HEAD) the code is the bare status.
    name = f"http_{code}" if code.isdigit() else code
    later = status >= 500 or code in LATER
    return ProviderUnavailable(PROVIDER, name) if later else ProviderRefused(PROVIDER, name)


def _client() -> Any:
    """Built once a process for these settings, about 180 ms."""
    chosen = settings()
    return _made(
        chosen.cos_endpoint,
        chosen.cos_addressing,
        chosen.tencent_region,
        chosen.tencent_secret_id,
        chosen.tencent_secret_key,
        chosen.tencent_session_token,
    )


@lru_cache(maxsize=1)
def _made(endpoint: str, addressing: str, region: str, key_id: str, key: str, token: str) -> Any:
    from boto3.session import Session
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        # `virtual` said aloud: with an endpoint of ours boto3 would choose path, which COS refuses.
        s3={"addressing_style": addressing},
        # Otherwise https uploads come chunked, without the Content-Length that COS demands.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=limits.CONNECT_S,
        read_timeout=limits.TOTAL_S - limits.CONNECT_S,
        # No retry within the call: it has one time limit, and callers try again in their own way.
        retries={"total_max_attempts": 1, "mode": "standard"},
        # {} is "no proxy", None is "as the environment says", which includes proxies for 127.0.0.1.
        proxies={} if limits.is_loopback(endpoint) else None,
    )
    return Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=key,
        aws_session_token=token or None,
        config=config,
    )
