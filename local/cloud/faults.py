"""Orders to fail, delay or repeat calls, and the WSGI layer that carries them out.

A fault is `{match, times, kind, code, seconds}`. `match` is a call's name (`wechat.message`,
`faceid.PhoneVerification`, `cos.put`, …) or a pattern (`trtc.*`). Kinds:
`error` (the provider's own error shape with `code`, no work done), `http500`, `timeout` (hold the line for
`seconds`, then hang up, no work done), `delay` (`seconds`, then as usual), `drop_answer` (work done, line
closed without an answer), `duplicate` (work done twice, the first answer given).
"""

import fnmatch
import io
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Response

from .store import Store

KINDS = ("error", "http500", "timeout", "delay", "drop_answer", "duplicate")
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class Faults:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.stopping = threading.Event()

    def order(self, match: str, times: int, kind: str, code: str, seconds: float) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO fault (match, times, kind, code, seconds) VALUES (?, ?, ?, ?, ?)",
                (match, times, kind, code, seconds),
            )

    def clear(self) -> None:
        with self._store.transaction() as db:
            db.execute("DELETE FROM fault")

    def listed(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._store.rows("SELECT * FROM fault ORDER BY id")]

    def take(self, call: str) -> dict[str, Any] | None:
        """The oldest order that fits this call, used up by one."""
        with self._store.transaction() as db:
            for fault in self.listed():
                if fnmatch.fnmatchcase(call, fault["match"]):
                    db.execute("UPDATE fault SET times = times - 1 WHERE id = ?", (fault["id"],))
                    db.execute("DELETE FROM fault WHERE times <= 0")
                    return fault
        return None


def hang_up(environ: Environ) -> None:
    """Close the line without an answer. The server takes the exception for a client gone away."""
    line = environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("hung up to order")


class FaultLine:
    """WSGI layer in front of `app`. `name` gives the call's name or None for what can not be made to fail;
    `refusal` writes the provider's error answer for a call and a code."""

    def __init__(
        self,
        app: Wsgi,
        faults: Faults,
        name: Callable[[Environ], str | None],
        refusal: Callable[[str, str], Response],
    ) -> None:
        self._app, self._faults, self._name, self._refusal = app, faults, name, refusal

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        call = self._name(environ)
        fault = self._faults.take(call) if call else None
        if call is None or fault is None:
            return self._app(environ, start_response)
        return self._carry_out(call, fault, environ)(environ, start_response)

    def _carry_out(self, call: str, fault: dict[str, Any], environ: Environ) -> Wsgi:
        kind = fault["kind"]
        if kind == "error":
            return self._refusal(call, fault["code"])
        if kind == "http500":
            return Response("Internal Server Error", status=500)
        if kind in ("timeout", "delay"):
            self._faults.stopping.wait(fault["seconds"])
            return self._app if kind == "delay" else _hanging_up
        answer = self._work(environ, 2 if kind == "duplicate" else 1)
        return _hanging_up if kind == "drop_answer" else answer

    def _work(self, environ: Environ, times: int) -> Response:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answers = [
            Response.from_app(self._app, {**environ, "wsgi.input": io.BytesIO(body)}, buffered=True)
            for _ in range(times)
        ]
        return answers[0]


def _hanging_up(environ: Environ, start_response: Any) -> Iterable[bytes]:
    hang_up(environ)
    return []
