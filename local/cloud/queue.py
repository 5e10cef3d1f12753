"""A delivery queue in the state file: what is accepted is tried until it is taken or given up, across kills."""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence

from .store import Store

log = logging.getLogger(__name__)
LONGEST_NAP = 5.0


class Line:
    """Messages of one kind, delivered one after the other in the order they fall due.

    `send(headers, body)` raises when the other side did not take the message. `pauses[n]` is the wait in seconds
    after failure n; when they are used up the message is given up. Failures are counted, not the hours: the time in
    which this process was dead does not use up a message's chances.
    """

    def __init__(
        self,
        name: str,
        store: Store,
        send: Callable[[dict[str, str], bytes], None],
        pauses: Sequence[float],
    ) -> None:
        self.name, self._store, self._send, self._pauses = name, store, send, pauses
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, label: str, headers: dict[str, str], body: bytes, *, wait: float = 0) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO delivery (line, label, headers, body, due) VALUES (?, ?, ?, ?, ?)",
                (self.name, label, json.dumps(headers), body, time.time() + wait),
            )
        self._wake.set()

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name=f"line-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            wait = self._deliver_next()
            if wait > 0:
                self._wake.wait(wait)

    def _deliver_next(self) -> float:
        """Seconds until there is something to do; 0 after an attempt."""
        rows = self._store.rows(
            "SELECT * FROM delivery WHERE line = ? AND state = 'pending' ORDER BY due, id LIMIT 1",
            self.name,
        )
        if not rows:
            return LONGEST_NAP
        row = rows[0]
        wait = float(row["due"]) - time.time()
        if wait > 0:
            return min(LONGEST_NAP, wait)
        try:
            self._send(json.loads(row["headers"]), row["body"])
        except Exception as error:  # noqa: BLE001 - whatever fails there, the message stays ours
            self._failed(row["id"], row["tries"], error)
        else:
            self._settle(row["id"], "done", row["tries"] + 1)
        return 0

    def _failed(self, number: int, tries: int, error: Exception) -> None:
        log.warning("delivery failed line=%s id=%s try=%s %s", self.name, number, tries + 1, error)
        if tries < len(self._pauses):
            due = time.time() + self._pauses[tries]
            self._settle(number, "pending", tries + 1, due=due, error=str(error))
        else:
            self._settle(number, "given_up", tries + 1, error=str(error))

    def _settle(
        self, number: int, state: str, tries: int, *, due: float = 0.0, error: str = ""
    ) -> None:
        with self._store.transaction() as db:
            db.execute(
                "UPDATE delivery SET state = ?, tries = ?, due = ?, error = ? WHERE id = ?",
                (state, tries, due, error, number),
            )


def listed(store: Store, line: str = "") -> list[dict[str, object]]:
    rows = store.rows(
        "SELECT id, line, label, body, state, tries, error FROM delivery "
        "WHERE ? = '' OR line = ? ORDER BY id",
        line,
        line,
    )
    return [{**dict(row), "body": json.loads(row["body"])} for row in rows]
