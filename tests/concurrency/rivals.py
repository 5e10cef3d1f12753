"""Processes that book through the real handler, many clients in each; what shields a slot can be taken away."""

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import false

from benchmarks.client import event_of
from benchmarks.data import Booking

Answers = list[tuple[int, str]]


@dataclass(frozen=True)
class Wanted:
    bookings: Sequence[Booking]
    key: str
    start_at: float
    locked: bool = True
    numbered: bool = True  # whether places are told apart, by which a 21st finds none


def serve(pipe: Connection, url: str) -> None:
    """Book what the parent asks for, all clients at once, until it says so. Gives status and body of each answer."""
    os.environ["DATABASE_URL"] = url
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    from functions.booking import request_visit
    from functions.booking.handler import main

    locking, held = request_visit._LOCK_SLOT, request_visit._HELD_PLACES
    while (wanted := pipe.recv()) is not None:
        request_visit._LOCK_SLOT = locking if wanted.locked else _without_lock(locking)
        request_visit._HELD_PLACES = held if wanted.numbered else held.where(false())
        events = [event_of(one, f"{wanted.key}-{one.relationship_id}") for one in wanted.bookings]
        with ThreadPoolExecutor(len(events)) as pool:
            time.sleep(max(0.0, wanted.start_at - time.monotonic()))
            answers = list(pool.map(lambda event: main(event, None), events))
        pipe.send([(one["statusCode"], one["body"]) for one in answers])


def _without_lock(statement: Any) -> Any:
    made = statement._generate()
    made._for_update_arg = None
    return made


class Rivals:
    def __init__(self, url: str, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes, self._processes = [], []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs, url), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def book(self, bookings: Sequence[Booking], key: str, **shields: bool) -> Answers:
        """Everybody at the same moment."""
        start_at, count = time.monotonic() + 0.3, len(self._pipes)
        for number, pipe in enumerate(self._pipes):
            pipe.send(Wanted(bookings[number::count], key, start_at, **shields))
        return [answer for pipe in self._pipes for answer in pipe.recv()]

    def close(self) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join(10)
            process.kill()


@contextmanager
def rivals(url: str, processes: int) -> Iterator[Rivals]:
    made = Rivals(url, processes)
    try:
        yield made
    finally:
        made.close()
