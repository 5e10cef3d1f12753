"""How often each route was answered, how, and for how long: counted in the process, added up in the database.

An instance writes what it has counted at the end of an answer, every EVERY_S at most. What it counted last goes
with it, so the sums are a few requests short; never an answer waits twice for a database that does not answer.
"""

import logging
import threading
import time
from collections import Counter

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from shared.database import core, in_transaction, unless_there
from shared.models.plumbing import RequestCount

EVERY_S = 15.0

Key = tuple[str, str, int]  # route, method, status

log = logging.getLogger("visits.http")

_NEW = unless_there(insert(RequestCount))
_ADD = (
    update(RequestCount)
    .where(
        RequestCount.route == bindparam("its_route"),
        RequestCount.method == bindparam("its_method"),
        RequestCount.status == bindparam("its_status"),
    )
    .values(
        requests=RequestCount.requests + bindparam("more"),
        ms=RequestCount.ms + bindparam("longer"),
    )
)

_lock = threading.Lock()
_requests: Counter[Key] = Counter()
_ms: Counter[Key] = Counter()
_written = time.monotonic()


def count(route: str, method: str, status: int, ms: float) -> None:
    with _lock:
        _requests[route, method, status] += 1
        _ms[route, method, status] += round(ms)
    if time.monotonic() - _written >= EVERY_S:
        write()


def write() -> None:
    global _written
    with _lock:
        _written = time.monotonic()
        taken = [(key, _requests[key], _ms[key]) for key in sorted(_requests)]
        _requests.clear()
        _ms.clear()
    try:
        _write(taken=taken)
    except Exception as error:  # noqa: BLE001 - no answer may fail for its statistics
        _take_back(taken)
        log.warning("counts_kept", extra={"error": type(error).__name__})


def _take_back(taken: list[tuple[Key, int, int]]) -> None:
    with _lock:
        for key, requests, ms in taken:
            _requests[key] += requests
            _ms[key] += ms


@in_transaction
def _write(session: Session, *, taken: list[tuple[Key, int, int]]) -> None:
    """In the keys' order: two instances that write at once wait for each other, never in a ring."""
    for (route, method, status), requests, ms in taken:
        its = {"its_route": route, "its_method": method, "its_status": status}
        added = {**its, "more": requests, "longer": ms}
        if not core(session).execute(_ADD, added).rowcount:
            core(session).execute(_NEW, {"route": route, "method": method, "status": status})
            core(session).execute(_ADD, added)
