"""How long the newest page of a resident's history and a search of recordings take, among few and many contacts.

    python -m benchmarks.timeline [--json] [--contacts 5000000] [--calls 400]

On a MariaDB of its own, through the use cases, audit row and commit included. The two databases take turns call by
call, so that whatever else the machine does slows both; each call is for another resident, chosen by chance.

Warm, as a database in use is: its buffer pool holds the data of both (five million contacts need some 7 GB, reckoned from one million), which filling
has left there, and 50 calls of each kind go before those that count. The error stream tells how
many pages came from the disk meanwhile: growth is to be of the work, so there should be none.

`growth` compares like with like: the questions that both databases answer with as many rows. Among 50,000 contacts a
ward's recordings of a month are 35, no full page; `growth_all` takes all searches together nevertheless.
"""

import argparse
import json
import multiprocessing
import os
import random
import statistics
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TypeAlias

from benchmarks import contacts
from benchmarks.data import made_id
from functions.approve.platform.search_recordings import Question, search_recordings
from functions.approve.platform.timeline import Filters, show_timeline
from local import migrate
from local.mariadb import MariaDB, running_mariadb
from shared.actors import Actor
from shared.database import engine
from shared.models.officers import Role
from shared.models.rooms import AlertKind, RecordingKind
from shared.settings import settings

FEW, MANY = 50_000, 5_000_000
# As a cloud database for so many contacts has (16 GB of memory). With 2 GB, less than the data, growth was 1.77: then
# it also tells what the disk costs.
BUFFER_POOL = "9G"
WARM_UP = 50
MANY_AT = -1  # the larger database is asked last


def officer(number: int, *, limited: bool = False) -> Actor:
    """Of the resident's site; `limited`: to the resident's ward."""
    wards = frozenset({contacts.ward_id(number)} if limited else set())
    kind = "limited" if limited else "officer"
    officer_id = made_id(kind, number % contacts.SITES)
    roles = frozenset({Role.VISIT_OFFICER})
    return Actor("officer", officer_id, contacts.site_id(number), roles, wards)


def newest(number: int) -> int:
    page = show_timeline(
        actor=officer(number),
        resident_id=contacts.resident_id(number),
        filters=Filters(),
        before=None,
    )
    assert len(page["contacts"]) == 50
    return len(page["contacts"])


QUESTIONS: tuple[Callable[[int], tuple[Question, bool]], ...] = (
    lambda _: (Question(), False),
    lambda _: (Question(), True),
    lambda _: (Question(kind=RecordingKind.VISIT), False),
    lambda _: (Question(kind=RecordingKind.ONSITE), True),
    lambda _: (Question(alerted=True), False),
    lambda _: (Question(alert=AlertKind.UNKNOWN_PERSON), False),
    lambda n: (Question(person=str(n)), False),
    lambda n: (Question(person=contacts.relative_name(n)), False),
    lambda n: (Question(number=contacts.phone_number(n)), False),
    lambda n: (Question(person=str(n), kind=RecordingKind.PHONE), True),
)


def search(number: int) -> int:
    question, limited = QUESTIONS[number % len(QUESTIONS)](number)
    found = search_recordings(
        actor=officer(number, limited=limited), question=question, before=None
    )
    assert found["recordings"] or question.alert or question.alerted, question
    return len(found["recordings"])


class Reader:
    """A process of its own for one database: it carries out one call after the other, and says how long each took."""

    def __init__(self, url: str, count: int) -> None:
        self.count = count
        self._pipe, theirs = Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_serve, args=(theirs, url), daemon=True)
        self._process.start()

    def take(self, task: str, number: int) -> tuple[float, int]:
        """Milliseconds, and how many rows came."""
        self._pipe.send((task, number))
        answer: str | tuple[float, int] = self._pipe.recv()
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return answer

    def close(self) -> None:
        self._pipe.send(None)
        self._process.join(10)


def _serve(pipe: Connection, url: str) -> None:
    os.environ["DATABASE_URL"] = url
    while (asked := pipe.recv()) is not None:
        task, number = asked
        began = time.perf_counter()
        try:
            rows = TASKS[task](number)
            pipe.send(((time.perf_counter() - began) * 1000, rows))
        except Exception:  # noqa: BLE001 - whatever it was, the parent must hear of it
            pipe.send(traceback.format_exc())


TASKS: dict[str, Callable[[int], int]] = {"newest": newest, "search": search}


@dataclass
class Took:
    """Of one question (the newest page is one, too) in one database: milliseconds and rows of each call."""

    ms: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


Measured: TypeAlias = dict[tuple[str, int], dict[int, Took]]  # by task and question, by database


def measure(readers: Sequence[Reader], calls: int) -> Measured:
    chance = random.Random(1)
    took: Measured = {}
    for task in TASKS:
        for turn in range(WARM_UP + calls):
            question = turn % len(QUESTIONS)
            for one in readers:
                tens = chance.randrange(one.count // contacts.EACH // len(QUESTIONS))
                milliseconds, rows = one.take(task, tens * len(QUESTIONS) + question)
                if turn >= WARM_UP:
                    key = task, question if task == "search" else 0
                    found = took.setdefault(key, {}).setdefault(one.count, Took())
                    found.ms.append(milliseconds)
                    found.rows.append(rows)
    return took


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[94]


def results(took: Measured) -> dict[str, float]:
    """`growth`: of the median call, the largest of those questions that both databases answer with as many rows;
    `growth_all`: of all searches together, although the small one often has no full page to give. Medians: a p95
    would tell what else the machine did."""
    shown = {f"{task}_p95_ms": round(p95(_all(took, task, MANY_AT)), 2) for task in TASKS}
    like = [one for one in took.values() if _rows(one, 0) == _rows(one, MANY_AT)]
    growths = [
        statistics.median(_ms(one, MANY_AT)) / statistics.median(_ms(one, 0)) for one in like
    ]
    halves = [statistics.median(_all(took, "search", at)) for at in (0, MANY_AT)]
    return {
        **shown,
        "growth": round(max(growths), 2),
        "growth_all": round(halves[1] / halves[0], 2),
        "compared": len(like),
        "questions": len(took),
    }


def _ms(one: dict[int, Took], at: int) -> list[float]:
    return list(one.values())[at].ms


def _rows(one: dict[int, Took], at: int) -> float:
    return statistics.median(list(one.values())[at].rows)


def _all(took: Measured, task: str, at: int) -> list[float]:
    return [ms for (name, _), one in took.items() if name == task for ms in _ms(one, at)]


def prepare(server: MariaDB, count: int) -> Reader:
    url = server.create(f"contacts_{count}")
    os.environ["DATABASE_URL"] = url
    settings.cache_clear()
    engine.cache_clear()
    migrate.to_newest()
    contacts.fill(url, count, lambda line: print(f"  {line}", file=sys.stderr))
    return Reader(url, count)


def pages_read() -> int:
    """By the server since its start, from the disk."""
    with engine().connect() as connection:
        status = connection.exec_driver_sql("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_reads'")
        return int(status.one()[1])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--contacts", type=int, default=MANY)
    options.add_argument("--calls", type=int, default=400)
    chosen = options.parse_args()
    with running_mariadb(buffer_pool=BUFFER_POOL) as server:
        readers = [prepare(server, count) for count in (FEW, chosen.contacts)]
        before = pages_read()
        took = measure(readers, chosen.calls)
        print(f"  {pages_read() - before} pages from the disk", file=sys.stderr)
        for one in readers:
            one.close()
    found = results(took)
    print(json.dumps(found) if chosen.json else "\n".join(f"{k}: {v}" for k, v in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
