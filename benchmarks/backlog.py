"""When more frames come than can be looked at: how old is what is looked at, and is somebody told?

    python -m benchmarks.backlog [--json] [--seconds 40] [--look-ms 65]

5 and then 500 visits send a frame every 5 s for so long; each is an event in one line, first come first served, as COS
calls a function. Two threads stand for two cores; looking is a pause of `--look-ms`, what benchmarks.visits measures,
and COS is a dictionary. Everything else is monitor_hook's watch_frame on MariaDB. `lag_*_s`: how old frames were
once they had been looked at (a key tells whole seconds, so up to 1 s too much); `unseen_max_s`: the longest that a
visit's picture was not looked at; `line_max`: the longest the line of events became.
"""

import argparse
import json
import os
import queue
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.room_data import make_visits
from functions.monitor_hook import watch_frame
from local import migrate
from local.mariadb import MariaDBMissing, running_mariadb
from shared.clients import storage
from shared.clock import now
from shared.database import engine
from shared.models.rooms import Frame
from shared.models.tickets import Ticket
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import FAMILY
from shared.settings import settings

FEW, MANY = 5, 500
CORES = 2
EVERY_S = 5.0


class Cos:
    """Keys by folder, in their order; a thread may add while another lists."""

    def __init__(self) -> None:
        self._folders: dict[str, list[str]] = defaultdict(list)

    def add(self, key: str) -> None:
        self._folders[key.rpartition("/")[0] + "/"].append(key)

    def keys(self, prefix: str, limit: int, *, after: str = "") -> list[storage.StoredKey]:
        later = [one for one in list(self._folders[prefix]) if one > after]
        return [storage.StoredKey(one, 1, now()) for one in later[:limit]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.backlog")
    parser.add_argument("--json", action="store_true", help="one line")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--look-ms", type=float, default=65.0)
    options = parser.parse_args()
    try:
        report = {str(count): _measure(count, options) for count in (FEW, MANY)}
    except MariaDBMissing as missing:
        sys.exit(str(missing))
    print(json.dumps(report, indent=None if options.json else 2))


def _measure(count: int, options: argparse.Namespace) -> dict[str, Any]:
    with running_mariadb() as server:
        os.environ["DATABASE_URL"] = server.create("backlog")
        settings.cache_clear()
        engine.cache_clear()
        migrate.to_newest()
        visits = make_visits(count, VisitStatus.IN_PROGRESS)
        line_max = _watched(visits, options)
        report = _seen(count)
        engine().dispose()
    return {**report, "line_max": line_max}


def _watched(visits: Sequence[Visit], options: argparse.Namespace) -> int:
    cos, line, over = Cos(), queue.Queue[str](), threading.Event()

    def look(*_: object) -> list[dict[str, Any]]:
        time.sleep(options.look_ms / 1000)
        return []

    def work() -> None:
        while not over.is_set():
            try:
                watch_frame.watch_frame(line.get(timeout=0.2))
            except queue.Empty:
                continue

    storage.keys = cos.keys
    watch_frame._picture = lambda _key: b"x"
    watch_frame._faces = look
    threads = [threading.Thread(target=work) for _ in range(CORES)]
    for one in threads:
        one.start()
    longest = _send(visits, cos, line, options.seconds)
    over.set()
    for one in threads:
        one.join()
    return longest


def _send(visits: Sequence[Visit], cos: Cos, line: "queue.Queue[str]", seconds: float) -> int:
    """Each visit at its own moment, then every 5 s. Gives the longest the line became."""
    choose, longest, began = random.Random(1), 0, time.monotonic()
    due = sorted((choose.uniform(0, EVERY_S) + EVERY_S * n, visit.id, visit)
                 for visit in visits for n in range(int(seconds / EVERY_S)))  # fmt: skip
    for at, _, visit in due:
        time.sleep(max(0.0, began + at - time.monotonic()))
        user = f"{FAMILY}{visit.requested_by}"
        name = f"{settings().trtc_sdk_app_id}_{visit.room_id}_{user}_{now():%Y%m%d%H%M%S}.jpg"
        key = f"frames/{visit.id}/task/{user}/images/{name}"
        cos.add(key)
        line.put(key)
        longest = max(longest, line.qsize())
    return longest


def _seen(count: int) -> dict[str, Any]:
    with Session(engine()) as session, session.begin():
        frames = session.execute(
            select(Frame.visit_id, Frame.taken_at, Frame.analysed_at).order_by(Frame.analysed_at)
        ).all()
        tickets = session.scalar(select(func.count()).select_from(Ticket))
    lags = sorted((one.analysed_at - one.taken_at).total_seconds() for one in frames)
    seen: dict[str, list[Any]] = defaultdict(list)
    for one in frames:
        seen[one.visit_id].append(one.analysed_at)
    gaps = [b - a for times in seen.values() for a, b in zip(times, times[1:], strict=False)]
    return {
        "visits": count,
        "visits_seen": len(seen),
        "looked_at": len(frames),
        "lag_p50_s": round(lags[len(lags) // 2], 1),
        "lag_p99_s": round(lags[int(len(lags) * 0.99)], 1),
        "lag_max_s": round(lags[-1], 1),
        "unseen_max_s": round(max(gaps, default=timedelta(0)).total_seconds(), 1),
        "tickets": tickets,
    }


if __name__ == "__main__":
    main()
