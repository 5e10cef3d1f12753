"""Eight workers book on a Galera cluster of three while nodes are killed and brought back.

    python -m benchmarks.cluster [--json] [--kills 2]

Each worker goes through the real handler; their lists of nodes begin with different ones, so all three take writes,
and all want the same slot at the same time: the hardest case for a cluster.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import text

from benchmarks import data
from benchmarks.client import event_of
from benchmarks.data import Booking
from local import migrate
from local.galera import NODES, Galera, running_galera
from shared import invariants
from shared.database import engine, make_engine
from shared.settings import settings

WORKERS = 8
PEOPLE = 2_000
PAUSE_S = 0.15  # between two bookings of a worker: it must not come to the end before the nodes do
BEFORE_S, DOWN_S, AFTER_S = 2.0, 7.0, 2.0
NAME = "visits"


@dataclass
class Told:
    """What one worker heard: when (`time.monotonic`), after how long, with which status; of visits the ids."""

    at: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def work(pipe: Connection, url: str, bookings: Sequence[Booking]) -> None:
    """Book one after the other until the parent says stop."""
    os.environ["DATABASE_URL"] = url
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    from functions.booking.handler import main as handle

    told = Told()
    for booking in bookings:
        if pipe.poll():
            break
        began = time.monotonic()
        answer = handle(event_of(booking, booking.relative_id), None)
        told.at.append(time.monotonic())
        told.seconds.append(told.at[-1] - began)
        told.statuses.append(answer["statusCode"])
        if answer["statusCode"] == 201:
            told.visits.append(json.loads(answer["body"])["id"])
        else:
            told.problems.append(answer["body"])
        time.sleep(PAUSE_S)
    pipe.send(told)


def measure(cluster: Galera, *, kills: int) -> dict[str, Any]:
    _fill(cluster)
    bookings = data.hot_bookings(PEOPLE)
    with _workers(cluster, bookings) as pipes:
        time.sleep(BEFORE_S)
        for number in range(kills):
            _lose_and_regain(cluster, number % NODES)
            time.sleep(AFTER_S)
        for pipe in pipes:
            pipe.send("stop")
        told = [pipe.recv() for pipe in pipes]
    return _report(cluster, told, kills)


def _lose_and_regain(cluster: Galera, number: int) -> None:
    _progress(f"node {number} is killed")
    cluster.nodes[number].kill()
    time.sleep(DOWN_S)
    cluster.nodes[number].start()
    _progress(f"node {number} is back")


def _fill(cluster: Galera) -> None:
    cluster.create(NAME)
    _use(cluster.url(NAME))
    migrate.to_newest()
    data.add_people(engine(), PEOPLE)
    data.add_slots(engine())


def _use(url: str) -> None:
    os.environ["DATABASE_URL"] = url
    settings.cache_clear()
    engine.cache_clear()


@contextmanager
def _workers(cluster: Galera, bookings: Sequence[Booking]) -> Iterator[list[Connection]]:
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for number in range(WORKERS):
        ours, theirs = context.Pipe()
        url = cluster.url(NAME, preferred=number % NODES)
        process = context.Process(target=work, args=(theirs, url, bookings[number::WORKERS]))
        process.start()
        pipes.append(ours)
        processes.append(process)
    try:
        yield pipes
    finally:
        for process in processes:
            process.join(30)
            process.kill()


def _report(cluster: Galera, told: Sequence[Told], kills: int) -> dict[str, Any]:
    engine().dispose()  # of these connections, some led to nodes that were killed
    acknowledged = {visit for one in told for visit in one.visits}
    stored = [_stored(cluster, number) for number in range(NODES)]
    seconds = sorted(one for each in told for one in each.seconds)
    moments = sorted(one for each in told for one in each.at)
    statuses = Counter(str(status) for one in told for status in one.statuses)
    return {
        "acknowledged": len(acknowledged),
        "lost": max(len(acknowledged - ids) for ids in stored),
        "oversold": data.oversold(engine()),
        "errors": sum(count for status, count in statuses.items() if status != "201"),
        "statuses": dict(statuses),
        "problems": [problem for one in told for problem in one.problems][:3],
        "unacknowledged": len(stored[0] - acknowledged),
        "nodes_agree": stored[0] == stored[1] == stored[2],
        "broken_invariants": [one.invariant.name for one in invariants.find_broken()],
        "longest_pause_s": round(_longest_gap(moments), 2),
        "longest_booking_s": round(seconds[-1], 2),
        "p50_ms": round(seconds[len(seconds) // 2] * 1000, 1),
        "p99_ms": round(seconds[len(seconds) * 99 // 100] * 1000, 1),
        "kills": kills,
        "workers": WORKERS,
    }


def _stored(cluster: Galera, number: int) -> set[str]:
    """As this node itself sees them."""
    made = make_engine(f"mysql+pymysql://root@127.0.0.1:{cluster.nodes[number].port}/{NAME}")
    with made.connect() as connection:
        # Not before everything that was committed elsewhere is applied here.
        connection.execute(text("SET SESSION wsrep_sync_wait=1"))
        found = set(connection.scalars(text("SELECT id FROM visit")))
    made.dispose()
    return found


def _longest_gap(moments: Sequence[float]) -> float:
    return max(later - earlier for earlier, later in zip(moments, moments[1:], strict=False))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs; else a list")
    parser.add_argument("--kills", type=int, default=2)
    given = parser.parse_args(arguments)
    with running_galera() as cluster:
        report = measure(cluster, kills=given.kills)
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(f"{name:<20}{value}" for name, value in report.items()))


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
