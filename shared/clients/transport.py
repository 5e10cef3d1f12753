"""The session under WeChat, WeCom and Tencent Cloud calls: one connection and time limit a call.

Imports `requests` (about 85 ms): import this module inside the function that calls out.
"""

import time
from collections.abc import Iterator
from typing import Any

import requests
import urllib3

from shared.clients import limits

CHUNK_BYTES = 64 * 1024


class LimitedSession(requests.Session):
    """Ends a call after `total_s` seconds however slowly it drips, and never follows a redirect.

    The limit is checked at each arrival, so the worst case is `total_s` twice. No connection is
    kept: an SCF instance may be frozen between two calls, and a POST on one that died fails.
    """

    def __init__(self, total_s: float | None = None) -> None:
        super().__init__()
        self.total_s = limits.TOTAL_S if total_s is None else total_s

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        ends_at = time.monotonic() + self.total_s
        kwargs["timeout"] = urllib3.Timeout(connect=limits.CONNECT_S, total=self.total_s)
        kwargs["stream"] = True
        kwargs["allow_redirects"] = False  # would carry the secrets of the query elsewhere
        if limits.is_loopback(str(request.url)):
            # HTTP_PROXY counts even for 127.0.0.1, and the SDK misreads NO_PROXY (cloud-facts 0.3).
            kwargs["proxies"] = {}
        response = super().send(request, **kwargs)
        try:
            response._content = b"".join(_chunks(response.raw, ends_at))
            response._content_consumed = True  # type: ignore[attr-defined]
        except urllib3.exceptions.TimeoutError:
            raise requests.ReadTimeout("the body did not come") from None
        except urllib3.exceptions.HTTPError:
            raise requests.ConnectionError("the body was cut") from None
        finally:
            response.raw.close()
        return response


def _chunks(raw: Any, ends_at: float) -> Iterator[bytes]:
    # read1 gives what has come; read would wait for a whole chunk, and the limit with it.
    while chunk := raw.read1(CHUNK_BYTES, decode_content=True):
        if time.monotonic() > ends_at:
            raise requests.ReadTimeout("the body took too long")
        yield chunk
