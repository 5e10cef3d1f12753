"""What the journey may use: HTTP to the gateway, presigned addresses, and the emulated cloud's controls.

It imports no use case and opens no database: whatever it learns, it learns as a person would.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import requests

from shared.clock import read_moment

T = TypeVar("T")

TIMEOUT_S = 60
# TRTC sends a callback that was not taken again after 10 s, and timers come each 10 s: a gateway that was killed may need
# 25 s for what takes one otherwise.
PATIENCE_S = 60


class StepFailed(Exception):
    """What was expected and what came instead."""


class World:
    """The gateway, who is signed in, and what earlier steps learned (ids, keys, times)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tokens: dict[str, str] = {}
        self.known: dict[str, Any] = {}

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str | None = None,
        expect: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """The answer's JSON. Raises StepFailed for another status than `expect`."""
        sent = dict(headers or {})
        if who is not None:
            sent["Authorization"] = f"Bearer {self.tokens[who]}"
        answer = requests.request(
            method, self.url + path, json=body, headers=sent, timeout=TIMEOUT_S
        )
        if answer.status_code != expect:
            raise StepFailed(
                f"{method} {path}: expected {expect}, got {answer.status_code} {answer.text[:400]}"
            )
        return answer.json()

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, body if body is not None else {}, **more)

    def upload(self, place: dict[str, Any], data: bytes) -> None:
        """PUT to a presigned address, as the mini-program does."""
        answer = requests.put(
            place["url"],
            data=data,
            headers={"Content-Type": place["content_type"]},
            timeout=TIMEOUT_S,
        )
        require(answer.ok, f"upload answered {answer.status_code}")

    def wait_for(
        self, what: str, look: Callable[[], T | None], *, patience_s: float = PATIENCE_S
    ) -> T:
        """Poll until `look` gives something true; for what a timer or a callback brings about."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            found = look()
            if found:
                return found
            time.sleep(0.1)
        raise StepFailed(f"waited {patience_s} s in vain for {what}")

    def now(self) -> datetime:
        return read_moment(self.get("/local/clock")["now"])

    def move_clock(self, to: datetime) -> None:
        if to > self.now():
            self.post("/local/clock", {"at": to.isoformat()})

    def forward(self, **span: float) -> None:
        self.move_clock(self.now() + timedelta(**span))

    def sent(self, channel: str, to: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/local/sent?channel={channel}&to={to}")["sent"]
        return found

    def wait_for_message(self, channel: str, to: str, text: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            return next((one for one in self.sent(channel, to) if text in str(one["body"])), None)

        return self.wait_for(f"a {channel} message to {to} with “{text}”", look)


def require(fact: object, otherwise: str) -> None:
    if not fact:
        raise StepFailed(otherwise)


def codes(problem: dict[str, Any]) -> set[str]:
    """The reason codes of a problem answer."""
    return {one["code"] for one in problem["errors"]}
