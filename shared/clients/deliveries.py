"""What we send to the centre's other systems and fetch from them, signed as they sign theirs (T22, T23)."""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from shared.clients import limits
from shared.clients.errors import ProviderError, ProviderRefused, ProviderUnavailable
from shared.clock import now
from shared.rules import signatures

PROVIDER = "connected_system"
# 401 too: a clock or a key that people put right, and each try is signed anew.
LATER = {401, 408, 425, 429}


def push(
    *, url: str, system_id: str, key: str, body: Mapping[str, Any], algorithm: str = "HMAC-SM3"
) -> None:
    """POST `body` as JSON. Raises ProviderRefused or ProviderUnavailable; neither quotes key, body or URL.

    Not idempotent by itself: `body` must carry an id that the receiver can tell a second one by.
    """
    data = json.dumps(body, ensure_ascii=False).encode()
    _call("POST", url, {}, data, system_id, key, algorithm)


def fetch(
    *,
    url: str,
    system_id: str,
    key: str,
    query: Mapping[str, str],
    algorithm: str = "HMAC-SM3",
) -> dict[str, Any]:
    """GET `url` with `query`; gives the JSON object. Raises as `push`."""
    text = _call("GET", url, query, b"", system_id, key, algorithm)
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ProviderUnavailable(PROVIDER, "bad_answer")
    return answer


def signed_headers(
    *,
    method: str,
    target: str,
    body: bytes,
    system_id: str,
    key: str,
    algorithm: str = "HMAC-SM3",
) -> dict[str, str]:
    """`target` as `signatures.target` writes it."""
    timestamp, nonce = int(now().timestamp()), secrets.token_hex(16)
    signature = signatures.sign(
        key,
        algorithm=algorithm,
        timestamp=timestamp,
        nonce=nonce,
        method=method,
        path=target,
        body=body,
    )
    return {
        "X-Visits-System": system_id,
        "X-Visits-Timestamp": str(timestamp),
        "X-Visits-Nonce": nonce,
        "X-Visits-Algorithm": algorithm,
        "X-Visits-Signature": signature,
    }


def _call(
    method: str,
    url: str,
    query: Mapping[str, str],
    body: bytes,
    system_id: str,
    key: str,
    algorithm: str,
) -> bytes:
    if not (url.startswith("https://") or limits.is_loopback(url)):
        raise ProviderRefused(PROVIDER, "insecure_url")
    headers = signed_headers(
        method=method,
        target=signatures.target(urlsplit(url).path or "/", query),
        body=body,
        system_id=system_id,
        key=key,
        algorithm=algorithm,
    )
    if body:
        headers["Content-Type"] = "application/json; charset=utf-8"
    # Raised here, outside every `except`: what requests raises holds the request, and with it people's data.
    content, failure = _outcome(method, url, query, body, headers)
    if failure is not None:
        raise failure
    return content


def _outcome(
    method: str, url: str, query: Mapping[str, str], body: bytes, headers: dict[str, str]
) -> tuple[bytes, ProviderError | None]:
    import requests

    from shared.clients.transport import LimitedSession

    try:
        response = LimitedSession().request(
            method, url, params=dict(query), data=body or None, headers=headers
        )
    except requests.Timeout:
        return b"", ProviderUnavailable(PROVIDER, "timeout")
    except requests.RequestException:
        return b"", ProviderUnavailable(PROVIDER, "no_connection")
    return response.content, _failure(response.status_code)


def _failure(status: int) -> ProviderError | None:
    if status < 300:
        return None
    kind = ProviderUnavailable if status >= 500 or status in LATER else ProviderRefused
    return kind(PROVIDER, f"http_{status}")
