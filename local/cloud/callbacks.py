"""Callbacks of TRTC to us: signed over the raw bytes, retried as the vendor does (cloud-facts 1.1)."""

import base64
import hashlib
import hmac
import json
import random
from typing import Any

from . import moment, outgoing
from .queue import Line
from .store import Store

ANSWER_SECONDS = 5.0
SHUFFLE_SECONDS = 1.0


def printed(value: Any, depth: int = 1) -> str:
    """JSON with tabs and newlines, as TRTC's C library prints it."""
    if isinstance(value, dict):
        inside = ",\n".join(
            "\t" * depth + f"{json.dumps(key, ensure_ascii=False)}:\t{printed(item, depth + 1)}"
            for key, item in value.items()
        )
        return "{\n" + inside + "\n" + "\t" * (depth - 1) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(printed(item, depth + 1) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def sign(key: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


class Callbacks:
    """`retry_seconds` is the vendor's 10; the first retry comes at once and the last a minute after the event.

    Delivery by order (`order`): `duplicate` extra copies of each, `shuffle` for an order of chance, `drop` for a list
    of EventTypes that get lost (`"*"`: all of them).
    """

    def __init__(
        self, store: Store, *, url: str, key: str, sdk_app_id: int, retry_seconds: float = 10.0
    ) -> None:
        self._store, self.url, self._key, self._sdk_app_id = store, url, key, sdk_app_id
        self.line = Line("trtc", store, self._post, [0.0] + [retry_seconds] * 6)

    def send(self, group: int, kind: int, info: dict[str, Any]) -> None:
        now = moment.milliseconds()
        stamped = {"EventTs": now // 1000, "EventMsTs": now, **info}
        event = {"EventGroupId": group, "EventType": kind, "CallbackTs": now, "EventInfo": stamped}
        order = self.ordered()
        if kind in order["drop"] or "*" in order["drop"]:
            return
        body = printed(event).encode()
        headers = {
            "Content-Type": "application/json",
            "Sign": sign(self._key, body),
            "SdkAppId": str(self._sdk_app_id),
        }
        for _ in range(1 + order["duplicate"]):
            wait = random.uniform(0, SHUFFLE_SECONDS) if order["shuffle"] else 0.0
            self.line.add(str(kind), headers, body, wait=wait)

    def order(self, *, duplicate: int, shuffle: bool, drop: list[Any]) -> None:
        body = {"duplicate": duplicate, "shuffle": shuffle, "drop": drop}
        self._store.put("callback_order", "trtc", body)

    def ordered(self) -> dict[str, Any]:
        nothing = {"duplicate": 0, "shuffle": False, "drop": []}
        return self._store.get("callback_order", "trtc") or nothing

    def _post(self, headers: dict[str, str], body: bytes) -> None:
        answer = outgoing.post(self.url, body, headers, timeout=ANSWER_SECONDS)
        if answer.status_code != 200:
            raise ConnectionError(f"status {answer.status_code}")
